//! What is wrong with a query, where, and what would be right; in English and Russian.

use std::fmt;

/// The first error of a query text or filter object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where it is.
    pub place: Place,
    /// The offending token, cut when long; empty at the end of the text.
    pub found: String,
}

/// Where an error is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a query text.
    Text {
        /// Bytes from the start of the text.
        offset: usize,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// In the value of this member of a filter object.
    Member(String),
    /// The filter object as a whole.
    Whole,
}

/// The languages errors are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $english:literal, $russian:literal;)*) => {
        /// What can be wrong with a query.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $(#[doc = $english] $kind,)*
        }

        impl ErrorKind {
            /// The rule that was broken, without a place.
            pub fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$kind, Language::English) => $english,
                    (Self::$kind, Language::Russian) => $russian,)*
                }
            }
        }
    };
}

kinds! {
    TooLong: "the query is longer than 32768 characters", "запрос длиннее 32768 символов";
    TooDeep: "parentheses are nested deeper than 64", "вложенность скобок больше 64";
    TooManyClauses: "the query has more than 1000 conditions", "в запросе больше 1000 условий";
    TooManyValues: "the query has more than 10000 values", "в запросе больше 10000 значений";
    UnclosedQuote: "the quote is not closed", "кавычка не закрыта";
    UnclosedParenthesis: "a closing parenthesis is expected", "ожидается закрывающая скобка";
    UnopenedParenthesis: "there is no opening parenthesis for this one", "для этой скобки нет открывающей";
    ConditionExpected: "a condition is expected", "ожидается условие";
    ParameterExpected: "the name of a parameter is expected before the colon", "перед двоеточием ожидается имя параметра";
    ValueExpected: "a value is expected", "ожидается значение";
    RangeEndExpected: "the end of the range is expected after `..`", "после `..` ожидается конец диапазона";
    PhraseExpected: "a phrase is expected after `#` or `~`", "после `#` или `~` ожидается фраза";
    NoSuchOperator: "there is no such operator here: a condition is `parameter: value`, `parameter: !value` or `parameter: >value`", "здесь не может быть этого оператора: условие записывается как `параметр: значение`, `параметр: !значение` или `параметр: >значение`";
    ColonInValue: "conditions are joined by a space, AND or OR; a value with a colon needs quotes", "условия соединяются пробелом, AND или OR; значение с двоеточием берётся в кавычки";
    TimeNotQuoted: "a date with a time of day needs quotes: \"2024-05-01 10:30:00\"", "дата со временем берётся в кавычки: \"2024-05-01 10:30:00\"";
    Unexpected: "a condition, AND or OR is expected", "ожидается условие, AND или OR";
    SecondSort: "the query already has a \"Sort By\"", "в запросе уже есть \"Sort By\"";
    SortFieldExpected: "the field to sort by is expected", "ожидается поле сортировки";
    DirectionExpected: "the direction of sorting is ASC or DESC", "направление сортировки — ASC или DESC";
    UnknownFunction: "there is no such function", "такой функции нет";
    ArgumentsNotExpected: "this function takes no arguments", "у этой функции нет аргументов";
    ArgumentNameExpected: "arguments are given by name, as in `group(value: \"name\")`", "аргументы указываются по имени, например `group(value: \"имя\")`";
    UnknownArgument: "the function has no such argument", "у функции нет такого аргумента";
    RepeatedArgument: "the argument is given twice", "аргумент указан дважды";
    GroupExpected: "`group()` takes names of groups: `group(value: \"name\")`", "в `group()` указываются названия групп: `group(value: \"имя\")`";
    NestedChanged: "`changed()` cannot stand inside `changed()`", "`changed()` не может стоять внутри `changed()`";
    NotADate: "only a date can be followed by `+` or `-`", "`+` и `-` могут стоять только после даты";
    BadInterval: "an interval such as 12h, 3d or \"1w 2d\" is expected", "ожидается интервал, например 12h, 3d или \"1w 2d\"";
    FilterNotObject: "the filter must be an object", "фильтр должен быть объектом";
    FilterEmpty: "the filter has no conditions", "в фильтре нет условий";
    FilterNoValues: "the list of values is empty", "список значений пуст";
    FilterValue: "a value is a string, a number, a list, {\"from\": …, \"to\": …}, {\"key\": …} or {\"id\": …}", "значение — это строка, число, список, {\"from\": …, \"to\": …}, {\"key\": …} или {\"id\": …}";
    Query2NotObject: "an object with conditions is expected", "ожидается объект с условиями";
    Query2List: "a list of conditions is expected that is not empty", "ожидается непустой список условий";
    Query2Operator: "the operators are $and, $or, $not, and for fields $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $contains", "операторы — $and, $or, $not, а для полей $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $contains";
    Query2Value: "a value is a string, a number, or a function such as {\"$me\": []}", "значение — это строка, число или функция, например {\"$me\": []}";
}

/// The most characters of a token or literal that an error repeats.
const MAX_FOUND: usize = 40;

impl ParseError {
    /// An error at byte `offset` of `text`, where `found` stands.
    pub(crate) fn at(kind: ErrorKind, text: &str, offset: usize, found: &str) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let place = Place::Text {
            offset,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        };
        Self { kind, place, found: shorten(found) }
    }

    /// An error in a member of a filter object.
    pub(crate) fn member(kind: ErrorKind, member: &str, found: &str) -> Self {
        Self { kind, place: Place::Member(member.to_owned()), found: shorten(found) }
    }

    /// The whole message for a person.
    pub fn message(&self, language: Language) -> String {
        let russian = language == Language::Russian;
        let rule = self.kind.text(language);
        let place = match &self.place {
            Place::Text { line, column, .. } if russian => {
                format!("строка {line}, позиция {column}: ")
            }
            Place::Text { line, column, .. } => format!("line {line}, column {column}: "),
            Place::Member(name) => format!("{}: ", shorten(name)),
            Place::Whole => String::new(),
        };
        let found = match (self.found.as_str(), &self.place, russian) {
            ("", Place::Text { .. }, true) => ", а запрос кончился".to_owned(),
            ("", Place::Text { .. }, false) => ", but the query ends".to_owned(),
            ("", ..) => String::new(),
            (token, _, true) => format!(", а стоит `{token}`"),
            (token, _, false) => format!(", found `{token}`"),
        };
        format!("{place}{rule}{found}")
    }
}

/// The English message.
impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

/// Cuts what an error repeats.
pub(crate) fn shorten(token: &str) -> String {
    match token.char_indices().nth(MAX_FOUND) {
        Some((cut, _)) => format!("{}…", &token[..cut]),
        None => token.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let text = "Очередь: OPS\nСтатус: ,";
        let offset = text.rfind(',').expect("valid");
        let error = ParseError::at(ErrorKind::ValueExpected, text, offset, ",");
        assert_eq!(error.place, Place::Text { offset, line: 2, column: 9 });
        assert_eq!(error.to_string(), "line 2, column 9: a value is expected, found `,`");
        assert_eq!(
            error.message(Language::Russian),
            "строка 2, позиция 9: ожидается значение, а стоит `,`"
        );
    }

    #[test]
    fn long_tokens_are_cut() {
        let error = ParseError::member(ErrorKind::FilterValue, "status", &"ж".repeat(1000));
        assert_eq!(error.found.chars().count(), MAX_FOUND + 1);
    }
}
