//! Requests to other systems (automation.md, 1.5): written as jobs with everything filled in, sent
//! by the server, each attempt logged.

pub mod ops;
pub mod store;

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::cx::Cx;
use crate::dict::model::{Auth, Hook};
use crate::error::{Error, Result};
use crate::job::run::Ended;
use crate::job::{self, Job, Kind, NewJob};
use crate::rule::act::Acting;
use crate::rule::render::MASK;
use crate::rule::scene::Scene;
use crate::time::Instant;
use crate::tracker::Tracker;

/// Name by which the original marks its requests.
pub const MARK: &str = "X-Startrek-Transport";

/// A request ready to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Outgoing {
    /// Rule it belongs to; 0 for a webhook of the organisation.
    pub rule: i64,
    /// Number of the action in the rule.
    pub action: i64,
    /// Issue it is about.
    pub issue: i64,
    /// Id of that issue as others know it.
    pub issue_hex: String,
    /// Method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Headers that may be shown.
    pub headers: BTreeMap<String, String>,
    /// A header that must not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<(String, String)>,
    /// Authentication as it is shown.
    pub auth: Json,
    /// Body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// When it began.
    pub started: Instant,
    /// When it ended.
    pub ended: Instant,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Headers of the answer.
    pub headers: BTreeMap<String, String>,
    /// Why there was none.
    pub error: Option<String>,
    /// Whether another attempt may help.
    pub retry: bool,
}

/// Writes a request of a rule as a job, with its variables filled in.
///
/// # Errors
/// The database fails.
pub fn queue(
    cx: &mut Cx<'_, '_>,
    acting: &Acting,
    number: usize,
    hook: &Hook,
    scene: &Scene,
) -> Result<()> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let mut headers: BTreeMap<String, String> = hook
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), one_line(&scene.fill(&dict, value))))
        .collect();
    headers.insert(MARK.to_owned(), "trigger".to_owned());
    let body = hook.body.as_ref().filter(|_| hook.method != "GET").map(|body| match body {
        Json::String(text) => scene.fill(&dict, text),
        json => scene.fill_json(&dict, json).to_string(),
    });
    if body.is_some() && !headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
        let kind = hook.content_type.as_deref().unwrap_or("application/json; charset=UTF-8");
        headers.insert("Content-Type".to_owned(), kind.to_owned());
    }
    let (secret, auth) = authentication(&hook.auth_context)?;
    let outgoing = Outgoing {
        rule: acting.rule,
        action: i64::try_from(number).map_err(Error::internal)?,
        issue: acting.issue,
        issue_hex: scene.issue.hex(),
        method: hook.method.clone(),
        url: scene.fill(&dict, &hook.endpoint),
        headers,
        secret,
        auth,
        body,
    };
    let job = NewJob {
        kind: Kind::Webhook,
        name: None,
        strand: None,
        payload: serde_json::to_string(&outgoing).map_err(Error::internal)?,
        run_at: cx.now,
    };
    job::enqueue(cx, &job)
}

/// A variable must not end a header and begin another.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The header that proves who asks, and the authentication as it is shown.
fn authentication(auth: &Auth) -> Result<(Option<(String, String)>, Json)> {
    let mut shown = auth.clone();
    let secret = match (auth, &mut shown) {
        (Auth::Basic { login, password }, Auth::Basic { password: masked, .. }) => {
            MASK.clone_into(masked);
            let value = BASE64.encode(format!("{login}:{password}").as_bytes());
            Some(("Authorization".to_owned(), format!("Basic {value}")))
        }
        (
            Auth::Oauth { header_name, token_type, access_token },
            Auth::Oauth { access_token: masked, .. },
        ) => {
            MASK.clone_into(masked);
            let name = header_name.clone().filter(|name| !name.is_empty());
            let kind = token_type.as_deref().unwrap_or("OAuth");
            let value = format!("{kind} {access_token}");
            let name = name.unwrap_or_else(|| "Authorization".to_owned());
            Some((name, one_line(value.trim())))
        }
        _ => None,
    };
    Ok((secret, serde_json::to_value(shown).map_err(Error::internal)?))
}

impl Tracker {
    /// Notes how an attempt to send a request ended. A failed one is tried again later, as often
    /// as its kind of job allows.
    ///
    /// # Errors
    /// The database fails, or the lease was lost.
    pub fn webhook_tried(
        &self,
        job: &Job,
        outgoing: &Outgoing,
        outcome: &Outcome,
    ) -> Result<Ended> {
        let caller = self.robot(job.org_id, 0, outcome.ended)?;
        let last = !outcome.retry || job.attempts >= job.kind.attempts();
        let ended = match (&outcome.error, last) {
            (None, _) => Ended::Well,
            (Some(_), true) => Ended::GivenUp,
            (Some(_), false) => Ended::Failed,
        };
        let (job, outgoing, outcome) = (job.clone(), outgoing.clone(), outcome.clone());
        self.write_now(&caller, move |cx| {
            store::log(cx, &outgoing, &outcome)?;
            if last {
                return job::store::done(cx.tx, &job);
            }
            let run_at = outcome.ended + job::run::pause(job.attempts);
            let error = outcome.error.clone().unwrap_or_default();
            job::store::give_back(cx.tx, &job, job.attempts, Some(run_at), &error)
        })?;
        Ok(ended)
    }
}
