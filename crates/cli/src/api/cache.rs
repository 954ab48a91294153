//! Answers to what was read, kept for a while in files that only this user can read.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::request::Composed;

/// Answers older than this are of no use to anybody.
const OLDEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A stretch of time, as 90s, 10m, 1h or 2d.
pub(super) fn age(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time, as 10m or 1h");
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match text.get(number.len()..) {
        Some("" | "s") => 1,
        Some("m") => 60,
        Some("h") => 60 * 60,
        Some("d") => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// The folder of answers.
fn folder(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let caches = set("XDG_CACHE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(caches.join("trackway").join("api"))
}

/// Where the answer to a request is kept.
#[derive(Debug)]
pub(super) struct Place {
    file: PathBuf,
    /// The request in words, so that no other one with the same name of a file is answered.
    request: String,
    fresh: Duration,
}

impl Place {
    /// Of a request by somebody: `whose` tells servers, organisations and tokens apart.
    pub(super) fn of(
        composed: &Composed,
        whose: &str,
        paginate: bool,
        fresh: Duration,
    ) -> Option<Self> {
        let folder = folder(|name| std::env::var(name).ok())?;
        Some(Self::within(&folder, format!("{} {paginate} {whose}", composed.told()), fresh))
    }

    fn within(folder: &Path, request: String, fresh: Duration) -> Self {
        let mut hasher = DefaultHasher::new();
        request.hash(&mut hasher);
        Self { file: folder.join(format!("{:016x}.json", hasher.finish())), request, fresh }
    }

    /// The pages and the head that are kept, if they are fresh.
    pub(super) fn read(&self) -> Option<(String, Vec<Value>)> {
        let made = fs::metadata(&self.file).and_then(|data| data.modified()).ok()?;
        // A clock that was put back makes answers from the future.
        let age = SystemTime::now().duration_since(made).ok()?;
        let kept: Value = serde_json::from_str(&fs::read_to_string(&self.file).ok()?).ok()?;
        if age > self.fresh || kept["request"] != self.request.as_str() {
            return None;
        }
        let pages = kept["pages"].as_array()?.clone();
        Some((kept["head"].as_str().unwrap_or_default().to_owned(), pages))
    }

    /// Keeps an answer. One that cannot be kept is asked for again.
    pub(super) fn write(&self, head: &str, pages: &[Value]) {
        let kept = json!({"request": self.request, "head": head, "pages": pages});
        self.put(&kept.to_string()).ok();
    }

    fn put(&self, text: &str) -> std::io::Result<()> {
        use std::io::Write;
        let Some(folder) = self.file.parent() else { return Ok(()) };
        fs::create_dir_all(folder)?;
        sweep(folder);
        let partial = self.file.with_extension(format!("{}.partial", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&partial)?.write_all(text.as_bytes())?;
        fs::rename(partial, &self.file)
    }
}

/// Removes what is too old.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let made = entry.metadata().and_then(|data| data.modified()).ok();
        let age = made.and_then(|made| SystemTime::now().duration_since(made).ok());
        if age.is_some_and(|age| age > OLDEST) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read() {
        assert_eq!(age("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(age("1h"), Ok(Duration::from_secs(60 * 60)));
        assert_eq!(age("2d"), Ok(Duration::from_secs(48 * 60 * 60)));
        assert!(age("soon").is_err() && age("1y").is_err() && age("-1h").is_err());
    }

    #[test]
    fn answers_are_kept_for_the_same_request_only() {
        let folder = std::env::temp_dir().join(format!("trackway-cache-{}", std::process::id()));
        let hour = Duration::from_secs(60 * 60);
        let of = |request: &str, fresh| Place::within(&folder, request.to_owned(), fresh);
        assert!(of("GET /a", hour).read().is_none());
        of("GET /a", hour).write("200", &[json!({"a": 1})]);
        assert_eq!(of("GET /a", hour).read(), Some(("200".to_owned(), vec![json!({"a": 1})])));
        assert!(of("GET /b", hour).read().is_none());
        assert!(of("GET /a", Duration::ZERO).read().is_none(), "too old");
        let other = Place { request: "GET /c".to_owned(), ..of("GET /a", hour) };
        assert!(other.read().is_none(), "another request under the same name");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(of("GET /a", hour).file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(&folder).expect("removed");
    }
}
