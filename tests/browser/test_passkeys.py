"""Passkeys (oauth.md, MF-02), with an authenticator that the browser's driver plays."""

import pytest
from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

PASSWORD = "seven green lanterns"


@pytest.fixture(scope="session")
def local(demo):
    """The server by name: browsers know no passkeys for IP addresses."""
    return demo["base_url"].replace("127.0.0.1", "localhost")


def with_authenticator(browser, verifies=True):
    options = VirtualAuthenticatorOptions()
    options.protocol = "ctap2"
    options.transport = "internal" if verifies else "usb"
    # Without verification browsers keep no passkey that could sign in alone.
    options.has_resident_key = verifies
    options.has_user_verification = verifies
    options.is_user_verified = verifies
    browser.driver.add_virtual_authenticator(options)
    return browser


def join(admin, new_browser, demo, local, login):
    """Somebody of our own, so that nobody else needs a second step afterwards."""
    admin.open(f"{demo['base_url']}/admin/orgs/{demo['org_id']}/members/invite")
    admin.fill(note=login).press("Make the invitation")
    link = admin.find("#link").text.replace(demo["base_url"], local)
    browser = new_browser()
    browser.open(link).fill(first_name="Pia", login=login, password=PASSWORD).press("Join")
    return browser


def test_a_passkey_signs_in_alone(admin, new_browser, demo, local):
    user = with_authenticator(join(admin, new_browser, demo, local, "pia.alone"))
    user.open(local + "/settings/security").look("security-without-passkeys")
    user.press("Add a passkey").look("passkey-add")
    user.fill(name="Laptop").press("Make the passkey")
    codes = [code.text for code in user.all(".codes code")]
    assert len(codes) == 10, "the first second factor brings recovery codes"
    user.press("I have kept the codes")
    assert "Laptop" in user.text and "Codes left: 10" in user.text
    user.look("security-with-passkey")

    # The driver's authenticator accepts at once what the browser proposes in the login field.
    user.press("Sign out", within="#top").settle(local + "/")
    assert "Hello, Pia" in user.text
    assert user.errors() == []

    user.open(local + "/login/confirm").look("confirm-with-passkey").press("Use a passkey")
    assert user.url == local + "/"

    user.open(local + "/settings/security/log").look("log")
    assert "Passkey added: Laptop" in user.text and "Identity confirmed" in user.text


def test_a_passkey_is_the_second_step_after_a_password(admin, new_browser, demo, local):
    user = with_authenticator(join(admin, new_browser, demo, local, "pia.second"), verifies=False)
    user.open(local + "/settings/security/passkeys").fill(name="Key").press("Make the passkey")
    codes = [code.text for code in user.all(".codes code")]
    user.open(local + "/settings/profile").press("Sign out", within="#top")
    user.fill(login="pia.second", password=PASSWORD).press("Sign in")
    assert "Second step" in user.text
    user.look("second-with-passkey").press("Use a passkey")
    assert user.url == local + "/", user.text

    # Without the key there are the recovery codes, and no way around.
    other = new_browser()
    other.open(local + "/login").fill(login="pia.second", password=PASSWORD).press("Sign in")
    other.open(local + "/settings/profile")
    assert "/login" in other.url
    other.open(local + "/login/second").fill(code="AAAA-BBBB-CCCC-DDDD").press("Continue")
    assert "The code is wrong" in other.text
    other.fill(code=codes[0]).press("Continue")
    assert other.url == local + "/"

    # Taken away, the password alone does again; and every session but this one has ended.
    user.open(local + "/settings/security").press("Remove")
    assert "Remove the passkey “Key”?" in user.text
    user.look("passkey-remove").press("Remove")
    assert "The passkey has been removed" in user.text
    other.open(local + "/settings/profile")
    assert "/login" in other.url
    other.fill(login="pia.second", password=PASSWORD).press("Sign in")
    assert other.url == local + "/settings/profile"


def test_a_passkey_opens_the_way_for_a_demanding_application(admin, new_browser, demo, local):
    """MF-05: the application is given nothing without a passkey used on the page that asks."""
    user = with_authenticator(join(admin, new_browser, demo, local, "pia.third"))
    user.open(local + "/settings/security/passkeys").fill(name="Laptop").press("Make the passkey")
    admin.open(demo["base_url"] + "/client/new/api").fill(name="Payroll").press("Register")
    client = admin.find("#client-id").text
    admin.open(f"{demo['base_url']}/admin/applications/one?id={client}")
    for tick in admin.all("input[name=standing][value=factor]"):
        tick.click()
    admin.press("Save").open(f"{demo['base_url']}/client/{client}").look("app-marked")
    assert "A second step with each decision" in admin.find("#marks").text

    user.open(f"{local}/authorize?response_type=code&client_id={client}").press("Allow")
    assert "Second step" in user.text and "/verification_code" not in user.url
    user.look("factor-with-passkey").press("Use a passkey")
    assert "/verification_code" in user.url, user.text


def test_the_sign_in_page_offers_passkeys(browser, local):
    browser.open(local + "/login").look("login-with-passkey")
    assert browser.find("form[data-deed] button").text == "Use a passkey"


def test_where_passkeys_cannot_work_it_is_said(admin, demo):
    admin.open(demo["base_url"] + "/settings/security")
    assert "Passkeys work only where the server is reached by HTTPS and by name" in admin.text
    admin.open(demo["base_url"] + "/login?switch=1")
    with pytest.raises(NoSuchElementException):
        admin.find("form[data-deed]")
