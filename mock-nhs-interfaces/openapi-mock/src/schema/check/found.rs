//! What is found wrong with a value, and where.

use super::{Cure, Misfit};
use crate::pointer::escaped;

/// Misfits that are looked for in one value.
const MOST_MISFITS: usize = 50;

/// The way to a value, written out only when something is wrong with it.
pub(super) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn pointer(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Key(parent, key) => format!("{}/{}", parent.pointer(), escaped(key)),
            At::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

#[derive(Default)]
pub(super) struct Found {
    pub(super) misfits: Vec<Misfit>,
    /// Bytes of what was written here: the way to a value can be as long as what is sent.
    pub(super) bytes: usize,
}

impl Found {
    pub(super) fn add(&mut self, at: &At<'_>, cure: Cure, words: impl Into<String>) {
        if self.misfits.len() < MOST_MISFITS {
            let misfit = Misfit {
                pointer: at.pointer(),
                words: words.into(),
                cure,
            };
            self.bytes += misfit.pointer.len() + misfit.words.len();
            self.misfits.push(misfit);
        }
    }

    /// Adds what was found apart.
    pub(super) fn extend(&mut self, others: Self) {
        let room = MOST_MISFITS.saturating_sub(self.misfits.len());
        self.misfits.extend(others.misfits.into_iter().take(room));
    }
}

/// Keeps what is found where the least is found.
pub(super) fn keep_nearest(nearest: &mut Option<Found>, found: Found) {
    if nearest
        .as_ref()
        .is_none_or(|nearest| found.misfits.len() < nearest.misfits.len())
    {
        *nearest = Some(found);
    }
}
