//! Query language 2.0: `{"$and": [{"queue": {"$eq": "OPS"}}, {"assignee": {"$eq": {"$me": []}}}]}`
//! (query language, §11).

use serde_json::{Map, Value as Json};

use crate::ast::{
    Clause, Comparison, DateBase, DateExpr, DateFunction, Expr, FieldName, Function, Operand, Span,
    Test, Value,
};
use crate::error::{ErrorKind, ParseError, Place};
use crate::parse::{MAX_CLAUSES, MAX_DEPTH, MAX_VALUES};

/// The macro that stands for the conditions of a saved filter, and the parameter of query texts
/// that means the same.
const SAVED: (&str, &str) = ("$filter", "Filter");

/// Turns an expression of query language 2.0 into the tree a query text would give. Fields are
/// named by their ids; every word of the language starts with `$`.
///
/// # Errors
/// The first member that has no such form.
pub fn from_query2(expression: &Json) -> Result<Expr, ParseError> {
    let mut reader = Reader { clauses: 0, values: 0 };
    reader.group(expression, "query2", 0)
}

/// Counts what has been read.
struct Reader {
    clauses: usize,
    values: usize,
}

fn whole(kind: ErrorKind) -> ParseError {
    ParseError { kind, place: Place::Whole, found: String::new() }
}

impl Reader {
    /// An object: all of its members hold.
    fn group(&mut self, json: &Json, member: &str, depth: usize) -> Result<Expr, ParseError> {
        if depth > MAX_DEPTH {
            return Err(whole(ErrorKind::TooDeep));
        }
        let Json::Object(members) = json else {
            return Err(ParseError::member(ErrorKind::Query2NotObject, member, &json.to_string()));
        };
        let mut operands = Vec::with_capacity(members.len());
        for (name, value) in members {
            operands.push(match name.as_str() {
                "$and" => joined(self.list(value, name, depth)?, Expr::And),
                "$or" => joined(self.list(value, name, depth)?, Expr::Or),
                "$not" => Expr::Not(Box::new(self.group(value, name, depth + 1)?)),
                word if word == SAVED.0 => {
                    let values = self.many(value, name)?;
                    self.clause(SAVED.1, values)?
                }
                word if word.starts_with('$') => {
                    return Err(ParseError::member(ErrorKind::Query2Operator, name, word));
                }
                field => self.field(field, value)?,
            });
        }
        match operands.len() {
            0 => Err(ParseError::member(ErrorKind::FilterEmpty, member, "")),
            _ => Ok(joined(operands, Expr::And)),
        }
    }

    fn list(&mut self, json: &Json, member: &str, depth: usize) -> Result<Vec<Expr>, ParseError> {
        match json {
            Json::Array(items) if !items.is_empty() => {
                items.iter().map(|item| self.group(item, member, depth + 1)).collect()
            }
            other => Err(ParseError::member(ErrorKind::Query2List, member, &other.to_string())),
        }
    }

    /// `{"$gte": 1, "$lt": 5}` under the name of a field: all of the operators hold.
    fn field(&mut self, field: &str, json: &Json) -> Result<Expr, ParseError> {
        let operators = match json {
            Json::Object(members) if !members.is_empty() => members,
            Json::Object(_) => {
                return Err(ParseError::member(ErrorKind::FilterNoValues, field, ""));
            }
            // As in the language this one is made after.
            scalar => {
                let values = self.many(scalar, field)?;
                return self.clause(field, values);
            }
        };
        let mut operands = Vec::with_capacity(operators.len());
        for (operator, value) in operators {
            let values = self.operator(field, operator, value)?;
            operands.push(self.clause(field, values)?);
        }
        Ok(joined(operands, Expr::And))
    }

    fn operator(
        &mut self,
        field: &str,
        operator: &str,
        json: &Json,
    ) -> Result<Vec<Value>, ParseError> {
        let compare = |comparison| move |operand| Test::Compare(comparison, operand);
        let single = |test: &dyn Fn(Operand) -> Test, negated| {
            let operand = operand(field, json)?;
            Ok(vec![Value { negated, test: test(operand), span: Span::default() }])
        };
        match operator {
            "$eq" | "$contains" => single(&Test::Is, false),
            "$ne" => single(&Test::Is, true),
            "$gt" => single(&compare(Comparison::Greater), false),
            "$gte" => single(&compare(Comparison::GreaterOrEqual), false),
            "$lt" => single(&compare(Comparison::Less), false),
            "$lte" => single(&compare(Comparison::LessOrEqual), false),
            "$in" => self.many(json, field),
            "$nin" => {
                let mut values = self.many(json, field)?;
                for value in &mut values {
                    value.negated = true;
                }
                Ok(values)
            }
            other => Err(ParseError::member(ErrorKind::Query2Operator, field, other)),
        }
    }

    /// A list of values, or one.
    fn many(&mut self, json: &Json, field: &str) -> Result<Vec<Value>, ParseError> {
        let values: Vec<Value> = match json {
            Json::Array(items) if items.is_empty() => {
                return Err(ParseError::member(ErrorKind::FilterNoValues, field, ""));
            }
            Json::Array(items) => items
                .iter()
                .map(|item| operand(field, item).map(Value::is))
                .collect::<Result<_, _>>()?,
            one => vec![Value::is(operand(field, one)?)],
        };
        self.values += values.len();
        if self.values > MAX_VALUES { Err(whole(ErrorKind::TooManyValues)) } else { Ok(values) }
    }

    fn clause(&mut self, field: &str, values: Vec<Value>) -> Result<Expr, ParseError> {
        self.clauses += 1;
        if self.clauses > MAX_CLAUSES {
            return Err(whole(ErrorKind::TooManyClauses));
        }
        let field = FieldName::new(field);
        Ok(Expr::Clause(Clause { field, values, span: Span::default() }))
    }
}

/// A value as it stands, or a call.
fn operand(field: &str, json: &Json) -> Result<Operand, ParseError> {
    match json {
        Json::Null => Ok(Operand::Function(Function::Empty)),
        Json::Bool(flag) => Ok(Operand::Literal(flag.to_string())),
        Json::Number(number) => Ok(Operand::Literal(number.to_string())),
        Json::String(text) => Ok(Operand::Literal(text.clone())),
        Json::Object(members) => call(field, members),
        Json::Array(_) => Err(ParseError::member(ErrorKind::Query2Value, field, "[")),
    }
}

/// `{"$me": []}`.
fn call(field: &str, members: &Map<String, Json>) -> Result<Operand, ParseError> {
    let mut members = members.iter();
    let (Some((name, arguments)), None) = (members.next(), members.next()) else {
        return Err(ParseError::member(ErrorKind::Query2Value, field, "{"));
    };
    let unknown = || ParseError::member(ErrorKind::UnknownFunction, field, name);
    let word = name.strip_prefix('$').ok_or_else(unknown)?.to_ascii_lowercase();
    let arguments: Vec<&Json> = match arguments {
        Json::Array(items) => items.iter().collect(),
        Json::Null => Vec::new(),
        other => vec![other],
    };
    if word == "group" {
        let names: Option<Vec<String>> = arguments.into_iter().map(text).collect();
        return match names.filter(|names| !names.is_empty()) {
            Some(names) => Ok(Operand::Function(Function::Group(names))),
            None => Err(ParseError::member(ErrorKind::GroupExpected, field, name)),
        };
    }
    let date = DateFunction::ALL.into_iter().find(|function| function.name() == word);
    let operand = match (word.as_str(), date) {
        (_, Some(function)) => {
            let base = DateBase::Function(function);
            Operand::Date(DateExpr { base, shifts: Vec::new() })
        }
        ("me", _) => Operand::Function(Function::Me),
        ("empty", _) => Operand::Function(Function::Empty),
        ("notempty", _) => Operand::Function(Function::NotEmpty),
        ("unresolved", _) => Operand::Function(Function::Unresolved),
        _ => return Err(unknown()),
    };
    if arguments.is_empty() {
        Ok(operand)
    } else {
        Err(ParseError::member(ErrorKind::ArgumentsNotExpected, field, name))
    }
}

fn text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Joins operands; one stays itself.
fn joined(mut operands: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match operands.pop() {
        Some(only) if operands.is_empty() => only,
        Some(last) => {
            operands.push(last);
            join(operands)
        }
        None => join(operands),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equals_the_query_text() {
        for (expression, query) in [
            (json!({"assignee": {"$eq": {"$me": []}}}), "assignee: me()"),
            (json!({"status": {"$ne": "closed"}}), "status: !closed"),
            (json!({"status": {"$in": ["open", "needInfo"]}}), "status: open, needInfo"),
            (json!({"status": {"$nin": ["open", 3]}}), "status: !open, !3"),
            (json!({"storyPoints": {"$gte": 1, "$lt": 5}}), "storyPoints: >=1 storyPoints: <5"),
            (json!({"created": {"$gt": {"$today": []}}}), "created: >today()"),
            (json!({"summary": {"$contains": "login (again)"}}), "summary: \"login (again)\""),
            (json!({"resolution": {"$eq": null}}), "resolution: empty()"),
            (json!({"assignee": {"$eq": {"$group": ["QA"]}}}), "assignee: group(value: \"QA\")"),
            (json!({"$filter": 7}), "Filter: 7"),
            (json!({"queue": "OPS"}), "queue: OPS"),
            (
                json!({"$or": [{"queue": {"$eq": "A"}}, {"$not": {"type": {"$eq": "bug"}}}]}),
                "queue: A OR NOT type: bug",
            ),
            (
                json!({"$and": [{"queue": {"$eq": "A"}}, {"tags": {"$eq": "x"}}]}),
                "queue: A tags: x",
            ),
        ] {
            let query = crate::parse(query).expect("valid");
            assert_eq!(Some(from_query2(&expression).expect("valid")), query.filter);
        }
    }

    #[test]
    fn refused() {
        let mut deep = json!({"a": 1});
        for _ in 0..100 {
            deep = json!({ "$not": deep });
        }
        for (expression, kind) in [
            (json!("x"), ErrorKind::Query2NotObject),
            (json!({}), ErrorKind::FilterEmpty),
            (json!({"$and": []}), ErrorKind::Query2List),
            (json!({"$and": {"a": 1}}), ErrorKind::Query2List),
            (json!({"$xor": [{"a": 1}]}), ErrorKind::Query2Operator),
            (json!({"a": {}}), ErrorKind::FilterNoValues),
            (json!({"a": {"eq": 1}}), ErrorKind::Query2Operator),
            (json!({"a": {"$like": 1}}), ErrorKind::Query2Operator),
            (json!({"a": {"$in": []}}), ErrorKind::FilterNoValues),
            (json!({"a": {"$eq": [1]}}), ErrorKind::Query2Value),
            (json!({"a": {"$eq": {"$me": [1]}}}), ErrorKind::ArgumentsNotExpected),
            (json!({"a": {"$eq": {"$nope": []}}}), ErrorKind::UnknownFunction),
            (json!({"a": {"$eq": {"me": []}}}), ErrorKind::UnknownFunction),
            (json!({"a": {"$eq": {"$group": []}}}), ErrorKind::GroupExpected),
            (json!({"a": {"$in": vec![1; MAX_VALUES + 1]}}), ErrorKind::TooManyValues),
            (deep, ErrorKind::TooDeep),
        ] {
            assert_eq!(from_query2(&expression).expect_err("refused").kind, kind, "{expression}");
        }
    }
}
