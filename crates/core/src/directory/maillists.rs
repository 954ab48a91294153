//! Mail lists.

use trackway_api::directory::{GetMaillist, ListMaillists, Maillist as MaillistReply};
use trackway_api::types::PlainRef;

use crate::cx::{Cx, Reply};
use crate::dict::model::MailList;
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::paging::{self, Page};
use crate::view::View;

/// Mail lists of the organisation.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListMaillists) -> Result<Reply<Vec<MaillistReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (lists, paging) = page.cut(cx.dict.maillists.iter().cloned().collect());
    let replies = lists.iter().map(|list| wire(&cx.view, list)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One mail list by its address in any letter case.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetMaillist) -> Result<Reply<MaillistReply>> {
    cx.view.localize(r.localized);
    let list = cx.dict.maillists.find(&r.id.trim().to_lowercase());
    let list = list.ok_or_else(|| Code::MaillistNotFound.err())?;
    Ok(wire(&cx.view, list).into())
}

fn wire(view: &View, list: &Object<MailList>) -> MaillistReply {
    MaillistReply {
        self_url: view.url(&list.path()),
        id: list.key.clone(),
        name: list.name.get(view.lang).to_owned(),
        email: list.body.address.clone(),
        open: list.body.open,
        info: Some(list.body.info.clone()).filter(|info| !info.is_empty()),
    }
}

/// A reference to the mail list of an address, which may be gone.
pub(crate) fn reference(dict: &Dict, view: &View, address: &str) -> PlainRef {
    dict.maillists.by_key(address).map_or_else(
        || PlainRef {
            self_url: view.url(&format!("/maillists/{address}")),
            id: address.to_owned(),
            display: address.into(),
        },
        |list| list.plain_ref(view),
    )
}
