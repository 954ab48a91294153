//! `trackway export`: issues with everything on them, as files that another program can read.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use trackway_client::api::attachments::DownloadAttachment;

use crate::common::Common;
use crate::failure::Failure;
use crate::session::Session;
use crate::shape::cell;

/// What goes along with the issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Comments
    Comments,
    /// Links
    Links,
    /// Every change
    History,
    /// Records of time spent
    Worklog,
    /// Files
    Attachments,
}

impl Part {
    const fn path(self) -> &'static str {
        match self {
            Self::Comments => "/issues/{key}/comments",
            Self::Links => "/issues/{key}/links",
            Self::History => "/issues/{key}/changelog",
            Self::Worklog => "/issues/{key}/worklog",
            Self::Attachments => "/issues/{key}/attachments",
        }
    }

    const fn member(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Links => "links",
            Self::History => "history",
            Self::Worklog => "worklog",
            Self::Attachments => "attachments",
        }
    }
}

/// Arguments of `trackway export`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Issues that a query finds.
    #[arg(short = 'Q', long, group = "which")]
    query: Option<String>,
    /// Issues of a queue.
    #[arg(short = 'k', long, value_name = "KEY", group = "which")]
    queue: Option<String>,
    /// Every issue you may see.
    #[arg(long, group = "which")]
    all: bool,
    /// Folder to write to; it gets issues.jsonl, and files/KEY/ with --with attachments.
    #[arg(short = 'O', long, value_name = "DIR")]
    directory: PathBuf,
    /// What goes along.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "PARTS",
        default_value = "comments,links,history"
    )]
    with: Vec<Part>,
}

pub(crate) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let query = match (&arguments.query, &arguments.queue) {
        (Some(query), _) => query.clone(),
        (None, Some(queue)) => format!("Queue: \"{queue}\" \"Sort By\": Key ASC"),
        (None, None) => "\"Sort By\": Key ASC".to_owned(),
    };
    let found = session.search(json!({"query": query}), 0).await?.items;
    std::fs::create_dir_all(&arguments.directory)?;
    let path = arguments.directory.join("issues.jsonl");
    let mut out = BufWriter::new(File::create(&path)?);
    let count = found.len();
    let mut progress = session.output.progress("writing", false);
    for (n, mut issue) in found.into_iter().enumerate() {
        progress.at(n as u64, Some(count as u64));
        let key = cell(issue.get("key"));
        for part in &arguments.with {
            let items = session.list(&Session::at(part.path(), &[&key]), &[], 0).await?.items;
            if *part == Part::Attachments {
                download(session, &arguments, &key, &items).await?;
            }
            issue[part.member()] = items.into();
        }
        writeln!(out, "{issue}")?;
    }
    out.flush()?;
    drop(progress);
    session.output.remark(&format!("{count} issues written"));
    session.output.text(&path.display().to_string())
}

async fn download(
    session: &Session<'_, '_>,
    arguments: &Arguments,
    key: &str,
    files: &[Value],
) -> Result<(), Failure> {
    let folder = arguments.directory.join("files").join(key);
    for file in files {
        std::fs::create_dir_all(&folder)?;
        // By id: names are others' and may repeat.
        let id = cell(file.get("id"));
        let mut out = tokio::fs::File::create(folder.join(&id)).await?;
        let request = DownloadAttachment::new(key, &*id, cell(file.get("name")));
        session.tracker.download(request, &mut out, |_| {}).await?;
    }
    Ok(())
}
