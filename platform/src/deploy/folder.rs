//! An app folder as it was sent: which of its files are what.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use sandbox_runtime::script::takes;

use super::archive;
use crate::error::Unfit;
use crate::model::{Entry, FilePath, Language, MANIFEST_FILE, Manifest, ManifestError, USUAL_MAINS};

/// Files of one app.
pub(crate) const FILES: usize = 500;
/// The files of an app, by path.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    files: BTreeMap<FilePath, Bytes>,
}

/// What a folder comes to.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) manifest: Arc<Manifest>,
    /// The manifest as it was written.
    pub(crate) text: String,
    pub(crate) what: What,
    /// The files but those under `public/` and the component, packed into one.
    pub(crate) source: Bytes,
    /// The files under `public/`, by their path below it.
    pub(crate) public: Vec<(Box<str>, Bytes)>,
}

/// What is to run.
#[derive(Debug)]
pub(crate) enum What {
    /// A component, made elsewhere.
    Component(Bytes),
    /// A script and the files it may import.
    Script {
        main: FilePath,
        files: BTreeMap<String, Bytes>,
        language: Language,
    },
}

impl Plan {
    /// A component without a folder around it.
    pub(crate) fn of_component(component: Bytes) -> Self {
        Self {
            manifest: Arc::default(),
            text: String::new(),
            what: What::Component(component),
            source: Bytes::new(),
            public: Vec::new(),
        }
    }
}

impl Folder {
    /// A folder with one file.
    pub(crate) fn of_one(path: &str, bytes: Bytes) -> Result<Self, Unfit> {
        let mut folder = Self::default();
        folder.add(path, bytes)?;
        Ok(folder)
    }

    /// One more file.
    pub(crate) fn add(&mut self, path: &str, bytes: Bytes) -> Result<(), Unfit> {
        let path = FilePath::new(path)?;
        if self.files.len() >= FILES {
            return Err(Unfit::Files(format!(
                "The app has more than {FILES} files, the most an app may have; {path} is one too many."
            )));
        }
        for other in self.files.keys() {
            // Windows and macOS cannot keep two names apart that differ in capitals only, nor a file and a folder.
            if other.as_str().eq_ignore_ascii_case(path.as_str()) {
                return Err(Unfit::Files(format!(
                    "{path} was sent twice (names that differ in capitals only are the same on many systems)."
                )));
            }
            if is_inside(other, &path) || is_inside(&path, other) {
                return Err(Unfit::Files(format!(
                    "{path} and {other}: one name cannot be both a file and a folder."
                )));
            }
        }
        self.files.insert(path, bytes);
        Ok(())
    }

    /// The paths of its files.
    #[cfg(test)]
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(FilePath::as_str)
    }

    /// A file as text; `None` when there is none, or it is no text.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.files.get(path)?).ok()
    }

    /// Reads the manifest and sorts the files.
    pub(crate) fn plan(mut self) -> Result<Plan, Unfit> {
        let text = self
            .files
            .get(MANIFEST_FILE)
            .map(|bytes| bytes.to_vec())
            .unwrap_or_default();
        let text = String::from_utf8(text)
            .map_err(|_| ManifestError::whole("the file is not text in UTF-8.".to_owned()))?;
        let manifest = Manifest::parse(&text)?;
        let entry = match manifest.entry.clone() {
            Some(entry) => entry,
            None => self.guess_entry()?,
        };
        let what = match entry {
            Entry::Component(path) => What::Component(
                self.files
                    .remove(&path)
                    .ok_or_else(|| missing(&path, "component"))?,
            ),
            Entry::Main(path) => {
                if !self.files.contains_key(&path) {
                    return Err(missing(&path, "main"));
                }
                let files = self.files.iter().filter(|(path, _)| is_script_file(path));
                let files: BTreeMap<String, Bytes> = files
                    .map(|(path, bytes)| (path.to_string(), bytes.clone()))
                    .collect();
                let language = if files.keys().any(|path| path.ends_with(".ts")) {
                    Language::TypeScript
                } else {
                    Language::JavaScript
                };
                What::Script {
                    main: path,
                    files,
                    language,
                }
            }
        };
        let mut public = Vec::new();
        self.files.retain(|path, bytes| match path.below_public() {
            Some(below) => {
                public.push((Box::from(below), bytes.clone()));
                false
            }
            None => true,
        });
        Ok(Plan {
            manifest: Arc::new(manifest),
            text,
            what,
            source: archive::pack(&self.files),
            public,
        })
    }

    fn guess_entry(&self) -> Result<Entry, Unfit> {
        if let Some(main) = USUAL_MAINS
            .iter()
            .find_map(|main| self.files.get_key_value(*main))
        {
            return Ok(Entry::Main(main.0.clone()));
        }
        let outside = |path: &&FilePath| path.below_public().is_none() && path.extension() == Some("wasm");
        let mut components = self.files.keys().filter(outside);
        let mut scripts = self.files.keys().filter(|path| is_script(path));
        match (components.next(), components.next()) {
            (Some(only), None) => Ok(Entry::Component(only.clone())),
            (None, _) => match (scripts.next(), scripts.next()) {
                (Some(only), None) => Ok(Entry::Main(only.clone())),
                (Some(first), Some(second)) => Err(Unfit::Files(format!(
                    "Both {first} and {second} could be the app: call the one that answers requests app.js or app.ts, or say in app.toml which it is: main = \"{first}\"."
                ))),
                (None, _) => Err(Unfit::Files(
                    "Nothing here can run: send app.js or app.ts, or say in app.toml what runs, with main = \"….js\" or component = \"….wasm\"."
                        .to_owned(),
                )),
            },
            (Some(first), Some(second)) => Err(Unfit::Files(format!(
                "Both {first} and {second} could be the app; say which in app.toml: component = \"{first}\"."
            ))),
        }
    }
}

fn missing(path: &FilePath, key: &str) -> Unfit {
    let build = if key == "component" {
        " or was not built"
    } else {
        ""
    };
    Unfit::Files(format!("{key} in app.toml is {path}, which was not sent{build}."))
}

fn is_inside(inner: &FilePath, outer: &FilePath) -> bool {
    let (inner, outer) = (inner.as_str().as_bytes(), outer.as_str().as_bytes());
    inner.len() > outer.len() && inner.get(outer.len()) == Some(&b'/') && inner.starts_with(outer)
}

/// Whether this can be what runs.
fn is_script(path: &FilePath) -> bool {
    is_script_file(path) && matches!(path.extension(), Some("js" | "mjs" | "ts"))
}

fn is_script_file(path: &FilePath) -> bool {
    let is_test = [".test.js", ".test.mjs", ".test.ts"]
        .iter()
        .any(|ending| path.as_str().ends_with(ending));
    path.below_public().is_none() && !is_test && takes(path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> Result<Folder, Unfit> {
        let mut folder = Folder::default();
        for (path, text) in files {
            folder.add(path, Bytes::copy_from_slice(text.as_bytes()))?;
        }
        Ok(folder)
    }

    #[test]
    fn files_are_sorted() {
        let files = [
            ("app.toml", "title = \"BMI\"\nmain = \"src/app.ts\""),
            ("src/app.ts", "x"),
            ("src/app.test.ts", "t"),
            ("lib/data.json", "{}"),
            ("logo.png", "p"),
            ("public/style.css", "body {}"),
            ("public/app.js", "browser"),
        ];
        let plan = folder(&files).unwrap().plan().unwrap();
        assert_eq!(plan.manifest.title.as_deref(), Some("BMI"));
        let What::Script {
            main,
            files,
            language,
        } = plan.what
        else {
            panic!("a script")
        };
        assert_eq!((main.as_str(), language), ("src/app.ts", Language::TypeScript));
        assert_eq!(files.keys().collect::<Vec<_>>(), ["lib/data.json", "src/app.ts"]);
        let public: Vec<_> = plan.public.iter().map(|(path, _)| &**path).collect();
        assert_eq!(public, ["app.js", "style.css"]);
        let kept = archive::unpack(&plan.source).unwrap();
        let kept: Vec<_> = kept.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            kept,
            [
                "app.toml",
                "lib/data.json",
                "logo.png",
                "src/app.test.ts",
                "src/app.ts"
            ]
        );
    }

    #[test]
    fn what_runs_is_guessed_where_it_is_clear() {
        let plan = folder(&[("app.ts", "t"), ("app.js", "j"), ("x.wasm", "w")])
            .unwrap()
            .plan()
            .unwrap();
        assert!(matches!(plan.what, What::Script { main, .. } if main.as_str() == "app.js"));
        let plan = folder(&[("a/b.wasm", "w"), ("public/c.wasm", "p")])
            .unwrap()
            .plan()
            .unwrap();
        assert!(matches!(plan.what, What::Component(bytes) if bytes == "w"));
        let plan = folder(&[("bmi.js", "b"), ("bmi.test.js", "t"), ("words.json", "{}")])
            .unwrap()
            .plan()
            .unwrap();
        assert!(matches!(plan.what, What::Script { main, .. } if main.as_str() == "bmi.js"));
    }

    #[test]
    fn folders_that_make_no_app() {
        for (files, word) in [
            (&[("app.toml", "titel = 1")][..], "did you mean title?"),
            (&[("app.toml", "\u{fffd}"), ("app.toml", "")], "twice"),
            (&[("a.js", ""), ("A.JS", "")], "twice"),
            (&[("a", ""), ("a/b", "")], "both a file and a folder"),
            (&[("a/b", ""), ("a", "")], "both a file and a folder"),
            (&[("../a", "")], "../a"),
            (&[("readme.md", "")], "Nothing here can run"),
            (
                &[("bmi.test.js", ""), ("public/x.js", "")],
                "Nothing here can run",
            ),
            (
                &[("a.js", ""), ("lib/b.ts", "")],
                "Both a.js and lib/b.ts could be",
            ),
            (&[("a.wasm", ""), ("b.wasm", "")], "could be the app"),
            (
                &[("app.toml", "main = \"x.js\""), ("app.js", "")],
                "x.js, which was not sent",
            ),
            (&[("app.toml", "component = \"x.wasm\"")], "not built"),
        ] {
            let error = folder(files).and_then(Folder::plan).unwrap_err().to_string();
            assert!(error.contains(word), "{files:?}: {error}");
        }
        let mut many = Folder::default();
        for number in 0..FILES {
            many.add(&format!("f{number}"), Bytes::new()).unwrap();
        }
        assert!(
            many.add("more", Bytes::new())
                .unwrap_err()
                .to_string()
                .contains("500")
        );
    }
}
