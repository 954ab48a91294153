//! What may have been meant by a misspelt name.

/// The candidate most like a name, if any is like it: letters swapped, left out or doubled, other
/// letter case, spaces or hyphens missing.
pub(super) fn closest<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let wanted = plain(name);
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    let allowed = if wanted.len() < 4 { 1 } else { wanted.len().div_ceil(4).min(3) };
    candidates
        .iter()
        .filter(|candidate| !candidate.is_empty())
        .map(|candidate| (distance(&wanted, &plain(candidate), allowed), *candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

fn plain(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect()
}

/// Letters to change, add, leave out or swap with their neighbour; more than `most` need not be
/// exact.
fn distance(a: &[char], b: &[char], most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut least = (get(&above, j) + usize::from(x != y))
                .min(get(&above, j + 1) + 1)
                .min(get(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(get(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_recognised() {
        let names = ["Assignee", "Author", "Story Points", "Исполнитель", "Status", "Epic"];
        for (name, guess) in [
            ("Asignee", Some("Assignee")),
            ("assignees", Some("Assignee")),
            ("StoryPoints", Some("Story Points")),
            ("story-pionts", Some("Story Points")),
            ("Исполнтель", Some("Исполнитель")),
            ("Sattus", Some("Status")),
            ("Epik", Some("Epic")),
            ("Deadline", None),
            ("", None),
            ("!!", None),
        ] {
            assert_eq!(closest(name, &names), guess, "{name}");
        }
        assert_eq!(closest(&"x".repeat(10_000), &names), None);
    }
}
