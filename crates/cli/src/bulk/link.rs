//! `trackway bulk link`: the same link from many issues. The API changes links one by one, so that
//! this is the one bulk change that is no job of the server.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use super::{Plan, Which, some};
use crate::failure::{Failure, Kind};
use crate::issue::relation;
use crate::lang::shown;
use crate::output::Column;
use crate::session::Session;

const OUTCOME: &[Column] =
    &[Column("KEY", "key"), Column("OUTCOME", "outcome"), Column("WHY", "why")];

/// Arguments of `trackway bulk link`.
#[derive(Debug, Args)]
pub(crate) struct Link {
    #[command(flatten)]
    which: Which,
    /// relates, blocks, blocked-by, child-of, duplicates, in-epic and others, see `issue link`.
    relation: String,
    /// The issue they are linked to.
    other: String,
}

pub(super) async fn run(arguments: Link, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let other = session.key(&arguments.other);
    let Plan { mut keys, missing } = arguments.which.plan(session).await?;
    keys.retain(|key| *key != other);
    if keys.is_empty() {
        return Err(Failure::new(Kind::NotFound, "there are no such issues"));
    }
    let what = shown(&format!("link {} {other}", arguments.relation));
    session.output.remark(&format!("plan: {what} on {} issues: {}", keys.len(), some(&keys)));
    if !missing.is_empty() {
        let line = format!("  will not: {} not found: {}", missing.len(), some(&missing));
        session.output.remark(&line);
    }
    session.confirm("continue?")?;
    let body = json!({"relationship": relation(&arguments.relation), "issue": other});
    let (outcomes, done) = each(&keys, &body, session).await;
    if session.dry_run {
        return Ok(());
    }
    let bad = outcomes.len() - done + missing.len();
    session.output.list(OUTCOME, outcomes)?;
    if bad == 0 {
        return Ok(());
    }
    let kind = if done == 0 { Kind::Rules } else { Kind::Partly };
    Err(Failure::new(kind, format!("{bad} issues were not linked")))
}

/// Links each, and tells what became of it and of how many it was done. What would fail for all that
/// follow ends the work.
async fn each(keys: &[String], body: &Value, session: &mut Session<'_, '_>) -> (Vec<Value>, usize) {
    let mut progress = session.output.progress("linking", false);
    let (mut outcomes, mut done, mut hopeless) = (Vec::new(), 0, None::<String>);
    for (at, key) in keys.iter().enumerate() {
        let failed = |why: &str| json!({"key": key, "outcome": "failed", "why": why});
        if let Some(why) = &hopeless {
            outcomes.push(failed(why));
            continue;
        }
        let path = Session::at("/issues/{key}/links", &[key]);
        match session.write(HttpMethod::POST, &path, &[], Some(body.clone())).await {
            Ok(_) => {
                done += 1;
                outcomes.push(json!({"key": key, "outcome": "linked", "why": null}));
            }
            Err(failure) => {
                let why = failure.to_string();
                outcomes.push(failed(&why));
                let ends = matches!(failure.kind(), Kind::SignIn | Kind::Network | Kind::Busy);
                hopeless = ends.then(|| format!("not tried: {why}"));
            }
        }
        progress.at(at as u64 + 1, Some(keys.len() as u64));
    }
    (outcomes, done)
}
