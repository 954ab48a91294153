//! Comments as clients write them.

use serde_json::Value as Json;
use trackway_api::comments::{CommentCreate, CommentUpdate};

use super::store::Called;
use crate::attachment;
use crate::cx::Cx;
use crate::dict::model::ValueType;
use crate::error::{Code, Error, Result};
use crate::field::{FieldDef, no};
use crate::ids::{Tag, parse_hex_id};
use crate::issue::input::{self, MAX_TEXT};
use crate::issue::value::Val;

const SUMMONEES: &str = "summonees";
const MAILLISTS: &str = "maillistSummonees";
const ATTACHMENTS: &str = "attachmentIds";

/// A new comment, checked.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) called: Called,
    /// Files to hang on it.
    pub(crate) files: Vec<i64>,
}

impl Draft {
    /// A comment that is just a text.
    pub(crate) fn plain(json: &Json) -> Result<Self> {
        Ok(Self { text: text(Some(json))?, called: Called::default(), files: Vec::new() })
    }

    /// A comment out of a body. All members are looked at, so that a caller hears of every wrong
    /// one at once.
    pub(crate) fn new(cx: &mut Cx<'_, '_>, body: &CommentCreate) -> Result<Self> {
        let people = body
            .summonees
            .as_ref()
            .map(|people| Json::Array(people.iter().map(|one| one.0.clone()).collect()));
        let lists = body.maillist_summonees.as_ref().map(|lists| Json::from(lists.clone()));
        let nobody = Called::default();
        both(
            text(body.text.as_ref()).map_err(|error| error.under("text")),
            called(cx, &nobody, people.as_ref(), lists.as_ref()),
        )
        .and_then(|(text, called)| {
            Ok(Self { text, called, files: files(body.attachment_ids.as_ref())? })
        })
    }

    /// A comment after an edit. Without `text` the old one stays (contract, updateComment).
    pub(crate) fn edited(
        cx: &mut Cx<'_, '_>,
        old_text: &str,
        old: &Called,
        body: &CommentUpdate,
    ) -> Result<Self> {
        let text = match &body.text {
            None => Ok(old_text.to_owned()),
            given => text(given.as_ref()).map_err(|error| error.under("text")),
        };
        let (people, lists) = (body.summonees.as_ref(), body.maillist_summonees.as_ref());
        both(text, called(cx, old, people, lists)).and_then(|(text, called)| {
            Ok(Self { text, called, files: files(body.attachment_ids.as_ref())? })
        })
    }
}

/// Both values, or all that is wrong with them.
fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => Err(join(a, b)),
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// A failure that is not about a value, such as a lost database, comes first.
fn join(a: Error, b: Error) -> Error {
    match (a.status(), b.status()) {
        (422, 422) => a.join(b),
        (422, _) => b,
        _ => a,
    }
}

fn text(json: Option<&Json>) -> Result<String> {
    let json = json.filter(|j| !j.is_null()).ok_or_else(|| Code::FieldRequired.err())?;
    let text = json.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
    if text.trim().is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Code::ValueTooLong.with(MAX_TEXT));
    }
    Ok(text.to_owned())
}

fn files(given: Option<&Vec<Json>>) -> Result<Vec<i64>> {
    let json = given.map(|ids| Json::Array(ids.clone()));
    attachment::ids(ATTACHMENTS, json.as_ref())
}

fn called(
    cx: &mut Cx<'_, '_>,
    old: &Called,
    people: Option<&Json>,
    lists: Option<&Json>,
) -> Result<Called> {
    let people = match people {
        None => Ok(old.summonees.clone()),
        Some(json) => {
            let before = Val::Refs(old.summonees.clone());
            list(cx, SUMMONEES, ValueType::User, &before, json).map(|val| match val {
                Some(Val::Refs(ids)) => ids,
                _ => Vec::new(),
            })
        }
    };
    let lists = match lists {
        None => Ok(old.maillist_summonees.clone()),
        Some(json) => {
            let by_key = |address: &String| cx.dict.maillists.by_key(address).map(|list| list.id);
            let before = Val::Refs(old.maillist_summonees.iter().filter_map(by_key).collect());
            let after = list(cx, MAILLISTS, ValueType::Maillist, &before, json);
            let address = |id: i64| cx.dict.maillists.get(id).map(|list| list.key.clone());
            after.map(|val| match val {
                Some(Val::Refs(ids)) => ids.into_iter().filter_map(address).collect(),
                _ => Vec::new(),
            })
        }
    };
    let (summonees, maillist_summonees) = both(people, lists)?;
    Ok(Called { summonees, maillist_summonees })
}

/// A list takes the same forms as a list field of an issue: plain, or with operators.
fn list(
    cx: &mut Cx<'_, '_>,
    wire: &str,
    value_type: ValueType,
    before: &Val,
    json: &Json,
) -> Result<Option<Val>> {
    let number =
        if value_type == ValueType::User { no::FOLLOWERS } else { no::FOLLOWING_MAILLISTS };
    let def = FieldDef {
        no: number,
        wire: wire.to_owned(),
        member: Box::default(),
        value_type,
        array: true,
        readonly: false,
        queue: None,
        values: None,
        lists: std::collections::BTreeMap::new(),
    };
    input::apply(cx, &def, 0, Some(before), json)
}

/// The number of a comment out of its numeric id or `longId`. The creation second of the latter is
/// checked by whoever has the comment.
pub(crate) fn number(text: &str) -> Option<i64> {
    parse_hex_id(Tag::Comment, text).or_else(|| text.parse().ok())
}
