//! Whole commands against a scripted server on a real socket.

#[path = "../../client/tests/client/server.rs"]
#[expect(dead_code, reason = "the tests of the client use the rest")]
mod server;

use clap::{CommandFactory, Parser};
use server::{Server, Step, answer, with};

use super::*;

#[derive(Debug, Parser)]
#[command(name = "trackway", disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const ISSUE: &str = r#"{"self":"s","id":"1","key":"TREK-9","version":1,"summary":"Beam me up",
    "status":{"self":"s","id":"1","key":"open","display":"Open"},"description":"Now.",
    "updatedAt":"2026-11-24T10:11:12.345+0000"}"#;

/// Runs a command and gives its results, its remarks and how it ended.
async fn trackway(server: &Server, line: &str) -> (String, String, Result<(), Failure>) {
    words(server, &line.split(' ').collect::<Vec<_>>()).await
}

async fn words(server: &Server, words: &[&str]) -> (String, String, Result<(), Failure>) {
    let words = std::iter::once(&"trackway").chain(words);
    let command = Line::try_parse_from(words).expect("a good line").command;
    let (mut results, mut remarks) = (Vec::new(), Vec::new());
    let look = command.look();
    let mut output = Output::new(&mut results, &mut remarks, false, &look);
    let context = Context { builder: server.client(), ..Context::default() };
    let ended = execute(command, context, &mut output).await;
    drop(output);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(results), text(remarks), ended)
}

#[test]
fn the_command_line_is_consistent() {
    Line::command().debug_assert();
    for (line, good) in [
        ("trackway me --token x --json", true),
        ("trackway issue --json list -L 3", true),
        ("trackway issue list -k A --base-url http://h --json", true),
        ("trackway i view A-1 --lang ru", true),
        ("trackway i list -s ~closed --created -7d -o keys", true),
        ("trackway b view 5 --mine", true),
        ("trackway bulk edit -Q x --set a=1 -y", true),
        ("trackway bulk edit --set a=1", false),
        ("trackway api --list", true),
        ("trackway api", false),
        ("trackway api --list getIssue", false),
        ("trackway api createIssue -f a=1 --input x", false),
        ("trackway api createIssue -f a", false),
        ("trackway issue create --queue A", false),
        ("trackway completion bash", true),
    ] {
        assert_eq!(Line::try_parse_from(line.split(' ')).is_ok(), good, "{line}");
    }
}

/// One letter means one thing in the whole tool (the raw API aside).
#[test]
fn letters_have_one_meaning() {
    fn walk(command: &clap::Command, seen: &mut std::collections::BTreeMap<char, String>) {
        if command.get_name() == "api" {
            return;
        }
        for argument in command.get_arguments() {
            let (Some(short), Some(long)) = (argument.get_short(), argument.get_long()) else {
                continue;
            };
            let known = seen.entry(short).or_insert_with(|| long.to_owned());
            assert_eq!(known, long, "-{short} in {}", command.get_name());
        }
        command.get_subcommands().for_each(|below| walk(below, seen));
    }
    walk(&Line::command(), &mut std::collections::BTreeMap::new());
}

#[test]
fn every_command_has_an_effect() {
    let program = Line::command();
    let elsewhere = ["backup"];
    assert_eq!(verbs::strangers(&program, &elsewhere), Vec::<String>::new());
    let allowed = verbs::claude_code(&program, true).to_string();
    assert!(allowed.contains("Bash(trackway issue list:*)"), "{allowed}");
    for writes in ["issue create", "issue delete", "queue trigger enable", "api", "undo"] {
        assert!(!allowed.contains(&format!("trackway {writes}:")), "{writes}");
    }
}

/// Both languages explain the same topics, in as many lines.
#[test]
fn topics_have_both_languages() {
    for ((name, english), (other, russian)) in help::both_languages() {
        assert_eq!(name, other);
        let lines = |text: &str| text.lines().count();
        assert!(lines(english).abs_diff(lines(russian)) <= 1, "{name}");
        assert!(russian.chars().any(|c| ('а'..='я').contains(&c)), "{name}");
    }
}

/// What an agent has to read first: 1500 tokens are some 5200 letters of such text.
#[test]
fn all_commands_fit_on_a_screen() {
    let screen = verbs::screen(&Line::command());
    assert!(screen.len() <= 5200, "{} letters", screen.len());
    for (words, ..) in verbs::all(&Line::command()) {
        let verb = words.rsplit(' ').next().unwrap_or_default();
        assert!(screen.contains(verb), "{words}");
    }
    assert!(screen.contains("issue: R list mine view"), "{screen}");
}

#[tokio::test]
async fn any_operation_can_be_called() {
    let next = [("Link", r#"<h/v3/issues/_search?perPage=1&page=2>; rel="next""#)];
    let script: [Step; 5] = [
        answer(200, "{\"a\": 1}"),
        with(200, next, "[1]"),
        answer(200, "[2]"),
        answer(204, ""),
        answer(201, "7"),
    ];
    let server = Server::play(script).await;
    for (line, expected) in [
        ("api GET /v2/boards?x=1 --query y=z", "{\"a\":1}\n"),
        ("api searchIssues --query perPage=1 -f query=Queue:A --paginate", "[1]\n[2]\n"),
        ("api deleteComment TREK-1 --path commentId=2 -H X-Trace:on", ""),
        ("api createIssue -f queue=A -F storyPoints=2.5", "7\n"),
    ] {
        let (results, _, ended) = trackway(&server, line).await;
        ended.expect(line);
        assert_eq!(results, expected, "{line}");
    }
    let seen = server.seen();
    assert_eq!(
        server.lines(),
        [
            "GET /v2/boards?x=1&y=z",
            "POST /v3/issues/_search?perPage=1",
            "POST /v3/issues/_search?perPage=1&page=2",
            "DELETE /v3/issues/TREK-1/comments/2",
            "POST /v3/issues",
        ]
    );
    assert_eq!(seen[2].body, r#"{"query":"Queue:A"}"#);
    assert_eq!(seen[3].header("x-trace"), Some("on"));
    assert_eq!(seen[4].body, r#"{"queue":"A","storyPoints":2.5}"#);
}

#[tokio::test]
async fn a_request_is_shown_as_curl_without_its_token() {
    let server = Server::play([]).await;
    for line in ["api createIssue -f queue=A --curl", "api createIssue -f queue=A -n"] {
        let (results, _, ended) = trackway(&server, line).await;
        ended.expect(line);
        assert!(results.starts_with("curl -X POST 'http://"), "{results}");
        assert!(results.ends_with("-d '{\"queue\":\"A\"}'\n"), "{results}");
        assert!(results.contains("OAuth $TRACKWAY_TOKEN"), "{results}");
    }
}

#[tokio::test]
async fn operations_are_listed_without_a_server() {
    let server = Server::play([]).await;
    let (results, _, ended) = trackway(&server, "api --list").await;
    ended.expect("nothing can fail");
    assert!(results.contains("getIssue\tGET\t/issues/{issueId}\tOne issue by key"), "{results}");
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn issues_are_listed_shown_and_created() {
    let page = with(200, [("X-Total-Count", "12")], format!("[{ISSUE},{ISSUE}]"));
    let server = Server::play([
        page,
        answer(200, ISSUE),
        answer(200, "[]"),
        answer(200, ISSUE),
        answer(201, ISSUE),
    ])
    .await;
    let (results, remarks, ended) = trackway(&server, "issue list -k TREK -L 1").await;
    ended.expect("scripted");
    assert_eq!(results, "TREK-9\t\tOpen\t\t\t2026-11-24 10:11\tBeam me up\n");
    assert!(remarks.starts_with("1 of 12 · all: --limit 0 · query: Queue:"), "{remarks}");
    let (results, ..) = trackway(&server, "issue view TREK-9").await;
    assert!(results.starts_with("TREK-9  Beam me up\nStatus      Open\n"), "{results}");
    assert!(results.ends_with("\n\nNow.\n"), "{results}");
    let (results, ..) = trackway(&server, "issue view trek-9 --json").await;
    assert!(results.contains(r#""status":{"key":"open","name":"Open"}"#), "{results}");
    let line = "issue create S -k TREK -T a -T b -f storyPoints=1 -o keys";
    let (results, ..) = trackway(&server, line).await;
    assert_eq!(results, "TREK-9\n");
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /v3/issues/_search?perPage=1");
    assert_eq!(seen[3].line, "GET /v3/issues/TREK-9");
    let created = r#"{"queue":"TREK","storyPoints":1,"summary":"S","tags":["a","b"]}"#;
    assert_eq!(seen[4].body, created);
}

#[tokio::test]
async fn a_dry_run_sends_no_change() {
    let transitions =
        r#"[{"id":"close","display":"Close","to":{"key":"closed","display":"Closed"}}]"#;
    let server = Server::play([
        answer(200, transitions),
        answer(200, format!("[{ISSUE}]")),
        answer(200, r#"{"version":3}"#),
        answer(200, r#"{"login":"ann"}"#),
    ])
    .await;
    for (line, wanted) in [
        ("issue create S -k A -n", r#"would send POST /v3/issues {"queue":"A","summary":"S"}"#),
        ("issue edit AB-1 -T +x -n", r#"would send PATCH /v3/issues/AB-1 {"tags":{"add":["x"]}}"#),
        (
            "issue transition AB-1 closed --resolution fixed -n",
            r#"would send POST /v3/issues/AB-1/transitions/close/_execute {"resolution":"fixed"}"#,
        ),
        ("issue comment AB-1 hi -n", r#"would send POST /v3/issues/AB-1/comments {"text":"hi"}"#),
        ("issue move AB-1 B -n", "would send POST /v3/issues/AB-1/_move?queue=B {}"),
        (
            "issue link AB-1 blocks AB-2 -n",
            r#"would send POST /v3/issues/AB-1/links {"issue":"AB-2","relationship":"is dependent by"}"#,
        ),
        (
            "issue worklog-add AB-1 1h -n",
            r#"would send POST /v3/issues/AB-1/worklog {"duration":"PT60M"}"#,
        ),
        (
            "bulk edit -Q x --set priority=critical -n",
            r#"would send POST /v3/bulkchange/_update {"issues":["TREK-9"],"values":{"priority":"critical"}}"#,
        ),
        ("sprint start 7 -n", "would send POST /v3/sprints/7/_start?version=3 {}"),
        (
            "issue assign AB-1 me -n --silent",
            r#"would send PATCH /v3/issues/AB-1?notify=false {"assignee":"ann"}"#,
        ),
        ("filter delete 4 -n", "would send DELETE /v3/filters/4"),
        (
            "board add AB-1 --board 5 -n",
            r#"would send PATCH /v3/issues/AB-1 {"boards":{"add":[5]}}"#,
        ),
    ] {
        let (results, _, ended) = trackway(&server, line).await;
        ended.expect(line);
        assert_eq!(results.trim_end(), wanted, "{line}");
    }
    let reads = [
        "GET /v3/issues/AB-1/transitions",
        "POST /v3/issues/_search?perPage=100",
        "GET /v3/sprints/7",
        "GET /v3/myself",
    ];
    assert_eq!(server.lines(), reads);
}

#[tokio::test]
async fn a_refused_transition_says_what_is_possible() {
    let open =
        r#"[{"id":"take","display":"Take","to":{"key":"inProgress","display":"In progress"}}]"#;
    let server = Server::play([answer(200, open), answer(200, ISSUE)]).await;
    let (_, _, ended) = trackway(&server, "issue transition AB-1 closed").await;
    let failure = ended.expect_err("not possible");
    assert_eq!(failure.kind().exit_code(), 8);
    assert!(failure.report(false).contains("now:      Open\n  possible: Take (→ In progress)"));
}

#[tokio::test]
async fn several_issues_are_not_changed_without_a_word() {
    let server = Server::play([]).await;
    for line in ["issue edit A-1 A-2 -t bug --no-input", "issue comment-delete A-1 4 --no-input"] {
        let (_, _, ended) = trackway(&server, line).await;
        assert_eq!(ended.expect_err("unconfirmed").kind().exit_code(), 3, "{line}");
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_board_shows_its_columns() {
    let board =
        r#"{"self":"s","id":5,"version":1,"name":"Trek","query":"Queue: TREK \"Sort By\": Key"}"#;
    let columns = r#"[{"id":1,"name":"To do","limit":3,"statuses":[{"key":"open","display":"Open"}]},
        {"id":2,"name":"Done","statuses":[{"key":"closed","display":"Closed"}]}]"#;
    let server =
        Server::play([answer(200, board), answer(200, columns), answer(200, format!("[{ISSUE}]"))])
            .await;
    let (results, _, ended) = trackway(&server, "board view 5").await;
    ended.expect("scripted");
    assert_eq!(results, "5  Trek\n\nTo do (1/3)\n  TREK-9  Beam me up\n\nDone (0)\n");
    assert_eq!(server.seen()[2].body, r#"{"query":"(Queue: TREK)"}"#);
}

#[tokio::test]
async fn a_bulk_change_done_in_part_says_so() {
    let change = |status: &str| {
        format!(
            r#"{{"id":"7","self":"s","createdBy":{{"self":"s","id":"1","display":"x"}},
            "createdAt":"t","status":"{status}","statusText":"","executionChunkPercent":0,
            "executionIssuePercent":0,"totalIssues":2,"totalCompletedIssues":1}}"#
        )
    };
    let failed = r#"[{"issue":{"key":"A-2"},"error":{"errorMessages":["No"]}}]"#;
    let known = r#"[{"key":"A-1"},{"key":"A-2"}]"#;
    let server = Server::play([
        answer(200, known),
        answer(201, change("CREATED")),
        answer(200, change("COMPLETE")),
        answer(200, failed),
    ])
    .await;
    let line = "bulk edit --keys A-1,A-2 --set priority=minor -y";
    let (results, remarks, ended) = trackway(&server, line).await;
    assert_eq!(ended.expect_err("in part").kind().exit_code(), 11);
    assert!(results.contains("COMPLETE"), "{results}");
    assert!(remarks.contains("A-2: No"), "{remarks}");
}

#[tokio::test]
async fn failures_have_kinds() {
    let statuses = [400, 401, 403, 404, 409, 412, 422, 423, 500, 501, 502];
    let server = Server::play(statuses.map(|status| answer(status, "{}"))).await;
    for (status, code) in statuses.into_iter().zip([2, 4, 5, 6, 7, 7, 8, 8, 1, 1, 10]) {
        let (_, _, ended) = trackway(&server, "issue view TREK-9").await;
        let failure = ended.expect_err("scripted");
        assert_eq!(failure.kind().exit_code(), code, "{status}");
    }
    let (_, _, ended) = words(&server, &["issue", "view", ".."]).await;
    assert_eq!(ended.expect_err("a strange key").kind(), Kind::Usage);
}

#[tokio::test]
async fn issues_are_exported_with_what_is_on_them() {
    let folder = std::env::temp_dir().join(format!("trackway-export-{}", std::process::id()));
    let script = [answer(200, format!("[{ISSUE}]")), answer(200, r#"[{"id":3,"text":"x"}]"#)];
    let server = Server::play(script).await;
    let directory = folder.display().to_string();
    let line = ["export", "-k", "TREK", "-O", &directory, "--with", "comments"];
    let (results, _, ended) = words(&server, &line).await;
    ended.expect("scripted");
    let text = std::fs::read_to_string(results.trim_end()).expect("a file");
    let issue: serde_json::Value = serde_json::from_str(text.trim_end()).expect("one line");
    assert_eq!((&issue["key"], &issue["comments"][0]["text"]), (&"TREK-9".into(), &"x".into()));
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn completions_and_manuals_are_written() {
    let mut results = Vec::new();
    let look = common::Look::default();
    let mut output = Output::new(&mut results, std::io::sink(), false, &look);
    let command = |words: &[&str]| Line::try_parse_from(words).expect("a good line").command;
    start(command(&["trackway", "completion", "bash"]), Line::command, &mut output).expect("bash");
    let folder = std::env::temp_dir().join(format!("trackway-man-{}", std::process::id()));
    let directory = folder.display().to_string();
    let line = ["trackway", "man", "-O", &directory];
    start(command(&line), Line::command, &mut output).expect("manuals");
    start(command(&["trackway", "help", "exit-codes"]), Line::command, &mut output).expect("text");
    drop(output);
    let text = String::from_utf8(results).expect("text");
    assert!(text.contains("COMPLETE") && text.contains("rate limited"), "{text}");
    assert!(std::fs::read_dir(&folder).expect("a folder").count() > 10);
    std::fs::remove_dir_all(&folder).expect("removed");
}
