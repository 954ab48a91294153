//! What may have been meant by a misspelt word.

/// The nearest of the known words, if one is near enough: a third of its letters may differ.
pub(crate) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_lowercase();
    let near = known.map(|known| (distance(&word, &known.to_lowercase()), known));
    let (distance, found) = near.min_by_key(|(distance, _)| *distance)?;
    (distance * 3 <= word.chars().count().max(3)).then_some(found)
}

/// Letters to change, add, remove or swap with their neighbour (Damerau's distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let at = |row: usize, column: usize| rows.get(row).and_then(|row| row.get(column));
            let above = at(i, j + 1).copied().unwrap_or_default() + 1;
            let left = row.last().copied().unwrap_or_default() + 1;
            let diagonal = at(i, j).copied().unwrap_or_default() + usize::from(x != y);
            let mut best = above.min(left).min(diagonal);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&y) && b.get(j - 1) == Some(&x);
            if swapped {
                best = best.min(at(i - 1, j - 1).copied().unwrap_or_default() + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found() {
        let known = ["closed", "inProgress", "needInfo", "Решён"];
        for (word, wanted) in [
            ("close", Some("closed")),
            ("clsoed", Some("closed")),
            ("inprogres", Some("inProgress")),
            ("решен", Some("Решён")),
            ("banana", None),
        ] {
            assert_eq!(nearest(word, known.into_iter()), wanted, "{word}");
        }
        assert_eq!(distance("abc", "acb"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
