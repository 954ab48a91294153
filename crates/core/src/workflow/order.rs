//! One order of all transitions of a graph that keeps the order each status has given its own.

/// Merges `sequences` of positions below `count` into one order of all of them. Whatever the
/// sequences leave open goes by position; where they contradict each other, the smallest position
/// goes first.
pub(super) fn merged(sequences: &[Vec<usize>], count: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..count).collect();
    let mut heads = vec![0; sequences.len()];
    let mut order = Vec::with_capacity(count);
    while !left.is_empty() {
        let waits = |one: usize| {
            let rests = sequences.iter().zip(&heads).map(|(all, head)| all.get(*head..));
            rests.flatten().any(|rest| rest.iter().position(|other| *other == one) > Some(0))
        };
        let place = left.iter().position(|one| !waits(*one)).unwrap_or(0);
        let next = left.remove(place);
        order.push(next);
        for (sequence, head) in sequences.iter().zip(&mut heads) {
            while sequence.get(*head).is_some_and(|one| order.contains(one)) {
                *head += 1;
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
