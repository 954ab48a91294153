//! Signing in with a password that a directory knows (oauth.md, 7.6).

use trackway_core::account::member::Level;
use trackway_core::account::password::Password;
use trackway_core::account::upstream::{self, Told};
use trackway_core::{Code, Result};

use super::upstream::{Terms, newcomer};
use crate::config::Directory;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Section;
use crate::ui::guard::{Key, place};
use crate::ui::ldap::Found;
use crate::ui::reply::Reply;
use crate::ui::upstream::Arrived;

/// The account of whoever the directory knows under this name and password.
pub(super) async fn sign_in(call: &Call<'_>, name: &str, given: &Password) -> Result<Option<i64>> {
    let Some(ldap) = &call.app.ui.ldap else { return Ok(None) };
    let Some(found) = ldap.find(name, given).await? else { return Ok(None) };
    let directory = &ldap.directory;
    let (issuer, subject) = (directory.issuer(), found.subject.clone());
    let known = call.read(move |cx| upstream::find(cx, &issuer, &subject)).await?;
    let uid = match known {
        Some(uid) => uid,
        None => welcome(call, directory, name, &found).await?,
    };
    follow(call, directory, uid, &found).await?;
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

/// Groups of the directory become levels and groups here.
async fn follow(call: &Call<'_>, directory: &Directory, uid: i64, found: &Found) -> Result<()> {
    let world = call.app.tracker.world();
    let org = world.by_org_id(&directory.organization).map(|dict| dict.org_id);
    let Some(org) = org.filter(|_| !directory.groups.is_empty()) else { return Ok(()) };
    let told = told(directory, found);
    call.write("FollowDirectory", move |cx| upstream::follow(cx, org, uid, &told)).await
}

/// What the table of the settings makes of somebody's groups: the highest level of any of them, and to
/// read only where none says more.
fn told(directory: &Directory, found: &Found) -> Told {
    let own: Vec<String> = found.groups.iter().map(|dn| normal(dn)).collect();
    let mut told = Told::default();
    for row in &directory.groups {
        let inside = own.contains(&normal(&row.dn));
        if let Some(level) = Level::named(&row.level) {
            let before = told.level.unwrap_or_default();
            told.level = Some(if inside { before.max(level) } else { before });
        }
        if !row.group.is_empty() {
            told.groups.push((row.group.clone(), inside));
        }
    }
    told
}

/// Names of entries are compared without case and without space around their parts.
fn normal(dn: &str) -> String {
    let parts: Vec<&str> = dn.split(',').map(str::trim).collect();
    parts.join(",").to_lowercase()
}

/// The part of the page on which an account is linked with its entry, or not any more.
pub(super) fn section(call: &Call<'_>, linked: &[String]) -> Result<Option<Section>> {
    let t = call.t;
    let Some(ldap) = &call.app.ui.ldap else { return Ok(None) };
    let issuer = ldap.directory.issuer();
    let section = Section::new("directory", t.directory);
    if linked.contains(&issuer) {
        let form = Form::new(call, "/settings/security/unlink", t.unlink)?.hidden("issuer", issuer);
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
    let name = call.form.get("name").trim().to_lowercase();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DirectoryGroup;

    /// Groups of a directory are levels and groups here, by the table.
    #[test]
    fn the_highest_level_of_the_table_counts() {
        let row = |dn: &str, level: &str, group: &str| DirectoryGroup {
            dn: dn.to_owned(),
            level: level.to_owned(),
            group: group.to_owned(),
        };
        let groups = vec![
            row("cn=boss, dc=example", "admin", ""),
            row("cn=staff,dc=example", "full", "Staff"),
            row("cn=night,dc=example", "", "Night shift"),
        ];
        let directory = Directory { groups, ..Directory::default() };
        let of = |groups: &[&str]| {
            let groups = groups.iter().map(ToString::to_string).collect();
            let found = Found {
                subject: "1".to_owned(),
                email: None,
                first_name: String::new(),
                last_name: String::new(),
                groups,
            };
            told(&directory, &found)
        };
        assert_eq!(of(&["CN=Staff,DC=Example", "cn=boss,dc=example"]).level, Some(Level::Admin));
        let staff = of(&["cn=staff, dc=example", "cn=else"]);
        assert_eq!(staff.level, Some(Level::Full));
        let expected = [("Staff".to_owned(), true), ("Night shift".to_owned(), false)];
        assert_eq!(staff.groups, expected);
        assert_eq!(of(&[]).level, Some(Level::Read));
        let silent = Directory { groups: Vec::new(), ..directory.clone() };
        assert_eq!(told(&silent, &Found { subject: String::new(), ..found() }).level, None);
    }

    fn found() -> Found {
        Found {
            subject: String::new(),
            email: None,
            first_name: String::new(),
            last_name: String::new(),
            groups: Vec::new(),
        }
    }
}
