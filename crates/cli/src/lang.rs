//! What people read, in Russian for those who want it. Texts are written in English where they arise
//! and are looked up here when they are shown, so that nothing else has to know of languages. Keys of
//! JSON, flags and values are never translated.

use std::sync::OnceLock;

static RUSSIAN: OnceLock<bool> = OnceLock::new();

/// Chooses the language of this run, `ru` or another for English. Only the first call counts.
pub(crate) fn choose(language: Option<&str>) {
    RUSSIAN.get_or_init(|| language == Some("ru"));
}

/// The text in the language of this run; as it is, where the catalogue does not have it.
pub(crate) fn shown(text: &str) -> String {
    if RUSSIAN.get().copied().unwrap_or_default() { russian(text) } else { text.to_owned() }
}

fn russian(text: &str) -> String {
    let found = CATALOGUE
        .iter()
        .find_map(|(english, russian)| matched(english, text).map(|parts| filled(russian, &parts)));
    found.unwrap_or_else(|| text.to_owned())
}

/// What stands for each `{}` of a template, if the text has its form; each is as short as possible.
fn matched<'t>(template: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = template.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_none() {
            rest.strip_suffix(piece)?.len()
        } else {
            rest.find(piece)?
        };
        parts.push(rest.get(..end)?);
        rest = rest.get(end + piece.len()..)?;
    }
    rest.is_empty().then_some(parts)
}

fn filled(template: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut out = String::new();
    for (n, piece) in template.split("{}").enumerate() {
        if n > 0 {
            out.push_str(parts.next().copied().unwrap_or_default());
        }
        out.push_str(piece);
    }
    out
}

/// English and Russian; `{}` is whatever is filled in, in the same order.
const CATALOGUE: &[(&str, &str)] = &[
    ("error", "ошибка"),
    ("hint", "подсказка"),
    ("now", "сейчас"),
    ("possible", "возможно"),
    ("missing", "нет"),
    ("KEY", "КЛЮЧ"),
    ("PRI", "ПРИ"),
    ("STATUS", "СТАТУС"),
    ("ASSIGNEE", "ИСПОЛНИТЕЛЬ"),
    ("DEADLINE", "СРОК"),
    ("UPDATED", "ИЗМЕНЕНО"),
    ("CREATED", "СОЗДАНО"),
    ("SUMMARY", "ЗАДАЧА"),
    ("NAME", "НАЗВАНИЕ"),
    ("OWNER", "ВЛАДЕЛЕЦ"),
    ("DESCRIPTION", "ОПИСАНИЕ"),
    ("AUTHOR", "АВТОР"),
    ("TEXT", "ТЕКСТ"),
    ("WHEN", "КОГДА"),
    ("WHO", "КТО"),
    ("FIELD", "ПОЛЕ"),
    ("FROM", "БЫЛО"),
    ("TO", "СТАЛО"),
    ("START", "НАЧАЛО"),
    ("END", "КОНЕЦ"),
    ("SPENT", "ЗАТРАЧЕНО"),
    ("MINUTES", "МИНУТЫ"),
    ("NOTE", "ЗАМЕТКА"),
    ("RELATION", "СВЯЗЬ"),
    ("DONE", "ГОТОВО"),
    ("SIZE", "РАЗМЕР"),
    ("QUEUE", "ОЧЕРЕДЬ"),
    ("COLUMNS", "КОЛОНКИ"),
    ("LOGIN", "ЛОГИН"),
    ("EMAIL", "ПОЧТА"),
    ("TYPE", "ТИП"),
    ("LEAD", "ОТВЕТСТВЕННЫЙ"),
    ("WHAT", "ЧТО"),
    ("WHY", "ПОЧЕМУ"),
    ("CHECK", "ПРОВЕРКА"),
    ("DUE", "СРОК ПОДХОДИТ"),
    ("IN PROGRESS", "В РАБОТЕ"),
    ("WAITING", "ЖДУТ"),
    ("NEXT", "ДАЛЬШЕ"),
    ("Type", "Тип"),
    ("Status", "Статус"),
    ("Resolution", "Резолюция"),
    ("Priority", "Приоритет"),
    ("Assignee", "Исполняет"),
    ("Author", "Автор"),
    ("Followers", "Наблюдают"),
    ("Parent", "Родитель"),
    ("Epic", "Эпик"),
    ("Sprint", "Спринт"),
    ("Components", "Компоненты"),
    ("Fix in", "Исправить в"),
    ("Tags", "Теги"),
    ("Deadline", "Срок"),
    ("Points", "Оценка"),
    ("Spent", "Затрачено"),
    ("Created", "Создана"),
    ("Updated", "Изменена"),
    ("{} created: {}", "{} создана: {}"),
    ("{} was there already: {}", "{} уже есть: {}"),
    ("{}: {} changed", "{}: изменено: {}"),
    ("{}: assigned to you", "{}: назначена вам"),
    ("comment {} on {}", "комментарий {} к {}"),
    ("{} recorded on {}", "{}: записано на {}"),
    ("{} attached to {} ({} bytes)", "{}: файл приложен к {} ({} байт)"),
    ("{} deleted", "{} удалена"),
    ("{} is followed", "{}: есть новый наблюдатель"),
    ("{} is not followed any more", "{}: наблюдателем меньше"),
    ("{} copied to {}", "{} скопирована в {}"),
    (
        "{} of {} changed   bulk change {} · undo: trackway bulk undo {}",
        "изменено {} из {}   операция {} · отменить: trackway bulk undo {}",
    ),
    ("plan: {} on {} issues: {}", "план: {}, задач: {}: {}"),
    ("  will not: {} not found: {}", "  не будет: не найдено {}: {}"),
    ("nobody will be notified", "никого не известим"),
    ("continue?", "продолжить?"),
    ("nothing is assigned to you", "вам ничего не назначено"),
    ("nothing is wrong", "всё в порядке"),
    ("✓ Signed in as {} ({})", "✓ Вы вошли как {} ({})"),
    (
        "✓ Token kept in {} (only you can read it); profile \"{}\" saved",
        "✓ Токен хранится в {} (доступен только вам); профиль «{}» сохранён",
    ),
    (
        "Next: trackway my · a default queue: trackway config set queue KEY",
        "Дальше: trackway my · очередь по умолчанию: trackway config set queue КЛЮЧ",
    ),
    (
        "Next: trackway issue comment TEXT · trackway issue finish",
        "Дальше: trackway issue comment ТЕКСТ · trackway issue finish",
    ),
    (
        "Next: git push · merge request text: trackway issue current --mr-body",
        "Дальше: git push · текст для слияния: trackway issue current --mr-body",
    ),
    (
        "undo: trackway undo · comment: trackway i comment {} TEXT",
        "отменить: trackway undo · комментарий: trackway i comment {} ТЕКСТ",
    ),
    ("view: trackway issue view {}", "посмотреть: trackway issue view {}"),
    ("read: trackway inbox read [ID…]", "прочитано: trackway inbox read [ID…]"),
    ("✓ undone", "✓ отменено"),
    ("✓ all are read", "✓ всё прочитано"),
    ("✓ measuring time on {}", "✓ время на {} пошло"),
    ("✓ {} recorded on {}", "✓ {} записано на {}"),
    ("✓ {} on {} recorded", "✓ {} на {} записано"),
    ("✓ {} on {} forgotten", "✓ {} на {} забыто"),
    ("✓ {} deleted", "✓ {} удалена"),
    ("✓ branch {} created", "✓ создана ветка {}"),
    ("✓ switched to branch {}", "✓ перешли на ветку {}"),
    ("✓ the query is good and finds {}", "✓ запрос верен и находит {}"),
    ("{} of {} · all: --limit 0 · {}", "{} из {} · все: --limit 0 · {}"),
    ("{} of {} · {}", "{} из {} · {}"),
    ("{} (the branch)", "{} (ветка)"),
    ("First copy your one-time code:  {}", "Сначала скопируйте одноразовый код:  {}"),
    ("Open {}  [Enter to open the browser]", "Откройте {}  [Enter откроет браузер]"),
    ("Open {}", "Откройте {}"),
    (
        "Organisation ID (its settings in the browser show it):",
        "ID организации (его показывают её настройки в браузере):",
    ),
    ("paste the token and press Enter", "вставьте токен и нажмите Enter"),
    ("there are no such issues", "таких задач нет"),
    ("there is nothing to undo", "отменять нечего"),
    ("nothing to change", "менять нечего"),
    ("effect", "последствие"),
    ("at", "место"),
    ("access", "доступ"),
    ("{} left out: {}", "пропущено: {}: {}"),
    (
        "edit, then: trackway queue apply {} --dry-run",
        "правьте, затем: trackway queue apply {} --dry-run",
    ),
    ("make {} changes in queue {}", "изменений: {}, очередь {}"),
    ("✓ {} changes made in queue {}", "✓ сделано изменений: {}, очередь {}"),
    ("{} of {} changes made, then: {}", "сделано изменений: {} из {}, затем: {}"),
    (
        "repair that and apply again: what is made is not made twice",
        "исправьте и примените снова: сделанное не повторится",
    ),
    ("+ status {}", "+ статус {}"),
    ("- status {}", "- статус {}"),
    ("+ transition \"{}\" from {} to {}", "+ переход «{}» из {} в {}"),
    ("- transition \"{}\" from {}", "- переход «{}» из {}"),
    ("new issues start in {}", "новые задачи начинаются в {}"),
    ("transition \"{}\" + required field {}", "переход «{}» + обязательное поле {}"),
    ("transition \"{}\" + field {}", "переход «{}» + поле {}"),
    ("transition \"{}\" - field {}", "переход «{}» - поле {}"),
    ("transition \"{}\": field {} is required now", "переход «{}»: поле {} теперь обязательно"),
    ("transition \"{}\": field {} is optional now", "переход «{}»: поле {} больше не обязательно"),
    (
        "transition \"{}\": another default of field {}",
        "переход «{}»: другое значение поля {} по умолчанию",
    ),
    (
        "transition \"{}\": another order or name of its screen",
        "переход «{}»: другой порядок или название экрана",
    ),
    ("transition \"{}\" to {} instead of {}", "переход «{}» в {} вместо {}"),
    ("transition \"{}\"", "переход «{}»"),
    ("statuses or transitions in another order", "другой порядок статусов или переходов"),
    (
        "rules that can no longer set status {}: {}",
        "правила, которые больше не смогут поставить статус {}: {}",
    ),
    (
        "other queues may follow this workflow: it belongs to none",
        "по этому процессу могут работать и другие очереди: он ничей",
    ),
    ("hidden, for fields are not deleted", "скрыто: поля не удаляются"),
    ("field \"{}\"", "поле «{}»"),
    ("component \"{}\"", "компонент «{}»"),
    ("version \"{}\"", "версия «{}»"),
    ("default values \"{}\"", "значения по умолчанию «{}»"),
    ("trigger \"{}\"", "триггер «{}»"),
    ("automatic action \"{}\"", "автодействие «{}»"),
    ("macro \"{}\"", "макрос «{}»"),
    ("queue {} created", "очередь {} создана"),
    ("queue {} changed", "очередь {} изменена"),
    ("service level \"{}\"", "уровень обслуживания «{}»"),
    ("schedule \"{}\"", "расписание «{}»"),
    ("workflow {}", "процесс {}"),
    ("queue {}", "очередь {}"),
    ("give fields, see --help", "укажите поля, см. --help"),
    ("no issue is given", "не указана задача"),
    (
        "name its key, or work on a branch that is named after it",
        "назовите ключ или работайте в ветке, названной по нему",
    ),
    ("no queue is given", "не указана очередь"),
    ("no status is given", "не указан статус"),
    ("no server is given", "не указан сервер"),
    ("no text is given", "не указан текст"),
    ("the comment is empty", "комментарий пуст"),
    ("nobody is signed in", "никто не вошёл"),
    ("no time is being measured", "время не идёт"),
    ("\"{}\" is not possible for {} now", "«{}» сейчас невозможно для {}"),
    ("{} cannot go to {} yet", "{} пока не может перейти в «{}»"),
    ("{}: a confirmation is needed", "{}: нужно подтверждение"),
    (
        "give --yes, or --dry-run to see the plan",
        "укажите --yes, или --dry-run, чтобы увидеть план",
    ),
    ("cancelled", "отменено"),
    ("try again later", "попробуйте позже"),
    (
        "it was changed meanwhile: read it again, then repeat the change",
        "тем временем изменилось: прочитайте заново и повторите",
    ),
    (
        "`trackway auth login` signs in; else check TRACKWAY_TOKEN and TRACKWAY_ORG_ID",
        "войти: `trackway auth login`; иначе проверьте TRACKWAY_TOKEN и TRACKWAY_ORG_ID",
    ),
    (
        "`trackway me` shows who you are; an administrator can give you rights",
        "`trackway me` покажет, кто вы; права даёт администратор",
    ),
    (
        "check that --base-url (TRACKWAY_BASE_URL) is right and that the server runs",
        "проверьте --base-url (TRACKWAY_BASE_URL) и работает ли сервер",
    ),
    (
        "`trackway issue list` shows what you can see; is \"{}\" right?",
        "`trackway issue list` покажет, что вам видно; верен ли ключ {}?",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_with_what_is_filled_in() {
        assert_eq!(russian("KEY"), "КЛЮЧ");
        assert_eq!(russian("DEV-1 created: A created: B"), "DEV-1 создана: A created: B");
        assert_eq!(russian("3 of 12 · query: Queue: A"), "3 из 12 · query: Queue: A");
        assert_eq!(russian("something else"), "something else");
        assert_eq!(shown("KEY"), "KEY");
    }

    #[test]
    fn both_languages_fill_in_the_same() {
        for (english, russian) in CATALOGUE {
            assert_eq!(english.matches("{}").count(), russian.matches("{}").count(), "{english}");
        }
    }
}
