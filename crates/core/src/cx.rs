//! What a domain operation works with: the transaction, the dictionaries, the index, who asks, and
//! when. An operation is `fn(&mut Cx, &Request) -> Result<Reply<..>>` (design, section 2).

use std::sync::Arc;

use bytes::Bytes;
use trackway_db::Tx;
use trackway_search::{Doc, DocId};

use crate::actor::Actor;
use crate::dict::{Dict, Stored};
use crate::error::{Code, Error, Result};
use crate::event::Cause;
use crate::feed;
use crate::ids::{Numbers, Series};
use crate::issue::cache::Confirmed;
use crate::time::Instant;
use crate::tracker::OrgIndex;
use crate::view::View;

/// How often something is tried that others change at the same time.
const TRIES: usize = 3;

/// The surroundings of one operation.
pub struct Cx<'a, 't> {
    /// The open transaction.
    pub tx: &'a mut Tx<'t>,
    /// Dictionaries of the organisation.
    pub dict: Arc<Dict>,
    /// Index of the organisation's issues.
    pub index: Arc<OrgIndex>,
    /// Who asks.
    pub actor: Arc<Actor>,
    /// How the answer is written.
    pub view: View,
    /// The present instant; the same through the whole operation.
    pub now: Instant,
    /// Why what happens happens; it goes into the events.
    pub cause: Cause,
    pub(crate) numbers: &'a Numbers,
    pub(crate) effects: Effects,
    /// What is done happened elsewhere, long ago (see [`crate::history`]).
    pub(crate) history: bool,
    /// Whether letters can be sent.
    pub(crate) mail: bool,
    /// What need not be read again.
    pub(crate) confirmed: Confirmed,
}

/// What memory must learn once the transaction is durable.
#[derive(Debug, Default)]
pub struct Effects {
    pub(crate) issues: Vec<IssueDelta>,
    pub(crate) objects: Vec<Stored>,
    /// Events of the operation: issue and number.
    pub(crate) events: Vec<(i64, i64)>,
    /// Jobs were written.
    pub(crate) woke: bool,
}

impl Effects {
    fn join(&mut self, other: Self) {
        self.issues.extend(other.issues);
        self.objects.extend(other.objects);
        self.events.extend(other.events);
        self.woke |= other.woke;
    }
}

/// A changed issue for the index.
#[derive(Debug)]
pub(crate) struct IssueDelta {
    pub(crate) id: DocId,
    pub(crate) before: Option<Doc>,
    pub(crate) after: Option<Doc>,
}

impl Cx<'_, '_> {
    /// The next number of a series.
    ///
    /// # Errors
    /// The database fails.
    pub fn next(&mut self, series: Series) -> Result<i64> {
        self.numbers.next(self.tx, series)
    }

    /// The number for a row whose numbers must follow the order in which transactions lock what
    /// the row belongs to. It is `$n` in `{sqlite:$n}{postgres:nextval('…_seq') + $n}`: blocks, as
    /// [`Self::next`] takes them, would let one node give a low number after another a high one.
    ///
    /// # Errors
    /// The database fails.
    pub fn next_in_order(&mut self, series: Series) -> Result<i64> {
        self.numbers.next_in_order(self.tx, series)
    }

    /// Heeds the parameters `notify` and `notifyAuthor`; what is not said stays as it is.
    pub fn notify(&mut self, notify: Option<bool>, author: Option<bool>) {
        if let Some(notify) = notify {
            self.cause.silent = !notify;
        }
        if let Some(author) = author {
            self.cause.notify_author = author;
        }
    }

    /// Says that what happens happened elsewhere: nobody is told, and no rule follows from it
    /// (automation.md, 1.2).
    pub fn imported(&mut self) {
        self.cause.silent = true;
        self.cause.imported = true;
    }

    /// As [`Self::savepoint`], and again a few times if somebody else changed at the same moment
    /// what `f` read.
    ///
    /// # Errors
    /// Those of `f`; the database fails.
    pub fn unraced<T>(&mut self, mut f: impl FnMut(&mut Cx<'_, '_>) -> Result<T>) -> Result<T> {
        for _ in 1..TRIES {
            match self.savepoint(&mut f) {
                Err(error) if error.code == Code::VersionConflict => {}
                result => return result,
            }
        }
        self.savepoint(f)
    }

    /// Runs `f` so that, if it fails, nothing of it remains and the operation may go on.
    ///
    /// # Errors
    /// Those of `f`; the database fails.
    pub fn savepoint<T>(&mut self, f: impl FnOnce(&mut Cx<'_, '_>) -> Result<T>) -> Result<T> {
        let (dict, index) = (Arc::clone(&self.dict), Arc::clone(&self.index));
        let (actor, view, now) = (Arc::clone(&self.actor), self.view.clone(), self.now);
        let (cause, numbers) = (self.cause.clone(), self.numbers);
        let (history, mail) = (self.history, self.mail);
        let (value, dict, effects) = self.tx.savepoint(|tx| -> Result<_> {
            let (effects, confirmed) = (Effects::default(), Confirmed::default());
            let mut inner = Cx {
                tx,
                dict,
                index,
                actor,
                view,
                now,
                cause,
                numbers,
                effects,
                history,
                mail,
                confirmed,
            };
            let value = f(&mut inner)?;
            Ok((value, Arc::clone(&inner.dict), inner.effects))
        })?;
        self.dict = dict;
        self.effects.join(effects);
        Ok(value)
    }

    /// Notes that a dictionary object changed. The operation itself sees the change at once.
    ///
    /// # Errors
    /// The database fails.
    pub fn changed_object(&mut self, stored: Stored) -> Result<()> {
        feed::object_changed(self, &stored)?;
        self.dict =
            Arc::new(self.dict.with(std::slice::from_ref(&stored)).map_err(Error::internal)?);
        self.effects.objects.push(stored);
        Ok(())
    }

    /// Notes that an issue changed.
    ///
    /// # Errors
    /// The database fails, or the index has no room for the id.
    pub(crate) fn changed_issue(
        &mut self,
        id: i64,
        before: Option<Doc>,
        after: Option<Doc>,
    ) -> Result<()> {
        feed::issue_changed(self, id)?;
        let id = DocId::try_from(id).map_err(Error::internal)?;
        self.effects.issues.push(IssueDelta { id, before, after });
        Ok(())
    }
}

/// Which page of how many an answer is; the shell turns it into headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Pages by number.
    Pages {
        /// Page, from 1.
        page: u64,
        /// Page size.
        per_page: u64,
        /// Number of results over all pages.
        total: u64,
        /// Whether `Link` carries the `seek` template.
        seek: bool,
    },
    /// Pages by cursor.
    Relative {
        /// Page size.
        per_page: u64,
        /// Id of the last element when more follow.
        next: Option<String>,
    },
    /// Pages of a snapshot.
    Scroll {
        /// `sorted` or `unsorted`.
        kind: &'static str,
        /// Page size.
        per_scroll: u64,
        /// Milliseconds that the snapshot lives between two requests.
        ttl: i64,
        /// Number of results in the snapshot.
        total: u64,
        /// Id and token of the next page when there is one.
        next: Option<(String, String)>,
    },
}

/// The body of a success.
#[derive(Debug)]
pub enum Payload<T> {
    /// A value still to be serialised.
    Typed(T),
    /// JSON written already; a test proves that it reads as `T`.
    Ready(Vec<u8>),
}

/// What an operation answers.
#[derive(Debug)]
pub struct Reply<T> {
    /// Body.
    pub payload: Payload<T>,
    /// Paging headers.
    pub paging: Option<Paging>,
    /// Status other than the declared one.
    pub status: Option<u16>,
    /// Version of the object, which tells its states apart.
    pub state: Option<i64>,
}

impl<T> Reply<T> {
    /// A value.
    pub fn new(value: T) -> Self {
        Self { payload: Payload::Typed(value), paging: None, status: None, state: None }
    }

    /// Bytes written already.
    pub fn ready(json: Vec<u8>) -> Self {
        Self { payload: Payload::Ready(json), paging: None, status: None, state: None }
    }

    /// Says which version of an object this is: who has it already need not get it again.
    #[must_use]
    pub fn of_version(mut self, version: i64) -> Self {
        self.state = Some(version);
        self
    }

    /// Adds paging headers.
    #[must_use]
    pub fn paged(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }
}

impl<T> From<T> for Reply<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// An answer ready for the socket, whatever the operation.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON, or nothing.
    pub body: Bytes,
    /// Paging headers.
    pub paging: Option<Paging>,
    /// Version of the object.
    pub state: Option<i64>,
}

impl Answer {
    /// Writes a reply.
    ///
    /// # Errors
    /// A value that cannot be serialised, which is a bug.
    pub fn new<T: serde::Serialize>(reply: Reply<T>, declared: u16) -> Result<Self> {
        let status = reply.status.unwrap_or(declared);
        let body = match reply.payload {
            _ if status == 204 => Vec::new(),
            Payload::Ready(json) => json,
            Payload::Typed(value) => serde_json::to_vec(&value).map_err(Error::internal)?,
        };
        Ok(Self { status, body: body.into(), paging: reply.paging, state: reply.state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    #[test]
    fn what_was_raced_is_tried_again() {
        let f = Fixture::new();
        let tries = |races: usize| {
            f.write(f.boss, move |cx| {
                let mut count = 0;
                let result = cx.unraced(|_| {
                    count += 1;
                    if count <= races { Err(Code::VersionConflict.with(1)) } else { Ok(()) }
                });
                Ok((count, result.is_ok()))
            })
            .expect("counted")
        };
        assert_eq!(tries(0), (1, true));
        assert_eq!(tries(2), (3, true));
        assert_eq!(tries(3), (3, false));
    }
}
