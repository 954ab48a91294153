//! What happened to an issue, as rules look at it.

use crate::cx::Cx;
use crate::event::{EventBody, EventKind};
use crate::field::no::{self, FieldNo};
use crate::issue::Issue;
use crate::issue::value::{Form, Val};

/// An event of an issue with the issue around it.
#[derive(Debug)]
pub struct Occasion {
    /// Name of the event's kind.
    pub kind: String,
    /// Who made it happen.
    pub actor: i64,
    /// What the event says.
    pub body: EventBody,
    /// The issue before.
    pub before: Issue,
    /// The issue after.
    pub after: Issue,
}

impl Occasion {
    /// An occasion out of an event and the present issue. What changed since counts as it is now,
    /// except for the fields of the event.
    pub fn new(cx: &Cx<'_, '_>, kind: String, actor: i64, body: EventBody, now: &Issue) -> Self {
        let (mut before, mut after) = (now.clone(), now.clone());
        for delta in &body.fields {
            let Some(def) = cx.dict.field_index.get(delta.0) else { continue };
            let form = Form::of(def);
            before.set(delta.0, Val::from_json(form, &delta.1));
            after.set(delta.0, Val::from_json(form, &delta.2));
            if delta.0 == no::QUEUE {
                before.queue = delta.1.as_i64().unwrap_or(before.queue);
                after.queue = delta.2.as_i64().unwrap_or(after.queue);
            }
        }
        Self { kind, actor, body, before, after }
    }

    /// Whether it is of a kind.
    pub(super) fn is(&self, kind: EventKind) -> bool {
        self.kind == kind.name()
    }

    /// Whether the event changed a field.
    pub fn changed(&self, field: FieldNo) -> bool {
        self.body.fields.iter().any(|delta| delta.0 == field)
    }

    /// Text of a comment before and after; nothing when the event is not about one.
    pub(super) fn comment(&self) -> Option<(Option<&str>, &str)> {
        let added = self.is(EventKind::IssueCommentAdded);
        if !added && !self.is(EventKind::IssueCommentUpdated) {
            return None;
        }
        let delta = self.body.comments.first()?;
        Some((delta.from.as_deref(), delta.to.as_deref()?))
    }
}
