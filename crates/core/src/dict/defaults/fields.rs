//! System fields and their categories (workflow.md, 7, and the contract's `x-system-fields`).

use super::{Stock, numbered};
use crate::dict::model::{Category, Field, ValueType as T};
use crate::field::no::{self, FieldNo};
use crate::lang::Name;

/// Wire id, English name, Russian name; the position is the object id.
const CATEGORIES: &[(&str, &str, &str)] = &[
    ("000000000000000000000001", "System", "Системные"),
    ("000000000000000000000002", "Time tracking", "Учет времени"),
    ("000000000000000000000003", "Agile", "Agile"),
    ("000000000000000000000004", "Email", "Email"),
    ("000000000000000000000005", "SLA", "SLA"),
];

const SYSTEM: i64 = 1;
const TIME: i64 = 2;
const AGILE: i64 = 3;
const EMAIL: i64 = 4;
const SLA: i64 = 5;

/// A field with its number.
struct Row(FieldNo, Field);

/// A writable system field of one value.
fn one(no: FieldNo, en: &str, ru: &str, value_type: T) -> Row {
    Row(no, Field { name: Name::new(ru, en), value_type, category: SYSTEM, ..Field::default() })
}

/// A writable system field of several values.
fn many(no: FieldNo, en: &str, ru: &str, value_type: T) -> Row {
    let mut row = one(no, en, ru, value_type);
    row.1.array = true;
    row
}

impl Row {
    fn within(mut self, category: i64) -> Self {
        self.1.category = category;
        self
    }

    fn required(mut self) -> Self {
        self.1.required = true;
        self
    }

    fn readonly(mut self) -> Self {
        self.1.readonly = true;
        self
    }

    fn options(mut self) -> Self {
        self.1.options = true;
        self
    }

    fn suggest(mut self) -> Self {
        self.1.suggest = true;
        self
    }

    /// Values come from a list and can be suggested, as with nearly every kind of reference.
    fn choice(self) -> Self {
        self.options().suggest()
    }

    fn hidden(mut self) -> Self {
        self.1.hidden = true;
        self
    }
}

/// The catalogue, in the order of the numbers.
fn rows() -> Vec<Row> {
    vec![
        one(no::KEY, "Key", "Ключ", T::String).required().readonly().suggest(),
        many(no::ALIASES, "Aliases", "Прежние ключи", T::String),
        one(no::QUEUE, "Queue", "Очередь", T::Queue).required().readonly().choice(),
        one(no::PREVIOUS_QUEUE, "Old Queue", "Старая очередь", T::Queue).readonly().suggest(),
        one(no::LAST_QUEUE, "Previous queue", "Предыдущая очередь", T::Queue).readonly().suggest(),
        one(no::TYPE, "Type", "Тип", T::IssueType).required().choice(),
        one(no::PRIORITY, "Priority", "Приоритет", T::Priority).required().choice(),
        one(no::SUMMARY, "Summary", "Задача", T::String).required(),
        one(no::DESCRIPTION, "Description", "Описание", T::Text),
        one(no::STATUS, "Status", "Статус", T::Status).required().readonly().choice(),
        one(no::STATUS_TYPE, "Status type", "Тип статуса", T::StatusType).readonly().choice(),
        one(no::PREVIOUS_STATUS, "Previous status", "Предыдущий статус", T::Status)
            .readonly()
            .choice(),
        // The contract suggests "Status start time"; queries name the field as here.
        one(no::STATUS_START_TIME, "Last status change", "Статус изменен", T::Datetime).readonly(),
        one(no::RESOLUTION, "Resolution", "Резолюция", T::Resolution).choice(),
        one(no::RESOLVED_AT, "Resolved", "Разрешен", T::Datetime).readonly(),
        one(no::RESOLVED_BY, "Resolver", "Решивший", T::User).readonly(),
        one(no::CREATED_AT, "Created", "Создано", T::Datetime).required().readonly(),
        one(no::CREATED_BY, "Author", "Автор", T::User).required().choice(),
        one(no::UPDATED_AT, "Updated", "Обновлено", T::Datetime).required().readonly(),
        one(no::UPDATED_BY, "Modifier", "Изменил", T::User).required().readonly().choice(),
        one(no::ASSIGNEE, "Assignee", "Исполнитель", T::User).choice(),
        one(no::QA_ENGINEER, "QA-Engineer", "QA-инженер", T::User).choice(),
        many(no::FOLLOWERS, "Followers", "Наблюдатели", T::User).choice(),
        many(no::FOLLOWING_MAILLISTS, "Maillists", "Рассылки", T::Maillist).choice(),
        many(no::FOLLOWING_GROUPS, "Followers (Groups)", "Наблюдатели (группы)", T::Group).choice(),
        many(no::ACCESS, "Access", "Доступ", T::User).choice(),
        many(no::PENDING_REPLY_FROM, "Pending Reply From", "Нужен ответ пользователя", T::User)
            .readonly()
            .choice(),
        one(no::DEADLINE, "Deadline", "Дедлайн", T::Date),
        one(no::START, "Start Date", "Дата начала", T::Date),
        one(no::END, "End Date", "Дата завершения", T::Date),
        many(no::COMPONENTS, "Components", "Компоненты", T::Component).choice(),
        many(no::AFFECTED_VERSIONS, "Affected Version", "Найдено в версиях", T::Version).choice(),
        many(no::FIX_VERSIONS, "Fix Version", "Исправить в версиях", T::Version).choice(),
        many(no::TAGS, "Tags", "Теги", T::String).choice(),
        one(no::PROJECT, "Project", "Проект", T::Project).choice(),
        many(no::BOARDS, "Boards", "Доски", T::Board).choice(),
        one(no::PARENT, "Parent issue", "Родительский тикет", T::Issue).choice(),
        one(no::EPIC, "Epic", "Epic", T::Issue).within(AGILE).options(),
        many(no::SPRINT, "Sprint", "Спринт", T::Sprint).within(AGILE).choice(),
        one(no::STORY_POINTS, "Story Points", "Story Points", T::Float).within(AGILE),
        one(no::ORIGINAL_ESTIMATION, "Original Estimate", "Первоначальная оценка", T::Timetracking)
            .within(TIME),
        one(no::ESTIMATION, "Estimate", "Оценка", T::Timetracking).within(TIME),
        one(no::SPENT, "Time Spent", "Затрачено времени", T::Timetracking).within(TIME).readonly(),
        one(no::VOTES, "Votes", "Проголосовало", T::Integer).readonly(),
        many(no::VOTED_BY, "Voted by", "Проголосовали", T::User).readonly().choice(),
        many(no::FAVORITED_BY, "Favorited by", "В избранном у", T::User).readonly().choice(),
        one(no::LAST_COMMENT_UPDATED_AT, "Last comment", "Последний комментарий", T::Datetime)
            .readonly(),
        one(
            no::COMMENTS_WITHOUT_MESSAGE,
            "Number of comments without message",
            "Комментариев без сообщения",
            T::Integer,
        )
        .readonly(),
        one(
            no::COMMENTS_WITH_MESSAGE,
            "Number of comments with message",
            "Комментариев с сообщением",
            T::Integer,
        )
        .readonly(),
        // Not read-only although only a create may give it: that is what the API lists.
        one(no::UNIQUE, "UUID", "UUID", T::String),
        one(
            no::PREVIOUS_STATUS_LAST_ASSIGNEE,
            "Last assignee in previous status",
            "Исполнитель в предыдущем статусе",
            T::User,
        )
        .readonly()
        .choice(),
        many(no::RECEIVED_REPLY_FOR, "Received reply for", "Пользователь получил ответ", T::User)
            .readonly()
            .choice(),
        one(no::EMAIL_FROM, "Email From", "От", T::String).within(EMAIL),
        one(no::EMAIL_CREATED_BY, "Created By email to", "Создано по письму на адрес", T::String)
            .within(EMAIL)
            .readonly(),
        many(no::EMAIL_TO, "Email To", "Кому", T::String).within(EMAIL),
        many(no::EMAIL_CC, "Email Cc", "Копия", T::String).within(EMAIL),
        one(no::POSSIBLE_SPAM, "Possible spam", "Возможно спам", T::Boolean),
        one(
            no::PARTICIPANT_PERCENTS_TOTAL,
            "Participant percents total",
            "Суммарный процент участия",
            T::Float,
        )
        .readonly(),
        many(no::LINKED_GOALS, "Linked goals", "Связанные цели", T::Goal).choice(),
        many(no::SLA, "SLA", "SLA", T::Sla).within(SLA).readonly(),
        one(no::RANKS, "Rank", "Ранг", T::Rank).within(AGILE).readonly(),
        many(no::CHECKLIST_ITEMS, "Checklist", "Чеклист", T::ChecklistItem).readonly(),
        one(no::CHECKLIST_DONE, "Checklist done", "Выполнено пунктов", T::Integer).readonly(),
        one(no::CHECKLIST_TOTAL, "Checklist total", "Всего пунктов", T::Integer).readonly(),
        // Shares its names with `description`, which is why lookups by name must skip hidden fields.
        one(no::DESCRIPTION_HTML, "Description", "Описание", T::String).readonly().hidden(),
    ]
}

/// The categories of the system fields.
pub fn categories() -> Vec<Stock<Category>> {
    numbered(CATEGORIES, |order, (key, en, ru)| {
        (*key, Category { name: Name::new(ru, en), order, ..Category::default() })
    })
}

/// The system fields in the order of their numbers.
pub fn fields() -> Vec<Stock<Field>> {
    (1..)
        .zip(no::SYSTEM.iter().zip(rows()))
        .map(|(order, ((_, wire), Row(no, field)))| Stock {
            id: i64::from(no),
            key: (*wire).to_owned(),
            body: Field { order, ..field },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn wires(pick: impl Fn(&Field) -> bool) -> HashSet<String> {
        fields().into_iter().filter(|f| pick(&f.body)).map(|f| f.key).collect()
    }

    fn set(wires: &str) -> HashSet<String> {
        wires.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn rows_follow_the_numbers() {
        let rows: Vec<FieldNo> = rows().iter().map(|row| row.0).collect();
        let numbers: Vec<FieldNo> = no::SYSTEM.iter().map(|(no, _)| *no).collect();
        assert_eq!(rows, numbers);
        for (field, (no, wire)) in fields().iter().zip(no::SYSTEM) {
            assert_eq!((field.id, field.key.as_str()), (i64::from(*no), *wire));
            assert!(*no < no::FIRST_CUSTOM);
        }
    }

    #[test]
    fn names_tell_visible_fields_apart() {
        for name in [|f: &Field| f.name.en.to_lowercase(), |f: &Field| f.name.ru.to_lowercase()] {
            let visible: Vec<_> = fields().into_iter().filter(|f| !f.body.hidden).collect();
            let names: HashSet<_> = visible.iter().map(|f| name(&f.body)).collect();
            assert_eq!(names.len(), visible.len());
        }
    }

    #[test]
    fn flags_are_those_of_the_contract() {
        assert_eq!(
            wires(|f| f.required),
            set("summary queue status type priority key createdAt createdBy updatedAt updatedBy")
        );
        assert_eq!(wires(|f| f.hidden), set("descriptionHtml"));
        assert_eq!(wires(|f| f.options && !f.suggest), set("epic"));
        assert_eq!(wires(|f| f.suggest && !f.options), set("key previousQueue lastQueue"));
        assert!(wires(|f| f.readonly).is_disjoint(&set("createdBy unique resolution boards tags")));
        assert!(wires(|f| f.readonly).is_superset(&set("queue status statusType spent votes sla")));
    }

    #[test]
    fn every_category_has_fields() {
        let used: HashSet<i64> = fields().iter().map(|f| f.body.category).collect();
        let known: HashSet<i64> = categories().iter().map(|c| c.id).collect();
        assert_eq!(used, known);
        assert!(categories().iter().all(|c| c.key.len() == 24));
        assert_eq!(wires(|f| f.category == TIME), set("originalEstimation estimation spent"));
    }
}
