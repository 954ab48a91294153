//! Saved filters.

use serde_json::Value;

use crate::input::{Json, MaybeJson};
use crate::params::IfMatch;
use crate::types::{Members, PlainRef, RefInput, UserRef};

wire! {
    /// One key of a saved order.
    pub struct FilterSort {
        field: PlainRef,
        is_ascending: bool,
    }
    /// Who holds a right on a saved filter. Issues give roles, filters have none.
    pub struct FilterHolders {
        users: Vec<UserRef>,
        groups: Vec<PlainRef>,
        roles: Vec<Value>,
    }
    /// Who may read and change a saved filter, besides its owner.
    pub struct FilterPermissions {
        #[serde(rename = "READ")] read: FilterHolders,
        #[serde(rename = "WRITE")] write: FilterHolders,
    }
    /// A saved filter: a filter object or a query, and how a list of its issues looks.
    pub struct SavedFilter {
        id: i64,
        #[serde(rename = "self")] self_url: String,
        name: String,
        filter?: Members,
        query?: String,
        fields*: PlainRef,
        sorts*: FilterSort,
        group_by?: PlainRef,
        folder?: Value,
        owner?: UserRef,
        permissions?: FilterPermissions,
    }
    /// One key of an order to be saved.
    pub struct FilterSortInput {
        field: RefInput,
        is_ascending?: bool,
    }
    /// A new filter: exactly one of `filter` and `query`.
    pub struct FilterCreate {
        name?: String,
        filter?: Members,
        query?: String,
        fields?: Vec<RefInput>,
        sorts?: Vec<FilterSortInput>,
        group_by?: RefInput,
        folder?: Value,
        permissions?: Value,
    }
}

endpoints! {
    /// Saved filters of the caller, and those shared with the caller.
    ListFilters GET "/filters" read => 200 Vec<SavedFilter> {
        query { per_page = "perPage": i64, page: i64 }
    }
    /// Saves a filter.
    CreateFilter POST "/filters" write => 201 SavedFilter {
        body Json<FilterCreate>
    }
    /// Finds saved filters by a part of the name.
    SearchFilters POST "/filters/_search" read => 200 Vec<SavedFilter> {
        query { per_page = "perPage": i64, page: i64 }
        body MaybeJson<Members>
    }
    /// One saved filter.
    GetFilter GET "/filters/{filterId}" read => 200 SavedFilter {
        path { id }
    }
    /// Changes a saved filter. Versions are not compared (contract, `updateFilter`).
    UpdateFilter PATCH "/filters/{filterId}" write => 200 SavedFilter {
        path { id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a saved filter.
    DeleteFilter DELETE "/filters/{filterId}" write => 204 () { path { id } }
}
