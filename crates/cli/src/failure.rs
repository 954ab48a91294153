//! How commands fail: a kind with an exit code, what happened, and what to do now.

use std::fmt::Write;
use std::io;

use serde_json::{Value, json};
use trackway_client::Error;

use crate::lang;
use crate::output::printable;

/// Kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something else, for instance a full disk.
    Failed,
    /// The command cannot be understood, or the server cannot understand it.
    Usage,
    /// A confirmation was needed and not given.
    Unconfirmed,
    /// Nobody is signed in, or the token is refused.
    SignIn,
    /// Signed in, but not permitted.
    Denied,
    /// What was asked for does not exist, or the caller may not know that it does.
    NotFound,
    /// Somebody changed it since it was read.
    Conflict,
    /// Rules forbid it: the workflow, a required field, a limit.
    Rules,
    /// Too many requests, after all retries.
    Busy,
    /// The server cannot be reached, or cannot answer at present.
    Network,
    /// A part was done.
    Partly,
    /// The program or the server is at fault.
    Bug,
}

impl Kind {
    /// The code to exit with.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Failed | Self::Bug => 1,
            Self::Usage => 2,
            Self::Unconfirmed => 3,
            Self::SignIn => 4,
            Self::Denied => 5,
            Self::NotFound => 6,
            Self::Conflict => 7,
            Self::Rules => 8,
            Self::Busy => 9,
            Self::Network => 10,
            Self::Partly => 11,
        }
    }

    /// The kind as scripts see it.
    const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Unconfirmed => "unconfirmed",
            Self::SignIn => "signIn",
            Self::Denied => "denied",
            Self::NotFound => "notFound",
            Self::Conflict => "conflict",
            Self::Rules => "rules",
            Self::Busy => "rateLimited",
            Self::Network => "network",
            Self::Partly => "partly",
            Self::Bug => "bug",
        }
    }
}

/// A failure of a command.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    notes: Vec<(&'static str, String)>,
    hint: Option<String>,
    /// Fields that are wrong or missing.
    fields: Vec<String>,
    closed_pipe: bool,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        let (notes, fields) = (Vec::new(), Vec::new());
        Self { kind, message: message.into(), notes, hint: None, fields, closed_pipe: false }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Says what to do now; replaces an earlier hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what has to be known, under a word for it: `now`, `possible`, `missing`.
    pub(crate) fn note(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.notes.push((label, text.into()));
        self
    }

    /// Notes which fields are wrong or missing.
    pub(crate) fn about(mut self, fields: Vec<String>) -> Self {
        self.fields = fields;
        self
    }

    /// Whether it is about this field.
    pub(crate) fn is_about(&self, field: &str) -> bool {
        self.fields.iter().any(|one| one == field)
    }

    /// The hint for a failure of one kind, for commands that know more than this module.
    pub(crate) fn hint_if(self, kind: Kind, hint: impl FnOnce() -> String) -> Self {
        if self.kind == kind { self.hint(hint()) } else { self }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the reader of standard output went away, which is its right (`| head`).
    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.closed_pipe
    }

    /// The failure in words, or as one line of JSON.
    pub(crate) fn report(&self, json: bool) -> String {
        if json {
            let details: Value =
                self.notes.iter().map(|(label, text)| (*label, text.as_str())).collect();
            let error = json!({"code": self.kind.name(), "message": self.message,
                "details": details, "hint": self.hint});
            return json!({ "error": error }).to_string();
        }
        let message = lang::shown(&self.message);
        let mut text = format!("{}: {}", lang::shown("error"), printable(&message));
        let hint = self.hint.iter().map(|hint| ("hint", hint));
        for (label, note) in self.notes.iter().map(|(label, note)| (*label, note)).chain(hint) {
            // Strings take everything.
            let label = format!("{}: ", lang::shown(label));
            write!(text, "\n  {label:10}{}", printable(&lang::shown(note))).ok();
        }
        text
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (kind, hint) = judge(&error);
        let fields = error.field_errors().map(|(field, _)| field.to_owned()).collect();
        let failure = Self::new(kind, error.to_string()).about(fields);
        match hint {
            "" => failure,
            hint => failure.hint(hint),
        }
    }
}

impl From<io::Error> for Failure {
    /// A failure to write the result.
    fn from(error: io::Error) -> Self {
        // Windows says of a reader that is gone also that none is there (ERROR_PIPE_NOT_CONNECTED).
        let closed_pipe = error.kind() == io::ErrorKind::BrokenPipe
            || cfg!(windows) && error.raw_os_error() == Some(233);
        let message = format!("cannot write the result: {error}");
        Self { closed_pipe, ..Self::new(Kind::Failed, message) }
    }
}

fn judge(error: &Error) -> (Kind, &'static str) {
    const LATER: &str = "try again later";
    const REREAD: &str = "it was changed meanwhile: read it again, then repeat the change";
    match error {
        Error::Unauthorized(_) => (
            Kind::SignIn,
            "`trackway auth login` signs in; else check TRACKWAY_TOKEN and TRACKWAY_ORG_ID",
        ),
        Error::Forbidden(_) => {
            (Kind::Denied, "`trackway me` shows who you are; an administrator can give you rights")
        }
        Error::NotFound(_) => (Kind::NotFound, ""),
        Error::Conflict(_) | Error::PreconditionFailed(_) => (Kind::Conflict, REREAD),
        Error::TooManyRequests { .. } => (Kind::Busy, LATER),
        Error::Unavailable { .. } => (Kind::Network, LATER),
        Error::Api { status: 501, .. } => (Kind::Failed, "a newer server may know the operation"),
        Error::Api { status: 502 | 504, .. } => (Kind::Network, LATER),
        Error::Api { status: 500.., .. } => (Kind::Bug, "try again, then tell the administrator"),
        Error::Api { status: 300..400, .. } => {
            (Kind::Usage, "check --base-url (TRACKWAY_BASE_URL)")
        }
        Error::Api { status: 400, .. } => (Kind::Usage, ""),
        Error::Transport(_) => (
            Kind::Network,
            "check that --base-url (TRACKWAY_BASE_URL) is right and that the server runs",
        ),
        Error::Decode { .. } => (
            Kind::Bug,
            "check that --base-url is that of a Tracker API; `trackway api` shows the answer",
        ),
        Error::InvalidRequest(_) | Error::InvalidSettings(_) => (Kind::Usage, ""),
        Error::File(_) => (Kind::Failed, ""),
        _ => (Kind::Rules, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_say_what_to_do() {
        let failure = Failure::usage("no such\u{1b}[2J thing").hint("another");
        assert_eq!(failure.report(false), "error: no such\u{fffd}[2J thing\n  hint:     another");
        let json: Value = serde_json::from_str(&failure.report(true)).expect("JSON of our own");
        assert_eq!(
            (&json["error"]["code"], &json["error"]["hint"]),
            (&"usage".into(), &"another".into())
        );
        let failure = failure.note("now", "Open");
        assert!(failure.report(false).contains("\n  now:      Open\n  hint:"));
        assert!(failure.report(true).contains(r#""details":{"now":"Open"}"#));
    }

    #[test]
    fn a_reader_may_leave() {
        assert!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).is_closed_pipe());
        assert!(!Failure::from(io::Error::from(io::ErrorKind::StorageFull)).is_closed_pipe());
    }
}
