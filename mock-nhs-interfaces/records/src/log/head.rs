//! Which layers of the log make a workspace.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Instant;

/// The number of a layer: random, so that nobody has to hand them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct LayerId(pub(crate) u64);

impl LayerId {
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4().as_u64_pair().0)
    }
}

/// A layer to which nothing is added any more, or the part of it that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Frozen {
    pub(crate) layer: LayerId,
    /// How many rows.
    pub(crate) rows: u64,
}

/// A named state to which the workspace can be set back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    pub(crate) name: String,
    pub(crate) made_millis: i64,
    /// What the workspace kept of its own then, as its quota counts it.
    pub(crate) bytes: u64,
    pub(crate) layers: Vec<Frozen>,
}

impl Checkpoint {
    pub(crate) fn made(&self) -> Instant {
        Instant::from_millis(self.made_millis)
    }
}

/// The row that says what a workspace is: its frozen layers in order, and the open one to which it adds.
///
/// Invariant: only this workspace names `open`; frozen layers may be named by many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) layers: Vec<Frozen>,
    pub(crate) open: LayerId,
    #[serde(default)]
    pub(crate) checkpoints: Vec<Checkpoint>,
}

impl Head {
    /// A workspace that begins as these layers are.
    pub(crate) fn on(layers: Vec<Frozen>) -> Self {
        Self {
            layers,
            open: LayerId::random(),
            checkpoints: Vec::new(),
        }
    }

    /// Ends the open layer, which holds this many rows, so that others can name it.
    pub(crate) fn freeze(&mut self, rows: u64) {
        if rows > 0 {
            self.layers.push(Frozen {
                layer: self.open,
                rows,
            });
            self.open = LayerId::random();
        }
    }

    /// Every layer that is named here.
    pub(crate) fn named(&self) -> impl Iterator<Item = LayerId> + '_ {
        let frozen = self.checkpoints.iter().flat_map(|checkpoint| &checkpoint.layers);
        frozen
            .chain(&self.layers)
            .map(|frozen| frozen.layer)
            .chain([self.open])
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn an_empty_layer_is_not_frozen() {
        let mut head = Head::on(Vec::new());
        let open = head.open;
        head.freeze(0);
        assert_eq!(head.open, open);
        head.freeze(3);
        assert_ne!(head.open, open);
        assert_eq!(head.layers.len(), 1);
        assert_eq!(head.named().count(), 2);
    }
}
