//! What programs often do with more than one request.

use std::time::Duration;

use trackway_api::bulk::{BulkChange, GetBulkChange};
use trackway_api::changelog::{Change, ListChangelog};
use trackway_api::issues::{CreateIssue, FindIssueByUnique, Issue, SearchIssues, SearchRequest};
use trackway_api::types::Members;

use crate::{Error, Items, Tracker};

/// Issues of a page of [`Tracker::changes_since`].
const PAGE: i64 = 100;
/// First and longest pause between two looks at a bulk change.
const PAUSES: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(5));
/// States in which a bulk change stays.
const ENDED: [&str; 4] = ["COMPLETE", "COMPLETED", "FAILED", "CANCELLED"];

/// An issue that changed, with what changed.
#[derive(Clone, Debug)]
pub struct ChangedIssue {
    /// The issue as it is now.
    pub issue: Issue,
    /// Its changes since the moment asked for, oldest first.
    pub changes: Vec<Change>,
}

/// Issues that changed, see [`Tracker::changes_since`].
#[derive(Debug)]
pub struct Changes {
    tracker: Tracker,
    issues: Items<Issue>,
    since: String,
}

impl Changes {
    /// The next issue with its changes, `None` after the last. Keep the `updated_at` of the last
    /// one: it is the moment to go on from.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn next_issue(&mut self) -> Result<Option<ChangedIssue>, Error> {
        let Some(issue) = self.issues.next_item().await? else { return Ok(None) };
        let log = self.tracker.pages(ListChangelog::new(&issue.key).per_page(PAGE));
        let mut changes = log.items().collect_all().await?;
        // Times of the API are written alike, so that texts compare as the times do.
        changes.retain(|change| change.updated_at.as_str() >= self.since.as_str());
        Ok(Some(ChangedIssue { issue, changes }))
    }
}

impl Tracker {
    /// Issues that changed at or after a moment, written as the API writes it
    /// (`2026-11-24T10:11:12.345+0000`), the earliest change first; `query` narrows them. A program
    /// that follows a tracker runs this again and again with the `updated_at` of the last issue.
    pub fn changes_since(&self, query: Option<&str>, since: &str) -> Changes {
        // Queries know seconds at best.
        let second = since.get(..19).unwrap_or(since);
        let moment = format!(r#"Updated: >="{second}""#);
        let query = match query.filter(|query| !query.trim().is_empty()) {
            Some(query) => format!(r#"({query}) AND {moment} "Sort By": Updated ASC"#),
            None => format!(r#"{moment} "Sort By": Updated ASC"#),
        };
        let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
        let issues = self.pages(SearchIssues::new(request).per_page(PAGE)).items();
        Changes { tracker: self.clone(), issues, since: since.to_owned() }
    }

    /// Creates an issue unless there is one with this `unique` value, and says whether it was
    /// created. Running it twice makes one issue.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_or_get(
        &self,
        unique: &str,
        mut body: Members,
    ) -> Result<(Issue, bool), Error> {
        body.insert("unique".to_owned(), unique.into());
        match self.send(CreateIssue::new(body)).await {
            Ok(issue) => Ok((issue, true)),
            Err(Error::Conflict(_)) => {
                Ok((self.send(FindIssueByUnique::new().unique(unique)).await?, false))
            }
            Err(error) => Err(error),
        }
    }

    /// Waits until a bulk change has ended, whether well or not, and gives its last state; every
    /// state seen goes to `progress`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn wait_for_bulk_change(
        &self,
        id: &str,
        mut progress: impl FnMut(&BulkChange),
    ) -> Result<BulkChange, Error> {
        let (mut pause, longest) = PAUSES;
        loop {
            let change = self.send(GetBulkChange::new(id)).await?;
            progress(&change);
            if ENDED.contains(&change.status.as_str()) {
                return Ok(change);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }
}
