//! What groups of a directory are here.

use trackway_core::account::ldap::Told;
use trackway_core::account::member::Level;

use super::Found;
use crate::config::Directory;

impl Found {
    /// What the table of the settings makes of somebody's groups: the highest level of any of them, and to
    /// read only where none says more.
    pub(crate) fn told(&self, directory: &Directory) -> Told {
        let own: Vec<String> = self.groups.iter().map(|dn| normal(dn)).collect();
        let mut told = Told::default();
        for row in &directory.groups {
            let inside = own.contains(&normal(&row.dn));
            if let Some(level) = Level::named(&row.level) {
                let before = told.level.unwrap_or_default();
                told.level = Some(if inside { before.max(level) } else { before });
            }
            if !row.group.is_empty() {
                told.groups.push((row.group.clone(), inside));
            }
        }
        told
    }
}

/// Names of entries are compared without case and without space around their parts.
fn normal(dn: &str) -> String {
    let parts: Vec<&str> = dn.split(',').map(str::trim).collect();
    parts.join(",").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DirectoryGroup;

    /// Groups of a directory are levels and groups here, by the table.
    #[test]
    fn the_highest_level_of_the_table_counts() {
        let row = |dn: &str, level: &str, group: &str| DirectoryGroup {
            dn: dn.to_owned(),
            level: level.to_owned(),
            group: group.to_owned(),
        };
        let groups = vec![
            row("cn=boss, dc=example", "admin", ""),
            row("cn=staff,dc=example", "full", "Staff"),
            row("cn=night,dc=example", "", "Night shift"),
        ];
        let directory = Directory { groups, ..Directory::default() };
        let of = |groups: &[&str]| {
            let groups = groups.iter().map(ToString::to_string).collect();
            let found = Found {
                subject: "1".to_owned(),
                email: None,
                first_name: String::new(),
                last_name: String::new(),
                groups,
            };
            found.told(&directory)
        };
        assert_eq!(of(&["CN=Staff,DC=Example", "cn=boss,dc=example"]).level, Some(Level::Admin));
        let staff = of(&["cn=staff, dc=example", "cn=else"]);
        assert_eq!(staff.level, Some(Level::Full));
        let expected = [("Staff".to_owned(), true), ("Night shift".to_owned(), false)];
        assert_eq!(staff.groups, expected);
        assert_eq!(of(&[]).level, Some(Level::Read));
        let silent = Directory { groups: Vec::new(), ..directory.clone() };
        assert_eq!(found().told(&silent).level, None);
    }

    fn found() -> Found {
        Found {
            subject: String::new(),
            email: None,
            first_name: String::new(),
            last_name: String::new(),
            groups: Vec::new(),
        }
    }
}
