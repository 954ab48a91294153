//! Taking back what was given (oauth.md, 1.5: events that revoke). Children go with their parents
//! in the same transaction.

use std::collections::BTreeSet;

use super::log::{self, About, Event};
use super::store;
use crate::account_cx::AccountCx;
use crate::error::Result;

fn run(
    cx: &mut AccountCx<'_, '_>,
    statements: &[&str],
    key: &dyn trackway_db::Param,
) -> Result<()> {
    for sql in statements {
        cx.tx.exec(sql, &[key])?;
    }
    cx.credentials_changed();
    Ok(())
}

/// A family of tokens: the grant, its access, refresh and IAM tokens.
pub(super) fn family(cx: &mut AccountCx<'_, '_>, grant: &str) -> Result<()> {
    run(
        cx,
        &[store::DELETE_TOKENS_OF_GRANT, store::DELETE_REFRESH_OF_GRANT, store::DELETE_GRANT],
        &grant,
    )
}

/// Everything given to an application, by all users.
pub(super) fn application(cx: &mut AccountCx<'_, '_>, id: &str) -> Result<()> {
    run(
        cx,
        &[
            store::DELETE_TOKENS_OF_APPLICATION,
            store::DELETE_REFRESH_OF_APPLICATION,
            store::DELETE_GRANTS_OF_APPLICATION,
            store::DELETE_CODES_OF_APPLICATION,
            store::DELETE_DEVICES_OF_APPLICATION,
            store::DELETE_CONSENTS_OF_APPLICATION,
        ],
        &id,
    )
}

/// Every token an account has, personal ones included: after a change or reset of the password, of
/// the second factor, after a block, and for "sign out everywhere".
///
/// # Errors
/// The database fails.
pub fn account(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<()> {
    run(
        cx,
        &[
            store::DELETE_TOKENS_OF_ACCOUNT,
            store::DELETE_REFRESH_OF_ACCOUNT,
            store::DELETE_GRANTS_OF_ACCOUNT,
            store::DELETE_CODES_OF_ACCOUNT,
            store::DELETE_DEVICES_OF_ACCOUNT,
            store::DELETE_REQUESTS_OF_ACCOUNT,
        ],
        &account,
    )
}

/// Everything an account gave one application, its consent included.
///
/// # Errors
/// The database fails.
pub fn given(cx: &mut AccountCx<'_, '_>, account: i64, application: &str) -> Result<()> {
    for sql in [
        store::DELETE_TOKENS_OF_PAIR,
        store::DELETE_REFRESH_OF_PAIR,
        store::DELETE_GRANTS_OF_PAIR,
        store::DELETE_CODES_OF_PAIR,
        store::DELETE_DEVICES_OF_PAIR,
        store::DELETE_CONSENT,
    ] {
        cx.tx.exec(sql, &[&account, &application])?;
    }
    cx.credentials_changed();
    log::event(cx, account, Event::ConsentRevoked, About::application(application))
}

/// Everything an account gave applications (UI-09); tokens that it made for itself stay.
///
/// # Errors
/// The database fails.
pub fn all_given(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<()> {
    let grants: Vec<store::GrantRow> = cx.tx.all(store::GRANTS_OF_ACCOUNT, &[&account])?;
    let ids: BTreeSet<String> = grants.into_iter().map(|row| row.application_id).collect();
    ids.iter().try_for_each(|id| given(cx, account, id))
}

/// Every token an account has, by whoever operates the server. Answers how many there were.
///
/// # Errors
/// The database fails.
pub fn by_operator(cx: &mut AccountCx<'_, '_>, id: i64) -> Result<usize> {
    let tokens: Vec<store::TokenUseRow> = cx.tx.all(store::TOKENS_OF_ACCOUNT, &[&id])?;
    account(cx, id)?;
    log::event(cx, id, Event::TokenRevoked, About::account(&id.to_string()))?;
    Ok(tokens.len())
}
