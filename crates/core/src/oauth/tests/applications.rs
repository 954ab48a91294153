use super::*;
use crate::Code;
use crate::oauth::application::Platform;
use crate::testing::NOW;

#[test]
fn an_application_is_registered_shown_changed_and_deleted() {
    let f = Fixture::new();
    let (app, secret) = register(&f, details(Profile::Strict));
    let secret = secret.expect("a confidential application has a secret").0;
    assert_eq!(app.id.len(), 32);
    assert_eq!(secret.len(), 48);
    assert!(app.has_secret(&secret, NOW));
    assert!(!app.has_secret("0", NOW));
    let (boss, ann, id) = (f.boss, f.ann, app.id.clone());
    let listed = f.account(move |cx| application::list(cx, boss)).expect("listed");
    assert_eq!(listed.len(), 1);
    let foreign = f.account({
        let id = id.clone();
        move |cx| application::own(cx, ann, &id)
    });
    assert_eq!(foreign.expect_err("not hers").code, Code::ApplicationNotFound);
    let renamed = Details { name: " Other ".to_owned(), ..details(Profile::Strict) };
    let (changed, no_secret) = f
        .account({
            let id = id.clone();
            move |cx| application::edit(cx, boss, &id, renamed.clone())
        })
        .expect("changed");
    assert_eq!((changed.details.name.as_str(), changed.version), ("Other", 2));
    assert_eq!(no_secret, None);
    f.account({
        let id = id.clone();
        move |cx| application::delete(cx, boss, &id)
    })
    .expect("deleted");
    let gone = f.account(move |cx| application::find(cx, &id)).expect("looked for");
    assert!(gone.is_none());
}

#[test]
fn every_wrong_field_is_named() {
    let f = Fixture::new();
    let wrong = Details {
        name: "a\u{202e}b".to_owned(),
        icon_url: "http://x".to_owned(),
        contact: "nobody".to_owned(),
        redirect_uris: vec!["http://app.example.net/".to_owned()],
        origins: vec!["https://a.example/path".to_owned()],
        ..Details::default()
    };
    let owner = f.boss;
    let error =
        f.account(move |cx| application::register(cx, owner, wrong.clone())).expect_err("wrong");
    let body = error.body(crate::lang::Lang::En);
    let fields: Vec<&str> = body.errors.keys().map(String::as_str).collect();
    assert_eq!(fields, ["contact", "iconUrl", "name", "origins", "redirectUris", "scopes"]);
}

/// AP-02, ID-03.
#[test]
fn secrets_rotate_with_an_overlap_if_wanted() {
    let f = Fixture::new();
    let (app, first) = register(&f, details(Profile::Strict));
    let (boss, id) = (f.boss, app.id);
    let rotate = |overlap| {
        let id = id.clone();
        f.account(move |cx| application::rotate_secret(cx, boss, &id, overlap, false))
            .expect("rotated")
    };
    let find = || {
        let id = id.clone();
        f.account(move |cx| application::find(cx, &id)).expect("found").expect("there")
    };
    let first = first.expect("a secret").0;
    let second = rotate(60_000).0;
    let app = find();
    assert!(app.has_secret(&first, NOW + 59_999) && app.has_secret(&second, NOW));
    assert!(!app.has_secret(&first, NOW + 60_000));
    rotate(0);
    assert!(!find().has_secret(&second, NOW));
}

#[test]
fn public_applications_have_no_secret_and_get_one_with_the_type() {
    let f = Fixture::new();
    let public = Details { platform: Platform::Device, ..details(Profile::Compatible) };
    let (app, secret) = register(&f, public.clone());
    assert!(secret.is_none() && !app.is_confidential());
    let (boss, id) = (f.boss, app.id);
    let error = f.account({
        let id = id.clone();
        move |cx| application::rotate_secret(cx, boss, &id, 0, false)
    });
    assert_eq!(error.expect_err("no secret").code, Code::ApplicationPublic);
    let kept = Details { keeps_secret: true, ..public };
    let (app, secret) =
        f.account(move |cx| application::edit(cx, boss, &id, kept.clone())).expect("changed");
    assert!(secret.is_some() && app.is_confidential());
}

#[test]
fn administrators_decide_and_others_do_not() {
    let f = Fixture::new();
    let (app, _) = register(&f, details(Profile::Compatible));
    let decide = |who: i64| {
        let id = app.id.clone();
        f.account(move |cx| {
            application::decide(cx, who, &id, application::Standing::default(), true)
        })
    };
    assert_eq!(decide(f.ann).expect_err("no administrator").code, Code::AdminRequired);
    decide(f.boss).expect("blocked");
    let id = app.id.clone();
    let found = f.account(move |cx| application::find(cx, &id)).expect("found");
    assert!(found.expect("there").blocked);
}

/// T-34: the name of a verified application warns whoever is asked by another one that looks like it.
#[test]
fn a_name_that_looks_like_a_verified_one_is_noticed() {
    let f = Fixture::new();
    let named = |name: &str| {
        let details = Details { name: name.to_owned(), ..details(Profile::Strict) };
        register(&f, details).0
    };
    let (real, false_one) = (named("Trackway CI"), named("Тrасkwау-Cl"));
    let like = |app: &Application| {
        let app = app.clone();
        f.account(move |cx| application::looks_like(cx, &app)).expect("looked for")
    };
    assert_eq!(like(&false_one), None, "nobody vouches for the other one either");
    let (boss, id) = (f.boss, real.id.clone());
    let verified = application::Standing { verified: true, ..Default::default() };
    f.account(move |cx| application::decide(cx, boss, &id, verified.clone(), false)).expect("done");
    assert_eq!(like(&false_one).as_deref(), Some("Trackway CI"));
    let id = real.id;
    let real = f.account(move |cx| application::find(cx, &id)).expect("found").expect("there");
    assert_eq!(like(&real), None);
    // Renamed, it is another one.
    let (boss, id) = (f.boss, false_one.id);
    let renamed = Details { name: "Builds".to_owned(), ..details(Profile::Strict) };
    let edit = move |cx: &mut crate::account_cx::AccountCx<'_, '_>| {
        application::edit(cx, boss, &id, renamed.clone())
    };
    assert_eq!(like(&f.account(edit).expect("changed").0), None);
}
