//! Which columns a list of issues has, and in which groups it is shown.

use clap::Args;
use serde_json::Value;

use crate::config;
use crate::failure::Failure;
use crate::output::Column;
use crate::session::{ISSUE, Session};
use crate::shape::{cell, member};

/// Words for members that are called otherwise.
const WORDS: [(&str, &str); 6] = [
    ("updated", "updatedAt"),
    ("created", "createdAt"),
    ("resolved", "resolvedAt"),
    ("author", "createdBy"),
    ("points", "storyPoints"),
    ("estimate", "originalEstimation"),
];

/// How a list of issues looks.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Shown {
    /// Columns of the table, as key,status,updated,summary; those of the configuration
    /// (output.columns.issue) if not given. --fields chooses members of every format.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,
    /// Show the issues in groups, by status, assignee, priority, queue or another member.
    #[arg(long, value_name = "FIELD")]
    group: Option<String>,
}

/// The member that a word means.
fn path(word: &str) -> &str {
    let word = word.trim();
    WORDS.iter().find(|(known, _)| *known == word).map_or(word, |(_, path)| path)
}

/// The heading of a member, and the member.
fn column(word: &str) -> (String, &str) {
    let path = path(word);
    let known = ISSUE.iter().find(|Column(_, known)| *known == path);
    (
        known
            .map_or_else(|| word.trim().to_uppercase(), |Column(heading, _)| (*heading).to_owned()),
        path,
    )
}

impl Shown {
    /// Prints issues.
    ///
    /// # Errors
    /// The configuration cannot be read, or nobody reads what is printed.
    pub(super) fn print(
        &self,
        items: Vec<Value>,
        total: Option<u64>,
        session: &mut Session<'_, '_>,
    ) -> Result<(), Failure> {
        if session.output.explains() {
            return session.output.list(ISSUE, items);
        }
        let words = match self.columns.as_slice() {
            [] => config::columns("issue")?,
            given => given.to_vec(),
        };
        let mut columns: Vec<(String, &str)> = words.iter().map(|word| column(word)).collect();
        if columns.is_empty() {
            columns = ISSUE.iter().map(|Column(name, path)| ((*name).to_owned(), *path)).collect();
        }
        let Some(group) = &self.group else {
            return session.output.of(total).list(&borrowed(&columns), items);
        };
        let by = path(group);
        let groups = grouped(items, by);
        if !session.output.is_for_people() {
            // One list, so that a program reads it as any other; a row says what group it is in.
            columns.retain(|(_, path)| *path != by);
            columns.insert(0, column(group));
            let items = groups.into_iter().flat_map(|(_, items)| items).collect();
            return session.output.of(total).list(&borrowed(&columns), items);
        }
        columns.retain(|(_, path)| *path != by);
        for (at, (name, items)) in groups.into_iter().enumerate() {
            let name = if name.is_empty() { crate::lang::shown("none") } else { name };
            let space = if at == 0 { "" } else { "\n" };
            session.output.text(&format!("{space}{name} ({})", items.len()))?;
            session.output.list(&borrowed(&columns), items)?;
        }
        Ok(())
    }
}

fn borrowed<'c>(columns: &'c [(String, &'c str)]) -> Vec<Column<'c>> {
    columns.iter().map(|(name, path)| Column(name, path)).collect()
}

/// The issues by a member, groups and issues in the order they come in.
fn grouped(items: Vec<Value>, by: &str) -> Vec<(String, Vec<Value>)> {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for item in items {
        let name = cell(member(&item, by));
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, items)) => items.push(item),
            None => groups.push((name, vec![item])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_named_in_words() {
        assert_eq!(column("updated"), ("UPDATED".to_owned(), "updatedAt"));
        assert_eq!(column(" priority"), ("PRI".to_owned(), "priority"));
        assert_eq!(column("queue.key"), ("QUEUE.KEY".to_owned(), "queue.key"));
    }

    #[test]
    fn groups_come_in_order() {
        let issue = |key: &str, status: &str| json!({"key": key, "status": {"display": status}});
        let items = vec![issue("A-1", "Open"), issue("A-2", "Closed"), issue("A-3", "Open")];
        let keys: Vec<(String, Vec<String>)> = grouped(items, "status")
            .into_iter()
            .map(|(name, items)| (name, items.iter().map(|one| cell(one.get("key"))).collect()))
            .collect();
        let wanted = [("Open", vec!["A-1", "A-3"]), ("Closed", vec!["A-2"])];
        let wanted = wanted
            .map(|(name, keys)| (name.to_owned(), keys.into_iter().map(str::to_owned).collect()));
        assert_eq!(keys, wanted);
    }
}
