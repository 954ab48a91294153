//! What `serve`, `admin`, `backup` and `demo` say, in Russian. Reasons that a library or the operating
//! system gives stay as they are.

/// English and Russian; `{}` is whatever is filled in, in the same order.
pub(super) const SERVER: &[(&str, &str)] = &[
    // What a failure was an obstacle to.
    ("cannot add the issues", "не удалось добавить задачи"),
    ("cannot save the index", "не удалось сохранить индекс"),
    ("cannot make the company", "не удалось создать компанию"),
    ("the demo company was not made", "демонстрационная компания не создана"),
    ("cannot make the demo data", "не удалось создать демонстрационные данные"),
    ("cannot store a file", "не удалось сохранить файл"),
    ("cannot write the ready file {}", "не удалось записать файл готовности {}"),
    ("cannot read the configuration file {}", "не удалось прочитать файл настроек {}"),
    ("cannot make the data folder {}", "не удалось создать папку данных {}"),
    ("cannot write the key file {}", "не удалось записать файл ключа {}"),
    ("cannot read the key file {}", "не удалось прочитать файл ключа {}"),
    ("cannot read the pepper file {}", "не удалось прочитать файл ключей паролей {}"),
    ("cannot read the password in {}", "не удалось прочитать пароль из {}"),
    ("cannot copy the file {}", "не удалось скопировать файл {}"),
    ("cannot copy the database", "не удалось скопировать базу данных"),
    ("cannot end the restoration", "не удалось завершить восстановление"),
    ("cannot open the database", "не удалось открыть базу данных"),
    ("cannot open a temporary database", "не удалось открыть временную базу данных"),
    ("cannot open the store of files", "не удалось открыть хранилище файлов"),
    ("cannot load the tracker", "не удалось загрузить трекер"),
    ("cannot start the runtime", "не удалось запустить среду исполнения"),
    ("cannot start the shell", "не удалось запустить оболочку"),
    ("cannot make the first administrator", "не удалось создать первого администратора"),
    ("cannot listen", "не удалось занять адрес"),
    ("cannot write {}", "не удалось записать {}"),
    ("cannot read {}", "не удалось прочитать {}"),
    ("cannot remove {}", "не удалось удалить {}"),
    ("cannot move {}", "не удалось переместить {}"),
    ("cannot lock {}", "не удалось заблокировать {}"),
    ("cannot make {}", "не удалось создать {}"),
    ("in {}", "в {}"),
    ("log filter \"{}\"", "фильтр журнала «{}»"),
    ("the log cannot be started: {}", "не удалось начать журнал: {}"),
    ("the server task failed", "задача сервера завершилась с ошибкой"),
    ("the key file {}", "файл ключа {}"),
    ("the pepper file {}", "файл ключей паролей {}"),
    ("the password in {}", "пароль из {}"),
    // What is wrong.
    ("{} does not hold 64 hex digits", "{}: здесь нет 64 шестнадцатеричных цифр"),
    ("{} holds no key", "{}: здесь нет ключа"),
    ("line {} of {} is not 64 hex digits", "строка {} в {}: это не 64 шестнадцатеричные цифры"),
    ("there is no organisation {}", "нет организации {}"),
    ("the organisation vanished", "организация исчезла"),
    ("the administrator vanished", "администратор исчез"),
    (
        "there is no organisation yet: see trackway admin create --help",
        "организации ещё нет: см. trackway admin create --help",
    ),
    (
        "there are several organisations: name one with --organization",
        "организаций несколько: назовите одну через --organization",
    ),
    ("there is no account {}", "нет учётной записи {}"),
    (
        "there is no installation in {}; name one with --data",
        "в {} нет установки; назовите её через --data",
    ),
    (
        "another trackway is running on the data folder {}",
        "на папке данных {} уже работает другой trackway",
    ),
    (
        "the data folder holds other data (or demo data of another --seed); name an empty one with --data",
        "в папке данных другие данные (или демонстрационные с другим --seed); назовите пустую через --data",
    ),
    (
        "the data folder {} is not empty; --force puts it aside, --data names another",
        "папка данных {} не пуста; --force отложит её, --data назовёт другую",
    ),
    (
        "the first administrator needs both a login and a file with the password",
        "первому администратору нужны и логин, и файл с паролем",
    ),
    ("\"{}\" cannot be a login", "«{}» не может быть логином"),
    ("\"{}\" names an unknown scope", "в «{}» неизвестное право"),
    ("a token needs a scope, such as tracker:read", "токену нужно право, например tracker:read"),
    (
        "log.format is \"{}\", but text or json is needed",
        "log.format равен «{}», а нужно text или json",
    ),
    ("\"{}\" is no instant", "«{}» не момент времени"),
    ("--fields is no JSON object", "в --fields не объект JSON"),
    ("--keep keeps nothing", "--keep ничего не оставляет"),
    ("{} of {} hash chains are broken", "повреждено цепочек хешей: {} из {}"),
    // Backups.
    ("there is no temporary place", "нет места для временных файлов"),
    ("the restored tracker does not start", "восстановленный трекер не запускается"),
    ("this is no backup", "это не резервная копия"),
    ("this is no backup of trackway", "это не резервная копия trackway"),
    ("the backup", "резервная копия"),
    ("the backup is damaged", "резервная копия повреждена"),
    ("the backup is cut off", "резервная копия обрывается"),
    ("the backup cannot be restored here", "эту копию нельзя восстановить здесь"),
    ("the backup {} was not made", "резервная копия {} не создана"),
    (
        "a backup is no text: name a file with --to, or redirect the output",
        "резервная копия не текст: назовите файл через --to или перенаправьте вывод",
    ),
    ("a number out of range", "число вне допустимых пределов"),
    ("an object that is no bytes", "объект, который не байты"),
    ("a value of no type of the database", "значение не из типов базы данных"),
    ("a name that is no text", "имя не является текстом"),
    ("\"{}\" is no part of a backup", "«{}» не часть резервной копии"),
    ("\"{}\" is no name of a file", "«{}» не имя файла"),
    ("rows before the manifest", "строки стоят до описания"),
    ("a row of {} cells", "в строке ячеек: {}"),
    ("format {} is not one that this program knows", "эта программа не знает формат {}"),
    (
        "the backup does not hold what it says: {}, but {}",
        "в копии не то, что в ней заявлено: {}, а есть {}",
    ),
    ("{} issues were saved, but {} are found", "задач сохранено {}, а найдено {}"),
    ("the file {} is not what it was", "файл {} не тот, что был"),
    ("the file {} was missing when the backup was made", "файла {} не было уже при создании копии"),
    ("warning: the store has no file {}", "предупреждение: в хранилище нет файла {}"),
    ("the backup is good: {}", "копия исправна: {}"),
    ("restored to {}: {}", "восстановлено в {}: {}"),
    ("{} issues, {} rows, {} files ({})", "задач {}, строк {}, файлов {} ({})"),
    (
        "{}\n{}, {} issues, {} rows, {} files ({})\nsha256 {}",
        "{}\n{}, задач {}, строк {}, файлов {} ({})\nsha256 {}",
    ),
    ("a backup of {}", "копия от {}"),
    ("the former data folder is now {}", "прежняя папка данных теперь {}"),
    (
        "what is restored so far is not whole: empty it before another try",
        "восстановлена только часть: очистите её до новой попытки",
    ),
    ("would remove {}", "было бы удалено: {}"),
    ("removed {}", "удалено: {}"),
    // Work that is done.
    ("{} issues in {} s", "задач {} за {} с"),
    ("Added {} issues in {} s to {}.", "Добавлено задач: {}, за {} с, в {}."),
    ("The settings and the database in {} are good.", "Настройки и база данных в {} в порядке."),
    ("Added group {}.", "Добавлена группа {}."),
    ("Added department {}.", "Добавлено подразделение {}."),
    ("Added template {}.", "Добавлен шаблон {}."),
    ("Added {} with uid {}.", "Добавлен {}, uid {}."),
    ("Revoked {} tokens of {}.", "Отозвано токенов: {}, владелец {}."),
    ("Made {} an administrator of {}.\n", "{} теперь администратор организации «{}».\n"),
    ("  organisation ID for API  {}", "  ID организации для API   {}"),
    ("  the same for the cloud   {}", "  он же для облака         {}"),
    ("  token (shown once)       {}", "  токен (показан один раз) {}"),
    ("{} issues left", "осталось задач: {}"),
    (
        "Made the words of {} issues and the changes of all fields anew.",
        "Заново собраны слова задач ({}) и изменения всех полей.",
    ),
];

/// The first words of a server.
pub(super) const WELCOME: &[(&str, &str)] = &[
    (
        "
Trackway is running with demo data.

  base URL                 {}
  sign in as               {}
  password                 {}
  organisation ID for API  {}
  token ({})          {}

Try it from a shell:

curl -s {}/v3/myself -H 'Authorization: OAuth {}' -H 'X-Org-ID: {}'

curl -s '{}/v3/issues/_search?perPage=3' -H 'Authorization: OAuth {}' -H 'X-Org-ID: {}' -H 'Content-Type: application/json' -d '{\"filter\": {\"queue\": \"{}\"}}'

Or with the official Python client (pip install yandex_tracker_client):

python3 - <<'PYTHON'
from yandex_tracker_client import TrackerClient
client = TrackerClient(token='{}', org_id='{}', base_url='{}')
print(client.myself.display)
for issue in client.issues.find('Queue: {}', per_page=5).get_page(1):
    print(issue.key, issue.status.display, issue.summary)
PYTHON

Press Ctrl-C to stop.
",
        "
Trackway работает с демонстрационными данными.

  адрес                    {}
  логин для входа          {}
  пароль                   {}
  ID организации для API   {}
  токен ({})          {}

Попробуйте из оболочки:

curl -s {}/v3/myself -H 'Authorization: OAuth {}' -H 'X-Org-ID: {}'

curl -s '{}/v3/issues/_search?perPage=3' -H 'Authorization: OAuth {}' -H 'X-Org-ID: {}' -H 'Content-Type: application/json' -d '{\"filter\": {\"queue\": \"{}\"}}'

Или официальным клиентом для Python (pip install yandex_tracker_client):

python3 - <<'PYTHON'
from yandex_tracker_client import TrackerClient
client = TrackerClient(token='{}', org_id='{}', base_url='{}')
print(client.myself.display)
for issue in client.issues.find('Queue: {}', per_page=5).get_page(1):
    print(issue.key, issue.status.display, issue.summary)
PYTHON

Чтобы остановить, нажмите Ctrl-C.
",
    ),
    (
        "
Trackway is running at {}, and empty. Open this page and make the first administrator:

  {}/setup{}

It asks for a code, which is good once, for a day; it is also in the file {}.
Or, without a browser:

trackway admin{} create --login YOUR_LOGIN --organization 'Your company'
",
        "
Trackway работает по адресу {} и пуст. Откройте страницу и создайте первого администратора:

  {}/setup{}

Она спросит код: он годится один раз, в течение суток; он есть и в файле {}.
Или без браузера:

trackway admin{} create --login ВАШ_ЛОГИН --organization 'Ваша компания'
",
    ),
    (
        "
Trackway is running at {}, and empty. Open this page and make the first administrator:

  {}/setup

It asks for a code, which is good once, for a day; it is in the file {}.
Or, without a browser:

trackway admin{} create --login YOUR_LOGIN --organization 'Your company'
",
        "
Trackway работает по адресу {} и пуст. Откройте страницу и создайте первого администратора:

  {}/setup

Она спросит код: он годится один раз, в течение суток; он в файле {}.
Или без браузера:

trackway admin{} create --login ВАШ_ЛОГИН --organization 'Ваша компания'
",
    ),
    ("Trackway is running at {}", "Trackway работает: {}"),
];
