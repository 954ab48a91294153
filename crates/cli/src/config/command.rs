//! `trackway config`.

use clap::{Args, Subcommand};
use toml_edit::{DocumentMut, Item, value};

use super::tokens::{self, Storage};
use super::{files, set};
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::{Column, Output};

/// Arguments of `trackway config`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Prints a value, as server or queue of the profile, or default_profile.
    Get {
        /// Name; with dots for a value outside of the profile.
        name: String,
    },
    /// Changes a value.
    Set {
        /// Name; with dots for a value outside of the profile.
        name: String,
        /// Value.
        value: String,
    },
    /// Removes a value.
    Unset {
        /// Name; with dots for a value outside of the profile.
        name: String,
    },
    /// Prints the whole file.
    List,
    /// Prints where the file is.
    Path,
    /// Opens the file in an editor.
    Edit,
    /// Prints what is in force, and where each value comes from.
    Explain,
    /// Takes over the profiles of ytcli, another tool for the cloud service.
    ImportYtcli {
        /// Its configuration; found by itself if not given.
        file: Option<std::path::PathBuf>,
    },
}

pub(crate) fn run(action: Action, common: &Common, output: &mut Output<'_>) -> Result<(), Failure> {
    let files = files()?;
    let mut document = files.read()?;
    let place = |document: &DocumentMut, name: &str| -> Vec<String> {
        if name.contains('.') || matches!(name, "default_profile") {
            return name.split('.').map(str::to_owned).collect();
        }
        let default = document.get("default_profile").and_then(Item::as_str).unwrap_or("default");
        let profile = common.target.profile.as_deref().unwrap_or(default);
        vec!["profiles".to_owned(), profile.to_owned(), name.to_owned()]
    };
    match action {
        Action::Path => output.text(&files.path().display().to_string()),
        Action::Edit => edit(&files),
        Action::Explain => explain(common, output),
        Action::ImportYtcli { file } => super::import::run(file, &files, common.dry_run, output),
        Action::List => output.text(document.to_string().trim_end()),
        Action::Get { name } => {
            let found = place(&document, &name)
                .iter()
                .try_fold(document.as_item(), |item, key| item.get(key.as_str()));
            let text = found.map(|item| {
                item.as_str().map_or_else(|| item.to_string().trim().to_owned(), str::to_owned)
            });
            let text =
                text.ok_or_else(|| Failure::new(Kind::NotFound, format!("{name} is not set")))?;
            output.text(&text)
        }
        Action::Set { name, value: text } => {
            if text.trim().starts_with("y0_") || name.ends_with("token") {
                let failure = Failure::usage("tokens are not kept in this file");
                return Err(failure.hint("trackway auth login --with-token"));
            }
            let place = place(&document, &name);
            let default = place.get(1).filter(|_| place.len() == 3).cloned();
            set(&mut document, &place, value(text));
            if let Some(profile) = default
                && document.get("default_profile").is_none()
            {
                document["default_profile"] = value(profile);
            }
            files.write(&document)
        }
        Action::Unset { name } => {
            let place = place(&document, &name);
            if let Some((last, above)) = place.split_last() {
                let table = above
                    .iter()
                    .try_fold(document.as_item_mut(), |item, key| item.get_mut(key.as_str()))
                    .and_then(Item::as_table_like_mut);
                table.and_then(|table| table.remove(last));
            }
            files.write(&document)
        }
    }
}

fn edit(files: &super::Files) -> Result<(), Failure> {
    if !files.path().exists() {
        files.write(&DocumentMut::new())?;
    }
    crate::editor::open(&files.path())?;
    // What cannot be read is told now and not with the next command.
    files.read().map(drop)
}

/// Each value with the place that decides it: flag or environment, repository, configuration.
fn explain(common: &Common, output: &mut Output<'_>) -> Result<(), Failure> {
    const ROWS: &[Column] =
        &[Column("NAME", "name"), Column("VALUE", "value"), Column("FROM", "from")];
    let repository = super::here()?;
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let named = repository.path.as_ref().map(|path| path.display().to_string());
    let named = named.unwrap_or_default();
    let target = &common.target;
    let profile = super::chosen(target.profile.as_deref(), &repository)?;
    let file = files()?.path().display().to_string();
    let mut rows = Vec::new();
    let mut tell = |name: &str, choices: Vec<(Option<String>, String)>| {
        let found = choices.into_iter().find(|(value, _)| value.is_some());
        let (value, from) = found.unwrap_or((None, "default".to_owned()));
        rows.push(serde_json::json!({"name": name, "value": value, "from": from}));
    };
    let asked = |name: &str| {
        let from_environment = variable(name).is_some();
        if from_environment { name.to_owned() } else { "flag".to_owned() }
    };
    let in_profile = |value: Option<String>| (value, format!("{file}, the profile"));
    let in_file =
        |item: Option<&Item>| (item.and_then(Item::as_str).map(str::to_owned), file.clone());
    tell(
        "profile",
        vec![
            (target.profile.clone(), asked("TRACKWAY_PROFILE")),
            (repository.profile.clone(), named.clone()),
            (profile.as_ref().map(|p| p.name.clone()), file.clone()),
        ],
    );
    tell(
        "server",
        vec![
            (target.base_url.clone(), asked("TRACKWAY_BASE_URL")),
            (variable("TRACKWAY_SERVER"), "TRACKWAY_SERVER".to_owned()),
            in_profile(profile.as_ref().and_then(|p| p.server.clone())),
            (Some(trackway_client::CLOUD_URL.to_owned()), "default".to_owned()),
        ],
    );
    tell(
        "organisation",
        vec![
            (target.org_id.clone().or_else(|| target.cloud_org_id.clone()), "flag".to_owned()),
            (variable("TRACKWAY_ORG_ID"), "TRACKWAY_ORG_ID".to_owned()),
            (variable("TRACKWAY_CLOUD_ORG_ID"), "TRACKWAY_CLOUD_ORG_ID".to_owned()),
            in_profile(profile.as_ref().and_then(|p| p.org_id.clone())),
        ],
    );
    tell(
        "queue",
        vec![
            (variable("TRACKWAY_QUEUE"), "TRACKWAY_QUEUE".to_owned()),
            (repository.queue.clone(), named),
            in_profile(profile.as_ref().and_then(|p| p.queue.clone())),
        ],
    );
    let files = files()?;
    let document = files.read()?;
    tell(
        "token storage",
        vec![
            (variable(tokens::VARIABLE), tokens::VARIABLE.to_owned()),
            in_file(document.get("auth").and_then(|auth| auth.get("storage"))),
            (Some(Storage::default().name().to_owned()), "default".to_owned()),
        ],
    );
    let place = profile.as_ref().and_then(|p| p.place);
    let kept = place.map(|_| "kept".to_owned());
    tell(
        "token",
        vec![
            (variable("TRACKWAY_TOKEN").map(|_| "given".to_owned()), "TRACKWAY_TOKEN".to_owned()),
            (variable("TRACKWAY_TOKEN_FILE"), "TRACKWAY_TOKEN_FILE".to_owned()),
            (kept, place.map_or("", super::Place::name).to_owned()),
        ],
    );
    output.list(ROWS, rows)
}
