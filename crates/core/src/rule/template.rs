//! Texts with variables (automation.md, 1.3): the part of Mustache that the original documents,
//! variables and a change of delimiters, without escaping.

/// Fills the variables of a template. `value` answers a path; an unknown one is empty.
pub fn fill(template: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len());
    walk(template, |part| match part {
        Part::Text(text) => out.push_str(text),
        Part::Variable(path) => out.push_str(&value(path)),
    });
    out
}

/// The paths of all variables of a template.
pub fn paths(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(template, |part| {
        if let Part::Variable(path) = part {
            found.push(path.to_owned());
        }
    });
    found
}

enum Part<'t> {
    Text(&'t str),
    Variable(&'t str),
}

fn walk<'t>(template: &'t str, mut each: impl FnMut(Part<'t>)) {
    let (mut open, mut close) = ("{{", "}}");
    let mut rest = template;
    while let Some((text, after)) = rest.split_once(open) {
        // Three braces mean the same as two where nothing is escaped.
        let triple = open == "{{" && after.starts_with('{');
        let end = if triple { "}}}" } else { close };
        let Some((tag, tail)) =
            after.strip_prefix(if triple { "{" } else { "" }).and_then(|a| a.split_once(end))
        else {
            break;
        };
        each(Part::Text(text));
        rest = tail;
        let tag = tag.trim();
        if let Some(change) = tag.strip_prefix('=').and_then(|t| t.strip_suffix('=')) {
            if let Some((new_open, new_close)) = change.trim().split_once(char::is_whitespace) {
                (open, close) = (new_open.trim(), new_close.trim());
            }
        } else if let Some(path) = tag.strip_prefix('&') {
            each(Part::Variable(path.trim()));
        } else if !tag.starts_with(['!', '#', '/', '^', '>']) {
            each(Part::Variable(tag));
        }
    }
    each(Part::Text(rest));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> String {
        fill(template, |path| format!("<{path}>"))
    }

    #[test]
    fn variables_are_filled() {
        assert_eq!(filled("a {{issue.key}} b"), "a <issue.key> b");
        assert_eq!(filled("{{ x }}{{y}}"), "<x><y>");
        assert_eq!(filled("{{{x}}} {{&y}}"), "<x> <y>");
        assert_eq!(filled("{{! a remark }}z"), "z");
        assert_eq!(filled("no end {{x"), "no end {{x");
        assert_eq!(filled("}} {{"), "}} {{");
        assert_eq!(filled(""), "");
    }

    #[test]
    fn delimiters_may_change() {
        assert_eq!(filled("{{=<% %>=}}<%issue.key%> {{x}}"), "<issue.key> {{x}}");
        assert_eq!(paths("{{a}}{{=[ ]=}}[b]"), ["a", "b"]);
    }
}
