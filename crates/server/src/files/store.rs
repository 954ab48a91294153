//! Where the bytes of files lie: a local folder, or a bucket that speaks the protocol of S3.

use std::future::poll_fn;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, GetResult, MultipartUpload, ObjectStore, ObjectStoreExt};
use trackway_core::Error;

use crate::config::FilesConfig;

/// Bytes of a part of a large file: the least that S3 takes, and enough for a local disk.
const S3_PART: usize = 5 << 20;
const LOCAL_PART: usize = 1 << 20;

/// End of the name under which the small picture of a picture is kept.
const PREVIEW: &str = ".preview";

/// What a local folder adds to the name of a file that is still being written.
const STAGED: &str = "#1";

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("files in {location}: {cause}")]
pub struct StoreError {
    location: String,
    cause: String,
}

/// The store of files; cheap to clone.
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    part: usize,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
}

impl FileStore {
    /// A store in memory, gone with the process; for tests.
    pub fn memory() -> Self {
        Self { objects: Arc::new(InMemory::new()), part: LOCAL_PART, folder: None }
    }

    /// Opens what the settings name: nothing for memory, `s3://bucket/prefix`, or a folder, which
    /// is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made, or settings of the bucket are missing.
    pub fn open(config: &FilesConfig) -> Result<Self, StoreError> {
        let location = config.location.as_str();
        let failed = |cause: String| StoreError { location: location.to_owned(), cause };
        match location.strip_prefix("s3://") {
            None if location.is_empty() => Ok(Self::memory()),
            None => Self::local(location.into()).map_err(failed),
            Some(bucket) => Self::bucket(config, bucket).map_err(failed),
        }
    }

    fn local(folder: PathBuf) -> Result<Self, String> {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let objects = LocalFileSystem::new_with_prefix(&folder)
            .map_err(|error| error.to_string())?
            .with_automatic_cleanup(false)
            .with_fsync(true);
        Ok(Self { objects: Arc::new(objects), part: LOCAL_PART, folder: Some(folder) })
    }

    fn bucket(config: &FilesConfig, place: &str) -> Result<Self, String> {
        // The client of the bucket takes the cryptography of the process. That there is one
        // already is no failure.
        drop(rustls::crypto::ring::default_provider().install_default());
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        if !config.endpoint.is_empty() {
            builder = builder
                .with_endpoint(&config.endpoint)
                .with_allow_http(config.endpoint.starts_with("http://"));
        }
        if !config.region.is_empty() {
            builder = builder.with_region(&config.region);
        }
        let store = builder.build().map_err(|error| error.to_string())?;
        let prefix = prefix.trim_matches('/');
        let objects: Arc<dyn ObjectStore> = if prefix.is_empty() {
            Arc::new(store)
        } else {
            Arc::new(PrefixStore::new(store, prefix))
        };
        Ok(Self { objects, part: S3_PART, folder: None })
    }

    /// A name for the bytes of a new file: by organisation and month, then random.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(crate) fn new_name(org_id: i64) -> Result<String, Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(Error::internal)?;
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        // About a month; folders of a size that people can look at are all that is wanted.
        let period = seconds / (30 * 86_400);
        let random = u128::from_le_bytes(random);
        Ok(format!("{org_id}/{period}/{random:032x}"))
    }

    /// Name of the small picture of a picture.
    pub(crate) fn preview_of(name: &str) -> String {
        format!("{name}{PREVIEW}")
    }

    /// Stores bytes at once.
    ///
    /// # Errors
    /// The store fails.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), Error> {
        self.objects.put(&Path::from(name), bytes.into()).await.map_err(failed)?;
        Ok(())
    }

    /// Bytes of a file, or some of them.
    ///
    /// # Errors
    /// The store fails, or has no such file.
    pub(crate) async fn get(
        &self,
        name: &str,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<GetResult, Error> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        self.objects.get_opts(&Path::from(name), options).await.map_err(failed)
    }

    /// The size of a file and its bytes piece by piece, if there is such a file.
    ///
    /// # Errors
    /// The store fails.
    pub async fn open_file(&self, name: &str) -> Result<Option<(u64, FileChunks)>, Error> {
        match self.objects.get_opts(&Path::from(name), GetOptions::default()).await {
            Ok(found) => Ok(Some((found.meta.size, FileChunks(found.into_stream())))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// A whole small file, if there is one.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Bytes>, Error> {
        match self.objects.get_opts(&Path::from(name), GetOptions::default()).await {
            Ok(found) => found.bytes().await.map(Some).map_err(failed),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Takes away a file with all that belongs to it; one that is not there is no failure.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Error> {
        for path in [Self::preview_of(name), name.to_owned()] {
            match self.objects.delete(&Path::from(path.as_str())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        // What an upload left that ended with the process.
        if let Some(folder) = &self.folder {
            match tokio::fs::remove_file(folder.join(format!("{name}{STAGED}"))).await {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::internal(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Begins to write a file piece by piece.
    pub fn writer(&self, name: &str) -> Writer {
        Writer { store: self.clone(), name: name.to_owned(), waiting: BytesMut::new(), parts: None }
    }
}

/// The bytes of a file, piece by piece.
pub struct FileChunks(Pin<Box<dyn Stream<Item = object_store::Result<Bytes>> + Send>>);

impl FileChunks {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// The store fails.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|cx| self.0.as_mut().poll_next(cx)).await.transpose().map_err(failed)
    }
}

fn failed(error: object_store::Error) -> Error {
    Error::internal(error)
}

/// Writes a file. It holds one part of it in memory; a small file is written at once.
pub struct Writer {
    store: FileStore,
    name: String,
    waiting: BytesMut,
    parts: Option<Box<dyn MultipartUpload>>,
}

impl Writer {
    /// Takes the next bytes; waits while the store is slower than they come.
    ///
    /// # Errors
    /// The store fails.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() >= self.store.part {
            let part = self.waiting.split_to(self.store.part).freeze();
            self.put_part(part).await?;
        }
        Ok(())
    }

    async fn put_part(&mut self, part: Bytes) -> Result<(), Error> {
        if self.parts.is_none() {
            let path = Path::from(self.name.as_str());
            self.parts = Some(self.store.objects.put_multipart(&path).await.map_err(failed)?);
        }
        match &mut self.parts {
            Some(parts) => parts.put_part(part.into()).await.map_err(failed),
            None => Err(Error::internal("an upload that did not begin")),
        }
    }

    /// Ends the file; it is there afterwards.
    ///
    /// # Errors
    /// The store fails.
    pub async fn finish(mut self) -> Result<(), Error> {
        let rest = std::mem::take(&mut self.waiting).freeze();
        if self.parts.is_none() {
            return self.store.put(&self.name, rest).await;
        }
        if !rest.is_empty() {
            self.put_part(rest).await?;
        }
        match self.parts.take() {
            Some(mut parts) => {
                let done = parts.complete().await.map(drop).map_err(failed);
                if done.is_err() {
                    // Dropping takes it back.
                    self.parts = Some(parts);
                }
                done
            }
            None => Ok(()),
        }
    }
}

impl Drop for Writer {
    /// Nothing of a file that was not finished stays.
    fn drop(&mut self) {
        let (Some(mut parts), Ok(runtime)) =
            (self.parts.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = parts.abort().await {
                tracing::warn!(%error, "an upload that was cut off could not be taken back");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_below(folder: &std::path::Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.display().to_string());
                }
            }
        }
        found
    }

    fn store(folder: &tempfile::TempDir) -> FileStore {
        let location = folder.path().join("files").display().to_string();
        FileStore::open(&FilesConfig { location, ..FilesConfig::default() }).expect("a store")
    }

    #[tokio::test]
    async fn files_of_every_size_are_kept_and_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(&folder);
        for size in [0, 10, LOCAL_PART, 3 * LOCAL_PART + 7] {
            let name = FileStore::new_name(1).expect("a name");
            let bytes: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).expect("small")).collect();
            let mut writer = store.writer(&name);
            for piece in bytes.chunks(100_000) {
                writer.write(piece).await.expect("written");
            }
            writer.finish().await.expect("finished");
            let read = store.read(&name).await.expect("readable").expect("there");
            assert_eq!(read, bytes);
            store.remove(&name).await.expect("removed");
            store.remove(&name).await.expect("nothing to do");
            assert!(store.read(&name).await.expect("readable").is_none());
        }
        assert!(files_below(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn a_file_that_is_cut_off_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(&folder);
        let mut writer = store.writer("1/2/cut");
        writer.write(&vec![1; 2 * LOCAL_PART]).await.expect("written");
        assert_eq!(files_below(folder.path()).len(), 1);
        drop(writer);
        for _ in 0..100 {
            if files_below(folder.path()).is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(files_below(folder.path()).is_empty());
        let staged = folder.path().join("files/1/2/killed#1");
        std::fs::write(&staged, b"x").expect("a file");
        store.remove("1/2/killed").await.expect("removed");
        assert!(!staged.exists());
    }
}
