//! What the parser complains of, in Russian: made of what it knows about the mistake, not of its
//! English text.

use std::error::Error as _;
use std::fmt::Write as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::in_help;
use crate::lang;

/// How many words that may have been meant are named.
const NEAREST: usize = 3;

/// The complaint, with what may have been meant and the usage.
pub(crate) fn complaint(error: &Error) -> String {
    let mut text = format!("ошибка: {}", what(error));
    let hints = hints(error);
    if !hints.is_empty() {
        text.push('\n');
    }
    for hint in hints {
        write!(text, "\n  подсказка: {hint}").ok();
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        write!(text, "\n\n{}", in_help(&usage.to_string())).ok();
    }
    text.push_str("\n\nПодробнее: --help\n");
    text
}

fn what(error: &Error) -> String {
    let arg = one(error, ContextKind::InvalidArg);
    let value = one(error, ContextKind::InvalidValue);
    let command = one(error, ContextKind::InvalidSubcommand);
    let number = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => *number,
        _ => 0,
    };
    let given = number(ContextKind::ActualNumValues);
    match error.kind() {
        ErrorKind::UnknownArgument if arg.starts_with('-') => format!("нет такого флага: «{arg}»"),
        ErrorKind::UnknownArgument => format!("лишний аргумент «{arg}»"),
        ErrorKind::InvalidSubcommand => format!("нет такой команды: «{command}»"),
        ErrorKind::MissingSubcommand => {
            let commands = list("команды", error, ContextKind::ValidSubcommand);
            format!("для «{command}» нужна команда{commands}")
        }
        ErrorKind::MissingRequiredArgument => {
            format!("не хватает аргументов:{}", each(error, ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            let values = list("варианты", error, ContextKind::ValidValue);
            format!("для «{arg}» нужно значение{values}")
        }
        ErrorKind::InvalidValue => {
            let values = list("варианты", error, ContextKind::ValidValue);
            format!("значение «{value}» не подходит для «{arg}»{values}")
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| format!(": {}", lang::shown(&why.to_string())));
            format!("значение «{value}» не подходит для «{arg}»{}", why.unwrap_or_default())
        }
        ErrorKind::TooManyValues => format!("значение «{value}» для «{arg}» лишнее"),
        ErrorKind::TooFewValues => {
            let least = number(ContextKind::MinValues);
            format!("для «{arg}» нужно значений: не меньше {least}, а дано {given}")
        }
        ErrorKind::WrongNumberOfValues => {
            let wanted = number(ContextKind::ExpectedNumValues);
            format!("для «{arg}» нужно значений: {wanted}, а дано {given}")
        }
        ErrorKind::NoEquals => format!("значение «{arg}» пишется через знак равенства"),
        ErrorKind::ArgumentConflict => conflict(error, &arg),
        ErrorKind::InvalidUtf8 => "аргумент — не текст в UTF-8".to_owned(),
        kind => kind.as_str().map(lang::shown).unwrap_or_default(),
    }
}

fn conflict(error: &Error, arg: &str) -> String {
    match error.get(ContextKind::PriorArg) {
        Some(ContextValue::String(prior)) if prior == arg => {
            format!("«{arg}» можно указать только один раз")
        }
        Some(ContextValue::String(prior)) => format!("«{arg}» нельзя указать вместе с «{prior}»"),
        Some(ContextValue::Strings(_)) => {
            format!("«{arg}» нельзя указать вместе с:{}", each(error, ContextKind::PriorArg))
        }
        _ => format!("«{arg}» нельзя указать вместе с другими аргументами"),
    }
}

/// What may have been meant.
fn hints(error: &Error) -> Vec<String> {
    let near =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let mut hints: Vec<String> = near
        .into_iter()
        .map(|kind| all(error, kind))
        .filter(|near| !near.is_empty())
        .map(|near| {
            // The nearest comes last.
            let near: Vec<&str> = near.into_iter().rev().take(NEAREST).collect();
            format!("похоже на «{}»", near.join("», «"))
        })
        .collect();
    if let Some(ContextValue::StyledStrs(more)) = error.get(ContextKind::Suggested) {
        hints.extend(more.iter().map(|hint| lang::shown(&hint.to_string())));
    }
    hints
}

fn one(error: &Error, kind: ContextKind) -> String {
    all(error, kind).into_iter().next().unwrap_or_default().to_owned()
}

fn all(error: &Error, kind: ContextKind) -> Vec<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text],
        Some(ContextValue::Strings(texts)) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Each on a line of its own.
fn each(error: &Error, kind: ContextKind) -> String {
    all(error, kind).into_iter().flat_map(|text| ["\n  ", text]).collect()
}

/// All in brackets, below.
fn list(what: &str, error: &Error, kind: ContextKind) -> String {
    let all = all(error, kind);
    if all.is_empty() { String::new() } else { format!("\n  [{what}: {}]", all.join(", ")) }
}
