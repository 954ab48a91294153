//! One kind of dictionary object in memory, with its references ready to be sent.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;
use trackway_api::types::{KeyedRef, PlainRef};

use super::model::Body;
use crate::lang::{Lang, Name, Names};
use crate::view::View;

/// A dictionary object with what is needed to mention it.
#[derive(Debug)]
pub struct Object<T> {
    /// Id, unique within the kind.
    pub id: i64,
    /// Key on the wire; empty for kinds without one.
    pub key: String,
    /// Grows by one with each effective change.
    pub version: i64,
    /// Displayed name.
    pub name: Name,
    /// The object itself.
    pub body: T,
    /// A reference after `{"self":"<prefix>`, by [`Names::index`].
    tails: [Box<str>; Names::COUNT],
}

impl<T: Body> Object<T> {
    /// Prepares an object.
    pub fn new(id: i64, key: String, version: i64, body: T) -> Self {
        let name = body.name();
        let tails = Names::ALL.map(|names| tail(id, &key, &name, names, &body).into_boxed_str());
        Self { id, key, version, name, body, tails }
    }

    /// Path below the version prefix, starting with a slash.
    pub fn path(&self) -> String {
        path(self.id, &self.key, &self.body)
    }

    /// Writes a reference to the object.
    pub fn write_ref(&self, out: &mut Vec<u8>, view: &View) {
        out.extend_from_slice(b"{\"self\":\"");
        out.extend_from_slice(view.prefix().as_bytes());
        if let Some(tail) = self.tails.get(view.names.index()) {
            out.extend_from_slice(tail.as_bytes());
        }
    }

    /// A reference with key.
    pub fn keyed_ref(&self, view: &View) -> KeyedRef {
        KeyedRef {
            self_url: view.url(&self.path()),
            id: self.id.to_string(),
            key: self.key.clone(),
            display: self.display(view),
        }
    }

    /// A reference without key.
    pub fn plain_ref(&self, view: &View) -> PlainRef {
        let id = if T::SELF_BY_KEY { self.key.clone() } else { self.id.to_string() };
        PlainRef { self_url: view.url(&self.path()), id, display: self.display(view) }
    }

    fn display(&self, view: &View) -> trackway_api::types::Text {
        display(&self.name, view.names)
    }
}

/// Names that are the same in both languages stay strings even with `localized=false`: queues and
/// people have one name only.
fn display(name: &Name, names: Names) -> trackway_api::types::Text {
    if name.en.is_empty() { name.text(Names::In(Lang::Ru)) } else { name.text(names) }
}

fn path<T: Body>(id: i64, key: &str, body: &T) -> String {
    if let Some(own) = body.own_path(id) {
        return own;
    }
    if T::SELF_BY_KEY { format!("/{}/{key}", T::PATH) } else { format!("/{}/{id}", T::PATH) }
}

fn tail<T: Body>(id: i64, key: &str, name: &Name, names: Names, body: &T) -> String {
    let text = |value: Value| value.to_string();
    let mut out = path(id, key, body);
    out.push_str("\",\"id\":");
    if T::SELF_BY_KEY && !T::KEYED {
        out.push_str(&text(key.into()));
    } else {
        out.push_str(&text(id.to_string().into()));
    }
    if T::KEYED {
        out.push_str(",\"key\":");
        out.push_str(&text(key.into()));
    }
    out.push_str(",\"display\":");
    out.push_str(&serde_json::to_string(&display(name, names)).unwrap_or_default());
    for (member, value) in body.more(id) {
        for part in [",\"", member, "\":", &value.to_string()] {
            out.push_str(part);
        }
    }
    out.push('}');
    out
}

/// All objects of a kind.
#[derive(Debug)]
pub struct Table<T> {
    by_id: FxHashMap<i64, Arc<Object<T>>>,
    by_key: FxHashMap<String, i64>,
    ordered: Vec<i64>,
    /// Ids of removed objects, which are given to no other: what another thread read of them before
    /// may come late, as older versions do.
    removed: FxHashSet<i64>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            by_id: FxHashMap::default(),
            by_key: FxHashMap::default(),
            ordered: Vec::new(),
            removed: FxHashSet::default(),
        }
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self {
            by_id: self.by_id.clone(),
            by_key: self.by_key.clone(),
            ordered: self.ordered.clone(),
            removed: self.removed.clone(),
        }
    }
}

impl<T: Body> Table<T> {
    /// A table of these objects.
    pub fn new(objects: impl IntoIterator<Item = Object<T>>) -> Self {
        let mut table = Self::default();
        for object in objects {
            table.insert(object);
        }
        table.sort();
        table
    }

    /// Adds or replaces an object; one with an older version than ours or one that was removed is
    /// ignored, since changes of other nodes may come late.
    pub fn put(&mut self, object: Object<T>) {
        let newer = self.by_id.get(&object.id).is_some_and(|old| old.version > object.version);
        if newer || self.removed.contains(&object.id) {
            return;
        }
        self.insert(object);
        self.sort();
    }

    fn insert(&mut self, object: Object<T>) {
        if let Some(old) = self.by_id.get(&object.id) {
            self.by_key.remove(&old.key);
        } else {
            self.ordered.push(object.id);
        }
        if !object.key.is_empty() {
            self.by_key.insert(object.key.clone(), object.id);
        }
        self.by_id.insert(object.id, Arc::new(object));
    }

    fn sort(&mut self) {
        let by_id = &self.by_id;
        self.ordered.sort_by_key(|id| by_id.get(id).map(|o| (o.body.order(), o.id)));
    }

    /// Removes an object for good.
    pub fn remove(&mut self, id: i64) {
        self.removed.insert(id);
        if let Some(old) = self.by_id.remove(&id) {
            self.by_key.remove(&old.key);
            self.ordered.retain(|other| *other != id);
        }
    }

    /// An object by id.
    pub fn get(&self, id: i64) -> Option<&Arc<Object<T>>> {
        self.by_id.get(&id)
    }

    /// An object by key.
    pub fn by_key(&self, key: &str) -> Option<&Arc<Object<T>>> {
        self.by_key.get(key).and_then(|id| self.by_id.get(id))
    }

    /// An object by what stands in a path: digits are an id, anything else a key.
    pub fn find(&self, id_or_key: &str) -> Option<&Arc<Object<T>>> {
        match id_or_key.parse::<i64>() {
            Ok(id) => self.get(id).or_else(|| self.by_key(id_or_key)),
            Err(_) => self.by_key(id_or_key),
        }
    }

    /// The first object whose name in either language is `name`, and for which `fits` holds.
    pub fn by_name(&self, name: &str, fits: impl Fn(&T) -> bool) -> Option<&Arc<Object<T>>> {
        self.iter().find(|o| fits(&o.body) && o.name.is(name))
    }

    /// Objects in list order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Object<T>>> {
        self.ordered.iter().filter_map(|id| self.by_id.get(id))
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.ordered.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }
}
