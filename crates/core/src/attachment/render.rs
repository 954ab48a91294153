//! Files as they go over the wire.

use trackway_api::attachments::{Attachment, AttachmentMetadata};
use trackway_api::types::PlainRef;

use super::store::AttachmentRow;
use crate::cx::Cx;
use crate::time::instant_text;
use crate::user;
use crate::view::View;

/// Where a file is found in the API: below its issue, or by its id alone.
#[derive(Clone, Debug, Default)]
pub struct Place(Option<String>);

impl Place {
    /// Below the issue of this key.
    pub fn issue(key: &str) -> Self {
        Self(Some(format!("/issues/{key}")))
    }

    /// By the file's id alone.
    pub const fn alone() -> Self {
        Self(None)
    }

    fn path(&self, id: i64) -> String {
        format!("{}/attachments/{id}", self.0.as_deref().unwrap_or_default())
    }
}

/// A reference to a file.
pub fn reference(view: &View, place: &Place, row: &AttachmentRow) -> PlainRef {
    PlainRef {
        self_url: view.url(&place.path(row.id)),
        id: row.id.to_string(),
        display: row.name.as_str().into(),
    }
}

/// Writes a file.
pub fn attachment(cx: &Cx<'_, '_>, place: &Place, row: &AttachmentRow) -> Attachment {
    let self_url = cx.view.url(&place.path(row.id));
    let thumbnail = place.0.as_ref().filter(|_| row.is_picture());
    Attachment {
        content: format!("{self_url}/{}", trackway_api::path_segment(&row.name)),
        thumbnail: thumbnail.map(|issue| cx.view.url(&format!("{issue}/thumbnails/{}", row.id))),
        self_url,
        id: row.id.to_string(),
        name: row.name.clone(),
        created_by: user::reference(&cx.dict, &cx.view, row.created_by),
        created_at: instant_text(row.created_at),
        mimetype: row.mimetype.clone(),
        size: row.size,
        metadata: row
            .is_picture()
            .then(|| AttachmentMetadata { size: format!("{}x{}", row.width, row.height) }),
        comment_id: (row.comment_id > 0).then(|| row.comment_id.to_string()),
    }
}
