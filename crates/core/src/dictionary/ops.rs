//! Operations on dictionaries. All of them are small, so lists come whole, by order.

use trackway_api::dictionaries::{
    GetIssueType, GetPriority, GetResolution, GetStatus, IssueType, ListIssueTypes, ListPriorities,
    ListResolutions, ListStatuses, Priority, Resolution, Status,
};
use trackway_api::types::Text;

use crate::cx::{Cx, Reply};
use crate::dict::{Object, model};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::view::View;

/// Declares the two operations of a dictionary: the list, and one object by id or key.
macro_rules! dictionary {
    ($($(#[$doc:meta])* $list:ident $get:ident $table:ident
        $list_request:ident $get_request:ident $wire:ident $missing:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// None.
        pub fn $list(cx: &mut Cx<'_, '_>, r: &$list_request) -> Result<Reply<Vec<$wire>>> {
            cx.view.localize(r.localized);
            let objects = cx.dict.$table.iter().map(|o| Wire::wire(o.as_ref(), &cx.view));
            Ok(Reply::new(objects.collect()))
        }

        /// One of them by id or key.
        ///
        /// # Errors
        /// 404 when there is none.
        pub fn $get(cx: &mut Cx<'_, '_>, r: &$get_request) -> Result<Reply<$wire>> {
            cx.view.localize(r.localized);
            let object = cx.dict.$table.find(&r.id).ok_or_else(|| Code::$missing.err())?;
            Ok(Reply::new(Wire::wire(object.as_ref(), &cx.view)))
        }
    )*};
}

dictionary! {
    /// Statuses.
    list_statuses get_status statuses ListStatuses GetStatus Status StatusNotFound;
    /// Issue types.
    list_issue_types get_issue_type types
        ListIssueTypes GetIssueType IssueType IssueTypeNotFound;
    /// Priorities, the least urgent first.
    list_priorities get_priority priorities
        ListPriorities GetPriority Priority PriorityNotFound;
    /// Resolutions.
    list_resolutions get_resolution resolutions
        ListResolutions GetResolution Resolution ResolutionNotFound;
}

/// An object as the API shows it.
pub(crate) trait Wire<T> {
    /// The object for an answer.
    fn wire(&self, view: &View) -> T;
}

/// A description, left out when there is none.
fn description(text: &Name, view: &View) -> Option<Text> {
    (*text != Name::default()).then(|| text.text(view.names))
}

impl Wire<Status> for Object<model::Status> {
    fn wire(&self, view: &View) -> Status {
        Status {
            self_url: view.url(&self.path()),
            id: self.id,
            version: self.version,
            key: self.key.clone(),
            name: self.name.text(view.names),
            description: description(&self.body.description, view),
            order: self.body.order,
            status_type: self.body.status_type.key().to_owned(),
        }
    }
}

impl Wire<IssueType> for Object<model::IssueType> {
    fn wire(&self, view: &View) -> IssueType {
        IssueType {
            self_url: view.url(&self.path()),
            id: self.id,
            version: self.version,
            key: self.key.clone(),
            name: self.name.text(view.names),
            description: description(&self.body.description, view),
        }
    }
}

/// Priorities and resolutions have the same members.
macro_rules! ordered {
    ($($name:ident)*) => {$(
        impl Wire<$name> for Object<model::$name> {
            fn wire(&self, view: &View) -> $name {
                $name {
                    self_url: view.url(&self.path()),
                    id: self.id,
                    key: self.key.clone(),
                    version: self.version,
                    name: self.name.text(view.names),
                    description: description(&self.body.description, view),
                    order: self.body.order,
                }
            }
        }
    )*};
}
ordered!(Priority Resolution);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Fixture, body};

    #[test]
    fn priorities_come_by_order_with_numbers_as_ids() {
        let f = Fixture::new();
        let all =
            body(f.read(f.guest, |cx| list_priorities(cx, &ListPriorities::new())).expect("all"));
        let keys: Vec<_> = all.as_array().expect("a list").iter().map(|p| &p["key"]).collect();
        assert_eq!(keys, ["trivial", "minor", "normal", "critical", "blocker"]);
        assert_eq!(all[4]["id"], 5);
        assert_eq!(all[4]["order"], 5);
        assert_eq!(all[4]["version"], 1);
        assert_eq!(all[4]["name"], "Blocker");
        assert_eq!(all[4].get("description"), None);
    }

    #[test]
    fn names_come_in_both_languages_on_request() {
        let f = Fixture::new();
        let r = GetStatus::new("needInfo").localized(false);
        let status = body(f.read(f.ann, |cx| get_status(cx, &r)).expect("a status"));
        assert_eq!(status["name"], json!({"ru": "Требуется информация", "en": "Need Info"}));
        assert_eq!(status["type"], "paused");
    }

    #[test]
    fn objects_are_found_by_id_and_by_key() {
        let f = Fixture::new();
        for id in ["fixed", "1"] {
            let r = GetResolution::new(id);
            let one = body(f.read(f.ann, |cx| get_resolution(cx, &r)).expect("one"));
            assert_eq!(one["key"], "fixed");
            assert_eq!(one["self"], "http://tracker.test/v3/resolutions/1");
        }
        let r = GetIssueType::new("bug");
        let bug = body(f.read(f.ann, |cx| get_issue_type(cx, &r)).expect("a type"));
        assert_eq!((&bug["id"], &bug["name"]), (&json!(1), &json!("Bug")));
        for id in ["nosuch", "999", "99999999999999999999", ""] {
            let r = GetPriority::new(id);
            let error = f.read(f.ann, |cx| get_priority(cx, &r)).expect_err("none");
            assert_eq!(error.status(), 404, "{id}");
        }
    }

    #[test]
    fn lists_are_whole() {
        let f = Fixture::new();
        f.read(f.ann, |cx| {
            assert_eq!(
                body(list_statuses(cx, &ListStatuses::new())?).as_array().map(Vec::len),
                Some(28)
            );
            let types = body(list_issue_types(cx, &ListIssueTypes::new())?);
            assert_eq!(types.as_array().map(Vec::len), Some(21));
            let resolutions = body(list_resolutions(cx, &ListResolutions::new())?);
            assert_eq!(resolutions.as_array().map(Vec::len), Some(8));
            Ok(())
        })
        .expect("lists");
    }
}
