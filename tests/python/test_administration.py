"""The administrative collections of the official client, each walked as far as the client goes: all
of it, one by id, creating, updating, deleting, and the methods of its objects."""

import inspect
import itertools

import pytest
from yandex_tracker_client import collections, exceptions

FIELD = "ru.yandex.startrek.core.fields."
CATEGORY = "000000000000000000000001"
NUMBERS = itertools.count(1)

# Collections that test_official_client.py walks.
ELSEWHERE = {
    "Attachments", "BulkChange", "EntityAttachments", "EntityChecklistItems", "EntityComments",
    "EntityLinks", "Goal", "IssueAttachments", "IssueChangelog", "IssueComments", "IssueLinks",
    "IssueTransitions", "IssueWorklog", "Issues", "LinkTypes", "Links", "Portfolio", "Project",
    "Users", "Worklog", "checklistItems",
}  # fmt: skip
# No object of theirs can be reached with the client: nothing gives their address.
UNREACHABLE = {"IssueScreens", "Unknown"}
# Walked below.
WALKED = {
    "Access", "AccessParticipants", "AutoActions", "BoardColumns", "BoardSprints", "Boards",
    "CommentTemplates", "Components", "Countries", "Departments", "FieldCategories", "Fields",
    "Filters", "Groups", "IssueTemplates", "IssueTypes", "LocalFields", "Macros", "MailLists",
    "Permissions", "PermissionsParticipants", "Priorities", "Projects", "QueueDefaultValues",
    "QueueLocalFields", "Queues", "Resolutions", "Roles", "ScreenElements", "Screens", "Sprints",
    "Statuses", "Translations", "Triggers", "Versions", "Workflows",
}  # fmt: skip


@pytest.fixture(scope="module", params=["v2", "v3"])
def tracker(connect, server, request):
    """The client under either version of the API."""
    return connect(token=server["token"], org_id=server["org_id"], api_version=request.param)


@pytest.fixture(scope="module")
def orchard(tracker):
    """A queue of its own for each version."""
    return make_queue(tracker)


def free_key():
    number = next(NUMBERS)
    letters = "ABCDEFGHIJ"
    return "WALK" + letters[number // 10] + letters[number % 10]


def make_queue(tracker, key=None):
    key = key or free_key()
    config = {"workflow": "developmentPresetWorkflow", "resolutions": ["fixed", "wontFix"]}
    return tracker.queues.create(
        key=key,
        name=f"Orchard {key}",
        lead=tracker.myself.login,
        defaultType="task",
        defaultPriority="normal",
        issueTypesConfig=[{"issueType": "task", **config}, {"issueType": "bug", **config}],
    )


def fresh(word):
    """A key nobody has."""
    return f"{word}{next(NUMBERS)}"


def names(word):
    return {"ru": f"{word} по-русски", "en": word}


def read(one):
    """Looks at everything the collection of an object declares."""
    for field in one._collection.fields:
        getattr(one, field)
    assert one.self
    return one


def walk(collection, key="id", **params):
    """All objects, and the first of them by id."""
    items = list(collection.get_all(**params))
    assert items, collection
    for one in items[:20]:
        read(one)
    found = collection[getattr(items[0], key)]
    assert read(found).self == items[0].self
    return items


def change(one, **members):
    """Updates an object and holds its version against the one before."""
    before = one._version
    changed = one.update(**members)
    assert before is None or changed.version == before + 1
    return changed


def gone(collection, key):
    with pytest.raises(exceptions.NotFound):
        collection[key].self


def test_every_collection_is_walked():
    known = {
        name
        for name, thing in vars(collections).items()
        if inspect.isclass(thing) and issubclass(thing, collections.Collection)
    } - {"Collection", "Entity"}
    assert known == WALKED | ELSEWHERE | UNREACHABLE


# ------------------------------------------------------------------ queues
def test_queues(tracker, orchard):
    found = {queue.key: queue for queue in walk(tracker.queues, perPage=100)}
    assert found[orchard.key].name == orchard.name
    queue = change(tracker.queues[orchard.key], description="Plums")
    assert queue.description == "Plums"
    with pytest.raises(exceptions.PreconditionFailed):
        queue._connection.patch(path=queue._path, data={"description": "stale"}, version=1)
    assert {kind.key for kind in queue.issuetypes} == {"task", "bug"}
    assert list(queue.components) == [] and list(queue.versions) == []
    assert list(queue.projects) == [] and list(queue.local_fields) == []
    assert list(queue.triggers) == [] and list(queue.macros) == []
    assert set(queue.workflows) == {"developmentPresetWorkflow"}
    with pytest.raises(exceptions.Conflict):
        make_queue(tracker, orchard.key)


def test_a_queue_is_deleted_and_restored(tracker):
    queue = make_queue(tracker)
    queue.delete()
    gone(tracker.queues, queue.key)
    queue.perform_action("_restore", "post", ignore_version_change=True)
    assert tracker.queues[queue.key].name == queue.name


def test_permissions_and_access(tracker, orchard, colleague):
    queue = tracker.queues[orchard.key]
    assert queue.check_permissions("read") is True
    rights = queue.permissions
    assert [group.id for group in read(rights).read.groups]
    read(rights.read)
    changed = queue.update_permissions({"grant": {"users": {"add": [colleague]}}})
    assert colleague in [user.login for user in changed.grant.users]
    access = queue.access
    assert colleague in [user.login for user in read(access).grant.users]
    read(access.grant)
    changed = queue.update_permissions({"grant": {"users": {"remove": [colleague]}}})
    assert colleague not in [user.login for user in changed.grant.users]


def test_default_values(tracker, orchard):
    defaults = collections.QueueDefaultValues(tracker._connection, queue=orchard.key)
    made = defaults.create(type="bug", values={"priority": "critical"}, appendFields=["tags"])
    assert [one.id for one in walk(defaults)] == [made.id]
    assert change(defaults[made.id], values={"priority": "minor"}).values
    issue = tracker.issues.create(queue=orchard.key, summary="s", type="bug")
    assert tracker.issues[issue.key].priority.key == "minor"
    defaults[made.id].delete()
    gone(defaults, made.id)


def test_local_fields(tracker, orchard):
    fields = tracker.queues[orchard.key].collection.local_fields
    made = fields.create(
        id="ripeness", name=names("Ripeness"), category=CATEGORY, type=FIELD + "StringFieldType",
        optionsProvider={"type": "FixedListOptionsProvider", "values": ["green", "ripe"]},
    )  # fmt: skip
    assert made.id.endswith("--ripeness")
    assert [one.id for one in walk(fields, key="key")] == [made.id]
    issue = tracker.issues.create(queue=orchard.key, summary="s", **{made.id: "green"})
    provider = {"type": "FixedListOptionsProvider", "values": ["ripe"]}
    assert change(fields["ripeness"], optionsProvider=provider).optionsProvider["values"] == ["ripe"]
    assert tracker.issues[issue.key][made.id] == "green", "what was chosen stays"
    with pytest.raises(exceptions.UnprocessableEntity):
        tracker.issues.create(queue=orchard.key, summary="s", **{made.id: "green"})
    everywhere = collections.LocalFields(tracker._connection)
    assert made.id in [one.id for one in walk(everywhere, perPage=100)]


def test_rules(tracker, orchard):
    accessor = tracker.queues[orchard.key].collection
    comment = [{"type": "CreateComment", "text": "Thanks"}]
    trigger = accessor.triggers.create(
        name="Thank", actions=comment, conditions=[{"type": "Event.create"}], active=False
    )
    launch = accessor.autoactions.create(
        name="Nightly", filter={"priority": ["critical"]}, actions=comment, active=False
    )
    macro = accessor.macros.create(name="Urgent", body="Hurry")
    for collection, made in (
        (accessor.triggers, trigger),
        (accessor.autoactions, launch),
        (accessor.macros, macro),
    ):
        assert made.id in [one.id for one in walk(collection)]
        one = collection[made.id]
        assert change(one, name=f"{made.name} again").name == f"{made.name} again"
        one.delete()
        gone(collection, made.id)


# ------------------------------------------------------------------ what queues consist of
def test_versions(tracker, orchard):
    made = tracker.versions.create(name=fresh("v"), queue=orchard.key, dueDate="2031-11-30")
    assert made.id in [one.id for one in walk(tracker.versions, perPage=500)]
    assert made.id in [one.id for one in tracker.queues[orchard.key].versions]
    version = change(tracker.versions[made.id], description="Autumn")
    assert version.perform_action("_release", "post", ignore_empty_body=True).released is True
    version = tracker.versions[made.id]
    assert version.releasedAt
    assert version.perform_action("_archive", "post", ignore_empty_body=True).archived is True
    issue = tracker.issues.create(queue=orchard.key, summary="s")
    tracker.versions[made.id].delete()
    gone(tracker.versions, made.id)
    assert not tracker.issues[issue.key].fixVersions


def test_components(tracker, orchard, colleague):
    name = fresh("component")
    made = tracker.components.create(name=name, queue=orchard.key, lead=colleague, assignAuto=True)
    assert made.id in [one.id for one in walk(tracker.components, perPage=500)]
    issue = tracker.issues.create(queue=orchard.key, summary="s", components=[name])
    assert issue.assignee.login == colleague
    component = change(tracker.components[made.id], description="Ladders")
    assert read(component.permissions) and read(component.access)
    component.delete()
    gone(tracker.components, made.id)
    assert not tracker.issues[issue.key].components


def drawing(first):
    def action(id, target):
        return {"id": id, "name": names(id), "target": target}

    return {
        "initialAction": action("new", first),
        "steps": [
            {"status": first, "actions": [action("finish", "closed")]},
            {"status": "closed", "actions": [action("again", first)]},
        ],
    }


def test_workflows(tracker, orchard):
    walk(tracker.workflows, perPage=100)
    made = tracker.workflows.create(name="Short", queue=orchard.key, **drawing("open"))
    assert [step["status"].key for step in tracker.workflows[made.id].steps] == ["open", "closed"]
    queue = tracker.queues[orchard.key]
    bugs, tasks = (
        {"issueType": key, "workflow": workflow, "resolutions": ["fixed", "wontFix"]}
        for key, workflow in (("bug", made.id), ("task", "developmentPresetWorkflow"))
    )
    change(queue, issueTypesConfig=[bugs, tasks])
    issue = tracker.issues.create(queue=orchard.key, summary="s", type="bug")
    workflow = tracker.workflows[made.id]
    with pytest.raises(exceptions.UnprocessableEntity) as caught:
        workflow.update(**drawing("backlog"))
    assert "open" in str(caught.value)
    change(tracker.workflows[made.id], statusMapping={"open": "backlog"}, **drawing("backlog"))
    assert tracker.issues[issue.key].status.key == "backlog"
    with pytest.raises(exceptions.Conflict):
        tracker.workflows[made.id].delete()
    back = {"backlog": "open"}
    bugs = {**bugs, "workflow": "developmentPresetWorkflow", "statusMapping": back}
    change(tracker.queues[orchard.key], issueTypesConfig=[bugs, tasks])
    assert tracker.issues[issue.key].status.key == "open"
    tracker.workflows[made.id].delete()


def test_screens(tracker):
    screens = walk(tracker.screens, perPage=100)
    elements = collections.ScreenElements(tracker._connection, screen=screens[0].id)
    for element in elements.get_all():
        read(element)
        assert elements[element.field.id].self == element.self


# ------------------------------------------------------------------ dictionaries and fields
@pytest.mark.parametrize("name", ["issue_types", "statuses", "resolutions", "priorities"])
def test_dictionaries(tracker, name):
    collection = getattr(tracker, name)
    more = {"type": "paused"} if name == "statuses" else {}
    made = collection.create(key=fresh("walked"), name=names(fresh("Walked")), **more)
    assert made.id in [one.id for one in walk(collection)]
    assert collection[made.key].id == made.id
    title = fresh("Renamed")
    assert change(collection[made.id], name={"en": title}, description="x").version == 2
    assert collection.get(made.key, localized=False).name["en"] == title


def test_fields_and_categories(tracker):
    category = tracker.field_categories.create(name=names(fresh("Garden")), order=900)
    assert category.id in [one.id for one in walk(tracker.field_categories)]
    change(tracker.field_categories[category.id], name=names(fresh("Orchard")))
    field = tracker.fields.create(
        id=fresh("weight"), name=names(fresh("Weight")), category=category.id,
        type=FIELD + "FloatFieldType",
    )  # fmt: skip
    assert field.id in [one.id for one in walk(tracker.fields)]
    # The client does not know that fields have versions, but sends the one it got.
    one = tracker.fields[field.id]
    assert change(one, description="In kilograms").description == "In kilograms"


# ------------------------------------------------------------------ boards, sprints, filters
def test_boards_and_sprints(tracker, orchard):
    made = tracker.boards.create(name="Trees", defaultQueue=orchard.key, boardType="scrum")
    assert made.id in [one.id for one in walk(tracker.boards)]
    board = change(tracker.boards[made.id], name="Rows")
    columns = walk(board.columns)
    assert columns[0].statuses is not None
    dates = {"startDate": "2031-08-25", "endDate": "2031-08-31"}
    sprint = tracker.sprints.create(name="Week", board={"id": made.id}, **dates)
    assert sprint.id in [one.id for one in walk(tracker.sprints, perPage=500)]
    assert [read(one).id for one in board.sprints.get_all()] == [sprint.id]
    change(tracker.sprints[sprint.id], name="Week 35")
    for action, status in (("_start", "in_progress"), ("_archive", "archived")):
        tracker.sprints[sprint.id].perform_action(action, "post")
        assert tracker.sprints[sprint.id].status == status
    tracker.boards[made.id].delete()
    gone(tracker.boards, made.id)
    gone(tracker.sprints, sprint.id)


def test_filters(tracker, orchard):
    made = tracker.filters.create(name=fresh("Mine"), query=f"Queue: {orchard.key}")
    assert made.id in [one.id for one in walk(tracker.filters, perPage=100)]
    one = tracker.filters[made.id]
    assert change(one, filter={"queue": orchard.key}).filter == {"queue": orchard.key}
    one.delete()
    gone(tracker.filters, made.id)


def test_projects(tracker, orchard):
    made = tracker.projects.create(name=fresh("Harvest"), queues=orchard.key)
    assert made.id in [one.id for one in walk(tracker.projects, perPage=500)]
    project = change(tracker.projects[made.id], description="Plums")
    assert [read(one).id for one in tracker.queues[orchard.key].projects] == [made.id]
    assert read(project.permissions) and read(project.access)
    project.delete()
    gone(tracker.projects, made.id)


# ------------------------------------------------------------------ the directory
@pytest.mark.parametrize(
    "name", ["groups", "departments", "translations", "issue_templates", "comment_templates"]
)
def test_collections_that_are_read(tracker, name):
    walk(getattr(tracker, name), perPage=100)


@pytest.mark.parametrize(
    "kind", [collections.Roles, collections.Countries, collections.MailLists]
)
def test_collections_without_an_attribute(tracker, kind):
    walk(kind(tracker._connection), perPage=100)


def test_settings_of_a_user(tracker, colleague):
    assert tracker.users[colleague].settings.self
