//! Folders of files that travel inside of the package: the templates and the starters.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::{NOT_HANDED_DOWN, constant, variable};

/// The folder of the files that several starters have. It is no starter.
const SHARED: &str = "shared";

/// The list of templates: a folder each, with every file that is not a build's.
pub(super) fn templates(templates: &Path, guests: &Path) -> anyhow::Result<String> {
    let mut text = String::from("/// Every template, by name.\npub const TEMPLATES: &[Template] = &[\n");
    for folder in folders_in(templates)? {
        let folder = folder.as_path();
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.context("a template's folder has a name in plain letters")?;
        let mut files = files_below(folder)?;
        // Tools for Python do not bring the interfaces of WASI; the crate that the guests are built with does.
        if folder.join("wit").is_dir() {
            let definitions = interface_definitions(guests)?;
            for file in files_below(&definitions)? {
                files.push((format!("wit/deps/{}", file.0), file.1));
            }
        }
        writeln!(text, "    Template {{ name: {name:?}, files: &[")?;
        for (path, file) in files {
            writeln!(
                text,
                "        TemplateFile {{ path: {path:?}, bytes: include_bytes!({file:?}) }},"
            )?;
        }
        writeln!(text, "    ] }},")?;
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// A constant for each starter's folder, with those of the shared files that it names. The picture is shown by the
/// platform and is no file of the app.
pub(super) fn starters(starters: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let shared = files_below(&starters.join(SHARED))?;
    for folder in folders_in(starters)? {
        if folder.ends_with(SHARED) {
            continue;
        }
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.context("a starter's folder has a name in plain letters")?;
        let (pictures, files): (Vec<_>, Vec<_>) = files_below(&folder)?
            .into_iter()
            .partition(|(path, _)| path == "picture.svg");
        let (_, picture) = pictures
            .first()
            .with_context(|| format!("{name} has no picture.svg"))?;
        let files = with_shared(files, &shared)?;
        writeln!(
            text,
            "const {}: Folder = Folder {{\n    files: &[",
            constant(name)
        )?;
        for (path, file) in files {
            writeln!(text, "        ({path:?}, include_bytes!({file:?})),")?;
        }
        writeln!(text, "    ],\n    picture: include_str!({picture:?}),\n}};")?;
    }
    Ok(text)
}

/// The files of a starter and those shared ones that they name, and that these name, as `"./record.js"`. What is in `public/` is
/// served as if it stood beside the script.
fn with_shared(
    mut files: Vec<(String, PathBuf)>,
    shared: &[(String, PathBuf)],
) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut read = 0;
    while let Some((_, file)) = files.get(read) {
        read += 1;
        let bytes = fs::read(file)?;
        let text = String::from_utf8_lossy(&bytes);
        for (path, file) in shared {
            let named = format!("\"./{}\"", path.trim_start_matches("public/"));
            if text.contains(&named) && !files.iter().any(|(known, _)| known == path) {
                files.push((path.clone(), file.clone()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The folders in a folder, by name.
fn folders_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    Ok(folders)
}

/// Every file below a folder but what builds leave: its path with `/` between the parts, and where it is.
fn files_below(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    const OF_BUILDS: [&str; 4] = ["__pycache__", "node_modules", "target", ".venv"];
    let mut files = Vec::new();
    let mut open = vec![(String::new(), folder.to_owned())];
    while let Some((above, folder)) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().into_string();
            let name = name
                .ok()
                .context("a template's file has a name in plain letters")?;
            if OF_BUILDS.contains(&name.as_str()) || name.ends_with(".wasm") {
                continue;
            }
            let path = format!("{above}{name}");
            if entry.path().is_dir() {
                open.push((format!("{path}/"), entry.path()));
            } else {
                files.push((path, entry.path()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The folder with the interfaces of WASI 0.2, in the crate `wasip2` as the guests' lock file pins it.
fn interface_definitions(guests: &Path) -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo
        .current_dir(guests)
        .args(["metadata", "--locked", "--format-version", "1"]);
    for name in NOT_HANDED_DOWN {
        cargo.env_remove(name);
    }
    let output = cargo.output().context("cannot start cargo")?;
    ensure!(
        output.status.success(),
        "cargo metadata fails in {}",
        guests.display()
    );
    let text = String::from_utf8(output.stdout).context("cargo writes UTF-8")?;
    // One member of a long JSON document: no reason for a JSON parser in every build.
    let manifest = text
        .split("\"manifest_path\":\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.replace("\\\\", "/").contains("/wasip2-"))
        .context("the guests depend on the crate wasip2")?;
    let manifest = PathBuf::from(manifest.replace("\\\\", "\\"));
    let folder = manifest.with_file_name("wit").join("deps");
    ensure!(folder.is_dir(), "{} is not there", folder.display());
    Ok(folder)
}
