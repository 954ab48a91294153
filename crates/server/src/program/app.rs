//! `trackway admin app`: registered applications, straight in the database.
#![expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use trackway_core::Tracker;
use trackway_core::account_cx::Visit;
use trackway_core::oauth::application::{self, Details, Platform};
use trackway_core::oauth::{Profile, ScopeSet};

/// Commands about applications.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Registers an application, and prints its id and secret once.
    Create {
        /// Login of the owner
        #[arg(long)]
        login: String,
        /// Name that people see
        #[arg(long)]
        name: String,
        /// Address that answers are sent to; may be repeated
        #[arg(long = "redirect-uri", value_name = "URI")]
        redirect_uris: Vec<String>,
        /// What it may ask for
        #[arg(long, default_value = "tracker:read tracker:write", value_name = "SCOPES")]
        scope: String,
        /// It keeps no secret: a program on a computer, a phone or a device
        #[arg(long)]
        public: bool,
        /// By the book, or as clients of the original expect
        #[arg(long, value_enum, default_value = "compatible")]
        profile: Book,
        /// Web origin whose scripts may call the endpoints; may be repeated
        #[arg(long = "origin", value_name = "ORIGIN")]
        origins: Vec<String>,
    },
    /// Lists the applications of a person.
    List {
        /// Login of the owner
        #[arg(long)]
        login: String,
    },
    /// Deletes an application, with every token it was given.
    Delete {
        /// Login of the owner
        #[arg(long)]
        login: String,
        /// Its id
        #[arg(long, value_name = "ID")]
        id: String,
    },
}

/// Profiles (oauth.md, 0.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Book {
    /// By the book
    Strict,
    /// As clients of the original expect
    Compatible,
}

/// Runs a command.
pub(crate) fn run(tracker: &Tracker, command: Command) -> Result<()> {
    let visit = Visit { now: super::now(), ..Visit::default() };
    let account = |login: &str| {
        tracker.account_by_login(login)?.with_context(|| format!("there is no account {login}"))
    };
    match command {
        Command::Create { login, name, redirect_uris, scope, public, profile, origins } => {
            let policy = &tracker.settings().policy;
            let Ok(scopes) = ScopeSet::parse(&scope, policy) else {
                bail!("{scope:?} names an unknown scope");
            };
            let details = Details {
                name,
                redirect_uris,
                scopes,
                origins,
                platform: if public { Platform::Device } else { Platform::Web },
                device_flow: true,
                implicit: profile == Book::Compatible,
                profile: match profile {
                    Book::Strict => Profile::Strict,
                    Book::Compatible => Profile::Compatible,
                },
                ..Details::default()
            };
            let owner = account(&login)?;
            let (made, secret) = tracker
                .account_now(&visit, move |cx| application::register(cx, owner, details.clone()))?;
            println!("client_id {}", made.id);
            if let Some(secret) = secret {
                println!("client_secret {}", secret.0);
            }
        }
        Command::List { login } => {
            let owner = account(&login)?;
            for app in tracker.account_now(&visit, move |cx| application::list(cx, owner))? {
                println!("{}\t{}\t{}", app.id, app.details.name, app.details.scopes.text());
            }
        }
        Command::Delete { login, id } => {
            let owner = account(&login)?;
            tracker.account_now(&visit, move |cx| application::delete(cx, owner, &id))?;
        }
    }
    Ok(())
}
