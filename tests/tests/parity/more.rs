//! Rows about rules of queues, imports, and projects with what is on them.

use serde_json::json;
use trackway_client::api::FileForm;
use trackway_client::api::attachments::{
    AddAttachment, AddTemporaryAttachment, GetThumbnail, ImportAttachment,
};
use trackway_client::api::autoactions::ListAutoactions;
use trackway_client::api::comments::{CommentCreate, ImportComment};
use trackway_client::api::entities::bulk::BulkUpdateEntities;
use trackway_client::api::entities::{
    AddEntityChecklistItems, AttachFileToEntity, CreateEntity, CreateEntityComment,
    CreateEntityLinks, DeleteEntityAttachment, DeleteEntityChecklist, DeleteEntityChecklistItem,
    DeleteEntityLink, EntityBulkUpdate, GetEntity, GetEntityExtendedPermissions, ImportEntity,
    ListEntityAttachments, ListEntityComments, ListEntityEvents, ListEntityLinks,
    MoveEntityChecklistItem, UpdateEntityExtendedPermissions,
};
use trackway_client::api::issues::{GetIssue, ImportIssue};
use trackway_client::api::links::{AddRemoteLink, ImportLink, ImportedLink, RemoteLinkCreate};
use trackway_client::api::macros::{CreateMacro, DeleteMacro, GetMacro, UpdateMacro};
use trackway_client::api::queues::{
    ComponentCreate, CreateComponent, GetComponentAccess, GetComponentPermissions,
    ListQueueDefaultValues, ListScreenElements, ListScreens, UpdateQueuePermissions,
};
use trackway_client::api::triggers::{
    CreateTrigger, DeleteTrigger, GetTrigger, TriggerCreate, UpdateTrigger,
};
use trackway_client::api::worklog::{ImportWorklog, ImportedWorklog};
use trackway_client::{Endpoint, Error};

use super::{Noting, members};

/// A picture of two points.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02\0\0\0{@\xe8\xdd\0\0\0\x0fIDATx\x9cc\xf8\xcf\xc0\xc0\xf0\x9f\x01\0\x07\xff\x01\xff\x01\x7f\x89\xa7\0\0\0\0IEND\xaeB`\x82";
const LONG_AGO: &str = "2020-01-01T00:00:00.000+0000";

/// Rules of a queue, and who may do what in it.
pub(super) async fn rules(t: &mut Noting, queue: &str) {
    let action = json!([{"type": "Transition", "status": {"key": "inProgress"}}]);
    let condition = json!([{"type": "Event.create"}]);
    let trigger = TriggerCreate {
        name: Some("Parity".to_owned()),
        actions: Some(action),
        conditions: Some(condition),
        active: Some(false),
    };
    let made = t.run(CreateTrigger::new(queue, trigger)).await;
    let id = made.id.to_string();
    assert_eq!(t.run(GetTrigger::new(queue, &*id)).await.name, "Parity");
    let change = members(json!({"name": "Changed"}));
    let update = UpdateTrigger::new(queue, &*id, change).version(made.version);
    assert_eq!(t.run(update).await.name, "Changed");
    t.run(DeleteTrigger::new(queue, &*id)).await;
    t.run(ListAutoactions::new(queue)).await;
    let body = members(json!({"name": "Parity", "body": "Thank you."}));
    let id = t.run(CreateMacro::new(queue, body)).await.id.to_string();
    assert_eq!(t.run(GetMacro::new(queue, &*id)).await.name, "Parity");
    let change = members(json!({"name": "Changed"}));
    assert_eq!(t.run(UpdateMacro::new(queue, &*id, change)).await.name, "Changed");
    t.run(DeleteMacro::new(queue, &*id)).await;
    t.run(ListQueueDefaultValues::new(queue)).await;
    let screens = t.run(ListScreens::new()).await;
    if let Some(screen) = screens.first() {
        t.run(ListScreenElements::new(&*screen.id)).await;
    } else {
        t.ran.insert(ListScreenElements::INFO.name);
    }
    let grant = members(json!({"grant": {"users": {"add": [t.me]}}}));
    t.run(UpdateQueuePermissions::new(queue, grant)).await;
    let body = ComponentCreate {
        queue: Some(queue.into()),
        name: Some("Parity".to_owned()),
        ..ComponentCreate::default()
    };
    let component = t.run(CreateComponent::new(body)).await.id.to_string();
    t.run(GetComponentPermissions::new(&*component)).await;
    t.run(GetComponentAccess::new(&*component)).await;
}

/// Issues and what is on them, with the times and people they had elsewhere.
pub(super) async fn imports(t: &mut Noting, queue: &str) {
    let me = t.me.clone();
    let body = json!({"queue": queue, "summary": "Imported", "createdAt": LONG_AGO,
        "createdBy": me});
    let key = t.run(ImportIssue::new(members(body))).await.key;
    let issue = t.run(GetIssue::new(&*key)).await;
    assert_eq!(issue.created_at.as_deref(), Some(LONG_AGO));
    let body = members(json!({"text": "Old", "createdAt": LONG_AGO, "createdBy": me}));
    let comment = t.run(ImportComment::new(&*key, body)).await;
    assert_eq!(comment.created_at, LONG_AGO);
    // A link cannot be older than the issues.
    let other = json!({"queue": queue, "summary": "Another", "createdAt": LONG_AGO,
        "createdBy": me});
    let other = t.run(ImportIssue::new(members(other))).await.key;
    let link = ImportedLink {
        relationship: Some("relates".to_owned()),
        issue: Some(other.as_str().into()),
        created_at: Some(LONG_AGO.into()),
        created_by: Some(me.as_str().into()),
        ..ImportedLink::default()
    };
    t.run(ImportLink::new(&*key, link)).await;
    let work = ImportedWorklog {
        duration: Some("PT1H".into()),
        start: Some(LONG_AGO.into()),
        created_at: Some(LONG_AGO.into()),
        created_by: Some(me.as_str().into()),
        ..ImportedWorklog::default()
    };
    assert!(!t.run(ImportWorklog::new(&*key, work)).await.is_empty());
    t.ran.insert(ImportAttachment::INFO.name);
    let request = ImportAttachment::new(&*key, FileForm::default())
        .filename("old.txt")
        .created_at(LONG_AGO)
        .created_by(&*me);
    let file = t.tracker.upload(request, "old.txt", &b"old"[..], 3, |_| {}).await;
    assert_eq!(file.expect("imported").created_at, LONG_AGO);
    let request = AddAttachment::new(&*key, FileForm::default());
    let picture = t.tracker.upload(request, "a.png", PNG, PNG.len() as u64, |_| {}).await;
    let small = t.run(GetThumbnail::new(&*key, &*picture.expect("uploaded").id)).await;
    assert!(small.0.starts_with(b"\x89PNG"));
    let link = RemoteLinkCreate {
        relationship: Some("RELATES".into()),
        key: Some("MR-1".into()),
        origin: Some("ru.yandex.bitbucket".into()),
    };
    let linked = t.tracker.send(AddRemoteLink::new(&*key, link)).await;
    // Which applications there are is the organisation's affair.
    assert!(
        linked.is_ok() || matches!(linked, Err(Error::Unprocessable(_) | Error::NotFound(_))),
        "{linked:?}"
    );
    t.ran.insert(AddRemoteLink::INFO.name);
}

/// What is on projects, portfolios and goals.
pub(super) async fn entities(t: &mut Noting) {
    let summary = |name: &str| members(json!({"fields": {"summary": name}}));
    let linked = t.run(CreateEntity::new("project", summary("Parity, linked"))).await.id;
    let id = t.run(CreateEntity::new("project", summary("Parity, more"))).await.id;
    let text = CommentCreate { text: Some("hi".into()), ..CommentCreate::default() };
    t.run(CreateEntityComment::new("project", &*id, text)).await;
    assert_eq!(t.run(ListEntityComments::new("project", &*id)).await.len(), 1);
    let items = json!([{"text": "first"}, {"text": "second"}]);
    let add = AddEntityChecklistItems::new("project", &*id, items).fields(["checklistItems"]);
    t.run(add).await;
    let got = GetEntity::new("project", &*id).fields(["checklistItems"]);
    let fields = t.run(got).await.fields.expect("asked for");
    let items: Vec<String> = fields["checklistItems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect();
    let before = members(json!({"before": items[0]}));
    t.run(MoveEntityChecklistItem::new("project", &*id, &*items[1], before)).await;
    t.run(DeleteEntityChecklistItem::new("project", &*id, &*items[1])).await;
    t.run(DeleteEntityChecklist::new("project", &*id)).await;
    t.ran.insert(AddTemporaryAttachment::INFO.name);
    let upload = AddTemporaryAttachment::new(FileForm::default());
    let file = t.tracker.upload(upload, "a.txt", &b"hello"[..], 5, |_| {}).await;
    let file = file.expect("uploaded").id;
    t.run(AttachFileToEntity::new("project", &*id, &*file)).await;
    let files = t.run(ListEntityAttachments::new("project", &*id)).await;
    assert_eq!(files.len(), 1);
    t.run(DeleteEntityAttachment::new("project", &*id, &*files[0].id)).await;
    let link = json!([{"relationship": "relates", "entity": linked}]);
    t.run(CreateEntityLinks::new("project", &*id, link)).await;
    assert_eq!(t.run(ListEntityLinks::new("project", &*id)).await.len(), 1);
    t.run(DeleteEntityLink::new("project", &*id).right(&*linked)).await;
    t.run(ListEntityEvents::new("project", &*id)).await;
    t.run(GetEntityExtendedPermissions::new("project", &*id)).await;
    let grant = json!({"acl": {"grant": {"READ": {"roles": "FOLLOWER"}}}, "permissionSources": []});
    t.run(UpdateEntityExtendedPermissions::new("project", &*id, members(grant))).await;
    let body = json!({"fields": {"summary": "Imported"}, "createdAt": LONG_AGO,
        "createdBy": t.me});
    t.run(ImportEntity::new("project", members(body))).await;
    let change = EntityBulkUpdate {
        meta_entities: Some(json!([id])),
        values: Some(members(json!({"fields": {"tags": ["parity"]}}))),
    };
    let change = t.run(BulkUpdateEntities::new("project", change)).await;
    t.tracker.wait_for_bulk_change(&change.id, |_| {}).await.expect("ended");
}
