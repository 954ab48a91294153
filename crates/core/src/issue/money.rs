//! Values of fields that hold money: `{"amount": 1500.5, "unit": "RUB"}`. No page tells the form;
//! the contract says that it is an object, so more members are kept, as far as they are plain.

use serde_json::{Map, Value as Json};

use crate::error::{Code, Result};

/// Most members of a value.
const MAX_MEMBERS: usize = 10;
/// Longest text in a value, in characters.
const MAX_TEXT: usize = 100;

/// Checks an amount of money as a caller sends it.
///
/// # Errors
/// 422 for anything but an object with the number `amount`.
pub(super) fn checked(json: &Json) -> Result<Json> {
    let wrong = || Code::ValueType.with("{amount, unit}");
    let members: &Map<String, Json> = json.as_object().ok_or_else(wrong)?;
    let plain = |(name, json): (&String, &Json)| match json {
        Json::Number(_) | Json::Bool(_) => true,
        Json::String(text) => text.chars().count() <= MAX_TEXT,
        Json::Null => name != "unit",
        Json::Array(_) | Json::Object(_) => false,
    };
    let unit = members.get("unit").is_none_or(|unit| unit.as_str().is_some_and(|u| !u.is_empty()));
    let sound = members.get("amount").is_some_and(Json::is_number)
        && unit
        && members.len() <= MAX_MEMBERS
        && members.iter().all(plain)
        && members.keys().all(|name| name.chars().count() <= MAX_TEXT);
    if sound { Ok(json.clone()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_has_an_amount() {
        for good in [json!({"amount": 5}), json!({"amount": -0.5, "unit": "RUB", "rate": 90.1})] {
            assert_eq!(checked(&good).expect("money"), good);
        }
        let many: Map<String, Json> = (0..20).map(|n| (n.to_string(), n.into())).collect();
        for bad in [
            json!(5),
            json!({}),
            json!({"amount": "5"}),
            json!({"amount": 5, "unit": 3}),
            json!({"amount": 5, "unit": ""}),
            json!({"amount": 5, "more": {}}),
            json!({"amount": 5, "note": "x".repeat(MAX_TEXT + 1)}),
            Json::Object(many),
        ] {
            assert_eq!(checked(&bad).expect_err("no money").status(), 422, "{bad}");
        }
    }
}
