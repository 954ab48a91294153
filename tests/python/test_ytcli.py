"""The published command line program ytcli (yandex-tracker-cli), unmodified: what it reads and
changes, by its own output."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

YTCLI = shutil.which("ytcli", path=str(Path(sys.executable).parent))
# The number that a command on an entity prints for it.
SHORT = r"(?<=short id: )\d+"
pytestmark = pytest.mark.skipif(YTCLI is None, reason="ytcli has no build for this machine")


@pytest.fixture(scope="module")
def ytcli(server, tmp_path_factory):
    home = tmp_path_factory.mktemp("ytcli")
    config = home / "config.toml"
    config.write_text(
        f"""
        [accounts.demo]
        [profiles.demo]
        account = "demo"
        org_id = "{server["org_id"]}"
        org_kind = "yandex360"
        """
    )
    env = os.environ | {
        "HOME": str(home),
        "YTCLI_BASE_URL": server["base_url"],
        "YTCLI_TOKEN": server["token"],
        "YTCLI_NO_UPDATE_CHECK": "1",
    }

    def run(*words, status=0):
        command = [YTCLI, "--config", str(config), "--profile", "demo", *map(str, words)]
        done = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True)
        assert done.returncode == status, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="module")
def queue(task_queue):
    return task_queue


def made(output, pattern=r"\b[A-Z]+-\d+\b"):
    return re.search(pattern, output).group()


def ids(ytcli, *words):
    """Ids of the first list in a command's JSON."""
    answer = json.loads(ytcli(*words, "--format", "json"))
    rows = answer if isinstance(answer, list) else next(
        value for value in answer.values() if isinstance(value, list)
    )
    return [row["id"] for row in rows]


def test_everything_there_is_to_read(ytcli, queue, client):
    assert client.myself.login in ytcli("auth", "status")
    assert queue in ytcli("queue", "list")
    for name in ("get", "versions", "tags", "automation", "access", "local-fields", "fields"):
        ytcli("queue", name, queue)
    for name in ("board", "sprint", "user", "component", "field", "project", "portfolio", "goal"):
        assert ytcli(name, "list")
    ytcli("component", "list", "--queue", queue)
    for kind in ("types", "priorities", "statuses", "resolutions"):
        assert ytcli("dict", "list", "--kind", kind)
    ytcli("template", "list")
    ytcli("link", "types")
    ytcli("field", "get", "storyPoints")
    ytcli("user", "get", client.myself.login)
    ytcli("worklog", "find", "--by", client.myself.login)
    board = ids(ytcli, "board", "list")[0]
    ytcli("board", "get", board)
    ytcli("board", "sprints", board)
    ytcli("sprint", "get", ids(ytcli, "sprint", "list")[0])


def test_an_issue(ytcli, queue, client, tmp_path):
    login = client.myself.login
    key = made(ytcli("issue", "create", "-q", queue, "-s", "From ytcli", "--assignee", login))
    other = made(ytcli("issue", "create", "-q", queue, "-s", "Other"))
    ytcli("issue", "update", key, "-s", "Edited", "--set", "priority=critical")
    assert "Edited" in ytcli("issue", "get", key)
    assert key in ytcli("issue", "find", "--yql", f"Key: {key}")
    assert made(ytcli("issue", "count", "-q", queue), r"\d+") != "0"
    ytcli("issue", "comment", key, "hello")
    comment = ids(ytcli, "issue", "comments", key)[0]
    ytcli("issue", "comment", "edit", key, comment, "better")
    ytcli("issue", "comment", "delete", key, comment, "--yes")
    ytcli("issue", "worklog", "add", key, "1h30m")
    record = ids(ytcli, "issue", "worklogs", key)[0]
    ytcli("issue", "worklog", "edit", key, record, "--duration", "2h")
    ytcli("issue", "worklog", "delete", key, record, "--yes")
    ytcli("issue", "check", "add", key, "line")
    item = ids(ytcli, "issue", "checklist", key)[0]
    for change in (["tick"], ["untick"], ["delete"]):
        ytcli("issue", "check", *change, key, item, *(["--yes"] if change == ["delete"] else []))
    ytcli("issue", "link", "add", key, "relates", other)
    ytcli("issue", "link", "delete", key, ids(ytcli, "issue", "links", key)[0], "--yes")
    sent = tmp_path / "note.txt"
    sent.write_text("hello")
    ytcli("attachment", "upload", key, sent)
    file = ids(ytcli, "attachment", "list", key)[0]
    ytcli("attachment", "download", key, file, "--out", tmp_path / "back")
    assert (tmp_path / "back" / "note.txt").read_text() == "hello"
    ytcli("attachment", "delete", key, file, "--yes")
    ytcli("issue", "transition", key, "--to", "close", "-r", "fixed")
    # Two issues at once are a bulk change, which the program waits for.
    ytcli("issue", "update", key, other, "--set", "tags=bulk", "--yes")
    assert client.issues[other].tags == ["bulk"]
    assert "Edited" in ytcli("issue", "changelog", key)
    ytcli("issue", "get", f"{queue}-999999", status=4)


def test_projects_portfolios_and_goals(ytcli, client):
    login = client.myself.login
    for kind in ("project", "portfolio", "goal"):
        number = made(ytcli(kind, "create", "-s", f"ytcli {kind}", "--lead", login), SHORT)
        ytcli(kind, "update", number, "-s", "Renamed")
        assert "Renamed" in ytcli(kind, "get", number)
        if kind == "project":
            above = made(ytcli("portfolio", "create", "-s", "Above"), SHORT)
            ytcli(kind, "place", number, "--into", above)
            ytcli(kind, "place", number, "--out")
        ytcli(kind, "delete", number, "--yes")
