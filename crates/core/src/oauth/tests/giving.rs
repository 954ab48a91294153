use super::*;
use crate::Code;
use crate::oauth::given::{self, NewPersonal};
use crate::testing::NOW;

/// UI-09.
#[test]
fn an_account_sees_and_takes_back_what_it_gave() {
    let f = Fixture::new();
    let uris = vec!["https://oauth.yandex.ru/verification_code".to_owned()];
    let (app, _) = register(&f, Details { redirect_uris: uris, ..details(Profile::Compatible) });
    let (ann, bob) = (f.ann, f.bob);
    let token = [
        ("client_id", app.id.as_str()),
        ("response_type", "token"),
        ("device_id", "laptop-7f3a"),
        ("device_name", "Ada's laptop"),
    ];
    approve(&f, &request(&f, &token), ann);
    let listed = f.account(move |cx| given::applications(cx, ann)).expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].name.as_str(), listed[0].grants.len()), ("Example", 1));
    let grant = listed[0].grants[0].clone();
    assert_eq!((grant.device_name.as_str(), grant.tokens), ("Ada's laptop", 1));
    assert!(f.account(move |cx| given::applications(cx, bob)).expect("listed").is_empty());
    let id = grant.id.clone();
    let foreign = f.account(move |cx| given::revoke_grant(cx, bob, &id));
    assert_eq!(foreign.expect_err("not his").code, Code::ApplicationNotFound);
    f.account(move |cx| given::revoke_grant(cx, ann, &grant.id)).expect("taken back");
    assert!(f.account(move |cx| given::applications(cx, ann)).expect("listed").is_empty());
}

#[test]
fn tokens_for_own_use_are_limited_listed_and_revoked() {
    let f = Fixture::new();
    let ann = f.ann;
    let new = NewPersonal {
        label: " script ".to_owned(),
        scopes: scopes("tracker:read"),
        expires_at: Some(NOW + 86_400_000),
        queues: vec![f.dev],
    };
    let make = |new: NewPersonal| f.account(move |cx| given::create_personal(cx, ann, &new));
    make(new.clone()).expect("made");
    let bad = NewPersonal { label: String::new(), ..new.clone() };
    assert_eq!(make(bad).expect_err("no label").status(), 422);
    let bad = NewPersonal { expires_at: Some(NOW), ..new.clone() };
    assert_eq!(make(bad).expect_err("over").status(), 422);
    let bad = NewPersonal { scopes: scopes("admin:oauth"), ..new };
    assert_eq!(make(bad).expect_err("no administrator").code, Code::AdminRequired);
    let listed = f.account(move |cx| given::personal(cx, ann)).expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].label.as_str(), &listed[0].queues), ("script", &vec![f.dev]));
    let id = listed[0].id.clone();
    f.account(move |cx| given::revoke_personal(cx, ann, &id)).expect("revoked");
    assert!(f.account(move |cx| given::personal(cx, ann)).expect("listed").is_empty());
}

/// Tokens limited to queues: decided where all rights are.
#[test]
fn a_token_for_one_queue_opens_no_other() {
    let f = Fixture::new();
    let body = |queue: &str| serde_json::json!({"queue": queue, "summary": "s"});
    let inside = f.issue(f.ann, body("DEV"));
    let outside = f.issue(f.ann, body("HELP"));
    for uid in [f.ann, f.boss] {
        let mut caller = f.as_user(uid);
        let actor = (*caller.actor).clone().limited_to(Some(&[f.dev]));
        caller.actor = std::sync::Arc::new(actor);
        let get = |key: &str| {
            let request = trackway_api::issues::GetIssue::new(key);
            f.tracker.db().read(|tx| {
                f.tracker.read(&caller, tx, |cx| crate::issue::ops::get(cx, &request).map(drop))
            })
        };
        assert!(get(&inside).is_ok());
        assert_eq!(get(&outside).expect_err("beyond").status(), 403);
        let seen = f.tracker.db().read(|tx| {
            f.tracker.read(&caller, tx, |cx| {
                let index = cx.index.index.read();
                Ok(crate::access::visible(&cx.dict, &cx.actor, &index, None).len())
            })
        });
        assert_eq!(seen.expect("counted"), 1);
        assert!(caller.actor.admin_only().is_err());
    }
}
