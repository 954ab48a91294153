//! Configuration: profiles, and `trackway config`, `trackway profile`, `trackway auth`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use toml_edit::{DocumentMut, Item, Table, value};
use trackway_client::Tracker;
use trackway_client::oauth::{App, FileStore, TokenStore, Tokens};

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::{Column, Output};

/// A server and organisation with the account to see them through.
#[derive(Clone, Default)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) server: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) org_id: Option<String>,
    /// The organisation is one of the cloud.
    pub(crate) cloud: bool,
    pub(crate) queue: Option<String>,
    pub(crate) token: Option<String>,
}

impl std::fmt::Debug for Profile {
    /// Leaves the token out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The files of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let folder = set("TRACKWAY_CONFIG_DIR")
            .or_else(|| set("XDG_CONFIG_HOME").map(|path| path.join("trackway")))
            .or_else(|| set("APPDATA").map(|path| path.join("trackway")))
            .or_else(|| set("HOME").map(|path| path.join(".config/trackway")))?;
        Some(Self { folder })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    fn tokens(&self) -> FileStore {
        FileStore::new(self.folder.join("tokens.json"))
    }

    fn read(&self) -> Result<DocumentMut, Failure> {
        let path = self.path();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::usage(format!("{}: {error}", path.display()))),
        };
        text.parse().map_err(|error| {
            Failure::usage(format!("{}: {error}", path.display())).hint("trackway config path")
        })
    }

    fn write(&self, document: &DocumentMut) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.folder)?;
        let partial = self.path().with_extension("partial");
        std::fs::write(&partial, document.to_string())?;
        Ok(std::fs::rename(partial, self.path())?)
    }

    /// The profile that is asked for, or the default one.
    ///
    /// # Errors
    /// The file cannot be read, or has no such profile.
    pub(crate) fn profile(&self, asked: Option<&str>) -> Result<Option<Profile>, Failure> {
        let document = self.read()?;
        let default = document.get("default_profile").and_then(Item::as_str);
        let Some(name) = asked.or(default) else { return Ok(None) };
        let table = document.get("profiles").and_then(|all| all.get(name));
        let Some(table) = table else {
            if asked.is_none() {
                return Ok(None);
            }
            let failure = Failure::usage(format!("there is no profile {name:?}"));
            return Err(failure.hint("trackway profile list"));
        };
        let text = |key: &str| {
            let item = table.get(key)?;
            item.as_str().map(str::to_owned).or_else(|| item.as_integer().map(|n| n.to_string()))
        };
        let account = text("account");
        let token = match &account {
            Some(account) => self.tokens().load(account)?.map(|tokens| tokens.access_token),
            None => None,
        };
        Ok(Some(Profile {
            name: name.to_owned(),
            server: text("server"),
            org_id: text("org_id"),
            cloud: text("org_header")
                .is_some_and(|name| name.eq_ignore_ascii_case("X-Cloud-Org-ID")),
            queue: text("queue"),
            account,
            token,
        }))
    }
}

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
}

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

/// Arguments of `trackway auth`.
#[derive(Debug, Args)]
pub struct AuthArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: AuthAction,
}

/// What to do about signing in.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthAction {
    /// Signs in and makes a profile.
    Login {
        /// Address of the server.
        address: Option<String>,
        /// Read a token from standard input instead of asking in a browser.
        #[arg(long)]
        with_token: bool,
        /// Application that asks, by its client id.
        #[arg(long, default_value = "trackway-cli", value_name = "ID")]
        client_id: String,
    },
    /// Shows the profiles and whether they have a token; --check asks the server.
    Status {
        /// Ask the server who you are.
        #[arg(long)]
        check: bool,
    },
    /// Makes a profile the default.
    Switch {
        /// Name.
        name: String,
    },
    /// Forgets the token of the profile.
    Logout {
        /// Make it useless on the server too.
        #[arg(long)]
        revoke: bool,
    },
}

fn files() -> Result<Files, Failure> {
    Files::find(|name| std::env::var(name).ok()).ok_or_else(|| {
        Failure::usage("there is no place for a configuration").hint("set TRACKWAY_CONFIG_DIR")
    })
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

/// Puts a value where the keys lead, making tables on the way.
fn set(document: &mut DocumentMut, place: &[String], new: Item) {
    let mut item = document.as_item_mut();
    let Some((last, above)) = place.split_last() else { return };
    for key in above {
        let Some(table) = item.as_table_like_mut() else { return };
        let mut fresh = Table::new();
        fresh.set_implicit(true);
        item = table.entry(key).or_insert(Item::Table(fresh));
    }
    if let Some(table) = item.as_table_like_mut() {
        table.insert(last, new);
    }
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

fn switch(files: &Files, name: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    files.profile(Some(name))?;
    let mut document = files.read()?;
    document["default_profile"] = value(name);
    files.write(&document)?;
    output.remark(&format!("the default profile is {name}"));
    Ok(())
}

fn status(files: &Files, output: &mut Output<'_>) -> Result<(), Failure> {
    const PROFILE: &[Column] = &[
        Column("PROFILE", "profile"),
        Column("SERVER", "server"),
        Column("ORGANISATION", "organisation"),
        Column("ACCOUNT", "account"),
        Column("TOKEN", "token"),
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
            "token": if profile.token.is_some() { "kept" } else { "none" },
            "default": profile.name == default,
        }));
    }
    output.list(PROFILE, rows)
}

pub(crate) async fn auth(
    action: AuthAction,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let files = files()?;
    match action {
        AuthAction::Login { address, with_token, client_id } => {
            login(&files, common, address, with_token, &client_id, output).await
        }
        AuthAction::Status { check } => {
            status(&files, output)?;
            if check {
                let profile = files.profile(common.target.profile.as_deref())?;
                let variable = |name: &str| std::env::var(name).ok();
                let tracker = common.target.builder(variable, profile.as_ref())?.build()?;
                let me = tracker.send(trackway_client::api::users::GetMyself::new()).await?;
                output.remark(&format!("signed in as {} ({})", me.display, me.login));
            }
            Ok(())
        }
        AuthAction::Switch { name } => switch(&files, &name, output),
        AuthAction::Logout { revoke } => {
            let profile = files.profile(common.target.profile.as_deref())?;
            let Some(Profile { account: Some(account), server, token, .. }) = profile else {
                return Err(Failure::new(Kind::NotFound, "nobody is signed in"));
            };
            if let (true, Some(server), Some(token)) = (revoke, server, token) {
                App::new(&server, "trackway-cli")?.revoke(&token).await?;
            }
            files.tokens().remove(&account)?;
            output.remark(&format!("the token of {account} is forgotten"));
            Ok(())
        }
    }
}

async fn login(
    files: &Files,
    common: &Common,
    address: Option<String>,
    with_token: bool,
    client_id: &str,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let server = address.or_else(|| common.target.base_url.clone()).ok_or_else(|| {
        Failure::usage("no server is given").hint("trackway auth login https://tracker.example.org")
    })?;
    let server = if server.contains("://") { server } else { format!("https://{server}") };
    let tokens = if with_token {
        if std::io::stdin().is_terminal() {
            output.remark("paste the token and press Enter");
        }
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        Tokens { access_token: line.trim().to_owned(), ..Tokens::default() }
    } else {
        let app = App::new(&server, client_id)?;
        let device = app.device_code(&["tracker:read", "tracker:write"]).await?;
        output.complain(&format!("First copy your one-time code:  {}", device.user_code));
        output.complain(&format!("Open {}", device.verification_url));
        app.wait_for_device(&device).await?
    };
    if tokens.access_token.is_empty() {
        return Err(Failure::new(Kind::SignIn, "no token was given"));
    }
    let mut builder = Tracker::builder().base_url(&server).token(&tokens.access_token);
    let (header, org) = match (&common.target.org_id, &common.target.cloud_org_id) {
        (Some(id), _) => (None, Some(id.clone())),
        (None, Some(id)) => (Some("X-Cloud-Org-ID"), Some(id.clone())),
        _ => (None, None),
    };
    builder = match (header, &org) {
        (Some(_), Some(id)) => builder.cloud_org_id(id),
        (None, Some(id)) => builder.org_id(id),
        _ => builder,
    };
    let me = builder.build()?.send(trackway_client::api::users::GetMyself::new()).await?;
    let host = server.split("://").nth(1).unwrap_or(&server).trim_end_matches('/');
    let named = host.split('.').find(|part| *part != "tracker" && *part != "api").unwrap_or(host);
    let bare: String = named
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
        .collect();
    let name = common.target.profile.clone().unwrap_or(bare);
    let account = format!("{}@{host}", me.login);
    files.tokens().save(&account, &tokens)?;
    let mut document = files.read()?;
    let place = |key: &str| ["profiles".to_owned(), name.clone(), key.to_owned()];
    set(&mut document, &place("server"), value(server.as_str()));
    set(&mut document, &place("account"), value(account.as_str()));
    if let Some(org) = org {
        set(&mut document, &place("org_id"), value(org));
    }
    if let Some(header) = header {
        set(&mut document, &place("org_header"), value(header));
    }
    document["default_profile"] = value(name.as_str());
    files.write(&document)?;
    output.remark(&format!("signed in as {} ({}); profile {name:?} saved", me.display, me.login));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read_and_comments_stay() {
        let folder = std::env::temp_dir().join(format!("trackway-config-{}", std::process::id()));
        let files = Files { folder: folder.clone() };
        assert!(files.profile(None).expect("no file is fine").is_none());
        assert_eq!(files.profile(Some("x")).expect_err("none").kind(), Kind::Usage);
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = "# mine\ndefault_profile = \"work\"\n[profiles.work]\nserver = \"http://h\" # here\n\
            account = \"ann\"\norg_id = 7\norg_header = \"x-cloud-org-id\"\n";
        std::fs::write(files.path(), text).expect("a file");
        let tokens = Tokens { access_token: "y0_secret".to_owned(), ..Tokens::default() };
        files.tokens().save("ann", &tokens).expect("kept");
        let profile = files.profile(None).expect("readable").expect("the default");
        assert_eq!(
            (profile.server.as_deref(), profile.org_id.as_deref()),
            (Some("http://h"), Some("7"))
        );
        assert!(profile.cloud && profile.token.as_deref() == Some("y0_secret"));
        assert!(!format!("{profile:?}").contains("secret"));
        let mut document = files.read().expect("readable");
        set(
            &mut document,
            &["profiles".to_owned(), "other".to_owned(), "queue".to_owned()],
            value("A"),
        );
        files.write(&document).expect("writable");
        let text = std::fs::read_to_string(files.path()).expect("a file");
        assert!(text.starts_with("# mine\n") && text.contains("# here"), "{text}");
        assert_eq!(
            files.profile(Some("other")).expect("there").expect("one").queue.as_deref(),
            Some("A")
        );
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
