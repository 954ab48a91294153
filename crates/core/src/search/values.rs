//! Values of filters: from what people write to the ids the index knows (query-language.md, 4.4,
//! 6.0). Several objects may have one name; all of them count.

use trackway_query::{Function, Operand};

use super::names::same;
use super::resolve::Resolver;
use crate::access::find_entity;
use crate::dict::model::{
    Body, EVERYBODY, EntityType, Member, Sprint, SprintStatus, StatusType, ValueType,
};
use crate::dict::{Dict, Object, Table};
use crate::field::no;
use crate::ids::{Tag, parse_hex_id};
use crate::issue::codec::key_term;
use crate::issue::store::split_key;
use crate::issue::value::text_key;
use trackway_search::Cond;

/// Ids that an operand stands for. `None` when it stands for nothing that exists, which is an
/// error; an empty list is something that may exist but does not.
pub(crate) type Ids = Option<Vec<i64>>;

/// Objects by key or name in any letter case, else by id.
fn objects<T: Body>(table: &Table<T>, text: &str, fits: impl Fn(&T) -> bool) -> Ids {
    let text = text.trim();
    let named: Vec<i64> = table
        .iter()
        .filter(|o| fits(&o.body))
        .filter(|o| same(&o.key, text) || same(&o.name.ru, text) || same(&o.name.en, text))
        .map(|o| o.id)
        .collect();
    if !named.is_empty() && !text.is_empty() {
        return Some(named);
    }
    let by_id = table.get(text.parse().ok()?).filter(|o| fits(&o.body));
    by_id.map(|o| vec![o.id])
}

fn spelt<T: Body>(table: &Table<T>) -> Vec<&str> {
    let spellings = table.iter().map(|o| [o.key.as_str(), o.name.ru.as_str(), o.name.en.as_str()]);
    spellings.flatten().filter(|text| !text.is_empty()).collect()
}

impl Resolver<'_, '_, '_> {
    /// Values of a field whose values are references or texts. `None` as with [`Ids`].
    pub(super) fn ids(&self, kind: ValueType, operand: &Operand) -> Ids {
        if kind == ValueType::User {
            return self.users(operand);
        }
        let Operand::Literal(text) = operand else { return None };
        let dict = &*self.dict;
        match kind {
            ValueType::Status => objects(&dict.statuses, text, |_| true),
            ValueType::IssueType => objects(&dict.types, text, |_| true),
            ValueType::Priority => objects(&dict.priorities, text, |_| true),
            ValueType::Resolution => objects(&dict.resolutions, text, |_| true),
            ValueType::Component => objects(&dict.components, text, |_| true),
            ValueType::Version => objects(&dict.versions, text, |_| true),
            ValueType::Group => objects(&dict.groups, text, |_| true),
            ValueType::Queue => objects(&dict.queues, text, |q| !q.deleted),
            ValueType::StatusType => status_types(text),
            ValueType::Issue => Some(self.issues(text)),
            ValueType::Boolean => boolean(text).map(|flag| vec![i64::from(flag)]),
            ValueType::Sprint => objects(&dict.sprints, text, |_| true),
            ValueType::Board => objects(&dict.boards, text, |_| true),
            ValueType::Maillist => objects(&dict.maillists, text, |_| true),
            ValueType::Project => self.entities(EntityType::Project, text),
            ValueType::Goal => self.entities(EntityType::Goal, text),
            ValueType::String | ValueType::Uri | ValueType::Rank | ValueType::Translation => {
                Some(vec![text_key(text)])
            }
            _ => None,
        }
    }

    /// Keys and names of objects, for guesses.
    pub(super) fn spellings(&self, kind: ValueType) -> Vec<&str> {
        let dict = &*self.dict;
        match kind {
            ValueType::Status => spelt(&dict.statuses),
            ValueType::IssueType => spelt(&dict.types),
            ValueType::Priority => spelt(&dict.priorities),
            ValueType::Resolution => spelt(&dict.resolutions),
            ValueType::Component => spelt(&dict.components),
            ValueType::Version => spelt(&dict.versions),
            ValueType::Group => spelt(&dict.groups),
            ValueType::Queue => {
                dict.queues.iter().filter(|q| !q.body.deleted).map(|q| q.key.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Projects or goals by name, id or short number.
    fn entities(&self, kind: EntityType, text: &str) -> Ids {
        let dict: &Dict = &self.dict;
        let named = objects(&dict.entities, text, |entity| entity.kind == kind);
        named
            .or_else(|| find_entity(dict, text.trim()).map(|entity| vec![entity.id]))
            .or_else(|| text.trim().parse().ok().map(|id| vec![id]))
    }

    /// Queues by key, name or id.
    pub(super) fn queues(&self, operand: &Operand) -> Ids {
        self.ids(ValueType::Queue, operand)
    }

    /// The sprints of boards by id or name.
    pub(super) fn sprints(&self, operand: &Operand, fits: impl Fn(SprintStatus) -> bool) -> Ids {
        let boards = self.ids(ValueType::Board, operand)?;
        let of_boards = |s: &&std::sync::Arc<Object<Sprint>>| {
            boards.contains(&s.body.board) && fits(s.body.status)
        };
        Some(self.dict.sprints.iter().filter(of_boards).map(|s| s.id).collect())
    }

    /// The index value of an issue key; former keys and unknown ones have none.
    pub(super) fn key(&self, text: &str) -> Option<i64> {
        let (queue, num) = split_key(text.trim())?;
        let queue =
            self.dict.live_queue(queue).or_else(|| self.dict.live_queue(&queue.to_uppercase()))?;
        // A greater number would run into the queue's half of the term.
        u32::try_from(num).ok().map(|num| key_term(queue.id, i64::from(num)))
    }

    /// Issues by key or 24-digit id.
    pub(super) fn issues(&self, text: &str) -> Vec<i64> {
        if let Some(id) = parse_hex_id(Tag::Issue, text.trim()) {
            return vec![id];
        }
        let Some(term) = self.key(text) else { return Vec::new() };
        self.eval(&Cond::Has(no::KEY, term)).iter().map(i64::from).collect()
    }

    /// Users by any of the forms of query-language.md, 4.4. Names nobody has match nothing; only
    /// `login@` must exist.
    pub(super) fn users(&self, operand: &Operand) -> Ids {
        match operand {
            Operand::Literal(text) => self.users_by_text(text.trim()),
            Operand::Function(Function::Me) => Some(vec![self.cx.actor.uid]),
            Operand::Function(Function::Group(names)) => {
                let members = names.iter().map(|name| self.members(name));
                members.collect::<Option<Vec<_>>>().map(|all| all.concat())
            }
            Operand::Function(_) | Operand::Date(_) => None,
        }
    }

    fn users_by_text(&self, text: &str) -> Ids {
        let users = &self.dict.users;
        if let Some(login) = text.strip_suffix('@') {
            return users.by_key(&login.to_lowercase()).map(|u| vec![u.id]);
        }
        if let Some(user) = text.parse().ok().and_then(|uid| users.get(uid)) {
            return Some(vec![user.id]);
        }
        let login = text.strip_prefix("login:").unwrap_or(text);
        Some(users.iter().filter(|u| is_called(u, login)).map(|u| u.id).collect())
    }

    /// Members of a group and of the groups below it.
    fn members(&self, name: &str) -> Ids {
        let mut groups = objects(&self.dict.groups, name, |_| true)?;
        if groups.contains(&EVERYBODY) {
            return Some(self.dict.users.iter().map(|u| u.id).collect());
        }
        // Groups have few levels; a ring of parents ends because no group is taken twice.
        let mut at = 0;
        while let Some(group) = groups.get(at).copied() {
            let below = self.dict.groups.iter().filter(|g| g.body.parent == Some(group));
            let fresh: Vec<i64> = below.map(|g| g.id).filter(|id| !groups.contains(id)).collect();
            groups.extend(fresh);
            at += 1;
        }
        let is_member =
            |u: &&std::sync::Arc<Object<Member>>| u.body.groups.iter().any(|g| groups.contains(g));
        Some(self.dict.users.iter().filter(is_member).map(|u| u.id).collect())
    }
}

/// Whether a word or two mean a member: login, mail address, cloud id, one of the names, or both
/// in either order.
fn is_called(user: &Object<Member>, text: &str) -> bool {
    let member = &user.body;
    if text.is_empty() {
        return false;
    }
    if [&member.login, &member.email, &member.cloud_uid].iter().any(|own| same(own, text)) {
        return true;
    }
    let Some((first, second)) = text.split_once(char::is_whitespace) else {
        return member.first_name.is(text) || member.last_name.is(text);
    };
    let second = second.trim_start();
    let both =
        |given: &str, family: &str| member.first_name.is(given) && member.last_name.is(family);
    user.name.is(text) || both(first, second) || both(second, first)
}

fn status_types(text: &str) -> Ids {
    let text = text.trim();
    let found = StatusType::ALL.into_iter().find(|t| same(t.key(), text) || t.name().is(text));
    found.map(|t| vec![t.number()])
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| same(word, text.trim()));
    if is(["true", "yes", "да"]) {
        return Some(true);
    }
    is(["false", "no", "нет"]).then_some(false)
}
