//! Entries of the audit log (oauth.md, 7.7). They never hold a secret, nor a hash of one.

use serde_json::{Value as Json, json};

use super::application::Application;
use crate::account::letter;
use crate::account_cx::AccountCx;
use crate::actor::Origin;
use crate::audit::{self, Action, Entry, INSTALLATION, Who};
use crate::error::Result;

/// Something that happens to applications and to what they are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    AppCreated,
    AppChanged,
    AppSecretRegenerated,
    AppDeleted,
    AppApproved,
    AppBlocked,
    ConsentGiven,
    ConsentDenied,
    ConsentRevoked,
    CodeIssued,
    TokenIssued,
    TokenRefreshed,
    TokenRevoked,
    IamTokenIssued,
    IamTokenRevoked,
    DeviceRequested,
    DeviceApproved,
    DeviceDenied,
    ServiceKeyAdded,
    ServiceKeyRemoved,
    CodeReplay,
    RefreshReplay,
    RedirectMismatch,
    PkceFailed,
    ClientAuthFailed,
    UserCodeThrottled,
}

impl Event {
    /// Name in the log.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AppCreated => "app_created",
            Self::AppChanged => "app_changed",
            Self::AppSecretRegenerated => "app_secret_regenerated",
            Self::AppDeleted => "app_deleted",
            Self::AppApproved => "app_approved",
            Self::AppBlocked => "app_blocked",
            Self::ConsentGiven => "consent_given",
            Self::ConsentDenied => "consent_denied",
            Self::ConsentRevoked => "consent_revoked",
            Self::CodeIssued => "code_issued",
            Self::TokenIssued => "token_issued",
            Self::TokenRefreshed => "token_refreshed",
            Self::TokenRevoked => "token_revoked",
            Self::IamTokenIssued => "iam_token_issued",
            Self::IamTokenRevoked => "iam_token_revoked",
            Self::DeviceRequested => "device_requested",
            Self::DeviceApproved => "device_approved",
            Self::DeviceDenied => "device_denied",
            Self::ServiceKeyAdded => "service_key_added",
            Self::ServiceKeyRemoved => "service_key_removed",
            Self::CodeReplay => "code_replay",
            Self::RefreshReplay => "refresh_replay",
            Self::RedirectMismatch => "redirect_mismatch",
            Self::PkceFailed => "pkce_failed",
            Self::ClientAuthFailed => "client_auth_failed",
            Self::UserCodeThrottled => "user_code_throttled",
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::AppCreated | Self::ServiceKeyAdded => Action::Create,
            Self::AppDeleted | Self::ServiceKeyRemoved => Action::Delete,
            Self::ConsentGiven
            | Self::CodeIssued
            | Self::TokenIssued
            | Self::TokenRefreshed
            | Self::IamTokenIssued
            | Self::DeviceApproved => Action::Grant,
            Self::ConsentRevoked
            | Self::TokenRevoked
            | Self::IamTokenRevoked
            | Self::CodeReplay
            | Self::RefreshReplay => Action::Revoke,
            _ => Action::Update,
        }
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
}

impl<'a> About<'a> {
    /// An application of which only the id is at hand.
    pub(super) const fn application(id: &'a str) -> Self {
        Self { kind: "application", id, name: "" }
    }

    /// A token that no application was given.
    pub(super) const fn token(id: &'a str, name: &'a str) -> Self {
        Self { kind: "token", id, name }
    }

    /// An account.
    pub(super) const fn account(id: &'a str) -> Self {
        Self { kind: "account", id, name: "" }
    }
}

impl<'a> From<&'a Application> for About<'a> {
    fn from(application: &'a Application) -> Self {
        let Application { id, details, .. } = application;
        Self { kind: "application", id, name: &details.name }
    }
}

/// Records an event in the name of an account (0 where nobody is known). Members of one
/// organisation are told of in its log, others in that of the installation.
#[expect(single_use_lifetimes, reason = "an anonymous one cannot stand there yet")]
pub(super) fn event<'a>(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    event: Event,
    about: impl Into<About<'a>>,
) -> Result<()> {
    change(cx, account, event, about, None, json!({}))
}

/// The same with what there was before and afterwards; of both only what differs is kept.
#[expect(single_use_lifetimes, reason = "an anonymous one cannot stand there yet")]
pub(super) fn change<'a>(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    event: Event,
    about: impl Into<About<'a>>,
    before: Option<Json>,
    mut after: Json,
) -> Result<()> {
    let orgs = cx.organizations(account);
    let org_id = if let [only] = orgs.as_slice() { only.org_id } else { INSTALLATION };
    let origin =
        Origin { address: cx.visit.address.clone(), request_id: cx.visit.request_id.clone() };
    let who = Who { actor: account, at: cx.now(), origin };
    if let Some(members) = after.as_object_mut() {
        members.insert("event".to_owned(), event.name().into());
    }
    let About { kind, id, name } = about.into();
    let entry = Entry {
        action: event.action(),
        kind,
        object: id.to_owned(),
        name,
        before,
        after: Some(after),
    };
    audit::record_in(cx.tx, org_id, &who, entry)?;
    if kind == "application" {
        letter::about_application(cx, account, event.name(), id)
    } else {
        Ok(())
    }
}
