//! How changes of entities are shown in their history.

use serde_json::Value as Json;
use trackway_api::entities::{EntityChange, PlainField};

use super::event::{CUSTOM, Delta};
use crate::cx::Cx;
use crate::dict::model::{Entity, ValueType};
use crate::dict::{Dict, Object};
use crate::error::Result;
use crate::field::FieldDef;
use crate::issue::render::{Renderer, Selection};
use crate::issue::value::{Form, Val};
use crate::lang::{Lang, Name};
use crate::time::day_text;
use crate::view::View;

/// Shows changes, with all that they mention at hand.
pub(super) struct Shown<'a> {
    dict: &'a Dict,
    view: &'a View,
    renderer: Renderer<'a>,
}

impl<'a> Shown<'a> {
    /// Reads what these changes mention.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn new(
        cx: &mut Cx<'_, '_>,
        dict: &'a Dict,
        view: &'a View,
        selection: &'a Selection,
        events: &[Vec<Delta>],
    ) -> Result<Self> {
        let mut issues = Vec::new();
        for delta in events.iter().flatten() {
            let def = global(dict, &delta.field);
            if def.is_some_and(|def| def.value_type == ValueType::Issue) {
                for value in [&delta.from, &delta.to] {
                    issues.extend(value.as_i64());
                    issues.extend(value.as_array().into_iter().flatten().filter_map(Json::as_i64));
                }
            }
        }
        let renderer = Renderer::mentioning(cx, dict, view, selection, &issues)?;
        Ok(Self { dict, view, renderer })
    }

    /// A change as the API shows it.
    pub(super) fn change(&self, entity: &Object<Entity>, delta: &Delta) -> EntityChange {
        let lang = self.view.lang;
        let (from, to, field) = if let Some(def) = global(self.dict, &delta.field) {
            let name =
                self.dict.fields.get(def.no.into()).map(|field| field.name.get(lang).to_owned());
            let display = name.unwrap_or_else(|| def.wire.clone());
            let field = PlainField { display, id: def.wire.clone() };
            (self.value(def, &delta.from), self.value(def, &delta.to), field)
        } else {
            let shown = |value: &Json| shown(self.dict, lang, &delta.field, value);
            let field =
                PlainField { display: title(&delta.field, lang), id: wire_name(&delta.field) };
            (shown(&delta.from), shown(&delta.to), field)
        };
        let comment =
            delta.comment.map(|id| format!("{}/comments/{id}", entity.body.path(entity.id)));
        EntityChange {
            diff: Some(marked(&from, &to)),
            comment_url: comment.map(|path| self.view.url(&path)),
            field: Some(field),
        }
    }

    /// A stored value of a global field as people read it.
    fn value(&self, def: &FieldDef, stored: &Json) -> String {
        let Some(val) = Val::from_json(Form::of(def), stored) else { return String::new() };
        let mut out = Vec::new();
        self.renderer.value(&mut out, def, &val);
        readable(&serde_json::from_slice(&out).unwrap_or_default())
    }
}

/// A global field that a delta is about.
fn global<'d>(dict: &'d Dict, stored: &str) -> Option<&'d FieldDef> {
    dict.field_index.get(stored.strip_prefix(CUSTOM)?.parse().ok()?)
}

/// A value of the API in words: objects by what they show of themselves.
fn readable(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(readable).collect::<Vec<_>>().join(", "),
        Json::Object(members) => members.get("display").map(readable).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// A difference with what went and what came marked.
fn marked(from: &str, to: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let part = |tag: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("<{tag}>{}</{tag}>", escaped(text)) }
    };
    format!("{}{}", part("removed", from), part("added", to))
}

/// The field's own name where the stored one differs.
fn wire_name(stored: &str) -> String {
    match stored {
        "parent" | "moreParents" => "parentEntity".to_owned(),
        other => other.to_owned(),
    }
}

fn title(stored: &str, lang: Lang) -> String {
    let name = match stored {
        "summary" => Name::new("Название", "Name"),
        "description" => Name::new("Описание", "Description"),
        "author" => Name::new("Автор", "Author"),
        "lead" => Name::new("Ответственный", "Lead"),
        "teamUsers" => Name::new("Участники", "Team"),
        "teamGroups" => Name::new("Группы участников", "Team groups"),
        "clients" => Name::new("Заказчики", "Clients"),
        "followers" => Name::new("Наблюдатели", "Followers"),
        "start" => Name::new("Дата начала", "Start date"),
        "end" => Name::new("Дедлайн", "Deadline"),
        "quarter" => Name::new("Квартал", "Quarter"),
        "tags" => Name::new("Теги", "Tags"),
        "parent" | "moreParents" => Name::new("Родитель", "Parent"),
        "teamAccess" => Name::new("Доступ участникам", "Access for participants"),
        "entityStatus" => Name::new("Статус", "Status"),
        "queues" => Name::new("Очереди", "Queues"),
        "checklistItems" => Name::new("Чеклист", "Checklist"),
        "comment" => Name::new("Комментарий", "Comment"),
        "links" => Name::new("Связи", "Links"),
        "attachments" => Name::new("Файлы", "Files"),
        "acl" => Name::new("Доступ", "Access"),
        other => return wire_name(other),
    };
    name.get(lang).to_owned()
}

/// A stored value as people read it.
fn shown(dict: &Dict, lang: Lang, field: &str, value: &Json) -> String {
    let person = |json: &Json| {
        let uid = json.as_i64().unwrap_or_default();
        dict.users.get(uid).map_or_else(|| uid.to_string(), |m| m.name.get(lang).to_owned())
    };
    let entity = |json: &Json| {
        let id = json.as_i64().unwrap_or_default();
        dict.entities.get(id).map_or_else(|| id.to_string(), |e| e.body.summary.clone())
    };
    let group = |json: &Json| {
        let id = json.as_i64().unwrap_or_default();
        dict.groups.get(id).map_or_else(|| id.to_string(), |group| group.name.get(lang).to_owned())
    };
    let queue = |json: &Json| {
        let id = json.as_i64().unwrap_or_default();
        dict.queues.get(id).map_or_else(|| id.to_string(), |queue| queue.key.clone())
    };
    let text = |json: &Json| match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Object(members) => {
            members.get("text").and_then(Json::as_str).unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    };
    let one = |json: &Json| match field {
        _ if json.is_null() => String::new(),
        "author" | "lead" | "teamUsers" | "clients" | "followers" => person(json),
        "parent" | "moreParents" => entity(json),
        "teamGroups" => group(json),
        "queues" => queue(json),
        "start" | "end" => {
            let day = json.as_i64().and_then(|day| i32::try_from(day).ok());
            day.map_or_else(|| text(json), day_text)
        }
        _ => text(json),
    };
    match value {
        Json::Array(items) => items.iter().map(one).collect::<Vec<_>>().join(", "),
        value => one(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use trackway_api::entities::{CreateEntity, ListEntityEvents, UpdateEntity};
    use trackway_api::fields::{CreateField, FieldCreate};
    use trackway_api::types::Members;

    use crate::entity::{event, ops};
    use crate::field;
    use crate::testing::{Fixture, body};

    fn members(value: Value) -> Members {
        let Value::Object(members) = value else { panic!("an object") };
        members
    }

    #[test]
    fn a_history_tells_of_fields_in_words() {
        let f = Fixture::new();
        let owner: FieldCreate = serde_json::from_value(json!({"id": "sponsor",
            "name": {"ru": "Спонсор", "en": "Sponsor"}, "category": "000000000000000000000003",
            "type": "ru.yandex.startrek.core.fields.UserFieldType"}))
        .expect("a field");
        let owner = CreateField::new(owner);
        f.write(f.boss, move |cx| field::ops::create(cx, &owner)).expect("made");
        let new = members(json!({"fields": {"summary": "Press", "sponsor": "bob"}}));
        let new = CreateEntity::new("project", new);
        let made = f.write(f.ann, move |cx| ops::create(cx, &new));
        let id = body(made.expect("a project"))["id"].as_str().expect("an id").to_owned();
        let patch =
            UpdateEntity::new("project", &*id, members(json!({"fields": {"sponsor": null}})));
        f.write(f.ann, move |cx| ops::update(cx, &patch)).expect("changed");

        let events = ListEntityEvents::new("project", &*id);
        let events = body(f.read(f.bob, |cx| event::list(cx, &events)).expect("a history"));
        let changes = |event: usize| -> Vec<String> {
            let changes = events["events"][event]["changes"].as_array().expect("changes").iter();
            let text = |json: &Value| json.as_str().expect("a text").to_owned();
            changes
                .map(|c| format!("{}: {}", text(&c["field"]["display"]), text(&c["diff"])))
                .collect()
        };
        let bob = "bob Trial";
        assert_eq!(changes(1), [format!("Sponsor: <removed>{bob}</removed>")]);
        let made = changes(0);
        assert!(made.contains(&format!("Sponsor: <added>{bob}</added>")), "{made:?}");
        assert!(made.contains(&"Name: <added>Press</added>".to_owned()), "{made:?}");
        assert!(made.iter().all(|change| !change.contains("<removed>")), "{made:?}");
        assert!(made.iter().all(|change| !change.contains("createdAt")), "{made:?}");
    }
}
