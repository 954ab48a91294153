//! What the audit log hears of accounts (oauth.md, 7.7).

use serde_json::json;

use super::letter::{self, Matter};
use crate::account_cx::AccountCx;
use crate::actor::Origin;
use crate::audit::store::{self, Filter};
use crate::audit::{self, Action, Entry, INSTALLATION, Who};
use crate::error::Result;
use crate::time::{DAY_MS, Instant};

/// How far back people see their own log.
const KEPT_MS: i64 = 90 * DAY_MS;

/// Something that happens to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Event {
    LoginOk,
    LoginFailed,
    LoginThrottled,
    Logout,
    SessionEnded,
    MfaOk,
    MfaFailed,
    MfaChanged,
    ReauthOk,
    ReauthFailed,
    PasswordChanged,
    PasswordResetRequested,
    PasswordResetDone,
    RecoveryCodesMade,
    UpstreamLinked,
    UpstreamUnlinked,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyCounter,
    UserInvited,
    SetupDone,
    CsrfFailed,
}

impl Event {
    /// Name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginOk => "login_ok",
            Self::LoginFailed => "login_failed",
            Self::LoginThrottled => "login_throttled",
            Self::Logout => "logout",
            Self::SessionEnded => "session_ended",
            Self::MfaOk => "mfa_ok",
            Self::MfaFailed => "mfa_failed",
            Self::MfaChanged => "mfa_changed",
            Self::ReauthOk => "reauth_ok",
            Self::ReauthFailed => "reauth_failed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordResetRequested => "password_reset_requested",
            Self::PasswordResetDone => "password_reset_done",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::UpstreamLinked => "upstream_linked",
            Self::UpstreamUnlinked => "upstream_unlinked",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasskeyCounter => "passkey_counter",
            Self::UserInvited => "user_invited",
            Self::SetupDone => "setup_done",
            Self::CsrfFailed => "csrf_failed",
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::LoginOk | Self::MfaOk | Self::ReauthOk | Self::UserInvited => Action::Grant,
            Self::Logout | Self::SessionEnded | Self::UpstreamUnlinked | Self::PasskeyRemoved => {
                Action::Revoke
            }
            Self::SetupDone | Self::UpstreamLinked | Self::PasskeyAdded => Action::Create,
            _ => Action::Update,
        }
    }
}

/// Who does what the visit asks for.
pub fn who(cx: &AccountCx<'_, '_>, uid: i64) -> Who {
    let visit = &cx.visit;
    let origin = Origin { address: visit.address.clone(), request_id: visit.request_id.clone() };
    Who { actor: uid, at: visit.now, origin }
}

/// Records an event of an account (0 where there is none), in each of its organisations, so that
/// their administrators see it, and otherwise for the installation. What people should know at once
/// is mailed to them as well.
///
/// # Errors
/// The database fails.
pub fn record(cx: &mut AccountCx<'_, '_>, uid: i64, event: Event, login: &str) -> Result<()> {
    let who = who(cx, uid);
    // What nobody is called may be a password that was typed into the wrong field (ID-04).
    let login = if uid == 0 { "" } else { login };
    let mut orgs: Vec<i64> = cx.organizations(uid).iter().map(|dict| dict.org_id).collect();
    // In one order, because each row waits for the end of the chain of its organisation.
    orgs.sort_unstable();
    let orgs = if orgs.is_empty() { vec![INSTALLATION] } else { orgs };
    for org in orgs {
        let entry = Entry {
            action: event.action(),
            kind: "account",
            object: uid.to_string(),
            name: login,
            before: None,
            after: Some(json!({ "event": event.name(), "agent": cx.visit.agent })),
        };
        audit::record_in(cx.tx, org, &who, entry)?;
    }
    if letter::is_news(event) { letter::send_to(cx, uid, Matter::News(event)) } else { Ok(()) }
}

/// One line of somebody's own log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Number; later ones are greater.
    pub id: i64,
    /// When.
    pub at: Instant,
    /// Name of the event.
    pub event: String,
    /// Name of the application, the passkey or whatever else it was about.
    pub name: String,
    /// Address it came from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// What happened to an account in the last 90 days, the newest first, before one of the lines
/// (UI-11).
///
/// # Errors
/// The database fails.
pub fn of_person(
    cx: &mut AccountCx<'_, '_>,
    uid: i64,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Line>> {
    let from = Some(cx.now() - KEPT_MS);
    let orgs: Vec<i64> = cx.organizations(uid).iter().map(|dict| dict.org_id).collect();
    // Events of the account are in each of its organisations, those of applications in one or in
    // the log of the installation.
    let account = Filter {
        kind: Some("account".to_owned()),
        object: Some(uid.to_string()),
        from,
        ..Filter::default()
    };
    let application = Filter {
        kind: Some("application".to_owned()),
        actor: Some(uid),
        from,
        ..Filter::default()
    };
    let home = orgs.first().copied().unwrap_or(INSTALLATION);
    let mut rows = store::page(cx.tx, home, &account, before, limit)?;
    for org in orgs.into_iter().chain([INSTALLATION]) {
        rows.extend(store::page(cx.tx, org, &application, before, limit)?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(limit);
    Ok(rows.into_iter().map(line).collect())
}

fn line(row: store::AuditRow) -> Line {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Said {
        event: String,
        agent: String,
    }
    let said = row.after.as_deref().and_then(|text| serde_json::from_str::<Said>(text).ok());
    let said = said.unwrap_or_default();
    let (id, at, name, address) = (row.id, row.at, row.name, row.address);
    Line { id, at, event: said.event, name, address, agent: said.agent }
}
