//! The table of `crates/client/src/parity.rs` against the real program: each operation that a row
//! names is run by the Rust client, whose typed answer must fit.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};
use trackway_client::api::attachments::{
    AddAttachment, DeleteAttachment, DownloadAttachment, ListAttachments,
};
use trackway_client::api::boards::{ListBoardSprints, ListBoards, ListColumns};
use trackway_client::api::bulk::{
    BulkMove, BulkMoveBody, BulkTransition, BulkTransitionBody, BulkUpdate, BulkUpdateBody,
};
use trackway_client::api::changelog::ListChangelog;
use trackway_client::api::checklists::{
    AddChecklistItem, DeleteChecklistItem, ListChecklistItems, UpdateChecklistItem,
};
use trackway_client::api::comments::{
    AddComment, CommentCreate, CommentUpdate, DeleteComment, ListComments, UpdateComment,
};
use trackway_client::api::dictionaries::{
    ListIssueTypes, ListLinkTypes, ListPriorities, ListResolutions, ListStatuses,
};
use trackway_client::api::directory::{
    GetUserSettings, ListCountries, ListDepartments, ListGroups, ListMaillists, ListRoles,
    ListTranslations,
};
use trackway_client::api::entities::{
    CreateEntity, CreateEntityComment, DeleteEntity, EntitySearch, GetEntity, SearchEntities,
    UpdateEntity,
};
use trackway_client::api::fields::{
    ListFieldCategories, ListFields, ListLocalFields, ListQueueLocalFields,
};
use trackway_client::api::filters::{
    CreateFilter, DeleteFilter, FilterCreate, GetFilter, ListFilters, UpdateFilter,
};
use trackway_client::api::issues::{
    CloneIssue, CountIssues, CreateIssue, FindIssueByUnique, GetIssue, GetIssuePermissions,
    MoveIssue, SearchIssues, SearchRequest, UpdateIssue,
};
use trackway_client::api::links::{
    AddLink, DeleteLink, LinkCreate, LinkIssue, ListLinks, UnlinkIssue,
};
use trackway_client::api::macros::ListMacros;
use trackway_client::api::projects::{ListProjects, ListQueueProjects};
use trackway_client::api::queues::{
    CheckQueuePermission, GetQueue, GetQueueAccess, GetQueuePermissions, GetQueueWorkflows,
    ListComponents, ListQueueComponents, ListQueueIssueTypes, ListQueueVersions, ListQueues,
    ListScreens, ListVersions, ListWorkflows,
};
use trackway_client::api::sprints::{CreateSprint, SprintCreate, StartSprint};
use trackway_client::api::templates::{ListCommentTemplates, ListIssueTemplates};
use trackway_client::api::transitions::{ExecuteTransition, ListTransitions};
use trackway_client::api::triggers::ListTriggers;
use trackway_client::api::types::Members;
use trackway_client::api::users::{GetMyself, GetUser, ListUsers};
use trackway_client::api::worklog::{
    AddWorklog, DeleteWorklog, ListIssueWorklog, SearchWorklog, UpdateWorklog, WorklogCreate,
    WorklogSearch,
};
use trackway_client::api::{FileForm, HttpMethod, Outgoing};
use trackway_client::{AnyRequest, Endpoint, Error, Tracker};
use trackway_tests::{on_each_engine, python};

mod more;

const TABLE: &str = include_str!("../../../crates/client/src/parity.rs");

fn members(json: Value) -> Members {
    let Value::Object(members) = json else { panic!("an object") };
    members
}

/// A client that notes which operations it ran.
struct Noting {
    tracker: Tracker,
    ran: BTreeSet<&'static str>,
    /// Login of the caller.
    me: String,
}

impl Noting {
    async fn run<E: Endpoint>(&mut self, request: E) -> E::Reply {
        self.ran.insert(E::INFO.name);
        let answer = self.tracker.send(request).await;
        answer.unwrap_or_else(|error| panic!("{}: {error}", E::INFO.name))
    }
}

/// Operations of the last column of the table.
fn promised() -> BTreeSet<&'static str> {
    let rows = TABLE.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let last = rows.filter_map(|row| row.trim_end().trim_end_matches('|').rsplit('|').next());
    last.flat_map(|cell| cell.split(',')).map(|id| id.trim().trim_matches('`')).collect()
}

#[test]
fn every_row_of_the_table_works() {
    on_each_engine(|server| {
        let ready = server.ready();
        let builder = Tracker::builder()
            .base_url(ready.base_url())
            .token(ready.text("token"))
            .org_id(ready.text("orgId"))
            .no_proxy();
        let queue = ready.text("queue").to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let tracker = builder.build().expect("good settings");
            let me = ready.text("login").to_owned();
            let mut t = Noting { tracker, ran: BTreeSet::new(), me };
            dictionaries(&mut t, &queue).await;
            let key = Box::pin(issues(&mut t, &queue)).await;
            on_an_issue(&mut t, &key, &queue).await;
            many(&mut t, &key, &queue).await;
            planning(&mut t).await;
            entities(&mut t).await;
            more::rules(&mut t, &queue).await;
            Box::pin(more::imports(&mut t, &queue)).await;
            Box::pin(more::entities(&mut t)).await;
            let promised = promised();
            assert!(promised.len() > 50, "{promised:?}");
            let missing: Vec<_> = promised.iter().filter(|id| !t.ran.contains(*id)).collect();
            assert!(missing.is_empty(), "rows without a test: {missing:?}");
        });
    });
}

/// Prints the collections of the Python client and the methods of their own.
const METHODS: &str = "
import inspect
from unittest.mock import MagicMock
from yandex_tracker_client import TrackerClient, collections
print(*(name for name in vars(TrackerClient(connection=MagicMock())) if name[0] != '_'))
for _, kind in inspect.getmembers(collections, inspect.isclass):
    if issubclass(kind, collections.Collection) and kind is not collections.Collection:
        plain = (str, bool, dict, list, set, property)
        own = ((name, value) for name, value in vars(kind).items() if name[0] != '_')
        print(*(name for name, value in own if not isinstance(value, plain)))
";

#[test]
fn every_method_of_the_python_client_has_a_row() {
    let Some(python) = python::interpreter() else { return };
    let said = Command::new(python).args(["-c", METHODS]).output().expect("python starts");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said = String::from_utf8(said.stdout).expect("text");
    let methods: BTreeSet<&str> = said.split_whitespace().collect();
    assert!(methods.len() > 60, "{methods:?}");
    let rows = TABLE.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let first: Vec<&str> = rows.filter_map(|row| row.split('|').next()).collect();
    let has = |name: &&str| {
        first.iter().any(|cell| {
            cell.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *name)
        })
    };
    let missing: Vec<&&str> = methods.iter().filter(|name| !has(name)).collect();
    assert!(missing.is_empty(), "methods without a row: {missing:?}");
}

async fn dictionaries(t: &mut Noting, queue: &str) {
    let me = t.run(GetMyself::new()).await;
    assert_eq!(t.run(GetUser::new(&me.login)).await.uid, me.uid);
    assert!(!t.run(ListUsers::new()).await.is_empty());
    t.run(GetUserSettings::new(&me.login)).await;
    assert!(!t.run(ListQueues::new()).await.is_empty());
    assert_eq!(t.run(GetQueue::new(queue)).await.key, queue);
    assert!(!t.run(ListStatuses::new()).await.is_empty());
    assert!(!t.run(ListIssueTypes::new()).await.is_empty());
    assert!(!t.run(ListPriorities::new()).await.is_empty());
    assert!(!t.run(ListResolutions::new()).await.is_empty());
    assert!(!t.run(ListLinkTypes::new()).await.is_empty());
    assert!(!t.run(ListFields::new()).await.is_empty());
    assert!(!t.run(ListFieldCategories::new()).await.is_empty());
    t.run(ListLocalFields::new()).await;
    t.run(ListGroups::new()).await;
    assert!(!t.run(ListRoles::new()).await.is_empty());
    assert!(!t.run(ListCountries::new()).await.is_empty());
    t.run(ListMaillists::new()).await;
    t.run(ListDepartments::new()).await;
    t.run(ListTranslations::new()).await;
    t.run(ListScreens::new()).await;
    t.run(ListVersions::new()).await;
    t.run(ListComponents::new()).await;
    t.run(ListProjects::new()).await;
    t.run(ListIssueTemplates::new()).await;
    t.run(ListCommentTemplates::new()).await;
    assert!(!t.run(ListWorkflows::new()).await.is_empty());
    t.run(ListQueueComponents::new(queue)).await;
    t.run(ListQueueVersions::new(queue)).await;
    t.run(ListQueueProjects::new(queue)).await;
    assert!(!t.run(ListQueueIssueTypes::new(queue)).await.is_empty());
    t.run(GetQueueWorkflows::new(queue)).await;
    t.run(GetQueuePermissions::new(queue)).await;
    t.run(GetQueueAccess::new(queue)).await;
    t.run(CheckQueuePermission::new(queue, "read")).await;
    t.run(ListTriggers::new(queue)).await;
    t.run(ListMacros::new(queue)).await;
    t.run(ListQueueLocalFields::new(queue)).await;
}

async fn issues(t: &mut Noting, queue: &str) -> String {
    let body = members(json!({"queue": queue, "summary": "Parity", "tags": ["parity"]}));
    let issue = t.run(CreateIssue::new(body.clone())).await;
    let (made, created) = t.tracker.create_or_get("parity-1", body.clone()).await.expect("made");
    let (same, again) = t.tracker.create_or_get("parity-1", body).await.expect("found");
    assert!(created && !again && made.key == same.key);
    let unique = FindIssueByUnique::new().unique("parity-1");
    assert_eq!(t.run(unique).await.key, made.key);
    let patch = members(json!({"summary": "Parity, changed"}));
    let changed = t.run(UpdateIssue::new(&*issue.key, patch.clone()).if_match(issue.version)).await;
    assert_eq!(changed.summary.as_deref(), Some("Parity, changed"));
    let stale = t.tracker.send(UpdateIssue::new(&*issue.key, patch).if_match(issue.version)).await;
    assert!(matches!(stale, Err(Error::PreconditionFailed(_))), "{stale:?}");
    let nobody = t.tracker.send(GetIssue::new(format!("{queue}-99999999"))).await;
    assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    let query = SearchRequest { query: Some("Tags: parity".into()), ..SearchRequest::default() };
    t.ran.insert(SearchIssues::INFO.name);
    let search = SearchIssues::new(query.clone()).per_page(1);
    let found = t.tracker.pages(search).items().collect_all().await.expect("found");
    assert_eq!(found.len(), 2);
    assert_eq!(t.run(CountIssues::new(query)).await, 2);
    assert_eq!(t.run(GetIssue::new(&*issue.key)).await.id, issue.id);
    let call = Outgoing::at("/issues/{issueId}", &[&issue.key]);
    let call = AnyRequest::undeclared(HttpMethod::GET, call);
    assert_eq!(t.tracker.call(call).await.expect("found").value["key"], issue.key.as_str());
    t.run(GetIssuePermissions::new(&*issue.key)).await;
    let clones = t.run(CloneIssue::new(&*issue.key, Members::new()).queues([queue])).await;
    assert_eq!(clones.len(), 1);
    issue.key
}

async fn on_an_issue(t: &mut Noting, key: &str, queue: &str) {
    let text = CommentCreate { text: Some("hi".into()), ..CommentCreate::default() };
    let comment = t.run(AddComment::new(key, text)).await;
    let id = comment.id.to_string();
    let text = CommentUpdate { text: Some("ho".into()), ..CommentUpdate::default() };
    assert_eq!(t.run(UpdateComment::new(key, &*id, text)).await.text, "ho");
    assert_eq!(t.run(ListComments::new(key)).await.len(), 1);
    t.run(DeleteComment::new(key, &*id)).await;
    let other = members(json!({"queue": queue, "summary": "Another"}));
    let other = t.run(CreateIssue::new(other)).await;
    let link = LinkCreate { relationship: "relates".to_owned(), issue: other.key.as_str().into() };
    let link = t.run(AddLink::new(key, link)).await;
    assert_eq!(t.run(ListLinks::new(key)).await.len(), 1);
    t.run(DeleteLink::new(key, link.id.to_string())).await;
    let target = format!("<{}>; rel=\"relates\"", other.self_url);
    t.run(LinkIssue::new(key).link(&*target)).await;
    t.run(UnlinkIssue::new(key).link(&*target)).await;

    t.ran.insert(AddAttachment::INFO.name);
    let request = AddAttachment::new(key, FileForm::default());
    let file = t.tracker.upload(request, "a.txt", &b"hello"[..], 5, |_| {}).await;
    let file = file.expect("uploaded");
    t.ran.insert(DownloadAttachment::INFO.name);
    let mut bytes = Vec::new();
    let request = DownloadAttachment::new(key, &*file.id, "a.txt");
    t.tracker.download(request, &mut bytes, |_| {}).await.expect("downloaded");
    assert_eq!(bytes, b"hello");
    assert_eq!(t.run(ListAttachments::new(key)).await.len(), 1);
    t.run(DeleteAttachment::new(key, &*file.id)).await;

    let item = t.run(AddChecklistItem::new(key, json!({"text": "first"}))).await;
    assert_eq!(item.key, key);
    let items = t.run(ListChecklistItems::new(key)).await;
    assert_eq!(items.len(), 1);
    let done = json!({"text": "first", "checked": true});
    t.run(UpdateChecklistItem::new(key, &*items[0].id, done)).await;
    assert!(t.run(ListChecklistItems::new(key)).await[0].checked);
    t.run(DeleteChecklistItem::new(key, &*items[0].id)).await;
    let work = WorklogCreate { duration: Some("PT1H".into()), ..WorklogCreate::default() };
    let work = t.run(AddWorklog::new(key, work)).await;
    assert_eq!(t.run(ListIssueWorklog::new(key)).await.len(), 1);
    let me = t.run(GetMyself::new()).await.login;
    let search = WorklogSearch { created_by: Some(me.into()), ..WorklogSearch::default() };
    assert!(!t.run(SearchWorklog::new(search)).await.is_empty());
    let note = members(json!({"comment": "Looked for it"}));
    let changed = t.run(UpdateWorklog::new(key, work.id.to_string(), note)).await;
    assert_eq!(changed.comment.as_deref(), Some("Looked for it"));
    t.run(DeleteWorklog::new(key, work.id.to_string())).await;
    t.ran.insert(ListChangelog::INFO.name);
    let log = t.tracker.pages(ListChangelog::new(key)).items().collect_all().await;
    assert!(!log.expect("a history").is_empty());
    let open = t.run(ListTransitions::new(key)).await;
    let take = open.iter().find(|t| t.to.key.as_str() == "inProgress").expect("work can begin");
    t.run(ExecuteTransition::new(key, &*take.id, Members::new())).await;
    let status = t.run(GetIssue::new(key)).await.status.expect("a status");
    assert_eq!(status.key, take.to.key);
}

async fn many(t: &mut Noting, key: &str, queue: &str) {
    let values = members(json!({"tags": {"add": ["bulk"]}}));
    let body = BulkUpdateBody { issues: Some(json!([key])), values: Some(values) };
    let change = t.run(BulkUpdate::new(body)).await;
    let done = t.tracker.wait_for_bulk_change(&change.id, |_| {}).await.expect("ended");
    assert_eq!((done.status.as_str(), done.total_issues), ("COMPLETE", Some(1)));
    t.ran.insert("GetBulkChange");
    let open = t.run(ListTransitions::new(key)).await;
    let back = open.first().expect("something is possible");
    let body = BulkTransitionBody {
        transition: Some(back.id.as_str().into()),
        issues: Some(json!([key])),
        ..BulkTransitionBody::default()
    };
    let change = t.run(BulkTransition::new(body)).await;
    let done = t.tracker.wait_for_bulk_change(&change.id, |_| {}).await.expect("ended");
    assert_eq!(done.total_completed_issues, Some(1), "{done:?}");
    let other = t.run(ListQueues::new()).await.into_iter().find(|q| q.key != queue);
    let other = other.expect("a second queue").key;
    let body = BulkMoveBody {
        queue: Some(other.as_str().into()),
        issues: Some(json!([key])),
        initial_status: Some(true),
        ..BulkMoveBody::default()
    };
    let change = t.run(BulkMove::new(body)).await;
    t.tracker.wait_for_bulk_change(&change.id, |_| {}).await.expect("ended");
    let back = t.run(MoveIssue::new(key, Members::new()).queue(queue).initial_status(true)).await;
    assert!(back.key.starts_with(queue), "{}", back.key);
}

async fn planning(t: &mut Noting) {
    let boards = t.run(ListBoards::new()).await;
    let board = boards.first().expect("the demo has a board").id;
    let id = board.to_string();
    assert!(!t.run(ListColumns::new(&*id)).await.is_empty());
    t.run(ListBoardSprints::new(&*id)).await;
    let sprint = SprintCreate {
        name: Some("Parity".to_owned()),
        board: Some(board.into()),
        start_date: Some("2031-08-25".to_owned()),
        end_date: Some("2031-08-31".to_owned()),
        ..SprintCreate::default()
    };
    let sprint = t.run(CreateSprint::new(sprint)).await;
    let start = StartSprint::new(sprint.id.to_string(), json!({})).if_match(sprint.version);
    assert_eq!(t.run(start).await.status, "in_progress");
    let filter = FilterCreate {
        name: Some("Parity".to_owned()),
        query: Some("Resolution: empty()".to_owned()),
        ..FilterCreate::default()
    };
    let filter = t.run(CreateFilter::new(filter)).await.id.to_string();
    assert_eq!(t.run(GetFilter::new(&*filter)).await.name, "Parity");
    let change = members(json!({"name": "Changed"}));
    assert_eq!(t.run(UpdateFilter::new(&*filter, change)).await.name, "Changed");
    assert!(!t.run(ListFilters::new()).await.is_empty());
    t.run(DeleteFilter::new(&*filter)).await;
}

async fn entities(t: &mut Noting) {
    for kind in ["project", "portfolio", "goal"] {
        let body = members(json!({"fields": {"summary": format!("Parity {kind}")}}));
        let made = t.run(CreateEntity::new(kind, body)).await;
        let fields = || ["summary"];
        let got = t.run(GetEntity::new(kind, &*made.id).fields(fields())).await;
        assert_eq!(got.fields.expect("asked for")["summary"], format!("Parity {kind}"));
        let change = members(json!({"fields": {"summary": "Changed"}}));
        t.run(UpdateEntity::new(kind, &*made.id, change)).await;
        let text = CommentCreate { text: Some("hi".into()), ..CommentCreate::default() };
        t.run(CreateEntityComment::new(kind, &*made.id, text)).await;
        assert!(t.run(SearchEntities::new(kind, EntitySearch::default())).await.hits > 0);
        t.run(DeleteEntity::new(kind, &*made.id)).await;
    }
}
