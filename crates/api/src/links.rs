//! Links between issues.

use crate::dictionaries::LinkType;
use crate::input::Json;
use crate::types::{KeyedRef, RefInput, UserRef};

wire! {
    /// A link as read from one of its two issues.
    pub struct Link {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        #[serde(rename = "type")] link_type: LinkType,
        direction: String,
        object: KeyedRef,
        created_by: UserRef,
        updated_by: UserRef,
        created_at: String,
        updated_at: String,
        assignee?: UserRef,
        status?: KeyedRef,
    }
    /// A new link; the relationship is said of the issue in the path.
    pub struct LinkCreate {
        relationship: String,
        issue: RefInput,
    }
}

endpoints! {
    /// Links of an issue, oldest first.
    ListLinks GET "/issues/{issueId}/links" read => 200 Vec<Link> { path { issue } }
    /// Links two issues.
    AddLink POST "/issues/{issueId}/links" write => 201 Link {
        path { issue }
        body Json<LinkCreate>
    }
    /// One link.
    GetLink GET "/issues/{issueId}/links/{linkId}" read => 200 Link { path { issue, link } }
    /// Removes a link.
    DeleteLink DELETE "/issues/{issueId}/links/{linkId}" write => 204 () { path { issue, link } }
    /// Adds the link given in the `Link` request header.
    LinkIssue LINK "/issues/{issueId}" write => 200 Link {
        path { issue }
        header { link = "Link": String }
    }
    /// Removes the link given in the `Link` request header.
    UnlinkIssue UNLINK "/issues/{issueId}" write => 204 () {
        path { issue }
        header { link = "Link": String }
    }
}
