//! The texts of `topics` in Russian.

const EXIT_CODES: &str = "\
0    сделано
1    не вышло по другой причине
2    неверный вызов (незнакомый флаг, негодное значение, ошибка в запросе)
3    нужно подтверждение, а его нет, или отменено
4    вход не выполнен, токен кончился или не принят
5    вход выполнен, но прав нет
6    не найдено
7    конфликт: кто-то изменил это после чтения
8    отвергнуто правилами (процесс, обязательное поле, предел)
9    слишком много запросов, повторы не помогли
10   сервер или сеть недоступны
11   сделано частично (массовые изменения): отчёт говорит, что именно
130  прервано";

const ENVIRONMENT: &str = "\
TRACKWAY_PROFILE        профиль из настроек
TRACKWAY_SERVER         адрес сервера (также TRACKWAY_BASE_URL)
TRACKWAY_ORG_ID         организация (TRACKWAY_CLOUD_ORG_ID — её облачный id)
TRACKWAY_TOKEN_FILE     файл с токеном
TRACKWAY_TOKEN          токен
TRACKWAY_QUEUE          очередь по умолчанию
TRACKWAY_AUTH_STORAGE   где хранить токены: auto, keychain или file
TRACKWAY_CONFIG_DIR     папка настроек
TRACKWAY_NO_INPUT       никогда не спрашивать
TRACKWAY_LANG           язык: en или ru
TRACKWAY_AGENT          писать для агента
TRACKWAY_ISSUE          задача, если никакая не указана
TRACKWAY_EDITOR         редактор, прежде VISUAL и EDITOR
TRACKWAY_BROWSER        браузер, прежде BROWSER
TRACKWAY_ASCII          только ASCII
TRACKWAY_DEBUG          api: показывать запросы
NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, NO_PROXY — как обычно";

const FORMATTING: &str = "\
-o table      колонки с заголовками; так на терминале
-o plain      через табуляцию, ничего не обрезано; так в конвейере
-o json       один документ, то же, что --json; --raw — в виде сервера
-o jsonl      по документу в строке
-o csv, md    для таблиц и текстов
-o keys, urls для других команд: … -o keys | trackway bulk edit --keys - …
--fields      key,status.name,assignee.id
--jq          '.[] | \"\\(.key)\\t\\(.status.name)\"'
--template    '{key} {updatedAt} {summary:trunc 60}'; ещё pad N, upper, lower";

const JSON: &str = "\
--json печатает объект или список объектов; что есть, то остаётся, новое добавляется:
ссылки         {\"key\": …, \"name\": …}, у людей и прочего без ключа {\"id\": …, \"name\": …}
время          RFC 3339 в UTC; дни 2026-11-30
задачи         имеют \"url\"
--fields a,b.c только эти поля         --envelope {\"items\": […], \"total\": …}
--raw          что сказал сервер       --jq ВЫРАЖЕНИЕ отбирает, тексты печатаются как есть
Ошибки — в стандартный поток ошибок: {\"error\": {\"code\", \"message\", \"details\", \"hint\"}}.

trackway help json issue   схема JSON Schema; ещё attachment, board, change, comment, queue, sprint,
                           user и worklog";

const QUERY: &str = "\
Queue: DEV Assignee: me() Resolution: empty()      условия рядом: должны выполняться все
Status: Open, \"In progress\"                       одно из нескольких
Priority: !Minor                                   не
Created: >today()-\"7d\"   Deadline: week()          время
(Type: Bug OR Tags: urgent) AND Followers: me()    скобки, AND, OR
Summary: \"lost files\"                             слова
\"Sort By\": Priority DESC, Updated ASC             порядок

trackway query check 'ТЕКСТ'   покажет ошибки, посчитает найденное
trackway query fields ИМЯ      поля организации
trackway query functions       функции";

const DATES: &str = "\
2026-11-24, today, now, -7d, week, month
2026-11-01..2026-11-30      от и до
after:2026-11-01  before:today  '>2026-11-01'
длительности: 1w 2d 3h 30m, 1.5h, 1н 2д, PT3H; в неделе 5 дней по 8 часов";

const PROFILES: &str = "\
Профиль — это сервер и организация, увиденные под учётной записью. Его создаёт `trackway auth login
СЕРВЕР`, выбирает `trackway profile use ИМЯ` или -P ИМЯ. Значения берутся по порядку: флаги, окружение,
.trackway.toml репозитория, настройки. Откуда что, скажет `trackway config explain`.

В .trackway.toml могут быть profile, queue, branch = \"{key}-{slug}\", start_status, done_status; ни сервера,
ни токена, чтобы чужой репозиторий не увёл токен.

Токены лежат в связке ключей системы (secret-tool, на macOS security, в Windows диспетчер учётных
данных); если её нет или она не отвечает — в tokens.json рядом с настройками, прочесть его можете только
вы. Выбирает auth.storage в настройках: auto, keychain или file.";

const AGENTS: &str = "\
trackway help --agent          все команды на одном экране
TRACKWAY_AGENT=1 или --agent   не спрашивает, без цвета, чужие слова в ограде
trackway help --verbs          каждая команда с R, W или D
trackway help --allowlist claude-code --read-only    разрешения для settings.json
--json --fields key,status.name, --jq, -o keys       короткие ответы
-n                             покажет, что было бы отправлено
trackway help exit-codes       различает неудачи
Найти: trackway issue list -k DEV -a me --open -o plain
Прочесть: trackway issue view DEV-1
Изменить: trackway issue edit DEV-1 -p critical; trackway issue transition DEV-1 --list
Отменить: trackway undo";

/// Topics that are explained.
pub(super) const TOPICS: [(&str, &str); 8] = [
    ("exit-codes", EXIT_CODES),
    ("environment", ENVIRONMENT),
    ("formatting", FORMATTING),
    ("json", JSON),
    ("query", QUERY),
    ("dates", DATES),
    ("profiles", PROFILES),
    ("agents", AGENTS),
];

/// What the program says when it is called without a word.
pub(super) const WELCOME: &str = "\
trackway: открытый трекер задач и его командная строка

  trackway auth login СЕРВЕР      войти по коду, который вводят в браузере
  trackway my                     что есть на сегодня
  trackway issue list -k DEV      найти задачи; флаги учат языку запросов
  trackway issue view DEV-1       посмотреть одну
  trackway issue create 'Текст'   создать
  trackway issue close DEV-1      закрыть; trackway undo вернёт
  trackway serve --demo           сервер с выдуманными данными

trackway --help перечислит всё, trackway help ТЕМА объяснит,
trackway doctor найдёт, что не так с настройкой.";
