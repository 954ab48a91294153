//! Random queries against a plain loop over the issues: whatever the index, the word index, the
//! tables of links and changes make of a query, a person with a list of all issues would find the
//! same. Words are compared in a form of their own here: those of the crowd are their own stems.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::{SearchIssues, UpdateIssue};
use trackway_api::links::{AddLink, LinkCreate};
use trackway_api::transitions::ExecuteTransition;

use super::{DAY, count, keys, ops, request};
use crate::dict::model::{Component, Field, Group, Member, Role, Subjects, ValueType, Version};
use crate::lang::Name;
use crate::testing::{Fixture, NOW, body, open_permissions};

const TYPES: [&str; 3] = ["task", "bug", "story"];
const PRIORITIES: [&str; 3] = ["minor", "normal", "critical"];
const PEOPLE: [&str; 3] = ["ann", "bob", "boss"];
const TAGS: [&str; 3] = ["a", "b", "c"];
const WORDS: [&str; 5] = ["fog", "gum", "дом", "лес", "x7"];
const COMPONENTS: [&str; 2] = ["api", "web ui"];
const QUEUES: [&str; 2] = ["DEV", "HELP"];

/// Ways to ask for closed issues, and for the others.
const CLOSED: [&str; 6] = [
    "Status: Закрыт",
    "Resolution: fixed",
    "\"Status type\": done, cancelled",
    "Resolved: today()",
    "Resolution: unresolved()",
    "Status: !closed",
];

/// What the loop knows of an issue.
#[derive(Clone, Debug, Default)]
struct Plain {
    key: String,
    queue: usize,
    kind: usize,
    priority: usize,
    author: usize,
    assignee: Option<usize>,
    followers: Vec<usize>,
    tags: Vec<usize>,
    components: Vec<usize>,
    version: bool,
    points: Option<i64>,
    /// Days from today.
    deadline: Option<i64>,
    /// Days before today.
    created: i64,
    summary: Vec<usize>,
    description: Vec<usize>,
    /// Author and words of each comment.
    comments: Vec<(usize, Vec<usize>)>,
    /// Former and later priority, who changed it, days before today.
    changes: Vec<(usize, usize, usize, i64)>,
    /// Places of the issues it depends on.
    depends: Vec<usize>,
    parent: Option<usize>,
    note: Option<usize>,
    local: Option<usize>,
    /// Hours.
    estimate: Option<i64>,
    /// Closed as fixed.
    closed: bool,
}

/// One condition of a query.
#[derive(Clone, Debug)]
enum Wanted {
    Queue(usize),
    Type(Vec<usize>),
    NotPriority(usize),
    Author(usize),
    Assignee(Option<usize>),
    Related(usize),
    Tag(usize),
    NoTag(usize),
    Component(usize),
    ComponentOwner,
    HasVersion(bool),
    Points(i64, i64),
    PointsOver(i64),
    Deadline(i64, i64),
    NoDeadline,
    Created(i64),
    CreatedSince(i64),
    Key(usize),
    Summary(Vec<usize>),
    Description(usize),
    NoDescription,
    Comment(Vec<usize>),
    Phrase(Vec<usize>),
    CommentAuthor(usize),
    Text(Vec<usize>),
    Note(usize),
    Local(usize),
    Estimate(i64),
    PointsList(i64, i64),
    InGroup,
    NoFollowers,
    Closed(usize),
    WholeSummary(Vec<usize>, bool),
    DependsOn(usize),
    Blocks(usize),
    LinkedTo(usize),
    SubtaskOf(usize),
    HasSubtask(usize),
    DependsOnQueue(usize),
    Changed(Option<usize>, Option<usize>, Option<usize>, Option<i64>),
}

/// A query.
#[derive(Clone, Debug)]
enum Query {
    One(Wanted),
    Not(Box<Query>),
    And(Vec<Query>),
    Or(Vec<Query>),
}

const CROWD: usize = 60;

fn words(places: &[usize]) -> String {
    places.iter().filter_map(|place| WORDS.get(*place)).copied().collect::<Vec<_>>().join(" ")
}

fn has_all(text: &[usize], wanted: &[usize]) -> bool {
    !wanted.is_empty() && wanted.iter().all(|word| text.contains(word))
}

/// The words stand in the text one after the other.
fn has_phrase(text: &[usize], wanted: &[usize]) -> bool {
    !wanted.is_empty() && text.windows(wanted.len()).any(|window| window == wanted)
}

impl Wanted {
    fn text(&self) -> String {
        let date = |days: i64| {
            let at = jiff::Timestamp::from_millisecond(NOW + days * DAY).expect("a time");
            jiff::tz::TimeZone::UTC.to_datetime(at).date().to_string()
        };
        let key = |place: &usize| format!("{}-{}", QUEUES[place % 2], place / 2 + 1);
        match self {
            Self::Queue(queue) => format!("Queue: {}", QUEUES[*queue]),
            Self::Type(types) => {
                format!("Type: {}", types.iter().map(|t| TYPES[*t]).collect::<Vec<_>>().join(", "))
            }
            Self::NotPriority(p) => format!("Priority: !{}", PRIORITIES[*p]),
            Self::Author(who) => format!("Автор: {}@", PEOPLE[*who]),
            Self::Assignee(Some(who)) => format!("Assignee: {}", PEOPLE[*who]),
            Self::Assignee(None) => "Assignee: empty()".to_owned(),
            Self::Related(who) => format!("Related: {}@", PEOPLE[*who]),
            Self::Tag(tag) => format!("Tags: {}", TAGS[*tag]),
            Self::NoTag(tag) => format!("Tags: !\"{}\"", TAGS[*tag]),
            Self::Component(c) => format!("Components: \"{}\"", COMPONENTS[*c]),
            Self::ComponentOwner => "\"Component Owner\": bob@".to_owned(),
            Self::HasVersion(true) => "\"Fix Version\": 2.4".to_owned(),
            Self::HasVersion(false) => "\"Fix Version\": empty()".to_owned(),
            Self::Points(from, to) => format!("\"Story Points\": {from} .. {to}"),
            Self::PointsOver(n) => format!("\"Story Points\": >{n}"),
            Self::Deadline(from, to) => format!("Deadline: {}..{}", date(*from), date(*to)),
            Self::NoDeadline => "Дедлайн: empty()".to_owned(),
            Self::Created(days) => format!("Created: {}", date(-*days)),
            Self::CreatedSince(days) => format!("Created: >= today() - {days}d"),
            Self::Key(place) => format!("Key: {}", key(place)),
            Self::Summary(w) => format!("Summary: \"{}\"", words(w)),
            Self::Description(w) => format!("Description: {}", WORDS[*w]),
            Self::NoDescription => "Description: empty()".to_owned(),
            Self::Comment(w) => format!("Comment: \"{}\"", words(w)),
            Self::Phrase(w) => format!("Description: #\"{}\"", words(w)),
            Self::CommentAuthor(who) => format!("\"Comment Author\": {}@", PEOPLE[*who]),
            Self::Text(w) => words(w),
            Self::Note(w) => format!("Note: {}", WORDS[*w]),
            Self::Local(n) => format!("DEV.Code: code-{n}"),
            Self::Estimate(hours) => format!("Estimate: >={hours}h"),
            Self::PointsList(one, other) => format!("\"Story Points\": {one}, !{other}"),
            Self::InGroup => "Assignee: group(value: \"Team\")".to_owned(),
            Self::NoFollowers => "Followers: empty()".to_owned(),
            Self::Closed(form) => CLOSED[*form].to_owned(),
            Self::WholeSummary(w, is) => {
                format!("Summary: {}\"{}\"", if *is { '#' } else { '~' }, words(w))
            }
            Self::DependsOn(place) => format!("\"Depends On\": {}", key(place)),
            Self::Blocks(place) => format!("\"Is Dependent By\": {}", key(place)),
            Self::LinkedTo(place) => format!("\"Linked to\": {}", key(place)),
            Self::SubtaskOf(place) => format!("\"Parent issue\": {}", key(place)),
            Self::HasSubtask(place) => format!("\"Is Parent Task For\": {}", key(place)),
            Self::DependsOnQueue(queue) => format!("\"Depend On Queue\": {}", QUEUES[*queue]),
            Self::Changed(from, to, by, days) => {
                let mut text = "Priority: changed(".to_owned();
                for (name, value) in [
                    ("from", from.map(|p| PRIORITIES[p].to_owned())),
                    ("to", to.map(|p| PRIORITIES[p].to_owned())),
                    ("by", by.map(|who| format!("{}@", PEOPLE[who]))),
                    ("date", days.map(|days| format!(">=today()-{days}d"))),
                ] {
                    if let Some(value) = value {
                        text.extend([name, ": ", &value, " "]);
                    }
                }
                text + ")"
            }
        }
    }

    fn holds(&self, all: &[Plain], place: usize) -> bool {
        let issue = &all[place];
        match self {
            Self::Queue(queue) => issue.queue == *queue,
            Self::Type(types) => types.contains(&issue.kind),
            Self::NotPriority(p) => issue.priority != *p,
            Self::Author(who) => issue.author == *who,
            Self::Assignee(who) => issue.assignee == *who,
            Self::Related(who) => {
                issue.author == *who
                    || issue.assignee == Some(*who)
                    || issue.followers.contains(who)
            }
            Self::Tag(tag) => issue.tags.contains(tag),
            Self::NoTag(tag) => !issue.tags.contains(tag),
            Self::Component(c) => issue.components.contains(c),
            Self::ComponentOwner => issue.components.contains(&0),
            Self::HasVersion(has) => issue.version == *has,
            Self::Points(from, to) => issue.points.is_some_and(|n| (*from..=*to).contains(&n)),
            Self::PointsOver(n) => issue.points.is_some_and(|own| own > *n),
            Self::Deadline(from, to) => {
                issue.deadline.is_some_and(|day| (*from..=*to).contains(&day))
            }
            Self::NoDeadline => issue.deadline.is_none(),
            Self::Created(days) => issue.created == *days,
            Self::CreatedSince(days) => issue.created <= *days,
            Self::Key(other) => place == *other,
            Self::Summary(w) => has_all(&issue.summary, w),
            Self::Description(w) => issue.description.contains(w),
            Self::NoDescription => issue.description.is_empty(),
            Self::Comment(w) => issue.comments.iter().any(|(_, text)| has_all(text, w)),
            Self::Phrase(w) => has_phrase(&issue.description, w),
            Self::CommentAuthor(who) => issue.comments.iter().any(|(author, _)| author == who),
            Self::Text(w) => {
                let comments = issue.comments.iter().flat_map(|(_, text)| text);
                let everything: Vec<usize> = issue
                    .summary
                    .iter()
                    .chain(&issue.description)
                    .chain(comments)
                    .copied()
                    .collect();
                has_all(&everything, w)
            }
            Self::Note(w) => issue.note == Some(*w),
            Self::Local(n) => issue.local == Some(*n),
            Self::Estimate(hours) => issue.estimate.is_some_and(|own| own >= *hours),
            Self::PointsList(one, other) => issue.points == Some(*one) && one != other,
            Self::InGroup => issue.assignee == Some(1),
            Self::NoFollowers => issue.followers.is_empty(),
            // The last two forms ask for the opposite.
            Self::Closed(form) => issue.closed == (*form < CLOSED.len() - 2),
            Self::WholeSummary(w, is) => (issue.summary == *w) == *is,
            Self::DependsOn(other) => issue.depends.contains(other),
            Self::Blocks(other) => all[*other].depends.contains(&place),
            Self::LinkedTo(other) => {
                issue.depends.contains(other)
                    || all[*other].depends.contains(&place)
                    || issue.parent == Some(*other)
                    || all[*other].parent == Some(place)
            }
            Self::SubtaskOf(other) => issue.parent == Some(*other),
            Self::HasSubtask(other) => all[*other].parent == Some(place),
            Self::DependsOnQueue(queue) => {
                issue.depends.iter().any(|other| all[*other].queue == *queue)
            }
            Self::Changed(from, to, by, days) => issue.changes.iter().any(|change| {
                from.is_none_or(|from| from == change.0)
                    && to.is_none_or(|to| to == change.1)
                    && by.is_none_or(|by| by == change.2)
                    && days.is_none_or(|days| change.3 <= days)
            }),
        }
    }
}

impl Query {
    fn text(&self) -> String {
        let join = |parts: &[Self], with: &str| {
            let parts: Vec<String> =
                parts.iter().map(|part| format!("({})", part.text())).collect();
            parts.join(with)
        };
        match self {
            Self::One(wanted) => wanted.text(),
            Self::Not(query) => format!("NOT ({})", query.text()),
            Self::And(parts) => join(parts, " AND "),
            Self::Or(parts) => join(parts, " OR "),
        }
    }

    fn holds(&self, all: &[Plain], place: usize) -> bool {
        match self {
            Self::One(wanted) => wanted.holds(all, place),
            Self::Not(query) => !query.holds(all, place),
            Self::And(parts) => parts.iter().all(|part| part.holds(all, place)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(all, place)),
        }
    }
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let some_words = || prop::collection::vec(0..WORDS.len(), 1..3);
    let person = || 0..PEOPLE.len();
    let place = || 0..CROWD;
    let values = prop_oneof![
        (0..2_usize).prop_map(Wanted::Queue),
        prop::collection::vec(0..3_usize, 1..3).prop_map(Wanted::Type),
        (0..3_usize).prop_map(Wanted::NotPriority),
        person().prop_map(Wanted::Author),
        prop::option::of(person()).prop_map(Wanted::Assignee),
        person().prop_map(Wanted::Related),
        (0..3_usize).prop_map(Wanted::Tag),
        (0..3_usize).prop_map(Wanted::NoTag),
        (0..2_usize).prop_map(Wanted::Component),
        Just(Wanted::ComponentOwner),
        any::<bool>().prop_map(Wanted::HasVersion),
        (0..8_i64, 0..8_i64).prop_map(|(from, to)| Wanted::Points(from, to)),
        (0..8_i64).prop_map(Wanted::PointsOver),
        (0..9_i64, 0..9_i64).prop_map(|(from, to)| Wanted::Deadline(from, to)),
        Just(Wanted::NoDeadline),
        (0..6_i64).prop_map(Wanted::Created),
        (0..6_i64).prop_map(Wanted::CreatedSince),
        place().prop_map(Wanted::Key),
        (0..9_i64).prop_map(Wanted::Estimate),
        (0..8_i64, 0..8_i64).prop_map(|(one, other)| Wanted::PointsList(one, other)),
        Just(Wanted::InGroup),
        Just(Wanted::NoFollowers),
        (0..CLOSED.len()).prop_map(Wanted::Closed),
    ];
    let texts = prop_oneof![
        some_words().prop_map(Wanted::Summary),
        (0..WORDS.len()).prop_map(Wanted::Description),
        Just(Wanted::NoDescription),
        some_words().prop_map(Wanted::Comment),
        some_words().prop_map(Wanted::Phrase),
        person().prop_map(Wanted::CommentAuthor),
        some_words().prop_map(Wanted::Text),
        (0..WORDS.len()).prop_map(Wanted::Note),
        (0..4_usize).prop_map(Wanted::Local),
        (some_words(), any::<bool>()).prop_map(|(w, is)| Wanted::WholeSummary(w, is)),
    ];
    let others = prop_oneof![
        place().prop_map(Wanted::DependsOn),
        place().prop_map(Wanted::Blocks),
        place().prop_map(Wanted::LinkedTo),
        place().prop_map(Wanted::SubtaskOf),
        place().prop_map(Wanted::HasSubtask),
        (0..2_usize).prop_map(Wanted::DependsOnQueue),
        (
            prop::option::of(0..3_usize),
            prop::option::of(0..3_usize),
            prop::option::of(person()),
            prop::option::of(0..4_i64),
        )
            .prop_map(|(from, to, by, days)| Wanted::Changed(from, to, by, days)),
    ];
    prop_oneof![values, texts, others]
}

fn queries() -> impl Strategy<Value = Query> {
    let one = wanted().prop_map(Query::One);
    one.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|query| Query::Not(Box::new(query))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::And),
            prop::collection::vec(inner, 2..4).prop_map(Query::Or),
        ]
    })
}

/// Issues in which every combination comes up, from the places of a fixed walk.
fn crowd() -> (Fixture, Vec<Plain>) {
    let f = Fixture::new();
    for (queue, lead) in [(f.dev, None), (f.help, None)] {
        for (n, name) in COMPONENTS.iter().enumerate() {
            let lead = if n == 0 { Some(f.bob) } else { lead };
            let body = Component { queue, name: (*name).to_owned(), lead, ..Component::default() };
            f.tracker.add_object(f.org, "", &body).expect("a component");
        }
        let body = Version { queue, name: "2.4".to_owned(), ..Version::default() };
        f.tracker.add_object(f.org, "", &body).expect("a version");
    }
    team_of_bob(&f);
    let field = |name: &str, value_type, queue| Field {
        name: Name::new(name, name),
        value_type,
        queue,
        ..Field::default()
    };
    let add = |key: &str, body: &Field| f.tracker.add_object(f.org, key, body).expect("a field");
    add("note", &field("Note", ValueType::Text, None));
    add("65f0a3c2d4e5f60718293a4b--code", &field("Code", ValueType::String, Some(f.dev)));
    let mut all: Vec<Plain> = (0..CROWD).map(plain).collect();
    for place in 0..CROWD {
        all[place].key = create(&f, &all, place);
    }
    for place in 0..CROWD {
        enrich(&f, &all, place);
    }
    (f, all)
}

fn team_of_bob(f: &Fixture) {
    let body = Group { name: Name::new("Team", "Team"), ..Group::default() };
    let team = f.tracker.add_object(f.org, "", &body).expect("a group");
    let bob = f.bob;
    f.write(f.boss, move |cx| {
        let old = std::sync::Arc::clone(cx.dict.users.get(bob).expect("bob"));
        let member = Member { groups: vec![team], ..old.body.clone() };
        crate::dict::store::update(cx, &old, member).map(drop)
    })
    .expect("a member of it");
}

fn plain(i: usize) -> Plain {
    let pick = |salt: usize, of: usize| (i * 7919 + salt * 104_729) / 13 % of;
    let some = |salt: usize, of: usize| Some(pick(salt, of)).filter(|_| pick(salt + 50, 4) > 0);
    let queue = i % 2;
    let days = |n: usize| i64::try_from(n).expect("few");
    let list = |salt: usize| (0..pick(salt, 4)).map(|n| pick(salt + n + 1, WORDS.len())).collect();
    let comments = (0..pick(20, 3)).map(|n| {
        (pick(21 + n, 3), {
            let words: Vec<usize> = list(30 + n);
            if words.is_empty() { vec![n] } else { words }
        })
    });
    let mut priority = pick(2, 3);
    let changes = (0..pick(40, 3))
        .map(|n| {
            let to = (priority + 1 + pick(41 + n, 2)) % 3;
            let change = (priority, to, pick(44 + n, 3), 3 - days(n));
            priority = to;
            change
        })
        .collect();
    let summary: Vec<usize> = list(10);
    Plain {
        queue,
        kind: if queue == 0 { pick(1, 3) } else { 0 },
        priority,
        author: pick(3, 3),
        assignee: some(4, 3),
        followers: (0..3).filter(|n| pick(5 + n, 3) == 0).collect(),
        tags: (0..3).filter(|n| pick(60 + n, 2) == 0).collect(),
        components: (0..2).filter(|n| pick(70 + n, 3) == 0).collect(),
        version: pick(8, 3) == 0,
        points: some(9, 8).map(days),
        deadline: some(80, 9).map(days),
        created: days(pick(81, 6)),
        summary: if summary.is_empty() { vec![i % WORDS.len()] } else { summary },
        description: list(15),
        comments: comments.collect(),
        changes,
        depends: (0..2).filter_map(|n| some(90 + n, CROWD)).filter(|other| *other < i).collect(),
        parent: some(95, CROWD).filter(|other| *other < i && i.is_multiple_of(3)),
        note: some(96, WORDS.len()),
        local: some(97, 4).filter(|_| queue == 0),
        estimate: some(98, 9).map(days),
        closed: pick(99, 3) == 0,
        ..Plain::default()
    }
}

fn uid(f: &Fixture, person: usize) -> i64 {
    [f.ann, f.bob, f.boss][person]
}

fn create(f: &Fixture, all: &[Plain], place: usize) -> String {
    let issue = &all[place];
    let names = |list: &[usize], of: &[&str]| -> Vec<String> {
        list.iter().map(|n| of[*n].to_owned()).collect()
    };
    let first = issue.changes.first().map_or(issue.priority, |change| change.0);
    let mut json = json!({"queue": QUEUES[issue.queue], "summary": words(&issue.summary),
        "type": TYPES[issue.kind], "priority": PRIORITIES[first],
        "followers": names(&issue.followers, &PEOPLE), "tags": names(&issue.tags, &TAGS),
        "components": names(&issue.components, &COMPONENTS)});
    let mut set = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            json[name] = value;
        }
    };
    set("assignee", issue.assignee.map(|who| PEOPLE[who].into()));
    set("fixVersions", issue.version.then(|| json!(["2.4"])));
    set("storyPoints", issue.points.map(Json::from));
    let text = |list: &[usize]| Some(words(list)).filter(|t| !t.is_empty()).map(Json::from);
    set("estimation", issue.estimate.map(|hours| format!("PT{hours}H").into()));
    set("description", text(&issue.description));
    set("note", issue.note.map(|word| WORDS[word].into()));
    let local = "65f0a3c2d4e5f60718293a4b--code";
    set(local, issue.local.map(|n| format!("code-{n}").into()));
    set(
        "deadline",
        issue.deadline.map(|days| {
            let at = jiff::Timestamp::from_millisecond(NOW + days * DAY).expect("a time");
            jiff::tz::TimeZone::UTC.to_datetime(at).date().to_string().into()
        }),
    );
    set("parent", issue.parent.map(|other| all[other].key.clone().into()));
    super::issue_at(f, uid(f, issue.author), NOW - issue.created * DAY, json)
}

/// Changes, comments and links.
fn enrich(f: &Fixture, all: &[Plain], place: usize) {
    let issue = &all[place];
    for (_, to, who, days) in &issue.changes {
        let Json::Object(patch) = json!({"priority": PRIORITIES[*to]}) else { return };
        let request = UpdateIssue::new(&*issue.key, patch);
        f.write_at(uid(f, *who), NOW - days * DAY, move |cx| {
            crate::issue::ops::update(cx, &request).map(drop)
        })
        .expect("a change");
    }
    if issue.closed {
        let Json::Object(fixed) = json!({"resolution": "fixed"}) else { return };
        let request = ExecuteTransition::new(&*issue.key, "close", fixed);
        f.write(f.boss, move |cx| crate::transition::ops::execute(cx, &request).map(drop))
            .expect("a transition");
    }
    for (who, text) in &issue.comments {
        let body = CommentCreate { text: Some(words(text).into()), ..CommentCreate::default() };
        let request = AddComment::new(&*issue.key, body).is_add_to_followers(false);
        f.write(uid(f, *who), move |cx| crate::comment::ops::add(cx, &request).map(drop))
            .expect("a comment");
    }
    for other in &issue.depends {
        let body = json!({"relationship": "depends on", "issue": all[*other].key});
        let body: LinkCreate = serde_json::from_value(body).expect("a body");
        let request = AddLink::new(&*issue.key, body);
        f.write(f.boss, move |cx| crate::link::ops::add(cx, &request).map(drop)).expect("a link");
    }
}

fn ask(f: &Fixture, who: i64, query: &str) -> Vec<String> {
    let search = SearchIssues::new(request(json!({ "query": query }))).per_page(1000);
    let found = f.read(who, |cx| ops::search(cx, &search));
    let mut keys = keys(&body(found.unwrap_or_else(|error| panic!("{query}: {error}"))));
    keys.sort();
    keys
}

#[test]
fn queries_find_what_a_loop_finds() {
    let (f, all) = crowd();
    // Half of the words are stored and half are not.
    let half =
        f.tracker.db().read(|tx| tx.all::<(i64, i64)>(crate::words::store::PENDING, &[&f.org]));
    assert!(half.expect("a list").len() > CROWD / 2);
    f.tracker.index_words().expect("stored");
    for place in (0..CROWD).step_by(2) {
        let (key, text) = (all[place].key.clone(), words(&all[place].summary));
        for summary in ["another".to_owned(), text] {
            let Json::Object(patch) = json!({ "summary": summary }) else { return };
            let request = UpdateIssue::new(&*key, patch);
            f.write(f.boss, move |cx| crate::issue::ops::update(cx, &request).map(drop))
                .expect("a change there and back");
        }
    }
    // Bob sees of HELP only what he has to do with; the loop says the same in its words.
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects {
        roles: vec![Role::Author, Role::Assignee, Role::Follower],
        ..Subjects::default()
    };
    permissions.write = Subjects::default();
    f.permit(f.help, permissions);
    let sees = |who: usize, issue: &Plain| {
        let own =
            issue.author == who || issue.assignee == Some(who) || issue.followers.contains(&who);
        who == 2 || issue.queue == 0 || own
    };
    let check = |(query, who): (Query, usize)| {
        let text = query.text();
        let mut expected: Vec<String> = (0..CROWD)
            .filter(|place| sees(who, &all[*place]) && query.holds(&all, *place))
            .map(|place| all[place].key.clone())
            .collect();
        expected.sort();
        prop_assert_eq!(&ask(&f, uid(&f, who), &text), &expected, "{}", text);
        let counted = count(&f, uid(&f, who), json!({ "query": text }));
        prop_assert_eq!(usize::try_from(counted).ok(), Some(expected.len()));
        Ok(())
    };
    let cases = if f.tracker.db().engine() == trackway_db::Engine::Postgres { 100 } else { 400 };
    let config = ProptestConfig { failure_persistence: None, cases, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner.run(&(queries(), 0..3_usize), check).expect("the same issues");
}
