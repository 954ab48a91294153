//! Stock issue types, priorities and resolutions (workflow.md, 1.3 to 1.5).

use super::{Stock, numbered};
use crate::dict::model::{IssueType, Priority, RemoteApp, Resolution};
use crate::lang::Name;

/// Key, English name, Russian name.
type Row = (&'static str, &'static str, &'static str);

const ISSUE_TYPES: &[Row] = &[
    ("bug", "Bug", "Ошибка"),
    ("task", "Task", "Задача"),
    ("newFeature", "New Feature", "Новая возможность"),
    ("improvement", "Improvement", "Улучшение"),
    ("refactoring", "Refactoring", "Рефакторинг"),
    ("epic", "Epic", "Epic"),
    ("story", "Story", "Story"),
    ("changeRequest", "Change request", "Запрос на изменение"),
    ("incident", "Incident", "Инцидент"),
    ("serviceRequest", "Service request", "Запрос на обслуживание"),
    ("release", "Release", "Релиз"),
    ("project", "Project", "Проект"),
    ("leave", "Leave", "Отсутствие"),
    ("businessTrip", "Business Trip", "Командировка"),
    ("changes", "Changes", "Изменения"),
    ("documents", "Documents", "Документы"),
    ("request", "Request", "Запрос"),
    ("vacancy", "Vacancy", "Вакансия"),
    ("applicant", "Applicant", "Кандидат"),
    ("goal", "Goal", "Цель"),
    ("milestone", "Milestone", "Веха"),
];

/// Applications that an issue may be linked to. Their ids are ours; clients read them from the list.
const REMOTE_APPS: &[Row] = &[
    ("com.github", "GitHub", "GitHub"),
    ("com.gitlab", "GitLab", "GitLab"),
    ("org.bitbucket", "Bitbucket", "Bitbucket"),
    ("ru.yandex.wiki", "Wiki", "Вики"),
    // The example of the official Python client's README.
    ("ru.yandex.lunapark", "Lunapark", "Лунапарк"),
];

/// The stock applications.
pub fn remote_apps() -> Vec<Stock<RemoteApp>> {
    numbered(REMOTE_APPS, |order, (key, en, ru)| {
        (*key, RemoteApp { name: Name::new(ru, en), order })
    })
}

/// From the least to the most urgent: the position is the weight.
const PRIORITIES: &[Row] = &[
    ("trivial", "Trivial", "Незначительный"),
    ("minor", "Minor", "Низкий"),
    ("normal", "Normal", "Средний"),
    ("critical", "Critical", "Критичный"),
    ("blocker", "Blocker", "Блокер"),
];

const RESOLUTIONS: &[Row] = &[
    ("fixed", "Fixed", "Решен"),
    ("wontFix", "Won't fix", "Не будет исправлено"),
    ("cantReproduce", "Can't reproduce", "Не воспроизводится"),
    ("duplicate", "Duplicate", "Дубликат"),
    ("later", "Later", "Позже"),
    ("overfulfilled", "Overfulfilled", "Перевыполнено"),
    ("successful", "Successful", "Успешно"),
    ("dontDo", "Don't do", "Не делаем"),
];

/// The stock issue types.
pub fn issue_types() -> Vec<Stock<IssueType>> {
    numbered(ISSUE_TYPES, |order, (key, en, ru)| {
        (*key, IssueType { name: Name::new(ru, en), description: Name::default(), order })
    })
}

/// The priorities.
pub fn priorities() -> Vec<Stock<Priority>> {
    numbered(PRIORITIES, |order, (key, en, ru)| {
        (*key, Priority { name: Name::new(ru, en), description: Name::default(), order })
    })
}

/// The stock resolutions.
pub fn resolutions() -> Vec<Stock<Resolution>> {
    numbered(RESOLUTIONS, |order, (key, en, ru)| {
        (*key, Resolution { name: Name::new(ru, en), description: Name::default(), order })
    })
}
