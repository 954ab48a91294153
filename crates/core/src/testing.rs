//! A small organisation for tests: people of every level, two queues, a clock that stands still.

use std::sync::Arc;

use trackway_db::testing::Schema;
use trackway_db::{Db, Options, Target};

use crate::account_cx::{AccountCx, Settings, Visit};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::defaults;
use crate::dict::model::{Member, Permissions, Queue, TypeConfig};
use crate::error::Result;
use crate::lang::{Lang, Name};
use crate::org::NewOrg;
pub use crate::queue::create::default_permissions as open_permissions;
use crate::time::Instant;
use crate::tracker::{Caller, Tracker};
use crate::view::{ApiVersion, View};

/// 2026-03-02T10:00:00Z, a Monday.
pub const NOW: Instant = 1_772_445_600_000;

/// A tracker in memory with one organisation.
pub struct Fixture {
    /// The tracker.
    pub tracker: Tracker,
    /// The organisation.
    pub org: i64,
    /// Administrator with full access; owner of the queues. Login `boss`.
    pub boss: i64,
    /// Full access. Login `ann`.
    pub ann: i64,
    /// Full access. Login `bob`.
    pub bob: i64,
    /// Read-only. Login `guest`.
    pub guest: i64,
    /// Queue `DEV`: development workflow; types task, bug, epic, story, improvement.
    pub dev: i64,
    /// Queue `HELP`: quick-start workflow, type task.
    pub help: i64,
    /// Dropped last: the tracker must have let go of it.
    _schema: Option<Schema>,
}

/// The variable that makes [`Fixture::new`] take PostgreSQL, when it says `postgres`.
pub const ENGINE: &str = "TRACKWAY_TEST_ENGINE";

impl Fixture {
    /// A fresh one: in memory, or in a schema of its own on PostgreSQL (see [`ENGINE`]).
    ///
    /// # Panics
    /// There is no such database.
    pub fn new() -> Self {
        let (db, schema) = Self::empty();
        Self::on(db, schema)
    }

    /// An empty database of the engine under test (see [`ENGINE`]), with what must outlive it.
    ///
    /// # Panics
    /// There is no such database.
    pub fn empty() -> (Db, Option<Schema>) {
        let wants_postgres = std::env::var(ENGINE).is_ok_and(|engine| engine == "postgres");
        let schema = if wants_postgres { Schema::create() } else { None };
        let target = schema.as_ref().map_or(Target::SqliteMemory, |s| Target::Postgres(s.url()));
        let options = Options { connections: 4, ..Options::new(target) };
        (Db::open(options).expect("a test database"), schema)
    }

    fn on(db: Db, schema: Option<Schema>) -> Self {
        let tracker = Tracker::open(db, None).expect("an empty tracker");
        let org = tracker
            .create_org(&NewOrg {
                name: Name::new("Проба", "Trial"),
                org_id: "7405123".to_owned(),
                cloud_id: "bpftrial000000000001".to_owned(),
            })
            .expect("an organisation");
        let add = |login: &str, admin, full| {
            let member = Member {
                login: login.to_owned(),
                first_name: Name::new(login, login),
                last_name: Name::new("Пробный", "Trial"),
                email: format!("{login}@trial.example"),
                admin,
                full,
                ..Member::default()
            };
            tracker.add_member(org, &member, NOW).expect("a member")
        };
        let (boss, ann) = (add("boss", true, true), add("ann", false, true));
        let (bob, guest) = (add("bob", false, true), add("guest", false, false));
        let dev = "developmentPresetWorkflow";
        let dev = queue(
            &tracker,
            org,
            boss,
            "DEV",
            dev,
            &["task", "bug", "epic", "story", "improvement"],
        );
        let help = queue(&tracker, org, boss, "HELP", "quickStartV2PresetWorkflow", &["task"]);
        Self { tracker, org, boss, ann, bob, guest, dev, help, _schema: schema }
    }

    /// A caller acting as a member, answered in English under v3.
    ///
    /// # Panics
    /// Nobody has this uid.
    pub fn as_user(&self, uid: i64) -> Caller {
        let world = self.tracker.world();
        let dict = world.org(self.org).expect("the organisation");
        Caller {
            actor: Arc::new(Actor::of(dict, uid).expect("a member")),
            dict: Arc::clone(dict),
            view: View::new("http://tracker.test", ApiVersion::V3, Lang::En),
            now: NOW,
        }
    }

    /// Runs a write as a member.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub fn write<T: Send + 'static>(
        &self,
        uid: i64,
        run: impl Fn(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_at(uid, NOW, run)
    }

    /// Runs a write as a member at another time.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub fn write_at<T: Send + 'static>(
        &self,
        uid: i64,
        now: Instant,
        run: impl Fn(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let caller = Caller { now, ..self.as_user(uid) };
        self.tracker.write_now(&caller, run)
    }

    /// Runs a read as a member.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub fn read<T>(&self, uid: i64, run: impl FnOnce(&mut Cx<'_, '_>) -> Result<T>) -> Result<T> {
        let caller = self.as_user(uid);
        self.tracker.db().read(|tx| self.tracker.read(&caller, tx, run))
    }

    /// Runs a write on accounts.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub fn account<T: Send + 'static>(
        &self,
        run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.account_at(NOW, run)
    }

    /// Runs a write on accounts at another time.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub fn account_at<T: Send + 'static>(
        &self,
        now: Instant,
        run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let visit = Visit {
            now,
            issuer: "https://tracker.example.org".to_owned(),
            address: "192.0.2.7".to_owned(),
            agent: "test".to_owned(),
            request_id: "test".to_owned(),
        };
        self.tracker.account_now(&visit, run)
    }

    /// Switches letters on; they are only written, as nobody sends them.
    pub fn mail_on(&self) {
        let settings = (*self.tracker.settings()).clone();
        self.tracker.configure(Settings { mail: true, ..settings });
    }

    /// Waits until readers of the event log see all that was written: on PostgreSQL, until every
    /// older transaction on the server has ended, those of other tests included.
    ///
    /// # Panics
    /// The database fails.
    pub fn wait_for_log(&self) {
        const YOUNG: &str = "SELECT COUNT(*) FROM event \
             WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
        while self.tracker.db().engine() == trackway_db::Engine::Postgres {
            let young: Result<(i64,)> =
                self.tracker.db().read(|tx| tx.one(YOUNG, &[]).map_err(crate::Error::from));
            if young.expect("a count").0 == 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Creates an issue from a body and answers its key.
    ///
    /// # Panics
    /// The body is refused.
    pub fn issue(&self, uid: i64, body: serde_json::Value) -> String {
        self.try_issue(uid, body).expect("an issue")
    }

    /// Creates an issue from a body and answers its key.
    ///
    /// # Errors
    /// Whatever the operation answers.
    ///
    /// # Panics
    /// The body is no object.
    pub fn try_issue(&self, uid: i64, body: serde_json::Value) -> Result<String> {
        let serde_json::Value::Object(body) = body else { panic!("an object") };
        self.write(uid, move |cx| {
            let loaded = crate::issue::ops::create_from(cx, &body)?;
            Ok(loaded.issue.key(&cx.dict))
        })
    }

    /// The issue as `GET` shows it to a member.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn json(&self, uid: i64, key: &str) -> serde_json::Value {
        let request = trackway_api::issues::GetIssue::new(key);
        let reply = self.read(uid, |cx| crate::issue::ops::get(cx, &request)).expect("an issue");
        body(reply)
    }

    /// Replaces the permissions of a queue.
    ///
    /// # Panics
    /// It cannot be done.
    pub fn permit(&self, queue: i64, permissions: Permissions) {
        self.write(self.boss, move |cx| {
            let old = Arc::clone(cx.dict.queues.get(queue).expect("a queue"));
            let body = Queue { permissions: permissions.clone(), ..old.body.clone() };
            crate::dict::store::update(cx, &old, body).map(drop)
        })
        .expect("permissions");
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.tracker.db().close();
    }
}

impl Default for Fixture {
    fn default() -> Self {
        Self::new()
    }
}

/// The JSON of a reply.
///
/// # Panics
/// It is none.
pub fn body<T: serde::Serialize>(reply: crate::cx::Reply<T>) -> serde_json::Value {
    let answer = crate::cx::Answer::new(reply, 200).expect("an answer");
    serde_json::from_slice(&answer.body).expect("JSON")
}

fn queue(tracker: &Tracker, org: i64, lead: i64, key: &str, workflow: &str, types: &[&str]) -> i64 {
    let world = tracker.world();
    let dict = world.org(org).expect("the organisation");
    let workflow = dict.workflows.by_key(workflow).expect("a workflow").id;
    let resolutions: Vec<i64> = defaults::resolutions().iter().map(|r| r.id).collect();
    let types: Vec<TypeConfig> = types
        .iter()
        .map(|key| TypeConfig {
            issue_type: dict.types.by_key(key).expect("a type").id,
            workflow,
            resolutions: resolutions.clone(),
        })
        .collect();
    let body = Queue {
        name: format!("Queue {key}"),
        lead,
        default_type: types.first().map_or(0, |t| t.issue_type),
        default_priority: 3,
        types,
        permissions: open_permissions(lead),
        ..Queue::default()
    };
    let id = tracker.add_object(org, key, &body).expect("a queue");
    tracker
        .db()
        .write_now(|tx| {
            tx.exec(crate::issue::store::FIRST_NUMBER, &[&org, &id, &0_i64])
                .map(drop)
                .map_err(crate::Error::from)
        })
        .expect("a number row");
    id
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dict::model::{Role, Subjects};

    #[test]
    fn an_issue_is_created_and_read_as_the_client_reads_it() {
        let f = Fixture::new();
        let key = f.issue(
            f.ann,
            json!({"queue": "DEV", "summary": "Первая \"задача\"",
            "type": "bug", "tags": ["a", "б"], "assignee": "bob", "storyPoints": 2.5,
            "deadline": "2026-04-01", "estimation": "PT520M", "description": "x\ny"}),
        );
        assert_eq!(key, "DEV-1");
        let json = f.json(f.guest, &key);
        let issue: trackway_api::issues::Issue =
            serde_json::from_value(json.clone()).expect("the client's type");
        assert_eq!(issue.summary.as_deref(), Some("Первая \"задача\""));
        assert_eq!(json["estimation"], "P1DT40M");
        assert_eq!(json["assignee"]["display"], "bob Trial");
        assert_eq!(json["status"]["key"], "open");
        assert_eq!(json["createdAt"], "2026-03-02T10:00:00.000+0000");
        assert_eq!(json["self"], "http://tracker.test/v3/issues/DEV-1");
        assert_eq!(json["votes"], 0);
        assert_eq!(json["deadline"], "2026-04-01");
    }

    #[test]
    fn edits_take_operators_and_leave_history() {
        let f = Fixture::new();
        let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "tags": ["a", "b"]}));
        let patch = json!({"tags": {"add": "c", "remove": ["a"]}, "followers": {"add": ["bob"]},
            "priority": {"key": "critical"}});
        let serde_json::Value::Object(patch) = patch else { unreachable!() };
        let request = trackway_api::issues::UpdateIssue::new(&*key, patch).version(1);
        let again = request.clone();
        let json = body(
            f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request)).expect("an edit"),
        );
        assert_eq!(json["tags"], json!(["b", "c"]));
        assert_eq!(json["version"], 2);
        assert_eq!(json["priority"]["key"], "critical");
        let stale = f.write(f.ann, move |cx| crate::issue::ops::update(cx, &again));
        assert_eq!(stale.expect_err("stale").status(), 409);
    }

    #[test]
    fn wrong_values_are_all_named_and_nothing_is_written() {
        let f = Fixture::new();
        let error = f
            .try_issue(
                f.ann,
                json!({"queue": "DEV", "summary": "s", "type": "bgu",
                "nosuch": 1, "assignee": "nobody", "deadline": "soon"}),
            )
            .expect_err("wrong");
        let body = error.body(Lang::En);
        assert_eq!(body.status_code, 422);
        let fields: Vec<&str> = body.errors.keys().map(String::as_str).collect();
        assert_eq!(fields, ["assignee", "deadline", "nosuch", "type"]);
        assert_eq!(f.issue(f.ann, json!({"queue": "DEV", "summary": "s"})), "DEV-1");
    }

    #[test]
    fn read_only_members_and_strangers_to_a_queue_are_refused() {
        let f = Fixture::new();
        let body = json!({"queue": "HELP", "summary": "s"});
        assert_eq!(f.try_issue(f.guest, body.clone()).expect_err("read-only").status(), 403);
        let mut permissions = open_permissions(f.boss);
        permissions.read = Subjects { users: vec![f.bob], ..Subjects::default() };
        permissions.write = Subjects { roles: vec![Role::Author], ..Subjects::default() };
        f.permit(f.help, permissions);
        let key = f.issue(f.ann, body);
        let get = |uid| {
            let request = trackway_api::issues::GetIssue::new(&*key);
            f.read(uid, |cx| crate::issue::ops::get(cx, &request)).map(drop)
        };
        assert!(get(f.ann).is_ok(), "the author");
        assert!(get(f.bob).is_ok(), "a named reader");
        assert!(get(f.boss).is_ok(), "an administrator");
        assert_eq!(get(f.guest).expect_err("nobody").status(), 403);
    }

    #[test]
    fn a_unique_value_is_used_once() {
        let f = Fixture::new();
        let body = json!({"queue": "DEV", "summary": "s", "unique": "u-1"});
        f.issue(f.ann, body.clone());
        assert_eq!(f.try_issue(f.ann, body).expect_err("taken").status(), 409);
        let request = trackway_api::issues::FindIssueByUnique::new().unique("u-1");
        let found = f.read(f.bob, |cx| crate::issue::ops::find_by_unique(cx, &request));
        assert_eq!(crate::testing::body(found.expect("found"))["key"], "DEV-1");
    }
}
