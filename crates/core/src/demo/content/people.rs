//! The employees of the demo company. All are invented.

use super::types::{Bilingual, Group, Language, Level, Person};

const fn both(ru: &'static str, en: &'static str) -> Bilingual {
    Bilingual { ru, en }
}

/// A man with full access who speaks Russian; the rows below change what differs.
const BASE: Person = Person {
    login: "",
    first: both("", ""),
    last: both("", ""),
    position: both("", ""),
    group: Group::Development,
    level: Level::Full,
    language: Language::Ru,
    female: false,
};

/// Everybody; the first is the administrator.
pub(super) const PEOPLE: &[Person] = &[
    Person {
        login: "igor.vetrov",
        first: both("Игорь", "Igor"),
        last: both("Ветров", "Vetrov"),
        position: both("Технический директор", "Chief technology officer"),
        group: Group::Management,
        level: Level::Admin,
        ..BASE
    },
    Person {
        login: "marta.linder",
        first: both("Марта", "Marta"),
        last: both("Линдер", "Linder"),
        position: both("Руководитель продукта", "Head of product"),
        group: Group::Management,
        language: Language::En,
        female: true,
        ..BASE
    },
    Person {
        login: "fedor.lugovoy",
        first: both("Фёдор", "Fyodor"),
        last: both("Луговой", "Lugovoy"),
        position: both("Менеджер продукта", "Product manager"),
        group: Group::Management,
        ..BASE
    },
    Person {
        login: "pavel.kedrin",
        first: both("Павел", "Pavel"),
        last: both("Кедрин", "Kedrin"),
        position: both("Руководитель разработки", "Head of development"),
        ..BASE
    },
    Person {
        login: "darya.polyanskaya",
        first: both("Дарья", "Darya"),
        last: both("Полянская", "Polyanskaya"),
        position: both("Разработчик серверной части", "Backend developer"),
        female: true,
        ..BASE
    },
    Person {
        login: "timur.saidov",
        first: both("Тимур", "Timur"),
        last: both("Саидов", "Saidov"),
        position: both("Разработчик мобильных приложений", "Mobile developer"),
        ..BASE
    },
    Person {
        login: "ksenia.ryabova",
        first: both("Ксения", "Ksenia"),
        last: both("Рябова", "Ryabova"),
        position: both("Инженер по тестированию", "Test engineer"),
        female: true,
        ..BASE
    },
    Person {
        login: "owen.hartley",
        first: both("Оуэн", "Owen"),
        last: both("Хартли", "Hartley"),
        position: both("Разработчик серверной части", "Backend developer"),
        language: Language::En,
        ..BASE
    },
    Person {
        login: "nina.brook",
        first: both("Нина", "Nina"),
        last: both("Брук", "Brook"),
        position: both("Разработчик интерфейсов", "Frontend developer"),
        language: Language::En,
        female: true,
        ..BASE
    },
    Person {
        login: "lucas.ferrand",
        first: both("Лукас", "Lucas"),
        last: both("Ферран", "Ferrand"),
        position: both("Инженер по надёжности", "Reliability engineer"),
        language: Language::En,
        ..BASE
    },
    Person {
        login: "olga.medvedkina",
        first: both("Ольга", "Olga"),
        last: both("Медведкина", "Medvedkina"),
        position: both("Руководитель поддержки", "Head of support"),
        group: Group::Support,
        female: true,
        ..BASE
    },
    Person {
        login: "ruslan.karimsky",
        first: both("Руслан", "Ruslan"),
        last: both("Каримский", "Karimsky"),
        position: both("Инженер поддержки", "Support engineer"),
        group: Group::Support,
        ..BASE
    },
    Person {
        login: "gleb.ostrovoy",
        first: both("Глеб", "Gleb"),
        last: both("Островой", "Ostrovoy"),
        position: both("Инженер внедрения", "Onboarding engineer"),
        group: Group::Support,
        ..BASE
    },
    Person {
        login: "sofia.marsh",
        first: both("София", "Sofia"),
        last: both("Марш", "Marsh"),
        position: both("Инженер поддержки", "Support engineer"),
        group: Group::Support,
        language: Language::En,
        female: true,
        ..BASE
    },
    Person {
        login: "mira.halden",
        first: both("Мира", "Mira"),
        last: both("Хальден", "Halden"),
        position: both("Инженер внедрения", "Onboarding engineer"),
        group: Group::Support,
        language: Language::En,
        female: true,
        ..BASE
    },
    Person {
        login: "vera.zimneva",
        first: both("Вера", "Vera"),
        last: both("Зимнева", "Zimneva"),
        position: both("Руководитель маркетинга", "Head of marketing"),
        group: Group::Marketing,
        female: true,
        ..BASE
    },
    Person {
        login: "anton.listvin",
        first: both("Антон", "Anton"),
        last: both("Листвин", "Listvin"),
        position: both("Редактор", "Content editor"),
        group: Group::Marketing,
        ..BASE
    },
    Person {
        login: "polina.rogozhina",
        first: both("Полина", "Polina"),
        last: both("Рогожина", "Rogozhina"),
        position: both("Дизайнер", "Designer"),
        group: Group::Marketing,
        female: true,
        ..BASE
    },
    Person {
        login: "clara.winfield",
        first: both("Клара", "Clara"),
        last: both("Уинфилд", "Winfield"),
        position: both("Менеджер по партнёрам", "Partner marketing manager"),
        group: Group::Marketing,
        language: Language::En,
        female: true,
        ..BASE
    },
    Person {
        login: "dominic.reyle",
        first: both("Доминик", "Dominic"),
        last: both("Рейл", "Reyle"),
        position: both("Аналитик", "Marketing analyst"),
        group: Group::Marketing,
        language: Language::En,
        ..BASE
    },
    Person {
        login: "zoya.platova",
        first: both("Зоя", "Zoya"),
        last: both("Платова", "Platova"),
        position: both("Финансовый директор", "Chief financial officer"),
        group: Group::Management,
        level: Level::ReadOnly,
        female: true,
        ..BASE
    },
    Person {
        login: "henrik.solberg",
        first: both("Хенрик", "Henrik"),
        last: both("Сульберг", "Solberg"),
        position: both("Внешний аудитор", "External auditor"),
        group: Group::Management,
        level: Level::ReadOnly,
        language: Language::En,
        ..BASE
    },
];
