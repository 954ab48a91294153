//! `/settings/sessions`: where one is signed in (UI-10).

use askama::Template;
use trackway_core::Result;
use trackway_core::account::log::{self, Event};
use trackway_core::account::session::Stage;
use trackway_core::account::{reset, session};

use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::Form;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "sessions.html")]
struct List {
    t: &'static Texts,
    sessions: Vec<Entry>,
}

struct Entry {
    browser: String,
    address: String,
    started: String,
    seen: String,
    current: bool,
    end: Form,
}

/// The list.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let signed = call.person()?;
    let (uid, own) = (signed.person.uid, signed.session.hash.clone());
    let rows = call.read(move |cx| session::of_account(cx.tx, uid, cx.visit.now)).await?;
    let mut sessions = Vec::new();
    for row in rows.iter().filter(|row| row.stage() == Stage::Full) {
        let browser = browser(&row.agent).unwrap_or_else(|| t.unknown_browser.to_string());
        let end = Form::new(call, "/settings/sessions/end", t.end_session)?
            .hidden("session", row.name())
            .class("quiet")
            .about(format!("{browser}, {}", row.address));
        sessions.push(Entry {
            browser,
            address: row.address.clone(),
            started: call.when(row.created_at),
            seen: call.when(row.seen_at),
            current: row.hash == own,
            end,
        });
    }
    let others = Form::new(call, "/settings/sessions/end-others", t.end_others)?.class("quiet");
    Panel::new(call, t.sessions)?
        .intro(t.sessions_intro)
        .section(Section::new("list", "").inside(&List { t, sessions })?.form(others))
        .section(
            Section::new("everywhere", t.sign_out_everywhere)
                .intro(t.everywhere_intro)
                .inside(&Go::danger("/settings/sessions/everywhere", t.sign_out_everywhere))?
                .danger(),
        )
        .reply()
}

/// A browser and a system in words, out of what a browser calls itself.
pub(super) fn browser(agent: &str) -> Option<String> {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let program = first(&[
        ("YaBrowser/", "Yandex Browser"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ])?;
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    Some(system.map_or_else(|| program.to_owned(), |system| format!("{program}, {system}")))
}

/// Ends one.
pub(super) async fn end(call: &mut Call<'_>) -> Result<Reply> {
    let signed = call.person()?;
    let (uid, login) = (signed.person.uid, signed.person.login.clone());
    let name = call.form.get("session").to_owned();
    call.write("EndSession", move |cx| {
        session::end_named(cx.tx, uid, &name)?;
        log::record(cx, uid, Event::SessionEnded, &login)
    })
    .await?;
    Ok(Reply::go("/settings/sessions?done=session-ended"))
}

/// Ends all but the present one.
pub(super) async fn end_others(call: &mut Call<'_>) -> Result<Reply> {
    let signed = call.person()?;
    let (uid, login) = (signed.person.uid, signed.person.login.clone());
    let own = signed.session.hash.clone();
    call.write("EndSessions", move |cx| {
        session::end_all(cx.tx, uid, Some(&own))?;
        log::record(cx, uid, Event::SessionEnded, &login)
    })
    .await?;
    Ok(Reply::go("/settings/sessions?done=session-ended"))
}

/// Asks before everything ends.
pub(super) fn ask_everywhere(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    call.person()?;
    let form = Form::new(call, "/settings/sessions/everywhere", t.sign_out_everywhere)?;
    sure(call, t.everywhere_sure.to_string(), t.everywhere_intro, form, "/settings/sessions")
}

/// Ends every session and token, and opens a new session here.
pub(super) async fn everywhere(call: &mut Call<'_>) -> Result<Reply> {
    let signed = call.person()?;
    let (uid, login) = (signed.person.uid, signed.person.login.clone());
    let remember = signed.session.is_remembered();
    call.write("SignOutEverywhere", move |cx| {
        reset::end_everything(cx, uid, None)?;
        log::record(cx, uid, Event::SessionEnded, &login)
    })
    .await?;
    call.open_session(uid, Stage::Full, remember).await?;
    Ok(Reply::go("/settings/sessions?done=everywhere"))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_named() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome).as_deref(), Some("Chrome, Linux"));
        assert_eq!(browser("curl/8"), None);
    }
}
