//! History brought from another system: who did something when (contract, tag import).

use std::sync::Arc;

use serde_json::Value as Json;

use crate::actor::Actor;
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::{Issue, refs};
use crate::queue::input::{Problems, required, shown};
use crate::time::{self, Instant};

/// A moment with the person who acted in it.
pub(crate) type Act = (Instant, i64);

/// When and by whom something was made, and last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Story {
    /// Made.
    pub(crate) created: Act,
    /// Last changed, if it was.
    pub(crate) changed: Option<Act>,
}

impl Story {
    /// Reads `createdAt`, `createdBy`, `updatedAt` and `updatedBy`; `given` finds a member.
    ///
    /// # Errors
    /// 422: something is missing, unknown or in the future; only one of the latter two is given; or
    /// the change comes before the creation.
    pub(crate) fn read<'j>(
        cx: &Cx<'_, '_>,
        given: impl Fn(&str) -> Option<&'j Json>,
    ) -> Result<Self> {
        let given = |name: &str| given(name).filter(|json| !json.is_null());
        let mut problems = Problems::default();
        let needed = |name: &str| required(given(name), name);
        let at = problems.note(needed("createdAt").and_then(|json| moment(cx, json, "createdAt")));
        let by = problems.note(needed("createdBy").and_then(|json| person(cx, json, "createdBy")));
        let changed = act(cx, &mut problems, "updated", given("updatedAt"), given("updatedBy"));
        if let (Some(at), Some((changed, _))) = (at, changed)
            && changed < at
        {
            problems.note::<()>(Err(Code::ValueRange.at("updatedAt")));
        }
        problems.end()?;
        Ok(Self { created: (at.unwrap_or(cx.now), by.unwrap_or(cx.actor.uid)), changed })
    }

    /// The last change; the creation, if there was none.
    pub(crate) fn updated(&self) -> Act {
        self.changed.unwrap_or(self.created)
    }

    /// Whether all of it happened between the creation and the last change of an issue.
    ///
    /// # Errors
    /// 422.
    pub(crate) fn within(&self, issue: &Issue) -> Result<()> {
        let life = issue.created()..=issue.one(no::UPDATED_AT).unwrap_or(i64::MAX);
        if !life.contains(&self.created.0) {
            return Err(Code::ValueRange.at("createdAt"));
        }
        match self.changed {
            Some((at, _)) if !life.contains(&at) => Err(Code::ValueRange.at("updatedAt")),
            _ => Ok(()),
        }
    }
}

/// A moment and a person that go together: `<what>At` and `<what>By`.
pub(crate) fn act(
    cx: &Cx<'_, '_>,
    problems: &mut Problems,
    what: &str,
    at: Option<&Json>,
    by: Option<&Json>,
) -> Option<Act> {
    let (at_name, by_name) = (format!("{what}At"), format!("{what}By"));
    match (at, by) {
        (None, None) => None,
        (Some(_), None) => problems.note(Err(Code::FieldRequired.at(&by_name))),
        (None, Some(_)) => problems.note(Err(Code::FieldRequired.at(&at_name))),
        (Some(at), Some(by)) => {
            let at = problems.note(moment(cx, at, &at_name));
            let by = problems.note(person(cx, by, &by_name));
            at.zip(by)
        }
    }
}

/// An instant that is not in the future.
fn moment(cx: &Cx<'_, '_>, json: &Json, member: &str) -> Result<Instant> {
    let wrong = || Code::ValueType.with("datetime").under(member);
    let at = json.as_str().and_then(time::parse_instant).ok_or_else(wrong)?;
    if at <= cx.now { Ok(at) } else { Err(Code::ValueRange.at(member)) }
}

/// A member of the organisation, past ones too.
pub(crate) fn person(cx: &Cx<'_, '_>, json: &Json, member: &str) -> Result<i64> {
    let user = refs::user(&cx.dict, json);
    user.map(|u| u.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)).under(member))
}

impl Cx<'_, '_> {
    /// Runs something as it happened elsewhere: at its time and by its author, without a trace of
    /// the present in `updatedAt` of issues.
    ///
    /// # Errors
    /// Whatever `run` answers.
    pub(crate) fn as_happened<T>(
        &mut self,
        (at, by): Act,
        run: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let now = std::mem::replace(&mut self.now, at);
        let actor = std::mem::replace(&mut self.actor, Arc::new(Actor::robot(by)));
        let history = std::mem::replace(&mut self.history, true);
        let result = run(self);
        (self.now, self.actor, self.history) = (now, actor, history);
        result
    }
}
