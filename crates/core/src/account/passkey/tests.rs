use super::authenticator::{STORY, Story, Token, UP, added, place, text};
use super::{Answer, Proof, add, check, of_account, remove};
use crate::account::session::{self, Browser, Stage, Start};
use crate::account::{factor, recovery};
use crate::error::Code;
use crate::testing::{Fixture, NOW};

fn proves(f: &Fixture, answer: &Answer, proof: Proof) -> Option<i64> {
    let answer = answer.clone();
    f.account(move |cx| check(cx, &place(), &answer, proof)).expect("checked")
}

/// MF-02, MF-03, MF-04.
#[test]
fn the_first_passkey_switches_the_second_step_on_and_the_last_one_off() {
    let f = Fixture::new();
    let bob = f.bob;
    let start = Start::new(bob, Stage::Full, Browser::default()).expect("random");
    let id = start.id.clone();
    f.account(move |cx| session::start(cx.tx, &start, NOW)).expect("a session");
    let (first, second) = (Token::new(1), Token::new(2));
    assert!(added(&f, bob, &first), "the first");
    let state = f
        .account(move |cx| {
            let gone = session::find(cx.tx, &id, NOW)?.is_none();
            Ok((factor::is_on(cx.tx, bob)?, recovery::left(cx.tx, bob)?, gone))
        })
        .expect("read");
    assert_eq!(state, (true, 10, true));
    assert!(!added(&f, bob, &second));
    let again = first.new_key(&f);
    let refused = f.account(move |cx| add(cx, bob, &place(), &again, &[])).expect_err("known");
    assert_eq!(refused.code, Code::PasskeyRefused);
    let (id, other) = (text(&first.id), text(&second.id));
    let of_another = f.ann;
    let foreign = id.clone();
    assert!(f.account(move |cx| remove(cx, of_another, &foreign)).is_err());
    assert!(!f.account(move |cx| remove(cx, bob, &id)).expect("removed"));
    assert!(f.account(move |cx| remove(cx, bob, &other)).expect("removed"), "the last");
    let left =
        f.account(move |cx| Ok((of_account(cx.tx, bob)?.len(), recovery::left(cx.tx, bob)?)));
    assert_eq!(left.expect("read"), (0, 0));
}

#[test]
fn a_passkey_proves_its_owner_once_for_each_challenge() {
    let f = Fixture::new();
    let token = Token::new(1);
    added(&f, f.bob, &token);
    // The challenge of the registration was made at NOW; only later ones count.
    for at in [NOW - 1000, NOW] {
        assert_eq!(proves(&f, &token.answer(&f, &Story { at, ..STORY }), Proof::Alone), None);
    }
    for at in [NOW + 1000, NOW + 2000] {
        let answer = token.answer(&f, &Story { at, ..STORY });
        let run = |answer: Answer| {
            f.account_at(NOW + 60_000, move |cx| check(cx, &place(), &answer, Proof::Alone))
                .expect("checked")
        };
        assert_eq!(run(answer.clone()), Some(f.bob));
        assert_eq!(run(answer), None, "once");
    }
}

/// What a phishing site, a copied answer or a weak authenticator brings.
#[test]
fn answers_meant_for_something_else_prove_nothing() {
    let f = Fixture::new();
    let token = Token::new(1);
    added(&f, f.bob, &token);
    let run_answer = |answer: Answer, proof| {
        f.account_at(NOW + 2000, move |cx| check(cx, &place(), &answer, proof)).expect("checked")
    };
    let run = |story: Story, proof| {
        run_answer(token.answer(&f, &Story { at: NOW + 1000, ..story }), proof)
    };
    for story in [
        Story { origin: "https://evil.example", ..STORY },
        Story { origin: "http://tracker.example.org", ..STORY },
        Story { host: "evil.example", ..STORY },
        Story { bound: "another browser", ..STORY },
        Story { deed: "webauthn.create", ..STORY },
        Story { flags: 0, ..STORY },
        Story { flags: UP, ..STORY },
    ] {
        assert_eq!(run(story, Proof::Alone), None);
    }
    assert_eq!(run(STORY, Proof::Again(f.ann)), None);
    assert_eq!(run(STORY, Proof::Second(f.ann)), None);
    let now = Story { at: NOW + 1000, ..STORY };
    let mut forged = token.answer(&f, &now);
    forged.signature = Token::new(1).answer(&f, &now).signature;
    assert_eq!(run_answer(forged.clone(), Proof::Alone), None, "another key");
    assert_eq!(run_answer(Answer { id: text(b"none"), ..forged }, Proof::Alone), None);
    assert_eq!(run_answer(Answer::default(), Proof::Alone), None);
    let present = Story { flags: UP, ..STORY };
    assert_eq!(run(present, Proof::Second(f.bob)), Some(f.bob), "after the password it will do");
}

#[test]
fn a_counter_that_goes_back_is_written_down() {
    let f = Fixture::new();
    let (bob, token) = (f.bob, Token::new(1));
    added(&f, bob, &token);
    let flagged = |at, counter| {
        let answer = token.answer(&f, &Story { counter, at, ..STORY });
        let found = f.account_at(at + 1, move |cx| check(cx, &place(), &answer, Proof::Alone));
        assert_eq!(found.expect("checked"), Some(bob));
        let sql = "SELECT COUNT(*) FROM audit WHERE after LIKE '%passkey_counter%'";
        let count: (i64,) = f.account(move |cx| Ok(cx.tx.one(sql, &[])?)).expect("read");
        count.0
    };
    assert_eq!(flagged(NOW + 1000, 5), 0);
    assert_eq!(flagged(NOW + 2000, 6), 0);
    assert_eq!(flagged(NOW + 3000, 6), 1);
}
