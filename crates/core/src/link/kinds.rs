//! Types of links and the relationships they are made by (contract, x-link-relationships).

use trackway_api::dictionaries::LinkType;

use crate::event::LinkEnd;
use crate::field::no::{self, FieldNo};
use crate::lang::Name;
use crate::view::View;

/// A type of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum LinkKind {
    Relates,
    Depends,
    Subtask,
    Duplicates,
    Epic,
    Cloners,
}

/// The part an issue plays in a link. The outward one is the main issue: parent, epic, the one
/// that depends, the duplicate, the clone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Direction {
    Outward,
    Inward,
}

impl Direction {
    /// Name on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Outward => "outward",
            Self::Inward => "inward",
        }
    }

    /// The part of the other end.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Outward => Self::Inward,
            Self::Inward => Self::Outward,
        }
    }
}

impl LinkKind {
    /// Every type, in the order of lists.
    pub const ALL: [Self; 6] =
        [Self::Relates, Self::Depends, Self::Subtask, Self::Duplicates, Self::Epic, Self::Cloners];

    /// Id on the wire and in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Relates => "relates",
            Self::Depends => "depends",
            Self::Subtask => "subtask",
            Self::Duplicates => "duplicates",
            Self::Epic => "epic",
            Self::Cloners => "cloners",
        }
    }

    /// The type of an id.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// What an issue that plays a part is called.
    pub fn name(self, direction: Direction) -> Name {
        let (outward, inward) = match self {
            Self::Relates => (("Связана", "Related"), ("Связана", "Related")),
            Self::Depends => (("Зависит от", "Depends on"), ("Блокирующая задача", "Blocker")),
            Self::Subtask => (("Родительская задача", "Parent task"), ("Подзадача", "Subtask")),
            Self::Duplicates => (("Дублирует", "Duplicates"), ("Дублируется", "Duplicated by")),
            Self::Epic => (("Эпик", "Epic"), ("Задача эпика", "Epic issue")),
            Self::Cloners => (("Клон", "Clone"), ("Оригинал", "Original")),
        };
        let (ru, en) = if direction == Direction::Outward { outward } else { inward };
        Name::new(ru, en)
    }

    /// The field of the inward issue that says the same as the link (workflow.md, section 6).
    pub const fn field(self) -> Option<FieldNo> {
        match self {
            Self::Subtask => Some(no::PARENT),
            Self::Epic => Some(no::EPIC),
            _ => None,
        }
    }

    /// The type as it goes over the wire.
    pub fn wire(self, view: &View) -> LinkType {
        LinkType {
            self_url: view.url(&format!("/linktypes/{}", self.key())),
            id: self.key().to_owned(),
            inward: self.name(Direction::Inward).text(view.names),
            outward: self.name(Direction::Outward).text(view.names),
        }
    }

    /// One end of a link for an event: the part of the event's issue, and the other issue.
    pub fn end(self, direction: Direction, other: i64) -> LinkEnd {
        LinkEnd {
            kind: self.key().to_owned(),
            direction: direction.key().to_owned(),
            other,
            remote: None,
        }
    }
}

/// A link said of one of its issues: "depends on" makes it the outward issue of `depends`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// Type.
    pub kind: LinkKind,
    /// Part of the issue it is said of.
    pub direction: Direction,
}

/// Relationships that clients may make. `clone` and `original` come from cloning only
/// (workflow.md, section 6).
const RELATIONSHIPS: [(&str, LinkKind, Direction); 9] = [
    ("relates", LinkKind::Relates, Direction::Outward),
    ("depends on", LinkKind::Depends, Direction::Outward),
    ("is dependent by", LinkKind::Depends, Direction::Inward),
    ("is parent task for", LinkKind::Subtask, Direction::Outward),
    ("is subtask for", LinkKind::Subtask, Direction::Inward),
    ("duplicates", LinkKind::Duplicates, Direction::Outward),
    ("is duplicated by", LinkKind::Duplicates, Direction::Inward),
    ("is epic of", LinkKind::Epic, Direction::Outward),
    ("has epic", LinkKind::Epic, Direction::Inward),
];

/// What only cloning and imports say (contract, importLink). The clone is the outward issue.
const OF_CLONES: [(&str, Direction); 2] =
    [("original", Direction::Outward), ("clone", Direction::Inward)];

impl Relationship {
    /// Whether it says the same of both issues.
    pub fn is_symmetric(self) -> bool {
        self.kind == LinkKind::Relates
    }

    /// The plain one.
    pub const RELATES: Self = Self { kind: LinkKind::Relates, direction: Direction::Outward };

    /// That of a clone to its original.
    pub const CLONE: Self = Self { kind: LinkKind::Cloners, direction: Direction::Outward };

    /// As [`Relationship::parse`], with the two of clones: `original` says that the other issue is
    /// the original of this one.
    pub fn parse_any(text: &str) -> Option<Self> {
        let word = text.trim().to_lowercase();
        let of_clones = OF_CLONES.iter().find(|(name, _)| *name == word);
        of_clones
            .map(|(_, direction)| Self { kind: LinkKind::Cloners, direction: *direction })
            .or_else(|| Self::parse(text))
    }

    /// Reads a relationship in any letter case, with spaces or hyphens (real-samples, 3). Ids of
    /// types such as `depends` are none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replace('-', " ");
        RELATIONSHIPS
            .iter()
            .find(|(name, ..)| *name == text)
            .map(|(_, kind, direction)| Self { kind: *kind, direction: *direction })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relationships_in_all_spellings() {
        let depends = Relationship { kind: LinkKind::Depends, direction: Direction::Outward };
        for text in ["depends on", "Depends On", " depends-on "] {
            assert_eq!(Relationship::parse(text), Some(depends), "{text}");
        }
        for text in ["depends", "subtask", "epic", "cloners", "clone", "original", "", "relates to"]
        {
            assert_eq!(Relationship::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ids_of_types_round_trip() {
        for kind in LinkKind::ALL {
            assert_eq!(LinkKind::from_key(kind.key()), Some(kind));
        }
        assert_eq!(LinkKind::from_key("blocks"), None);
    }
}
