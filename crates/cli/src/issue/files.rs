//! Files of issues.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;
use tokio::io::AsyncRead;
use trackway_client::Progress;
use trackway_client::api::attachments::{
    AddAttachment, AddTemporaryAttachment, DownloadAttachment,
};
use trackway_client::api::{FileForm, HttpMethod};

use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

pub(crate) const FILE: &[Column] = &[
    Column("ID", "id"),
    Column("SIZE", "size"),
    Column("CREATED", "createdAt"),
    Column("BY", "createdBy"),
    Column("NAME", "name"),
];

/// Arguments of `trackway issue attach`.
#[derive(Debug, Args)]
pub(crate) struct Attach {
    /// Key.
    key: String,
    /// Files; - for standard input, with --name.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Name of the file, where there is one only.
    #[arg(long)]
    name: Option<String>,
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> Failure + '_ {
    move |error| Failure::usage(format!("{}: {error}", path.display()))
}

pub(super) async fn attach(
    arguments: Attach,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    if arguments.name.is_some() && arguments.files.len() > 1 {
        return Err(Failure::usage("--name is for one file"));
    }
    for path in &arguments.files {
        let own = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = arguments.name.clone().or(own).unwrap_or_else(|| "file".to_owned());
        if path.as_os_str() == "-" && arguments.name.is_none() {
            return Err(Failure::usage("standard input has no name").hint("--name NAME"));
        }
        let (file, size) = opened(path).await?;
        if session.dry_run {
            let line = format!("would attach {name} ({size} bytes) to {key}");
            session.output.text(&shown(&line))?;
            continue;
        }
        let request = AddAttachment::new(&*key, FileForm::default());
        let mut progress = session.output.progress(&*name, true);
        let told = move |at: Progress| progress.at(at.done, at.total);
        let made = session.tracker.upload(request, &name, file, size, told).await?;
        let line = format!("{name} attached to {key} ({size} bytes)");
        let made = serde_json::to_value(made).map_err(std::io::Error::from)?;
        session.output.changed(FILE, &line, made)?;
    }
    Ok(())
}

/// A file, or standard input, and its size.
async fn opened(path: &Path) -> Result<(Box<dyn Bytes>, u64), Failure> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable(path))?;
        let size = bytes.len() as u64;
        return Ok((Box::new(Cursor::new(bytes)), size));
    }
    let file = tokio::fs::File::open(path).await.map_err(unreadable(path))?;
    let size = file.metadata().await.map_err(unreadable(path))?.len();
    Ok((Box::new(file), size))
}

/// What can be uploaded.
trait Bytes: AsyncRead + Send + Sync + Unpin {}

impl<T: AsyncRead + Send + Sync + Unpin> Bytes for T {}

/// Uploads files that hang on nothing yet, and gives their ids.
pub(super) async fn temporary(
    files: &[PathBuf],
    session: &Session<'_, '_>,
) -> Result<Value, Failure> {
    let mut ids = Vec::new();
    for path in files {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let file = tokio::fs::File::open(path).await.map_err(unreadable(path))?;
        let size = file.metadata().await.map_err(unreadable(path))?.len();
        let request = AddTemporaryAttachment::new(FileForm::default());
        let name = name.unwrap_or_else(|| "file".to_owned());
        let mut progress = session.output.progress(&*name, true);
        let told = move |at: Progress| progress.at(at.done, at.total);
        let made = session.tracker.upload(request, &name, file, size, told).await?;
        ids.push(Value::from(made.id));
    }
    Ok(ids.into())
}

/// Arguments of `trackway issue attachments`.
#[derive(Debug, Args)]
pub(crate) struct Attachments {
    /// Key.
    key: String,
}

async fn attachments(session: &Session<'_, '_>, key: &str) -> Result<Vec<Value>, Failure> {
    let path = Session::at("/issues/{key}/attachments", &[key]);
    Ok(session.list(&path, &[], 0).await?.items)
}

pub(super) async fn list(
    arguments: Attachments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let files = attachments(session, &session.key(&arguments.key)).await?;
    session.output.list(FILE, files)
}

/// Arguments of `trackway issue download`.
#[derive(Debug, Args)]
pub(crate) struct Download {
    /// Key.
    key: String,
    /// Names or ids; all files if none is given.
    names: Vec<String>,
    /// All files, as if no name is given.
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Folder to write to.
    #[arg(short = 'O', long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Overwrite files that are there.
    #[arg(long)]
    force: bool,
}

pub(super) async fn download(
    arguments: Download,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let all = attachments(session, &key).await?;
    let wanted = |file: &&Value| {
        let is = |name: &String| cell(file.get("id")) == *name || file["name"] == name.as_str();
        arguments.all || arguments.names.is_empty() || arguments.names.iter().any(is)
    };
    let chosen: Vec<&Value> = all.iter().filter(wanted).collect();
    if chosen.is_empty() {
        return Err(Failure::new(Kind::NotFound, format!("{key} has no such file")));
    }
    let folder = &arguments.directory;
    tokio::fs::create_dir_all(folder).await.map_err(unreadable(folder))?;
    for file in chosen {
        let (id, name) = (cell(file.get("id")), cell(file.get("name")));
        // The name is another's: it must not lead out of the folder.
        let safe =
            Path::new(&name).file_name().map_or_else(|| id.clone().into(), ToOwned::to_owned);
        let path = arguments.directory.join(safe);
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true);
        if arguments.force {
            options.create(true).truncate(true);
        } else {
            options.create_new(true);
        }
        let mut out = options.open(&path).await.map_err(|error| {
            unreadable(&path)(error).hint("--force overwrites, --directory chooses another folder")
        })?;
        let request = DownloadAttachment::new(&*key, &*id, &*name);
        let mut progress = session.output.progress(&*name, true);
        let told = |at: Progress| progress.at(at.done, at.total);
        session.tracker.download(request, &mut out, told).await?;
        drop(progress);
        session.output.text(&path.display().to_string())?;
    }
    Ok(())
}

/// Arguments of `trackway issue attachment-delete`.
#[derive(Debug, Args)]
pub(crate) struct AttachmentDelete {
    /// Key.
    key: String,
    /// Id of the file.
    id: String,
}

pub(super) async fn delete(
    arguments: AttachmentDelete,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (key, id) = (session.key(&arguments.key), arguments.id);
    session.confirm(&format!("delete file {id} of {key}"))?;
    let path = Session::at("/issues/{key}/attachments/{id}", &[&key, &id]);
    session.write(HttpMethod::DELETE, &path, &[], None).await?;
    Ok(())
}
