//! Values of issue fields as they are stored: references by id, texts as text.

use serde_json::Value as Json;

use crate::dict::model::ValueType;
use crate::field::FieldDef;
use crate::time::{Day, Instant};

/// The value of one field of one issue. Absent fields have none.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// A reference, or an integer.
    Ref(i64),
    /// Several references, in the order they were given.
    Refs(Vec<i64>),
    /// A number with a fraction.
    Num(f64),
    /// A date.
    Day(Day),
    /// An instant.
    At(Instant),
    /// A duration in working seconds.
    Span(i64),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// Anything else, as JSON.
    Json(Json),
}

/// How the values of a field are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are those of Val")]
pub enum Form {
    Ref,
    Refs,
    Num,
    Day,
    At,
    Span,
    Text,
    Texts,
    Json,
}

impl Form {
    /// The form of a field's values.
    pub fn of(def: &FieldDef) -> Self {
        match (def.value_type, def.array) {
            (ValueType::Money | ValueType::Sla | ValueType::ChecklistItem, _) => Self::Json,
            // The first is the main one; 0 stands for it where there are only others.
            (ValueType::Project, false) => Self::Refs,
            (ValueType::Float, false) => Self::Num,
            (ValueType::Date, false) => Self::Day,
            (ValueType::Datetime, false) => Self::At,
            (ValueType::Timetracking, false) => Self::Span,
            (kind, false) if is_text(kind) => Self::Text,
            (kind, true) if is_text(kind) => Self::Texts,
            (
                ValueType::Float | ValueType::Date | ValueType::Datetime | ValueType::Timetracking,
                true,
            ) => Self::Json,
            (_, false) => Self::Ref,
            (_, true) => Self::Refs,
        }
    }
}

const fn is_text(kind: ValueType) -> bool {
    matches!(
        kind,
        ValueType::String
            | ValueType::Text
            | ValueType::Uri
            | ValueType::Rank
            | ValueType::Translation
    )
}

impl Val {
    /// The value as it stands in an event.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Ref(n) | Self::At(n) | Self::Span(n) => (*n).into(),
            Self::Day(day) => (*day).into(),
            Self::Num(n) => (*n).into(),
            Self::Refs(ids) => ids.clone().into(),
            Self::Text(text) => text.clone().into(),
            Self::Texts(texts) => texts.clone().into(),
            Self::Json(json) => json.clone(),
        }
    }

    /// Reads a value out of an event.
    pub fn from_json(form: Form, json: &Json) -> Option<Self> {
        if json.is_null() {
            return None;
        }
        Some(match form {
            Form::Ref => Self::Ref(json.as_i64()?),
            Form::At => Self::At(json.as_i64()?),
            Form::Span => Self::Span(json.as_i64()?),
            Form::Day => Self::Day(Day::try_from(json.as_i64()?).ok()?),
            Form::Num => Self::Num(json.as_f64()?),
            Form::Refs => Self::Refs(json.as_array()?.iter().filter_map(Json::as_i64).collect()),
            Form::Text => Self::Text(json.as_str()?.to_owned()),
            Form::Texts => Self::Texts(
                json.as_array()?.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect(),
            ),
            Form::Json => Self::Json(json.clone()),
        })
    }

    /// Whether the value is as good as none: empty lists and texts are left out of answers.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Refs(ids) => ids.is_empty(),
            Self::Texts(texts) => texts.is_empty(),
            Self::Text(text) => text.is_empty(),
            Self::Json(json) => json.is_null(),
            _ => false,
        }
    }
}

/// Number under which a text is found by equality: a hash of the text without regard to case.
/// FNV-1a, because it is part of the database format and must never change.
pub fn text_key(text: &str) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.trim().to_lowercase().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash.cast_signed()
}

/// A text such that comparing bytes puts texts in the order of a dictionary: without regard to
/// case, `ё` beside `е`.
pub fn collation(text: &str) -> String {
    text.trim().to_lowercase().replace('ё', "е\u{1}")
}

/// The first letters of a text as an integer of the same order: texts with different numbers are
/// in the order of their numbers, the order of others their numbers do not tell. It is part of the
/// database format and must never change.
pub fn text_place(text: &str) -> i64 {
    let mut letters = [0; 8];
    for (letter, c) in letters.iter_mut().zip(collation(text).chars()) {
        let (code, exact) = match u32::from(c) {
            code @ 0..0x80 => (code, true),
            0x80..0x430 => (0x80, false),
            // Small Cyrillic letters.
            code @ 0x430..0x460 => (0x81 + code - 0x430, true),
            _ => (0xf0, false),
        };
        *letter = u8::try_from(code).unwrap_or(u8::MAX);
        if !exact {
            break;
        }
    }
    (u64::from_be_bytes(letters) ^ (1 << 63)).cast_signed()
}

/// A float as an integer of the same order, for the index.
pub fn number_key(number: f64) -> i64 {
    let bits = number.to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_keys_keep_the_order() {
        let numbers = [-1e9, -2.5, -0.0, 0.0, 0.1, 3.0, 1e300];
        for pair in numbers.windows(2) {
            assert!(number_key(pair[0]) <= number_key(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn text_places_never_contradict_the_order_of_texts() {
        let texts = [
            "",
            " ",
            "A",
            "a b",
            "ab",
            "Über",
            "zebra",
            "zebra crossing",
            "éclair",
            "Ёлка",
            "елка",
            "ель",
            "если",
            "日本",
            "日本語",
            "яблоко",
            "эй",
            "ѣ",
            "№ 5",
            "\u{0}x",
            "abcdefgh",
            "abcdefghi",
        ];
        for a in texts {
            for b in texts {
                let (places, whole) =
                    (text_place(a).cmp(&text_place(b)), collation(a).cmp(&collation(b)));
                assert!(places.is_eq() || places == whole, "{a} {b}");
            }
        }
        assert_eq!(text_place("Deploy the site"), text_place("deploy the zoo"));
        assert_ne!(text_place("Fix login"), text_place("Fix menus"));
    }

    #[test]
    fn text_keys_ignore_case_and_are_fixed() {
        assert_eq!(text_key("Отчёт "), text_key("отчёт"));
        assert_eq!(text_key(""), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
    }
}
