//! `trackway queue`.

use clap::{Args, Subcommand};
use serde_json::json;
use trackway_client::api::HttpMethod;

use crate::common::Common;
use crate::failure::Failure;
use crate::lang::shown;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;
use crate::{queue_files, rules, workflow};

mod access;
mod create;
mod parts;
mod tags;

pub(crate) const QUEUE: &[Column] = &[
    Column("KEY", "key"),
    Column("NAME", "name"),
    Column("OWNER", "lead"),
    Column("DESCRIPTION", "description"),
];
const NAMED: &[Column] = &[Column("KEY", "key"), Column("NAME", "name")];
const FIELD: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("TYPE", "schema.type"),
    Column("READ-ONLY", "readonly"),
];
const VERSION: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("START", "startDate"),
    Column("DUE", "dueDate"),
    Column("RELEASED", "released"),
    Column("ARCHIVED", "archived"),
];
const COMPONENT: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("OWNER", "lead"),
    Column("DESCRIPTION", "description"),
];

/// Arguments of `trackway queue`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with queues.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists the queues you may see, but for the archived ones.
    List {
        /// The archived ones too.
        #[arg(long)]
        archived: bool,
    },
    /// Shows a queue.
    View {
        /// Key.
        key: String,
    },
    /// Creates a queue.
    Create(create::Arguments),
    /// Lists the issue types of a queue.
    Types {
        /// Key.
        key: String,
    },
    /// Lists the fields of a queue.
    Fields {
        /// Key.
        key: String,
        /// Only those of this queue alone.
        #[arg(long)]
        local: bool,
    },
    /// Lists the statuses that issues of a queue may be in.
    Statuses {
        /// Key.
        key: String,
    },
    /// Shows the workflows of a queue.
    Workflow(workflow::Arguments),
    /// Lists the team of a queue.
    Team {
        /// Key.
        key: String,
    },
    /// Changes a queue.
    Edit {
        /// Key.
        key: String,
        /// Name.
        #[arg(long)]
        name: Option<String>,
        /// What it is for.
        #[arg(short, long)]
        description: Option<String>,
        /// Owner, by login.
        #[arg(long, value_name = "LOGIN")]
        lead: Option<String>,
    },
    /// Works with triggers.
    #[command(subcommand)]
    Trigger(rules::TriggerAction),
    /// Works with automatic actions.
    #[command(subcommand)]
    Autoaction(rules::Action),
    /// Works with macros.
    #[command(subcommand)]
    Macro(rules::Action),
    /// Lists the versions of a queue.
    Versions {
        /// Key.
        key: String,
    },
    /// Lists the components of a queue.
    Components {
        /// Key.
        key: String,
    },
    /// Lists the tags used in a queue.
    Tags {
        /// Key.
        key: String,
    },
    /// Gives a tag another name, in all issues of a queue.
    TagRename(tags::Rename),
    /// Makes one tag of several, in all issues of a queue.
    TagMerge(tags::Merge),
    /// Shows who holds which right in a queue, or what one person may do and by which rule.
    Access(access::Arguments),
    /// Gives a right in a queue, or takes it.
    AccessSet(parts::Access),
    /// Takes people into the team of a queue.
    TeamAdd(parts::Team),
    /// Takes people out of the team of a queue.
    TeamRemove(parts::Team),
    /// Changes a version.
    VersionEdit(parts::VersionEdit),
    /// Changes a component.
    ComponentEdit(parts::ComponentEdit),
    /// Creates a version.
    VersionCreate {
        /// Key of the queue.
        key: String,
        /// Name.
        name: String,
        /// First day.
        #[arg(long, value_name = "DATE")]
        start: Option<String>,
        /// Planned last day.
        #[arg(long, value_name = "DATE")]
        due: Option<String>,
    },
    /// Marks a version as released.
    VersionRelease {
        /// Id of the version.
        id: String,
    },
    /// Archives a version.
    VersionArchive {
        /// Id of the version.
        id: String,
    },
    /// Creates a component.
    ComponentCreate {
        /// Key of the queue.
        key: String,
        /// Name.
        name: String,
        /// Owner, by login.
        #[arg(long, value_name = "LOGIN")]
        lead: Option<String>,
    },
    /// Writes the settings of a queue to TOML files: itself, workflows, fields, components, versions,
    /// default values, triggers, automatic actions, macros, access.
    Export(queue_files::Export),
    /// Makes a queue what such files say: shows how they differ, asks, and sends only that.
    Apply(queue_files::Apply),
    /// Deletes a queue; it can be restored.
    Delete {
        /// Key.
        key: String,
    },
    /// Archives a queue: it is read as before, nothing in it is made or changed until it is restored.
    Archive {
        /// Key.
        key: String,
    },
    /// Restores a deleted or archived queue.
    Restore {
        /// Key.
        key: String,
    },
}

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let of = |template: &str, key: &str| Session::at(template, &[key]);
    match action {
        Action::List { archived } => {
            let mut found = session.list("/queues", &[("perPage", "100".to_owned())], 0).await?;
            found.items.retain(|queue| archived || queue["archived"] != true);
            session.output.list(QUEUE, found.items)
        }
        Action::View { key } => {
            let query = [("expand", "all".to_owned())];
            let queue = session.get(&of("/queues/{key}", &key), &query).await?;
            if !session.output.is_for_people() {
                return session.output.one(QUEUE, queue);
            }
            let mut text = format!("{}  {}", cell(queue.get("key")), cell(queue.get("name")));
            if queue["archived"] == true {
                text.extend([format!("  ({})", shown("archived"))]);
            }
            for (label, name) in [
                ("Owner", "lead"),
                ("Team", "teamUsers"),
                ("Types", "issueTypes"),
                ("Default", "defaultType"),
                ("Components", "components"),
                ("Versions", "versions"),
            ] {
                let value = cell(queue.get(name));
                if !value.is_empty() {
                    text.extend([format!("\n{:10}  {value}", shown(label))]);
                }
            }
            session.output.text(&text)
        }
        Action::Create(arguments) => create::run(arguments, session).await,
        Action::Types { key } => {
            let found = session.list(&of("/queues/{key}/issuetypes", &key), &[], 0).await?;
            session.output.list(NAMED, found.items)
        }
        Action::Fields { key, local } => {
            let template = if local { "/queues/{key}/localFields" } else { "/queues/{key}/fields" };
            let found = session.list(&of(template, &key), &[], 0).await?;
            session.output.list(FIELD, found.items)
        }
        Action::Statuses { key } => workflow::statuses(&key, session).await,
        Action::Workflow(arguments) => workflow::run(arguments, session).await,
        Action::Team { key } => {
            let query = [("expand", "team".to_owned())];
            let queue = session.get(&of("/queues/{key}", &key), &query).await?;
            let team = queue["teamUsers"].as_array().cloned().unwrap_or_default();
            session.output.list(&[Column("UID", "id"), Column("NAME", "display")], team)
        }
        Action::Edit { key, name, description, lead } => {
            let given = [("name", name), ("description", description), ("lead", lead)];
            let given = given.into_iter().filter_map(|(name, text)| Some((name, text?)));
            let body: serde_json::Value = given.collect();
            if body.as_object().is_none_or(serde_json::Map::is_empty) {
                return Err(Failure::usage("nothing to change").hint("give fields, see --help"));
            }
            let queue = session.get(&of("/queues/{key}", &key), &[]).await?;
            let query = [("version", cell(queue.get("version")))];
            let path = of("/queues/{key}", &key);
            let done = session.write(HttpMethod::PATCH, &path, &query, Some(body)).await?;
            done.map_or(Ok(()), |queue| {
                session.output.changed(QUEUE, &format!("queue {key} changed"), queue)
            })
        }
        Action::Trigger(action) => rules::trigger(action, session).await,
        Action::Autoaction(action) => rules::run(rules::Kind::Autoaction, action, session).await,
        Action::Macro(action) => rules::run(rules::Kind::Macro, action, session).await,
        Action::Versions { key } => {
            let found = session.list(&of("/queues/{key}/versions", &key), &[], 0).await?;
            session.output.list(VERSION, found.items)
        }
        Action::Components { key } => {
            let found = session.list(&of("/queues/{key}/components", &key), &[], 0).await?;
            session.output.list(COMPONENT, found.items)
        }
        Action::Tags { key } => {
            let found = session.list(&of("/queues/{key}/tags", &key), &[], 0).await?;
            if session.output.is_json() {
                return session.output.json(&found.items);
            }
            let tags: Vec<String> = found.items.iter().map(|tag| cell(Some(tag))).collect();
            session.output.text(&tags.join("\n"))
        }
        Action::TagRename(arguments) => tags::rename(arguments, session).await,
        Action::TagMerge(arguments) => tags::merge(arguments, session).await,
        Action::Access(arguments) => access::run(arguments, session).await,
        Action::AccessSet(arguments) => parts::access(arguments, session).await,
        Action::TeamAdd(arguments) => parts::team(arguments, "add", session).await,
        Action::TeamRemove(arguments) => parts::team(arguments, "remove", session).await,
        Action::VersionEdit(arguments) => parts::version(arguments, session).await,
        Action::ComponentEdit(arguments) => parts::component(arguments, session).await,
        Action::VersionCreate { key, name, start, due } => {
            let body = json!({"queue": key, "name": name, "startDate": start, "dueDate": due});
            let made = session.write(HttpMethod::POST, "/versions", &[], Some(body)).await?;
            made.map_or(Ok(()), |version| {
                session.output.changed(VERSION, &format!("version {name} created"), version)
            })
        }
        Action::VersionRelease { id } => {
            let path = of("/versions/{id}/_release", &id);
            let done = session.write(HttpMethod::POST, &path, &[], Some(json!({}))).await?;
            done.map_or(Ok(()), |version| {
                session.output.changed(VERSION, &format!("version {id} released"), version)
            })
        }
        Action::VersionArchive { id } => {
            let path = of("/versions/{id}/_archive", &id);
            let done = session.write(HttpMethod::POST, &path, &[], Some(json!({}))).await?;
            done.map_or(Ok(()), |version| {
                session.output.changed(VERSION, &format!("version {id} archived"), version)
            })
        }
        Action::ComponentCreate { key, name, lead } => {
            let body = json!({"queue": key, "name": name, "lead": lead});
            let made = session.write(HttpMethod::POST, "/components", &[], Some(body)).await?;
            made.map_or(Ok(()), |component| {
                session.output.changed(COMPONENT, &format!("component {name} created"), component)
            })
        }
        Action::Export(arguments) => queue_files::export(arguments, session).await,
        Action::Apply(arguments) => queue_files::apply(arguments, session).await,
        Action::Delete { key } => {
            session.confirm(&format!("delete queue {key}"))?;
            let path = of("/queues/{key}", &key);
            if session.write(HttpMethod::DELETE, &path, &[], None).await?.is_some() {
                session.output.remark(&format!("✓ queue {key} deleted"));
                session.output.hint(&format!("undo: trackway queue restore {key}"));
            }
            Ok(())
        }
        Action::Archive { key } => {
            let path = of("/queues/{key}/_archive", &key);
            let done = session.write(HttpMethod::POST, &path, &[], None).await?;
            done.map_or(Ok(()), |queue| {
                session.output.changed(QUEUE, &format!("queue {key} archived"), queue)?;
                session.output.hint(&format!("undo: trackway queue restore {key}"));
                Ok(())
            })
        }
        Action::Restore { key } => {
            let path = of("/queues/{key}/_restore", &key);
            if session.write(HttpMethod::POST, &path, &[], Some(json!({}))).await?.is_some() {
                session.output.remark(&format!("✓ queue {key} restored"));
            }
            Ok(())
        }
    }
}
