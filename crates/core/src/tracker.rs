//! The running tracker: database, dictionaries, indexes, and the way operations run on them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};
use rustc_hash::FxHashMap;
use trackway_db::{Db, Migration, Outcome, Rollback, Tx, WriteJob};
use trackway_search::{Index, Kept};

use crate::account::pepper::Peppers;
use crate::account_cx::{AccountCx, AccountEffects, Settings, Visit};
use crate::actor::Actor;
use crate::cx::{Answer, Cx, Effects};
use crate::dict::Dict;
use crate::error::{Code, Error, Result};
use crate::event::Cause;
use crate::ids::Numbers;
use crate::issue::cache::{Confirmed, IssueCache};
use crate::job::signal::Signal;
use crate::oauth::Policy;
use crate::search::scroll::Scrolls;
use crate::search::visible::VisibleCache;
use crate::secret::ServerKey;
use crate::time::Instant;
use crate::trigger;
use crate::view::View;
use crate::words::cache::WordCache;
use crate::world::World;

/// A numbered step of the schema and the file that holds it.
macro_rules! steps {
    ($($number:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        }),*]
    };
}

/// The schema, step by step.
pub const MIGRATIONS: &[Migration] = steps![
    1 "0001_base",
    2 "0002_attachment",
    3 "0003_worklog",
    4 "0004_search",
    5 "0005_admin",
    6 "0006_agile",
    7 "0007_oauth",
    8 "0008_account",
    9 "0009_automation",
    10 "0010_entity",
    11 "0011_inbox",
    12 "0012_shelf",
];

/// What searches of one organisation's issues need in memory.
#[derive(Debug, Default)]
pub struct OrgIndex {
    /// The index; written for microseconds by whoever commits.
    pub index: RwLock<Index>,
    pub(crate) scrolls: Scrolls,
    pub(crate) visible: VisibleCache,
    /// Searches that come again; cleared with `visible`.
    pub(crate) kept: Kept,
    pub(crate) words: WordCache,
    pub(crate) issues: IssueCache,
}

/// An operation with its request, ready to run as often as the database asks.
pub trait Operation: Send {
    /// Name for logs and metrics.
    fn name(&self) -> &'static str;

    /// Runs it.
    ///
    /// # Errors
    /// Whatever the caller is told.
    fn run(&self, cx: &mut Cx<'_, '_>) -> Result<Answer>;
}

/// Who asks, in which organisation, and how the answer is written.
#[derive(Clone)]
pub struct Caller {
    /// Dictionaries of the organisation at the time of the request.
    pub dict: Arc<Dict>,
    /// The user.
    pub actor: Arc<Actor>,
    /// Form of the answer.
    pub view: View,
    /// When the request came.
    pub now: Instant,
}

/// The running tracker; cheap to clone.
#[derive(Clone)]
pub struct Tracker(Arc<Inner>);

struct Inner {
    db: Db,
    world: ArcSwap<World>,
    /// Held while the world is replaced, so that two changes do not undo each other.
    swapping: Mutex<()>,
    indexes: RwLock<FxHashMap<i64, Arc<OrgIndex>>>,
    numbers: Numbers,
    signal: Signal,
    cache: Option<PathBuf>,
    settings: ArcSwap<Settings>,
    /// Counts the changes after which remembered tokens are not believed.
    credentials: AtomicU64,
}

impl Tracker {
    /// Migrates the database and loads everything that lives in memory. Index snapshots are read
    /// from and written to `cache`, a folder that may be deleted at any time.
    ///
    /// # Errors
    /// The database fails or is newer than this program.
    pub fn open(db: Db, cache: Option<PathBuf>) -> Result<Self> {
        db.migrate(MIGRATIONS)?;
        // Whoever keeps a key between two starts hands it over with `configure`.
        let (policy, key) = (Policy::default(), ServerKey::generate()?);
        let settings = Settings { policy, key, peppers: Peppers::default(), mail: false };
        let tracker = Self(Arc::new(Inner {
            db,
            world: ArcSwap::default(),
            swapping: Mutex::new(()),
            indexes: RwLock::default(),
            numbers: Numbers::default(),
            signal: Signal::default(),
            cache,
            settings: ArcSwap::from_pointee(settings),
            credentials: AtomicU64::new(0),
        }));
        tracker.reload()?;
        Ok(tracker)
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// What is raised when workers may have something to do.
    pub fn signal(&self) -> &Signal {
        &self.0.signal
    }

    /// Folder of index snapshots.
    pub(crate) fn cache(&self) -> Option<&PathBuf> {
        self.0.cache.as_ref()
    }

    /// The dictionaries at this moment.
    pub fn world(&self) -> Arc<World> {
        self.0.world.load_full()
    }

    /// Reads all dictionaries again; what another process changed is known afterwards.
    ///
    /// # Errors
    /// The database fails.
    pub fn reload(&self) -> Result<()> {
        let guard = self.0.swapping.lock();
        let world = self.0.db.read(World::load)?;
        self.0.world.store(Arc::new(world));
        drop(guard);
        self.ensure_indexes()
    }

    /// Loads or builds the index of every organisation that has none yet.
    fn ensure_indexes(&self) -> Result<()> {
        for dict in self.world().orgs() {
            if self.0.indexes.read().contains_key(&dict.org_id) {
                continue;
            }
            let index = crate::search::build::open(self, dict)?;
            self.0.indexes.write().entry(dict.org_id).or_insert_with(|| {
                Arc::new(OrgIndex { index: RwLock::new(index), ..OrgIndex::default() })
            });
        }
        Ok(())
    }

    /// Builds every index anew from the rows, after they were changed past the operations.
    ///
    /// # Errors
    /// The database fails.
    pub fn rebuild_indexes(&self) -> Result<()> {
        for dict in self.world().orgs() {
            let index = crate::search::build::rebuild(self, dict)?;
            let org = self.index(dict.org_id)?;
            let mut guard = org.index.write();
            *guard = index;
            org.visible.clear();
            org.kept.clear();
            drop(guard);
        }
        Ok(())
    }

    /// The index of an organisation.
    ///
    /// # Errors
    /// There is none, because the organisation is being created at this moment.
    pub fn index(&self, org_id: i64) -> Result<Arc<OrgIndex>> {
        self.0.indexes.read().get(&org_id).map(Arc::clone).ok_or_else(|| Code::Overloaded.err())
    }

    /// Runs a read on the calling thread.
    ///
    /// # Errors
    /// Whatever the operation answers, or the database.
    pub fn read<T>(
        &self,
        caller: &Caller,
        tx: &mut Tx<'_>,
        run: impl FnOnce(&mut Cx<'_, '_>) -> Result<T>,
    ) -> Result<T> {
        run(&mut self.cx(caller, tx)?)
    }

    pub(crate) fn cx<'a, 't>(&'a self, caller: &Caller, tx: &'a mut Tx<'t>) -> Result<Cx<'a, 't>> {
        Ok(Cx {
            tx,
            dict: self.current(caller),
            index: self.index(caller.dict.org_id)?,
            actor: Arc::clone(&caller.actor),
            view: caller.view.clone(),
            now: caller.now,
            cause: Cause::default(),
            numbers: &self.0.numbers,
            effects: Effects::default(),
            history: false,
            mail: self.0.settings.load().mail,
            confirmed: Confirmed::default(),
        })
    }

    /// The dictionaries may have changed between the arrival of a request and its turn.
    fn current(&self, caller: &Caller) -> Arc<Dict> {
        let world = self.0.world.load();
        Arc::clone(world.org(caller.dict.org_id).unwrap_or(&caller.dict))
    }

    /// A write as a job for the database; `done` hears the answer once it is durable.
    pub fn write_job<T: Send + 'static>(
        &self,
        name: &'static str,
        caller: Caller,
        run: impl Fn(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
        done: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Box<dyn WriteJob> {
        Box::new(Write { tracker: self.clone(), name, caller, run, done, result: None })
    }

    /// Runs a write and waits for it to be durable; not for threads of an async runtime.
    ///
    /// # Errors
    /// Whatever the operation answers, or the database.
    pub fn write_now<T: Send + 'static>(
        &self,
        caller: &Caller,
        run: impl Fn(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let job = self.write_job("write_now", caller.clone(), run, move |result| {
            drop(sender.send(result));
        });
        self.0.db.submit_write(job).map_err(|_| Code::Overloaded.err())?;
        receiver.recv().map_err(Error::internal)?
    }

    /// Sets what operations go by.
    pub fn configure(&self, settings: Settings) {
        self.0.settings.store(Arc::new(settings));
    }

    /// What operations go by.
    pub fn settings(&self) -> Arc<Settings> {
        self.0.settings.load_full()
    }

    /// Grows with every change after which what is remembered about tokens must not be believed.
    pub fn credentials_version(&self) -> u64 {
        self.0.credentials.load(Ordering::Acquire)
    }

    fn account_cx<'a, 't>(&'a self, visit: &Visit, tx: &'a mut Tx<'t>) -> AccountCx<'a, 't> {
        AccountCx {
            tx,
            world: self.world(),
            visit: visit.clone(),
            settings: self.settings(),
            numbers: &self.0.numbers,
            effects: AccountEffects::default(),
        }
    }

    /// Runs a read on accounts on the calling thread.
    ///
    /// # Errors
    /// Whatever the operation answers, or the database.
    pub fn account_read<T>(
        &self,
        visit: &Visit,
        tx: &mut Tx<'_>,
        run: impl FnOnce(&mut AccountCx<'_, '_>) -> Result<T>,
    ) -> Result<T> {
        run(&mut self.account_cx(visit, tx))
    }

    /// A write on accounts as a job for the database; `done` hears the answer once it is durable.
    pub fn account_job<T: Send + 'static>(
        &self,
        name: &'static str,
        visit: Visit,
        run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
        done: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Box<dyn WriteJob> {
        Box::new(AccountWrite { tracker: self.clone(), name, visit, run, done, result: None })
    }

    /// Runs a write on accounts and waits for it to be durable; not for threads of an async
    /// runtime.
    ///
    /// # Errors
    /// Whatever the operation answers, or the database.
    pub fn account_now<T: Send + 'static>(
        &self,
        visit: &Visit,
        run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let job = self.account_job("account_now", visit.clone(), run, move |result| {
            drop(sender.send(result));
        });
        self.0.db.submit_write(job).map_err(|_| Code::Overloaded.err())?;
        receiver.recv().map_err(Error::internal)?
    }

    /// Brings what an account-level operation committed into memory.
    fn apply_account(&self, effects: AccountEffects) {
        for (org_id, stored) in effects.objects {
            self.refresh_objects(org_id, vec![stored]);
        }
        if effects.credentials {
            self.0.credentials.fetch_add(1, Ordering::AcqRel);
        }
        if effects.woke {
            self.0.signal.raise();
        }
    }

    /// Brings what was committed into memory.
    fn apply(&self, org_id: i64, effects: &Effects) {
        if !effects.objects.is_empty() {
            self.swap_objects(org_id, effects);
        }
        if !effects.issues.is_empty()
            && let Ok(org) = self.index(org_id)
        {
            let mut index = org.index.write();
            for delta in &effects.issues {
                index.apply(delta.id, delta.before.as_ref(), delta.after.as_ref());
            }
        }
        // Last, so that whoever wakes up finds everything in memory.
        if effects.woke || !effects.events.is_empty() {
            self.0.signal.raise();
        }
    }

    fn swap_objects(&self, org_id: i64, effects: &Effects) {
        let guard = self.0.swapping.lock();
        let world = self.world();
        if let Some(dict) = world.org(org_id) {
            match dict.with(&effects.objects) {
                Ok(dict) => {
                    crate::search::build::ensure_fields(self, &dict);
                    self.0.world.store(Arc::new(world.with_org(Arc::new(dict))));
                }
                Err(error) => tracing::error!(%error, "a changed object cannot be read"),
            }
        }
        drop(guard);
    }

    /// Applies entries of the change feed that others wrote.
    ///
    /// # Errors
    /// The database fails.
    pub fn follow(&self, entries: &[crate::feed::Entry]) -> Result<()> {
        if entries.iter().any(crate::feed::Entry::is_credentials) {
            self.0.credentials.fetch_add(1, Ordering::AcqRel);
        }
        crate::search::build::follow(self, entries)?;
        // What others changed may have left work for us.
        self.0.signal.raise();
        Ok(())
    }

    /// Replaces dictionary objects by their state in the database.
    pub(crate) fn refresh_objects(&self, org_id: i64, objects: Vec<crate::dict::Stored>) {
        self.swap_objects(org_id, &Effects { objects, ..Effects::default() });
    }
}

/// A write on its way through the database.
struct Write<T, F, D> {
    tracker: Tracker,
    name: &'static str,
    caller: Caller,
    run: F,
    done: D,
    result: Option<Result<(T, Effects)>>,
}

impl<T, F, D> WriteJob for Write<T, F, D>
where
    T: Send,
    F: Fn(&mut Cx<'_, '_>) -> Result<T> + Send,
    D: FnOnce(Result<T>) + Send,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Rollback> {
        let run = &self.run;
        let result = self.tracker.cx(&self.caller, tx).and_then(|mut cx| {
            let value = run(&mut cx)?;
            trigger::run::follow(&mut cx)?;
            Ok((value, std::mem::take(&mut cx.effects)))
        });
        let verdict = if result.is_ok() { Ok(()) } else { Err(Rollback) };
        self.result = Some(result);
        verdict
    }

    fn done(self: Box<Self>, outcome: Outcome) {
        let org_id = self.caller.dict.org_id;
        let result = settled(outcome, self.result).map(|(value, effects)| {
            self.tracker.apply(org_id, &effects);
            value
        });
        (self.done)(result);
    }
}

/// A write on accounts on its way through the database.
struct AccountWrite<T, F, D> {
    tracker: Tracker,
    name: &'static str,
    visit: Visit,
    run: F,
    done: D,
    result: Option<Result<(T, AccountEffects)>>,
}

impl<T, F, D> WriteJob for AccountWrite<T, F, D>
where
    T: Send,
    F: Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send,
    D: FnOnce(Result<T>) + Send,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Rollback> {
        let mut cx = self.tracker.account_cx(&self.visit, tx);
        let result = (self.run)(&mut cx).and_then(|value| {
            if cx.effects.credentials {
                crate::feed::credentials_changed(&mut cx)?;
            }
            Ok((value, std::mem::take(&mut cx.effects)))
        });
        let verdict = if result.is_ok() { Ok(()) } else { Err(Rollback) };
        self.result = Some(result);
        verdict
    }

    fn done(self: Box<Self>, outcome: Outcome) {
        let applied = settled(outcome, self.result);
        let result = applied.map(|(value, effects)| {
            self.tracker.apply_account(effects);
            value
        });
        (self.done)(result);
    }
}

/// What a job's result is worth after the database has spoken.
fn settled<T>(outcome: Outcome, result: Option<Result<T>>) -> Result<T> {
    match (outcome, result) {
        (Outcome::Committed, Some(Ok(value))) => Ok(value),
        (Outcome::Committed | Outcome::RolledBack, Some(Err(error))) => Err(error),
        (Outcome::Failed(error), _) => Err(error.into()),
        (Outcome::Panicked(text), _) => Err(Error::internal(format!("panic: {text}"))),
        (outcome, _) => Err(Error::internal(format!("a write without a result: {outcome:?}"))),
    }
}
