//! Forms: reading what a browser sends, and writing fields with their labels and errors.

#![expect(clippy::needless_pass_by_value, reason = "call sites hand over texts of every kind")]

use std::collections::BTreeMap;

use askama::Template;
use axum::body::{Body, Bytes};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use trackway_core::account::password::Password;
use trackway_core::{Code, Error, Result};
use zeroize::Zeroize as _;

use super::call::Call;

/// Bytes of a form (GN-04).
pub(crate) const BYTES: usize = 16 << 10;

/// Names and values of a form or a query, in order, repeated ones too. A form may hold a password:
/// values are wiped when they are dropped, and not printed (PW-09).
#[derive(Clone, Default)]
pub(crate) struct Values(Vec<(String, String)>);

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        for (_, value) in &mut self.0 {
            value.zeroize();
        }
    }
}

impl Values {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// Reads the body of a POST.
    ///
    /// # Errors
    /// 415, 413, or 400 for a body that does not arrive.
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self> {
        let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Code::MediaType.with(kind));
        }
        let bytes =
            axum::body::to_bytes(body, BYTES).await.map_err(|_| Code::BodyTooLarge.with(BYTES))?;
        let values = Self::parse(&bytes);
        // Nothing is left of it where nobody else reads the same piece of memory.
        if let Ok(mut bytes) = bytes.try_into_mut() {
            bytes.as_mut().zeroize();
        }
        Ok(values)
    }

    /// Reads a form with a file, of at most `most` bytes; the file is the field `name`.
    ///
    /// # Errors
    /// 415, 413, or 400 for a body that is no such form.
    pub(crate) async fn read_with_file(
        headers: &HeaderMap,
        body: Body,
        name: &str,
        most: usize,
    ) -> Result<(Self, Option<Bytes>)> {
        let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|_| Code::MediaType.with(kind))?;
        let bytes = axum::body::to_bytes(body, most + BYTES)
            .await
            .map_err(|_| Code::BodyTooLarge.with(most))?;
        let whole = Body::from(bytes).into_data_stream();
        let mut form = multer::Multipart::new(whole, boundary);
        let broken = |error: multer::Error| Code::FormSyntax.with(error);
        let (mut values, mut file) = (Vec::new(), None);
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let called = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(broken)?;
            if called == name {
                file = Some(bytes).filter(|bytes| !bytes.is_empty());
            } else {
                values.push((called, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        Ok((Self(values), file))
    }

    /// The first value with this name, or nothing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.opt(name).unwrap_or_default()
    }

    /// A password with this name.
    pub(crate) fn password(&self, name: &str) -> Password {
        self.get(name).into()
    }

    /// The first value with this name.
    pub(crate) fn opt(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Every value with this name.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether a box was ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.opt(name).is_some()
    }

    /// Every pair.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// One of several things to choose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) on: bool,
}

/// How a field looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// One line.
    #[default]
    Line,
    /// Several lines.
    Area,
    /// A box to tick.
    Tick,
    /// Several boxes to tick.
    Ticks,
    /// One of several, all visible.
    Radio,
    /// One of several, folded.
    Select,
    /// A picture to send.
    Picture,
}

/// A field of a form.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "field.html")]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    id: String,
    label: String,
    look: Look,
    kind: &'static str,
    value: String,
    complete: &'static str,
    mode: &'static str,
    hint: String,
    error: String,
    required: bool,
    focus: bool,
    /// The heading above says what the label says.
    unseen: bool,
    choices: Vec<Choice>,
}

impl Field {
    /// A line of text.
    pub(crate) fn line(name: &'static str, label: impl ToString) -> Self {
        Self {
            name,
            id: name.to_owned(),
            label: label.to_string(),
            kind: "text",
            ..Self::default()
        }
    }

    /// A password, which is never sent back.
    pub(crate) fn password(name: &'static str, label: impl ToString) -> Self {
        Self { kind: "password", ..Self::line(name, label) }
    }

    /// A field of another look.
    pub(crate) fn with_look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Something to choose from.
    pub(crate) fn choices(mut self, look: Look, choices: Vec<Choice>) -> Self {
        self.look = look;
        self.choices = choices;
        self
    }

    /// The type of the input, such as `email`.
    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What is in it.
    pub(crate) fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// What password managers make of it.
    pub(crate) fn complete(mut self, complete: &'static str) -> Self {
        self.complete = complete;
        self
    }

    /// Which keyboard a phone shows.
    pub(crate) fn mode(mut self, mode: &'static str) -> Self {
        self.mode = mode;
        self
    }

    /// A sentence below the label.
    pub(crate) fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = hint.to_string();
        self
    }

    /// Leaves the label to screen readers, where the heading above says the same.
    pub(crate) fn under_heading(mut self) -> Self {
        self.unseen = true;
        self
    }

    /// It must be filled.
    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The page opens with the cursor here.
    pub(crate) fn focus(mut self) -> Self {
        self.focus = true;
        self
    }

    /// An id of its own, where a page has several forms with the same fields.
    pub(crate) fn id(mut self, id: impl ToString) -> Self {
        self.id = id.to_string();
        self
    }

    /// For `aria-describedby`.
    fn described(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.id));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A form.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "form.html")]
pub(crate) struct Form {
    action: String,
    csrf: String,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    submit: String,
    class: &'static str,
    /// Name of a control for screen readers where its label does not say enough.
    about: String,
    message: String,
    /// Whether a file goes along.
    upload: bool,
}

impl Form {
    /// A form of this browser.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn new(
        call: &Call<'_>,
        action: impl ToString,
        submit: impl ToString,
    ) -> Result<Self> {
        Ok(Self {
            action: action.to_string(),
            csrf: call.token()?,
            submit: submit.to_string(),
            ..Self::default()
        })
    }

    /// Adds a field.
    pub(crate) fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Lets a file go along.
    pub(crate) fn uploading(mut self) -> Self {
        self.upload = true;
        self
    }

    /// Adds a value nobody sees.
    pub(crate) fn hidden(mut self, name: &'static str, value: impl ToString) -> Self {
        self.hidden.push((name, value.to_string()));
        self
    }

    /// Looks: `danger` for what cannot be undone, `quiet` for buttons in a row, `wide`.
    pub(crate) fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// What the button acts on, for screen readers.
    pub(crate) fn about(mut self, about: impl ToString) -> Self {
        self.about = about.to_string();
        self
    }

    /// Shows why the form was refused: messages under their fields, the others above.
    pub(crate) fn refused(mut self, call: &Call<'_>, error: &Error) -> Self {
        let body = error.body(call.lang);
        let mut errors: BTreeMap<String, String> = body.errors;
        let mut first = true;
        for field in &mut self.fields {
            if let Some(text) = errors.remove(field.name) {
                field.error = text;
                field.focus = std::mem::take(&mut first);
            } else {
                field.focus = false;
            }
        }
        let rest = body.error_messages.into_iter().chain(errors.into_values());
        self.message = rest.collect::<Vec<_>>().join(" ");
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Values;

    /// PW-09: what is typed into forms is no matter for a log.
    #[test]
    fn values_are_not_printed() {
        let values = Values::parse(b"login=ann&password=correct+horse");
        assert_eq!(values.get("password"), "correct horse");
        let shown = format!("{values:?} {:?}", values.password("password"));
        assert!(shown.contains("login") && !shown.contains("ann"), "{shown}");
        assert!(!shown.contains("horse"), "{shown}");
    }
}
