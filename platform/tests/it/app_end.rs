//! The end of an app: it happens whole, whoever goes away meanwhile, and what it kept reaches no other app of its name.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, StatusCode};
use platform::data::{Apps, Only, ValueKey, Values};
use platform::model::{Activate, AppName, NewVersion, Origin};
use store::{
    BlobId, CommitError, CommitsHeld, Committed, Entry, Health, Import, KeyRange, MemoryStore, Page, RawKey,
    RawPage, ScanOptions, Store, StoreError, SystemClock, Table, WorkspaceId, WriteSet,
};

use crate::TestResult;
use crate::server::Server;

const BMI: &str = "/api/v1/workspaces/demo/apps/bmi";

async fn keep(server: &Server) {
    let put = server
        .ask(Request::put(format!("{BMI}/values/ward%2F7")), "twelve beds")
        .await;
    assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text());
}

async fn rows(store: &dyn Store, workspace: WorkspaceId) -> Result<usize, StoreError> {
    let page = store.scan(workspace, Table::Values, KeyRange::all(), ScanOptions::default());
    Ok(page.await?.rows.len())
}

#[tokio::test]
async fn a_deletion_goes_on_when_its_caller_goes_away() -> TestResult {
    let server = Server::start().await?;
    server.deploy("bmi", examples::HELLO).await;
    keep(&server).await;
    let store = Arc::clone(&server.app.storage.store);
    let held = store.hold_commits().await?;
    {
        let mut asking = Box::pin(server.ask(Request::delete(BMI), Body::empty()));
        // As far as it comes while nothing can be written.
        for _ in 0..100 {
            let asked = asking.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(asked, Poll::Pending));
            tokio::task::yield_now().await;
        }
    }
    drop(held);
    let gone = async {
        while server.get(BMI).await.status != StatusCode::NOT_FOUND
            || rows(&*store, server.demo.id).await? > 0
        {
            tokio::task::yield_now().await;
        }
        Ok::<(), StoreError>(())
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await??;
    Ok(())
}

#[tokio::test]
async fn what_a_crash_left_of_an_app_is_not_the_next_ones() -> TestResult {
    let server = Server::start().await?;
    server.deploy("bmi", examples::HELLO).await;
    keep(&server).await;
    // The last commit of a deletion, and then nothing.
    let store = &server.app.storage.store;
    let versions = store.scan(
        server.demo.id,
        Table::Versions,
        KeyRange::prefix(b"bmi\0"),
        ScanOptions::default(),
    );
    let mut write = WriteSet::new().delete(Table::Apps, b"bmi");
    for (key, _) in versions.await?.rows {
        write = write.delete(Table::Versions, &key);
    }
    store.commit(server.demo.id, write).await?;
    assert_eq!(rows(&**store, server.demo.id).await?, 3);

    let deployed = server.deploy("bmi", examples::HELLO).await;
    assert_eq!(deployed.status, StatusCode::CREATED, "{}", deployed.text());
    let values = server.get(&format!("{BMI}/values")).await.json();
    assert_eq!(values["values"], serde_json::json!([]));
    assert_eq!(
        (&values["used"]["values"], &values["used"]["bytes"]),
        (&0.into(), &0.into())
    );
    assert_eq!(rows(&**store, server.demo.id).await?, 0);
    Ok(())
}

const HERE: WorkspaceId = WorkspaceId::new(1);

/// Deploys an app and lets it keep something, right behind the first commit that goes through.
#[derive(Debug)]
struct Between {
    store: Arc<MemoryStore>,
    happened: AtomicBool,
}

async fn deploy(store: &Arc<dyn Store>) -> TestResult {
    let name = &AppName::new("bmi")?;
    let new = NewVersion::of_component(BlobId::of(b"x"), 1, Origin::Deployed);
    Apps::new(Arc::clone(store), Arc::new(SystemClock))
        .deploy(HERE, name, &new, Activate::Now)
        .await?;
    let value = ("text/plain", &Bytes::from_static(b"kept"));
    Values::new(Arc::clone(store))
        .put(HERE, name, &ValueKey::new("k")?, value, Only::Always)
        .await?;
    Ok(())
}

#[async_trait::async_trait]
impl Store for Between {
    async fn get(
        &self,
        workspace: WorkspaceId,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Entry>, StoreError> {
        self.store.get(workspace, table, key).await
    }

    async fn scan(
        &self,
        workspace: WorkspaceId,
        table: Table,
        range: KeyRange,
        options: ScanOptions,
    ) -> Result<Page, StoreError> {
        self.store.scan(workspace, table, range, options).await
    }

    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<Committed, CommitError> {
        let committed = self.store.commit(workspace, write).await?;
        if !self.happened.swap(true, Ordering::SeqCst) {
            let store = Arc::clone(&self.store) as Arc<dyn Store>;
            let deployed = deploy(&store).await;
            deployed.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        }
        Ok(committed)
    }

    async fn health(&self) -> Health {
        self.store.health().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }

    async fn hold_commits(&self) -> Result<CommitsHeld, StoreError> {
        self.store.hold_commits().await
    }

    async fn export(&self, after: Option<&RawKey>, options: ScanOptions) -> Result<RawPage, StoreError> {
        self.store.export(after, options).await
    }

    async fn import(&self, step: Import) -> Result<(), StoreError> {
        self.store.import(step).await
    }
}

#[tokio::test]
async fn an_app_that_comes_right_behind_a_deletion_keeps_all_that_it_has() -> TestResult {
    let store = Arc::new(MemoryStore::new());
    let name = AppName::new("bmi")?;
    let plain = Arc::clone(&store) as Arc<dyn Store>;
    deploy(&plain).await?;
    let between: Arc<dyn Store> = Arc::new(Between {
        store,
        happened: AtomicBool::new(false),
    });
    let gone = Apps::new(between, Arc::new(SystemClock))
        .delete(HERE, &name)
        .await?;
    assert_eq!(gone.map(|versions| versions.len()), Some(1));
    let apps = Apps::new(Arc::clone(&plain), Arc::new(SystemClock));
    assert!(apps.get(HERE, &name).await?.is_some());
    let kept = Values::new(plain).list(HERE, &name, "", None, 10).await?;
    assert_eq!(kept.values.len(), 1);
    Ok(())
}
