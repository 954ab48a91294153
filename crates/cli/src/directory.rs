//! `trackway group`.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::common::Common;
use crate::failure::Failure;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const GROUP: &[Column] = &[Column("ID", "id"), Column("NAME", "name"), Column("TYPE", "type")];

/// Arguments of `trackway group`.
#[derive(Debug, Args)]
pub struct Groups {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: GroupAction,
}

/// What to do with groups.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupAction {
    /// Lists the groups of the organisation.
    List,
    /// Shows a group.
    View {
        /// Id.
        id: String,
    },
}

pub(crate) async fn group(
    action: GroupAction,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        GroupAction::List => {
            let found = session.list("/groups", &[], 0).await?;
            session.output.list(GROUP, found.items)
        }
        GroupAction::View { id } => {
            let found = session.get(&Session::at("/groups/{id}", &[&id]), &[]).await?;
            session.output.one(GROUP, found)
        }
    }
}

/// Which group each group belongs to.
#[derive(Debug, Default)]
pub(crate) struct Tree(BTreeMap<String, String>);

impl Tree {
    pub(crate) async fn read(session: &Session<'_, '_>) -> Result<Self, Failure> {
        let groups = session.whole("/groups", &[]).await?;
        Ok(Self::of(&groups))
    }

    fn of(groups: &[Value]) -> Self {
        let pair = |group: &Value| {
            let parent = cell(group.get("parent")?.get("id"));
            Some((cell(group.get("id")), parent))
        };
        Self(groups.iter().filter_map(pair).collect())
    }

    /// The ids of a person's groups, with those that these belong to.
    pub(crate) async fn groups_of(
        &self,
        user: &str,
        session: &Session<'_, '_>,
    ) -> Result<BTreeSet<String>, Failure> {
        let query = [("expand", "groups".to_owned())];
        let user = session.get(&Session::at("/users/{id}", &[user]), &query).await?;
        let own = user["groups"].as_array().into_iter().flatten();
        Ok(self.with_above(own.map(|group| cell(group.get("id")))))
    }

    fn with_above(&self, own: impl Iterator<Item = String>) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for id in own {
            let mut next = Some(&id);
            while let Some(id) = next.filter(|id| !all.contains(*id)) {
                all.insert(id.clone());
                next = self.0.get(id);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_belong_to_groups() {
        let tree = Tree::of(&[
            json!({"id": "1"}),
            json!({"id": "2", "parent": {"id": "1"}}),
            json!({"id": "3", "parent": {"id": "2"}}),
            json!({"id": "4", "parent": {"id": "4"}}),
        ]);
        let of = |ids: &[&str]| -> Vec<String> {
            tree.with_above(ids.iter().map(ToString::to_string)).into_iter().collect()
        };
        assert_eq!(of(&["3"]), ["1", "2", "3"]);
        assert_eq!(of(&["4", "0"]), ["0", "4"], "and none for ever");
    }
}
