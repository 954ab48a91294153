//! PostgreSQL: a fixed pool of threads, each with its own connection.

mod conn;
mod pool;
mod tls;

pub(crate) use conn::Conn;
pub(crate) use pool::Store;
