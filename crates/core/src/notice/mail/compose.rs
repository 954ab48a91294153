//! What letters say, in the language of their reader.

use std::sync::Arc;

use super::{Letter, Matter, Part, Payload, Written};
use crate::access::{self, Right};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::{Error, Result};
use crate::event::{EventBody, store as events};
use crate::field::no;
use crate::issue::{self, Issue};
use crate::lang::{Lang, Name};
use crate::notice::Reason;
use crate::notice::store::{self, NoticeRow};
use crate::rule::occasion::Occasion;
use crate::rule::scene::Scene;

/// Most notifications of one letter.
const MOST: i64 = 100;
/// What stands for a value that is not there.
const NONE: &str = "—";

/// Who reads a letter, and how it refers to issues.
struct Reader<'a> {
    dict: Arc<Dict>,
    actor: Actor,
    lang: Lang,
    base: &'a str,
}

/// The letter of a job; nothing when there is nothing to tell, or nobody to tell it to.
pub(super) fn letter(cx: &mut Cx<'_, '_>, payload: &Payload, base: &str) -> Result<Option<Letter>> {
    let dict = Arc::clone(&cx.dict);
    let Some(actor) = Actor::of(&dict, payload.user) else { return Ok(None) };
    let Some(member) = dict.users.get(payload.user) else { return Ok(None) };
    if member.body.email.is_empty() {
        return Ok(None);
    }
    let lang = member.body.language.as_deref().and_then(Lang::from_accept);
    let lang = lang.or_else(|| Lang::from_accept(&dict.org.language)).unwrap_or_default();
    let mut letter = Letter {
        to: member.body.email.clone(),
        name: member.name.get(lang).to_owned(),
        lang,
        stop: text(lang, "Больше не присылать писем", "Send no more letters"),
        ..Letter::default()
    };
    let reader = Reader { dict: Arc::clone(&dict), actor, lang, base };
    match &payload.about {
        Matter::Notice(id) => {
            let rows: Vec<NoticeRow> = cx.tx.all(store::ONE, &[&dict.org_id, &payload.user, id])?;
            tell(cx, &reader, &mut letter, &rows)?;
        }
        Matter::Waiting => {
            let rows: Vec<NoticeRow> =
                cx.tx.all(store::UNMAILED, &[&dict.org_id, &payload.user, &MOST])?;
            tell(cx, &reader, &mut letter, &rows)?;
        }
        Matter::Written(written) => pass_on(cx, &reader, &mut letter, written)?,
    }
    Ok(Some(letter).filter(|letter| !letter.parts.is_empty()))
}

fn text(lang: Lang, ru: &str, en: &str) -> String {
    Name::new(ru, en).get(lang).to_owned()
}

impl Reader<'_> {
    /// The issue, if the reader may read it at this moment.
    fn issue(&self, cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<Issue>> {
        let Some(loaded) = issue::store::by_id(cx, id)? else { return Ok(None) };
        // Rights may have changed since the letter was ordered.
        if !access::may(&self.dict, &self.actor, &loaded.issue, Right::Read) {
            return Ok(None);
        }
        loaded.full(cx).map(Some)
    }

    fn part(&self, issue: &Issue) -> Part {
        let key = issue.key(&self.dict);
        let summary = issue.text(no::SUMMARY).to_owned();
        Part { url: format!("{}/{key}", self.base), key, summary, ..Part::default() }
    }

    fn text(&self, ru: &str, en: &str) -> String {
        text(self.lang, ru, en)
    }
}

/// Fills a letter with what a rule says.
fn pass_on(
    cx: &mut Cx<'_, '_>,
    reader: &Reader<'_>,
    letter: &mut Letter,
    written: &Written,
) -> Result<()> {
    let Some(issue) = reader.issue(cx, written.issue)? else { return Ok(()) };
    letter.subject.clone_from(&written.subject);
    letter.why = reader.text(
        "Письмо отправлено правилом очереди.",
        "This letter was sent by a rule of the queue.",
    );
    let said = vec![written.text.clone()];
    letter.parts.push(Part { said, ..reader.part(&issue) });
    letter.thread = Some(issue.hex());
    let scene = Scene::new(cx, issue, 0)?;
    letter.headers = headers(&scene, &reader.dict);
    Ok(())
}

/// Fills a letter with notifications.
fn tell(
    cx: &mut Cx<'_, '_>,
    reader: &Reader<'_>,
    letter: &mut Letter,
    rows: &[NoticeRow],
) -> Result<()> {
    for row in rows {
        let Some(issue) = reader.issue(cx, row.issue_id)? else { continue };
        add(cx, reader, letter, row, &issue)?;
        letter.last = letter.last.max(row.id);
    }
    if letter.parts.len() > 1 {
        letter.subject = reader.text("Изменения в ваших задачах", "Changes of your issues");
        letter.why = reader.text(
            "Это сводка изменений, о которых вас уведомили.",
            "This is a digest of what you were notified of.",
        );
        letter.headers = vec![("X-Tracker", "yes".to_owned())];
        letter.thread = None;
    }
    Ok(())
}

/// Adds a notification to a letter.
fn add(
    cx: &mut Cx<'_, '_>,
    reader: &Reader<'_>,
    letter: &mut Letter,
    row: &NoticeRow,
    issue: &Issue,
) -> Result<()> {
    let dict = Arc::clone(&reader.dict);
    let event = events::one(cx, row.issue_id, row.event_id)?;
    let body = event.map(|event| serde_json::from_str(&event.body)).transpose();
    let body: EventBody = body.map_err(Error::internal)?.unwrap_or_default();
    let mut part = reader.part(issue);
    let actor = dict.users.get(row.actor).map_or("", |user| user.name.get(reader.lang));
    part.heading = format!("{actor} {}", did(&row.kind, reader.lang));
    let on = Occasion::new(cx, row.kind.clone(), row.actor, body, issue);
    let mut before = Scene::new(cx, on.before.clone(), row.actor)?;
    let mut after = Scene::new(cx, on.after.clone(), row.actor)?;
    (before.lang, after.lang) = (reader.lang, reader.lang);
    let mut changed = Vec::new();
    for delta in &on.body.fields {
        let Some(field) = dict.fields.get(i64::from(delta.0)) else { continue };
        changed.push(field.key.clone());
        let path = format!("issue.{}", field.key);
        let (from, to) = (before.value(&dict, &path), after.value(&dict, &path));
        if from != to && row.kind != "IssueCreated" {
            let shown = |value: String| if value.is_empty() { NONE.to_owned() } else { value };
            part.changes.push((field.name.get(reader.lang).to_owned(), shown(from), shown(to)));
        }
    }
    part.said = on.body.comments.iter().filter_map(|comment| comment.to.clone()).collect();
    letter.subject = format!("[{}] {}", part.key, part.summary);
    letter.why = why(&row.reason, reader.lang);
    letter.headers = headers(&after, &dict);
    letter.headers.extend(of_change(row, &before, &after, &dict, &changed));
    letter.thread = Some(issue.hex());
    letter.parts.push(part);
    Ok(())
}

/// What somebody did, as a verb.
fn did(kind: &str, lang: Lang) -> String {
    let (ru, en) = match kind {
        "IssueCreated" => ("создал(а) задачу", "created"),
        "IssueCommentAdded" => ("прокомментировал(а) задачу", "commented on"),
        "IssueWorkflow" => ("перевёл(а) в другой статус задачу", "changed the status of"),
        "IssueMoved" => ("перенёс(ла) задачу", "moved"),
        "SlaWarned" => ("предупреждает: истекает срок SLA задачи", "warns: an SLA runs out for"),
        "SlaFailed" => ("сообщает: нарушен срок SLA задачи", "tells: an SLA was missed for"),
        _ => ("изменил(а) задачу", "changed"),
    };
    text(lang, ru, en)
}

/// Why somebody gets a letter.
fn why(reason: &str, lang: Lang) -> String {
    let (ru, en) = match Reason::from_name(reason) {
        Some(Reason::Summon) => ("Вас призвали в комментарии.", "You were called in a comment."),
        Some(Reason::Assignee) => ("Вы исполнитель задачи.", "The issue is assigned to you."),
        Some(Reason::Author) => ("Вы автор задачи.", "You created the issue."),
        Some(Reason::Follower) => ("Вы наблюдаете за задачей.", "You follow the issue."),
        Some(Reason::Subscriber) => (
            "Вы подписаны на очередь, компонент, версию или цель.",
            "You subscribed to a queue, component, version or goal.",
        ),
        Some(Reason::Sla) => ("Вас указали в правиле SLA.", "An SLA rule names you."),
        None => ("Вас просили уведомить.", "You were to be told."),
    };
    text(lang, ru, en)
}

/// Headers about an issue.
fn headers(scene: &Scene, dict: &Dict) -> Vec<(&'static str, String)> {
    let mut headers = vec![("X-Tracker", "yes".to_owned())];
    headers.extend(filled(
        scene,
        dict,
        &[
            ("X-Tracker-Key", "issue.key"),
            ("X-Tracker-Queue", "issue.queue.key"),
            ("X-Tracker-Priority", "issue.priority.key"),
            ("X-Tracker-IssueType", "issue.type.key"),
            ("X-Tracker-Reporter", "issue.author.login"),
            ("X-Tracker-Assignee", "issue.assignee.login"),
            ("X-Tracker-Cc", "issue.followers.login"),
            ("X-Tracker-From", "currentUser.login"),
            ("X-Tracker-Component", "issue.components"),
            ("X-Tracker-Tags", "issue.tags"),
            ("X-Tracker-Fix-Version", "issue.fixVersions"),
            ("X-Tracker-Affected-Version", "issue.affectedVersions"),
        ],
    ));
    headers
}

/// Headers about what happened to it.
fn of_change(
    row: &NoticeRow,
    before: &Scene,
    after: &Scene,
    dict: &Dict,
    changed: &[String],
) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if row.kind != "IssueCreated" && !changed.is_empty() {
        headers.push(("X-Tracker-Changed", changed.join(",")));
    }
    if changed.iter().any(|field| field == "status") {
        headers.extend(filled(before, dict, &[("X-Tracker-Old-Status", "issue.status.key")]));
        headers.extend(filled(after, dict, &[("X-Tracker-New-Status", "issue.status.key")]));
    }
    if row.reason == Reason::Summon.name() {
        headers.push(("X-Tracker-Summon", "yes".to_owned()));
    }
    headers
}

/// Headers whose variables have a value.
fn filled(
    scene: &Scene,
    dict: &Dict,
    headers: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    let of = |(name, path): &(&'static str, &str)| {
        let value = scene.value(dict, path);
        // A value must not end a header and begin another.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        (!value.is_empty()).then_some((*name, value))
    };
    headers.iter().filter_map(of).collect()
}
