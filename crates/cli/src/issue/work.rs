//! A day of work: starting an issue, ending it, opening its page, following and voting.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use super::fields::duration;
use super::flow;
use crate::failure::{Failure, Kind};
use crate::session::{ISSUE, Session};
use crate::shape::cell;
use crate::{browser, git, my};

/// Arguments of `trackway issue start`.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// Key; that of the branch if not given.
    #[arg(add = crate::complete::of("keys"))]
    key: Option<String>,
    /// Leave the branch as it is.
    #[arg(long)]
    no_branch: bool,
    /// Measure the time until `issue finish` or `time stop`.
    #[arg(long)]
    timer: bool,
}

pub(super) async fn start(arguments: Start, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let key = session.current(arguments.key.as_deref())?;
    let path = Session::at("/issues/{key}", &[&key]);
    let issue = session.get(&path, &[]).await?;
    let me = session.get("/myself", &[]).await?;
    if issue["assignee"]["id"] != cell(me.get("uid")).as_str() {
        let body = json!({"assignee": me["login"]});
        if let Some(issue) = session.write(HttpMethod::PATCH, &path, &[], Some(body)).await? {
            session.output.changed(ISSUE, &format!("{key}: assigned to you"), issue)?;
        }
    }
    let wanted = session.repository.start_status.clone();
    move_on(session, &key, &issue, wanted.as_deref(), &["inProgress"]).await?;
    if !arguments.no_branch && !session.dry_run {
        let pattern = session.repository.branch.clone();
        let name = git::branch_name(pattern.as_deref(), &key, &cell(issue.get("summary")));
        if let Some(said) = git::switch(&name, &key)? {
            session.output.remark(&format!("✓ {said}"));
        }
    }
    if arguments.timer && !session.dry_run {
        my::measure(&key);
    }
    session.output.hint("Next: trackway issue comment TEXT · trackway issue finish");
    Ok(())
}

/// Takes an issue to the status that the repository names, or else to one of these types, unless
/// it is there.
async fn move_on(
    session: &mut Session<'_, '_>,
    key: &str,
    issue: &Value,
    wanted: Option<&str>,
    kinds: &[&str],
) -> Result<(), Failure> {
    if let Some(wanted) = wanted {
        if issue["status"]["key"] == wanted {
            return Ok(());
        }
        return flow::go(session, key, wanted).await;
    }
    if flow::kind_of(session, issue).await?.is_some_and(|kind| kinds.contains(&kind.as_str())) {
        return Ok(());
    }
    flow::toward_kinds(session, key, kinds).await
}

/// Arguments of `trackway issue finish`.
#[derive(Debug, Args)]
pub(crate) struct Finish {
    /// Key; that of the branch if not given.
    #[arg(add = crate::complete::of("keys"))]
    key: Option<String>,
    /// Status to take it to; that of the repository's settings, or a closed one, if not given.
    #[arg(long, value_name = "STATUS")]
    to: Option<String>,
    /// Time to record; what was measured if not given.
    #[arg(long, value_name = "DURATION")]
    spent: Option<String>,
    /// Record no time.
    #[arg(long, conflicts_with = "spent")]
    no_time: bool,
    /// Print the text of a merge request.
    #[arg(long)]
    mr_body: bool,
}

pub(super) async fn finish(
    arguments: Finish,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.current(arguments.key.as_deref())?;
    let path = Session::at("/issues/{key}", &[&key]);
    let issue = session.get(&path, &[]).await?;
    let wanted = arguments.to.or_else(|| session.repository.done_status.clone());
    move_on(session, &key, &issue, wanted.as_deref(), &["done"]).await?;
    let measured = my::measured(&key).filter(|_| !arguments.no_time);
    let spent = arguments.spent.or_else(|| measured.map(|minutes| format!("{}m", minutes.max(1))));
    if let Some(spent) = spent {
        let body = json!({"duration": duration(&spent)?});
        let path = Session::at("/issues/{key}/worklog", &[&key]);
        if session.write(HttpMethod::POST, &path, &[], Some(body)).await?.is_some() {
            session.output.remark(&format!("✓ {spent} recorded on {key}"));
            my::measured_enough();
        }
    }
    if arguments.mr_body {
        let text = merge_request(session, &issue);
        return session.output.text(&text);
    }
    session.output.hint("Next: git push · merge request text: trackway issue current --mr-body");
    Ok(())
}

fn merge_request(session: &Session<'_, '_>, issue: &Value) -> String {
    let key = cell(issue.get("key"));
    format!("{key}: {}\n\n{}", cell(issue.get("summary")), session.page(&key))
}

/// Arguments of `trackway issue current`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Current {
    /// Print the address of its page.
    #[arg(long, group = "what")]
    url: bool,
    /// Print its summary.
    #[arg(long, group = "what")]
    title: bool,
    /// Print the name of the branch.
    #[arg(long, group = "what")]
    branch: bool,
    /// Print the text of a merge request.
    #[arg(long, group = "what")]
    mr_body: bool,
}

pub(super) async fn current(
    arguments: &Current,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let set = std::env::var("TRACKWAY_ISSUE").ok().filter(|key| !key.is_empty());
    let key = set.map(|key| session.key(&key)).or_else(git::issue).ok_or_else(|| {
        Failure::new(Kind::NotFound, "the branch is about no issue")
            .hint("trackway issue start KEY")
    })?;
    let text = if arguments.url {
        session.page(&key)
    } else if arguments.branch {
        git::branch().unwrap_or_default()
    } else if arguments.title || arguments.mr_body {
        let issue = session.get(&Session::at("/issues/{key}", &[&key]), &[]).await?;
        if arguments.title { cell(issue.get("summary")) } else { merge_request(session, &issue) }
    } else {
        key
    };
    session.output.text(&text)
}

/// Arguments of `trackway issue open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// Keys; that of the branch if none is given.
    #[arg(add = crate::complete::of("keys"))]
    keys: Vec<String>,
    /// Print the addresses instead.
    #[arg(long)]
    print: bool,
    /// Copy instead: the address (url), the key (key), or a link in Markdown (md). It is printed too,
    /// for terminals that let no program copy.
    #[arg(long, value_name = "url|key|md", num_args = 0..=1, default_missing_value = "url",
        conflicts_with = "print")]
    copy: Option<String>,
}

pub(super) async fn open(
    mut arguments: Open,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let copied = arguments.copy.take().map(|word| match word.as_str() {
        "url" | "key" | "md" => word,
        // The form may be left out in front of a key.
        _ => {
            arguments.keys.insert(0, word);
            "url".to_owned()
        }
    });
    let keys = match session.keys(&arguments.keys) {
        Err(none) => vec![super::last::seen().ok_or(none)?],
        keys => keys?,
    };
    if let Some(form) = copied {
        return copy(&form, &keys, session).await;
    }
    for key in keys {
        let page = session.page(&key);
        if arguments.print {
            session.output.text(&page)?;
        } else {
            browser::open(&page)?;
        }
    }
    Ok(())
}

/// Puts a line for each issue on the clipboard, by the terminal, which may be far away.
async fn copy(form: &str, keys: &[String], session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for key in keys {
        lines.push(match form {
            "key" => key.clone(),
            "md" => {
                let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
                let summary = cell(issue.get("summary")).replace(['[', ']'], " ");
                format!("[{key}: {summary}]({})", session.page(key))
            }
            _ => session.page(key),
        });
    }
    let text = lines.join("\n");
    if session.output.is_terminal() {
        session.output.clipboard(&text)?;
        session.output.remark("copied");
    }
    session.output.text(&text)
}

/// Arguments of `trackway issue follow`, `vote` and their opposites.
#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// Keys; that of the branch if none is given.
    pub(super) keys: Vec<String>,
    /// Who: me, or a login.
    #[arg(long, default_value = "me")]
    pub(super) who: String,
}

pub(super) async fn follow(
    arguments: Follow,
    on: bool,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let who = crate::session::person(session, &arguments.who).await?;
    let body = json!({"followers": {(if on { "add" } else { "remove" }): [who]}});
    let word = if on { "is followed" } else { "is not followed any more" };
    for key in session.keys(&arguments.keys)? {
        let path = Session::at("/issues/{key}", &[&key]);
        let done = session.write(HttpMethod::PATCH, &path, &[], Some(body.clone())).await?;
        if let Some(issue) = done {
            session.output.changed(ISSUE, &format!("{key} {word}"), issue)?;
        }
    }
    Ok(())
}
