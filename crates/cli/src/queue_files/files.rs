//! The files of a folder: `queue.toml`, `access.toml`, `workflow-*.toml`, and one for each kind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::kinds::{self, KINDS, Member};
use super::read::State;
use super::text;
use crate::failure::Failure;

/// In front of the name of a workflow's file.
const WORKFLOW: &str = "workflow-";
/// Member of a workflow's file that says where issues of a removed status go.
pub(super) const MAPPING: &str = "statusMapping";

/// Settings as the files of a folder want them. What has no file stays as it is.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) queue: Option<Value>,
    pub(super) access: Option<Value>,
    /// By the name of the file, without what all have in common.
    pub(super) workflows: Vec<(String, Value)>,
    pub(super) lists: BTreeMap<&'static str, Vec<Value>>,
}

impl Wanted {
    /// Reads a folder.
    ///
    /// # Errors
    /// Usage: a file cannot be read, or holds what does not belong there.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        for path in toml_files(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let wrong = |why: String| Failure::usage(format!("{name}: {why}"));
            let found = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
            let object = text::read(&found).map_err(wrong)?;
            let stem = name.trim_end_matches(".toml");
            wanted.take(stem, object).map_err(wrong)?;
        }
        let empty = wanted.queue.is_none()
            && wanted.access.is_none()
            && wanted.workflows.is_empty()
            && wanted.lists.is_empty();
        if empty {
            let why = format!("{} holds no settings of a queue", folder.display());
            return Err(Failure::usage(why).hint("trackway queue export KEY -O DIR"));
        }
        Ok(wanted)
    }

    fn take(&mut self, stem: &str, object: Value) -> Result<(), String> {
        if let Some(slug) = stem.strip_prefix(WORKFLOW) {
            known(&object, kinds::WORKFLOW, &[MAPPING])?;
            let id = object["id"].as_str().ok_or("give the workflow an id")?;
            if self.workflows.iter().any(|(_, other)| other["id"] == id) {
                return Err(format!("another file has workflow {id} already"));
            }
            self.workflows.push((slug.to_owned(), object));
            return Ok(());
        }
        match stem {
            "queue" => {
                known(&object, kinds::QUEUE, &[])?;
                self.queue = Some(object);
            }
            "access" => {
                known(&object, kinds::ACCESS, &[])?;
                self.access = Some(object);
            }
            _ => {
                let kind = KINDS.iter().find(|kind| kind.name == stem);
                let kind = kind.ok_or("no settings of a queue have this name")?;
                known(&object, &[(kind.name, kinds::Absent::Stays)], &[])?;
                let items = object[kind.name].as_array().cloned().unwrap_or_default();
                let mut names = Vec::new();
                for item in &items {
                    known(item, kind.members, &["id"])?;
                    let name = kind.called(item);
                    if name.is_empty() && kind.identity == ["name"] {
                        return Err(format!("a {} has no name", kind.one));
                    }
                    if names.contains(&name) {
                        return Err(format!("{} {name:?} stands there twice", kind.one));
                    }
                    names.push(name);
                }
                self.lists.insert(kind.name, items);
            }
        }
        Ok(())
    }
}

/// Whether an object has no members but known ones.
fn known(object: &Value, members: &[Member], besides: &[&str]) -> Result<(), String> {
    let object = object.as_object().ok_or("a table is expected")?;
    let names = || members.iter().map(|(name, _)| *name).chain(besides.iter().copied());
    match object.keys().find(|key| !names().any(|name| name == *key)) {
        None => Ok(()),
        Some(odd) => Err(match crate::suggest::nearest(odd, names()) {
            Some(near) => format!("there is no setting {odd:?}; {near:?}?"),
            None => format!(
                "there is no setting {odd:?}; there are {}",
                names().collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let wrong = |error| Failure::usage(format!("cannot read {}: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(wrong)?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ext| ext == "toml")).collect();
    paths.sort();
    Ok(paths)
}

/// Writes the settings of a queue into a folder, and gives the names of the files.
///
/// # Errors
/// A file cannot be written.
pub(super) fn write(state: &State, folder: &Path) -> Result<Vec<String>, Failure> {
    std::fs::create_dir_all(folder)?;
    let mut written = Vec::new();
    let mut put = |name: String, object: &Value| -> Result<(), Failure> {
        std::fs::write(folder.join(&name), text::written(object))?;
        written.push(name);
        Ok(())
    };
    put("queue.toml".to_owned(), &state.queue.settings)?;
    if let Some(access) = &state.access {
        put("access.toml".to_owned(), access)?;
    }
    let mut taken = Vec::new();
    for workflow in &state.workflows {
        let settings = &workflow.one.settings;
        let name = file_of(&workflow.one.id, folder).unwrap_or_else(|| slug(settings, &taken));
        taken.push(name.clone());
        put(name, settings)?;
    }
    for kind in KINDS {
        let Some(all) = state.lists.get(kind.name) else { continue };
        let name = format!("{}.toml", kind.name);
        // A file of nothing only where one was, so that folders stay small.
        if all.is_empty() && !folder.join(&name).exists() {
            continue;
        }
        let all: Vec<Value> = all.iter().map(|one| one.settings.clone()).collect();
        put(name, &json!({ kind.name: all }))?;
    }
    Ok(written)
}

/// The file that has a workflow already, whatever its name.
fn file_of(id: &str, folder: &Path) -> Option<String> {
    toml_files(folder).ok()?.into_iter().find_map(|path| {
        let name = path.file_name()?.to_str()?.to_owned();
        let object = text::read(&std::fs::read_to_string(&path).ok()?).ok()?;
        (name.starts_with(WORKFLOW) && object["id"] == id).then_some(name)
    })
}

/// A new name for a workflow's file, made from its own.
fn slug(workflow: &Value, taken: &[String]) -> String {
    let name = &workflow["name"];
    let name = name.get("en").unwrap_or(name).as_str().unwrap_or_default().to_lowercase();
    let mut slug: String =
        name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    while slug.contains("--") {
        slug = slug.replace("--", "-");
    }
    let slug = slug.trim_matches('-');
    let file = format!("{WORKFLOW}{slug}.toml");
    if !slug.is_empty() && !taken.contains(&file) {
        return file;
    }
    format!("{WORKFLOW}{}.toml", crate::shape::cell(workflow.get("id")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(stem: &str, text: &str) -> Result<Wanted, String> {
        let mut wanted = Wanted::default();
        wanted.take(stem, text::read(text)?).map(|()| wanted)
    }

    #[test]
    fn mistakes_in_files_are_found_before_anything_is_sent() {
        let good = taken("components", "[[components]]\nid = 3\nname = \"API\"").expect("good");
        assert_eq!(good.lists["components"].len(), 1);
        for (stem, text, why) in [
            ("queue", "descripton = \"x\"", "\"description\"?"),
            ("nosuch", "", "no settings"),
            ("versions", "[[versions]]\nid = 1", "no name"),
            ("versions", "[[versions]]\nname = \"A\"\n[[versions]]\nname = \"A\"", "twice"),
            ("versions", "[[version]]\nname = \"A\"", "there is no setting \"version\""),
            ("workflow-x", "name = \"A\"", "give the workflow an id"),
            ("access", "create = 1\nburn = 2", "there are create"),
        ] {
            let failure = taken(stem, text).expect_err(why);
            assert!(failure.contains(why), "{failure}");
        }
    }

    #[test]
    fn files_of_workflows_have_readable_names() {
        let workflow = json!({"id": "W7", "name": {"en": "Dev: fast & good", "ru": "Р"}});
        assert_eq!(slug(&workflow, &[]), "workflow-dev-fast-good.toml");
        let taken = ["workflow-dev-fast-good.toml".to_owned()];
        assert_eq!(slug(&workflow, &taken), "workflow-W7.toml");
    }
}
