//! Work in the background, as administrators watch it. An extension of ours.

wire! {
    /// A piece of work in the background.
    pub struct Job {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        kind: String,
        state: String,
        attempts: i64,
        created_at: String,
        run_at?: String,
        error?: String,
    }
}

endpoints! {
    /// Work in the background, oldest first; for administrators.
    ListJobs GET "/jobs" read => 200 Vec<Job> {
        query { state: String, per_page = "perPage": i64, id: String }
    }
    /// Tries a piece of work again now, even one that was given up.
    RetryJob POST "/jobs/{jobId}/_retry" manage => 200 Job {
        path { job }
    }
    /// Removes a piece of work, which is then never done.
    CancelJob DELETE "/jobs/{jobId}" manage => 204 () {
        path { job }
    }
}
