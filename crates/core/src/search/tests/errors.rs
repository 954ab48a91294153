//! What people are told about wrong queries.

use serde_json::json;

use super::{company, refused};
use crate::lang::Lang;

#[test]
fn messages_name_place_reason_and_what_was_meant() {
    let f = company();
    for (query, messages) in [
        (
            "Queue: DEV Asignee: me()",
            &["Filter Asignee does not exist", "Line 1, column 12.", "Did you mean: Assignee?"][..],
        ),
        (
            "StoryPoints: 5",
            &[
                "Filter StoryPoints does not exist",
                "Line 1, column 1.",
                "Did you mean: Story Points?",
            ],
        ),
        (
            "Status:\n  Opne",
            &[
                "Value Opne does not fit filter Status.",
                "Line 2, column 3.",
                "A name, key or id is expected.",
                "Did you mean: Open?",
            ],
        ),
        (
            "Created: soon",
            &[
                "Value soon does not fit filter Created.",
                "Line 1, column 10.",
                "A date is expected, such as 2024-05-01, today() or now()-12h.",
            ],
        ),
        (
            "Priority: >minor",
            &[
                "Value >minor does not fit filter Priority.",
                "Line 1, column 11.",
                "Comparisons and ranges are for numbers, dates and durations only.",
            ],
        ),
        (
            "Description: ~x",
            &[
                "Value ~\"x\" does not fit filter Description.",
                "Line 1, column 14.",
                "The operator ~ is for the summary only.",
            ],
        ),
        (
            "\"Sort By\": Updted DESC",
            &["Filter Updted does not exist", "Line 1, column 12.", "Did you mean: Updated?"],
        ),
        (
            "Queue: DEV,",
            &["Error in the query: line 1, column 12: a value is expected, but the query ends"],
        ),
    ] {
        let body = refused(&f, json!({ "query": query })).body(Lang::En);
        assert_eq!(body.error_messages, messages, "{query}");
    }
    let body = refused(&f, json!({"filter": {"asignee": "ann"}})).body(Lang::Ru);
    assert_eq!(
        body.error_messages,
        ["Фильтр asignee не существует", "Возможно, имелось в виду: Assignee."]
    );
}
