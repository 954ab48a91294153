"""A browser on the server under test.

The Rust test browser.rs sets the environment; by hand, on a demo server:

    TRACKWAY_BASE_URL=http://127.0.0.1:8080 TRACKWAY_LOGIN=... TRACKWAY_PASSWORD=... \\
    TRACKWAY_ORG_ID=... TRACKWAY_SETUP_URL=http://127.0.0.1:8081 TRACKWAY_SETUP_CODE=... \\
    target/python-env/bin/python -m pytest tests/browser

TRACKWAY_SHOTS=FOLDER keeps a picture of every page, on a desk and on a phone, light and dark.
"""

import importlib.resources
import os
import pathlib
import shutil
import tempfile

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text()
SHOTS = os.environ.get("TRACKWAY_SHOTS")

DESK = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}

# WCAG 2.2 AA, and what the engine's authors hold for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def need(name):
    value = os.environ.get("TRACKWAY_" + name)
    if not value:
        pytest.exit(f"TRACKWAY_{name} is not set", returncode=2)
    return value


@pytest.fixture(scope="session")
def demo():
    """A server with demo data."""
    names = ("BASE_URL", "LOGIN", "PASSWORD", "ORG_ID", "CLOUD_ORG_ID", "USER_LOGIN")
    return {name.lower(): need(name) for name in names}


@pytest.fixture(scope="session")
def fresh():
    """A server that nobody has set up."""
    return {"base_url": need("SETUP_URL"), "code": need("SETUP_CODE")}


class Browser:
    """A browser of its own, with a fresh profile."""

    def __init__(self, language="en"):
        self.profile = tempfile.mkdtemp(prefix="trackway-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
        for flag in (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            f"--user-data-dir={self.profile}",
            f"--lang={language}",
        ):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(60)

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def open(self, url):
        self.driver.get(url)
        return self

    @property
    def url(self):
        return self.driver.current_url

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def fill(self, **values):
        for name, value in values.items():
            field = self.find(f"main [name={name}]")
            field.clear()
            field.send_keys(value)
        return self

    def press(self, label, within="main"):
        """Presses a button, or follows a link, by what is written on it."""
        for element in self.all(f"{within} button, {within} a"):
            if element.text.strip() == label:
                return self.follow(element)
        raise AssertionError(f"nothing is called {label!r} at {self.url}:\n{self.text}")

    def follow(self, element):
        """Clicks something that leads to another page, and waits for that page."""
        self.driver.execute_script("window.left = true")
        element.click()
        arrived = "return window.left !== true && document.readyState === 'complete'"
        WebDriverWait(self.driver, 30).until(lambda driver: driver.execute_script(arrived))
        return self

    def settle(self, url=None):
        """Waits for a page that was not asked for by a click."""

        def there(driver):
            done = driver.execute_script("return document.readyState") == "complete"
            return done and (driver.current_url == url if url else "/login" not in driver.current_url)

        WebDriverWait(self.driver, 30).until(there)
        return self

    def wait(self, condition):
        WebDriverWait(self.driver, 30).until(lambda _: condition())
        return self

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def view(self, screen, scheme):
        self.cdp("Emulation.setDeviceMetricsOverride", **screen)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.cdp("Emulation.setEmulatedMedia", features=[feature, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def look(self, name):
        """Holds the page against the rules of accessibility, in every dress."""
        for place, screen in (("desk", DESK), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                self.view(screen, scheme)
                found = self.axe()
                assert not found, f"{name}, {place}, {scheme}:\n" + "\n".join(found)
                wide = self.driver.execute_script(
                    "return document.documentElement.scrollWidth - window.innerWidth"
                )
                assert wide <= 0, f"{name} is {wide} px too wide on a {place}"
                if SHOTS:
                    self.shot(f"{name}-{place}-{scheme}")
        self.view(DESK, "light")
        return self

    def axe(self):
        if not self.driver.execute_script("return typeof window.axe !== 'undefined'"):
            self.driver.execute_script(AXE)
        result = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {runOnly: arguments[0]}).then(done, e => done({error: String(e)}))",
            RULES,
        )
        assert "error" not in result, result
        return [
            f"- {violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    def shot(self, name):
        import base64

        picture = self.cdp("Page.captureScreenshot", captureBeyondViewport=True)
        folder = pathlib.Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def errors(self):
        """What the browser complains of: broken policies, missing files."""
        return [line["message"] for line in self.driver.get_log("browser") if line["level"] == "SEVERE"]

    def sign_in(self, base_url, login, password):
        self.open(base_url + "/login").fill(login=login, password=password).press("Sign in")
        assert "/login" not in self.url, self.text
        return self


@pytest.fixture
def new_browser():
    """Makes browsers, each of somebody else."""
    made = []

    def make(**options):
        made.append(Browser(**options))
        return made[-1]

    yield make
    for browser in made:
        browser.quit()


@pytest.fixture
def browser(new_browser):
    return new_browser()


@pytest.fixture
def admin(browser, demo):
    """The demo administrator."""
    return browser.sign_in(demo["base_url"], demo["login"], demo["password"])
