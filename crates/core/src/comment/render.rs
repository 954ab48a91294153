//! Comments as they go over the wire.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use trackway_api::List;
use trackway_api::comments::Comment;
use trackway_api::types::UserRef;

use super::reaction;
use super::store::CommentRow;
use super::thread::{OF_ENTITIES, OF_ISSUES};
use crate::attachment::{self, AttachmentRow, Owner, Place};
use crate::cx::Cx;
use crate::dict::model::Entity;
use crate::dict::{Dict, Object};
use crate::error::Result;
use crate::issue::Issue;
use crate::time::instant_text;
use crate::view::View;
use crate::{directory, markup, user};

/// Blocks of a comment that are there only when asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expand {
    html: bool,
    attachments: bool,
    reactions: bool,
}

impl Expand {
    /// Reads `expand`.
    pub(crate) fn new(expand: Option<&List>) -> Self {
        let has = |name| expand.is_some_and(|e| e.has(name) || e.has("all"));
        Self { html: has("html"), attachments: has("attachments"), reactions: has("reactions") }
    }
}

/// Who reacted to a comment, by kind of reaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reactions(pub(crate) BTreeMap<String, Vec<i64>>);

/// Writes comments of one issue or entity.
pub(crate) struct Writer {
    dict: Arc<Dict>,
    view: View,
    uid: i64,
    /// Path of whatever was commented on.
    path: String,
    place: Place,
    expand: Expand,
    files: Vec<AttachmentRow>,
    reactions: FxHashMap<i64, Reactions>,
}

impl Writer {
    /// A writer of these comments; reads what they show besides their rows at once.
    pub(crate) fn new(
        cx: &mut Cx<'_, '_>,
        issue: &Issue,
        expand: Expand,
        rows: &[CommentRow],
    ) -> Result<Self> {
        let files = files_of(cx, Owner::issue(issue.id), expand)?;
        let key = issue.key(&cx.dict);
        Ok(Self {
            path: format!("/issues/{key}"),
            place: Place::issue(&key),
            reactions: reaction::of(cx, &OF_ISSUES, issue.id, rows)?,
            dict: Arc::clone(&cx.dict),
            view: cx.view.clone(),
            uid: cx.actor.uid,
            expand,
            files,
        })
    }

    /// A writer of comments of a project, portfolio or goal.
    pub(crate) fn of_entity(
        cx: &mut Cx<'_, '_>,
        entity: &Object<Entity>,
        expand: Expand,
        rows: &[CommentRow],
    ) -> Result<Self> {
        let files = files_of(cx, Owner::Entity(entity.id, 0), expand)?;
        Ok(Self {
            path: entity.body.path(entity.id),
            place: Place::alone(),
            reactions: reaction::of(cx, &OF_ENTITIES, entity.id, rows)?,
            dict: Arc::clone(&cx.dict),
            view: cx.view.clone(),
            uid: cx.actor.uid,
            expand,
            files,
        })
    }

    fn person(&self, uid: i64) -> UserRef {
        user::reference(&self.dict, &self.view, uid)
    }

    /// Writes a comment.
    pub(crate) fn comment(&self, row: &CommentRow) -> Comment {
        let called = row.called();
        let empty = Reactions::default();
        let reactions = &self.reactions.get(&row.id).unwrap_or(&empty).0;
        let people = |uids: &Vec<i64>| uids.iter().map(|uid| self.person(*uid)).collect();
        Comment {
            self_url: self.view.url(&format!("{}/comments/{}", self.path, row.id)),
            id: row.id,
            long_id: row.hex(),
            text: row.text.clone(),
            text_html: self.expand.html.then(|| markup::html(&row.text)),
            attachments: self.expand.attachments.then(|| {
                let own = self.files.iter().filter(|file| file.comment_id == row.id);
                own.map(|file| attachment::reference(&self.view, &self.place, file)).collect()
            }),
            created_by: self.person(row.created_by),
            updated_by: self.person(row.updated_by),
            created_at: instant_text(row.created_at),
            updated_at: instant_text(row.updated_at),
            summonees: called.summonees.into_iter().map(|uid| self.person(uid)).collect(),
            maillist_summonees: called
                .maillist_summonees
                .iter()
                .map(|address| directory::maillists::reference(&self.dict, &self.view, address))
                .collect(),
            version: row.version,
            kind: "standard".to_owned(),
            transport: "internal".to_owned(),
            // Counts or people, not both (contract, `Comment.reactionsCount`).
            reactions_count: (!self.expand.reactions && !reactions.is_empty()).then(|| {
                reactions.iter().map(|(kind, uids)| (kind.clone(), uids.len() as u64)).collect()
            }),
            own_reactions: reactions
                .iter()
                .filter(|(_, uids)| uids.contains(&self.uid))
                .map(|(kind, _)| kind.clone())
                .collect(),
            users_reacted: self.expand.reactions.then(|| {
                reactions.iter().map(|(kind, uids)| (kind.clone(), people(uids))).collect()
            }),
        }
    }
}

fn files_of(cx: &mut Cx<'_, '_>, owner: Owner, expand: Expand) -> Result<Vec<AttachmentRow>> {
    if expand.attachments { attachment::store::of_owner(cx, owner) } else { Ok(Vec::new()) }
}
