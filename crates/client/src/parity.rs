//! What programs written with the official Python client do, and how it is written here. A test
//! runs every operation of the last column against the real server.
//!
//! Whatever else the Python client reaches through its collections is an operation of
//! [`api`](crate::api) under the name of the documentation, or [`Tracker::call`](crate::Tracker::call)
//! for what is not known before. Its exceptions are variants of [`Error`](crate::Error):
//! `NotFound`, `Conflict`, `PreconditionFailed`, `UnprocessableEntity` and the rest.
//!
//! | in `yandex_tracker_client` | here | operation |
//! | --- | --- | --- |
//! | `TrackerClient(token=, org_id=, base_url=).myself` | `send(GetMyself::new())` of `Tracker::builder().token().org_id().base_url().build()` | `GetMyself` |
//! | `client.issues['A-1']` | `send(GetIssue::new("A-1"))` | `GetIssue` |
//! | `client.issues.create(queue=, summary=)` | `send(CreateIssue::new(members))` | `CreateIssue` |
//! | `client.issues.create(unique=)` | `create_or_get("u-1", members)` | `FindIssueByUnique` |
//! | `issue.update(summary=)` | `send(UpdateIssue::new("A-1", members).if_match(version))` | `UpdateIssue` |
//! | `client.issues.find(query, per_page=)` | `pages(SearchIssues::new(request).per_page(50)).items()` | `SearchIssues` |
//! | `client.issues.find(count_only=True)` | `send(CountIssues::new(request))` | `CountIssues` |
//! | `client.issues.import_object(…)` | `send(ImportIssue::new(members))` | `ImportIssue` |
//! | `issue.move_to(queue)` | `send(MoveIssue::new("A-1", members).queue("B"))` | `MoveIssue` |
//! | `issue.clone_to(queues)` | `send(CloneIssue::new("A-1", Members::new()).queues(["B"]))` | `CloneIssue` |
//! | `issue.create_subtask(summary=)` | `send(CreateIssue::new(members))` with `parent` | `CreateIssue` |
//! | `issue.permissions` | `send(GetIssuePermissions::new("A-1"))` | `GetIssuePermissions` |
//! | `issue.link(resource, relationship)` | `send(LinkIssue::new("A-1").link(target))` | `LinkIssue` |
//! | `issue.unlink(resource, relationship)` | `send(UnlinkIssue::new("A-1").link(target))` | `UnlinkIssue` |
//! | `issue.transitions.get_all()` | `send(ListTransitions::new("A-1"))` | `ListTransitions` |
//! | `transition.execute(comment=)` | `send(ExecuteTransition::new("A-1", "close", members))` | `ExecuteTransition` |
//! | `issue.comments.get_all()` | `pages(ListComments::new("A-1")).items()` | `ListComments` |
//! | `issue.comments.create(text=)` | `send(AddComment::new("A-1", comment))` | `AddComment` |
//! | `comment.update(text=)` | `send(UpdateComment::new("A-1", id, comment))` | `UpdateComment` |
//! | `comment.delete()` | `send(DeleteComment::new("A-1", id))` | `DeleteComment` |
//! | `issue.comments.import_object(…)` | `send(ImportComment::new("A-1", members))` | `ImportComment` |
//! | `issue.links.get_all()` | `send(ListLinks::new("A-1"))` | `ListLinks` |
//! | `issue.links.create(issue=, relationship=)` | `send(AddLink::new("A-1", link))` | `AddLink` |
//! | `link.delete()` | `send(DeleteLink::new("A-1", id))` | `DeleteLink` |
//! | `issue.links.import_object(…)` | `send(ImportLink::new("A-1", link))` | `ImportLink` |
//! | `issue.add_link(relation, issue)` | `send(AddLink::new("A-1", link))` | `AddLink` |
//! | `issue.add_remotelink(relation, url)` | `send(AddRemoteLink::new("A-1", link))` | `AddRemoteLink` |
//! | `issue.attachments.get_all()` | `send(ListAttachments::new("A-1"))` | `ListAttachments` |
//! | `issue.attachments.create(path)` | `upload(AddAttachment::new("A-1", …), name, file, …)` | `AddAttachment` |
//! | `attachment.download_to(folder)` | `download(DownloadAttachment::new(…), &mut file, …)` | `DownloadAttachment` |
//! | `attachment.delete()` | `send(DeleteAttachment::new("A-1", id))` | `DeleteAttachment` |
//! | `attachment.read()` | `download(DownloadAttachment::new(…), &mut bytes, …)` | `DownloadAttachment` |
//! | `attachment.download_thumbnail_to(folder)` | `send(GetThumbnail::new("A-1", id))` | `GetThumbnail` |
//! | `client.attachments.create(path)` | `upload(AddTemporaryAttachment::new(…), name, file, …)` | `AddTemporaryAttachment` |
//! | `issue.attachments.import_object(…)` | `upload(ImportAttachment::new("A-1", …).created_at(…), name, file, …)` | `ImportAttachment` |
//! | `issue.changelog.get_all()` | `pages(ListChangelog::new("A-1")).items()` | `ListChangelog` |
//! | `issue.worklog.get_all()` | `send(ListIssueWorklog::new("A-1"))` | `ListIssueWorklog` |
//! | `issue.worklog.create(duration=)` | `send(AddWorklog::new("A-1", work))` | `AddWorklog` |
//! | `worklog.delete()` | `send(DeleteWorklog::new("A-1", id))` | `DeleteWorklog` |
//! | `worklog.update(comment=)` | `send(UpdateWorklog::new("A-1", id, members))` | `UpdateWorklog` |
//! | `issue.worklog.import_object(…)` | `send(ImportWorklog::new("A-1", work))` | `ImportWorklog` |
//! | `client.worklog.find(createdBy=)` | `send(SearchWorklog::new(search))` | `SearchWorklog` |
//! | `issue.checklist_items` | `send(ListChecklistItems::new("A-1"))` | `ListChecklistItems` |
//! | `issue.add_checklist_item(text)` | `send(AddChecklistItem::new("A-1", body))` | `AddChecklistItem` |
//! | `item.update(checked=True)` | `send(UpdateChecklistItem::new("A-1", id, body))` | `UpdateChecklistItem` |
//! | `item.delete()` | `send(DeleteChecklistItem::new("A-1", id))` | `DeleteChecklistItem` |
//! | `client.bulkchange.update(issues, …)` | `send(BulkUpdate::new(body))` | `BulkUpdate` |
//! | `client.bulkchange.transition(issues, …)` | `send(BulkTransition::new(body))` | `BulkTransition` |
//! | `client.bulkchange.move(issues, queue)` | `send(BulkMove::new(body))` | `BulkMove` |
//! | `bulkchange.wait()` | `wait_for_bulk_change(id, …)` | `GetBulkChange` |
//! | `client.queues.get_all()` | `send(ListQueues::new())` | `ListQueues` |
//! | `client.queues['A']` | `send(GetQueue::new("A"))` | `GetQueue` |
//! | `queue.components` | `send(ListQueueComponents::new("A"))` | `ListQueueComponents` |
//! | `queue.versions` | `send(ListQueueVersions::new("A"))` | `ListQueueVersions` |
//! | `queue.projects` | `send(ListQueueProjects::new("A"))` | `ListQueueProjects` |
//! | `queue.issuetypes` | `send(ListQueueIssueTypes::new("A"))` | `ListQueueIssueTypes` |
//! | `queue.workflows` | `send(GetQueueWorkflows::new("A"))` | `GetQueueWorkflows` |
//! | `queue.permissions` | `send(GetQueuePermissions::new("A"))` | `GetQueuePermissions` |
//! | `queue.update_permissions(data)` | `send(UpdateQueuePermissions::new("A", members))` | `UpdateQueuePermissions` |
//! | `queue.access` | `send(GetQueueAccess::new("A"))` | `GetQueueAccess` |
//! | `queue.check_permissions(code)` | `send(CheckQueuePermission::new("A", "read"))` | `CheckQueuePermission` |
//! | `queue.triggers` | `send(ListTriggers::new("A"))` | `ListTriggers` |
//! | `queue.macros` | `send(ListMacros::new("A"))` | `ListMacros` |
//! | `queue.local_fields` | `send(ListQueueLocalFields::new("A"))` | `ListQueueLocalFields` |
//! | `queue.collection.triggers.create(…)` | `send(CreateTrigger::new("A", trigger))` | `CreateTrigger` |
//! | `queue.collection.triggers[id]` | `send(GetTrigger::new("A", id))` | `GetTrigger` |
//! | `trigger.update(name=)` | `send(UpdateTrigger::new("A", id, members))` | `UpdateTrigger` |
//! | `trigger.delete()` | `send(DeleteTrigger::new("A", id))` | `DeleteTrigger` |
//! | `queue.collection.autoactions.get_all()` | `send(ListAutoactions::new("A"))` | `ListAutoactions` |
//! | `queue.collection.macros.create(…)` | `send(CreateMacro::new("A", members))` | `CreateMacro` |
//! | `queue.collection.macros[id]` | `send(GetMacro::new("A", id))` | `GetMacro` |
//! | `macro.update(name=)` | `send(UpdateMacro::new("A", id, members))` | `UpdateMacro` |
//! | `macro.delete()` | `send(DeleteMacro::new("A", id))` | `DeleteMacro` |
//! | `queue.defaultValues` | `send(ListQueueDefaultValues::new("A"))` | `ListQueueDefaultValues` |
//! | `client.users['ann']` | `send(GetUser::new("ann"))` | `GetUser` |
//! | `client.users.get_all()` | `pages(ListUsers::new()).items()` | `ListUsers` |
//! | `user.settings` | `send(GetUserSettings::new("ann"))` | `GetUserSettings` |
//! | `client.issue_types.get_all()` | `send(ListIssueTypes::new())` | `ListIssueTypes` |
//! | `client.priorities.get_all()` | `send(ListPriorities::new())` | `ListPriorities` |
//! | `client.statuses.get_all()` | `send(ListStatuses::new())` | `ListStatuses` |
//! | `client.resolutions.get_all()` | `send(ListResolutions::new())` | `ListResolutions` |
//! | `client.linktypes.get_all()` | `send(ListLinkTypes::new())` | `ListLinkTypes` |
//! | `client.fields.get_all()` | `send(ListFields::new())` | `ListFields` |
//! | `client.field_categories.get_all()` | `send(ListFieldCategories::new())` | `ListFieldCategories` |
//! | `client.groups.get_all()` | `send(ListGroups::new())` | `ListGroups` |
//! | `client.departments.get_all()` | `send(ListDepartments::new())` | `ListDepartments` |
//! | `client.roles`, `countries`, `maillists` of the connection | `send(ListRoles::new())` and the like | `ListRoles`, `ListCountries`, `ListMaillists` |
//! | `client.translations.get_all()` | `send(ListTranslations::new())` | `ListTranslations` |
//! | `client.screens.get_all()` | `send(ListScreens::new())` | `ListScreens` |
//! | `screen.elements` | `send(ListScreenElements::new("7"))` | `ListScreenElements` |
//! | `client.versions.get_all()` | `send(ListVersions::new())` | `ListVersions` |
//! | `client.components.get_all()` | `send(ListComponents::new())` | `ListComponents` |
//! | `client.components.create(…)` | `send(CreateComponent::new(members))` | `CreateComponent` |
//! | `component.permissions` | `send(GetComponentPermissions::new("3"))` | `GetComponentPermissions` |
//! | `component.access` | `send(GetComponentAccess::new("3"))` | `GetComponentAccess` |
//! | `client.projects.get_all()` | `send(ListProjects::new())` | `ListProjects` |
//! | `client.workflows.get_all()` | `send(ListWorkflows::new())` | `ListWorkflows` |
//! | `client.issue_templates.get_all()` | `send(ListIssueTemplates::new())` | `ListIssueTemplates` |
//! | `client.comment_templates.get_all()` | `send(ListCommentTemplates::new())` | `ListCommentTemplates` |
//! | `client.boards.get_all()` | `send(ListBoards::new())` | `ListBoards` |
//! | `board.columns` | `send(ListColumns::new("5"))` | `ListColumns` |
//! | `board.sprints` | `send(ListBoardSprints::new("5"))` | `ListBoardSprints` |
//! | `client.sprints.create(…)` | `send(CreateSprint::new(sprint))` | `CreateSprint` |
//! | `sprint.perform_action('_start', 'post')` | `send(StartSprint::new("7", body).if_match(version))` | `StartSprint` |
//! | `client.filters.create(…)` | `send(CreateFilter::new(filter))` | `CreateFilter` |
//! | `client.filters['4']` | `send(GetFilter::new("4"))` | `GetFilter` |
//! | `filter.delete()` | `send(DeleteFilter::new("4"))` | `DeleteFilter` |
//! | `client.filters.get_all()` | `send(ListFilters::new())` | `ListFilters` |
//! | `filter.update(name=)` | `send(UpdateFilter::new("4", members))` | `UpdateFilter` |
//! | `client.project.create(fields=)`, `client.portfolio`, `client.goal` | `send(CreateEntity::new("project", members))` | `CreateEntity` |
//! | `client.project[id]` | `send(GetEntity::new("project", id))` | `GetEntity` |
//! | `project.update(fields=)` | `send(UpdateEntity::new("project", id, members))` | `UpdateEntity` |
//! | `client.project.find(…)` | `send(SearchEntities::new("project", search))` | `SearchEntities` |
//! | `project.comments.create(text=)` | `send(CreateEntityComment::new("project", id, comment))` | `CreateEntityComment` |
//! | `project.delete()` | `send(DeleteEntity::new("project", id))` | `DeleteEntity` |
//! | `project.comments.get_all()` | `send(ListEntityComments::new("project", id))` | `ListEntityComments` |
//! | `project.checklist_items.create(text)` | `send(AddEntityChecklistItems::new("project", id, items))` | `AddEntityChecklistItems` |
//! | `project.checklist_items.move_item(id, before)` | `send(MoveEntityChecklistItem::new("project", id, item, members))` | `MoveEntityChecklistItem` |
//! | `project.checklist_items.delete_item(id)` | `send(DeleteEntityChecklistItem::new("project", id, item))` | `DeleteEntityChecklistItem` |
//! | `project.checklist_items.delete()` | `send(DeleteEntityChecklist::new("project", id))` | `DeleteEntityChecklist` |
//! | `project.attachments.get_all()` | `send(ListEntityAttachments::new("project", id))` | `ListEntityAttachments` |
//! | `project.attachments.attach(file)` | `send(AttachFileToEntity::new("project", id, file))` | `AttachFileToEntity` |
//! | `project.attachments.delete(file)` | `send(DeleteEntityAttachment::new("project", id, file))` | `DeleteEntityAttachment` |
//! | `project.links.create(…)` | `send(CreateEntityLinks::new("project", id, links))` | `CreateEntityLinks` |
//! | `project.links.get_all()` | `send(ListEntityLinks::new("project", id))` | `ListEntityLinks` |
//! | `project.links.delete(right)` | `send(DeleteEntityLink::new("project", id).right(other))` | `DeleteEntityLink` |
//! | `project.get_event_history()` | `send(ListEntityEvents::new("project", id))` | `ListEntityEvents` |
//! | `project.extended_permissions` | `send(GetEntityExtendedPermissions::new("project", id))` | `GetEntityExtendedPermissions` |
//! | `project.update_extended_permissions(data)` | `send(UpdateEntityExtendedPermissions::new("project", id, members))` | `UpdateEntityExtendedPermissions` |
//! | `client.project.import_object(…)` | `send(ImportEntity::new("project", members))` | `ImportEntity` |
//! | `client.project.bulk_update(…)` | `send(BulkUpdateEntities::new("project", change))` | `BulkUpdateEntities` |
