//! Absences of people.

use serde_json::Value;

use crate::input::Json;
use crate::params::List;
use crate::users::User;

wire! {
    /// An absence.
    pub struct Gap {
        id: String,
        workflow: String,
        from: String,
        to: String,
        full_day: bool,
        work_in_absence: bool,
        user?: User,
    }
    /// An absence to be recorded; one of a known id is replaced.
    pub struct GapInput {
        id?: Value,
        user?: Value,
        workflow?: Value,
        from?: Value,
        to?: Value,
        full_day?: Value,
        work_in_absence?: Value,
    }
    /// Absences to be recorded.
    pub struct GapsCreate {
        gaps?: Vec<GapInput>,
    }
    /// Absences that were recorded.
    pub struct GapsCreated {
        gaps: Vec<Gap>,
    }
    /// Whose absences are wanted, and when; `from` is now when it is missing.
    pub struct GapsSearch {
        users?: Value,
        from?: Value,
        to?: Value,
    }
    /// Absences of a person.
    pub struct UserGaps {
        user: User,
        gaps: Vec<Gap>,
    }
    /// A page of people with their absences.
    pub struct GapsPage {
        user_gaps: Vec<UserGaps>,
        has_more: bool,
    }
    /// A kind of absence.
    pub struct GapWorkflow {
        id: String,
        name: String,
    }
}

endpoints! {
    /// Records absences.
    CreateGaps POST "/gaps" manage => 200 GapsCreated { body Json<GapsCreate> }
    /// Deletes absences.
    DeleteGaps DELETE "/gaps" manage => 204 () { query { gap_ids = "gapIds": List } }
    /// Finds absences of people.
    SearchGaps POST "/gaps/_search" read => 200 GapsPage {
        query { per_page = "perPage": i64, page: i64 }
        body Json<GapsSearch>
    }
    /// Kinds of absences.
    ListGapWorkflows GET "/gaps/workflows" read => 200 Vec<GapWorkflow> {}
}
