//! From one graph to another, with the issues that follow it: none is left in a status that its
//! workflow lacks, or of another type than the workflow says. Whoever changes the graph says where
//! such issues go.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::input::status_key;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{Step, Workflow};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::refs;
use crate::queue::input::shown;
use crate::queue::usage;

/// The member of bodies that says where issues go (an extension of ours, see the contract's
/// `updateWorkflow`).
pub(crate) const MAPPING: &str = "statusMapping";

/// From which status to which.
pub(crate) type Mapping = BTreeMap<i64, i64>;

/// Issues of a type in a queue.
pub(crate) type Follower = (i64, i64);

/// Reads where issues go on their way to a workflow: old status to new one.
///
/// # Errors
/// 422 for unknown statuses, for targets outside of the workflow, and for statuses that need not
/// be left.
pub(crate) fn mapping<'j>(
    dict: &Dict,
    new: &Workflow,
    pairs: impl IntoIterator<Item = (&'j str, &'j Json)>,
) -> Result<Mapping> {
    let pair = |(from, to): (&str, &Json)| -> Result<(i64, i64)> {
        let status = |json: &Json| {
            let found = refs::object(&dict.statuses, json, |_| true);
            found.map(|s| s.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)))
        };
        let (from, to) = (status(&from.into())?, status(to)?);
        if new.status_type(to).is_none() {
            return Err(Code::TargetOutside.with(status_key(dict, to)));
        }
        if from != to && new.status_type(from).is_some() {
            return Err(Code::ValueNotAllowed.with(status_key(dict, from)));
        }
        Ok((from, to))
    };
    pairs.into_iter().map(|one| pair(one).map_err(|error| error.under(MAPPING))).collect()
}

/// Statuses that issues cannot stay in as they are.
fn lost<'w>(old: &'w Workflow, new: &'w Workflow) -> impl Iterator<Item = i64> + 'w {
    let gone = move |step: &&Step| new.status_type(step.status) != Some(step.status_type);
    old.steps.iter().filter(gone).map(|step| step.status)
}

/// Whether followers of `old` can follow `new`: there is a way for every issue in a status that
/// would be lost.
///
/// # Errors
/// 422 with the statuses of all issues that would be stranded.
pub(crate) fn check(
    cx: &Cx<'_, '_>,
    followers: &[Follower],
    (old, new): (&Workflow, &Workflow),
    mapping: &Mapping,
) -> Result<()> {
    let mut stranded = BTreeSet::new();
    for status in lost(old, new).filter(|status| !mapping.contains_key(status)) {
        let waits = |(queue, issue_type): &Follower| {
            usage::any(cx, *queue, &[(no::TYPE, *issue_type), (no::STATUS, status)])
        };
        if followers.iter().any(waits) {
            stranded.insert(status_key(&cx.dict, status));
        }
    }
    if stranded.is_empty() {
        return Ok(());
    }
    Err(Code::StatusInUse.with(stranded.into_iter().collect::<Vec<_>>().join(", ")))
}

/// All moves from `old` to `new`. Statuses nobody was found in have one as well, for issues that
/// come into them at this very moment: to the initial status.
pub(crate) fn moves(old: &Workflow, new: &Workflow, mapping: &Mapping) -> Vec<(i64, i64)> {
    let mut moves = mapping.clone();
    for status in lost(old, new) {
        let stays = new.status_type(status).is_some();
        moves.entry(status).or_insert(if stays { status } else { new.initial });
    }
    moves.into_iter().collect()
}
