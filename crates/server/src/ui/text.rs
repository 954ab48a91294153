//! Every text of the pages, in both languages, a line each. Messages about requests are lines of
//! the table of errors in `core`; names of people and things come from the data.

use std::fmt;

use trackway_core::audit::Action;
use trackway_core::lang::Lang;

/// A text; `{}` stands for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text(&'static str);

impl Text {
    /// The text with its argument.
    pub(crate) fn with(self, argument: impl fmt::Display) -> String {
        self.0.replace("{}", &argument.to_string())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! texts {
    ($($name:ident $ru:literal $en:literal;)*) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(crate) struct Texts { $(pub(crate) $name: Text,)* }

        static RU: Texts = Texts { $($name: Text($ru),)* };
        static EN: Texts = Texts { $($name: Text($en),)* };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $ru, $en)),*];
    };
}

/// The texts of a language.
pub(crate) fn texts(lang: Lang) -> &'static Texts {
    match lang {
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

impl Texts {
    /// What was done a moment ago, by its name in the address; names nobody gave say nothing.
    pub(crate) fn done(&self, name: &str) -> &'static str {
        match name {
            "saved" => self.done_saved.0,
            "setup" => self.done_setup.0,
            "signed-out" => self.done_signed_out.0,
            "password" => self.done_password.0,
            "codes-off" => self.done_codes_off.0,
            "second-step" => self.done_second_step.0,
            "passkey-added" => self.done_passkey_added.0,
            "passkey-removed" => self.done_passkey_removed.0,
            "session-ended" => self.done_session_ended.0,
            "everywhere" => self.done_everywhere.0,
            "joined" => self.done_joined.0,
            "revoked" => self.done_revoked.0,
            "deleted" => self.done_deleted.0,
            _ => "",
        }
    }

    /// What happened to an account, by its name in the audit log.
    pub(crate) fn event(&self, name: &str) -> Option<Text> {
        Some(match name {
            "login_ok" => self.event_login_ok,
            "login_failed" => self.event_login_failed,
            "login_throttled" => self.event_login_throttled,
            "logout" => self.event_logout,
            "session_ended" => self.event_session_ended,
            "mfa_ok" => self.event_mfa_ok,
            "mfa_failed" => self.event_mfa_failed,
            "mfa_changed" => self.event_mfa_changed,
            "reauth_ok" => self.event_reauth_ok,
            "reauth_failed" => self.event_reauth_failed,
            "password_changed" => self.event_password_changed,
            "password_reset_requested" => self.event_password_reset_requested,
            "password_reset_done" => self.event_password_reset_done,
            "recovery_codes_made" => self.event_recovery_codes_made,
            "upstream_linked" => self.event_upstream_linked,
            "upstream_unlinked" => self.event_upstream_unlinked,
            "passkey_added" => self.event_passkey_added,
            "passkey_removed" => self.event_passkey_removed,
            "passkey_counter" => self.event_passkey_counter,
            "user_invited" => self.event_user_invited,
            "setup_done" => self.event_setup_done,
            "csrf_failed" => self.event_csrf_failed,
            "config_changed" => self.event_config_changed,
            "key_rotated" => self.event_key_rotated,
            "audit_exported" => self.event_audit_exported,
            "clock_skew" => self.event_clock_skew,
            "forwarded_header_spoof" => self.event_forwarded_header_spoof,
            "redirect_mismatch" => self.event_redirect_mismatch,
            "pkce_failed" => self.event_pkce_failed,
            "client_auth_failed" => self.event_client_auth_failed,
            "user_code_throttled" => self.event_user_code_throttled,
            "device_requested" => self.event_device_requested,
            "service_key_added" => self.event_service_key_added,
            "service_key_removed" => self.event_service_key_removed,
            "consent_given" => self.event_consent_given,
            "consent_denied" => self.event_consent_denied,
            "consent_revoked" => self.event_consent_revoked,
            "code_issued" => self.event_code_issued,
            "token_issued" => self.event_token_issued,
            "token_refreshed" => self.event_token_refreshed,
            "token_revoked" => self.event_token_revoked,
            "iam_token_issued" => self.event_iam_token_issued,
            "iam_token_revoked" => self.event_iam_token_revoked,
            "device_approved" => self.event_device_approved,
            "device_denied" => self.event_device_denied,
            "code_replay" => self.event_code_replay,
            "refresh_replay" => self.event_refresh_replay,
            "app_created" => self.event_app_created,
            "app_changed" => self.event_app_changed,
            "app_secret_regenerated" => self.event_app_secret_regenerated,
            "app_deleted" => self.event_app_deleted,
            "app_approved" => self.event_app_approved,
            "app_blocked" => self.event_app_blocked,
            _ => return None,
        })
    }

    /// Kinds of objects in the audit log, by their names there.
    pub(crate) fn kinds(&self) -> Vec<(&'static str, Text)> {
        vec![
            ("status", self.kind_status),
            ("issuetype", self.kind_issuetype),
            ("priority", self.kind_priority),
            ("resolution", self.kind_resolution),
            ("category", self.kind_category),
            ("field", self.kind_field),
            ("workflow", self.kind_workflow),
            ("group", self.kind_group),
            ("member", self.kind_member),
            ("queue", self.kind_queue),
            ("component", self.kind_component),
            ("version", self.kind_version),
            ("trigger", self.kind_trigger),
            ("autoaction", self.kind_autoaction),
            ("schedule", self.kind_schedule),
            ("calendar", self.kind_calendar),
            ("sla", self.kind_sla),
            ("webhook", self.kind_webhook),
            ("macro", self.kind_macro),
            ("remoteApp", self.kind_remoteapp),
            ("filter", self.kind_filter),
            ("defaultvalues", self.kind_defaultvalues),
            ("board", self.kind_board),
            ("sprint", self.kind_sprint),
            ("department", self.kind_department),
            ("maillist", self.kind_maillist),
            ("issuetemplate", self.kind_issuetemplate),
            ("commenttemplate", self.kind_commenttemplate),
            ("entity", self.kind_entity),
            ("dashboard", self.kind_dashboard),
            ("widget", self.kind_widget),
            ("report", self.kind_report),
            ("org", self.kind_org),
            ("issue", self.kind_issue),
            ("tag", self.kind_tag),
            ("job", self.kind_job),
            ("gap", self.kind_gap),
            ("account", self.kind_account),
            ("application", self.kind_application),
            ("token", self.kind_token),
            ("installation", self.kind_installation),
        ]
    }

    /// What was done to an object, by the names of action and kind in the audit log.
    pub(crate) fn deed(&self, action: &str, kind: &str) -> String {
        let known = self.kinds().into_iter().find(|(name, _)| *name == kind);
        let kind = known.map_or_else(|| kind.to_owned(), |(_, text)| text.to_string());
        match Action::ALL.into_iter().find(|known| known.name() == action) {
            Some(action) => self.action(action).with(kind),
            None => kind,
        }
    }

    fn action(&self, action: Action) -> Text {
        match action {
            Action::Create => self.action_create,
            Action::Update => self.action_update,
            Action::Delete => self.action_delete,
            Action::Grant => self.action_grant,
            Action::Revoke => self.action_revoke,
        }
    }
}

texts! {
    // Around every page.
    skip "К содержанию" "Skip to content";
    nav "Разделы" "Sections";
    nav_you "Вы" "You";
    nav_programs "Программы" "Programs";
    sign_out "Выйти" "Sign out";
    to_start "На главную" "To the start page";
    back "Назад" "Back";
    save "Сохранить" "Save";
    edit "Изменить" "Edit";
    go_on "Продолжить" "Continue";
    cancel "Отмена" "Cancel";
    remove "Удалить" "Remove";
    find "Найти" "Find";
    pages "Страницы" "Pages";
    page_before "Предыдущая" "Previous";
    page_older "Раньше" "Older";
    page_after "Следующая" "Next";

    // What was done.
    done_saved "Сохранено." "Saved.";
    done_setup "Готово: организация создана, вы её администратор. Ниже — идентификатор организации, он понадобится программам." "Done: the organization exists and you administer it. Below is its organization ID, which programs will ask for.";
    done_signed_out "Вы вышли." "You have signed out.";
    done_password "Пароль изменён, остальные сеансы и токены завершены." "The password has been changed; other sessions and tokens have ended.";
    done_codes_off "Одноразовые коды отключены." "One-time codes are off.";
    done_second_step "Ваша организация требует второй шаг при входе: добавьте ключ доступа или включите одноразовые коды." "Your organization requires a second step: add a passkey or switch one-time codes on.";
    done_passkey_added "Ключ доступа добавлен." "The passkey has been added.";
    done_passkey_removed "Ключ доступа удалён." "The passkey has been removed.";
    done_session_ended "Сеанс завершён." "The session has ended.";
    done_everywhere "Все остальные сеансы и все токены завершены." "All other sessions and all tokens have ended.";
    done_joined "Вы вступили в организацию." "You have joined the organization.";
    done_revoked "Доступ отозван." "Access has been revoked.";
    done_deleted "Удалено." "Deleted.";

    // Errors.
    error_400 "Запрос не понят" "The request was not understood";
    error_403 "Доступ закрыт" "No access";
    error_404 "Такой страницы нет" "There is no such page";
    error_429 "Слишком много попыток" "Too many attempts";
    error_500 "Что-то сломалось" "Something broke";
    error_id "Номер запроса для администратора: {}" "Request number for the administrator: {}";

    // No more letters.
    unsubscribe "Не присылать писем" "Send no more letters";
    unsubscribe_sure "Больше не присылать писем?" "Send no more letters?";
    unsubscribe_intro "Речь о письмах про задачи. Письма об учётной записи будут приходить." "This is about letters on issues. Letters about your account go on.";
    unsubscribe_done "Писем о задачах больше не будет" "There will be no more letters on issues";

    // First start.
    setup "Первый запуск" "First start";
    setup_intro "Здесь появятся организация и её первый администратор. После этого страница закроется навсегда." "This makes the organization and its first administrator. Afterwards this page is closed for good.";
    setup_code "Код первого запуска" "Set-up code";
    setup_code_hint "Сервер напечатал его при запуске; он же лежит в файле setup-key в папке данных." "The server printed it when it started; it is also in the file setup-key of the data folder.";
    setup_submit "Создать и войти" "Create and sign in";

    // Signing in.
    sign_in "Войти" "Sign in";
    sign_in_heading "Вход" "Sign in";
    sign_in_with "Войти через {}" "Sign in with {}";
    linked_account "Учётная запись {}" "Account at {}";
    linked_on "Связана: можно входить без пароля." "Linked: you can sign in without your password.";
    linked_off "Не связана." "Not linked.";
    link_account "Связать" "Link";
    unlink "Разорвать связь" "Unlink";
    directory "Каталог (LDAP)" "Directory (LDAP)";
    directory_on "Связан: можно входить с паролем каталога." "Linked: you can sign in with your password of the directory.";
    directory_off "Не связан. Введите логин и пароль каталога, чтобы входить с ними." "Not linked. Enter your login and password of the directory to sign in with them.";
    directory_login "Логин в каталоге" "Login in the directory";
    directory_password "Пароль в каталоге" "Password in the directory";
    login "Логин" "Login";
    login_hint "Латинские буквы, цифры и знаки . _ - @" "Latin letters, digits and the signs . _ - @";
    login_or_mail "Логин или почта" "Login or e-mail";
    password "Пароль" "Password";
    password_hint "Не короче 10 символов; длинная фраза лучше хитрого слова." "At least 10 characters; a long phrase beats a clever word.";
    current_password "Нынешний пароль" "Current password";
    new_password "Новый пароль" "New password";
    remember "Оставаться в системе 30 дней" "Stay signed in for 30 days";
    forgot "Забыли пароль?" "Forgot your password?";
    second "Второй шаг" "Second step";
    second_code "Одноразовый код" "One-time code";
    second_hint "Шесть цифр из приложения-аутентификатора или один из кодов восстановления." "Six digits from your authenticator application, or one of your recovery codes.";
    second_recovery_hint "Один из кодов, которые вы сохранили, включая второй шаг." "One of the codes you kept when you switched the second step on.";
    second_other "Войти под другим именем" "Sign in as somebody else";
    confirm "Это точно вы?" "Is it really you?";
    confirm_intro "Дальше — важные настройки, поэтому введите пароль ещё раз." "What follows matters, so please enter your password once more.";
    back_to_sign_in "Вернуться ко входу" "Back to sign-in";

    // New password by a link.
    reset "Новый пароль" "New password";
    reset_intro "Пришлём на почту ссылку, по которой можно задать новый пароль." "We will mail you a link with which you choose a new password.";
    reset_send "Прислать ссылку" "Send the link";
    reset_sent "Если такая учётная запись есть и у неё указана почта, письмо уже в пути. Ссылка действует полчаса." "If there is such an account and it has a mail address, the letter is on its way. The link is good for half an hour.";
    reset_no_mail "Этот сервер не отправляет писем. Попросите администратора организации: он сделает ссылку для нового пароля." "This server sends no mail. Ask an administrator of your organization, who can make a link for a new password.";
    reset_for "Учётная запись: {}. Все сеансы и токены завершатся." "Account: {}. All sessions and tokens will end.";
    reset_hand "Ссылка, по которой этот человек задаст новый пароль. Передайте её лично; она действует сутки." "A link with which this person chooses a new password. Hand it over in person; it is good for a day.";
    reset_make "Создать ссылку" "Make a link";
    reset_made "Передайте эту ссылку лично: она сработает один раз и больше не будет показана." "Hand this link over in person: it works once and will not be shown again.";

    // Invitations.
    invite "Пригласить" "Invite";
    invite_intro "Вы получите ссылку на неделю, по которой один человек вступит в организацию." "You get a link, good for a week, with which one person joins the organization.";
    invite_note "Для кого" "For whom";
    invite_note_hint "Видно только администраторам." "Only administrators see it.";
    invite_mail "Если указать, письмо со ссылкой уйдёт само." "If given, the link is mailed there.";
    invite_no_mail "Этот сервер не отправляет писем: ссылку передадите вы." "This server sends no mail: you hand the link over.";
    invite_make "Создать приглашение" "Make the invitation";
    invite_more "Пригласить ещё" "Invite somebody else";
    invited "Приглашение готово" "The invitation is ready";
    invited_link "Передайте эту ссылку: она сработает один раз и больше не будет показана." "Hand this link over: it works once and will not be shown again.";
    invited_sent "Письмо отправлено: {}." "A letter has been sent to {}.";
    invited_to "Вас приглашают: {}" "You are invited: {}";
    invitations_open "Приглашения без ответа" "Open invitations";
    join "Вступить" "Join";
    join_intro "Заведите учётную запись — или войдите, если она у вас уже есть." "Make an account, or sign in if you have one.";
    join_as "Вы вступите как {}." "You will join as {}.";
    join_with_account "У меня есть учётная запись" "I have an account";
    somebody "Без имени" "Nobody named";
    withdraw "Отозвать" "Withdraw";
    until "до" "until";

    // Start page.
    hello "Здравствуйте, {}" "Hello, {}";
    start_intro "Отсюда — к настройкам организации, приложениям и токенам." "From here to the settings of your organization, applications and tokens.";
    start_api "Подключить программу" "Connect a program";
    start_api_text "Клиенту нужны адрес, идентификатор организации и токен." "A client needs the address, the organization ID and a token.";
    start_apps "Приложения и токены" "Applications and tokens";
    start_apps_text "Зарегистрируйте приложение и получите токен." "Register an application and get a token.";
    start_org_text "Идентификаторы, участники, уровни доступа, группы." "Identifiers, members, levels of access, groups.";
    start_you "Вы" "You";
    start_you_text "Имя, язык, пароль, второй шаг, сеансы." "Name, language, password, second step, sessions.";

    // Organisations.
    orgs "Организации" "Organizations";
    org_settings "Настройки организации" "Organization settings";
    org_api "Идентификаторы для API" "Identifiers for the API";
    org_api_intro "Каждый запрос к API называет организацию одним из двух заголовков." "Every request to the API names the organization in one of two headers.";
    org_id_for_api "Идентификатор организации для API" "Organization ID for API";
    cloud_id "Идентификатор облачной организации" "Cloud organization ID";
    base_url "Адрес API" "API address";
    your_level "Ваш уровень доступа" "Your level of access";
    try_shell "Проверка из командной строки:" "Try it from a shell:";
    try_token "Токен для этой строки:" "A token for that line:";
    org_name "Название организации" "Organization name";
    org_language "Язык организации" "Language of the organization";
    org_language_hint "Для тех, кто не выбрал свой." "For people who chose none.";
    org_second_step "Требовать второй шаг при входе" "Require a second step";
    org_second_step_hint "Участники без ключа доступа и одноразовых кодов увидят только страницу, где это включается." "Members without a passkey or one-time codes see nothing but the page where these are switched on.";
    people_heading "Участники, уровни, группы" "Members, levels, groups";
    people "Участников" "Members";
    members "Участники" "Members";
    members_find "Имя, логин или почта" "Name, login or e-mail";
    members_none "Никого не нашлось." "Nobody was found.";
    level "Уровень доступа" "Level of access";
    level_read "Только чтение" "Read only";
    level_read_hint "Видит всё, что разрешают очереди." "Sees whatever the queues allow.";
    level_full "Полный доступ" "Full access";
    level_full_hint "Создаёт и меняет задачи." "Creates and changes issues.";
    level_admin "Администратор" "Administrator";
    level_admin_hint "Ещё и управляет организацией." "Administers the organization as well.";
    dismissed "Уволен" "Dismissed";
    dismiss "Исключить" "Dismiss";
    dismiss_sure "Исключить: {}?" "Dismiss {}?";
    dismiss_intro "Сеансы и токены этого человека перестанут действовать сразу. Его задачи и комментарии останутся." "This person's sessions and tokens stop working at once. Issues and comments stay.";
    restore "Вернуть" "Take back";
    restore_intro "Человек снова сможет войти с прежним паролем." "The person can sign in with the old password again.";
    restore_left_intro "Каталог (LDAP) больше не знает этого человека. Доступ вернётся сам, когда каталог снова его найдёт; если вернуть вручную, следующая проверка каталога закроет доступ снова." "The directory (LDAP) does not know this person any more. Access comes back by itself when the directory finds them again; taken back by hand, the person is shut out again by the next look.";
    restore_service_intro "Аккаунт вернётся без ключей: добавьте ему новые." "The account comes back without keys: add new ones.";
    end_all "Завершить сеансы и токены" "End sessions and tokens";
    end_all_sure "Завершить сеансы и токены: {}?" "End sessions and tokens of {}?";
    end_all_intro "Человеку придётся войти заново, а программам — получить новые токены." "The person has to sign in again, and programs need new tokens.";
    uid "Идентификатор пользователя" "User ID";
    groups "Группы" "Groups";
    groups_intro "Группам дают права в очередях. Состав меняется на странице участника." "Queues give rights to groups. Who is in a group is set on the member's page.";
    group_id "Идентификатор" "ID";
    group_new "Новая группа" "New group";
    group_name "Название группы" "Group name";
    group_add "Добавить" "Add";

    // Service accounts.
    services "Сервисные аккаунты" "Service accounts";
    services_intro "Для программ, которые работают сами по себе: никто не входит под таким именем, вместо пароля — ключи." "For programs that work on their own: nobody signs in as one of these; keys take the place of a password.";
    service_one "сервисный аккаунт" "service account";
    service_no_password "Никто не входит под этим именем: вместо пароля — ключи." "Nobody signs in under this name: keys take the place of a password.";
    services_none "Сервисных аккаунтов нет." "There are no service accounts.";
    service_new "Новый сервисный аккаунт" "New service account";
    service_make "Создать аккаунт" "Make the account";
    service_name_hint "Так его увидят в задачах и журналах." "This is how it appears in issues and logs.";
    service_made "создан" "made";
    service_use "Программа подписывает ключом утверждение JWT (PS256) и меняет его на токен, который действует двенадцать часов." "The program signs an assertion (a JWT, PS256) with its key and exchanges it for a token that is good for twelve hours.";
    service_id "Идентификатор аккаунта (iss)" "Account ID (iss)";
    service_audience "Куда отправлять утверждение (aud)" "Where assertions go (aud)";
    service_keys "Ключи" "Keys";
    service_keys_none "Ключей пока нет: без них аккаунт ничего не может." "There are no keys yet; without one the account can do nothing.";
    service_key_id "Идентификатор ключа (kid)" "Key ID (kid)";
    service_key_new "Новый ключ" "New key";
    service_key_add "Добавить ключ" "Add the key";
    service_pair "Создайте пару ключей там, где работает программа. Закрытый ключ остаётся в файле key.pem, открытый печатает вторая строка:" "Make a pair of keys where the program runs. The private half stays in the file key.pem, the second line prints the public half:";
    service_public "Открытый ключ" "Public key";
    service_public_hint "Целиком, со строками BEGIN PUBLIC KEY и END PUBLIC KEY. RSA, не короче 2048 бит." "All of it, with the lines BEGIN PUBLIC KEY and END PUBLIC KEY. RSA, 2048 bits or more.";
    service_key_sure "Удалить ключ «{}»?" "Remove the key “{}”?";
    service_key_intro "Программа больше не получит по нему токенов, а полученные перестанут действовать сразу." "It opens no more tokens, and those it opened stop working at once.";
    service_delete "Удалить аккаунт" "Delete the account";
    service_delete_sure "Удалить сервисный аккаунт «{}»?" "Delete the service account “{}”?";
    service_delete_intro "Его ключи и токены перестанут действовать сразу. Его задачи и комментарии останутся." "Its keys and tokens stop working at once. Its issues and comments stay.";

    // The whole server.
    server "Сервер" "Server";
    overview "Обзор" "Overview";
    overview_intro "Как настроен этот сервер. Настройки лежат в файле конфигурации; их список печатает trackway serve --help." "How this server is set up. Settings are in its configuration file; trackway serve --help lists them.";
    yes "Да" "Yes";
    no "Нет" "No";
    version "Версия" "Version";
    database "База данных" "Database";
    no_public_url "Адрес взят из запроса. Чтобы ссылки в письмах и cookies были надёжны, задайте server.public_url." "The address is taken from the request. Set server.public_url, so that links in letters and cookies can be relied on.";
    mail "Почта" "Mail";
    no_mail "Приглашения и ссылки для нового пароля передают администраторы. Чтобы отправлять письма, задайте server.mail.smtp_url." "Invitations and links for new passwords are handed over by administrators. To send letters, set server.mail.smtp_url.";
    sign_in_services "Внешний вход" "Sign-in services";
    no_services "Чтобы входить через OpenID Connect, добавьте раздел server.sign_in." "To sign in by OpenID Connect, add a section server.sign_in.";
    jobs "Фоновые задания" "Background jobs";
    server_key "Отпечаток ключа сервера" "Fingerprint of the server key";
    jobs_counts "Ждут: {}" "Waiting: {}";
    jobs_given_up "Брошены после всех попыток: {}. Подробности: GET /v3/jobs?state=dead." "Given up after all attempts: {}. Details: GET /v3/jobs?state=dead.";
    policy "Правила входа и токенов" "Rules of access";
    registration "Регистрируют приложения" "Who registers applications";
    registration_members "Все участники" "Every member";
    registration_admins "Администраторы" "Administrators";
    registration_approval "Все участники, с одобрения администратора" "Every member, with approval by an administrator";
    policy_implicit "Токены на странице" "Tokens shown on a page";
    policy_long "Токены обычных приложений" "Tokens of ordinary applications";
    policy_short "Токены строгих приложений" "Tokens of strict applications";
    policy_refresh "Токены обновления без использования" "Unused refresh tokens";
    policy_idle "Токены без использования" "Unused tokens";
    policy_code "Коды подтверждения в адресе" "Codes in redirects";
    policy_device "Коды устройств" "Device codes";
    policy_documents "Приложения по адресу их описания" "Applications named by their document";
    never_ends "Не истекают" "Never end";
    hours "Часов: {}" "Hours: {}";
    minutes "Минут: {}" "Minutes: {}";
    seconds "Секунд: {}" "Seconds: {}";
    users "Пользователи" "Users";
    users_intro "Все, кто состоит в ваших организациях." "Everybody in the organizations you administer.";
    users_second "второй шаг" "second step";
    all_apps "Все приложения" "All applications";
    all_apps_intro "Приложения, которые зарегистрировали на этом сервере." "Applications registered on this server.";
    registered "Зарегистрировано" "Registered";
    standing "Решения администратора" "What administrators decide";
    standing_approved "Одобрено" "Approved";
    standing_approved_hint "Иначе им может пользоваться только владелец, а всё выданное отзывается." "Otherwise only its owner may use it, and everything given to it is revoked.";
    standing_verified "Проверено" "Verified";
    standing_verified_hint "Люди увидят эту отметку, когда приложение попросит доступ." "People see this mark when it asks for access.";
    standing_implicit "Токены на свои адреса" "Tokens to its own addresses";
    standing_implicit_hint "Токен без кода можно отправить не только на страницу этого сервера." "Tokens without a code may go elsewhere than to the page of this server.";
    standing_resource "Сервер ресурсов" "Resource server";
    standing_resource_hint "Может спрашивать о токенах других приложений." "May ask about tokens of other applications.";
    standing_factor "Второй шаг при каждом разрешении" "A second step with each decision";
    standing_factor_hint "Давая доступ, человек вводит одноразовый код или использует ключ доступа, даже если уже разрешал." "Whoever gives it access enters a one-time code or uses a passkey, also when it had access before.";
    standing_limited "Только в выбранных организациях" "Only in chosen organizations";
    standing_orgs "Только в этих организациях" "Only in these organizations";
    standing_orgs_hint "Ничего не отмечено — во всех." "Nothing ticked: in all of them.";
    app_block "Заблокировать" "Block";
    app_block_sure "Заблокировать приложение «{}»?" "Block the application “{}”?";
    app_block_intro "Никто не сможет им пользоваться, всё выданное ему отзывается." "Nobody can use it, and everything given to it is revoked.";
    app_unblock "Разблокировать" "Unblock";
    audit "Журнал аудита" "Audit log";
    audit_intro "Кто, когда и откуда что менял и как входил." "Who changed what, when and from where, and who signed in.";
    audit_where "Где" "Where";
    audit_kind "Вид объекта" "Kind of object";
    audit_actor "Логин или почта" "Login or e-mail";
    audit_from "С" "From";
    audit_to "По" "To";
    audit_none "Ничего не нашлось." "Nothing was found.";
    audit_details "Подробности" "Details";
    audit_before "Было:" "Before:";
    audit_after "Стало:" "After:";
    audit_export "Скачать (JSON)" "Download (JSON)";
    command_line "сервер или командная строка" "server or command line";
    nobody_known "неизвестно кто" "nobody known";
    audit_any "любой" "any";

    // What was done to them.
    action_create "Создание: {}" "Created: {}";
    action_update "Изменение: {}" "Changed: {}";
    action_delete "Удаление: {}" "Deleted: {}";
    action_grant "Выдача: {}" "Given: {}";
    action_revoke "Отзыв: {}" "Revoked: {}";

    // Kinds of objects in the audit log.
    kind_status "статус" "status";
    kind_issuetype "тип задачи" "issue type";
    kind_priority "приоритет" "priority";
    kind_resolution "резолюция" "resolution";
    kind_category "категория полей" "category of fields";
    kind_field "поле" "field";
    kind_workflow "рабочий процесс" "workflow";
    kind_group "группа" "group";
    kind_member "участник" "member";
    kind_queue "очередь" "queue";
    kind_component "компонент" "component";
    kind_version "версия" "version";
    kind_trigger "триггер" "trigger";
    kind_autoaction "автодействие" "automatic action";
    kind_schedule "повторяющаяся задача" "recurring issue";
    kind_calendar "рабочий календарь" "work calendar";
    kind_sla "уровень обслуживания" "service level";
    kind_webhook "вебхук" "webhook";
    kind_macro "макрос" "macro";
    kind_remoteapp "внешнее приложение" "external application";
    kind_filter "фильтр" "filter";
    kind_defaultvalues "значения по умолчанию" "default values";
    kind_board "доска" "board";
    kind_sprint "спринт" "sprint";
    kind_department "отдел" "department";
    kind_maillist "рассылка" "mailing list";
    kind_issuetemplate "шаблон задачи" "issue template";
    kind_commenttemplate "шаблон комментария" "comment template";
    kind_entity "проект, портфель или цель" "project, portfolio or goal";
    kind_dashboard "дашборд" "dashboard";
    kind_widget "виджет" "widget";
    kind_report "выгрузка задач" "export of issues";
    kind_org "организация" "organization";
    kind_issue "задача" "issue";
    kind_tag "тег" "tag";
    kind_job "фоновое задание" "background job";
    kind_gap "отсутствие" "absence";
    kind_account "учётная запись" "account";
    kind_application "приложение" "application";
    kind_token "токен" "token";
    kind_installation "сервер" "server";

    // Settings of a person.
    profile "Профиль" "Profile";
    profile_intro "Логин: {}. Так вас видят коллеги и программы." "Login: {}. This is how colleagues and programs see you.";
    first_name "Имя" "First name";
    last_name "Фамилия" "Last name";
    first_name_ru "Имя по-русски" "First name in Russian";
    last_name_ru "Фамилия по-русски" "Last name in Russian";
    first_name_en "Имя латиницей" "First name in English";
    last_name_en "Фамилия латиницей" "Last name in English";
    email "Почта" "E-mail";
    language "Язык" "Language";
    time_zone "Часовой пояс" "Time zone";
    time_zone_hint "По нему начинаются дни в запросах: today(), week(), даты." "Days in queries begin by it: today(), week(), dates.";
    time_zone_of_org "Как в организации" "That of the organization";
    org_time_zone_hint "Для тех, кто не выбрал свой." "For people who chose none.";
    language_of_browser "Как в браузере" "As the browser asks";
    english "English" "English";
    russian "Русский" "Русский";
    security "Безопасность" "Security";
    password_intro "Новый пароль завершает остальные сеансы и все токены." "A new password ends your other sessions and all tokens.";
    change_password "Сменить пароль" "Change password";
    change_password_intro "Остальные сеансы и все токены завершатся." "Your other sessions and all tokens will end.";
    codes "Одноразовые коды" "One-time codes";
    codes_off "Второй шаг при входе: код из приложения на телефоне. Сейчас выключен." "A second step when you sign in: a code from an application on your phone. It is off now.";
    codes_on "Включены: при входе спрашивается код из приложения." "They are on: signing in asks for a code from your application.";
    codes_begin "Включить одноразовые коды" "Switch one-time codes on";
    codes_begin_intro "Наведите приложение-аутентификатор на картинку и введите код, который оно покажет. Остальные сеансы и все токены завершатся." "Point your authenticator application at the picture and enter the code it shows. Your other sessions and all tokens will end.";
    codes_picture "QR-код с секретом для приложения" "QR code with the secret for the application";
    codes_by_hand "Или введите секрет вручную:" "Or type the secret:";
    codes_first "Первый код" "First code";
    codes_end_intro "Для входа хватит пароля. Остальные сеансы и все токены завершатся." "The password alone will do. Your other sessions and all tokens will end.";
    switch_on "Включить" "Switch on";
    switch_off "Отключить" "Switch off";
    recovery "Коды восстановления" "Recovery codes";
    recovery_intro "Сохраните их там, где хранят важное: каждый заменит одноразовый код один раз. Больше они не будут показаны." "Keep them where important things are kept: each replaces a one-time code, once. They will not be shown again.";
    recovery_kept "Я сохранил(а) коды" "I have kept the codes";
    recovery_left "Осталось кодов: {}." "Codes left: {}.";
    recovery_new "Создать новые" "Make new ones";
    recovery_code "Код восстановления" "Recovery code";
    passkeys "Ключи доступа" "Passkeys";
    passkeys_intro "Вход отпечатком, лицом, кодом устройства или ключом безопасности вместо пароля." "Signing in by finger, face, device code or security key instead of your password.";
    passkeys_unsafe "Ключи доступа работают, только когда сервер открыт по HTTPS и по имени, а не по IP-адресу." "Passkeys work only where the server is reached by HTTPS and by name, not by IP address.";
    passkey_add "Добавить ключ доступа" "Add a passkey";
    passkey_add_intro "Браузер спросит, где хранить ключ. С первым ключом включится второй шаг входа: кроме пароля понадобится ключ, а остальные сеансы и все токены завершатся." "Your browser will ask where to keep the passkey. The first one switches on the second step: a password alone will not do, and your other sessions and all tokens will end.";
    passkey_name "Название ключа" "Name of the passkey";
    passkey_name_hint "Например, где он хранится: «Ноутбук», «Телефон»." "For example where it is kept: “Laptop”, “Phone”.";
    passkey_make "Создать ключ" "Make the passkey";
    passkey_use "Использовать ключ доступа" "Use a passkey";
    passkey_failed "Не получилось: ключ не выбран, не подошёл или время вышло. Попробуйте ещё раз." "That did not work: no passkey was chosen, it was the wrong one, or the time was up. Try again.";
    passkey_script "Для ключей доступа нужен JavaScript, остальное работает без него." "Passkeys need JavaScript; everything else works without.";
    passkey_remove "Удалить ключ доступа «{}»?" "Remove the passkey “{}”?";
    passkey_remove_intro "Войти с ним больше не получится. Если это последний второй шаг, для входа хватит пароля, а остальные сеансы и все токены завершатся." "It will not sign in any more. If it is your last second step, the password alone will do, and your other sessions and all tokens will end.";
    added "добавлен" "added";
    log "Журнал" "Log";
    log_intro "Входы и изменения учётной записи за последние 90 дней." "Sign-ins and changes of your account in the last 90 days.";
    log_none "За это время ничего не было." "Nothing happened in that time.";
    log_odd "обратите внимание" "worth a look";
    log_show "Открыть журнал" "Open the log";
    sessions "Сеансы" "Sessions";
    sessions_intro "Браузеры, в которых вы вошли." "Browsers in which you are signed in.";
    this_session "этот" "this one";
    seen "был здесь" "last seen";
    started "вход" "signed in";
    unknown_browser "Неизвестный браузер" "Unknown browser";
    end_session "Завершить" "End";
    end_others "Завершить все остальные" "End all others";
    sign_out_everywhere "Выйти отовсюду" "Sign out everywhere";
    everywhere_sure "Выйти отовсюду?" "Sign out everywhere?";
    everywhere_intro "Завершит остальные сеансы и все токены: программам понадобятся новые." "Ends your other sessions and all tokens: programs will need new ones.";

    // Events of an account (oauth.md, 7.7).
    event_login_ok "Вход" "Sign-in";
    event_login_failed "Неудачный вход" "Failed sign-in";
    event_login_throttled "Вход приостановлен" "Sign-in held up";
    event_logout "Выход" "Sign-out";
    event_session_ended "Сеанс завершён" "Session ended";
    event_mfa_ok "Второй шаг пройден" "Second step passed";
    event_mfa_failed "Второй шаг не пройден" "Second step failed";
    event_mfa_changed "Второй шаг входа изменён" "Second step changed";
    event_reauth_ok "Личность подтверждена" "Identity confirmed";
    event_reauth_failed "Личность не подтверждена" "Identity not confirmed";
    event_password_changed "Пароль изменён" "Password changed";
    event_password_reset_requested "Запрошена ссылка для нового пароля" "Link for a new password requested";
    event_password_reset_done "Пароль изменён по ссылке" "Password changed by a link";
    event_recovery_codes_made "Созданы коды восстановления" "Recovery codes made";
    event_upstream_linked "Связана внешняя учётная запись" "Account of another service linked";
    event_upstream_unlinked "Отвязана внешняя учётная запись" "Account of another service unlinked";
    event_passkey_added "Добавлен ключ доступа" "Passkey added";
    event_passkey_removed "Удалён ключ доступа" "Passkey removed";
    event_passkey_counter "Счётчик ключа доступа пошёл назад: возможно, есть копия" "Counter of a passkey went back: there may be a copy";
    event_user_invited "Отправлено приглашение" "Invitation made";
    event_setup_done "Сервер настроен" "Server set up";
    event_config_changed "Сервер запущен с другими настройками" "Server started with other settings";
    event_key_rotated "Сервер запущен с другим ключом" "Server started with another key";
    event_audit_exported "Журнал выгружен" "Log exported";
    event_clock_skew "Часы сервера и базы данных расходятся" "Clocks of server and database differ";
    event_forwarded_header_spoof "Заголовки прокси от постороннего" "Proxy headers of a stranger";
    event_redirect_mismatch "Чужой адрес возврата" "Foreign redirect address";
    event_pkce_failed "Неверный ключ PKCE" "Wrong PKCE verifier";
    event_client_auth_failed "Неверный секрет приложения" "Wrong client secret";
    event_user_code_throttled "Подбор кода устройства остановлен" "Guessing of device codes stopped";
    event_device_requested "Устройство просит доступ" "Device asks for access";
    event_service_key_added "Добавлен ключ сервисного аккаунта" "Service account key added";
    event_service_key_removed "Удалён ключ сервисного аккаунта" "Service account key removed";
    event_csrf_failed "Отклонена чужая форма" "Foreign form refused";
    event_consent_given "Приложению дан доступ" "Access given to an application";
    event_consent_denied "Приложению отказано" "Application denied";
    event_consent_revoked "Доступ приложения отозван" "Access of an application revoked";
    event_code_issued "Приложению выдан код" "Code given to an application";
    event_token_issued "Приложению выдан токен" "Token given to an application";
    event_token_refreshed "Токен приложения обновлён" "Token of an application refreshed";
    event_token_revoked "Токен отозван" "Token revoked";
    event_iam_token_issued "Выдан IAM-токен" "IAM token issued";
    event_iam_token_revoked "Отозван IAM-токен" "IAM token revoked";
    event_device_approved "Разрешён вход устройства" "Device allowed";
    event_device_denied "Устройству отказано" "Device denied";
    event_code_replay "Код предъявлен повторно" "Code presented twice";
    event_refresh_replay "Токен обновления предъявлен повторно" "Refresh token presented twice";
    event_app_created "Зарегистрировано приложение" "Application registered";
    event_app_changed "Изменено приложение" "Application changed";
    event_app_secret_regenerated "Создан новый секрет приложения" "New secret of an application";
    event_app_deleted "Удалено приложение" "Application deleted";
    event_app_approved "Приложение одобрено" "Application approved";
    event_app_blocked "Приложение заблокировано" "Application blocked";

    // Programs.
    access "Доступ приложений" "Application access";
    access_intro "Приложения, которым вы дали доступ. Отзыв действует сразу." "Applications you gave access to. Revoking works at once.";
    access_none "Вы никому не давали доступ." "You have given access to nobody.";
    access_until "Доступ до" "Access until";
    given "доступ дан" "given";
    used "использован" "last used";
    never "ещё нет" "not yet";
    made "создано" "made";
    tokens_live "токенов" "tokens";
    revoke "Отозвать" "Revoke";
    revoke_sure "Отозвать у приложения «{}» весь доступ?" "Revoke all access of “{}”?";
    revoke_sure_intro "Его токены перестанут действовать сразу, и оно спросит о доступе снова." "Its tokens stop working at once, and it has to ask for access again.";
    revoke_everything "Отозвать доступ у всех" "Revoke access of all";
    revoke_everything_intro "Токены всех этих приложений перестанут действовать сразу, и каждое спросит о доступе снова. Токены для себя останутся." "The tokens of all these applications stop working at once, and each has to ask again. Tokens of your own stay.";
    revoke_everything_sure "Отозвать доступ у всех приложений?" "Revoke access of every application?";
    revoke_all "Отозвать всё" "Revoke all";
    tokens "Личные токены" "Personal tokens";
    tokens_intro "Токен для своих скриптов: действует от вашего имени, без приложения." "A token for your own scripts: it acts as you, without an application.";
    tokens_none "Личных токенов нет." "There are no personal tokens.";
    token_new "Новый токен" "New token";
    token_label "Для чего" "What for";
    token_label_hint "Чтобы потом узнать его в списке." "So that you recognize it in the list.";
    token_life "Срок действия" "Good for";
    token_queues "Только в очередях" "Only in these queues";
    token_queues_hint "Ключи через пробел; пусто — во всех, где вы работаете." "Keys, with spaces between them; empty for all you work in.";
    token_only "только" "only in";
    token_make "Создать токен" "Make the token";
    token_made "Токен готов" "The token is ready";
    token_kept "Я сохранил(а) токен" "I have kept the token";
    token_text "Вот ваш токен. Скопируйте его сейчас: больше он не будет показан." "This is your token. Copy it now: it will not be shown again.";
    token_warning "Кто знает токен, действует от вашего имени. Ненужный токен отзовите." "Whoever knows this token acts as you. Revoke it when it is not needed any more.";
    days "Дней: {}" "Days: {}";
    scopes "Права доступа" "Permissions";
    copy "Скопировать" "Copy";
    copied "Скопировано" "Copied";
    my_apps "Мои приложения" "My applications";
    my_apps_intro "Приложение — то, от чьего имени программа просит доступ." "An application is what a program asks for access as.";
    my_apps_none "Приложений пока нет." "There are no applications yet.";
    my_apps_token "Токен без приложения:" "A token without an application:";
    app_new "Новое приложение" "New application";
    app_new_intro "Для токена себе хватит названия: остальное уже заполнено." "For a token for yourself a name is enough: the rest is filled in.";
    app_register "Зарегистрировать" "Register";
    app_made "Приложение зарегистрировано" "The application is registered";
    app_go_on "К приложению" "To the application";
    app_name "Название" "Name";
    app_name_hint "Его увидят люди, у которых приложение попросит доступ." "People whom it asks for access will see it.";
    app_owner "Владелец" "Owner";
    app_verified "проверено" "verified";
    app_icon "Картинка" "Picture";
    app_icon_file "Файл" "File";
    app_icon_hint "PNG, JPEG или WebP не больше 1 МиБ; её увидят те, у кого приложение просит доступ." "PNG, JPEG or WebP of at most 1 MiB; shown to people whom the application asks for access.";
    app_icon_set "Загрузить" "Upload";
    app_like "Название похоже на «{}» — проверенное приложение. Это другое приложение." "The name looks like “{}”, which is verified. This is another application.";
    app_unverified "не проверено" "not verified";
    app_blocked "заблокировано" "blocked";
    app_blocked_text "Администратор заблокировал это приложение: никто не может им пользоваться." "An administrator has blocked this application: nobody can use it.";
    app_unapproved "ждёт одобрения" "awaits approval";
    app_unapproved_text "Пока администратор не одобрит приложение, им можете пользоваться только вы." "Until an administrator approves it, only you can use this application.";
    app_platform "Где работает" "Runs on";
    platform_web "Сервер или скрипт" "A server or script";
    platform_web_hint "Хранит секрет." "Keeps a secret.";
    platform_device "Программа на компьютере или устройство" "A program on a computer, or a device";
    platform_android "Android" "Android";
    platform_ios "iOS" "iOS";
    app_redirects "Адреса возврата" "Redirect URIs";
    app_redirects_hint "По одному в строке. Чтобы увидеть код или токен на странице: {}" "One a line. To see a code or token on a page: {}";
    app_contact "Почта для связи" "Contact e-mail";
    app_options "Возможности" "Options";
    app_implicit "Показывать токен на странице" "Show tokens on a page";
    app_implicit_hint "Кнопка «Получить токен для себя»." "The button “Get a token for myself”.";
    app_device_flow "Вход с устройства по коду" "Device codes";
    app_device_flow_hint "Для программ без браузера." "For programs without a browser.";
    app_keeps_secret "Хранит секрет" "Keeps a secret";
    app_keeps_secret_hint "Даже если это программа на компьютере." "Although it runs on people's computers.";
    app_strict "Строгий профиль" "Strict profile";
    app_strict_hint "По стандарту: короткие токены и PKCE всегда." "By the book: short tokens, PKCE always.";
    app_omit_iss "Не добавлять iss" "Leave out iss";
    app_omit_iss_hint "Для библиотек, которые его отвергают." "For libraries that reject it.";
    app_omit_iss_warning "Ответы этого приложения не содержат iss: подмену сервера оно не заметит." "Answers to this application leave out iss: it cannot notice a mix-up of servers.";
    app_no_redirect "Обмен кода без redirect_uri" "Exchange codes without redirect_uri";
    app_no_redirect_hint "Для старых клиентов." "For old clients.";
    app_origins "Сайты, чьи скрипты могут обращаться" "Sites whose scripts may call";
    app_origins_hint "По одному в строке, например https://app.example.org" "One a line, as https://app.example.org";
    app_edit_intro "Смена прав, адресов или вида приложения отзывает всё, что ему дали." "Changing permissions, redirect URIs or the kind revokes everything it was given.";
    app_code_link "Ссылка для кода" "Link for a code";
    app_token "Получить токен для себя" "Get a token for myself";
    app_token_intro "Токен действует от вашего имени с правами этого приложения и показывается один раз." "The token acts as you, with this application's permissions, and is shown once.";
    app_delete "Удалить приложение" "Delete the application";
    app_delete_sure "Удалить приложение «{}»?" "Delete the application “{}”?";
    app_delete_intro "Все его токены перестанут действовать." "All of its tokens stop working.";
    secret "Секрет" "Secret";
    secret_hidden "есть, не показывается" "there is one; it is not shown";
    secret_none "нет: приложение работает у людей" "none: the application runs on people's machines";
    signed_info "Подписанные сведения о пользователе" "Signed user info";
    signed_info_on "Включены: /info отвечает и в формате JWT, подписанном секретом приложения. Сервер хранит зашифрованную копию секрета." "They are on: /info also answers as a JWT signed with the application's secret. The server keeps an encrypted copy of it.";
    signed_info_off "Выключены. Если включить, /info сможет отвечать в формате JWT, подписанном секретом. Секрет для этого создаётся заново." "They are off. Switched on, /info can answer as a JWT signed with the secret, which is made anew for that.";
    signed_info_sure "Включить подписанные сведения для «{}»?" "Switch signed user info on for “{}”?";
    secret_sure "Создать новый секрет для «{}»?" "Make a new secret for “{}”?";
    secret_intro "Старый секрет перестанет действовать сразу." "The old secret stops working at once.";
    secret_new "Создать новый секрет" "Make a new secret";
    secret_revoke "Отозвать всё, что приложению дали" "Revoke everything it was given";
    secret_made "Новый секрет" "New secret";
    secret_once "Скопируйте секрет сейчас: больше он не будет показан." "Copy the secret now: it will not be shown again.";

    // Decisions.
    consent "{} просит доступ" "{} asks for access";
    consent_you "Вы вошли как {}." "You are signed in as {}.";
    consent_another "Войти под другим именем" "Use another account";
    consent_where "Вернёт на" "Sends you to";
    consent_scopes "Приложение сможет:" "The application will be able to do this:";
    consent_optional "Можно разрешить и это:" "You may allow this as well:";
    consent_later "Отозвать доступ можно в любой момент:" "You can revoke access at any time:";
    allow "Разрешить" "Allow";
    deny "Отказать" "Deny";
    factor_intro "Это приложение получает доступ, только если вы подтвердите его вторым шагом." "This application gets access only if you confirm it with your second step.";
    factor_hint "Шесть цифр из приложения-аутентификатора. Код, с которым вы уже вошли, не подойдёт: дождитесь следующего." "Six digits from your authenticator application. A code you signed in with is not taken again: wait for the next one.";
    factor_lacking "Нужен второй шаг" "A second step is needed";
    factor_lacking_intro "Это приложение получает доступ, только если его подтвердить вторым шагом, а у вас он не включён. Включите его и вернитесь к запросу." "This application gets access only by confirmation with a second step, and yours is off. Switch one on and return to the request.";
    factor_again "Вернуться к запросу" "Return to the request";
    rejected "Запрос приложения не принят" "The application's request was refused";
    rejected_name "Приложение: {}" "Application: {}";
    rejected_intro "Запрос составлен неверно, поэтому вас никуда не перенаправили. Сообщите разработчику:" "The request is wrong, so you were not sent anywhere. Tell its developer:";
    device "Код устройства" "Device code";
    device_intro "Введите код, который показывает устройство или программа." "Enter the code that the device or program shows.";
    device_code "Код" "Code";
    device_code_hint "Восемь букв, дефис не важен." "Eight letters; the hyphen does not matter.";
    device_warning "Этот код — на устройстве перед вами, и вы сами начали вход? Если код вам прислали, откажите." "Is this code on a device in front of you, and did you start this yourself? If somebody sent you the code, deny.";
    device_name "Устройство" "Device";
    device_unknown "неизвестное устройство" "unknown device";
    device_from "Запрос пришёл" "The request came from";
    device_allowed "Доступ разрешён: устройство продолжит само." "Access is allowed: the device goes on by itself.";
    device_denied "Вы отказали." "You denied access.";
    device_close "Эту страницу можно закрыть." "You may close this page.";
    browser_link "Вход из этого браузера" "Sign-in from this browser";
    browser_link_intro "Пароль этой учётной записи кто-то подбирает. Если вход начали вы, продолжите: отсюда снова можно будет войти." "Somebody is guessing the password of this account. If you began to sign in, go on: this browser will be let in again.";
    code_page "Код подтверждения" "Verification code";
    token_page "Код или токен" "Code or token";
    code_text "Введите этот код в приложении:" "Enter this code in the application:";
    code_life "Код действует десять минут, один раз." "The code is good once, for ten minutes.";
    code_left "Действует ещё, минут" "Good for, minutes";
    code_error "Доступ не выдан:" "No access was given:";
    code_none "Здесь появляется код или токен, когда приложение просит доступ." "A code or token appears here when an application asks for access.";

    // Help.
    help_api "Как подключиться к API" "How to use the API";
    help_intro "API совместим с Yandex Tracker версий v2 и v3: годятся готовые клиенты, меняется только адрес." "The API is compatible with Yandex Tracker v2 and v3: existing clients work, only the address changes.";
    help_register "Зарегистрируйте приложение" "Register an application";
    help_token "На странице приложения нажмите «Получить токен для себя»." "On the application's page press “Get a token for myself”.";
    help_org "Возьмите идентификатор организации:" "Take the organization ID:";
    help_call "Передавайте токен и идентификатор в каждом запросе." "Send the token and the ID with every request.";
    help_curl "Из командной строки:" "From a shell:";
    help_python "Из Python, с официальным клиентом:" "From Python, with the official client:";
    help_more "Полное описание:" "The full description:";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_take_the_same_arguments_and_neither_is_empty() {
        for (name, ru, en) in ALL {
            assert_eq!(ru.matches("{}").count(), en.matches("{}").count(), "{name}");
            assert!(!ru.is_empty() && !en.is_empty(), "{name}");
        }
    }

    /// Whatever the audit log records has words in both languages.
    #[test]
    fn kinds_of_objects_have_names() {
        for kind in trackway_core::dict::Kind::ALL {
            let known = EN.kinds().into_iter().any(|(name, _)| name == kind.name());
            assert!(known, "{}", kind.name());
        }
        assert_eq!(RU.deed("update", "queue"), "Изменение: очередь");
        assert_eq!(EN.deed("update", "queue"), "Changed: queue");
        assert_eq!(EN.deed("update", "comet"), "Changed: comet");
    }

    /// A text in a template is a text in one language.
    #[test]
    fn templates_hold_no_texts() {
        // What is the same in every language.
        let names = [
            "Trackway",
            "English",
            "Русский",
            "X-Org-ID",
            "X-Cloud-Org-ID",
            "OpenAPI",
            "ClientID",
            "/iam/v1/tokens",
        ];
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        for entry in std::fs::read_dir(folder).expect("the templates") {
            let path = entry.expect("a file").path();
            let mut text = std::fs::read_to_string(&path).expect("a template");
            for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<pre", "</pre>")] {
                text = without(&text, open, close);
            }
            text = without(&text, "<", ">");
            for name in names {
                text = text.replace(name, "");
            }
            let left: String =
                text.replace("&amp;", "").chars().filter(|c| c.is_alphabetic()).collect();
            assert_eq!(left, "", "{}", path.display());
        }
    }

    fn without(text: &str, open: &str, close: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(open) {
            out.push_str(before);
            rest = after.split_once(close).map_or("", |(_, rest)| rest);
        }
        out.push_str(rest);
        out
    }
}
