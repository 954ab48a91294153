"""The server under test, applications registered with it, and the person who uses them.

The Rust test oauth_clients.rs sets the environment.
"""

import html
import os
import re

import pytest
import requests


class Application:
    """One that is registered; `redirect_uri` is nowhere, the tests only look at the address."""

    def __init__(self, kind, redirect_uri):
        self.id = os.environ[f"TRACKWAY_{kind}_ID"]
        self.secret = os.environ[f"TRACKWAY_{kind}_SECRET"] or None
        self.redirect_uri = redirect_uri


class Person:
    """Somebody with a browser."""

    def __init__(self, base_url, login, password):
        self.base_url = base_url
        self.browser = requests.Session()
        self.browser.headers["Origin"] = base_url
        page = self._get(f"{base_url}/login")
        form = {"csrf": self._field(page, "csrf"), "login": login, "password": password}
        self._post("/login", form, 303)

    def _get(self, url):
        answer = self.browser.get(url, allow_redirects=False)
        assert answer.status_code == 200, answer.text
        return answer.text

    def _post(self, path, form, status):
        answer = self.browser.post(self.base_url + path, data=form, allow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    @staticmethod
    def _field(page, name):
        return html.unescape(re.search(f'name="{name}" value="([^"]*)"', page).group(1))

    def _decision(self, page, decision):
        return {name: self._field(page, name) for name in ("csrf", "id")} | {"decision": decision}

    def decide(self, url, decision="allow"):
        """Answers the question of an application; where the browser is sent then."""
        # Asked also where the decision is remembered.
        page = self._get(f"{url}&force_confirm=yes")
        answer = self._post("/authorize/decision", self._decision(page, decision), 303)
        return answer.headers["Location"]

    def type_code(self, uri, user_code, decision="allow"):
        """Types the code that a device shows."""
        page = self._get(uri)
        form = {"csrf": self._field(page, "csrf"), "user_code": user_code}
        page = self._post("/device", form, 200).text
        self._post("/device/decision", self._decision(page, decision), 200)


@pytest.fixture(scope="session")
def base_url():
    return os.environ["TRACKWAY_BASE_URL"].rstrip("/")


@pytest.fixture(scope="session")
def metadata(base_url):
    answer = requests.get(f"{base_url}/.well-known/oauth-authorization-server")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture(scope="session")
def person(base_url):
    return Person(base_url, os.environ["TRACKWAY_LOGIN"], os.environ["TRACKWAY_PASSWORD"])


@pytest.fixture(scope="session")
def public_app():
    return Application("PUBLIC", "http://127.0.0.1:49152/cb")


@pytest.fixture(params=["STRICT", "COMPATIBLE", "PUBLIC"])
def app(request, public_app):
    if request.param == "PUBLIC":
        return public_app
    return Application(request.param, "https://app.example.net/cb")


@pytest.fixture
def confidential(app):
    if app.secret is None:
        pytest.skip("a public application may not ask")
    return app


@pytest.fixture(scope="session")
def myself(base_url):
    """Calls the API with a session of a client."""

    def call(session):
        headers = {"X-Org-ID": os.environ["TRACKWAY_ORG_ID"]}
        return session.get(f"{base_url}/v3/myself", headers=headers)

    return call
