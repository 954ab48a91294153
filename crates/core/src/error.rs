//! Errors that reach a caller: one table of codes with status and texts, and the error value.

use trackway_api::{DecodeError, ErrorBody};

use crate::lang::Lang;

macro_rules! codes {
    ($($(#[$m:meta])* $code:ident $status:literal $ru:literal $en:literal;)*) => {
        /// What went wrong, one line of the table each: status, Russian and English text. `{}`
        /// stands for an argument.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the texts of the table say it")]
        pub enum Code { $($(#[$m])* $code),* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status),* }
            }

            /// Text with `{}` for arguments.
            pub const fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$code, Lang::Ru) => $ru, (Self::$code, Lang::En) => $en),*
                }
            }
        }
    };
}

codes! {
    // Reading the request (design, section 11; contract, x-global-rules).
    BadParameter 400 "Неверное значение параметра {}: {}" "Invalid value of parameter {}: {}";
    BodyMissing 400 "Требуется тело запроса в формате JSON" "A JSON request body is required";
    BodySyntax 400 "Тело запроса не является корректным JSON: {}" "The request body is not valid JSON: {}";
    BodyShape 422 "Неверный формат данных: {}" "Incorrect data format: {}";
    MediaType 415 "Тип содержимого {} не поддерживается" "Content type {} is not supported";
    BodyTooLarge 413 "Тело запроса больше {} байт" "The request body is larger than {} bytes";
    FormSyntax 400 "Тело запроса не является корректной формой multipart/form-data: {}" "The request body is not a valid multipart/form-data form: {}";
    FileTooLarge 413 "Файл больше {} байт" "The file is larger than {} bytes";
    BadPath 400 "Путь запроса содержит недопустимые символы" "The request path holds invalid characters";
    UnknownPath 404 "Ресурс не найден" "Resource not found";
    MethodNotAllowed 405 "Метод {} не поддерживается для этого ресурса" "Method {} is not allowed here";
    NotServed 501 "Операция {} ещё не поддерживается этим сервером" "Operation {} is not served by this server yet";
    PlainHttp 400 "Требуется HTTPS" "HTTPS is required";
    Misdirected 421 "Неизвестное имя сервера" "Unknown host name";

    // Letting the request in (oauth.md, 5.2).
    AuthRequired 401 "Требуется авторизация" "Authentication required";
    AuthScheme 401 "Схема авторизации не поддерживается" "Unsupported authorization scheme";
    AuthMalformed 400 "Неверный заголовок Authorization" "Malformed Authorization header";
    TokenInvalid 401 "Токен недействителен или истёк" "Token is invalid or expired";
    OrgConflict 400 "Заголовки организации противоречат друг другу" "Conflicting organization headers";
    OrgUnavailable 403 "Организация не существует, не готова или не найдена" "Organization is not available, not ready or not found";
    ScopeMissing 403 "У токена нет нужного права доступа: {}" "Token does not have the required scope: {}";
    FullAccessRequired 403 "Требуется полный доступ к Трекеру" "Full access to Tracker is required";
    TooManyRequests 429 "Слишком много запросов" "Too many requests";
    Overloaded 503 "Сервис временно недоступен" "Service is temporarily unavailable";
    TimedOut 503 "Запрос выполнялся слишком долго" "The request took too long";
    RangeInvalid 416 "Запрошенный диапазон за пределами файла" "The requested range is outside the file";
    Internal 500 "Внутренняя ошибка сервера" "Internal server error";

    // Objects that are not there.
    IssueNotFound 404 "Задача не существует." "Issue does not exist.";
    QueueNotFound 404 "Очередь не существует." "Queue does not exist.";
    UserNotFound 404 "Пользователь не существует." "User does not exist.";
    StatusNotFound 404 "Статус не существует." "Status does not exist.";
    IssueTypeNotFound 404 "Тип задачи не существует." "Issue type does not exist.";
    PriorityNotFound 404 "Приоритет не существует." "Priority does not exist.";
    ResolutionNotFound 404 "Резолюция не существует." "Resolution does not exist.";
    LinkTypeNotFound 404 "Тип связи не существует." "Link type does not exist.";
    FieldNotFound 404 "Поле не существует." "Field does not exist.";
    CategoryNotFound 404 "Категория не существует." "Category does not exist.";
    ComponentNotFound 404 "Компонент не существует." "Component does not exist.";
    VersionNotFound 404 "Версия не существует." "Version does not exist.";
    WorkflowNotFound 404 "Воркфлоу не существует." "Workflow does not exist.";
    TransitionNotFound 404 "Переход не существует или недоступен." "Transition does not exist or is not available.";
    CommentNotFound 404 "Комментарий не существует." "Comment does not exist.";
    LinkNotFound 404 "Связь не существует." "Link does not exist.";
    EntityTypeUnknown 404 "Такого типа сущностей нет." "There is no such kind of entity.";
    EntityNotFound 404 "Сущность не существует." "Entity does not exist.";
    DashboardNotFound 404 "Дашборд не существует." "Dashboard does not exist.";
    WidgetNotFound 404 "Виджет не существует." "Widget does not exist.";
    AttachmentNotFound 404 "Вложение не существует." "Attachment does not exist.";
    PictureForm 422 "Нужна картинка PNG, JPEG или WebP не больше 1 МиБ." "A PNG, JPEG or WebP picture of at most 1 MiB is needed.";
    ThumbnailNotFound 404 "У вложения нет миниатюры." "The attachment has no thumbnail.";
    ChecklistItemNotFound 404 "Пункт чеклиста не существует." "Checklist item does not exist.";
    WorklogNotFound 404 "Запись о времени не существует." "Time record does not exist.";
    RemoteLinkNotFound 404 "Внешняя связь не существует." "Remote link does not exist.";
    ReactionNotFound 404 "Реакция не существует." "Reaction does not exist.";
    TagNotFound 404 "Тег не существует." "Tag does not exist.";
    ChangeNotFound 404 "Изменение не существует." "Change does not exist.";
    PermissionNotFound 404 "Право доступа не существует." "Permission does not exist.";
    GroupNotFound 404 "Группа не существует." "Group does not exist.";
    RoleNotFound 404 "Роль не существует." "Role does not exist.";
    ApplicationNotFound 404 "Приложение не существует." "Application does not exist.";
    TokenNotFound 404 "Токен не существует." "Token does not exist.";
    DeviceRequestNotFound 404 "Код устройства неверен или устарел." "The device code is wrong or has expired.";
    DefaultValuesNotFound 404 "Значения по умолчанию не существуют." "Default values do not exist.";
    TriggerNotFound 404 "Триггер не существует." "Trigger does not exist.";
    AutoactionNotFound 404 "Автодействие не существует." "Automatic action does not exist.";
    ScheduleNotFound 404 "Правило повторяющихся задач не существует." "Rule of recurring issues does not exist.";
    LaunchNotFound 404 "Запуск не существует." "Launch does not exist.";
    MacroNotFound 404 "Макрос не существует." "Macro does not exist.";
    NotificationNotFound 404 "Уведомление не существует." "Notification does not exist.";
    SubscriptionNotFound 404 "Подписка не существует." "Subscription does not exist.";
    HookNotFound 404 "Вебхук не существует." "Webhook does not exist.";
    CalendarNotFound 404 "Рабочий календарь не существует." "Work calendar does not exist.";
    SlaNotFound 404 "Правило SLA не существует." "SLA rule does not exist.";
    BulkChangeNotFound 404 "Массовое изменение не существует." "Bulk change does not exist.";
    JobNotFound 404 "Фоновая работа не существует." "Job does not exist.";
    BoardNotFound 404 "Доска не существует." "Board does not exist.";
    ColumnNotFound 404 "Колонка не существует." "Column does not exist.";
    SprintNotFound 404 "Спринт не существует." "Sprint does not exist.";
    CountryNotFound 404 "Страна не существует." "Country does not exist.";
    DepartmentNotFound 404 "Подразделение не существует." "Department does not exist.";
    MaillistNotFound 404 "Рассылка не существует." "Mail list does not exist.";
    TranslationNotFound 404 "Перевод не существует." "Translation does not exist.";
    TemplateNotFound 404 "Шаблон не существует." "Template does not exist.";
    ScreenNotFound 404 "Экран не существует." "Screen does not exist.";
    FilterNotFound 404 "Фильтр не существует." "Filter does not exist.";

    // Rights (permissions.md, 5).
    BoardDenied 403 "Недостаточно прав для доски {}." "Insufficient rights for board {}.";
    SettingsDenied 403 "Настройки видны только самому пользователю и администратору." "Settings are only open to the user and to administrators.";
    FilterReadDenied 403 "Фильтр {} доступен только тем, с кем им поделились." "Filter {} is only open to those it was shared with.";
    FilterWriteDenied 403 "Недостаточно прав для изменения фильтра {}." "Insufficient rights to change filter {}.";
    QueueDenied 403 "Недостаточно прав: доступ к очереди {} ограничен." "Insufficient rights: access to queue {} is restricted.";
    ReadDenied 403 "Недостаточно прав для просмотра задачи." "Insufficient rights to view the issue.";
    WriteDenied 403 "Недостаточно прав для изменения задачи." "Insufficient rights to change the issue.";
    CreateDenied 403 "Недостаточно прав для создания задач в очереди {}." "Insufficient rights to create issues in queue {}.";
    GrantDenied 403 "Недостаточно прав для изменения настроек очереди {}." "Insufficient rights to change the settings of queue {}.";
    CommentDenied 403 "Недостаточно прав для изменения комментария." "Insufficient rights to change the comment.";
    ApplicationDenied 403 "Этим приложением нельзя воспользоваться." "This application cannot be used.";
    BulkChangeDenied 403 "Массовое изменение запущено другим пользователем." "The bulk change was started by another user.";
    WorklogDenied 403 "Недостаточно прав для изменения записи о времени." "Insufficient rights to change the time record.";
    EntityReadDenied 403 "Недостаточно прав для просмотра." "Insufficient rights to view this.";
    EntityWriteDenied 403 "Недостаточно прав для изменения." "Insufficient rights to change this.";
    DashboardDenied 403 "Дашборд может изменять только его владелец." "Only its owner may change the dashboard.";
    GoalChecklist 400 "У целей нет чеклистов." "Goals have no checklists.";
    AdminRequired 403 "Действие доступно только администратору." "Only an administrator may do this.";

    // Concurrency (contract, x-global-rules.concurrency).
    VersionConflict 409 "Объект был изменён: версия {} устарела." "The object has changed: version {} is stale.";
    PreconditionFailed 412 "Версия объекта не совпадает с указанной в If-Match." "The object's version does not match If-Match.";
    PreconditionRequired 428 "Требуется указать версию объекта." "The version of the object is required.";
    IssueLocked 423 "Изменение задачи заблокировано: слишком много версий." "Editing is blocked: the issue has too many versions.";
    ObjectLocked 423 "Изменение заблокировано: у объекта слишком много версий." "Editing is blocked: the object has too many versions.";
    UniqueTaken 409 "Задача с таким значением unique уже существует." "An issue with this unique value already exists.";
    CalendarUsed 409 "Рабочий календарь используется." "The work calendar is in use.";
    JobRunning 409 "Фоновая работа выполняется." "The job is running.";
    JobNeeded 409 "Эта работа стирает удалённую задачу в её срок. Чтобы сохранить задачу, восстановите её: issue restore." "This job lets go of a deleted issue in its time. To keep the issue, restore it: issue restore.";
    JobLost 409 "Фоновую работу выполняет другой процесс." "Another process does the job.";
    KeyTaken 409 "Ключ {} уже занят." "Key {} is already taken.";
    NameTaken 409 "Имя {} уже занято." "Name {} is already taken.";

    // Values; used as messages of fields too.
    Invalid 422 "Данные не прошли проверку." "The data did not pass validation.";
    FieldRequired 422 "Обязательное поле." "The field is required.";
    FieldUnknown 422 "Поле не существует." "There is no such field.";
    FieldReadonly 422 "Поле нельзя изменить напрямую." "The field cannot be changed directly.";
    FieldNotOnScreen 422 "Поля нет на экране перехода." "The field is not on the transition's screen.";
    ValueType 422 "Неверный тип значения, ожидается: {}." "Wrong type of value, expected: {}.";
    ValueUnknown 422 "Значение {} не существует." "Value {} does not exist.";
    ValueTooLong 422 "Длина значения больше {} символов." "The value is longer than {} characters.";
    ValueEmpty 422 "Значение не может быть пустым." "The value must not be empty.";
    ValueRange 422 "Значение вне допустимых пределов." "The value is out of range.";
    ValueNotAllowed 422 "Значение {} недопустимо в этой очереди." "Value {} is not allowed in this queue.";
    TooManyValues 422 "Слишком много значений, допустимо не больше {}." "Too many values, at most {} are allowed.";
    OperatorUnknown 422 "Неизвестная операция {}." "Unknown operator {}.";
    SameQueue 422 "Задача уже находится в этой очереди." "The issue is in this queue already.";
    TagInUse 422 "Тег {} используется в задачах." "Tag {} is used by issues.";
    MoveOnly 422 "Очередь меняется только переносом задачи." "The queue changes only by moving the issue.";
    StatusByTransition 422 "Статус меняется только переходом." "The status changes only by a transition.";
    RelationshipUnknown 422 "Неизвестный тип связи {}." "Unknown relationship {}.";
    LinkToSelf 422 "Задачу нельзя связать с самой собой." "An issue cannot be linked to itself.";
    LinkExists 422 "Задачи уже связаны." "The issues are already linked.";
    EpicRequired 422 "Эпиком может быть только задача с типом «Эпик»." "Only an issue of type epic can be an epic.";
    EpicNested 422 "У эпика не может быть родителя или эпика." "An epic cannot have a parent or an epic.";
    ParentCycle 422 "Задача не может быть родителем самой себе." "An issue cannot be its own ancestor.";
    DefaultTypeMissing 422 "Тип по умолчанию не входит в типы очереди." "The default type is not among the queue's types.";
    QueueKeyForm 422 "Ключ состоит из 2–15 латинских букв." "The key consists of 2 to 15 Latin letters.";

    FieldsUnknown 422 "Поля [{}] не существуют." "Fields [{}] do not exist.";
    ParentKind 422 "Родителем может быть только {}." "Only a {} can be the parent.";
    EntityCycle 422 "Сущность не может быть родителем самой себе." "An entity cannot be its own ancestor.";
    EntitiesLinked 422 "Сущности уже связаны." "The entities are already linked.";
    EntityLinkToSelf 422 "Сущность нельзя связать с самой собой." "An entity cannot be linked to itself.";
    LinkKindDenied 422 "Связь {} между этими типами невозможна." "Link {} is not possible between these kinds.";
    OneCriterion 422 "Нужно указать ровно одно из query, filter, filterId." "Exactly one of query, filter, filterId must be given.";
    SourceNotParent 422 "Доступ наследуется только от родителей." "Access is inherited from parents only.";
    ChecklistIncomplete 422 "Нужно передать все пункты чеклиста, сейчас их {}." "All items of the checklist must be given, there are {} now.";
    ApplicationPublic 422 "У приложения этого типа нет секрета." "An application of this kind has no secret.";
    RedirectRefused 422 "Адрес {} нельзя использовать как Redirect URI." "Address {} cannot be used as a redirect URI.";
    ValueNotAddress 422 "Неверный адрес: {}." "Not a valid address: {}.";
    NameForm 422 "Имя содержит недопустимые символы." "The name holds characters that are not allowed.";
    TypeInUse 422 "В очереди есть задачи с типом {}." "The queue has issues of type {}.";
    ResolutionInUse 422 "В очереди есть задачи с резолюцией {}." "The queue has issues with resolution {}.";
    StatusInUse 422 "Задачам некуда деться из статусов {}: укажите в statusMapping, куда их перевести." "There are issues in statuses {}: say in statusMapping where they go.";
    FieldUnfit 422 "Поле {} для этого не подходит." "Field {} does not fit here.";
    MemberMissing 422 "Не хватает значения: {}." "A value is missing: {}.";
    FormulaSyntax 422 "Не удалось прочитать формулу: {}." "The formula cannot be read: {}.";
    ActionNotAllowed 422 "Действие {} здесь недопустимо." "Action {} is not allowed here.";
    TooManyRules 422 "В очереди может быть не больше {} таких правил." "A queue may have at most {} rules of this kind.";
    DictionaryKeyForm 422 "Ключ начинается со строчной латинской буквы и состоит из букв, цифр, знаков _ и -, всего не больше {}." "The key starts with a lower-case Latin letter and consists of letters, digits, _ and -, at most {}.";
    StepsTooFew 422 "В воркфлоу должно быть не меньше двух статусов." "A workflow has two statuses at least.";
    StatusLonely 422 "У статуса {} нет переходов." "Status {} has no transitions.";
    TargetOutside 422 "Статус {} не входит в воркфлоу." "Status {} is not in the workflow.";
    ActionIdForm 422 "Идентификатор состоит из латинских букв, цифр и знаков _ - . и не длиннее {}." "An id consists of Latin letters, digits and _ - . and is at most {} long.";
    MailIsOff 422 "На этом сервере не настроена отправка почты." "This server does not send mail.";
    WorkflowInUse 409 "Воркфлоу используется в очереди {}." "The workflow is used by queue {}.";
    NameUsed 422 "Имя {} уже есть в этой очереди." "Name {} is already used in this queue.";
    ValueRepeated 422 "Значение {} указано дважды." "Value {} is given twice.";
    PermissionsMissing 422 "Нужно указать хотя бы одно из прав create, read, write, grant, deny." "At least one of create, read, write, grant, deny must be given.";

    FieldKeyForm 422 "Ключ поля начинается с латинской буквы и состоит не более чем из {} букв, цифр и знаков _." "A field key starts with a Latin letter and consists of at most {} letters, digits and underscores.";
    ProviderUnfit 422 "Провайдер {} не подходит полю этого типа." "Provider {} does not fit a field of this type.";
    ContainerUnfit 422 "Поле этого типа не может хранить несколько значений." "A field of this type cannot hold several values.";
    FieldStays 403 "Системное поле нельзя удалить." "A system field cannot be deleted.";
    BoardFull 422 "На доске {} уже {} задач, больше нельзя." "Board {} has {} issues already, which is the most.";
    BoardWithoutSprints 400 "На доске {} нет спринтов." "Board {} has no sprints.";
    SprintNotRunning 409 "Спринт {} не запущен." "Sprint {} is not running.";
    SprintNotDraft 409 "Спринт {} уже был запущен." "Sprint {} has already been started.";
    DatesReversed 422 "Дата окончания раньше даты начала." "The end is before the start.";
    FilterOrQuery 422 "Фильтр и запрос нельзя указать вместе." "A filter and a query cannot be given together.";
    StatusInColumn 422 "Статус {} уже есть в другой колонке доски." "Status {} already stands in another column of the board.";
    SprintsOfOneBoard 422 "Задача может быть только в одном спринте каждой доски." "An issue can be in one sprint of each board only.";
    FilterCriteria 400 "Нужно указать ровно одно из двух: filter или query." "Exactly one of filter and query must be given.";
    // Accounts (oauth.md, 7).
    PasswordShort 422 "Пароль короче {} символов." "The password is shorter than {} characters.";
    PasswordCommon 422 "Этот пароль слишком легко угадать: он есть в списках частых паролей или состоит из вашего имени, логина, почты или названия." "This password is too easy to guess: it is on the lists of common passwords, or made of your name, login, mail address or organization.";
    ProofRequired 401 "Введите пароль ещё раз." "Enter your password once more.";
    PasswordWrong 422 "Неверный пароль." "The password is wrong.";
    LoginForm 422 "Логин состоит из 1–64 латинских букв, цифр и знаков . _ - @" "A login consists of 1 to 64 Latin letters, digits and the signs . _ - @";
    MailForm 422 "Это не похоже на адрес почты." "This does not look like a mail address.";
    CharacterHidden 422 "Значение содержит невидимые символы." "The value holds invisible characters.";
    SignInFailed 403 "Неверный логин или пароль." "Wrong login or password.";
    SignInLater 429 "Слишком много неудачных попыток. Повторите через {} с." "Too many failed attempts. Try again in {} s.";
    CodeWrong 422 "Неверный код." "The code is wrong.";
    PasskeyRefused 422 "Ключ доступа не принят. Попробуйте ещё раз." "The passkey was not accepted. Try again.";
    SetupKeyWrong 422 "Неверный код первого запуска." "The set-up code is wrong.";
    SetupDone 404 "Сервер уже настроен." "The server has been set up already.";
    LinkExpired 404 "Ссылка недействительна: она использована, отозвана или устарела." "The link is not good any more: it was used, withdrawn, or has expired.";
    LastAdmin 409 "В организации должен остаться хотя бы один администратор." "An organization needs at least one administrator.";
    AlreadyMember 409 "Вы уже состоите в этой организации." "You are a member of this organization already.";
    MemberElsewhere 403 "Этот человек состоит и в другой организации: новый пароль он получит сам по почте." "This person is in another organization too, and gets a new password by mail only.";
    ServicePassword 409 "Под сервисным аккаунтом не входят: вместо пароля у него ключи." "Nobody signs in as a service account: it has keys in place of a password.";
    UpstreamTaken 409 "Эта внешняя учётная запись уже связана с другим пользователем." "That account of the other service is linked to somebody else already.";
    UpstreamRefused 403 "Вход через другой сервис не удался. Попробуйте ещё раз." "Signing in by the other service did not work. Try again.";
    UpstreamFailed 503 "Сервис входа сейчас не отвечает." "The sign-in service does not answer at the moment.";
    UpstreamUnknown 403 "Эта внешняя учётная запись ни с кем не связана. Войдите по паролю и свяжите её на странице «Безопасность»." "That account of the other service is linked to nobody. Sign in with your password and link it on the page Security.";
    KeyForm 422 "Ожидается открытый ключ RSA от 2048 бит в формате PEM." "An RSA public key of 2048 bits or more in the PEM format is expected.";
    KeyNotFound 404 "Ключ не найден." "The key is not found.";
    FormExpired 403 "Форма устарела. Вернитесь, обновите страницу и повторите." "The form has expired. Go back, reload the page and try again.";
    FormForeign 403 "Запрос пришёл с другого сайта и не выполнен." "The request came from another site and was not carried out.";

    BoardUnranked 422 "Задачи доски {} не упорядочивают вручную: включите useRanking." "Issues of board {} are not ranked by hand: turn on useRanking.";
    RankNeighbour 422 "Укажите одну другую задачу: before или after." "Give one other issue: before or after.";
    NotOnBoard 422 "Задачи {} нет на доске {}." "Issue {} is not on board {}.";
    IssueArchived 423 "Задача {} в архиве, её нельзя менять. Сначала восстановите её." "Issue {} is archived and cannot be changed. Restore it first.";
    QueueArchived 423 "Очередь {} в архиве, в ней нельзя ничего создавать и менять. Сначала восстановите её." "Queue {} is archived: nothing in it is made or changed. Restore it first.";
    IssueInPlace 409 "Задача {} не в архиве и не удалена." "Issue {} is neither archived nor deleted.";
    VotingOff 422 "В очереди {} голосование отключено." "Voting is off in queue {}.";

    // Search.
    QuerySyntax 400 "Ошибка в запросе: {}" "Error in the query: {}";
    FilterUnknown 422 "Фильтр {} не существует" "Filter {} does not exist";
    FilterValue 422 "Значение {} не подходит для фильтра {}." "Value {} does not fit filter {}.";
    QueryPlace 422 "Строка {}, позиция {}." "Line {}, column {}.";
    QueryGuess 422 "Возможно, имелось в виду: {}." "Did you mean: {}?";
    ExpectedDate 422 "Ожидается дата, например 2024-05-01, today() или now()-12h." "A date is expected, such as 2024-05-01, today() or now()-12h.";
    ExpectedNumber 422 "Ожидается число." "A number is expected.";
    ExpectedDuration 422 "Ожидается длительность, например 4h или \"1w 2d\"." "A duration is expected, such as 4h or \"1w 2d\".";
    ExpectedUser 422 "Ожидается логин, имя пользователя, me() или group(value: \"название\")." "A login, the name of a user, me() or group(value: \"name\") is expected.";
    ExpectedName 422 "Ожидается название, ключ или идентификатор." "A name, key or id is expected.";
    ExpectedIssue 422 "Ожидается ключ задачи." "The key of an issue is expected.";
    ExpectedText 422 "Ожидаются слова или #\"фраза\"." "Words or #\"a phrase\" are expected.";
    ExpectedMe 422 "Допустима только функция me()." "Only me() is allowed.";
    ExpectedFilter 422 "Ожидается название или идентификатор сохранённого фильтра." "The name or id of a saved filter is expected.";
    ExpectedBoard 422 "Ожидается идентификатор доски." "The id of a board is expected.";
    ExpectedEquality 422 "Сравнения и диапазоны допустимы только для чисел, дат и длительностей." "Comparisons and ranges are for numbers, dates and durations only.";
    ExpectedPresence 422 "Для этого поля допустимы только empty() и notEmpty()." "Only empty() and notEmpty() are allowed for this field.";
    OnlySummary 422 "Оператор ~ допустим только для названия задачи." "The operator ~ is for the summary only.";
    OnlyTexts 422 "Оператор # допустим только для текстов." "The operator # is for texts only.";
    NoHistory 422 "История изменений этого поля не хранится." "No history of changes is kept for this field.";
    TooManyToSort 422 "Задач слишком много, чтобы сортировать их по полю {}: не больше {}. Сузьте запрос." "There are too many issues to sort them by {}: {} at most. Narrow the query.";
    TooManyChanges 422 "Изменений слишком много, чтобы просмотреть их все: больше {}. Укажите date или сузьте запрос." "There are too many changes to look through them all: more than {}. Give a date or narrow the query.";
    FilterRing 422 "Фильтр {} ссылается сам на себя." "Filter {} refers to itself.";
    CriteriaConflict 400 "Вы можете использовать только ключи, очередь или поисковый запрос." "You can only use keys, a queue, or a search query";
    ScrollUnsupported 400 "Прокрутка результатов не поддерживается" "Scroll is not supported";
    ScrollGone 400 "Прокрутка {} не найдена или истекла, начните поиск заново." "Scroll {} is unknown or has expired, start the search again.";
    ScrollToken 403 "Токен прокрутки не подходит." "The scroll token does not match.";
    PagingTooDeep 400 "Постранично доступны только первые {} результатов." "Only the first {} results can be reached by page.";
}

impl Code {
    /// The error without arguments.
    pub fn err(self) -> Error {
        Error { code: self, args: Vec::new(), fields: Vec::new(), hints: Vec::new(), cause: None }
    }

    /// The error with one argument.
    pub fn with(self, arg: impl ToString) -> Error {
        self.err().and(arg)
    }

    /// A validation error whose message stands under a field.
    pub fn at(self, field: &str) -> Error {
        self.err().under(field)
    }

    /// Puts arguments into a text.
    fn fill(self, lang: Lang, args: &[String]) -> String {
        let mut args = args.iter();
        let mut out = String::new();
        for (i, part) in self.text(lang).split("{}").enumerate() {
            if i > 0 {
                out.push_str(args.next().map_or("", String::as_str));
            }
            out.push_str(part);
        }
        out
    }
}

/// Result of everything in this crate that a caller may hear of.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure that can be told to a caller.
#[derive(Debug)]
pub struct Error {
    /// What went wrong.
    pub code: Code,
    args: Vec<String>,
    fields: Vec<FieldError>,
    /// More messages: where it went wrong, and what would be right.
    hints: Vec<(Code, Vec<String>)>,
    /// The technical cause of an internal error, for the log only.
    pub cause: Option<String>,
}

#[derive(Debug)]
struct FieldError {
    field: String,
    code: Code,
    args: Vec<String>,
}

impl Error {
    /// An internal error; the cause is logged, never shown.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
    pub fn internal(cause: impl ToString) -> Self {
        Self { cause: Some(cause.to_string()), ..Code::Internal.err() }
    }

    /// Adds an argument of the text.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "call sites read better")]
    pub fn and(mut self, arg: impl ToString) -> Self {
        self.args.push(arg.to_string());
        self
    }

    /// Turns the error into one of a field: status and text as before, the text under the field.
    #[must_use]
    pub fn under(self, field: &str) -> Self {
        if !self.fields.is_empty() {
            return self;
        }
        let code = if self.code.status() == 422 { Code::Invalid } else { self.code };
        let field = FieldError { field: field.to_owned(), code: self.code, args: self.args };
        Self { code, args: Vec::new(), fields: vec![field], hints: self.hints, cause: self.cause }
    }

    /// Adds the message of another error to this one's.
    #[must_use]
    pub fn hint(mut self, other: Self) -> Self {
        self.hints.push((other.code, other.args));
        self
    }

    /// Adds the message of another error before those added already.
    #[must_use]
    pub fn hint_first(mut self, other: Self) -> Self {
        self.hints.insert(0, (other.code, other.args));
        self
    }

    /// Joins the field messages of two validation errors, so that a caller sees all at once.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.fields.extend(other.fields);
        self
    }

    /// Gives fields the names that the caller used for them: pairs of the caller's and ours.
    #[must_use]
    pub fn renamed(mut self, names: &[(&str, &str)]) -> Self {
        for field in &mut self.fields {
            if let Some((theirs, _)) = names.iter().find(|(_, ours)| *ours == field.field) {
                (*theirs).clone_into(&mut field.field);
            }
        }
        self
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// The first argument, for headers made from it (`scope=`).
    pub fn first_arg(&self) -> Option<&str> {
        self.args.first().map(String::as_str)
    }

    /// The body of the answer.
    pub fn body(&self, lang: Lang) -> ErrorBody {
        let errors: std::collections::BTreeMap<_, _> =
            self.fields.iter().map(|f| (f.field.clone(), f.code.fill(lang, &f.args))).collect();
        // Clients print the first message without checking, so there is always one unless the
        // fields say it all.
        let mut messages =
            if errors.is_empty() { vec![self.code.fill(lang, &self.args)] } else { Vec::new() };
        messages.extend(self.hints.iter().map(|(code, args)| code.fill(lang, args)));
        ErrorBody {
            errors,
            error_messages: messages,
            status_code: self.status(),
            ..ErrorBody::default()
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = self.body(Lang::En);
        f.write_str(&body.error_messages.join("; "))?;
        for (field, text) in &body.errors {
            write!(f, "{field}: {text} ")?;
        }
        if let Some(cause) = &self.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<trackway_db::Error> for Error {
    fn from(error: trackway_db::Error) -> Self {
        use trackway_db::Error as Db;
        let code = match &error {
            Db::Timeout => Code::TimedOut,
            Db::Busy | Db::Unavailable(_) | Db::Serialization => Code::Overloaded,
            _ => Code::Internal,
        };
        Self { cause: Some(error.to_string()), ..code.err() }
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Param { name, why } => Code::BadParameter.with(name).and(why),
            DecodeError::NoBody => Code::BodyMissing.err(),
            DecodeError::Syntax { why } => Code::BodySyntax.with(why),
            DecodeError::Shape { field, why } if field == "." => Code::BodyShape.with(why),
            DecodeError::Shape { field, why } => Code::BodyShape.with(why).under(&field),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_take_the_same_arguments() {
        for code in Code::ALL {
            let count = |lang| code.text(lang).matches("{}").count();
            assert_eq!(count(Lang::Ru), count(Lang::En), "{code:?}");
        }
    }

    #[test]
    fn a_field_error_stands_under_its_field() {
        let body = Code::ValueUnknown.with("bgu").under("type").body(Lang::En);
        assert_eq!(body.status_code, 422);
        assert_eq!(body.errors["type"], "Value bgu does not exist.");
        assert!(body.error_messages.is_empty());
        assert_eq!(
            Code::IssueNotFound.err().body(Lang::Ru).error_messages,
            ["Задача не существует."]
        );
    }
}
