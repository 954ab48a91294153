//! Small talk that fits any issue: questions, rejections, and the customers' names.

use super::types::Language;

/// Invented customers, in the nominative: Russian texts put them in apposition.
pub(super) const fn clients(language: Language) -> &'static [&'static str] {
    match language {
        Language::Ru => &[
            "«Ладья и чай»",
            "«Тёплый носок»",
            "«Дом подсвечников»",
            "«Рыжий мольберт»",
            "«Колодец книг»",
            "«Сто пуговиц»",
            "«Лесная лавка»",
            "«Ключ на девять»",
            "«Мятный велосипед»",
            "«Грядка у окна»",
            "«Тихая игрушка»",
            "«Полка мастера»",
            "«Северный самовар»",
        ],
        Language::En => &[
            "Lanternmoss",
            "Two Kettles",
            "Paper Heron",
            "Odd Sock Depot",
            "Fernhollow Tools",
            "Quiet Toys",
            "Bluebell Parts",
            "The Rope Shop",
            "Copper Teaspoon",
            "Wicker and Twine",
            "Seventh Shelf",
        ],
    }
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// How to reproduce a problem.
    Evidence,
    /// What result is wanted.
    Scope,
    /// Until when and who decides.
    Deadline,
}

/// A pair of question and answer for an issue that waits for information. In the form of the
/// story texts: the question is the assignee's, the answer the author's.
pub(super) fn questions(
    language: Language,
    doubt: Doubt,
) -> &'static [(&'static str, &'static str)] {
    let all = all_questions(language);
    match doubt {
        Doubt::Evidence => all.get(..1),
        Doubt::Scope => all.get(1..),
        Doubt::Deadline => all.get(3..),
    }
    .unwrap_or_default()
}

/// One of evidence, two of scope, two of the deadline, in this order.
const fn all_questions(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Ru => &[
            (
                "{@author}, не хватает примера. Пришлите, пожалуйста, точное время и номер документа.",
                "Уточнил{|а}: вчера около 11:20 и ещё раз в 16:05, номера отправил{|а} отдельно.",
            ),
            (
                "Не до конца понятно, чего ждём в итоге. {@author}, опишите, пожалуйста, одним примером.",
                "Пример: делаем всё то же на складе {client}, и результат виден сразу, без перезагрузки.",
            ),
            (
                "{@author}, это нужно всем или только одному клиенту? От этого зависит решение.",
                "Пока просит только {client}, но через месяц понадобится и остальным.",
            ),
            (
                "{@author}, к какому сроку это нужно и кто согласует результат?",
                "К концу следующей недели. Согласую сам{|а}, больше никого ждать не надо.",
            ),
            (
                "Могу начать сразу или после текущей работы. {@author}, что важнее?",
                "Сначала текущая работа, это подождёт два-три дня.",
            ),
        ],
        Language::En => &[
            (
                "{@author}, could you add an example with the exact time and a number to look up?",
                "Yesterday around 11:20 and again at 16:05, I sent you the numbers separately.",
            ),
            (
                "I am not sure what the result should look like. {@author}, one example please?",
                "Think of the usual day at {client}: it should be visible at once, without a reload.",
            ),
            (
                "{@author}, does everybody need this or one customer only? The answer changes the plan.",
                "Only {client} asked so far, others will follow within a month.",
            ),
            (
                "{@author}, when do you need this, and who signs off the result?",
                "By the end of next week. I sign it off myself, no need to wait for anybody.",
            ),
            (
                "I can start now or after my current work. {@author}, which matters more?",
                "Finish the current work first, this can wait for two or three days.",
            ),
        ],
    }
}

/// A remark for closing without doing.
pub(super) fn rejection(language: Language, resolution: &str) -> &'static [&'static str] {
    match (language, resolution) {
        (Language::Ru, "cantReproduce") => &[
            "Три дня пробуем повторить, не получается. Закрываю; если появится снова, откройте с журналом.",
            "На свежей версии не повторяется ни на стенде, ни у {client}. Закрываю.",
        ],
        (Language::Ru, "later") => &[
            "В ближайшие два выпуска не попадает. Закрываю, вернёмся при планировании квартала.",
            "Откладываем: сначала нужно закончить соседнюю работу.",
        ],
        (Language::Ru, _) => &[
            "Обсудили и решили не делать: выигрыш меньше, чем цена поддержки.",
            "Уже не нужно, обстоятельства поменялись. Закрываю, спасибо за подробное описание.",
            "Не делаем: то же самое решается настройкой, описал{|а} её в базе знаний.",
        ],
        (Language::En, "cantReproduce") => &[
            "Three days of trying, no luck. Closing; please reopen with a log if it shows up again.",
            "Does not happen with the current version, neither on staging nor at {client}.",
        ],
        (Language::En, "later") => &[
            "Does not fit into the next two versions. Closing, we return to it in quarterly planning.",
            "Postponed: the neighbouring work has to be finished first.",
        ],
        (Language::En, _) => &[
            "We talked it over and decided against it: the gain is smaller than the upkeep.",
            "No longer needed, things changed meanwhile. Thanks for the clear description.",
            "Not doing this: a setting already covers it, I added a note to the knowledge base.",
        ],
    }
}
