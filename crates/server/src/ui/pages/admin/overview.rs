//! `/admin/overview`: how the server is set up, and what is missing.

use askama::Template;
use trackway_core::Result;
use trackway_core::audit::system;
use trackway_core::oauth::{Policy, Registration};
use trackway_db::Engine;

use super::gate;
use crate::ui::call::Call;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::{Text, Texts};

/// Digits of the key's fingerprint that tell two keys apart.
const KEY_SHOWN: usize = 16;

#[derive(Template)]
#[template(path = "overview.html")]
struct Facts {
    facts: Vec<Fact>,
}

struct Fact {
    label: Text,
    value: String,
    /// What to do about it; empty where nothing is to be done.
    hint: String,
}

fn fact(label: Text, value: impl Into<String>) -> Fact {
    Fact { label, value: value.into(), hint: String::new() }
}

fn yes_or_no(t: &Texts, is: bool) -> String {
    if is { t.yes } else { t.no }.to_string()
}

impl Fact {
    fn hint(mut self, missing: bool, hint: Text) -> Self {
        if missing {
            self.hint = hint.to_string();
        }
        self
    }
}

/// The page.
pub(in crate::ui::pages) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    gate(call)?;
    let tracker = call.app.tracker.clone();
    let now = crate::clock::now();
    let counted = tokio::task::spawn_blocking(move || {
        tracker.db().read(|tx| trackway_core::Tracker::job_stats(tx, now))
    });
    let kinds = counted.await.map_err(trackway_core::Error::internal)??;
    let waiting = kinds.iter().map(|kind| kind.waiting).sum();
    let dead = kinds.iter().map(|kind| kind.dead).sum();
    let policy = call.app.tracker.settings().policy.clone();
    Panel::new(call, t.overview)?
        .intro(t.overview_intro)
        .section(Section::new("server", t.server).inside(&server(call, t, waiting, dead)?)?)
        .section(Section::new("policy", t.policy).inside(&rules(call, t, &policy))?)
        .reply()
}

fn server(call: &Call<'_>, t: &'static Texts, waiting: i64, dead: i64) -> Result<Facts> {
    let config = &call.app.config;
    let engine = match call.app.tracker.db().engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let services = call.app.ui.upstreams.all();
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    let mails = call.mails();
    let directory = Some(config.ldap.url.clone()).filter(|url| !url.is_empty());
    let directory = directory.unwrap_or_else(|| t.no.to_string());
    let key = system::fingerprint(&call.app.tracker.settings().key)?;
    let key = key.get(..KEY_SHOWN).unwrap_or_default();
    Ok(Facts {
        facts: vec![
            fact(t.version, env!("CARGO_PKG_VERSION")),
            fact(t.database, engine),
            fact(t.base_url, &call.base).hint(config.public_url.is_none(), t.no_public_url),
            fact(t.passkeys, yes_or_no(t, crate::ui::passkey::site(call).is_some()))
                .hint(crate::ui::passkey::site(call).is_none(), t.passkeys_unsafe),
            fact(t.mail, if mails { config.mail.from.clone() } else { t.no.to_string() })
                .hint(!mails, t.no_mail),
            fact(
                t.sign_in_services,
                if names.is_empty() { t.no.to_string() } else { names.join(", ") },
            )
            .hint(names.is_empty(), t.no_services),
            fact(t.directory, directory),
            Fact {
                hint: if dead > 0 { t.jobs_given_up.with(dead) } else { String::new() },
                ..fact(t.jobs, t.jobs_counts.with(waiting))
            },
            fact(t.server_key, key),
        ],
    })
}

fn rules(call: &Call<'_>, t: &'static Texts, policy: &Policy) -> Facts {
    let registration = match policy.app_registration {
        Registration::Members => t.registration_members,
        Registration::Admins => t.registration_admins,
        Registration::Approval => t.registration_approval,
    };
    let life = |seconds: i64| span(call, seconds);
    let idle = policy.token_idle_ttl;
    Facts {
        facts: vec![
            fact(t.registration, registration.to_string()),
            fact(t.policy_implicit, yes_or_no(t, policy.implicit)),
            fact(t.policy_long, life(policy.long_token_ttl)),
            fact(t.policy_short, life(policy.short_token_ttl)),
            fact(t.policy_refresh, life(policy.refresh_idle_ttl)),
            fact(t.policy_idle, if idle == 0 { t.never_ends.to_string() } else { life(idle) }),
            fact(t.policy_code, life(policy.code_ttl)),
            fact(t.policy_device, life(policy.device_ttl)),
            fact(t.policy_documents, yes_or_no(t, policy.client_id_documents)),
        ],
    }
}

/// A span of time in its largest whole unit.
fn span(call: &Call<'_>, seconds: i64) -> String {
    let t = call.t;
    match seconds {
        s if s % 86_400 == 0 => t.days.with(s / 86_400),
        s if s % 3600 == 0 => t.hours.with(s / 3600),
        s if s % 60 == 0 => t.minutes.with(s / 60),
        s => t.seconds.with(s),
    }
}
