//! What administrators decided about an application, for its owner.

use trackway_core::oauth::application::Application;

use crate::ui::call::Call;

/// A decision, and what follows from it.
pub(super) struct Mark {
    pub(super) label: String,
    pub(super) hint: String,
}

/// Every decision but a block and a missing approval, which the page says above everything.
pub(super) fn marks(call: &Call<'_>, app: &Application) -> Vec<Mark> {
    let (t, standing) = (call.t, &app.standing);
    let all = [
        (standing.verified, t.standing_verified, t.standing_verified_hint),
        (standing.second_factor, t.standing_factor, t.standing_factor_hint),
        (standing.implicit_redirect, t.standing_implicit, t.standing_implicit_hint),
        (standing.resource_server, t.standing_resource, t.standing_resource_hint),
    ];
    let said = all.into_iter().filter(|(on, ..)| *on);
    let mut marks: Vec<Mark> = said
        .map(|(_, label, hint)| Mark { label: label.to_string(), hint: hint.to_string() })
        .collect();
    if !standing.organizations.is_empty() {
        let label = t.standing_limited.to_string();
        marks.push(Mark { label, hint: own_organizations(call, &standing.organizations) });
    }
    marks
}

/// Names of those that the owner is in; which others there are is not for everybody.
fn own_organizations(call: &Call<'_>, chosen: &[i64]) -> String {
    let orgs = call.signed.iter().flat_map(|signed| &signed.person.orgs);
    let own = orgs.filter(|dict| chosen.contains(&dict.org_id));
    let names: Vec<&str> = own.map(|dict| dict.org.name.get(call.lang)).collect();
    names.join(", ")
}
