"""Every example of the README of yandex_tracker_client, run by the unmodified client.

The tests find queues, people and issues instead of assuming them; what they change, they made.
Examples of features that the server does not have yet are at the end, as strict expected failures:
serving one of them makes its test fail until the mark is taken off.
"""

from datetime import datetime

import pytest
from yandex_tracker_client import exceptions
from yandex_tracker_client.objects import Reference, Resource, SeekablePaginatedList

DATETIME = "%Y-%m-%dT%H:%M:%S.%f%z"


# ------------------------------------------------------------------ logging in
def test_myself(client):
    me = client.myself
    assert me.login and me.display
    assert isinstance(me.uid, int)


def test_cloud_organisation_with_oauth_token(connect, server, client):
    cloud = connect(token=server["token"], cloud_org_id=server["cloud_org_id"])
    assert cloud.myself.uid == client.myself.uid


def test_cloud_organisation_with_iam_token(connect, server, client):
    cloud = connect(iam_token=server["token"], cloud_org_id=server["cloud_org_id"])
    assert cloud.myself.login == client.myself.login


@pytest.mark.parametrize("token", [None, "no-such-token"])
def test_without_a_valid_token(connect, server, token):
    stranger = connect(token=token, org_id=server["org_id"])
    with pytest.raises(exceptions.TrackerServerError) as caught:
        stranger.myself
    assert caught.value.status_code == 401
    assert caught.value.error_messages


def test_an_unknown_organisation_is_refused(connect, server):
    stranger = connect(token=server["token"], org_id="999999999")
    with pytest.raises(exceptions.TrackerServerError) as caught:
        stranger.myself
    assert caught.value.status_code in (401, 403)


# ------------------------------------------------------------------ issues
def test_getting_an_issue(client, issue):
    got = client.issues[issue.key]
    assert got.key == issue.key
    assert got.deadline is None
    assert datetime.strptime(got.updatedAt, DATETIME).utcoffset().total_seconds() == 0
    assert client.issues[issue.id].key == issue.key


def test_not_found(client, bug_queue):
    with pytest.raises(exceptions.NotFound) as caught:
        client.issues[f"{bug_queue}-99999999"]
    assert caught.value.error_messages
    assert str(caught.value)
    with pytest.raises(exceptions.NotFound):
        client.issues["NOSUCHQUEUE-42"]


def test_creating_an_issue(client, bug_queue, issue):
    assert issue.key.startswith(bug_queue + "-")
    assert issue.summary == "API Test Issue"
    assert issue.description == "test description"
    assert issue.type.key == "bug"
    assert issue.queue.key == bug_queue
    assert issue.createdBy.login == client.myself.login
    assert issue.version >= 1


def test_creating_without_a_queue_names_the_field(client):
    with pytest.raises(exceptions.UnprocessableEntity) as caught:
        client.issues.create(summary="Nowhere")
    assert "queue" in caught.value.errors


def test_an_unknown_field_is_named(client, bug_queue):
    with pytest.raises(exceptions.UnprocessableEntity) as caught:
        client.issues.create(queue=bug_queue, summary="x", noSuchField=1)
    assert "noSuchField" in caught.value.errors


def test_updating_an_issue(client, issue):
    before = issue.version
    issue.update(summary="East or west, Yandex Tracker is the best", priority="minor")
    assert issue.summary == "East or west, Yandex Tracker is the best"
    assert issue.priority.key == "minor"
    assert issue.version > before
    assert client.issues[issue.key].priority.key == "minor"


def test_updating_arrays(issue):
    issue.update(tags=["one", "two"])
    assert sorted(issue.tags) == ["one", "two"]
    issue.update(tags={"add": ["three"], "remove": ["one"]})
    assert sorted(issue.tags) == ["three", "two"]
    issue.update(tags=None)
    assert issue.tags == []


def test_refreshing_without_changes(client, issue):
    other = client.issues[issue.key]
    other.update(summary="Changed elsewhere")
    issue.update()
    assert issue.summary == "Changed elsewhere"


def test_a_stale_version_is_refused(client, issue):
    mine, theirs = client.issues[issue.key], client.issues[issue.key]
    theirs.update(summary="Theirs")
    with pytest.raises(exceptions.PreconditionFailed):
        mine.update(summary="Mine")
    assert client.issues[issue.key].summary == "Theirs"
    mine.update(summary="Mine after all", ignore_version_change=True)
    assert client.issues[issue.key].summary == "Mine after all"


def test_a_unique_value_is_taken_once(client, bug_queue, issue):
    unique = f"test-{issue.id}"
    first = client.issues.create(queue=bug_queue, summary="Only one", unique=unique)
    # The client turns the conflict into a search for the issue that is there.
    second = client.issues.create(queue=bug_queue, summary="Only one", unique=unique)
    assert second.key == first.key
    with pytest.raises(exceptions.Conflict):
        data = {"queue": bug_queue, "summary": "Only one", "unique": unique}
        client._connection.post(path="/v2/issues/", data=data)


def test_a_subtask(client, issue):
    subtask = issue.create_subtask(summary="A part", type={"name": "Bug"})
    assert subtask.parent.key == issue.key


# ------------------------------------------------------------------ search
def test_searching_with_the_query_language(client, bug_queue, issue):
    issue.update(assignee=client.myself.login)
    issues = client.issues.find(f"Queue: {bug_queue} Assignee: me()")
    assert issue.key in [found.key for found in issues]


def test_searching_with_a_filter(client, bug_queue, issue):
    issue.update(assignee=client.myself)
    issues = client.issues.find(
        filter={"queue": bug_queue, "assignee": "me()", "created": {"from": "2019-03-02"}},
        order=["update", "-status", "+priority"],
        per_page=15,
    )
    assert issue.key in [found.key for found in issues]


def test_searching_by_keys(client, issue):
    assert [found.key for found in client.issues.find(keys=[issue.key])] == [issue.key]


def test_counting(client, big_queue):
    count = client.issues.find(filter={"queue": big_queue}, count_only=True)
    assert isinstance(count, int)
    assert count == len(client.issues.find(filter={"queue": big_queue}, per_page=2))


def test_paging(client, big_queue):
    found = client.issues.find(filter={"queue": big_queue}, order=["+key"], per_page=15)
    assert isinstance(found, SeekablePaginatedList)
    keys = [issue.key for issue in found]
    assert len(keys) == len(set(keys)) == len(found)
    assert found.pages_count == -(-len(found) // 15)
    second = list(found.get_page(2))
    assert [issue.key for issue in second] == keys[15:30]
    last = list(found.get_page(found.pages_count))
    assert [issue.key for issue in last] == keys[15 * (found.pages_count - 1) :]


def test_an_order_is_kept(client, big_queue):
    issues = client.issues.find(filter={"queue": big_queue}, order=["-created"], per_page=50)
    created = [issue.createdAt for issue in issues]
    assert created == sorted(created, reverse=True)


def test_a_broken_query_is_a_bad_request(client):
    with pytest.raises(exceptions.BadRequest) as caught:
        client.issues.find('Queue: "unclosed')
    assert caught.value.error_messages


# ------------------------------------------------------------------ transitions
def test_listing_transitions(issue):
    transitions = issue.transitions.get_all()
    assert len(transitions) > 0
    for transition in transitions:
        assert str(transition).startswith("<Resource /v2/issues/")
        assert transition.to.key


def test_executing_a_transition(client, issue):
    transitions = issue.transitions.get_all()
    # Without a screen nothing can be asked for.
    transition = next((t for t in transitions if t.screen is None), transitions[0])
    issue.transitions[transition.id].execute()
    assert client.issues[issue.key].status.key == transition.to.key


def test_closing_with_comment_and_resolution(client, issue):
    walk_to(client, issue, "close")
    transition = client.issues[issue.key].transitions["close"]
    transition.execute(comment="Fixed", resolution="fixed")
    closed = client.issues[issue.key]
    assert closed.status.key == transition.to.key
    assert closed.resolution.key == "fixed"
    assert [comment.text for comment in closed.comments] == ["Fixed"]


def test_a_transition_that_is_not_open(issue):
    with pytest.raises(exceptions.NotFound):
        issue.transitions["no-such-transition"]


def walk_to(client, issue, wanted):
    """Walks the workflow until the wanted transition is open."""
    seen = set()
    for _ in range(10):
        transitions = client.issues[issue.key].transitions.get_all()
        if wanted in {transition.id for transition in transitions}:
            return
        seen.add(client.issues[issue.key].status.key)
        ahead = [transition for transition in transitions if transition.to.key not in seen]
        assert ahead, f"no way to {wanted} from {seen}"
        ahead[0].execute()
    pytest.fail(f"the transition {wanted} never opens")


# ------------------------------------------------------------------ queues
def test_queue_info(client, issue, bug_queue):
    queue = client.queues[bug_queue]
    assert queue.key == bug_queue
    assert queue.name
    assert queue.lead.login
    assert client.issues[issue.key].queue.key == bug_queue


def test_queue_list(client):
    queues = client.queues.get_all()[:3]
    assert len(queues) == 3
    assert all(queue.key for queue in queues)


def test_versions_of_a_queue(client, queues):
    versions = [version for queue in queues for version in queue.versions]
    assert versions, "some queue of the demo has versions"
    assert client.versions[versions[0].id].name == versions[0].name


def test_components_of_a_queue(client, queues):
    components = [component for queue in queues for component in queue.components]
    assert components, "some queue of the demo has components"
    assert client.components[components[0].id].name == components[0].name


# ------------------------------------------------------------------ comments
def test_comments(client, issue):
    comment = issue.comments.create(text="Test Comment")
    assert comment.text == "Test Comment"
    assert comment.createdBy.login == client.myself.login

    comments = list(client.issues[issue.key].comments.get_all())[:3]
    assert [found.id for found in comments] == [comment.id]

    comment = issue.comments[comment.id]
    comment.update(text="New Text")
    assert issue.comments[comment.id].text == "New Text"

    comment.delete()
    assert list(issue.comments.get_all()) == []
    with pytest.raises(exceptions.NotFound):
        issue.comments[comment.id]


def test_summoning_in_a_comment(issue, colleague):
    comment = issue.comments.create(text="Look at this", summonees=[colleague])
    assert [person.login for person in issue.comments[comment.id].summonees] == [colleague]


# ------------------------------------------------------------------ links
def test_links(client, issue, task_queue):
    other = client.issues.create(queue=task_queue, summary="The other end")
    link = issue.links.create(issue=other.key, relationship="relates")
    assert link.type.id == "relates"
    assert link.object.key == other.key

    links = client.issues[issue.key].links
    assert [found.object.key for found in links] == [other.key]
    assert [found.object.key for found in other.links] == [issue.key]

    issue.links[link.id].delete()
    assert list(issue.links) == []
    assert list(other.links) == []


def test_a_directed_link(client, issue, bug_queue):
    part = client.issues.create(queue=bug_queue, summary="A part")
    assert issue.links.create(issue=part.key, relationship="is parent task for").direction == "outward"
    assert next(iter(part.links)).direction == "inward"


def test_link_and_unlink_methods(client, issue, bug_queue):
    other = client.issues.create(queue=bug_queue, summary="The other end")
    issue.link(other._path, "relates")
    issue.link(other._path, "relates")
    assert [found.object.key for found in issue.links] == [other.key]
    issue.unlink(other._path, "relates")
    assert list(issue.links) == []
    with pytest.raises(exceptions.NotFound):
        issue.unlink(other._path, "relates")


# ------------------------------------------------------------------ references, history, dictionaries
def test_lazy_references(client, issue):
    got = client.issues[issue.key]
    assert isinstance(got.queue, Reference)
    assert isinstance(got.queue.lead, Reference)
    assert got.queue.lead.login
    assert got.status.name == got.status.display
    assert got.priority.name
    assert got.type.name
    assert got.createdBy.login == client.myself.login
    assert isinstance(got.createdBy._dereference(), Resource)
    assert got.createdBy.uid == client.myself.uid


def test_changelog(client, issue):
    for number in range(3):
        issue.update(summary=f"Summary {number}")
    changes = list(client.issues[issue.key].changelog)
    assert changes[0].type == "IssueCreated"
    changed = [change for change in changes if any(f["field"].id == "summary" for f in change.fields or [])]
    assert [f["to"] for change in changed[-3:] for f in change.fields if f["field"].id == "summary"] == [
        "Summary 0",
        "Summary 1",
        "Summary 2",
    ]
    assert all(change.updatedBy.login == client.myself.login for change in changes)


def test_changelog_goes_on_over_pages(issue):
    for number in range(5):
        issue.update(summary=f"Summary {number}")
    whole = [change.id for change in issue.changelog.get_all()]
    assert [change.id for change in issue.changelog.get_all(perPage=2)] == whole


def test_fields(client):
    fields = {field.id: field for field in client.fields.get_all()}
    assert {"summary", "queue", "assignee", "tags", "deadline"} <= set(fields)
    assert fields["tags"].schema["type"] == "array"
    assert client.fields["summary"].name
    assert "deadline" in client.issues.fields


def test_users(client, colleague):
    user = client.users[colleague]
    assert user.login == colleague
    assert client.users[user.uid].login == colleague
    logins = [found.login for found in client.users.get_all(perPage=5)]
    assert colleague in logins
    assert len(logins) == len(set(logins)) >= 12


@pytest.mark.parametrize("name", ["statuses", "issue_types", "priorities", "resolutions", "linktypes"])
def test_dictionaries(client, name):
    collection = getattr(client, name)
    items = list(collection.get_all())
    assert items
    assert collection[items[0].id].self == items[0].self


# ------------------------------------------------------------------ the longer examples
def test_creating_related_issues(client, task_queue, bug_queue, colleague):
    feature = "Dark mode"
    followers = [client.myself.login, colleague]
    main_issue = client.issues.create(
        queue=task_queue,
        assignee=colleague,
        summary=f"New feature request: {feature}",
        type={"name": "Task"},
        description="New feature request arrived",
    )
    design_issue = client.issues.create(
        queue=bug_queue,
        summary=f'Feature "{feature}" design',
        description=f"Need design for new feature, main task: {main_issue.id}",
    )
    main_issue.links.create(issue=design_issue.id, relationship="relates")
    main_issue.update(followers={"add": followers})
    # The README says qa, which is a field of that company; the catalogue has qaEngineer.
    main_issue.update(qaEngineer=colleague)

    got = client.issues[main_issue.key]
    assert got.assignee.login == colleague
    assert {person.login for person in got.followers} == set(followers)
    assert got.qaEngineer.login == colleague
    assert [link.object.key for link in got.links] == [design_issue.key]


# ------------------------------------------------------------------ boards, sprints, filters
@pytest.fixture
def board(client, bug_queue):
    made = client.boards.create(
        name="Orchard", defaultQueue=bug_queue, boardType="scrum", filter={"queue": [bug_queue]}
    )
    yield made
    client.boards[made.id].delete()


def test_boards(client, board):
    found = {one.id: one for one in client.boards.get_all()}
    assert found[board.id].name == "Orchard"
    again = client.boards[board.id]
    assert again.version == board.version
    again.update(name="Garden")
    assert again.name == "Garden" and again.version == board.version + 1
    again.name = "Not sent"
    assert client.boards[board.id].name == "Garden"


def test_columns_of_a_board(client, board):
    columns = list(client.boards[board.id].columns.get_all())
    assert len(columns) >= 2 and all(column.name for column in columns)
    status = columns[0].statuses[0]
    assert status.key and status.name
    picked = board.columns.create(
        params={"version": board.version}, name="Picked", statuses=[], limit=4
    )
    assert (picked.name, picked.limit) == ("Picked", 4)
    # Columns have no version of their own, and the client sends none.
    with pytest.raises(exceptions.TrackerServerError) as caught:
        picked.update(name="x")
    assert caught.value.status_code == 428
    version = client.boards[board.id].version
    picked.update(params={"version": version}, name="Chosen")
    assert picked.name == "Chosen"
    picked.delete()
    assert [column.id for column in board.columns.get_all()] == [column.id for column in columns]


def test_sprints(client, board, bug_queue):
    sprint = client.sprints.create(
        name="Week 35", board={"id": board.id}, startDate="2031-08-25", endDate="2031-08-31"
    )
    assert (sprint.status, sprint.archived, sprint.board.id) == ("draft", False, str(board.id))
    assert [one.id for one in board.sprints.get_all()] == [sprint.id]
    planned = client.issues.create(queue=bug_queue, summary="Planned", sprint=[sprint.id])
    assert [one.name for one in planned.sprint] == ["Week 35"]
    assert [one["id"] for one in planned.boards] == [board.id]
    query = f'Sprint: "Week 35" Queue: {bug_queue}'
    assert [issue.key for issue in client.issues.find(query)] == [planned.key]
    sprint.perform_action("_start", "post")
    sprint = client.sprints[sprint.id]
    assert sprint.status == "in_progress" and sprint.startDateTime
    sprint.update(name="Week 36")
    assert client.sprints[sprint.id].name == "Week 36"
    sprint.delete()
    assert sprint.id not in [one.id for one in client.sprints.get_all()]
    assert not client.issues[planned.key].sprint


def test_filters(client, bug_queue):
    saved = client.filters.create(name="Mine", query=f"Queue: {bug_queue} Assignee: me()")
    assert client.filters[saved.id].query.startswith("Queue")
    saved.update(filter={"queue": bug_queue})
    assert saved.filter == {"queue": bug_queue} and saved.query is None
    assert saved.id in [one.id for one in client.filters.get_all()]
    saved.delete()
    with pytest.raises(exceptions.NotFound):
        client.filters[saved.id].name


@pytest.mark.parametrize(
    "name", ["groups", "departments", "translations", "issue_templates", "comment_templates"]
)
def test_directory(client, name):
    collection = getattr(client, name)
    items = list(collection.get_all(perPage=100))
    assert items
    assert collection[items[0].id].name if name != "translations" else items[0].value


def test_templates_of_a_queue(client):
    crash = next(one for one in client.issue_templates.get_all() if one.queue)
    assert crash.fieldTemplates["type"].key == "bug"
    thanks = [one for one in client.comment_templates.get_all() if not one.queue]
    assert thanks and thanks[0].template


# ------------------------------------------------------------------ attachments
@pytest.fixture
def note(tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("A note", encoding="utf-8")
    return str(file)


def test_attachments_of_an_issue(client, issue, note, tmp_path):
    assert list(issue.attachments) == []
    made = issue.attachments.create(note)
    assert (made.name, made.size, made.mimetype) == ("note.txt", 6, "text/plain")
    assert made.createdBy.login == client.myself.login
    listed = list(client.issues[issue.key].attachments)
    assert [attachment.name for attachment in listed] == ["note.txt"]
    folder = tmp_path / "down"
    folder.mkdir()
    for attachment in listed:
        attachment.download_to(str(folder))
    assert (folder / "note.txt").read_text(encoding="utf-8") == "A note"
    assert b"".join(made.read()) == b"A note"
    assert client.attachments[made.id].name == "note.txt"
    # The file is not in the way of a change to the issue loaded before.
    issue.update(summary="Changed")
    made.delete()
    assert list(client.issues[issue.key].attachments) == []


def test_creating_an_issue_with_attachments(client, bug_queue, note):
    made = client.issues.create(queue=bug_queue, summary="With a file", attachments=[note])
    assert [attachment.name for attachment in made.attachments] == ["note.txt"]
    made.update(attachments=[note])
    assert len(list(client.issues[made.key].attachments)) == 2


def test_commenting_with_attachments(client, issue, note):
    comment = issue.comments.create(text="See the file", attachments=[note])
    got = next(c for c in issue.comments.get_all(expand="attachments") if c.id == comment.id)
    assert [attachment.display for attachment in got.attachments] == ["note.txt"]
    assert [attachment.name for attachment in issue.attachments] == ["note.txt"]


# ------------------------------------------------------------------ checklist
def test_checklist(client, issue, colleague):
    issue.add_checklist_item("Ask the landlord")
    issue.add_checklist_item("Sign", checked=True, assignee=colleague)
    items = list(client.issues[issue.key].checklist_items)
    assert [(item["text"], item["checked"]) for item in items] == [
        ("Ask the landlord", False),
        ("Sign", True),
    ]
    got = client.issues[issue.key]
    assert (got.checklistDone, got.checklistTotal) == (1, 2)


# ------------------------------------------------------------------ projects, portfolios, goals
def test_entities(client, issue, note):
    project = client.project.create(summary="Cider press")
    assert (project.entityType, project.version) == ("project", 1)
    found = client.project.find(search_string="cider", fields="summary")
    assert project.id in [one.id for one in found["values"]]
    assert client.project.get(project.id, fields="summary").fields["summary"] == "Cider press"
    project.update(fields={"entityStatus": "in_progress"})
    comment = project.comments.create(text="Apples first")
    assert [one.text for one in project.comments] == ["Apples first"]
    comment.update(text="Pears first")
    project.checklist_items.create(text="Wash the press")
    file = client.attachments.create(note)
    project.attachments.attach(file.id)
    assert [one.name for one in project.attachments] == ["note.txt"]
    goal = client.goal.create(summary="Harvest")
    project.links.create(relationship="works towards", entity=goal.id)
    assert len(list(project.links)) == 1
    assert project.extended_permissions is not None
    assert project.get_event_history(per_page=3) is not None
    issue.update(project=client.project.get(project.id).shortId)
    assert client.issues[issue.key].project.display == "Cider press"


# ------------------------------------------------------------------ remote links, bulk changes
def test_adding_a_remote_link(issue):
    # The README says issue.remotelinks.create(...), which this version of the client lacks.
    data = {"origin": "ru.yandex.lunapark", "key": issue.key, "relationship": "relates"}
    issue._connection.post(path=issue._path + "/remotelinks", data=data)


def test_bulk_update(client, issue):
    change = client.bulkchange.update([issue.key], priority="minor", tags={"add": ["minored"]})
    assert change.status in ("CREATED", "IN_PROGRESS")
    done = change.wait(interval=0.05)
    assert done.status == "COMPLETE"
    assert done.executionIssuePercent == 100
    fresh = client.issues[issue.key]
    assert fresh.priority.key == "minor"
    assert "minored" in fresh.tags


def test_bulk_update_of_issue_objects_and_by_query(client, issue):
    assert client.bulkchange.update([issue], tags=["by-object"]).wait(0.05).status == "COMPLETE"
    change = client.bulkchange.update(f"Key: {issue.key}", tags={"add": "by-query"})
    assert change.wait(0.05).status == "COMPLETE"
    assert client.issues[issue.key].tags == ["by-object", "by-query"]


def test_bulk_update_tells_which_issues_failed(client, issue, bug_queue):
    change = client.bulkchange.update([issue.key, f"{bug_queue}-999999"], tags=["x"]).wait(0.05)
    assert change.status == "COMPLETE"
    failed = client._connection.get(path=f"/v2/bulkchange/{change.id}/issues")
    assert [one["issue"].key for one in failed] == [f"{bug_queue}-999999"]


def test_bulk_transition(client, issue):
    transition = issue.transitions.get_all()[0].id
    assert client.bulkchange.transition([issue.key], transition).wait(0.05).status == "COMPLETE"


def test_bulk_move(client, bug_queue, queues):
    made = client.issues.create(queue=bug_queue, summary="to be moved", type="task")
    target = next(queue.key for queue in queues if queue.key != bug_queue)
    change = client.bulkchange.move([made.key], target, move_to_initial_status=True, type="task")
    assert change.wait(0.05).status == "COMPLETE"
    moved = client.issues[made.key]
    assert moved.queue.key == target
    assert made.key in moved.aliases


def test_performing_an_action(client, queues):
    version = next(version for queue in queues for version in queue.versions)
    client.versions[version.id].perform_action("_archive", "post", ignore_empty_body=True)
