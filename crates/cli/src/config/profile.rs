//! `trackway profile`.

use clap::{Args, Subcommand};
use toml_edit::{Item, value};

use super::{Files, files};
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::{Column, Output};

/// Arguments of `trackway profile`.
#[derive(Debug, Args)]
pub struct ProfileArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: ProfileAction,
}

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub(crate) enum ProfileAction {
    /// Lists the profiles.
    List,
    /// Makes a profile the default.
    Use {
        /// Name.
        name: String,
    },
    /// Removes a profile.
    Remove {
        /// Name.
        name: String,
    },
}

pub(crate) fn profile(action: ProfileAction, output: &mut Output<'_>) -> Result<(), Failure> {
    let files = files()?;
    match action {
        ProfileAction::List => status(&files, output),
        ProfileAction::Use { name } => switch(&files, &name, output),
        ProfileAction::Remove { name } => {
            let mut document = files.read()?;
            let all = document.get_mut("profiles").and_then(Item::as_table_like_mut);
            if all.and_then(|all| all.remove(&name)).is_none() {
                return Err(Failure::new(Kind::NotFound, format!("there is no profile {name:?}")));
            }
            files.write(&document)
        }
    }
}

pub(super) fn switch(files: &Files, name: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    files.profile(Some(name))?;
    let mut document = files.read()?;
    document["default_profile"] = value(name);
    files.write(&document)?;
    output.remark(&format!("the default profile is {name}"));
    Ok(())
}

pub(super) fn status(files: &Files, output: &mut Output<'_>) -> Result<(), Failure> {
    const PROFILE: &[Column] = &[
        Column("PROFILE", "profile"),
        Column("SERVER", "server"),
        Column("ORGANISATION", "organisation"),
        Column("ACCOUNT", "account"),
        Column("TOKEN", "token"),
        Column("KEPT IN", "storage"),
        Column("DEFAULT", "default"),
    ];
    let document = files.read()?;
    let default = document.get("default_profile").and_then(Item::as_str).unwrap_or_default();
    let names: Vec<String> = document
        .get("profiles")
        .and_then(Item::as_table_like)
        .map(|all| all.iter().map(|(name, _)| name.to_owned()).collect())
        .unwrap_or_default();
    let mut rows = Vec::new();
    for name in names {
        let Some(profile) = files.profile(Some(&name))? else { continue };
        rows.push(serde_json::json!({
            "profile": profile.name,
            "server": profile.server,
            "organisation": profile.org_id,
            "account": profile.account,
            "token": if profile.tokens.is_some() { "kept" } else { "none" },
            "storage": profile.place.map(super::Place::name),
            "default": profile.name == default,
        }));
    }
    output.list(PROFILE, rows)
}
