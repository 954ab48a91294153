//! Comments, history and time spent.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use super::fields::duration;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::{Session, text};
use crate::shape::cell;

pub(crate) const COMMENT: &[Column] = &[
    Column("ID", "id"),
    Column("AUTHOR", "createdBy"),
    Column("CREATED", "createdAt"),
    Column("TEXT", "text"),
];
const CHANGE: &[Column] = &[
    Column("WHEN", "updatedAt"),
    Column("WHO", "updatedBy"),
    Column("FIELD", "field"),
    Column("FROM", "from"),
    Column("TO", "to"),
];
pub(crate) const WORK: &[Column] = &[
    Column("ID", "id"),
    Column("WHO", "createdBy"),
    Column("START", "start"),
    Column("SPENT", "duration"),
    Column("NOTE", "comment"),
];

/// Arguments of `trackway issue comment`.
#[derive(Debug, Args)]
pub(crate) struct Comment {
    /// Keys, none for that of the branch; then the text, @file, - for standard input, or nothing
    /// for the editor.
    #[arg(value_names = ["KEY", "TEXT"], add = crate::complete::of("keys"))]
    words: Vec<String>,
    /// File to attach; may be repeated.
    #[arg(long, value_name = "FILE")]
    attach: Vec<std::path::PathBuf>,
    /// Whom to summon, by login; may be repeated.
    #[arg(long, value_name = "LOGIN", value_delimiter = ',')]
    summon: Vec<String>,
    /// Change this comment instead.
    #[arg(long, value_name = "ID")]
    edit: Option<String>,
    /// Do not follow the issue.
    #[arg(long)]
    no_follow: bool,
}

pub(super) async fn comment(
    arguments: Comment,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (keys, words) = session.split(&arguments.words)?;
    let written = match words {
        [] if session.may_ask() => crate::editor::text("comment.md", "")?,
        [] => return Err(Failure::usage("no text is given").hint("give it, @file, or -")),
        [one] => text(one)?,
        several => several.join(" "),
    };
    if written.trim().is_empty() {
        return Err(Failure::new(Kind::Unconfirmed, "the comment is empty"));
    }
    let mut body = Members::new();
    body.insert("text".to_owned(), written.into());
    if !arguments.summon.is_empty() {
        body.insert("summonees".to_owned(), json!(arguments.summon));
    }
    if keys.len() > 1 {
        session.confirm(&format!("comment on {} issues: {}", keys.len(), keys.join(" ")))?;
    }
    let follow = arguments.no_follow.then(|| ("isAddToFollowers", "false".to_owned()));
    let query: Vec<_> = follow.into_iter().collect();
    for key in keys {
        let (method, path) = match &arguments.edit {
            Some(id) => {
                (HttpMethod::PATCH, Session::at("/issues/{key}/comments/{id}", &[&key, id]))
            }
            None => (HttpMethod::POST, Session::at("/issues/{key}/comments", &[&key])),
        };
        let mut body = body.clone();
        if !arguments.attach.is_empty() && !session.dry_run {
            let ids = super::files::temporary(&arguments.attach, session).await?;
            body.insert("attachmentIds".to_owned(), ids);
        }
        let made = session.write(method, &path, &query, Some(body.into())).await?;
        if let Some(comment) = made {
            let line = format!("comment {} on {key}", cell(comment.get("id")));
            session.output.changed(COMMENT, &line, comment)?;
        }
    }
    Ok(())
}

/// Arguments of `trackway issue comments`.
#[derive(Debug, Args)]
pub(crate) struct Comments {
    /// Key; that of the branch if not given.
    key: Option<String>,
    /// Only those made since this day.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Only those of somebody: me or a login.
    #[arg(long, value_name = "WHO")]
    author: Option<String>,
    /// How many of the first at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 0)]
    limit: usize,
}

pub(super) async fn comments(
    arguments: Comments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.current(arguments.key.as_deref())?;
    let path = Session::at("/issues/{key}/comments", &[&key]);
    let narrowed = arguments.since.is_some() || arguments.author.is_some();
    let limit = if narrowed { 0 } else { arguments.limit };
    let mut found = session.list(&path, &[], limit).await?.items;
    if let Some(since) = &arguments.since {
        found.retain(|comment| cell(comment.get("createdAt")).as_str() >= since.as_str());
    }
    if let Some(who) = &arguments.author {
        let user = session.user(who).await?;
        found.retain(|comment| comment["createdBy"]["id"] == user.as_str());
    }
    if arguments.limit > 0 {
        found.truncate(arguments.limit);
    }
    session.output.list(COMMENT, found)
}

/// Arguments of `trackway issue comment-delete`.
#[derive(Debug, Args)]
pub(crate) struct CommentDelete {
    /// Key.
    key: String,
    /// Id of the comment.
    id: String,
}

pub(super) async fn delete(
    arguments: CommentDelete,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (key, id) = (session.key(&arguments.key), arguments.id);
    session.confirm(&format!("delete comment {id} of {key}"))?;
    let path = Session::at("/issues/{key}/comments/{id}", &[&key, &id]);
    session.write(HttpMethod::DELETE, &path, &[], None).await?;
    Ok(())
}

/// Arguments of `trackway issue history`.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Key; that of the branch if not given.
    key: Option<String>,
    /// Only changes since this day.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Only changes of somebody: me or a login.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Only changes of this field, by id.
    #[arg(long)]
    field: Option<String>,
    /// How many entries at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 0)]
    limit: usize,
}

pub(super) async fn history(
    arguments: History,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.current(arguments.key.as_deref())?;
    let path = Session::at("/issues/{key}/changelog", &[&key]);
    let query: Vec<_> = arguments.field.iter().map(|field| ("field", field.clone())).collect();
    let mut found = session.list(&path, &query, arguments.limit).await?;
    if let Some(since) = &arguments.since {
        found.items.retain(|change| cell(change.get("updatedAt")).as_str() >= since.as_str());
    }
    if let Some(who) = &arguments.by {
        let user = session.user(who).await?;
        found.items.retain(|change| change["updatedBy"]["id"] == user.as_str());
    }
    if session.output.is_json() {
        return session.output.list(CHANGE, found.items);
    }
    let mut rows = Vec::new();
    for change in &found.items {
        let mut fields = change["fields"].as_array().cloned().unwrap_or_default();
        if let Some(wanted) = &arguments.field {
            // The server finds changes that touch the field; others may have gone along.
            fields.retain(|field| field["field"]["id"] == wanted.as_str());
        }
        let row = |field: &Value| {
            json!({"updatedAt": change["updatedAt"], "updatedBy": change["updatedBy"],
                "field": field["field"], "from": field["from"], "to": field["to"]})
        };
        if fields.is_empty() {
            rows.push(row(&json!({"field": change["type"]})));
        }
        rows.extend(fields.iter().map(row));
    }
    session.output.list(CHANGE, rows)
}

/// Arguments of `trackway issue worklog`.
#[derive(Debug, Args)]
pub(crate) struct Worklog {
    /// Key; that of the branch if not given.
    key: Option<String>,
    /// Only that of somebody: me or a login.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Only that begun since this day.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
}

pub(super) async fn worklog(
    arguments: Worklog,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.current(arguments.key.as_deref())?;
    let path = Session::at("/issues/{key}/worklog", &[&key]);
    let mut found = session.list(&path, &[], 0).await?.items;
    if let Some(since) = &arguments.since {
        found.retain(|work| cell(work.get("start")).as_str() >= since.as_str());
    }
    if let Some(who) = &arguments.by {
        let user = session.user(who).await?;
        found.retain(|work| work["createdBy"]["id"] == user.as_str());
    }
    session.output.list(WORK, found)
}

/// Arguments of `trackway issue worklog-add`.
#[derive(Debug, Args)]
pub(crate) struct WorklogAdd {
    /// Key.
    key: String,
    /// How long, as 1h 30m.
    duration: String,
    /// What was done.
    note: Option<String>,
    /// When it began, as 2026-11-24T10:00:00+0300; now if not given.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(crate) async fn worklog_add(
    arguments: WorklogAdd,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let mut body = Members::new();
    body.insert("duration".to_owned(), duration(&arguments.duration)?.into());
    body.extend(arguments.at.map(|at| ("start".to_owned(), at.into())));
    body.extend(arguments.note.map(|note| ("comment".to_owned(), note.into())));
    let path = Session::at("/issues/{key}/worklog", &[&key]);
    let Some(work) = session.write(HttpMethod::POST, &path, &[], Some(body.into())).await? else {
        return Ok(());
    };
    let line = format!("{} recorded on {key}", arguments.duration);
    session.output.changed(WORK, &line, work)
}

/// Arguments of `trackway issue worklog-edit`.
#[derive(Debug, Args)]
pub(crate) struct WorklogEdit {
    /// Key.
    key: String,
    /// Id of the record.
    id: String,
    /// How long, as 1h 30m.
    #[arg(long, value_name = "DURATION")]
    duration: Option<String>,
    /// What was done.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// When it began, as 2026-11-24T10:00:00+0300.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) async fn worklog_edit(
    arguments: WorklogEdit,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let mut body = Members::new();
    let spent = arguments.duration.as_deref().map(duration).transpose()?;
    body.extend(spent.map(|spent| ("duration".to_owned(), spent.into())));
    body.extend(arguments.at.map(|at| ("start".to_owned(), at.into())));
    body.extend(arguments.note.map(|note| ("comment".to_owned(), note.into())));
    if body.is_empty() {
        return Err(Failure::usage("nothing to change").hint("--duration, --note or --at"));
    }
    let path = Session::at("/issues/{key}/worklog/{id}", &[&key, &arguments.id]);
    let done = session.write(HttpMethod::PATCH, &path, &[], Some(body.into())).await?;
    done.map_or(Ok(()), |work| {
        session.output.changed(WORK, &format!("record {} of {key} changed", arguments.id), work)
    })
}

/// Arguments of `trackway issue worklog-delete`.
#[derive(Debug, Args)]
pub(crate) struct WorklogDelete {
    /// Key.
    key: String,
    /// Id of the record.
    id: String,
}

pub(super) async fn worklog_delete(
    arguments: WorklogDelete,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (key, id) = (session.key(&arguments.key), arguments.id);
    session.confirm(&format!("delete record {id} of {key}"))?;
    let path = Session::at("/issues/{key}/worklog/{id}", &[&key, &id]);
    session.write(HttpMethod::DELETE, &path, &[], None).await?;
    Ok(())
}
