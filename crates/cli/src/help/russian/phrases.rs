//! What the libraries for help and manuals write between our texts.

/// In help.
const HELP: &[(&str, &str)] = &[
    ("Usage:", "Использование:"),
    ("Commands:", "Команды:"),
    ("Arguments:", "Аргументы:"),
    ("Options:", "Флаги:"),
    ("[OPTIONS]", "[ФЛАГИ]"),
    ("Possible values:", "Варианты:"),
    ("[possible values: ", "[варианты: "),
    ("[default: ", "[по умолчанию: "),
    ("[env: ", "[переменная: "),
    ("[aliases: ", "[другие имена: "),
    ("[alias: ", "[другое имя: "),
];

/// In manual pages.
const MANUAL: &[(&str, &str)] = &[
    (".SH NAME\n", ".SH ИМЯ\n"),
    (".SH SYNOPSIS\n", ".SH ОБЗОР\n"),
    (".SH DESCRIPTION\n", ".SH ОПИСАНИЕ\n"),
    (".SH OPTIONS\n", ".SH ФЛАГИ\n"),
    (".SH SUBCOMMANDS\n", ".SH КОМАНДЫ\n"),
    (".SH EXTRA\n", ".SH ДОПОЛНИТЕЛЬНО\n"),
    (".SH VERSION\n", ".SH ВЕРСИЯ\n"),
    ("May also be specified with the ", "Можно задать и переменной окружения "),
    (" environment variable. ", "."),
    ("Possible values:", "Варианты:"),
    ("[default: ", "[по умолчанию: "),
];

/// A page of help with the phrases of its library in Russian, and without spaces at the ends of lines.
pub(crate) fn in_help(page: &str) -> String {
    let page = replaced(page, HELP);
    page.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => format!("{}\n", line.trim_end()),
            None => line.to_owned(),
        })
        .collect()
}

/// A page of the manual with the phrases of its library in Russian.
pub(crate) fn in_manual(page: &str) -> String {
    replaced(page, MANUAL)
}

fn replaced(page: &str, phrases: &[(&str, &str)]) -> String {
    phrases.iter().fold(page.to_owned(), |page, (english, russian)| page.replace(english, russian))
}
