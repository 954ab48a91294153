//! `trackway issue vote` and `unvote`.

use trackway_client::api::HttpMethod;

use super::work::Follow;
use crate::failure::Failure;
use crate::session::{ISSUE, Session};

/// Votes for issues, or takes votes back. What is so already is left alone, so that undoing the
/// command takes back no older vote.
pub(super) async fn vote(
    arguments: Follow,
    on: bool,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let who = session.user(&arguments.who).await?;
    for key in session.keys(&arguments.keys)? {
        let path = Session::at("/issues/{key}", &[&key]);
        let issue = session.get(&path, &[("fields", "votedBy".to_owned())]).await?;
        let mut voters = issue["votedBy"].as_array().into_iter().flatten();
        if voters.any(|voter| voter["id"] == who.as_str()) == on {
            let line = if on {
                format!("{key} has this vote already")
            } else {
                format!("{key} has no such vote")
            };
            session.output.remark(&line);
            continue;
        }
        let path = Session::at("/issues/{key}/votes/{user}", &[&key, &who]);
        let method = if on { HttpMethod::POST } else { HttpMethod::DELETE };
        if let Some(issue) = session.write(method, &path, &[], None).await? {
            let line = if on {
                format!("{key} has one more vote")
            } else {
                format!("{key} has one vote less")
            };
            session.output.changed(ISSUE, &line, issue)?;
        }
    }
    Ok(())
}
