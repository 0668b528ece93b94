//! Whatever is done to a store, it answers as a sorted map does.

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use store::{CommitError, Entry, Expect, KeyRange, Page, ScanOptions, Storage, Table, WorkspaceId, WriteSet};

use crate::TestResult;

/// Each case has this many workspaces of its own, so that all cases can share one store.
const WORKSPACES: u64 = 3;

type Key = (u64, Table, Vec<u8>);

/// One row of a write set, before it is known what is in the store.
#[derive(Clone, Debug)]
enum Part {
    Put(Table, Vec<u8>, usize),
    Delete(Table, Vec<u8>),
    Expect(Table, Vec<u8>, Guess),
}

/// What a condition expects: mostly what is right.
#[derive(Clone, Debug)]
enum Guess {
    Right,
    Absent,
    Exists,
    Revision(u64),
}

#[derive(Clone, Debug)]
enum Step {
    Commit {
        workspace: u64,
        parts: Vec<Part>,
        durable: bool,
    },
    Get {
        workspace: u64,
        table: Table,
        key: Vec<u8>,
    },
    Scan {
        workspace: u64,
        table: Table,
        range: KeyRange,
        options: ScanOptions,
    },
}

fn table() -> impl Strategy<Value = Table> {
    proptest::sample::select(Table::ALL)
}

/// Few and short keys of few bytes, so that they meet.
fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::sample::select(&[0, b'a', b'b', 0xff][..]), 0..4)
}

/// Sizes on both sides of what one piece in an engine holds.
fn size() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..50_usize, 1 => 4080..4100_usize, 1 => 8170..8180_usize, 1 => 10_000..30_000_usize]
}

fn part() -> impl Strategy<Value = Part> {
    let guess = prop_oneof![
        4 => Just(Guess::Right),
        1 => Just(Guess::Absent),
        1 => Just(Guess::Exists),
        1 => (0..20_u64).prop_map(Guess::Revision),
    ];
    prop_oneof![
        4 => (table(), key(), size()).prop_map(|(table, key, size)| Part::Put(table, key, size)),
        2 => (table(), key()).prop_map(|(table, key)| Part::Delete(table, key)),
        1 => (table(), key(), guess).prop_map(|(table, key, guess)| Part::Expect(table, key, guess)),
    ]
}

fn range() -> impl Strategy<Value = KeyRange> {
    prop_oneof![
        Just(KeyRange::all()),
        key().prop_map(|prefix| KeyRange::prefix(&prefix)),
        (key(), key()).prop_map(|(from, to)| KeyRange::between(&from, &to)),
        (key(), key()).prop_map(|(prefix, key)| KeyRange::prefix(&prefix).after(&key)),
        (key(), key()).prop_map(|(prefix, key)| KeyRange::prefix(&prefix).before(&key)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let workspace = 0..WORKSPACES;
    let options = (
        0..12_usize,
        prop_oneof![Just(usize::MAX), 0..20_000_usize],
        any::<bool>(),
    )
        .prop_map(|(limit, byte_budget, reverse)| ScanOptions {
            limit,
            byte_budget,
            reverse,
        });
    prop_oneof![
        4 => (workspace.clone(), proptest::collection::vec(part(), 0..6), proptest::bool::weighted(0.1))
            .prop_map(|(workspace, parts, durable)| Step::Commit { workspace, parts, durable }),
        1 => (workspace.clone(), table(), key())
            .prop_map(|(workspace, table, key)| Step::Get { workspace, table, key }),
        4 => (workspace, table(), range(), options)
            .prop_map(|(workspace, table, range, options)| Step::Scan { workspace, table, range, options }),
    ]
}

/// The sorted map, and what it would answer.
#[derive(Default)]
struct Model {
    rows: BTreeMap<Key, Entry>,
}

impl Model {
    fn revision(&self, key: &Key) -> Option<u64> {
        self.rows.get(key).map(|entry| entry.revision)
    }

    fn holds(&self, key: &Key, expect: Expect) -> bool {
        match expect {
            Expect::Absent => self.revision(key).is_none(),
            Expect::Exists => self.revision(key).is_some(),
            Expect::Revision(revision) => self.revision(key) == Some(revision),
        }
    }

    fn scan(&self, workspace: u64, table: Table, range: &KeyRange, options: ScanOptions) -> Page {
        let rows = self.rows.iter().filter(|((in_workspace, in_table, key), _)| {
            (*in_workspace, *in_table) == (workspace, table) && range.contains(key)
        });
        let mut rows: Vec<(Bytes, Entry)> = rows
            .map(|((_, _, key), entry)| (Bytes::copy_from_slice(key), entry.clone()))
            .collect();
        if options.reverse {
            rows.reverse();
        }
        let all = rows.len();
        let mut bytes = 0;
        let mut taken = 0;
        rows.retain(|(key, entry)| {
            bytes += key.len() + entry.value.len();
            let fits = taken == 0 || (taken < options.limit && bytes <= options.byte_budget);
            taken = if fits { taken + 1 } else { usize::MAX };
            fits
        });
        let next = if rows.len() < all {
            rows.last().map(|(key, _)| key.clone())
        } else {
            None
        };
        Page { rows, next }
    }
}

/// A value that shows where it comes from.
fn value(key: &[u8], size: usize, step: usize) -> Vec<u8> {
    let seed = key.iter().fold(step, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    (0..size)
        .map(|position| u8::try_from((seed.wrapping_add(position)) % 251).unwrap_or(0))
        .collect()
}

/// One case: a store and a model, side by side.
struct Case<'a> {
    storage: &'a Storage,
    model: Model,
    /// Number of the first workspace of this case.
    first: u64,
}

impl Case<'_> {
    async fn commit(
        &mut self,
        workspace: u64,
        parts: &[Part],
        durable: bool,
        step: usize,
    ) -> Result<(), TestCaseError> {
        let mut set = WriteSet::new();
        let mut conflict = None;
        let mut changes: Vec<(Key, Option<Vec<u8>>)> = Vec::new();
        for part in parts {
            match part {
                Part::Put(table, key, size) => {
                    let value = value(key, *size, step);
                    changes.push(((workspace, *table, key.clone()), Some(value.clone())));
                    set = set.put(*table, key, value);
                }
                Part::Delete(table, key) => {
                    changes.push(((workspace, *table, key.clone()), None));
                    set = set.delete(*table, key);
                }
                Part::Expect(table, key, guess) => {
                    let full = (workspace, *table, key.clone());
                    let expect = match (guess, self.model.revision(&full)) {
                        (Guess::Right, Some(revision)) => Expect::Revision(revision),
                        (Guess::Right, None) | (Guess::Absent, _) => Expect::Absent,
                        (Guess::Exists, _) => Expect::Exists,
                        (Guess::Revision(revision), _) => Expect::Revision(*revision),
                    };
                    if !self.model.holds(&full, expect) && conflict.is_none() {
                        conflict = Some((*table, Bytes::from(key.clone())));
                    }
                    set = set.expect(*table, key, expect);
                }
            }
        }
        let set = if durable { set } else { set.relaxed() };
        let before = self.storage.store.health().await.last_revision;
        let outcome = self
            .storage
            .store
            .commit(WorkspaceId::new(self.first + workspace), set)
            .await;
        if let Some((table, key)) = conflict {
            prop_assert_eq!(outcome, Err(CommitError::Conflict { table, key }));
            return Ok(());
        }
        let revision = outcome
            .map_err(|error| TestCaseError::fail(error.to_string()))?
            .revision;
        prop_assert_eq!(revision, if changes.is_empty() { before } else { before + 1 });
        for (key, value) in changes {
            match value {
                Some(value) => self.model.rows.insert(
                    key,
                    Entry {
                        value: value.into(),
                        revision,
                    },
                ),
                None => self.model.rows.remove(&key),
            };
        }
        Ok(())
    }

    async fn run(mut self, steps: &[Step]) -> Result<(), TestCaseError> {
        let failed = |error: store::StoreError| TestCaseError::fail(error.to_string());
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Commit {
                    workspace,
                    parts,
                    durable,
                } => self.commit(*workspace, parts, *durable, number).await?,
                Step::Get {
                    workspace,
                    table,
                    key,
                } => {
                    let id = WorkspaceId::new(self.first + workspace);
                    let entry = self.storage.store.get(id, *table, key).await.map_err(failed)?;
                    prop_assert_eq!(
                        entry.as_ref(),
                        self.model.rows.get(&(*workspace, *table, key.clone()))
                    );
                }
                Step::Scan {
                    workspace,
                    table,
                    range,
                    options,
                } => {
                    let id = WorkspaceId::new(self.first + workspace);
                    let page = self
                        .storage
                        .store
                        .scan(id, *table, range.clone(), *options)
                        .await
                        .map_err(failed)?;
                    prop_assert_eq!(page, self.model.scan(*workspace, *table, range, *options));
                }
            }
        }
        // In the end everything is as the model has it, whatever was asked on the way.
        for workspace in 0..WORKSPACES {
            for table in Table::ALL {
                let options = ScanOptions {
                    limit: 10_000,
                    ..ScanOptions::default()
                };
                let id = WorkspaceId::new(self.first + workspace);
                let page = self
                    .storage
                    .store
                    .scan(id, *table, KeyRange::all(), options)
                    .await
                    .map_err(failed)?;
                prop_assert_eq!(
                    page,
                    self.model.scan(workspace, *table, &KeyRange::all(), options)
                );
            }
        }
        Ok(())
    }
}

pub(crate) async fn does_what_a_sorted_map_does(storage: &Storage) -> TestResult {
    let handle = tokio::runtime::Handle::current();
    let cases = std::cell::Cell::new(0_u64);
    // Found failures are printed with their smallest input; a file with them would be one more thing to keep.
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    let ran = tokio::task::block_in_place(|| {
        runner.run(&proptest::collection::vec(step(), 1..60), |steps| {
            let first = cases.replace(cases.get() + 1) * WORKSPACES;
            handle.block_on(
                Case {
                    storage,
                    model: Model::default(),
                    first,
                }
                .run(&steps),
            )
        })
    });
    ran.map_err(|error| match error {
        TestError::Fail(reason, steps) => format!("{reason}\nafter {steps:#?}").into(),
        TestError::Abort(reason) => reason.to_string().into(),
    })
}
