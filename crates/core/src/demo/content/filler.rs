//! An endless stream of cheap, varied issues for load tests.

use std::sync::LazyLock;

use super::draft::DAY;
use super::rng::{Rng, mix};
use super::types::Language;
use super::words::Vocabulary;

/// Words are made once for the process, since millions of issues draw from them.
static RUSSIAN: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::russian);
static ENGLISH: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::english);

/// An issue for load tests: about one kilobyte of text on the average. People, components and so
/// on are plain numbers, to be taken modulo what exists; small numbers are more frequent where
/// that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillerIssue {
    /// Language of the texts; three of five are Russian.
    pub language: Language,
    /// Summary of 4 to 9 words.
    pub summary: String,
    /// Description of 60 to 120 words in one to four paragraphs.
    pub description: String,
    /// Author.
    pub author: usize,
    /// Assignee, skewed to small numbers; missing in one of eight.
    pub assignee: Option<usize>,
    /// Follower, in one of four.
    pub follower: Option<usize>,
    /// Component, skewed; missing in one of five.
    pub component: Option<usize>,
    /// Up to three different tags, skewed, below 200.
    pub tags: Vec<usize>,
    /// Position in the list of priorities in rising order; the middle of five is most frequent.
    pub priority: usize,
    /// Issue type, skewed.
    pub kind: usize,
    /// Status, evenly.
    pub status: usize,
    /// Whether it is finished: set a closed status and a resolution.
    pub closed: bool,
    /// Creation in minutes before now, up to three years; falls as `i` grows modulo a million.
    pub created_ago: u32,
    /// Last change in minutes before now, not before the creation.
    pub updated_ago: u32,
    /// Start date in days from now, in one of three.
    pub start_day: Option<i32>,
    /// Deadline in days from now, in one of three.
    pub deadline_day: Option<i32>,
    /// Story points, in one of two.
    pub story_points: Option<u32>,
}

/// The issue number `i` of the stream. Any number can be asked for directly, so that many threads
/// may share the work.
pub fn filler(i: u64, seed: u64) -> FillerIssue {
    let mut rng = Rng::new(mix(seed.wrapping_add(0xF111)) ^ mix(i.wrapping_add(1)));
    let language = if rng.chance(60) { Language::Ru } else { Language::En };
    let vocabulary: &Vocabulary = match language {
        Language::Ru => &RUSSIAN,
        Language::En => &ENGLISH,
    };
    let created_ago = created_ago(i, &mut rng);
    let updated_ago = rng.range(0, created_ago.min(90 * DAY));
    let created_day = -(created_ago / DAY).cast_signed();
    let words = rng.range(4, 9);
    FillerIssue {
        language,
        summary: sentence(vocabulary, words, &mut rng),
        description: description(vocabulary, &mut rng),
        author: rng.below(1 << 16),
        assignee: (!rng.chance(12)).then(|| skewed(1 << 10, &mut rng)),
        follower: rng.chance(25).then(|| rng.below(1 << 16)),
        component: (!rng.chance(20)).then(|| skewed(64, &mut rng)),
        tags: tags(&mut rng),
        priority: [2, 2, 2, 2, 1, 1, 3, 3, 0, 4][rng.below(10)],
        kind: skewed(16, &mut rng),
        status: rng.below(1 << 8),
        closed: rng.chance(70),
        created_ago,
        updated_ago,
        start_day: rng.chance(33).then(|| created_day + rng.range(0, 10).cast_signed()),
        deadline_day: rng.chance(33).then(|| created_day + rng.range(5, 60).cast_signed()),
        story_points: rng.chance(50).then(|| [1, 2, 3, 5, 8, 13][rng.below(6)]),
    }
}

/// Older issues first: three years are walked once for each million issues, with some noise.
fn created_ago(i: u64, rng: &mut Rng) -> u32 {
    const SPAN: u64 = 1_000_000;
    let span_minutes = 3 * 365 * u64::from(DAY);
    let left = (SPAN - i % SPAN) * span_minutes / SPAN;
    u32::try_from(left).unwrap_or(0) + rng.range(0, 600)
}

/// A number below `bound`; small ones far more often.
fn skewed(bound: usize, rng: &mut Rng) -> usize {
    let limit = rng.below(bound) + 1;
    let limit = rng.below(limit) + 1;
    rng.below(limit)
}

fn tags(rng: &mut Rng) -> Vec<usize> {
    let count = [0, 0, 1, 1, 1, 2, 2, 3][rng.below(8)];
    let mut tags = Vec::with_capacity(count);
    for _ in 0..count {
        let tag = skewed(200, rng);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn description(vocabulary: &Vocabulary, rng: &mut Rng) -> String {
    let mut text = String::with_capacity(1400);
    let mut left = rng.range(60, 120);
    while left > 0 {
        // A rest too short for a sentence of its own joins the last one.
        let words = rng.range(5, 16);
        let words = if left < words + 5 { left } else { words };
        if !text.is_empty() {
            text.push_str(if rng.chance(18) { "\n\n" } else { " " });
        }
        text.push_str(&sentence(vocabulary, words, rng));
        text.push('.');
        left -= words;
    }
    text
}

/// Words with a capital letter at the start.
fn sentence(vocabulary: &Vocabulary, words: u32, rng: &mut Rng) -> String {
    let mut text = String::with_capacity(160);
    for index in 0..words {
        let word = vocabulary.draw(rng);
        if index > 0 {
            text.push(' ');
            text.push_str(word);
        } else {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn deterministic_and_varied() {
        assert_eq!(filler(12, 3), filler(12, 3));
        assert_ne!(filler(12, 3).summary, filler(12, 4).summary);
        let summaries: HashSet<String> = (0..2000).map(|i| filler(i, 1).summary).collect();
        assert!(summaries.len() > 1990, "{}", summaries.len());
    }

    #[test]
    fn vocabularies_have_a_few_thousand_words() {
        let (ru, en) = (Vocabulary::russian().len(), Vocabulary::english().len());
        assert!((1500..4000).contains(&ru) && (1000..4000).contains(&en), "{ru} {en}");
    }

    #[test]
    fn sizes_are_as_promised() {
        let mut bytes = 0;
        for i in 0..2000 {
            let issue = filler(i, 9);
            let summary = issue.summary.split_whitespace().count();
            let description = issue.description.split_whitespace().count();
            assert!((4..=9).contains(&summary) && (60..=120).contains(&description));
            assert!(issue.updated_ago <= issue.created_ago);
            bytes += issue.summary.len() + issue.description.len();
        }
        assert!((850..1250).contains(&(bytes / 2000)), "{}", bytes / 2000);
    }

    #[test]
    fn indexes_are_skewed() {
        let tags: Vec<usize> = (0..5000).flat_map(|i| filler(i, 2).tags).collect();
        let low = tags.iter().filter(|t| **t < 20).count();
        assert!(low * 10 > tags.len() * 3 && tags.iter().any(|t| *t > 120));
    }
}
