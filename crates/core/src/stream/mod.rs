//! The event stream: the log of one organisation as one user may see it.

pub mod ops;

#[cfg(test)]
mod tests;
