//! Fields of an issue in flags, for creating and editing.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::types::Members;

use super::dates;
use crate::api::Field;
use crate::complete;
use crate::failure::Failure;
use crate::session::{self, Session};

/// Fields in flags.
#[derive(Debug, Args)]
pub(crate) struct Fields {
    /// What it is about, in full: a text, @file, or - for standard input.
    #[arg(short, long)]
    description: Option<String>,
    /// Type, by key or name.
    #[arg(short = 't', long = "type", value_name = "TYPE", add = complete::of("types"))]
    issue_type: Option<String>,
    /// Priority, by key or name.
    #[arg(short, long, add = complete::of("priorities"))]
    priority: Option<String>,
    /// Who is to do it: me, none or a login.
    #[arg(short, long, value_name = "WHO", add = complete::of("people"))]
    assignee: Option<String>,
    /// Issue that this one is a part of.
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// Epic that this one is in.
    #[arg(long, value_name = "KEY")]
    epic: Option<String>,
    /// Tags; several with commas. When editing, +tag adds and -tag removes.
    #[arg(short = 'T', long = "tag", value_name = "TAGS", allow_hyphen_values = true)]
    tags: Vec<String>,
    /// Components, as tags.
    #[arg(short = 'C', long = "component", value_name = "NAMES", allow_hyphen_values = true)]
    components: Vec<String>,
    /// Followers, as tags: me, or logins.
    #[arg(long = "follower", value_name = "LOGINS", allow_hyphen_values = true)]
    followers: Vec<String>,
    /// Sprint, by name or id; current or next where there is one such sprint.
    #[arg(short = 'S', long)]
    sprint: Option<String>,
    /// Day it must be done by, as 2026-11-30, tomorrow, fri or +3d.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    deadline: Option<String>,
    /// Estimate, as 1w 2d 3h or PT3H.
    #[arg(long, value_name = "DURATION")]
    estimate: Option<String>,
    /// Any other field; JSON if it parses, otherwise text. May be repeated.
    #[arg(short = 'f', long = "field", value_name = "KEY=VALUE")]
    others: Vec<Field>,
}

impl Fields {
    /// The members of a body.
    pub(super) async fn members(
        self,
        session: &Session<'_, '_>,
        editing: bool,
    ) -> Result<Members, Failure> {
        let mut members = Members::new();
        let mut put = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        put(
            "description",
            self.description.as_deref().map(session::text).transpose()?.map(Value::from),
        );
        put("type", self.issue_type.map(Value::from));
        put("priority", self.priority.map(Value::from));
        if let Some(who) = &self.assignee {
            put("assignee", Some(session::person(session, who).await?));
        }
        let issue =
            |key: String| if key == "none" { Value::Null } else { session.key(&key).into() };
        put("parent", self.parent.map(issue));
        put("epic", self.epic.map(issue));
        put("tags", list(&self.tags, editing));
        put("components", list(&self.components, editing));
        let followers = with_me(&self.followers, session).await?;
        put("followers", list(&followers, editing));
        if let Some(sprint) = self.sprint {
            let sprint = crate::sprint::one(&sprint, session).await?;
            put("sprint", Some(if sprint == "none" { json!([]) } else { json!([sprint]) }));
        }
        put(
            "deadline",
            self.deadline
                .map(|day| if day == "none" { Value::Null } else { dates::text(&day).into() }),
        );
        put("estimation", self.estimate.as_deref().map(duration).transpose()?.map(Value::from));
        members.extend(self.others.into_iter().map(|field| (field.key, field.value)));
        Ok(members)
    }
}

/// Logins, with that of the caller in the place of `me`.
async fn with_me(given: &[String], session: &Session<'_, '_>) -> Result<Vec<String>, Failure> {
    let mut logins = Vec::new();
    for text in given.iter().flat_map(|text| text.split(',')) {
        let bare = text.trim().trim_start_matches(['+', '-']);
        logins.push(if bare == "me" {
            let me = session::person(session, "me").await?;
            text.replace("me", &crate::shape::cell(Some(&me)))
        } else {
            text.to_owned()
        });
    }
    Ok(logins)
}

/// A list; in an edit `+x` and `-x` change it, and plain values replace it.
fn list(given: &[String], editing: bool) -> Option<Value> {
    let items: Vec<&str> = given
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect();
    if items.is_empty() {
        return (!given.is_empty()).then(|| json!([]));
    }
    let signed = |sign: char| -> Vec<&str> {
        items.iter().filter_map(|item| item.strip_prefix(sign)).collect()
    };
    let (add, remove) = (signed('+'), signed('-'));
    if !editing || (add.is_empty() && remove.is_empty()) {
        return Some(json!(items));
    }
    let mut change = Members::new();
    for (name, values) in [("add", add), ("remove", remove)] {
        if !values.is_empty() {
            change.insert(name.to_owned(), json!(values));
        }
    }
    Some(change.into())
}

/// A duration in words as ISO 8601: `1w 2d`, `1н 2д`, `90m`, `1.5h`.
///
/// # Errors
/// It is none.
pub(crate) fn duration(text: &str) -> Result<String, Failure> {
    let wrong =
        || Failure::usage(format!("{text:?} is no duration")).hint("as 1w 2d 3h 30m or PT3H");
    if text.starts_with(['P', 'p']) {
        return Ok(text.to_uppercase());
    }
    let (mut days, mut clock) = (String::new(), String::new());
    let mut number = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() || c == '.' || c == ',' {
            number.push(if c == ',' { '.' } else { c });
            continue;
        }
        let amount: f64 = number.parse().map_err(|_| wrong())?;
        number.clear();
        match c.to_lowercase().next() {
            Some('w' | 'н') if amount.fract() == 0.0 => days.extend([format!("{amount}W")]),
            Some('d' | 'д') if amount.fract() == 0.0 => days.extend([format!("{amount}D")]),
            Some('h' | 'ч') => clock.extend([format!("{}M", (amount * 60.0).round())]),
            Some('m' | 'м') if amount.fract() == 0.0 => clock.extend([format!("{amount}M")]),
            _ => return Err(wrong()),
        }
    }
    if !number.is_empty() || (days.is_empty() && clock.is_empty()) {
        return Err(wrong());
    }
    // Hours are written as minutes, and minutes together.
    let minutes: f64 = clock.split('M').filter_map(|n| n.parse::<f64>().ok()).sum();
    let clock = if minutes > 0.0 { format!("T{minutes}M") } else { String::new() };
    Ok(format!("P{days}{clock}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_replaced_or_changed() {
        let list = |text: &str, editing| list(&[text.to_owned()], editing).expect("a list");
        assert_eq!(list("a, b", false), json!(["a", "b"]));
        assert_eq!(list("+a", false), json!(["+a"]));
        assert_eq!(list("a,b", true), json!(["a", "b"]));
        assert_eq!(list("+a,-b", true), json!({"add": ["a"], "remove": ["b"]}));
        assert_eq!(list("", true), json!([]));
        assert_eq!(super::list(&[], true), None);
    }

    #[test]
    fn durations_in_words() {
        for (text, wanted) in [
            ("1w 2d", "P1W2D"),
            ("1н 2д", "P1W2D"),
            ("1.5h", "PT90M"),
            ("2h 10m", "PT130M"),
            ("pt3h", "PT3H"),
        ] {
            assert_eq!(duration(text).expect(text), wanted);
        }
        for bad in ["", "5", "h", "1.5d", "3y"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
