//! What an app can begin from, each a whole app folder.

use bytes::Bytes;
use examples::{ClinicalSource, Starter, TEMPLATES, starters};

/// One thing to begin from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// What the form sends.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// One paragraph: for whom, and what it shows.
    pub(super) story: &'static str,
    /// Where the rule that it calculates by was published.
    pub(super) source: Option<ClinicalSource>,
    /// The address of its picture.
    pub(super) picture: String,
    /// What it is written in, in a word or two.
    pub(super) written: &'static str,
}

type Files = [(&'static str, &'static str)];

/// The style of a page that has none of its own yet.
pub(super) const STYLE: &str = include_str!("empty/style.css");

const EMPTY: &Files = &[
    ("app.toml", include_str!("empty/app.toml")),
    ("app.js", include_str!("empty/app.js")),
    ("public/style.css", STYLE),
];

/// The script is what the blocks make: a journey in the browser holds them to it.
const BLOCKS: &Files = &[
    ("app.toml", include_str!("blocks/app.toml")),
    ("app.js", include_str!("blocks/app.js")),
    ("blocks.json", include_str!("blocks/blocks.json")),
    (
        "kit.js",
        include_str!("../../../assets/src/workbench/blocks/kit.js.txt"),
    ),
];

const PICTURES: &Files = &[
    ("blocks", include_str!("blocks/picture.svg")),
    ("empty", include_str!("empty/picture.svg")),
    ("typescript", include_str!("types.svg")),
];

/// Everything there is, in the order in which it is shown.
pub(super) fn all() -> Vec<Start> {
    let own = [
        (
            "blocks",
            "Blocks",
            "No typing of code: put blocks together, or the same as a list. This one finds a patient and shows how their weight went.",
            "Blocks",
        ),
        (
            "empty",
            "An empty page",
            "One page with a heading and a sentence. Change the words, press Run, and see them change.",
            "JavaScript",
        ),
        (
            "typescript",
            "Find a patient, with types",
            "Type an NHS number, see who it is. In TypeScript, for people who like the editor to know what everything is.",
            "TypeScript",
        ),
    ];
    let own = own.map(|(id, title, story, written)| Start {
        id,
        title,
        story,
        source: None,
        picture: format!("/pictures/{id}.svg"),
        written,
    });
    starters().iter().map(start_of).chain(own).collect()
}

fn start_of(starter: &'static Starter) -> Start {
    Start {
        id: starter.name,
        title: starter.title,
        story: starter.story,
        source: starter.source,
        picture: format!("/pictures/{}.svg", starter.name),
        written: "JavaScript",
    }
}

/// The picture of a start, as the text of an SVG.
pub(super) fn picture(file: &str) -> Option<&'static str> {
    let name = file.strip_suffix(".svg")?;
    let own = PICTURES.iter().find(|(id, _)| *id == name);
    if let Some((_, picture)) = own {
        return Some(picture);
    }
    let starter = starters().iter().find(|starter| starter.name == name)?;
    Some(starter.picture)
}

/// The files of the start of that id, for an app of this name and title.
pub(super) fn files(id: &str, name: &str, title: &str) -> Option<Vec<(String, Bytes)>> {
    if let Some(starter) = starters().iter().find(|starter| starter.name == id) {
        let files = starter.files.iter().map(|(path, bytes)| {
            let text = std::str::from_utf8(bytes);
            let bytes = text.map_or_else(
                |_| Bytes::from_static(bytes),
                |text| renamed(path, text, name, title),
            );
            ((*path).to_owned(), bytes)
        });
        return Some(files.collect());
    }
    let own = match id {
        "empty" => EMPTY,
        "blocks" => BLOCKS,
        _ => return template(id, name, title),
    };
    let files = own.iter().map(|(path, text)| {
        // The blocks say the title, and so does the script that they make.
        let text = match *path {
            "blocks.json" | "app.js" => text.replace("\"My app\"", &format!("\"{title}\"")),
            _ => (*text).to_owned(),
        };
        ((*path).to_owned(), renamed(path, &text, name, title))
    });
    Some(files.collect())
}

fn template(id: &str, name: &str, title: &str) -> Option<Vec<(String, Bytes)>> {
    let template = TEMPLATES.iter().find(|template| template.name == id)?;
    let files = template.files.iter().map(|file| {
        let bytes = match (file.path, std::str::from_utf8(file.bytes)) {
            ("app.toml", Ok(text)) => renamed(file.path, text, name, title),
            _ => Bytes::from(file.named(name, title)),
        };
        (file.path.to_owned(), bytes)
    });
    Some(files.collect())
}

/// A file with the app's own name and title where an `app.toml` says them.
fn renamed(path: &str, text: &str, name: &str, title: &str) -> Bytes {
    if path != "app.toml" {
        return Bytes::copy_from_slice(text.as_bytes());
    }
    let mut lines = String::new();
    for line in text.lines() {
        let key = line.split('=').next().unwrap_or_default().trim();
        match key {
            "name" => lines += &format!("name = \"{name}\""),
            // Titles hold nothing that a text of TOML cannot: see `start::title`.
            "title" => lines += &format!("title = \"{title}\""),
            _ => lines += line,
        }
        lines.push('\n');
    }
    Bytes::from(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Manifest;

    #[test]
    fn everything_to_begin_from_is_an_app_of_the_chosen_name() {
        for start in all() {
            let picture = start.picture.strip_prefix("/pictures/").and_then(picture);
            assert!(picture.unwrap().contains("<svg"), "{}", start.id);
            let files = files(start.id, "blood-pressure", "Blood pressure").unwrap();
            let (_, manifest) = files.iter().find(|(path, _)| path == "app.toml").unwrap();
            let manifest = Manifest::parse(std::str::from_utf8(manifest).unwrap()).unwrap();
            let name = manifest.name.as_ref();
            assert!(
                name.is_none_or(|name| name.as_str() == "blood-pressure"),
                "{}",
                start.id
            );
            assert_eq!(manifest.title.as_deref(), Some("Blood pressure"), "{}", start.id);
        }
        assert_eq!(files("nothing", "x", "X"), None);
        assert_eq!(picture("meet-your-patient"), None);
    }
}
