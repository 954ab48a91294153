//! Boards and columns as JSON.

use serde_json::{Map, Value as Json, json};
use trackway_api::boards::{Board as BoardReply, BoardColumn, BoardColumnRef};

use crate::dict::model::{AddFilter, Board, Column, FieldTest, RemoveFilter, ValueTest};
use crate::dict::{Dict, Object};
use crate::dictionary::Wire;
use crate::directory::countries;
use crate::field::no::FieldNo;
use crate::issue::render::value_json;
use crate::queue::render::keyed;
use crate::time;
use crate::user;
use crate::view::{ApiVersion, View};

/// A board as the API shows one.
pub(super) fn board(dict: &Dict, view: &View, board: &Object<Board>) -> BoardReply {
    let body = &board.body;
    let refs = |columns: &[Column]| columns.iter().map(|c| reference(view, board, c)).collect();
    let classic = view.version == ApiVersion::V2;
    let criteria = body.filter.is_some() || !body.query.is_empty();
    let order = body.order_by.and_then(|id| dict.fields.get(id));
    let newer = view.version == ApiVersion::V3;
    BoardReply {
        self_url: view.url(&board.path()),
        id: board.id,
        version: board.version,
        name: body.name.clone(),
        created_at: newer.then(|| time::instant_text(body.created_at)),
        updated_at: newer.then(|| time::instant_text(body.updated_at)),
        created_by: newer.then(|| user::reference(dict, view, body.created_by)),
        columns: refs(&body.columns),
        backlog_columns: refs(&body.backlog),
        non_parametrized_columns: refs(&body.unparametrized),
        filter: body.filter.as_ref().and_then(|json| json.as_object().cloned()),
        order_by: order.filter(|_| classic || criteria).map(|field| field.key.clone()),
        order_asc: (classic || criteria).then_some(body.order_asc),
        query: (classic || !body.query.is_empty()).then(|| body.query.clone()),
        use_ranking: (classic || body.use_ranking).then_some(body.use_ranking),
        estimate_by: body
            .estimate_by
            .and_then(|id| dict.fields.get(id))
            .map(|field| field.plain_ref(view)),
        country: countries::or_home(body.country)
            .filter(|_| classic || body.country.is_some())
            .map(|country| countries::reference(country, view)),
        default_queue: body.default_queue.map(|id| keyed(&dict.queues, id, view)),
        calendar: body.calendar.map(|id| json!({"id": id})),
        auto_filter_settings: auto(dict, view, body).filter(|_| newer),
        owner: newer.then(|| user::reference(dict, view, body.owner)),
        backlog_available: newer.then_some(body.has_backlog),
        sprints_available: newer.then_some(body.sprints),
    }
}

fn column_path(board: &Object<Board>, column: &Column) -> String {
    format!("{}/columns/{}", board.path(), column.id)
}

fn reference(view: &View, board: &Object<Board>, column: &Column) -> BoardColumnRef {
    BoardColumnRef {
        self_url: view.url(&column_path(board, column)),
        id: column.id.to_string(),
        display: column.name.clone(),
    }
}

/// A column as the API shows one.
pub(super) fn column(
    dict: &Dict,
    view: &View,
    board: &Object<Board>,
    column: &Column,
) -> BoardColumn {
    BoardColumn {
        self_url: view.url(&column_path(board, column)),
        id: column.id,
        name: column.name.clone(),
        statuses: column.statuses.iter().map(|id| keyed(&dict.statuses, *id, view)).collect(),
        limit: column.limit,
    }
}

fn auto(dict: &Dict, view: &View, board: &Board) -> Option<Json> {
    let mut settings = Map::new();
    if let Some(filter) = &board.add {
        settings.insert("addFilterSettings".to_owned(), add(dict, view, filter));
    }
    if let Some(filter) = &board.remove {
        settings.insert("removeFilterSettings".to_owned(), remove(dict, view, filter));
    }
    (!settings.is_empty()).then(|| settings.into())
}

fn add(dict: &Dict, view: &View, filter: &AddFilter) -> Json {
    let fields: Vec<Json> = filter.tests.iter().filter_map(|t| test(dict, view, t)).collect();
    json!({"liveFilter": {"fieldValues": fields}, "enabled": filter.enabled})
}

fn test(dict: &Dict, view: &View, test: &FieldTest) -> Option<Json> {
    let field = dict.fields.get(test.field)?;
    let values: Vec<Json> = test.values.iter().map(|v| value(dict, view, test.field, v)).collect();
    Some(json!({
        "id": field.key,
        "key": field.key,
        "name": field.name.get(view.lang),
        "display": field.name.get(view.lang),
        "fieldType": field.body.value_type.name(),
        "value": values,
    }))
}

fn value(dict: &Dict, view: &View, field: i64, test: &ValueTest) -> Json {
    let Some(value) = &test.value else {
        return json!({"macro": if test.invert { "empty()" } else { "notEmpty()" }});
    };
    let def = FieldNo::try_from(field).ok().and_then(|field| dict.field_index.get(field));
    let fixed = def.map_or_else(|| value.clone(), |def| value_json(dict, view, def, value));
    // The contract knows references and plain strings.
    let fixed = match fixed {
        Json::String(_) | Json::Object(_) => fixed,
        other => other.to_string().into(),
    };
    json!({"fixed": fixed, "invert": test.invert})
}

fn remove(dict: &Dict, view: &View, filter: &RemoveFilter) -> Json {
    // Whole statuses, unlike the references of the columns: a published client requires them.
    let known = filter.statuses.iter().filter_map(|id| dict.statuses.get(*id));
    let statuses: Vec<_> = known.map(|status| status.wire(view)).collect();
    let mut settings = json!({
        "statuses": statuses,
        "checkResolutionPresence": filter.needs_resolution,
        "enabled": filter.enabled,
    });
    if let (Some(members), Some(text)) = (settings.as_object_mut(), &filter.after_text) {
        members.insert("maxTimeInToRemoveState".to_owned(), text.as_str().into());
    }
    settings
}
