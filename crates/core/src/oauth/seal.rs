//! Secrets that have to be read again, under a key that is not in the database (UI-13).

use crate::account_cx::AccountCx;
use crate::error::Result;

/// Seals the secret of an application.
pub(super) fn seal(cx: &AccountCx<'_, '_>, application: &str, secret: &str) -> Result<String> {
    cx.settings.key.seal("client secret", application, secret)
}

/// Opens what [`seal`] made.
pub(super) fn open(cx: &AccountCx<'_, '_>, application: &str, sealed: &str) -> Result<String> {
    cx.settings.key.open("client secret", application, sealed)
}
