//! The two stored parts of an issue (design, section 7): `vals`, the bytes of everything that is
//! not text, which also feed the index; and `plain`, the texts as ready JSON members.

use serde_json::Value as Json;
use trackway_search::Doc;

use super::Issue;
use super::value::{Form, Val, number_key, text_key, text_place};
use crate::dict::model::ValueType;
use crate::error::{Error, Result};
use crate::field::no::{self, FieldNo};
use crate::field::{FieldDef, FieldIndex};

/// What follows a field number in `vals`.
const ONE: u64 = 0;
const MANY: u64 = 1;
const FLOAT: u64 = 2;
const HASHES: u64 = 3;

fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push((n & 0x7f) as u8);
}

fn put_signed(out: &mut Vec<u8>, n: i64) {
    put_varint(out, ((n << 1) ^ (n >> 63)).cast_unsigned());
}

/// Reads `vals` front to back.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(n);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let n = self.varint()?;
        Some((n >> 1).cast_signed() ^ -((n & 1).cast_signed()))
    }

    fn fixed(&mut self) -> Option<u64> {
        let (bytes, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*bytes))
    }
}

/// One stored field, before its type is looked at.
enum Entry {
    One(i64),
    Many(Vec<i64>),
    Float(f64),
    Hashes(Vec<i64>),
}

fn entries(vals: &[u8], mut each: impl FnMut(FieldNo, Entry)) -> Result<()> {
    let mut r = Reader(vals);
    let broken = || Error::internal("stored values of an issue cannot be read");
    while !r.0.is_empty() {
        let tag = r.varint().ok_or_else(broken)?;
        let field = FieldNo::try_from(tag >> 2).map_err(|_| broken())?;
        let entry = match tag & 3 {
            ONE => Entry::One(r.signed().ok_or_else(broken)?),
            FLOAT => Entry::Float(f64::from_bits(r.fixed().ok_or_else(broken)?)),
            kind => {
                let count = r.varint().ok_or_else(broken)?;
                let items: Option<Vec<i64>> =
                    (0..count)
                        .map(|_| {
                            if kind == MANY { r.signed() } else { r.fixed().map(u64::cast_signed) }
                        })
                        .collect();
                let items = items.ok_or_else(broken)?;
                if kind == MANY { Entry::Many(items) } else { Entry::Hashes(items) }
            }
        };
        each(field, entry);
    }
    Ok(())
}

/// Texts that are found by equality. Descriptions are searched by words only.
fn is_hashed(def: Option<&FieldDef>, field: FieldNo) -> bool {
    field != no::DESCRIPTION && def.is_none_or(|d| d.value_type != ValueType::Text)
}

/// Encodes everything of an issue that is not text.
pub fn encode_vals(issue: &Issue, fields: &FieldIndex) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    for (field, val) in issue.vals() {
        let tag = |kind| u64::from(field) << 2 | kind;
        match val {
            Val::Ref(n) | Val::At(n) | Val::Span(n) => {
                put_varint(&mut out, tag(ONE));
                put_signed(&mut out, *n);
            }
            Val::Day(day) => {
                put_varint(&mut out, tag(ONE));
                put_signed(&mut out, i64::from(*day));
            }
            Val::Num(n) => {
                put_varint(&mut out, tag(FLOAT));
                out.extend_from_slice(&n.to_bits().to_le_bytes());
            }
            Val::Refs(ids) => {
                put_varint(&mut out, tag(MANY));
                put_varint(&mut out, ids.len() as u64);
                for id in ids {
                    put_signed(&mut out, *id);
                }
            }
            // Summaries are sorted by, which a hash would not allow; equal ones are found by words.
            Val::Text(text) if field == no::SUMMARY => {
                put_varint(&mut out, tag(HASHES));
                put_varint(&mut out, 1);
                out.extend_from_slice(&text_place(text).to_le_bytes());
            }
            Val::Text(text) if is_hashed(fields.get(field), field) => {
                put_varint(&mut out, tag(HASHES));
                put_varint(&mut out, 1);
                out.extend_from_slice(&text_key(text).to_le_bytes());
            }
            Val::Texts(texts) => {
                put_varint(&mut out, tag(HASHES));
                put_varint(&mut out, texts.len() as u64);
                for text in texts {
                    out.extend_from_slice(&text_key(text).to_le_bytes());
                }
            }
            // That there is a value is all that is asked of these.
            Val::Text(_) | Val::Json(_) => {
                put_varint(&mut out, tag(MANY));
                put_varint(&mut out, 1);
                put_signed(&mut out, 1);
            }
        }
    }
    out
}

/// Encodes the texts of an issue, the summary apart, as JSON members without braces.
pub fn encode_plain(issue: &Issue, fields: &FieldIndex) -> String {
    let mut out = String::new();
    for (field, val) in issue.vals() {
        let json = match val {
            Val::Text(_) if field == no::SUMMARY => continue,
            Val::Text(_) | Val::Texts(_) | Val::Json(_) => val.to_json(),
            _ => continue,
        };
        let Some(def) = fields.get(field) else { continue };
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&Json::from(def.wire.as_str()).to_string());
        out.push(':');
        out.push_str(&json.to_string());
    }
    out
}

/// Reads `vals` into an issue.
///
/// # Errors
/// Damaged bytes.
pub fn decode_vals(vals: &[u8], fields: &FieldIndex, issue: &mut Issue) -> Result<()> {
    entries(vals, |field, entry| {
        if let (no::ARCHIVED_AT, Entry::One(at)) = (field, &entry) {
            issue.set(field, Some(Val::At(*at)));
        }
        let Some(def) = fields.get(field) else { return };
        let val = match (Form::of(def), entry) {
            (Form::Ref, Entry::One(n)) => Val::Ref(n),
            (Form::At, Entry::One(n)) => Val::At(n),
            (Form::Span, Entry::One(n)) => Val::Span(n),
            (Form::Day, Entry::One(n)) => Val::Day(i32::try_from(n).unwrap_or(0)),
            (Form::Num, Entry::Float(n)) => Val::Num(n),
            (Form::Refs, Entry::Many(ids)) => Val::Refs(ids),
            _ => return,
        };
        issue.set(field, Some(val));
    })
}

/// Reads `plain` into an issue.
///
/// # Errors
/// Damaged JSON.
pub fn decode_plain(plain: &str, fields: &FieldIndex, issue: &mut Issue) -> Result<()> {
    if plain.is_empty() {
        return Ok(());
    }
    let members: serde_json::Map<String, Json> =
        serde_json::from_str(&format!("{{{plain}}}")).map_err(Error::internal)?;
    for (wire, json) in members {
        let Some(def) = fields.by_wire(&wire) else { continue };
        let form = Form::of(def);
        issue.set(def.no, Val::from_json(form, &json));
    }
    Ok(())
}

/// What the index keeps of an issue: made from the narrow row alone. Nothing of an archived one, so
/// that no search finds it.
///
/// # Errors
/// Damaged bytes.
pub fn doc(queue: i64, num: i64, version: i64, vals: &[u8]) -> Result<Option<Doc>> {
    let mut archived = false;
    let mut terms = Vec::with_capacity(24);
    terms.push((no::KEY, key_term(queue, num)));
    terms.push((no::QUEUE, queue));
    entries(vals, |field, entry| match entry {
        _ if field == no::ARCHIVED_AT => archived = true,
        Entry::One(n) => terms.push((field, n)),
        Entry::Many(items) | Entry::Hashes(items) => {
            terms.extend(items.into_iter().map(|n| (field, n)));
        }
        Entry::Float(n) => terms.push((field, number_key(n))),
    })?;
    Ok((!archived).then(|| Doc::new(revision(version), terms)))
}

/// A revision as the index counts them.
pub fn revision(version: i64) -> u32 {
    u32::try_from(version).unwrap_or(u32::MAX)
}

/// The index value of a key: queue and number in one.
pub const fn key_term(queue: i64, num: i64) -> i64 {
    queue << 32 | num
}
