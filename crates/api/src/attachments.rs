//! Files of issues and comments.

use crate::input::FileForm;
use crate::types::{Bytes, UserRef};

wire! {
    /// A file.
    pub struct Attachment {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: String,
        content: String,
        thumbnail?: String,
        created_by: UserRef,
        created_at: String,
        mimetype: String,
        size: i64,
        metadata?: AttachmentMetadata,
        comment_id?: String,
    }
    /// What is known of a picture.
    pub struct AttachmentMetadata {
        size: String,
    }
}

endpoints! {
    /// Files of an issue and of its comments, in the order of upload.
    ListAttachments GET "/issues/{issueId}/attachments" read => 200 Vec<Attachment> {
        path { issue }
    }
    /// Attaches a file to an issue.
    AddAttachment POST "/issues/{issueId}/attachments" write => 201 Attachment {
        path { issue }
        query { filename: String }
        body FileForm
    }
    /// Attaches a file to a comment.
    AddCommentAttachment POST "/issues/{issueId}/comments/{commentId}/attachments"
        write => 201 Attachment {
        path { issue, comment }
        query { filename: String }
        body FileForm
    }
    /// Description of a file.
    GetAttachment GET "/issues/{issueId}/attachments/{attachmentId}" read => 200 Attachment {
        path { issue, attachment }
    }
    /// Removes a file.
    DeleteAttachment DELETE "/issues/{issueId}/attachments/{attachmentId}" write => 204 () {
        path { issue, attachment }
    }
    /// The bytes of a file. Its name in the path is of no meaning.
    DownloadAttachment GET "/issues/{issueId}/attachments/{attachmentId}/{filename}"
        read => 200 Bytes {
        path { issue, attachment, filename }
        query { inline: bool }
    }
    /// A small picture of a picture.
    GetThumbnail GET "/issues/{issueId}/thumbnails/{attachmentId}" read => 200 Bytes {
        path { issue, attachment }
    }
    /// Uploads a file that is attached later, by its id.
    AddTemporaryAttachment POST "/attachments" write => 201 Attachment {
        query { filename: String }
        body FileForm
    }
    /// Description of a file by its id alone.
    GetTemporaryAttachment GET "/attachments/{attachmentId}" read => 200 Attachment {
        path { attachment }
    }
    /// The bytes of a file by its id alone. Its name in the path is of no meaning.
    DownloadTemporaryAttachment GET "/attachments/{attachmentId}/{filename}" read => 200 Bytes {
        path { attachment, filename }
        query { inline: bool }
    }
    /// Attaches a file to an issue as it was done in another system.
    ImportAttachment POST "/issues/{issueId}/attachments/_import" manage => 200 Attachment {
        path { issue }
        query { filename: String, created_at = "createdAt": String, created_by = "createdBy": String }
        body FileForm
    }
    /// Attaches a file to a comment as it was done in another system.
    ImportCommentAttachment POST "/issues/{issueId}/comments/{commentId}/attachments/_import"
        manage => 200 Attachment {
        path { issue, comment }
        query { filename: String, created_at = "createdAt": String, created_by = "createdBy": String }
        body FileForm
    }
}
