//! What the audit log hears of the installation itself (oauth.md, 7.7, group "system").

use data_encoding::HEXLOWER;
use serde_json::{Value as Json, json};

use super::store::{self, Filter};
use super::{Action, Entry, INSTALLATION, record_in};
use crate::account::log::who;
use crate::account_cx::AccountCx;
use crate::error::Result;
use crate::secret::ServerKey;

/// Kind of the object in these records.
const KIND: &str = "installation";

/// Something that happens to the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A process started with other settings than the one before.
    ConfigChanged,
    /// A process started with another server key than the one before.
    KeyRotated,
    /// Somebody took a copy of the log.
    AuditExported,
    /// The clock of a process differs from that of the database.
    ClockSkew,
    /// A peer that is no trusted proxy spoke as if it were one.
    ForwardedHeaderSpoof,
}

impl Event {
    /// Name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConfigChanged => "config_changed",
            Self::KeyRotated => "key_rotated",
            Self::AuditExported => "audit_exported",
            Self::ClockSkew => "clock_skew",
            Self::ForwardedHeaderSpoof => "forwarded_header_spoof",
        }
    }
}

/// Records an event, caused by an account or (0) by nobody known, in the log of an organisation or
/// of the installation.
///
/// # Errors
/// The database fails.
pub fn record(cx: &mut AccountCx<'_, '_>, org_id: i64, uid: i64, event: Event) -> Result<()> {
    write(cx, org_id, uid, event, json!({}))
}

fn write(
    cx: &mut AccountCx<'_, '_>,
    org_id: i64,
    uid: i64,
    event: Event,
    mut after: Json,
) -> Result<()> {
    if let Some(members) = after.as_object_mut() {
        members.insert("event".to_owned(), event.name().into());
    }
    let who = who(cx, uid);
    let entry = Entry {
        action: Action::Update,
        kind: KIND,
        object: event.name().to_owned(),
        name: "",
        before: None,
        after: Some(after),
    };
    record_in(cx.tx, org_id, &who, entry)
}

/// What a server key is known by without being told: administrators compare it between the nodes of
/// an installation, and with the audit log.
///
/// # Errors
/// Never in practice.
pub fn fingerprint(key: &ServerKey) -> Result<String> {
    Ok(HEXLOWER.encode(&key.mac("audit.key", &[])?))
}

/// Compares settings and key with those of the process that started last, and records what is
/// another. Of both the log has a fingerprint only, made under the key.
///
/// # Errors
/// The database fails.
pub fn started(cx: &mut AccountCx<'_, '_>, settings: &str) -> Result<()> {
    let key = &cx.settings.key;
    let key_print = fingerprint(key)?;
    let settings_print = HEXLOWER.encode(&key.mac("audit.settings", &[settings.as_bytes()])?);
    let known = last(cx, Event::KeyRotated)?;
    let rotated = known.as_deref() != Some(key_print.as_str());
    if rotated {
        write(cx, INSTALLATION, 0, Event::KeyRotated, json!({ "fingerprint": key_print }))?;
    }
    // Under another key the same settings have another fingerprint.
    if rotated || last(cx, Event::ConfigChanged)?.as_deref() != Some(settings_print.as_str()) {
        let after = json!({ "fingerprint": settings_print });
        write(cx, INSTALLATION, 0, Event::ConfigChanged, after)?;
    }
    Ok(())
}

/// The fingerprint in the newest record of an event.
fn last(cx: &mut AccountCx<'_, '_>, event: Event) -> Result<Option<String>> {
    let filter = Filter {
        kind: Some(KIND.to_owned()),
        object: Some(event.name().to_owned()),
        ..Filter::default()
    };
    let newest = store::page(cx.tx, INSTALLATION, &filter, None, 1)?;
    let after = newest.first().and_then(|row| row.after.as_deref());
    let after = after.and_then(|text| serde_json::from_str::<Json>(text).ok());
    Ok(after.and_then(|after| Some(after.get("fingerprint")?.as_str()?.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn names(f: &Fixture) -> Vec<String> {
        let filter = Filter { kind: Some(KIND.to_owned()), ..Filter::default() };
        let rows = f.tracker.db().read(|tx| store::page(tx, INSTALLATION, &filter, None, 100));
        rows.expect("the log").into_iter().map(|row| row.object).collect()
    }

    /// A start is recorded only where something is another than at the last one.
    #[test]
    fn changes_of_settings_and_key_are_recorded_at_the_start() {
        let f = Fixture::new();
        let start = |settings: &str| {
            let settings = settings.to_owned();
            f.account(move |cx| started(cx, &settings)).expect("recorded");
        };
        start("a");
        assert_eq!(names(&f), ["config_changed", "key_rotated"]);
        start("a");
        assert_eq!(names(&f).len(), 2);
        start("b");
        assert_eq!(names(&f).first().map(String::as_str), Some("config_changed"));
        assert_eq!(names(&f).len(), 3);
        let old = f.tracker.settings();
        f.tracker.configure(crate::account_cx::Settings {
            key: ServerKey::generate().expect("random"),
            ..(*old).clone()
        });
        start("b");
        assert_eq!(names(&f).len(), 5);
    }
}
