//! `/login/browser/{link}`: lets a browser sign in to an account that others are guessing the password
//! of (BF-02). Browsers that the account was signed in from before need no link, so nobody can lock
//! an owner out.

use data_encoding::BASE64URL_NOPAD;
use trackway_core::account::letter::{self, Matter};
use trackway_core::{Code, Result, secret};

use crate::ui::call::Call;
use crate::ui::form::Form;
use crate::ui::frame::Card;
use crate::ui::guard::{Key, place};
use crate::ui::reply::Reply;

/// Keeps these links apart from everything else that is made with the server key.
const PURPOSE: &str = "browser link";
/// Milliseconds a link is good for.
const LIFE: i64 = 30 * 60_000;

/// Mails a link to an account, but not more than some an hour.
pub(super) async fn send(call: &Call<'_>, uid: i64) -> Result<()> {
    let keys = [Key::Letter(format!("browser {uid}")), Key::Letters(place(call.client))];
    if !call.mails() || call.app.ui.guard.wait(&keys, call.now).is_some() {
        return Ok(());
    }
    call.app.ui.guard.fail(&keys, call.now);
    let end = call.now + LIFE;
    let link = format!("{}/login/browser/{uid}.{end}.{}", call.base, mac(call, uid, end)?);
    call.write("MailBrowserLink", move |cx| letter::send_to(cx, uid, Matter::Browser(&link))).await
}

fn mac(call: &Call<'_>, uid: i64, end: i64) -> Result<String> {
    let key = &call.app.tracker.settings().key;
    let mac = key.mac(PURPOSE, &[&uid.to_be_bytes(), &end.to_be_bytes()])?;
    Ok(BASE64URL_NOPAD.encode(&mac))
}

/// The account a link is for.
fn account(call: &Call<'_>, link: &str) -> Result<i64> {
    let over = || Code::LinkExpired.err();
    let mut parts = link.splitn(3, '.');
    let mut number = || parts.next().and_then(|text| text.parse::<i64>().ok());
    let (uid, end) = (number().ok_or_else(over)?, number().ok_or_else(over)?);
    let given = parts.next().unwrap_or_default();
    let right = secret::equal(mac(call, uid, end)?.as_bytes(), given.as_bytes());
    if right && call.now < end { Ok(uid) } else { Err(over()) }
}

/// Asks, because opening an address changes nothing.
pub(super) fn ask(call: &Call<'_>, link: &str) -> Result<Reply> {
    let t = call.t;
    account(call, link)?;
    let form = Form::new(call, format!("/login/browser/{link}"), t.go_on)?;
    Card::new(call, t.browser_link)?.intro(t.browser_link_intro).inside(&form)?.reply()
}

/// From now on this browser is one that the account may sign in from.
pub(super) fn admit(call: &mut Call<'_>, link: &str) -> Result<Reply> {
    let uid = account(call, link)?;
    call.mark_known(uid)?;
    Ok(Reply::go("/login"))
}
