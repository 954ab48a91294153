//! `trackway queue access`: who may do what, and by which rule.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};

use crate::directory::Tree;
use crate::failure::Failure;
use crate::lang::shown;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const HOLDERS: &[Column] = &[
    Column("RIGHT", "right"),
    Column("USERS", "users"),
    Column("GROUPS", "groups"),
    Column("ROLES", "roles"),
];
const VERDICT: &[Column] = &[Column("RIGHT", "right"), Column("HELD", "held"), Column("WHY", "by")];

/// Roles that an issue gives, with its member that says who plays them.
const ISSUE_ROLES: [(&str, &str); 4] = [
    ("author", "createdBy"),
    ("assignee", "assignee"),
    ("follower", "followers"),
    ("access", "access"),
];

/// Arguments of `trackway queue access`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Key.
    #[arg(add = crate::complete::of("queues"))]
    key: String,
    /// What this person may do, and by which rule: me or a login.
    #[arg(long, value_name = "WHO", add = crate::complete::of("people"))]
    user: Option<String>,
    /// The same for an issue of the queue, with its people and components.
    #[arg(long, value_name = "ISSUE", add = crate::complete::of("keys"))]
    explain: Option<String>,
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let Arguments { key, user, explain } = arguments;
    if user.is_none() && explain.is_none() {
        return show(&key, session).await;
    }
    let user = Person::find(user.as_deref().unwrap_or("me"), session).await?;
    let issue = match explain {
        Some(issue) => {
            let path = Session::at("/issues/{key}", &[&session.key(&issue)]);
            Some(session.get(&path, &[]).await?)
        }
        None => None,
    };
    if let Some(issue) = issue.as_ref().filter(|issue| issue["queue"]["key"] != key.as_str()) {
        let (issue, queue) = (cell(issue.get("key")), cell(issue["queue"].get("key")));
        return Err(Failure::usage(format!("{issue} is in queue {queue}")));
    }
    let verdicts = verdicts(&key, &user, issue.as_ref(), session).await?;
    let rows = verdicts.iter().map(|one| {
        let by: Vec<String> = one.by.iter().map(|by| shown(by)).collect();
        json!({"right": one.right, "held": one.held, "by": by})
    });
    let rows = rows.collect();
    session.output.list(VERDICT, rows)?;
    session.output.remark(
        "administrators see all issues whatever the rules say; to change them they need full access",
    );
    Ok(())
}

/// Who holds which right in a queue.
pub(super) async fn show(key: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let access = session.get(&Session::at("/queues/{key}/permissions", &[key]), &[]).await?;
    if session.output.is_json() {
        return session.output.json(&access);
    }
    let rows = ["create", "read", "write", "grant", "deny"].map(|right| {
        let holders = &access[right];
        json!({"right": right, "users": holders["users"], "groups": holders["groups"],
            "roles": holders["roles"]})
    });
    session.output.list(HOLDERS, rows.to_vec())
}

/// Somebody about whom is asked.
struct Person {
    uid: String,
    /// Whether more than reading is allowed at all.
    full: bool,
    groups: BTreeSet<String>,
}

impl Person {
    async fn find(who: &str, session: &Session<'_, '_>) -> Result<Self, Failure> {
        let uid = session.user(who).await?;
        let user = session.get(&Session::at("/users/{id}", &[&uid]), &[]).await?;
        let groups = Tree::read(session).await?.groups_of(&uid, session).await?;
        Ok(Self { uid, full: user["hasLicense"] != false, groups })
    }
}

/// Whether a right is held, and why or why not.
#[derive(Debug, PartialEq)]
struct Verdict {
    right: &'static str,
    held: bool,
    by: Vec<String>,
}

/// Rules, and what they give a person by themselves.
struct Rules {
    /// The component they are of; nothing for those of the queue.
    component: Option<String>,
    /// Who holds what.
    holders: Value,
    /// What the person holds by name, by group, and by roles in the queue.
    own: Value,
}

async fn verdicts(
    key: &str,
    user: &Person,
    issue: Option<&Value>,
    session: &Session<'_, '_>,
) -> Result<Vec<Verdict>, Failure> {
    let id = &user.uid;
    let at = |template: &str, of: &str| Session::at(template, &[of]);
    let of_user = |template: &str, of: &str| Session::at(template, &[of, id]);
    let queue = Rules {
        component: None,
        holders: session.get(&at("/queues/{key}/permissions", key), &[]).await?,
        own: session.get(&of_user("/queues/{key}/permissions/users/{id}", key), &[]).await?,
    };
    let mut ruled = Vec::new();
    for component in issue.and_then(|issue| issue["components"].as_array()).into_iter().flatten() {
        let of = cell(component.get("id"));
        let holders = session.get(&at("/components/{id}/permissions", &of), &[]).await?;
        // A component without rules of its own changes nothing.
        if RIGHTS.iter().chain(&["deny"]).any(|right| holders.get(*right).is_some()) {
            let path = of_user("/components/{id}/permissions/users/{user}", &of);
            let own = session.get(&path, &[]).await?;
            ruled.push(Rules { component: Some(cell(Some(component))), holders, own });
        }
    }
    let query = [("expand", "all".to_owned())];
    let settings = session.get(&at("/queues/{key}", key), &query).await?;
    let all = settings["useComponentPermissionsIntersection"] == true;
    Ok(RIGHTS.into_iter().map(|right| judge(right, user, issue, &queue, &ruled, all)).collect())
}

const RIGHTS: [&str; 4] = ["create", "read", "write", "grant"];

/// The decision of the server in the order in which it is made: the list of those refused, full
/// access, rules of components in the place of the queue's, the queue's.
fn judge(
    right: &'static str,
    user: &Person,
    issue: Option<&Value>,
    queue: &Rules,
    ruled: &[Rules],
    all: bool,
) -> Verdict {
    let no = |why: &str| Verdict { right, held: false, by: vec![why.to_owned()] };
    if right != "grant" && is_refused(&queue.holders, user, issue) {
        return no("is on the list of those refused");
    }
    if right != "read" && !user.full {
        return no("has no full access");
    }
    let deciding: Vec<&Rules> = match ruled {
        [] => vec![queue],
        _ if right == "grant" => vec![queue],
        ruled => ruled.iter().collect(),
    };
    let found: Vec<Vec<String>> =
        deciding.iter().map(|rules| grants(rules, right, user, issue)).collect();
    let held = if all {
        found.iter().all(|by| !by.is_empty())
    } else {
        found.iter().any(|by| !by.is_empty())
    };
    let by: Vec<String> = found.concat();
    match (held, deciding.first().and_then(|rules| rules.component.as_ref())) {
        (true, _) => Verdict { right, held, by },
        (false, Some(_)) => {
            let names: Vec<&str> =
                deciding.iter().filter_map(|rules| rules.component.as_deref()).collect();
            no(&format!("rules of components: {}", names.join(", ")))
        }
        (false, None) => no("no rule gives it"),
    }
}

/// What gives a right, in words.
fn grants(rules: &Rules, right: &str, user: &Person, issue: Option<&Value>) -> Vec<String> {
    if rules.component.is_some() && is_refused(&rules.holders, user, issue) {
        return Vec::new();
    }
    let own = &rules.own["permissions"][right.to_uppercase()];
    let each = |kind: &str| own[kind].as_array().cloned().unwrap_or_default();
    let mut by = Vec::new();
    by.extend(each("users").iter().map(|_| "by name".to_owned()));
    by.extend(each("groups").iter().map(|group| format!("group {}", cell(Some(group)))));
    by.extend(each("roles").iter().map(|role| format!("role {}", cell(Some(role)))));
    // Whoever may edit may read.
    let giving: &[&str] = if right == "read" { &["read", "write"] } else { &["write"] };
    if let Some(issue) = issue.filter(|_| matches!(right, "read" | "write")) {
        for role in giving.iter().flat_map(|right| played(&rules.holders[*right], user, issue)) {
            let role = format!("role {role}");
            if !by.contains(&role) {
                by.push(role);
            }
        }
    }
    match &rules.component {
        Some(name) => by.into_iter().map(|by| format!("{by} (component {name})")).collect(),
        None => by,
    }
}

/// The roles among holders of a right that a person plays in an issue.
fn played(holders: &Value, user: &Person, issue: &Value) -> Vec<String> {
    let is = |role: &Value| {
        let member = ISSUE_ROLES.iter().find(|(known, _)| role["id"] == *known);
        member.is_some_and(|(_, member)| has(&issue[*member], user))
    };
    let roles = holders["roles"].as_array().into_iter().flatten();
    roles.filter(|role| is(role)).map(|role| cell(Some(role))).collect()
}

/// Whether a reference, or one of a list, is to this person.
fn has(value: &Value, user: &Person) -> bool {
    let is = |one: &Value| cell(one.get("id")) == user.uid;
    value.as_array().map_or_else(|| is(value), |all| all.iter().any(is))
}

fn is_refused(holders: &Value, user: &Person, issue: Option<&Value>) -> bool {
    let deny = &holders["deny"];
    let listed = |kind: &str| deny[kind].as_array().cloned().unwrap_or_default();
    let of_group = |group: &Value| user.groups.contains(&cell(group.get("id")));
    listed("users").iter().any(|one| has(one, user))
        || listed("groups").iter().any(of_group)
        || issue.is_some_and(|issue| !played(deny, user, issue).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(component: Option<&str>, holders: Value, own: &Value) -> Rules {
        Rules { component: component.map(str::to_owned), holders, own: json!({"permissions": own}) }
    }

    #[test]
    fn rights_are_told_with_what_gives_them() {
        let person = |full| {
            let groups = ["0", "5"].map(str::to_owned).into_iter().collect();
            Person { uid: "7".to_owned(), full, groups }
        };
        let ann = person(true);
        let issue = json!({"createdBy": {"id": "7"}, "assignee": {"id": "8"}});
        let author = json!({"roles": [{"id": "author", "display": "Author"}]});
        let group = json!({"groups": [{"id": "5", "display": "QA"}]});
        let queue = rules(None, json!({"write": author}), &json!({"READ": group, "CREATE": {}}));
        let told = |right, user: &Person, issue: Option<&Value>, ruled: &[Rules], all| {
            let verdict = judge(right, user, issue, &queue, ruled, all);
            (verdict.held, verdict.by.join("; "))
        };
        let yes = |by: &str| (true, by.to_owned());
        let no = |by: &str| (false, by.to_owned());
        assert_eq!(told("read", &ann, None, &[], false), yes("group QA"));
        assert_eq!(told("write", &ann, None, &[], false), no("no rule gives it"));
        assert_eq!(told("write", &ann, Some(&issue), &[], false), yes("role Author"));
        assert_eq!(told("read", &ann, Some(&issue), &[], false), yes("group QA; role Author"));
        let reader = person(false);
        assert_eq!(told("write", &reader, Some(&issue), &[], false), no("has no full access"));

        let open = rules(Some("API"), json!({}), &json!({"READ": {"users": [{"id": "7"}]}}));
        let shut =
            rules(Some("Pay"), json!({"deny": {"groups": [{"id": "5"}]}}), &json!({"READ": group}));
        let both = [open, shut];
        assert_eq!(
            told("read", &ann, Some(&issue), &both, false),
            yes("by name (component API)"),
            "the rules of components stand in the place of the queue's"
        );
        assert_eq!(
            told("read", &ann, Some(&issue), &both, true),
            no("rules of components: API, Pay")
        );
        let refusing =
            rules(None, json!({"deny": {"users": [{"id": "7"}]}}), &json!({"READ": group}));
        let verdict = judge("read", &ann, Some(&issue), &refusing, &[], false);
        assert_eq!(
            (verdict.held, verdict.by[0].as_str()),
            (false, "is on the list of those refused")
        );
        let own = judge("grant", &ann, None, &refusing, &[], false);
        assert_eq!(own.by, ["no rule gives it"], "settings are another matter");
    }
}
