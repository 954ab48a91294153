//! `trackway admin audit`: the audit log, straight from the database.

#![expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]

use anyhow::Result;
use trackway_core::Tracker;
use trackway_core::audit::chain::{self, Break, Chain};
use trackway_core::audit::store::{AuditRow, Filter};
use trackway_core::audit::{self, INSTALLATION};
use trackway_core::dict::Dict;
use trackway_core::time::instant_text;

/// Flags of `trackway admin audit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Most records of an organisation
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: usize,
    /// Only this kind of object, as queue or workflow
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only the object with this id; needs --type
    #[arg(long, value_name = "ID", requires = "kind")]
    object: Option<String>,
    /// Every record as a line of JSON, with what it was before and after
    #[arg(long)]
    json: bool,
    /// Look through the hash chains instead: rows that were changed, removed or put in later are
    /// named. The last column is the hash of the newest row; note it elsewhere, so that a log that
    /// was written anew as a whole is noticed too
    #[arg(long, conflicts_with_all = ["kind", "object", "json"])]
    verify: bool,
}

/// Prints the log of every organisation, and of the installation itself, the newest first.
pub(crate) fn run(tracker: &Tracker, arguments: &Arguments) -> Result<()> {
    if arguments.verify {
        return verify(tracker);
    }
    let world = tracker.world();
    let filter = Filter {
        kind: arguments.kind.clone(),
        object: arguments.object.clone(),
        ..Filter::default()
    };
    let organizations = world.orgs().map(|dict| (dict.org_id, Some(dict)));
    for (id, dict) in organizations.chain([(INSTALLATION, None)]) {
        let rows = tracker.db().read(|tx| audit::newest(tx, id, &filter, arguments.limit))?;
        for row in rows {
            let organization = dict.map_or("", |dict| dict.org.org_id.as_str());
            if arguments.json {
                println!("{}", row.json(organization));
            } else {
                line(organization, dict.map(AsRef::as_ref), &row);
            }
        }
    }
    Ok(())
}

fn verify(tracker: &Tracker) -> Result<()> {
    let world = tracker.world();
    let chains = tracker.db().snapshot(chain::verify)?;
    for Chain { org_id, rows, hash, broken } in &chains {
        let organization = world.org(*org_id).map_or("", |dict| dict.org.org_id.as_str());
        let verdict = match broken {
            None => "whole".to_owned(),
            Some(Break::Changed(id)) => format!("BROKEN: row {id} or the one before was changed"),
            Some(Break::Missing(place)) => format!("BROKEN: the row at place {place} is missing"),
            Some(Break::Added(id)) => format!("BROKEN: row {id} was put in"),
            Some(Break::End) => "BROKEN: rows at the end are missing".to_owned(),
        };
        println!("{organization}\t{verdict}\t{rows}\t{hash}");
    }
    let broken = chains.iter().filter(|chain| chain.broken.is_some()).count();
    anyhow::ensure!(broken == 0, "{broken} of {} hash chains are broken", chains.len());
    Ok(())
}

fn line(organization: &str, dict: Option<&Dict>, row: &AuditRow) {
    let known = dict.and_then(|dict| dict.users.get(row.actor)).map(|user| user.key.as_str());
    let actor = match (row.actor, known) {
        (0, _) => "-".to_owned(),
        (_, Some(login)) => login.to_owned(),
        (uid, None) => uid.to_string(),
    };
    let address = if row.address.is_empty() { "-" } else { &row.address };
    println!(
        "{}\t{organization}\t{actor}\t{address}\t{}\t{} {}\t{}",
        instant_text(row.at),
        row.action,
        row.kind,
        row.object,
        row.name
    );
}
