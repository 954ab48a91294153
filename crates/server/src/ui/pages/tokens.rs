//! `/settings/tokens`: tokens for own use, made without an application.

use askama::Template;
use trackway_core::account::person::Person;
use trackway_core::oauth::ScopeSet;
use trackway_core::oauth::given::{self, NewPersonal};
use trackway_core::oauth::scope::Scope;
use trackway_core::time::DAY_MS;
use trackway_core::{Code, Result};

use super::consent::lines;
use crate::ui::call::Call;
use crate::ui::form::{Choice, Field, Form, Look};
use crate::ui::frame::{Card, Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

/// Lives to choose from, in days.
const LIVES: [i64; 4] = [7, 30, 90, 365];
/// The one that is proposed.
const PROPOSED: i64 = 90;

#[derive(Template)]
#[template(path = "tokens.html")]
struct List {
    t: &'static Texts,
    tokens: Vec<Entry>,
}

struct Entry {
    label: String,
    scopes: String,
    made: String,
    until: String,
    used: String,
    /// Keys of the queues it is limited to; empty for no limit.
    queues: String,
    end: Form,
}

fn form(call: &Call<'_>) -> Result<Form> {
    let (t, f) = (call.t, &call.form);
    let fresh = f.pairs().is_empty();
    let ticked = f.all("scopes");
    let scope = |name: &str| {
        let words = Scope::parse(name).map_or("", |scope| scope.words(call.lang));
        Choice {
            value: name.to_owned(),
            label: words.to_owned(),
            hint: name.to_owned(),
            on: if fresh { name.starts_with("tracker:") } else { ticked.contains(&name) },
        }
    };
    let chosen = f.get("days").parse().unwrap_or(PROPOSED);
    let life = |days: i64| Choice {
        value: days.to_string(),
        label: t.days.with(days),
        on: days == chosen,
        ..Choice::default()
    };
    Ok(Form::new(call, "/settings/tokens", t.token_make)?
        .field(
            Field::line("label", t.token_label)
                .hint(t.token_label_hint)
                .value(f.get("label"))
                .required(),
        )
        .field(
            Field::line("scopes", t.scopes)
                .choices(Look::Ticks, ["tracker:read", "tracker:write"].map(scope).to_vec()),
        )
        .field(
            Field::line("queues", t.token_queues)
                .hint(t.token_queues_hint)
                .value(f.get("queues"))
                .complete("off"),
        )
        .field(Field::line("days", t.token_life).choices(Look::Select, LIVES.map(life).to_vec())))
}

/// The queues that a form names by their keys.
fn chosen_queues(call: &Call<'_>, person: &Person) -> Result<Vec<i64>> {
    let keys = call.form.get("queues").split([',', ' ', '\n', '\r', '\t']);
    keys.filter(|key| !key.is_empty())
        .map(|key| {
            let found = person.orgs.iter().find_map(|dict| dict.queues.by_key(&key.to_uppercase()));
            found.map(|queue| queue.id).ok_or_else(|| Code::ValueUnknown.with(key).under("queues"))
        })
        .collect()
}

/// The key of a queue, or its number where it is gone.
fn queue_key(person: &Person, id: i64) -> String {
    let found = person.orgs.iter().find_map(|dict| dict.queues.get(id));
    found.map_or_else(|| id.to_string(), |queue| queue.key.clone())
}

async fn page(call: &Call<'_>, form: Form) -> Result<Reply> {
    let t = call.t;
    let person = &call.person()?.person;
    let uid = person.uid;
    let found = call.read(move |cx| given::personal(cx, uid)).await?;
    let mut tokens = Vec::new();
    for token in found {
        let keys = token.queues.iter().map(|id| queue_key(person, *id));
        let queues = keys.collect::<Vec<_>>().join(", ");
        let words = lines(call, token.scopes).into_iter().map(|line| line.words);
        let end = Form::new(call, "/settings/tokens/end", t.revoke)?
            .hidden("token", &token.id)
            .class("quiet")
            .about(&token.label);
        tokens.push(Entry {
            queues,
            label: token.label,
            scopes: words.collect::<Vec<_>>().join(", "),
            made: call.when(token.created_at),
            until: token.expires_at.map_or_else(String::new, |at| call.when(at)),
            used: token.last_used_at.map_or_else(|| t.never.to_string(), |at| call.when(at)),
            end,
        });
    }
    Panel::new(call, t.tokens)?
        .intro(t.tokens_intro)
        .section(Section::new("list", "").inside(&List { t, tokens })?)
        .section(Section::new("new", t.token_new).form(form))
        .reply()
}

/// The tokens, and the form for another one.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    page(call, form(call)?).await
}

#[derive(Template)]
#[template(path = "token.html")]
struct Once<'a> {
    t: &'static Texts,
    token: &'a str,
    base: &'a str,
    org: &'a str,
}

/// Makes a token and shows it, once.
pub(super) async fn make(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let t = call.t;
    let person = call.person()?.person.clone();
    let queues = match chosen_queues(call, &person) {
        Ok(queues) => queues,
        Err(error) => {
            let form = form(call)?.refused(call, &error);
            return page(call, form).await;
        }
    };
    let scopes = call.form.all("scopes").into_iter().filter_map(Scope::parse);
    let days: i64 = call.form.get("days").parse().unwrap_or(PROPOSED);
    let new = NewPersonal {
        label: call.form.get("label").to_owned(),
        scopes: scopes.fold(ScopeSet::NONE, ScopeSet::with),
        expires_at: Some(call.now + days.clamp(1, 365) * DAY_MS),
        queues,
    };
    let uid = person.uid;
    match call.write("MakeToken", move |cx| given::create_personal(cx, uid, &new)).await {
        Ok(token) => {
            let org = person.orgs.first().map_or("", |dict| dict.org.org_id.as_str());
            Card::new(call, t.token_made)?
                .inside(&Once { t, token: &token, base: &call.base, org })?
                .link("/settings/tokens", t.token_kept)
                .wide()
                .reply()
        }
        Err(error) if error.status() == 422 => {
            let form = form(call)?.refused(call, &error);
            page(call, form).await
        }
        Err(error) => Err(error),
    }
}

/// Ends a token.
pub(super) async fn end(call: &mut Call<'_>) -> Result<Reply> {
    let uid = call.person()?.person.uid;
    let id = call.form.get("token").to_owned();
    call.write("EndToken", move |cx| given::revoke_personal(cx, uid, &id)).await?;
    Ok(Reply::go("/settings/tokens?done=revoked"))
}
