//! A browser without a picture: keeps cookies, fills forms.

use std::collections::BTreeMap;

use crate::{Answer, Client, Server};

/// Somebody in front of the pages.
#[derive(Debug)]
pub struct Browser {
    /// How the server is reached.
    pub client: Client,
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// What a real browser would say of the site a form comes from.
    pub site: &'static str,
}

impl Browser {
    /// A browser that has never been here.
    pub fn new(server: &Server) -> Self {
        Self::with(server.anonymous())
    }

    /// A browser that reaches the server as a client does.
    pub fn with(client: Client) -> Self {
        Self { client, cookies: BTreeMap::new(), site: "same-origin" }
    }

    /// The browser of the demo's administrator, signed in.
    ///
    /// # Panics
    ///
    /// When the sign-in fails.
    pub fn sign_in(server: &Server) -> Self {
        let mut browser = Self::new(server);
        let (login, password) = (server.ready().text("login"), server.ready().text("password"));
        let answer =
            browser.post("/login", "/login", &format!("login={login}&password={password}"));
        assert_eq!(answer.expect(303).header("location"), Some("/"));
        browser
    }

    /// Sends a request, a form where there is one, and keeps the cookies of the answer.
    ///
    /// # Panics
    ///
    /// When a cookie has no value.
    pub fn request(&mut self, method: &str, path: &str, form: Option<&str>) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request = self.client.bare(method, path);
        if !cookies.is_empty() {
            request = request.header("Cookie", cookies.join("; "));
        }
        if let Some(form) = form {
            request = request.body("application/x-www-form-urlencoded", form);
            if !self.site.is_empty() {
                request = request.header("Sec-Fetch-Site", self.site);
            }
        }
        let answer = request.send_unchecked();
        for (name, value) in &answer.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, rest) = value.split_once('=').expect("a cookie");
                let value = rest.split(';').next().unwrap_or_default();
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        answer
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, None)
    }

    /// Sends a form with the token of a page.
    ///
    /// # Panics
    ///
    /// When the page has no form.
    pub fn post(&mut self, page: &str, path: &str, fields: &str) -> Answer {
        let token = Self::token(&self.get(page).expect(200).text());
        self.request("POST", path, Some(&format!("csrf={token}&{fields}")))
    }

    /// Answers the question of a page that asks whether an application, or a device, may do
    /// something. The answer to that is returned.
    ///
    /// # Panics
    ///
    /// When the page asks nothing.
    pub fn decide(&mut self, question: &str, path: &str, decision: &str) -> Answer {
        let (token, id) = (Self::token(question), Self::hidden(question, "id"));
        self.request("POST", path, Some(&format!("csrf={token}&id={id}&decision={decision}")))
    }

    /// Lets an application do what it asks for; the address that it is told of.
    ///
    /// # Panics
    ///
    /// When the application is not known, or asks for something that it may not.
    pub fn allow(&mut self, authorize: &str) -> String {
        // Asked also where the decision is remembered.
        let question = self.get(&format!("{authorize}&force_confirm=yes")).expect(200).text();
        let answer = self.decide(&question, "/authorize/decision", "allow").expect(303);
        answer.header("location").expect("a redirect").to_owned()
    }

    /// The token of the first form of a page.
    ///
    /// # Panics
    ///
    /// When the page has no form.
    pub fn token(page: &str) -> String {
        Self::hidden(page, "csrf")
    }

    /// A hidden field of the first form that has it.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn hidden(page: &str, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = page.split(&start).nth(1);
        let rest = rest.unwrap_or_else(|| panic!("no field {name} in a form:\n{page}"));
        rest.split('"').next().expect("its value").to_owned()
    }
}
