//! What may stand in the details of an application.

use super::Details;
use crate::account::member::is_unseen;
use crate::error::{Code, Error, Result};
use crate::oauth::redirect;

/// The details without blanks at the ends, if all of them may stand.
pub(in crate::oauth) fn checked(mut details: Details) -> Result<Details> {
    for text in [&mut details.name, &mut details.icon_url, &mut details.contact] {
        *text = text.trim().to_owned();
    }
    let mut wrong: Vec<Error> = Vec::new();
    check_name(&details.name, &mut wrong);
    let icon = &details.icon_url;
    let is_picture = icon.starts_with("https://") && redirect::may_register(icon, false);
    if !icon.is_empty() && !is_picture {
        wrong.push(Code::ValueNotAddress.with(&details.icon_url).under("iconUrl"));
    }
    let contact = &details.contact;
    if contact.len() > 254 || !contact.is_empty() && !is_mail(contact) {
        wrong.push(Code::ValueNotAddress.with(contact).under("contact"));
    }
    if details.scopes.is_empty() {
        wrong.push(Code::FieldRequired.at("scopes"));
    }
    match details.redirect_uris.len() {
        0 if !details.device_flow => wrong.push(Code::FieldRequired.at("redirectUris")),
        0..=20 => {}
        _ => wrong.push(Code::TooManyValues.with(20).under("redirectUris")),
    }
    let public = !details.is_confidential();
    if let Some(bad) = details.redirect_uris.iter().find(|u| !redirect::may_register(u, public)) {
        let shown: String = bad.chars().take(100).collect();
        wrong.push(Code::RedirectRefused.with(shown).under("redirectUris"));
    }
    if details.origins.len() > 20 || details.origins.iter().any(|origin| !is_origin(origin)) {
        wrong.push(Code::ValueNotAddress.with("").under("origins"));
    }
    match wrong.into_iter().reduce(Error::join) {
        Some(error) => Err(error),
        None => Ok(details),
    }
}

fn check_name(name: &str, wrong: &mut Vec<Error>) {
    if name.is_empty() {
        wrong.push(Code::FieldRequired.at("name"));
    } else if name.chars().count() > 100 {
        wrong.push(Code::ValueTooLong.with(100).under("name"));
    } else if name.chars().any(is_unseen) {
        wrong.push(Code::NameForm.at("name"));
    }
}

fn is_mail(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?']))
        && redirect::may_register(text, false)
}
