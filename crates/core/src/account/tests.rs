use super::invitation::{self, Guest, Invited};
use super::member::{self, Level, OrgProfile, Seat};
use super::password::{self, Password};
use super::pepper::Peppers;
use super::person::Person;
use super::session::{self, Browser, SECOND_FAILURES, Stage, Start};
use super::{recovery, reset, setup, totp};
use crate::actor::Actor;
use crate::error::{Code, Error};
use crate::lang::{Lang, Name};
use crate::org::NewOrg;
use crate::secret;
use crate::testing::{Fixture, NOW};
use crate::time::DAY_MS;

const HOUR: i64 = 3_600_000;

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.expect_err("a refusal").code
}

/// The code of an error or of its first field.
fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("a refusal").to_string()
}

fn open(f: &Fixture, account: i64, stage: Stage, remember: bool) -> String {
    let browser = Browser { address: "192.0.2.7".into(), agent: "test".into(), remember };
    let start = Start::new(account, stage, browser).expect("random");
    let id = start.id.clone();
    f.account(move |cx| session::start(cx.tx, &start, NOW)).expect("a session");
    id
}

fn alive(f: &Fixture, id: &str, now: i64) -> bool {
    let id = id.to_owned();
    f.account(move |cx| session::find(cx.tx, &id, now)).expect("a look").is_some()
}

#[test]
fn all_sql_fits_the_engine() {
    let f = Fixture::new();
    for list in super::ALL_SQL {
        f.tracker.db().prepare_all(list).expect("statements");
    }
}

/// PW-01, PW-03, PW-05.
#[test]
fn a_password_is_known_again_and_nothing_else_is() {
    let (mut memory, none) = (password::Memory::default(), Peppers::default());
    let given = Password::from("correct horse battery");
    let phc = password::hash(&given, &none, &mut memory).expect("a hash");
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    let again = password::hash(&given, &none, &mut memory).expect("a hash");
    assert_ne!(phc, again, "salted");
    let mut verify =
        |known: Option<&str>, text: &str| password::verify(known, &text.into(), &none, &mut memory);
    assert!(verify(Some(&phc), "correct horse battery"));
    assert!(!verify(Some(&phc), "correct horse batterY"));
    assert!(!verify(None, "nobody"), "the dummy opens nothing");
    assert!(!verify(Some(&phc), &"x".repeat(2000)));
    assert!(!password::is_outdated(&phc, &none).expect("parameters"));
    // Made by the reference implementation with other parameters: understood, and renewed.
    let old = "$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHQxMjM0NTY3OA$\
               lhjX7+cwob6HqEGD6/2WB3APbVFDNYRmMWAX6B354Vg";
    assert!(verify(Some(old), "correct horse battery") && !verify(Some(old), "another"));
    assert!(password::is_outdated(old, &none).expect("parameters"));
}

/// PW-02: without the key a hash is good for nothing, and a newer key takes the place of an older one.
#[test]
fn passwords_are_mixed_with_a_key_that_the_database_lacks() {
    let mut memory = password::Memory::default();
    let (old, new) = ("01".repeat(32), "02".repeat(32));
    let keys = |text: &str| Peppers::parse(text).expect("keys");
    let (none, first, both) = (Peppers::default(), keys(&old), keys(&format!("{old}\n{new}")));
    let (given, wrong) = (Password::from("correct horse battery"), Password::from("another one"));
    let plain = password::hash(&given, &none, &mut memory).expect("a hash");
    let mixed = password::hash(&given, &first, &mut memory).expect("a hash");
    let newest = password::hash(&given, &both, &mut memory).expect("a hash");
    assert!(mixed.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{mixed}");
    assert!(!mixed.contains(&old) && !plain.contains("keyid"));
    let mut opens = |phc: &str, keys: &Peppers| {
        assert!(!password::verify(Some(phc), &wrong, keys, &mut memory), "a wrong password");
        password::verify(Some(phc), &given, keys, &mut memory)
    };
    for (phc, keys, right) in [
        (&plain, &none, true),
        (&plain, &both, true),
        (&mixed, &first, true),
        (&mixed, &both, true),
        (&newest, &both, true),
        // Keys that are not there.
        (&mixed, &none, false),
        (&newest, &first, false),
    ] {
        assert_eq!(opens(phc, keys), right, "{phc}");
    }
    // The key does matter, and not its name alone.
    let name = |phc: &str| phc.split('$').nth(3).expect("parameters").to_owned();
    assert!(!opens(&mixed.replace(&name(&mixed), &name(&newest)), &both));
    let outdated = |phc: &str, keys| password::is_outdated(phc, keys).expect("parameters");
    assert!(outdated(&plain, &first) && outdated(&mixed, &both));
    assert!(!outdated(&mixed, &first) && !outdated(&newest, &both) && !outdated(&plain, &none));
}

/// PW-06, PW-07.
#[test]
fn passwords_that_are_easy_to_guess_are_refused() {
    let about = ["ann", "ann@trial.example", "Johnson", "Trial Company"];
    let check = |text: &str| password::check(&text.into(), &about);
    for good in ["correct horse battery", "пароль из слов", "x7!kQ..93z", "            x"]
    {
        assert!(check(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "short",
        "1234567890",
        "Qwertyuiop",
        "aaaaaaaaaaaa",
        "johnson1987",
        "JOHNSON....",
        "trackway2026",
        "Trial Company1",
        "ann@trial.example",
    ] {
        assert!(check(bad).is_err(), "{bad}");
    }
    assert!(check(&"яж".repeat(256)).is_ok());
    assert!(check(&format!("{}z", "яж".repeat(256))).is_err());
}

/// SE-02, SE-03.
#[test]
fn sessions_end_unused_and_in_any_case() {
    let f = Fixture::new();
    let short = open(&f, f.ann, Stage::Full, false);
    let long = open(&f, f.ann, Stage::Full, true);
    assert!(alive(&f, &short, NOW + 12 * HOUR - 1));
    assert!(!alive(&f, &short, NOW + 12 * HOUR));
    assert!(alive(&f, &long, NOW + 29 * DAY_MS));
    assert!(!alive(&f, &long, NOW + 30 * DAY_MS));
    let hash = secret::hash(&short);
    f.account(move |cx| session::touch(cx.tx, &hash, NOW + 11 * HOUR)).expect("a use");
    assert!(alive(&f, &short, NOW + 13 * HOUR));
    assert!(!alive(&f, &short, NOW + DAY_MS), "the absolute end");
    for unknown in ["", "x", &"a".repeat(43), &secret::hash(&long)] {
        assert!(!alive(&f, unknown, NOW), "{unknown}");
    }
}

#[test]
fn sessions_are_listed_and_ended_by_name() {
    let f = Fixture::new();
    let (one, two) = (open(&f, f.ann, Stage::Full, false), open(&f, f.ann, Stage::Full, false));
    let other = open(&f, f.bob, Stage::Full, false);
    let ann = f.ann;
    let list = f.account(move |cx| session::of_account(cx.tx, ann, NOW)).expect("a list");
    assert_eq!(list.len(), 2);
    let name = secret::hash(&other)[..16].to_owned();
    let ended = f.account(move |cx| session::end_named(cx.tx, ann, &name)).expect("nothing");
    assert_eq!(ended, 0, "not one's own");
    let name = secret::hash(&one)[..16].to_owned();
    f.account(move |cx| session::end_named(cx.tx, ann, &name)).expect("an end");
    assert!(!alive(&f, &one, NOW));
    assert!(alive(&f, &two, NOW) && alive(&f, &other, NOW));
}

/// T-46.
#[test]
fn an_account_keeps_its_newest_sessions_only() {
    let f = Fixture::new();
    for _ in 0..60 {
        open(&f, f.ann, Stage::Full, false);
    }
    let ann = f.ann;
    let list = f.account(move |cx| session::of_account(cx.tx, ann, NOW)).expect("a list");
    assert_eq!(list.len(), 50);
}

/// BF-04.
#[test]
fn five_wrong_codes_end_the_session() {
    let f = Fixture::new();
    let id = open(&f, f.ann, Stage::Second, false);
    for round in 0..SECOND_FAILURES {
        assert!(alive(&f, &id, NOW), "{round}");
        let id = id.clone();
        f.account(move |cx| {
            let row = session::find(cx.tx, &id, NOW)?.expect("alive");
            session::fail(cx.tx, &row)
        })
        .expect("a failure");
    }
    assert!(!alive(&f, &id, NOW));
}

/// The vectors of RFC 6238, appendix B, cut to six digits.
#[test]
fn one_time_codes_are_those_of_the_standard() {
    let secret = b"12345678901234567890";
    for (seconds, expected) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(totp::code(secret, totp::step(seconds * 1000)), expected);
    }
}

/// MF-01, API-36, T-51.
#[test]
fn a_code_is_good_once_and_for_a_minute_around_it() {
    let f = Fixture::new();
    let ann = f.ann;
    let new = totp::Enrolment::new().expect("random");
    let shared = data_encoding::BASE32_NOPAD.decode(new.text.as_bytes()).expect("base32");
    let at = |step: i64| totp::code(&shared, totp::step(NOW) + step);
    let take = |given: String| {
        f.account(move |cx| {
            let key = cx.settings.key.clone();
            totp::take(cx.tx, &key, ann, &given, NOW)
        })
        .expect("a check")
    };
    assert!(!take(at(0)), "nothing is set up");
    f.account(move |cx| {
        let key = cx.settings.key.clone();
        totp::begin(cx.tx, &key, ann, &new)
    })
    .expect("a secret");
    let is_on = || f.account(move |cx| totp::is_on(cx.tx, ann)).expect("a look");
    assert!(!is_on(), "not before the first code");
    assert!(!take(at(-2)) && !take(at(2)) && !take("000".into()) && !take("x".repeat(6)));
    assert!(take(at(-1)));
    assert!(is_on());
    assert!(!take(at(-1)), "used");
    assert!(take(format!(" {} ", at(0))));
    assert!(!take(at(0)) && take(at(1)) && !take(at(0)));
}

/// T-23: a copy of the database does not hold the secret.
#[test]
fn secrets_are_stored_encrypted_for_their_owner() {
    let f = Fixture::new();
    let (ann, bob) = (f.ann, f.bob);
    let new = totp::Enrolment::new().expect("random");
    let plain = new.text.clone();
    let stored = f
        .account(move |cx| {
            let key = cx.settings.key.clone();
            totp::begin(cx.tx, &key, ann, &new)?;
            Ok(cx.tx.one::<totp::TotpRow>(totp::OF_ACCOUNT, &[&ann])?.secret)
        })
        .expect("a row");
    assert!(!stored.contains(&plain));
    let key = f.tracker.settings().key.clone();
    assert_eq!(key.open("totp", &ann.to_string(), &stored).expect("opened"), plain);
    assert!(key.open("totp", &bob.to_string(), &stored).is_err(), "another owner");
    let other = secret::ServerKey::generate().expect("random");
    assert!(other.open("totp", &ann.to_string(), &stored).is_err(), "another key");
}

/// BF-07.
#[test]
fn recovery_codes_work_once() {
    let f = Fixture::new();
    let ann = f.ann;
    let codes = recovery::generate().expect("random");
    assert_eq!(codes.len(), 10);
    assert_eq!(codes[0].len(), 19);
    let stored = codes.clone();
    f.account(move |cx| recovery::store(cx.tx, ann, &stored)).expect("stored");
    let take = |code: String| {
        f.account(move |cx| recovery::take(cx.tx, ann, &code, NOW)).expect("a check")
    };
    assert!(take(codes[3].to_lowercase().replace('-', " ")));
    assert!(!take(codes[3].clone()));
    assert!(!take("AAAA-AAAA-AAAA-AAAA".into()));
    assert_eq!(f.account(move |cx| recovery::left(cx.tx, ann)).expect("a count"), 9);
}

/// PW-08.
#[test]
fn a_reset_link_works_once_and_ends_everything() {
    let f = Fixture::new();
    let ann = f.ann;
    let session = open(&f, ann, Stage::Full, true);
    let link = |life| {
        let text = secret::random_text().expect("random");
        let given = text.clone();
        f.account(move |cx| reset::create(cx.tx, &given, ann, 0, life, NOW)).expect("a link");
        text
    };
    let first = link(reset::MAIL_MS);
    let second = link(reset::MAIL_MS);
    let finish = |text: String, at| f.account_at(at, move |cx| reset::finish(cx, &text, "phc"));
    assert_eq!(code(finish(first, NOW)), Code::LinkExpired, "a newer one replaces it");
    assert_eq!(code(finish(second.clone(), NOW + reset::MAIL_MS)), Code::LinkExpired);
    assert!(alive(&f, &session, NOW));
    assert_eq!(finish(second.clone(), NOW + 1).expect("set"), ann);
    assert!(!alive(&f, &session, NOW + 1));
    assert_eq!(code(finish(second, NOW + 2)), Code::LinkExpired, "used");
    assert_eq!(code(finish("nonsense".into(), NOW)), Code::LinkExpired);
}

fn a_setup(login: &str) -> setup::Setup {
    setup::Setup {
        org: NewOrg::named("Trial").expect("random"),
        login: login.into(),
        first_name: "Ada".into(),
        last_name: "Stone".into(),
        email: "ada@example.org".into(),
        phc: "phc".into(),
        language: "en".into(),
    }
}

/// BS-03, T-43.
#[test]
fn set_up_happens_once() {
    let f = Fixture::new();
    let again = a_setup("mallory");
    assert_eq!(code(f.account(move |cx| setup::run(cx, &again))), Code::SetupDone);
    assert!(!setup::is_needed(&f.tracker.world()));
}

fn boss(f: &Fixture) -> Seat {
    Seat { org: f.org, uid: f.boss }
}

#[test]
fn invited_people_join_once_with_the_level_they_were_given() {
    let f = Fixture::new();
    let seat = boss(&f);
    let token = secret::random_text().expect("random");
    let (given, invited) =
        (token.clone(), Invited { level: Level::Full, note: "Eve".into(), ..Invited::default() });
    f.account(move |cx| invitation::create(cx, seat, &given, &invited)).expect("invited");
    assert_eq!(f.account(move |cx| invitation::list(cx, seat)).expect("a list").len(), 1);
    let guest = |login: &str| Guest::New {
        login: login.into(),
        first_name: "Eve".into(),
        last_name: String::new(),
        email: String::new(),
        phc: "phc".into(),
        language: "en".into(),
    };
    let accept = |guest: Guest| {
        let token = token.clone();
        f.account(move |cx| invitation::accept(cx, &token, &guest))
    };
    // A login that exists would let the guest into somebody else's account.
    assert_eq!(code(accept(guest("BOSS"))), Code::NameTaken);
    assert_eq!(code(accept(Guest::Known(f.ann))), Code::AlreadyMember);
    assert!(told(accept(guest("not a login"))).contains("login"));
    let eve = accept(guest("eve")).expect("joined");
    let world = f.tracker.world();
    let actor = Actor::of(world.org(f.org).expect("the organisation"), eve).expect("a member");
    assert!(actor.full && !actor.admin);
    assert_eq!(code(accept(guest("eve2"))), Code::LinkExpired, "used");
}

#[test]
fn only_administrators_invite_and_change_members() {
    let f = Fixture::new();
    let seat = Seat { org: f.org, uid: f.ann };
    let (bob, guest) = (f.bob, f.guest);
    let refused = [
        code(f.account(move |cx| invitation::create(cx, seat, "x", &Invited::default()))),
        code(f.account(move |cx| invitation::list(cx, seat).map(drop))),
        code(f.account(move |cx| invitation::withdraw(cx, seat, "x"))),
        code(f.account(move |cx| member::set_level(cx, seat, bob, Level::Admin))),
        code(f.account(move |cx| member::set_level(cx, seat, seat.uid, Level::Admin))),
        code(f.account(move |cx| member::set_groups(cx, seat, bob, &[]))),
        code(f.account(move |cx| member::dismiss(cx, seat, guest))),
        code(f.account(move |cx| member::restore(cx, seat, guest))),
        code(f.account(move |cx| member::sign_out(cx, seat, guest))),
        code(f.account(move |cx| member::reset_link(cx, seat, guest, "x"))),
        code(f.account(move |cx| member::add_group(cx, seat, "x"))),
        code(f.account(move |cx| member::set_org(cx, seat, &named("x")))),
    ];
    assert!(refused.iter().all(|code| *code == Code::AdminRequired), "{refused:?}");
    let stranger = Seat { org: f.org, uid: 1 };
    let result = f.account(move |cx| member::set_level(cx, stranger, bob, Level::Admin));
    assert_eq!(code(result), Code::OrgUnavailable);
}

/// SE-07, T-33.
#[test]
fn a_dismissed_member_is_out_at_once() {
    let f = Fixture::new();
    let (seat, ann) = (boss(&f), f.ann);
    let session = open(&f, ann, Stage::Full, true);
    f.account(move |cx| member::dismiss(cx, seat, ann)).expect("dismissed");
    assert!(!alive(&f, &session, NOW));
    assert!(Person::of(&f.tracker.world(), ann).is_none());
    f.account(move |cx| member::restore(cx, seat, ann)).expect("restored");
    assert!(Person::of(&f.tracker.world(), ann).is_some());
}

#[test]
fn the_last_administrator_stays() {
    let f = Fixture::new();
    let (seat, ann) = (boss(&f), f.ann);
    let lower = move || f.account(move |cx| member::set_level(cx, seat, seat.uid, Level::Full));
    assert_eq!(code(lower()), Code::LastAdmin);
    let f = Fixture::new();
    let seat = boss(&f);
    assert_eq!(code(f.account(move |cx| member::dismiss(cx, seat, seat.uid))), Code::LastAdmin);
    f.account(move |cx| member::set_level(cx, seat, ann, Level::Admin)).expect("a second one");
    f.account(move |cx| member::set_level(cx, seat, seat.uid, Level::Full)).expect("now");
}

fn named(name: &str) -> OrgProfile {
    OrgProfile { name: name.into(), ..OrgProfile::default() }
}

#[test]
fn people_change_their_profile_and_administrators_the_organisation() {
    let f = Fixture::new();
    let (seat, ann) = (boss(&f), f.ann);
    let profile = member::Profile {
        first_name: Name::new("Анна", "Ann"),
        last_name: Name::new("Камень", "Stone"),
        email: "ann@example.org".into(),
        lang: Some(Lang::En),
        time_zone: Some("Asia/Tokyo".into()),
    };
    f.account(move |cx| member::set_profile(cx, ann, &profile)).expect("saved");
    let org = OrgProfile {
        time_zone: Some("Asia/Omsk".into()),
        second_step: true,
        ..named(" New name ")
    };
    f.account(move |cx| member::set_org(cx, seat, &org)).expect("saved");
    f.account(move |cx| member::add_group(cx, seat, "QA")).expect("added");
    let again = f.account(move |cx| member::add_group(cx, seat, "qa"));
    assert_eq!(code(again), Code::NameTaken);
    let person = Person::of(&f.tracker.world(), ann).expect("a member");
    assert_eq!(person.name.get(Lang::Ru), "Анна Камень");
    assert_eq!(person.lang, Some(Lang::En));
    assert_eq!(person.orgs[0].org.name.get(Lang::Ru), "New name");
    let zone = |uid| crate::zone::of(&person.orgs[0], uid).iana_name().map(str::to_owned);
    assert_eq!(zone(ann).as_deref(), Some("Asia/Tokyo"));
    assert_eq!(zone(f.bob).as_deref(), Some("Asia/Omsk"), "that of the organisation");
    assert!(person.orgs[0].org.second_step);
    assert_eq!(Person::named(&f.tracker.world(), "ANN@example.org"), Some(ann));
    assert_eq!(Person::named(&f.tracker.world(), "Ann"), Some(ann));
    assert_eq!(Person::named(&f.tracker.world(), "nobody"), None);
}

/// T-34, UI-22.
#[test]
fn names_and_addresses_are_what_they_look_like() {
    for bad in ["a\u{202e}b", "a\u{200b}b", "a\nb", &"x".repeat(101)] {
        assert!(member::name("name", bad).is_err(), "{bad:?}");
    }
    assert_eq!(member::name("name", "  Ада ").expect("a name"), "Ада");
    for bad in ["x", "@x.y", "a@b", "a b@c.d", "a@b@c.d", "a@c.", "<a@b.c>"] {
        assert!(member::mail("email", bad).is_err(), "{bad}");
    }
    assert_eq!(member::mail("email", " A@B.C ").expect("an address"), "a@b.c");
    assert_eq!(member::mail("email", "").expect("none"), "");
}
