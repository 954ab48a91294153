//! The file of a backup, a gzipped tar:
//!
//! | member | content |
//! | --- | --- |
//! | `manifest.json` | format, program, time, step of the schema; the first one |
//! | `server-key` | the installation's key, unless it was left out |
//! | `tables/NAME/NUMBER.jsonl` | names of the columns, then a row a line; bytes as `{"b64": …}` |
//! | `files/NAME` | a file of the store |
//! | `end.json` | what was written; without it the backup is cut off |

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use anyhow::{Context, Result, bail, ensure};
use data_encoding::BASE64;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use trackway_core::backup::{Header, Sink};
use trackway_core::secret::ServerKey;
use trackway_db::{Cell, Value};

/// Raised when the members change.
const FORMAT: u32 = 1;
/// Bytes of a member of rows.
const MEMBER: usize = 4 << 20;
const BYTES: &str = "b64";

/// The first member.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    format: u32,
    program: String,
    pub(super) made_at: String,
    schema_step: i64,
    untold_events: Vec<i64>,
}

impl Manifest {
    /// What the tracker has to know before the first row.
    pub(super) fn header(&self) -> Header {
        Header { step: self.schema_step, untold: self.untold_events.clone() }
    }
}

/// The last member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    /// Rows by table.
    pub(super) rows: BTreeMap<String, u64>,
    /// Files, and their bytes.
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// Files that the store did not have.
    pub(super) missing: Vec<String>,
}

/// Counts and sums up what passes.
struct Summed<W> {
    to: W,
    sum: Sha256,
    size: u64,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What was written: the stream, its size, its SHA-256, and what is in it.
pub(super) struct Written<W> {
    pub(super) to: W,
    pub(super) size: u64,
    pub(super) sha256: String,
    pub(super) end: End,
}

/// Writes a backup.
pub(super) struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<Summed<W>>>,
    now: i64,
    table: String,
    columns: String,
    number: u32,
    lines: Vec<u8>,
    end: End,
}

impl<W: Write> Writer<W> {
    /// Begins; `now` in milliseconds.
    pub(super) fn new(to: W, now: i64) -> Self {
        let to = Summed { to, sum: Sha256::new(), size: 0 };
        Self {
            tar: tar::Builder::new(GzEncoder::new(to, Compression::fast())),
            now,
            table: String::new(),
            columns: String::new(),
            number: 0,
            lines: Vec::new(),
            end: End::default(),
        }
    }

    /// Adds the installation's key.
    pub(super) fn key(&mut self, key: &ServerKey) -> io::Result<()> {
        self.member("server-key", key.text().as_bytes())
    }

    /// Adds a file of the store.
    pub(super) fn file(&mut self, name: &str, size: u64, content: impl Read) -> io::Result<()> {
        self.end.files += 1;
        self.end.bytes += size;
        self.stream(&format!("files/{name}"), size, content)
    }

    /// Notes a file that the store does not have.
    pub(super) fn missing(&mut self, name: &str) {
        self.end.missing.push(name.to_owned());
    }

    /// Ends the backup.
    pub(super) fn finish(mut self) -> Result<Written<W>> {
        self.flush_rows()?;
        let end = serde_json::to_vec_pretty(&self.end)?;
        self.member("end.json", &end)?;
        let mut to = self.tar.into_inner()?.finish()?;
        to.flush()?;
        let sha256 = data_encoding::HEXLOWER.encode(&to.sum.finalize());
        Ok(Written { to: to.to, size: to.size, sha256, end: self.end })
    }

    fn member(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.stream(name, content.len() as u64, content)
    }

    fn stream(&mut self, name: &str, size: u64, content: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.now / 1000).unwrap_or_default());
        self.tar.append_data(&mut header, name, content)
    }

    fn flush_rows(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.number += 1;
        let name = format!("tables/{}/{:06}.jsonl", self.table, self.number);
        let mut content = format!("{}\n", self.columns).into_bytes();
        content.append(&mut self.lines);
        self.member(&name, &content)
    }
}

impl<W: Write> Sink for Writer<W> {
    fn header(&mut self, header: &Header) -> io::Result<()> {
        let manifest = Manifest {
            format: FORMAT,
            program: format!("trackway {}", env!("CARGO_PKG_VERSION")),
            made_at: trackway_core::time::instant_text(self.now),
            schema_step: header.step,
            untold_events: header.untold.clone(),
        };
        let text = serde_json::to_vec_pretty(&manifest)?;
        self.member("manifest.json", &text)
    }

    fn table(&mut self, name: &str, columns: &[String]) -> io::Result<()> {
        self.flush_rows()?;
        name.clone_into(&mut self.table);
        self.columns = serde_json::to_string(columns)?;
        self.number = 0;
        self.end.rows.insert(name.to_owned(), 0);
        Ok(())
    }

    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        let row: Vec<Json> = cells.iter().map(to_json).collect();
        serde_json::to_writer(&mut self.lines, &row)?;
        self.lines.push(b'\n');
        if let Some(count) = self.end.rows.get_mut(&self.table) {
            *count += 1;
        }
        if self.lines.len() >= MEMBER { self.flush_rows() } else { Ok(()) }
    }
}

fn to_json(cell: &Value<'_>) -> Json {
    match *cell {
        Value::Null | Value::Ids(_) => Json::Null,
        Value::Int(value) => value.into(),
        Value::Double(value) => value.into(),
        Value::Text(text) => text.into(),
        Value::Bytes(bytes) => json!({ BYTES: BASE64.encode(bytes) }),
    }
}

fn from_json(cell: Json) -> Result<Cell> {
    Ok(match cell {
        Json::Null => Cell::Null,
        Json::String(text) => Cell::Text(text),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Cell::Int(value),
            None => Cell::Double(number.as_f64().context("a number out of range")?),
        },
        Json::Object(members) => match members.get(BYTES).and_then(Json::as_str) {
            Some(text) => Cell::Bytes(BASE64.decode(text.as_bytes())?),
            None => bail!("an object that is no bytes"),
        },
        Json::Bool(_) | Json::Array(_) => bail!("a value of no type of the database"),
    })
}

/// Hears what a backup consists of, in the order in which it lies there.
pub(super) trait Reader {
    fn manifest(&mut self, manifest: &Manifest) -> Result<()>;
    fn key(&mut self, text: &str) -> Result<()>;
    fn rows(&mut self, table: &str, columns: &[String], cells: Vec<Cell>) -> Result<()>;
    fn file(&mut self, name: &str, size: u64, content: &mut dyn Read) -> Result<()>;
}

/// Reads a whole backup, and answers what it says it consists of once that is found true.
pub(super) fn read(from: impl Read, reader: &mut impl Reader) -> Result<End> {
    let mut tar = tar::Archive::new(GzDecoder::new(from));
    let mut seen = End::default();
    let mut said = None;
    let mut begun = false;
    for entry in tar.entries().context("this is no backup")? {
        let mut entry = entry.context("the backup is damaged")?;
        let path = entry.path()?.to_str().context("a name that is no text")?.to_owned();
        let parts: Vec<&str> = path.splitn(3, '/').collect();
        ensure!(begun || path == "manifest.json", "this is no backup of trackway");
        match parts.as_slice() {
            ["manifest.json"] => {
                let manifest: Manifest = serde_json::from_str(&text(&mut entry)?)?;
                let format = manifest.format;
                ensure!(format == FORMAT, "format {format} is not one that this program knows");
                reader.manifest(&manifest)?;
                begun = true;
            }
            ["server-key"] => reader.key(text(&mut entry)?.trim())?,
            ["tables", table, _] => {
                let count = rows(&text(&mut entry)?, table, reader)
                    .with_context(|| format!("in {path}"))?;
                *seen.rows.entry((*table).to_owned()).or_default() += count;
            }
            ["files", ..] => {
                let name = path.strip_prefix("files/").unwrap_or(&path);
                ensure!(!name.split('/').any(|part| part == ".."), "{name:?} is no name of a file");
                seen.files += 1;
                seen.bytes += entry.size();
                reader.file(name, entry.size(), &mut entry)?;
            }
            ["end.json"] => said = Some(serde_json::from_str::<End>(&text(&mut entry)?)?),
            _ => bail!("{path:?} is no part of a backup"),
        }
    }
    let mut said = said.context("the backup is cut off")?;
    // The checksum comes after the last member.
    io::copy(&mut tar.into_inner(), &mut io::sink()).context("the backup is damaged")?;
    let told = said.clone();
    // Tables without rows have no members.
    said.rows.retain(|_, count| *count > 0);
    said.missing.clear();
    ensure!(said == seen, "the backup does not hold what it says: {said:?}, but {seen:?}");
    Ok(told)
}

fn text(entry: &mut impl Read) -> Result<String> {
    let mut text = String::new();
    entry.read_to_string(&mut text).context("the backup is damaged")?;
    Ok(text)
}

fn rows(text: &str, table: &str, reader: &mut impl Reader) -> Result<u64> {
    let mut lines = text.lines();
    let columns: Vec<String> = serde_json::from_str(lines.next().unwrap_or_default())?;
    let (mut cells, mut count) = (Vec::new(), 0);
    for line in lines {
        let row: Vec<Json> = serde_json::from_str(line)?;
        ensure!(row.len() == columns.len(), "a row of {} cells", row.len());
        for cell in row {
            cells.push(from_json(cell)?);
        }
        count += 1;
    }
    reader.rows(table, &columns, cells)?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard {
        cells: Vec<Cell>,
        files: Vec<(String, Vec<u8>)>,
        key: String,
    }

    impl Reader for Heard {
        fn manifest(&mut self, manifest: &Manifest) -> Result<()> {
            assert_eq!(manifest.header(), Header { step: 3, untold: vec![9] });
            Ok(())
        }

        fn key(&mut self, text: &str) -> Result<()> {
            text.clone_into(&mut self.key);
            Ok(())
        }

        fn rows(&mut self, table: &str, columns: &[String], cells: Vec<Cell>) -> Result<()> {
            assert_eq!((table, columns), ("t", ["a".to_owned(), "b".to_owned()].as_slice()));
            self.cells.extend(cells);
            Ok(())
        }

        fn file(&mut self, name: &str, size: u64, content: &mut dyn Read) -> Result<()> {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            assert_eq!(bytes.len() as u64, size);
            self.files.push((name.to_owned(), bytes));
            Ok(())
        }
    }

    fn written() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), 0);
        writer.header(&Header { step: 3, untold: vec![9] }).expect("memory");
        writer.key(&ServerKey::generate().expect("random")).expect("memory");
        writer.table("empty", &["a".to_owned()]).expect("memory");
        writer.table("t", &["a".to_owned(), "b".to_owned()]).expect("memory");
        let long = "x".repeat(MEMBER);
        for row in [
            [Value::Int(i64::MIN), Value::Bytes(&[0, 255])],
            [Value::Double(1.0), Value::Text(&long)],
            [Value::Null, Value::Text("a\n\"я")],
        ] {
            writer.row(&row).expect("memory");
        }
        writer.table("last", &["a".to_owned()]).expect("memory");
        writer.file("1/2/abc", 3, &b"abc"[..]).expect("memory");
        let written = writer.finish().expect("memory");
        assert_eq!(written.size, written.to.len() as u64);
        assert_eq!((written.end.rows["t"], written.end.files), (3, 1));
        written.to
    }

    #[test]
    fn what_is_written_is_read() {
        let mut heard = Heard::default();
        let end = read(written().as_slice(), &mut heard).expect("a whole backup");
        assert_eq!((end.rows["empty"], end.bytes), (0, 3));
        assert_eq!(heard.files, [("1/2/abc".to_owned(), b"abc".to_vec())]);
        assert_eq!(heard.cells[..2], [Cell::Int(i64::MIN), Cell::Bytes(vec![0, 255])]);
        assert_eq!(heard.cells[2], Cell::Double(1.0));
        assert_eq!(heard.cells[4..], [Cell::Null, Cell::Text("a\n\"я".to_owned())]);
        assert!(!heard.key.is_empty());
    }

    #[test]
    fn damage_is_noticed() {
        let whole = written();
        for part in [0, 20, whole.len() / 2, whole.len() - 9] {
            assert!(read(&whole[..part], &mut Heard::default()).is_err(), "{part} bytes");
        }
        assert!(read(&b"hello"[..], &mut Heard::default()).is_err());
    }
}
