//! Notices that files of an app's folder have changed, by looking.
//!
//! Looking and not being told by the system: an app has a few dozen files, a look takes well under a millisecond of
//! them, and it works the same on network folders, in containers and on every system.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::super::folder::{Found, walk};
use super::builds::Builds;

/// Time between two looks. Half of it, and one more look to see that the editor is done, is what a change waits.
const LOOK: Duration = Duration::from_millis(60);

/// What a file is known by between two looks.
type Mark = (Option<SystemTime>, u64);

/// The files of a folder as they were last seen.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<String, Mark>);

impl Seen {
    fn of(found: Vec<Found>) -> Self {
        let marked = found
            .into_iter()
            .map(|found| (found.path, (found.written, found.size_bytes)));
        Self(marked.collect())
    }

    /// The files that are new, gone or different in `later`.
    fn changed_in(&self, later: &Self) -> Vec<String> {
        let changed = later
            .0
            .iter()
            .filter(|(path, mark)| self.0.get(*path) != Some(*mark));
        let gone = self.0.keys().filter(|path| !later.0.contains_key(*path));
        let mut paths: Vec<String> = changed.map(|(path, _)| path).chain(gone).cloned().collect();
        paths.sort();
        paths
    }

    /// Takes these files as they are in `later`.
    fn take_over(&mut self, paths: &[String], later: &Self) {
        for path in paths {
            match later.0.get(path) {
                Some(mark) => self.0.insert(path.clone(), *mark),
                None => self.0.remove(path),
            };
        }
    }
}

/// Puts looks together until the folder is quiet: a save of several files, or of one in several writes, is one change.
#[derive(Debug, Default)]
struct Settling {
    /// As it was when the last change was reported.
    reported: Seen,
    /// As it was at the last look, where that differed.
    moving: Option<Seen>,
}

impl Settling {
    /// Takes a look; the changed files once two looks in a row agree.
    fn look(&mut self, now: Seen) -> Option<Vec<String>> {
        let changed = self.reported.changed_in(&now);
        if changed.is_empty() {
            self.moving = None;
            return None;
        }
        let quiet = self
            .moving
            .as_ref()
            .is_some_and(|before| before.changed_in(&now).is_empty());
        if !quiet {
            self.moving = Some(now);
            return None;
        }
        self.moving = None;
        self.reported = now;
        Some(changed)
    }
}

/// Watches one folder.
#[derive(Debug)]
pub(super) struct Watch {
    root: PathBuf,
    settling: Settling,
    builds: Builds,
}

impl Watch {
    /// Starts with the folder as it is.
    pub(super) fn new(root: PathBuf) -> Self {
        let mut watch = Self {
            root,
            settling: Settling::default(),
            builds: Builds::default(),
        };
        watch.settling.reported = watch.see().unwrap_or_default();
        watch
    }

    /// Waits until something has changed and nothing changes any more; which files. What changed between two calls is
    /// reported by the second.
    pub(super) async fn changed(&mut self) -> Vec<String> {
        loop {
            tokio::time::sleep(LOOK).await;
            // A folder that cannot be read at the moment tells nothing; the next deploy will say why.
            if let Some(changed) = self.see().and_then(|now| self.settling.look(now)) {
                self.builds.asked_by(&changed);
                return changed;
            }
        }
    }

    /// The folder as it is now: before a build.
    pub(super) fn see(&self) -> Option<Seen> {
        Some(Seen::of(walk(&self.root).ok()?))
    }

    /// A build has ended that began when the folder was as `before`: what it wrote is no change.
    pub(super) fn built(&mut self, before: Option<Seen>, component: Option<&str>) {
        let (Some(before), Some(after)) = (before, self.see()) else {
            return;
        };
        let changed = before.changed_in(&after);
        let was_there = |path: &str| before.0.contains_key(path);
        let own = self.builds.wrote(changed, was_there, component);
        self.settling.reported.take_over(&own, &after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(files: &[(&str, u64)]) -> Seen {
        let marked = files
            .iter()
            .map(|(path, size)| ((*path).to_owned(), (None, *size)));
        Seen(marked.collect())
    }

    #[test]
    fn a_save_in_several_writes_is_one_change() {
        let mut settling = Settling {
            reported: seen(&[("app.js", 10), ("old.js", 1)]),
            moving: None,
        };
        assert_eq!(settling.look(seen(&[("app.js", 10), ("old.js", 1)])), None);
        assert_eq!(settling.look(seen(&[("app.js", 0), ("old.js", 1)])), None);
        assert_eq!(settling.look(seen(&[("app.js", 12), ("old.js", 1)])), None);
        assert_eq!(settling.look(seen(&[("app.js", 12), ("new.js", 1)])), None);
        assert_eq!(
            settling.look(seen(&[("app.js", 12), ("new.js", 1)])),
            Some(vec![
                "app.js".to_owned(),
                "new.js".to_owned(),
                "old.js".to_owned()
            ])
        );
        assert_eq!(settling.look(seen(&[("app.js", 12), ("new.js", 1)])), None);
    }

    #[test]
    fn what_is_undone_in_time_is_no_change() {
        let mut settling = Settling {
            reported: seen(&[("app.js", 10)]),
            moving: None,
        };
        assert_eq!(settling.look(seen(&[("app.js", 12)])), None);
        assert_eq!(settling.look(seen(&[("app.js", 10)])), None);
        assert_eq!(settling.look(seen(&[("app.js", 12)])), None);
    }

    fn watched(files: &[(&str, &str)]) -> (tempfile::TempDir, Watch) {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, files);
        let watch = Watch::new(folder.path().canonicalize().unwrap());
        (folder, watch)
    }

    fn write(folder: &tempfile::TempDir, files: &[(&str, &str)]) {
        for (path, text) in files {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }

    /// A build that writes these files.
    fn build(watch: &mut Watch, folder: &tempfile::TempDir, component: Option<&str>, files: &[(&str, &str)]) {
        let before = watch.see();
        write(folder, files);
        watch.built(before, component);
    }

    #[tokio::test]
    async fn a_folder_is_watched_but_not_what_is_nobodys_business() {
        let (folder, mut watch) = watched(&[("app.py", "1")]);
        write(
            &folder,
            &[
                ("target/x", "built"),
                (".app.py.swp", "editing"),
                ("app.py", "22"),
            ],
        );
        assert_eq!(watch.changed().await, ["app.py"]);
    }

    #[tokio::test]
    async fn what_a_build_writes_is_no_change() {
        let (folder, mut watch) = watched(&[("app.ts", "1"), ("dist/app.js", "old")]);
        build(
            &mut watch,
            &folder,
            None,
            &[("dist/app.js", "first"), ("dist/chunk-1.js", "first")],
        );
        write(&folder, &[("app.ts", "22")]);
        assert_eq!(watch.changed().await, ["app.ts"]);
        build(
            &mut watch,
            &folder,
            None,
            &[("dist/app.js", "second"), ("dist/chunk-22.js", "second")],
        );
        // What a person changes there counts, and what a person saves while a build is at work.
        write(&folder, &[("dist/app.js", "by hand, and longer")]);
        assert_eq!(watch.changed().await, ["dist/app.js"]);
        let more = [("dist/app.js", "third"), ("app.ts", "saved meanwhile")];
        build(&mut watch, &folder, None, &more);
        assert_eq!(watch.changed().await, ["app.ts"]);
    }

    #[tokio::test]
    async fn the_component_may_become_another_in_the_middle() {
        let (folder, mut watch) = watched(&[("app.toml", "component = \"a.wasm\"")]);
        build(&mut watch, &folder, Some("a.wasm"), &[("a.wasm", "1")]);
        write(&folder, &[("app.toml", "component = \"bb.wasm\"")]);
        assert_eq!(watch.changed().await, ["app.toml"]);
        build(&mut watch, &folder, Some("bb.wasm"), &[("bb.wasm", "1")]);
        write(&folder, &[("app.py", "1")]);
        assert_eq!(watch.changed().await, ["app.py"]);
        // Built by hand, elsewhere: that is a change.
        write(&folder, &[("bb.wasm", "by hand")]);
        assert_eq!(watch.changed().await, ["bb.wasm"]);
    }
}
