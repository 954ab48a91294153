//! Every text of the pages, in both languages, a line each. Messages about requests are lines of
//! the table of errors in `core`; names of people and things come from the data.

use std::fmt;

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
            "session-ended" => self.done_session_ended.0,
            "everywhere" => self.done_everywhere.0,
            "joined" => self.done_joined.0,
            "revoked" => self.done_revoked.0,
            "deleted" => self.done_deleted.0,
            _ => "",
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
    find "Найти" "Find";
    pages "Страницы" "Pages";
    page_before "Предыдущая" "Previous";
    page_after "Следующая" "Next";

    // What was done.
    done_saved "Сохранено." "Saved.";
    done_setup "Готово: организация создана, вы её администратор. Ниже — идентификатор организации, он понадобится программам." "Done: the organization exists and you administer it. Below is its organization ID, which programs will ask for.";
    done_signed_out "Вы вышли." "You have signed out.";
    done_password "Пароль изменён, остальные сеансы и токены завершены." "The password has been changed; other sessions and tokens have ended.";
    done_codes_off "Одноразовые коды отключены." "One-time codes are off.";
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
    mail_reset_subject "Новый пароль" "New password";
    mail_reset "Чтобы задать новый пароль, откройте ссылку (она действует полчаса):\n\n{}\n\nЕсли вы об этом не просили, ничего не делайте." "To choose a new password, open this link (it is good for half an hour):\n\n{}\n\nIf you did not ask for it, do nothing.";

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
    mail_invite_subject "Приглашение: {}" "Invitation: {}";
    mail_invite "Вас приглашают в Trackway. Откройте ссылку (она действует неделю):\n\n{}" "You are invited to Trackway. Open this link (it is good for a week):\n\n{}";
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
    dismiss_intro "Сеансы и токены этого человека перестанут действовать сразу. Его задачи и комментарии останутся." "This person's sessions and tokens stop working at once. Issues and comments stay.";
    restore "Вернуть" "Take back";
    restore_intro "Человек снова сможет войти с прежним паролем." "The person can sign in with the old password again.";
    end_all "Завершить сеансы и токены" "End sessions and tokens";
    end_all_intro "Человеку придётся войти заново, а программам — получить новые токены." "The person has to sign in again, and programs need new tokens.";
    uid "Идентификатор пользователя" "User ID";
    groups "Группы" "Groups";
    groups_intro "Группам дают права в очередях. Состав меняется на странице участника." "Queues give rights to groups. Who is in a group is set on the member's page.";
    group_id "Идентификатор" "ID";
    group_new "Новая группа" "New group";
    group_name "Название группы" "Group name";
    group_add "Добавить" "Add";

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
    time_zone_of_org "Как в организации" "That of the organisation";
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
    codes_end "Отключить одноразовые коды" "Switch one-time codes off";
    codes_end_intro "Для входа хватит пароля. Остальные сеансы и все токены завершатся." "The password alone will do. Your other sessions and all tokens will end.";
    switch_on "Включить" "Switch on";
    switch_off "Отключить" "Switch off";
    recovery "Коды восстановления" "Recovery codes";
    recovery_intro "Сохраните их там, где хранят важное: каждый заменит одноразовый код один раз. Больше они не будут показаны." "Keep them where important things are kept: each replaces a one-time code, once. They will not be shown again.";
    recovery_kept "Я сохранил(а) коды" "I have kept the codes";
    recovery_left "Осталось кодов: {}." "Codes left: {}.";
    recovery_new "Создать новые" "Make new ones";
    sessions "Сеансы" "Sessions";
    sessions_intro "Браузеры, в которых вы вошли." "Browsers in which you are signed in.";
    this_session "этот" "this one";
    seen "был здесь" "last seen";
    started "вход" "signed in";
    unknown_browser "Неизвестный браузер" "Unknown browser";
    end_session "Завершить" "End";
    end_others "Завершить все остальные" "End all others";
    sign_out_everywhere "Выйти отовсюду" "Sign out everywhere";
    everywhere_intro "Завершит остальные сеансы и все токены: программам понадобятся новые." "Ends your other sessions and all tokens: programs will need new ones.";

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
    revoke_all "Отозвать всё" "Revoke all";
    tokens "Личные токены" "Personal tokens";
    tokens_intro "Токен для своих скриптов: действует от вашего имени, без приложения." "A token for your own scripts: it acts as you, without an application.";
    tokens_none "Личных токенов нет." "There are no personal tokens.";
    token_new "Новый токен" "New token";
    token_label "Для чего" "What for";
    token_label_hint "Чтобы потом узнать его в списке." "So that you recognize it in the list.";
    token_life "Срок действия" "Good for";
    token_make "Создать токен" "Make the token";
    token_made "Токен готов" "The token is ready";
    token_kept "Я сохранил(а) токен" "I have kept the token";
    token_text "Вот ваш токен. Скопируйте его сейчас: больше он не будет показан." "This is your token. Copy it now: it will not be shown again.";
    token_warning "Кто знает токен, действует от вашего имени. Ненужный токен отзовите." "Whoever knows this token acts as you. Revoke it when it is not needed any more.";
    days "Дней: {}" "{} days";
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
    app_delete_intro "Все его токены перестанут действовать." "All of its tokens stop working.";
    secret "Секрет" "Secret";
    secret_hidden "есть, не показывается" "there is one; it is not shown";
    secret_none "нет: приложение работает у людей" "none: the application runs on people's machines";
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
    code_page "Код подтверждения" "Verification code";
    code_text "Введите этот код в приложении:" "Enter this code in the application:";
    code_life "Код действует десять минут, один раз." "The code is good once, for ten minutes.";
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

    /// A text in a template is a text in one language.
    #[test]
    fn templates_hold_no_texts() {
        // What is the same in every language.
        let names =
            ["Trackway", "English", "Русский", "X-Org-ID", "X-Cloud-Org-ID", "OpenAPI", "ClientID"];
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
