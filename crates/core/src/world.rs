//! Everything the tracker knows by heart: organisations with their dictionaries.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use trackway_db::Tx;

use crate::dict::{Dict, store};
use crate::error::{Error, Result};

trackway_db::row! {
    /// An organisation.
    pub struct OrgRow {
        pub id: i64,
        pub org_id: String,
        pub cloud_id: String,
    }
}

/// All organisations.
pub const ORGANIZATIONS: &str = "SELECT id, org_id, cloud_id FROM organization ORDER BY id";

/// An immutable snapshot of all dictionaries, replaced whole after each change.
#[derive(Clone, Debug, Default)]
pub struct World {
    orgs: FxHashMap<i64, Arc<Dict>>,
    by_org_id: FxHashMap<String, i64>,
    by_cloud_id: FxHashMap<String, i64>,
}

impl World {
    /// Reads everything from the database.
    ///
    /// # Errors
    /// The database fails, or holds an object that cannot be read.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        let mut world = Self::default();
        let rows: Vec<OrgRow> = tx.all(ORGANIZATIONS, &[])?;
        for row in rows {
            let stored = store::of_org(tx, row.id)?;
            let dict = Dict::load(row.id, stored).map_err(Error::internal)?;
            world.by_org_id.insert(row.org_id, row.id);
            world.by_cloud_id.insert(row.cloud_id, row.id);
            world.orgs.insert(row.id, Arc::new(dict));
        }
        Ok(world)
    }

    /// An organisation by number.
    pub fn org(&self, id: i64) -> Option<&Arc<Dict>> {
        self.orgs.get(&id)
    }

    /// An organisation by the value of `X-Org-ID`.
    pub fn by_org_id(&self, org_id: &str) -> Option<&Arc<Dict>> {
        self.by_org_id.get(org_id).and_then(|id| self.orgs.get(id))
    }

    /// An organisation by the value of `X-Cloud-Org-ID`.
    pub fn by_cloud_id(&self, cloud_id: &str) -> Option<&Arc<Dict>> {
        self.by_cloud_id.get(cloud_id).and_then(|id| self.orgs.get(id))
    }

    /// Every organisation.
    pub fn orgs(&self) -> impl Iterator<Item = &Arc<Dict>> {
        self.orgs.values()
    }

    /// The world with one organisation replaced.
    #[must_use]
    pub fn with_org(&self, dict: Arc<Dict>) -> Self {
        let mut world = self.clone();
        world.orgs.insert(dict.org_id, dict);
        world
    }
}
