//! The test cases of permissions.md, 7, by their numbers, and a property: the decision for one issue
//! and its set form agree on random organisations.

mod agreement;
mod cases;
