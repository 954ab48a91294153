//! What automatic rules (triggers, automatic actions, macros) have in common: templates, formulas,
//! conditions, actions, and the robot that acts.

pub mod act;
pub mod condition;
pub mod formula;
pub mod input;
pub mod occasion;
pub mod render;
pub mod robot;
pub mod scene;
pub mod template;

#[cfg(test)]
mod tests;
