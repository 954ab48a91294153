//! Makes a request of words and flags.

use std::fmt::Write;
use std::path::PathBuf;

use trackway_client::api::{FileForm, HttpMethod, Info, Outgoing, Place, registry};
use trackway_client::{AnyRequest, Response, Version};

use super::{Arguments, Header, Pair, file_form, input, members};
use crate::failure::Failure;

/// A request before it is sent.
pub(super) struct Composed {
    pub(super) version: Version,
    pub(super) method: HttpMethod,
    info: Option<&'static Info>,
    outgoing: Outgoing,
    /// The file that is the body.
    upload: Option<PathBuf>,
}

impl Composed {
    pub(super) fn request(self) -> AnyRequest {
        match self.info {
            Some(info) => AnyRequest::of(info, self.outgoing),
            None => AnyRequest::undeclared(self.method, self.outgoing),
        }
    }

    /// What is asked for, in words.
    pub(super) fn told(&self) -> String {
        let Outgoing { path, query, headers, .. } = &self.outgoing;
        format!("{} {} {path} {query:?} {headers:?}", self.method, self.version.as_str())
    }

    /// The line of curl that sends it, with the token left out.
    pub(super) fn as_curl(&self, base: &str) -> String {
        let Outgoing { path, query, headers, body, .. } = &self.outgoing;
        let pairs: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (name.as_ref(), value.as_str())).collect();
        let query = serde_html_form::to_string(pairs).unwrap_or_default();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let (base, version) = (base.trim_end_matches('/'), self.version.as_str());
        let mut line = format!("curl -X {}", self.method);
        write!(line, " {}", quoted(&format!("{base}/{version}{path}{query}"))).ok();
        line.push_str(
            " -H \"Authorization: OAuth $TRACKWAY_TOKEN\" -H \"X-Org-ID: $TRACKWAY_ORG_ID\"",
        );
        for (name, value) in headers {
            write!(line, " -H {}", quoted(&format!("{name}: {value}"))).ok();
        }
        if let Some(file) = &self.upload {
            write!(line, " -F {}", quoted(&format!("file=@{}", file.display()))).ok();
        } else if let Some(body) = body {
            let body = String::from_utf8_lossy(body);
            write!(line, " -H 'Content-Type: application/json' -d {}", quoted(&body)).ok();
        }
        line
    }
}

/// A word that a shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Status and headers of an answer.
pub(super) fn head<T>(answer: &Response<T>) -> String {
    let mut text = answer.status().to_string();
    for (name, value) in answer.headers() {
        write!(text, "\n{name}: {}", String::from_utf8_lossy(value.as_bytes())).ok();
    }
    text
}

/// The request of words and flags.
pub(super) fn compose(arguments: Arguments) -> Result<Composed, Failure> {
    let Arguments { words, path, query, headers, texts, typed, upload, .. } = arguments;
    let words = with_method(words, arguments.method)?;
    let (version, method, info, mut outgoing) = addressed(&words, &path)?;
    outgoing.query.extend(query.into_iter().map(|Pair { key, value }| (key.into(), value)));
    let headers = headers.into_iter().map(|Header { name, value }| (name.into(), value));
    outgoing.headers.extend(headers);
    let members = members::members(texts, typed)?;
    if method == HttpMethod::GET && (upload.is_some() || arguments.input.is_some()) {
        return Err(Failure::usage("GET takes no body").hint("give parameters with -f KEY=VALUE"));
    }
    if method == HttpMethod::GET {
        let pairs = members::pairs(members)?;
        outgoing.query.extend(pairs.into_iter().map(|(key, value)| (key.into(), value)));
    } else if let Some(file) = &upload {
        outgoing.media_type = FileForm::MEDIA_TYPE;
        outgoing.body = file_form(file)?;
    } else if let Some(file) = &arguments.input {
        outgoing.body = Some(input(file)?);
    } else if !members.is_empty() {
        outgoing.body = Some(members::object(members)?.to_string().into_bytes());
    }
    Ok(Composed { version, method, info, outgoing, upload })
}

/// The words with the method of `-X`, which goes with a path alone.
fn with_method(words: Vec<String>, method: Option<String>) -> Result<Vec<String>, Failure> {
    let Some(method) = method else { return Ok(words) };
    match <[String; 1]>::try_from(words) {
        Ok([path]) if method.parse::<HttpMethod>().is_ok() => Ok(vec![method, path]),
        Ok(_) => Err(Failure::usage(format!("{method:?} is no method"))),
        Err(_) => Err(Failure::usage("-X is for a path alone")
            .hint("put the method in front of the path: trackway api post PATH")),
    }
}

type Addressed = (Version, HttpMethod, Option<&'static Info>, Outgoing);

fn addressed(words: &[String], named: &[Pair]) -> Result<Addressed, Failure> {
    match words {
        [method, path] if method.parse::<HttpMethod>().is_ok() => {
            let method = method.parse().unwrap_or(HttpMethod::GET);
            by_path(method, path, named)
        }
        [path] if path.contains('/') => by_path(HttpMethod::GET, path, named),
        [operation, values @ ..] => {
            let info = by_id(operation)?;
            let values = fill(info, values, named)?;
            let outgoing = Outgoing::at(info.path, &values);
            Ok((Version::V3, info.method, Some(info), outgoing))
        }
        [] => Err(Failure::usage("no operation is given").hint("`trackway api --list` shows all")),
    }
}

fn by_path(method: HttpMethod, text: &str, named: &[Pair]) -> Result<Addressed, Failure> {
    if !named.is_empty() {
        return Err(Failure::usage("--path is for operations by id; put the values in the path"));
    }
    if text.contains("://") {
        let hint = "give only the path (/v3/myself), and the server with --base-url";
        return Err(Failure::usage("the path is a whole URL").hint(hint));
    }
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let path = path.trim_matches('/');
    let (version, rest) = match path.split_once('/') {
        Some(("v2", rest)) => (Version::V2, rest),
        Some(("v3", rest)) => (Version::V3, rest),
        _ => (Version::V3, path),
    };
    let path = format!("/{rest}");
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query)
        .map_err(|error| Failure::usage(format!("the query string: {error}")))?;
    let query = pairs.into_iter().map(|(key, value)| (key.into(), value)).collect();
    let info = declared(method, &path);
    Ok((version, method, info, Outgoing { path, query, ..Outgoing::default() }))
}

/// The operation at a path: the one that spells out most of it, as on the server.
pub(crate) fn declared(method: HttpMethod, path: &str) -> Option<&'static Info> {
    registry::all()
        .filter(|info| info.method == method && fits(info.path, path))
        .min_by_key(|info| info.path.matches('{').count())
}

fn fits(template: &str, path: &str) -> bool {
    let (mut slots, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (slots.next(), segments.next()) {
            (None, None) => return true,
            (Some(slot), Some(segment)) if slot == segment || slot.starts_with('{') => {}
            _ => return false,
        }
    }
}

fn by_id(id: &str) -> Result<&'static Info, Failure> {
    registry::all().find(|info| info.operation_id() == id).ok_or_else(|| {
        let failure = Failure::usage(format!("there is no operation {id:?}"));
        match similar(id).as_slice() {
            [] => failure.hint("`trackway api --list` shows all; METHOD PATH reaches the others"),
            ids => failure.hint(format!("there is {}", ids.join(", "))),
        }
    })
}

/// Operations that may have been meant: their ids hold the word or are held in it.
fn similar(id: &str) -> Vec<String> {
    const MOST: usize = 5;
    let wanted = id.to_lowercase();
    registry::all()
        .map(Info::operation_id)
        .filter(|known| {
            let known = known.to_lowercase();
            known.contains(&wanted) || wanted.contains(&known)
        })
        .take(MOST)
        .collect()
}

/// Values for all placeholders of a path: those named first, the others by position.
fn fill<'a>(info: &Info, values: &'a [String], named: &'a [Pair]) -> Result<Vec<&'a str>, Failure> {
    let slots: Vec<&str> = info.path.split(['{', '}']).skip(1).step_by(2).collect();
    let params: Vec<&str> =
        info.params.iter().filter(|it| it.place == Place::Path).map(|it| it.name).collect();
    let index_of = |name: &str| {
        slots.iter().position(|slot| *slot == name).or(params.iter().position(|it| *it == name))
    };
    let usage = |message: String| Failure::usage(message).hint(form(info, &slots));
    let mut filled = vec![None; slots.len()];
    for Pair { key, value } in named {
        let index = index_of(key).ok_or_else(|| usage(format!("{key:?} is no path parameter")))?;
        if filled[index].replace(value.as_str()).is_some() {
            return Err(usage(format!("{key} is given twice")));
        }
    }
    let mut values = values.iter();
    for slot in filled.iter_mut().filter(|slot| slot.is_none()) {
        *slot = values.next().map(String::as_str);
    }
    if let Some(value) = values.next() {
        return Err(usage(format!("{value:?} is one path parameter too many")));
    }
    let missing = || slots.iter().zip(&filled).find(|(_, value)| value.is_none());
    if let Some((slot, _)) = missing() {
        return Err(usage(format!("the path parameter {slot} is missing")));
    }
    Ok(filled.into_iter().flatten().collect())
}

/// How the operation is called.
fn form(info: &Info, slots: &[&str]) -> String {
    let words = slots.iter().map(|slot| format!("<{slot}>"));
    let words: Vec<String> = std::iter::once(info.operation_id()).chain(words).collect();
    format!("trackway api {}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    fn address(words: &[&str], named: &[&str]) -> Result<(Version, String, String), Failure> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let named: Vec<Pair> = named.iter().map(|pair| pair.parse().expect("a pair")).collect();
        let (version, method, info, outgoing) = addressed(&words, &named)?;
        let name = info.map_or("-", |info| info.name);
        Ok((version, format!("{method} {}", outgoing.path), name.to_owned()))
    }

    #[test]
    fn operations_are_found_by_id_and_by_path() {
        let (v2, v3) = (Version::V2, Version::V3);
        for (words, named, version, line, name) in [
            (&["getMyself"][..], &[][..], v3, "GET /myself", "GetMyself"),
            (&["getIssue", "A/1"], &[], v3, "GET /issues/A%2F1", "GetIssue"),
            (
                &["deleteComment", "7"],
                &["issue=A-1"],
                v3,
                "DELETE /issues/A-1/comments/7",
                "DeleteComment",
            ),
            (&["getIssue"], &["issueId=A-1"], v3, "GET /issues/A-1", "GetIssue"),
            (&["get", "/v2/issues/A-1"], &[], v2, "GET /issues/A-1", "GetIssue"),
            (&["POST", "issues/_search"], &[], v3, "POST /issues/_search", "SearchIssues"),
            (&["/v3/no/such/"], &[], v3, "GET /no/such", "-"),
            (&["issues/A-1"], &[], v3, "GET /issues/A-1", "GetIssue"),
        ] {
            let expected = (version, line.to_owned(), name.to_owned());
            assert_eq!(address(words, named).expect("good"), expected, "{words:?}");
        }
    }

    #[test]
    fn mistakes_are_usage_errors_with_a_way_out() {
        for (words, named, said) in [
            (&["getissue"][..], &[][..], "getIssue"),
            (&["zzz"], &[], "--list"),
            (&["getIssue"], &[], "trackway api getIssue <issueId>"),
            (&["getIssue", "A-1", "B-1"], &[], "B-1"),
            (&["getIssue", "A-1"], &["x=1"], "no path parameter"),
            (&["getIssue"], &["issue=1", "issueId=2"], "twice"),
            (&["GET", "https://h/v3/myself"], &[], "--base-url"),
            (&["GET", "/myself"], &["a=1"], "--path"),
            (&[], &[], "--list"),
        ] {
            let failure = address(words, named).expect_err(said);
            assert_eq!(failure.kind(), Kind::Usage);
            assert!(failure.report(false).contains(said), "{}", failure.report(false));
        }
    }

    #[test]
    fn a_method_goes_with_a_path_alone() {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let post = || Some("post".to_owned());
        assert_eq!(with_method(words(&["issues"]), post()).expect("good"), ["post", "issues"]);
        assert!(with_method(words(&["get", "issues"]), post()).is_err());
        assert!(with_method(words(&["issues"]), Some("fetch".to_owned())).is_err());
    }

    #[test]
    fn query_strings_are_read() {
        let words = ["GET".to_owned(), "/users?perPage=2&x=a%20b".to_owned()];
        let (_, _, _, outgoing) = addressed(&words, &[]).expect("good");
        let pairs: Vec<_> = outgoing.query.iter().map(|(k, v)| (k.as_ref(), v.as_str())).collect();
        assert_eq!(
            (outgoing.path.as_str(), pairs),
            ("/users", vec![("perPage", "2"), ("x", "a b")])
        );
    }
}
