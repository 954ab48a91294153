//! Users: accounts as members of an organisation, and how other objects mention them.

pub mod ops;

use trackway_api::types::UserRef;

use crate::dict::Dict;
use crate::view::View;

/// A reference to a user. Whoever is no longer known is mentioned by the uid alone, because an old
/// comment still has an author when the membership is gone.
///
/// The `display` is a string even with `localized=false`: the contract's `UserRef` knows no other
/// form, and clients print it.
pub fn reference(dict: &Dict, view: &View, uid: i64) -> UserRef {
    let member = dict.users.get(uid);
    UserRef {
        self_url: view.url(&format!("/users/{uid}")),
        id: uid.to_string(),
        display: member.map_or_else(|| uid.to_string(), |m| m.name.get(view.lang).to_owned()),
        cloud_uid: member.map(|m| m.body.cloud_uid.clone()).filter(|id| !id.is_empty()),
        passport_uid: Some(uid),
    }
}
