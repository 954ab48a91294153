//! The demo company: its organisation, people, queues and a history of issues, played through the
//! same operations that requests use, each at its own time and in the name of its own person.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::links::{AddLink, LinkCreate};
use trackway_api::transitions::ExecuteTransition;
use trackway_api::types::Members;

use super::agile;
use super::content::{self, Action, IssueSeed, Language, Level, Person, QueueSeed};
use crate::account::password::{self, Password};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::model::{Component, Group, Member, TypeConfig, Version};
use crate::dict::store;
use crate::error::{Code, Error, Result};
use crate::lang::Name;
use crate::oauth::ScopeSet;
use crate::org::NewOrg;
use crate::queue::create::{NewQueue, create};
use crate::time::{DAY_MS, Instant, day_of, day_text, span_text};
use crate::tracker::Tracker;
use crate::{comment, issue, link, transition};

const MINUTE_MS: i64 = 60_000;

/// How to get into the demo installation.
#[derive(Clone, Debug)]
pub struct Access {
    /// Organisation id for API.
    pub org_id: String,
    /// The same organisation in the cloud's name space.
    pub cloud_org_id: String,
    /// Login of the administrator.
    pub login: String,
    /// Password of everybody.
    pub password: String,
    /// Login of somebody with full access who administers nothing.
    pub user_login: String,
    /// Token of the administrator.
    pub token: String,
    /// Token of somebody with full access who administers nothing.
    pub user_token: String,
    /// Token of somebody who may only read.
    pub read_only_token: String,
    /// Another organisation.
    pub second_org_id: String,
    /// Token of its administrator, who is no member of the first.
    pub second_token: String,
    /// A queue with issues.
    pub queue: String,
}

/// A token that is the same for the same seed. Demo data is public; nothing else is to be kept
/// under such a token.
fn demo_token(seed: u64, whose: &str) -> String {
    let digest = Sha256::digest(format!("trackway demo {seed} {whose}"));
    let mut bytes = [0_u8; 32];
    bytes.copy_from_slice(&digest);
    crate::token::from_bytes(&bytes)
}

fn digits(seed: u64, n: u64) -> String {
    (7_400_000 + (seed.wrapping_mul(31) % 90_000) * 10 + n).to_string()
}

fn cloud(seed: u64, n: u64) -> String {
    format!("bpfdemo{:0>13}", format!("{:x}", (seed % 0xffff_ffff) * 16 + n))
}

/// The password of everybody in the demo: as public as the rest of it.
fn password_of(seed: u64) -> String {
    let digest = Sha256::digest(format!("trackway demo {seed} password"));
    let digits = data_encoding::HEXLOWER.encode(digest.get(..5).unwrap_or_default());
    format!("demo-{digits}")
}

/// The organisation ids and tokens that [`install`] gives out for a seed.
pub fn access(seed: u64) -> Access {
    let company = content::company();
    let first =
        |level: Level| company.people.iter().find(|p| p.level == level).map_or("", |p| p.login);
    let admin = first(Level::Admin);
    Access {
        org_id: digits(seed, 1),
        cloud_org_id: cloud(seed, 1),
        login: admin.to_owned(),
        password: password_of(seed),
        user_login: first(Level::Full).to_owned(),
        token: demo_token(seed, admin),
        user_token: demo_token(seed, first(Level::Full)),
        read_only_token: demo_token(seed, first(Level::ReadOnly)),
        second_org_id: digits(seed, 2),
        second_token: demo_token(seed, "second"),
        queue: company.queues.first().map_or("", |q| q.key).to_owned(),
    }
}

/// Makes the demo company, its history ending at `now`.
///
/// # Errors
/// The database fails, or the company is there already.
pub fn install(tracker: &Tracker, seed: u64, now: Instant) -> Result<Access> {
    let company = content::company();
    let access = access(seed);
    let org = tracker.create_org(&NewOrg {
        name: Name::new(company.name.ru, company.name.en),
        org_id: access.org_id.clone(),
        cloud_id: access.cloud_org_id.clone(),
    })?;
    let people = people(tracker, org, company.people, now)?;
    for (person, uid) in company.people.iter().zip(&people) {
        let token = demo_token(seed, person.login);
        tracker.store_token(&token, *uid, ScopeSet::api(), "demo", None, now)?;
    }
    let stranger = second(tracker, &access, now)?;
    let settings = tracker.settings();
    let given = Password::from(access.password.as_str());
    let phc = password::hash(&given, &settings.peppers, &mut password::Memory::default())?;
    tracker.db().write_now(|tx| {
        let everybody = people.iter().chain([&stranger]);
        everybody.copied().try_for_each(|uid| password::set(tx, uid, &phc, now))
    })?;
    let admin = people.first().copied().unwrap_or_default();
    let caller = tracker.robot(org, admin, now)?;
    tracker.write_now(&caller, move |cx| Story::new(&people, now).play(cx, seed))?;
    Ok(access)
}

fn people(tracker: &Tracker, org: i64, people: &[Person], now: Instant) -> Result<Vec<i64>> {
    let mut groups = Vec::new();
    for group in content::Group::ALL {
        let name = Name::new(group.name(Language::Ru), group.name(Language::En));
        let id = tracker.add_object(org, "", &Group { name, ..Group::default() })?;
        groups.push((group, id));
    }
    let members = people.iter().map(|p| member(p, &groups)).collect::<Vec<_>>();
    tracker.add_members(org, &members, now)
}

fn member(person: &Person, groups: &[(content::Group, i64)]) -> Member {
    let name = |text: content::Bilingual| Name::new(text.ru, text.en);
    let groups = groups.iter().filter(|(g, _)| *g == person.group).map(|(_, id)| *id);
    Member {
        login: person.login.to_owned(),
        first_name: name(person.first),
        last_name: name(person.last),
        email: person.email(),
        position: name(person.position),
        admin: person.level == Level::Admin,
        full: person.level != Level::ReadOnly,
        groups: groups.collect(),
        ..Member::default()
    }
}

/// A second organisation shows that organisations do not see each other.
fn second(tracker: &Tracker, access: &Access, now: Instant) -> Result<i64> {
    let org = tracker.create_org(&NewOrg {
        name: Name::new("Другая организация", "Another organisation"),
        org_id: access.second_org_id.clone(),
        cloud_id: format!("{}b", &access.cloud_org_id.get(..19).unwrap_or_default()),
    })?;
    let admin = Member {
        login: "second-admin".to_owned(),
        first_name: Name::new("Вторая", "Second"),
        last_name: Name::new("Администратор", "Administrator"),
        admin: true,
        full: true,
        ..Member::default()
    };
    let uid = tracker.add_member(org, &admin, now)?;
    tracker.store_token(&access.second_token, uid, ScopeSet::api(), "demo", None, now)?;
    let caller = tracker.robot(org, uid, now)?;
    tracker.write_now(&caller, move |cx| {
        let workflow = cx.dict.workflows.by_key("quickStartV2PresetWorkflow").map(|w| w.id);
        let task = cx.dict.types.by_key("task").map(|t| t.id).unwrap_or_default();
        let queue = NewQueue {
            key: "OTHER".to_owned(),
            name: "Other".to_owned(),
            lead: uid,
            default_type: task,
            default_priority: normal(cx),
            types: vec![type_config(cx, task, workflow.unwrap_or_default(), &["fixed"])],
            ..NewQueue::default()
        };
        create(cx, queue).map(drop)
    })?;
    Ok(uid)
}

fn normal(cx: &Cx<'_, '_>) -> i64 {
    cx.dict.priorities.by_key("normal").map(|p| p.id).unwrap_or_default()
}

fn type_config(
    cx: &Cx<'_, '_>,
    issue_type: i64,
    workflow: i64,
    resolutions: &[&str],
) -> TypeConfig {
    let resolutions = resolutions.iter().filter_map(|key| cx.dict.resolutions.by_key(key));
    TypeConfig { issue_type, workflow, resolutions: resolutions.map(|r| r.id).collect() }
}

/// What is known while the story is played.
struct Story<'a> {
    people: &'a [i64],
    now: Instant,
    keys: Vec<String>,
}

/// One thing that happens.
enum Deed<'s> {
    Create(&'s IssueSeed),
    Link(usize, &'s content::LinkSeed),
    Act(usize, Action<'s>),
}

impl<'a> Story<'a> {
    fn new(people: &'a [i64], now: Instant) -> Self {
        Self { people, now, keys: Vec::new() }
    }

    fn play(mut self, cx: &mut Cx<'_, '_>, seed: u64) -> Result<()> {
        let company = content::company();
        for queue in company.queues {
            self.queue(cx, queue)?;
        }
        agile::directory(cx, self.people)?;
        agile::boards(cx, self.now)?;
        let issues = content::issues(seed);
        for (at, deed) in self.timeline(&issues) {
            cx.now = at;
            match deed {
                Deed::Create(seed) => self.create(cx, seed)?,
                Deed::Link(from, seed) => self.link(cx, from, seed)?,
                Deed::Act(i, action) => self.act(cx, i, &action)?,
            }
        }
        cx.now = self.now;
        agile::aids(cx, self.people)?;
        Self::archive(cx)
    }

    /// Everything that happens, in order of time. Issues are created in the order of the list, on
    /// which the keys inside texts rely.
    fn timeline<'s>(&self, issues: &'s [IssueSeed]) -> Vec<(Instant, Deed<'s>)> {
        let mut deeds = Vec::new();
        for (i, seed) in issues.iter().enumerate() {
            let created = self.now - i64::from(seed.created_ago) * MINUTE_MS;
            deeds.push((created, Deed::Create(seed)));
            deeds.extend(seed.links.iter().map(|l| (created + MINUTE_MS, Deed::Link(i, l))));
            deeds.extend(seed.timeline().into_iter().map(|(minutes, action)| {
                let at = created + i64::from(minutes) * MINUTE_MS;
                (at.min(self.now), Deed::Act(i, action))
            }));
        }
        deeds.sort_by_key(|(at, deed)| (*at, matches!(deed, Deed::Act(..) | Deed::Link(..))));
        deeds
    }

    fn uid(&self, person: usize) -> i64 {
        self.people.get(person).copied().unwrap_or_default()
    }

    fn by_login(&self, login: &str) -> i64 {
        content::company().person(login).map_or(0, |i| self.uid(i))
    }

    fn queue(&self, cx: &mut Cx<'_, '_>, seed: &QueueSeed) -> Result<()> {
        let workflow = cx.dict.workflows.by_key(seed.workflow).map(|w| w.id).unwrap_or_default();
        let types: Vec<TypeConfig> = seed
            .types
            .iter()
            .filter_map(|key| cx.dict.types.by_key(key).map(|t| t.id))
            .map(|id| type_config(cx, id, workflow, seed.resolutions))
            .collect();
        let priority = cx.dict.priorities.by_key(seed.default_priority).map(|p| p.id);
        let queue = create(
            cx,
            NewQueue {
                key: seed.key.to_owned(),
                name: seed.name.ru.to_owned(),
                description: seed.description.ru.to_owned(),
                lead: self.by_login(seed.lead),
                default_type: types.first().map_or(0, |t| t.issue_type),
                default_priority: priority.unwrap_or_default(),
                types,
                team: seed.team.iter().map(|login| self.by_login(login)).collect(),
                ..NewQueue::default()
            },
        )?;
        for component in seed.components {
            let body = Component {
                queue: queue.id,
                name: component.name.to_owned(),
                description: component.description.to_owned(),
                lead: Some(self.by_login(component.lead)),
                assign_auto: component.assign_auto,
                ..Component::default()
            };
            store::insert(cx, "", body)?;
        }
        let today = day_of(self.now);
        for version in seed.versions {
            let body = Version {
                queue: queue.id,
                name: version.name.to_owned(),
                description: version.description.to_owned(),
                start: Some(today + version.start_day),
                due: Some(today + version.due_day),
                released_at: version
                    .released
                    .then(|| self.now + i64::from(version.due_day) * DAY_MS),
                released: version.released,
                ..Version::default()
            };
            store::insert(cx, "", body)?;
        }
        Ok(())
    }

    /// Issues name versions that are archived by now, so these are archived at the end.
    fn archive(cx: &mut Cx<'_, '_>) -> Result<()> {
        for seed in content::company().queues {
            let queue = cx.dict.queues.by_key(seed.key).map(|q| q.id).unwrap_or_default();
            for version in seed.versions.iter().filter(|v| v.archived) {
                let found = cx.dict.versions.by_name(version.name, |v| v.queue == queue).cloned();
                let Some(found) = found else { continue };
                let body = Version { archived: true, ..found.body.clone() };
                store::update(cx, &found, body)?;
            }
        }
        Ok(())
    }

    fn act_as(&self, cx: &mut Cx<'_, '_>, person: usize) {
        cx.actor = Arc::new(Actor::robot(self.uid(person)));
    }

    fn key(&self, issue: usize) -> Result<&str> {
        let key = self.keys.get(issue).map(String::as_str);
        key.ok_or_else(|| Error::internal("demo data mentions an issue before it exists"))
    }

    fn create(&mut self, cx: &mut Cx<'_, '_>, seed: &IssueSeed) -> Result<()> {
        self.act_as(cx, seed.author);
        let body = self.body(seed)?;
        let loaded = issue::ops::create_from(cx, &body)?;
        self.keys.push(loaded.issue.key(&cx.dict));
        Ok(())
    }

    fn body(&self, seed: &IssueSeed) -> Result<Members> {
        let company = content::company();
        let queue = company.queues.get(seed.queue);
        let queue = queue.ok_or_else(|| Error::internal("demo data names no queue"))?;
        let day = |offset: i32| Json::from(day_text(day_of(self.now) + offset));
        let components =
            seed.components.iter().filter_map(|i| Some(queue.components.get(*i)?.name));
        let versions = |list: &[usize]| {
            list.iter().filter_map(|i| Some(queue.versions.get(*i)?.name)).collect::<Vec<_>>()
        };
        let followers: Vec<i64> = seed.followers.iter().map(|i| self.uid(*i)).collect();
        let mut body = json!({
            "queue": queue.key,
            "summary": seed.summary,
            "description": seed.description,
            "type": seed.kind,
            "priority": seed.priority,
            "tags": seed.tags,
            "components": components.collect::<Vec<_>>(),
            "fixVersions": versions(&seed.fix_versions),
            "affectedVersions": versions(&seed.affected_versions),
            "assignee": seed.assignee.map(|i| self.uid(i)),
            "followers": followers,
            "storyPoints": seed.story_points,
            "sprint": agile::sprint_of(queue.key, seed),
            "estimation": seed.estimation.map(|minutes| span_text(i64::from(minutes) * 60)),
            "start": seed.start_day.map(day),
            "end": seed.end_day.map(day),
            "deadline": seed.deadline_day.map(day),
        });
        for (member, other) in [("parent", seed.parent), ("epic", seed.epic)] {
            if let Some(other) = other {
                body[member] = self.key(other)?.into();
            }
        }
        match body {
            Json::Object(members) => Ok(members),
            _ => Err(Error::internal("demo data made no object")),
        }
    }

    fn link(&self, cx: &mut Cx<'_, '_>, from: usize, seed: &content::LinkSeed) -> Result<()> {
        let target = self.key(seed.target)?;
        let link =
            LinkCreate { relationship: seed.kind.relationship().to_owned(), issue: target.into() };
        match link::ops::add(cx, &AddLink::new(self.key(from)?, link)) {
            // A text that names the other issue has linked them already.
            Err(error) if error.code == Code::LinkExists => Ok(()),
            result => result.map(drop),
        }
    }

    fn act(&self, cx: &mut Cx<'_, '_>, issue: usize, action: &Action<'_>) -> Result<()> {
        let key = self.key(issue)?;
        match action {
            Action::Step(step) => {
                self.act_as(cx, step.actor);
                let mut body = Members::new();
                if let Some(resolution) = step.resolution {
                    body.insert("resolution".to_owned(), resolution.into());
                }
                let request = ExecuteTransition::new(key, step.transition, body);
                transition::ops::execute(cx, &request).map(drop)
            }
            Action::Comment(seed) => {
                self.act_as(cx, seed.author);
                let summonees = seed.summon.iter().map(|i| self.uid(*i).into()).collect::<Vec<_>>();
                let body = CommentCreate {
                    text: Some(seed.text.clone().into()),
                    summonees: (!summonees.is_empty()).then_some(summonees),
                    ..CommentCreate::default()
                };
                comment::ops::add(cx, &AddComment::new(key, body)).map(drop)
            }
        }
    }
}
