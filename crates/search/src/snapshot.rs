//! The index as a file, so that a start need not read every document.
//!
//! A head, then a section for the documents, then one for each field. Each piece has a checksum,
//! and each section is checked before it is looked into. All numbers are little-endian.

use std::io::{self, Read, Write};
use std::num::NonZero;
use std::sync::{Mutex, mpsc};
use std::thread;

use roaring::RoaringBitmap;

use crate::bytes::{Bytes, put_i64, put_u32, put_u64};
use crate::field::Field;
use crate::{FieldNo, Index, Schema, bytes};

/// The first bytes of every snapshot.
const MAGIC: [u8; 8] = *b"trkwaysx";
/// The format written and the only one read: an older snapshot is replaced by a rebuild.
const FORMAT: u32 = 1;
/// Magic, format, revision, cursor, number of fields, checksum.
const HEAD: usize = 8 + 4 + 4 + 8 + 4 + 4;
/// Length and checksum of a section, checksum of both.
const FRAME: usize = 8 + 4 + 4;
/// Fields are decoded by so many threads at most.
const THREADS: usize = 4;
/// Memory is set aside for at most so many bytes of a section before they are read.
const TRUSTED: u64 = 32 << 20;

/// Why a snapshot was not loaded. Whatever it is, a rebuild is the answer.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Reading failed.
    #[error("cannot read the snapshot of the search index: {0}")]
    Io(#[from] io::Error),
    /// The file is something else.
    #[error("the file is not a snapshot of a search index")]
    Foreign,
    /// The snapshot was written by another version of the program.
    #[error("the snapshot has format {0}, not {FORMAT}")]
    Format(u32),
    /// The snapshot was made with another schema.
    #[error("the snapshot was made with another schema")]
    Schema,
    /// The snapshot is cut off or not what was written.
    #[error("the snapshot is damaged: {0}")]
    Damaged(&'static str),
}

impl Index {
    /// Writes the index and the caller's `cursor`, the place in the feed of changes it stands at.
    ///
    /// # Errors
    /// Those of the writer, which is not flushed.
    pub fn snapshot_to(&self, mut to: impl Write, cursor: i64) -> io::Result<()> {
        let count = u32::try_from(self.fields.len()).map_err(io::Error::other)?;
        let mut head = MAGIC.to_vec();
        put_u32(&mut head, FORMAT);
        put_u32(&mut head, self.schema.revision());
        put_i64(&mut head, cursor);
        put_u32(&mut head, count);
        let check = crc32fast::hash(&head);
        put_u32(&mut head, check);
        to.write_all(&head)?;

        let mut section = Vec::new();
        put_u64(&mut section, self.versions.len() as u64);
        self.versions.iter().for_each(|&version| put_u32(&mut section, version));
        self.alive.serialize_into(&mut section)?;
        write_section(&mut to, &section)?;
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_unstable_by_key(|(no, _)| **no);
        for (&no, field) in fields {
            section.clear();
            bytes::put_field(&mut section, no, field)?;
            write_section(&mut to, &section)?;
        }
        Ok(())
    }

    /// Reads a snapshot; returns the index and the cursor it was written with.
    ///
    /// Every field of the snapshot must have the kind the schema gives it. Fields that only the
    /// schema has start empty, so a schema of another meaning needs another revision.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub fn load_snapshot(
        mut from: impl Read,
        schema: Schema,
    ) -> Result<(Self, i64), SnapshotError> {
        let (cursor, count) = read_head(&mut from, &schema)?;
        let section = read_section(&mut from)?;
        let mut index = Self::new(schema);
        (index.versions, index.alive) = documents(Bytes(&section))?;
        drop(section);
        index.fields.extend(fields(&mut from, count, &index)?);
        if from.read(&mut [0])? != 0 {
            return Err(SnapshotError::Damaged("something follows the end"));
        }
        Ok((index, cursor))
    }
}

fn write_section(to: &mut impl Write, section: &[u8]) -> io::Result<()> {
    let mut frame = Vec::with_capacity(FRAME);
    put_u64(&mut frame, section.len() as u64);
    put_u32(&mut frame, crc32fast::hash(section));
    let check = crc32fast::hash(&frame);
    put_u32(&mut frame, check);
    to.write_all(&frame)?;
    to.write_all(section)
}

/// Reads the head: the cursor and the number of fields.
fn read_head(from: &mut impl Read, schema: &Schema) -> Result<(i64, u32), SnapshotError> {
    let mut head = [0; HEAD];
    read_exact(from, &mut head)?;
    let mut bytes = Bytes(&head);
    if bytes.take(MAGIC.len())? != MAGIC {
        return Err(SnapshotError::Foreign);
    }
    let format = bytes.u32()?;
    if format != FORMAT {
        return Err(SnapshotError::Format(format));
    }
    let (revision, cursor, count) = (bytes.u32()?, bytes.i64()?, bytes.u32()?);
    check(&head[..HEAD - 4], bytes.u32()?)?;
    if revision != schema.revision() {
        return Err(SnapshotError::Schema);
    }
    Ok((cursor, count))
}

/// Reads the sections of fields, while other threads make fields of those that were read.
fn fields(
    from: &mut impl Read,
    count: u32,
    index: &Index,
) -> Result<Vec<(FieldNo, Field)>, SnapshotError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS);
    // Sections wait for a decoder one at a time, so that the file is never in memory as a whole.
    let (read, sections) = mpsc::sync_channel(0);
    let sections = Mutex::new(sections);
    thread::scope(|scope| {
        let decode = || decode(&sections, index);
        let decoders: Vec<_> = (0..threads).map(|_| scope.spawn(decode)).collect();
        let mut result = Ok(());
        for _ in 0..count {
            match read_section(from) {
                Ok(section) => drop(read.send(section)),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        drop(read);
        let mut fields = Vec::new();
        for decoder in decoders {
            fields.extend(decoder.join().map_err(|_| SnapshotError::Damaged("unreadable"))??);
        }
        result.map(|()| fields)
    })
}

/// Makes fields of sections until there are no more. One that cannot be read does not keep others
/// from being taken, for which the reader waits.
fn decode(
    sections: &Mutex<mpsc::Receiver<Vec<u8>>>,
    index: &Index,
) -> Result<Vec<(FieldNo, Field)>, SnapshotError> {
    let next = || sections.lock().ok()?.recv().ok();
    let mut result = Ok(Vec::new());
    while let Some(section) = next() {
        let Ok(fields) = &mut result else { continue };
        match field(&section, index) {
            Ok(field) => fields.push(field),
            Err(error) => result = Err(error),
        }
    }
    result
}

fn field(section: &[u8], index: &Index) -> Result<(FieldNo, Field), SnapshotError> {
    let mut bytes = Bytes(section);
    let (no, field) = bytes.field(index.versions.len())?;
    bytes.end()?;
    if index.schema.kind(no) == Field::kind(&field) {
        Ok((no, field))
    } else {
        Err(SnapshotError::Schema)
    }
}

fn read_section(from: &mut impl Read) -> Result<Vec<u8>, SnapshotError> {
    let mut frame = [0; FRAME];
    read_exact(from, &mut frame)?;
    let mut bytes = Bytes(&frame);
    let (length, sum) = (bytes.u64()?, bytes.u32()?);
    check(&frame[..FRAME - 4], bytes.u32()?)?;
    let mut section = Vec::with_capacity(usize::try_from(length.min(TRUSTED)).unwrap_or(0));
    let read = from.take(length).read_to_end(&mut section)?;
    if read as u64 != length {
        return Err(SnapshotError::Damaged("cut off"));
    }
    check(&section, sum)?;
    Ok(section)
}

fn read_exact(from: &mut impl Read, to: &mut [u8]) -> Result<(), SnapshotError> {
    from.read_exact(to).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => SnapshotError::Damaged("cut off"),
        _ => SnapshotError::Io(error),
    })
}

fn check(bytes: &[u8], sum: u32) -> Result<(), SnapshotError> {
    if crc32fast::hash(bytes) == sum {
        Ok(())
    } else {
        Err(SnapshotError::Damaged("wrong checksum"))
    }
}

/// Versions of the documents, and which of them exist.
fn documents(mut bytes: Bytes<'_>) -> Result<(Vec<u32>, RoaringBitmap), SnapshotError> {
    let count = bytes.count(size_of::<u32>())?;
    let versions = (0..count).map(|_| bytes.u32()).collect::<Result<_, _>>()?;
    let alive = bytes.bitmap(count)?;
    bytes.end()?;
    Ok((versions, alive))
}
