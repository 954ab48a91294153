//! What an operation on accounts works with. Accounts, applications, grants and tokens belong to no
//! organisation, so they have surroundings of their own: an operation is
//! `fn(&mut AccountCx, ..) -> Result<..>`. As everywhere, an error undoes the transaction; what has
//! to stay although somebody is refused (a code that is used up) is part of a successful result.

use std::sync::Arc;

use trackway_db::Tx;

use crate::account::pepper::Peppers;
use crate::dict::Stored;
use crate::error::Result;
use crate::feed;
use crate::ids::{Numbers, Series};
use crate::oauth::Policy;
use crate::secret::ServerKey;
use crate::time::Instant;
use crate::world::World;

/// What is known of whoever asks, before anything is known of who it is.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// When the request came.
    pub now: Instant,
    /// The public URL of this installation, without a slash at its end; the issuer (HO-03).
    pub issuer: String,
    /// Address of the client.
    pub address: String,
    /// User agent, cut short.
    pub agent: String,
    /// Id of the request, for the audit log.
    pub request_id: String,
}

/// What operations need to know of the installation, beside the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Rules of the authorization server.
    pub policy: Policy,
    /// The key of this installation.
    pub key: ServerKey,
    /// Keys that password hashes are mixed with.
    pub peppers: Peppers,
    /// Whether letters can be sent.
    pub mail: bool,
}

/// The surroundings of one operation on accounts.
pub struct AccountCx<'a, 't> {
    /// The open transaction.
    pub tx: &'a mut Tx<'t>,
    /// Every organisation, as known when the operation started.
    pub world: Arc<World>,
    /// Who asks.
    pub visit: Visit,
    /// Rules and key.
    pub settings: Arc<Settings>,
    pub(crate) numbers: &'a Numbers,
    pub(crate) effects: AccountEffects,
}

/// What memory must learn once the transaction is durable.
#[derive(Debug, Default)]
pub(crate) struct AccountEffects {
    /// Tokens that were good are so no longer, or say something else.
    pub(crate) credentials: bool,
    /// Dictionary objects that changed, with their organisations.
    pub(crate) objects: Vec<(i64, Stored)>,
    /// There is work for the workers.
    pub(crate) woke: bool,
}

impl AccountCx<'_, '_> {
    /// The present instant; the same through the whole operation.
    pub fn now(&self) -> Instant {
        self.visit.now
    }

    /// The next number of a series.
    ///
    /// # Errors
    /// The database fails.
    pub fn next(&mut self, series: Series) -> Result<i64> {
        self.numbers.next(self.tx, series)
    }

    /// The number for a row whose statement numbers in order (see [`crate::cx::Cx::next_in_order`]).
    ///
    /// # Errors
    /// The database fails.
    pub fn next_in_order(&mut self, series: Series) -> Result<i64> {
        self.numbers.next_in_order(self.tx, series)
    }

    /// Notes that tokens were revoked or changed: once this is durable nothing remembered about
    /// them is believed any more (RV-08). Whoever deletes rows of `token`, blocks an account or an
    /// application, must call it.
    pub fn credentials_changed(&mut self) {
        self.effects.credentials = true;
    }

    /// Notes that a dictionary object of an organisation changed, such as a member.
    ///
    /// # Errors
    /// The database fails.
    pub fn changed_object(&mut self, org_id: i64, stored: Stored) -> Result<()> {
        let id = self.next(Series::Change)?;
        self.tx.exec(feed::INSERT, &[&id, &org_id, &stored.kind.name(), &stored.id])?;
        self.effects.objects.push((org_id, stored));
        Ok(())
    }

    /// The organisations an account is a member of at this moment.
    pub fn organizations(&self, account: i64) -> Vec<Arc<crate::dict::Dict>> {
        let mut orgs: Vec<_> = self
            .world
            .orgs()
            .filter(|dict| crate::actor::Actor::of(dict, account).is_some())
            .map(Arc::clone)
            .collect();
        orgs.sort_by_key(|dict| dict.org_id);
        orgs
    }
}
