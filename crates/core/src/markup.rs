//! Rendered texts: Markdown as HTML that is safe to show (contract, `textHtml`).

use pulldown_cmark::{Event, Options, Parser, TagEnd, html};

/// Containers deeper than this are left out with their text kept. Cleaning HTML takes time with
/// the square of its depth, and nobody nests lists or quotations so far.
const MAX_DEPTH: usize = 32;

/// Renders a Markdown text. HTML in it is shown as written, and links lead to web and mail
/// addresses only.
pub fn html(markdown: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut depth = 0_usize;
    let events = Parser::new_ext(markdown, options).filter_map(|event| {
        let shown = match &event {
            Event::Start(_) => {
                depth += 1;
                depth <= MAX_DEPTH
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                depth < MAX_DEPTH
            }
            _ => true,
        };
        shown.then_some(event).map(|event| match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            other => other,
        })
    });
    let mut out = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut out, events);
    cleaner().clean(&out).to_string()
}

/// A Markdown text without its markup, as rules compare it.
pub fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                out.push('\n');
            }
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The stock rules, and the boxes of task lists.
fn cleaner() -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::default();
    builder
        .add_tags(["input"])
        .add_tag_attributes("input", ["disabled", "checked"])
        .set_tag_attribute_value("input", "type", "checkbox")
        .add_tag_attributes("code", ["class"])
        .url_schemes(["http", "https", "mailto"].into());
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(
            html("Hello **all** and ~~you~~"),
            "<p>Hello <strong>all</strong> and <del>you</del></p>\n"
        );
        assert!(html("| a |\n|---|\n| b |").contains("<td>b</td>"));
        assert!(html("- [x] done").contains("checked"));
        assert!(html("[t](https://x.example/)").contains("href=\"https://x.example/\""));
        assert_eq!(html(""), "");
    }

    #[test]
    fn nothing_dangerous_passes() {
        assert!(!html("<script>alert(1)</script>").contains("<script"));
        assert!(!html("a <img src=x onerror=alert(1)> b").contains("<img"));
        assert!(!html("[t](javascript:alert(1))").contains("javascript"));
        assert!(!html("![t](data:text/html;base64,AAAA)").contains("data:"));
    }

    #[test]
    fn deep_nesting_costs_little_and_keeps_the_text() {
        for text in [
            format!("{}deep", ">".repeat(500_000)),
            format!("{}deep", "- ".repeat(200_000)),
            format!("{}deep", "*a ".repeat(150_000)),
            format!("{}deep{}", "**a ".repeat(100_000), "**".repeat(100_000)),
            format!("{}deep", "[".repeat(500_000)),
            format!("{}deep", "<b>".repeat(150_000)),
            format!("{}deep", "| ".repeat(200_000)),
        ] {
            assert!(html(&text).contains("deep"), "{}", &text[..8]);
        }
    }
}
