//! `c4h new`: a folder with a complete small app to start from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args, builder::ValueParser};
use examples::{Starter, TEMPLATES, Template, starters};

use super::output;
use crate::model::AppName;

/// Make a folder with a small app to start from
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// Name of the app, such as patient-lookup
    name: String,
    /// The language to write it in
    #[arg(long, value_name = "LANGUAGE", default_value = "javascript", value_parser = languages())]
    template: String,
    /// A whole app to start from instead, such as news2
    #[arg(long, value_name = "STARTER", value_parser = starter_names(), conflicts_with = "template")]
    starter: Option<String>,
    /// Folder to make [default: the app's name, here]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

fn languages() -> ValueParser {
    let names = ["javascript", "typescript", "rust", "python"];
    PossibleValuesParser::new(names).into()
}

fn starter_names() -> ValueParser {
    PossibleValuesParser::new(starters().iter().map(|starter| starter.name)).into()
}

pub(super) fn make_app(args: NewArgs) -> anyhow::Result<ExitCode> {
    let name = AppName::new(&args.name)?;
    if let Some(wanted) = &args.starter {
        let starter = starters().iter().find(|starter| starter.name == *wanted);
        let starter = starter.with_context(|| format!("this program carries no starter {wanted}"))?;
        return start_from(starter, &name, args.dir);
    }
    let template = TEMPLATES
        .iter()
        .find(|template| template.name == args.template)
        .with_context(|| format!("this program carries no template {}", args.template))?;
    let folder = args.dir.unwrap_or_else(|| PathBuf::from(name.as_str()));
    demand_empty(&folder)?;
    write(template, &name, &folder)?;
    let shown = folder.display();
    output::line(&format!(
        "Made {name}, an app in {}, in {shown}",
        words(template.name)
    ));
    output::line("");
    output::line(&format!("  cd {}", quoted(&folder)));
    for step in steps(template.name) {
        output::line(&format!("  {step}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A starter is JavaScript and gives no name of its own, so that its files are written as they are.
fn start_from(starter: &Starter, name: &AppName, folder: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let folder = folder.unwrap_or_else(|| PathBuf::from(name.as_str()));
    demand_empty(&folder)?;
    for (path, bytes) in starter.files {
        write_file(&folder.join(path), named(path, bytes, name))?;
    }
    let (title, shown) = (starter.title, folder.display());
    output::line(&format!("Made {name} from {title}, in {shown}"));
    output::line("");
    output::line(&format!("  cd {}", quoted(&folder)));
    for step in steps("javascript") {
        output::line(&format!("  {step}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The file of an app of this name: its `app.toml` begins with it, so that the folder can have another.
fn named(path: &str, bytes: &[u8], name: &AppName) -> Vec<u8> {
    let mut file = Vec::new();
    if path == "app.toml" {
        file.extend_from_slice(format!("name = \"{name}\"\n").as_bytes());
    }
    file.extend_from_slice(bytes);
    file
}

fn write_file(path: &Path, bytes: Vec<u8>) -> anyhow::Result<()> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, bytes))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// A folder that holds something may be somebody's work.
fn demand_empty(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => {
                bail!("{shown} is not empty; choose another folder with --dir, or empty that one first")
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            bail!("{shown} is a file; choose another folder with --dir")
        }
        Err(error) => Err(error).with_context(|| format!("{shown} cannot be used")),
    }
}

fn write(template: &Template, name: &AppName, folder: &Path) -> anyhow::Result<()> {
    let title = title(name.as_str());
    for file in template.files {
        write_file(&folder.join(file.path), file.named(name.as_str(), &title))?;
    }
    Ok(())
}

/// The next three commands, without the way into the folder.
fn steps(template: &str) -> Vec<&'static str> {
    let tools = match template {
        "rust" => Some("rustup target add wasm32-wasip2"),
        "python" => Some("python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.txt"),
        _ => None,
    };
    tools
        .into_iter()
        .chain([
            "c4h dev      # see it, change it, see it change",
            "c4h test     # run its tests",
        ])
        .chain(tools.is_none().then_some("c4h deploy . # put it on the server"))
        .collect()
}

fn words(template: &str) -> &str {
    match template {
        "javascript" => "JavaScript",
        "typescript" => "TypeScript",
        "rust" => "Rust",
        "python" => "Python",
        other => other,
    }
}

/// `patient-lookup` → `Patient lookup`.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// As a shell wants it.
fn quoted(folder: &Path) -> String {
    let text = folder.display().to_string();
    if text.contains(' ') {
        format!("\"{text}\"")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_template_and_its_words() {
        let mut carried: Vec<&str> = TEMPLATES.iter().map(|template| template.name).collect();
        carried.sort_unstable();
        assert_eq!(carried, ["javascript", "python", "rust", "typescript"]);
        for template in TEMPLATES {
            assert_ne!(words(template.name), template.name);
            assert_eq!(steps(template.name).len(), 3);
        }
    }

    #[test]
    fn a_starter_takes_the_name_of_the_app() {
        let folder = tempfile::tempdir().unwrap();
        let name = AppName::new("ward-7").unwrap();
        for starter in starters() {
            let folder = folder.path().join(starter.name);
            start_from(starter, &name, Some(folder.clone())).unwrap();
            let manifest = fs::read_to_string(folder.join("app.toml")).unwrap();
            let manifest = crate::model::Manifest::parse(&manifest).unwrap();
            assert_eq!(manifest.name, Some(name.clone()));
            assert_eq!(manifest.title.as_deref(), Some(starter.title));
            assert!(folder.join("public/style.css").is_file());
            assert!(start_from(starter, &name, Some(folder)).is_err());
        }
    }

    #[test]
    fn a_template_takes_the_name_of_the_app() {
        let folder = tempfile::tempdir().unwrap();
        let name = AppName::new("blood-pressure").unwrap();
        for template in TEMPLATES {
            let folder = folder.path().join(template.name);
            write(template, &name, &folder).unwrap();
            for file in template.files {
                let bytes = fs::read(folder.join(file.path)).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                assert!(
                    !text.contains("my-app") && !text.contains("My app"),
                    "{}",
                    file.path
                );
            }
            let manifest = fs::read_to_string(folder.join("app.toml")).unwrap();
            let manifest = crate::model::Manifest::parse(&manifest).unwrap();
            assert_eq!(manifest.name, Some(name.clone()));
            assert_eq!(manifest.title.as_deref(), Some("Blood pressure"));
            assert!(
                demand_empty(&folder)
                    .unwrap_err()
                    .to_string()
                    .contains("not empty")
            );
        }
    }
}
