//! Issues offered while somebody types (contract, suggestIssues).

use serde_json::{Value as Json, json};
use trackway_api::List;
use trackway_api::issues::{Issue as IssueReply, SearchRequest, SuggestIssues};

use super::expand::Shape;
use super::{ops, store};
use crate::access::{self, Right};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::field::no;
use crate::ids::{Tag, parse_hex_id};
use crate::search;

/// Most issues offered.
const OFFERED: usize = 20;
/// How many of the last changed issues are looked through for a fragment of a word.
const LOOKED_AT: usize = 2000;
/// How many are read at once.
const CHUNK: usize = 500;
/// Longest fragment, in characters.
const MAX_INPUT: usize = 255;

/// What is shown of an issue that is not asked for in full.
const BRIEF: [&str; 4] = ["summary", "followers", "assignee", "status"];

/// Issues that a fragment may mean: that of the key, those with its words in the summary, and of
/// those changed last the ones with the fragment inside a word.
///
/// # Errors
/// 400 without a fragment; 404 and 403 as for the queue.
pub fn suggest(cx: &mut Cx<'_, '_>, r: &SuggestIssues) -> Result<Reply<Vec<IssueReply>>> {
    cx.view.localize(r.localized);
    let input = r.input.as_deref().map_or("", str::trim);
    if input.is_empty() || input.chars().count() > MAX_INPUT {
        let why = format!("must have 1 to {MAX_INPUT} characters");
        return Err(Code::BadParameter.with("input").and(why));
    }
    let queue = match r.queue.as_deref().filter(|q| !q.is_empty()) {
        Some(name) => Some(cx.queue(name)?),
        None => None,
    };
    let queue = queue.map(|q| (q.id, q.key.clone()));
    let ids = found(cx, input, queue.as_ref())?;
    let mut loaded = store::by_ids(cx, &ids)?;
    loaded.retain(|l| access::may(&cx.dict, &cx.actor, &l.issue, Right::Read));
    let brief: List = BRIEF.into_iter().collect();
    let shape = if r.full.unwrap_or_default() {
        Shape { expand: r.expand.as_ref(), embed: r.embed.as_ref(), fields: r.fields.as_ref() }
    } else {
        Shape { fields: Some(&brief), ..Shape::default() }
    };
    ops::reply_list(cx, &loaded, &shape)
}

fn found(cx: &mut Cx<'_, '_>, input: &str, queue: Option<&(i64, String)>) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    let fits = |id: i64, home: i64, ids: &Vec<i64>| {
        queue.is_none_or(|(queue, _)| *queue == home) && !ids.contains(&id)
    };
    if let Some(loaded) = store::find(cx, input)?
        && fits(loaded.issue.id, loaded.issue.queue, &ids)
    {
        ids.push(loaded.issue.id);
    }
    let condition = |summary: Option<&str>| {
        let mut filter = serde_json::Map::new();
        if let Some((_, key)) = queue {
            filter.insert("queue".to_owned(), key.as_str().into());
        }
        if let Some(text) = summary {
            filter.insert("summary".to_owned(), text.into());
        }
        let filter = (!filter.is_empty()).then_some(Json::Object(filter));
        SearchRequest { filter, order: Some(json!("-updatedAt")), ..SearchRequest::default() }
    };
    for id in selected(cx, &condition(Some(input)), OFFERED)? {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let recent = selected(cx, &condition(None), LOOKED_AT)?;
    let pieces: Vec<String> = input.split_whitespace().map(str::to_lowercase).collect();
    for chunk in recent.chunks(CHUNK) {
        if ids.len() >= OFFERED {
            break;
        }
        let briefs = store::briefs(cx, chunk)?;
        for id in chunk {
            let Some(brief) = briefs.get(id) else { continue };
            if holds(brief.issue.text(no::SUMMARY), &pieces) && !ids.contains(id) {
                ids.push(*id);
            }
        }
    }
    ids.truncate(OFFERED);
    Ok(ids)
}

/// Ids of a search in its order. What cannot be a condition, such as a lone quotation mark, finds
/// nothing.
fn selected(cx: &mut Cx<'_, '_>, request: &SearchRequest, limit: usize) -> Result<Vec<i64>> {
    match search::ops::select(cx, request, limit) {
        Ok((_, hex)) => Ok(hex.iter().filter_map(|id| parse_hex_id(Tag::Issue, id)).collect()),
        Err(error) if matches!(error.status(), 400 | 422) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether the pieces stand in a text one after the other.
fn holds(text: &str, pieces: &[String]) -> bool {
    let text = text.to_lowercase();
    let mut rest = text.as_str();
    pieces.iter().all(|piece| match rest.split_once(piece.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fixture, body};

    #[test]
    fn fragments_keys_and_queues() {
        let f = Fixture::new();
        let keys = |r: SuggestIssues| -> Vec<String> {
            let found = body(f.read(f.guest, |cx| suggest(cx, &r)).expect("a list"));
            let found = found.as_array().expect("a list").clone();
            found.iter().map(|i| i["key"].as_str().expect("a key").to_owned()).collect()
        };
        let printer = f.issue(f.ann, json!({"queue": "DEV", "summary": "Printer drops pages"}));
        let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "Blueprint of a page"}));
        let r = |input: &str| SuggestIssues::new().input(input);
        let mut found = keys(r("print"));
        found.sort_unstable();
        assert_eq!(found, [printer.clone(), other.clone()]);
        assert_eq!(keys(r("print drop")), std::slice::from_ref(&printer));
        assert_eq!(keys(r("drop print")), Vec::<String>::new());
        assert_eq!(keys(r("print").queue("HELP")), [other]);
        assert_eq!(keys(r(&printer)), std::slice::from_ref(&printer));
        assert_eq!(keys(r("\"(%_")), Vec::<String>::new());
        let shown = r("blueprint");
        let shown = body(f.read(f.guest, |cx| suggest(cx, &shown)).expect("a list"));
        assert_eq!(
            (&shown[0]["summary"], shown[0].get("createdAt")),
            (&json!("Blueprint of a page"), None)
        );
        let full = r("blueprint").full(true).expand(["transitions"]);
        let full = body(f.read(f.ann, |cx| suggest(cx, &full)).expect("a list"));
        assert!(full[0]["createdAt"].is_string() && full[0]["transitions"].is_array());
        for (wrong, status) in [(r(" "), 400), (r("x").queue("NOSUCH"), 404)] {
            assert_eq!(
                f.read(f.ann, |cx| suggest(cx, &wrong)).expect_err("wrong").status(),
                status
            );
        }
    }
}
