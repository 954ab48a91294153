//! Dashboards and their widgets. Everybody may look at them; their owner and administrators may
//! change them.

pub mod ops;
pub mod widget;

#[cfg(test)]
mod tests;
