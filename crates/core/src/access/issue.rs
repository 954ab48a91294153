//! Rights on an issue as values: whoever holds one has been asked for them.

use super::{Right, in_use, may, names, sees_queue};
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::issue::Issue;
use crate::issue::store::{self, Loaded};

/// An issue the actor may read; the only way to get one.
#[derive(Debug)]
pub struct Visible(Loaded);

/// An issue the actor may edit; what mutating functions ask for.
#[derive(Debug)]
pub struct Editable(Loaded);

impl Visible {
    /// The issue.
    pub fn issue(&self) -> &Issue {
        &self.0.issue
    }

    /// The issue with its stored form.
    pub fn loaded(&self) -> &Loaded {
        &self.0
    }

    /// The issue if the actor may edit it too.
    ///
    /// # Errors
    /// 403; 423 when it or its queue is archived.
    pub fn editable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        self.writable(cx)?.unlocked(cx)
    }

    /// The issue if the actor may edit it, or might if it were not archived.
    ///
    /// # Errors
    /// 403; 423 when its queue is archived.
    pub(crate) fn writable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        if may(&cx.dict, &cx.actor, &self.0.issue, Right::Write) {
            return Editable(self.0).of_used_queue(cx);
        }
        let code = if cx.actor.full { Code::WriteDenied } else { Code::FullAccessRequired };
        Err(code.err())
    }

    /// The issue to be changed by a comment, which needs no more than reading it and full access
    /// (permissions.md, 3).
    ///
    /// # Errors
    /// 403; 423 when it or its queue is archived.
    pub fn commentable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        if cx.actor.full {
            Editable(self.0).unlocked(cx)
        } else {
            Err(Code::FullAccessRequired.err())
        }
    }

    /// The issue to be given history by an import: administrators may, and whoever may edit it
    /// (contract, importComment).
    ///
    /// # Errors
    /// 403; 423 when it or its queue is archived.
    pub(crate) fn importable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        if cx.actor.admin { self.affected().unlocked(cx) } else { self.editable(cx) }
    }

    /// The issue to be changed as a consequence of a change of another one: the other end of a
    /// link needs to be readable only (workflow.md, section 6).
    pub fn affected(self) -> Editable {
        Editable(self.0)
    }
}

impl Editable {
    /// The issue.
    pub fn issue(&self) -> &Issue {
        &self.0.issue
    }

    /// The issue with its stored form.
    pub fn loaded(&self) -> &Loaded {
        &self.0
    }

    /// The issue unless it is archived, or its queue.
    fn unlocked(self, cx: &Cx<'_, '_>) -> Result<Self> {
        if self.issue().is_archived() {
            return Err(Code::IssueArchived.with(self.issue().key(&cx.dict)));
        }
        self.of_used_queue(cx)
    }

    /// The issue unless its queue is archived.
    fn of_used_queue(self, cx: &Cx<'_, '_>) -> Result<Self> {
        if let Some(queue) = cx.dict.queues.get(self.issue().queue) {
            in_use(queue)?;
        }
        Ok(self)
    }

    /// An issue that changes only because another one did, such as a former parent, which the
    /// actor may not even read.
    pub(crate) fn consequence(loaded: Loaded) -> Self {
        Self(loaded)
    }

    /// A new issue, which its creator may fill.
    pub(crate) fn created(loaded: Loaded) -> Self {
        Self(loaded)
    }
}

impl Cx<'_, '_> {
    /// The issue with this key or id, if the actor may read it.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not read it.
    pub fn issue(&mut self, key_or_id: &str) -> Result<Visible> {
        let loaded = store::find(self, key_or_id)?.ok_or_else(|| Code::IssueNotFound.err())?;
        self.admit(loaded)
    }

    /// The issue with this number, if the actor may read it.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not read it.
    pub fn issue_by_id(&mut self, id: i64) -> Result<Visible> {
        let loaded = store::by_id(self, id)?.ok_or_else(|| Code::IssueNotFound.err())?;
        self.admit(loaded)
    }

    fn admit(&self, loaded: Loaded) -> Result<Visible> {
        let queue = self.dict.queues.get(loaded.issue.queue);
        let Some(queue) = queue.filter(|q| !q.body.deleted) else {
            return Err(Code::IssueNotFound.err());
        };
        if may(&self.dict, &self.actor, &loaded.issue, Right::Read) {
            return Ok(Visible(loaded));
        }
        if names(&queue.body.permissions.deny, &self.actor) || !sees_queue(queue, &self.actor) {
            return Err(Code::QueueDenied.with(&queue.key));
        }
        Err(Code::ReadDenied.err())
    }
}
