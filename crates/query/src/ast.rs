//! The syntax tree: what a query says, before anybody knows which fields exist.
//!
//! Names and literals are kept as they were written, without quotes: whether a value stood in
//! quotes never changes its meaning (query language, §2). [`crate::parse`] and
//! [`crate::from_filter`] build the tree; `Display` prints it so that it parses to an equal tree.

use crate::value::Interval;

/// A whole query: what to find and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The condition; `None` finds every visible issue.
    pub filter: Option<Expr>,
    /// Sort keys, strongest first; empty when the query names no order.
    pub sort: Vec<Sort>,
}

/// One key of a `"Sort By"` clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The field to sort by.
    pub field: FieldName,
    /// True for `DESC`; `ASC` and no direction are both ascending (§8).
    pub descending: bool,
    /// Where the key stands.
    pub span: Span,
}

/// A condition on issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All hold; two or more operands.
    And(Vec<Expr>),
    /// At least one holds; two or more operands.
    Or(Vec<Expr>),
    /// Does not hold.
    Not(Box<Expr>),
    /// A field has one of some values.
    Clause(Clause),
    /// Words looked for in summary, description and comments; all of them must occur (§4.3).
    Text(String),
}

/// `parameter: value, value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The parameter before the colon.
    pub field: FieldName,
    /// At least one value. The clause holds when any positive value does (if there is one) and
    /// none of the negated ones (§4.1).
    pub values: Vec<Value>,
    /// From the parameter to the end of the last value.
    pub span: Span,
}

/// The name of a parameter, not yet resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// The queue of a local field written `QUEUE.name`: capital Latin letters and digits.
    pub queue: Option<String>,
    /// Display name in any letter case and either language; in filter objects also the field id.
    pub name: String,
}

/// One item of a comma-separated list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Written with `!` or `not`.
    pub negated: bool,
    /// What the field is compared with.
    pub test: Test,
    /// Where the item stands, its negation included.
    pub span: Span,
}

/// How a field is compared (§4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `v`: equals, or contains for fields with several values; for text, the words occur.
    Is(Operand),
    /// `>v` and the like.
    Compare(Comparison, Operand),
    /// `a .. b`, both ends included.
    Range(Operand, Operand),
    /// `#"phrase"`; `||` inside stands for more text (§4.3).
    Exact(String),
    /// `~"phrase"`: the text is not equal to the phrase.
    NotExact(String),
}

/// The sign of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// One side of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A name, key, `login@`, number, date, interval or text; the type of the field decides.
    Literal(String),
    /// A function that is no date.
    Function(Function),
    /// A date function, or a date with arithmetic. A plain date is a [`Operand::Literal`].
    Date(DateExpr),
}

/// Functions that are no dates (§5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// `empty()`: the field has no value.
    Empty,
    /// `notEmpty()`: the field has a value.
    NotEmpty,
    /// `me()`: the caller.
    Me,
    /// `unresolved()`: no resolution; for the field `Resolution` only.
    Unresolved,
    /// `group(value: "name", …)`: members of any of the groups; at least one name or id.
    Group(Vec<String>),
    /// `changed(…)`: the field was changed so.
    Changed(Box<Changed>),
}

/// The arguments of `changed()`; an empty list is an argument that was not given. One change must
/// satisfy all of them together (§5). No value in here is `changed()` itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// The value before the change.
    pub from: Vec<Value>,
    /// The value after the change.
    pub to: Vec<Value>,
    /// Who made the change.
    pub by: Vec<Value>,
    /// When the change was made.
    pub date: Vec<Value>,
}

/// A date and what is added to it: `today() - "1w 1d"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateExpr {
    /// Where the arithmetic starts.
    pub base: DateBase,
    /// Applied from left to right; never empty when the base is a literal.
    pub shifts: Vec<Shift>,
}

/// The start of date arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateBase {
    /// `today()` and the like.
    Function(DateFunction),
    /// A literal with the shape of a date or date-time; it may still name a day that does not
    /// exist, which shows when it is evaluated.
    Literal(String),
}

/// The date functions (§5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateFunction {
    /// The current instant, cut to the minute.
    Now,
    /// The current day.
    Today,
    /// The current week, from Monday.
    Week,
    /// The current calendar month.
    Month,
    /// The current calendar quarter.
    Quarter,
    /// The current calendar year.
    Year,
}

/// One step of date arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// True for `-`.
    pub back: bool,
    /// How far.
    pub interval: Interval,
}

/// A stretch of the query text in bytes, `start..end`; `0..0` in trees made from filter objects.
///
/// All spans are equal: where something stands is no part of what it says, and trees are compared
/// by what they say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl FieldName {
    /// A name without a queue.
    pub fn new(name: impl Into<String>) -> Self {
        Self { queue: None, name: name.into() }
    }
}

impl Value {
    /// A plain value without a place in a text.
    pub fn is(operand: Operand) -> Self {
        Self { negated: false, test: Test::Is(operand), span: Span::default() }
    }
}

impl Comparison {
    /// The sign as written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }
}

impl DateFunction {
    /// Every date function.
    pub const ALL: [Self; 6] =
        [Self::Now, Self::Today, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The name as written before the parentheses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Today => "today",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}
