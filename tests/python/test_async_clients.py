"""Issue functions of three published asynchronous clients of different authors, run unmodified:
yatracker, yatrackerapi and ya-tracker-client. Each talks to another base URL and to nothing else.
"""

import asyncio
import json
import os
from datetime import datetime, timedelta, timezone

import pytest

REMADE = "run scripts/python-env again: it installs this client"
aiohttp = pytest.importorskip("aiohttp", reason=REMADE)
YaTrackerClient = pytest.importorskip("ya_tracker_client", reason=REMADE).YaTrackerClient
YaTracker = pytest.importorskip("yatracker", reason=REMADE).YaTracker
yatrackerapi = pytest.importorskip("YaTrackerApi", reason=REMADE)
NotFoundError, YandexTrackerClient = yatrackerapi.NotFoundError, yatrackerapi.YandexTrackerClient

SINCE = datetime.now(timezone.utc) - timedelta(days=1)


@pytest.fixture(autouse=True)
def recorded(monkeypatch):
    """Writes down what the server said, as conftest.record does for the synchronous client."""
    path = os.environ.get("TRACKWAY_RECORD")
    if not path:
        return
    send = aiohttp.ClientSession._request

    async def request(self, method, url, **options):
        response = await send(self, method, url, **options)
        line = {
            "method": response.request_info.method,
            "target": response.request_info.url.raw_path_qs,
            "status": response.status,
            "headers": list(response.headers.items()),
            "body": (await response.read()).decode("utf-8"),
        }
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return response

    monkeypatch.setattr(aiohttp.ClientSession, "_request", request)


@pytest.fixture(scope="module")
def places(client, queues):
    """Two queues whose issues may be tasks, and the login of the caller."""
    keys = [q.key for q in queues if "task" in {kind.key for kind in q.issuetypes}]
    assert len(keys) >= 2
    return keys[0], keys[1], client.myself.login


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario, 60))


# ------------------------------------------------------------------ yatracker
def test_yatracker(server, places):
    queue, other, login = places

    async def scenario():
        tracker = YaTracker(
            token=server["token"], org_id=server["org_id"], api_host=server["base_url"]
        )
        try:
            await yatracker_issues(tracker, queue, other, login)
            await yatracker_parts(tracker, queue)
            await yatracker_imports(tracker, queue, login)
        finally:
            await tracker.close()

    run(scenario())


async def yatracker_issues(tracker, queue, other, login):
    issue = await tracker.create_issue("From yatracker", queue, description="d", assignee=[login])
    assert issue.summary == "From yatracker"
    again = await tracker.get_issue(issue.key, expand="transitions,attachments")
    assert again.id == issue.id
    edited = await tracker.edit_issue(issue.key, version=issue.version, summary="Edited")
    assert (edited.summary, edited.version) == ("Edited", issue.version + 1)
    found = await tracker.find_issues(query=f'Key: "{issue.key}"')
    assert [one.key for one in found] == [issue.key]
    assert await tracker.count_issues(filter_={"queue": queue}) >= 1
    transitions = await tracker.get_transitions(issue.key)
    chosen = next(iter(transitions.values())) if isinstance(transitions, dict) else transitions[0]
    await tracker.execute_transition(chosen)
    moved = await tracker.move_issue(issue.key, other, initial_status=True, expand="transitions")
    assert moved.key.startswith(f"{other}-")
    assert (await tracker.get_issue(issue.key)).key == moved.key


async def yatracker_parts(tracker, queue):
    issue = await tracker.create_issue("Parts", queue)
    comment = await tracker.post_comment(issue.key, "hello", is_add_to_followers=False)
    comment = await tracker.edit_comment(issue.key, comment.id, "hello again")
    assert comment.text == "hello again"
    assert [c.id for c in await tracker.get_comments(issue.key, expand="all")] == [comment.id]
    assert await tracker.delete_comment(issue.key, comment.id)

    record = await tracker.post_worklog(issue.key, SINCE, "PT9H", "worked")
    record = await tracker.edit_worklog(issue.key, record.id, "P1DT2H", "worked more")
    assert len(await tracker.get_issue_worklog(issue.key)) == 1
    records = await tracker.get_worklog(
        created_at_from=SINCE, created_at_to=SINCE + timedelta(days=2)
    )
    assert record.id in {one.id for one in records}
    assert await tracker.delete_worklog(issue.key, record.id)

    application = (await tracker.get_applications())[0]
    link = await tracker.add_remote_link(
        issue.key, relationship="RELATES", key="MR-1", origin=application.id
    )
    assert [one.id for one in await tracker.get_remote_links(issue.key)] == [link.id]
    assert await tracker.delete_remote_link(issue.key, link.id)
    assert await tracker.get_issue_links(issue.key) == []


async def yatracker_imports(tracker, queue, login):
    made, changed = "2020-01-01T10:00:00.000+0000", "2021-01-01T10:00:00.000+0000"
    issue = await tracker.import_issue(
        queue, "Imported", made, login, updated_at=changed, updated_by=login
    )
    second = await tracker.import_issue(
        queue, "Imported too", made, login, updated_at=changed, updated_by=login
    )
    comment = await tracker.import_comment(issue.key, "old words", made, login)
    assert comment.text == "old words"
    await tracker.import_link(issue.key, "relates", second.key, made, login)
    assert len(await tracker.get_issue_links(issue.key)) == 1


# ------------------------------------------------------------------ yatrackerapi
def test_yatrackerapi(server, places):
    queue, other, login = places

    async def scenario():
        client = YandexTrackerClient(server["token"], server["org_id"], log_level="ERROR")
        client.base_url = f"{server['base_url']}/v3"
        async with client:
            await yatrackerapi_issues(client.issues, queue, other)
            await yatrackerapi_parts(client, queue, login)

    run(scenario())


async def yatrackerapi_issues(issues, queue, other):
    issue = await issues.create("From yatrackerapi", queue, description="d", followers=[])
    key = issue["key"]
    assert (await issues.get(key, expand=["transitions", "attachments"]))["id"] == issue["id"]
    assert (await issues.update(key, summary="Edited"))["summary"] == "Edited"
    assert await issues.count(filter={"queue": queue}) >= 1
    assert [one["key"] for one in await issues.search(keys=[key])] == [key]
    assert (await issues.changelog(key, per_page=10))[0]["type"] == "IssueCreated"
    transition = (await issues.transitions.list(key))[0]
    await issues.transitions.update(key, transition["id"], comment="on it")
    moved = await issues.move(key, other, initial_status=True, move_all_fields=True)
    assert moved["aliases"] == [key]
    with pytest.raises(NotFoundError):
        await issues.get(f"{queue}-999999")


async def yatrackerapi_parts(client, queue, login):
    issues = client.issues
    key = (await issues.create("Parts", queue))["key"]
    other = (await issues.create("Other part", queue))["key"]
    link = await issues.links.create(key, "depends on", other)
    assert [one["id"] for one in await issues.links.list(key)] == [link["id"]]
    await issues.links.delete(key, str(link["id"]))

    comment = await issues.comments.create(key, "hello", summonees=[login])
    await issues.comments.update(key, str(comment["id"]), "hello again")
    assert len(await issues.comments.list(key, expand="html")) == 1
    await issues.comments.delete(key, str(comment["id"]))

    start = SINCE.strftime("%Y-%m-%dT%H:%M:%S.000%z")
    record = await client.worklog.create(key, start, "PT520M", "worked")
    assert record["duration"] == "P1DT40M"
    assert len(await client.worklog.list(key, per_page=10)) == 1
    found = await client.worklog.search(login, created_at_from=start)
    assert record["id"] in {one["id"] for one in found}
    await client.worklog.update(key, record["id"], "PT2H")
    await client.worklog.delete(key, record["id"])


# ------------------------------------------------------------------ ya-tracker-client (v2)
def test_ya_tracker_client(server, places):
    queue, other, login = places

    async def scenario():
        client = YaTrackerClient(
            organisation_id=server["org_id"],
            oauth_token=server["token"],
            api_host=server["base_url"],
            timeout=60,
        )
        try:
            await ya_tracker_client_scenario(client, queue, other, login)
        finally:
            await client.stop()

    run(scenario())


async def ya_tracker_client_scenario(client, queue, other, login):
    issue = await client.create_issue("From ya-tracker-client", queue)
    assert (await client.get_issue(issue.key)).key == issue.key
    edited = await client.edit_issue(issue.key, version=issue.version, summary="Edited")
    assert edited.summary == "Edited"
    assert await client.find_number_of_issues({"queue": queue}) >= 1
    transitions = await client.get_issue_transitions(issue.key)
    await client.make_status_transition(issue.key, transitions[0].id, "on it")

    comment = await client.add_comment(issue.key, "hello")
    await client.edit_comment(issue.key, comment.id, "hello again")
    assert len(await client.get_issue_comments(issue.key)) >= 1
    await client.delete_comment(issue.key, comment.id)

    record = await client.add_worklog_record(issue.key, SINCE, "PT9H", "worked")
    assert len(await client.get_worklog(issue.key)) == 1
    await client.edit_worklog_record(issue.key, record.id, "PT2H")
    records = await client.get_worklog_records_by_parameters(login, SINCE, datetime.now(timezone.utc))
    assert record.id in {one.id for one in records}
    await client.delete_worklog_record(issue.key, record.id)

    applications = await client.get_external_applications()
    await client.add_external_link(issue.key, "MR-1", applications[0].id)
    links = await client.get_external_links(issue.key)
    await client.delete_external_link(issue.key, links[0].id)

    moved = await client.move_issue_to_another_queue(issue.key, other, initial_status=True)
    assert moved.key.startswith(f"{other}-")
