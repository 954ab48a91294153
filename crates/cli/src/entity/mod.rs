//! `trackway project`, `portfolio` and `goal`: the three kinds of one thing.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::api::Field;
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::issue::list::show;
use crate::lang::shown;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

mod checkin;
mod timeline;

/// Members asked for; the API gives none by itself.
const FIELDS: &str = "summary,description,author,lead,entityStatus,start,end,tags,parentEntity";
const ENTITY: &[Column] = &[
    Column("ID", "shortId"),
    Column("STATUS", "fields.entityStatus"),
    Column("LEAD", "fields.lead"),
    Column("START", "fields.start"),
    Column("END", "fields.end"),
    Column("SUMMARY", "fields.summary"),
];

/// The kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Project,
    Portfolio,
    Goal,
}

impl Which {
    const fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Portfolio => "portfolio",
            Self::Goal => "goal",
        }
    }
}

/// Arguments of `trackway project` and `portfolio`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists them.
    List {
        /// Words in the name.
        words: Option<String>,
        /// Status, as in_progress or according_to_plan.
        #[arg(short, long)]
        status: Option<String>,
        /// How many at most; 0 for all.
        #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
        limit: usize,
    },
    /// Shows one.
    View {
        /// Name, short id or id.
        name: String,
    },
    /// Lists the issues in a project.
    Issues {
        /// Name, short id or id.
        name: String,
        /// How many at most; 0 for all.
        #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
        limit: usize,
    },
    /// Draws when they begin and end.
    Timeline(timeline::Arguments),
    /// Creates one.
    Create {
        /// Name.
        summary: String,
        #[command(flatten)]
        values: Values,
    },
    /// Changes one.
    Edit {
        /// Name, short id or id.
        name: String,
        /// New name.
        #[arg(long)]
        summary: Option<String>,
        #[command(flatten)]
        values: Values,
    },
    /// Changes the status of one.
    Status {
        /// Name, short id or id.
        name: String,
        /// Status, as in_progress, blocked or launched.
        to: String,
        /// Comment on it.
        #[arg(long, value_name = "TEXT")]
        comment: Option<String>,
    },
    /// Puts issues into a project.
    Add {
        /// Name, short id or id.
        name: String,
        /// Keys of issues.
        #[arg(required = true)]
        keys: Vec<String>,
    },
    /// Takes issues out of their project.
    Remove {
        /// Keys of issues.
        #[arg(required = true)]
        keys: Vec<String>,
    },
}

/// Arguments of `trackway goal`.
#[derive(Debug, Args)]
pub struct GoalArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: GoalAction,
}

/// What to do with goals.
#[derive(Debug, Subcommand)]
pub(crate) enum GoalAction {
    #[command(flatten)]
    Usual(Action),
    /// Tells how far a goal is: its status, its key results, a comment.
    Checkin(checkin::Arguments),
}

pub(crate) async fn goal(action: GoalAction, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        GoalAction::Usual(action) => run(Which::Goal, action, session).await,
        GoalAction::Checkin(arguments) => checkin::run(arguments, session).await,
    }
}

/// Members in flags.
#[derive(Debug, Args)]
pub(crate) struct Values {
    /// What it is about: a text, @file, or - for standard input.
    #[arg(short, long)]
    description: Option<String>,
    /// Who leads it: me, none or a login.
    #[arg(long, value_name = "WHO")]
    lead: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE")]
    start: Option<String>,
    /// Last day.
    #[arg(long, value_name = "DATE")]
    end: Option<String>,
    /// Any other field; JSON if it parses, otherwise text. May be repeated.
    #[arg(short = 'f', long = "field", value_name = "KEY=VALUE")]
    others: Vec<Field>,
}

impl Values {
    async fn members(self, session: &Session<'_, '_>) -> Result<Members, Failure> {
        let mut members = Members::new();
        if let Some(text) = &self.description {
            members.insert("description".to_owned(), crate::session::text(text)?.into());
        }
        if let Some(who) = &self.lead {
            members.insert("lead".to_owned(), crate::session::person(session, who).await?);
        }
        for (name, day) in [("start", self.start), ("end", self.end)] {
            members.extend(day.map(|day| (name.to_owned(), day.into())));
        }
        members.extend(self.others.into_iter().map(|field| (field.key, field.value)));
        Ok(members)
    }
}

pub(crate) async fn run(
    which: Which,
    action: Action,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        Action::List { words, status, limit } => {
            let mut body = Members::new();
            body.extend(words.map(|words| ("input".to_owned(), words.into())));
            body.extend(status.map(|s| ("filter".to_owned(), json!({"entityStatus": s}))));
            let (items, total) = search(which, body.into(), limit, session).await?;
            let shown = items.len();
            session.output.list(ENTITY, items)?;
            session.output.remark(&format!("{shown} of {total}"));
            Ok(())
        }
        Action::Timeline(arguments) => timeline::run(which, arguments, session).await,
        Action::View { name } => {
            let found = find(which, &name, FIELDS, session).await?;
            session.output.one(ENTITY, found)
        }
        Action::Issues { name, limit } => {
            let id = id_of(which, &name, session).await?.1;
            let query = format!("Project: {id}");
            show(session, json!({"query": query}), limit, &format!("query: {query}")).await
        }
        Action::Create { summary, values } => {
            let mut members = values.members(session).await?;
            members.insert("summary".to_owned(), summary.into());
            let path = format!("/entities/{}", which.name());
            send(HttpMethod::POST, &path, members, "created", session).await
        }
        Action::Edit { name, summary, values } => {
            let mut members = values.members(session).await?;
            members.extend(summary.map(|text| ("summary".to_owned(), text.into())));
            if members.is_empty() {
                return Err(Failure::usage("nothing to change").hint("give fields, see --help"));
            }
            change(which, &name, members, None, session).await
        }
        Action::Status { name, to, comment } => {
            let members = [("entityStatus".to_owned(), to.into())].into_iter().collect();
            change(which, &name, members, comment, session).await
        }
        Action::Add { name, keys } => {
            let id = id_of(which, &name, session).await?.1;
            let number: Value = id.parse::<i64>().map_or(id.into(), Value::from);
            put(&keys, &json!({"project": {"primary": number}}), "in the project", session).await
        }
        Action::Remove { keys } => {
            put(&keys, &json!({"project": null}), "in no project", session).await
        }
    }
}

async fn put(
    keys: &[String],
    body: &Value,
    what: &str,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let keys: Vec<String> = keys.iter().map(|key| session.key(key)).collect();
    let what = shown(what);
    if keys.len() > 1 {
        session.confirm(&format!("{} · {what}: {}", keys.len(), keys.join(" ")))?;
    }
    for key in keys {
        let path = Session::at("/issues/{key}", &[&key]);
        let done = session.write(HttpMethod::PATCH, &path, &[], Some(body.clone())).await?;
        if let Some(issue) = done {
            session.output.changed(crate::session::ISSUE, &format!("{key}: {what}"), issue)?;
        }
    }
    Ok(())
}

async fn change(
    which: Which,
    name: &str,
    members: Members,
    comment: Option<String>,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let id = id_of(which, name, session).await?.0;
    let path = Session::at(&format!("/entities/{}/{{id}}", which.name()), &[&id]);
    let mut body = json!({"fields": members});
    if let Some(comment) = comment {
        body["comment"] = comment.into();
    }
    let query = [("fields", FIELDS.to_owned())];
    let done = session.write(HttpMethod::PATCH, &path, &query, Some(body)).await?;
    done.map_or(Ok(()), |entity| tell(entity, "changed", session))
}

async fn send(
    method: HttpMethod,
    path: &str,
    members: Members,
    word: &str,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let query = [("fields", FIELDS.to_owned())];
    let body = json!({"fields": members});
    let done = session.write(method, path, &query, Some(body)).await?;
    done.map_or(Ok(()), |entity| tell(entity, word, session))
}

fn tell(entity: Value, word: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let name = cell(entity["fields"].get("summary"));
    let line = format!("{} {}: {name}", cell(entity.get("shortId")), shown(word));
    session.output.changed(ENTITY, &line, entity)
}

async fn search(
    which: Which,
    body: Value,
    limit: usize,
    session: &Session<'_, '_>,
) -> Result<(Vec<Value>, u64), Failure> {
    const PAGE: usize = 100;
    let path = format!("/entities/{}/_search", which.name());
    let (mut items, mut total) = (Vec::new(), 0);
    for page in 1.. {
        let size = if limit == 0 { PAGE } else { limit.min(PAGE) };
        let query = [
            ("fields", FIELDS.to_owned()),
            ("perPage", size.to_string()),
            ("page", page.to_string()),
        ];
        let found = session.ask(&path, &query, body.clone()).await?;
        total = found["hits"].as_u64().unwrap_or_default();
        let values = found["values"].as_array().cloned().unwrap_or_default();
        let last = values.len() < size;
        items.extend(values);
        if last || (limit > 0 && items.len() >= limit) {
            break;
        }
    }
    if limit > 0 {
        items.truncate(limit);
    }
    Ok((items, total))
}

/// The one of this name, short id or id, with some fields.
async fn find(
    which: Which,
    name: &str,
    fields: &str,
    session: &Session<'_, '_>,
) -> Result<Value, Failure> {
    let short = name.rsplit('/').next().unwrap_or(name);
    let is_id = short.len() == 24 && short.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id || (!short.is_empty() && short.bytes().all(|b| b.is_ascii_digit())) {
        let path = Session::at(&format!("/entities/{}/{{id}}", which.name()), &[short]);
        return session.get(&path, &[("fields", fields.to_owned())]).await;
    }
    let found = named(which, name, session).await?;
    if fields == FIELDS {
        return Ok(found);
    }
    let path =
        Session::at(&format!("/entities/{}/{{id}}", which.name()), &[&cell(found.get("id"))]);
    session.get(&path, &[("fields", fields.to_owned())]).await
}

/// The one of this name, or the only one with it in its name.
async fn named(which: Which, name: &str, session: &Session<'_, '_>) -> Result<Value, Failure> {
    let (found, _) = search(which, json!({"input": name}), 0, session).await?;
    let named = |entity: &&Value| {
        cell(entity["fields"].get("summary")).to_lowercase() == name.to_lowercase()
    };
    if let Some(exact) = found.iter().find(named) {
        return Ok(exact.clone());
    }
    match <[Value; 1]>::try_from(found) {
        Ok([only]) => Ok(only),
        Err(several) if several.is_empty() => {
            let kind = which.name();
            Err(Failure::new(Kind::NotFound, format!("there is no {} {name:?}", shown(kind)))
                .hint(format!("trackway {kind} list")))
        }
        Err(several) => {
            let names: Vec<String> =
                several.iter().take(5).map(|e| cell(e["fields"].get("summary"))).collect();
            Err(Failure::usage(format!("{name:?} may be {}", names.join(", "))))
        }
    }
}

/// Id and short id.
async fn id_of(
    which: Which,
    name: &str,
    session: &Session<'_, '_>,
) -> Result<(String, String), Failure> {
    let found = find(which, name, FIELDS, session).await?;
    Ok((cell(found.get("id")), cell(found.get("shortId"))))
}
