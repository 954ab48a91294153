//! `{queue}`, `{issue}`, `{org}` and `{me}` in paths and queries: what the context of the call says.

use trackway_client::Builder;
use trackway_client::api::users::GetMyself;

use super::Arguments;
use crate::failure::Failure;
use crate::git;

/// Puts values in the place of placeholders.
///
/// # Errors
/// The context has no such value.
pub(super) async fn fill(
    arguments: &mut Arguments,
    queue: Option<&str>,
    builder: &Builder,
) -> Result<(), Failure> {
    let Arguments { words, path, query, .. } = arguments;
    let pairs = path.iter_mut().chain(query).map(|pair| &mut pair.value);
    let mut texts: Vec<&mut String> = words.iter_mut().chain(pairs).collect();
    for name in ["queue", "issue", "org", "me"] {
        let mark = format!("{{{name}}}");
        if !texts.iter().any(|text| text.contains(&mark)) {
            continue;
        }
        let value = match name {
            "queue" => queue.map(str::to_owned).ok_or_else(|| {
                Failure::usage("there is no default queue").hint("trackway config set queue KEY")
            })?,
            "issue" => issue().ok_or_else(|| {
                Failure::usage("no issue is given")
                    .hint("name its key, or work on a branch that is named after it")
            })?,
            "org" => builder
                .organisation()
                .map(|(_, id)| id.to_owned())
                .ok_or_else(|| Failure::usage("no organisation is chosen").hint("give --org ID"))?,
            _ => builder.clone().build()?.send(GetMyself::default()).await?.login,
        };
        for text in &mut texts {
            **text = text.replace(&mark, &value);
        }
    }
    Ok(())
}

fn issue() -> Option<String> {
    let set = std::env::var("TRACKWAY_ISSUE").ok().filter(|key| !key.is_empty());
    set.or_else(git::issue)
}
