//! `trackway config import-ytcli`: profiles of another tool for the cloud service. Its tokens lie in
//! the system's keychain and stay there: `auth login` asks for one.

use std::path::PathBuf;

use toml_edit::{DocumentMut, Item, value};

use super::{Files, set};
use crate::failure::{Failure, Kind};
use crate::output::Output;

/// The header of organisations of the cloud, by the name that the other tool has for them.
const CLOUD: (&str, &str) = ("cloud", "X-Cloud-Org-ID");

/// Where the other tool keeps its configuration.
fn usual(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    set("YTCLI_CONFIG").or_else(|| {
        let folder = set("XDG_CONFIG_HOME")
            .or_else(|| set("APPDATA"))
            .or_else(|| set("HOME").map(|home| home.join(".config")))?;
        Some(folder.join("ytcli").join("config.toml"))
    })
}

/// Takes over the profiles of a file. Those of a name that is taken stay as they are.
pub(super) fn run(
    file: Option<PathBuf>,
    files: &Files,
    dry_run: bool,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let path = file.or_else(|| usual(|name| std::env::var(name).ok())).ok_or_else(|| {
        Failure::usage("there is no place for a configuration").hint("name the file")
    })?;
    let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let theirs: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| wrong(error.to_string()))?;
    let mut ours = files.read()?;
    let (taken, left) = merged(&mut ours, &theirs);
    if taken.is_empty() && left.is_empty() {
        return Err(Failure::new(Kind::NotFound, format!("{} has no profiles", path.display())));
    }
    if !dry_run {
        files.write(&ours)?;
    }
    for name in &left {
        output.remark(&format!("profile \"{name}\" is there already, it stays as it is"));
    }
    for name in &taken {
        output.remark(&format!("✓ profile \"{name}\" taken over"));
    }
    if let Some(name) = taken.first() {
        let address = trackway_client::CLOUD_URL;
        output.remark(&format!(
            "tokens are not taken over: trackway auth login {address} --with-token -P {name}"
        ));
    }
    Ok(())
}

/// Names of the profiles that were taken over, and of those that were there.
fn merged(ours: &mut DocumentMut, theirs: &DocumentMut) -> (Vec<String>, Vec<String>) {
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    let profiles = theirs.get("profiles").and_then(Item::as_table_like);
    for (name, theirs) in profiles.into_iter().flat_map(|all| all.iter()) {
        if ours.get("profiles").and_then(|all| all.get(name)).is_some() {
            left.push(name.to_owned());
            continue;
        }
        let text = |key: &str| theirs.get(key).and_then(Item::as_str);
        let place = |key: &str| ["profiles".to_owned(), name.to_owned(), key.to_owned()];
        set(ours, &place("server"), value(trackway_client::CLOUD_URL));
        for (key, from) in
            [("account", "account"), ("org_id", "org_id"), ("queue", "default_queue")]
        {
            if let Some(text) = text(from) {
                set(ours, &place(key), value(text));
            }
        }
        if text("org_kind") == Some(CLOUD.0) {
            set(ours, &place("org_header"), value(CLOUD.1));
        }
        taken.push(name.to_owned());
    }
    let default = theirs.get("default_profile").and_then(Item::as_str);
    if let (Some(default), None) = (default, ours.get("default_profile")) {
        ours["default_profile"] = value(default);
    }
    (taken, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_taken_over_once() {
        let theirs = "default_profile = \"work\"\n[accounts.work]\n[profiles.work]\n\
            account = \"work\"\norg_id = \"12345\"\norg_kind = \"cloud\"\ndefault_queue = \"PROJ\"\n\
            [profiles.home]\naccount = \"me\"\norg_id = \"7\"\norg_kind = \"yandex360\"\n";
        let theirs: DocumentMut = theirs.parse().expect("TOML");
        let mut ours: DocumentMut =
            "# mine\n[profiles.home]\nqueue = \"A\"\n".parse().expect("TOML");
        let (taken, left) = merged(&mut ours, &theirs);
        assert_eq!((taken, left), (vec!["work".to_owned()], vec!["home".to_owned()]));
        let work = &ours["profiles"]["work"];
        assert_eq!(work["queue"].as_str(), Some("PROJ"));
        assert_eq!(work["org_header"].as_str(), Some("X-Cloud-Org-ID"));
        assert_eq!(ours["default_profile"].as_str(), Some("work"));
        assert!(ours.to_string().contains("# mine\n[profiles.home]\n"), "{ours}");
        assert_eq!(merged(&mut ours, &theirs).0, Vec::<String>::new());
    }

    #[test]
    fn the_file_is_looked_for_where_it_lies() {
        let with =
            |name: &'static str| usual(move |asked| (asked == name).then(|| "/x".to_owned()));
        assert_eq!(with("HOME"), Some("/x/.config/ytcli/config.toml".into()));
        assert_eq!(with("YTCLI_CONFIG"), Some("/x".into()));
        assert_eq!(with("NOTHING"), None);
    }
}
