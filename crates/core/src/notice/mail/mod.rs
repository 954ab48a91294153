//! Notifications by e-mail: what a letter says, and who wants letters at all. Sending is the
//! server's work.

mod compose;

use data_encoding::HEXLOWER;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::store;
use crate::account::{self, letter::Sealed};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::job::{self, Job, Kind, NewJob};
use crate::lang::Lang;
use crate::secret;
use crate::time::Instant;
use crate::tracker::Tracker;

/// How long notifications are gathered for one letter, in ms.
const DIGEST_MS: i64 = 3_600_000;
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

/// A letter: what it says. How that looks is the server's affair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Names the letter; the same when it is sent once more.
    pub id: String,
    /// Address of the reader.
    pub to: String,
    /// Name of the reader.
    pub name: String,
    /// Language of the reader.
    pub lang: Lang,
    /// Subject.
    pub subject: String,
    /// What it tells of, in order.
    pub parts: Vec<Part>,
    /// Why it was sent, in words.
    pub why: String,
    /// What the unsubscribing link is called.
    pub stop: String,
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

/// What a letter tells of one issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What happened, as a beginning that the issue's key and summary end.
    pub heading: String,
    /// Key of the issue.
    pub key: String,
    /// Summary of the issue.
    pub summary: String,
    /// Where people find the issue.
    pub url: String,
    /// Changed fields: name, value before, value after.
    pub changes: Vec<(String, String, String)>,
    /// Texts, in Markdown.
    pub said: Vec<String>,
}

/// What a letter is about, in the payload of its job.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Matter {
    /// One notification.
    Notice(i64),
    /// Whatever notifications wait by then.
    Waiting,
    /// What a rule has to say.
    Written(Written),
}

/// What a rule says in a letter.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    issue: i64,
    subject: String,
    text: String,
}

/// What a job for a letter says.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Task {
    Issues(Payload),
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
    about: Matter,
}

/// Writes the jobs for letters about new notifications: of each a user and its number.
///
/// # Errors
/// The database fails.
pub fn queue(cx: &mut Cx<'_, '_>, notices: &[(i64, i64)]) -> Result<()> {
    let users: Vec<i64> = notices.iter().map(|(uid, _)| *uid).collect();
    let modes = wanted(cx, &users)?;
    for (uid, notice) in notices {
        match modes.get(uid) {
            Some(Mode::Each) => {
                let payload = Payload { user: *uid, about: Matter::Notice(*notice) };
                post(cx, &payload, None, cx.now)?;
            }
            Some(Mode::Digest) => {
                let payload = Payload { user: *uid, about: Matter::Waiting };
                post(cx, &payload, Some(&format!("digest-{uid}")), cx.now + DIGEST_MS)?;
            }
            Some(Mode::Off) | None => {}
        }
    }
    Ok(())
}

/// Writes the jobs for letters in which a rule says something about an issue. Whoever wants no
/// letters gets none of these either; whoever may not read the issue gets none when it is sent.
///
/// # Errors
/// The database fails.
pub(crate) fn write(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    users: &[i64],
    subject: &str,
    text: &str,
) -> Result<()> {
    let modes = wanted(cx, users)?;
    for uid in users {
        if modes.get(uid).is_some_and(|mode| *mode != Mode::Off) {
            let (subject, text) = (subject.to_owned(), text.to_owned());
            let about = Matter::Written(Written { issue, subject, text });
            post(cx, &Payload { user: *uid, about }, None, cx.now)?;
        }
    }
    Ok(())
}

/// When users who can be reached at all want letters.
fn wanted(cx: &mut Cx<'_, '_>, users: &[i64]) -> Result<FxHashMap<i64, Mode>> {
    if !cx.mail || users.is_empty() {
        return Ok(FxHashMap::default());
    }
    let rows: Vec<(i64, String)> = cx.tx.all_by_ids(store::MODES, &[&cx.dict.org_id], users)?;
    let reachable = |uid: &i64| {
        let member = cx.dict.users.get(*uid);
        member.is_some_and(|user| !user.body.email.is_empty() && !user.body.dismissed)
    };
    let mode = |uid: &i64| {
        let set = rows.iter().find(|(user, _)| user == uid);
        set.and_then(|(_, mode)| Mode::from_name(mode)).unwrap_or_default()
    };
    Ok(users.iter().copied().filter(reachable).map(|uid| (uid, mode(&uid))).collect())
}

/// Letters to one reader keep their order.
fn post(cx: &mut Cx<'_, '_>, payload: &Payload, name: Option<&str>, run_at: Instant) -> Result<()> {
    let strand = Some(payload.user);
    let payload = serde_json::to_string(payload).map_err(Error::internal)?;
    job::enqueue(cx, &NewJob { kind: Kind::Mail, name, strand, payload, run_at })
}

impl Tracker {
    /// The letter of a job; nothing when there is nothing to tell any more. `base` is the address
    /// under which people reach the server.
    ///
    /// # Errors
    /// The database fails.
    pub fn letter(&self, job: &Job, now: Instant, base: &str) -> Result<Option<Letter>> {
        let id = format!("{}.{}.{}", job.org_id, job.id, job.created_at);
        let payload = match Task::of(job)? {
            Task::Issues(payload) => payload,
            Task::Account(sealed) => {
                let letter = account::letter::open(&self.settings().key, job, &sealed)?;
                return Ok(Some(Letter { id, ..letter }));
            }
        };
        let caller = self.robot(job.org_id, 0, now)?;
        let letter = self
            .db()
            .read(|tx| self.read(&caller, tx, |cx| compose::letter(cx, &payload, base)))?;
        let Some(mut letter) = letter else { return Ok(None) };
        letter.id = id;
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
            if let Task::Issues(payload) = &task {
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
