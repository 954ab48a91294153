//! `trackway auth`: signing in and out.

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};
use toml_edit::value;
use trackway_client::api::users::GetMyself;
use trackway_client::oauth::{App, Tokens};
use trackway_client::{Builder, Error, Tracker};

use super::setup_ci::{self, SetupCi};
use super::{Files, Profile, browser_login, files, profile, set};
use crate::browser;
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::lang;
use crate::output::Output;

/// The application that every Trackway server knows.
const CLIENT_ID: &str = "trackway-cli";
/// Header that names an organisation of the cloud.
const CLOUD_HEADER: &str = "X-Cloud-Org-ID";

/// Arguments of `trackway auth`.
#[derive(Debug, Args)]
pub struct AuthArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: AuthAction,
}

/// What to do about signing in.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthAction {
    /// Signs in and makes a profile.
    Login(Login),
    /// Shows the profiles and whether they have a token.
    Status {
        /// Ask the server who you are.
        #[arg(long)]
        check: bool,
    },
    /// Makes a profile the default.
    Switch {
        /// Name.
        name: String,
    },
    /// Exchanges the token of the profile for a fresh one.
    Refresh,
    /// Makes a service account and a token limited to queues, and prints the variables for CI.
    SetupCi(SetupCi),
    /// Forgets the token of the profile.
    Logout {
        /// Make it useless on the server too.
        #[arg(long)]
        revoke: bool,
    },
}

/// Arguments of `trackway auth login`.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Address of the server.
    address: Option<String>,
    /// Read a token from standard input instead of asking in a browser.
    #[arg(long)]
    with_token: bool,
    /// Allow it in the browser of this machine instead of entering a code in any browser.
    #[arg(long, conflicts_with = "with_token")]
    browser: bool,
    /// Ask for the right to read only.
    #[arg(long)]
    read_only: bool,
    /// Application that asks, by its client id.
    #[arg(long, default_value = CLIENT_ID, value_name = "ID")]
    client_id: String,
}

pub(crate) async fn auth(
    action: AuthAction,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let files = files()?;
    match action {
        AuthAction::Login(arguments) => login(&files, common, arguments, output).await,
        AuthAction::Status { check } => {
            profile::status(&files, output)?;
            if check {
                let profile = files.profile(common.target.profile.as_deref())?;
                let variable = |name: &str| std::env::var(name).ok();
                let tracker = common.target.builder(variable, profile.as_ref())?.build()?;
                let me = tracker.send(GetMyself::new()).await?;
                output.remark(&format!("signed in as {} ({})", me.display, me.login));
            }
            Ok(())
        }
        AuthAction::Switch { name } => profile::switch(&files, &name, output),
        AuthAction::Refresh => refresh(&files, common, output).await,
        AuthAction::SetupCi(arguments) => {
            let profile = super::chosen(common.target.profile.as_deref(), &super::here()?)?;
            let variable = |name: &str| std::env::var(name).ok();
            let builder = common.target.builder(variable, profile.as_ref())?;
            setup_ci::setup_ci(&arguments, common, builder, output).await
        }
        AuthAction::Logout { revoke } => logout(&files, common, revoke, output).await,
    }
}

async fn login(
    files: &Files,
    common: &Common,
    arguments: Login,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let given = arguments.address.clone().or_else(|| common.target.base_url.clone());
    let server = given.map(|address| absolute(&address)).ok_or_else(|| {
        Failure::usage("no server is given").hint("trackway auth login https://tracker.example.org")
    })?;
    let tokens = if arguments.with_token {
        typed(output)?
    } else {
        let app = App::new(&server, &arguments.client_id)?;
        let scopes: &[&str] = if arguments.read_only {
            &["tracker:read"]
        } else {
            &["tracker:read", "tracker:write"]
        };
        if arguments.browser {
            browser_login::tokens(&app, scopes, output).await?
        } else {
            by_device(&app, scopes, output).await?
        }
    };
    if tokens.access_token.is_empty() {
        return Err(Failure::new(Kind::SignIn, "no token was given"));
    }
    let (organisation, me) = organisation(&server, &tokens, common).await?;
    let host = server.split("://").nth(1).unwrap_or(&server).trim_end_matches('/');
    let name = common.target.profile.clone().unwrap_or_else(|| profile_name(host));
    let account = format!("{}@{host}", me.login);
    let mut document = files.read()?;
    let places = files.tokens(&document)?;
    let kept = places.save(&account, &tokens)?;
    let place = |key: &str| ["profiles".to_owned(), name.clone(), key.to_owned()];
    set(&mut document, &place("server"), value(server.as_str()));
    set(&mut document, &place("account"), value(account.as_str()));
    if let Some((id, cloud)) = organisation {
        set(&mut document, &place("org_id"), value(id));
        if cloud {
            set(&mut document, &place("org_header"), value(CLOUD_HEADER));
        }
    }
    document["default_profile"] = value(name.as_str());
    files.write(&document)?;
    output.remark(&format!("✓ Signed in as {} ({})", me.display, me.login));
    output.remark(&places.told(kept));
    output.remark(&format!("✓ profile \"{name}\" saved"));
    if document["profiles"][name.as_str()].get("queue").is_none() {
        output.remark("Next: trackway my · a default queue: trackway config set queue KEY");
    }
    Ok(())
}

/// The address with its scheme; servers on this machine are asked in the clear.
fn absolute(address: &str) -> String {
    let address = address.trim_end_matches('/');
    if address.contains("://") {
        return address.to_owned();
    }
    let host = address.split([':', '/']).next().unwrap_or_default();
    let scheme = if matches!(host, "localhost" | "127.0.0.1") { "http" } else { "https" };
    format!("{scheme}://{address}")
}

/// A short name for a server: `example` for `tracker.example.org`.
fn profile_name(host: &str) -> String {
    let named = host.split('.').find(|part| !["tracker", "api", "www"].contains(part));
    let numeric = host.starts_with(|c: char| c.is_ascii_digit());
    let named = if numeric { host } else { named.unwrap_or(host) };
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    named.chars().map(plain).collect()
}

fn typed(output: &mut Output<'_>) -> Result<Tokens, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        output.remark("paste the token and press Enter");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(Tokens { access_token: line.trim().to_owned(), ..Tokens::default() })
}

async fn by_device(app: &App, scopes: &[&str], output: &mut Output<'_>) -> Result<Tokens, Failure> {
    let device = app.device_code(scopes).await.map_err(|error| {
        let known = matches!(error.oauth_code(), Some("invalid_client" | "unauthorized_client"));
        let failure = Failure::from(error);
        if known {
            return failure.hint(
                "the server does not know this program: register an application that may use the \
                 device flow and give its --client-id, or use --with-token",
            );
        }
        failure
    })?;
    let address = device.verification_uri_complete.as_ref().unwrap_or(&device.verification_url);
    let code = format!("First copy your one-time code:  {}", device.user_code);
    output.complain(&lang::shown(&code));
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        let line = format!("Open {}  [Enter to open the browser]", device.verification_url);
        output.complain(&lang::shown(&line));
        let address = address.clone();
        // It ends with the program if nobody presses Enter.
        std::thread::spawn(move || {
            let mut line = String::new();
            if std::io::stdin().lock().read_line(&mut line).is_ok() && !line.is_empty() {
                browser::open(&address).ok();
            }
        });
    } else {
        output.complain(&lang::shown(&format!("Open {}", device.verification_url)));
    }
    app.wait_for_device(&device).await.map_err(|error| match error.oauth_code() {
        Some("access_denied") => Failure::new(Kind::SignIn, "the request was refused"),
        Some("expired_token") => Failure::new(Kind::SignIn, "nobody entered the code in time")
            .hint("run the command again"),
        _ => error.into(),
    })
}

/// The organisation's id and whether it is one of the cloud.
type Organisation = Option<(String, bool)>;

/// Finds out which header names the organisation: a wrong one answers 403 like a missing right.
async fn organisation(
    server: &str,
    tokens: &Tokens,
    common: &Common,
) -> Result<(Organisation, trackway_client::api::users::User), Failure> {
    let builder = || Tracker::builder().base_url(server).token(&tokens.access_token);
    let ask = |builder: Builder| async move { builder.build()?.send(GetMyself::new()).await };
    let target = &common.target;
    if let Some(id) = &target.cloud_org_id {
        return Ok((Some((id.clone(), true)), ask(builder().cloud_org_id(id)).await?));
    }
    let id = match &target.org_id {
        Some(id) => id.clone(),
        None => match ask(builder()).await {
            Ok(me) => return Ok((None, me)),
            Err(Error::Forbidden(_)) if may_ask(common) => asked_for()?,
            Err(error) => {
                let hint =
                    || "say which organisation: --org ID, as its settings show it".to_owned();
                return Err(Failure::from(error).hint_if(Kind::Denied, hint));
            }
        },
    };
    match ask(builder().org_id(&id)).await {
        Err(Error::Forbidden(first)) => match ask(builder().cloud_org_id(&id)).await {
            Ok(me) => Ok((Some((id, true)), me)),
            Err(_) => Err(Error::Forbidden(first).into()),
        },
        other => Ok((Some((id, false)), other?)),
    }
}

fn may_ask(common: &Common) -> bool {
    !common.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// The id of the organisation, as the person types it.
fn asked_for() -> Result<String, Failure> {
    eprint!("{} ", lang::shown("Organisation ID (its settings in the browser show it):"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// Exchanges a token that is about to end for a fresh one. What cannot be exchanged is left alone:
/// the server will say what is wrong with it.
pub(crate) async fn renewed(files: &Files, profile: &mut Profile) {
    let (Some(account), Some(server)) = (&profile.account, &profile.server) else { return };
    let Some(tokens) = profile.tokens.as_ref().filter(|tokens| tokens.ends_soon()) else { return };
    if let Ok(fresh) = exchanged(files, account, server, tokens).await {
        profile.tokens = Some(fresh);
    }
}

async fn exchanged(
    files: &Files,
    account: &str,
    server: &str,
    tokens: &Tokens,
) -> Result<Tokens, Failure> {
    let Some(refresh) = &tokens.refresh_token else {
        return Err(Failure::new(Kind::SignIn, "this token cannot be refreshed")
            .hint("trackway auth login"));
    };
    let mut fresh = App::new(server, CLIENT_ID)?.refresh(refresh).await?;
    if fresh.refresh_token.is_none() {
        fresh.refresh_token = Some(refresh.clone());
    }
    files.tokens(&files.read()?)?.save(account, &fresh)?;
    Ok(fresh)
}

async fn refresh(files: &Files, common: &Common, output: &mut Output<'_>) -> Result<(), Failure> {
    let (account, server, tokens) = signed_in(files, common)?;
    let (server, tokens) = (server.unwrap_or_default(), tokens.unwrap_or_default());
    exchanged(files, &account, &server, &tokens).await?;
    output.remark(&format!("✓ {account} has a fresh token"));
    Ok(())
}

async fn logout(
    files: &Files,
    common: &Common,
    revoke: bool,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let (account, server, tokens) = signed_in(files, common)?;
    if let (true, Some(server), Some(tokens)) = (revoke, server, tokens) {
        App::new(&server, CLIENT_ID)?.revoke(&tokens.access_token).await?;
    }
    files.tokens(&files.read()?)?.remove(&account)?;
    output.remark(&format!("✓ the token of {account} is forgotten"));
    Ok(())
}

/// Account, server and tokens of the profile.
fn signed_in(
    files: &Files,
    common: &Common,
) -> Result<(String, Option<String>, Option<Tokens>), Failure> {
    match files.profile(common.target.profile.as_deref())? {
        Some(Profile { account: Some(account), server, tokens, .. }) => {
            Ok((account, server, tokens))
        }
        _ => Err(Failure::new(Kind::NotFound, "nobody is signed in").hint("trackway auth login")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_completed() {
        assert_eq!(absolute("tracker.example.org/"), "https://tracker.example.org");
        assert_eq!(absolute("localhost:8080"), "http://localhost:8080");
        assert_eq!(absolute("http://h"), "http://h");
        assert_eq!(profile_name("tracker.example.org"), "example");
        assert_eq!(profile_name("api.tracker.yandex.net"), "yandex");
        assert_eq!(profile_name("127.0.0.1:8080"), "127-0-0-1-8080");
    }
}
