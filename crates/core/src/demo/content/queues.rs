//! The company, its three queues, their components and versions.

use super::people::PEOPLE;
use super::types::{Bilingual, Company, ComponentSeed, QueueSeed, VersionSeed};

/// Index of the development queue.
pub(super) const DEV: usize = 0;
/// Index of the support queue.
pub(super) const SUPPORT: usize = 1;
/// Index of the marketing queue.
pub(super) const MARKETING: usize = 2;

/// The company itself.
pub(super) const COMPANY: Company = Company {
    name: Bilingual { ru: "Белая Баржа", en: "White Barge" },
    about: Bilingual {
        ru: "Учёт склада, сборка и доставка заказов для интернет-магазинов.",
        en: "Stock, picking and delivery for online shops.",
    },
    people: PEOPLE,
    queues: QUEUES,
};

const QUEUES: &[QueueSeed] = &[
    QueueSeed {
        key: "DEV",
        name: Bilingual { ru: "Разработка", en: "Development" },
        description: Bilingual {
            ru: "Задачи, ошибки и выпуски продукта. Ошибки клиентов сначала идут в SUPPORT.",
            en: "Tasks, bugs and releases of the product. Customers' bugs start in SUPPORT.",
        },
        workflow: "developmentPresetWorkflow",
        lead: "pavel.kedrin",
        team: &[
            "pavel.kedrin",
            "darya.polyanskaya",
            "timur.saidov",
            "ksenia.ryabova",
            "owen.hartley",
            "nina.brook",
            "lucas.ferrand",
            "fedor.lugovoy",
        ],
        types: &["task", "improvement", "bug", "release", "epic", "story"],
        resolutions: &["fixed", "wontFix", "cantReproduce", "duplicate", "later"],
        default_priority: "normal",
        components: DEV_COMPONENTS,
        versions: DEV_VERSIONS,
    },
    QueueSeed {
        key: "SUPPORT",
        name: Bilingual { ru: "Поддержка", en: "Support" },
        description: Bilingual {
            ru: "Обращения клиентов и внедрения. Первый ответ в рабочее время за 30 минут.",
            en: "Customer requests and onboarding. First answer within 30 working minutes.",
        },
        workflow: "basicSupportPresetWorkflow",
        lead: "olga.medvedkina",
        team: &[
            "olga.medvedkina",
            "ruslan.karimsky",
            "gleb.ostrovoy",
            "sofia.marsh",
            "mira.halden",
        ],
        types: &["incident", "serviceRequest", "changeRequest", "task"],
        resolutions: &["fixed", "wontFix", "cantReproduce", "duplicate"],
        default_priority: "normal",
        components: SUPPORT_COMPONENTS,
        versions: SUPPORT_VERSIONS,
    },
    QueueSeed {
        key: "MARKETING",
        name: Bilingual { ru: "Маркетинг", en: "Marketing" },
        description: Bilingual {
            ru: "Сайт, тексты, мероприятия и реклама. Срок и читателя указываем сразу.",
            en: "Website, texts, events and advertising. Name the deadline and the reader.",
        },
        workflow: "marketingPresetWorkflow",
        lead: "vera.zimneva",
        team: &[
            "vera.zimneva",
            "anton.listvin",
            "polina.rogozhina",
            "clara.winfield",
            "dominic.reyle",
        ],
        types: &["task", "project"],
        resolutions: &["fixed", "wontFix", "duplicate"],
        default_priority: "normal",
        components: MARKETING_COMPONENTS,
        versions: MARKETING_VERSIONS,
    },
];

const fn component(
    name: &'static str,
    lead: &'static str,
    assign_auto: bool,
    description: &'static str,
) -> ComponentSeed {
    ComponentSeed { name, description, lead, assign_auto }
}

const DEV_COMPONENTS: &[ComponentSeed] = &[
    component("API", "owen.hartley", false, "Public API, webhooks, background workers."),
    component("Web", "nina.brook", false, "Browser client."),
    component("Мобильное приложение", "timur.saidov", true, "Приложение для терминалов."),
    component("Склад", "darya.polyanskaya", false, "Ячейки, движения, инвентаризация."),
    component("Доставка", "darya.polyanskaya", false, "Перевозчики и статусы отправлений."),
    component("Интеграции", "pavel.kedrin", false, "Обмен с учётными системами, печать, письма."),
    component("Биллинг", "owen.hartley", true, "Тарифы, счета, учёт использования."),
    component("Infrastructure", "lucas.ferrand", true, "Servers, deployment, monitoring."),
    component("Отчёты", "darya.polyanskaya", false, "Отчёты и выгрузки."),
];

const SUPPORT_COMPONENTS: &[ComponentSeed] = &[
    component("Личный кабинет", "olga.medvedkina", false, "Вопросы по работе в браузере."),
    component("Терминалы", "gleb.ostrovoy", false, "Сканеры и терминалы на складе."),
    component("Печать", "ruslan.karimsky", false, "Принтеры и этикетки."),
    component("Обмен данными", "ruslan.karimsky", false, "API, учётные системы, перевозчики."),
    component("Доступ", "olga.medvedkina", false, "Учётные записи и вход."),
    component("Счета", "ruslan.karimsky", false, "Счета, акты, договоры."),
];

const MARKETING_COMPONENTS: &[ComponentSeed] = &[
    component("Сайт", "clara.winfield", false, "Страницы сайта на двух языках."),
    component("Блог", "anton.listvin", false, "Статьи, истории клиентов, исследования."),
    component("Рассылки", "anton.listvin", false, "Письма клиентам и партнёрам."),
    component("Мероприятия", "vera.zimneva", false, "Выставки, встречи, вебинары."),
    component("Реклама", "dominic.reyle", false, "Платное привлечение."),
    component("Дизайн", "polina.rogozhina", false, "Макеты, видео, фирменный стиль."),
];

const fn version(
    name: &'static str,
    days: (i32, i32),
    released: bool,
    archived: bool,
    description: &'static str,
) -> VersionSeed {
    VersionSeed { name, description, start_day: days.0, due_day: days.1, released, archived }
}

const DEV_VERSIONS: &[VersionSeed] = &[
    version("4.8", (-245, -195), true, true, "Новая страница заказов."),
    version("4.9", (-195, -140), true, true, "Обмен с учётной системой пакетами."),
    version("4.10", (-140, -85), true, false, "Маршрут обхода склада."),
    version("4.11", (-85, -30), true, false, "Сводные отчёты и права на цены."),
    version("4.12", (-30, 20), false, false, "Приложение кладовщика для первых складов."),
    version("5.0", (20, 95), false, false, "Billing by usage, second site, webhooks for all."),
];

const SUPPORT_VERSIONS: &[VersionSeed] = &[
    version("Регламент 3", (-300, -120), true, true, "Прежние сроки ответа."),
    version("Регламент 4", (-120, 60), false, false, "Первый ответ за 30 минут."),
];

const MARKETING_VERSIONS: &[VersionSeed] = &[
    version("План: терминалы", (-240, -110), true, false, "Тема: работа без бумаги."),
    version("План: ячейки", (-110, 10), false, false, "Тема: адресное хранение."),
    version("Launch 5.0", (10, 100), false, false, "Announcement of version 5.0."),
];
