//! The first administrator without a browser (oauth.md, BS-04). Passwords come from a file only: what
//! stands in arguments or in the environment is seen by others of the machine.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use trackway_core::Tracker;
use trackway_core::account::log::{self, Event};
use trackway_core::account::password::{self, Memory, Password};
use trackway_core::account::pepper::Peppers;
use trackway_core::account::setup::{self, Setup};
use trackway_core::account_cx::Visit;
use trackway_core::org::{self, NewOrg};
use zeroize::Zeroizing;

/// Who administers an installation that nobody has set up.
#[derive(Debug, clap::Args)]
pub(crate) struct FirstAdministrator {
    /// Login of the first administrator, where there is nobody yet
    #[arg(long, env = "BOOTSTRAP_ADMIN_LOGIN", value_name = "LOGIN")]
    admin_login: Option<String>,
    /// File with the password of the first administrator
    #[arg(long, env = "BOOTSTRAP_ADMIN_PASSWORD_FILE", value_name = "FILE")]
    admin_password_file: Option<PathBuf>,
}

/// The hash of the password in a file; the end of its line does not count.
pub(crate) fn password_in(file: &Path, about: &[&str], peppers: &Peppers) -> Result<String> {
    let told = || format!("the password in {}", file.display());
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", told()))?;
    let text = Zeroizing::new(text);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let given = Password::from(line.strip_suffix('\r').unwrap_or(line));
    password::check(&given, about).with_context(told)?;
    password::hash(&given, peppers, &mut Memory::default()).with_context(told)
}

/// Makes the organisation and its administrator, if there is nobody and somebody is named.
pub(crate) fn run(tracker: &Tracker, arguments: &FirstAdministrator) -> Result<()> {
    if !setup::is_needed(&tracker.world()) {
        return Ok(());
    }
    let (login, file) = match (&arguments.admin_login, &arguments.admin_password_file) {
        (None, None) => return Ok(()),
        (Some(login), Some(file)) => (login.trim().to_lowercase(), file),
        _ => bail!("the first administrator needs both a login and a file with the password"),
    };
    if !org::is_login(&login) {
        bail!("{login:?} cannot be a login");
    }
    let phc = password_in(file, &[&login], &tracker.settings().peppers)?;
    let first = Setup {
        org: NewOrg::named("My organisation")?,
        login: login.clone(),
        first_name: login.clone(),
        last_name: String::new(),
        email: String::new(),
        phc,
        language: "en".to_owned(),
    };
    let visit = Visit { now: super::now(), ..Visit::default() };
    tracker
        .account_now(&visit, move |cx| setup::run(cx, &first))
        .context("cannot make the first administrator")?;
    tracker.reload()?;
    let uid = tracker.account_by_login(&login)?.context("the administrator vanished")?;
    tracker.account_now(&visit, move |cx| log::record(cx, uid, Event::SetupDone, &login))?;
    Ok(())
}
