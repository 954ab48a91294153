//! Names that look alike (T-34; UTS #39): the same key for `Trackway CI`, `TRACKWAY-CI` and a name
//! with a Cyrillic `а` in it.

use unicode_security::skeleton;

/// The key of a name: what is seen of its letters and digits. A name without any is its own key.
pub(super) fn of(name: &str) -> String {
    let seen: String = name.chars().map(seen).collect();
    // Once more for what several letters look like together: `m` is `rn`.
    let key: String = skeleton(&seen).filter(|c| c.is_alphanumeric()).collect();
    if key.is_empty() { name.to_lowercase() } else { key }
}

/// What a character looks like, whatever its case: as a capital, where that passes for a Latin letter
/// or a digit (К and K, I and l, 0 and O), and else as a small letter.
fn seen(c: char) -> String {
    let capital: String = skeleton(&c.to_uppercase().to_string()).collect();
    if capital.is_ascii() {
        return capital.to_lowercase();
    }
    skeleton(&c.to_lowercase().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    /// T-34: a corpus of names that pass for others, and of names that do not.
    #[test]
    fn names_that_look_alike_have_one_key() {
        let alike: [&[&str]; 5] = [
            &[
                "Trackway",
                "trackway",
                "TRACKWAY",
                "Тrасkwау",
                "Τrackway",
                "Ｔｒａｃｋｗａｙ",
                "𝐓𝐫𝐚𝐜𝐤𝐰𝐚𝐲",
                "T r a c k w a y",
                "Track-way!",
                "Track\u{2011}way",
                "Ꭲrackway",
            ],
            &["PayPal", "PayPaI", "paypa1", "РауРаl", "Pay Pal"],
            &["Mobile", "rnobile", "Мobile", "MOBlLE"],
            &["Google 10", "Goog1e l0", "G00gle lO", "Gооgle 1О"],
            &["Доска", "ДОСКА", "Доcка", "Дoскa"],
        ];
        for group in alike {
            let keys: Vec<String> = group.iter().map(|name| of(name)).collect();
            for (name, key) in group.iter().zip(&keys) {
                assert_eq!(Some(key), keys.first(), "{name}");
            }
        }
        // As the migration has it.
        assert_eq!(of("Trackway command line"), "trackwaycornrnandllne");
        let different = ["Trackway", "Trackway 2", "Tracker", "Доска", "Доски", "★", "☆", "OK"];
        for (n, a) in different.iter().enumerate() {
            for b in different.iter().skip(n + 1) {
                assert_ne!(of(a), of(b), "{a} and {b}");
            }
        }
    }
}
