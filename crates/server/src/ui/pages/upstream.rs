//! `/login/with/{service}`: signing in with an account of another service (oauth.md, 7.6).

use trackway_core::account::person::Person;
use trackway_core::account::{member, upstream};
use trackway_core::dict::model::Member;
use trackway_core::lang::Name;
use trackway_core::{Code, Result};

use super::login::{enter, next};
use crate::config::SignInService;
use crate::ui::call::{Call, local_path};
use crate::ui::reply::Reply;
use crate::ui::upstream::Arrived;

/// The cookie of a sign-in that is under way.
const COOKIE: &str = "journey";
/// Seconds it lives.
const LIFE: i64 = 600;

/// Sends the person to the service.
pub(super) async fn begin(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    let upstreams = &call.app.ui.upstreams;
    let service = upstreams.find(id)?;
    let key = call.app.tracker.settings().key.clone();
    let (url, cookie) = upstreams.begin(service, &key, &call.base, next(call), call.now).await?;
    call.keep(COOKIE, &cookie, Some(LIFE));
    Ok(Reply::go(url))
}

/// Takes the person back: signs in, links, or says that nobody is linked.
pub(super) async fn finish(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    let upstreams = &call.app.ui.upstreams;
    let service = upstreams.find(id)?;
    let cookie = call.cookie(COOKIE).unwrap_or_default().to_owned();
    // Good once, whatever comes of it.
    call.forget(COOKIE);
    let key = call.app.tracker.settings().key.clone();
    let query = call.query.clone();
    let (arrived, journey) = upstreams
        .finish(service, &key, &call.base, &cookie, |name| query.get(name), call.now)
        .await?;
    let next = local_path(&journey.next).unwrap_or("/").to_owned();
    let (issuer, subject) = (arrived.issuer.clone(), arrived.subject.clone());
    if let Some(signed) = &call.signed {
        let uid = signed.person.uid;
        crate::ui::fresh(call)?;
        call.write("LinkUpstream", move |cx| upstream::link(cx, uid, &issuer, &subject)).await?;
        return Ok(Reply::go("/settings/security?done=saved"));
    }
    let known = call.read(move |cx| upstream::find(cx, &issuer, &subject)).await?;
    let uid = match known {
        Some(uid) => uid,
        None => newcomer(call, &Terms::of(service, &arrived), &arrived).await?,
    };
    let person = Person::of(&call.app.tracker.world(), uid);
    let person = person.ok_or_else(|| Code::UpstreamUnknown.err())?;
    enter(call, uid, person.login, false, next).await
}

/// What becomes of people who come for the first time.
pub(super) struct Terms<'a> {
    /// An account with the same mail address is theirs.
    pub(super) link_by_mail: bool,
    /// They get an account.
    pub(super) create: bool,
    /// In this organisation.
    pub(super) organization: &'a str,
}

impl<'a> Terms<'a> {
    /// Without a mail address that the service vouches for nobody is known and nobody is welcome.
    fn of(service: &'a SignInService, arrived: &Arrived) -> Self {
        let mail = arrived.email.as_deref().unwrap_or_default();
        let domain = mail.rsplit_once('@').map(|(_, domain)| domain);
        let mut domains = service.create_for_domains.iter();
        Self {
            link_by_mail: service.link_by_mail,
            create: domain.is_some_and(|d| domains.any(|own| own.eq_ignore_ascii_case(d))),
            organization: &service.organization,
        }
    }
}

/// The account of somebody who comes for the first time: one with the same mail address, or a new
/// one, where the settings say so (T-42).
pub(super) async fn newcomer(call: &Call<'_>, terms: &Terms<'_>, arrived: &Arrived) -> Result<i64> {
    let unknown = || Code::UpstreamUnknown.err();
    let mail = arrived.email.clone().unwrap_or_default();
    let world = call.app.tracker.world();
    let (issuer, subject) = (arrived.issuer.clone(), arrived.subject.clone());
    let owner = if mail.is_empty() { None } else { Person::named(&world, &mail) };
    if let Some(uid) = owner {
        if !terms.link_by_mail {
            return Err(unknown());
        }
        call.write("LinkUpstream", move |cx| upstream::link(cx, uid, &issuer, &subject)).await?;
        return Ok(uid);
    }
    let org = world.by_org_id(terms.organization).filter(|_| terms.create);
    let org = org.map(|dict| dict.org_id).ok_or_else(unknown)?;
    let name = |text: &str| {
        let text = member::name("name", text).unwrap_or_default();
        Name::new(&text, &text)
    };
    let wanted = [arrived.login.as_str(), mail.split('@').next().unwrap_or_default()];
    let login = wanted.into_iter().find(|login| trackway_core::org::is_login(login));
    let person = Member {
        login: login.unwrap_or(&mail).to_lowercase(),
        first_name: name(&arrived.first_name),
        last_name: name(&arrived.last_name),
        email: mail,
        ..Member::default()
    };
    call.write("WelcomeUpstream", move |cx| {
        let uid = upstream::welcome(cx, org, &person)?;
        upstream::link(cx, uid, &issuer, &subject)?;
        Ok(uid)
    })
    .await
}

/// Takes a link away.
pub(super) async fn unlink(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let uid = call.person()?.person.uid;
    let issuer = call.form.get("issuer").to_owned();
    call.write("UnlinkUpstream", move |cx| upstream::unlink(cx, uid, &issuer)).await?;
    Ok(Reply::go("/settings/security?done=saved"))
}
