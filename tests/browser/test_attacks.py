"""What other sites try (oauth.md, 8), performed by a real browser."""

import http.server
import threading

POLYGLOTS = [
    "<script>window.hacked=1</script>",
    "\"><img src=x onerror=window.hacked=1>",
    "'-window.hacked=1-'",
    "{{7*7}}${7*7}",
    "</title></textarea><svg/onload=window.hacked=1>",
]


class Evil:
    """Another site."""

    def __init__(self, page):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        # Another site to the browser: localhost is not 127.0.0.1.
        self.url = f"http://localhost:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def form(action, **fields):
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    return f'<form method="post" action="{action}">{inputs}</form><script>document.forms[0].submit()</script>'


def test_forms_of_other_sites_are_refused(admin, demo):
    """T-15, T-29, SE-05: cross-site request forgery, on the session and on the sign-in itself."""
    base = demo["base_url"]
    for path, fields in {
        "/settings/sessions/everywhere": {},
        "/logout": {},
        "/authorize/decision": {"decision": "allow", "id": "x"},
        "/settings/tokens": {"label": "mine", "scopes": "tracker:write", "days": "365"},
        "/login": {"login": demo["user_login"], "password": demo["password"]},
        "/client/new": {"name": "x"},
    }.items():
        admin.open(Evil(form(base + path, **fields)).url).settle(base + path)
        assert admin.url == base + path
        # The session cookie of this site is not sent along with such a form at all, and if it
        # were, the form would still be refused.
        assert "came from another site" in admin.text, admin.text
    admin.open(base + "/settings/profile")
    assert "Profile" in admin.text, "still signed in, as oneself"


def test_pages_are_not_framed(admin, demo):
    """T-17: clickjacking."""
    base = demo["base_url"]
    for path in ("/login", "/settings/security", "/authorize", "/device"):
        admin.open(Evil(f'<iframe src="{base}{path}" id="f"></iframe>').url)
        frame = admin.find("#f")
        admin.driver.switch_to.frame(frame)
        assert "Trackway" not in admin.driver.page_source
        admin.driver.switch_to.default_content()


def test_names_are_no_markup(admin, demo):
    """T-35: scripts in every text that people and applications choose."""
    base = demo["base_url"]
    org = demo["org_id"]
    for text in POLYGLOTS:
        admin.open(f"{base}/admin/orgs/{org}/groups").fill(name=text).press("Add")
        admin.open(f"{base}/admin/orgs/{org}/members/invite").fill(note=text).press("Make the invitation")
        admin.open(f"{base}/settings/tokens").fill(label=text).press("Make the token")
        admin.open(f"{base}/client/new/api").fill(name=text).press("Register")
        for path in ("groups", "members", "members/invite"):
            admin.open(f"{base}/admin/orgs/{org}/{path}")
            assert admin.driver.execute_script("return window.hacked") is None
        for path in ("/client/my", "/settings/tokens", "/login?next=" + text, "/verification_code?code=" + text):
            admin.open(base + path)
            assert admin.driver.execute_script("return window.hacked") is None
    admin.open(base + "/client/my")
    assert POLYGLOTS[0] in admin.text, "shown as it was written"
    admin.follow(admin.all(".rows a")[0])
    admin.press("Get a token for myself")
    assert admin.driver.execute_script("return window.hacked") is None


def test_nobody_is_led_away(browser, demo):
    """T-03: open redirects by the page to return to."""
    base = demo["base_url"]
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "javascript:alert(1)"):
        browser.driver.delete_all_cookies()
        browser.open(base + "/login?next=" + target)
        browser.fill(login=demo["login"], password=demo["password"]).press("Sign in")
        assert browser.url == base + "/", target


def test_a_planted_session_is_not_adopted(browser, demo):
    """T-28: session fixation."""
    base = demo["base_url"]
    browser.open(base + "/login")
    browser.driver.add_cookie({"name": "sid", "value": "A" * 43})
    browser.sign_in(base, demo["login"], demo["password"])
    first = browser.driver.get_cookie("sid")["value"]
    assert first != "A" * 43
    browser.open(base + "/login/confirm").fill(password=demo["password"]).press("Continue")
    assert browser.driver.get_cookie("sid")["value"] != first, "a new id with each proof"


def test_a_shown_token_stays_on_the_page(admin, demo):
    """T-21: the token leaves the address at once, and nothing foreign is loaded."""
    base = demo["base_url"]
    admin.open(base + "/client/new/api").fill(name="Token tool").press("Register")
    client_id = admin.find("#client-id").text
    admin.open(f"{base}/authorize?response_type=token&client_id={client_id}").press("Allow")
    script = "return [location.href, document.body.innerText]"
    address, text = admin.driver.execute_script(script)
    assert address == f"{base}/verification_code"
    assert "y0_" in text
    script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    assert all(url.startswith(base + "/") for url in admin.driver.execute_script(script))
