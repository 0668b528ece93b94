//! `wasi:keyvalue` 0.2.0-draft2 (<https://github.com/WebAssembly/wasi-keyvalue>): what an app keeps, for languages whose
//! libraries speak it.
//!
//! Every function is the call of `https://store.c4h.internal` that does the same, through the same way out: counted, on
//! the trace, on the tape. There is one bucket, the app's own, named `default` or nothing. `get-many` has the shape of
//! August 2026, one pair for each key. Deliberately absent: `watcher`, and 0.2.0-draft, whose functions differ.
//!
//! Linked by hand: the draft is small, and its text need not be here for it.

mod calls;

use bytes::Bytes;
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType};
use wasmtime_wasi::WasiView as _;

use self::calls::{Found, Only, Put};
use crate::sandbox::Host;

/// The interfaces that are linked, with their version: before 1.0 no two versions are compatible.
pub(crate) const INTERFACES: [&str; 3] = [STORE, ATOMICS, BATCH];

const STORE: &str = "wasi:keyvalue/store@0.2.0-draft2";
const ATOMICS: &str = "wasi:keyvalue/atomics@0.2.0-draft2";
const BATCH: &str = "wasi:keyvalue/batch@0.2.0-draft2";

/// Names under which the app's own bucket is opened.
const OWN: [&str; 2] = ["", "default"];

/// The app's own values; there is nothing to remember about them.
enum Bucket {}

/// A value as it was when the guest asked for it, to be changed only if it still is.
#[derive(Debug)]
struct Cas {
    key: String,
    found: Option<Found>,
}

/// `store.error`.
#[derive(Debug, Clone, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(variant)]
enum Error {
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

/// `store.key-response`.
#[derive(Debug, ComponentType, Lift, Lower)]
#[component(record)]
struct KeyResponse {
    keys: Vec<String>,
    cursor: Option<String>,
}

/// `atomics.cas-error`.
#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum CasError {
    #[component(name = "store-error")]
    Store(Error),
    #[component(name = "cas-failed")]
    Failed(Resource<Cas>),
}

type Store<'a> = StoreContextMut<'a, Host>;
type Answer<T> = wasmtime::Result<(Result<T, Error>,)>;
type Pair = (String, Option<Vec<u8>>);

/// Links the three interfaces.
pub(crate) fn add_to_linker(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    add_store(&mut linker.instance(STORE)?)?;
    add_atomics(&mut linker.instance(ATOMICS)?)?;
    add_batch(&mut linker.instance(BATCH)?)
}

/// A function of the interface; the first argument of each but `open` is the bucket, of which there is one.
macro_rules! link {
    ($instance:ident, $name:literal, $function:path, ($($argument:ident: $type:ty),*) -> $answer:ty) => {
        $instance.func_wrap_async($name, |store: Store<'_>, ($($argument,)*): ($($type,)*)| {
            Box::new(async move {
                let answer: $answer = $function(store, $($argument),*).await;
                answer
            })
        })?
    };
}

fn add_store(store: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    store.resource("bucket", ResourceType::host::<Bucket>(), |_, _| Ok(()))?;
    link!(store, "open", open, (identifier: String) -> Answer<Resource<Bucket>>);
    link!(store, "[method]bucket.get", get, (bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>>);
    link!(store, "[method]bucket.set", set, (bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()>);
    link!(store, "[method]bucket.delete", delete, (bucket: Resource<Bucket>, key: String) -> Answer<()>);
    link!(store, "[method]bucket.exists", exists, (bucket: Resource<Bucket>, key: String) -> Answer<bool>);
    link!(store, "[method]bucket.list-keys", list_keys, (bucket: Resource<Bucket>, cursor: Option<String>) -> Answer<KeyResponse>);
    Ok(())
}

fn add_atomics(atomics: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    atomics.resource("cas", ResourceType::host::<Cas>(), |mut store, handle| {
        let cas = Resource::<Cas>::new_own(handle);
        store.data_mut().ctx().table.delete(cas)?;
        Ok(())
    })?;
    link!(atomics, "[static]cas.new", new_cas, (bucket: Resource<Bucket>, key: String) -> Answer<Resource<Cas>>);
    link!(atomics, "[method]cas.current", current, (cas: Resource<Cas>) -> Answer<Option<Vec<u8>>>);
    link!(atomics, "swap", swap, (cas: Resource<Cas>, value: Vec<u8>) -> wasmtime::Result<(Result<(), CasError>,)>);
    link!(atomics, "increment", increment, (bucket: Resource<Bucket>, key: String, delta: i64) -> Answer<i64>);
    Ok(())
}

fn add_batch(batch: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    link!(batch, "get-many", get_many, (bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<Vec<Pair>>);
    link!(batch, "set-many", set_many, (bucket: Resource<Bucket>, values: Vec<(String, Vec<u8>)>) -> Answer<()>);
    link!(batch, "delete-many", delete_many, (bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()>);
    Ok(())
}

async fn open(_store: Store<'_>, identifier: String) -> Answer<Resource<Bucket>> {
    Ok((if OWN.contains(&&*identifier) {
        Ok(Resource::new_own(0))
    } else {
        Err(Error::NoSuchStore)
    },))
}

async fn get(store: Store<'_>, _bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
    let found = calls::get(store.data().way_out(), &key).await;
    Ok((found.map(|found| found.map(|found| found.value.to_vec())),))
}

async fn set(store: Store<'_>, _bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
    let put = calls::put(store.data().way_out(), &key, value.into(), Only::Always).await;
    Ok((put.map(drop),))
}

async fn delete(store: Store<'_>, _bucket: Resource<Bucket>, key: String) -> Answer<()> {
    Ok((calls::delete(store.data().way_out(), &key).await,))
}

async fn exists(store: Store<'_>, _bucket: Resource<Bucket>, key: String) -> Answer<bool> {
    Ok((calls::exists(store.data().way_out(), &key).await,))
}

async fn list_keys(
    store: Store<'_>,
    _bucket: Resource<Bucket>,
    cursor: Option<String>,
) -> Answer<KeyResponse> {
    let page = calls::list(store.data().way_out(), cursor.as_deref()).await;
    Ok((page.map(|calls::Page { keys, next }| KeyResponse { keys, cursor: next }),))
}

async fn increment(store: Store<'_>, _bucket: Resource<Bucket>, key: String, delta: i64) -> Answer<i64> {
    Ok((calls::add(store.data().way_out(), &key, delta).await,))
}

async fn new_cas(mut store: Store<'_>, _bucket: Resource<Bucket>, key: String) -> Answer<Resource<Cas>> {
    let found = match calls::get(store.data().way_out(), &key).await {
        Ok(found) => found,
        Err(error) => return Ok((Err(error),)),
    };
    let cas = store.data_mut().ctx().table.push(Cas { key, found })?;
    Ok((Ok(cas),))
}

async fn current(mut store: Store<'_>, cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
    let cas = store.data_mut().ctx().table.get(&cas)?;
    Ok((Ok(cas.found.as_ref().map(|found| found.value.to_vec())),))
}

async fn swap(
    mut store: Store<'_>,
    cas: Resource<Cas>,
    value: Vec<u8>,
) -> wasmtime::Result<(Result<(), CasError>,)> {
    let Cas { key, found } = store.data_mut().ctx().table.delete(cas)?;
    let only = found.map_or(Only::IfAbsent, |found| Only::If(found.etag));
    let failed = match calls::put(store.data().way_out(), &key, Bytes::from(value), only).await {
        Ok(Put::Kept) => return Ok((Ok(()),)),
        Ok(Put::Changed) => calls::get(store.data().way_out(), &key).await,
        Err(error) => Err(error),
    };
    Ok((Err(match failed {
        // What is there now, so that the guest can try again.
        Ok(found) => CasError::Failed(store.data_mut().ctx().table.push(Cas { key, found })?),
        Err(error) => CasError::Store(error),
    }),))
}

async fn get_many(store: Store<'_>, _bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<Vec<Pair>> {
    let mut pairs = Vec::new();
    for key in keys {
        match calls::get(store.data().way_out(), &key).await {
            Ok(found) => pairs.push((key, found.map(|found| found.value.to_vec()))),
            Err(error) => return Ok((Err(error),)),
        }
    }
    Ok((Ok(pairs),))
}

async fn set_many(store: Store<'_>, _bucket: Resource<Bucket>, values: Vec<(String, Vec<u8>)>) -> Answer<()> {
    for (key, value) in values {
        if let Err(error) = calls::put(store.data().way_out(), &key, value.into(), Only::Always).await {
            return Ok((Err(error),));
        }
    }
    Ok((Ok(()),))
}

async fn delete_many(store: Store<'_>, _bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
    for key in keys {
        if let Err(error) = calls::delete(store.data().way_out(), &key).await {
            return Ok((Err(error),));
        }
    }
    Ok((Ok(()),))
}
