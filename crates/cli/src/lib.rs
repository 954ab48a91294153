//! Commands of `trackway` that speak to a server over the API: to a Trackway server or to the
//! cloud service.
//!
//! Results go to standard output, everything else to standard error. On a terminal results are
//! tables for people, otherwise tab separated lines, and with `--json` JSON.
#![expect(clippy::doc_markdown, reason = "doc comments are help texts, shown as they are")]
#![expect(clippy::match_same_arms, reason = "one line for each kind of failure")]

use std::process::ExitCode;

use clap::Subcommand;
use trackway_client::Builder;

mod alias;
mod api;
mod board;
mod browser;
mod bulk;
mod chart;
mod common;
mod complete;
mod config;
mod dashboard;
mod directory;
mod doctor;
mod editor;
mod entity;
mod export;
mod failure;
mod find;
mod git;
mod help;
mod inbox;
mod issue;
mod jq;
mod keychain;
mod lang;
mod line;
mod my;
mod output;
mod people;
mod program;
mod progress;
mod query;
mod queue;
mod queue_files;
mod refs;
mod rows;
mod rules;
mod session;
mod shape;
mod sprint;
mod suggest;
mod target;
mod undo;
mod verbs;
mod watch;
mod workflow;

pub use help::{language_flag, russian, speak};
use help::{parse, shells, shown};
pub use lang::{is_russian, shown as told};
pub use program::program;

#[cfg(test)]
mod tests;

use common::Common;
use config::{Files, Repository};
use failure::{Failure, Kind};
use output::Output;
use session::Session;
use undo::Journal;

/// The commands, to be flattened into those of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Works with issues.
    #[command(visible_alias = "i")]
    Issue(Box<issue::Arguments>),
    /// Finds issues by words.
    Search(Box<find::Search>),
    /// Works with saved filters.
    Filter(Box<find::FilterArguments>),
    /// Works with queues.
    #[command(visible_alias = "q")]
    Queue(Box<queue::Arguments>),
    /// Works with boards.
    #[command(visible_alias = "b")]
    Board(Box<board::Arguments>),
    /// Works with sprints.
    #[command(visible_alias = "s")]
    Sprint(Box<sprint::SprintArguments>),
    /// Changes many issues at once.
    Bulk(Box<bulk::Arguments>),
    /// Shows what you have to do.
    My(Box<my::My>),
    /// Shows what you were told of.
    Inbox(Box<inbox::Inbox>),
    /// Measures, records and sums up time.
    Time(Box<my::Time>),
    /// Works with projects.
    Project(Box<entity::Arguments>),
    /// Works with portfolios.
    Portfolio(Box<entity::Arguments>),
    /// Works with goals.
    Goal(Box<entity::GoalArguments>),
    /// Works with dashboards.
    Dashboard(Box<dashboard::Arguments>),
    /// Shows groups.
    Group(Box<directory::Groups>),
    /// Explains and checks the query language.
    Query(Box<query::Arguments>),
    /// Reverses your last change made with this tool.
    Undo(Box<undo::Arguments>),
    /// Works with the git repository.
    Git(Box<git::Arguments>),
    /// Shows users.
    User(Box<find::UserArguments>),
    /// Shows who you are for the server.
    Me(Box<find::Me>),
    /// Writes issues with their comments, links and history to files.
    Export(Box<export::Arguments>),
    /// Calls any operation of the API.
    Api(Box<api::Arguments>),
    /// Signs in and out.
    Auth(Box<config::AuthArguments>),
    /// Reads and changes the configuration.
    Config(Box<config::Arguments>),
    /// Makes short names for commands.
    Alias(Box<alias::Arguments>),
    /// Works with profiles: a server, an organisation, an account.
    Profile(Box<config::ProfileArguments>),
    /// Prints the version of this program.
    Version,
    /// Writes completions for a shell.
    Completion(help::Completion),
    /// Writes manual pages.
    Man(help::Man),
    /// Looks for what may be wrong: configuration, clock, server, rights.
    Doctor(Box<doctor::Doctor>),
    /// Explains a command or a topic, lists all commands.
    Help(Box<help::Help>),
    /// Makes the values anew that shells complete.
    #[command(name = complete::COMMAND, hide = true)]
    RefreshCompletion(Box<complete::Refresh>),
}

impl Command {
    fn common(&self) -> Option<&Common> {
        Some(match self {
            Self::Issue(arguments) => &arguments.common,
            Self::Search(arguments) => &arguments.common,
            Self::Filter(arguments) => &arguments.common,
            Self::Queue(arguments) => &arguments.common,
            Self::Board(arguments) => &arguments.common,
            Self::Sprint(arguments) => &arguments.common,
            Self::Bulk(arguments) => &arguments.common,
            Self::User(arguments) => &arguments.common,
            Self::Me(arguments) => &arguments.common,
            Self::Export(arguments) => &arguments.common,
            Self::Api(arguments) => &arguments.common,
            Self::Auth(arguments) => &arguments.common,
            Self::Config(arguments) => &arguments.common,
            Self::Profile(arguments) => &arguments.common,
            Self::My(arguments) => &arguments.common,
            Self::Inbox(arguments) => &arguments.common,
            Self::Time(arguments) => &arguments.common,
            Self::Project(arguments) | Self::Portfolio(arguments) => &arguments.common,
            Self::Goal(arguments) => &arguments.common,
            Self::Query(arguments) => &arguments.common,
            Self::Undo(arguments) => &arguments.common,
            Self::Git(arguments) => &arguments.common,
            Self::Alias(arguments) => &arguments.common,
            Self::Dashboard(arguments) => &arguments.common,
            Self::Group(arguments) => &arguments.common,
            Self::Doctor(arguments) => &arguments.common,
            Self::RefreshCompletion(arguments) => &arguments.common,
            Self::Version | Self::Completion(_) | Self::Man(_) | Self::Help(_) => return None,
        })
    }

    /// How the results look. The raw API always speaks JSON.
    fn look(&self) -> common::Look {
        let mut look = self.common().map(|common| common.look.clone()).unwrap_or_default();
        match self {
            Self::Api(arguments) => look.json |= !arguments.list,
            Self::Help(arguments) => look = arguments.look.clone(),
            _ => {}
        }
        if self.common().is_some_and(|common| common.agent) {
            look.color = common::Colour::Never;
            look.output = look.format().or(Some(common::Format::Plain));
        }
        look
    }
}

/// Runs a command to its end, prints what it has to say and gives the code to exit with, see
/// `trackway help exit-codes`. `program` is the whole command line, for completions and manuals.
pub fn run(command: Command, program: fn() -> clap::Command) -> ExitCode {
    let look = command.look();
    let json = matches!(look.format(), Some(common::Format::Json | common::Format::Jsonl));
    listen(look.verbose);
    let mut output = Output::standard(&look);
    match start(command, program, &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            output.complain(&failure.report(json));
            ExitCode::from(failure.kind().exit_code())
        }
    }
}

/// Shows on standard error what the client does, if that is wanted.
fn listen(verbose: u8) {
    let debug = std::env::var("TRACKWAY_DEBUG").is_ok_and(|value| value == "api");
    let filter = match (verbose, debug) {
        (0, false) => return,
        (0 | 1, _) => "trackway_client=debug",
        _ => "trackway_client=trace,reqwest=debug,hyper_util=debug",
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_writer(std::io::stderr)
        .init();
}

fn start(
    command: Command,
    program: fn() -> clap::Command,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    match command {
        Command::Version => {
            return output.text(program::VERSION);
        }
        Command::Completion(arguments) => return help::completion(&arguments, output),
        Command::Man(arguments) => return help::man(&arguments, shown(program()), output),
        Command::Help(arguments) => return help::help(&arguments, shown(program()), output),
        Command::Config(arguments) => {
            return config::run(arguments.action, &arguments.common, output);
        }
        Command::Profile(arguments) => return config::profile(arguments.action, output),
        Command::Alias(arguments) => return alias::run(arguments.action, &program(), output),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Failed, format!("the runtime: {error}")))?;
    runtime.block_on(async {
        if let Command::Doctor(arguments) = &command {
            // It goes on where the context cannot be found.
            let builder = Context::find(&command).await.ok().map(|context| context.builder);
            return doctor::run(&arguments.common, builder, output).await;
        }
        if let Command::Auth(arguments) = command {
            // Signing in makes the profile that other commands need.
            return config::auth(arguments.action, &arguments.common, output).await;
        }
        let context = match Context::find(&command).await {
            // Which members objects have is told without a server as well.
            Err(failure) if failure.kind() == Kind::SignIn && output.explains() => {
                output.be_alone();
                Context::default()
            }
            context => context?,
        };
        execute(command, context, output).await
    })
}

/// Where a command runs: against which server, in which repository.
#[derive(Debug, Default)]
struct Context {
    builder: Builder,
    queue: Option<String>,
    repository: Repository,
    journal: Option<Journal>,
}

impl Context {
    /// Of the environment, the repository and the configuration.
    async fn find(command: &Command) -> Result<Self, Failure> {
        let variable = |name: &str| std::env::var(name).ok();
        let repository = config::here()?;
        let Some(common) = command.common() else { return Ok(Self::default()) };
        let mut profile = config::chosen(common.target.profile.as_deref(), &repository)?;
        if let (Some(files), Some(profile)) = (Files::find(variable), &mut profile) {
            config::renewed(&files, profile).await;
        }
        let builder = common.target.builder(variable, profile.as_ref())?;
        let own = variable("TRACKWAY_QUEUE").filter(|key| !key.is_empty());
        let queue = own.or_else(|| repository.queue.clone());
        let queue = queue.or_else(|| profile.and_then(|profile| profile.queue));
        Ok(Self { builder, queue, repository, journal: Journal::find() })
    }
}

async fn execute(
    command: Command,
    context: Context,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let Context { builder, queue, repository, journal } = context;
    if let Command::Api(arguments) = command {
        return api::run(*arguments, builder, queue.as_deref(), output).await;
    }
    let Some(common) = command.common() else { return Ok(()) };
    let mut session = Session::new(builder.build()?, output, common, queue, repository);
    session.journal = journal;
    let session = &mut session;
    match command {
        Command::Issue(arguments) => issue::run(arguments.action, session).await,
        Command::Search(arguments) => find::search(&arguments, session).await,
        Command::Filter(arguments) => find::filter(arguments.action, session).await,
        Command::Queue(arguments) => queue::run(arguments.action, session).await,
        Command::Board(arguments) => board::run(arguments.action, session).await,
        Command::Sprint(arguments) => sprint::sprint(arguments.action, session).await,
        Command::Bulk(arguments) => bulk::run(arguments.action, session).await,
        Command::My(_) => my::my(session).await,
        Command::Inbox(arguments) => inbox::run(*arguments, session).await,
        Command::Time(arguments) => my::time(*arguments, session).await,
        Command::Project(arguments) => {
            entity::run(entity::Which::Project, arguments.action, session).await
        }
        Command::Portfolio(arguments) => {
            entity::run(entity::Which::Portfolio, arguments.action, session).await
        }
        Command::Goal(arguments) => entity::goal(arguments.action, session).await,
        Command::Query(arguments) => query::run(arguments.action, session).await,
        Command::Undo(arguments) => undo::run(&arguments, session).await,
        Command::Git(arguments) => git::run(&arguments.action, session),
        Command::User(arguments) => find::user(arguments.action, session).await,
        Command::Me(_) => find::me(session).await,
        Command::Export(arguments) => export::run(*arguments, session).await,
        Command::Dashboard(arguments) => dashboard::run(arguments.action, session).await,
        Command::Group(arguments) => directory::group(arguments.action, session).await,
        Command::RefreshCompletion(_) => complete::write(session).await,
        _ => Ok(()),
    }
}
