//! Screens of transitions. They belong to the transitions that show them; the same screen may
//! stand at several.

use std::collections::BTreeMap;

use trackway_api::queues::{
    GetScreen, GetScreenElement, ListScreenElements, ListScreens, Screen as ScreenReply,
    ScreenElement,
};
use trackway_api::types::PlainRef;

use super::input::COMMENT;
use crate::cx::{Cx, Reply};
use crate::dict::Dict;
use crate::dict::model::{Screen, ScreenField};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::queue::workflow::visible;
use crate::view::View;

/// Screens of every workflow the caller may see, by id.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListScreens) -> Result<Reply<Vec<ScreenReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (screens, paging) = page.cut(all(cx).into_values().collect());
    let replies = screens.iter().map(|screen| reply_of(&cx.dict, &cx.view, screen)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One screen.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetScreen) -> Result<Reply<ScreenReply>> {
    cx.view.localize(r.localized);
    let screen = seen(cx, &r.id)?;
    Ok(reply_of(&cx.dict, &cx.view, &screen).into())
}

/// Fields of a screen.
pub fn elements(cx: &mut Cx<'_, '_>, r: &ListScreenElements) -> Result<Reply<Vec<ScreenElement>>> {
    let screen = seen(cx, &r.id)?;
    Ok(reply_of(&cx.dict, &cx.view, &screen).elements.into())
}

/// One field of a screen.
pub fn element(cx: &mut Cx<'_, '_>, r: &GetScreenElement) -> Result<Reply<ScreenElement>> {
    let screen = seen(cx, &r.id)?;
    let field = screen.fields.iter().find(|field| field.field == r.element);
    let field = field.ok_or_else(|| Code::ScreenNotFound.err())?;
    Ok(element_of(&cx.dict, &cx.view, &screen.id, field).into())
}

/// The screen of an id, whatever workflow has it.
pub(super) fn find(dict: &Dict, id: &str) -> Option<Screen> {
    let transitions = dict.workflows.iter().flat_map(|w| &w.body.transitions);
    transitions.filter_map(|t| t.screen.as_ref()).find(|screen| screen.id == id).cloned()
}

fn all(cx: &Cx<'_, '_>) -> BTreeMap<String, Screen> {
    let transitions = visible(cx).flat_map(|workflow| &workflow.body.transitions);
    transitions
        .filter_map(|t| t.screen.as_ref())
        .map(|screen| (screen.id.clone(), screen.clone()))
        .collect()
}

fn seen(cx: &Cx<'_, '_>, id: &str) -> Result<Screen> {
    all(cx).remove(id).ok_or_else(|| Code::ScreenNotFound.err())
}

fn reply_of(dict: &Dict, view: &View, screen: &Screen) -> ScreenReply {
    ScreenReply {
        self_url: view.url(&format!("/screens/{}", screen.id)),
        id: screen.id.clone(),
        name: screen.name.text(view.names),
        elements: screen.fields.iter().map(|f| element_of(dict, view, &screen.id, f)).collect(),
    }
}

fn element_of(dict: &Dict, view: &View, screen: &str, field: &ScreenField) -> ScreenElement {
    let known = dict.fields.by_key(&field.field).map(|object| object.plain_ref(view));
    let comment = || PlainRef {
        self_url: view.url(&format!("/fields/{COMMENT}")),
        id: field.field.clone(),
        display: Name::new("Комментарий", "Comment").text(view.names),
    };
    ScreenElement {
        self_url: view.url(&format!("/screens/{screen}/elements/{}", field.field)),
        field: known.unwrap_or_else(comment),
        required: field.required,
        default_value: field.default.clone(),
    }
}
