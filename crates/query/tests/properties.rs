//! No text makes the parser panic or run away, and printed trees parse to equal trees.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use trackway_query::value::{Clock, DateLiteral, Interval, Period, number};
use trackway_query::{
    Changed, Clause, Comparison, DateBase, DateExpr, DateFunction, ErrorKind, Expr, FieldName,
    Function, MAX_CHARS, MAX_CLAUSES, MAX_DEPTH, Operand, Query, Shift, Sort, Span, Test, Value,
    from_filter, from_query2, parse,
};

/// Texts that are hard to print: keywords, operators, dots, quotes, dates, calls.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Zа-яА-Я0-9]{1,8}",
        "[a-zA-Z0-9 .,:()\"\\\\!#~<>=|@+-]{0,10}",
        any::<String>(),
        prop::sample::select(vec![
            "",
            "AND",
            "or",
            "Not",
            "ASC",
            "desc",
            "me()",
            "2024-05-01",
            "2024-05-01 10:30",
            "1w 2d",
            "1..5",
            "...",
            "a.",
            ".a",
            "DEVS.x",
            "DEVS.",
            "to",
            "to: x",
            "||",
            "-3d",
        ])
        .prop_map(str::to_owned),
    ]
}

fn field() -> impl Strategy<Value = FieldName> {
    let name = text().prop_filter("a field has a name", |name| {
        !name.is_empty() && !name.eq_ignore_ascii_case("sort by")
    });
    (prop::option::of("[A-Z][A-Z0-9]{0,5}"), name)
        .prop_map(|(queue, name)| FieldName { queue, name })
}

fn date() -> impl Strategy<Value = DateExpr> {
    let interval =
        (any::<[u16; 6]>()).prop_map(|[months, weeks, days, hours, minutes, seconds]| Interval {
            months: months.into(),
            weeks: weeks.into(),
            days: days.into(),
            hours: hours.into(),
            minutes: minutes.into(),
            seconds: seconds.into(),
        });
    let shift =
        || (any::<bool>(), interval.clone()).prop_map(|(back, interval)| Shift { back, interval });
    let function = prop::sample::select(DateFunction::ALL.to_vec()).prop_map(DateBase::Function);
    let literal = prop::sample::select(vec!["2024-05-01", "31/12/2024", "2024-05-01 10:30:00"])
        .prop_map(|text| DateBase::Literal(text.to_owned()));
    prop_oneof![
        (function, vec(shift(), 0..3)).prop_map(|(base, shifts)| DateExpr { base, shifts }),
        (literal, vec(shift(), 1..3)).prop_map(|(base, shifts)| DateExpr { base, shifts }),
    ]
}

fn value(operand: impl Strategy<Value = Operand> + Clone) -> impl Strategy<Value = Value> {
    let sign = prop::sample::select(vec![
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
    ]);
    let test = prop_oneof![
        3 => operand.clone().prop_map(Test::Is),
        1 => (sign, operand.clone()).prop_map(|(sign, operand)| Test::Compare(sign, operand)),
        1 => (operand.clone(), operand).prop_map(|(from, to)| Test::Range(from, to)),
        1 => text().prop_map(Test::Exact),
        1 => text().prop_map(Test::NotExact),
    ];
    (any::<bool>(), test).prop_map(|(negated, test)| Value { negated, test, span: Span::default() })
}

fn plain_operand() -> impl Strategy<Value = Operand> + Clone {
    let function = prop_oneof![
        prop::sample::select(vec![
            Function::Empty,
            Function::NotEmpty,
            Function::Me,
            Function::Unresolved
        ]),
        vec(text(), 1..3).prop_map(Function::Group),
    ];
    prop_oneof![
        3 => text().prop_map(Operand::Literal),
        1 => function.prop_map(Operand::Function),
        1 => date().prop_map(Operand::Date),
    ]
    .boxed()
}

fn operand() -> impl Strategy<Value = Operand> + Clone {
    let values = || vec(value(plain_operand()), 0..3);
    let changed = (values(), values(), values(), values()).prop_map(|(from, to, by, date)| {
        Operand::Function(Function::Changed(Box::new(Changed { from, to, by, date })))
    });
    prop_oneof![5 => plain_operand(), 1 => changed].boxed()
}

fn expr() -> impl Strategy<Value = Expr> {
    let clause = (field(), vec(value(operand()), 1..4))
        .prop_map(|(field, values)| Expr::Clause(Clause { field, values, span: Span::default() }));
    prop_oneof![3 => clause, 1 => text().prop_map(Expr::Text)].prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Expr::And),
            vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|operand| Expr::Not(Box::new(operand))),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let sort = (field(), any::<bool>()).prop_map(|(field, descending)| Sort {
        field,
        descending,
        span: Span::default(),
    });
    (prop::option::of(expr()), vec(sort, 0..3)).prop_map(|(filter, sort)| Query { filter, sort })
}

/// Texts near the grammar reach deeper than random characters.
fn near_query() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "Queue",
        "OPS",
        ":",
        ",",
        "(",
        ")",
        "\"",
        "AND",
        "or",
        "NOT",
        "!",
        "#",
        "~",
        ">",
        "<=",
        "..",
        "...",
        "me()",
        "empty()",
        "now()",
        "today() - 1d",
        "-",
        "+",
        "3d",
        "\"1w 2d\"",
        "changed(",
        "group(",
        "value:",
        "from:",
        "date:",
        "\"Sort By\":",
        "DESC",
        "2024-05-01",
        "17:25",
        "DEVS.",
        " ",
        "\n",
        "Ключ",
        "\\",
        "=",
        "||",
    ]);
    vec((token, any::<bool>()), 0..24).prop_map(|tokens| {
        tokens.into_iter().flat_map(|(token, gap)| [token, if gap { " " } else { "" }]).collect()
    })
}

proptest! {
    #[test]
    fn printed_trees_parse_to_equal_trees(tree in query()) {
        let text = tree.to_string();
        prop_assume!(text.chars().count() <= MAX_CHARS);
        prop_assert_eq!(parse(&text), Ok(tree), "{}", text);
    }

    #[test]
    fn what_parses_prints_and_parses_again(text in near_query()) {
        if let Ok(tree) = parse(&text) {
            prop_assert_eq!(parse(&tree.to_string()), Ok(tree), "{}", text);
        }
    }

    #[test]
    fn spans_and_errors_lie_inside_the_text(text in prop_oneof![any::<String>(), near_query()]) {
        match parse(&text) {
            Ok(Query { filter: Some(Expr::Clause(clause)), .. }) => {
                prop_assert!(text.get(clause.span.start..clause.span.end).is_some());
                for value in clause.values {
                    prop_assert!(text.get(value.span.start..value.span.end).is_some());
                }
            }
            Ok(_) => {}
            Err(error) => {
                let trackway_query::Place::Text { offset, .. } = error.place else {
                    return Err(TestCaseError::fail("a place in the text"));
                };
                prop_assert!(text.is_char_boundary(offset));
            }
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>(), literal in "[0-9TZ:./+ -]{0,30}") {
        let clock = Clock { now: jiff::Timestamp::UNIX_EPOCH, zone: jiff::tz::TimeZone::UTC };
        for text in [&text, &literal] {
            drop(parse(text));
            drop(from_filter(&serde_json::json!({ text: text, "x": [text], "y": {"from": text} })));
            drop(number(text));
            drop(Interval::parse(text));
            drop(DateLiteral::parse(text));
            drop(Period::of_literal(text, &clock));
        }
    }

    #[test]
    fn dates_evaluate_to_periods_or_errors(expr in date(), second in any::<u32>()) {
        let now = jiff::Timestamp::from_second(second.into()).expect("within the calendar");
        let clock = Clock { now, zone: jiff::tz::TimeZone::UTC };
        if let Ok(period) = Period::of_expr(&expr, &clock) {
            if let Ok(instants) = period.instants(&clock.zone) {
                prop_assert!(instants.start < instants.end);
            }
            if let Ok(days) = period.days(&clock.zone) {
                prop_assert!(days.start < days.end);
            }
        }
    }
}

/// What a text gives: the kind of its error, or nothing.
fn kind(text: &str) -> Option<ErrorKind> {
    parse(text).err().map(|error| error.kind)
}

#[test]
fn limits() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(kind(&nested(MAX_DEPTH)), None);
    assert_eq!(kind(&nested(MAX_DEPTH + 1)), Some(ErrorKind::TooDeep));
    assert_eq!(kind(&"я".repeat(MAX_CHARS)), None);
    assert_eq!(kind(&"я".repeat(MAX_CHARS + 1)), Some(ErrorKind::TooLong));
    assert_eq!(kind(&"a:b ".repeat(MAX_CLAUSES)), None);
    assert_eq!(kind(&"a:b ".repeat(MAX_CLAUSES + 1)), Some(ErrorKind::TooManyClauses));
    assert_eq!(kind(&format!("a: {}b", "b,".repeat(10_000))), Some(ErrorKind::TooManyValues));
}

#[test]
fn hostile_texts_take_linear_time() {
    let start = Instant::now();
    for piece in [
        "(",
        ")",
        "\"",
        "\\",
        " ",
        "a ",
        "a",
        "!",
        "NOT ",
        "a:b ",
        "a:b,",
        "a:1..",
        "..",
        "a..b ",
        "a:now()-1d",
        "-1d",
        "\n",
        "changed(",
        "a:changed(from:",
        "AND ",
        "\"a\" ",
        "a:b(",
        "DEVS.\"",
    ] {
        for prefix in ["", "a: ", "a:now()", "a:changed(from: ", "\"Sort By\": a,"] {
            let text = prefix.to_owned() + &piece.repeat((MAX_CHARS - prefix.len()) / piece.len());
            drop(parse(&text));
        }
    }
    // 115 texts of 32 KiB; quadratic time would take minutes even in a fast build.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// JSON with the words of query language 2.0 in all places.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        text().prop_map(serde_json::Value::from),
    ];
    let name = prop_oneof![
        prop::sample::select(vec![
            "$and",
            "$or",
            "$not",
            "$eq",
            "$ne",
            "$in",
            "$nin",
            "$gt",
            "$contains",
            "$me",
            "$today",
            "$group",
            "$filter",
            "queue",
            "from",
            "to",
            "key",
            "$",
        ])
        .prop_map(str::to_owned),
        text(),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            vec((name.clone(), inner), 0..4)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_the_readers_of_objects_panic(json in json()) {
        for read in [from_filter, from_query2] {
            if let Err(error) = read(&json) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
