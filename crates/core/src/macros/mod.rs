//! Macros (automation.md, section 3): kept by the server, applied by the clients of people, who see
//! the text before it is sent.

pub mod ops;

#[cfg(test)]
mod tests;
