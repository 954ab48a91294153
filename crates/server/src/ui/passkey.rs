//! Forms of passkeys, which a script of ours fills (oauth.md, MF-02). Without scripts, and where
//! browsers know no passkeys, they stay hidden and everything else works.

use askama::Template;
use data_encoding::BASE64URL_NOPAD;
use trackway_core::account::passkey::ceremony::{self, Site};
use trackway_core::account::passkey::key::Algorithm;
use trackway_core::account::passkey::{self, Answer, Place};
use trackway_core::{Code, Result};

use super::assets;
use super::call::Call;
use super::form::Field;
use super::frame::render;
use super::text::{Text, Texts};

/// A form that asks the browser for a passkey.
#[derive(Template)]
#[template(path = "passkey.html")]
pub(crate) struct PasskeyForm {
    t: &'static Texts,
    action: &'static str,
    csrf: String,
    next: String,
    /// Other values that go along.
    hidden: Vec<(&'static str, String)>,
    remember: bool,
    deed: &'static str,
    challenge: String,
    host: String,
    /// The ones to choose from, or not to make again.
    ids: String,
    verify: &'static str,
    /// Proposes passkeys in the field of the login.
    offer: bool,
    user: Option<Owner>,
    name_field: String,
    label: Text,
    script: &'static str,
}

/// Whom a new passkey is for.
struct Owner {
    id: String,
    login: String,
    name: String,
    algorithms: String,
}

/// The site of this request; nothing where browsers know no passkeys.
pub(crate) fn site(call: &Call<'_>) -> Option<Site> {
    Site::of(&call.base)
}

/// Where the browser of this request answers.
///
/// # Errors
/// 422 where it cannot.
pub(crate) fn place(call: &Call<'_>) -> Result<Place> {
    let site = site(call).ok_or_else(|| Code::PasskeyRefused.err())?;
    Ok(Place { site, bound: call.bound().to_owned() })
}

/// What the browser answered.
pub(crate) fn answer(call: &Call<'_>) -> Answer {
    let value = |name| call.form.get(name).to_owned();
    Answer {
        id: value("passkey"),
        client_data: value("client"),
        authenticator: value("authenticator"),
        signature: value("signature"),
    }
}

/// What the browser made.
pub(crate) fn made(call: &Call<'_>) -> passkey::New {
    let value = |name| call.form.get(name).to_owned();
    passkey::New {
        name: value("name"),
        id: value("passkey"),
        algorithm: call.form.get("algorithm").parse().unwrap_or(0),
        public_key: value("key"),
        client_data: value("client"),
        authenticator: value("authenticator"),
    }
}

impl PasskeyForm {
    fn new(
        call: &Call<'_>,
        action: &'static str,
        deed: &'static str,
        label: Text,
    ) -> Result<Option<Self>> {
        let Some(site) = site(call) else { return Ok(None) };
        let key = &call.app.tracker.settings().key;
        Ok(Some(Self {
            t: call.t,
            action,
            csrf: call.token()?,
            next: String::new(),
            hidden: Vec::new(),
            remember: false,
            deed,
            challenge: ceremony::challenge(key, call.bound(), call.now)?,
            host: site.host,
            ids: String::new(),
            verify: "required",
            offer: false,
            user: None,
            name_field: String::new(),
            label,
            script: &assets::PASSKEY.path,
        }))
    }

    /// A form that makes a passkey.
    ///
    /// # Errors
    /// 401, or there are no random numbers.
    pub(crate) fn to_make(
        call: &Call<'_>,
        action: &'static str,
        known: &[String],
        name: &Field,
    ) -> Result<Option<Self>> {
        let person = &call.person()?.person;
        let user = Owner {
            id: BASE64URL_NOPAD.encode(&person.uid.to_be_bytes()),
            login: person.login.clone(),
            name: person.name.get(call.lang).to_owned(),
            algorithms: Algorithm::ALL.map(|kind| kind.number().to_string()).join(" "),
        };
        let form = Self::new(call, action, "create", call.t.passkey_make)?;
        let name_field = render(name)?;
        let ids = known.join(" ");
        Ok(form.map(|form| Self { user: Some(user), name_field, ids, ..form }))
    }

    /// A form that asks for a passkey: any, or one of these.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn to_use(
        call: &Call<'_>,
        action: &'static str,
        known: &[String],
        next: String,
    ) -> Result<Option<Self>> {
        let form = Self::new(call, action, "get", call.t.passkey_use)?;
        Ok(form.map(|form| Self { next, ids: known.join(" "), ..form }))
    }

    /// The password was right already, so it need not be known who is there.
    pub(crate) fn after_password(self) -> Self {
        Self { verify: "discouraged", ..self }
    }

    /// Takes other values along.
    pub(crate) fn carrying(self, hidden: Vec<(&'static str, String)>) -> Self {
        Self { hidden, ..self }
    }

    /// Stays signed in.
    pub(crate) fn remembering(self, remember: bool) -> Self {
        Self { remember, ..self }
    }

    /// Is proposed in the field of the login.
    pub(crate) fn offered(self) -> Self {
        Self { offer: true, ..self }
    }
}
