//! Changing what a queue has: its team, its versions and components, who may do what.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use super::{COMPONENT, QUEUE, VERSION};
use crate::board::change;
use crate::failure::Failure;
use crate::session::{Session, person};
use crate::shape::cell;

/// Arguments of `trackway queue team-add` and `team-remove`.
#[derive(Debug, Args)]
pub(crate) struct Team {
    /// Key.
    #[arg(add = crate::complete::of("queues"))]
    key: String,
    /// Logins.
    #[arg(required = true, add = crate::complete::of("people"))]
    logins: Vec<String>,
}

/// Takes people into the team of a queue (`add`) or out of it (`remove`).
pub(super) async fn team(
    arguments: Team,
    operator: &str,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut people = Vec::new();
    for login in &arguments.logins {
        people.push(person(session, login).await?);
    }
    let key = arguments.key;
    let path = Session::at("/queues/{key}", &[&key]);
    let version = cell(session.get(&path, &[]).await?.get("version"));
    let body = json!({"teamUsers": {operator: people}});
    let done = session.write(HttpMethod::PATCH, &path, &[("version", version)], Some(body)).await?;
    done.map_or(Ok(()), |queue| {
        session.output.changed(QUEUE, &format!("queue {key} changed"), queue)
    })
}

/// Arguments of `trackway queue version-edit`.
#[derive(Debug, Args)]
pub(crate) struct VersionEdit {
    /// Id of the version.
    id: String,
    /// Name.
    #[arg(long)]
    name: Option<String>,
    /// What it is about.
    #[arg(short, long)]
    description: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE")]
    start: Option<String>,
    /// Planned last day.
    #[arg(long, value_name = "DATE")]
    due: Option<String>,
}

pub(super) async fn version(
    arguments: VersionEdit,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let id = arguments.id;
    let given = [
        ("name", arguments.name),
        ("description", arguments.description),
        ("startDate", arguments.start),
        ("dueDate", arguments.due),
    ];
    let done = change(session, &Session::at("/versions/{id}", &[&id]), &given).await?;
    done.map_or(Ok(()), |version| {
        session.output.changed(VERSION, &format!("version {id} changed"), version)
    })
}

/// Arguments of `trackway queue component-edit`.
#[derive(Debug, Args)]
pub(crate) struct ComponentEdit {
    /// Id of the component.
    id: String,
    /// Name.
    #[arg(long)]
    name: Option<String>,
    /// What it is about.
    #[arg(short, long)]
    description: Option<String>,
    /// Owner, by login.
    #[arg(long, value_name = "LOGIN")]
    lead: Option<String>,
}

pub(super) async fn component(
    arguments: ComponentEdit,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let id = arguments.id;
    let given = [
        ("name", arguments.name),
        ("description", arguments.description),
        ("lead", arguments.lead),
    ];
    let done = change(session, &Session::at("/components/{id}", &[&id]), &given).await?;
    done.map_or(Ok(()), |component| {
        session.output.changed(COMPONENT, &format!("component {id} changed"), component)
    })
}

/// A right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Right {
    Create,
    Read,
    Write,
    Grant,
    Deny,
}

/// Arguments of `trackway queue access-set`.
#[derive(Debug, Args)]
pub(crate) struct Access {
    /// Key.
    #[arg(add = crate::complete::of("queues"))]
    key: String,
    /// Right.
    #[arg(value_enum)]
    right: Right,
    /// Logins, group ids as group:5, or roles as role:assignee, to give it to.
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    give: Vec<String>,
    /// Those to take it from.
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    take: Vec<String>,
}

pub(super) async fn access(
    arguments: Access,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let give = resolved(&arguments.give, session).await?;
    let take = resolved(&arguments.take, session).await?;
    let rules = rules(&give, &take);
    if rules.is_empty() {
        return Err(Failure::usage("nothing to change").hint("--give WHO or --take WHO"));
    }
    let right = match arguments.right {
        Right::Create => "create",
        Right::Read => "read",
        Right::Write => "write",
        Right::Grant => "grant",
        Right::Deny => "deny",
    };
    let key = arguments.key;
    session.confirm(&format!("change the right {right} in queue {key}"))?;
    let path = Session::at("/queues/{key}/permissions", &[&key]);
    let body = json!({right: rules});
    if session.write(HttpMethod::PATCH, &path, &[], Some(body)).await?.is_none() {
        return Ok(());
    }
    super::access::show(&key, session).await
}

/// The same with `me` as a login.
async fn resolved(names: &[String], session: &Session<'_, '_>) -> Result<Vec<String>, Failure> {
    let mut all = Vec::with_capacity(names.len());
    for name in names {
        let who =
            if name.contains(':') { name.as_str().into() } else { person(session, name).await? };
        all.push(cell(Some(&who)));
    }
    Ok(all)
}

/// `{users: {add, remove}, …}` of what is given and taken.
fn rules(give: &[String], take: &[String]) -> Members {
    let mut rules = Members::new();
    for (operator, names) in [("add", give), ("remove", take)] {
        for name in names {
            let (kind, name) = match name.split_once(':') {
                Some(("group", id)) => ("groups", id),
                Some(("role", role)) => ("roles", role),
                _ => ("users", name.trim_end_matches('@')),
            };
            let change = rules.entry(kind).or_insert_with(|| json!({}));
            match change.get_mut(operator).and_then(Value::as_array_mut) {
                Some(list) => list.push(name.into()),
                None => change[operator] = json!([name]),
            }
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_given_and_taken() {
        let names = |text: &str| -> Vec<String> { text.split(',').map(str::to_owned).collect() };
        assert_eq!(
            Value::Object(rules(&names("ann,bob@,group:5"), &names("role:author"))),
            json!({"users": {"add": ["ann", "bob"]}, "groups": {"add": ["5"]},
                "roles": {"remove": ["author"]}})
        );
    }
}
