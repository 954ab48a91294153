//! `trackway auth setup-ci`: a service account with a token that is limited to queues.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::{HttpMethod, Outgoing};
use trackway_client::{AnyRequest, Builder, Tracker};

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::session::Session;
use crate::shape::cell;

const ACCOUNTS: &str = "/oauth/service-accounts";

/// Arguments of `trackway auth setup-ci`.
#[derive(Debug, Args)]
pub(crate) struct SetupCi {
    /// Login of the service account; it is made if there is none.
    #[arg(default_value = "ci")]
    login: String,
    /// Queues that the token is limited to.
    #[arg(short = 'k', long = "queue", value_name = "KEYS", required = true, value_delimiter = ',',
        add = crate::complete::of("queues"))]
    queues: Vec<String>,
    /// Let it change issues, and not only read them.
    #[arg(long)]
    write: bool,
    /// Days until the token ends.
    #[arg(long, value_name = "N", default_value_t = 365,
        value_parser = clap::value_parser!(u32).range(1..))]
    days: u32,
}

/// Makes the account and the token, and prints the variables that a runner needs.
pub(super) async fn setup_ci(
    arguments: &SetupCi,
    common: &Common,
    builder: Builder,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let (header, organisation) = builder
        .organisation()
        .map(|(header, id)| (header.to_owned(), id.to_owned()))
        .ok_or_else(|| Failure::usage("no organisation is chosen").hint("give --org ID"))?;
    let tracker = builder.build()?;
    let server = tracker.base_url().trim_end_matches('/').to_owned();
    if common.dry_run {
        return output.text(&format!("would send POST {ACCOUNTS}/…/tokens {}", body(arguments)));
    }
    let account = account(arguments, &tracker).await?;
    let path = Session::at("/oauth/service-accounts/{id}/tokens", &[&account]);
    let made = ask(&tracker, HttpMethod::POST, &path, Some(body(arguments))).await?;
    let cloud = header.eq_ignore_ascii_case("X-Cloud-Org-ID");
    let name = if cloud { "TRACKWAY_CLOUD_ORG_ID" } else { "TRACKWAY_ORG_ID" };
    let token = cell(made.get("token"));
    if output.is_json() {
        return output.json(&json!({"TRACKWAY_SERVER": server, name: organisation,
            "TRACKWAY_TOKEN": token}));
    }
    output.text(&format!(
        "TRACKWAY_SERVER={server}\n{name}={organisation}\nTRACKWAY_TOKEN={token}"
    ))?;
    output.remark("put these among the secrets of the runner; the token is shown this once");
    Ok(())
}

/// The token that is wanted.
fn body(arguments: &SetupCi) -> Value {
    let scopes = if arguments.write { "tracker:read tracker:write" } else { "tracker:read" };
    let queues: Vec<String> = arguments.queues.iter().map(|key| key.to_uppercase()).collect();
    json!({"label": "CI", "scopes": scopes, "queues": queues, "days": arguments.days})
}

/// Id of the service account, which is made if there is none.
async fn account(arguments: &SetupCi, tracker: &Tracker) -> Result<String, Failure> {
    let login = arguments.login.to_lowercase();
    let all = ask(tracker, HttpMethod::GET, ACCOUNTS, None).await?;
    let known = all.as_array().into_iter().flatten().find(|one| one["login"] == login.as_str());
    if let Some(known) = known {
        if arguments.write && known["level"] == "read" {
            let why = format!("the service account {login} may only read");
            return Err(Failure::new(Kind::Rules, why).hint("take another login"));
        }
        return Ok(cell(known.get("id")));
    }
    let level = if arguments.write { "full" } else { "read" };
    let new = json!({"login": login, "name": login, "level": level});
    let made = ask(tracker, HttpMethod::POST, ACCOUNTS, Some(new)).await?;
    Ok(cell(made.get("id")))
}

async fn ask(
    tracker: &Tracker,
    method: HttpMethod,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Failure> {
    let body = body.map(|body| body.to_string().into_bytes());
    let outgoing = Outgoing { path: path.to_owned(), body, ..Outgoing::default() };
    let answer = tracker.call(AnyRequest::outside(method, outgoing)).await;
    Ok(answer
        .map_err(|error| {
            Failure::from(error).hint_if(Kind::Denied, || {
                "it takes a token of an administrator with the scope admin:oauth; make one in the \
             browser, or: trackway admin token create --scope admin:oauth --login LOGIN"
                    .to_owned()
            })
        })?
        .value)
}
