//! `trackway issue`.

use clap::{Args, Subcommand};

use crate::common::Common;
use crate::failure::Failure;
use crate::session::Session;

mod columns;
mod copy;
mod dates;
mod document;
pub(crate) mod fields;
mod files;
pub(crate) mod flow;
mod images;
mod last;
pub(crate) mod list;
mod markdown;
mod path;
mod relate;
mod shelf;
mod talk;
mod tree;
mod view;
mod vote;
pub(crate) mod walk;
mod work;
mod write;

pub(crate) use files::FILE;
pub(crate) use relate::relation;
pub(crate) use talk::{COMMENT, WORK, WorklogAdd, worklog_add};

/// Arguments of `trackway issue`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with issues.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists issues, by default the open ones changed last.
    List(Box<list::Arguments>),
    /// Lists the open issues assigned to you.
    Mine(list::Mine),
    /// Shows issues.
    View(view::Arguments),
    /// Creates an issue.
    Create(Box<write::Create>),
    /// Changes fields of issues.
    Edit(Box<write::Edit>),
    /// Takes an issue to another status.
    Transition(flow::Transition),
    /// Closes issues.
    Close(flow::Close),
    /// Opens closed issues again.
    Reopen(flow::Reopen),
    /// Begins work: assigns the issue to you, moves it on, switches to its branch.
    Start(work::Start),
    /// Ends work: moves the issue on, records the time, names the merge request.
    Finish(work::Finish),
    /// Prints the key of the issue of the branch.
    Current(work::Current),
    /// Opens issues in the browser.
    Open(work::Open),
    /// Follows issues.
    Follow(work::Follow),
    /// Follows issues no more.
    Unfollow(work::Follow),
    /// Votes for issues.
    Vote(work::Follow),
    /// Takes votes for issues back.
    Unvote(work::Follow),
    /// Takes issues out of searches and lists; nobody changes them until they are restored.
    Archive(shelf::Keys),
    /// Deletes issues; a Trackway server keeps them for 30 days.
    Delete(shelf::Keys),
    /// Brings back issues that are archived or deleted.
    Restore(shelf::Restore),
    /// Assigns issues: to me, to somebody, or to none.
    Assign(write::Assign),
    /// Moves issues to another queue.
    Move(write::Move),
    /// Makes a copy of an issue.
    Clone(copy::Clone),
    /// Comments on issues.
    Comment(talk::Comment),
    /// Shows the comments of an issue.
    Comments(talk::Comments),
    /// Deletes a comment.
    CommentDelete(talk::CommentDelete),
    /// Shows the history of an issue.
    History(talk::History),
    /// Links an issue to others.
    Link(relate::Link),
    /// Shows the links of an issue.
    Links(relate::Links),
    /// Removes a link between two issues.
    Unlink(relate::Unlink),
    /// Attaches files to an issue.
    Attach(files::Attach),
    /// Lists the files of an issue.
    Attachments(files::Attachments),
    /// Downloads files of an issue.
    Download(files::Download),
    /// Removes a file of an issue.
    AttachmentDelete(files::AttachmentDelete),
    /// Shows the checklist of an issue.
    Checklist(relate::Checklist),
    /// Adds items to the checklist of an issue.
    ChecklistAdd(relate::ChecklistAdd),
    /// Marks items of a checklist as done.
    ChecklistCheck(relate::ChecklistItems),
    /// Marks items of a checklist as not done.
    ChecklistUncheck(relate::ChecklistItems),
    /// Changes the text of an item of a checklist.
    ChecklistEdit(relate::ChecklistEdit),
    /// Removes items of a checklist.
    ChecklistRemove(relate::ChecklistItems),
    /// Shows the time spent on an issue.
    Worklog(talk::Worklog),
    /// Records time spent on an issue.
    WorklogAdd(WorklogAdd),
    /// Changes a record of time spent.
    WorklogEdit(talk::WorklogEdit),
    /// Removes a record of time spent.
    WorklogDelete(talk::WorklogDelete),
}

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        Action::List(arguments) => list::run(*arguments, session).await,
        Action::Mine(arguments) => list::mine(arguments, session).await,
        Action::View(arguments) => view::run(arguments, session).await,
        Action::Create(arguments) => write::create(*arguments, session).await,
        Action::Edit(arguments) => write::edit(*arguments, session).await,
        Action::Transition(arguments) => flow::run(arguments, session).await,
        Action::Close(arguments) => flow::close(arguments, session).await,
        Action::Reopen(arguments) => flow::reopen(arguments, session).await,
        Action::Start(arguments) => work::start(arguments, session).await,
        Action::Finish(arguments) => work::finish(arguments, session).await,
        Action::Current(arguments) => work::current(&arguments, session).await,
        Action::Open(arguments) => work::open(arguments, session).await,
        Action::Follow(arguments) => work::follow(arguments, true, session).await,
        Action::Unfollow(arguments) => work::follow(arguments, false, session).await,
        Action::Archive(arguments) => shelf::archive(arguments, session).await,
        Action::Restore(arguments) => shelf::restore(arguments, session).await,
        Action::Vote(arguments) => vote::vote(arguments, true, session).await,
        Action::Unvote(arguments) => vote::vote(arguments, false, session).await,
        Action::Delete(arguments) => shelf::delete(arguments, session).await,
        Action::ChecklistCheck(arguments) => relate::check(arguments, true, session).await,
        Action::ChecklistUncheck(arguments) => relate::check(arguments, false, session).await,
        Action::ChecklistEdit(arguments) => relate::checklist_edit(arguments, session).await,
        Action::ChecklistRemove(arguments) => relate::checklist_remove(arguments, session).await,
        Action::WorklogEdit(arguments) => talk::worklog_edit(arguments, session).await,
        Action::Assign(arguments) => write::assign(arguments, session).await,
        Action::Move(arguments) => write::relocate(arguments, session).await,
        Action::Clone(arguments) => copy::run(arguments, session).await,
        Action::Comment(arguments) => talk::comment(arguments, session).await,
        Action::Comments(arguments) => talk::comments(arguments, session).await,
        Action::CommentDelete(arguments) => talk::delete(arguments, session).await,
        Action::History(arguments) => talk::history(arguments, session).await,
        Action::Link(arguments) => relate::link(arguments, session).await,
        Action::Links(arguments) => relate::links(arguments, session).await,
        Action::Unlink(arguments) => relate::unlink(arguments, session).await,
        Action::Attach(arguments) => files::attach(arguments, session).await,
        Action::Attachments(arguments) => files::list(arguments, session).await,
        Action::Download(arguments) => files::download(arguments, session).await,
        Action::AttachmentDelete(arguments) => files::delete(arguments, session).await,
        Action::Checklist(arguments) => relate::checklist(arguments, session).await,
        Action::ChecklistAdd(arguments) => relate::checklist_add(arguments, session).await,
        Action::Worklog(arguments) => talk::worklog(arguments, session).await,
        Action::WorklogAdd(arguments) => worklog_add(arguments, session).await,
        Action::WorklogDelete(arguments) => talk::worklog_delete(arguments, session).await,
    }
}
