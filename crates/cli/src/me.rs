//! `trackway me`.

use clap::Args;
use trackway_client::Tracker;
use trackway_client::api::users::GetMyself;

use crate::failure::Failure;
use crate::output::Output;
use crate::target::Target;

/// Arguments of `trackway me`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Print the whole account as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) async fn run(tracker: &Tracker, output: &mut Output<'_>) -> Result<(), Failure> {
    let user = tracker.send(GetMyself::new()).await?;
    if output.is_json() {
        return output.json(&user);
    }
    let row = [user.login, user.uid.to_string(), user.email.unwrap_or_default(), user.display];
    output.table(["LOGIN", "UID", "EMAIL", "NAME"], &[row])
}
