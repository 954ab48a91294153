//! The roll call: looks, now and then, who of the people that came by a directory is still in it
//! (oauth.md, 7.6).

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::runtime::Handle;
use trackway_core::account::ldap;
use trackway_core::account_cx::{AccountCx, Visit};
use trackway_core::{Result, Tracker};

use super::Stop;
use crate::clock;
use crate::config::Directory;
use crate::ldap::{Found, Ldap};

/// People who are asked about in one visit.
const PART: usize = 200;
/// The same for the database.
const PAGE: i64 = 200;

/// The worker.
pub(super) struct RollCall {
    ldap: Ldap,
    tracker: Tracker,
    runtime: Handle,
}

impl RollCall {
    /// Nothing where there is no directory, or nobody wants it looked at.
    ///
    /// # Errors
    /// The settings make no sense.
    pub(super) fn new(
        directory: &Directory,
        tracker: Tracker,
        runtime: Handle,
    ) -> std::result::Result<Option<Self>, String> {
        if directory.look_seconds == 0 {
            return Ok(None);
        }
        let ldap = Ldap::new(directory)?;
        Ok(ldap.map(|ldap| Self { ldap, tracker, runtime }))
    }

    /// Looks until told to stop.
    pub(super) fn run(&self, stop: &Stop) {
        let mut failing = false;
        let period = Duration::from_secs(self.ldap.directory.look_seconds);
        while stop.sleep(period) {
            let looked = self.look(stop);
            if let Err(error) = &looked
                && !failing
            {
                tracing::warn!(%error, "it is not known who left the directory; nobody is shut out");
            }
            failing = looked.is_err();
        }
    }

    /// Asks about everybody first: who cannot be asked about to the end changes nothing.
    fn look(&self, stop: &Stop) -> Result<()> {
        let mut people: BTreeMap<i64, Option<Found>> = BTreeMap::new();
        for part in self.linked()?.chunks(PART) {
            if stop.is_stopped() {
                return Ok(());
            }
            let subjects = part.iter().map(|(subject, _)| subject.clone()).collect();
            let found = self.runtime.block_on(self.ldap.look(subjects))?;
            for ((_, uid), found) in part.iter().zip(found) {
                // Who is linked with several entries is there with any of them.
                let known = people.entry(*uid).or_default();
                *known = known.take().or(found);
            }
        }
        for (uid, found) in people {
            if stop.is_stopped() {
                return Ok(());
            }
            if let Err(error) = self.follow(uid, found.as_ref()) {
                tracing::warn!(uid, %error, "what the directory says of somebody is not followed");
            }
        }
        Ok(())
    }

    fn linked(&self) -> Result<Vec<(String, i64)>> {
        let issuer = self.ldap.directory.issuer();
        let mut all: Vec<(String, i64)> = Vec::new();
        loop {
            let after = all.last().map_or("", |(subject, _)| subject);
            let page = self.read(|cx| ldap::linked(cx, &issuer, after, PAGE))?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    fn follow(&self, uid: i64, found: Option<&Found>) -> Result<()> {
        let directory = &self.ldap.directory;
        let world = self.tracker.world();
        let org = world.by_org_id(&directory.organization).map(|dict| dict.org_id);
        let told = found.map(|found| found.told(directory));
        // Nearly everybody is as they were, and writes wait for one another.
        if !self.read(|cx| ldap::is_news(cx, org, uid, told.as_ref()))? {
            return Ok(());
        }
        if told.is_none() {
            tracing::info!(uid, "somebody is not in the directory any more, and is shut out");
        }
        let visit = visit();
        self.tracker.account_now(&visit, move |cx| ldap::follow(cx, org, uid, told.as_ref()))
    }

    fn read<T>(&self, run: impl FnOnce(&mut AccountCx<'_, '_>) -> Result<T>) -> Result<T> {
        self.tracker.db().read(|tx| self.tracker.account_read(&visit(), tx, run))
    }
}

/// Nobody's visit.
fn visit() -> Visit {
    Visit { now: clock::now(), agent: "directory".to_owned(), ..Visit::default() }
}
