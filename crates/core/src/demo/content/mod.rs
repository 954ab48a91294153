//! Believable demo content: an invented company with its people, queues and issues, and an
//! endless stream of cheap issues for load tests. Everything is a pure function of a seed and
//! depends on nothing else here; dates are offsets from a "now" that the importer chooses.

mod draft;
mod filler;
mod flow;
mod generate;
mod people;
mod phrases;
mod queues;
mod rng;
mod stories_dev_en;
mod stories_dev_ru;
mod stories_marketing_en;
mod stories_marketing_ru;
mod stories_support_en;
mod stories_support_ru;
mod story;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod walk;
mod words;

pub use filler::{FillerIssue, filler};
pub use flow::target;
pub use generate::issues;
pub use types::{
    Action, Bilingual, CommentSeed, Company, ComponentSeed, Group, IssueSeed, Language, Level,
    LinkKind, LinkSeed, Person, QueueSeed, StepSeed, VersionSeed,
};

/// The demo company without its issues.
pub const fn company() -> Company {
    queues::COMPANY
}
