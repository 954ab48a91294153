//! `trackway issue archive`, `delete` and `restore`.

use clap::Args;
use trackway_client::api::HttpMethod;

use crate::failure::Failure;
use crate::session::{ISSUE, Session};

/// Keys of issues.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Keys.
    #[arg(required = true)]
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
    session.confirm(&format!("delete {}", keys.join(" ")))?;
    let mut deleted = Vec::new();
    for key in keys {
        let path = Session::at("/issues/{key}", &[&key]);
        if session.write(HttpMethod::DELETE, &path, &[], None).await?.is_some() {
            session.output.remark(&format!("✓ {key} deleted"));
            deleted.push(key);
        }
    }
    if !deleted.is_empty() {
        let keys = deleted.join(" ");
        session.output.remark(&format!("undo within 30 days: trackway issue restore {keys}"));
    }
    Ok(())
}

/// Brings back issues that are archived or deleted.
pub(super) async fn restore(arguments: Keys, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    for key in session.keys(&arguments.keys)? {
        let path = Session::at("/issues/{key}/_restore", &[&key]);
        if let Some(issue) = session.write(HttpMethod::POST, &path, &[], None).await? {
            let line = format!("{key} restored");
            session.output.changed(ISSUE, &line, issue)?;
        }
    }
    Ok(())
}
