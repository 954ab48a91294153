//! Paging headers: `Link`, `X-Total-Count`, `X-Total-Pages` (contract, x-global-rules.paging).

use std::fmt::Write;

use http::header::LINK;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use trackway_core::cx::Paging;

use super::query;

const X_TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
const X_TOTAL_PAGES: HeaderName = HeaderName::from_static("x-total-pages");
const X_SCROLL_ID: HeaderName = HeaderName::from_static("x-scroll-id");
const X_SCROLL_TOKEN: HeaderName = HeaderName::from_static("x-scroll-token");

/// Parameters of a scroll; each of its links has its own.
const SCROLL: [&str; 8] = [
    "scrollType",
    "scrollTTLMillis",
    "perScroll",
    "scrollId",
    "scrollToken",
    "staleOk",
    "perPage",
    "page",
];

/// What would end a link or the list of links too early for some parser. `%` stays, because the
/// text is encoded already.
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b',').add(b';').add(b'{').add(b'}');

/// Adds the headers to an answer. `url` is the address of the request without its query.
pub(super) fn write(headers: &mut HeaderMap, url: &str, query: &str, paging: &Paging) {
    let links = match paging {
        Paging::Pages { page, per_page, total, seek } => {
            let pages = total.div_ceil((*per_page).max(1));
            headers.insert(X_TOTAL_COUNT, HeaderValue::from(*total));
            headers.insert(X_TOTAL_PAGES, HeaderValue::from(pages));
            by_number(&stem(url, query, *per_page, "page"), *page, pages, *seek)
        }
        Paging::Relative { per_page, next } => {
            by_cursor(&stem(url, query, *per_page, "id"), next.as_deref())
        }
        Paging::Scroll { kind, per_scroll, ttl, total, next } => {
            headers.insert(X_TOTAL_COUNT, HeaderValue::from(*total));
            let stem = without(url, query, &SCROLL);
            let mut links = Vec::new();
            let first =
                format!("{stem}scrollType={kind}&scrollTTLMillis={ttl}&perScroll={per_scroll}");
            add_link(&mut links, "first", &first);
            if let Some((id, token)) = next {
                for (name, value) in [(X_SCROLL_ID, id), (X_SCROLL_TOKEN, token)] {
                    if let Ok(value) = HeaderValue::try_from(value) {
                        headers.insert(name, value);
                    }
                }
                let token = utf8_percent_encode(token, percent_encoding::NON_ALPHANUMERIC);
                let next = format!(
                    "{stem}staleOk=false&scrollTTLMillis={ttl}&scrollId={id}&scrollToken={token}"
                );
                add_link(&mut links, "next", &next);
            }
            links
        }
    };
    // A line for each, as in the documentation: clients exist that take a line for one link.
    for link in links {
        if let Ok(value) = HeaderValue::try_from(link) {
            headers.append(LINK, value);
        }
    }
}

fn by_number(stem: &str, page: u64, pages: u64, seek: bool) -> Vec<String> {
    let last = pages.max(1);
    let mut links = Vec::new();
    let mut add = |rel: &str, number: u64| {
        add_link(&mut links, rel, &format!("{stem}&page={number}"));
    };
    add("first", 1);
    if page > 1 {
        add("prev", (page - 1).min(last));
    }
    if page < pages {
        add("next", page + 1);
    }
    add("last", last);
    if seek {
        add_link(&mut links, "seek", &format!("{stem}{{&page}}"));
    }
    links
}

fn by_cursor(stem: &str, next: Option<&str>) -> Vec<String> {
    let mut links = Vec::new();
    add_link(&mut links, "first", stem);
    if let Some(id) = next {
        let id = utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
        add_link(&mut links, "next", &format!("{stem}&id={id}"));
    }
    links
}

fn add_link(links: &mut Vec<String>, rel: &str, url: &str) {
    links.push(format!("<{url}>; rel=\"{rel}\""));
}

/// The address with its query, without the parameter that chooses the page. It always has a
/// query, so that a page can be added with `&`, which is how clients fill the template.
fn stem(url: &str, query: &str, per_page: u64, position: &str) -> String {
    let mut stem = without(url, query, &[position, "perPage"]);
    let _: Result<(), std::fmt::Error> = write!(stem, "perPage={per_page}");
    stem
}

/// The address with its query but for some parameters, ready to take another one.
fn without(url: &str, query: &str, names: &[&str]) -> String {
    let mut stem = format!("{}?", utf8_percent_encode(url, UNSAFE));
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        let name = piece.split('=').next().unwrap_or_default();
        let name = query::text(name).unwrap_or_default();
        if names.contains(&name.as_ref()) {
            continue;
        }
        stem.extend(utf8_percent_encode(piece, UNSAFE));
        stem.push('&');
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://localhost:8080/v2/issues/_search";

    fn headers(query: &str, paging: &Paging) -> HeaderMap {
        let mut headers = HeaderMap::new();
        write(&mut headers, URL, query, paging);
        headers
    }

    fn links(query: &str, paging: &Paging) -> Vec<(String, String)> {
        let headers = headers(query, paging);
        headers
            .get_all(LINK)
            .iter()
            .map(|line| {
                let line = line.to_str().expect("text");
                let (url, rel) = line.split_once(">; rel=").expect("a link");
                let url = url.trim_start_matches('<').replace(URL, "");
                (rel.trim_matches('"').to_owned(), url)
            })
            .collect()
    }

    fn pages(page: u64, total: u64) -> Paging {
        Paging::Pages { page, per_page: 50, total, seek: true }
    }

    fn pair(rel: &str, url: &str) -> (String, String) {
        (rel.to_owned(), url.to_owned())
    }

    #[test]
    fn a_page_in_the_middle_has_all_links() {
        assert_eq!(
            links("page=2&expand=a,b&perPage=50", &pages(2, 151)),
            [
                pair("first", "?expand=a%2Cb&perPage=50&page=1"),
                pair("prev", "?expand=a%2Cb&perPage=50&page=1"),
                pair("next", "?expand=a%2Cb&perPage=50&page=3"),
                pair("last", "?expand=a%2Cb&perPage=50&page=4"),
                pair("seek", "?expand=a%2Cb&perPage=50{&page}"),
            ]
        );
        let headers = headers("", &pages(2, 151));
        assert_eq!(headers["x-total-count"], "151");
        assert_eq!(headers["x-total-pages"], "4");
    }

    #[test]
    fn the_ends_have_fewer_links() {
        let rels = |page, total| {
            links("", &pages(page, total)).into_iter().map(|(rel, _)| rel).collect::<Vec<_>>()
        };
        assert_eq!(rels(1, 0), ["first", "last", "seek"]);
        assert_eq!(rels(1, 51), ["first", "next", "last", "seek"]);
        assert_eq!(rels(2, 51), ["first", "prev", "last", "seek"]);
        assert_eq!(links("", &pages(9, 51))[1], pair("prev", "?perPage=50&page=2"));
    }

    #[test]
    fn a_cursor_replaces_the_one_of_the_request() {
        let paging = Paging::Relative { per_page: 2, next: Some("5fa1".to_owned()) };
        assert_eq!(
            links("id=1&perPage=2&type=x", &paging),
            [pair("first", "?type=x&perPage=2"), pair("next", "?type=x&perPage=2&id=5fa1")]
        );
        let last = Paging::Relative { per_page: 2, next: None };
        assert_eq!(links("", &last), [pair("first", "?perPage=2")]);
    }

    #[test]
    fn a_scroll_goes_on_by_header_and_by_link() {
        let scroll = |next| Paging::Scroll {
            kind: "sorted",
            per_scroll: 100,
            ttl: 60_000,
            total: 250,
            next,
        };
        let next = Some(("5f1e-64".to_owned(), "77ab:17".to_owned()));
        let query = "scrollType=sorted&perScroll=100&expand=links&fields=key";
        let first =
            "?expand=links&fields=key&scrollType=sorted&scrollTTLMillis=60000&perScroll=100";
        assert_eq!(
            links(query, &scroll(next.clone())),
            [
                pair("first", first),
                pair(
                    "next",
                    "?expand=links&fields=key&staleOk=false&scrollTTLMillis=60000\
                     &scrollId=5f1e-64&scrollToken=77ab%3A17"
                ),
            ]
        );
        let told = headers(query, &scroll(next));
        assert_eq!(
            (&told["x-scroll-id"], &told["x-total-count"]),
            (&"5f1e-64".parse().expect("a value"), &"250".parse().expect("a value"))
        );
        assert_eq!(told["x-scroll-token"], "77ab:17");
        let last = headers("scrollId=5f1e-64&staleOk=false", &scroll(None));
        assert!(last.get("x-scroll-id").is_none() && last.get("x-scroll-token").is_none());
        assert_eq!(links("", &scroll(None)).len(), 1);
    }

    #[test]
    fn nothing_in_a_query_ends_a_link() {
        let (_, url) = links("q=%D1%8F+a>;\"<x,y", &pages(1, 0)).remove(0);
        assert_eq!(url, "?q=%D1%8F+a%3E%3B%22%3Cx%2Cy&perPage=50&page=1");
    }
}
