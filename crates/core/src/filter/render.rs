//! Saved filters as JSON.

use trackway_api::filters::{FilterHolders, FilterPermissions, FilterSort, SavedFilter};
use trackway_api::types::PlainRef;

use crate::dict::model::{Filter, Subjects};
use crate::dict::{Dict, Object};
use crate::user;
use crate::view::View;

/// A saved filter as the API shows one. Fields that are gone are left out.
pub(super) fn wire(dict: &Dict, view: &View, filter: &Object<Filter>) -> SavedFilter {
    let body = &filter.body;
    let sorts = body.sorts.iter().filter_map(|sort| {
        Some(FilterSort { field: field(dict, view, sort.field)?, is_ascending: sort.ascending })
    });
    SavedFilter {
        id: filter.id,
        self_url: view.url(&filter.path()),
        name: body.name.clone(),
        filter: body.filter.as_ref().and_then(|json| json.as_object().cloned()),
        query: body.query.clone(),
        fields: body.fields.iter().filter_map(|id| field(dict, view, *id)).collect(),
        sorts: sorts.collect(),
        group_by: body.group_by.and_then(|id| field(dict, view, id)),
        folder: body.folder.clone(),
        owner: Some(user::reference(dict, view, body.owner)),
        permissions: Some(FilterPermissions {
            read: holders(dict, view, &body.read),
            write: holders(dict, view, &body.write),
        }),
    }
}

fn field(dict: &Dict, view: &View, id: i64) -> Option<PlainRef> {
    dict.fields.get(id).map(|field| field.plain_ref(view))
}

fn holders(dict: &Dict, view: &View, subjects: &Subjects) -> FilterHolders {
    let groups = subjects.groups.iter().filter_map(|id| dict.groups.get(*id));
    FilterHolders {
        users: subjects.users.iter().map(|uid| user::reference(dict, view, *uid)).collect(),
        groups: groups.map(|group| group.plain_ref(view)).collect(),
        roles: Vec::new(),
    }
}
