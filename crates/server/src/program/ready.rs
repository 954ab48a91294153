//! The ready file and the welcome of `trackway serve`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use trackway_core::demo::company::Access;

use super::storage;

/// What the ready file holds (design, section 0).
pub(crate) fn contents(base_url: &str, demo: Option<&Access>) -> Value {
    let Some(demo) = demo else { return json!({ "baseUrl": base_url }) };
    json!({
        "baseUrl": base_url,
        "orgId": demo.org_id,
        "cloudOrgId": demo.cloud_org_id,
        "token": demo.token,
        "login": demo.login,
        "password": demo.password,
        "userLogin": demo.user_login,
        "userToken": demo.user_token,
        "readOnlyToken": demo.read_only_token,
        "secondOrgId": demo.second_org_id,
        "secondToken": demo.second_token,
        "queue": demo.queue,
    })
}

/// Writes the ready file in one step, so that nobody reads half of it.
pub(crate) fn write(path: &Path, contents: &Value) -> Result<()> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, contents.to_string())
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write the ready file {}", path.display()))
}

/// What a person sees after a demo server has started: everything needed to use it.
pub(crate) fn demo_welcome(base_url: &str, demo: &Access) -> String {
    let Access { org_id, token, queue, login, password, .. } = demo;
    format!(
        "
Trackway is running with demo data.

  base URL                 {base_url}
  sign in as               {login}
  password                 {password}
  organisation ID for API  {org_id}
  token ({login})          {token}

Try it from a shell:

curl -s {base_url}/v3/myself -H 'Authorization: OAuth {token}' -H 'X-Org-ID: {org_id}'

curl -s '{base_url}/v3/issues/_search?perPage=3' -H 'Authorization: OAuth {token}' -H 'X-Org-ID: {org_id}' -H 'Content-Type: application/json' -d '{{\"filter\": {{\"queue\": \"{queue}\"}}}}'

Or with the official Python client (pip install yandex_tracker_client):

python3 - <<'PYTHON'
from yandex_tracker_client import TrackerClient
client = TrackerClient(token='{token}', org_id='{org_id}', base_url='{base_url}')
print(client.myself.display)
for issue in client.issues.find('Queue: {queue}', per_page=5).get_page(1):
    print(issue.key, issue.status.display, issue.summary)
PYTHON

Press Ctrl-C to stop.
"
    )
}

/// What a person sees after a server without demo data has started. Where nobody may be watching, the
/// text ends up in a log, which must not hold the code (ADR 0005).
pub(crate) fn welcome(
    base_url: &str,
    setup: Option<(&str, &Path)>,
    storage: &str,
    watched: bool,
) -> String {
    let Some((code, file)) = setup else {
        return format!("Trackway is running at {base_url}");
    };
    let file = file.display();
    let (query, place) = if watched {
        (format!("?code={code}"), format!("it is also in the file {file}"))
    } else {
        (String::new(), format!("it is in the file {file}"))
    };
    format!(
        "
Trackway is running at {base_url}, and empty. Open this page and make the first administrator:

  {base_url}/setup{query}

It asks for a code, which is good once, for a day; {place}.
Or, without a browser:

trackway admin{storage} create --login YOUR_LOGIN --organization 'Your company'
"
    )
}

/// Keeps the code of the first start where only the owner of the data folder reads it.
pub(crate) fn write_setup_code(folder: &Path, code: &str) -> Result<PathBuf> {
    let path = folder.join("setup-key");
    // An old one is replaced, so that its permissions do not matter.
    let gone = if path.exists() { std::fs::remove_file(&path) } else { Ok(()) };
    gone.and_then(|()| storage::write_private(&path, code))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Arguments;
    use super::*;

    #[test]
    fn the_way_without_a_browser_is_a_command_that_exists() {
        let setup = Some(("code", Path::new("setup-key")));
        let text = welcome("http://127.0.0.1:8080", setup, " --data /srv/tracker", true);
        let line = text.lines().find(|line| line.starts_with("trackway ")).expect("a command");
        let line = line.replace("'Your company'", "Company");
        let read = Arguments::try_parse_from(line.split(' '));
        assert!(read.is_ok(), "{line}: {:?}", read.err());
        assert!(line.contains("/srv/tracker"), "{line}");
    }
}
