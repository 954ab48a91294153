//! The example queries of query-language.md, section 12: which are served, refused, or known but
//! not served yet.

use serde_json::json;

use super::{company, refused, search};
use crate::dict::model::{
    Board, Component, Field, Filter, Group, Member, Queue, Sprint, ValueType, Version,
};
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
    let board = Board { name: "Team board".to_owned(), ..Board::default() };
    let board = f.tracker.add_object(f.org, "", &board).expect("a board");
    let sprint = Sprint { name: "Sprint 12".to_owned(), board, ..Sprint::default() };
    f.tracker.add_object(f.org, "", &sprint).expect("a sprint");
    let query = Some("Assignee: me()".to_owned());
    let filter = Filter { name: "My team".to_owned(), owner: f.ann, query, ..Filter::default() };
    f.tracker.add_object(f.org, "", &filter).expect("a filter");
    for login in ["a.smirnova", "o.petrov"] {
        let member = Member { login: login.to_owned(), ..Member::default() };
        f.tracker.add_member(f.org, &member, NOW).expect("a member");
    }
    f
}

const OK: Option<Code> = None;
const SYNTAX: Option<Code> = Some(Code::QuerySyntax);
const UNKNOWN: Option<Code> = Some(Code::FilterUnknown);
const VALUE: Option<Code> = Some(Code::FilterValue);
/// Accepted by the language, but names an object that the organisation of this test lacks.
const ABSENT: Option<Code> = Some(Code::FilterValue);

/// The test corpus of query-language.md, section 12, row by row.
const EXAMPLES: &[(u32, &str, Option<Code>)] = &[
    (1, "Queue: OPS", OK),
    (2, r#""Queue": "OPS""#, OK),
    (3, "queue: OPS", OK),
    (4, "Queue: OPS, WEB", OK),
    (5, r#"Queue: "Web shop""#, OK),
    (6, "Queue: !OPS", OK),
    (7, "Key: OPS-7", OK),
    (8, r#"Key: "OPS-7", "WEB-12""#, OK),
    (9, "Status: Open", OK),
    (10, r#"Status: "Открыт", "In Progress""#, OK),
    (11, "Status: inProgress", OK),
    (12, "Status: !Closed", OK),
    (13, "Status: !Open, !Closed", OK),
    (14, r#"Status: "In Progress" AND Queue: OPS"#, OK),
    (15, r#"Status: "In Progress" Queue: OPS"#, OK),
    (16, "Priority: Critical OR Priority: Blocker", OK),
    (17, "Priority: critical, blocker", OK),
    (18, r#"Priority: "Minor", "Средний""#, OK),
    (19, "Type: Bug AND Priority: Blocker OR Assignee: me()", OK),
    (20, "Type: Bug AND (Priority: Blocker OR Assignee: me())", OK),
    (21, "Type: Epic", OK),
    (22, "type: !Epic", OK),
    (23, "Assignee: me()", OK),
    (24, "Assignee: !me()", OK),
    (25, "Assignee: empty()", OK),
    (26, "Assignee: EMPTY()", OK),
    (27, "Assignee: notEmpty()", OK),
    (28, "Assignee: a.smirnova@", OK),
    (29, r#"Assignee: "Анна Смирнова""#, OK),
    (30, "Assignee: Анна", OK),
    (31, r#"Author: a.smirnova@, "Oleg Petrov""#, OK),
    (32, r#"Assignee: group(value: "Support")"#, OK),
    (33, "Related: me()", OK),
    (34, "Followers: me() Resolution: empty()", OK),
    (35, "(Followers: me() OR Assignee: me() OR Author: me()) AND Resolution: empty()", OK),
    (36, "Resolution: unresolved()", OK),
    (37, "Resolution: fixed, duplicate", OK),
    (38, "Resolution: notEmpty() Resolver: me()", OK),
    (39, r#""Pending Reply From": me()"#, OK),
    (40, r#""Comment Author": o.petrov@"#, OK),
    (41, r#""Component Owner": me()"#, OK),
    (42, r#""Queue Owner": me()"#, OK),
    (43, r#""Favorited by": me()"#, OK),
    (44, r#"Components: "backend", "api""#, OK),
    (45, r#"Tags: "vip""#, OK),
    (46, r#"Tags: !"vip""#, OK),
    (47, r#""Fix Version": "2.4""#, OK),
    (48, r#"Project: "Move to Rust""#, ABSENT),
    (49, r#"Sprint: "Sprint 12""#, OK),
    (50, r#""Sprint In Progress By Board": 14"#, ABSENT),
    (51, r#""Sprints By Board": 14"#, ABSENT),
    (52, r#"Boards: "Team board""#, OK),
    (53, "Epic: notEmpty()", OK),
    (54, r#"epic: "OPS-1""#, OK),
    (55, r#""Depends On": OPS-3"#, OK),
    (56, r#""Is Dependent By": OPS-3"#, OK),
    (57, r#""Is Subtask For": OPS-1, OPS-2"#, OK),
    (58, r#""Linked to": OPS-3"#, OK),
    (59, r#""Block Queue": WEB"#, OK),
    (60, r#""Subtasks For Queue": WEB"#, OK),
    (61, "Created: today()", OK),
    (62, "Created: 2024-05-01", OK),
    (63, "Created: 05/01/2024", OK),
    (64, "Created: 01.05.2024 .. 31.05.2024", OK),
    (65, r#"Created: "2024-05-01".."2024-05-31""#, OK),
    (66, "Created: 2024-05-01..2024-05-31", OK),
    (67, "Created: >now()-12h", OK),
    (68, r#"Created: > today() - "1w 1d""#, OK),
    (69, "Updated: >now()-7d", OK),
    (70, r#"Updated: >= "2024-05-01 10:30:00""#, OK),
    (71, r#"Updated: >= "2024-05-01T10:30:00Z""#, OK),
    (72, "Updated: week()-1w", OK),
    (73, "Deadline: <= today() +3d and Deadline: >= today()", OK),
    (74, "Deadline: <today() Resolution: empty()", OK),
    (75, r#""Last Comment": < now()-1h"#, OK),
    (76, "Resolved: quarter()", OK),
    (77, r#""Start Date": <2024-06-01"#, OK),
    (78, r#""Story Points": >=5"#, OK),
    (79, r#""Story Points": 1..5"#, OK),
    (80, r#""Story Points": 1 ... 5"#, OK),
    (81, "Votes: > 6", OK),
    (82, r#""Time Spent": >"1w 2d""#, OK),
    (83, r#""Original Estimate": "5d 2h 30m""#, OK),
    (84, r#"Summary: "login crash""#, OK),
    (85, r#"Summary: #"Login crash""#, OK),
    (86, r#"Description: #"steps to reproduce""#, OK),
    (87, r#"Description: #"Deploy ||""#, OK),
    (88, r#"Summary: !"draft""#, OK),
    (89, r#"Summary: ~"Weekly report""#, OK),
    (90, r#"Summary: "say \"hi\"""#, OK),
    (91, "connection reset", OK),
    (92, r#"Queue: OPS "connection reset""#, OK),
    (93, r#"Comment: "great job""#, OK),
    (94, r#"History: "old title""#, OK),
    (95, "DEVS.tester: o.petrov@", OK),
    (96, r#"DEVS."Lead tester": "Oleg Petrov""#, OK),
    (97, r#"Status: changed(to: "In Progress")"#, OK),
    (98, "Status: changed(from: Open to: Closed by: me() date: >today()-1w)", OK),
    (99, "Assignee: changed(date: 01.05.2024 .. 15.05.2024)", OK),
    (100, r#"Filter: "My team""#, OK),
    (101, r#"Queue: OPS "Sort By": Created"#, OK),
    (102, r#"Queue: OPS "Sort by": Priority DESC, Updated ASC"#, OK),
    (103, r#""Sort By": Updated DESC"#, OK),
    (104, "Очередь: OPS Исполнитель: me()", OK),
    (105, "Queue: not OPS", OK),
    (106, "NOT Queue: OPS", OK),
    (107, "Assignee: me() OR", SYNTAX),
    (108, "(Queue: OPS", SYNTAX),
    (109, "Queue:", SYNTAX),
    (110, "Queue: OPS,", SYNTAX),
    (111, ": OPS", SYNTAX),
    (112, r#"Summary: "open"#, SYNTAX),
    (113, "StoryPoints: 5", UNKNOWN),
    (114, "Asignee: me()", UNKNOWN),
    (115, "Status = Open", SYNTAX),
    (116, "Status != Open", SYNTAX),
    (117, "Status IN (Open, Closed)", SYNTAX),
    (118, "Assignee IS EMPTY", OK),
    (119, "Queue: OPS ORDER BY Updated", OK),
    (120, "Sort By: Updated", UNKNOWN),
    (121, r#""Sort By": Nope"#, UNKNOWN),
    (122, r#""Sort By": Updated DOWN"#, SYNTAX),
    (123, "Status: In Progress", VALUE),
    (124, "Status: Nonsense", VALUE),
    (125, "Queue: NOSUCH", VALUE),
    (126, "Priority: >Minor", VALUE),
    (127, r#"Description: ~"x""#, VALUE),
    (128, r#"Summary: "a || b""#, OK),
    (129, r#""Favorited by": o.petrov@"#, VALUE),
    (130, "Created: 2024-13-01", VALUE),
    (131, "Created: 31/12/2024", VALUE),
    (132, "Created: 2024-05-01 17:25", SYNTAX),
    (133, "Created: >now()-2x", SYNTAX),
    (134, "Created: 2024-05-01 ..", SYNTAX),
    (135, "Assignee: me", OK),
    (136, "Assignee: unresolved()", VALUE),
    (137, r#"Assignee: group("Support")"#, SYNTAX),
    (138, "Status: changed(when: today())", SYNTAX),
    (139, "DEVS.Lead tester: me()", UNKNOWN),
    (140, "Key: OPS-7", OK),
    (141, "Queue: OPS AND AND Type: Bug", SYNTAX),
    (142, "", OK),
];

#[test]
fn every_example_is_served_or_refused_as_documented() {
    let f = organisation();
    assert_eq!(EXAMPLES.len(), 142);
    for (number, query, refusal) in EXAMPLES {
        let body = json!({ "query": query });
        match refusal {
            None => {
                let found = search(&f, f.ann, body);
                assert!(found.is_ok(), "{number}: {query}: {found:?}");
            }
            Some(code) => {
                let error = refused(&f, body);
                assert_eq!(error.code, *code, "{number}: {query}");
                // 422 for what the language knows, 400 for what cannot be read at all.
                assert!(matches!(error.status(), 400 | 422), "{number}: {query}");
            }
        }
    }
}
