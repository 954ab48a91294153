//! What is looked for in a directory. Whatever stands in place of `{login}` means itself only (T-40).

use ldap3::ldap_escape;

use crate::config::LOGIN;

/// Whoever has this login.
pub(crate) fn of_login(pattern: &str, login: &str) -> String {
    pattern.replace(LOGIN, &ldap_escape(login))
}

/// Whoever has any login.
pub(super) fn of_anybody(pattern: &str) -> String {
    pattern.replace(LOGIN, "*")
}

/// Whoever has any login, and this id. Ids that are no text are known here by their hexadecimal digits.
pub(crate) fn of_subject(pattern: &str, attribute: &str, subject: &str) -> String {
    let anybody = of_anybody(pattern);
    let anybody = if anybody.starts_with('(') { anybody } else { format!("({anybody})") };
    let text = format!("({attribute}={})", ldap_escape(subject));
    let own = match data_encoding::HEXLOWER.decode(subject.as_bytes()) {
        Ok(bytes) if !bytes.is_empty() => {
            let bytes = bytes.iter().fold(String::new(), |all, byte| format!("{all}\\{byte:02x}"));
            format!("(|{text}({attribute}={bytes}))")
        }
        _ => text,
    };
    format!("(&{anybody}{own})")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T-40: nothing that is typed as a login changes what is looked for.
    #[test]
    fn a_login_is_no_filter() {
        let made = |login: &str| of_login("(&(objectClass=person)(uid={login}))", login);
        assert_eq!(made("ann"), "(&(objectClass=person)(uid=ann))");
        assert_eq!(made("*"), "(&(objectClass=person)(uid=\\2a))");
        assert_eq!(made("a)(|(uid=*"), "(&(objectClass=person)(uid=a\\29\\28|\\28uid=\\2a))");
        assert_eq!(made("a\\2a\0"), "(&(objectClass=person)(uid=a\\5c2a\\00))");
        assert_eq!(made("анна"), "(&(objectClass=person)(uid=анна))");
    }

    #[test]
    fn an_id_is_looked_for_as_it_is_stored() {
        let made = |subject: &str| of_subject("(uid={login})", "id", subject);
        assert_eq!(made("a-1"), "(&(uid=*)(id=a-1))");
        assert_eq!(made("*)"), "(&(uid=*)(id=\\2a\\29))");
        assert_eq!(made("00ff"), "(&(uid=*)(|(id=00ff)(id=\\00\\ff)))");
        assert_eq!(of_subject("uid={login}", "id", "x"), "(&(uid=*)(id=x))");
    }
}
