//! Any number of generated issues for load tests, written in large transactions past the domain
//! operations: a million must be practical.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_db::Param;

use super::content::{self, FillerIssue};
use crate::cx::Cx;
use crate::dict::model::{Board, Component, Field, Sprint, TypeConfig, ValueType};
use crate::dict::store as dict_store;
use crate::error::{Error, Result};
use crate::event::{self, EventBody, EventKind};
use crate::field::no;
use crate::ids::Series;
use crate::issue::value::Val;
use crate::issue::{Issue, codec};
use crate::lang::Name;
use crate::link::kinds::LinkKind;
use crate::queue::create::{NewQueue, create};
use crate::time::{Instant, day_of};
use crate::tracker::Tracker;
use crate::words;

/// Issues of one transaction.
const BATCH: u64 = 10_000;
/// Queues the issues are spread over.
const QUEUES: usize = 20;
/// Sprints the issues are planned in.
const SPRINTS: usize = 200;

/// Adds the narrow halves.
const INSERT_ISSUES: &str = "INSERT INTO issue (org_id, id, queue_id, num, version, vals) VALUES";
/// Adds the wide halves.
const INSERT_TEXTS: &str = "INSERT INTO issue_text (org_id, id, summary, plain) VALUES";
/// Adds the events of creation.
const INSERT_EVENTS: &str =
    "INSERT INTO event (org_id, issue_id, id, at, actor, kind, body) VALUES";
/// Adds the links of epics.
const INSERT_LINKS: &str =
    "INSERT INTO link (org_id, id, kind, issue_id, other_id, created_at, created_by) VALUES";
/// Moves a queue's counter.
pub const SET_NUMBER: &str =
    "UPDATE queue_number SET last = last + $3 WHERE org_id = $1 AND queue_id = $2";
/// Reads a queue's counter.
pub const LAST_NUMBER: &str = "SELECT last FROM queue_number WHERE org_id = $1 AND queue_id = $2";

/// Every statement of this module with a fixed text.
pub const ALL_SQL: &[&str] = &[SET_NUMBER, LAST_NUMBER];

/// Adds `count` generated issues to an organisation; `progress` hears how many are done.
///
/// # Errors
/// The database fails, or the organisation has no members.
pub fn fill(
    tracker: &Tracker,
    org: i64,
    count: u64,
    seed: u64,
    now: Instant,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let people: Vec<i64> = {
        let world = tracker.world();
        let dict = world.org(org).ok_or_else(|| Error::internal("no such organisation"))?;
        dict.users.iter().map(|u| u.id).collect()
    };
    let lead = *people.first().ok_or_else(|| Error::internal("the organisation has no members"))?;
    let caller = tracker.robot(org, lead, now)?;
    let queues = tracker.write_now(&caller, move |cx| ensure_queues(cx, lead))?;
    let sprints = tracker.write_now(&caller, move |cx| ensure_sprints(cx, lead))?;
    let plan = Arc::new(Plan { queues, sprints, people, seed, now });
    let mut done = 0;
    while done < count {
        let batch = BATCH.min(count - done);
        let plan = Arc::clone(&plan);
        tracker.write_now(&caller, move |cx| plan.write(cx, done, batch))?;
        done += batch;
        progress(done);
    }
    // Nobody is told of what was made up.
    tracker.skip_events()?;
    tracker.rebuild_indexes()
}

/// What the generated numbers are turned into.
struct Plan {
    queues: Vec<FillerQueue>,
    sprints: Vec<i64>,
    people: Vec<i64>,
    seed: u64,
    now: Instant,
}

#[derive(Clone)]
struct FillerQueue {
    id: i64,
    types: Vec<i64>,
    epic: i64,
    /// A local field with a text.
    local: no::FieldNo,
    components: Vec<i64>,
    open: Vec<i64>,
    closed: Vec<i64>,
    resolutions: Vec<i64>,
}

fn queue_key(i: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(i % 26).unwrap_or(0));
    format!("LOAD{letter}")
}

fn ensure_queues(cx: &mut Cx<'_, '_>, lead: i64) -> Result<Vec<FillerQueue>> {
    (0..QUEUES).map(|i| ensure_queue(cx, &queue_key(i), i, lead)).collect()
}

/// A board with sprints that the issues are planned in.
fn ensure_sprints(cx: &mut Cx<'_, '_>, lead: i64) -> Result<Vec<i64>> {
    const BOARD: &str = "Load";
    let known = cx.dict.boards.iter().find(|board| board.body.name == BOARD).map(|b| b.id);
    if let Some(board) = known {
        let own = cx.dict.sprints.iter().filter(|sprint| sprint.body.board == board);
        return Ok(own.map(|sprint| sprint.id).collect());
    }
    let board = Board {
        name: BOARD.to_owned(),
        owner: lead,
        created_by: lead,
        created_at: cx.now,
        updated_at: cx.now,
        sprints: true,
        ..Board::default()
    };
    let board = dict_store::insert(cx, "", board)?.id;
    (1..=SPRINTS)
        .map(|n| {
            let name = format!("Load {n}");
            let body = Sprint { name, board, created_at: cx.now, ..Sprint::default() };
            dict_store::insert(cx, "", body).map(|sprint| sprint.id)
        })
        .collect()
}

fn ensure_queue(cx: &mut Cx<'_, '_>, key: &str, i: usize, lead: i64) -> Result<FillerQueue> {
    let id = match cx.dict.queues.by_key(key) {
        Some(queue) => queue.id,
        None => make_queue(cx, key, i, lead)?,
    };
    let dict = Arc::clone(&cx.dict);
    let queue = dict.queues.get(id).ok_or_else(|| Error::internal("a queue vanished"))?;
    let config = queue.body.types.first();
    let workflow = config.and_then(|c| dict.workflows.get(c.workflow));
    let steps = workflow.map_or(&[][..], |w| w.body.steps.as_slice());
    let epic = dict.types.by_key("epic").map_or(0, |epic| epic.id);
    let local = dict.fields.iter().find(|f| f.body.queue == Some(id)).map_or(0, |f| f.id);
    let of = |closed| {
        let steps = steps.iter().filter(move |s| s.status_type.is_closed() == closed);
        steps.map(|s| s.status).collect::<Vec<_>>()
    };
    Ok(FillerQueue {
        id,
        types: queue.body.types.iter().map(|t| t.issue_type).filter(|t| *t != epic).collect(),
        epic,
        local: no::FieldNo::try_from(local).map_err(Error::internal)?,
        components: dict.components_of.get(&id).cloned().unwrap_or_default(),
        open: of(false),
        closed: of(true),
        resolutions: config.map(|c| c.resolutions.clone()).unwrap_or_default(),
    })
}

fn make_queue(cx: &mut Cx<'_, '_>, key: &str, i: usize, lead: i64) -> Result<i64> {
    let workflow = cx.dict.workflows.by_key("developmentPresetWorkflow").map(|w| w.id);
    let resolutions: Vec<i64> = cx.dict.resolutions.iter().map(|r| r.id).take(5).collect();
    let types: Vec<TypeConfig> = ["task", "bug", "improvement", "story", "epic"]
        .iter()
        .filter_map(|key| cx.dict.types.by_key(key))
        .map(|t| TypeConfig {
            issue_type: t.id,
            workflow: workflow.unwrap_or_default(),
            resolutions: resolutions.clone(),
        })
        .collect();
    let queue = NewQueue {
        key: key.to_owned(),
        name: format!("Load {}", i + 1),
        lead,
        default_type: types.first().map_or(0, |t| t.issue_type),
        default_priority: cx.dict.priorities.by_key("normal").map_or(0, |p| p.id),
        types,
        ..NewQueue::default()
    };
    let queue = create(cx, queue)?;
    for n in 1..=5 {
        let body =
            Component { queue: queue.id, name: format!("Component {n}"), ..Component::default() };
        dict_store::insert(cx, "", body)?;
    }
    let field = Field {
        name: Name::new("Код", "Code"),
        value_type: ValueType::String,
        category: 1,
        queue: Some(queue.id),
        ..Field::default()
    };
    dict_store::insert(cx, &format!("{:024x}--code", queue.id), field)?;
    Ok(queue.id)
}

fn pick<T: Copy + Default>(list: &[T], index: usize) -> T {
    if list.is_empty() {
        T::default()
    } else {
        list.get(index % list.len()).copied().unwrap_or_default()
    }
}

impl Plan {
    fn write(&self, cx: &mut Cx<'_, '_>, from: u64, count: u64) -> Result<()> {
        let org = cx.dict.org_id;
        let dict = Arc::clone(&cx.dict);
        let mut numbers = Vec::with_capacity(self.queues.len());
        for queue in &self.queues {
            let (last,): (i64,) = cx.tx.one(LAST_NUMBER, &[&org, &queue.id])?;
            numbers.push((last, 0_i64));
        }
        let mut rows = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        // The last epic of each queue within this batch.
        let mut epics = vec![None; self.queues.len()];
        for i in from..from + count {
            let filler = content::filler(i, self.seed);
            let place = usize::try_from(i).unwrap_or(0) % self.queues.len();
            let (Some(queue), Some(number)) = (self.queues.get(place), numbers.get_mut(place))
            else {
                continue;
            };
            number.1 += 1;
            let id = cx.next(Series::Issue)?;
            let mut issue = self.issue(queue, id, number.0 + number.1, &filler);
            let epic = epics.get_mut(place).ok_or_else(|| Error::internal("no such place"))?;
            self.place(queue, &mut issue, i, epic);
            let event = cx.next(Series::Event)?;
            let link = match issue.one(no::EPIC) {
                Some(epic) => Some((cx.next(Series::Link)?, epic)),
                None => None,
            };
            rows.push(Row::new(&dict, &issue, event, link)?);
        }
        insert(cx, org, &rows)?;
        for (queue, (_, added)) in self.queues.iter().zip(&numbers) {
            cx.tx.exec(SET_NUMBER, &[&org, &queue.id, added])?;
        }
        Ok(())
    }

    /// Of twenty issues of a queue the first is an epic, and some of the others belong to it.
    fn place(&self, queue: &FillerQueue, issue: &mut Issue, i: u64, epic: &mut Option<i64>) {
        let round = i / self.queues.len() as u64;
        if round.is_multiple_of(20) && queue.epic != 0 {
            *epic = Some(issue.id);
            issue.set(no::TYPE, Some(Val::Ref(queue.epic)));
        } else if round.is_multiple_of(3) {
            issue.set(no::EPIC, epic.map(Val::Ref));
        }
        if round % 5 == 2 {
            let sprint = pick(&self.sprints, usize::try_from(i / 97).unwrap_or(0));
            issue.set(no::SPRINT, Some(Val::Refs(vec![sprint])));
        }
        if round % 4 == 1 {
            issue.set(queue.local, Some(Val::Text(format!("code-{}", i * 7919 % 500))));
        }
    }

    fn issue(&self, queue: &FillerQueue, id: i64, num: i64, f: &FillerIssue) -> Issue {
        let minutes = |ago: u32| self.now - i64::from(ago) * 60_000;
        let author = pick(&self.people, f.author);
        let mut issue = Issue::new(id, queue.id, num, 1);
        let mut set = |field, val| issue.set(field, Some(val));
        set(no::SUMMARY, Val::Text(f.summary.clone()));
        set(no::DESCRIPTION, Val::Text(f.description.clone()));
        set(no::TYPE, Val::Ref(pick(&queue.types, f.kind)));
        set(no::PRIORITY, Val::Ref(i64::try_from(f.priority % 5).unwrap_or(0) + 1));
        set(no::CREATED_AT, Val::At(minutes(f.created_ago)));
        set(no::CREATED_BY, Val::Ref(author));
        set(no::UPDATED_AT, Val::At(minutes(f.updated_ago)));
        set(no::UPDATED_BY, Val::Ref(author));
        set(no::STATUS_START_TIME, Val::At(minutes(f.updated_ago)));
        let (status, kind) = if f.closed {
            (pick(&queue.closed, f.status), 3)
        } else {
            (pick(&queue.open, f.status), 1)
        };
        set(no::STATUS, Val::Ref(status));
        set(no::STATUS_TYPE, Val::Ref(kind));
        if f.closed {
            set(no::RESOLUTION, Val::Ref(pick(&queue.resolutions, f.status)));
            set(no::RESOLVED_AT, Val::At(minutes(f.updated_ago)));
            set(no::RESOLVED_BY, Val::Ref(author));
        }
        set(no::TAGS, Val::Texts(f.tags.iter().map(|t| format!("tag-{t}")).collect()));
        let refs = |list: Option<i64>| Val::Refs(list.into_iter().collect());
        set(no::FOLLOWERS, refs(f.follower.map(|i| pick(&self.people, i))));
        set(no::COMPONENTS, refs(f.component.map(|i| pick(&queue.components, i))));
        let today = day_of(self.now);
        issue.set(no::ASSIGNEE, f.assignee.map(|i| Val::Ref(pick(&self.people, i))));
        issue.set(no::START, f.start_day.map(|d| Val::Day(today + d)));
        issue.set(no::DEADLINE, f.deadline_day.map(|d| Val::Day(today + d)));
        issue.set(no::STORY_POINTS, f.story_points.map(|n| Val::Num(f64::from(n))));
        issue
    }
}

/// The stored form of one generated issue.
struct Row {
    id: i64,
    queue: i64,
    num: i64,
    vals: Vec<u8>,
    summary: String,
    plain: String,
    event: i64,
    at: i64,
    actor: i64,
    body: String,
    description: String,
    /// Number of the link to the epic, and the epic.
    link: Option<(i64, i64)>,
}

impl Row {
    fn new(
        dict: &crate::dict::Dict,
        issue: &Issue,
        event: i64,
        link: Option<(i64, i64)>,
    ) -> Result<Self> {
        let status = Json::from(issue.status());
        let body = EventBody {
            fields: vec![event::FieldDelta(no::STATUS, Json::Null, status)],
            ..EventBody::default()
        };
        Ok(Self {
            id: issue.id,
            queue: issue.queue,
            num: issue.num,
            vals: codec::encode_vals(issue, &dict.field_index),
            summary: issue.text(no::SUMMARY).to_owned(),
            plain: codec::encode_plain(issue, &dict.field_index),
            event,
            at: issue.created(),
            actor: issue.one(no::CREATED_BY).unwrap_or_default(),
            body: serde_json::to_string(&body).map_err(Error::internal)?,
            description: issue.text(no::DESCRIPTION).to_owned(),
            link,
        })
    }
}

fn insert(cx: &mut Cx<'_, '_>, org: i64, rows: &[Row]) -> Result<()> {
    let version = 1_i64;
    let kind = EventKind::IssueCreated.name();
    let mut values: Vec<&dyn Param> = Vec::with_capacity(rows.len() * 7);
    for r in rows {
        let row: [&dyn Param; 6] = [&org, &r.id, &r.queue, &r.num, &version, &r.vals];
        values.extend(row);
    }
    cx.tx.insert_many(INSERT_ISSUES, 6, &values)?;
    values.clear();
    for r in rows {
        let row: [&dyn Param; 4] = [&org, &r.id, &r.summary, &r.plain];
        values.extend(row);
    }
    cx.tx.insert_many(INSERT_TEXTS, 4, &values)?;
    values.clear();
    for r in rows {
        let row: [&dyn Param; 7] = [&org, &r.id, &r.event, &r.at, &r.actor, &kind, &r.body];
        values.extend(row);
    }
    cx.tx.insert_many(INSERT_EVENTS, 7, &values)?;
    values.clear();
    let epic = LinkKind::Epic.key();
    for r in rows {
        if let Some((id, other)) = &r.link {
            let row: [&dyn Param; 7] = [&org, id, &epic, other, &r.id, &r.at, &r.actor];
            values.extend(row);
        }
    }
    cx.tx.insert_many(INSERT_LINKS, 7, &values)?;
    let texts = |r: &'_ Row| {
        (r.id, vec![(no::SUMMARY, r.summary.clone()), (no::DESCRIPTION, r.description.clone())])
    };
    words::indexer::store_now(cx.tx, org, rows.iter().map(texts))
}
