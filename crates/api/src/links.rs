//! Links between issues.

use crate::dictionaries::LinkType;
use serde_json::Value;

use crate::input::{Json, MaybeJson};
use crate::types::{KeyedRef, Members, RefInput, UserRef};

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
    /// Which links of an issue are wanted: by relationship, such as `depends on`; and which of
    /// their members.
    pub struct LinkFilter {
        link_types?: Vec<String>,
        fields?: Vec<String>,
    }
    /// A page of links.
    pub struct LinkPage {
        links: Vec<Members>,
    }
    /// A link that was made elsewhere.
    pub struct ImportedLink {
        relationship?: String,
        issue?: Value,
        created_at?: Value,
        created_by?: Value,
        updated_at?: Value,
        updated_by?: Value,
    }
    /// An application whose objects issues can be linked to.
    pub struct Application {
        #[serde(rename = "self")] self_url: String,
        id: String,
        #[serde(rename = "type")] kind: String,
        name: String,
    }
    /// An object of another application.
    pub struct RemoteObject {
        #[serde(rename = "self")] self_url: String,
        id: String,
        key: String,
        application: Application,
    }
    /// A link of an issue to an object of another application.
    pub struct RemoteLink {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        #[serde(rename = "type")] link_type: LinkType,
        direction: String,
        object: RemoteObject,
        created_by: UserRef,
        updated_by: UserRef,
        created_at: String,
        updated_at: String,
    }
    /// A new remote link; `origin` is the id of the application.
    pub struct RemoteLinkCreate {
        relationship?: Value,
        key?: Value,
        origin?: Value,
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
    /// Links of an issue, filtered, page by page.
    ListLinksFiltered POST "/issues/{issueId}/links/_list" read => 200 LinkPage {
        path { issue }
        query { per_page = "perPage": i64, page: i64 }
        body MaybeJson<LinkFilter>
    }
    /// Links two issues with the author and time the link had elsewhere.
    ImportLink POST "/issues/{issueId}/links/_import" write => 200 Link {
        path { issue }
        body Json<ImportedLink>
    }
    /// Links of an issue to other applications.
    ListRemoteLinks GET "/issues/{issueId}/remotelinks" read => 200 Vec<RemoteLink> {
        path { issue }
    }
    /// Links an issue to an object of another application.
    AddRemoteLink POST "/issues/{issueId}/remotelinks" write => 201 RemoteLink {
        path { issue }
        query { backlink: bool }
        body Json<RemoteLinkCreate>
    }
    /// One link to another application.
    GetRemoteLink GET "/issues/{issueId}/remotelinks/{remoteLinkId}" read => 200 RemoteLink {
        path { issue, link }
    }
    /// Removes a link to another application.
    DeleteRemoteLink DELETE "/issues/{issueId}/remotelinks/{remoteLinkId}" write => 204 () {
        path { issue, link }
    }
    /// Applications one can link issues to.
    ListApplications GET "/applications" read => 200 Vec<Application> {}
    /// One application.
    GetApplication GET "/applications/{applicationId}" read => 200 Application { path { id } }
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
