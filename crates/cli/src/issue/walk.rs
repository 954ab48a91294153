//! Goes over several transitions: to a status that is wanted, or back to one that was.

use serde_json::Value;

use super::flow::{self, Along};
use super::path;
use crate::failure::{Failure, Kind};
use crate::session::{ISSUE, Session};
use crate::shape::cell;

/// Takes an issue to a status that `is_there` by the shortest way of the workflow, and says which.
pub(super) async fn there(
    session: &mut Session<'_, '_>,
    key: &str,
    open: &[Value],
    is_there: impl Fn(&Value) -> bool,
    along: &Along,
    what: &str,
) -> Result<(), Failure> {
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
    let workflow = path::workflow(session, &issue).await?.unwrap_or_default();
    let way = path::way(&workflow, &cell(issue["status"].get("key")), is_there, &[]);
    let Some((last, before)) = way.split_last() else {
        return Err(flow::impossible(session, key, what, open).await);
    };
    session.output.remark(&format!("{key} → {}", names(&way)));
    for status in before {
        let found = flow::matching(session, key, &cell(status.get("key"))).await?;
        if !flow::perform(session, key, &found, &Along::default()).await? {
            return Ok(());
        }
    }
    let found = flow::matching(session, key, &cell(last.get("key"))).await?;
    flow::execute(session, key, &found, along).await
}

fn names(way: &[Value]) -> String {
    way.iter().map(|status| cell(Some(status))).collect::<Vec<_>>().join(" → ")
}

/// An issue on its way back.
struct Walk<'w> {
    key: &'w str,
    /// Where it is to arrive.
    to: &'w Value,
    /// The resolution it had there.
    resolution: Option<&'w str>,
    /// Steps that were refused.
    shut: Vec<(String, String)>,
    /// Why the last one was.
    why: Option<Failure>,
    /// A resolution to give where there is no way without one.
    given: Option<String>,
    passed: Vec<Value>,
}

/// Takes an issue back to a status it was in, over as many transitions as that takes. Steps that are
/// refused are gone round; a resolution is given on the way only where there is no way without one.
///
/// # Errors
/// There is no way: says how far the issue came.
pub(crate) async fn back(
    session: &mut Session<'_, '_>,
    key: &str,
    to: &Value,
    resolution: Option<&str>,
) -> Result<(), Failure> {
    let path = Session::at("/issues/{key}", &[key]);
    let begin = session.get(&path, &[]).await?;
    if begin["status"]["key"] == to["key"] {
        return Ok(());
    }
    let workflow = path::workflow(session, &begin).await?.unwrap_or_default();
    let (shut, passed) = (Vec::new(), Vec::new());
    let mut walk = Walk { key, to, resolution, shut, why: None, given: None, passed };
    let mut at = begin["status"].clone();
    while at["key"] != to["key"] {
        let way = walk.way(&workflow, &at);
        let Some(next) = way.first() else {
            if walk.given.is_none() && walk.may_need_resolution() {
                walk.given = path::resolutions(session, key).await.into_iter().next();
                walk.shut.clear();
                if walk.given.is_some() {
                    continue;
                }
            }
            return Err(walk.stuck(&at));
        };
        if session.dry_run && way.len() > 1 {
            session.output.remark(&format!("{key} → {}", names(&way)));
        }
        match walk.step(session, next, way.len() == 1).await {
            Ok(true) => at = next.clone(),
            Ok(false) => return Ok(()),
            Err(failure) if matches!(failure.kind(), Kind::Rules | Kind::NotFound) => {
                walk.shut.push((cell(at.get("key")), cell(next.get("key"))));
                walk.why = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    if walk.passed.len() > 1 {
        session.output.remark(&format!("{key} → {}", names(&walk.passed)));
    }
    let issue = session.get(&path, &[]).await?;
    let line = format!("{key}: {} → {}", cell(begin.get("status")), cell(issue.get("status")));
    session.output.changed(ISSUE, &line, issue)
}

impl Walk<'_> {
    /// Where the workflow is known the shortest way, otherwise what there is at once.
    fn way(&self, workflow: &Value, at: &Value) -> Vec<Value> {
        let is_there = |status: &Value| status["key"] == self.to["key"];
        let way = path::way(workflow, &cell(at.get("key")), is_there, &self.shut);
        if way.is_empty() && workflow.is_null() && self.shut.is_empty() {
            return vec![self.to.clone()];
        }
        way
    }

    fn may_need_resolution(&self) -> bool {
        self.why.as_ref().is_some_and(|why| why.is_about("resolution"))
    }

    /// One transition; whether it was made and not only shown.
    async fn step(
        &mut self,
        session: &mut Session<'_, '_>,
        next: &Value,
        last: bool,
    ) -> Result<bool, Failure> {
        let open = flow::transitions(session, self.key).await?;
        let found = open.iter().find(|t| t["to"]["key"] == next["key"]).ok_or_else(|| {
            Failure::new(Kind::Rules, format!("no transition to {} is open", cell(Some(next))))
        })?;
        let resolution = self.resolution.filter(|_| last).map(str::to_owned);
        let resolution = resolution.or_else(|| self.given.clone());
        let along = Along::with_resolution(resolution);
        let done = flow::perform(session, self.key, found, &along).await?;
        if done {
            self.passed.push(next.clone());
        }
        Ok(done)
    }

    fn stuck(self, at: &Value) -> Failure {
        let kind = if self.passed.is_empty() { Kind::Rules } else { Kind::Partly };
        let message = format!("{} has no way back to {}", self.key, cell(Some(self.to)));
        let failure = Failure::new(kind, message)
            .note("now", cell(Some(at)))
            .hint(format!("trackway issue transition {} --list", self.key));
        match self.why {
            Some(why) => failure.note("why", why.to_string()),
            None => failure,
        }
    }
}
