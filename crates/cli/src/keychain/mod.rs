//! The keychain of the system, asked by the program that the system has for it: `secret-tool` of
//! libsecret where there is a secret service, `security` on macOS. Secrets go through pipes and stand in
//! no command line. Windows has no such program; its Credential Manager is called. See
//! `docs/adr/0006-keychain-by-its-program.md`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use trackway_client::oauth::{TokenStore, Tokens};

#[cfg(windows)]
mod credentials;
mod process;

use process::{Said, run};

/// What entries are filed under.
const SERVICE: &str = "trackway";
/// `security` cuts lines that are longer.
const LONGEST_LINE: usize = 4000;
/// What `security` says when it has no such entry.
const NOT_FOUND: i32 = 44;
/// How long a keychain may take that asks nobody.
const AT_ONCE: Duration = Duration::from_secs(3);
/// How long a person may take to unlock it.
const FOR_PEOPLE: Duration = Duration::from_secs(60);

/// A keychain that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Keychain {
    tool: Tool,
    program: PathBuf,
    limit: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    SecretTool,
    Security,
    #[cfg(windows)]
    Credentials,
}

impl Keychain {
    /// That of this system; none where nothing can ask it.
    pub(crate) fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if cfg!(target_os = "macos") {
            let program = PathBuf::from("/usr/bin/security");
            let limit = if set("SSH_CONNECTION") { AT_ONCE } else { FOR_PEOPLE };
            return program.is_file().then_some(Self { tool: Tool::Security, program, limit });
        }
        #[cfg(windows)]
        return Some(Self {
            tool: Tool::Credentials,
            program: PathBuf::from("Credential Manager"),
            limit: AT_ONCE,
        });
        #[cfg(not(windows))]
        Self::secret_service(set, &variable)
    }

    /// That of libsecret, if its program is installed.
    #[cfg(not(windows))]
    fn secret_service(
        set: impl Fn(&str) -> bool,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let path = variable("PATH")?;
        let mut programs = std::env::split_paths(&path).map(|folder| folder.join("secret-tool"));
        let program = programs.find(|program| program.is_file())?;
        // Without a screen there is nobody who could unlock it.
        let limit = if set("DISPLAY") || set("WAYLAND_DISPLAY") { FOR_PEOPLE } else { AT_ONCE };
        Some(Self { tool: Tool::SecretTool, program, limit })
    }

    /// The program that is asked, or what else there is in its place.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    fn ask(&self, arguments: &[&str], input: &str) -> io::Result<Said> {
        run(&self.program, arguments, input, self.limit)
    }

    fn put(&self, account: &str, secret: &str) -> io::Result<()> {
        let said = match self.tool {
            Tool::SecretTool => {
                let label = format!("--label=Trackway: {account}");
                let entry = ["store", &label, "service", SERVICE, "account", account];
                self.ask(&entry, secret)?
            }
            Tool::Security => {
                let account = quoted(account)?;
                let order =
                    format!("add-generic-password -U -s {SERVICE} -a {account} -w '{secret}'\n");
                if order.len() > LONGEST_LINE {
                    return Err(io::Error::other("the token is too long for the keychain"));
                }
                self.ask(&["-i"], &order)?
            }
            #[cfg(windows)]
            Tool::Credentials => return credentials::put(account, secret),
        };
        said.success()
    }

    fn get(&self, account: &str) -> io::Result<Option<String>> {
        let said = match self.tool {
            Tool::SecretTool => {
                self.ask(&["lookup", "service", SERVICE, "account", account], "")?
            }
            Tool::Security => {
                self.ask(&["find-generic-password", "-s", SERVICE, "-a", account, "-w"], "")?
            }
            #[cfg(windows)]
            Tool::Credentials => return credentials::get(account),
        };
        if said.code == Some(0) {
            let secret = said.output.trim().to_owned();
            return Ok(Some(secret).filter(|secret| !secret.is_empty()));
        }
        if !self.is_unknown(&said) {
            return said.success().map(|()| None);
        }
        if self.is_locked(account)? { Err(io::Error::other("it is locked")) } else { Ok(None) }
    }

    /// Whether there is an entry that was not given out: `secret-tool` says nothing where nobody can be
    /// asked to unlock it.
    fn is_locked(&self, account: &str) -> io::Result<bool> {
        if self.tool != Tool::SecretTool {
            return Ok(false);
        }
        let said = self.ask(&["search", "service", SERVICE, "account", account], "")?;
        Ok(!said.output.trim().is_empty())
    }

    fn clear(&self, account: &str) -> io::Result<()> {
        let said = match self.tool {
            Tool::SecretTool => self.ask(&["clear", "service", SERVICE, "account", account], "")?,
            Tool::Security => {
                self.ask(&["delete-generic-password", "-s", SERVICE, "-a", account], "")?
            }
            #[cfg(windows)]
            Tool::Credentials => return credentials::clear(account),
        };
        if self.is_unknown(&said) { Ok(()) } else { said.success() }
    }

    /// Whether there is just no such entry.
    fn is_unknown(&self, said: &Said) -> bool {
        match self.tool {
            Tool::SecretTool => said.code == Some(1) && said.complaint.trim().is_empty(),
            Tool::Security => said.code == Some(NOT_FOUND),
            #[cfg(windows)]
            Tool::Credentials => false,
        }
    }
}

impl TokenStore for Keychain {
    fn load(&self, account: &str) -> io::Result<Option<Tokens>> {
        let Some(secret) = self.get(account)? else { return Ok(None) };
        let wrong = || io::Error::other("the keychain holds something else under this name");
        let json = BASE64.decode(secret.as_bytes()).map_err(|_| wrong())?;
        serde_json::from_slice(&json).map(Some).map_err(|_| wrong())
    }

    fn save(&self, account: &str, tokens: &Tokens) -> io::Result<()> {
        self.put(account, &BASE64.encode(&serde_json::to_vec(tokens)?))
    }

    fn remove(&self, account: &str) -> io::Result<()> {
        self.clear(account)
    }
}

/// The account as a word of a line that `security` reads.
fn quoted(account: &str) -> io::Result<String> {
    let is_plain = |c: char| c.is_alphanumeric() || "@.:_-+".contains(c);
    if account.chars().all(is_plain) {
        return Ok(format!("'{account}'"));
    }
    Err(io::Error::other("the keychain takes no such name of an account"))
}

#[cfg(all(test, unix))]
mod tests;
