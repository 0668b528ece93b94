//! Compiled code on disk: only our own is loaded, and a broken file costs a compilation and nothing else.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use sandbox_runtime::{ArtefactCache, ArtefactKey, ComponentSha, Guests, Limits};

use crate::stage::{Nobody, SANDBOX, code, compiler, context, get, handling};

fn cache(folder: &Path) -> ArtefactCache {
    let key = ArtefactKey::open(&folder.join("artefact.key")).unwrap();
    ArtefactCache::open(folder.join("artefacts"), key, &SANDBOX).unwrap()
}

#[tokio::test]
async fn a_sound_artefact_comes_back_and_a_changed_one_never_does() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path());
    let artefact = compiler()
        .compile(handling("(call $hello (local.get $out))"))
        .await
        .unwrap();
    let component = artefact.component();
    assert!(cache.get(&component).is_none());
    cache.put(&artefact).unwrap();
    assert_eq!(cache.get(&component).unwrap().code(), artefact.code());

    let path = cache.path(&component);
    let sound = fs::read(&path).unwrap();
    // Every byte of format and seal, and a sample of the code.
    let places = (0..48)
        .chain((48..sound.len()).step_by(sound.len() / 400))
        .chain([sound.len() - 1]);
    let mut rejected = 0;
    for place in places {
        let mut changed = sound.clone();
        changed[place] ^= 0x01;
        fs::write(&path, &changed).unwrap();
        assert!(cache.get(&component).is_none(), "byte {place}");
        assert!(!path.exists());
        rejected += 1;
    }
    for length in [0, 1, 15, 16, 47, 48, 49, sound.len() / 2, sound.len() - 1] {
        fs::write(&path, &sound[..length]).unwrap();
        assert!(cache.get(&component).is_none(), "length {length}");
        rejected += 1;
    }
    let longer: Vec<u8> = sound.iter().copied().chain([0]).collect();
    fs::write(&path, longer).unwrap();
    assert!(cache.get(&component).is_none());
    assert_eq!(cache.rejected(), rejected + 1);
    fs::write(&path, &sound).unwrap();
    assert!(cache.get(&component).is_some());
}

#[tokio::test]
async fn an_artefact_of_another_key_or_another_component_is_not_ours() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (our_cache, their_cache) = (cache(ours.path()), cache(theirs.path()));
    let artefact = compiler()
        .compile(handling("(call $hello (local.get $out))"))
        .await
        .unwrap();
    let component = artefact.component();
    their_cache.put(&artefact).unwrap();
    fs::copy(their_cache.path(&component), our_cache.path(&component)).unwrap();
    assert!(our_cache.get(&component).is_none());

    our_cache.put(&artefact).unwrap();
    let other = ComponentSha::of(b"another");
    fs::copy(our_cache.path(&component), our_cache.path(&other)).unwrap();
    assert!(our_cache.get(&other).is_none());
    assert!(our_cache.get(&component).is_some());
}

#[test]
fn leftovers_and_other_versions_are_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let ours = cache(folder.path()).path(&ComponentSha::of(b"x"));
    let dir = folder.path().join("artefacts");
    let (old, half, foreign) = (
        dir.join("aa.0123456789abcdef.cwasm"),
        dir.join("bb.half"),
        dir.join("notes.txt"),
    );
    for path in [&ours, &old, &half, &foreign] {
        fs::write(path, b"x").unwrap();
    }
    drop(cache(folder.path()));
    assert_eq!(
        [&ours, &old, &half, &foreign].map(|path| path.exists()),
        [true, false, false, true]
    );
}

#[tokio::test]
async fn a_guest_is_made_once_and_quietly_made_again_after_damage() {
    let folder = tempfile::tempdir().unwrap();
    let wasm = handling("(call $hello (local.get $out))");
    let component = ComponentSha::of(&wasm);
    let reads = Arc::new(AtomicUsize::new(0));
    let source = || {
        let (reads, wasm) = (Arc::clone(&reads), wasm.clone());
        move || async move {
            reads.fetch_add(1, Ordering::SeqCst);
            Ok::<Bytes, String>(wasm)
        }
    };
    let guests = Guests::new(SANDBOX.clone(), compiler(), cache(folder.path()));
    let many = futures_util::future::join_all((0..20).map(|_| guests.get(&component, source()))).await;
    assert!(many.iter().all(Result::is_ok));
    assert_eq!((reads.load(Ordering::SeqCst), guests.ready()), (1, 1));

    // A new start finds it on disk.
    let again = Guests::new(SANDBOX.clone(), compiler(), cache(folder.path()));
    again.get(&component, source()).await.unwrap();
    assert_eq!(reads.load(Ordering::SeqCst), 1);

    // Damage is noticed and mended.
    fs::write(again.artefacts().path(&component), b"garbage").unwrap();
    let mended = Guests::new(SANDBOX.clone(), compiler(), cache(folder.path()));
    let guest = mended.get(&component, source()).await.unwrap();
    assert_eq!(
        (reads.load(Ordering::SeqCst), mended.artefacts().rejected()),
        (2, 1)
    );
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(code(&run), "answered");

    mended.forget(&component).await.unwrap();
    assert!(!mended.artefacts().path(&component).exists());
    assert_eq!(mended.ready(), 0);
}

#[tokio::test]
async fn another_file_under_the_same_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let guests = Guests::new(SANDBOX.clone(), compiler(), cache(folder.path()));
    let error = guests
        .get(&ComponentSha::of(b"one"), || async {
            Ok(Bytes::from_static(b"other"))
        })
        .await
        .unwrap_err();
    assert_eq!(error.code(), "platform-error");
}
