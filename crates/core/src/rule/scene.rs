//! The issue that a rule looks at, and what its variables say (automation.md, 1.3).

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use crate::cx::Cx;
use crate::dict::model::{Body, ValueType};
use crate::dict::{Dict, Object, Table};
use crate::error::Result;
use crate::field::{FieldDef, no};
use crate::issue::store::{self, Brief};
use crate::issue::value::Val;
use crate::issue::{Issue, key_text};
use crate::lang::Lang;
use crate::time::{self, Instant};

/// An issue with what it takes to speak of it.
#[derive(Debug)]
pub struct Scene {
    /// The issue, with all its texts.
    pub issue: Issue,
    /// Language of names and dates.
    pub lang: Lang,
    /// Who caused the rule to act.
    pub user: i64,
    now: Instant,
    briefs: FxHashMap<i64, Brief>,
}

impl Scene {
    /// A scene around an issue.
    ///
    /// # Errors
    /// The database fails.
    pub fn new(cx: &mut Cx<'_, '_>, issue: Issue, user: i64) -> Result<Self> {
        let mentioned: Vec<i64> =
            [no::PARENT, no::EPIC].iter().filter_map(|field| issue.one(*field)).collect();
        let briefs = store::briefs(cx, &mentioned)?;
        let lang = Lang::from_accept(&cx.dict.org.language).unwrap_or_default();
        Ok(Self { issue, lang, user, now: cx.now, briefs })
    }

    /// What a variable says; nothing for an unknown one.
    pub fn value(&self, dict: &Dict, path: &str) -> String {
        let mut parts: Vec<&str> = path.split('.').map(str::trim).collect();
        let as_json = parts.len() > 1 && parts.last() == Some(&"json");
        if as_json {
            parts.pop();
        }
        let found = self.found(dict, &parts);
        if as_json { found.json() } else { found.text() }
    }

    /// Fills the variables of a text.
    pub fn fill(&self, dict: &Dict, template: &str) -> String {
        super::template::fill(template, |path| self.value(dict, path))
    }

    /// Fills the variables of every text within JSON.
    pub fn fill_json(&self, dict: &Dict, json: &Json) -> Json {
        match json {
            Json::String(text) => self.fill(dict, text).into(),
            Json::Array(items) => items.iter().map(|item| self.fill_json(dict, item)).collect(),
            Json::Object(members) => members
                .iter()
                .map(|(name, member)| (name.clone(), self.fill_json(dict, member)))
                .collect(),
            other => other.clone(),
        }
    }

    fn found(&self, dict: &Dict, parts: &[&str]) -> Found {
        match parts {
            ["currentDateTime", modifier @ ..] => self.instant(self.now, modifier),
            ["currentUser", attribute @ ..] => {
                Found::of_users(dict, self.lang, &[self.user], false, attribute)
            }
            ["issue", "local", field, rest @ ..] | ["issue", field, rest @ ..] => {
                self.field(dict, field, rest)
            }
            _ => Found::Nothing,
        }
    }

    fn field(&self, dict: &Dict, name: &str, rest: &[&str]) -> Found {
        let issue = &self.issue;
        match name {
            "key" => return Found::Text(issue.key(dict)),
            "id" => return Found::Text(issue.hex()),
            "queue" => return one_of(&dict.queues, issue.queue, self.lang, rest),
            _ => {}
        }
        let wire = if name == "author" { "createdBy" } else { name };
        // A local field is named by its key, without what makes its id unique.
        let local = || {
            dict.field_index.iter().find(|def| {
                def.queue == Some(issue.queue)
                    && def.wire.split_once("--").is_some_and(|(_, key)| key == name)
            })
        };
        let Some(def) = dict.field_index.by_wire(wire).or_else(local) else {
            return Found::Nothing;
        };
        match issue.get(def.no) {
            Some(val) => self.val(dict, def, val, rest),
            None if def.no == no::VOTES => Found::Number(0.0),
            None => Found::Nothing,
        }
    }

    fn val(&self, dict: &Dict, def: &FieldDef, val: &Val, rest: &[&str]) -> Found {
        match val {
            Val::Text(text) => Found::Text(text.clone()),
            Val::Texts(texts) => Found::Texts(texts.clone()),
            Val::Num(number) => Found::Number(*number),
            Val::Day(day) => self.day(*day, rest),
            Val::At(at) => self.instant(*at, rest),
            Val::Span(seconds) => Found::Text(time::span_text(*seconds)),
            Val::Json(_) => Found::Nothing,
            Val::Ref(id) => self.reference(dict, def, &[*id], false, rest),
            Val::Refs(ids) => self.reference(dict, def, ids, true, rest),
        }
    }

    fn reference(
        &self,
        dict: &Dict,
        def: &FieldDef,
        ids: &[i64],
        many: bool,
        rest: &[&str],
    ) -> Found {
        let lang = self.lang;
        macro_rules! named {
            ($table:expr) => {
                objects(&$table, ids, many, lang, rest)
            };
        }
        match def.value_type {
            ValueType::User => Found::of_users(dict, lang, ids, many, rest),
            ValueType::Queue => named!(dict.queues),
            ValueType::IssueType => named!(dict.types),
            ValueType::Priority => named!(dict.priorities),
            ValueType::Status => named!(dict.statuses),
            ValueType::Resolution => named!(dict.resolutions),
            ValueType::Component => named!(dict.components),
            ValueType::Version => named!(dict.versions),
            ValueType::Group => named!(dict.groups),
            ValueType::Issue => {
                let key = |id: &i64| {
                    self.briefs.get(id).map(|b| key_text(dict, b.issue.queue, b.issue.num))
                };
                Found::several(ids.iter().filter_map(key).collect(), many)
            }
            ValueType::Integer => ids.first().map_or(Found::Nothing, |n| {
                #[expect(clippy::cast_precision_loss, reason = "shown to people")]
                let number = *n as f64;
                Found::Number(number)
            }),
            ValueType::Boolean => Found::Text((ids.first() == Some(&1)).to_string()),
            _ => Found::several(ids.iter().map(ToString::to_string).collect(), many),
        }
    }

    fn day(&self, day: time::Day, modifier: &[&str]) -> Found {
        let midnight = i64::from(day) * time::DAY_MS;
        match modifier {
            ["iso8601"] => Found::Text(time::day_text(day)),
            ["unixEpoch"] => Found::Text((midnight / 1000).to_string()),
            [] | ["date"] => Found::Text(spoken(midnight, self.lang)),
            _ => Found::Nothing,
        }
    }

    fn instant(&self, at: Instant, modifier: &[&str]) -> Found {
        match modifier {
            ["iso8601"] => Found::Text(time::instant_text(at).replace("+0000", "Z")),
            ["unixEpoch"] => Found::Text(at.div_euclid(1000).to_string()),
            [] | ["date"] => Found::Text(spoken(at, self.lang)),
            _ => Found::Nothing,
        }
    }
}

/// What a variable says.
enum Found {
    Nothing,
    /// Something that has no JSON form of its own, shown by its name.
    Name(String),
    Text(String),
    Texts(Vec<String>),
    /// Several that have no JSON form of their own.
    Names(Vec<String>),
    Number(f64),
}

impl Found {
    fn text(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Name(text) | Self::Text(text) => text,
            Self::Texts(texts) | Self::Names(texts) => texts.join(", "),
            Self::Number(number) => number.to_string(),
        }
    }

    /// Texts, numbers and lists of them; objects are not supported (automation.md, 1.3).
    fn json(self) -> String {
        match self {
            Self::Nothing | Self::Name(_) | Self::Names(_) => String::new(),
            Self::Text(text) => Json::from(text).to_string(),
            Self::Texts(texts) => Json::from(texts).to_string(),
            Self::Number(number) => number.to_string(),
        }
    }

    fn several(texts: Vec<String>, many: bool) -> Self {
        if many {
            return Self::Texts(texts);
        }
        texts.into_iter().next().map_or(Self::Nothing, Self::Text)
    }

    fn of_users(dict: &Dict, lang: Lang, ids: &[i64], many: bool, attribute: &[&str]) -> Self {
        let users = ids.iter().filter_map(|id| dict.users.get(*id));
        let of = |member: &Object<crate::dict::model::Member>| -> Option<String> {
            let body = &member.body;
            Some(match attribute {
                [] => member.name.get(lang).to_owned(),
                ["login"] => body.login.clone(),
                ["firstName"] => body.first_name.get(lang).to_owned(),
                ["lastName"] => body.last_name.get(lang).to_owned(),
                ["uid" | "id"] => member.id.to_string(),
                ["email"] => body.email.clone(),
                _ => return None,
            })
        };
        let texts: Vec<String> = users.filter_map(|member| of(member)).collect();
        match (attribute.is_empty(), many) {
            (true, true) => Self::Names(texts),
            (true, false) => texts.into_iter().next().map_or(Self::Nothing, Self::Name),
            (false, many) => Self::several(texts, many),
        }
    }
}

fn one_of<T: Body>(table: &Table<T>, id: i64, lang: Lang, attribute: &[&str]) -> Found {
    objects(table, &[id], false, lang, attribute)
}

fn objects<T: Body>(
    table: &Table<T>,
    ids: &[i64],
    many: bool,
    lang: Lang,
    attribute: &[&str],
) -> Found {
    let of = |object: &Object<T>| -> Option<String> {
        Some(match attribute {
            [] | ["display" | "name"] => object.name.get(lang).to_owned(),
            ["key"] => object.key.clone(),
            ["id"] => object.id.to_string(),
            _ => return None,
        })
    };
    Found::several(ids.iter().filter_map(|id| table.get(*id)).filter_map(|o| of(o)).collect(), many)
}

const MONTHS: [(&str, &str); 12] = [
    ("января", "January"),
    ("февраля", "February"),
    ("марта", "March"),
    ("апреля", "April"),
    ("мая", "May"),
    ("июня", "June"),
    ("июля", "July"),
    ("августа", "August"),
    ("сентября", "September"),
    ("октября", "October"),
    ("ноября", "November"),
    ("декабря", "December"),
];

/// A date in words: `07 декабря 2021`.
fn spoken(at: Instant, lang: Lang) -> String {
    let text = time::day_text(time::day_of(at));
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month.and_then(|m| m.parse::<usize>().ok()).and_then(|m| MONTHS.get(m - 1));
    let (ru, en) = month.copied().unwrap_or_default();
    let name = if lang == Lang::Ru { ru } else { en };
    format!("{} {name} {}", day.unwrap_or_default(), year.unwrap_or_default())
}
