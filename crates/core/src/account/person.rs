//! Who an account is: its name and its organisations, out of the dictionaries.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::actor::Actor;
use crate::dict::Dict;
use crate::dict::model::Member;
use crate::lang::{Lang, Name};
use crate::world::World;
use crate::zone;

/// An account that is in at least one organisation.
#[derive(Clone)]
pub struct Person {
    /// Account.
    pub uid: i64,
    /// Login.
    pub login: String,
    /// Name as the first organisation knows it.
    pub name: Name,
    /// Mail address as the first organisation knows it.
    pub email: String,
    /// Language the person chose.
    pub lang: Option<Lang>,
    /// The organisations, the oldest first.
    pub orgs: Vec<Arc<Dict>>,
}

impl Person {
    /// The account, unless every organisation dismissed it.
    pub fn of(world: &World, uid: i64) -> Option<Self> {
        let mut orgs: Vec<Arc<Dict>> = world
            .orgs()
            .filter(|dict| dict.users.get(uid).is_some_and(|m| !m.body.dismissed))
            .map(Arc::clone)
            .collect();
        orgs.sort_by_key(|dict| dict.org_id);
        let member = Arc::clone(orgs.first()?.users.get(uid)?);
        Some(Self {
            uid,
            login: member.body.login.clone(),
            name: member.name.clone(),
            email: member.body.email.clone(),
            lang: member.body.language.as_deref().and_then(Lang::from_accept),
            orgs,
        })
    }

    /// The account somebody signs in as: by login, or by a mail address that only one has.
    pub fn named(world: &World, text: &str) -> Option<i64> {
        let text = text.trim().to_lowercase();
        let by_login = world.orgs().find_map(|dict| dict.users.by_key(&text).map(|m| m.id));
        if by_login.is_some() || !text.contains('@') {
            return by_login;
        }
        let mut found = None;
        for member in world.orgs().flat_map(|dict| dict.users.iter()) {
            if member.body.email.to_lowercase() == text && found != Some(member.id) {
                if found.is_some() {
                    return None;
                }
                found = Some(member.id);
            }
        }
        found
    }

    /// The time zone in which the person's pages tell the time.
    pub fn zone(&self) -> TimeZone {
        self.orgs.first().map_or(TimeZone::UTC, |dict| zone::of(dict, self.uid))
    }

    /// The person's place in an organisation.
    pub fn actor(&self, dict: &Dict) -> Option<Actor> {
        Actor::of(dict, self.uid)
    }

    /// Whether the person administers any organisation.
    pub fn administers(&self) -> bool {
        self.orgs.iter().any(|dict| self.actor(dict).is_some_and(|actor| actor.admin))
    }

    /// One of the person's organisations by number.
    pub fn org(&self, id: i64) -> Option<&Arc<Dict>> {
        self.orgs.iter().find(|dict| dict.org_id == id)
    }

    /// The person as an organisation knows it.
    pub fn member<'d>(&self, dict: &'d Dict) -> Option<&'d Member> {
        dict.users.get(self.uid).map(|member| &member.body)
    }

    /// Words that are no password of this person (PW-07).
    pub fn words(&self) -> Vec<&str> {
        let mut words = vec![self.login.as_str(), self.email.as_str()];
        words.extend(self.email.split('@').next());
        for name in [&self.name.ru, &self.name.en] {
            words.extend(name.split_whitespace());
        }
        for dict in &self.orgs {
            words.extend([dict.org.name.ru.as_str(), dict.org.name.en.as_str()]);
        }
        words
    }
}
