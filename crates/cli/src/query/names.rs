//! Fields of the query language as people call them, in both languages.

/// What the values of a field are, as far as words for comparing and sorting depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Date,
    Number,
    Text,
    Other,
}

use Kind::{Date, Number, Other, Text};

/// English and Russian name, both as parameters may be written but for the letter case.
const FIELDS: [(&str, &str, Kind); 54] = [
    ("key", "ключ", Other),
    ("summary", "название", Text),
    ("description", "описание", Text),
    ("comment", "комментарий", Text),
    ("attachment", "имя файла", Text),
    ("history", "история", Text),
    ("queue", "очередь", Other),
    ("old queue", "старая очередь", Other),
    ("status", "статус", Other),
    ("status type", "тип статуса", Other),
    ("last status change", "статус изменен", Date),
    ("resolution", "резолюция", Other),
    ("type", "тип", Other),
    ("priority", "приоритет", Number),
    ("author", "автор", Other),
    ("assignee", "исполнитель", Other),
    ("followers", "наблюдатели", Other),
    ("access", "доступ", Other),
    ("modifier", "изменил", Other),
    ("resolver", "решивший", Other),
    ("qa-engineer", "qa-инженер", Other),
    ("pending reply from", "нужен ответ пользователя", Other),
    ("comment author", "автор комментария", Other),
    ("voted by", "проголосовали", Other),
    ("related", "участник", Other),
    ("component owner", "владелец компонента", Other),
    ("queue owner", "владелец очереди", Other),
    ("components", "компоненты", Other),
    ("affected version", "найдено в версиях", Other),
    ("fix version", "исправить в версиях", Other),
    ("tags", "теги", Other),
    ("project", "проект", Other),
    ("boards", "доски", Other),
    ("sprint", "спринт", Other),
    ("epic", "эпик", Other),
    ("parent issue", "родительский тикет", Other),
    ("created", "создано", Date),
    ("updated", "обновлено", Date),
    ("resolved", "разрешен", Date),
    ("last comment", "последний комментарий", Date),
    ("deadline", "дедлайн", Date),
    ("start date", "дата начала", Date),
    ("end date", "дата завершения", Date),
    ("story points", "story points", Number),
    ("votes", "голоса", Number),
    ("original estimate", "первоначальная оценка", Number),
    ("estimate", "оценка", Number),
    ("time spent", "затрачено времени", Number),
    ("linked to", "связана с", Other),
    ("relates", "связана", Other),
    ("depends on", "зависит от", Other),
    ("is dependent by", "блокирует", Other),
    ("is subtask for", "подзадача для", Other),
    ("filter", "фильтр", Other),
];

/// Other names of the same.
const ALSO: [(&str, &str); 2] = [("задача", "summary"), ("проголосовало", "votes")];

/// The names of a field in both languages and the kind of its values, by any of its names.
pub(super) fn find(name: &str) -> Option<(&'static str, &'static str, Kind)> {
    let name = name.to_lowercase();
    let name = ALSO.iter().find(|(also, _)| *also == name).map_or(&*name, |(_, name)| name);
    FIELDS.into_iter().find(|(english, russian, _)| *english == name || *russian == name)
}
