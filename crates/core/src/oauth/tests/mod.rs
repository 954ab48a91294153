//! The authorization server on the fixture.

mod applications;
mod auditing;
mod authorizing;
mod devices;
mod exchanging;
mod factor;
mod giving;
mod services;

use super::application::{self, Application, Details, Secret};
use super::authorize::{self, AuthorizeRequest, Checked, Rejected};
use super::decide::{self, Assurance};
use super::{Params, Policy, Profile, ScopeSet};
use crate::testing::Fixture;

pub(super) const CALLBACK: &str = "https://app.example.net/cb";
pub(super) const ISSUER: &str = "https://tracker.example.org";
/// RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text, &Policy::default()).expect("scopes")
}

pub(super) fn details(profile: Profile) -> Details {
    Details {
        name: "Example".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
        scopes: scopes("tracker:read tracker:write login:info login:email"),
        contact: "owner@trial.example".to_owned(),
        device_flow: true,
        implicit: true,
        profile,
        ..Details::default()
    }
}

pub(super) fn register(f: &Fixture, details: Details) -> (Application, Option<Secret>) {
    let owner = f.boss;
    f.account(move |cx| application::register(cx, owner, details.clone())).expect("registered")
}

pub(super) fn params(pairs: &[(&str, &str)]) -> Params {
    Params::new(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
}

pub(super) fn check(f: &Fixture, pairs: &[(&str, &str)]) -> Result<Checked, Rejected> {
    let params = params(pairs);
    f.account(move |cx| authorize::check(cx, &params)).expect("checked")
}

pub(super) fn request(f: &Fixture, pairs: &[(&str, &str)]) -> AuthorizeRequest {
    check(f, pairs).expect("a good request").request
}

pub(super) fn approve(f: &Fixture, request: &AuthorizeRequest, account: i64) -> String {
    let (request, all) = (request.clone(), request.all_scopes());
    f.account(move |cx| decide::approve(cx, &request, account, all, Assurance::Session))
        .expect("approved")
}

/// A parameter of the query or fragment of an address, decoded.
pub(super) fn answer(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once(['?', '#'])?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
