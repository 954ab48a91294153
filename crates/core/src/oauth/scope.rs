//! Scopes: what a token may be used for (oauth.md, 2.12).

use serde::{Deserialize, Serialize};

use super::Policy;
use crate::lang::Lang;

/// A scope with what it means in words.
struct Known {
    name: &'static str,
    ru: &'static str,
    en: &'static str,
}

/// Every scope, in the order of their names.
const KNOWN: [Known; 9] = [
    Known {
        name: "admin:oauth",
        ru: "Управление зарегистрированными приложениями",
        en: "Managing registered applications",
    },
    Known {
        name: "cloud:auth", ru: "Обмен на IAM-токены", en: "Exchange for IAM tokens"
    },
    Known {
        name: "login:avatar", ru: "Доступ к портрету", en: "Access to the portrait"
    },
    Known {
        name: "login:birthday", ru: "Доступ к дате рождения", en: "Access to the birthday"
    },
    Known {
        name: "login:default_phone",
        ru: "Доступ к номеру телефона",
        en: "Access to the phone number",
    },
    Known {
        name: "login:email", ru: "Доступ к адресу почты", en: "Access to the mail address"
    },
    Known {
        name: "login:info",
        ru: "Доступ к логину, имени и фамилии",
        en: "Access to login, first and last name",
    },
    Known {
        name: "tracker:read",
        ru: "Чтение информации из Трекера",
        en: "Reading information from Tracker",
    },
    Known {
        name: "tracker:write",
        ru: "Запись информации в Трекер",
        en: "Writing information to Tracker",
    },
];

/// One scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(u8);

impl Scope {
    /// The scope of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let at = KNOWN.iter().position(|known| known.name == name)?;
        u8::try_from(at).ok().map(Self)
    }

    fn known(self) -> &'static Known {
        // The number was made from a position.
        KNOWN.get(usize::from(self.0)).unwrap_or(&KNOWN[0])
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.known().name
    }

    /// What it means.
    pub fn words(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ru => self.known().ru,
            Lang::En => self.known().en,
        }
    }

    /// Only administrators may give or hold it.
    pub fn is_administrative(self) -> bool {
        self.name() == "admin:oauth"
    }

    /// Every scope that exists here.
    pub fn all(policy: &Policy) -> impl Iterator<Item = Self> + '_ {
        (0..9_u8).map(Self).filter(|scope| policy.cloud_auth || scope.name() != "cloud:auth")
    }
}

/// A set of scopes; written as their names in order, with spaces between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct ScopeSet(u16);

impl ScopeSet {
    /// No scope.
    pub const NONE: Self = Self(0);

    /// Everything in the API.
    pub fn api() -> Self {
        Self::stored("tracker:read tracker:write")
    }

    /// The scopes of a list.
    ///
    /// # Errors
    /// The first name that is not a scope here.
    pub fn parse(text: &str, policy: &Policy) -> Result<Self, String> {
        let mut set = Self::NONE;
        for name in text.split(' ').filter(|name| !name.is_empty()) {
            match Scope::parse(name).filter(|s| policy.cloud_auth || s.name() != "cloud:auth") {
                Some(scope) => set = set.with(scope),
                None if policy.ignored_scopes.iter().any(|ignored| ignored == name) => {}
                None => return Err(name.to_owned()),
            }
        }
        Ok(set)
    }

    /// The scopes of a stored list.
    pub fn stored(text: &str) -> Self {
        text.split(' ').filter_map(Scope::parse).fold(Self::NONE, Self::with)
    }

    /// The set with one scope more.
    #[must_use]
    pub fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope.0)
    }

    /// Everything in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Everything in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of this set is in the other.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it holds the scope of this name.
    pub fn has(self, name: &str) -> bool {
        Scope::parse(name).is_some_and(|scope| self.0 >> scope.0 & 1 == 1)
    }

    /// The scopes in the order of their names.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        (0..16_u8).filter(move |bit| self.0 >> bit & 1 == 1).map(Scope)
    }

    /// The names with spaces between.
    pub fn text(self) -> String {
        let names: Vec<&str> = self.iter().map(Scope::name).collect();
        names.join(" ")
    }
}

impl From<ScopeSet> for String {
    fn from(set: ScopeSet) -> Self {
        set.text()
    }
}

impl From<String> for ScopeSet {
    fn from(text: String) -> Self {
        Self::stored(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_known_names_only() {
        let policy = Policy::default();
        let set = ScopeSet::parse(" tracker:write  login:info tracker:read ", &policy);
        assert_eq!(set.expect("known").text(), "login:info tracker:read tracker:write");
        for unknown in ["openid", "tracker", "Tracker:read", "tracker:read,tracker:write"] {
            assert!(ScopeSet::parse(unknown, &policy).is_err(), "{unknown}");
        }
        assert_eq!(ScopeSet::parse("cloud:auth", &policy), Err("cloud:auth".to_owned()));
        let lenient = Policy { ignored_scopes: vec!["wiki:read".to_owned()], ..policy };
        let set = ScopeSet::parse("wiki:read tracker:read", &lenient).expect("ignored");
        assert_eq!(set.text(), "tracker:read");
    }

    #[test]
    fn names_are_in_order() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].name < pair[1].name));
        let all: ScopeSet = Scope::all(&Policy { cloud_auth: true, ..Policy::default() })
            .fold(ScopeSet::NONE, ScopeSet::with);
        assert_eq!(all.iter().count(), KNOWN.len());
    }
}
