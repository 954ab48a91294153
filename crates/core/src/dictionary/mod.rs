//! Dictionaries as clients read them: statuses, issue types, priorities, resolutions.

pub mod ops;
