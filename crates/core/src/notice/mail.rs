//! Notifications by e-mail: what a letter says, and who wants letters at all. Sending is the
//! server's work.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{Reason, store};
use crate::access::{self, Right};
use crate::account::{self, letter::Sealed};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::event::{EventBody, store as events};
use crate::field::no;
use crate::issue::Issue;
use crate::job::{self, Job, Kind, NewJob};
use crate::lang::{Lang, Name};
use crate::notice::store::NoticeRow;
use crate::rule::condition::Occasion;
use crate::rule::scene::Scene;
use crate::secret;
use crate::time::Instant;
use crate::tracker::Tracker;

/// How long notifications are gathered for one letter, in ms.
const DIGEST_MS: i64 = 3_600_000;
/// Most notifications of one letter.
const MOST: i64 = 100;
/// What the signature of a link is for.
const PURPOSE: &str = "unsubscribe";

/// When somebody wants letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// One for each notification.
    #[default]
    Each,
    /// One an hour, for those not read by then.
    Digest,
    /// Never.
    Off,
}

impl Mode {
    /// Name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Digest => "digest",
            Self::Off => "off",
        }
    }

    /// The mode of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Each, Self::Digest, Self::Off].into_iter().find(|mode| mode.name() == name)
    }
}

/// A letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Address of the reader.
    pub to: String,
    /// Name of the reader.
    pub name: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// Headers by which mail programs sort (workflow.md, section 12).
    pub headers: Vec<(&'static str, String)>,
    /// What an unsubscribing link ends with; empty for letters about an account, which cannot be
    /// switched off.
    pub unsubscribe: String,
    /// The newest notification in it.
    pub last: i64,
    /// The issue it is about, when it is one: letters about one issue stand together.
    pub thread: Option<String>,
}

/// What a job for a letter says.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Task {
    Notices(Payload),
    Account(Sealed),
}

impl Task {
    fn of(job: &Job) -> Result<Self> {
        serde_json::from_str(&job.payload).map_err(Error::internal)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    user: i64,
    /// 0 for whatever waits.
    notice: i64,
}

/// Writes the jobs for letters about new notifications: of each a user and its number.
///
/// # Errors
/// The database fails.
pub fn queue(cx: &mut Cx<'_, '_>, notices: &[(i64, i64)]) -> Result<()> {
    let ids: Vec<i64> = notices.iter().map(|(uid, _)| *uid).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, String)> = cx.tx.all_by_ids(store::MODES, &[&cx.dict.org_id], &ids)?;
    for (uid, notice) in notices {
        let set = rows.iter().find(|(user, _)| user == uid);
        let mode = set.and_then(|(_, mode)| Mode::from_name(mode)).unwrap_or_default();
        let reachable = cx.dict.users.get(*uid).is_some_and(|user| !user.body.email.is_empty());
        if mode == Mode::Off || !reachable {
            continue;
        }
        let digest = mode == Mode::Digest;
        let payload = Payload { user: *uid, notice: if digest { 0 } else { *notice } };
        let name = format!("digest-{uid}");
        let job = NewJob {
            kind: Kind::Mail,
            name: digest.then_some(name.as_str()),
            strand: Some(*uid),
            payload: serde_json::to_string(&payload).map_err(Error::internal)?,
            run_at: cx.now + if digest { DIGEST_MS } else { 0 },
        };
        job::enqueue(cx, &job)?;
    }
    Ok(())
}

impl Tracker {
    /// The letter of a job; nothing when there is nothing to tell any more. `base` is the address
    /// under which people reach the server.
    ///
    /// # Errors
    /// The database fails.
    pub fn letter(&self, job: &Job, now: Instant, base: &str) -> Result<Option<Letter>> {
        let payload = match Task::of(job)? {
            Task::Notices(payload) => payload,
            Task::Account(sealed) => {
                return account::letter::open(&self.settings().key, job, &sealed).map(Some);
            }
        };
        let caller = self.robot(job.org_id, 0, now)?;
        let letter =
            self.db().read(|tx| self.read(&caller, tx, |cx| compose(cx, &payload, base)))?;
        let Some(mut letter) = letter else { return Ok(None) };
        letter.unsubscribe = self.unsubscribe_token(job.org_id, payload.user)?;
        Ok(Some(letter))
    }

    /// Notes that a letter was sent, or need not be.
    ///
    /// # Errors
    /// The database fails, or the lease was lost.
    pub fn letter_sent(&self, job: &Job, now: Instant, last: i64) -> Result<()> {
        let task = Task::of(job)?;
        let (caller, job) = (self.robot(job.org_id, 0, now)?, job.clone());
        self.write_now(&caller, move |cx| {
            if let Task::Notices(payload) = &task {
                cx.tx.exec(store::MAILED, &[&cx.dict.org_id, &payload.user, &last])?;
            }
            job::store::done(cx.tx, &job)
        })
    }

    fn unsubscribe_token(&self, org: i64, user: i64) -> Result<String> {
        let parts: [&[u8]; 2] = [&org.to_be_bytes(), &user.to_be_bytes()];
        let mac = self.settings().key.mac(PURPOSE, &parts)?;
        Ok(format!("{org}.{user}.{}", HEXLOWER.encode(&mac)))
    }

    /// Whom an unsubscribing link belongs to: organisation and user.
    pub fn unsubscriber(&self, token: &str) -> Option<(i64, i64)> {
        let mut parts = token.split('.');
        let org: i64 = parts.next()?.parse().ok()?;
        let user: i64 = parts.next()?.parse().ok()?;
        let real = self.unsubscribe_token(org, user).ok()?;
        secret::equal(real.as_bytes(), token.as_bytes()).then_some((org, user))
    }

    /// Sends no more letters to whom a link belongs.
    ///
    /// # Errors
    /// The database fails.
    pub fn unsubscribe(&self, org: i64, user: i64) -> Result<()> {
        self.db().write_now(|tx| -> Result<()> {
            tx.exec(store::SET_MODE, &[&org, &user, &Mode::Off.name()])?;
            Ok(())
        })
    }
}

fn compose(cx: &mut Cx<'_, '_>, payload: &Payload, base: &str) -> Result<Option<Letter>> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let Some(reader) = Actor::of(&dict, payload.user) else { return Ok(None) };
    let Some(member) = dict.users.get(payload.user) else { return Ok(None) };
    let (org, user) = (dict.org_id, payload.user);
    let rows: Vec<NoticeRow> = if payload.notice == 0 {
        cx.tx.all(store::UNMAILED, &[&org, &user, &MOST])?
    } else {
        cx.tx.all(store::ONE, &[&org, &user, &payload.notice])?
    };
    let lang = member.body.language.as_deref().and_then(Lang::from_accept);
    let lang = lang.or_else(|| Lang::from_accept(&dict.org.language)).unwrap_or_default();
    let mut letter = Letter {
        to: member.body.email.clone(),
        name: member.name.get(lang).to_owned(),
        ..Letter::default()
    };
    let mut told = 0;
    for row in &rows {
        let Some(loaded) = crate::issue::store::by_id(cx, row.issue_id)? else { continue };
        // Rights may have changed since the notification was made.
        if !access::may(&dict, &reader, &loaded.issue, Right::Read) {
            continue;
        }
        let issue = loaded.full(cx)?;
        add(cx, &mut letter, row, &issue, (lang, base))?;
        letter.last = letter.last.max(row.id);
        told += 1;
    }
    if told == 0 || letter.to.is_empty() {
        return Ok(None);
    }
    if told > 1 {
        letter.subject = text(lang, "Изменения в ваших задачах", "Changes of your issues");
        letter.headers = vec![("X-Tracker", "yes".to_owned())];
        letter.thread = None;
    }
    Ok(Some(letter))
}

fn text(lang: Lang, ru: &str, en: &str) -> String {
    Name::new(ru, en).get(lang).to_owned()
}

/// Adds a notification to a letter.
fn add(
    cx: &mut Cx<'_, '_>,
    letter: &mut Letter,
    row: &NoticeRow,
    issue: &Issue,
    (lang, base): (Lang, &str),
) -> Result<()> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let event = events::one(cx, row.issue_id, row.event_id)?;
    let body = event.map(|event| serde_json::from_str(&event.body)).transpose();
    let body: EventBody = body.map_err(Error::internal)?.unwrap_or_default();
    let (key, summary) = (issue.key(&dict), issue.text(no::SUMMARY));
    let actor = dict.users.get(row.actor).map_or("", |user| user.name.get(lang));
    let subject = format!("[{key}] {summary}");
    let out = &mut letter.text;
    // Writing into a String cannot fail.
    let _ = writeln!(out, "{actor} {} {key} {summary}\n{base}/{key}\n", did(&row.kind, lang));
    let on = Occasion::new(cx, row.kind.clone(), row.actor, body, issue);
    let mut before = Scene::new(cx, on.before.clone(), row.actor)?;
    let mut after = Scene::new(cx, on.after.clone(), row.actor)?;
    (before.lang, after.lang) = (lang, lang);
    let mut changed = Vec::new();
    for delta in &on.body.fields {
        let Some(field) = dict.fields.get(i64::from(delta.0)) else { continue };
        changed.push(field.key.clone());
        let path = format!("issue.{}", field.key);
        let (from, to) = (before.value(&dict, &path), after.value(&dict, &path));
        if from != to && row.kind != "IssueCreated" {
            let none = "—".to_owned();
            let shown = |value: String| if value.is_empty() { none.clone() } else { value };
            let (from, to) = (shown(from), shown(to));
            let _ = writeln!(out, "{}: {from} → {to}", field.name.get(lang));
        }
    }
    for said in on.body.comments.iter().filter_map(|comment| comment.to.as_ref()) {
        let _ = writeln!(out, "\n{said}");
    }
    let _ = writeln!(out);
    letter.headers = headers(&after, &dict, row, &changed);
    letter.subject = subject;
    letter.thread = Some(issue.hex());
    Ok(())
}

/// What somebody did, as a verb.
fn did(kind: &str, lang: Lang) -> String {
    let (ru, en) = match kind {
        "IssueCreated" => ("создал(а) задачу", "created"),
        "IssueCommentAdded" => ("прокомментировал(а) задачу", "commented on"),
        "IssueWorkflow" => ("перевёл(а) в другой статус задачу", "changed the status of"),
        "IssueMoved" => ("перенёс(ла) задачу", "moved"),
        _ => ("изменил(а) задачу", "changed"),
    };
    text(lang, ru, en)
}

fn headers(
    scene: &Scene,
    dict: &crate::dict::Dict,
    row: &NoticeRow,
    changed: &[String],
) -> Vec<(&'static str, String)> {
    let mut headers = vec![("X-Tracker", "yes".to_owned())];
    for (name, path) in [
        ("X-Tracker-Key", "issue.key"),
        ("X-Tracker-Queue", "issue.queue.key"),
        ("X-Tracker-Priority", "issue.priority.key"),
        ("X-Tracker-IssueType", "issue.type.key"),
        ("X-Tracker-Reporter", "issue.author.login"),
        ("X-Tracker-Assignee", "issue.assignee.login"),
        ("X-Tracker-From", "currentUser.login"),
    ] {
        let value = scene.value(dict, path);
        if !value.is_empty() && value.is_ascii() {
            headers.push((name, value));
        }
    }
    if row.kind != "IssueCreated" && !changed.is_empty() {
        headers.push(("X-Tracker-Changed", changed.join(",")));
    }
    if row.reason == Reason::Summon.name() {
        headers.push(("X-Tracker-Summon", "yes".to_owned()));
    }
    headers
}
