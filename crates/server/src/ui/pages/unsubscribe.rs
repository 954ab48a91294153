//! `/unsubscribe/{token}`: no more letters about issues. The link says who it is, so nobody needs
//! to sign in.

use trackway_core::{Code, Error, Result};

use crate::ui::call::Call;
use crate::ui::form::Form;
use crate::ui::frame::Card;
use crate::ui::reply::Reply;

/// Asks whether letters are really not wanted: mail programs open links to look at them.
pub(super) fn ask(call: &Call<'_>, token: &str) -> Result<Reply> {
    let t = call.t;
    if call.app.tracker.unsubscriber(token).is_none() {
        return Err(Code::LinkExpired.err());
    }
    let form = Form::new(call, format!("/unsubscribe/{token}"), t.unsubscribe)?;
    Card::new(call, t.unsubscribe_sure)?.intro(t.unsubscribe_intro).nowhere().form(form).reply()
}

/// Ends letters. A mail program does so with one click (RFC 8058) and knows no token of a form: the
/// link is proof enough.
pub(super) async fn submit(call: &Call<'_>, token: &str) -> Result<Reply> {
    let tracker = call.app.tracker.clone();
    let (org, user) = tracker.unsubscriber(token).ok_or_else(|| Code::LinkExpired.err())?;
    let done = tokio::task::spawn_blocking(move || tracker.unsubscribe(org, user)).await;
    done.map_err(Error::internal)??;
    Card::new(call, call.t.unsubscribe_done)?.nowhere().link("/", call.t.to_start).reply()
}
