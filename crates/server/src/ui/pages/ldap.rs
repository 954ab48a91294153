//! Signing in with a password that a directory knows (oauth.md, 7.6).

use trackway_core::account::password::Password;
use trackway_core::account::{ldap, upstream};
use trackway_core::{Code, Result};

use super::upstream::{Terms, newcomer};
use crate::config::Directory;
use crate::ldap::Found;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Section;
use crate::ui::guard::{Key, place};
use crate::ui::reply::Reply;
use crate::ui::typed_login;
use crate::ui::upstream::Arrived;

/// The account of whoever the directory knows under this name and password.
pub(super) async fn sign_in(call: &Call<'_>, name: &str, given: &Password) -> Result<Option<i64>> {
    let Some(asked) = &call.app.ui.ldap else { return Ok(None) };
    let Some(found) = asked.find(name, given).await? else { return Ok(None) };
    let directory = &asked.directory;
    let (issuer, subject) = (directory.issuer(), found.subject.clone());
    let known = call.read(move |cx| upstream::find(cx, &issuer, &subject)).await?;
    let uid = match known {
        Some(uid) => uid,
        None => welcome(call, directory, name, &found).await?,
    };
    let org = call.app.tracker.world().by_org_id(&directory.organization).map(|dict| dict.org_id);
    let told = found.told(directory);
    call.write("FollowDirectory", move |cx| ldap::follow(cx, org, uid, Some(&told))).await?;
    Ok(Some(uid))
}

async fn welcome(call: &Call<'_>, directory: &Directory, name: &str, found: &Found) -> Result<i64> {
    let arrived = Arrived {
        issuer: directory.issuer(),
        subject: found.subject.clone(),
        email: found.email.clone(),
        first_name: found.first_name.clone(),
        last_name: found.last_name.clone(),
        login: name.to_owned(),
    };
    let terms = Terms {
        link_by_mail: directory.link_by_mail,
        create: directory.create,
        organization: &directory.organization,
    };
    newcomer(call, &terms, &arrived).await
}

/// The part of the page on which an account is linked with its entry, or not any more.
pub(super) fn section(call: &Call<'_>, linked: &[String]) -> Result<Option<Section>> {
    let t = call.t;
    let Some(ldap) = &call.app.ui.ldap else { return Ok(None) };
    let issuer = ldap.directory.issuer();
    let section = Section::new("directory", t.directory);
    if linked.contains(&issuer) {
        let form = Form::new(call, "/settings/security/unlink", t.unlink)?
            .hidden("issuer", issuer)
            .class("danger");
        return Ok(Some(section.intro(t.directory_on).form(form)));
    }
    let form = Form::new(call, "/settings/security/directory", t.link_account)?
        .field(Field::line("name", t.directory_login).complete("off").required().id("d1"))
        .field(Field::password("directory", t.directory_password).complete("off").required());
    Ok(Some(section.intro(t.directory_off).form(form)))
}

/// Links whoever is signed in with an entry, whose password proves that it is theirs.
pub(super) async fn link(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let uid = call.person()?.person.uid;
    let ldap = call.app.ui.ldap.as_ref().ok_or_else(|| Code::UnknownPath.err())?;
    let name = typed_login(call.form.get("name"));
    let keys = [Key::Pair(name.clone(), place(call.client)), Key::Place(place(call.client))];
    if let Some(seconds) = call.app.ui.guard.wait(&keys, call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    let Some(found) = ldap.find(&name, &call.form.password("directory")).await? else {
        call.app.ui.guard.fail(&keys, call.now);
        return Err(Code::SignInFailed.err());
    };
    let (issuer, subject) = (ldap.directory.issuer(), found.subject);
    call.write("LinkUpstream", move |cx| upstream::link(cx, uid, &issuer, &subject)).await?;
    Ok(Reply::go("/settings/security?done=saved"))
}
