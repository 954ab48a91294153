//! A bilingual vocabulary of a few thousand words, combined from stems and endings.
//!
//! It is for load tests: the words look and inflect like real ones, so that stemming, prefix
//! search and index sizes behave, but sentences made of them mean nothing.

use super::rng::{Rng, mix};

/// A language's words, the most frequent first, with the running sum of their weights.
#[derive(Debug)]
pub(super) struct Vocabulary {
    words: Vec<String>,
    sums: Vec<u64>,
}

impl Vocabulary {
    /// The Russian words.
    pub(super) fn russian() -> Self {
        let mut words = Vec::new();
        combine(&mut words, &[""], RU_NOUNS, &["", "а", "у", "ом", "е", "ы", "ов", "ам", "ами"]);
        combine(&mut words, &[""], RU_FEMININE, &["а", "ы", "е", "у", "ой", "ам", "ах"]);
        combine(&mut words, RU_PREFIXES, RU_VERBS, &["ить", "ит", "или", "им", "ил", "ила"]);
        combine(&mut words, &[""], RU_ADJECTIVES, &["ый", "ая", "ое", "ого", "ому", "ые", "ых"]);
        Self::ranked(RU_COMMON, words, 0xA1)
    }

    /// The English words.
    pub(super) fn english() -> Self {
        let mut words = Vec::new();
        combine(&mut words, &[""], EN_NOUNS, &["", "s"]);
        combine(&mut words, EN_PREFIXES, EN_VERBS, &["", "s", "ed", "ing", "er"]);
        combine(&mut words, &["", "un", "semi"], EN_ADJECTIVES, &["", "ly", "ness"]);
        Self::ranked(EN_COMMON, words, 0xB2)
    }

    /// Common words keep their order at the top; the others follow in a fixed random order.
    /// The weight of rank `r` is proportional to 1/(r+3), near to Zipf's law but with a flatter
    /// top.
    fn ranked(common: &[&str], mut words: Vec<String>, salt: u64) -> Self {
        words.sort_unstable();
        words.dedup();
        words.retain(|word| !common.contains(&word.as_str()));
        let mut rng = Rng::new(mix(salt));
        for index in (1..words.len()).rev() {
            words.swap(index, rng.below(index + 1));
        }
        let mut all: Vec<String> = common.iter().map(|word| (*word).to_owned()).collect();
        all.append(&mut words);
        let sums = (0_u64..)
            .zip(&all)
            .scan(0, |sum, (rank, _)| {
                *sum += 1_000_000 / (rank + 3);
                Some(*sum)
            })
            .collect();
        Self { words: all, sums }
    }

    /// How many words there are.
    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.words.len()
    }

    /// A word, frequent ones more often.
    pub(super) fn draw(&self, rng: &mut Rng) -> &str {
        let total = self.sums.last().copied().unwrap_or(1);
        let drawn = rng.next() % total;
        let index = self.sums.partition_point(|sum| *sum <= drawn);
        self.words.get(index).map_or("", String::as_str)
    }
}

fn combine(words: &mut Vec<String>, prefixes: &[&str], stems: &[&str], endings: &[&str]) {
    for prefix in prefixes {
        for stem in stems {
            words.extend(endings.iter().map(|ending| join(prefix, stem, ending)));
        }
    }
}

/// Glues a word together by the main spelling rules: no `ы` after velars and sibilants, `es` after
/// English sibilants, no doubled `e`.
fn join(prefix: &str, stem: &str, ending: &str) -> String {
    let velar = stem.ends_with(['к', 'г', 'х', 'ж', 'ш', 'ч', 'щ']);
    let sibilant = ["s", "x", "ch", "sh"].iter().any(|end| stem.ends_with(end));
    match ending.strip_prefix('ы') {
        Some(rest) if velar => format!("{prefix}{stem}и{rest}"),
        _ if ending == "s" && sibilant => format!("{prefix}{stem}es"),
        _ if ["ed", "er", "ing"].contains(&ending) => {
            format!("{prefix}{}{ending}", stem.strip_suffix('e').unwrap_or(stem))
        }
        _ => format!("{prefix}{stem}{ending}"),
    }
}

const RU_COMMON: &[&str] = &[
    "и",
    "в",
    "не",
    "на",
    "с",
    "по",
    "что",
    "для",
    "из",
    "при",
    "как",
    "это",
    "но",
    "к",
    "или",
    "если",
    "после",
    "до",
    "без",
    "когда",
    "только",
    "уже",
    "ещё",
    "за",
    "от",
    "нужно",
    "можно",
    "есть",
];

const RU_NOUNS: &[&str] = &[
    "заказ",
    "склад",
    "товар",
    "отчёт",
    "клиент",
    "сервер",
    "экран",
    "список",
    "фильтр",
    "номер",
    "адрес",
    "пакет",
    "журнал",
    "запрос",
    "ответ",
    "процесс",
    "шаблон",
    "счёт",
    "договор",
    "терминал",
    "сканер",
    "принтер",
    "стеллаж",
    "короб",
    "остаток",
    "возврат",
    "курьер",
    "маршрут",
    "график",
    "план",
    "шаг",
    "сбой",
    "тест",
    "модуль",
    "индекс",
    "сервис",
    "канал",
    "токен",
    "доступ",
    "раздел",
    "документ",
    "проект",
    "вопрос",
    "пример",
    "формат",
    "размер",
    "импорт",
    "экспорт",
    "обмен",
    "выпуск",
    "приход",
    "расход",
    "резерв",
    "штрихкод",
    "каталог",
    "архив",
    "период",
    "лимит",
    "порог",
    "сигнал",
    "монитор",
    "датчик",
    "стенд",
    "контур",
    "узел",
    "поток",
    "буфер",
    "файл",
    "диск",
    "лист",
    "цикл",
    "обход",
    "подбор",
    "вес",
    "объём",
    "груз",
    "рейс",
    "пункт",
    "район",
];

const RU_FEMININE: &[&str] = &[
    "поставк",
    "загрузк",
    "выгрузк",
    "проверк",
    "сборк",
    "отправк",
    "настройк",
    "кнопк",
    "ошибк",
    "строк",
    "колонк",
    "форм",
    "схем",
    "таблиц",
    "систем",
    "баз",
    "смен",
    "цен",
    "скидк",
    "ячейк",
    "полк",
    "карт",
    "групп",
    "оплат",
    "сумм",
    "дат",
    "верси",
    "команд",
    "задач",
    "программ",
    "служб",
    "камер",
    "метк",
    "наклейк",
    "упаковк",
    "сверк",
    "правк",
    "оценк",
    "разметк",
    "выборк",
    "подписк",
    "рассылк",
];

const RU_PREFIXES: &[&str] = &["", "за", "по", "пере", "от", "вы", "про"];

const RU_VERBS: &[&str] = &[
    "груз",
    "ход",
    "воз",
    "нос",
    "крут",
    "ставл",
    "вер",
    "стро",
    "мен",
    "точ",
    "кат",
    "вод",
    "лож",
    "прав",
    "дел",
    "куп",
    "пуст",
    "твор",
    "мер",
    "чист",
];

const RU_ADJECTIVES: &[&str] = &[
    "нов",
    "стар",
    "быстр",
    "медленн",
    "полн",
    "пуст",
    "важн",
    "срочн",
    "главн",
    "верн",
    "открыт",
    "закрыт",
    "нужн",
    "готов",
    "част",
    "редк",
    "точн",
    "сложн",
    "прост",
    "ночн",
    "недельн",
    "месячн",
    "годов",
    "адресн",
    "платн",
    "ручн",
    "сетев",
    "цифров",
    "текстов",
    "числов",
];

const EN_COMMON: &[&str] = &[
    "the", "to", "of", "and", "a", "in", "is", "for", "on", "with", "that", "it", "as", "not",
    "be", "by", "this", "from", "when", "are", "or", "if", "at", "we", "after", "only",
];

const EN_NOUNS: &[&str] = &[
    "order",
    "warehouse",
    "item",
    "report",
    "client",
    "server",
    "screen",
    "list",
    "filter",
    "number",
    "address",
    "packet",
    "log",
    "template",
    "invoice",
    "contract",
    "terminal",
    "scanner",
    "printer",
    "shelf",
    "box",
    "balance",
    "courier",
    "route",
    "chart",
    "plan",
    "step",
    "failure",
    "module",
    "service",
    "channel",
    "token",
    "section",
    "document",
    "project",
    "question",
    "sample",
    "format",
    "size",
    "limit",
    "threshold",
    "signal",
    "monitor",
    "sensor",
    "node",
    "stream",
    "buffer",
    "file",
    "disk",
    "sheet",
    "cycle",
    "weight",
    "volume",
    "cargo",
    "trip",
    "point",
    "region",
    "customer",
    "price",
    "discount",
    "payment",
    "date",
    "version",
    "team",
    "task",
    "program",
    "camera",
    "label",
    "package",
    "carrier",
    "parcel",
    "barcode",
    "pallet",
    "dock",
    "gate",
    "shift",
    "role",
    "account",
    "session",
    "cursor",
    "shard",
    "replica",
    "backup",
    "window",
    "budget",
    "partner",
    "vendor",
    "catalog",
    "draft",
    "comment",
    "release",
    "branch",
    "metric",
    "alert",
    "queue",
    "worker",
    "ticket",
    "tenant",
    "folder",
    "archive",
    "widget",
    "panel",
    "field",
    "value",
    "column",
    "row",
    "table",
    "key",
];

const EN_PREFIXES: &[&str] = &["", "re", "over", "pre", "out", "mis"];

const EN_VERBS: &[&str] = &[
    "load", "pick", "pack", "ship", "sort", "count", "print", "scan", "stock", "block", "lock",
    "link", "mark", "match", "move", "sync", "order", "start", "check", "test", "post", "pass",
    "lead", "read", "send", "track", "point", "filter", "report", "render", "view", "fold",
];

const EN_ADJECTIVES: &[&str] = &[
    "quick", "slow", "full", "open", "clear", "direct", "exact", "stable", "local", "remote",
    "active", "equal", "formal", "normal", "manual", "broad", "fresh", "sharp", "strict", "smooth",
    "loud", "quiet", "stale", "sparse", "dense", "brief", "complex", "visible", "certain",
    "correct",
];
