//! The catalogue every new organisation starts with (workflow.md, sections 1, 4 and 7).
//!
//! Ids are part of the database format: stored issues refer to them. Append, never renumber.

mod fields;
mod graph;
mod presets;
pub mod statuses;
mod types;
mod workflows;

pub use fields::{categories, fields};
pub use graph::{CLOSE_SCREEN, close_screen};
pub use presets::{Preset, presets};
pub use statuses::statuses;
pub use types::{issue_types, priorities, remote_apps, resolutions};
pub use workflows::workflows;

/// A stock object: the body of its kind with its id and key.
#[derive(Clone, Debug)]
pub struct Stock<T> {
    /// Object id.
    pub id: i64,
    /// Key; for fields, categories and workflows the id on the wire.
    pub key: String,
    /// The object.
    pub body: T,
}

/// Numbers a list from 1: the position is the id.
fn numbered<R, T>(rows: &[R], make: impl Fn(i64, &R) -> (&'static str, T)) -> Vec<Stock<T>> {
    (1..)
        .zip(rows)
        .map(|(id, row)| {
            let (key, body) = make(id, row);
            Stock { id, key: key.to_owned(), body }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dict::model::Body;

    fn check<T: Body>(stock: &[Stock<T>], count: usize) {
        assert_eq!(stock.len(), count, "{}", T::PATH);
        let ids: HashSet<i64> = stock.iter().map(|s| s.id).collect();
        let keys: HashSet<String> = stock.iter().map(|s| s.key.to_lowercase()).collect();
        assert_eq!(ids.len(), count, "an id twice in {}", T::PATH);
        assert_eq!(keys.len(), count, "a key twice in {}", T::PATH);
        for s in stock {
            let name = s.body.name();
            assert!(!name.ru.is_empty() && !name.en.is_empty(), "{} has no name", s.key);
            let json = serde_json::to_string(&s.body).expect("JSON");
            let again: T = serde_json::from_str(&json).expect("a body");
            assert_eq!(
                serde_json::to_string(&again).expect("JSON"),
                json,
                "{} changes in storage",
                s.key
            );
        }
    }

    #[test]
    fn every_kind_is_complete_and_unambiguous() {
        check(&statuses(), 28);
        check(&issue_types(), 21);
        check(&priorities(), 5);
        check(&resolutions(), 8);
        check(&categories(), 5);
        check(&fields(), 65);
        check(&workflows(), 14);
        check(&remote_apps(), 5);
    }

    #[test]
    fn ids_count_up_from_one() {
        let ids = [
            statuses().iter().map(|s| s.id).collect::<Vec<_>>(),
            issue_types().iter().map(|s| s.id).collect(),
            priorities().iter().map(|s| s.id).collect(),
            resolutions().iter().map(|s| s.id).collect(),
            categories().iter().map(|s| s.id).collect(),
            workflows().iter().map(|s| s.id).collect(),
        ];
        for list in ids {
            let counted: Vec<i64> = (1..).take(list.len()).collect();
            assert_eq!(list, counted);
        }
    }

    #[test]
    fn well_known_ids_stay() {
        let id = |key: &str, stock: &[(i64, String)]| {
            stock.iter().find(|(_, k)| k == key).map(|(id, _)| *id)
        };
        let types: Vec<_> = issue_types().into_iter().map(|s| (s.id, s.key)).collect();
        let priorities: Vec<_> = priorities().into_iter().map(|s| (s.id, s.key)).collect();
        let resolutions: Vec<_> = resolutions().into_iter().map(|s| (s.id, s.key)).collect();
        assert_eq!(id("bug", &types), Some(1));
        assert_eq!(id("task", &types), Some(2));
        assert_eq!(id("milestone", &types), Some(21));
        assert_eq!(id("blocker", &priorities), Some(5));
        assert_eq!(id("fixed", &resolutions), Some(1));
        assert_eq!(id("dontDo", &resolutions), Some(8));
    }
}
