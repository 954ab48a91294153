//! `trackway queue trigger`, `autoaction` and `macro`: the rules of a queue.

use clap::Subcommand;
use serde_json::json;
use trackway_client::api::HttpMethod;

mod trial;

use crate::failure::Failure;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const RULE: &[Column] = &[Column("ID", "id"), Column("NAME", "name"), Column("ACTIVE", "active")];
const LAUNCH: &[Column] = &[
    Column("ID", "id"),
    Column("WHEN", "createdAt"),
    Column("STATUS", "status"),
    Column("ISSUES", "totalIssuesProcessed"),
];
const CALL: &[Column] = &[
    Column("WHEN", "createdAt"),
    Column("ISSUE", "issue"),
    Column("STATUS", "responseStatus"),
    Column("ERROR", "error"),
];

/// The kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Trigger,
    Autoaction,
    Macro,
}

impl Kind {
    /// As paths name them.
    const fn plural(self) -> &'static str {
        match self {
            Self::Trigger => "triggers",
            Self::Autoaction => "autoactions",
            Self::Macro => "macros",
        }
    }

    fn path(self, queue: &str, id: &str) -> String {
        Session::at(&format!("/queues/{{queue}}/{}/{{id}}", self.plural()), &[queue, id])
    }
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists them.
    List {
        /// Key of the queue.
        queue: String,
    },
    /// Shows one.
    View {
        /// Key of the queue.
        queue: String,
        /// Id.
        id: String,
    },
    /// Shows what one did last: launches, or calls of webhooks.
    Log {
        /// Key of the queue.
        queue: String,
        /// Id.
        id: String,
    },
    /// Switches one on.
    Enable {
        /// Key of the queue.
        queue: String,
        /// Id.
        id: String,
    },
    /// Switches one off.
    Disable {
        /// Key of the queue.
        queue: String,
        /// Id.
        id: String,
    },
}

/// What to do with triggers.
#[derive(Debug, Subcommand)]
pub(crate) enum TriggerAction {
    #[command(flatten)]
    Rule(Action),
    /// Shows which issues meet the conditions of one now; changes nothing.
    Test(trial::Trial),
}

pub(crate) async fn trigger(
    action: TriggerAction,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        TriggerAction::Rule(action) => run(Kind::Trigger, action, session).await,
        TriggerAction::Test(arguments) => {
            let path = Kind::Trigger.path(&arguments.queue, &arguments.id);
            trial::run(&path, arguments, session).await
        }
    }
}

pub(crate) async fn run(
    kind: Kind,
    action: Action,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        Action::List { queue } => {
            let path = Session::at(&format!("/queues/{{queue}}/{}", kind.plural()), &[&queue]);
            let found = session.list(&path, &[], 0).await?;
            session.output.list(RULE, found.items)
        }
        Action::View { queue, id } => {
            let rule = session.get(&kind.path(&queue, &id), &[]).await?;
            if session.output.is_for_people() || session.output.is_plain() {
                let text = serde_json::to_string_pretty(&rule).map_err(std::io::Error::from)?;
                return session.output.text(&text);
            }
            session.output.one(RULE, rule)
        }
        Action::Log { queue, id } => {
            let (below, columns) = match kind {
                Kind::Trigger => ("webhooks/log", CALL),
                Kind::Autoaction => ("logs", LAUNCH),
                Kind::Macro => return Err(Failure::usage("macros are run by hand")),
            };
            let path = format!("{}/{below}", kind.path(&queue, &id));
            let found = session.list(&path, &[], 0).await?;
            session.output.list(columns, found.items)
        }
        Action::Enable { queue, id } => switch(kind, &queue, &id, true, session).await,
        Action::Disable { queue, id } => switch(kind, &queue, &id, false, session).await,
    }
}

async fn switch(
    kind: Kind,
    queue: &str,
    id: &str,
    on: bool,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    if kind == Kind::Macro {
        return Err(Failure::usage("macros are run by hand"));
    }
    let path = kind.path(queue, id);
    let rule = session.get(&path, &[]).await?;
    let query = [("version", cell(rule.get("version")))];
    let done = session.write(HttpMethod::PATCH, &path, &query, Some(json!({"active": on}))).await?;
    done.map_or(Ok(()), |rule| {
        let name = cell(rule.get("name"));
        let line = if on { format!("{name} is on") } else { format!("{name} is off") };
        session.output.changed(RULE, &line, rule)
    })
}
