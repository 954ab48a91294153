//! Filter objects: `{"queue": "OPS", "assignee": "empty()"}` (query language, §10).

use serde_json::{Map, Value as Json};

use crate::ast::{Clause, Comparison, Expr, FieldName, Function, Operand, Span, Test, Value};
use crate::error::{ErrorKind, ParseError, Place};
use crate::parse::{MAX_CLAUSES, MAX_VALUES, Parser, SIGNS, is_function};
use crate::value::{DateLiteral, Interval, number};

/// Members of a reference object that can name it, the most exact first.
const REFERENCE: [&str; 6] = ["key", "id", "login", "uid", "name", "display"];

/// Turns a filter object into the tree a query text would give. All members hold; the names of
/// the fields are kept as they are.
///
/// Strings are read as one value of the query language when they look like one: a known function,
/// a range of dates or numbers, or an operator in front. All other strings are values as they
/// stand, with spaces, commas and parentheses.
///
/// # Errors
/// The first member that has no such form, or [`ErrorKind::FilterEmpty`].
pub fn from_filter(filter: &Json) -> Result<Expr, ParseError> {
    let whole = |kind| ParseError { kind, place: Place::Whole, found: String::new() };
    let Json::Object(members) = filter else { return Err(whole(ErrorKind::FilterNotObject)) };
    if members.len() > MAX_CLAUSES {
        return Err(whole(ErrorKind::TooManyClauses));
    }
    let mut count = 0;
    let mut clauses = Vec::with_capacity(members.len());
    for (name, value) in members {
        let values = Member { name }.values(value)?;
        count += values.len();
        if count > MAX_VALUES {
            return Err(whole(ErrorKind::TooManyValues));
        }
        let field = FieldName::new(name.as_str());
        clauses.push(Expr::Clause(Clause { field, values, span: Span::default() }));
    }
    match clauses.len() {
        0 => Err(whole(ErrorKind::FilterEmpty)),
        1 => Ok(clauses.remove(0)),
        _ => Ok(Expr::And(clauses)),
    }
}

/// The member being read, for errors.
#[derive(Clone, Copy)]
struct Member<'a> {
    name: &'a str,
}

impl Member<'_> {
    fn error(self, kind: ErrorKind, found: &str) -> ParseError {
        ParseError::member(kind, self.name, found)
    }

    fn values(self, value: &Json) -> Result<Vec<Value>, ParseError> {
        match value {
            Json::Array(items) if items.is_empty() => {
                Err(self.error(ErrorKind::FilterNoValues, ""))
            }
            Json::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            single => Ok(vec![self.value(single)?]),
        }
    }

    fn value(self, value: &Json) -> Result<Value, ParseError> {
        match value {
            Json::Null => Ok(Value::is(Operand::Function(Function::Empty))),
            Json::Bool(flag) => Ok(Value::is(Operand::Literal(flag.to_string()))),
            Json::Number(number) => Ok(Value::is(Operand::Literal(number.to_string()))),
            Json::String(text) => self.item(text),
            Json::Object(members) => self.object(members),
            Json::Array(_) => Err(self.error(ErrorKind::FilterValue, "[")),
        }
    }

    /// `{"from": …, "to": …}` or a reference.
    fn object(self, members: &Map<String, Json>) -> Result<Value, ParseError> {
        if members.contains_key("from") || members.contains_key("to") {
            return self.range(members);
        }
        let named = REFERENCE.iter().find_map(|name| match members.get(*name) {
            Some(Json::String(text)) => Some(text.clone()),
            Some(Json::Number(number)) => Some(number.to_string()),
            _ => None,
        });
        match named {
            Some(text) => Ok(Value::is(Operand::Literal(text))),
            None => Err(self.error(ErrorKind::FilterValue, "")),
        }
    }

    fn range(self, members: &Map<String, Json>) -> Result<Value, ParseError> {
        let test = match (self.bound(members.get("from"))?, self.bound(members.get("to"))?) {
            (Some(from), Some(to)) => Test::Range(from, to),
            (Some(from), None) => Test::Compare(Comparison::GreaterOrEqual, from),
            (None, Some(to)) => Test::Compare(Comparison::LessOrEqual, to),
            (None, None) => return Err(self.error(ErrorKind::FilterNoValues, "")),
        };
        Ok(Value { negated: false, test, span: Span::default() })
    }

    fn bound(self, value: Option<&Json>) -> Result<Option<Operand>, ParseError> {
        match value {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Number(number)) => Ok(Some(Operand::Literal(number.to_string()))),
            Some(Json::String(text)) => self.operand(text).map(Some),
            Some(other) => Err(self.error(ErrorKind::FilterValue, &other.to_string())),
        }
    }

    /// A string as one value item of the query language.
    fn item(self, written: &str) -> Result<Value, ParseError> {
        let trimmed = written.trim();
        let (negated, rest) = match trimmed.strip_prefix('!') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, trimmed),
        };
        let sign = SIGNS.into_iter().find_map(|c| Some((c, rest.strip_prefix(c.sign())?)));
        let test = if let Some((comparison, rest)) = sign {
            Test::Compare(comparison, self.needed(rest)?)
        } else if let Some(phrase) = rest.strip_prefix('#') {
            Test::Exact(self.phrase(phrase)?)
        } else if let Some(phrase) = rest.strip_prefix('~') {
            Test::NotExact(self.phrase(phrase)?)
        } else if let Some((from, to)) = self.range_text(rest) {
            Test::Range(from, to)
        } else if negated {
            Test::Is(self.needed(rest)?)
        } else {
            Test::Is(self.operand(rest)?)
        };
        Ok(Value { negated, test, span: Span::default() })
    }

    /// What must follow an operator.
    fn needed(self, text: &str) -> Result<Operand, ParseError> {
        if text.trim().is_empty() {
            return Err(self.error(ErrorKind::ValueExpected, ""));
        }
        self.operand(text)
    }

    fn phrase(self, text: &str) -> Result<String, ParseError> {
        match self.needed(text)? {
            Operand::Literal(phrase) => Ok(phrase),
            _ => Ok(text.trim().to_owned()),
        }
    }

    /// A function, date arithmetic, one quoted text, or the text as it stands.
    fn operand(self, text: &str) -> Result<Operand, ParseError> {
        let text = text.trim();
        let parsed = Parser::new(text).and_then(|mut parser| {
            let operand = parser.operand(false, ErrorKind::ValueExpected)?;
            parser.cursor.skip_space();
            Ok((operand, parser.cursor.rest().is_empty()))
        });
        match parsed {
            Ok((operand, true)) if text.starts_with('"') || !is_literal(&operand) => Ok(operand),
            Err(error) if error.kind == ErrorKind::TooLong || starts_like_call(text) => {
                Err(self.error(error.kind, &error.found))
            }
            Ok(_) | Err(_) => Ok(Operand::Literal(text.to_owned())),
        }
    }

    /// `a .. b` when both ends are something that has an order; dots between other words are a
    /// part of the text.
    fn range_text(self, text: &str) -> Option<(Operand, Operand)> {
        let (from, to) = text.split_once("..")?;
        let to = to.strip_prefix('.').unwrap_or(to);
        let (from, to) = (self.operand(from).ok()?, self.operand(to).ok()?);
        (is_ordered(&from) && is_ordered(&to)).then_some((from, to))
    }
}

fn is_literal(operand: &Operand) -> bool {
    matches!(operand, Operand::Literal(_))
}

fn is_ordered(operand: &Operand) -> bool {
    match operand {
        Operand::Date(_) => true,
        Operand::Function(_) => false,
        Operand::Literal(text) => {
            DateLiteral::has_shape(text) || number(text).is_ok() || Interval::parse(text).is_ok()
        }
    }
}

/// A text that starts like a call of a known function is meant as a call.
fn starts_like_call(text: &str) -> bool {
    text.split_once('(').is_some_and(|(name, _)| is_function(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The query text of a filter.
    fn text(filter: &Json) -> String {
        from_filter(filter).expect("valid").to_string()
    }

    fn kind(filter: &Json) -> ErrorKind {
        from_filter(filter).expect_err("refused").kind
    }

    #[test]
    fn equals_the_query_text() {
        for (filter, query) in [
            (json!({"assignee": "empty()", "queue": "OPS"}), "assignee: empty() queue: OPS"),
            (json!({"status": ["open", "needInfo"]}), "status: open, needInfo"),
            (json!({"assignee": ["Me()", "EMPTY()"]}), "assignee: me(), empty()"),
            (json!({"resolution": "Unresolved()"}), "resolution: unresolved()"),
            (json!({"assignee": null}), "assignee: empty()"),
            (json!({"votes": 5, "flag": true}), "flag: true votes: 5"),
            (json!({"status": "!open"}), "status: !open"),
            (json!({"status": "!In Progress"}), "status: !\"In Progress\""),
            (json!({"votes": ">5"}), "votes: >5"),
            (json!({"votes": "1 .. 5"}), "votes: 1..5"),
            (json!({"created": "2024-05-01...2024-05-31"}), "created: 2024-05-01..2024-05-31"),
            (json!({"updated": ">= now() - 12h"}), "updated: >=now()-12h"),
            (json!({"updated": ">2024-05-01 10:00"}), "updated: >\"2024-05-01 10:00\""),
            (json!({"summary": "#Deploy ||"}), "summary: #\"Deploy ||\""),
            (json!({"summary": "~\"a b\""}), "summary: ~\"a b\""),
            (json!({"assignee": "group(value: \"QA\")"}), "assignee: group(value: \"QA\")"),
            (json!({"queue": {"key": "OPS"}}), "queue: OPS"),
            (json!({"status": [{"id": 3, "display": "Open"}]}), "status: 3"),
        ] {
            let query = crate::parse(query).expect("valid");
            assert_eq!(Some(from_filter(&filter).expect("valid")), query.filter, "{filter}");
        }
    }

    #[test]
    fn ranges_may_be_open() {
        assert_eq!(
            text(&json!({"created": {"from": "2024-03-01", "to": "2024-03-31"}})),
            "created: 2024-03-01 .. 2024-03-31"
        );
        assert_eq!(text(&json!({"created": {"from": "2019-03-02"}})), "created: >=2019-03-02");
        assert_eq!(text(&json!({"votes": {"to": 5, "from": null}})), "votes: <=5");
        assert_eq!(text(&json!({"updated": {"from": "today() - 1w"}})), "updated: >=today() - 1w");
    }

    #[test]
    fn other_strings_are_values_as_they_stand() {
        for value in [
            "login crash (again), please: now",
            "foo()",
            "wait..what",
            "now() fails",
            "say \"hi\" there",
            "not open",
            "and",
            "2024-05-01 -foo",
            "",
        ] {
            let Ok(Expr::Clause(clause)) = from_filter(&json!({"summary": value})) else {
                panic!("{value:?}")
            };
            assert_eq!(clause.values, [Value::is(Operand::Literal(value.to_owned()))]);
        }
    }

    #[test]
    fn refused() {
        assert_eq!(kind(&json!([])), ErrorKind::FilterNotObject);
        assert_eq!(kind(&json!({})), ErrorKind::FilterEmpty);
        assert_eq!(kind(&json!({"a": []})), ErrorKind::FilterNoValues);
        assert_eq!(kind(&json!({"a": {}})), ErrorKind::FilterValue);
        assert_eq!(kind(&json!({"a": {"from": null}})), ErrorKind::FilterNoValues);
        assert_eq!(kind(&json!({"a": {"from": true}})), ErrorKind::FilterValue);
        assert_eq!(kind(&json!({"a": [["b"]]})), ErrorKind::FilterValue);
        assert_eq!(kind(&json!({"a": "!"})), ErrorKind::ValueExpected);
        assert_eq!(kind(&json!({"a": "group(\"QA\")"})), ErrorKind::ArgumentNameExpected);
        assert_eq!(kind(&json!({"a": "now()-2x"})), ErrorKind::BadInterval);
        assert_eq!(kind(&json!({"a": vec![1; MAX_VALUES + 1]})), ErrorKind::TooManyValues);
        assert_eq!(kind(&json!({"a": "x".repeat(40_000)})), ErrorKind::TooLong);
        let error = from_filter(&json!({"queue": "OPS", "status": []})).expect_err("refused");
        assert_eq!(error.to_string(), "status: the list of values is empty");
    }
}
