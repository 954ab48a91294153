//! Time zones: in which days begin and clocks tell the time, in queries and on pages. A member's own
//! comes first, then that of the organisation (query-language.md, 7).

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::dict::Dict;
use crate::error::{Code, Result};

/// The zone of organisations that chose none, as that of the service this one is like.
pub const DEFAULT: &str = "Europe/Moscow";

/// The zone of a member; people who are none have that of the organisation.
pub fn of(dict: &Dict, uid: i64) -> TimeZone {
    let own = dict.users.get(uid).and_then(|member| member.body.time_zone.as_deref());
    let names = [own.unwrap_or_default(), &dict.org.time_zone, DEFAULT];
    // A name that a newer database knew counts as none.
    let zone =
        names.into_iter().filter(|name| !name.is_empty()).find_map(|name| TimeZone::get(name).ok());
    zone.unwrap_or(TimeZone::UTC)
}

/// Checks the name of a zone, such as `Asia/Yekaterinburg`; an empty one stands for none.
///
/// # Errors
/// 422 under the member.
pub fn checked(member: &str, name: &str) -> Result<Option<String>> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    let known = TimeZone::get(name).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
    known.map(Some).ok_or_else(|| {
        Code::ValueUnknown.with(name.chars().take(80).collect::<String>()).under(member)
    })
}

/// Reads a member of a body; `null` stands for none.
///
/// # Errors
/// 422 under the member.
pub fn read(member: &str, json: &Json) -> Result<Option<String>> {
    match json {
        Json::Null => Ok(None),
        Json::String(name) => checked(member, name),
        _ => Err(Code::ValueType.with("string").under(member)),
    }
}

/// Names of all zones, sorted.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> =
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_ones_in_their_own_spelling() {
        assert_eq!(checked("z", "asia/tokyo").expect("known").as_deref(), Some("Asia/Tokyo"));
        assert_eq!(checked("z", " ").expect("none"), None);
        assert_eq!(checked("z", "Mars/Base").expect_err("unknown").status(), 422);
        assert_eq!(read("z", &Json::from(3)).expect_err("a number").status(), 422);
        assert!(names().iter().any(|name| name == DEFAULT));
    }
}
