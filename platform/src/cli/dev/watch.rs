//! Notices that files of an app's folder have changed, by looking.
//!
//! Looking and not being told by the system: an app has a few dozen files, a look takes well under a millisecond of
//! them, and it works the same on network folders, in containers and on every system.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::super::folder::{Found, walk};

/// Time between two looks. Half of it, and one more look to see that the editor is done, is what a change waits.
const LOOK: Duration = Duration::from_millis(60);

/// What a file is known by between two looks.
type Mark = (Option<SystemTime>, u64);

/// The files of a folder as they were last seen.
#[derive(Debug, Default)]
struct Seen(BTreeMap<String, Mark>);

impl Seen {
    fn of(found: Vec<Found>, left_out: Option<&str>) -> Self {
        let watched = found
            .into_iter()
            .filter(|found| Some(found.path.as_str()) != left_out);
        Self(
            watched
                .map(|found| (found.path, (found.written, found.size_bytes)))
                .collect(),
        )
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
    /// The file that the build writes: it changes because of us.
    left_out: Option<String>,
    settling: Settling,
}

impl Watch {
    /// Starts with the folder as it is.
    pub(super) fn new(root: PathBuf, left_out: Option<String>) -> Self {
        let mut watch = Self {
            root,
            left_out,
            settling: Settling::default(),
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
                return changed;
            }
        }
    }

    fn see(&self) -> Option<Seen> {
        let found = walk(&self.root).ok()?;
        Some(Seen::of(found, self.left_out.as_deref()))
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

    #[tokio::test]
    async fn a_folder_is_watched_but_not_what_builds_write() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::create_dir(file("target")).unwrap();
        std::fs::write(file("app.py"), "1").unwrap();
        let root = folder.path().canonicalize().unwrap();
        let mut watch = Watch::new(root, Some("app.wasm".to_owned()));
        for (name, text) in [
            ("app.wasm", "built"),
            ("target/x", "built"),
            (".app.py.swp", "editing"),
            ("app.py", "22"),
        ] {
            std::fs::write(file(name), text).unwrap();
        }
        assert_eq!(watch.changed().await, ["app.py"]);
    }
}
