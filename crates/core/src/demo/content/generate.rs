//! Turns drafts into issues: people, texts, dates, links.

use super::company;
use super::draft::{DAY, Draft, drafts, partner_index};
use super::phrases::{self, Doubt};
use super::queues::{DEV, MARKETING, SUPPORT};
use super::rng::{Rng, mix};
use super::story::{By, When};
use super::text::{Cast, Scene};
use super::types::{CommentSeed, Company, Group, IssueSeed, Language, Level, LinkKind, LinkSeed};
use super::walk::{Walk, spread, walk};

/// The demo issues in order of creation. The same seed gives the same issues.
pub fn issues(seed: u64) -> Vec<IssueSeed> {
    let company = company();
    let mut rng = Rng::new(mix(seed));
    let drafts = drafts(&mut rng);
    let mut done: Vec<IssueSeed> = Vec::with_capacity(drafts.len());
    for index in 0..drafts.len() {
        let mut rng = Rng::new(mix(seed ^ 0x5EED).wrapping_add(mix(index as u64)));
        let maker = Maker { company, drafts: &drafts, done: &done };
        if let Some(issue) = maker.make(index, &mut rng) {
            done.push(issue);
        }
    }
    give_administrator(&mut done);
    done
}

/// Whoever tries the demo is its administrator, the first of the company, and looks for work of
/// their own: some of the issues that nobody has taken yet.
fn give_administrator(issues: &mut [IssueSeed]) {
    const ADMINISTRATOR: usize = 0;
    let free = |issue: &&mut IssueSeed| {
        issue.assignee.is_none() && issue.steps.is_empty() && issue.author != ADMINISTRATOR
    };
    for issue in issues.iter_mut().filter(free).step_by(3) {
        issue.assignee = Some(ADMINISTRATOR);
    }
}

struct Maker<'a> {
    company: Company,
    drafts: &'a [Draft],
    done: &'a [IssueSeed],
}

impl Maker<'_> {
    fn make(&self, index: usize, rng: &mut Rng) -> Option<IssueSeed> {
        let draft = self.drafts.get(index)?;
        let story = draft.story;
        let queue = self.company.queues.get(draft.queue)?;
        let components = story
            .components
            .iter()
            .filter_map(|name| queue.components.iter().position(|c| c.name == *name))
            .collect::<Vec<_>>();
        let cast = self.cast(draft, &components, rng);
        let walk = walk(draft, &cast, rng);
        let earlier = |id: &str| partner_index(self.drafts, id, draft.row).filter(|t| *t < index);
        let related =
            story.relation.and_then(|(kind, id)| Some(LinkSeed { kind, target: earlier(id)? }));
        let scene = Scene {
            people: self.company.people,
            language: story.language,
            row: story.rows.get(draft.row).copied().unwrap_or_default(),
            client: draft.client,
            reference: related.and_then(|link| self.key(link.target)),
            number: rng.range(5, 20),
            // A last digit from 5 to 9 asks for the genitive plural, as the texts have it.
            long_number: rng.range(102, 987) * 10 + rng.range(5, 9),
            cast,
        };
        let comments = comments(draft, &walk, &scene, rng);
        let (fix_versions, affected_versions) = self.versions(draft, &walk, rng);
        let links = self.links(draft, index, related, &fix_versions, rng);
        let auto =
            components.iter().any(|c| queue.components.get(*c).is_some_and(|c| c.assign_auto));
        let idle = walk.steps.is_empty() && comments.iter().all(|c| c.author != cast.assignee);
        let dates = Dates::new(draft, &walk, rng);
        Some(IssueSeed {
            queue: draft.queue,
            number: self.next_number(draft.queue),
            language: story.language,
            kind: story.kind,
            priority: priority(story.priority, rng),
            summary: scene.render(story.summary, cast.author).text,
            description: scene.describe(story.text, rng),
            tags: tags(draft, rng),
            components,
            fix_versions,
            affected_versions,
            author: cast.author,
            assignee: (!idle || auto || rng.chance(40)).then_some(cast.assignee),
            followers: self.followers(draft, &cast, rng),
            story_points: (story.points > 0 && rng.chance(85)).then(|| points(story.points, rng)),
            estimation: (story.points > 0 && rng.chance(60))
                .then(|| story.points * 240 + rng.range(0, 4) * 60),
            start_day: dates.start,
            end_day: dates.end,
            deadline_day: dates.deadline,
            created_ago: draft.created_ago,
            parent: earlier(story.parent),
            epic: earlier(story.epic),
            links,
            steps: walk.steps,
            comments,
        })
    }

    fn next_number(&self, queue: usize) -> u32 {
        let before = self.done.iter().filter(|i| i.queue == queue).count();
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn key(&self, issue: usize) -> Option<String> {
        let issue = self.done.get(issue)?;
        let queue = self.company.queues.get(issue.queue)?;
        Some(format!("{}-{}", queue.key, issue.number))
    }

    /// Who plays which part. Parts go to different people as far as the language allows.
    fn cast(&self, draft: &Draft, components: &[usize], rng: &mut Rng) -> Cast {
        let own = match draft.queue {
            DEV => Group::Development,
            SUPPORT => Group::Support,
            _ => Group::Marketing,
        };
        let other = if draft.queue == MARKETING { Group::Support } else { Group::Development };
        let queue = self.company.queues.get(draft.queue);
        let tester = self.company.person("ksenia.ryabova").unwrap_or(0);
        let assignee = self.assignee(draft, components, own, tester, rng);
        let author_from = draft.story.from.unwrap_or(own);
        let author = self.someone(author_from, draft, &[assignee, tester], rng);
        let colleague = self.someone(other, draft, &[assignee, author, tester], rng);
        let lead = queue
            .and_then(|q| self.company.person(q.lead))
            .filter(|lead| ![assignee, author, colleague].contains(lead))
            .unwrap_or_else(|| self.someone(Group::Management, draft, &[author, assignee], rng));
        Cast { author, assignee, colleague, tester, lead }
    }

    /// The component's lead more often than anybody else, always where leads are automatic.
    fn assignee(
        &self,
        draft: &Draft,
        components: &[usize],
        group: Group,
        tester: usize,
        rng: &mut Rng,
    ) -> usize {
        let queue = self.company.queues.get(draft.queue);
        let lead = queue
            .zip(components.first())
            .and_then(|(q, first)| q.components.get(*first))
            .filter(|c| rng.chance(if c.assign_auto { 80 } else { 40 }))
            .and_then(|c| self.company.person(c.lead))
            .filter(|p| self.speaks(*p, draft.story.language));
        lead.unwrap_or_else(|| self.someone(group, draft, &[tester], rng))
    }

    fn speaks(&self, person: usize, language: Language) -> bool {
        let own = self.company.people.get(person).map(|p| p.language);
        language == Language::En || own == Some(Language::Ru)
    }

    /// Anybody of the department who may write, speaks the language and is not among `taken`;
    /// somebody of the management when nobody is left.
    fn someone(&self, group: Group, draft: &Draft, taken: &[usize], rng: &mut Rng) -> usize {
        let language = draft.story.language;
        let fits = |wanted: Group, index: usize| {
            self.company.people.get(index).is_some_and(|p| {
                p.group == wanted && p.level != Level::ReadOnly && self.speaks(index, language)
            }) && !taken.contains(&index)
        };
        let everybody = 0..self.company.people.len();
        let mut pool: Vec<usize> = everybody.clone().filter(|i| fits(group, *i)).collect();
        let native =
            |i: &usize| self.company.people.get(*i).is_some_and(|p| p.language == language);
        if pool.iter().any(native) && rng.chance(80) {
            pool.retain(native);
        }
        if pool.is_empty() {
            pool = everybody.filter(|i| fits(Group::Management, *i)).collect();
        }
        rng.pick(&pool).copied().unwrap_or(0)
    }

    fn followers(&self, draft: &Draft, cast: &Cast, rng: &mut Rng) -> Vec<usize> {
        let wanted = [0, 0, 1, 1, 2, 3][rng.below(6)];
        let mut followers = Vec::new();
        for _ in 0..wanted {
            let person = rng.below(self.company.people.len());
            let known = person == cast.author || followers.contains(&person);
            if !known && self.speaks(person, draft.story.language) {
                followers.push(person);
            }
        }
        followers
    }

    /// Fix and affected versions by the calendar of the queue's versions.
    fn versions(&self, draft: &Draft, walk: &Walk, rng: &mut Rng) -> (Vec<usize>, Vec<usize>) {
        let story = draft.story;
        let versions = self.company.queues.get(draft.queue).map_or(&[][..], |q| q.versions);
        if story.kind == "release" {
            return (vec![draft.row], Vec::new());
        }
        if story.kind == "epic" {
            return (Vec::new(), Vec::new());
        }
        let created = days_before_now(draft.created_ago);
        let fix = match walk.ended.filter(|_| walk.resolution == Some("fixed")) {
            Some(after) => {
                let day = days_before_now(draft.created_ago.saturating_sub(after));
                let share = if draft.queue == DEV { 90 } else { 35 };
                versions.iter().position(|v| v.due_day >= day).filter(|_| rng.chance(share))
            }
            None if walk.resolution.is_some() => None,
            None => {
                let later = usize::from(rng.chance(30));
                let current = versions.iter().position(|v| v.due_day >= 0);
                let planned = current.map(|c| (c + later).min(versions.len().saturating_sub(1)));
                planned.filter(|_| rng.chance(if draft.queue == DEV { 55 } else { 20 }))
            }
        };
        let affected = versions.iter().rposition(|v| v.due_day <= created);
        let affected = affected.filter(|_| story.kind == "bug" && rng.chance(80));
        (fix.into_iter().collect(), affected.into_iter().collect())
    }

    /// The story's relation, now and then a sibling of the same story, and for a release the
    /// open matters of its version.
    fn links(
        &self,
        draft: &Draft,
        index: usize,
        related: Option<LinkSeed>,
        fix_versions: &[usize],
        rng: &mut Rng,
    ) -> Vec<LinkSeed> {
        let mut links: Vec<LinkSeed> = related.into_iter().collect();
        if draft.story.kind == "release" {
            let waits = self.done.iter().enumerate().rev().filter(|(_, issue)| {
                issue.queue == draft.queue && issue.fix_versions.as_slice() == fix_versions
            });
            let kind = LinkKind::DependsOn;
            links.extend(waits.take(4).map(|(target, _)| LinkSeed { kind, target }));
        } else if rng.chance(35) {
            let sibling = self
                .drafts
                .iter()
                .take(index)
                .rposition(|d| d.story.id == draft.story.id && d.round == draft.round);
            links.extend(sibling.map(|target| LinkSeed { kind: LinkKind::Relates, target }));
        }
        links
    }
}

/// The talk below an issue as far as its life has come.
fn comments(draft: &Draft, walk: &Walk, scene: &Scene<'_>, rng: &mut Rng) -> Vec<CommentSeed> {
    let age = draft.created_ago;
    let refused = walk.resolution.is_some_and(|r| r != "fixed" && r != "duplicate");
    let quiet = rng.chance(if walk.ended.is_some() { 8 } else { 35 });
    let end = walk.ended.unwrap_or(age);
    let stages = [
        (When::Open, Some((0, walk.started.unwrap_or(end)))),
        (When::Work, walk.started.map(|start| (start, end))),
        (When::Done, walk.ended.filter(|_| !refused).map(|e| (e, age.min(e + 2 * DAY)))),
    ];
    let mut said: Vec<(u32, By, &str)> = Vec::new();
    for (stage, window) in stages {
        let Some((low, high)) = window.filter(|_| !quiet) else { continue };
        let lines: Vec<_> = draft.story.talk.iter().filter(|l| l.when == stage).collect();
        // An unfinished stage has got through a part of its talk only.
        let finished = walk.ended.is_some() || (stage == When::Open && walk.started.is_some());
        let count = if finished { lines.len() } else { rng.below(lines.len() + 1) };
        // Talk about unfinished work does not stretch over months, but that about epics does.
        let brief = !finished && draft.story.kind != "epic";
        let high = if brief { high.min(low + 20 * DAY) } else { high };
        let times = spread(count, low, high, rng);
        said.extend(lines.iter().zip(times).map(|(line, at)| (at, line.by, line.text)));
    }
    let asked = walk.steps.iter().position(|s| s.to == "needInfo");
    let doubt = match draft.story.kind {
        "bug" | "incident" => Doubt::Evidence,
        _ if draft.queue == DEV => Doubt::Scope,
        _ => Doubt::Deadline,
    };
    let pair = rng.pick(phrases::questions(scene.language, doubt));
    if let Some(((question, answer), step)) = pair.zip(asked.and_then(|i| walk.steps.get(i))) {
        said.push((step.after, By::Assignee, question));
        let next = walk.steps.iter().find(|s| s.after > step.after);
        said.extend(next.map(|n| (n.after, By::Author, *answer)));
    }
    if let (true, Some(resolution), Some(at)) = (refused, walk.resolution, walk.ended) {
        let remark = rng.pick(phrases::rejection(scene.language, resolution));
        said.extend(remark.map(|text| (at, By::Assignee, *text)));
    }
    said.sort_by_key(|(after, ..)| *after);
    said.into_iter()
        .map(|(after, by, template)| {
            let author = scene.cast.of(by);
            let rendered = scene.render(template, author);
            CommentSeed { author, text: rendered.text, after, summon: rendered.summon }
        })
        .collect()
}

struct Dates {
    start: Option<i32>,
    end: Option<i32>,
    deadline: Option<i32>,
}

impl Dates {
    fn new(draft: &Draft, walk: &Walk, rng: &mut Rng) -> Self {
        let day = |after: u32| days_before_now(draft.created_ago.saturating_sub(after));
        let planned = rng.chance(55);
        let start = walk.started.map(day).filter(|_| planned);
        let end = walk.ended.map(day).filter(|_| start.is_some());
        let patience = rng.range(5, 32).cast_signed();
        let deadline = (rng.chance(40) && draft.story.kind != "epic")
            .then(|| days_before_now(draft.created_ago) + patience);
        Self { start, end, deadline }
    }
}

fn days_before_now(minutes_ago: u32) -> i32 {
    -(minutes_ago / DAY).cast_signed()
}

/// Mostly the usual priority, sometimes a neighbour.
fn priority(usual: &'static str, rng: &mut Rng) -> &'static str {
    const ORDER: [&str; 5] = ["trivial", "minor", "normal", "critical", "blocker"];
    let at = ORDER.iter().position(|p| *p == usual).unwrap_or(2);
    let moved = match rng.below(100) {
        0..12 => at.saturating_sub(1),
        12..24 => at + 1,
        _ => at,
    };
    ORDER.get(moved).copied().unwrap_or(usual)
}

/// Usual points or a neighbour on the customary scale.
fn points(usual: u32, rng: &mut Rng) -> u32 {
    const SCALE: [u32; 6] = [1, 2, 3, 5, 8, 13];
    let at = SCALE.iter().position(|p| *p == usual).unwrap_or(2);
    let moved = (at + rng.below(3)).saturating_sub(1);
    SCALE.get(moved).copied().unwrap_or(usual)
}

/// The story's tags and sometimes one that goes across.
fn tags(draft: &Draft, rng: &mut Rng) -> Vec<&'static str> {
    let mut tags = draft.story.tags.to_vec();
    let across: &[&str] = match draft.story.language {
        Language::Ru => &["быстро", "важный клиент", "обсудить", "квартал"],
        Language::En => &["quick win", "key account", "to discuss", "quarter"],
    };
    if rng.chance(18) {
        tags.extend(rng.pick(across));
    }
    tags
}
