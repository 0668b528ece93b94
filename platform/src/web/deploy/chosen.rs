//! What somebody chose in the form, and what it comes to: a component, or the files of an app.

use bytes::Bytes;

use super::Refusal;
use super::form::{DeployField, FormProblem};
use crate::deploy::{Folder, Sent};
use crate::error::AppError;
use crate::model::{AppName, MANIFEST_FILE, Manifest, is_left_out};

/// Names that every second script has: they say nothing about the app.
const SAYS_NOTHING: [&str; 3] = ["app", "index", "main"];
/// Files beside a script that are the builder's own and no part of the app.
const OF_THE_BUILDER: [&str; 4] = ["package.json", "package-lock.json", "tsconfig.json", "README.md"];
/// First bytes of every WebAssembly file.
const WASM: &[u8] = b"\0asm";

/// A file as the browser names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedFile {
    pub(super) path: String,
    pub(super) bytes: Bytes,
}

/// What the form sent.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) name: String,
    /// Files without a folder around them.
    pub(super) files: Vec<NamedFile>,
    /// Files of a folder; their paths begin with its name.
    pub(super) folder: Vec<NamedFile>,
    /// The pasted script.
    pub(super) script: String,
}

impl Chosen {
    /// The part of the form that says what to deploy.
    ///
    /// # Errors
    /// When it is none, or more than one.
    pub(super) fn field(&self) -> Result<DeployField, FormProblem> {
        let given = [
            (DeployField::Files, !self.files.is_empty()),
            (DeployField::Folder, !self.folder.is_empty()),
            (DeployField::Script, !self.script.trim().is_empty()),
        ];
        let mut given = given
            .into_iter()
            .filter_map(|(field, is_given)| is_given.then_some(field));
        match (given.next(), given.next()) {
            (Some(field), None) => Ok(field),
            (None, _) => Err(FormProblem::new(
                DeployField::Files,
                "Choose a file or a folder, or paste a script.",
            )),
            (Some(_), Some(second)) => Err(FormProblem::new(
                second,
                "Choose files, or a folder, or paste a script: only one of the three at a time.",
            )),
        }
    }

    /// What was sent in `field`, and the name of the app that it becomes.
    pub(super) fn into_sent(self, field: DeployField) -> Result<(AppName, Sent), Refusal> {
        let asked = self.name.trim().to_owned();
        match field {
            DeployField::Files => of_files(&asked, self.files),
            DeployField::Folder => of_folder(&asked, self.folder),
            DeployField::Script | DeployField::Name => {
                let name = named(&asked, None)?;
                // Forms send the ends of lines as two characters.
                let text = self.script.replace("\r\n", "\n");
                let folder = Folder::of_one("app.js", text.into()).map_err(AppError::from)?;
                Ok((name, Sent::Folder(folder)))
            }
        }
    }
}

fn of_files(asked: &str, mut files: Vec<NamedFile>) -> Result<(AppName, Sent), Refusal> {
    for file in &mut files {
        file.path = base_name(&file.path).to_owned();
    }
    if let [only] = files.as_slice() {
        if only.bytes.is_empty() {
            let sentence = format!("{} is empty; choose the app itself.", only.path);
            return Err(FormProblem::new(DeployField::Files, sentence).into());
        }
        let (stem, extension) = only.path.rsplit_once('.').unwrap_or((&only.path, ""));
        let extension = extension.to_ascii_lowercase();
        if matches!(extension.as_str(), "tsx" | "jsx") {
            let sentence = format!(
                "{} is written in JSX, which this program does not read; use the tagged template html of the module nhs.",
                only.path
            );
            return Err(FormProblem::new(DeployField::Files, sentence).into());
        }
        let is_script = matches!(extension.as_str(), "js" | "mjs" | "ts") && !only.bytes.starts_with(WASM);
        if !is_script {
            // What it really is, the check of uploads says: a file may be named as it likes.
            let stem = stem.strip_suffix(".component").unwrap_or(stem);
            return Ok((named(asked, Some(stem))?, Sent::Component(only.bytes.clone())));
        }
    }
    let only = match files.as_slice() {
        [only] => only.path.rsplit_once('.').map(|(stem, _)| stem.to_owned()),
        _ => None,
    };
    let folder = folder_of(files)?;
    let name = manifest_name(&folder)?.filter(|_| asked.is_empty());
    let name = name.map_or_else(|| named(asked, only.as_deref()), Ok)?;
    Ok((name, Sent::Folder(folder)))
}

fn of_folder(asked: &str, files: Vec<NamedFile>) -> Result<(AppName, Sent), Refusal> {
    let mut around = None;
    let mut inside = Vec::with_capacity(files.len());
    for NamedFile { path, bytes } in files {
        let path = path.replace('\\', "/");
        // Some browsers send no folder: then the files lie in it without a name.
        let (folder, rest) = path.split_once('/').unwrap_or(("", &path));
        around.get_or_insert_with(|| folder.to_owned());
        let is_part = !rest.split('/').any(is_left_out) && !OF_THE_BUILDER.contains(&rest);
        if is_part {
            inside.push(NamedFile {
                path: rest.to_owned(),
                bytes,
            });
        }
    }
    let folder = folder_of(inside)?;
    let name = manifest_name(&folder)?.filter(|_| asked.is_empty());
    let name = name.map_or_else(|| named(asked, around.as_deref()), Ok)?;
    Ok((name, Sent::Folder(folder)))
}

fn folder_of(files: Vec<NamedFile>) -> Result<Folder, AppError> {
    let mut folder = Folder::default();
    for NamedFile { path, bytes } in files {
        folder.add(&path, bytes)?;
    }
    Ok(folder)
}

/// The name that `app.toml` gives. What is wrong with that file is told when the app is deployed, with its place.
fn manifest_name(folder: &Folder) -> Result<Option<AppName>, AppError> {
    let Some(text) = folder.text(MANIFEST_FILE) else {
        return Ok(None);
    };
    let manifest = Manifest::parse(text).map_err(crate::error::Unfit::from)?;
    Ok(manifest.name)
}

/// The name that was filled in, else one made from the file's or folder's.
fn named(asked: &str, found: Option<&str>) -> Result<AppName, Refusal> {
    if !asked.is_empty() {
        return AppName::new(asked).map_err(|error| AppError::from(error).into());
    }
    let says_something =
        |found: &&str| !found.is_empty() && !SAYS_NOTHING.contains(&&*found.to_ascii_lowercase());
    let found = found.filter(says_something).ok_or_else(|| {
        FormProblem::new(
            DeployField::Name,
            "Give the app a name: small letters, digits and hyphens, for example patient-lookup.",
        )
    })?;
    AppName::from_text(found).map_err(|error| AppError::from(error).into())
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str, files: &[(&str, &str)], folder: &[(&str, &str)], script: &str) -> Chosen {
        let all = |files: &[(&str, &str)]| {
            let named = files.iter().map(|(path, text)| NamedFile {
                path: (*path).to_owned(),
                bytes: Bytes::copy_from_slice(text.as_bytes()),
            });
            named.collect()
        };
        Chosen {
            name: name.to_owned(),
            files: all(files),
            folder: all(folder),
            script: script.to_owned(),
        }
    }

    /// The name, and what it became; or the field and the sentence.
    fn outcome(chosen: Chosen) -> (String, String) {
        let sent = match chosen.field() {
            Ok(field) => chosen.into_sent(field),
            Err(problem) => Err(problem.into()),
        };
        match sent {
            Ok((name, Sent::Component(bytes))) => (name.to_string(), format!("component {bytes:?}")),
            Ok((name, Sent::Folder(folder))) => {
                let paths: Vec<_> = folder.paths().collect();
                (name.to_string(), paths.join(" "))
            }
            Err(Refusal::Form(problem)) => (format!("#{}", problem.field.id()), problem.sentence),
            Err(Refusal::App(error)) => ("error".to_owned(), error.public().detail),
        }
    }

    #[test]
    fn one_file_is_a_component_or_a_script_and_gives_its_name() {
        for (name, file, text, expected) in [
            ("my-app", "other.wasm", "w", ("my-app", "component b\"w\"")),
            (
                " my-app ",
                "C:\\Users\\me\\Patient_Lookup.component.wasm",
                "w",
                ("my-app", "component b\"w\""),
            ),
            (
                "",
                "C:\\Users\\me\\Patient_Lookup.wasm",
                "w",
                ("patient-lookup", "component b\"w\""),
            ),
            ("", "notes.txt", "w", ("notes", "component b\"w\"")),
            ("", "BMI.js", "x", ("bmi", "BMI.js")),
            ("", "ward/list.ts", "x", ("list", "list.ts")),
            (
                "",
                "wrong.js",
                "\0asm\x01",
                ("wrong", "component b\"\\0asm\\x01\""),
            ),
            ("", "app.js", "x", ("#name", "Give the app a name: small")),
            ("letters", "app.js", "x", ("letters", "app.js")),
            ("", "page.tsx", "x", ("#files", "page.tsx is written in JSX")),
            ("", "empty.js", "", ("#files", "empty.js is empty")),
            ("My App", "other.wasm", "w", ("error", "")),
        ] {
            let (who, what) = outcome(chosen(name, &[(file, text)], &[], ""));
            assert!(
                who == expected.0 && what.starts_with(expected.1),
                "{name:?} {file:?}: {who} {what}"
            );
        }
    }

    #[test]
    fn several_files_a_folder_and_a_pasted_script_are_apps_too() {
        let toml = ("ward/app.toml", "name = \"from-toml\"\nmain = \"lib/x.js\"");
        for (chosen, expected) in [
            (
                chosen("", &[("app.js", "x"), ("page.js", "y")], &[], ""),
                ("#name", "Give the app a name"),
            ),
            (
                chosen("two", &[("app.js", "x"), ("page.js", "y")], &[], ""),
                ("two", "app.js page.js"),
            ),
            (
                chosen(
                    "",
                    &[],
                    &[
                        ("Ward List/app.js", "x"),
                        ("Ward List/lib/a.json", "{}"),
                        ("Ward List/.git/x", ""),
                        ("Ward List/node_modules/y/z.js", ""),
                        ("Ward List/README.md", ""),
                    ],
                    "",
                ),
                ("ward-list", "app.js lib/a.json"),
            ),
            (
                chosen("", &[], &[toml, ("ward/lib/x.js", "x")], ""),
                ("from-toml", "app.toml lib/x.js"),
            ),
            (
                chosen("mine", &[], &[toml, ("ward/lib/x.js", "x")], ""),
                ("mine", "app.toml lib/x.js"),
            ),
            (
                chosen("", &[], &[("ward/app.toml", "titel = 1")], ""),
                ("error", "app.toml line 1"),
            ),
            (
                chosen("pasted", &[], &[], "export default 1"),
                ("pasted", "app.js"),
            ),
            (
                chosen("", &[], &[], "export default 1"),
                ("#name", "Give the app a name"),
            ),
            (
                chosen("x", &[], &[], " \r\n "),
                ("#files", "Choose a file or a folder"),
            ),
            (
                chosen("x", &[("a.js", "")], &[("b/c.js", "")], ""),
                ("#folder", "Choose files, or a folder"),
            ),
            (
                chosen("x", &[("a.js", "")], &[], "y"),
                ("#script", "Choose files, or a folder"),
            ),
            (
                chosen("x", &[("a.js", "1"), ("b/A.js", "2")], &[], ""),
                ("error", "A.js was sent twice"),
            ),
        ] {
            let shown = format!("{chosen:?}");
            let (who, what) = outcome(chosen);
            assert!(
                who == expected.0 && what.starts_with(expected.1),
                "{shown}: {who} {what}"
            );
        }
    }
}
