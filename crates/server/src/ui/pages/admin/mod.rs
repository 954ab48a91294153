//! `/admin`: what concerns the whole server, for administrators (UI-16).

pub(super) mod applications;
pub(super) mod audit;
pub(super) mod overview;
pub(super) mod users;

use trackway_core::{Code, Result};

use crate::ui::call::Call;

/// The account of an administrator who has just proved who they are.
///
/// # Errors
/// 401, 403.
fn gate(call: &Call<'_>) -> Result<i64> {
    let person = &call.person()?.person;
    if !person.administers() {
        return Err(Code::AdminRequired.err());
    }
    crate::ui::fresh(call)?;
    Ok(person.uid)
}
