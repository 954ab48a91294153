//! The form in which story seeds are written.
//!
//! A story is one template with several rows of parameters; every row becomes an issue. In the
//! texts `{0}`, `{1}`… are the row's parameters, `{client}` a customer, `{n}` a number from 5 to
//! 20, `{nn}` a number of four digits, `{ref}` the key of the related issue, `{@lead}` the first
//! name of somebody who is thereby summoned, and `{ёл|ла}` the masculine and feminine ending that
//! fits the speaker. A paragraph of a description that starts with `?` is left out at random, one
//! with `{ref}` is left out when nothing is related.

use super::types::{Group, Language, LinkKind};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Author of the issue.
    Author,
    /// Assignee.
    Assignee,
    /// Somebody else who knows the matter: a developer in development and support, a support
    /// engineer in marketing.
    Colleague,
    /// Tester.
    Tester,
    /// Queue lead, or a manager if the lead already plays another part.
    Lead,
}

/// In which part of the life a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Before work starts.
    Open,
    /// While it is being worked on.
    Work,
    /// After it is finished.
    Done,
}

/// One line of the talk below an issue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Speaker.
    pub(super) by: By,
    /// Stage.
    pub(super) when: When,
    /// Text.
    pub(super) text: &'static str,
}

/// A line said before work starts.
pub(super) const fn open(by: By, text: &'static str) -> Line {
    Line { by, when: When::Open, text }
}

/// A line said during work.
pub(super) const fn work(by: By, text: &'static str) -> Line {
    Line { by, when: When::Work, text }
}

/// A line said after the end.
pub(super) const fn done(by: By, text: &'static str) -> Line {
    Line { by, when: When::Done, text }
}

/// A story seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    /// Name by which other stories refer to this one.
    pub(super) id: &'static str,
    /// Language of all texts.
    pub(super) language: Language,
    /// Issue type key.
    pub(super) kind: &'static str,
    /// Usual priority; single issues deviate.
    pub(super) priority: &'static str,
    /// Usual story points, 0 for none.
    pub(super) points: u32,
    /// How many times the rows are used, with different customers.
    pub(super) rounds: usize,
    /// Components by name.
    pub(super) components: &'static [&'static str],
    /// Tags.
    pub(super) tags: &'static [&'static str],
    /// Department of the author, if not the queue's own.
    pub(super) from: Option<Group>,
    /// Story of the epic, or empty.
    pub(super) epic: &'static str,
    /// Story of the parent, or empty; rows pair by index.
    pub(super) parent: &'static str,
    /// Story of an earlier issue this one is linked to; rows pair by index.
    pub(super) relation: Option<(LinkKind, &'static str)>,
    /// Summary template.
    pub(super) summary: &'static str,
    /// Description template.
    pub(super) text: &'static str,
    /// Parameters, a row for each issue.
    pub(super) rows: &'static [&'static [&'static str]],
    /// The talk in order.
    pub(super) talk: &'static [Line],
}

impl Story {
    /// Defaults of a Russian story.
    pub(super) const RUSSIAN: Self = Self::empty(Language::Ru);
    /// Defaults of an English story.
    pub(super) const ENGLISH: Self = Self::empty(Language::En);

    const fn empty(language: Language) -> Self {
        Self {
            id: "",
            language,
            kind: "task",
            priority: "normal",
            points: 0,
            rounds: 1,
            components: &[],
            tags: &[],
            from: None,
            epic: "",
            parent: "",
            relation: None,
            summary: "",
            text: "",
            rows: &[],
            talk: &[],
        }
    }
}
