//! `trackway admin group | department | maillist | template`: what the API only reads.

#![expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]

use anyhow::{Context, Result};
use clap::Subcommand;
use trackway_core::cx::Cx;
use trackway_core::dict::Dict;
use trackway_core::dict::model::MailList;
use trackway_core::directory::admin;
use trackway_core::lang::{Lang, Name};
use trackway_core::{Tracker, template};

use super::said::say;

/// A name in one or both languages.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Named {
    /// Name
    name: String,
    /// The same in English [default: NAME]
    #[arg(long, value_name = "NAME")]
    english: Option<String>,
}

impl Named {
    fn name(&self) -> Name {
        Name::new(&self.name, self.english.as_deref().unwrap_or(&self.name))
    }
}

/// Groups of people, which permissions and fields may name.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Groups {
    /// Adds a group.
    Add {
        #[command(flatten)]
        named: Named,
        /// The group it is a part of, by id or name
        #[arg(long, value_name = "GROUP")]
        parent: Option<String>,
    },
    /// Lists the groups with their members.
    List,
    /// Puts people into a group.
    Join {
        /// Group, by id or name
        group: String,
        /// Logins
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Takes people out of a group.
    Leave {
        /// Group, by id or name
        group: String,
        /// Logins
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Removes a group.
    Remove {
        /// Group, by id or name
        group: String,
    },
}

/// Departments of the company.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Departments {
    /// Adds a department.
    Add {
        #[command(flatten)]
        named: Named,
        /// The department it is a part of, by id or name
        #[arg(long, value_name = "DEPARTMENT")]
        parent: Option<String>,
    },
    /// Lists the departments with their people.
    List,
    /// Puts people into a department; everybody is in one at most.
    Join {
        /// Department, by id or name
        department: String,
        /// Logins
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Takes people out of their department.
    Leave {
        /// Logins
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Removes a department.
    Remove {
        /// Department, by id or name
        department: String,
    },
}

/// Mail lists, which may follow issues and be summoned.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Maillists {
    /// Adds a mail list.
    Add {
        /// Address
        address: String,
        /// Displayed name [default: the address]
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// What it is for
        #[arg(long, default_value = "", hide_default_value = true)]
        info: String,
        /// Anybody may subscribe
        #[arg(long)]
        open: bool,
    },
    /// Lists the mail lists with their members.
    List,
    /// Subscribes people.
    Join {
        /// Address
        address: String,
        /// Logins
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Unsubscribes people.
    Leave {
        /// Address
        address: String,
        /// Logins
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Removes a mail list.
    Remove {
        /// Address
        address: String,
    },
}

/// Templates of issues and comments.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Templates {
    /// Adds a template of issues.
    Issue {
        /// Name
        name: String,
        /// Fields as in the body of a new issue, a JSON object
        #[arg(long, default_value = "{}", value_name = "JSON")]
        fields: String,
        /// Queue, by key [default: every queue]
        #[arg(long)]
        queue: Option<String>,
        /// What it is for
        #[arg(long, default_value = "", hide_default_value = true)]
        description: String,
    },
    /// Adds a template of comments.
    Comment {
        /// Name
        name: String,
        /// Text of the comment
        #[arg(long)]
        text: String,
        /// Queue, by key [default: every queue]
        #[arg(long)]
        queue: Option<String>,
        /// What it is for
        #[arg(long, default_value = "", hide_default_value = true)]
        description: String,
    },
}

/// Runs a change in the name of the organisation's first administrator.
fn write<T: Send + 'static>(
    tracker: &Tracker,
    org: i64,
    run: impl Fn(&mut Cx<'_, '_>) -> trackway_core::Result<T> + Send + 'static,
) -> Result<T> {
    let world = tracker.world();
    let dict = world.org(org).context("the organisation vanished")?;
    let uid = dict.users.iter().find(|u| u.body.admin).map(|u| u.id).unwrap_or_default();
    let caller = tracker.robot(org, uid, super::now())?;
    Ok(tracker.write_now(&caller, run)?)
}

fn each(
    tracker: &Tracker,
    org: i64,
    logins: Vec<String>,
    run: impl Fn(&mut Cx<'_, '_>, &str) -> trackway_core::Result<()> + Send + 'static,
) -> Result<()> {
    write(tracker, org, move |cx| logins.iter().try_for_each(|login| run(cx, login)))
}

fn dict(tracker: &Tracker, org: i64) -> Result<std::sync::Arc<Dict>> {
    tracker.world().org(org).cloned().context("the organisation vanished")
}

/// Runs `trackway admin group`.
pub(crate) fn groups(tracker: &Tracker, org: i64, command: Groups) -> Result<()> {
    match command {
        Groups::Add { named, parent } => {
            let id = write(tracker, org, move |cx| {
                admin::add_group(cx, &named.name(), parent.as_deref())
            })?;
            say(&format!("Added group {id}."));
        }
        Groups::List => {
            let dict = dict(tracker, org)?;
            for group in dict.groups.iter() {
                let logins = logins(&dict, |user| user.groups.contains(&group.id));
                println!("{}\t{}\t{logins}", group.id, group.name.get(Lang::En));
            }
        }
        Groups::Join { group, logins } => {
            each(tracker, org, logins, move |cx, login| {
                admin::join_group(cx, &group, login, true)
            })?;
        }
        Groups::Leave { group, logins } => {
            each(tracker, org, logins, move |cx, login| {
                admin::join_group(cx, &group, login, false)
            })?;
        }
        Groups::Remove { group } => write(tracker, org, move |cx| admin::remove_group(cx, &group))?,
    }
    Ok(())
}

fn logins(dict: &Dict, fits: impl Fn(&trackway_core::dict::model::Member) -> bool) -> String {
    let found = dict.users.iter().filter(|user| fits(&user.body));
    found.map(|user| user.key.as_str()).collect::<Vec<_>>().join(",")
}

/// Runs `trackway admin department`.
pub(crate) fn departments(tracker: &Tracker, org: i64, command: Departments) -> Result<()> {
    match command {
        Departments::Add { named, parent } => {
            let id = write(tracker, org, move |cx| {
                admin::add_department(cx, &named.name(), parent.as_deref())
            })?;
            say(&format!("Added department {id}."));
        }
        Departments::List => {
            let dict = dict(tracker, org)?;
            for department in dict.departments.iter() {
                let logins = logins(&dict, |user| user.department == Some(department.id));
                println!("{}\t{}\t{logins}", department.id, department.name.get(Lang::En));
            }
        }
        Departments::Join { department, logins } => {
            each(tracker, org, logins, move |cx, login| {
                admin::join_department(cx, Some(&department), login)
            })?;
        }
        Departments::Leave { logins } => {
            each(tracker, org, logins, |cx, login| admin::join_department(cx, None, login))?;
        }
        Departments::Remove { department } => {
            write(tracker, org, move |cx| admin::remove_department(cx, &department))?;
        }
    }
    Ok(())
}

/// Runs `trackway admin maillist`.
pub(crate) fn maillists(tracker: &Tracker, org: i64, command: Maillists) -> Result<()> {
    match command {
        Maillists::Add { address, name, info, open } => {
            let list = MailList { address, name, info, open, ..MailList::default() };
            write(tracker, org, move |cx| admin::add_maillist(cx, list.clone()))?;
        }
        Maillists::List => {
            let dict = dict(tracker, org)?;
            for list in dict.maillists.iter() {
                let members = list.body.members.iter().filter_map(|uid| dict.users.get(*uid));
                let logins: Vec<_> = members.map(|user| user.key.as_str()).collect();
                println!("{}\t{}\t{}", list.key, list.name.get(Lang::En), logins.join(","));
            }
        }
        Maillists::Join { address, logins } => {
            each(tracker, org, logins, move |cx, login| {
                admin::join_maillist(cx, &address, login, true)
            })?;
        }
        Maillists::Leave { address, logins } => {
            each(tracker, org, logins, move |cx, login| {
                admin::join_maillist(cx, &address, login, false)
            })?;
        }
        Maillists::Remove { address } => {
            write(tracker, org, move |cx| admin::remove_maillist(cx, &address))?;
        }
    }
    Ok(())
}

/// Runs `trackway admin template`.
pub(crate) fn templates(tracker: &Tracker, org: i64, command: Templates) -> Result<()> {
    let id = match command {
        Templates::Issue { name, fields, queue, description } => {
            let fields = serde_json::from_str(&fields).context("--fields is no JSON object")?;
            write(tracker, org, move |cx| {
                template::issue::add(cx, &name, &description, queue.as_deref(), &fields)
            })?
        }
        Templates::Comment { name, text, queue, description } => write(tracker, org, move |cx| {
            template::comment::add(cx, &name, &description, queue.as_deref(), &text)
        })?,
    };
    say(&format!("Added template {id}."));
    Ok(())
}
