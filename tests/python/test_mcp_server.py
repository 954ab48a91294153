"""The published MCP server yandex-tracker-mcp, unmodified, over stdio: every tool it offers."""

import asyncio
import sys
import uuid

import pytest

pytest.importorskip("mcp_tracker", reason="run scripts/python-env again: it installs this server")
from mcp import ClientSession, StdioServerParameters  # noqa: E402
from mcp.client.stdio import stdio_client  # noqa: E402

PATIENCE = 120
# Names that are unique in a queue, so that the tests can run twice against one server.
NAME = f"MCP {uuid.uuid4().hex[:6]}"


class Tools:
    """The tools of one server; an answer that is an error fails the test."""

    def __init__(self, session, offered):
        self.session, self.left = session, set(offered)

    async def __call__(self, _tool, **arguments):
        self.left.discard(_tool)
        answer = await self.session.call_tool(_tool, arguments)
        text = "\n".join(part.text for part in answer.content)
        assert not answer.isError, f"{_tool} {arguments}: {text}"
        value = answer.structuredContent
        return value["result"] if value and set(value) == {"result"} else value

    async def refused(self, _tool, **arguments):
        answer = await self.session.call_tool(_tool, arguments)
        assert answer.isError, f"{_tool} {arguments} was let through"
        return answer.content[0].text


@pytest.fixture(scope="module")
def place(client, queues):
    """A queue with its board, another queue, and the login of the caller."""
    keys = [q.key for q in queues if "task" in {kind.key for kind in q.issuetypes}]
    return keys[0], keys[1], client.myself.login


def test_every_tool(server, place):
    async def session():
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "mcp_tracker"],
            env={
                "TRACKER_API_BASE_URL": server["base_url"],
                "TRACKER_TOKEN": server["token"],
                "TRACKER_CLOUD_ORG_ID": server["cloud_org_id"],
                "TRACKER_ENTITIES_ENABLED": "true",
                "TRACKER_API_TIMEOUT": "60",
            },
        )
        async with stdio_client(command) as (read, write), ClientSession(read, write) as mcp:
            await mcp.initialize()
            tools = Tools(mcp, [tool.name for tool in (await mcp.list_tools()).tools])
            await dictionaries(tools, place)
            await boards(tools)
            await components(tools, place)
            issue = await issues(tools, place)
            await talk(tools, issue, place)
            await checklist(tools, issue, place)
            await life(tools, issue)
            for kind in ("project", "portfolio", "goal"):
                await entity(tools, kind, place)
            assert not tools.left, "tools that no part of this test calls"

    asyncio.run(asyncio.wait_for(session(), PATIENCE))


async def dictionaries(tools, place):
    queue, _, login = place
    assert queue in {q["key"] for q in (await tools("queues_get_all"))["values"]}
    for name in ("tags", "versions", "components", "fields", "metadata"):
        await tools(f"queue_get_{name}", queue_id=queue)
    whole = await tools("queue_get_metadata", queue_id=queue, expand=["all"])
    assert whole["issueTypesConfig"] and whole["teamUsers"]
    version = await tools("queue_create_version", queue_id=queue, name=NAME, due_date="2031-01-01")
    assert version["dueDate"] == "2031-01-01"
    for name in ("global_fields", "statuses", "issue_types", "priorities", "resolutions"):
        assert await tools(f"get_{name}")
    for kind in ("issue", "comment"):
        found = (await tools(f"{kind}_templates_get_all"))["values"]
        await tools(f"{kind}_template_get", template_id=str(found[0]["id"]))
    me = await tools("user_get_current")
    assert me["login"] == login
    assert (await tools("user_get", user_id=str(me["uid"])))["login"] == login
    assert (await tools("users_get_all"))["hits"] > 1
    assert await tools("users_search", login_or_email_or_name=login)


async def boards(tools):
    first = await tools("boards_get_all", per_page=1)
    rest = await tools("boards_get_all", cursor=first["next_cursor"])
    boards = first["boards"] + rest["boards"]
    numbers = [c["id"] for b in boards for c in b["columns"]]
    with_sprints = boards[0]["id"]
    assert (await tools("board_get", board_id=with_sprints))["id"] == with_sprints
    columns = await tools("board_get_columns", board_id=with_sprints)
    assert len({column["id"] for column in columns}) == len(columns) > 1, numbers
    assert await tools("board_get_sprints", board_id=with_sprints)


async def components(tools, place):
    queue, _, login = place
    made = await tools("component_create", queue_id=queue, name=NAME, lead=login)
    number = made["id"]
    assert (await tools("component_get", component_id=number))["lead"]["id"]
    changed = await tools("component_update", component_id=number, clear_lead=True)
    assert "lead" not in changed
    stale = await tools.refused("component_update", component_id=number, version=1, name="x")
    assert "conflict" in stale
    await tools("component_delete", component_id=number)


async def issues(tools, place):
    queue, other, login = place
    made = await tools(
        "issue_create", queue=queue, summary="From MCP", type="task", assignee=login, tags=["a"],
        priority={"key": "critical"}, fields={"storyPoints": 3},
    )  # fmt: skip
    key = made["key"]
    part = await tools("issue_create", queue=queue, summary="Part", parent=key)
    assert key in await tools("issue_get_url", issue_id=key)
    assert (await tools("issue_get", issue_id=key))["storyPoints"] == 3
    edited = await tools("issue_update", issue_id=key, summary="Edited", version=made["version"])
    assert edited["summary"] == "Edited"
    assert "conflict" in await tools.refused("issue_update", issue_id=key, summary="x", version=1)
    assert "not found" in await tools.refused("issue_get", issue_id=f"{queue}-999999")
    found = await tools("issues_find", query=f"Key: {key}", fields=["key", "status"])
    assert [one["key"] for one in found["values"]] == [key]
    assert (await tools("issues_count", query=f"Queue: {queue}"))["count"] > 1
    await tools("issue_add_link", issue_id=key, relationship="depends on", issue=f"{queue}-1")
    links = await tools("issue_get_links", issue_id=key)
    assert len(links) == 2, "the part and the dependency"
    await tools("issue_delete_link", issue_id=key, link_id=links[-1]["id"])
    moved = await tools("issue_move", issue_id=part["key"], queue=other, initial_status=True)
    assert moved["key"].startswith(f"{other}-")
    return key


async def talk(tools, key, place):
    login = place[2]
    comments = [
        await tools("issue_add_comment", issue_id=key, text=f"c{n}", summonees=[login])
        for n in range(3)
    ]
    page = await tools("issue_get_comments", issue_id=key, per_page=2)
    rest = await tools("issue_get_comments", issue_id=key, per_page=2, cursor=page["next_cursor"])
    assert [c["id"] for c in page["comments"] + rest["comments"]] == [c["id"] for c in comments]
    first = comments[0]["id"]
    await tools("issue_update_comment", issue_id=key, comment_id=first, text="better")
    await tools("issue_delete_comment", issue_id=key, comment_id=first)
    record = await tools("issue_add_worklog", issue_id=key, duration="PT1H30M", comment="worked")
    number = record["id"]
    await tools("issue_update_worklog", issue_id=key, worklog_id=number, duration="PT2H")
    assert (await tools("issue_get_worklogs", issue_ids=[key]))[key][0]["duration"] == "PT2H"
    await tools("issue_delete_worklog", issue_id=key, worklog_id=number)
    assert await tools("issue_get_attachments", issue_id=key) == []


async def checklist(tools, key, place):
    deadline = {"date": "2031-01-01T00:00:00.000+0000", "deadline_type": "date"}
    items = await tools(
        "issue_add_checklist_items",
        issue_id=key,
        items=[{"text": "one"}, {"text": "two", "assignee": place[2], "deadline": deadline}],
    )
    one, two = (item["id"] for item in items)
    await tools("issue_update_checklist_item", issue_id=key, checklist_item_id=one, checked=True)
    await tools(
        "issue_update_checklist_item", issue_id=key, checklist_item_id=two, clear_assignee=True
    )
    left = await tools("issue_get_checklist", issue_id=key)
    assert [item["checked"] for item in left] == [True, False]
    for item in (one, two):
        await tools("issue_delete_checklist_item", issue_id=key, checklist_item_id=item)


async def life(tools, key):
    ways = await tools("issue_get_transitions", issue_id=key)
    await tools("issue_execute_transition", issue_id=key, transition_id=ways[0]["id"], comment="go")
    await tools("issue_close", issue_id=key, resolution_id="fixed", comment="done")
    assert (await tools("issue_get", issue_id=key))["resolution"]["key"] == "fixed"
    page = await tools("issue_get_changelog", issue_id=key, per_page=2)
    assert len(page["entries"]) == 2 and page["next_cursor"]
    moves = await tools("issue_get_changelog", issue_id=key, type="IssueWorkflow")
    assert len(moves["entries"]) == 2


async def entity(tools, kind, place):
    login = place[2]
    made = await tools(
        f"{kind}_create", summary=f"MCP {kind}", lead=login, team_users=[login], tags=["a"],
        end="2031-01-01", entity_status="draft",
    )  # fmt: skip
    one = made["id"]
    other = (await tools(f"{kind}_create", summary="Other"))["id"]
    links = [{"relationship": "depends on", "entity": other}]
    changed = await tools(
        f"{kind}_update", entity_id=one, summary="Linked", comment="why", links=links
    )
    assert changed["version"] > made["version"]
    assert "412" in await tools.refused(f"{kind}_update", entity_id=one, summary="x", version=1)
    assert (await tools(f"{kind}_get", entity_id=one))["fields"]["summary"] == "Linked"
    found = await tools(f"{kind}_find", filter={"lead": login}, order_by="createdAt")
    assert one in {e["id"] for e in found["values"]}
    comment = await tools(f"{kind}_add_comment", entity_id=one, text="hello")
    number = comment["id"]
    await tools(f"{kind}_update_comment", entity_id=one, comment_id=number, text="again")
    page = await tools(f"{kind}_get_comments", entity_id=one)
    assert [c["text"] for c in page["comments"]] == ["why", "again"]
    await tools(f"{kind}_delete_comment", entity_id=one, comment_id=number)
    if kind != "goal":
        await entity_checklist(tools, kind, one)
    await tools(f"{kind}_delete", entity_id=other)


async def entity_checklist(tools, kind, one):
    await tools(f"{kind}_add_checklist_item", entity_id=one, text="one")
    shown = await tools(
        f"{kind}_add_checklist_item", entity_id=one, text="two", fields=["checklistItems"]
    )
    first, second = (item["id"] for item in shown["fields"]["checklistItems"])
    await tools(
        f"{kind}_update_checklist_item", entity_id=one, checklist_item_id=first, checked=True
    )
    await tools(
        f"{kind}_move_checklist_item", entity_id=one, checklist_item_id=second, before=first
    )
    items = [{"id": first, "text": "A"}, {"id": second, "text": "B"}]
    await tools(f"{kind}_update_checklist", entity_id=one, items=items)
    await tools(f"{kind}_delete_checklist_item", entity_id=one, checklist_item_id=first)
    await tools(f"{kind}_delete_checklist", entity_id=one)
