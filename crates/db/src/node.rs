//! Names of open handles. On PostgreSQL every connection carries the name of its handle as a part of
//! its application name, which the server forgets with the connection: so all can see who is alive.

use std::hash::{BuildHasher as _, RandomState};

/// What stands between the application's own name and that of the handle.
const MARK: char = '/';
/// Longest own name: PostgreSQL cuts application names after 63 bytes.
const MAX_OWN: usize = 40;

/// The application names of all connections to this database.
pub(crate) const APPLICATIONS: &str = "SELECT DISTINCT application_name FROM pg_stat_activity \
     WHERE datname = current_database() AND application_name IS NOT NULL";

/// A name that no other handle has.
pub(crate) fn name() -> String {
    // Seeded by the system; a secret it is not.
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// The application name of a handle's connections.
pub(crate) fn application(own: &str, node: &str) -> String {
    let own: String = own.chars().filter(char::is_ascii).take(MAX_OWN).collect();
    format!("{own}{MARK}{node}")
}

/// The handle that an application name belongs to.
pub(crate) fn of_application(name: &str) -> Option<String> {
    name.rsplit_once(MARK).map(|(_, node)| node.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_name_tells_the_handle() {
        let node = name();
        assert_ne!(node, name());
        assert_eq!(of_application(&application("trackway", &node)), Some(node.clone()));
        let long = application(&"a/".repeat(50), &node);
        assert!(long.len() <= 63, "{long}");
        assert_eq!(of_application(&long), Some(node));
        assert_eq!(of_application("psql"), None);
    }
}
