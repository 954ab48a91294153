//! One order of all transitions of a graph that keeps the order each status has given its own.

use std::collections::BTreeSet;

/// Merges `sequences` of positions below `count` into one order of all of them. Whatever the
/// sequences leave open goes by position; where they contradict each other, the smallest position
/// goes first.
pub(super) fn merged(sequences: &[Vec<usize>], count: usize) -> Vec<usize> {
    let mut followers = vec![Vec::new(); count];
    let mut waits_for = vec![0_usize; count];
    for pair in sequences.iter().flat_map(|sequence| sequence.windows(2)) {
        if let [before, after] = *pair {
            followers[before].push(after);
            waits_for[after] += 1;
        }
    }
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut free: BTreeSet<usize> =
        left.iter().copied().filter(|one| waits_for[*one] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(next) = free.pop_first().or_else(|| left.first().copied()) {
        left.remove(&next);
        order.push(next);
        for after in &followers[next] {
            waits_for[*after] -= 1;
            if waits_for[*after] == 0 && left.contains(after) {
                free.insert(*after);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn each_sequence_keeps_its_order() {
        // The second status has a transition of its own before one of the first.
        assert_eq!(merged(&[vec![0, 1], vec![2, 0]], 3), [2, 0, 1]);
        assert_eq!(merged(&[vec![0, 1], vec![2, 1], vec![0, 2]], 4), [0, 2, 1, 3]);
    }

    #[test]
    fn contradictions_end() {
        assert_eq!(merged(&[vec![0, 1], vec![1, 0]], 2), [0, 1]);
    }
}
