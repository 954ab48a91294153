//! Transitions of issues.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use super::fields::duration;
use super::{path, walk};
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

impl Along {
    /// Only a resolution.
    pub(super) fn with_resolution(resolution: Option<String>) -> Self {
        Self { resolution, ..Self::default() }
    }
}

/// Arguments of `trackway issue transition`.
#[derive(Debug, Args)]
pub(crate) struct Transition {
    /// Keys, none for that of the branch; then the status by key or name, or the id or name of the
    /// transition.
    #[arg(value_names = ["KEY", "TO"], add = crate::complete::of("keys"))]
    words: Vec<String>,
    /// List what is possible now.
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    along: Along,
}

pub(super) async fn run(
    arguments: Transition,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (keys, to) = session.split(&arguments.words)?;
    let to = to.join(" ");
    if arguments.list || to.is_empty() {
        let mut open = Vec::new();
        for key in &keys {
            open.extend(transitions(session, key).await?);
        }
        session.output.list(TRANSITION, open)?;
        return if arguments.list { Ok(()) } else { Err(Failure::usage("no status is given")) };
    }
    if keys.len() > 1 {
        session.confirm(&format!("{} issues to {to:?}: {}", keys.len(), keys.join(" ")))?;
    }
    for key in &keys {
        let found = matching(session, key, &to).await?;
        execute(session, key, &found, &arguments.along).await?;
    }
    Ok(())
}

/// Takes an issue to a status, which is named by key.
pub(crate) async fn go(
    session: &mut Session<'_, '_>,
    key: &str,
    status: &str,
) -> Result<(), Failure> {
    let found = matching(session, key, status).await?;
    execute(session, key, &found, &Along::default()).await
}

/// Takes an issue to one of these statuses, the first that a transition leads to.
pub(crate) async fn go_to_one(
    session: &mut Session<'_, '_>,
    key: &str,
    statuses: &[String],
) -> Result<(), Failure> {
    let open = transitions(session, key).await?;
    let rank = |t: &Value| statuses.iter().position(|status| t["to"]["key"] == status.as_str());
    let found = open.iter().filter(|t| rank(t).is_some()).min_by_key(|t| rank(t));
    match found {
        Some(found) => execute(session, key, found, &Along::default()).await,
        None => Err(impossible(session, key, &statuses.join(", "), &open).await),
    }
}

/// The transition that is meant: by its id or name, or by the key or name of its status; on a
/// terminal also by the beginning of a name, if that is of one only.
pub(super) async fn matching(
    session: &mut Session<'_, '_>,
    key: &str,
    to: &str,
) -> Result<Value, Failure> {
    let open = transitions(session, key).await?;
    let wanted = to.to_lowercase();
    let names = |t: &Value| -> Vec<String> {
        let to = &t["to"];
        let all = [t.get("id"), t.get("display"), to.get("key"), to.get("display")];
        all.into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect()
    };
    if let Some(found) = open.iter().find(|t| names(t).contains(&wanted)) {
        return Ok(found.clone());
    }
    let begins = |t: &&Value| names(t).iter().any(|name| name.starts_with(&wanted));
    let beginning: Vec<&Value> = open.iter().filter(begins).collect();
    if let ([only], true) = (beginning.as_slice(), session.output.is_for_people()) {
        session.output.remark(&format!("({})", cell(only.get("display"))));
        return Ok((*only).clone());
    }
    Err(impossible(session, key, to, &open).await)
}

pub(super) async fn transitions(
    session: &Session<'_, '_>,
    key: &str,
) -> Result<Vec<Value>, Failure> {
    let path = Session::at("/issues/{key}/transitions", &[key]);
    Ok(session.list(&path, &[], 0).await?.items)
}

/// Why a status cannot be reached: where the issue is, and what is possible instead.
pub(super) async fn impossible(
    session: &Session<'_, '_>,
    key: &str,
    to: &str,
    open: &[Value],
) -> Failure {
    let names: Vec<String> = open
        .iter()
        .map(|t| format!("{} (→ {})", cell(t.get("display")), cell(t.get("to"))))
        .collect();
    let possible = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await.unwrap_or_default();
    let failure = Failure::new(Kind::Rules, format!("{to:?} is not possible for {key} now"))
        .note("now", cell(issue.get("status")))
        .note("possible", possible);
    let known: Vec<String> = open
        .iter()
        .flat_map(|t| [cell(t["to"].get("key")), cell(t["to"].get("display"))])
        .collect();
    failure.hint(match crate::suggest::nearest(to, known.iter().map(String::as_str)) {
        Some(name) => format!("trackway issue transition {key} {name:?}"),
        None => format!("trackway issue transition {key} --list"),
    })
}

/// Makes a transition and tells of it.
pub(super) async fn execute(
    session: &mut Session<'_, '_>,
    key: &str,
    transition: &Value,
    along: &Along,
) -> Result<(), Failure> {
    let before = if session.output.is_for_people() && !session.dry_run {
        session.get(&Session::at("/issues/{key}", &[key]), &[]).await?.get("status").cloned()
    } else {
        None
    };
    if !perform(session, key, transition, along).await? {
        return Ok(());
    }
    if let Some(spent) = &along.spent {
        let path = Session::at("/issues/{key}/worklog", &[key]);
        let body = json!({"duration": duration(spent)?});
        session.write(HttpMethod::POST, &path, &[], Some(body)).await?;
    }
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
    let line = format!("{key}: {} → {}", cell(before.as_ref()), cell(issue.get("status")));
    session.output.changed(ISSUE, &line, issue)?;
    session.output.hint(&format!("undo: trackway undo · comment: trackway i comment {key} TEXT"));
    Ok(())
}

/// Makes a transition; whether it was made and not only shown.
pub(super) async fn perform(
    session: &mut Session<'_, '_>,
    key: &str,
    transition: &Value,
    along: &Along,
) -> Result<bool, Failure> {
    let id = cell(transition.get("id"));
    let mut body = Members::new();
    body.extend(along.fields.iter().map(|field| (field.key.clone(), field.value.clone())));
    body.extend(along.resolution.clone().map(|key| ("resolution".to_owned(), key.into())));
    if let Some(comment) = &along.comment {
        body.insert("comment".to_owned(), text(comment)?.into());
    }
    let path = Session::at("/issues/{key}/transitions/{id}/_execute", &[key, &id]);
    match session.write(HttpMethod::POST, &path, &[], Some(body.into())).await {
        Err(failure) if failure.kind() == Kind::Rules => {
            Err(missing(session, key, transition, failure).await)
        }
        done => Ok(done?.is_some()),
    }
}

/// What a refused transition would have needed, and a line to type.
async fn missing(
    session: &Session<'_, '_>,
    key: &str,
    transition: &Value,
    failure: Failure,
) -> Failure {
    let id = cell(transition.get("id"));
    let path = Session::at("/issues/{key}/transitions/{id}", &[key, &id]);
    let query = [("expand", "fields".to_owned())];
    let screen = session.get(&path, &query).await.unwrap_or_default();
    let fields = screen["fields"].as_object().into_iter().flatten();
    let required = fields.filter(|(_, field)| field["schema"]["required"] == true);
    let mut names: Vec<String> = required.map(|(name, _)| name.clone()).collect();
    if names.is_empty() && failure.is_about("resolution") {
        names.push("resolution".to_owned());
    }
    if names.is_empty() {
        return failure.hint(format!("trackway issue transition {key} --list"));
    }
    let (mut wanted, mut flags) = (Vec::new(), Vec::new());
    for name in &names {
        match name.as_str() {
            "resolution" => {
                let keys = path::resolutions(session, key).await;
                let first = keys.first().map_or("fixed", String::as_str);
                flags.push(format!("--resolution {first}"));
                wanted.push(format!("resolution ({})", keys.join(", ")));
            }
            "comment" => {
                flags.push("--comment TEXT".to_owned());
                wanted.push("comment".to_owned());
            }
            other => {
                flags.push(format!("--field {other}=VALUE"));
                wanted.push(other.to_owned());
            }
        }
    }
    let to = &transition["to"];
    let name = format!("{key} cannot go to {} yet", cell(Some(to)));
    let line =
        format!("trackway issue transition {key} {} {}", cell(to.get("key")), flags.join(" "));
    Failure::new(Kind::Rules, name).note("missing", wanted.join(", ")).hint(line).about(names)
}

/// Arguments of `trackway issue close`.
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// Keys; that of the branch if none is given.
    #[arg(add = crate::complete::of("keys"))]
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
    /// Keys; that of the branch if none is given.
    #[arg(add = crate::complete::of("keys"))]
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

/// Takes issues to a status of one of these types.
async fn toward(
    session: &mut Session<'_, '_>,
    keys: &[String],
    kinds: &[&str],
    along: &Along,
    what: &str,
) -> Result<(), Failure> {
    let keys = session.keys(keys)?;
    if keys.len() > 1 {
        session.confirm(&format!("{} issues to {what}: {}", keys.len(), keys.join(" ")))?;
    }
    let statuses = session.list("/statuses", &[], 0).await?.items;
    for key in keys {
        reach(session, &key, kinds, &statuses, along, what).await?;
    }
    Ok(())
}

/// By one transition to a status of one of these types, the first type preferred; where there is
/// none, by the shortest way that the workflow has.
async fn reach(
    session: &mut Session<'_, '_>,
    key: &str,
    kinds: &[&str],
    statuses: &[Value],
    along: &Along,
    what: &str,
) -> Result<(), Failure> {
    let open = transitions(session, key).await?;
    let rank = |t: &Value| {
        let kind = kind(statuses, &t["to"])?;
        kinds.iter().position(|wanted| *wanted == kind)
    };
    let found = open.iter().filter(|t| rank(t).is_some()).min_by_key(|t| rank(t)).cloned();
    if let Some(found) = found {
        return execute(session, key, &found, along).await;
    }
    let is_there =
        |status: &Value| kind(statuses, status).is_some_and(|kind| kinds.contains(&kind.as_str()));
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
    if is_there(&issue["status"]) {
        let line = format!("{key} is there already: {}", cell(Some(&issue["status"])));
        session.output.remark(&line);
        return Ok(());
    }
    walk::there(session, key, &open, is_there, along, what).await
}

/// The type of a status.
fn kind(statuses: &[Value], status: &Value) -> Option<String> {
    let known = statuses.iter().find(|known| known["key"] == status["key"])?;
    known["type"].as_str().map(str::to_owned)
}

/// The type of the status an issue is in.
pub(super) async fn kind_of(
    session: &Session<'_, '_>,
    issue: &Value,
) -> Result<Option<String>, Failure> {
    let statuses = session.list("/statuses", &[], 0).await?.items;
    Ok(kind(&statuses, &issue["status"]))
}

/// Takes an issue to a status of one of these types.
pub(super) async fn toward_kinds(
    session: &mut Session<'_, '_>,
    key: &str,
    kinds: &[&str],
) -> Result<(), Failure> {
    let statuses = session.list("/statuses", &[], 0).await?.items;
    let mut along = Along::default();
    if kinds.contains(&"done") {
        along.resolution = Some("fixed".to_owned());
    }
    reach(session, key, kinds, &statuses, &along, &kinds.join(" or ")).await
}
