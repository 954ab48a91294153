//! `/setup`: from a fresh program to the first administrator (oauth.md, 7.1).

use trackway_core::account::log::{self, Event};
use trackway_core::account::session::Stage;
use trackway_core::account::{member, password, setup};
use trackway_core::org::NewOrg;
use trackway_core::{Code, Error, Result};

use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::Key;
use crate::ui::reply::Reply;

fn form(call: &Call<'_>) -> Result<Form> {
    let (t, f) = (call.t, &call.form);
    let code = f.opt("code").unwrap_or_else(|| call.query.get("code"));
    Ok(Form::new(call, "/setup", t.setup_submit)?
        .field(
            Field::line("code", t.setup_code)
                .value(code)
                .hint(t.setup_code_hint)
                .complete("off")
                .required(),
        )
        .field(
            Field::line("organization", t.org_name)
                .value(f.get("organization"))
                .complete("organization")
                .required(),
        )
        .field(
            Field::line("first_name", t.first_name)
                .value(f.get("first_name"))
                .complete("given-name")
                .required(),
        )
        .field(
            Field::line("last_name", t.last_name).value(f.get("last_name")).complete("family-name"),
        )
        .field(Field::line("email", t.email).kind("email").value(f.get("email")).complete("email"))
        .field(
            Field::line("login", t.login)
                .value(f.get("login"))
                .hint(t.login_hint)
                .complete("username")
                .required(),
        )
        .field(
            Field::password("password", t.password)
                .hint(t.password_hint)
                .complete("new-password")
                .required(),
        ))
}

/// The form, as long as nobody has filled it.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    if !setup::is_needed(&call.app.tracker.world()) {
        return Err(Code::SetupDone.err());
    }
    page(call, form(call)?)
}

fn page(call: &Call<'_>, form: Form) -> Result<Reply> {
    Card::new(call, call.t.setup)?.intro(call.t.setup_intro).form(form).wide().reply()
}

/// Makes administrator and organisation, and signs the administrator in.
pub(super) async fn submit(call: &mut Call<'_>) -> Result<Reply> {
    if !setup::is_needed(&call.app.tracker.world()) {
        return Err(Code::SetupDone.err());
    }
    match run(call).await {
        Ok(reply) => Ok(reply),
        Err(error) if error.status() == 422 || error.status() == 429 => {
            let form = form(call)?.refused(call, &error);
            page(call, form)
        }
        Err(error) => Err(error),
    }
}

async fn run(call: &mut Call<'_>) -> Result<Reply> {
    let guard = &call.app.ui.guard;
    if let Some(seconds) = guard.wait(&[Key::Setup], call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    let code = call.app.ui.setup.as_ref();
    if !code.is_some_and(|code| code.admits(call.form.get("code"), call.now)) {
        guard.fail(&[Key::Setup], call.now);
        return Err(Code::SetupKeyWrong.at("code"));
    }
    let f = &call.form;
    let organization = member::required("organization", f.get("organization"))?;
    let first_name = member::required("first_name", f.get("first_name"))?;
    let last_name = member::name("last_name", f.get("last_name"))?;
    let email = member::mail("email", f.get("email"))?;
    let login = f.get("login").trim().to_lowercase();
    if !trackway_core::org::is_login(&login) {
        return Err(Code::LoginForm.at("login"));
    }
    let secret = f.password("password");
    password::check(&secret, &[&login, &email, &first_name, &last_name, &organization])?;
    let setup = setup::Setup {
        org: NewOrg::named(&organization)?,
        login: login.clone(),
        first_name,
        last_name,
        email,
        phc: call.app.ui.hashing.hash(&secret).await?,
        language: call.lang.tag().to_owned(),
    };
    let id = setup.org.org_id.clone();
    let (_, uid) = call.write("SetUp", move |cx| setup::run(cx, &setup)).await?;
    let tracker = call.app.tracker.clone();
    tokio::task::spawn_blocking(move || tracker.reload()).await.map_err(Error::internal)??;
    call.write("SetUpDone", move |cx| log::record(cx, uid, Event::SetupDone, &login)).await?;
    call.open_session(uid, Stage::Full, false).await?;
    Ok(Reply::go(format!("/admin/orgs/{id}?done=setup")))
}
