//! In which organisation a request acts (oauth.md, API-05..API-09, API-18, API-19).

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use trackway_core::actor::Actor;
use trackway_core::dict::Dict;
use trackway_core::world::World;
use trackway_core::{Code, Result};

use super::auth::NOT_PROVIDED;
use crate::config::DefaultOrg;

/// An organisation with the user's place in it.
pub(crate) type Membership = (Arc<Dict>, Actor);

/// What the organisation headers say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Named<'a> {
    org: Option<&'a str>,
    cloud: Option<&'a str>,
}

/// The organisation a request acts in.
///
/// # Errors
/// 400 for headers in conflict, 403 for everything else, without telling why.
pub(crate) fn choose(
    world: &World,
    headers: &HeaderMap,
    uid: i64,
    default: &DefaultOrg,
) -> Result<Membership> {
    let named = Named { org: one(headers, "x-org-id")?, cloud: one(headers, "x-cloud-org-id")? };
    let by_org = named.org.and_then(|id| member(world.by_org_id(id)?, uid));
    let by_cloud = named.cloud.and_then(|id| member(world.by_cloud_id(id)?, uid));
    let found = match (by_org, by_cloud) {
        (Some(a), Some(b)) if a.0.org_id != b.0.org_id => return Err(Code::OrgConflict.err()),
        // A published plugin sends the same id in both headers; it is known in one name space.
        (Some(found), _) | (None, Some(found)) => Some(found),
        (None, None) if named == Named::default() => unnamed(world, uid, default),
        (None, None) => None,
    };
    found.ok_or_else(|| Code::OrgUnavailable.err())
}

fn unnamed(world: &World, uid: i64, default: &DefaultOrg) -> Option<Membership> {
    match default {
        DefaultOrg::Required => None,
        DefaultOrg::Id(id) => member(world.by_org_id(id)?, uid),
        DefaultOrg::Single => {
            let mut all = world.orgs().filter_map(|dict| member(dict, uid));
            let first = all.next();
            if all.next().is_some() { None } else { first }
        }
    }
}

fn member(dict: &Arc<Dict>, uid: i64) -> Option<Membership> {
    Some((Arc::clone(dict), Actor::of(dict, uid)?))
}

/// The value of a header that may be given once; what cannot be an id is `Some` of nothing known.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Code::OrgConflict.err());
    }
    let text = readable(value);
    Ok((!text.is_empty() && text != NOT_PROVIDED).then_some(text))
}

fn readable(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("?").trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[(&'static str, &'static str)]) -> HeaderMap {
        values
            .iter()
            .map(|(name, value)| {
                (http::HeaderName::from_static(name), HeaderValue::from_static(value))
            })
            .fold(HeaderMap::new(), |mut map, (name, value)| {
                map.append(name, value);
                map
            })
    }

    #[test]
    fn fillers_count_as_absent() {
        for filler in ["", "  ", "not provided", " not provided "] {
            let map = headers(&[("x-org-id", filler)]);
            assert_eq!(one(&map, "x-org-id").expect("readable"), None, "{filler:?}");
        }
        let map = headers(&[("x-org-id", " 7405123\t")]);
        assert_eq!(one(&map, "x-org-id").expect("readable"), Some("7405123"));
    }

    #[test]
    fn repeated_headers_conflict() {
        let map = headers(&[("x-org-id", "1"), ("x-org-id", "1")]);
        let error = choose(&World::default(), &map, 1, &DefaultOrg::Required).expect_err("twice");
        assert_eq!(error.code, Code::OrgConflict);
    }

    #[test]
    fn unknown_and_missing_organisations_look_the_same() {
        for map in
            [headers(&[]), headers(&[("x-org-id", "1")]), headers(&[("x-cloud-org-id", "x")])]
        {
            for default in
                [DefaultOrg::Required, DefaultOrg::Single, DefaultOrg::Id("1".to_owned())]
            {
                let error = choose(&World::default(), &map, 1, &default).expect_err("unknown");
                assert_eq!(error.code, Code::OrgUnavailable);
            }
        }
    }
}
