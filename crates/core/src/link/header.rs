//! The `Link` request header of LINK and UNLINK: `<resource>; rel="relationship"`.

use super::kinds::Relationship;
use crate::error::{Code, Error, Result};

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkHeader {
    /// Key or id of the other issue.
    pub issue: String,
    /// Relationship of the issue in the path to it.
    pub relationship: Relationship,
}

/// Reads the header.
///
/// # Errors
/// 400 when it is missing or malformed, 422 when the relationship is unknown.
pub fn parse(header: Option<&str>) -> Result<LinkHeader> {
    let header = header.ok_or_else(|| malformed("required"))?;
    let (resource, params) = split(header)
        .ok_or_else(|| malformed("must look like <resource>; rel=\"relationship\""))?;
    let issue = key_of(resource).ok_or_else(|| malformed("must name an issue"))?;
    let rel = rel_of(params).ok_or_else(|| malformed("must hold rel"))?;
    let relationship =
        Relationship::parse(rel).ok_or_else(|| Code::RelationshipUnknown.with(rel))?;
    Ok(LinkHeader { issue: issue.to_owned(), relationship })
}

fn malformed(why: &str) -> Error {
    Code::BadParameter.with("Link").and(why)
}

fn split(header: &str) -> Option<(&str, &str)> {
    header.trim().strip_prefix('<')?.split_once('>')
}

/// The issue that a resource names: a URL, a path, or a key alone.
pub(super) fn key_of(resource: &str) -> Option<&str> {
    let path = resource.split(['?', '#']).next()?.trim().trim_end_matches('/');
    let tail = path.rsplit_once("/issues/").map_or(path, |(_, tail)| tail);
    tail.rsplit('/').next().filter(|key| !key.is_empty())
}

fn rel_of(params: &str) -> Option<&str> {
    params.split(';').find_map(|param| {
        let (name, value) = param.split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix('"').map_or(Some(value), |v| v.strip_suffix('"'))?;
        (name.trim().eq_ignore_ascii_case("rel") && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_in_all_forms() {
        for header in [
            "<https://tracker.example/v2/issues/DEMO-9>; rel=\"depends on\"",
            "</v3/issues/DEMO-9?x=1>;rel=depends-on",
            " <DEMO-9> ; title=\"x\" ; REL = \"Depends on\" ",
            "<https://tracker.example/DEMO-9/>; rel=\"depends on\"",
        ] {
            let parsed = parse(Some(header)).expect(header);
            assert_eq!(parsed.issue, "DEMO-9", "{header}");
            assert_eq!(Some(parsed.relationship), Relationship::parse("depends on"));
        }
    }

    #[test]
    fn malformed_headers_are_bad_requests() {
        for header in [
            None,
            Some(""),
            Some("DEMO-9; rel=relates"),
            Some("<DEMO-9"),
            Some("<DEMO-9>"),
            Some("<>; rel=relates"),
            Some("</>; rel=relates"),
            Some("<DEMO-9>; rel=\"relates"),
            Some("<DEMO-9>; rel="),
        ] {
            assert_eq!(parse(header).expect_err("malformed").status(), 400, "{header:?}");
        }
        assert_eq!(parse(Some("<DEMO-9>; rel=depends")).expect_err("unknown").status(), 422);
    }
}
