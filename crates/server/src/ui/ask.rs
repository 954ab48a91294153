//! Links that look like buttons, and the question before something that cannot be taken back. It is
//! a page of its own, so that it needs no script.

use askama::Template;
use trackway_core::Result;

use super::call::Call;
use super::form::Form;
use super::frame::{Panel, Section};
use super::reply::Reply;
use super::text::Text;

/// A link to where something is done.
#[derive(Template)]
#[template(
    source = "<p><a class=\"button{% if !class.is_empty() %} {{ class }}{% endif %}\" href=\"{{ href }}\"\
              {% if !about.is_empty() %} aria-label=\"{{ label }}: {{ about }}\"{% endif %}>{{ label }}</a></p>",
    ext = "html"
)]
pub(crate) struct Go {
    href: String,
    label: Text,
    class: &'static str,
    about: String,
}

impl Go {
    /// An ordinary one.
    pub(crate) fn button(href: impl Into<String>, label: Text) -> Self {
        Self { href: href.into(), label, class: "", about: String::new() }
    }

    /// To the question before something that cannot be taken back.
    pub(crate) fn danger(href: impl Into<String>, label: Text) -> Self {
        Self { class: "danger", ..Self::button(href, label) }
    }

    /// One of a row; `about` tells screen readers which.
    pub(crate) fn small(href: impl Into<String>, label: Text, about: &str) -> Self {
        Self { class: "small", about: about.to_owned(), ..Self::button(href, label) }
    }
}

/// The question: what is going to happen to what, with the form that does it and the way back.
///
/// # Errors
/// There are no random numbers, or a template fails.
pub(crate) fn sure(
    call: &Call<'_>,
    question: String,
    text: Text,
    form: Form,
    back: impl Into<String>,
) -> Result<Reply> {
    let section = Section::new("form", "").form(form.class("danger"));
    Panel::new(call, question)?
        .intro(text)
        .section(section.after(&Go::button(back, call.t.cancel))?)
        .reply()
}
