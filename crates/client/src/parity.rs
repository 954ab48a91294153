//! What programs written with the official Python client do, and how it is written here. A test
//! runs every row and compares what goes over the wire.
//!
//! | `yandex_tracker_client` | here |
//! | --- | --- |
//! | `TrackerClient(token=, org_id=, base_url=)` | `Tracker::builder().token().org_id().base_url().build()` |
//! | `client.myself` | `send(GetMyself::new())` |
//! | `client.issues['A-1']` | `send(GetIssue::new("A-1"))` |
//! | `client.issues.create(queue=, summary=)` | `send(CreateIssue::new(members))` |
//! | `client.issues.create(unique=)` | `create_or_get("u-1", members)` |
//! | `issue.update(summary=)` | `send(UpdateIssue::new("A-1", members).if_match(version))` |
//! | `client.issues.find(query)` | `pages(SearchIssues::new(request)).items()` |
//! | `issue.transitions.get_all()` | `send(ListTransitions::new("A-1"))` |
//! | `transition.execute(comment=)` | `send(ExecuteTransition::new("A-1", "close", members))` |
//! | `issue.comments.create(text=)` | `send(AddComment::new("A-1", comment))` |
//! | `issue.links.create(issue=, relationship=)` | `send(AddLink::new("A-1", link))` |
//! | `issue.attachments.create(path)` | `upload(AddAttachment::new("A-1", …), name, file, …)` |
//! | `attachment.download_to(folder)` | `download(DownloadAttachment::new(…), &mut file, …)` |
//! | `issue.changelog.get_all()` | `pages(ListChangelog::new("A-1")).items()` |
//! | `client.bulkchange.update(issues, …)` | `send(BulkUpdate::new(body))` |
//! | `bulkchange.wait()` | `wait_for_bulk_change(id, …)` |
//! | `client.queues['A']` | `send(GetQueue::new("A"))` |
//! | `client.boards.get_all()` | `send(ListBoards::new())` |
//! | `client.sprints.create(…)` | `send(CreateSprint::new(sprint))` |
//! | `sprint.perform_action('_start', 'post')` | `send(StartSprint::new("7", body).if_match(version))` |
//! | `client.filters.create(…)` | `send(CreateFilter::new(filter))` |
//! | `client.users['ann']` | `send(GetUser::new("ann"))` |
//! | `exceptions.NotFound`, `Conflict`, … | [`Error::NotFound`](crate::Error::NotFound), [`Error::Conflict`](crate::Error::Conflict), … |
//! | `client._connection.…` | [`Tracker::call`](crate::Tracker::call) |
