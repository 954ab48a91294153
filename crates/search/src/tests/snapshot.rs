//! Snapshots, whole and damaged.

use proptest::prelude::*;
use proptest::sample::Index as Choice;

use super::{assert_same, cond, model, order, schema, terms};
use crate::{Doc, FieldKind, Index, Schema, SnapshotError};

fn saved(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.snapshot_to(&mut bytes, -42).expect("memory takes everything");
    bytes
}

/// Makes the checksums right again after damage to a section.
fn mend(bytes: &mut [u8]) {
    let mut at = 32;
    while let Some(frame) = bytes.get(at..at + 16) {
        let length = u64::from_le_bytes(frame[..8].try_into().expect("eight bytes"));
        let length = usize::try_from(length).expect("fits");
        let sum = crc32fast::hash(&bytes[at + 16..at + 16 + length]);
        bytes[at + 8..at + 12].copy_from_slice(&sum.to_le_bytes());
        let sum = crc32fast::hash(&bytes[at..at + 12]);
        bytes[at + 12..at + 16].copy_from_slice(&sum.to_le_bytes());
        at += 16 + length;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn a_snapshot_gives_the_index_back(model in model(), changed in terms()) {
        let mut index = model.build();
        let (mut loaded, cursor) =
            Index::load_snapshot(&*saved(&index), schema()).expect("it was just written");
        prop_assert_eq!(cursor, -42);
        assert_same(&index, &loaded);
        for (&id, doc) in model.docs.iter().step_by(3) {
            let after = Doc::new(2, changed.clone());
            index.apply(id, Some(doc), Some(&after));
            loaded.apply(id, Some(doc), Some(&after));
        }
        assert_same(&index, &loaded);
    }

    #[test]
    fn damage_is_noticed(
        model in model(),
        flips in prop::collection::vec((any::<Choice>(), 0..8u8), 1..4),
        length in prop::option::of(any::<Choice>()),
    ) {
        let whole = saved(&model.build());
        let mut bytes = whole.clone();
        for (place, bit) in flips {
            bytes[place.index(whole.len())] ^= 1 << bit;
        }
        bytes.truncate(length.map_or(whole.len(), |length| length.index(whole.len())));
        let loaded = Index::load_snapshot(&*bytes, schema());
        prop_assert!(loaded.is_err() || bytes == whole);
    }

    #[test]
    fn damage_with_right_checksums_breaks_nothing(
        model in model(),
        flips in prop::collection::vec((any::<Choice>(), any::<u8>()), 1..4),
        cond in cond(),
        order in order(),
    ) {
        let mut bytes = saved(&model.build());
        for (place, byte) in flips {
            let place = 32 + place.index(bytes.len() - 32);
            // Frames stay, or the sections could not be found to be mended.
            let mut at = 32;
            while at <= place {
                let length = bytes[at..at + 8].try_into().expect("eight bytes");
                let end = at + 16 + usize::try_from(u64::from_le_bytes(length)).expect("fits");
                if (at + 16..end).contains(&place) {
                    bytes[place] = byte;
                }
                at = end;
            }
        }
        mend(&mut bytes);
        if let Ok((mut index, _)) = Index::load_snapshot(&*bytes, schema()) {
            let hits = index.eval(&cond);
            index.page(&hits, &order, 1, 10);
            for (&id, doc) in &model.docs {
                index.apply(id, Some(doc), Some(&Doc::new(9, Vec::new())));
            }
        }
    }

    #[test]
    fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Index::load_snapshot(&*bytes, schema()).is_err());
    }
}

#[test]
fn other_schemas_formats_and_tails_are_refused() {
    let mut index = Index::new(schema());
    index.apply(3, None, Some(&Doc::new(1, vec![(0, 1), (1, 2)])));
    let bytes = saved(&index);
    let load = |bytes: &[u8], schema| Index::load_snapshot(bytes, schema).expect_err("refused");

    assert!(matches!(load(&bytes, Schema::new(4)), SnapshotError::Schema));
    let other_kind = schema().with(1, FieldKind::Exact);
    assert!(matches!(load(&bytes, other_kind), SnapshotError::Schema));
    let mut other_format = bytes.clone();
    other_format[8] = 77;
    assert!(matches!(load(&other_format, schema()), SnapshotError::Format(77)));
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(load(&longer, schema()), SnapshotError::Damaged(_)));
    assert!(matches!(load(&bytes[..bytes.len() - 1], schema()), SnapshotError::Damaged(_)));
    assert!(matches!(load(&[b'x'; 64], schema()), SnapshotError::Foreign));
}
