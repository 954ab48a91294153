//! The decision for one issue and its set form agree on random organisations.

use proptest::prelude::*;
use trackway_search::{Doc, FieldKind, Index, Schema};

use crate::access::{Right, may, visible};
use crate::actor::{Actor, Origin};
use crate::dict::model::{Component, EVERYBODY, Permissions, Queue, Role, Subjects};
use crate::dict::{Dict, Object, Table};
use crate::field::no;
use crate::issue::Issue;
use crate::issue::value::Val;

const PEOPLE: std::ops::Range<i64> = 1..5;
const GROUPS: [i64; 3] = [EVERYBODY, 10, 11];

fn subjects() -> impl Strategy<Value = Subjects> {
    let roles = prop::sample::subsequence(Role::ALL.to_vec(), 0..3);
    let groups = prop::sample::subsequence(GROUPS.to_vec(), 0..2);
    let users = prop::collection::vec(PEOPLE, 0..2);
    (users, groups, roles).prop_map(|(users, groups, roles)| Subjects { users, groups, roles })
}

fn rules(deny_roles: bool) -> impl Strategy<Value = Permissions> {
    (subjects(), subjects(), prop::option::weighted(0.3, subjects())).prop_map(
        move |(read, write, deny)| {
            let mut deny = deny.unwrap_or_default();
            if !deny_roles {
                deny.roles.clear();
            }
            Permissions { read, write, deny, ..Permissions::default() }
        },
    )
}

fn queue() -> impl Strategy<Value = Queue> {
    (
        rules(false),
        PEOPLE,
        prop::collection::vec(PEOPLE, 0..2),
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(permissions, lead, team, intersection, deleted)| Queue {
            permissions,
            lead,
            team,
            team_groups: vec![11],
            use_component_permissions_intersection: intersection,
            deleted,
            ..Queue::default()
        })
}

/// Queue, author, assignee, followers, access, components.
type Sketch = (i64, i64, Option<i64>, Vec<i64>, Vec<i64>, Vec<i64>);

fn sketch() -> impl Strategy<Value = Sketch> {
    let people = || prop::collection::vec(PEOPLE, 0..3);
    let components = prop::sample::subsequence(vec![100_i64, 101, 102, 103], 0..4);
    (1..3_i64, PEOPLE, prop::option::of(PEOPLE), people(), people(), components)
}

fn draw(id: i64, sketch: &Sketch) -> Issue {
    let (queue, author, assignee, followers, access, components) = sketch;
    let mut issue = Issue::new(id, *queue, id, 1);
    // Components 100 and 101 are of queue 1, the others of queue 2.
    let own = |c: &&i64| (**c < 102) == (*queue == 1);
    let components: Vec<i64> = components.iter().filter(own).copied().collect();
    issue.set(no::CREATED_BY, Some(Val::Ref(*author)));
    issue.set(no::ASSIGNEE, assignee.map(Val::Ref));
    issue.set(no::FOLLOWERS, Some(Val::Refs(followers.clone())));
    issue.set(no::ACCESS, Some(Val::Refs(access.clone())));
    issue.set(no::COMPONENTS, Some(Val::Refs(components)));
    issue
}

fn terms(issue: &Issue) -> Vec<(u32, i64)> {
    let mut terms = vec![(no::QUEUE, issue.queue)];
    for field in [no::CREATED_BY, no::ASSIGNEE, no::FOLLOWERS, no::ACCESS, no::COMPONENTS] {
        terms.extend(issue.one(field).map(|n| (field, n)));
        terms.extend(issue.many(field).iter().map(|n| (field, *n)));
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn one_by_one_and_at_once_agree(
        queues in prop::collection::vec(queue(), 2),
        ruled in prop::collection::vec(prop::option::of(rules(true)), 4),
        sketches in prop::collection::vec(sketch(), 1..12),
        uid in PEOPLE,
        groups in prop::sample::subsequence(vec![10_i64, 11], 0..2),
        admin in prop::bool::weighted(0.1),
    ) {
        let component = |(id, permissions): (i64, Option<Permissions>)| {
            let queue = if id < 102 { 1 } else { 2 };
            let body = Component { queue, permissions, ..Component::default() };
            Object::new(id, String::new(), 1, body)
        };
        let dict = Dict {
            queues: Table::new(
                (1..).zip(queues).map(|(id, queue)| Object::new(id, format!("Q{id}"), 1, queue)),
            ),
            components: Table::new((100..).zip(ruled).map(component)),
            components_of: [(1, vec![100, 101]), (2, vec![102, 103])].into_iter().collect(),
            ..Dict::default()
        };
        let issues: Vec<Issue> = (1..).zip(&sketches).map(|(id, s)| draw(id, s)).collect();
        let fields = [
            no::QUEUE, no::CREATED_BY, no::ASSIGNEE, no::FOLLOWERS, no::ACCESS, no::COMPONENTS,
        ];
        let schema = Schema::new(1);
        let schema = fields.into_iter().fold(schema, |s, field| s.with(field, FieldKind::Exact));
        let mut index = Index::new(schema);
        for issue in &issues {
            let doc = Doc::new(1, terms(issue));
            index.apply(u32::try_from(issue.id).expect("small"), None, Some(&doc));
        }
        let groups = groups.into_iter().chain([EVERYBODY]).collect();
        let actor =
            Actor { uid, admin, full: true, groups, queues: None, robot: false, origin: Origin::default() };
        let at_once = visible(&dict, &actor, &index, None);
        for issue in &issues {
            let alone = may(&dict, &actor, issue, Right::Read);
            let id = u32::try_from(issue.id).expect("small");
            prop_assert_eq!(alone, at_once.contains(id), "issue {}", issue.id);
            // Whoever may edit may read.
            prop_assert!(alone || !may(&dict, &actor, issue, Right::Write));
        }
    }
}
