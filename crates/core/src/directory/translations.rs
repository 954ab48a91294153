//! Translations: the names of statuses, types, priorities, resolutions and fields in both
//! languages, which is what has two of them.

use trackway_api::directory::{GetTranslation, ListTranslations, Translation};

use crate::cx::{Cx, Reply};
use crate::dict::model::Body;
use crate::dict::{Dict, Object, Table};
use crate::error::{Code, Result};
use crate::paging::{self, Page};
use crate::view::View;

/// All translations, by kind.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListTranslations) -> Result<Reply<Vec<Translation>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (translations, paging) = page.cut(all(&cx.dict, &cx.view));
    Ok(Reply::new(translations).paged(paging))
}

fn all(dict: &Dict, view: &View) -> Vec<Translation> {
    let mut all = of(&dict.statuses, view, |_| true);
    all.extend(of(&dict.types, view, |_| true));
    all.extend(of(&dict.priorities, view, |_| true));
    all.extend(of(&dict.resolutions, view, |_| true));
    all.extend(of(&dict.fields, view, |field| !field.hidden && field.queue.is_none()));
    all
}

fn of<T: Body>(table: &Table<T>, view: &View, fits: impl Fn(&T) -> bool) -> Vec<Translation> {
    table.iter().filter(|o| fits(&o.body)).map(|o| translation(o, view)).collect()
}

fn translation<T: Body>(object: &Object<T>, view: &View) -> Translation {
    let id = format!("{}.{}", T::KIND.name(), object.key);
    Translation {
        self_url: view.url(&format!("/translations/{id}")),
        key: id.clone(),
        id,
        version: object.version,
        value: object.name.text(view.names),
    }
}

fn one<T: Body>(table: &Table<T>, key: &str, view: &View) -> Option<Translation> {
    table.by_key(key).map(|object| translation(object, view))
}

/// One translation by its id, such as `status.open`.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetTranslation) -> Result<Reply<Translation>> {
    cx.view.localize(r.localized);
    let missing = || Code::TranslationNotFound.err();
    let (kind, key) = r.id.trim().split_once('.').ok_or_else(missing)?;
    let (dict, view) = (&cx.dict, &cx.view);
    let found = match kind {
        "status" => one(&dict.statuses, key, view),
        "issuetype" => one(&dict.types, key, view),
        "priority" => one(&dict.priorities, key, view),
        "resolution" => one(&dict.resolutions, key, view),
        "field" => one(&dict.fields, key, view),
        _ => None,
    };
    found.map(Reply::new).ok_or_else(missing)
}
