//! `trackway doctor`: what may be wrong when nothing works, as a report without secrets.

use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use trackway_client::api::{HttpMethod, Outgoing};
use trackway_client::{AnyRequest, Builder};

use crate::common::Common;
use crate::config::{self, Files};
use crate::failure::{Failure, Kind};
use crate::output::{Column, Output};
use crate::shape::cell;

const CHECK: &[Column] = &[Column("CHECK", "check"), Column("OK", "ok"), Column("WHAT", "what")];
/// A clock that is further off breaks tokens and days.
const SKEW: i64 = 120;

/// Arguments of `trackway doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Findings so far.
#[derive(Default)]
struct Findings(Vec<Value>);

impl Findings {
    fn add(&mut self, check: &str, ok: bool, what: impl Into<String>) {
        self.0.push(json!({"check": check, "ok": ok, "what": what.into()}));
    }
}

pub(crate) async fn run(
    common: &Common,
    builder: Option<Builder>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let mut found = Findings::default();
    let system = format!("{} on {}", std::env::consts::ARCH, std::env::consts::OS);
    found.add("program", true, format!("trackway {}, {system}", env!("CARGO_PKG_VERSION")));
    configuration(common, &mut found);
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some());
    found.add("proxy", true, proxy.map_or("none", |name| name));
    match builder {
        Some(builder) => server(builder, &mut found).await?,
        None => found.add("server", false, "the configuration has to be right first"),
    }
    let bad = found.0.iter().filter(|row| row["ok"] == false).count();
    output.list(CHECK, found.0)?;
    if bad == 0 {
        output.remark("nothing is wrong");
        return Ok(());
    }
    Err(Failure::new(Kind::Failed, format!("{bad} of the checks failed")))
}

fn configuration(common: &Common, found: &mut Findings) {
    let Some(files) = Files::find(|name| std::env::var(name).ok()) else {
        found.add("configuration", false, "there is no home folder: set TRACKWAY_CONFIG_DIR");
        return;
    };
    let read = config::here()
        .and_then(|repository| config::chosen(common.target.profile.as_deref(), &repository));
    match read {
        Err(failure) => found.add("configuration", false, failure.to_string()),
        Ok(None) => found.add("profile", true, "none; `trackway auth login` makes one"),
        Ok(Some(profile)) => {
            let token = if profile.tokens.is_some() { "with a token" } else { "without a token" };
            found.add("profile", true, format!("{}, {token}", profile.name));
        }
    }
    match files.read().and_then(|document| files.tokens(&document)) {
        Ok(places) => {
            let (ok, what) = places.report();
            found.add("keychain", ok, what);
        }
        Err(failure) => found.add("keychain", false, failure.to_string()),
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = files.beside("tokens.json");
        if let Ok(data) = std::fs::metadata(&path) {
            let mode = data.permissions().mode() & 0o777;
            let others = mode % 0o100;
            found.add("token file", others == 0, format!("{} ({mode:o})", path.display()));
        }
    }
}

async fn server(builder: Builder, found: &mut Findings) -> Result<(), Failure> {
    let tracker = builder.retries(0).build()?;
    let request = AnyRequest::undeclared(HttpMethod::GET, Outgoing::at("/myself", &[]));
    let began = Instant::now();
    match tracker.call(request).await {
        Ok(answer) => {
            let took = began.elapsed().as_millis();
            found.add("server", true, format!("{} in {took} ms", tracker.base_url()));
            let me = &answer.value;
            let who = format!("{} ({})", cell(me.get("display")), cell(me.get("login")));
            found.add("account", true, who);
            if let Some(off) = answer.header("date").and_then(skew) {
                found.add("clock", off.abs() <= SKEW, format!("{off} s from the server's"));
            }
        }
        Err(error) => {
            let failure = Failure::from(error);
            if matches!(failure.kind(), Kind::SignIn | Kind::Denied) {
                found.add("server", true, tracker.base_url());
                found.add("account", false, failure.to_string());
            } else {
                found.add("server", false, format!("{}: {failure}", tracker.base_url()));
            }
        }
    }
    Ok(())
}

/// Seconds between this clock and the server's.
fn skew(date: &str) -> Option<i64> {
    let server = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(Timestamp::now().as_second() - server.as_second())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clock_is_compared() {
        assert!(super::skew("Tue, 24 Nov 2020 10:11:12 GMT").is_some_and(|off| off > 100_000));
        assert_eq!(super::skew("yesterday"), None);
    }
}
