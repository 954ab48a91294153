//! Which issues there are, when each was created and what it refers to.

use super::queues::{DEV, MARKETING, SUPPORT};
use super::rng::Rng;
use super::story::Story;
use super::types::LinkKind;
use super::{
    phrases, stories_dev_en, stories_dev_ru, stories_marketing_en, stories_marketing_ru,
    stories_support_en, stories_support_ru,
};

/// Minutes of a day.
pub(super) const DAY: u32 = 24 * 60;

/// An issue before its texts are rendered.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Queue index.
    pub(super) queue: usize,
    /// The story it tells.
    pub(super) story: &'static Story,
    /// Row of parameters.
    pub(super) row: usize,
    /// Which pass through the rows.
    pub(super) round: usize,
    /// Creation in minutes before now.
    pub(super) created_ago: u32,
    /// The customer in its texts.
    pub(super) client: &'static str,
}

/// Every table of stories with the queue it belongs to.
pub(super) const TABLES: &[(usize, &[Story])] = &[
    (DEV, stories_dev_ru::DEV_RU),
    (DEV, stories_dev_en::DEV_EN),
    (SUPPORT, stories_support_ru::SUPPORT_RU),
    (SUPPORT, stories_support_en::SUPPORT_EN),
    (MARKETING, stories_marketing_ru::MARKETING_RU),
    (MARKETING, stories_marketing_en::MARKETING_EN),
];

/// All issues in order of creation.
pub(super) fn drafts(rng: &mut Rng) -> Vec<Draft> {
    let mut all = Vec::new();
    for (queue, table) in TABLES {
        for story in *table {
            let first_client = rng.below(64);
            for round in 0..story.rounds {
                for row in 0..story.rows.len() {
                    all.push(draft(*queue, story, (row, round), first_client, rng));
                }
            }
        }
    }
    // Chains are at most three long: parent, its subtask, an issue that waits for that.
    for _ in 0..3 {
        for index in 0..all.len() {
            follow(&mut all, index, rng);
        }
    }
    all.sort_by_key(|d| std::cmp::Reverse(d.created_ago));
    all
}

fn draft(
    queue: usize,
    story: &'static Story,
    (row, round): (usize, usize),
    first_client: usize,
    rng: &mut Rng,
) -> Draft {
    let clients = phrases::clients(story.language);
    // Rows and rounds of one story are about different customers.
    let client = first_client + round * 5 + row;
    let created_ago = match (story.kind, story.id) {
        ("epic", _) => rng.range(236 * DAY, 243 * DAY),
        ("release", _) => release_age(row, rng),
        (_, "mob-story") => rng.range(150 * DAY, 230 * DAY),
        // The last weeks are busier, so that boards have something to show.
        _ if rng.chance(40) => rng.range(120, 40 * DAY),
        _ => rng.range(120, 228 * DAY),
    };
    let client = clients.get(client % clients.len().max(1)).copied().unwrap_or("");
    Draft { queue, story, row, round, created_ago, client }
}

/// A release is prepared during the two weeks before its version is due; one that is due in the
/// future has just been started.
fn release_age(row: usize, rng: &mut Rng) -> u32 {
    let due = super::company()
        .queues
        .get(DEV)
        .and_then(|q| q.versions.get(row))
        .map_or(0, |v| v.due_day.unsigned_abs() * u32::from(v.due_day < 0));
    (due + rng.range(9, 14)) * DAY
}

/// Moves an issue behind those it refers to.
fn follow(all: &mut [Draft], index: usize, rng: &mut Rng) {
    let Some(own) = all.get(index).cloned() else { return };
    let mut age = own.created_ago;
    let mut client = own.client;
    for id in [own.story.epic, own.story.parent] {
        if let Some(other) = partner(all, id, own.row) {
            age = age.min(other.created_ago / 100 * rng.range(80, 97));
        }
    }
    if let Some((kind, id)) = own.story.relation
        && let Some(other) = partner(all, id, own.row)
    {
        client = other.client;
        let delay = match kind {
            LinkKind::Duplicates => rng.range(60, 600),
            LinkKind::Relates | LinkKind::IsDependentBy => rng.range(90, 3 * DAY),
            LinkKind::DependsOn => rng.range(DAY, 12 * DAY),
        };
        let soon = other.created_ago.saturating_sub(delay).max(other.created_ago / 2);
        // A bug follows its report closely; what merely waits may come at any later time.
        age = if kind == LinkKind::DependsOn { age.min(soon) } else { soon };
    }
    if let Some(draft) = all.get_mut(index) {
        draft.created_ago = age;
        draft.client = client;
    }
}

/// The first-round issue of another story that pairs with a row.
fn partner<'a>(all: &'a [Draft], id: &str, row: usize) -> Option<&'a Draft> {
    all.get(partner_index(all, id, row)?)
}

/// Index of the first-round issue of another story that pairs with a row.
pub(super) fn partner_index(all: &[Draft], id: &str, row: usize) -> Option<usize> {
    all.iter()
        .position(|d| d.story.id == id && d.round == 0 && d.row == row % d.story.rows.len().max(1))
}
