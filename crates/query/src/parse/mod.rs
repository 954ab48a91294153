//! The parser: recursive descent over the grammar of the query language, §3.

mod value;

pub(crate) use self::value::{SIGNS, is_function};
use crate::ast::{Clause, Expr, FieldName, Query, Sort, Span};
use crate::error::{ErrorKind, ParseError};
use crate::scan::{Cursor, Keyword, is_operator};

/// The most characters of a query (§3, note 5).
pub const MAX_CHARS: usize = 32_768;
/// The deepest nesting of parentheses (§3, note 5).
pub const MAX_DEPTH: usize = 64;
/// The most conditions and texts of a query; an own limit, far above what people write.
pub const MAX_CLAUSES: usize = 1_000;
/// The most values of a query; an own limit that still admits long lists of keys.
pub const MAX_VALUES: usize = 10_000;

/// The name of the sort clause, in any letter case.
const SORT_BY: &str = "sort by";

/// Parses a query text. A blank text finds everything.
///
/// # Errors
/// The first place where the text leaves the grammar or a limit of it.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    let mut parser = Parser::new(text)?;
    parser.cursor.skip_space();
    let filter = if parser.cursor.rest().is_empty() { None } else { parser.disjunction(0)? };
    match parser.cursor.peek() {
        None => Ok(Query { filter, sort: parser.sort.unwrap_or_default() }),
        Some(_) => Err(parser.error(ErrorKind::UnopenedParenthesis)),
    }
}

/// The parser and what it has counted and met so far.
pub(crate) struct Parser<'a> {
    pub(crate) cursor: Cursor<'a>,
    sort: Option<Vec<Sort>>,
    clauses: usize,
    values: usize,
}

/// A word or quoted text that may turn out to be a parameter or full text.
struct Piece {
    field: FieldName,
    quoted: bool,
    start: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Self, ParseError> {
        if text.len() > MAX_CHARS
            && let Some((offset, _)) = text.char_indices().nth(MAX_CHARS)
        {
            return Err(ParseError::at(ErrorKind::TooLong, text, offset, ""));
        }
        Ok(Self { cursor: Cursor::new(text), sort: None, clauses: 0, values: 0 })
    }

    /// An error at the current place.
    fn error(&self, kind: ErrorKind) -> ParseError {
        self.cursor.error(kind, self.cursor.at())
    }

    /// `a OR b`; `None` when there was nothing but a sort clause.
    fn disjunction(&mut self, depth: usize) -> Result<Option<Expr>, ParseError> {
        let mut operands = Vec::new();
        loop {
            self.cursor.skip_space();
            let start = self.cursor.at();
            let operand = self.conjunction(depth)?;
            let more = self.cursor.eat_keyword(Keyword::Or);
            match operand {
                Some(operand) => operands.push(operand),
                None if !more && operands.is_empty() => return Ok(None),
                None => return Err(self.cursor.error(ErrorKind::ConditionExpected, start)),
            }
            if !more {
                return Ok(join(operands, Expr::Or));
            }
        }
    }

    /// `a AND b` or `a b`. Stops at `OR`, a closing parenthesis or the end.
    fn conjunction(&mut self, depth: usize) -> Result<Option<Expr>, ParseError> {
        let mut operands = Vec::new();
        loop {
            operands.extend(self.negation(depth)?);
            self.cursor.skip_space();
            match (self.cursor.peek(), self.cursor.peek_keyword()) {
                (None | Some(')'), _) | (_, Some(Keyword::Or)) => break,
                (_, Some(Keyword::And)) => {
                    self.cursor.eat_keyword(Keyword::And);
                }
                _ => self.check_operand_start()?,
            }
        }
        Ok(join(operands, Expr::And))
    }

    /// Explains what cannot follow a condition.
    fn check_operand_start(&self) -> Result<(), ParseError> {
        match self.cursor.peek() {
            Some(c) if is_operator(c) => Err(self.error(ErrorKind::NoSuchOperator)),
            Some(',') => Err(self.error(ErrorKind::Unexpected)),
            _ if self.cursor.rest().starts_with("..") => Err(self.error(ErrorKind::Unexpected)),
            _ => Ok(()),
        }
    }

    fn negation(&mut self, depth: usize) -> Result<Option<Expr>, ParseError> {
        self.cursor.skip_space();
        if !self.cursor.eat_keyword(Keyword::Not) {
            return self.primary(depth);
        }
        self.cursor.skip_space();
        let start = self.cursor.at();
        match self.primary(depth)? {
            Some(operand) => Ok(Some(Expr::Not(Box::new(operand)))),
            None => Err(self.cursor.error(ErrorKind::ConditionExpected, start)),
        }
    }

    fn primary(&mut self, depth: usize) -> Result<Option<Expr>, ParseError> {
        if self.cursor.peek() == Some('(') {
            return self.group(depth);
        }
        if self.cursor.peek() == Some(':') {
            return Err(self.error(ErrorKind::ParameterExpected));
        }
        self.check_operand_start()?;
        let Some(piece) = self.piece()? else {
            return Err(self.error(ErrorKind::ConditionExpected));
        };
        self.cursor.skip_space();
        if !self.cursor.eat(":") {
            return self.text(piece.into_text()).map(Some);
        }
        if piece.quoted && piece.field.name.eq_ignore_ascii_case(SORT_BY) {
            self.sort_clause(piece.start)?;
            return Ok(None);
        }
        self.clause(piece).map(Some)
    }

    fn group(&mut self, depth: usize) -> Result<Option<Expr>, ParseError> {
        if depth >= MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        self.cursor.eat("(");
        let inner = self.disjunction(depth + 1)?;
        if self.cursor.eat(")") {
            Ok(inner)
        } else {
            Err(self.error(ErrorKind::UnclosedParenthesis))
        }
    }

    fn clause(&mut self, piece: Piece) -> Result<Expr, ParseError> {
        if piece.field.name.is_empty() {
            return Err(self.cursor.error(ErrorKind::ParameterExpected, piece.start));
        }
        self.count_clause(piece.start)?;
        let values = self.values(false)?;
        let span = Span { start: piece.start, end: self.cursor.at() };
        Ok(Expr::Clause(Clause { field: piece.field, values, span }))
    }

    /// Full text: all words up to the next parameter, keyword or parenthesis.
    fn text(&mut self, first: String) -> Result<Expr, ParseError> {
        self.count_clause(self.cursor.at())?;
        let mut text = first;
        loop {
            self.cursor.skip_space();
            let before = self.cursor.at();
            let Some(piece) = self.piece()? else { break };
            self.cursor.skip_space();
            if self.cursor.peek() == Some(':') {
                self.cursor.rewind(before);
                break;
            }
            let word = piece.into_text();
            if !text.is_empty() && !word.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
        }
        Ok(Expr::Text(text))
    }

    fn count_clause(&mut self, offset: usize) -> Result<(), ParseError> {
        self.clauses += 1;
        if self.clauses > MAX_CLAUSES {
            return Err(self.cursor.error(ErrorKind::TooManyClauses, offset));
        }
        Ok(())
    }

    /// What follows `"Sort By":`.
    fn sort_clause(&mut self, start: usize) -> Result<(), ParseError> {
        if self.sort.is_some() {
            return Err(self.cursor.error(ErrorKind::SecondSort, start));
        }
        let mut keys = vec![self.sort_key()?];
        loop {
            let end = self.cursor.at();
            self.cursor.skip_space();
            if !self.cursor.eat(",") {
                self.cursor.rewind(end);
                break;
            }
            keys.push(self.sort_key()?);
        }
        self.sort = Some(keys);
        Ok(())
    }

    fn sort_key(&mut self) -> Result<Sort, ParseError> {
        self.cursor.skip_space();
        if self.cursor.peek_word().is_some_and(|word| direction(word).is_some()) {
            return Err(self.error(ErrorKind::SortFieldExpected));
        }
        let Some(piece) = self.piece()?.filter(|piece| !piece.field.name.is_empty()) else {
            return Err(self.error(ErrorKind::SortFieldExpected));
        };
        let mut end = self.cursor.at();
        let descending = self.direction()?;
        if descending.is_some() {
            end = self.cursor.at();
        }
        self.cursor.rewind(end);
        let span = Span { start: piece.start, end };
        Ok(Sort { field: piece.field, descending: descending.unwrap_or(false), span })
    }

    /// `ASC` or `DESC`, true for the latter. Another word is an error unless a condition starts
    /// with it.
    fn direction(&mut self) -> Result<Option<bool>, ParseError> {
        self.cursor.skip_space();
        let start = self.cursor.at();
        if self.cursor.peek_keyword().is_some() {
            return Ok(None);
        }
        let word = self.cursor.peek_word();
        if self.piece()?.is_none_or(|piece| piece.quoted) {
            return Ok(None);
        }
        let end = self.cursor.at();
        self.cursor.skip_space();
        if self.cursor.peek() == Some(':') {
            return Ok(None);
        }
        self.cursor.rewind(end);
        match word.and_then(direction) {
            Some(descending) => Ok(Some(descending)),
            None => Err(self.cursor.error(ErrorKind::DirectionExpected, start)),
        }
    }

    /// A quoted text or a bare word that is no keyword. `QUEUE.name` and `QUEUE."name"` are taken
    /// apart.
    fn piece(&mut self) -> Result<Option<Piece>, ParseError> {
        let start = self.cursor.at();
        if let Some(text) = self.cursor.quoted()? {
            return Ok(Some(Piece { field: FieldName::new(text), quoted: true, start }));
        }
        if self.cursor.peek_keyword().is_some() {
            return Ok(None);
        }
        let Some(word) = self.cursor.word() else { return Ok(None) };
        let mut field = FieldName::new(word);
        if let Some((queue, name)) = word.split_once('.').filter(|(queue, _)| is_queue_key(queue)) {
            let quoted = if name.is_empty() { self.cursor.quoted()? } else { None };
            if let Some(name) = quoted.or_else(|| (!name.is_empty()).then(|| name.to_owned())) {
                field = FieldName { queue: Some(queue.to_owned()), name };
            }
        }
        Ok(Some(Piece { field, quoted: false, start }))
    }
}

impl Piece {
    fn into_text(self) -> String {
        match self.field.queue {
            Some(queue) => format!("{queue}.{}", self.field.name),
            None => self.field.name,
        }
    }
}

/// Capital Latin letters and digits, a letter first (§3).
fn is_queue_key(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// True for `DESC`, false for `ASC`.
fn direction(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("desc") {
        Some(true)
    } else {
        word.eq_ignore_ascii_case("asc").then_some(false)
    }
}

/// Joins operands; one stays itself.
fn join(mut operands: Vec<Expr>, joined: fn(Vec<Expr>) -> Expr) -> Option<Expr> {
    if operands.len() > 1 { Some(joined(operands)) } else { operands.pop() }
}
