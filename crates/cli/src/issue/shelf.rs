//! `trackway issue archive`, `delete` and `restore`.

use clap::Args;
use trackway_client::api::HttpMethod;

use crate::complete;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::{Found, ISSUE, Session};
use crate::undo::Back;

const DELETED: &[Column] = &[
    Column("KEY", "key"),
    Column("DELETED", "deletedAt"),
    Column("BY", "deletedBy"),
    Column("KEPT UNTIL", "keptUntil"),
    Column("SUMMARY", "summary"),
];

/// Keys of issues.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Keys.
    #[arg(required = true)]
    keys: Vec<String>,
}

/// Keys of issues that are archived or deleted.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// Keys.
    #[arg(required = true, add = complete::of("away"))]
    keys: Vec<String>,
}

/// Takes issues out of searches and lists.
pub(super) async fn archive(arguments: Keys, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    for key in session.keys(&arguments.keys)? {
        let path = Session::at("/issues/{key}/_archive", &[&key]);
        if let Some(issue) = session.write(HttpMethod::POST, &path, &[], None).await? {
            let line = format!("{key} archived");
            session.output.changed(ISSUE, &line, issue)?;
        }
    }
    Ok(())
}

/// Deletes issues.
pub(super) async fn delete(arguments: Keys, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let keys = session.keys(&arguments.keys)?;
    let all = keys.join(" ");
    if session.is_cloud() {
        session.confirm(&format!("delete {all}: the cloud brings nothing back"))?;
    } else {
        session.confirm(&format!("delete {all}"))?;
    }
    let mut deleted = Vec::new();
    for key in keys {
        let path = Session::at("/issues/{key}", &[&key]);
        if session.write(HttpMethod::DELETE, &path, &[], None).await?.is_some() {
            session.output.remark(&format!("✓ {key} deleted"));
            deleted.push(key);
        }
    }
    // The cloud has no way back; of other servers only a Trackway is known to have one.
    if !deleted.is_empty() && !session.is_cloud() {
        let keys = deleted.join(" ");
        let hint =
            format!("a Trackway server keeps this for 30 days: trackway issue restore {keys}");
        session.output.remark(&hint);
    }
    Ok(())
}

/// Brings back issues that are archived or deleted.
pub(super) async fn restore(
    arguments: Restore,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    for key in session.keys(&arguments.keys)? {
        let path = Session::at("/issues/{key}/_restore", &[&key]);
        let back = Some(way_back(&key, session).await?);
        if let Some(issue) = session.write_known(HttpMethod::POST, &path, &[], None, back).await? {
            let line = format!("{key} restored");
            session.output.changed(ISSUE, &line, issue)?;
        }
    }
    Ok(())
}

/// What makes an issue again what it is now: one that is there is archived, another one deleted.
async fn way_back(key: &str, session: &Session<'_, '_>) -> Result<Back, Failure> {
    let path = Session::at("/issues/{key}", &[key]);
    match session.get(&path, &[("fields", "archived".to_owned())]).await {
        Ok(_) => {
            let path = Session::at("/issues/{key}/_archive", &[key]);
            Ok(Back { method: HttpMethod::POST, path, body: None })
        }
        Err(failure) if failure.kind() == Kind::NotFound => {
            Ok(Back { method: HttpMethod::DELETE, path, body: None })
        }
        Err(failure) => Err(failure),
    }
}

/// Issues that are out of sight, of a queue or all.
pub(super) async fn away(
    path: &str,
    queue: Option<String>,
    limit: usize,
    session: &Session<'_, '_>,
) -> Result<Found, Failure> {
    let size = if limit == 0 { 100 } else { limit.min(100) };
    let mut query = vec![("perPage", size.to_string())];
    query.extend(queue.map(|queue| ("queue", queue)));
    let found = session.list(path, &query, limit).await;
    // The cloud takes the last word for the key of an issue.
    found.map_err(|failure| {
        failure
            .hint_if(Kind::NotFound, || "a Trackway server lists these, others do not".to_owned())
    })
}

/// Prints issues that are deleted and kept.
pub(super) fn print_deleted(found: Found, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let footer = found.footer();
    session.output.of(found.total).list(DELETED, found.items)?;
    session.output.remark(&format!("{footer} · restore: trackway issue restore KEY"));
    Ok(())
}
