//! `trackway search`, `trackway filter` and `trackway user`.

use clap::{Args, Subcommand};
use serde_json::json;
use trackway_client::api::HttpMethod;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::issue::list::show;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const FILTER: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("OWNER", "owner"),
    Column("QUERY", "query"),
];
pub(crate) const USER: &[Column] = &[
    Column("LOGIN", "login"),
    Column("UID", "uid"),
    Column("EMAIL", "email"),
    Column("NAME", "display"),
];

/// Arguments of `trackway search`.
#[derive(Debug, Args)]
pub struct Search {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Words in summary, description, comments or names of files.
    #[arg(required = true)]
    words: Vec<String>,
    /// Where to look for the words; all of them must stand in one of these.
    #[arg(long = "in", value_enum, value_name = "WHERE", value_delimiter = ',')]
    places: Vec<Place>,
    /// How many at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
    limit: usize,
}

/// Where words can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Place {
    Summary,
    Description,
    #[value(alias = "comment")]
    Comments,
    /// The name of a file.
    #[value(alias = "attachment")]
    Attachments,
    /// What summary or description say now or said before.
    History,
}

impl Place {
    /// The parameter of the query language.
    const fn parameter(self) -> &'static str {
        match self {
            Self::Summary => "Summary",
            Self::Description => "Description",
            Self::Comments => "Comment",
            Self::Attachments => "Attachment",
            Self::History => "History",
        }
    }
}

impl Search {
    fn query(&self) -> String {
        let words = self.words.join(" ").replace('\\', r"\\").replace('"', "\\\"");
        let places = self.places.iter().map(|at| format!("{}: \"{words}\"", at.parameter()));
        let places: Vec<String> = places.collect();
        if places.is_empty() { format!("\"{words}\"") } else { places.join(" OR ") }
    }
}

pub(crate) async fn search(
    arguments: &Search,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let query = arguments.query();
    let shown =
        show(session, json!({"query": query}), arguments.limit, &format!("query: {query}")).await;
    shown.map_err(|failure| {
        // The cloud, and Trackways before this one, know no such filter.
        let refused = matches!(failure.kind(), Kind::Rules | Kind::Usage);
        if refused && arguments.places.contains(&Place::Attachments) {
            return failure.hint("this server may not search names of files: --in without them");
        }
        failure
    })
}

/// Arguments of `trackway filter`.
#[derive(Debug, Args)]
pub struct FilterArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: FilterAction,
}

/// What to do with saved filters.
#[derive(Debug, Subcommand)]
pub(crate) enum FilterAction {
    /// Lists your filters and those shared with you.
    List,
    /// Shows a filter.
    View {
        /// Id.
        id: String,
    },
    /// Lists the issues a filter finds.
    Run {
        /// Id or name.
        name: String,
        /// How many at most; 0 for all.
        #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
        limit: usize,
    },
    /// Saves a filter.
    Create {
        /// Name.
        name: String,
        /// In the query language.
        #[arg(short = 'Q', long)]
        query: String,
    },
    /// Changes a filter.
    Edit {
        /// Id.
        id: String,
        /// Name.
        #[arg(long)]
        name: Option<String>,
        /// In the query language.
        #[arg(short = 'Q', long)]
        query: Option<String>,
    },
    /// Shares a filter with people, to be read.
    Share {
        /// Id.
        id: String,
        /// Logins.
        #[arg(required = true)]
        logins: Vec<String>,
    },
    /// Deletes a filter.
    Delete {
        /// Id or name.
        id: String,
    },
}

pub(crate) async fn filter(
    action: FilterAction,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        FilterAction::List => {
            let found = session.list("/filters", &[("perPage", "100".to_owned())], 0).await?;
            session.output.list(FILTER, found.items)
        }
        FilterAction::View { id } => {
            let filter = session.get(&Session::at("/filters/{id}", &[&id]), &[]).await?;
            session.output.one(FILTER, filter)
        }
        FilterAction::Run { name, limit } => {
            let id = filter_id(name, session).await?;
            show(session, json!({"filterId": id}), limit, &format!("filter {id}")).await
        }
        FilterAction::Create { name, query } => {
            let body = json!({"name": name, "query": query});
            let made = session.write(HttpMethod::POST, "/filters", &[], Some(body)).await?;
            made.map_or(Ok(()), |filter| {
                let line = format!("filter {} saved: {name}", cell(filter.get("id")));
                session.output.changed(FILTER, &line, filter)
            })
        }
        FilterAction::Edit { id, name, query } => {
            let path = Session::at("/filters/{id}", &[&id]);
            let given = [("name", name), ("query", query)];
            let body: serde_json::Value =
                given.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
            if body.as_object().is_none_or(serde_json::Map::is_empty) {
                return Err(Failure::usage("nothing to change").hint("--name or --query"));
            }
            let done = session.write(HttpMethod::PATCH, &path, &[], Some(body)).await?;
            done.map_or(Ok(()), |filter| {
                session.output.changed(FILTER, &format!("filter {id} changed"), filter)
            })
        }
        FilterAction::Share { id, logins } => {
            let body = json!({"permissions": {"READ": {"users": {"add": logins}}}});
            let path = Session::at("/filters/{id}", &[&id]);
            let done = session.write(HttpMethod::PATCH, &path, &[], Some(body)).await?;
            done.map_or(Ok(()), |filter| {
                session.output.changed(FILTER, &format!("filter {id} shared"), filter)
            })
        }
        FilterAction::Delete { id } => {
            let id = filter_id(id, session).await?;
            session.confirm(&format!("delete filter {id}"))?;
            let path = Session::at("/filters/{id}", &[&id]);
            if session.write(HttpMethod::DELETE, &path, &[], None).await?.is_some() {
                session.output.remark(&format!("✓ filter {id} deleted"));
            }
            Ok(())
        }
    }
}

/// The id of the filter of this name; a number is an id, and so is what names none.
async fn filter_id(name: String, session: &Session<'_, '_>) -> Result<String, Failure> {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(name);
    }
    let all = session.whole("/filters", &[("perPage", "100".to_owned())]).await?;
    let named = all.iter().find(|filter| filter["name"] == name.as_str());
    Ok(named.map_or(name, |filter| cell(filter.get("id"))))
}

/// Arguments of `trackway user`.
#[derive(Debug, Args)]
pub struct UserArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: UserAction,
}

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserAction {
    /// Lists the users of the organisation.
    List,
    /// Shows a user.
    View {
        /// Login or uid.
        login: String,
    },
    /// Finds users by a part of login, name or address.
    Search {
        /// Part.
        words: String,
    },
    /// Shows who you are for the server.
    Me,
}

pub(crate) async fn user(action: UserAction, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        UserAction::List => {
            let found = session.list("/users", &[("perPage", "100".to_owned())], 0).await?;
            session.output.list(USER, found.items)
        }
        UserAction::Search { words } => {
            let found = session.list("/users", &[("perPage", "100".to_owned())], 0).await?;
            let words = words.to_lowercase();
            let fits = |user: &serde_json::Value| {
                let members = ["login", "display", "email"];
                members.iter().any(|name| cell(user.get(name)).to_lowercase().contains(&words))
            };
            session.output.list(USER, found.items.into_iter().filter(fits).collect())
        }
        UserAction::View { login } => {
            let user = session.get(&Session::at("/users/{login}", &[&login]), &[]).await?;
            session.output.one(USER, user)
        }
        UserAction::Me => me(session).await,
    }
}

/// Arguments of `trackway me`.
#[derive(Debug, Args)]
pub struct Me {
    #[command(flatten)]
    pub(crate) common: Common,
}

pub(crate) async fn me(session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let user = session.get("/myself", &[]).await?;
    session.output.one(USER, user)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        search: Search,
    }

    #[test]
    fn words_are_looked_for_where_they_are_wanted() {
        for (line, wanted) in [
            (&["x", "lost", "link"][..], r#""lost link""#),
            (&["x", r#"a "b" \"#], r#""a \"b\" \\""#),
            (&["x", "lost", "--in", "comments"], r#"Comment: "lost""#),
            (&["x", "lost", "--in", "attachments"], r#"Attachment: "lost""#),
            (
                &["x", "--in", "summary,description", "--in", "history", "lost"],
                r#"Summary: "lost" OR Description: "lost" OR History: "lost""#,
            ),
        ] {
            let query = Line::try_parse_from(line).expect("a good line").search.query();
            assert_eq!(query, wanted);
            trackway_query::parse(&query).expect("our own text");
        }
    }
}
