//! Fields to bytes and back. What is read is checked, whatever the checksums say, so that no
//! bytes can break an invariant that indexing or memory rests on.

use std::collections::BTreeMap;
use std::io;

use roaring::RoaringBitmap;

use crate::exact::Exact;
use crate::field::Field;
use crate::ordered::Ordered;
use crate::{DocId, FieldKind, FieldNo, SnapshotError};

pub(crate) fn put_u32(to: &mut Vec<u8>, number: u32) {
    to.extend_from_slice(&number.to_le_bytes());
}

pub(crate) fn put_u64(to: &mut Vec<u8>, number: u64) {
    to.extend_from_slice(&number.to_le_bytes());
}

pub(crate) fn put_i64(to: &mut Vec<u8>, number: i64) {
    to.extend_from_slice(&number.to_le_bytes());
}

/// Seven bits a byte, the least first; the top bit says that more follow.
fn put_varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

pub(crate) fn put_field(to: &mut Vec<u8>, no: FieldNo, field: &Field) -> io::Result<()> {
    put_u32(to, no);
    to.push(kind_code(field.kind()));
    if let Some(exact) = field.exact() {
        put_exact(to, exact)?;
    }
    if let Some(ordered) = field.ordered() {
        put_ordered(to, ordered);
    }
    Ok(())
}

fn put_exact(to: &mut Vec<u8>, exact: &Exact) -> io::Result<()> {
    exact.present().serialize_into(&mut *to)?;
    put_u64(to, exact.value_count() as u64);
    for (value, docs) in exact.values() {
        put_i64(to, value);
        docs.serialize_into(&mut *to)?;
    }
    Ok(())
}

/// Documents in order, then the distance of each value from the one before.
fn put_ordered(to: &mut Vec<u8>, ordered: &Ordered) {
    let all = (Ordered::START, ordered.end());
    put_u64(to, ordered.len() as u64);
    to.reserve(ordered.len() * 8);
    ordered.docs(all).for_each(|doc| put_u32(to, doc));
    let mut last = i64::MIN;
    for value in ordered.docs(all).map(|doc| ordered.value(doc)) {
        put_varint(to, value.wrapping_sub(last).cast_unsigned());
        last = value;
    }
}

fn kind_code(kind: FieldKind) -> u8 {
    match kind {
        FieldKind::Exact => 0,
        FieldKind::Ordered { dense } => 1 + u8::from(dense),
        FieldKind::Both { dense } => 3 + u8::from(dense),
    }
}

fn kind_of(code: u8) -> Result<FieldKind, SnapshotError> {
    let dense = code.is_multiple_of(2);
    match code {
        0 => Ok(FieldKind::Exact),
        1 | 2 => Ok(FieldKind::Ordered { dense }),
        3 | 4 => Ok(FieldKind::Both { dense }),
        _ => Err(SnapshotError::Damaged("unknown kind of field")),
    }
}

/// Bytes that are still to be read.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], SnapshotError> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(SnapshotError::Damaged("too short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let (taken, rest) =
            self.0.split_first_chunk().ok_or(SnapshotError::Damaged("too short"))?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, SnapshotError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, SnapshotError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, SnapshotError> {
        self.array().map(i64::from_le_bytes)
    }

    fn varint(&mut self) -> Result<u64, SnapshotError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(SnapshotError::Damaged("number too long"))
    }

    /// A number of things that take at least `size` bytes each.
    pub(crate) fn count(&mut self, size: usize) -> Result<usize, SnapshotError> {
        let count = usize::try_from(self.u64()?).ok();
        count
            .filter(|count| count.checked_mul(size).is_some_and(|bytes| bytes <= self.0.len()))
            .ok_or(SnapshotError::Damaged("impossible count"))
    }

    /// A bitmap of ids below `universe`.
    pub(crate) fn bitmap(&mut self, universe: usize) -> Result<RoaringBitmap, SnapshotError> {
        let bitmap = RoaringBitmap::deserialize_from(&mut self.0)
            .map_err(|_| SnapshotError::Damaged("broken bitmap"))?;
        if bitmap.max().is_some_and(|max| max as usize >= universe) {
            return Err(SnapshotError::Damaged("unknown document"));
        }
        Ok(bitmap)
    }

    pub(crate) fn field(&mut self, universe: usize) -> Result<(FieldNo, Field), SnapshotError> {
        let no = self.u32()?;
        let [code] = self.array()?;
        let field = match kind_of(code)? {
            FieldKind::Exact => Field::Exact(self.exact(universe)?),
            FieldKind::Ordered { dense } => {
                Field::Ordered { dense, ordered: self.ordered(dense, universe)? }
            }
            FieldKind::Both { dense } => {
                let exact = self.exact(universe)?;
                Field::Both { dense, exact, ordered: self.ordered(dense, universe)? }
            }
        };
        Ok((no, field))
    }

    pub(crate) fn end(&self) -> Result<(), SnapshotError> {
        if self.0.is_empty() { Ok(()) } else { Err(SnapshotError::Damaged("too long")) }
    }

    fn exact(&mut self, universe: usize) -> Result<Exact, SnapshotError> {
        let present = self.bitmap(universe)?;
        let count = self.count(size_of::<i64>())?;
        let mut values = BTreeMap::new();
        for _ in 0..count {
            let (value, docs) = (self.i64()?, self.bitmap(universe)?);
            if docs.is_empty() || values.insert(value, docs).is_some() {
                return Err(SnapshotError::Damaged("broken value"));
            }
        }
        Ok(Exact::from_parts(values, present))
    }

    fn ordered(&mut self, dense: bool, universe: usize) -> Result<Ordered, SnapshotError> {
        let count = self.count(size_of::<DocId>() + 1)?;
        let docs = self.take(count * size_of::<DocId>())?;
        let (docs, _) = docs.as_chunks();
        let mut keys = Vec::with_capacity(count);
        let mut last = i64::MIN;
        for &doc in docs {
            let doc = u32::from_le_bytes(doc);
            let value = last.checked_add_unsigned(self.varint()?);
            let value = value.ok_or(SnapshotError::Damaged("value too great"))?;
            if doc as usize >= universe || keys.last().is_some_and(|&key| key >= (value, doc)) {
                return Err(SnapshotError::Damaged("broken order"));
            }
            keys.push((value, doc));
            last = value;
        }
        let ordered = Ordered::from_sorted(dense, &keys);
        if ordered.len() != count {
            return Err(SnapshotError::Damaged("a document has two places"));
        }
        Ok(ordered)
    }
}
