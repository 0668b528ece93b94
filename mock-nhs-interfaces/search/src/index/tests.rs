//! Both indexes against the plainest model there is: a sorted set of (parameter, key, record).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::{BaseIndex, Batch, Builder, Doc, OverlayIndex};
use crate::key::KeyRange;
use crate::query::{ParameterId, ResourceType};

type Triple = (u16, Vec<u8>, Doc);

fn build(batches: &[Vec<Triple>], threads: usize) -> BaseIndex {
    let mut builder = Builder::new();
    for triples in batches {
        let mut batch = Batch::new();
        for (parameter, key, doc) in triples {
            batch.add_key(ParameterId(*parameter), key, *doc);
        }
        builder.push(batch);
    }
    builder.build(threads).unwrap()
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0_u8, 1, b'a', b'b', 255]), 0..4)
}

/// Few records under random keys, and one key that is common enough to become a bitmap.
fn triples() -> impl Strategy<Value = Vec<Triple>> {
    (
        prop::collection::vec((0_u16..3, key(), 0_u32..40), 0..60),
        key(),
        0_u32..400,
    )
        .prop_map(|(mut triples, common, count)| {
            triples.extend((0..count).map(|doc| (1, common.clone(), doc * 3)));
            triples
        })
}

/// Any two ends, crossed ones too, and single keys.
fn range() -> impl Strategy<Value = KeyRange> {
    prop_oneof![
        (key(), key()).prop_map(|(low, high)| KeyRange::between(&low, &high)),
        key().prop_map(|key| KeyRange::between(&key, &[255; 5])),
        key().prop_map(|key| KeyRange::exact(&key)),
    ]
}

proptest! {
    #[test]
    fn base_answers_as_a_sorted_set(
        batches in prop::collection::vec(triples(), 0..4),
        threads in 1_usize..3,
        range in range(),
    ) {
        let index = build(&batches, threads);
        let model: BTreeSet<Triple> = batches.concat().into_iter().collect();
        for parameter in 0..4 {
            let id = ParameterId(parameter);
            let inside: Vec<&Triple> = model
                .iter()
                .filter(|(p, k, _)| *p == parameter && range.contains(k))
                .collect();
            prop_assert_eq!(index.estimate(id, &range), inside.len() as u64);
            let mut found = Vec::new();
            let mut set = RoaringBitmap::new();
            for rank in index.ranks(id, &range) {
                let dictionary = index.dictionary(id).unwrap();
                let postings = dictionary.postings(rank);
                postings.add_to(&mut set);
                postings.for_each(|doc| {
                    assert!(postings.contains(doc));
                    found.push((parameter, dictionary.key(rank).to_vec(), doc));
                });
            }
            prop_assert_eq!(&found.iter().collect::<Vec<_>>(), &inside);
            prop_assert_eq!(set, inside.iter().map(|(_, _, doc)| *doc).collect::<RoaringBitmap>());

            for kind in [0, 1, b'a', b'b'] {
                let forward = index.forward(id, kind);
                let mut expected: BTreeMap<Doc, Vec<&[u8]>> = BTreeMap::new();
                for (p, key, doc) in &model {
                    if *p == parameter && key.first() == Some(&kind) {
                        expected.entry(*doc).or_default().push(key);
                    }
                }
                for doc in (0..40).chain((40..1300).step_by(7)) {
                    let keys: Vec<&[u8]> = forward
                        .ranks(doc)
                        .iter()
                        .map(|rank| index.dictionary(id).unwrap().key(*rank as usize))
                        .collect();
                    prop_assert_eq!(&keys, expected.entry(doc).or_default());
                }
            }
        }
        for (parameter, key, doc) in &model {
            let postings = index.exact(ParameterId(*parameter), key).unwrap();
            prop_assert!(postings.contains(*doc));
            prop_assert!(!postings.contains(1_000_000));
        }
        prop_assert_eq!(index.size().postings, model.len() as u64);
    }

    #[test]
    fn overlay_answers_as_a_sorted_set_and_its_clones_stand_still(
        steps in prop::collection::vec((0_u32..60, prop::option::of(prop::collection::vec((0_u16..3, key()), 0..6))), 0..120),
        range in range(),
    ) {
        let mut index = OverlayIndex::new();
        let mut model: BTreeMap<Doc, BTreeSet<(u16, Vec<u8>)>> = BTreeMap::new();
        let mut kept = Vec::new();
        for (doc, keys) in steps {
            match keys {
                Some(keys) => {
                    let rows = keys.iter().map(|(p, k)| (ParameterId(*p), Arc::from(k.as_slice()))).collect();
                    index.insert_rows(doc, ResourceType(0), rows);
                    model.insert(doc, keys.into_iter().collect());
                }
                None => {
                    index.remove(doc);
                    model.remove(&doc);
                }
            }
            kept.push((index.clone(), model.clone()));
        }
        for (index, model) in kept.iter().step_by(17).chain(kept.last()) {
            prop_assert_eq!(index.len(), model.len());
            for parameter in 0..4 {
                let id = ParameterId(parameter);
                let expected: BTreeSet<(Vec<u8>, Doc)> = model
                    .iter()
                    .flat_map(|(doc, rows)| rows.iter().map(move |row| (row, *doc)))
                    .filter(|((p, k), _)| *p == parameter && range.contains(k))
                    .map(|((_, k), doc)| (k.clone(), doc))
                    .collect();
                let mut found = Vec::new();
                for (key, docs) in index.range(id, &range) {
                    prop_assert!(!docs.is_empty());
                    docs.for_each(|doc| found.push((key.to_vec(), doc)));
                }
                prop_assert_eq!(&found.iter().collect::<Vec<_>>(), &expected.iter().collect::<Vec<_>>());
                prop_assert_eq!(index.estimate(id, &range, usize::MAX), expected.len() as u64);
                for (doc, rows) in model {
                    let keys: Vec<&[u8]> = index.keys_of(*doc, id).collect();
                    let mine: Vec<&[u8]> = rows
                        .iter()
                        .filter(|(p, _)| *p == parameter)
                        .map(|(_, k)| k.as_slice())
                        .collect();
                    prop_assert_eq!(keys, mine);
                }
            }
        }
    }
}

#[test]
fn overlay_keeps_a_key_that_many_share_sorted() {
    let mut index = OverlayIndex::new();
    for doc in (0..500).rev() {
        index.insert_rows(
            doc,
            ResourceType(3),
            vec![(ParameterId(7), Arc::from(b"final".as_slice()))],
        );
    }
    for doc in (0..500).step_by(2) {
        index.remove(doc);
    }
    let docs = index.exact(ParameterId(7), b"final").unwrap();
    assert_eq!(index.of_type(ResourceType(3)), Some(docs));
    let mut found = Vec::new();
    docs.for_each(|doc| found.push(doc));
    assert_eq!(found, (0..500).filter(|doc| doc % 2 == 1).collect::<Vec<_>>());
    assert!(docs.contains(1) && !docs.contains(2));
}
