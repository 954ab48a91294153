"""From a fresh server to the first call, as a new team walks it: everything in the browser, then
the official Python client with the token from the page."""

from urllib.parse import urlsplit

from yandex_tracker_client import TrackerClient

PASSWORD = "a long and unlikely phrase"


def test_from_set_up_to_the_first_call(browser, fresh):
    """UI-05, UI-06, UI-08, UI-12, UI-14, UI-17; VC-01; S-6749-09: nothing foreign is loaded on the way."""
    base = fresh["base_url"]
    browser.open(base)
    assert browser.url == base + "/setup"
    browser.look("setup")

    browser.open(f"{base}/setup?code={fresh['code']}")
    browser.fill(
        organization="Lighthouse",
        first_name="Ada",
        last_name="Stone",
        email="ada@example.org",
        login="ada",
        password="Lighthouse1",
    ).press("Create and sign in")
    assert "too easy to guess" in browser.find("#password-error").text
    browser.look("setup-refused")

    browser.fill(password=PASSWORD).press("Create and sign in")
    org_id = browser.find("#org-id").text
    assert browser.url.startswith(f"{base}/admin/orgs/{org_id}"), browser.text
    assert "Organization ID for API" in browser.text
    assert len(browser.find("#cloud-org-id").text) == 20
    browser.look("org-after-setup")

    browser.open(base + "/setup")
    assert "has been set up already" in browser.text
    assert len(browser.errors()) == 1, "the 404 itself"

    browser.open(base + "/client/my").look("apps-none")
    browser.press("New application").look("app-new")
    browser.fill(name="First script").press("Register")
    client_id = browser.find("#client-id").text
    assert len(client_id) == 32 and len(browser.find("#secret").text) == 48
    browser.look("app-secret")
    browser.press("To the application")
    assert "there is one; it is not shown" in browser.text
    browser.look("app")

    browser.press("Get a token for myself")
    assert "First script asks for access" in browser.text
    browser.look("consent")
    browser.press("Allow")
    token = browser.find("#token").text
    assert len(token) == 52 and token.startswith("y0_")
    assert urlsplit(browser.url).fragment == "" and token not in browser.url
    browser.look("token")
    assert browser.errors() == []

    me = TrackerClient(token=token, org_id=org_id, base_url=base).myself
    assert me.login == "ada" and me.display == "Ada Stone"

    browser.open(base + "/settings/applications").look("access")
    assert "First script" in browser.text and "Reading information from Tracker" in browser.text

    browser.open(base + "/settings/tokens").fill(label="Nightly").press("Make the token")
    personal = browser.find("#token").text
    browser.look("token-made")
    assert TrackerClient(token=personal, org_id=org_id, base_url=base).myself.login == "ada"
    browser.press("I have kept the token").look("tokens")
    assert personal not in browser.driver.page_source

    foreign = [
        line
        for line in browser.driver.get_log("performance")
        if '"Network.requestWillBeSent"' in line["message"]
        and f'"url":"{base}' not in line["message"]
        and '"url":"data:' not in line["message"]
        and '"documentURL":"chrome://' not in line["message"]
    ]
    assert not foreign, f"something was fetched from elsewhere: {foreign[:2]}"


def test_the_second_person_is_invited(browser, new_browser, fresh):
    base = fresh["base_url"]
    browser.sign_in(base, "ada", PASSWORD)
    browser.press("Members", within="#side")
    browser.press("Invite").look("invite")
    browser.fill(note="Bob").press("Make the invitation")
    link = browser.find("#link").text
    browser.look("invited")
    browser.press("Members").look("members-open-invitation")

    guest = new_browser(language="ru")
    guest.open(link).look("join-ru")
    assert "Вас приглашают: Lighthouse" in guest.text
    guest.fill(first_name="Боб", login="bob", password=PASSWORD).press("Вступить")
    assert "Вы вступили в организацию" in guest.text
    guest.look("start-ru")
    again = new_browser()
    again.open(link)
    assert "not good any more" in again.text
    again.look("error")

    browser.open(base + "/admin/orgs").press("Lighthouse")
    browser.press("Members", within="#side")
    browser.press("Боб").look("member")
    browser.press("Dismiss")
    assert "Dismiss Боб?" in browser.text, "it asks first"
    browser.look("member-dismiss").press("Dismiss")
    guest.open(base + "/settings/profile")
    assert "/login" in guest.url, "a dismissed member is out at once"
