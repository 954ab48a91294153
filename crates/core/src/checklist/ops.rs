//! Operations on the checklist of an issue. Every change answers the whole issue (contract,
//! `addChecklistItem`); who may edit the issue may change it.

use trackway_api::checklists::{
    AddChecklistItem, ChecklistItem, DeleteChecklist, DeleteChecklistItem, GetChecklistItem,
    ListChecklistItems, UpdateChecklist, UpdateChecklistItem,
};
use trackway_api::issues::Issue as IssueReply;

use super::{Item, input, read, render};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::event::EventKind;
use crate::field::no;
use crate::issue::expand::Shape;
use crate::issue::store::Loaded;
use crate::issue::value::Val;
use crate::issue::{self, Issue, edit};

/// The checklist of an issue.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListChecklistItems) -> Result<Reply<Vec<ChecklistItem>>> {
    let visible = cx.issue(&r.issue)?;
    let items = of_issue(cx, visible.loaded())?;
    let wire = items.iter().map(|item| render::item(&cx.dict, &cx.view, cx.now, item));
    Ok(Reply::new(wire.collect()))
}

/// One item.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetChecklistItem) -> Result<Reply<ChecklistItem>> {
    let visible = cx.issue(&r.issue)?;
    let mut items = of_issue(cx, visible.loaded())?;
    let item = input::find(&mut items, &r.item)?;
    Ok(Reply::new(render::item(&cx.dict, &cx.view, cx.now, item)))
}

/// Adds items.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddChecklistItem) -> Result<Reply<IssueReply>> {
    change(cx, &r.issue, |cx, items| input::add(cx, items, &r.body.0))
}

/// Rewrites the checklist.
pub fn rewrite(cx: &mut Cx<'_, '_>, r: &UpdateChecklist) -> Result<Reply<IssueReply>> {
    if !r.body.0.is_array() {
        return Err(Code::BodyShape.with("a list is expected"));
    }
    change(cx, &r.issue, |cx, items| input::rewrite(cx, items, &r.body.0))
}

/// Removes the checklist.
pub fn clear(cx: &mut Cx<'_, '_>, r: &DeleteChecklist) -> Result<Reply<IssueReply>> {
    change(cx, &r.issue, |_, _| Ok(Vec::new()))
}

/// Edits an item.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateChecklistItem) -> Result<Reply<IssueReply>> {
    change(cx, &r.issue, |cx, items| input::edit(cx, items, &r.item, &r.body.0))
}

/// Removes an item.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteChecklistItem) -> Result<Reply<IssueReply>> {
    change(cx, &r.issue, |_, items| input::remove(items, &r.item))
}

fn of_issue(cx: &Cx<'_, '_>, loaded: &Loaded) -> Result<Vec<Item>> {
    Ok(loaded.full(cx)?.checklist())
}

fn change(
    cx: &mut Cx<'_, '_>,
    issue: &str,
    edit: impl FnOnce(&mut Cx<'_, '_>, Vec<Item>) -> Result<Vec<Item>>,
) -> Result<Reply<IssueReply>> {
    let editable = cx.issue(issue)?.editable(cx)?;
    let mut after = editable.loaded().full(cx)?;
    let items = edit(cx, after.checklist())?;
    after.set_checklist(&items)?;
    let saved = edit::commit(cx, &editable, after, EventKind::IssueUpdated)?;
    let current = saved.as_ref().unwrap_or_else(|| editable.loaded());
    issue::ops::reply(cx, current, &Shape::default())
}

impl Issue {
    /// The checklist; of an issue that was loaded with its texts.
    pub fn checklist(&self) -> Vec<Item> {
        match self.get(no::CHECKLIST_ITEMS) {
            Some(Val::Json(json)) => read(json),
            _ => Vec::new(),
        }
    }

    /// Replaces the checklist, and what counts its items.
    ///
    /// # Errors
    /// Items that cannot be stored, which is a bug.
    pub fn set_checklist(&mut self, items: &[Item]) -> Result<()> {
        if items.is_empty() && self.get(no::CHECKLIST_ITEMS).is_none() {
            return Ok(());
        }
        let count = |n: usize| i64::try_from(n).map_err(Error::internal);
        let done = count(items.iter().filter(|item| item.checked).count())?;
        let json = serde_json::to_value(items).map_err(Error::internal)?;
        self.set(no::CHECKLIST_ITEMS, Some(Val::Json(json)).filter(|_| !items.is_empty()));
        self.set(no::CHECKLIST_DONE, Some(Val::Ref(done)));
        self.set(no::CHECKLIST_TOTAL, Some(Val::Ref(count(items.len())?)));
        Ok(())
    }
}
