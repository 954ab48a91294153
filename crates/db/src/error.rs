//! What can go wrong in the store, in the few kinds that callers tell apart.

/// Result of a storage operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the store.
///
/// It is `Clone` because one failed COMMIT is told to every job of its group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`Tx::one`](crate::Tx::one) found nothing.
    #[error("the query found no row")]
    NoRow,
    /// A unique or primary key would be broken.
    #[error("a unique key is already taken ({})", constraint.as_deref().unwrap_or("unnamed"))]
    Unique {
        /// PostgreSQL: the name of the constraint; SQLite: `table.column, table.column`, or the
        /// name of an index on expressions.
        constraint: Option<String>,
    },
    /// A foreign key, NOT NULL or CHECK would be broken.
    #[error("a constraint refuses the change: {0}")]
    Constraint(String),
    /// The database is locked by somebody else for longer than the busy timeout.
    #[error("the database is busy")]
    Busy,
    /// The operation ran for longer than [`Options::read_timeout`](crate::Options::read_timeout).
    #[error("the operation took too long")]
    Timeout,
    /// The database cannot be reached, or this handle is closed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// PostgreSQL asks to repeat the transaction (40001, 40P01). Write jobs hear of it only after
    /// the last repetition.
    #[error("the transaction collided with another one")]
    Serialization,
    /// The migrations of this program do not fit those in the database.
    #[error("schema: {0}")]
    Schema(String),
    /// Everything else: wrong SQL, wrong column types, disk full, corruption.
    #[error("database: {0}")]
    Other(String),
}

impl Error {
    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self::Other(text.into())
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        use rusqlite::ffi;

        let (rusqlite::Error::SqliteFailure(failure, _)
        | rusqlite::Error::SqlInputError { error: failure, .. }) = &error
        else {
            return Self::Other(error.to_string());
        };
        match failure.code {
            Code::ConstraintViolation => match failure.extended_code {
                ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_ROWID => {
                    Self::Unique { constraint: sqlite_constraint(&error.to_string()) }
                }
                _ => Self::Constraint(error.to_string()),
            },
            Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy,
            Code::OperationInterrupted => Self::Timeout,
            Code::CannotOpen => Self::Unavailable(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Takes `issue.queue_id, issue.num` out of `UNIQUE constraint failed: issue.queue_id, issue.num`.
fn sqlite_constraint(message: &str) -> Option<String> {
    let (_, what) = message.split_once("constraint failed: ")?;
    let what = what.strip_prefix("index ").unwrap_or(what);
    Some(what.trim_matches('\'').to_owned())
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        use postgres::error::SqlState as State;

        let Some(db) = error.as_db_error() else {
            // Without an answer of the server it is the wire, or a value that does not fit a
            // parameter or column; only the former closes the connection.
            if error.is_closed() || source_is_io(&error) {
                return Self::Unavailable(chain(&error));
            }
            return Self::Other(chain(&error));
        };
        match db.code() {
            code if *code == State::UNIQUE_VIOLATION => {
                Self::Unique { constraint: db.constraint().map(str::to_owned) }
            }
            code if *code == State::T_R_SERIALIZATION_FAILURE
                || *code == State::T_R_DEADLOCK_DETECTED =>
            {
                Self::Serialization
            }
            code if *code == State::QUERY_CANCELED => Self::Timeout,
            code if *code == State::LOCK_NOT_AVAILABLE => Self::Busy,
            code if code.code().starts_with("23") => Self::Constraint(db.message().to_owned()),
            // 08 connection, 57P shutdown and restart, 53 out of connections or memory, 28 login.
            code if ["08", "57P", "53", "28", "25P03"]
                .iter()
                .any(|class| code.code().starts_with(class)) =>
            {
                Self::Unavailable(db.message().to_owned())
            }
            code => Self::Other(format!("{}: {}", code.code(), db.message())),
        }
    }
}

fn source_is_io(error: &postgres::Error) -> bool {
    matches!(std::error::Error::source(error), Some(source) if source.is::<std::io::Error>())
}

/// The text of an error with all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
