//! Example sessions of the command line: files of `$ command` lines with what they print, run in a
//! shell against the real program and compared. `UPDATE_SESSIONS=1` writes what is printed now.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::server::Server;
use crate::{binary, paths};

/// A person at a shell: a home of their own, a server, a token.
#[derive(Debug)]
pub struct Shell {
    home: TempDir,
    env: Vec<(String, String)>,
    hidden: Vec<(String, String)>,
}

impl Shell {
    /// Somebody who works with a server as the demo's administrator.
    ///
    /// # Panics
    ///
    /// When no folder can be made, or the server is no demo.
    pub fn new(server: &Server) -> Self {
        let ready = server.ready();
        let shell = Self::stranger(server);
        shell
            .with("TRACKWAY_SERVER", ready.base_url())
            .with("TRACKWAY_ORG_ID", ready.text("orgId"))
            .with("TRACKWAY_TOKEN", ready.text("token"))
    }

    /// Somebody who is not signed in.
    ///
    /// # Panics
    ///
    /// When no folder can be made.
    pub fn stranger(server: &Server) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let ready = server.ready();
        let host = ready.base_url().trim_start_matches("http://").to_owned();
        let hidden = [
            (host, "tracker.example.org"),
            (ready.text("orgId").to_owned(), "ORG"),
            (home.path().display().to_string(), "HOME"),
        ];
        let hidden = hidden.map(|(from, to)| (from, to.to_owned())).to_vec();
        let shell = Self { home, env: Vec::new(), hidden };
        let path = Self::path();
        let home = shell.home.path().display().to_string();
        shell
            .with("PATH", &path)
            .with("HOME", &home)
            .with("TRACKWAY_CONFIG_DIR", &format!("{home}/config"))
            .with("TRACKWAY_LANG", "en")
            // Whatever keychain this machine has is not that of the tests.
            .with("TRACKWAY_AUTH_STORAGE", "file")
            .with("LC_ALL", "C.UTF-8")
            .with("NO_COLOR", "1")
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .with("GIT_AUTHOR_NAME", "x")
            .with("GIT_AUTHOR_EMAIL", "x@example.org")
            .with("GIT_COMMITTER_NAME", "x")
            .with("GIT_COMMITTER_EMAIL", "x@example.org")
    }

    /// Where programs are looked for: ours before those of the machine.
    ///
    /// # Panics
    ///
    /// When the program lies nowhere.
    pub fn path() -> String {
        let folder = binary::trackway().parent().expect("a program lies in a folder").display();
        format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
    }

    /// With a variable of the environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A command of a shell, in the home folder.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).env_clear().current_dir(self.home.path());
        command.envs(self.env.iter().cloned()).stdin(std::process::Stdio::null());
        command
    }

    /// What a line prints on both streams, and its exit code where that is not 0.
    ///
    /// # Panics
    ///
    /// When there is no shell.
    pub fn run(&self, line: &str) -> String {
        let output = self.command(&format!("exec 2>&1\n{line}")).output().expect("a shell");
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        if !output.status.success() {
            writeln!(text, "[exit {}]", output.status.code().unwrap_or(-1)).expect("memory");
        }
        self.redacted(&text)
    }

    /// Runs a file of `tests/sessions` and compares.
    ///
    /// # Panics
    ///
    /// When something else is printed than the file says.
    pub fn play(&self, name: &str) {
        let path: PathBuf = paths::root().join("tests/sessions").join(name);
        let wanted = std::fs::read_to_string(&path).unwrap_or_default();
        let mut played = String::new();
        for line in wanted.lines().filter(|line| line.starts_with(['$', '#'])) {
            writeln!(played, "{line}").expect("memory");
            if let Some(command) = line.strip_prefix("$ ") {
                played.push_str(&self.run(command));
            }
        }
        if std::env::var_os("UPDATE_SESSIONS").is_some() {
            std::fs::write(&path, &played).expect("the session can be written");
            return;
        }
        let differs = wanted.lines().zip(played.lines()).find(|(wanted, played)| wanted != played);
        assert!(
            wanted == played,
            "{name} differs (UPDATE_SESSIONS=1 accepts it), first at {differs:?}\n{played}"
        );
    }

    /// Without what is another thing each time: addresses, times, ids.
    fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.hidden {
            text = text.replace(from, to);
        }
        text.lines().map(|line| masked(line) + "\n").collect()
    }
}

/// The line with moments and long ids replaced.
fn masked(line: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        out.push_str(&masked_word(word));
        word.clear();
    };
    for c in line.chars() {
        if c.is_ascii_alphanumeric() || "-:.+_".contains(c) {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    out
}

fn masked_word(word: &str) -> String {
    let bytes = word.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is_day = digits(0..4) && digits(5..7) && digits(8..10) && bytes.get(4) == Some(&b'-');
    if is_day && word.len() > 10 && bytes.get(10) == Some(&b'T') {
        return "TIME".to_owned();
    }
    if is_day && word.len() == 10 {
        return "DAY".to_owned();
    }
    if word.len() == 5 && digits(0..2) && bytes.get(2) == Some(&b':') && digits(3..5) {
        return "CLOCK".to_owned();
    }
    let is_hex = word.len() >= 16 && bytes.iter().all(u8::is_ascii_hexdigit);
    if is_hex { "ID".to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_changes_is_masked() {
        let line =
            "A-1 at 2026-11-24T10:11:12.345Z, due 2026-11-30 10:11, id 593cd211ef7e8a332414f2a7.";
        assert_eq!(masked(line), "A-1 at TIME, due DAY CLOCK, id 593cd211ef7e8a332414f2a7.");
        assert_eq!(masked("id 593cd211ef7e8a332414f2a7"), "id ID");
    }
}
