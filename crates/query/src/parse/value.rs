//! The values of a condition: lists, operators, functions, date arithmetic.

use super::{MAX_VALUES, Parser};
use crate::ast::{
    Changed, Comparison, DateBase, DateExpr, DateFunction, Function, Operand, Shift, Span, Test,
    Value,
};
use crate::error::{ErrorKind, ParseError};
use crate::scan::{Keyword, is_space};
use crate::value::{DateLiteral, Interval};

/// Signs of comparison, the longer ones first.
pub(crate) const SIGNS: [Comparison; 4] =
    [Comparison::GreaterOrEqual, Comparison::LessOrEqual, Comparison::Greater, Comparison::Less];

/// The functions that are no dates, in lower case.
const FUNCTIONS: [&str; 6] = ["empty", "notempty", "me", "unresolved", "group", "changed"];

/// True for the name of a function in any letter case.
pub(crate) fn is_function(name: &str) -> bool {
    let dates = DateFunction::ALL.map(DateFunction::name);
    FUNCTIONS.iter().chain(&dates).any(|function| function.eq_ignore_ascii_case(name))
}

impl Parser<'_> {
    /// `v, v, …`; `nested` inside the parentheses of `changed()`, where a comma may also end the
    /// list.
    pub(super) fn values(&mut self, nested: bool) -> Result<Vec<Value>, ParseError> {
        let mut values = Vec::new();
        loop {
            values.push(self.value(nested)?);
            let end = self.cursor.at();
            self.cursor.skip_space();
            if self.cursor.peek() == Some(':') {
                return Err(self.error(ErrorKind::ColonInValue));
            }
            if !self.cursor.eat(",") {
                self.cursor.rewind(end);
                return Ok(values);
            }
            if nested && self.at_argument() {
                return Ok(values);
            }
        }
    }

    /// True when `name:` is next.
    fn at_argument(&self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.skip_space();
        ahead.word().is_some() && {
            ahead.skip_space();
            ahead.peek() == Some(':')
        }
    }

    fn value(&mut self, nested: bool) -> Result<Value, ParseError> {
        self.cursor.skip_space();
        let start = self.cursor.at();
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.error(ErrorKind::TooManyValues));
        }
        let negated = self.cursor.eat("!") || self.cursor.eat_keyword(Keyword::Not);
        self.cursor.skip_space();
        let test = self.test(nested)?;
        Ok(Value { negated, test, span: Span { start, end: self.cursor.at() } })
    }

    fn test(&mut self, nested: bool) -> Result<Test, ParseError> {
        if let Some(sign) = SIGNS.into_iter().find(|sign| self.cursor.eat(sign.sign())) {
            self.cursor.skip_space();
            return Ok(Test::Compare(sign, self.operand(nested, ErrorKind::ValueExpected)?));
        }
        if self.cursor.eat("#") {
            return self.phrase().map(Test::Exact);
        }
        if self.cursor.eat("~") {
            return self.phrase().map(Test::NotExact);
        }
        let operand = self.operand(nested, ErrorKind::ValueExpected)?;
        let end = self.cursor.at();
        self.cursor.skip_space();
        if !self.cursor.eat("..") {
            self.cursor.rewind(end);
            return Ok(Test::Is(operand));
        }
        self.cursor.eat(".");
        self.cursor.skip_space();
        Ok(Test::Range(operand, self.operand(nested, ErrorKind::RangeEndExpected)?))
    }

    fn phrase(&mut self) -> Result<String, ParseError> {
        self.cursor.skip_space();
        if let Some(text) = self.cursor.quoted()? {
            return Ok(text);
        }
        if self.cursor.peek_keyword().is_some() {
            return Err(self.error(ErrorKind::PhraseExpected));
        }
        match self.cursor.word() {
            Some(word) => Ok(word.to_owned()),
            None => Err(self.error(ErrorKind::PhraseExpected)),
        }
    }

    /// One operand, or the error `missing`.
    pub(crate) fn operand(
        &mut self,
        nested: bool,
        missing: ErrorKind,
    ) -> Result<Operand, ParseError> {
        let start = self.cursor.at();
        if let Some(text) = self.cursor.quoted()? {
            return self.literal(text);
        }
        if self.cursor.peek_keyword().is_some() {
            return Err(self.error(missing));
        }
        let Some(word) = self.cursor.word() else { return Err(self.error(missing)) };
        if self.eat_call() {
            return self.function(word, start, nested);
        }
        if DateLiteral::has_shape(word) && self.at_time() {
            return Err(self.cursor.error(ErrorKind::TimeNotQuoted, start));
        }
        self.literal(word.to_owned())
    }

    /// A literal, with arithmetic when it is a date.
    fn literal(&mut self, text: String) -> Result<Operand, ParseError> {
        if !DateLiteral::has_shape(&text) {
            return Ok(Operand::Literal(text));
        }
        let shifts = self.shifts()?;
        if shifts.is_empty() {
            return Ok(Operand::Literal(text));
        }
        Ok(Operand::Date(DateExpr { base: DateBase::Literal(text), shifts }))
    }

    /// True when a time of day follows a bare date.
    fn at_time(&self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.skip_space();
        let hour = ahead.take_while(|c| c.is_ascii_digit());
        let digit = |c: char| c.is_ascii_digit();
        matches!(hour.len(), 1 | 2) && ahead.eat(":") && ahead.peek().is_some_and(digit)
    }

    /// Takes the parenthesis of a call: right after the name, or apart from it when nothing is
    /// inside, since only then it cannot be a group of conditions.
    fn eat_call(&mut self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.skip_space();
        let apart = ahead.at() != self.cursor.at();
        if !ahead.eat("(") {
            return false;
        }
        let inside = ahead.at();
        ahead.skip_space();
        if apart && ahead.peek() != Some(')') {
            return false;
        }
        self.cursor.rewind(inside);
        true
    }

    /// What follows `name(`.
    fn function(&mut self, name: &str, start: usize, nested: bool) -> Result<Operand, ParseError> {
        let name = name.to_ascii_lowercase();
        let date = DateFunction::ALL.into_iter().find(|function| function.name() == name);
        if let Some(function) = date {
            self.no_arguments()?;
            let base = DateBase::Function(function);
            return Ok(Operand::Date(DateExpr { base, shifts: self.shifts()? }));
        }
        let function = match name.as_str() {
            "empty" => self.no_arguments().map(|()| Function::Empty),
            "notempty" => self.no_arguments().map(|()| Function::NotEmpty),
            "me" => self.no_arguments().map(|()| Function::Me),
            "unresolved" => self.no_arguments().map(|()| Function::Unresolved),
            "group" => self.group_function(start),
            "changed" if nested => Err(self.cursor.error(ErrorKind::NestedChanged, start)),
            "changed" => self.changed(),
            _ => Err(self.cursor.error(ErrorKind::UnknownFunction, start)),
        }?;
        self.no_shifts()?;
        Ok(Operand::Function(function))
    }

    fn no_arguments(&mut self) -> Result<(), ParseError> {
        self.cursor.skip_space();
        if self.cursor.eat(")") {
            return Ok(());
        }
        Err(self.error(match self.cursor.peek() {
            Some(_) => ErrorKind::ArgumentsNotExpected,
            None => ErrorKind::UnclosedParenthesis,
        }))
    }

    fn group_function(&mut self, start: usize) -> Result<Function, ParseError> {
        let [values] = self.arguments(["value"])?;
        let mut names = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value { negated: false, test: Test::Is(Operand::Literal(name)), .. } => {
                    names.push(name);
                }
                other => {
                    return Err(self.cursor.error(ErrorKind::GroupExpected, other.span.start));
                }
            }
        }
        if names.is_empty() {
            return Err(self.cursor.error(ErrorKind::GroupExpected, start));
        }
        Ok(Function::Group(names))
    }

    fn changed(&mut self) -> Result<Function, ParseError> {
        let [from, to, by, date] = self.arguments(["from", "to", "by", "date"])?;
        Ok(Function::Changed(Box::new(Changed { from, to, by, date })))
    }

    /// Named arguments up to the closing parenthesis, in the order of `names`; each at most once,
    /// with white space or a comma between them.
    fn arguments<const N: usize>(
        &mut self,
        names: [&str; N],
    ) -> Result<[Vec<Value>; N], ParseError> {
        let mut found = [const { Vec::new() }; N];
        loop {
            self.cursor.skip_space();
            if self.cursor.eat(")") {
                return Ok(found);
            }
            let start = self.cursor.at();
            if self.cursor.peek().is_none() {
                return Err(self.error(ErrorKind::UnclosedParenthesis));
            }
            let word = self.cursor.word().unwrap_or("");
            self.cursor.skip_space();
            if word.is_empty() || !self.cursor.eat(":") {
                return Err(self.cursor.error(ErrorKind::ArgumentNameExpected, start));
            }
            let slot = names.iter().position(|name| word.eq_ignore_ascii_case(name));
            match slot.and_then(|slot| found.get_mut(slot)) {
                None => return Err(self.cursor.error(ErrorKind::UnknownArgument, start)),
                Some(values) if !values.is_empty() => {
                    return Err(self.cursor.error(ErrorKind::RepeatedArgument, start));
                }
                Some(values) => *values = self.values(true)?,
            }
        }
    }

    /// `- 3d + "1w 1d"`, any number of them.
    fn shifts(&mut self) -> Result<Vec<Shift>, ParseError> {
        let mut shifts = Vec::new();
        loop {
            let end = self.cursor.at();
            self.cursor.skip_space();
            let back = self.cursor.peek() == Some('-');
            if !self.cursor.eat("-") && !self.cursor.eat("+") {
                self.cursor.rewind(end);
                return Ok(shifts);
            }
            shifts.push(Shift { back, interval: self.interval()? });
        }
    }

    fn no_shifts(&self) -> Result<(), ParseError> {
        let mut ahead = self.cursor.clone();
        ahead.skip_space();
        if matches!(ahead.peek(), Some('+' | '-')) {
            return Err(ahead.error(ErrorKind::NotADate, ahead.at()));
        }
        Ok(())
    }

    fn interval(&mut self) -> Result<Interval, ParseError> {
        self.cursor.skip_space();
        let start = self.cursor.at();
        let interval = match self.cursor.quoted()? {
            Some(text) => Interval::parse(&text),
            None => Interval::parse(self.cursor.take_while(char::is_alphanumeric)),
        };
        let ended = match self.cursor.peek() {
            None | Some(',' | ')' | '+' | '-' | ':') => true,
            Some(c) => is_space(c) || self.cursor.rest().starts_with(".."),
        };
        match interval {
            Ok(interval) if ended => Ok(interval),
            _ => Err(self.cursor.error(ErrorKind::BadInterval, start)),
        }
    }
}
