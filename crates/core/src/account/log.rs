//! What the audit log hears of accounts (oauth.md, 7.7).

use serde_json::json;

use crate::account_cx::AccountCx;
use crate::actor::Origin;
use crate::audit::{self, Action, Entry, INSTALLATION, Who};
use crate::error::Result;

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
            Self::UserInvited => "user_invited",
            Self::SetupDone => "setup_done",
            Self::CsrfFailed => "csrf_failed",
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::LoginOk | Self::MfaOk | Self::ReauthOk | Self::UserInvited => Action::Grant,
            Self::Logout | Self::SessionEnded | Self::UpstreamUnlinked => Action::Revoke,
            Self::SetupDone | Self::UpstreamLinked => Action::Create,
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
/// their administrators see it, and otherwise for the installation.
///
/// # Errors
/// The database fails.
pub fn record(cx: &mut AccountCx<'_, '_>, uid: i64, event: Event, login: &str) -> Result<()> {
    let who = who(cx, uid);
    // What nobody is called may be a password that was typed into the wrong field (ID-04).
    let login = if uid == 0 { "" } else { login };
    let orgs: Vec<i64> = cx.organizations(uid).iter().map(|dict| dict.org_id).collect();
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
    Ok(())
}
