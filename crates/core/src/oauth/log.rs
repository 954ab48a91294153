//! Entries of the audit log (oauth.md, 7.7). They never hold a secret, nor a hash of one.

use serde_json::json;

use crate::account::letter;
use crate::account_cx::AccountCx;
use crate::actor::Origin;
use crate::audit::{self, Action, Entry, INSTALLATION, Who};
use crate::error::Result;

/// Records that something happened to what an account gave an application. Members of one
/// organisation are told of in its log, others in that of the installation.
pub(super) fn event(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    action: Action,
    event: &str,
    application: &str,
    name: &str,
) -> Result<()> {
    let orgs = cx.organizations(account);
    let org_id = if let [only] = orgs.as_slice() { only.org_id } else { INSTALLATION };
    let origin =
        Origin { address: cx.visit.address.clone(), request_id: cx.visit.request_id.clone() };
    let who = Who { actor: account, at: cx.now(), origin };
    let entry = Entry {
        action,
        kind: "application",
        object: application.to_owned(),
        name,
        before: None,
        after: Some(json!({ "event": event })),
    };
    audit::record_in(cx.tx, org_id, &who, entry)?;
    letter::about_application(cx, account, event, application)
}
