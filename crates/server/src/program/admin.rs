//! `trackway admin`: organisations, people and tokens, straight in the database. It may run beside
//! a server, which notices within a second.

#![expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use trackway_core::account::{log, password, reset};
use trackway_core::account_cx::Visit;
use trackway_core::dict::Dict;
use trackway_core::dict::model::Member;
use trackway_core::lang::{Lang, Name};
use trackway_core::oauth::{ScopeSet, revoke};
use trackway_core::org::NewOrg;
use trackway_core::time::DAY_MS;
use trackway_core::{Tracker, secret};

use super::said::{remark, say};
use super::{bootstrap, directory, storage};

/// Flags of `trackway admin`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    storage: storage::Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the organisation, if there is none, and its administrator; prints a token.
    Create {
        /// Login of the administrator
        #[arg(long)]
        login: String,
        #[command(flatten)]
        person: Person,
        /// Name of the organisation
        #[arg(long, default_value = "My organisation", value_name = "NAME")]
        organization: String,
        /// File with a password for the pages
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// People of the organisation.
    #[command(subcommand)]
    User(UserCommand),
    /// Access tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Registers applications and deletes them.
    #[command(subcommand)]
    App(super::app::Command),
    /// Groups of people, which permissions and fields may name.
    Group(Within<directory::Groups>),
    /// Departments of the company.
    Department(Within<directory::Departments>),
    /// Mail lists, which may follow issues and be summoned.
    Maillist(Within<directory::Maillists>),
    /// Templates of issues and comments.
    Template(Within<directory::Templates>),
    /// Shows the organisations with their IDs for API.
    Org,
    /// Makes anew what searches look things up in: words of texts, changes of fields
    Reindex,
    /// Shows who changed what in the administration.
    Audit(super::audit::Arguments),
}

/// A command about one organisation.
#[derive(Debug, clap::Args)]
struct Within<C: Subcommand> {
    /// Organisation, by its ID for API [default: the only one]
    #[arg(long, value_name = "ID", global = true)]
    organization: Option<String>,
    #[command(subcommand)]
    command: C,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Adds somebody.
    Add {
        /// Login
        #[arg(long)]
        login: String,
        #[command(flatten)]
        person: Person,
        /// What the person may do
        #[arg(long, value_enum, default_value = "read")]
        level: Level,
        /// Organisation, by its ID for API [default: the only one]
        #[arg(long, value_name = "ID")]
        organization: Option<String>,
    },
    /// Prints a link, good once and for a day, with which a person chooses a new password.
    ResetPassword {
        /// Login of the person
        #[arg(long)]
        login: String,
        /// Address of the server
        #[arg(long, env = "TRACKWAY_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Lists everybody.
    List,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Makes a token that acts as a person, and prints it once.
    Create {
        /// Login of the person
        #[arg(long)]
        login: String,
        /// What the token may be used for, as tracker:read or "tracker:read tracker:write"
        #[arg(long, default_value = "tracker:read tracker:write", value_name = "SCOPES")]
        scope: String,
        /// Days until the token ends [default: never]
        #[arg(long, value_name = "N")]
        days: Option<i64>,
        /// What the token is for
        #[arg(long, default_value = "admin", value_name = "TEXT")]
        label: String,
    },
    /// Makes every token of a person useless.
    Revoke {
        /// Login of the person
        #[arg(long)]
        login: String,
    },
}

#[derive(Debug, clap::Args)]
struct Person {
    /// Given name
    #[arg(long, default_value = "", value_name = "NAME")]
    first_name: String,
    /// Family name
    #[arg(long, default_value = "", value_name = "NAME")]
    last_name: String,
    /// Mail address
    #[arg(long, default_value = "", value_name = "ADDRESS")]
    email: String,
}

/// Levels of access (permissions.md, 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    /// See everything that queues allow, change nothing
    Read,
    /// Work with issues
    Full,
    /// Administer the organisation, and work with issues
    Admin,
}

impl Person {
    fn member(self, login: &str, level: Level) -> Member {
        Member {
            login: login.to_owned(),
            first_name: Name::new(&self.first_name, &self.first_name),
            last_name: Name::new(&self.last_name, &self.last_name),
            email: self.email.to_lowercase(),
            admin: level == Level::Admin,
            full: level != Level::Read,
            ..Member::default()
        }
    }
}

/// Runs `trackway admin`.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let storage = arguments.storage.open("trackway-data", false)?;
    let tracker = &storage.tracker;
    match arguments.command {
        Command::Create { login, person, organization, password_file } => {
            let about = [login.as_str(), &person.email, &person.first_name, &person.last_name];
            let settings = tracker.settings();
            let hash = |file: PathBuf| bootstrap::password_in(&file, &about, &settings.peppers);
            let phc = password_file.map(hash).transpose()?;
            create(tracker, &login, person, &organization, phc.as_deref())?;
        }
        Command::User(UserCommand::Add { login, person, level, organization }) => {
            let org = pick(tracker, organization.as_deref())?;
            let uid = tracker.add_member(org, &person.member(&login, level), super::now())?;
            say(&format!("Added {login} with uid {uid}."));
        }
        Command::User(UserCommand::ResetPassword { login, public_url }) => {
            reset_password(tracker, &login, &public_url)?;
        }
        Command::User(UserCommand::List) => list(tracker),
        Command::App(command) => super::app::run(tracker, command)?,
        Command::Token(TokenCommand::Create { login, scope, days, label }) => {
            token(tracker, &login, &scope, days, &label)?;
        }
        Command::Token(TokenCommand::Revoke { login }) => {
            let uid = account(tracker, &login)?;
            let visit = Visit { now: super::now(), ..Visit::default() };
            let count = tracker.account_now(&visit, move |cx| revoke::by_operator(cx, uid))?;
            say(&format!("Revoked {count} tokens of {login}."));
        }
        Command::Group(Within { organization, command }) => {
            directory::groups(tracker, pick(tracker, organization.as_deref())?, command)?;
        }
        Command::Department(Within { organization, command }) => {
            directory::departments(tracker, pick(tracker, organization.as_deref())?, command)?;
        }
        Command::Maillist(Within { organization, command }) => {
            directory::maillists(tracker, pick(tracker, organization.as_deref())?, command)?;
        }
        Command::Template(Within { organization, command }) => {
            directory::templates(tracker, pick(tracker, organization.as_deref())?, command)?;
        }
        Command::Org => organizations(tracker),
        Command::Reindex => reindex(tracker)?,
        Command::Audit(arguments) => super::audit::run(tracker, &arguments)?,
    }
    tracker.db().close();
    Ok(())
}

fn create(
    tracker: &Tracker,
    login: &str,
    person: Person,
    organization: &str,
    phc: Option<&str>,
) -> Result<()> {
    let now = super::now();
    let world = tracker.world();
    let org = match world.orgs().map(|d| d.org_id).min() {
        Some(org) => org,
        None => tracker.create_org(&NewOrg::named(organization)?)?,
    };
    let uid = tracker.add_member(org, &person.member(login, Level::Admin), now)?;
    if let Some(phc) = phc {
        tracker.db().write_now(|tx| password::set(tx, uid, phc, now))?;
    }
    let token = tracker.create_token(uid, ScopeSet::api(), "admin create", None, now)?;
    let world = tracker.world();
    let dict = world.org(org).context("the organisation vanished")?;
    let language = if trackway_cli::is_russian() { Lang::Ru } else { Lang::En };
    let organization = dict.org.name.get(language);
    say(&format!("Made {login} an administrator of {organization}.\n"));
    say(&format!("  organisation ID for API  {}", dict.org.org_id));
    say(&format!("  the same for the cloud   {}", dict.org.cloud_id));
    say(&format!("  token (shown once)       {token}"));
    Ok(())
}

fn pick(tracker: &Tracker, id: Option<&str>) -> Result<i64> {
    let world = tracker.world();
    if let Some(id) = id {
        let dict = world.by_org_id(id).with_context(|| format!("there is no organisation {id}"))?;
        return Ok(dict.org_id);
    }
    let mut orgs = world.orgs();
    match (orgs.next(), orgs.next()) {
        (Some(only), None) => Ok(only.org_id),
        (None, _) => bail!("there is no organisation yet: see trackway admin create --help"),
        _ => bail!("there are several organisations: name one with --organization"),
    }
}

fn account(tracker: &Tracker, login: &str) -> Result<i64> {
    tracker.account_by_login(login)?.with_context(|| format!("there is no account {login}"))
}

fn token(
    tracker: &Tracker,
    login: &str,
    scope: &str,
    days: Option<i64>,
    label: &str,
) -> Result<()> {
    let Ok(scopes) = ScopeSet::parse(scope, &tracker.settings().policy) else {
        bail!("{scope:?} names an unknown scope");
    };
    if scopes.is_empty() {
        bail!("a token needs a scope, such as tracker:read");
    }
    let now = super::now();
    let expires = days.map(|days| now.saturating_add(days.saturating_mul(DAY_MS)));
    let token = tracker.create_token(account(tracker, login)?, scopes, label, expires, now)?;
    println!("{token}");
    Ok(())
}

fn reset_password(tracker: &Tracker, login: &str, public_url: &str) -> Result<()> {
    let uid = account(tracker, login)?;
    let link = secret::random_text()?;
    let visit = Visit { now: super::now(), ..Visit::default() };
    let token = link.clone();
    tracker.account_now(&visit, move |cx| {
        let now = cx.now();
        reset::create(cx.tx, &token, uid, 0, reset::HAND_MS, now)?;
        log::record(cx, uid, log::Event::PasswordResetRequested, "")
    })?;
    println!("{}/login/reset/{link}", public_url.trim_end_matches('/'));
    Ok(())
}

fn list(tracker: &Tracker) {
    for dict in tracker.world().orgs() {
        for user in dict.users.iter() {
            println!("{}\t{}\t{}\t{}", dict.org.org_id, user.id, user.key, level(dict, user.id));
        }
    }
}

fn level(dict: &Dict, uid: i64) -> &'static str {
    match dict.users.get(uid).map(|u| &u.body) {
        Some(member) if member.dismissed => "dismissed",
        Some(member) if member.admin => "admin",
        Some(member) if member.full => "full",
        _ => "read",
    }
}

fn organizations(tracker: &Tracker) {
    for dict in tracker.world().orgs() {
        println!("{}\t{}\t{}", dict.org.org_id, dict.org.cloud_id, dict.org.name.get(Lang::En));
    }
}

fn reindex(tracker: &Tracker) -> Result<()> {
    tracker.renew_changes()?;
    tracker.renew_words()?;
    let total = tracker.pending_words()?;
    tracker.index_all_words(|left| remark(&format!("{left} issues left")))?;
    say(&format!("Made the words of {total} issues and the changes of all fields anew."));
    Ok(())
}
