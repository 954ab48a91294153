//! Renaming tags of a queue, and making one of several: a bulk change of the issues that carry them.

use clap::Args;
use serde_json::json;
use trackway_client::api::HttpMethod;

use crate::bulk;
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::session::Session;

/// Arguments of `trackway queue tag-rename`.
#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// Key of the queue.
    #[arg(add = crate::complete::of("queues"))]
    key: String,
    /// Tag.
    old: String,
    /// Its new name.
    new: String,
}

/// Arguments of `trackway queue tag-merge`.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// Key of the queue.
    #[arg(add = crate::complete::of("queues"))]
    key: String,
    /// Tags.
    #[arg(required = true)]
    tags: Vec<String>,
    /// The tag that issues have instead.
    #[arg(long, value_name = "TAG")]
    into: String,
}

pub(super) async fn rename(
    arguments: Rename,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    replace(&arguments.key, &[arguments.old], &arguments.new, session).await
}

pub(super) async fn merge(arguments: Merge, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let Merge { key, mut tags, into } = arguments;
    tags.retain(|tag| *tag != into);
    replace(&key, &tags, &into, session).await
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// Puts one tag in the place of others in all issues of a queue, and takes those out of its list.
async fn replace(
    key: &str,
    old: &[String],
    new: &str,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    if old.is_empty() || old.iter().any(|tag| tag == new) {
        return Err(Failure::usage("it is the same tag"));
    }
    let names: Vec<String> = old.iter().map(|tag| quoted(tag)).collect();
    let query = format!("Queue: {} Tags: {}", quoted(key), names.join(", "));
    let values = json!({"tags": {"add": [new], "remove": old}});
    let what = shown(&format!("tag {} → {new}", old.join(", ")));
    match bulk::change(session, &query, values, &what).await {
        // A tag that no issue carries any more may still be offered.
        Err(failure) if failure.kind() == Kind::NotFound => {
            let path = Session::at("/queues/{key}/tags", &[key]);
            let known = session.whole(&path, &[]).await?;
            if !old.iter().any(|tag| known.iter().any(|one| one == tag.as_str())) {
                return Err(failure);
            }
        }
        changed => changed?,
    }
    let path = Session::at("/queues/{key}/tags/_remove", &[key]);
    for tag in old {
        let gone = session.write(HttpMethod::POST, &path, &[], Some(json!({"tag": tag}))).await;
        match gone {
            // Where the list is made of the issues, the tag is not in it any more.
            Err(failure) if matches!(failure.kind(), Kind::NotFound | Kind::Rules) => {}
            done => drop(done?),
        }
    }
    Ok(())
}
