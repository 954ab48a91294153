//! The example table of the query language, §12, as far as it concerns syntax. Trees are compared
//! by their printed form, which spells out AND, parentheses and canonical operators.

use trackway_query::value::Interval;
use trackway_query::{
    Clause, DateBase, DateExpr, DateFunction, ErrorKind as Kind, Expr, FieldName, Function,
    Operand, Place, Shift, Span, Test, Value, parse,
};

/// Rows that parse, with the canonical text where it differs. The number is that of the row. Rows
/// the search refuses later, for unknown names or values of the wrong type, are here too.
const ACCEPTED: &[(u16, &str, &str)] = &[
    (1, "Queue: OPS", "="),
    (2, r#""Queue": "OPS""#, "Queue: OPS"),
    (3, "queue: OPS", "="),
    (4, "Queue: OPS, WEB", "="),
    (5, r#"Queue: "Web shop""#, "="),
    (6, "Queue: !OPS", "="),
    (7, "Key: OPS-7", "="),
    (8, r#"Key: "OPS-7", "WEB-12""#, "Key: OPS-7, WEB-12"),
    (9, "Status: Open", "="),
    (10, r#"Status: "Открыт", "In Progress""#, r#"Status: Открыт, "In Progress""#),
    (11, "Status: inProgress", "="),
    (12, "Status: !Closed", "="),
    (13, "Status: !Open, !Closed", "="),
    (14, r#"Status: "In Progress" AND Queue: OPS"#, "="),
    (15, r#"Status: "In Progress" Queue: OPS"#, r#"Status: "In Progress" AND Queue: OPS"#),
    (16, "Priority: Critical OR Priority: Blocker", "="),
    (17, "Priority: critical, blocker", "="),
    (18, r#"Priority: "Minor", "Средний""#, "Priority: Minor, Средний"),
    (19, "Type: Bug AND Priority: Blocker OR Assignee: me()", "="),
    (20, "Type: Bug AND (Priority: Blocker OR Assignee: me())", "="),
    (21, "Type: Epic", "="),
    (22, "type: !Epic", "="),
    (23, "Assignee: me()", "="),
    (24, "Assignee: !me()", "="),
    (25, "Assignee: empty()", "="),
    (26, "Assignee: EMPTY()", "Assignee: empty()"),
    (27, "Assignee: notEmpty()", "="),
    (28, "Assignee: a.smirnova@", "="),
    (29, r#"Assignee: "Анна Смирнова""#, "="),
    (30, "Assignee: Анна", "="),
    (31, r#"Author: a.smirnova@, "Oleg Petrov""#, "="),
    (32, r#"Assignee: group(value: "Support")"#, "="),
    (33, "Related: me()", "="),
    (34, "Followers: me() Resolution: empty()", "Followers: me() AND Resolution: empty()"),
    (35, "(Followers: me() OR Assignee: me() OR Author: me()) AND Resolution: empty()", "="),
    (36, "Resolution: unresolved()", "="),
    (37, "Resolution: fixed, duplicate", "="),
    (38, "Resolution: notEmpty() Resolver: me()", "Resolution: notEmpty() AND Resolver: me()"),
    (39, r#""Pending Reply From": me()"#, "="),
    (40, r#""Comment Author": o.petrov@"#, "="),
    (41, r#""Component Owner": me()"#, "="),
    (42, r#""Queue Owner": me()"#, "="),
    (43, r#""Favorited by": me()"#, "="),
    (44, r#"Components: "backend", "api""#, "Components: backend, api"),
    (45, r#"Tags: "vip""#, "Tags: vip"),
    (46, r#"Tags: !"vip""#, "Tags: !vip"),
    (47, r#""Fix Version": "2.4""#, r#""Fix Version": 2.4"#),
    (48, r#"Project: "Move to Rust""#, "="),
    (49, r#"Sprint: "Sprint 12""#, "="),
    (50, r#""Sprint In Progress By Board": 14"#, "="),
    (51, r#""Sprints By Board": 14"#, "="),
    (52, r#"Boards: "Team board""#, "="),
    (53, "Epic: notEmpty()", "="),
    (54, r#"epic: "OPS-1""#, "epic: OPS-1"),
    (55, r#""Depends On": OPS-3"#, "="),
    (56, r#""Is Dependent By": OPS-3"#, "="),
    (57, r#""Is Subtask For": OPS-1, OPS-2"#, "="),
    (58, r#""Linked to": OPS-3"#, "="),
    (59, r#""Block Queue": WEB"#, "="),
    (60, r#""Subtasks For Queue": WEB"#, "="),
    (61, "Created: today()", "="),
    (62, "Created: 2024-05-01", "="),
    (63, "Created: 05/01/2024", "="),
    (64, "Created: 01.05.2024 .. 31.05.2024", "="),
    (65, r#"Created: "2024-05-01".."2024-05-31""#, "Created: 2024-05-01 .. 2024-05-31"),
    (66, "Created: 2024-05-01..2024-05-31", "Created: 2024-05-01 .. 2024-05-31"),
    (67, "Created: >now()-12h", "Created: >now() - 12h"),
    (68, r#"Created: > today() - "1w 1d""#, r#"Created: >today() - "1w 1d""#),
    (69, "Updated: >now()-7d", "Updated: >now() - 7d"),
    (70, r#"Updated: >= "2024-05-01 10:30:00""#, r#"Updated: >="2024-05-01 10:30:00""#),
    (71, r#"Updated: >= "2024-05-01T10:30:00Z""#, r#"Updated: >="2024-05-01T10:30:00Z""#),
    (72, "Updated: week()-1w", "Updated: week() - 1w"),
    (
        73,
        "Deadline: <= today() +3d and Deadline: >= today()",
        "Deadline: <=today() + 3d AND Deadline: >=today()",
    ),
    (74, "Deadline: <today() Resolution: empty()", "Deadline: <today() AND Resolution: empty()"),
    (75, r#""Last Comment": < now()-1h"#, r#""Last Comment": <now() - 1h"#),
    (76, "Resolved: quarter()", "="),
    (77, r#""Start Date": <2024-06-01"#, "="),
    (78, r#""Story Points": >=5"#, "="),
    (79, r#""Story Points": 1..5"#, r#""Story Points": 1 .. 5"#),
    (80, r#""Story Points": 1 ... 5"#, r#""Story Points": 1 .. 5"#),
    (81, "Votes: > 6", "Votes: >6"),
    (82, r#""Time Spent": >"1w 2d""#, "="),
    (83, r#""Original Estimate": "5d 2h 30m""#, "="),
    (84, r#"Summary: "login crash""#, "="),
    (85, r#"Summary: #"Login crash""#, "="),
    (86, r#"Description: #"steps to reproduce""#, "="),
    (87, r#"Description: #"Deploy ||""#, "="),
    (88, r#"Summary: !"draft""#, "Summary: !draft"),
    (89, r#"Summary: ~"Weekly report""#, "="),
    (90, r#"Summary: "say \"hi\"""#, "="),
    (91, "connection reset", r#""connection reset""#),
    (92, r#"Queue: OPS "connection reset""#, r#"Queue: OPS AND "connection reset""#),
    (93, r#"Comment: "great job""#, "="),
    (94, r#"History: "old title""#, "="),
    (95, "DEVS.tester: o.petrov@", "="),
    (96, r#"DEVS."Lead tester": "Oleg Petrov""#, "="),
    (97, r#"Status: changed(to: "In Progress")"#, "="),
    (
        98,
        "Status: changed(from: Open to: Closed by: me() date: >today()-1w)",
        "Status: changed(from: Open to: Closed by: me() date: >today() - 1w)",
    ),
    (99, "Assignee: changed(date: 01.05.2024 .. 15.05.2024)", "="),
    (100, r#"Filter: "My team""#, "="),
    (101, r#"Queue: OPS "Sort By": Created"#, "="),
    (
        102,
        r#"Queue: OPS "Sort by": Priority DESC, Updated ASC"#,
        r#"Queue: OPS "Sort By": Priority DESC, Updated"#,
    ),
    (103, r#""Sort By": Updated DESC"#, "="),
    (104, "Очередь: OPS Исполнитель: me()", "Очередь: OPS AND Исполнитель: me()"),
    (105, "Queue: not OPS", "Queue: !OPS"),
    (106, "NOT Queue: OPS", "="),
    (113, "StoryPoints: 5", "="),
    (114, "Asignee: me()", "="),
    (118, "Assignee IS EMPTY", r#""Assignee IS EMPTY""#),
    (119, "Queue: OPS ORDER BY Updated", r#"Queue: OPS AND "ORDER BY Updated""#),
    (120, "Sort By: Updated", "Sort AND By: Updated"),
    (121, r#""Sort By": Nope"#, "="),
    (123, "Status: In Progress", "Status: In AND Progress"),
    (124, "Status: Nonsense", "="),
    (125, "Queue: NOSUCH", "="),
    (126, "Priority: >Minor", "="),
    (127, r#"Description: ~"x""#, "="),
    (128, r#"Summary: "a || b""#, "="),
    (129, r#""Favorited by": o.petrov@"#, "="),
    (130, "Created: 2024-13-01", "="),
    (131, "Created: 31/12/2024", "="),
    (135, "Assignee: me", "="),
    (136, "Assignee: unresolved()", "="),
    (139, "DEVS.Lead tester: me()", "DEVS.Lead AND tester: me()"),
    (140, "Key: OPS-7", "="),
    (142, "", ""),
];

/// Rows that are syntax errors: the rule that is broken, and the offset of the token.
const REFUSED: &[(u16, &str, Kind, usize)] = &[
    (107, "Assignee: me() OR", Kind::ConditionExpected, 17),
    (108, "(Queue: OPS", Kind::UnclosedParenthesis, 11),
    (109, "Queue:", Kind::ValueExpected, 6),
    (110, "Queue: OPS,", Kind::ValueExpected, 11),
    (111, ": OPS", Kind::ParameterExpected, 0),
    (112, r#"Summary: "open"#, Kind::UnclosedQuote, 9),
    (115, "Status = Open", Kind::NoSuchOperator, 7),
    (116, "Status != Open", Kind::NoSuchOperator, 7),
    (117, "Status IN (Open, Closed)", Kind::Unexpected, 15),
    (122, r#""Sort By": Updated DOWN"#, Kind::DirectionExpected, 19),
    (132, "Created: 2024-05-01 17:25", Kind::TimeNotQuoted, 9),
    (133, "Created: >now()-2x", Kind::BadInterval, 16),
    (134, "Created: 2024-05-01 ..", Kind::RangeEndExpected, 22),
    (137, r#"Assignee: group("Support")"#, Kind::ArgumentNameExpected, 16),
    (138, "Status: changed(when: today())", Kind::UnknownArgument, 16),
    (141, "Queue: OPS AND AND Type: Bug", Kind::ConditionExpected, 15),
];

#[test]
fn accepted_rows() {
    for &(row, text, printed) in ACCEPTED {
        let printed = if printed == "=" { text } else { printed };
        let tree = parse(text).unwrap_or_else(|error| panic!("row {row}: {error}"));
        assert_eq!(tree.to_string(), printed, "row {row}");
        assert_eq!(parse(printed), Ok(tree), "row {row}");
    }
}

#[test]
fn refused_rows() {
    for &(row, text, kind, wanted) in REFUSED {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind, kind, "row {row}");
        assert!(matches!(error.place, Place::Text { offset, .. } if offset == wanted), "row {row}");
    }
}

#[test]
fn every_row_is_here() {
    let accepted = ACCEPTED.iter().map(|row| row.0);
    let mut rows = accepted.chain(REFUSED.iter().map(|row| row.0)).collect::<Vec<_>>();
    rows.sort_unstable();
    assert_eq!(rows, (1..=142).collect::<Vec<_>>());
}

fn clause(name: &str, tests: Vec<Test>) -> Expr {
    let values = tests.into_iter().map(|test| Value { test, ..Value::is(literal("")) }).collect();
    Expr::Clause(Clause { field: FieldName::new(name), values, span: Span::default() })
}

fn literal(text: &str) -> Operand {
    Operand::Literal(text.to_owned())
}

#[test]
fn trees() {
    let filter = |text: &str| parse(text).expect(text).filter.expect(text);
    let is = |name: &str, text: &str| clause(name, vec![Test::Is(literal(text))]);
    let me = || clause("Assignee", vec![Test::Is(Operand::Function(Function::Me))]);
    assert_eq!(
        filter("Type: Bug AND Priority: Blocker OR Assignee: me()"),
        Expr::Or(vec![Expr::And(vec![is("Type", "Bug"), is("Priority", "Blocker")]), me()])
    );
    assert_eq!(
        filter("Type: Bug AND (Priority: Blocker OR Assignee: me())"),
        Expr::And(vec![is("Type", "Bug"), Expr::Or(vec![is("Priority", "Blocker"), me()])])
    );
    let shift =
        |back, interval: &str| Shift { back, interval: Interval::parse(interval).expect(interval) };
    assert_eq!(
        filter("D: 2024-05-01 -3d .. today() +\"1w 1d\""),
        clause(
            "D",
            vec![Test::Range(
                Operand::Date(DateExpr {
                    base: DateBase::Literal("2024-05-01".to_owned()),
                    shifts: vec![shift(true, "3d")],
                }),
                Operand::Date(DateExpr {
                    base: DateBase::Function(DateFunction::Today),
                    shifts: vec![shift(false, "1w 1d")],
                }),
            )]
        )
    );
    let Expr::Clause(local) = filter("DEVS.\"Lead tester\": x") else { panic!("a clause") };
    let name = FieldName { queue: Some("DEVS".to_owned()), name: "Lead tester".to_owned() };
    assert_eq!(local.field, name);
    assert_eq!(filter("\"DEVS.tester\": x"), is("DEVS.tester", "x"));
}

/// Forms the table leaves out.
#[test]
fn other_accepted_forms() {
    for (text, printed) in [
        (" \t\r\n", ""),
        ("(Queue: OPS \"Sort By\": Updated)", "Queue: OPS \"Sort By\": Updated"),
        ("\"Sort By\": Updated Queue: OPS", "Queue: OPS \"Sort By\": Updated"),
        ("Queue: OPS AND \"SORT BY\": Updated asc", "Queue: OPS \"Sort By\": Updated"),
        ("(\"Sort By\": a) text", "text \"Sort By\": a"),
        ("\"Sort By\": DEVS.\"a b\" desc text", "text \"Sort By\": DEVS.\"a b\" DESC"),
        ("Queue:OPS,WEB", "Queue: OPS, WEB"),
        ("Queue : OPS , WEB", "Queue: OPS, WEB"),
        ("Queue: !\"not\"", "Queue: !\"not\""),
        ("Queue: \"AND\", asc", "Queue: \"AND\", \"asc\""),
        ("A: me ( ) B: x", "A: me() AND B: x"),
        ("A: x (B: y)", "A: x AND B: y"),
        ("A: now()-1d-2h+30m", "A: now() - 1d - 2h + 30m"),
        ("A: \"2024-05-01 10:00\"-3d", "A: \"2024-05-01 10:00\" - 3d"),
        ("A: now()-12h..now()", "A: now() - 12h .. now()"),
        ("A: changed(FROM: a, b, to: empty())", "A: changed(from: a, b to: empty())"),
        ("A: changed( )", "A: changed()"),
        ("A: !changed(by: me(), date: !week())", "A: !changed(by: me() date: !week())"),
        ("A: group(Value: B)", "A: group(value: \"B\")"),
        ("A: !>5, ! <= 3", "A: !>5, !<=3"),
        ("A: #word, ~ \"b\"", "A: #\"word\", ~\"b\""),
        ("NOT (a OR b) c", "NOT (a OR b) AND c"),
        ("NOT a b", "NOT \"a b\""),
        ("(a) (b)", "a AND b"),
        ("it's `x` \u{a0}", "\"it's `x` \u{a0}\""),
        ("\"\"", "\"\""),
    ] {
        match parse(text) {
            Ok(tree) => assert_eq!(tree.to_string(), printed, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn other_refused_forms() {
    for (text, kind) in [
        ("a)", Kind::UnopenedParenthesis),
        (")", Kind::ConditionExpected),
        ("()", Kind::ConditionExpected),
        ("a OR \"Sort By\": b", Kind::ConditionExpected),
        ("NOT \"Sort By\": b", Kind::ConditionExpected),
        ("NOT NOT a: b", Kind::ConditionExpected),
        ("AND a: b", Kind::ConditionExpected),
        ("a: b NOT", Kind::ConditionExpected),
        ("\"\": b", Kind::ParameterExpected),
        ("a: b, c: d", Kind::ColonInValue),
        ("a: b: c", Kind::ColonInValue),
        ("a: AND", Kind::ValueExpected),
        ("a: b,,c", Kind::ValueExpected),
        ("a: !!b", Kind::ValueExpected),
        ("a: = b", Kind::ValueExpected),
        ("a: .. 5", Kind::ValueExpected),
        ("a: >1..5", Kind::Unexpected),
        ("a: 1..2..3", Kind::Unexpected),
        ("a: # ", Kind::PhraseExpected),
        ("a: ~(b)", Kind::PhraseExpected),
        ("\"Sort By\": a \"Sort By\": b", Kind::SecondSort),
        ("\"Sort By\":", Kind::SortFieldExpected),
        ("\"Sort By\": DESC", Kind::SortFieldExpected),
        ("\"Sort By\": a,", Kind::SortFieldExpected),
        ("a: yesterday()", Kind::UnknownFunction),
        ("a: me(b)", Kind::ArgumentsNotExpected),
        ("a: me(", Kind::UnclosedParenthesis),
        ("a: changed(from: b", Kind::UnclosedParenthesis),
        ("a: changed(from: b from: c)", Kind::RepeatedArgument),
        ("a: changed(from: changed())", Kind::NestedChanged),
        ("a: changed(from:)", Kind::ValueExpected),
        ("a: group()", Kind::GroupExpected),
        ("a: group(value: me())", Kind::GroupExpected),
        ("a: me() - 3d", Kind::NotADate),
        ("a: now() -", Kind::BadInterval),
        ("a: now() - \"x\"", Kind::BadInterval),
        ("a: now()-1d.5", Kind::BadInterval),
        ("a <> b", Kind::NoSuchOperator),
        ("a: 2024-05-01T10:30:00", Kind::ColonInValue),
        ("a: #\"b", Kind::UnclosedQuote),
        ("\"Sort By\": a \"b", Kind::UnclosedQuote),
    ] {
        match parse(text) {
            Ok(tree) => panic!("{text} gives {tree}"),
            Err(error) => assert_eq!(error.kind, kind, "{text}"),
        }
    }
}
