//! Dashboards and their widgets.

use crate::input::{Json, MaybeJson};
use crate::params::IfMatch;
use crate::types::{Members, UserRef};

wire! {
    /// A dashboard.
    pub struct Dashboard {
        id: i64,
        #[serde(rename = "self")] self_url: String,
        version: i64,
        name: String,
        layout: String,
        owner: UserRef,
        created_by: UserRef,
        created_at: String,
        widgets*: Members,
    }
}

endpoints! {
    /// Creates a dashboard.
    CreateDashboard POST "/dashboards" write => 201 Dashboard {
        body Json<Members>
    }
    /// Finds dashboards.
    SearchDashboards POST "/dashboards/_search" read => 200 Vec<Dashboard> {
        query { per_page = "perPage": i64, page: i64 }
        body MaybeJson<Members>
    }
    /// One dashboard.
    GetDashboard GET "/dashboards/{dashboardId}" read => 200 Dashboard {
        path { dashboard }
    }
    /// Changes a dashboard or places its widgets.
    UpdateDashboard PATCH "/dashboards/{dashboardId}" write => 200 Dashboard {
        path { dashboard }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a dashboard with its widgets.
    DeleteDashboard DELETE "/dashboards/{dashboardId}" write => 204 () {
        path { dashboard }
    }
    /// Creates a widget.
    CreateWidget POST "/dashboards/{dashboardId}/widgets" write => 201 Members {
        path { dashboard }
        body Json<Members>
    }
    /// Creates a widget with a given author.
    ImportWidget POST "/dashboards/{dashboardId}/widgets/_import" manage => 201 Members {
        path { dashboard }
        body Json<Members>
    }
    /// Creates a cycle time widget.
    CreateCycleTimeWidget POST "/dashboards/{dashboardId}/widgets/cycleTime"
        write => 201 Members {
        path { dashboard }
        body Json<Members>
    }
    /// One widget.
    GetWidget GET "/widgets/{widgetId}" read => 200 Members {
        path { widget }
    }
    /// Changes a widget.
    UpdateWidget PATCH "/widgets/{widgetId}" write => 200 Members {
        path { widget }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
}
