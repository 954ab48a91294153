//! All operations in one list: what tests, the OpenAPI document and generated code walk over.

use crate::Info;

/// Every operation, by resource.
pub fn all() -> impl Iterator<Item = &'static Info> {
    [
        crate::users::ALL,
        crate::dictionaries::ALL,
        crate::fields::ALL,
        crate::queues::ALL,
        crate::queues::access::ALL,
        crate::queues::parts::ALL,
        crate::queues::workflows::ALL,
        crate::directory::ALL,
        crate::filters::ALL,
        crate::boards::ALL,
        crate::sprints::ALL,
        crate::subscriptions::ALL,
        crate::templates::ALL,
        crate::issues::ALL,
        crate::transitions::ALL,
        crate::changelog::ALL,
        crate::comments::ALL,
        crate::attachments::ALL,
        crate::entities::ALL,
        crate::entities::bulk::ALL,
        crate::projects::ALL,
        crate::dashboards::ALL,
        crate::checklists::ALL,
        crate::links::ALL,
        crate::gaps::ALL,
        crate::worklog::ALL,
        crate::audit::ALL,
        crate::bulk::ALL,
        crate::triggers::ALL,
        crate::autoactions::ALL,
        crate::macros::ALL,
        crate::jobs::ALL,
        crate::notifications::ALL,
        crate::hooks::ALL,
        crate::stream::ALL,
        crate::schedules::ALL,
        crate::slas::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn operations_are_unique_and_documented() {
        let mut names = HashSet::new();
        let mut places = HashSet::new();
        for info in all() {
            assert!(names.insert(info.name), "{info:?} twice");
            assert!(places.insert((info.method, info.path)), "{info:?} twice");
            assert!(!info.doc.trim().is_empty(), "{info:?} has no documentation");
            let slots = info.path.matches('{').count();
            let params = info.params.iter().filter(|p| p.place == crate::Place::Path).count();
            assert_eq!(slots, params, "{info:?}");
        }
    }
}
