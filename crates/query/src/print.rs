//! Prints trees as query text that parses to an equal tree.

use std::fmt::{self, Display, Formatter, Write};

use crate::ast::{
    Clause, DateBase, DateExpr, Expr, FieldName, Function, Operand, Query, Shift, Sort, Test, Value,
};
use crate::scan::is_plain_word;

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(filter) = &self.filter {
            write!(f, "{filter}")?;
        }
        if self.sort.is_empty() {
            return Ok(());
        }
        if self.filter.is_some() {
            f.write_char(' ')?;
        }
        f.write_str("\"Sort By\": ")?;
        list(f, &self.sort)
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.field, if self.descending { " DESC" } else { "" })
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(operands) => joined(f, operands, " AND ", |operand| {
                matches!(operand, Self::And(_) | Self::Or(_))
            }),
            Self::Or(operands) => {
                joined(f, operands, " OR ", |operand| matches!(operand, Self::Or(_)))
            }
            Self::Not(operand) => {
                f.write_str("NOT ")?;
                match **operand {
                    Self::Clause(_) | Self::Text(_) => write!(f, "{operand}"),
                    _ => write!(f, "({operand})"),
                }
            }
            Self::Clause(clause) => write!(f, "{clause}"),
            Self::Text(text) => word(f, text),
        }
    }
}

/// Joins operands; those that bind no tighter than the separator stand in parentheses.
fn joined(
    f: &mut Formatter<'_>,
    operands: &[Expr],
    separator: &str,
    loose: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (i, operand) in operands.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        if loose(operand) {
            write!(f, "({operand})")?;
        } else {
            write!(f, "{operand}")?;
        }
    }
    Ok(())
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field)?;
        list(f, &self.values)
    }
}

impl Display for FieldName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(queue) = &self.queue {
            write!(f, "{queue}.")?;
        }
        // A dot in a bare name could be taken for the one between queue and field.
        if self.name.contains('.') { quoted(f, &self.name) } else { word(f, &self.name) }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_char('!')?;
        }
        match &self.test {
            Test::Is(operand) => write!(f, "{operand}"),
            Test::Compare(comparison, operand) => write!(f, "{}{operand}", comparison.sign()),
            Test::Range(from, to) => write!(f, "{from} .. {to}"),
            Test::Exact(phrase) => {
                f.write_char('#')?;
                quoted(f, phrase)
            }
            Test::NotExact(phrase) => {
                f.write_char('~')?;
                quoted(f, phrase)
            }
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => word(f, text),
            Self::Function(function) => write!(f, "{function}"),
            Self::Date(date) => write!(f, "{date}"),
        }
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty()"),
            Self::NotEmpty => f.write_str("notEmpty()"),
            Self::Me => f.write_str("me()"),
            Self::Unresolved => f.write_str("unresolved()"),
            Self::Group(names) => {
                f.write_str("group(value: ")?;
                separated(f, names, |f, name| quoted(f, name))?;
                f.write_char(')')
            }
            Self::Changed(changed) => {
                f.write_str("changed(")?;
                let arguments = [
                    ("from", &changed.from),
                    ("to", &changed.to),
                    ("by", &changed.by),
                    ("date", &changed.date),
                ];
                let mut gap = "";
                for (name, values) in arguments {
                    if !values.is_empty() {
                        write!(f, "{gap}{name}: ")?;
                        list(f, values)?;
                        gap = " ";
                    }
                }
                f.write_char(')')
            }
        }
    }
}

impl Display for DateExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.base {
            DateBase::Function(function) => write!(f, "{}()", function.name())?,
            DateBase::Literal(text) => word(f, text)?,
        }
        self.shifts.iter().try_for_each(|shift| write!(f, " {shift}"))
    }
}

impl Display for Shift {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.back { "- " } else { "+ " })?;
        word(f, &self.interval.to_string())
    }
}

fn list<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    separated(f, items, |f, item| write!(f, "{item}"))
}

fn separated<'f, T>(
    f: &mut Formatter<'f>,
    items: &[T],
    mut print: impl FnMut(&mut Formatter<'f>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        print(f, item)?;
    }
    Ok(())
}

/// A name or literal, in quotes only when it needs them.
fn word(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    if is_plain_word(text) { f.write_str(text) } else { quoted(f, text) }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
