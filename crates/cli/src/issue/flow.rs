//! Transitions of issues.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use super::fields::duration;
use crate::api::Field;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::{ISSUE, Session, text};
use crate::shape::cell;

const TRANSITION: &[Column] = &[Column("ID", "id"), Column("NAME", "display"), Column("TO", "to")];

/// Members that a transition may take along.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Along {
    /// Resolution, by key.
    #[arg(long, value_name = "KEY")]
    resolution: Option<String>,
    /// Comment: a text, @file, or - for standard input.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Time spent, as 1h 30m.
    #[arg(long, value_name = "DURATION")]
    spent: Option<String>,
    /// Any other field of the screen; JSON if it parses, otherwise text.
    #[arg(short, long = "field", value_name = "KEY=VALUE")]
    fields: Vec<Field>,
}

/// Arguments of `trackway issue transition`.
#[derive(Debug, Args)]
pub(crate) struct Transition {
    /// Key.
    key: String,
    /// Status by key or name, or id or name of the transition.
    #[arg(required_unless_present = "list")]
    to: Option<String>,
    /// List what is possible now.
    #[arg(long, conflicts_with = "to")]
    list: bool,
    #[command(flatten)]
    along: Along,
}

pub(super) async fn run(
    arguments: Transition,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let open = transitions(session, &key).await?;
    let Some(to) = arguments.to.filter(|_| !arguments.list) else {
        return session.output.list(TRANSITION, open);
    };
    let wanted = to.to_lowercase();
    let is = |value: Option<&Value>| {
        value.and_then(Value::as_str).is_some_and(|text| text.to_lowercase() == wanted)
    };
    let fits = |t: &&Value| {
        let to = &t["to"];
        is(t.get("id")) || is(t.get("display")) || is(to.get("key")) || is(to.get("display"))
    };
    let found = open.iter().find(fits).cloned();
    let Some(found) = found else {
        return Err(impossible(&key, &to, &open));
    };
    execute(session, &key, &found, &arguments.along).await
}

async fn transitions(session: &Session<'_, '_>, key: &str) -> Result<Vec<Value>, Failure> {
    let path = Session::at("/issues/{key}/transitions", &[key]);
    Ok(session.list(&path, &[], 0).await?.items)
}

fn impossible(key: &str, to: &str, open: &[Value]) -> Failure {
    let names: Vec<String> = open
        .iter()
        .map(|t| format!("{} (→ {})", cell(t.get("display")), cell(t.get("to"))))
        .collect();
    let possible = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    Failure::new(Kind::Rules, format!("{key} cannot go to {to:?} now; possible: {possible}"))
        .hint(format!("trackway issue transition {key} --list"))
}

async fn execute(
    session: &mut Session<'_, '_>,
    key: &str,
    transition: &Value,
    along: &Along,
) -> Result<(), Failure> {
    let id = cell(transition.get("id"));
    let mut body = Members::new();
    body.extend(along.fields.iter().map(|field| (field.key.clone(), field.value.clone())));
    body.extend(along.resolution.clone().map(|key| ("resolution".to_owned(), key.into())));
    if let Some(comment) = &along.comment {
        body.insert("comment".to_owned(), text(comment)?.into());
    }
    let path = Session::at("/issues/{key}/transitions/{id}/_execute", &[key, &id]);
    let done = session.write(HttpMethod::POST, &path, &[], Some(body.into())).await;
    let done = done.map_err(|failure| {
        failure.hint_if(Kind::Rules, || {
            format!("give what is missing, as --resolution KEY or --field KEY=VALUE, with {key}")
        })
    })?;
    if done.is_none() {
        return Ok(());
    }
    if let Some(spent) = &along.spent {
        let path = Session::at("/issues/{key}/worklog", &[key]);
        let body = json!({"duration": duration(spent)?});
        session.write(HttpMethod::POST, &path, &[], Some(body)).await?;
    }
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
    let line = format!("{key}: → {}", cell(issue.get("status")));
    session.output.changed(ISSUE, &line, issue)?;
    session.output.hint(&format!("comment: trackway issue comment {key} TEXT"));
    Ok(())
}

/// Arguments of `trackway issue close`.
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// Keys.
    #[arg(required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    along: Along,
}

pub(super) async fn close(arguments: Close, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut along = arguments.along;
    along.resolution.get_or_insert_with(|| "fixed".to_owned());
    toward(session, &arguments.keys, &["done", "cancelled"], &along, "closed").await
}

/// Arguments of `trackway issue reopen`.
#[derive(Debug, Args)]
pub(crate) struct Reopen {
    /// Keys.
    #[arg(required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    along: Along,
}

pub(super) async fn reopen(
    arguments: Reopen,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let kinds = ["new", "inProgress", "paused"];
    toward(session, &arguments.keys, &kinds, &arguments.along, "an open status").await
}

/// Takes issues to a status of one of these types by one transition.
async fn toward(
    session: &mut Session<'_, '_>,
    keys: &[String],
    kinds: &[&str],
    along: &Along,
    what: &str,
) -> Result<(), Failure> {
    let keys: Vec<String> = keys.iter().map(|key| session.key(key)).collect();
    if keys.len() > 1 {
        session.confirm(&format!("{} issues to {what}: {}", keys.len(), keys.join(" ")))?;
    }
    let statuses = session.list("/statuses", &[], 0).await?.items;
    let kind = |status: &Value| -> Option<&str> {
        let known = statuses.iter().find(|known| known["key"] == status["key"])?;
        known["type"].as_str()
    };
    for key in keys {
        let open = transitions(session, &key).await?;
        let rank = |t: &Value| kinds.iter().position(|wanted| kind(&t["to"]) == Some(wanted));
        let found = open.iter().filter(|t| rank(t).is_some()).min_by_key(|t| rank(t)).cloned();
        let Some(found) = found else { return Err(impossible(&key, what, &open)) };
        execute(session, &key, &found, along).await?;
    }
    Ok(())
}
