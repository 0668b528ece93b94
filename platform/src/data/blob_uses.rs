//! Which blobs are needed right now, so that one that nobody needs any more is deleted, and no other.
//!
//! Blobs are named by their bytes and shared: by versions, by apps, by workspaces. Each need counts once; a deploy counts
//! its needs before it puts the first blob, and so before there is a row that names it. Owns one lock around the counts, held for a
//! look-up, and one gate that keeps a new need waiting while a blob is being deleted. Counts are of this process: the store
//! has one writer.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::BlobId;
use tokio::sync::RwLock;

/// Counts the needs for blobs. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct BlobUses {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    counts: Mutex<Counts>,
    /// Taken for writing while a blob is deleted.
    gate: RwLock<()>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Every blob that is needed, and how often. Invariant: no zero among them.
    needs: HashMap<BlobId, u64>,
    /// Blobs that nobody needs since somebody stopped to.
    idle: BTreeSet<BlobId>,
}

impl Counts {
    fn add(&mut self, id: BlobId) {
        *self.needs.entry(id).or_default() += 1;
        self.idle.remove(&id);
    }

    fn remove(&mut self, id: BlobId) {
        let Some(needs) = self.needs.get_mut(&id) else {
            return;
        };
        *needs -= 1;
        if *needs == 0 {
            self.needs.remove(&id);
            self.idle.insert(id);
        }
    }
}

/// A need that ends when this is dropped, unless it is [kept](Hold::keep).
#[derive(Debug)]
pub struct Hold {
    uses: BlobUses,
    ids: Vec<BlobId>,
}

impl Hold {
    /// From now on rows need the blobs; [`BlobUses::release`] ends that.
    pub fn keep(mut self) {
        self.ids.clear();
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.uses.release(self.ids.drain(..));
    }
}

impl BlobUses {
    /// Needs these blobs from now on. When this returns, none of them is being deleted, and none will be.
    pub async fn hold(&self, ids: impl IntoIterator<Item = BlobId>) -> Hold {
        let ids: Vec<BlobId> = ids.into_iter().collect();
        let hold = Hold {
            uses: self.clone(),
            ids: ids.clone(),
        };
        self.add(ids);
        // Whoever deletes has looked at the counts behind this gate: either before us, then we wait for the end of it, or
        // after us, then the need was seen.
        drop(self.inner.gate.read().await);
        hold
    }

    /// Counts the needs of rows that are there already.
    pub fn add(&self, ids: impl IntoIterator<Item = BlobId>) {
        let mut counts = self.lock();
        ids.into_iter().for_each(|id| counts.add(id));
    }

    /// Ends needs that were kept, because their rows are gone.
    pub fn release(&self, ids: impl IntoIterator<Item = BlobId>) {
        let mut counts = self.lock();
        ids.into_iter().for_each(|id| counts.remove(id));
    }

    /// Whether anybody needs this blob.
    #[must_use]
    pub fn is_needed(&self, id: &BlobId) -> bool {
        self.lock().needs.contains_key(id)
    }

    /// Deletes every blob that became idle, with `delete`; nobody can begin to need one meanwhile. What could not be deleted is
    /// left to the next start.
    pub async fn collect<F: Future<Output = ()>>(&self, delete: impl Fn(BlobId) -> F) {
        loop {
            // One blob at a time, so that a deploy never waits for more than one.
            let _closed = self.inner.gate.write().await;
            let Some(id) = self.lock().idle.pop_first() else {
                return;
            };
            delete(id).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.inner.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use store::{Blobs as _, MemoryBlobs};

    use super::*;

    fn id(text: &str) -> BlobId {
        BlobId::of(text.as_bytes())
    }

    async fn collected(uses: &BlobUses) -> Vec<BlobId> {
        let gone = Mutex::new(Vec::new());
        uses.collect(|id| {
            gone.lock().unwrap().push(id);
            std::future::ready(())
        })
        .await;
        gone.into_inner().unwrap()
    }

    #[tokio::test]
    async fn a_blob_goes_with_the_last_who_needs_it() {
        let uses = BlobUses::default();
        uses.add([id("shared"), id("own")]);
        uses.hold([id("shared")]).await.keep();
        assert_eq!(collected(&uses).await, []);
        uses.release([id("shared"), id("own")]);
        assert_eq!(collected(&uses).await, [id("own")]);
        assert!(uses.is_needed(&id("shared")));
        uses.release([id("shared")]);
        let again = uses.hold([id("shared")]).await;
        assert_eq!(collected(&uses).await, [], "needed again before it was collected");
        drop(again);
        assert_eq!(collected(&uses).await, [id("shared")], "of a deploy that failed");
        uses.release([id("never-there")]);
        assert_eq!(collected(&uses).await, []);
    }

    #[tokio::test]
    async fn a_deploy_waits_for_a_deletion_under_way() {
        let uses = BlobUses::default();
        uses.add([id("x")]);
        uses.release([id("x")]);
        let (begin, began) = tokio::sync::oneshot::channel();
        let (go, may_go) = tokio::sync::oneshot::channel::<()>();
        let channels = Mutex::new(Some((begin, may_go)));
        let collecting = uses.clone();
        let collector = tokio::spawn(async move {
            collecting
                .collect(|_| {
                    let taken = channels.lock().unwrap().take();
                    async move {
                        if let Some((begin, may_go)) = taken {
                            begin.send(()).unwrap();
                            may_go.await.unwrap();
                        }
                    }
                })
                .await;
        });
        began.await.unwrap();
        let mut holding = Box::pin(uses.hold([id("x")]));
        assert!(
            holding.as_mut().now_or_never().is_none(),
            "its blob is just being deleted"
        );
        go.send(()).unwrap();
        let _hold = holding.await;
        collector.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn deploys_and_collections_that_race_lose_no_blob() {
        let (uses, blobs) = (BlobUses::default(), Arc::new(MemoryBlobs::default()));
        let mut racing = tokio::task::JoinSet::new();
        for worker in 0..8 {
            let (uses, blobs) = (uses.clone(), Arc::clone(&blobs));
            racing.spawn(async move {
                for round in 0..200 {
                    let text = format!("{}", (worker + round) % 3);
                    let hold = uses.hold([id(&text)]).await;
                    blobs.put(text.clone().into()).await.unwrap();
                    tokio::task::yield_now().await;
                    assert!(
                        blobs.contains(&id(&text)).await.unwrap(),
                        "deleted under a deploy"
                    );
                    hold.keep();
                    uses.release([id(&text)]);
                    let blobs = &blobs;
                    uses.collect(|id| async move { drop(blobs.delete(&id).await) })
                        .await;
                }
            });
        }
        racing.join_all().await;
        assert_eq!(blobs.list(None, 9).await.unwrap(), [], "and none is left over");
    }
}
