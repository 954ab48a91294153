//! The example queries of query-language.md, section 12: which are served, refused, or known but
//! not served yet.

use serde_json::json;

use super::{company, refused, search};
use crate::dict::model::{Component, Field, Group, Member, Queue, ValueType, Version};
use crate::error::Code;
use crate::lang::Name;
use crate::testing::{Fixture, NOW, open_permissions};

/// The names that the examples use.
fn organisation() -> Fixture {
    let f = company();
    let queue = |key: &str, name: &str| {
        let body = Queue {
            name: name.to_owned(),
            lead: f.boss,
            permissions: open_permissions(f.boss),
            ..Queue::default()
        };
        f.tracker.add_object(f.org, key, &body).expect("a queue")
    };
    let ops = queue("OPS", "Operations");
    queue("WEB", "Web shop");
    let devs = queue("DEVS", "Developers");
    let tester = Field {
        name: Name::new("Ведущий тестировщик", "Lead tester"),
        value_type: ValueType::User,
        queue: Some(devs),
        ..Field::default()
    };
    f.tracker.add_object(f.org, "65f0a3c2d4e5f60718293a4b--tester", &tester).expect("a field");
    let backend = Component { queue: ops, name: "backend".to_owned(), ..Component::default() };
    f.tracker.add_object(f.org, "", &backend).expect("a component");
    let version = Version { queue: ops, name: "2.4".to_owned(), ..Version::default() };
    f.tracker.add_object(f.org, "", &version).expect("a version");
    let support = Group { name: Name::new("Support", "Support"), ..Group::default() };
    f.tracker.add_object(f.org, "", &support).expect("a group");
    for login in ["a.smirnova", "o.petrov"] {
        let member = Member { login: login.to_owned(), ..Member::default() };
        f.tracker.add_member(f.org, &member, NOW).expect("a member");
    }
    f
}

/// Examples whose conditions the other tests do not have.
const SERVED: &[&str] = &[
    r#""Queue": "OPS""#,
    "Queue: OPS, WEB",
    r#"Queue: "Web shop""#,
    r#"Key: "OPS-7", "WEB-12""#,
    "Status: inProgress",
    "Status: !Open, !Closed",
    r#"Status: "In Progress" Queue: OPS"#,
    "Priority: Critical OR Priority: Blocker",
    r#"Priority: "Minor", "Средний""#,
    "Assignee: a.smirnova@",
    r#"Assignee: "Анна Смирнова""#,
    "Assignee: Анна",
    r#"Author: a.smirnova@, "Oleg Petrov""#,
    r#"Assignee: group(value: "Support")"#,
    "(Followers: me() OR Assignee: me() OR Author: me()) AND Resolution: empty()",
    "Resolution: fixed, duplicate",
    "Resolution: notEmpty() Resolver: me()",
    r#""Pending Reply From": me()"#,
    r#""Favorited by": me()"#,
    r#"Components: "backend", "api""#,
    r#""Fix Version": "2.4""#,
    r#"epic: "OPS-1""#,
    r#""Is Subtask For": OPS-1, OPS-2"#,
    r#""Subtasks For Queue": WEB"#,
    r#"Created: "2024-05-01".."2024-05-31""#,
    "Created: 2024-05-01..2024-05-31",
    r#"Created: > today() - "1w 1d""#,
    r#"Updated: >= "2024-05-01T10:30:00Z""#,
    "Deadline: <= today() +3d and Deadline: >= today()",
    r#""Last Comment": < now()-1h"#,
    r#""Start Date": <2024-06-01"#,
    r#""Story Points": 1 ... 5"#,
    r#""Time Spent": >"1w 2d""#,
    r#""Original Estimate": "5d 2h 30m""#,
    "DEVS.tester: o.petrov@",
    r#"DEVS."Lead tester": "Oleg Petrov""#,
    r#"Queue: OPS "Sort by": Priority DESC, Updated ASC"#,
    r#""Sort By": Updated DESC"#,
    "Очередь: OPS Исполнитель: me()",
    "Queue: not OPS",
    "Assignee: me",
    "",
];

/// Words, links, history and what hangs on objects that do not exist yet.
const UNSERVED: &[&str] = &[
    r#"Summary: "login crash""#,
    r#"Summary: ~"Weekly report""#,
    r#"Description: #"steps to reproduce""#,
    "connection reset",
    r#"Queue: OPS "connection reset""#,
    r#"Comment: "great job""#,
    r#"History: "old title""#,
    r#""Comment Author": o.petrov@"#,
    r#""Depends On": OPS-3"#,
    r#""Linked to": OPS-3"#,
    r#""Block Queue": WEB"#,
    r#"Status: changed(to: "In Progress")"#,
    r#"Filter: "My team""#,
    "Assignee IS EMPTY",
];

const REFUSED: &[(&str, Code)] = &[
    ("Assignee: me() OR", Code::QuerySyntax),
    ("(Queue: OPS", Code::QuerySyntax),
    ("Queue: OPS,", Code::QuerySyntax),
    (r#"Summary: "open"#, Code::QuerySyntax),
    ("StoryPoints: 5", Code::FilterUnknown),
    ("Asignee: me()", Code::FilterUnknown),
    ("Status != Open", Code::QuerySyntax),
    ("Status IN (Open, Closed)", Code::QuerySyntax),
    (r#""Sort By": Nope"#, Code::FilterUnknown),
    ("Status: In Progress", Code::FilterValue),
    ("Status: Nonsense", Code::FilterValue),
    ("Queue: NOSUCH", Code::FilterValue),
    ("Sprint: 31", Code::FilterValue),
    (r#""Sprint In Progress By Board": 14"#, Code::FilterValue),
    ("Priority: >Minor", Code::FilterValue),
    (r#"Description: ~"x""#, Code::FilterValue),
    (r#""Favorited by": o.petrov@"#, Code::FilterValue),
    ("Created: 31/12/2024", Code::FilterValue),
    ("Created: 2024-05-01 17:25", Code::QuerySyntax),
    ("Created: >now()-2x", Code::QuerySyntax),
    ("Created: 2024-05-01 ..", Code::QuerySyntax),
    ("Assignee: unresolved()", Code::FilterValue),
    (r#"Assignee: group("Support")"#, Code::QuerySyntax),
    ("Status: changed(when: today())", Code::QuerySyntax),
    ("Queue: OPS AND AND Type: Bug", Code::QuerySyntax),
];

#[test]
fn examples_are_served_or_refused_as_documented() {
    let f = organisation();
    for query in SERVED {
        let found = search(&f, f.ann, json!({ "query": query }));
        assert!(found.is_ok(), "{query}: {found:?}");
    }
    for query in UNSERVED {
        assert_eq!(refused(&f, json!({ "query": query })).code, Code::FilterUnserved, "{query}");
    }
    for (query, code) in REFUSED {
        assert_eq!(refused(&f, json!({ "query": query })).code, *code, "{query}");
    }
}
