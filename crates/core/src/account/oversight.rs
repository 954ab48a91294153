//! What administrators see across the organisations they administer: people, and the audit log
//! (oauth.md, UI-16).

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::member::{self, Level, Seat};
use crate::account_cx::AccountCx;
use crate::actor::Actor;
use crate::audit::INSTALLATION;
use crate::audit::store::{self, AuditRow, Filter};
use crate::dict::Dict;
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::oauth::application;
use crate::time::Instant;

/// Accounts with one-time codes.
pub const WITH_CODES: &str =
    "SELECT account_id FROM account_totp WHERE confirmed_at IS NOT NULL AND account_id {any:$1}";
/// Accounts with passkeys.
pub const WITH_PASSKEYS: &str =
    "SELECT DISTINCT account_id FROM account_passkey WHERE account_id {any:$1}";
/// When accounts were last seen in a browser.
pub const SEEN: &str = "SELECT account_id, MAX(seen_at) FROM account_session \
     WHERE account_id {any:$1} GROUP BY account_id";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[WITH_CODES, WITH_PASSKEYS, SEEN];

/// Somebody, in the organisations of whoever looks.
#[derive(Clone)]
pub struct Account {
    /// Account.
    pub uid: i64,
    /// Name as the first organisation knows it.
    pub name: Name,
    /// Login.
    pub login: String,
    /// Mail address.
    pub email: String,
    /// Where, and as what; no level for who was dismissed.
    pub places: Vec<(Arc<Dict>, Option<Level>)>,
    /// A password alone does not do.
    pub second_step: bool,
    /// Last seen in a browser that is still signed in.
    pub seen_at: Option<Instant>,
}

/// The organisations an account administers, the oldest first.
pub fn administered(cx: &AccountCx<'_, '_>, by: i64) -> Vec<Arc<Dict>> {
    let mut orgs = cx.organizations(by);
    orgs.retain(|dict| Actor::of(dict, by).is_some_and(|actor| actor.admin));
    orgs
}

/// People whose name, login or mail address has a text in it, by name, after `skip` and at most
/// `take`; and how many there are in all.
///
/// # Errors
/// 403 for who administers nothing.
pub fn people(
    cx: &mut AccountCx<'_, '_>,
    by: i64,
    text: &str,
    (skip, take): (usize, usize),
) -> Result<(Vec<Account>, usize)> {
    let orgs = administered(cx, by);
    if orgs.is_empty() {
        return Err(Code::AdminRequired.err());
    }
    let mut found = matching(&orgs, text);
    let total = found.len();
    found.sort_by_cached_key(|account| (account.name.ru.to_lowercase(), account.uid));
    let mut page: Vec<Account> = found.into_iter().skip(skip).take(take).collect();
    let ids: Vec<i64> = page.iter().map(|account| account.uid).collect();
    if ids.is_empty() {
        return Ok((page, total));
    }
    let mut factors: FxHashSet<i64> = FxHashSet::default();
    for sql in [WITH_CODES, WITH_PASSKEYS] {
        let rows: Vec<(i64,)> = cx.tx.all_by_ids(sql, &[], &ids)?;
        factors.extend(rows.into_iter().map(|(uid,)| uid));
    }
    let seen: Vec<(i64, i64)> = cx.tx.all_by_ids(SEEN, &[], &ids)?;
    let seen: FxHashMap<i64, i64> = seen.into_iter().collect();
    for account in &mut page {
        account.second_step = factors.contains(&account.uid);
        account.seen_at = seen.get(&account.uid).copied();
    }
    Ok((page, total))
}

fn matching(orgs: &[Arc<Dict>], text: &str) -> Vec<Account> {
    let text = text.trim().to_lowercase();
    let mut found: BTreeMap<i64, Account> = BTreeMap::new();
    for dict in orgs {
        for member in dict.users.iter() {
            let body = &member.body;
            let texts = [&body.login, &body.email, &member.name.ru, &member.name.en];
            if !texts.iter().any(|own| own.to_lowercase().contains(&text)) {
                continue;
            }
            let account = found.entry(member.id).or_insert_with(|| Account {
                uid: member.id,
                name: member.name.clone(),
                login: body.login.clone(),
                email: body.email.clone(),
                places: Vec::new(),
                second_step: false,
                seen_at: None,
            });
            let level = (!body.dismissed).then(|| Level::of(body));
            account.places.push((Arc::clone(dict), level));
        }
    }
    found.into_values().collect()
}

/// Records of the audit log of an organisation, or of the installation itself
/// ([`INSTALLATION`]), the newest first, before one of them.
///
/// # Errors
/// 403 for others than administrators.
pub fn records(
    cx: &mut AccountCx<'_, '_>,
    seat: Seat,
    filter: &Filter,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditRow>> {
    if seat.org == INSTALLATION {
        if !application::is_administrator(cx, seat.uid) {
            return Err(Code::AdminRequired.err());
        }
    } else {
        member::administered(cx, seat)?;
    }
    store::page(cx.tx, seat.org, filter, before, limit)
}
