//! Whether one answer keeps to the contract.

use serde_json::Value;

use super::strict::Strict;
use super::{Contract, Operation, Target};

/// Statuses that any operation may answer with an error body, declared or not: a request can
/// always be malformed, unauthorised, misdirected, too big, too late or not served yet.
const ALWAYS: [u16; 13] = [400, 401, 403, 404, 405, 408, 413, 415, 421, 429, 500, 501, 503];

/// More violations than this help nobody.
const MAX_VIOLATIONS: usize = 20;

const ERROR_SCHEMA: &str = "/components/schemas/Error";

/// An answer with the violations found in it so far.
struct Check<'a> {
    contract: &'a Contract,
    method: &'a str,
    target: &'a str,
    status: u16,
    headers: &'a [(String, String)],
    body: &'a [u8],
    violations: Vec<String>,
}

impl Contract {
    /// See [`super::check`].
    ///
    /// # Errors
    ///
    /// One line for each violation.
    pub fn check(
        &self,
        method: &str,
        target: &str,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<(), Vec<String>> {
        let violations = Vec::new();
        let mut check = Check { contract: self, method, target, status, headers, body, violations };
        match self.target(method, target) {
            Target::Outside => {}
            Target::UnknownPath => check.error_without_operation("path"),
            Target::UnknownMethod => check.error_without_operation("method"),
            Target::Operation(operation) => check.operation(operation),
        }
        check.violations.truncate(MAX_VIOLATIONS);
        if check.violations.is_empty() { Ok(()) } else { Err(check.violations) }
    }
}

impl Check<'_> {
    fn operation(&mut self, operation: &Operation) {
        let pointer = format!("{}/responses/{}", operation.pointer, self.status);
        let declared = self.contract.at(&pointer);
        match declared {
            None if ALWAYS.contains(&self.status) => self.error_body(),
            None => {
                let text = format!("{} does not declare status {}", operation.id, self.status);
                self.violations.push(text);
            }
            Some((_, response)) if self.status >= 400 => {
                self.required_headers(response);
                self.error_body();
            }
            Some((pointer, response)) => {
                self.required_headers(response);
                self.success_body(&pointer, response);
            }
        }
    }

    fn error_without_operation(&mut self, what: &str) {
        if ALWAYS.contains(&self.status) {
            self.error_body();
        } else {
            let text = format!("status {} although the contract has no such {what}", self.status);
            self.violations.push(text);
        }
    }

    /// The error body of the contract, with its status and at least one message (clients print
    /// the first message without looking whether there is one).
    fn error_body(&mut self) {
        if self.status == 405 {
            // RFC 9110, section 15.5.6.
            self.require_header("Allow");
        }
        if self.status == 429 {
            self.require_header("Retry-After");
        }
        let Some(body) = self.json_body() else { return };
        self.schema(ERROR_SCHEMA, &body);
        if body["statusCode"] != self.status {
            let text = format!("statusCode is {}, the status {}", body["statusCode"], self.status);
            self.violations.push(text);
        }
        let empty =
            |member: &str, count: Option<usize>| body.get(member).is_none() || count == Some(0);
        let no_messages = empty("errorMessages", body["errorMessages"].as_array().map(Vec::len));
        if no_messages && empty("errors", body["errors"].as_object().map(serde_json::Map::len)) {
            self.violations.push("neither errors nor errorMessages says anything".to_owned());
        }
    }

    fn success_body(&mut self, pointer: &str, response: &Value) {
        if self.method == "HEAD" {
            return;
        }
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            if !self.body.is_empty() {
                self.violations.push(format!("body of {} bytes, none declared", self.body.len()));
            }
            return;
        };
        let may_be_empty = response["x-empty-body"] == true && self.body.is_empty();
        if may_be_empty || !content.contains_key("application/json") {
            return;
        }
        let Some(body) = self.json_body() else { return };
        self.schema(&format!("{pointer}/content/application~1json/schema"), &body);
        self.self_urls(&body, &mut String::new());
    }

    fn required_headers(&mut self, response: &Value) {
        let declared = response.get("headers").and_then(Value::as_object);
        let Some(declared) = declared else { return };
        // In relative mode and scrolling the totals may be left out (x-global-rules.paging).
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let names = |p: &str| matches!(p.split('=').next(), Some("id" | "scrollType" | "scrollId"));
        let paged = !query.split('&').any(names);
        // Link carries at least first and last wherever totals are declared.
        let totals = declared.contains_key("X-Total-Count");
        for (name, header) in declared {
            let header = self.contract.resolved(header);
            let required = header["required"] == true || (totals && name == "Link");
            if required && (paged || name == "Retry-After") {
                self.require_header(name);
            }
            if header["schema"]["type"] == "integer" {
                self.integer_header(name);
            }
        }
    }

    fn require_header(&mut self, name: &str) {
        let missing = format!("header {name} is missing");
        if self.header(name).is_none() && !self.violations.contains(&missing) {
            self.violations.push(missing);
        }
    }

    fn integer_header(&mut self, name: &str) {
        let Some(value) = self.header(name) else { return };
        if value.parse::<u64>().is_err() {
            let text = format!("header {name} is {value:?}, not a whole number");
            self.violations.push(text);
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn json_body(&mut self) -> Option<Value> {
        if self.method == "HEAD" {
            return None;
        }
        let kind = self.header("Content-Type").unwrap_or_default().to_ascii_lowercase();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            self.violations.push(format!("Content-Type is {kind:?}, not application/json"));
        }
        match serde_json::from_slice(self.body) {
            Ok(value) => {
                if let Err(error) = serde_json::from_slice::<Strict>(self.body) {
                    self.violations.push(format!("the body is not good JSON: {error}"));
                }
                Some(value)
            }
            Err(error) => {
                self.violations.push(format!("the body is not JSON: {error}"));
                None
            }
        }
    }

    fn schema(&mut self, pointer: &str, body: &Value) {
        if self.contract.document.pointer(pointer).is_none() {
            return;
        }
        let validator = self.contract.validator(pointer);
        for error in validator.iter_errors(body).take(MAX_VIOLATIONS) {
            let text = format!("{}: {}", error.instance_path(), shortened(&error.to_string()));
            self.violations.push(text);
        }
    }

    /// Each `self` is an absolute URL with the version of the request (x-global-rules.versions):
    /// the Python client drops the host and follows the path.
    fn self_urls(&mut self, value: &Value, at: &mut String) {
        let length = at.len();
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    at.push('/');
                    at.push_str(name);
                    match member.as_str().filter(|_| name == "self") {
                        Some(url) => self.self_url(url, at),
                        None => self.self_urls(member, at),
                    }
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    at.push('/');
                    at.push_str(&index.to_string());
                    self.self_urls(item, at);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn self_url(&mut self, url: &str, at: &str) {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        let path = rest.and_then(|r| r.find('/').map(|slash| &r[slash..]));
        let version = self.target.get(..4).unwrap_or_default();
        if !path.is_some_and(|p| p.starts_with(version)) {
            self.violations.push(format!("{at}: {url:?} is no absolute URL below {version}"));
        }
    }
}

impl Contract {
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
        reference.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(value)
    }
}

fn shortened(text: &str) -> String {
    const MAX: usize = 400;
    match text.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
