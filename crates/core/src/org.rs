//! Making organisations and the people in them: the first steps of every installation, before
//! there is anybody who could ask for them over the API.

use std::sync::Arc;

use trackway_db::Tx;

use crate::account_cx::Visit;
use crate::actor::Actor;
use crate::audit;
use crate::dict::Stored;
use crate::dict::model::{Body, EVERYBODY, Group, Member, Org};
use crate::dict::{defaults, store};
use crate::error::{Code, Error, Result};
use crate::feed;
use crate::ids::Series;
use crate::lang::Name;
use crate::oauth::{ScopeSet, given};
use crate::time::Instant;
use crate::token::{self, Token, TokenHash};
use crate::tracker::{Caller, Tracker};
use crate::view::{ApiVersion, View};

/// Adds an organisation.
pub const INSERT_ORG: &str = "INSERT INTO organization (id, org_id, cloud_id) VALUES ($1, $2, $3)";
/// The greatest number of an organisation.
pub const LAST_ORG: &str = "SELECT COALESCE(MAX(id), 0) FROM organization";
/// Adds an account.
pub const INSERT_ACCOUNT: &str = "INSERT INTO account (id, login, created_at) VALUES ($1, $2, $3)";
/// An account by login.
pub const ACCOUNT_BY_LOGIN: &str = "SELECT id FROM account WHERE login = $1";
/// The greatest uid.
pub const LAST_ACCOUNT: &str = "SELECT COALESCE(MAX(id), 0) FROM account";

/// Every statement of this module.
pub const ALL_SQL: &[&str] =
    &[INSERT_ORG, LAST_ORG, INSERT_ACCOUNT, ACCOUNT_BY_LOGIN, LAST_ACCOUNT];

/// A new organisation.
#[derive(Clone, Debug)]
pub struct NewOrg {
    /// Displayed name.
    pub name: Name,
    /// Identifier for `X-Org-ID`: digits.
    pub org_id: String,
    /// Identifier for `X-Cloud-Org-ID`: 20 characters of `a-z0-9`.
    pub cloud_id: String,
}

impl NewOrg {
    /// An organisation with random ids of the usual forms.
    ///
    /// # Errors
    /// There are no random numbers.
    pub fn named(name: &str) -> Result<Self> {
        let mut bytes = [0_u8; 8];
        getrandom::fill(&mut bytes).map_err(Error::internal)?;
        let n = u64::from_le_bytes(bytes);
        Ok(Self {
            name: Name::new(name, name),
            org_id: (1_000_000 + n % 9_000_000).to_string(),
            cloud_id: format!("bpf0{n:016x}"),
        })
    }
}

impl Tracker {
    /// Creates an organisation with the stock dictionaries.
    ///
    /// # Errors
    /// The database fails, or one of the ids is taken.
    pub fn create_org(&self, org: &NewOrg) -> Result<i64> {
        let id = self.db().write_now(|tx| insert_org(tx, org, ""))?;
        self.reload()?;
        Ok(id)
    }

    /// Adds a member to an organisation. An account that exists already joins; its login is not
    /// changed. Answers the uid.
    ///
    /// # Errors
    /// The database fails, the login is malformed, or the member exists.
    pub fn add_member(&self, org_id: i64, member: &Member, now: Instant) -> Result<i64> {
        let uids = self.add_members(org_id, std::slice::from_ref(member), now)?;
        uids.first().copied().ok_or_else(|| Error::internal("no member was added"))
    }

    /// Adds several members at once.
    ///
    /// # Errors
    /// As [`Tracker::add_member`]; then none is added.
    pub fn add_members(&self, org_id: i64, members: &[Member], now: Instant) -> Result<Vec<i64>> {
        let uids = self.db().write_now(|tx| {
            members
                .iter()
                .map(|member| insert_member(tx, org_id, member, now))
                .collect::<Result<_>>()
        })?;
        self.reload()?;
        Ok(uids)
    }

    /// Adds a dictionary object outside a request, such as a group.
    ///
    /// # Errors
    /// The database fails, or the key is taken.
    pub fn add_object<T: Body + Clone>(&self, org_id: i64, key: &str, body: &T) -> Result<i64> {
        let id = self.db().write_now(|tx| -> Result<i64> {
            let id = crate::ids::Numbers::default().next(tx, Series::Object)?;
            let stored = store::insert_at(tx, org_id, id, key, body)?;
            tell(tx, org_id, &stored)?;
            Ok(id)
        })?;
        self.reload()?;
        Ok(id)
    }

    /// Makes a token for an account; only its hash is stored. Answers the token.
    ///
    /// # Errors
    /// The database or the random generator fails.
    pub fn create_token(
        &self,
        account: i64,
        scopes: ScopeSet,
        label: &str,
        expires: Option<Instant>,
        now: Instant,
    ) -> Result<String> {
        let text = token::generate(token::Kind::Access)?;
        let (made, label) = (text.clone(), label.to_owned());
        let visit = Visit { now, ..Visit::default() };
        self.account_now(&visit, move |cx| {
            given::by_operator(cx, account, &made, scopes, &label, expires)
        })?;
        Ok(text)
    }

    /// Stores a token that was made elsewhere (demo mode has fixed ones).
    ///
    /// # Errors
    /// The database fails, or the token is malformed.
    pub fn store_token(
        &self,
        text: &str,
        account: i64,
        scopes: ScopeSet,
        label: &str,
        expires: Option<Instant>,
        now: Instant,
    ) -> Result<()> {
        let hash = TokenHash::of(text).ok_or_else(|| Code::TokenInvalid.err())?;
        let token = Token { account, all_scopes: scopes, expires, ..Token::default() };
        self.db().write_now(|tx| token::store(tx, &hash, &token, label, now))
    }

    /// The uid of an account.
    ///
    /// # Errors
    /// The database fails.
    pub fn account_by_login(&self, login: &str) -> Result<Option<i64>> {
        let login = login.to_lowercase();
        let row: Option<(i64,)> = self
            .db()
            .read(|tx| tx.opt(ACCOUNT_BY_LOGIN, &[&login.as_str()]).map_err(Error::from))?;
        Ok(row.map(|(id,)| id))
    }

    /// A caller for work the tracker does itself in the name of a member.
    ///
    /// # Errors
    /// There is no such organisation.
    pub fn robot(&self, org_id: i64, uid: i64, now: Instant) -> Result<Caller> {
        let world = self.world();
        let dict = world.org(org_id).ok_or_else(|| Code::OrgUnavailable.err())?;
        Ok(Caller {
            dict: Arc::clone(dict),
            actor: Arc::new(Actor::robot(uid)),
            view: View::new("http://localhost", ApiVersion::V3, crate::lang::Lang::En),
            now,
        })
    }
}

/// Whether a text has the form of a login.
pub fn is_login(login: &str) -> bool {
    !login.is_empty()
        && login.len() <= 64
        && login.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@".contains(&b))
}

/// Adds an organisation with the stock dictionaries; answers its number.
pub(crate) fn insert_org(tx: &mut Tx<'_>, org: &NewOrg, language: &str) -> Result<i64> {
    let (last,): (i64,) = tx.one(LAST_ORG, &[])?;
    let id = last + 1;
    tx.exec(INSERT_ORG, &[&id, &org.org_id, &org.cloud_id]).map_err(|error| match error {
        trackway_db::Error::Unique { .. } => Code::KeyTaken.with(&org.org_id),
        other => other.into(),
    })?;
    let body = Org {
        name: org.name.clone(),
        cloud_id: org.cloud_id.clone(),
        org_id: org.org_id.clone(),
        language: language.to_owned(),
        time_zone: String::new(),
        second_step: false,
    };
    store::insert_at(tx, id, 1, "", &body)?;
    let everybody = Group {
        name: Name::new("Все сотрудники", "All employees"),
        ..Group::default()
    };
    store::insert_at(tx, id, EVERYBODY, "", &everybody)?;
    insert_stock(tx, id)?;
    Ok(id)
}

fn insert_stock(tx: &mut Tx<'_>, org_id: i64) -> Result<()> {
    macro_rules! insert_all {
        ($($list:ident),*) => {$(
            for stock in defaults::$list() {
                store::insert_at(tx, org_id, stock.id, &stock.key, &stock.body)?;
            }
        )*};
    }
    insert_all!(
        statuses,
        issue_types,
        priorities,
        resolutions,
        categories,
        fields,
        workflows,
        remote_apps
    );
    Ok(())
}

/// Adds a member and tells a running server next door.
pub(crate) fn insert_member(
    tx: &mut Tx<'_>,
    org_id: i64,
    member: &Member,
    now: Instant,
) -> Result<i64> {
    let who = audit::Who { at: now, ..audit::Who::default() };
    let stored = new_member(tx, org_id, member, &who)?;
    tell(tx, org_id, &stored)?;
    Ok(stored.id)
}

/// Adds a member; an account that exists already joins.
pub(crate) fn new_member(
    tx: &mut Tx<'_>,
    org_id: i64,
    member: &Member,
    who: &audit::Who,
) -> Result<Stored> {
    let mut body = member.clone();
    body.login = body.login.trim().to_lowercase();
    if !is_login(&body.login) {
        return Err(Code::LoginForm.at("login"));
    }
    let member = &body;
    let known: Option<(i64,)> = tx.opt(ACCOUNT_BY_LOGIN, &[&member.login])?;
    let uid = if let Some((uid,)) = known {
        uid
    } else {
        let uid = crate::ids::Numbers::default().next(tx, Series::Account)?;
        tx.exec(INSERT_ACCOUNT, &[&uid, &member.login, &who.at])?;
        uid
    };
    let cloud_uid = Some(body.cloud_uid.clone()).filter(|id| !id.is_empty());
    body.cloud_uid = cloud_uid.unwrap_or_else(|| made_cloud_uid(uid));
    let stored = store::insert_at(tx, org_id, uid, &body.login, &body)?;
    let entry = audit::Entry {
        action: audit::Action::Create,
        kind: Member::KIND.name(),
        object: uid.to_string(),
        name: &body.login,
        before: None,
        after: Some(serde_json::to_value(&body).map_err(Error::internal)?),
    };
    audit::record_in(tx, org_id, who, entry)?;
    Ok(stored)
}

/// An identifier in the form of the cloud's: 20 characters of `a-z0-9`, made from the uid.
fn made_cloud_uid(uid: i64) -> String {
    format!("aje{:0>17}", format!("{uid:x}"))
}

/// Tells a running server next door.
fn tell(tx: &mut Tx<'_>, org_id: i64, stored: &Stored) -> Result<()> {
    let id = crate::ids::Numbers::default().next(tx, Series::Change)?;
    tx.exec(feed::INSERT, &[&id, &org_id, &stored.kind.name(), &stored.id])?;
    Ok(())
}
