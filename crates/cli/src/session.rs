//! A command at work: the client, where results go, and what the caller allows.

use std::io::{IsTerminal, Write};

use serde_json::{Value, json};
use trackway_client::api::{HttpMethod, Outgoing};
use trackway_client::{AnyRequest, Pages, Response, Tracker};

use crate::api::declared;
use crate::common::Common;
use crate::config::Repository;
use crate::failure::{Failure, Kind};
use crate::git;
use crate::lang;
use crate::output::{Column, Output};
use crate::undo::{Back, Journal};

/// Largest page asked for at once.
const LARGEST_PAGE: usize = 100;

/// Where the cloud shows what its API speaks of.
const CLOUD_PAGES: &str = "https://tracker.yandex.ru";

/// Columns of issues.
pub(crate) const ISSUE: &[Column] = &[
    Column("KEY", "key"),
    Column("PRI", "priority"),
    Column("STATUS", "status"),
    Column("ASSIGNEE", "assignee"),
    Column("DEADLINE", "deadline"),
    Column("UPDATED", "updatedAt"),
    Column("SUMMARY", "summary"),
];

/// A command at work.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Session<'s, 'o> {
    pub(crate) tracker: Tracker,
    pub(crate) output: &'s mut Output<'o>,
    pub(crate) dry_run: bool,
    yes: bool,
    may_ask: bool,
    silent: bool,
    page: Option<u32>,
    cursor: Option<String>,
    /// A tag that fences the words of others in, if an agent reads.
    pub(crate) fence: Option<String>,
    /// Queue of the environment, the repository or the profile.
    pub(crate) queue: Option<String>,
    /// What the repository says.
    pub(crate) repository: Repository,
    /// Where changes are remembered.
    pub(crate) journal: Option<Journal>,
}

/// Pairs of a query string.
pub(crate) type Query<'q> = &'q [(&'static str, String)];

/// A list and the number of all.
pub(crate) struct Found {
    pub(crate) items: Vec<Value>,
    pub(crate) total: Option<u64>,
    /// The page, where one was asked for.
    page: Option<u32>,
}

impl Found {
    /// A part is never mistaken for the whole.
    pub(crate) fn footer(&self) -> String {
        let shown = self.items.len();
        if let Some(page) = self.page {
            let total = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
            return format!("{shown}{total}, page {page} · next: --page {}", page + 1);
        }
        match self.total {
            Some(total) if total > shown as u64 => {
                format!("{shown} of {total} · all: --limit 0")
            }
            Some(total) => format!("{shown} of {total}"),
            None => format!("{shown} shown"),
        }
    }
}

impl<'s, 'o> Session<'s, 'o> {
    pub(crate) fn new(
        tracker: Tracker,
        output: &'s mut Output<'o>,
        common: &Common,
        queue: Option<String>,
        repository: Repository,
    ) -> Self {
        output.pages_at(pages(tracker.base_url()));
        Self {
            tracker,
            output,
            dry_run: common.dry_run,
            yes: common.yes,
            may_ask: !common.no_input && !common.agent && std::io::stdin().is_terminal(),
            silent: common.silent,
            page: common.page,
            cursor: common.cursor.clone(),
            fence: common.agent.then(fence),
            queue,
            repository,
            journal: None,
        }
    }

    /// The path of a template with its parameters, each encoded.
    pub(crate) fn at(template: &str, params: &[&str]) -> String {
        Outgoing::at(template, params).path
    }

    /// Reads.
    pub(crate) async fn get(&self, path: &str, query: Query<'_>) -> Result<Value, Failure> {
        self.value(request(HttpMethod::GET, path, query, None)).await
    }

    /// The answer to a request that reads; nothing where members are asked for and there is no
    /// server.
    async fn value(&self, request: AnyRequest) -> Result<Value, Failure> {
        if self.output.is_alone() {
            return Ok(Value::Null);
        }
        match self.tracker.call(request).await {
            Ok(answer) => Ok(answer.value),
            Err(error) => self.alone(error.into()).map(|()| Value::Null),
        }
    }

    /// Which members objects have is told without a server as well.
    ///
    /// # Errors
    /// The failure, where something else is asked for or it has another cause.
    fn alone(&self, failure: Failure) -> Result<(), Failure> {
        if !self.output.explains() || !matches!(failure.kind(), Kind::Network | Kind::SignIn) {
            return Err(failure);
        }
        self.output.be_alone();
        Ok(())
    }

    /// Reads in a language, whatever that of the caller is.
    pub(crate) async fn get_in(&self, language: &str, path: &str) -> Result<Value, Failure> {
        let headers = vec![("Accept-Language".into(), language.to_owned())];
        let outgoing = Outgoing { path: path.to_owned(), headers, ..Outgoing::default() };
        let request = match declared(HttpMethod::GET, path) {
            Some(info) => AnyRequest::of(info, outgoing),
            None => AnyRequest::undeclared(HttpMethod::GET, outgoing),
        };
        self.value(request).await
    }

    /// Reads a list of at most `limit` (0 for all) over its pages.
    pub(crate) async fn list(
        &self,
        path: &str,
        query: Query<'_>,
        limit: usize,
    ) -> Result<Found, Failure> {
        let mut query = query.to_vec();
        query.extend(self.cursor.iter().map(|id| ("id", id.clone())));
        self.pages(HttpMethod::GET, path, query, None, limit).await
    }

    /// Reads a list to its end, whatever page the caller asks for.
    pub(crate) async fn whole(&self, path: &str, query: Query<'_>) -> Result<Vec<Value>, Failure> {
        let mut pages = self.tracker.call_pages(request(HttpMethod::GET, path, query, None));
        let mut items = Vec::new();
        while let Some(page) = self.next(&mut pages).await? {
            match page.value {
                Value::Array(page) => items.extend(page),
                other => items.push(other),
            }
        }
        Ok(items)
    }

    /// The next page of a list, if there is one.
    async fn next(&self, pages: &mut Pages<Value>) -> Result<Option<Response<Value>>, Failure> {
        if self.output.is_alone() {
            return Ok(None);
        }
        match pages.next_page().await {
            Ok(page) => Ok(page),
            Err(error) => self.alone(error.into()).map(|()| None),
        }
    }

    async fn pages(
        &self,
        method: HttpMethod,
        path: &str,
        mut query: Vec<(&'static str, String)>,
        body: Option<Value>,
        limit: usize,
    ) -> Result<Found, Failure> {
        if let Some(page) = self.page {
            query.retain(|(name, _)| *name != "perPage");
            let size = if limit == 0 { LARGEST_PAGE } else { limit.min(LARGEST_PAGE) };
            query.extend([("perPage", size.to_string()), ("page", page.to_string())]);
        }
        let limit = if limit == 0 { usize::MAX } else { limit };
        let mut pages = self.tracker.call_pages(request(method, path, &query, body));
        let (mut items, mut total) = (Vec::new(), None);
        let mut progress = self.output.progress("reading", false);
        while items.len() < limit
            && let Some(page) = self.next(&mut pages).await?
        {
            total = page.total_count().or(total);
            match page.value {
                Value::Array(page) => items.extend(page),
                other => items.push(other),
            }
            if self.page.is_some() {
                break;
            }
            let wanted = total.map(|total| total.min(limit as u64));
            progress.at(items.len() as u64, wanted);
        }
        items.truncate(limit);
        Ok(Found { items, total, page: self.page })
    }

    /// Issues that a body of a search finds.
    pub(crate) async fn search(&self, body: Value, limit: usize) -> Result<Found, Failure> {
        let size = if limit == 0 { LARGEST_PAGE } else { limit.min(LARGEST_PAGE) };
        let query = vec![("perPage", size.to_string())];
        self.pages(HttpMethod::POST, "/issues/_search", query, Some(body), limit).await
    }

    /// Objects that a body finds.
    pub(crate) async fn find(
        &self,
        path: &str,
        body: Value,
        limit: usize,
    ) -> Result<Found, Failure> {
        let query = vec![("perPage", LARGEST_PAGE.to_string())];
        self.pages(HttpMethod::POST, path, query, Some(body), limit).await
    }

    /// The answer of a search that has a form of its own.
    pub(crate) async fn ask(
        &self,
        path: &str,
        query: Query<'_>,
        body: Value,
    ) -> Result<Value, Failure> {
        self.value(request(HttpMethod::POST, path, query, Some(body))).await
    }

    /// The number of issues that a body of a search finds.
    pub(crate) async fn count(&self, body: Value) -> Result<Value, Failure> {
        self.value(request(HttpMethod::POST, "/issues/_count", &[], Some(body))).await
    }

    /// Changes something; with `--dry-run` only says what would be sent, and answers nothing.
    pub(crate) async fn write(
        &mut self,
        method: HttpMethod,
        path: &str,
        query: Query<'_>,
        body: Option<Value>,
    ) -> Result<Option<Value>, Failure> {
        self.write_known(method, path, query, body, None).await
    }

    /// Changes something as [`Self::write`] does, and remembers what reverses it.
    pub(crate) async fn write_known(
        &mut self,
        method: HttpMethod,
        path: &str,
        query: Query<'_>,
        body: Option<Value>,
        back: Option<Back>,
    ) -> Result<Option<Value>, Failure> {
        if self.output.explains() {
            return Err(Failure::usage("--fields help is for commands that read"));
        }
        let mut query = query.to_vec();
        if self.silent && (path.starts_with("/issues") || path.starts_with("/bulkchange")) {
            query.push(("notify", "false".to_owned()));
        }
        if self.dry_run {
            let pairs: Vec<_> = query.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let query =
                if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
            let plan = json!({"method": method.as_str(), "path": format!("/v3{path}{query}"),
                "body": body});
            if self.output.is_json() {
                self.output.json(&plan)?;
            } else {
                let body = body.map_or_else(String::new, |body| format!(" {body}"));
                self.output.text(&format!("would send {method} /v3{path}{query}{body}"))?;
            }
            return Ok(None);
        }
        let sent = body.clone().unwrap_or_default();
        let answer = self.tracker.call(request(method, path, &query, body)).await?;
        if let Some(journal) = &self.journal {
            let server = self.tracker.base_url();
            journal.add(server, method, path, &sent, &answer.value, back.as_ref());
        }
        Ok(Some(answer.value))
    }

    /// Goes on only if the caller agrees.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<(), Failure> {
        if self.yes || self.dry_run {
            return Ok(());
        }
        let refused = |why: &str| {
            Failure::new(Kind::Unconfirmed, why).hint("give --yes, or --dry-run to see the plan")
        };
        if !self.may_ask {
            let why = lang::shown("a confirmation is needed");
            return Err(refused(&format!("{}: {why}", lang::shown(question))));
        }
        let mut stderr = std::io::stderr();
        write!(stderr, "{} [y/N] ", lang::shown(question)).and_then(|()| stderr.flush()).ok();
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        let agreed = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "д" | "да");
        if agreed { Ok(()) } else { Err(refused("cancelled")) }
    }

    /// Whether the server is the cloud service, as far as its address tells.
    pub(crate) fn is_cloud(&self) -> bool {
        is_cloud(self.tracker.base_url())
    }

    /// Address of the page of an issue.
    pub(crate) fn page(&self, key: &str) -> String {
        format!("{}/{key}", pages(self.tracker.base_url()))
    }

    /// The issue that is meant: the one that is given, or that of `TRACKWAY_ISSUE`, or that of the
    /// branch. The last is said before anything is done with it.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn current(&mut self, given: Option<&str>) -> Result<String, Failure> {
        if let Some(key) = given {
            return Ok(self.key(key));
        }
        if let Some(key) = std::env::var("TRACKWAY_ISSUE").ok().filter(|key| !key.is_empty()) {
            return Ok(self.key(&key));
        }
        let Some(key) = git::issue() else {
            return Err(Failure::usage("no issue is given")
                .hint("name its key, or work on a branch that is named after it"));
        };
        self.output.remark(&format!("{key} (the branch)"));
        Ok(key)
    }

    /// The issues at the beginning of the words, or the current one, and the words that follow.
    ///
    /// # Errors
    /// There is no issue.
    pub(crate) fn split<'w>(
        &mut self,
        words: &'w [String],
    ) -> Result<(Vec<String>, &'w [String]), Failure> {
        let count = words.iter().take_while(|word| self.is_key(word)).count();
        let (keys, rest) = words.split_at(count);
        if keys.is_empty() {
            return Ok((vec![self.current(None)?], rest));
        }
        Ok((keys.iter().map(|key| self.key(key)).collect(), rest))
    }

    /// The issues that are given, or the current one.
    ///
    /// # Errors
    /// There is no issue.
    pub(crate) fn keys(&mut self, given: &[String]) -> Result<Vec<String>, Failure> {
        if given.is_empty() {
            return Ok(vec![self.current(None)?]);
        }
        Ok(given.iter().map(|key| self.key(key)).collect())
    }

    /// The uid of a person, as references name it.
    pub(crate) async fn user(&self, who: &str) -> Result<String, Failure> {
        let path = match who {
            "me" => "/myself".to_owned(),
            other => Self::at("/users/{login}", &[other.trim_end_matches('@')]),
        };
        Ok(crate::shape::cell(self.get(&path, &[]).await?.get("uid")))
    }

    /// Whether people are not to be notified.
    pub(crate) fn silent(&self) -> bool {
        self.silent
    }

    /// The words of others, fenced in where an agent reads.
    pub(crate) fn quoted(&self, text: &str) -> String {
        match &self.fence {
            Some(fence) => format!("<{fence}>\n{text}\n</{fence}>"),
            None => text.to_owned(),
        }
    }

    /// Whether there is a person to ask.
    pub(crate) fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Whether a word looks like a key: `TEST-1`, `1` with a default queue, the address of a page.
    fn is_key(&self, word: &str) -> bool {
        let last = word.trim_end_matches('/').rsplit('/').next().unwrap_or(word);
        if word.contains("://") {
            return git::is_key(last);
        }
        if word.bytes().all(|b| b.is_ascii_digit()) {
            return self.queue.is_some() && !word.is_empty();
        }
        git::is_key(word)
    }

    /// A key as it is addressed: `test-1`, `1` with a queue of the profile, or the address of a
    /// page.
    pub(crate) fn key(&self, text: &str) -> String {
        let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
        match &self.queue {
            Some(queue) if !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{queue}-{last}")
            }
            _ => last.to_uppercase(),
        }
    }
}

/// Where a server shows what its API speaks of.
fn pages(base: &str) -> &str {
    if is_cloud(base) { CLOUD_PAGES } else { base.trim_end_matches('/') }
}

fn is_cloud(base: &str) -> bool {
    base.trim_end_matches('/') == trackway_client::CLOUD_URL
}

/// A tag that nobody who writes an issue can know.
fn fence() -> String {
    let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    format!("data-{random:016x}")
}

fn request(method: HttpMethod, path: &str, query: Query<'_>, body: Option<Value>) -> AnyRequest {
    let outgoing = Outgoing {
        path: path.to_owned(),
        query: query.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        body: body.map(|body| body.to_string().into_bytes()),
        ..Outgoing::default()
    };
    match declared(method, path) {
        Some(info) => AnyRequest::of(info, outgoing),
        None => AnyRequest::undeclared(method, outgoing),
    }
}

/// A text given as it is, as `@file`, or as `-` for standard input.
pub(crate) fn text(given: &str) -> Result<String, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read {given}: {error}"));
    match given.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).map_err(unreadable),
        None if given == "-" => std::io::read_to_string(std::io::stdin()).map_err(unreadable),
        None => Ok(given.to_owned()),
    }
}

/// A person in a request: `me` and `none` are understood by the server as little as by others.
pub(crate) async fn person(session: &Session<'_, '_>, who: &str) -> Result<Value, Failure> {
    Ok(match who {
        "none" | "-" => Value::Null,
        "me" => session.get("/myself", &[]).await?["login"].clone(),
        other => other.trim_end_matches('@').into(),
    })
}
