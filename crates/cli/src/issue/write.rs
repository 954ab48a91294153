//! Creating, editing, assigning, moving and copying issues.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use super::document;
use super::fields::Fields;
use crate::failure::{Failure, Kind};
use crate::session::{ISSUE, Session, person};
use crate::shape::cell;

/// Arguments of `trackway issue create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What it is about, in one line.
    #[arg(value_name = "SUMMARY", required_unless_present_any = ["summary", "from", "editor"])]
    words: Option<String>,
    /// The same as a flag.
    #[arg(long, conflicts_with = "words")]
    summary: Option<String>,
    /// Queue to create it in; the profile's if there is one.
    #[arg(short = 'k', long, value_name = "KEY", add = crate::complete::of("openQueues"))]
    queue: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// No second issue with the same text here.
    #[arg(long, value_name = "TEXT")]
    unique: Option<String>,
    /// Markdown file to begin with: fields between lines of ---, then the description; - for
    /// standard input.
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Write it in the editor.
    #[arg(long)]
    editor: bool,
    /// Link it, as 'relates TEST-1'; may be repeated.
    #[arg(long, value_name = "RELATION KEY")]
    link: Vec<String>,
    /// File to attach; may be repeated.
    #[arg(long, value_name = "FILE")]
    attach: Vec<std::path::PathBuf>,
    /// Open its page afterwards.
    #[arg(short, long)]
    web: bool,
}

/// The fields of a file or of the editor, or none.
fn written(arguments: &Create) -> Result<Members, Failure> {
    let mut text = match arguments.from.as_deref() {
        None => String::new(),
        Some("-") => crate::session::text("-")?,
        Some(file) => crate::session::text(&format!("@{file}"))?,
    };
    if arguments.editor {
        let draft = json!({"summary": arguments.words.as_ref().or(arguments.summary.as_ref())});
        let draft = if text.is_empty() { document::render(&draft) } else { text };
        text = crate::editor::text("issue.md", &draft)?;
    }
    let mut members = document::parse(&text)?;
    members.retain(|_, value| !value.is_null());
    Ok(members)
}

pub(super) async fn create(
    arguments: Create,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut members = written(&arguments)?;
    let links: Vec<(String, String)> =
        arguments.link.iter().map(|text| relation(text)).collect::<Result<_, _>>()?;
    members.extend(arguments.fields.members(session, false).await?);
    if let Some(queue) = arguments.queue {
        members.insert("queue".to_owned(), queue.into());
    }
    if !members.contains_key("queue") {
        let queue = session.queue.clone().ok_or_else(|| {
            Failure::usage("no queue is given")
                .hint("--queue KEY, or `trackway config set queue KEY`")
        })?;
        members.insert("queue".to_owned(), queue.into());
    }
    if let Some(summary) = arguments.words.or(arguments.summary) {
        members.insert("summary".to_owned(), summary.into());
    }
    if !arguments.attach.is_empty() && !session.dry_run {
        let ids = super::files::temporary(&arguments.attach, session).await?;
        members.insert("attachmentIds".to_owned(), ids);
    }
    let mut made = true;
    let issue = match (&arguments.unique, session.dry_run) {
        (Some(unique), false) => {
            let (issue, created) = session.tracker.create_or_get(unique, members).await?;
            made = created;
            Some(serde_json::to_value(issue).map_err(std::io::Error::from)?)
        }
        (unique, _) => {
            members.extend(unique.clone().map(|text| ("unique".to_owned(), text.into())));
            session.write(HttpMethod::POST, "/issues", &[], Some(members.into())).await?
        }
    };
    let Some(issue) = issue else { return Ok(()) };
    let key = cell(issue.get("key"));
    let word = if made { "created" } else { "was there already" };
    let line = format!("{key} {word}: {}", cell(issue.get("summary")));
    session.output.changed(ISSUE, &line, issue)?;
    for (name, other) in links.into_iter().filter(|_| made) {
        super::relate::add(session, &key, &name, &other).await?;
    }
    session.output.hint(&format!("view: trackway issue view {key}"));
    if arguments.web {
        crate::browser::open(&session.page(&key))?;
    }
    Ok(())
}

/// `relates TEST-1` in two words.
fn relation(text: &str) -> Result<(String, String), Failure> {
    let (name, key) = text.trim().rsplit_once(' ').ok_or_else(|| {
        Failure::usage(format!("{text:?} is no link")).hint("--link 'relates TEST-1'")
    })?;
    Ok((name.trim().to_owned(), key.to_owned()))
}

/// Arguments of `trackway issue edit`.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Keys; that of the branch if none is given.
    keys: Vec<String>,
    /// Change the issue as a file in the editor.
    #[arg(long)]
    editor: bool,
    /// What it is about, in one line.
    #[arg(long)]
    summary: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Field to empty; may be repeated.
    #[arg(long, value_name = "FIELD")]
    clear: Vec<String>,
    /// Change nothing if the issue has another version.
    #[arg(long, value_name = "N")]
    if_version: Option<i64>,
}

pub(super) async fn edit(arguments: Edit, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut members = arguments.fields.members(session, true).await?;
    members.extend(arguments.summary.map(|summary| ("summary".to_owned(), summary.into())));
    members.extend(arguments.clear.into_iter().map(|field| (field, Value::Null)));
    let keys = session.keys(&arguments.keys)?;
    if arguments.editor {
        let [key] = keys.as_slice() else {
            return Err(Failure::usage("the editor is for one issue"));
        };
        let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
        let draft = document::render(&issue);
        members.extend(document::changes(&draft, &crate::editor::text("issue.md", &draft)?)?);
    }
    if members.is_empty() {
        return Err(Failure::usage("nothing to change").hint("give fields, see --help"));
    }
    let version = arguments.if_version.map(|version| ("version", version.to_string()));
    let query: Vec<_> = version.into_iter().collect();
    let names: Vec<String> = members.keys().cloned().collect();
    patch(session, &keys, &query, &members.into(), &names.join(", ")).await
}

/// Changes several issues in the same way.
async fn patch(
    session: &mut Session<'_, '_>,
    keys: &[String],
    query: &[(&'static str, String)],
    body: &Value,
    what: &str,
) -> Result<(), Failure> {
    let keys: Vec<String> = keys.iter().map(|key| session.key(key)).collect();
    if keys.len() > 1 {
        session.confirm(&format!("change {what} of {} issues: {}", keys.len(), keys.join(" ")))?;
    }
    let mut failures = Vec::new();
    for key in &keys {
        let path = Session::at("/issues/{key}", &[key]);
        match session.write(HttpMethod::PATCH, &path, query, Some(body.clone())).await {
            Ok(None) => {}
            Ok(Some(issue)) => {
                let line = format!("{key}: {what} changed");
                session.output.changed(ISSUE, &line, issue)?;
            }
            Err(failure) if keys.len() > 1 => failures.push(format!("{key}: {failure}")),
            Err(failure) => return Err(failure),
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    let kind = if failures.len() < keys.len() { Kind::Partly } else { Kind::Rules };
    Err(Failure::new(kind, failures.join("\n")))
}

/// Arguments of `trackway issue assign`.
#[derive(Debug, Args)]
pub(crate) struct Assign {
    /// Keys, none for that of the branch; then who: me, none or a login.
    #[arg(required = true, value_names = ["KEY", "WHO"])]
    words: Vec<String>,
}

pub(super) async fn assign(
    arguments: Assign,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let Some((who, keys)) = arguments.words.split_last() else { return Ok(()) };
    let keys = session.keys(keys)?;
    let who = person(session, who).await?;
    patch(session, &keys, &[], &json!({"assignee": who}), "assignee").await
}

/// Arguments of `trackway issue move`.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// Keys, and at the end the queue.
    #[arg(required = true, num_args = 2.., value_names = ["KEY", "QUEUE"])]
    words: Vec<String>,
    /// Keep versions, components and project where the other queue has them.
    #[arg(long)]
    keep_fields: bool,
}

pub(super) async fn relocate(
    arguments: Move,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let Some((queue, keys)) = arguments.words.split_last() else { return Ok(()) };
    session.confirm(&format!("move {} to {queue}", keys.join(" ")))?;
    for key in keys {
        let key = session.key(key);
        let mut query = vec![("queue", queue.clone())];
        if arguments.keep_fields {
            query.push(("moveAllFields", "true".to_owned()));
        }
        let path = Session::at("/issues/{key}/_move", &[&key]);
        let Some(issue) = session.write(HttpMethod::POST, &path, &query, Some(json!({}))).await?
        else {
            continue;
        };
        let line = format!("{key} → {}", cell(issue.get("key")));
        session.output.changed(ISSUE, &line, issue)?;
    }
    Ok(())
}
