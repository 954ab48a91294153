//! Links of an issue, filtered and page by page (contract, listLinksFiltered).

use trackway_api::links::{LinkPage, ListLinksFiltered};
use trackway_api::types::Members;

use super::kinds::Relationship;
use super::ops::shortened;
use super::{render, store};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::paging::{self, Page};

/// Members of a link that are always shown.
const IDENTITY: [&str; 3] = ["self", "id", "object"];

/// Links of an issue that have one of the relationships to it.
///
/// # Errors
/// 404 and 403 as for the issue; 400 for wrong parameters and unknown relationships.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListLinksFiltered) -> Result<Reply<LinkPage>> {
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let visible = cx.issue(&r.issue)?;
    let body = r.body.0.clone().unwrap_or_default();
    let wanted = body.link_types.unwrap_or_default();
    let wanted = wanted
        .iter()
        .map(|text| {
            let unknown = || Code::BadParameter.with("linkTypes").and(shortened(text));
            Relationship::parse_any(text).ok_or_else(unknown)
        })
        .collect::<Result<Vec<_>>>()?;
    let issue = visible.issue();
    let mut rows = store::of_issues(cx, &[issue.id])?;
    if !wanted.is_empty() {
        rows.retain(|row| {
            wanted.iter().any(|w| {
                row.kind() == Some(w.kind)
                    && (w.is_symmetric() || row.direction_of(issue.id) == Some(w.direction))
            })
        });
    }
    let links = render::links(cx, &[issue], &rows)?.into_iter().next().unwrap_or_default();
    let (links, _) = page.cut(links);
    let fields = body.fields.unwrap_or_default();
    let links = links
        .iter()
        .map(|link| {
            let serde_json::Value::Object(mut members) =
                serde_json::to_value(link).map_err(Error::internal)?
            else {
                return Ok(Members::new());
            };
            if !fields.is_empty() {
                members.retain(|name, _| {
                    IDENTITY.contains(&name.as_str()) || fields.iter().any(|f| f == name)
                });
            }
            Ok(members)
        })
        .collect::<Result<_>>()?;
    Ok(LinkPage { links }.into())
}
