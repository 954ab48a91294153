use serde_json::{Value, json};
use trackway_api::boards::{CreateBoard, ListBoardRanks, RankInput, RankIssue};
use trackway_api::issues::{DeleteIssue, UpdateIssue};

use super::{ops, rank};
use crate::dict::model::Permissions;
use crate::error::Result;
use crate::testing::{Fixture, body};

fn members(json: Value) -> serde_json::Map<String, Value> {
    let Value::Object(members) = json else { panic!("an object") };
    members
}

fn board(f: &Fixture, json: Value) -> String {
    let r = CreateBoard::new(members(json));
    let board = body(f.write(f.ann, move |cx| ops::create(cx, &r)).expect("a board"));
    board["id"].to_string()
}

fn put(f: &Fixture, uid: i64, board: &str, json: Value) -> u16 {
    let input: RankInput = serde_json::from_value(json).expect("a body");
    let r = RankIssue::new(board, input);
    let done: Result<_> = f.write(uid, move |cx| rank::put(cx, &r).map(drop));
    done.map_or_else(|error| error.status(), |()| 204)
}

fn order(f: &Fixture, uid: i64, board: &str) -> Vec<String> {
    let r = ListBoardRanks::new(board);
    let ranks = body(f.read(uid, |cx| rank::list(cx, &r)).expect("ranks"));
    let ranks = ranks.as_array().expect("a list").iter().enumerate();
    ranks
        .map(|(place, one)| {
            assert_eq!(one["rank"], place + 1);
            one["issue"]["key"].as_str().expect("a key").to_owned()
        })
        .collect()
}

fn issues(f: &Fixture, count: usize) -> Vec<String> {
    let new = |n: usize| f.issue(f.ann, json!({"queue": "DEV", "summary": n.to_string()}));
    (0..count).map(new).collect()
}

#[test]
fn all_sql_is_good() {
    Fixture::new().tracker.db().prepare_all(rank::ALL_SQL).expect("good SQL");
}

#[test]
fn issues_of_a_board_are_put_in_order() {
    let f = Fixture::new();
    let keys = issues(&f, 4);
    let [a, b, c, d] = keys.as_slice() else { panic!("four") };
    let by_query = board(
        &f,
        json!({"name": "B", "defaultQueue": "DEV", "query": "Queue: DEV", "useRanking": true}),
    );
    let chosen = board(&f, json!({"name": "C", "defaultQueue": "DEV", "useRanking": true}));
    assert_eq!(order(&f, f.guest, &by_query), keys, "as they were made");
    assert_eq!(put(&f, f.ann, &by_query, json!({"issue": d, "before": a})), 204);
    assert_eq!(put(&f, f.bob, &by_query, json!({"issue": a, "after": c})), 204);
    let wanted = [d, b, c, a].map(Clone::clone);
    assert_eq!(order(&f, f.guest, &by_query), wanted);

    assert_eq!(order(&f, f.ann, &chosen), [] as [&str; 0]);
    let id: i64 = chosen.parse().expect("a number");
    for key in [a, c] {
        let patch = members(json!({"boards": {"add": [id]}}));
        let r = UpdateIssue::new(key.as_str(), patch);
        f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r).map(drop)).expect("an edit");
    }
    assert_eq!(put(&f, f.ann, &chosen, json!({"issue": c, "before": a})), 204);
    assert_eq!(order(&f, f.ann, &chosen), [c.clone(), a.clone()]);
    assert_eq!(order(&f, f.ann, &by_query), wanted, "each board has an order of its own");

    let r = DeleteIssue::new(d.as_str());
    f.write(f.boss, move |cx| crate::issue::remove::delete(cx, &r).map(drop)).expect("deleted");
    assert_eq!(order(&f, f.ann, &by_query), wanted[1..]);
}

#[test]
fn what_cannot_be_ranked_is_refused() {
    let f = Fixture::new();
    let keys = issues(&f, 3);
    let ranked = json!({"name": "B", "defaultQueue": "DEV", "query": "Queue: DEV",
        "useRanking": true});
    let board_id = board(&f, ranked);
    let unranked = board(&f, json!({"name": "U", "defaultQueue": "DEV"}));
    let chosen = board(&f, json!({"name": "C", "defaultQueue": "DEV", "useRanking": true}));
    let [a, b, c] = keys.as_slice() else { panic!("three") };
    let query = format!("Key: {a}, {b}");
    let few = board(
        &f,
        json!({"name": "Q", "defaultQueue": "DEV", "query": query,
        "useRanking": true}),
    );
    let by_filter = board(
        &f,
        json!({"name": "F", "defaultQueue": "DEV",
        "filter": {"key": [a, b]}, "useRanking": true}),
    );
    // The summaries are numbers.
    let by_words = board(
        &f,
        json!({"name": "W", "defaultQueue": "DEV",
        "query": "Summary: !#\"0\"", "useRanking": true}),
    );
    for (board, json, status) in [
        (&unranked, json!({"issue": a, "before": b}), 422),
        (&chosen, json!({"issue": a, "before": b}), 422),
        (&"77".to_owned(), json!({"issue": a, "before": b}), 404),
        (&board_id, json!({"issue": "DEV-77", "before": b}), 422),
        (&board_id, json!({"issue": a, "before": "DEV-77"}), 422),
        (&board_id, json!({"issue": a}), 422),
        (&board_id, json!({"before": a}), 422),
        (&board_id, json!({"issue": a, "before": a}), 422),
        (&board_id, json!({"issue": a, "before": b, "after": b}), 422),
        (&few, json!({"issue": a, "before": b}), 204),
        (&few, json!({"issue": c, "before": b}), 422),
        (&few, json!({"issue": a, "after": c}), 422),
        (&by_filter, json!({"issue": a, "before": b}), 204),
        (&by_filter, json!({"issue": a, "before": c}), 422),
        (&by_words, json!({"issue": b, "before": c}), 204),
        (&by_words, json!({"issue": a, "before": c}), 422),
    ] {
        assert_eq!(put(&f, f.ann, board, json.clone()), status, "{json}");
    }
    assert_eq!(put(&f, f.guest, &board_id, json!({"issue": a, "before": b})), 403);
    let r = ListBoardRanks::new(unranked);
    assert_eq!(f.read(f.ann, |cx| rank::list(cx, &r)).expect_err("unranked").status(), 422);
    f.permit(f.dev, Permissions::default());
    assert_eq!(put(&f, f.ann, &board_id, json!({"issue": a, "before": b})), 403);
    assert_eq!(
        order(&f, f.ann, &board_id),
        [] as [&str; 0],
        "nobody learns what they may not read"
    );
}
