"""Signing in, the second factor, sessions, passwords, decisions, on the demo server."""

import base64
import hashlib
import hmac
import http.server
import pathlib
import struct
import threading
import time
import zlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest


def one_time_code(secret, when=None):
    step = int((when or time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_the_settings(new_browser, demo, language):
    browser = new_browser(language=language)
    base, org = demo["base_url"], demo["org_id"]
    browser.open(base + "/login").look(f"login-{language}")
    browser.fill(login=demo["login"], password=demo["password"])
    browser.follow(browser.find("main button"))
    pages = [
        "/",
        "/settings/profile",
        "/settings/security",
        "/settings/security/password",
        "/settings/security/codes",
        "/settings/security/log",
        "/settings/security/passkeys",
        "/settings/sessions",
        "/settings/sessions/everywhere",
        "/settings/applications",
        "/settings/tokens",
        "/admin/orgs",
        f"/admin/orgs/{org}",
        f"/admin/orgs/{org}/edit",
        f"/admin/orgs/{org}/members",
        f"/admin/orgs/{org}/members/invite",
        f"/admin/orgs/{org}/groups",
        f"/admin/orgs/{org}/services",
        "/admin/overview",
        "/admin/users",
        "/admin/applications",
        "/admin/audit",
        "/client/my",
        "/client/new",
        "/client/new/id",
        "/client/new/api",
        "/device",
        "/verification_code",
        "/verification_code?code=ABCD1234EFGH5678",
        "/verification_code?error=access_denied",
        "/login/confirm",
        "/login/reset",
        "/help/api",
    ]
    for page in pages:
        browser.open(base + page)
        name = page.strip("/").replace(org, "org")
        for sign in "/?=":
            name = name.replace(sign, "-")
        browser.look(f"{name or 'start'}-{language}")
        assert browser.find("html").get_attribute("lang") == language
    assert browser.errors() == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_an_application_and_every_question(new_browser, demo, language):
    """UI-05, UI-07 to UI-09, UI-15, UI-16, UI-18: pages that need something to be there, and those that ask first."""
    browser = new_browser(language=language)
    base, org = demo["base_url"], demo["org_id"]
    browser.open(base + "/login").fill(login=demo["login"], password=demo["password"])
    browser.follow(browser.find("main button"))

    def main_button(value=None):
        browser.follow(browser.find(f"main [value={value}]" if value else "main form button.primary"))

    ids = []
    for name in ("Notes", "N\u043etes"):
        browser.open(base + "/client/new/api").fill(name=name)
        browser.find("[name=redirectUris]").send_keys("\nhttps://app.example.net/cb")
        main_button()
        ids.append(browser.find("#client-id").text)
    true, false = ids
    browser.open(f"{base}/admin/applications/one?id={true}")
    browser.find("[name=standing][value=verified]").click()
    main_button()
    for client_id in ids:
        browser.open(f"{base}/authorize?response_type=token&client_id={client_id}")
        browser.look(f"consent-{'like' if client_id == false else 'verified'}-{language}")
        main_button("allow")
        browser.look(f"token-{language}")
    # One looks like the other, which an administrator vouches for.
    browser.open(f"{base}/authorize?response_type=token&client_id={false}")
    assert len(browser.all(".note.bad")) == 1
    browser.open(f"{base}/client/{false}")
    assert len(browser.all(".note.warn")) == 1
    member = browser.open(f"{base}/admin/orgs/{org}/members").all("main .rows a, main table a")[-1].get_attribute("href")
    pages = {
        "app": f"/client/{true}",
        "app-edit": f"/client/{true}/edit",
        "app-new-secret": f"/client/{true}/secret",
        "app-signed-info": f"/client/{true}/signed-info",
        "app-delete": f"/client/{true}/delete",
        "admin-app": f"/admin/applications/one?id={false}",
        "admin-app-block": f"/admin/applications/block?id={false}",
        "access": "/settings/applications",
        "access-revoke": f"/settings/applications/revoke?application={true}",
        "access-revoke-everything": "/settings/applications/everything",
        "member": member,
        "device": "/device?user_code=BCDF-GHJK",
        "error-404": "/settings/nothing",
        "error-403": "/admin/orgs/1",
    }
    for name, path in pages.items():
        browser.open(path if path.startswith("http") else base + path).look(f"{name}-{language}")
    browser.open(base + "/device").fill(user_code="BCDFGHJK")
    main_button()
    browser.look(f"device-wrong-{language}")
    browser.open(base + "/settings/applications/everything")
    browser.follow(browser.find("main form button.danger"))
    browser.look(f"access-none-{language}")
    assert not browser.all("main .rows"), "nothing has access any more"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_service_accounts(new_browser, demo, language):
    """IM-08: an account, its key, and the questions before they go."""
    browser = new_browser(language=language)
    base = demo["base_url"]
    key = pathlib.Path(__file__).parent.parent.joinpath("fixtures", "test-rsa.pem").read_text()
    browser.open(base + "/login").fill(login=demo["login"], password=demo["password"])
    browser.follow(browser.find("main button"))
    browser.open(f"{base}/admin/orgs/{demo['org_id']}/services")
    browser.fill(name=f"Nightly {language}", login=f"nightly-{language}")
    browser.follow(browser.find("main form button.primary")).look(f"service-new-{language}")
    browser.fill(description="Runner", publicKey="no key")
    browser.follow(browser.find("main form button.primary")).look(f"service-key-refused-{language}")
    browser.fill(publicKey=key)
    browser.follow(browser.find("main form button.primary")).look(f"service-{language}")
    own = browser.url.split("?")[0]
    browser.follow(browser.find("main .rows a.button")).look(f"service-key-remove-{language}")
    browser.follow(browser.find("main form button.danger"))
    assert not browser.all("main .rows"), "the key is gone"
    browser.open(own + "/delete").look(f"service-delete-{language}")
    browser.follow(browser.find("main form button.danger")).look(f"services-{language}")
    assert browser.errors() == []


def test_pages_work_by_keyboard(browser, demo):
    from selenium.webdriver.common.keys import Keys

    browser.open(demo["base_url"] + "/login")
    active = browser.driver.switch_to.active_element
    assert active.get_attribute("name") == "login"
    active.send_keys(demo["login"], Keys.TAB, demo["password"], Keys.ENTER)
    browser.settle()
    assert browser.url == demo["base_url"] + "/"
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.driver.switch_to.active_element
    assert skip.text == "Skip to content"
    skip.send_keys(Keys.ENTER)
    assert browser.driver.switch_to.active_element.get_attribute("id") == "main"


def test_wrong_passwords_and_unknown_people_look_the_same(browser, demo):
    """UI-03."""
    told = []
    for login in (demo["user_login"], "nobody-at-all"):
        browser.open(demo["base_url"] + "/login").fill(login=login, password="wrong wrong")
        browser.press("Sign in")
        told.append(browser.find("[role=alert]").text)
    assert told[0] == told[1] == "Wrong login or password."
    browser.look("login-refused")


def test_language_is_switched_on_the_page(browser, demo):
    browser.open(demo["base_url"] + "/login").press("Русский", within="#foot")
    assert "Вход" in browser.text
    browser.press("English", within="#foot")
    assert "Forgot your password?" in browser.text


def test_one_time_codes(browser, new_browser, demo):
    """UI-04, UI-10, UI-11."""
    base = demo["base_url"]
    people = browser.sign_in(base, demo["login"], demo["password"])
    # Somebody of our own, so that nobody else needs codes afterwards.
    org = demo["org_id"]
    people.open(f"{base}/admin/orgs/{org}/members/invite").fill(note="x").press("Make the invitation")
    link = people.find("#link").text
    user = new_browser()
    user.open(link).fill(first_name="Olga", login="olga.codes", password="seven green lanterns")
    user.press("Join")
    user.open(base + "/settings/security").press("Switch on")
    secret = user.find(".enrol code").text.replace(" ", "")
    user.fill(code="000000").press("Switch on")
    assert "The code is wrong" in user.text
    secret_again = user.find(".enrol code").text.replace(" ", "")
    assert secret_again == secret, "a typing error does not change the secret"
    user.fill(code=one_time_code(secret)).press("Switch on")
    codes = [code.text for code in user.all(".codes code")]
    assert len(codes) == 10
    user.look("recovery-codes")
    user.press("I have kept the codes").look("security-with-codes")
    assert "Codes left: 10" in user.text

    other = new_browser()
    other.open(base + "/login").fill(login="olga.codes", password="seven green lanterns")
    other.press("Sign in")
    assert "/login/second" in other.url
    other.look("second")
    other.open(base + "/settings/profile")
    assert "/login" in other.url, "the password alone opens nothing"
    other.open(base + "/login/second").fill(code=codes[0].lower()).press("Continue")
    assert other.url == base + "/"
    other.open(base + "/settings/sessions").look("sessions")
    assert len(other.all(".rows > li")) == 2


def test_signing_out_leaves_nothing_behind(browser, demo):
    """UI-19."""
    base = demo["base_url"]
    browser.sign_in(base, demo["login"], demo["password"])
    cookies = {cookie["name"]: cookie for cookie in browser.driver.get_cookies()}
    assert cookies["sid"]["httpOnly"] and cookies["sid"]["sameSite"] == "Lax"
    browser.open(base + "/settings/sessions").press("Sign out", within="#top")
    assert "You have signed out" in browser.text
    # T-52: what the back button brings back is a page for strangers.
    browser.driver.back()
    browser.driver.refresh()
    assert "/login" in browser.url
    browser.driver.add_cookie({"name": "sid", "value": cookies["sid"]["value"]})
    browser.open(base + "/settings/sessions")
    assert "/login" in browser.url, "the old session is over"


class Landing:
    """The place an application gets its answers at."""

    def __init__(self):
        landing = self
        self.got = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path.startswith("/cb"):
                    landing.got.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<title>landed</title>landed")

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def register(browser, base, uri, name, platform=None):
    browser.open(base + "/client/new/api")
    browser.fill(name=name, redirectUris=uri)
    if platform:
        browser.find(f"[name=platform][value={platform}]").click()
    browser.press("Register")
    return browser.find("#client-id").text


def test_decisions_reach_the_application(admin, demo):
    """UI-02, S-8252-05: the redirect that follows the form is not stopped by the policy of the page."""
    base, landing = demo["base_url"], Landing()
    uri = f"http://127.0.0.1:{landing.port}/cb"
    client_id = register(admin, base, uri, "Loopback tool")
    query = {"response_type": "code", "client_id": client_id, "redirect_uri": uri, "state": "a b&+%"}
    query["optional_scope"] = "tracker:write"
    ask = f"{base}/authorize?{urlencode(query)}"
    admin.open(ask).look("consent-optional")
    assert not admin.find("[name=scope]").is_selected(), "nothing is ticked beforehand"
    admin.press("Deny")
    assert admin.driver.title == "landed"
    answer = parse_qs(urlsplit(landing.got[-1]).query)
    assert answer["error"] == ["access_denied"] and answer["state"] == ["a b&+%"]
    admin.open(ask).press("Allow")
    answer = parse_qs(urlsplit(admin.url).query)
    assert len(answer["code"][0]) == 43 and answer["iss"] == [base]
    assert answer["state"] == ["a b&+%"]


def png(side=40):
    """A picture, and a script behind it."""

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x20\x60\xc0" * side) * side)
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", rows) + part(b"IEND", b"") + b"<script>"


def test_pictures_of_applications_are_drawn_anew(admin, demo, tmp_path):
    """UI-21, AZ-13: a picture is shown where people decide, and an SVG is none."""
    base = demo["base_url"]
    client_id = register(admin, base, "https://app.example.net/cb", "Picture tool")
    admin.open(f"{base}/client/{client_id}")
    svg = tmp_path / "icon.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"/>')
    admin.find("[name=picture]").send_keys(str(svg))
    admin.press("Upload")
    assert "PNG, JPEG or WebP" in admin.text
    picture = tmp_path / "icon.png"
    picture.write_bytes(png())
    admin.open(f"{base}/client/{client_id}").find("[name=picture]").send_keys(str(picture))
    admin.press("Upload").look("app-picture")
    drawn = "const i = document.querySelector('img.icon'); return [i.complete, i.naturalWidth, i.naturalHeight]"
    assert admin.driver.execute_script(drawn) == [True, 256, 256]
    query = urlencode({"response_type": "code", "client_id": client_id})
    admin.open(f"{base}/authorize?{query}").look("consent-picture")
    assert admin.driver.execute_script(drawn) == [True, 256, 256]
    admin.open(f"{base}/client/{client_id}/icon")
    assert admin.driver.execute_script("return document.contentType") == "image/png"
    admin.open(f"{base}/client/{client_id}").press("Remove")
    assert not admin.all("img.icon")


def test_a_request_of_a_stranger_waits_for_the_sign_in(browser, admin, new_browser, demo):
    base, landing = demo["base_url"], Landing()
    uri = f"http://127.0.0.1:{landing.port}/cb"
    client_id = register(admin, base, uri, "Patient tool")
    query = urlencode({"response_type": "code", "client_id": client_id, "login_hint": demo["login"]})
    other = new_browser().open(f"{base}/authorize?{query}")
    assert other.find("[name=login]").get_attribute("value") == demo["login"]
    other.fill(password=demo["password"]).press("Sign in")
    assert "Patient tool asks for access" in other.text


def test_a_wrong_request_is_told_on_a_page(admin, demo):
    base = demo["base_url"]
    admin.open(base + "/authorize?response_type=code&client_id=00000000000000000000000000000000")
    assert "unauthorized_client" in admin.text
    admin.look("authorize-rejected")
    client_id = register(admin, base, "https://app.example.net/cb", "Far tool")
    admin.open(
        f"{base}/authorize?response_type=code&client_id={client_id}"
        "&redirect_uri=https://app.example.net.evil.example/cb"
    )
    assert "invalid_request" in admin.text and "evil.example" not in admin.driver.page_source
