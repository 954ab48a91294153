//! Comments as they go over the wire.

use trackway_api::List;
use trackway_api::comments::Comment;

use super::store::CommentRow;
use crate::attachment::{self, AttachmentRow, Owner, Place};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::Result;
use crate::issue::Issue;
use crate::time::instant_text;
use crate::view::View;
use crate::{directory, markup, user};

/// Blocks of a comment that are there only when asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expand {
    html: bool,
    attachments: bool,
}

impl Expand {
    /// Reads `expand`. Reactions are accepted though no comment has any.
    pub(super) fn new(expand: Option<&List>) -> Self {
        let has = |name| expand.is_some_and(|e| e.has(name) || e.has("all"));
        Self { html: has("html"), attachments: has("attachments") }
    }
}

/// Files of an issue's comments, as far as they were asked for.
#[derive(Debug, Default)]
pub(super) struct Files(Vec<AttachmentRow>);

impl Files {
    /// Reads them at once.
    pub(super) fn new(cx: &mut Cx<'_, '_>, issue: &Issue, expand: Expand) -> Result<Self> {
        if !expand.attachments {
            return Ok(Self::default());
        }
        attachment::store::of_owner(cx, Owner::issue(issue.id)).map(Self)
    }
}

/// Writes a comment of an issue.
pub(super) fn comment(
    dict: &Dict,
    view: &View,
    issue: &Issue,
    row: &CommentRow,
    expand: Expand,
    files: &Files,
) -> Comment {
    let called = row.called();
    let person = |uid| user::reference(dict, view, uid);
    Comment {
        self_url: view.url(&format!("/issues/{}/comments/{}", issue.key(dict), row.id)),
        id: row.id,
        long_id: row.hex(),
        text: row.text.clone(),
        text_html: expand.html.then(|| markup::html(&row.text)),
        attachments: expand.attachments.then(|| {
            let place = Place::issue(&issue.key(dict));
            let own = files.0.iter().filter(|file| file.comment_id == row.id);
            own.map(|file| attachment::reference(view, &place, file)).collect()
        }),
        created_by: person(row.created_by),
        updated_by: person(row.updated_by),
        created_at: instant_text(row.created_at),
        updated_at: instant_text(row.updated_at),
        summonees: called.summonees.into_iter().map(person).collect(),
        maillist_summonees: called
            .maillist_summonees
            .iter()
            .map(|address| directory::maillists::reference(dict, view, address))
            .collect(),
        version: row.version,
        kind: "standard".to_owned(),
        transport: "internal".to_owned(),
    }
}
