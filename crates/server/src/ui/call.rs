//! One request of a browser: who asks, in which language, with which form.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, COOKIE, ORIGIN, REFERER, USER_AGENT};
use http::request::Parts;
use jiff::tz::TimeZone;
use trackway_core::account::member::Seat;
use trackway_core::account::person::Person;
use trackway_core::account::session::{self, Browser, SessionRow, Stage, Start};
use trackway_core::account_cx::{AccountCx, Visit};
use trackway_core::lang::Lang;
use trackway_core::time::{DAY_MS, Instant};
use trackway_core::{Code, Error, Result, secret};

use super::form::Values;
use super::frame::when;
use super::text::{Texts, texts};
use crate::http::base_url::Origin;
use crate::{App, lanes};

/// Keeps the token of a form apart from everything else made with the server key.
const CSRF: &str = "form";
/// The same for the mark of a browser that signed in before.
const KNOWN: &str = "known browser";
/// Seconds that mark and the language live.
const YEAR: i64 = 365 * DAY_MS / 1000;

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Signed {
    /// The session.
    pub(crate) session: SessionRow,
    /// The account.
    pub(crate) person: Person,
}

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) app: &'a Arc<App>,
    pub(crate) parts: &'a Parts,
    pub(crate) now: Instant,
    pub(crate) lang: Lang,
    pub(crate) t: &'static Texts,
    /// Query parameters.
    pub(crate) query: Values,
    /// The form of a POST, its token checked already.
    pub(crate) form: Values,
    /// The file that came with the form.
    pub(crate) file: Option<axum::body::Bytes>,
    /// Who is signed in.
    pub(crate) signed: Option<Signed>,
    /// A session whose second factor is awaited.
    pub(crate) pending: Option<SessionRow>,
    /// `Set-Cookie` headers of the answer.
    pub(crate) cookies: Vec<String>,
    /// Scheme and host of this site.
    pub(crate) base: String,
    pub(crate) client: std::net::IpAddr,
    pub(crate) request_id: String,
    /// What form tokens are bound to: the id of the session, or of the browser before there is one.
    bound: String,
}

impl<'a> Call<'a> {
    /// Reads cookies and looks up the session.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn new(
        app: &'a Arc<App>,
        origin: &Origin,
        request_id: &str,
        parts: &'a Parts,
        now: Instant,
    ) -> Result<Self> {
        let public = app.config.public_url.as_deref().map(|url| url.trim_end_matches('/'));
        let mut call = Self {
            app,
            parts,
            now,
            lang: Lang::En,
            t: texts(Lang::En),
            query: Values::parse(parts.uri.query().unwrap_or_default().as_bytes()),
            form: Values::default(),
            file: None,
            signed: None,
            pending: None,
            cookies: Vec::new(),
            base: public.unwrap_or(&origin.base).to_owned(),
            client: origin.client,
            request_id: request_id.to_owned(),
            bound: String::new(),
        };
        call.find_session().await?;
        if call.bound.is_empty() {
            call.bind_browser()?;
        }
        call.lang = call.language();
        call.t = texts(call.lang);
        Ok(call)
    }

    async fn find_session(&mut self) -> Result<()> {
        let Some(id) = self.cookie("sid").map(str::to_owned) else { return Ok(()) };
        let wanted = id.clone();
        let found = self.read(move |cx| session::find(cx.tx, &wanted, cx.visit.now)).await?;
        let Some(row) = found else {
            // Never adopted, and not kept either (SE-02).
            self.forget("sid");
            return Ok(());
        };
        self.bound = id;
        if row.stage() == Stage::Second {
            self.pending = Some(row);
            return Ok(());
        }
        let person = Person::of(&self.app.tracker.world(), row.account_id);
        let Some(person) = person else { return Ok(()) };
        if row.is_stale(self.now) {
            let hash = row.hash.clone();
            self.write("TouchSession", move |cx| session::touch(cx.tx, &hash, cx.visit.now))
                .await?;
        }
        self.signed = Some(Signed { session: row, person });
        Ok(())
    }

    /// Gives a browser without session a name, so that forms before the sign-in are bound as well.
    fn bind_browser(&mut self) -> Result<()> {
        let known = self.cookie("pre").filter(|id| id.len() == 43).map(str::to_owned);
        self.bound = if let Some(id) = known {
            id
        } else {
            let id = secret::random_text()?;
            self.keep("pre", &id, None);
            id
        };
        Ok(())
    }

    fn language(&self) -> Lang {
        let own = self.signed.as_ref().and_then(|signed| signed.person.lang);
        let accepted = header(&self.parts.headers, ACCEPT_LANGUAGE);
        let world = self.app.tracker.world();
        own.or_else(|| Lang::from_accept(self.cookie("lang")?))
            .or_else(|| Lang::from_accept(accepted?))
            .or_else(|| world.orgs().find_map(|dict| Lang::from_accept(&dict.org.language)))
            .unwrap_or(Lang::En)
    }

    /// The time zone of whoever is signed in; UTC before that.
    pub(crate) fn zone(&self) -> TimeZone {
        self.signed.as_ref().map_or(TimeZone::UTC, |signed| signed.person.zone())
    }

    /// How an instant is shown to whoever is signed in.
    pub(crate) fn when(&self, at: Instant) -> String {
        when(at, self.lang, &self.zone())
    }

    /// Whether browsers hold this site for safe enough to send all cookies and headers.
    pub(crate) fn is_secure(&self) -> bool {
        self.base.starts_with("https://")
    }

    fn cookie_name(&self, name: &str) -> String {
        if self.is_secure() { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// What forms and challenges of this browser are bound to.
    pub(crate) fn bound(&self) -> &str {
        &self.bound
    }

    /// The value of one of our cookies.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let name = self.cookie_name(name);
        let headers = self.parts.headers.get_all(COOKIE).iter();
        let pairs = headers.filter_map(|h| h.to_str().ok()).flat_map(|text| text.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(n, _)| *n == name).map(|p| p.1)
    }

    /// Sets a cookie (SE-01). `Lax`, because applications send people to `/authorize`.
    pub(crate) fn keep(&mut self, name: &str, value: &str, max_age: Option<i64>) {
        let secure = if self.is_secure() { "; Secure" } else { "" };
        let age = max_age.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        let name = self.cookie_name(name);
        self.cookies.retain(|other| !other.starts_with(&format!("{name}=")));
        self.cookies.push(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"));
    }

    /// Takes a cookie away.
    pub(crate) fn forget(&mut self, name: &str) {
        self.keep(name, "", Some(0));
    }

    /// Remembers the language of somebody who is not signed in.
    pub(crate) fn keep_language(&mut self, lang: Lang) {
        self.keep("lang", lang.tag(), Some(YEAR));
    }

    /// A token for a form of this browser: a nonce, and what only this server can make of it.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn token(&self) -> Result<String> {
        let nonce = BASE64URL_NOPAD.encode(&secret::random::<12>()?);
        Ok(format!("{nonce}.{}", self.token_of(&nonce)?))
    }

    fn token_of(&self, nonce: &str) -> Result<String> {
        let key = &self.app.tracker.settings().key;
        Ok(BASE64URL_NOPAD.encode(&key.mac(CSRF, &[self.bound.as_bytes(), nonce.as_bytes()])?))
    }

    /// Checks that a form comes from a page of ours that was made for this browser (SE-05).
    ///
    /// # Errors
    /// 403.
    pub(crate) fn check_form(&self) -> Result<()> {
        if !self.is_from_here() {
            return Err(Code::FormForeign.err());
        }
        let token = self.form.get("csrf");
        let (nonce, mac) = token.split_once('.').unwrap_or_default();
        if secret::equal(self.token_of(nonce)?.as_bytes(), mac.as_bytes()) {
            Ok(())
        } else {
            Err(Code::FormExpired.err())
        }
    }

    /// What the browser says of the site that sends the form.
    fn is_from_here(&self) -> bool {
        let headers = &self.parts.headers;
        if let Some(site) = headers.get("sec-fetch-site") {
            return site == "same-origin" || site == "none";
        }
        if let Some(origin) = header(headers, ORIGIN) {
            return origin == self.base;
        }
        header(headers, REFERER)
            .and_then(|url| url.strip_prefix(self.base.as_str()))
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// What account-level operations are told of this request.
    pub(crate) fn visit(&self) -> Visit {
        Visit {
            now: self.now,
            issuer: self.base.clone(),
            address: self.client.to_string(),
            agent: self.agent(),
            request_id: self.request_id.clone(),
        }
    }

    fn agent(&self) -> String {
        let agent = header(&self.parts.headers, USER_AGENT).unwrap_or_default();
        agent.chars().take(200).collect()
    }

    /// Runs a read on accounts.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        lanes::account_read(self.app, self.visit(), run).await
    }

    /// Runs a write on accounts.
    ///
    /// # Errors
    /// Whatever the operation answers.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        name: &'static str,
        run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        lanes::account_write(self.app, name, self.visit(), run).await
    }

    /// Opens a session for an account in place of the one the browser has, under a new id.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn open_session(
        &mut self,
        account: i64,
        stage: Stage,
        remember: bool,
    ) -> Result<String> {
        let browser = Browser { address: self.client.to_string(), agent: self.agent(), remember };
        let start = Start::new(account, stage, browser)?;
        let old = self.signed.as_ref().map(|signed| signed.session.hash.clone());
        let old = old.or_else(|| self.pending.as_ref().map(|row| row.hash.clone()));
        let new = start.clone();
        self.write("StartSession", move |cx| {
            let now = cx.now();
            match &old {
                Some(old) => session::replace(cx.tx, old, &new, now),
                None => session::start(cx.tx, &new, now),
            }
        })
        .await?;
        self.keep("sid", &start.id, start.max_age());
        self.forget("pre");
        if stage == Stage::Full {
            self.mark_known(account)?;
        }
        Ok(start.id)
    }

    /// Marks the browser as one that this account signs in from (BF-02).
    ///
    /// # Errors
    /// Never in practice.
    pub(crate) fn mark_known(&mut self, account: i64) -> Result<()> {
        let mac = self.app.tracker.settings().key.mac(KNOWN, &[&account.to_be_bytes()])?;
        self.keep("known", &BASE64URL_NOPAD.encode(&mac), Some(YEAR));
        Ok(())
    }

    /// Whether an account signed in from this browser before.
    pub(crate) fn is_known(&self, account: i64) -> bool {
        let key = &self.app.tracker.settings().key;
        let Some(given) = self.cookie("known") else { return false };
        key.mac(KNOWN, &[&account.to_be_bytes()]).is_ok_and(|mac| {
            secret::equal(BASE64URL_NOPAD.encode(&mac).as_bytes(), given.as_bytes())
        })
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// 401, which leads to the sign-in page.
    pub(crate) fn person(&self) -> Result<&Signed> {
        self.signed.as_ref().ok_or_else(|| Code::AuthRequired.err())
    }

    /// The actor's seat in an organisation that is named by its id for API.
    ///
    /// # Errors
    /// 401, or 403 for an organisation that is not the person's, known or not.
    pub(crate) fn seat(&self, org_id: &str) -> Result<(Seat, Arc<trackway_core::dict::Dict>)> {
        let person = &self.person()?.person;
        let dict = person.orgs.iter().find(|dict| dict.org.org_id == org_id);
        let dict = dict.ok_or_else(|| Code::OrgUnavailable.err())?;
        Ok((Seat { org: dict.org_id, uid: person.uid }, Arc::clone(dict)))
    }

    /// Whether this server sends letters.
    pub(crate) fn mails(&self) -> bool {
        self.app.tracker.settings().mail
    }

    /// The messages of an error in the language of the page.
    pub(crate) fn told(&self, error: &Error) -> String {
        let body = error.body(self.lang);
        let mut all = body.error_messages;
        all.extend(body.errors.into_values());
        all.join(" ")
    }
}

/// A header that is text.
pub(crate) fn header(headers: &HeaderMap, name: http::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What somebody typed as login or mail address, as it is looked for here and in the directory.
pub(crate) fn typed_login(text: &str) -> String {
    text.trim().to_lowercase().chars().take(254).collect()
}

/// Where to go after the sign-in: a path on this site and nothing else (UI-20).
pub(crate) fn local_path(next: &str) -> Option<&str> {
    let mut bytes = next.bytes();
    let good = bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && next.len() <= 8000
        && next.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    good.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    /// UI-20; T-03 and S-9700-02: nothing leads off this site.
    #[test]
    fn only_paths_of_this_site_are_returned_to() {
        for good in
            ["/", "/settings/profile", "/authorize?client_id=a&redirect_uri=https%3A%2F%2Fx"]
        {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "\\/evil",
            "/a\\b",
            "/\t/evil.example",
            "/\n",
            "/ x",
            "javascript:alert(1)",
            "/я",
            "//",
            "/\u{0}",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
