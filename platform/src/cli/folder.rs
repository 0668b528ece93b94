//! An app's folder on the builder's machine: what it says, what is built in it, and what of it is sent.

mod build;
mod walk;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use bytes::Bytes;

pub(super) use walk::{Found, walk};

use sandbox_runtime::script::takes;

use crate::model::{AppName, Entry, FilePath, MANIFEST_FILE, Manifest, USUAL_MAINS};

/// Files beside a script that are the builder's own and no part of the app.
const OF_THE_BUILDER: [&str; 4] = ["package.json", "package-lock.json", "tsconfig.json", "README.md"];

/// A folder with an `app.toml`.
#[derive(Debug)]
pub(super) struct AppFolder {
    /// As it was typed, for commands: on Windows no program starts in a canonical path.
    typed: PathBuf,
    /// Canonical.
    pub(super) root: PathBuf,
    pub(super) manifest: Manifest,
    entry: Entry,
}

/// One file on its way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) path: String,
    pub(super) bytes: Bytes,
}

impl AppFolder {
    /// Reads the `app.toml` of a folder.
    pub(super) fn open(typed: &Path) -> anyhow::Result<Self> {
        let shown = typed.display();
        let root = typed
            .canonicalize()
            .with_context(|| format!("{shown} cannot be read"))?;
        ensure!(
            root.is_dir(),
            "{shown} is a file; give the folder that holds its {MANIFEST_FILE}"
        );
        let file = root.join(MANIFEST_FILE);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "{shown} has no {MANIFEST_FILE}, so it is no app yet; an empty one is enough, `c4h new NAME` makes an app to start \
                 from, and `c4h deploy FILE.js` deploys a single file"
            ),
            Err(error) => return Err(anyhow!(error).context(format!("{} cannot be read", file.display()))),
        };
        let manifest = Manifest::parse(&text)?;
        let entry = match &manifest.entry {
            Some(entry) => entry.clone(),
            None => usual_entry(&root)?,
        };
        Ok(Self {
            typed: typed.to_owned(),
            root,
            manifest,
            entry,
        })
    }

    /// The name of the app: what was asked for, else what `app.toml` says, else the folder's.
    pub(super) fn name(&self, asked: Option<&str>) -> anyhow::Result<AppName> {
        match (asked, &self.manifest.name) {
            (Some(asked), _) => Ok(AppName::new(asked)?),
            (None, Some(name)) => Ok(name.clone()),
            (None, None) => {
                let folder = self.root.file_name().unwrap_or_default().to_string_lossy();
                AppName::from_text(&folder).with_context(|| {
                    format!("the folder's name gives no name for the app; write one into {MANIFEST_FILE}, or choose one with --app NAME")
                })
            }
        }
    }

    /// The component that a build leaves in the folder, if the app is one.
    pub(super) fn component(&self) -> Option<&str> {
        match &self.entry {
            Entry::Component(path) => Some(path.as_str()),
            Entry::Main(_) => None,
        }
    }

    /// Every file that is sent: `app.toml`, what runs, and what lies below `public`.
    pub(super) fn parts(&self) -> anyhow::Result<Vec<Part>> {
        let mut found = walk(&self.root)?;
        match &self.entry {
            Entry::Component(component) => {
                found.retain(|found| found.path == MANIFEST_FILE || is_public(&found.path));
                found.push(self.built(component)?);
            }
            Entry::Main(main) => {
                ensure!(
                    found.iter().any(|found| found.path == main.as_str()),
                    "{MANIFEST_FILE} says main = \"{main}\", and there is no such file in {}",
                    self.root.display()
                );
                found.retain(|found| found.path == MANIFEST_FILE || belongs_to_script(&found.path));
            }
        }
        read(found)
    }

    /// Every file of a script that an app's tests can import, the tests among them.
    pub(super) fn sources(&self) -> anyhow::Result<Vec<Part>> {
        let mut found = walk(&self.root)?;
        found.retain(|found| takes(&found.path) && !is_public(&found.path));
        read(found)
    }

    /// The component lies where a build puts it, which is usually a folder that is left out otherwise.
    fn built(&self, component: &FilePath) -> anyhow::Result<Found> {
        let file = self.root.join(component.as_str());
        let way = match self.manifest.build {
            Some(_) => "did the build write it somewhere else?".to_owned(),
            None => {
                format!("build it first, or write the command that does into {MANIFEST_FILE}: build = \"…\"")
            }
        };
        let target = file.canonicalize().with_context(|| {
            format!("{MANIFEST_FILE} says component = \"{component}\", and there is no such file; {way}")
        })?;
        ensure!(
            target.starts_with(&self.root),
            "{component} is a link that leads out of the folder, to {}; copy the file instead",
            target.display()
        );
        Found::at(component.as_str().to_owned(), target)
    }
}

/// Whether this is a test of the app's, which `c4h test` runs and no server gets.
pub(super) fn is_test(path: &str) -> bool {
    [".test.js", ".test.mjs", ".test.ts"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn is_public(path: &str) -> bool {
    path.starts_with("public/")
}

fn belongs_to_script(path: &str) -> bool {
    is_public(path) || (takes(path) && !is_test(path) && !OF_THE_BUILDER.contains(&path))
}

/// What runs when `app.toml` does not say: the usual script, else the one component.
fn usual_entry(root: &Path) -> anyhow::Result<Entry> {
    if let Some(main) = USUAL_MAINS.iter().find(|name| root.join(name).is_file()) {
        return Ok(Entry::Main(FilePath::new(main)?));
    }
    let found = walk(root)?;
    let mut components = found
        .iter()
        .filter(|found| found.path.ends_with(".wasm") && !is_public(&found.path));
    match (components.next(), components.next()) {
        (Some(only), None) => Ok(Entry::Component(FilePath::new(&only.path)?)),
        _ => bail!(
            "{MANIFEST_FILE} names nothing to run; add a line such as main = \"app.js\" or component = \"app.wasm\""
        ),
    }
}

fn read(found: Vec<Found>) -> anyhow::Result<Vec<Part>> {
    // The server has its own, lower limits and sentences; this one only keeps a wrong folder from filling the memory.
    let most = u64::try_from(store::MAX_BLOB_BYTES).unwrap_or(u64::MAX);
    let size: u64 = found.iter().map(|found| found.size_bytes).sum();
    ensure!(
        size <= most,
        "the files to send have {size} bytes together, more than any server takes for an app ({most} bytes)"
    );
    let parts = found.into_iter().map(|found| {
        // What the server would refuse is refused here, before anything is sent.
        FilePath::new(&found.path)?;
        let bytes = fs::read(&found.file).with_context(|| format!("{} cannot be read", found.path))?;
        Ok(Part {
            path: found.path,
            bytes: bytes.into(),
        })
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    fn sent(folder: &Path) -> Vec<String> {
        let parts = AppFolder::open(folder).unwrap().parts().unwrap();
        parts.into_iter().map(|part| part.path).collect()
    }

    #[test]
    fn a_script_is_sent_with_what_it_may_import() {
        let folder = folder(&[
            ("app.toml", "main = \"app.js\""),
            ("app.js", ""),
            ("app.test.js", ""),
            ("lib/words.json", "{}"),
            ("lib/page.html", ""),
            ("lib/data.sqlite", ""),
            ("public/logo.png", ""),
            ("public/.hidden", ""),
            ("README.md", ""),
            ("package.json", "{}"),
            (".env", "NOTIFY_KEY=1"),
            (".git/config", ""),
            ("node_modules/x/index.js", ""),
            ("target/x.js", ""),
        ]);
        assert_eq!(
            sent(folder.path()),
            [
                "app.js",
                "app.toml",
                "lib/page.html",
                "lib/words.json",
                "public/logo.png"
            ]
        );
        let sources = AppFolder::open(folder.path()).unwrap().sources().unwrap();
        assert!(sources.iter().any(|part| part.path == "app.test.js"));
    }

    #[test]
    fn the_reference_names_what_stays_at_home() {
        let page = include_str!("../../../docs/reference/app-toml.md");
        for name in OF_THE_BUILDER {
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn a_component_is_sent_without_its_source() {
        let folder = folder(&[
            ("app.toml", "component = \"target/wasm32-wasip2/release/x.wasm\""),
            ("src/main.rs", ""),
            ("public/style.css", ""),
            ("notes.txt", ""),
            ("target/wasm32-wasip2/release/x.wasm", "\0asm"),
        ]);
        assert_eq!(
            sent(folder.path()),
            [
                "app.toml",
                "public/style.css",
                "target/wasm32-wasip2/release/x.wasm"
            ]
        );
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_out() {
        for (files, word) in [
            (vec![("app.js", "")], "c4h new"),
            (vec![("app.toml", "")], "main = \"app.js\""),
            (vec![("app.toml", "main = \"other.js\"")], "other.js"),
            (vec![("app.toml", "component = \"x.wasm\"")], "build it first"),
            (
                vec![("app.toml", "component = \"x.wasm\"\nbuild = \"true\"")],
                "somewhere else",
            ),
            (
                vec![
                    ("app.toml", "main = \"app.js\""),
                    ("app.js", ""),
                    ("lib/à.js", ""),
                ],
                "letters a to z",
            ),
        ] {
            let folder = folder(&files);
            let error = AppFolder::open(folder.path()).and_then(|folder| folder.parts());
            let error = format!("{:#}", error.unwrap_err());
            assert!(error.contains(word), "{error}");
        }
        assert!(AppFolder::open(Path::new("/no/such/folder")).is_err());
    }

    #[test]
    fn a_folder_with_one_component_needs_no_line_for_it() {
        let folder = folder(&[("app.toml", ""), ("x.wasm", ""), ("public/y.wasm", "")]);
        assert_eq!(sent(folder.path()), ["app.toml", "public/y.wasm", "x.wasm"]);
    }

    #[test]
    fn names_come_from_the_flag_then_the_file_then_the_folder() {
        let folder = folder(&[("my app/app.toml", "main = \"app.js\"")]);
        let mut app = AppFolder::open(&folder.path().join("my app")).unwrap();
        assert_eq!(app.name(None).unwrap().as_str(), "my-app");
        app.manifest.name = Some(AppName::new("letters").unwrap());
        assert_eq!(app.name(None).unwrap().as_str(), "letters");
        assert_eq!(app.name(Some("other")).unwrap().as_str(), "other");
        assert!(app.name(Some("Not A Name")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_may_not_leave_the_folder() {
        let outside = folder(&[("secret.txt", "x")]);
        let folder = folder(&[
            ("app.toml", "main = \"app.js\""),
            ("app.js", ""),
            ("words.txt", ""),
        ]);
        std::os::unix::fs::symlink(folder.path().join("words.txt"), folder.path().join("same.txt")).unwrap();
        assert!(sent(folder.path()).contains(&"same.txt".to_owned()));
        for target in [outside.path().join("secret.txt"), outside.path().to_owned()] {
            let link = folder.path().join("link.txt");
            std::os::unix::fs::symlink(target, &link).unwrap();
            let refused = AppFolder::open(folder.path()).unwrap().parts().unwrap_err();
            assert!(
                refused.to_string().contains("leads out of the folder"),
                "{refused}"
            );
            fs::remove_file(link).unwrap();
        }
    }
}
