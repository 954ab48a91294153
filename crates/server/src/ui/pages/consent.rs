//! `/authorize`: an application asks, a person decides (oauth.md, 2.2).

use askama::Template;
use http::StatusCode;
use trackway_core::account::person::Person;
use trackway_core::oauth::application::{self, Application};
use trackway_core::oauth::authorize::{self, Checked, Rejected};
use trackway_core::oauth::decide::{self, Assurance, Outcome};
use trackway_core::oauth::scope::Scope;
use trackway_core::oauth::{Params, ScopeSet, consent};
use trackway_core::{Code, Result};

use super::{app_icon, fresh_factor};
use crate::ui::call::{Call, local_path};
use crate::ui::form::Values;
use crate::ui::frame::Card;
use crate::ui::reply::{Policy, Reply};
use crate::ui::text::Texts;
use crate::ui::with_next;

/// What a person is asked, by an application or for a device.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct Question<'a> {
    pub(super) t: &'static Texts,
    pub(super) csrf: String,
    pub(super) action: &'static str,
    /// Names the question.
    pub(super) id: String,
    pub(super) name: &'a str,
    pub(super) owner: String,
    pub(super) verified: bool,
    /// Address of its picture; empty: none.
    pub(super) icon: String,
    /// Name of a verified application that it looks like; empty: none.
    pub(super) like: String,
    pub(super) person: &'a str,
    pub(super) orgs: Vec<String>,
    pub(super) scopes: Vec<Line>,
    pub(super) optional: Vec<Line>,
    /// Name of the device; empty for one without.
    pub(super) device: String,
    pub(super) until: String,
    /// Where the person is sent; empty for a device.
    pub(super) destination: String,
    /// For a device: address and time of its request.
    pub(super) from: String,
    pub(super) another: String,
}

/// A scope in words.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
}

/// Scopes in words.
pub(super) fn lines(call: &Call<'_>, set: ScopeSet) -> Vec<Line> {
    let line = |scope: Scope| Line { name: scope.name(), words: scope.words(call.lang) };
    set.iter().map(line).collect()
}

/// The optional scopes that were ticked.
pub(super) fn ticked(call: &Call<'_>) -> ScopeSet {
    let names = call.form.all("scope");
    names.into_iter().filter_map(Scope::parse).fold(ScopeSet::NONE, ScopeSet::with)
}

/// Name of whoever registered an application.
pub(super) fn owner_name(call: &Call<'_>, owner: i64) -> String {
    let person = Person::of(&call.app.tracker.world(), owner);
    person.map_or_else(String::new, |person| person.name.get(call.lang).to_owned())
}

/// Names of the organisations a token of this application will reach.
pub(super) fn reached(call: &Call<'_>, person: &Person, application: &Application) -> Vec<String> {
    let reached = person.orgs.iter().filter(|dict| application.reaches(dict.org_id));
    reached.map(|dict| dict.org.name.get(call.lang).to_owned()).collect()
}

/// Checks the request and puts it to the person. The same for a form that an application sends.
pub(super) async fn ask(call: &Call<'_>) -> Result<Reply> {
    let values = if call.form.pairs().is_empty() { &call.query } else { &call.form };
    let params = Params::new(values.pairs().to_vec());
    if let Some(client_id) = params.get("client_id") {
        crate::oauth::document::ensure(call.app, &call.visit(), client_id).await?;
    }
    let checked = call.read(move |cx| authorize::check(cx, &params)).await?;
    let checked = match checked {
        Ok(checked) => checked,
        Err(Rejected::Redirect(url)) => return Ok(Reply::go(url)),
        Err(Rejected::Page { refusal, application }) => {
            if refusal == authorize::REDIRECT_MISMATCH {
                mismatched(call, values.get("client_id")).await?;
            }
            return rejected(call, refusal.fault.name(), refusal.description, application);
        }
    };
    let here = address(values);
    let Some(signed) = &call.signed else {
        let mut login = with_next("/login", &here);
        if let Some(hint) = &checked.request.login_hint {
            let hint: String = form_urlencoded::byte_serialize(hint.as_bytes()).collect();
            login = format!("{login}&login_hint={hint}");
        }
        return Ok(Reply::go(login));
    };
    if let Some(reply) = fresh_factor::lacking(call, &checked.application, Some(&here)).await? {
        return Ok(reply);
    }
    let (uid, session) = (signed.person.uid, signed.session.hash.clone());
    let again = checked.clone();
    let answer = call
        .write("AskConsent", move |cx| {
            if decide::needs_consent(cx, &again, uid)? {
                return Ok(Err(consent::open(cx, &again.request, uid, &session)?));
            }
            let all = again.request.all_scopes();
            decide::approve(cx, &again.request, uid, all, Assurance::Session).map(Ok)
        })
        .await?;
    match answer {
        Ok(url) => Ok(Reply::go(url)),
        Err(id) => {
            let like = looks_like(call, &checked.application).await?;
            let icon = app_icon::address(call, &checked.application.id).await?;
            question(call, &checked, id, &here, (icon, like))
        }
    }
}

/// Records an address that is not the application's. Only for those who are signed in: anybody could
/// fill the log otherwise.
async fn mismatched(call: &Call<'_>, client_id: &str) -> Result<()> {
    let Some(signed) = &call.signed else { return Ok(()) };
    let (uid, id) = (signed.person.uid, client_id.to_owned());
    call.write("RedirectMismatch", move |cx| decide::mismatched(cx, uid, &id)).await
}

/// This request as an address, to come back to after the sign-in.
fn address(values: &Values) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(values.pairs());
    let here = format!("/authorize?{}", query.finish());
    local_path(&here).unwrap_or("/").to_owned()
}

/// Name of a verified application that one could be taken for; empty: none.
pub(super) async fn looks_like(call: &Call<'_>, application: &Application) -> Result<String> {
    let application = application.clone();
    let found = call.read(move |cx| application::looks_like(cx, &application)).await?;
    Ok(found.map_or_else(String::new, |name| shown(&name)))
}

fn question(
    call: &Call<'_>,
    checked: &Checked,
    id: String,
    here: &str,
    (icon, like): (String, String),
) -> Result<Reply> {
    let t = call.t;
    let person = &call.person()?.person;
    let Checked { request, application } = checked;
    let settings = call.app.tracker.settings();
    let until = settings.policy.access_end(application.details.profile, call.now);
    let destination = request.destination(&call.base);
    let another = with_next("/login?switch=1", here).replacen("1?", "1&", 1);
    let unknown = || t.device_unknown.to_string();
    let device = request.device.as_ref().map_or_else(String::new, |device| {
        if device.name.is_empty() { unknown() } else { shown(&device.name) }
    });
    let question = Question {
        t,
        csrf: call.token()?,
        action: "/authorize/decision",
        id,
        name: &shown(&application.details.name),
        owner: owner_name(call, application.owner),
        verified: application.standing.verified,
        icon,
        like,
        person: person.name.get(call.lang),
        orgs: reached(call, person, application),
        scopes: lines(call, request.scopes),
        optional: lines(call, request.optional),
        device,
        until: call.when(until),
        destination: destination.clone(),
        from: String::new(),
        another,
    };
    let policy = leading_to(destination);
    Card::new(call, t.consent.with(shown(&application.details.name)))?
        .inside(&question)?
        .wide()
        .policy(policy)
        .reply()
}

/// The policy of a page whose form leads to an application.
fn leading_to(destination: String) -> Policy {
    // An origin and nothing else may stand in the header.
    let plain = destination.bytes().all(|b| b.is_ascii_graphic() && !b";,'\"".contains(&b));
    if plain && destination.contains("://") { Policy::Leads(destination) } else { Policy::Open }
}

/// A name without characters that cannot be seen (UI-22).
pub(super) fn shown(name: &str) -> String {
    name.chars().filter(|c| !trackway_core::account::member::is_unseen(*c)).collect()
}

/// The page for a request that no redirect may answer.
fn rejected(
    call: &Call<'_>,
    error: &str,
    description: &str,
    application: Option<String>,
) -> Result<Reply> {
    let t = call.t;
    let mut card = Card::new(call, t.rejected)?.nowhere();
    if let Some(name) = application {
        card = card.intro(t.rejected_name.with(shown(&name)));
    }
    card.intro(t.rejected_intro)
        .intro(format!("{error}: {description}"))
        .link("/", t.to_start)
        .reply()
        .map(|reply| reply.status(StatusCode::BAD_REQUEST))
}

/// Answers the application in the name of the person. A question is good once, in the session that
/// was asked (AZ-14).
pub(super) async fn decide(call: &mut Call<'_>) -> Result<Reply> {
    let signed = call.person()?;
    let (uid, session) = (signed.person.uid, signed.session.hash.clone());
    let id = call.form.get("id").to_owned();
    let allowed = call.form.get("decision") == "allow";
    let granted = ticked(call);
    let given = fresh_factor::given(call)?;
    let shown = given.clone();
    let outcome = call
        .write("Decide", move |cx| {
            if allowed {
                return decide::allow(cx, (&id, &session), uid, granted, shown.as_ref());
            }
            match consent::take(cx, &id, uid, &session)? {
                Some(request) => decide::deny(cx, &request, uid).map(Outcome::Answered),
                None => Ok(Outcome::Gone),
            }
        })
        .await?;
    match outcome {
        Outcome::Answered(url) => Ok(Reply::go(url)),
        Outcome::Gone => Err(Code::FormExpired.err()),
        Outcome::Unproven(id, request) => {
            let policy = leading_to(request.destination(&call.base));
            let action = "/authorize/decision";
            let decision = fresh_factor::Decision { action, id, granted, policy };
            fresh_factor::ask(call, decision, given.as_ref()).await
        }
    }
}
