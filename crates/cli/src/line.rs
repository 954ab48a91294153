//! Flags in front of the first word of a command line, as in `trackway --json issue list`.
//!
//! The flags of every command belong to the commands, not to the program, whose other half (the
//! server) has flags of its own. So those in front are moved behind the word they stand before.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Args};

use crate::common::Common;

/// The line without the flags in front of its first word, and these flags. Whatever is no flag of
/// every command is left where it is: the parser knows how to complain.
pub(crate) fn split(line: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let flags = Common::augment_args(clap::Command::new("flags"));
    let leading = leading(line.get(1..).unwrap_or_default(), &flags);
    if leading == 0 {
        return (line, Vec::new());
    }
    let mut words = line.into_iter();
    let mut bare: Vec<OsString> = words.by_ref().take(1).collect();
    let taken = words.by_ref().take(leading).collect();
    bare.extend(words);
    (bare, taken)
}

/// The line with flags put behind its first word.
pub(crate) fn joined(mut line: Vec<OsString>, flags: Vec<OsString>) -> Vec<OsString> {
    let place = line.len().min(2);
    line.splice(place..place, flags);
    line
}

/// How many words are flags and their values, up to a word that is none; 0 where there is no such
/// word or an unknown flag.
fn leading(words: &[OsString], flags: &clap::Command) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if is_first(word) {
            return at;
        }
        match length(word, flags) {
            Some(length) => at += length,
            None => return 0,
        }
    }
    0
}

/// A word of a command, or a wish that the parser fulfils before anything else.
fn is_first(word: &OsStr) -> bool {
    let help = ["-h", "--help", "-V", "--version"].iter().any(|flag| word == *flag);
    help || !word.as_encoded_bytes().starts_with(b"-")
}

/// How many words a flag is with its value.
fn length(word: &OsStr, flags: &clap::Command) -> Option<usize> {
    let word = word.to_str()?;
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v)));
        let flag = flags.get_arguments().find(|flag| is_long(flag, name))?;
        return Some(if value.is_none() && takes_value(flag) { 2 } else { 1 });
    }
    let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty())?;
    for (at, letter) in letters.char_indices() {
        let flag = flags.get_arguments().find(|flag| flag.get_short() == Some(letter))?;
        if takes_value(flag) {
            let is_last = at + letter.len_utf8() == letters.len();
            return Some(if is_last { 2 } else { 1 });
        }
    }
    Some(1)
}

fn is_long(flag: &Arg, name: &str) -> bool {
    let aliases = flag.get_all_aliases().unwrap_or_default();
    flag.get_long() == Some(name) || aliases.contains(&name)
}

fn takes_value(flag: &Arg) -> bool {
    flag.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(line: &str) -> String {
        let (line, flags) = split(line.split(' ').map(Into::into).collect());
        let words = joined(line, flags);
        words.iter().map(|word| word.to_str().expect("text")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn flags_in_front_go_behind_the_first_word() {
        for (given, wanted) in [
            ("trackway -v me", "trackway me -v"),
            ("trackway --json issue list", "trackway issue --json list"),
            ("trackway -vv -P work -o json me -q", "trackway me -vv -P work -o json -q"),
            ("trackway -qojson me", "trackway me -qojson"),
            ("trackway -qo json me", "trackway me -qo json"),
            ("trackway --server=http://h --org 7 me", "trackway me --server=http://h --org 7"),
            ("trackway -v --help", "trackway --help -v"),
        ] {
            assert_eq!(moved(given), wanted);
        }
    }

    #[test]
    fn what_is_no_flag_of_every_command_stays() {
        for line in [
            "trackway me -v",
            "trackway --nonsense me",
            "trackway -z me",
            "trackway --json",
            "trackway -o json",
            "trackway -- me",
            "trackway - me",
            "trackway",
        ] {
            assert_eq!(moved(line), line);
        }
    }
}
