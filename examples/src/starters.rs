//! The starters: whole apps with a story, which people make their own. Each is a folder of `starters/`.

include!(concat!(env!("OUT_DIR"), "/starters.rs"));

/// An app to make one's own.
#[derive(Clone, Copy, Debug)]
pub struct Starter {
    /// Its folder, and what it is asked for by.
    pub name: &'static str,
    /// What people read. The same as in its `app.toml`.
    pub title: &'static str,
    /// Whom it helps and with what, in one paragraph.
    pub story: &'static str,
    /// Where the rule comes from that it calculates or is laid out by.
    pub source: Option<ClinicalSource>,
    /// A picture, as the text of an SVG. It says nothing that the title does not.
    pub picture: &'static str,
    /// The app's files: path with `/` between the parts, and what is in them. `app.toml` gives no name, so that the app
    /// can have any.
    pub files: &'static [(&'static str, &'static [u8])],
    /// The same app as blocks, in the JSON of the blocks editor, where it can be built with them.
    pub blocks: Option<&'static str>,
}

/// Where a clinical rule was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClinicalSource {
    /// Who said it, where and when, and what of it is used.
    pub words: &'static str,
    /// The publication's page.
    pub link: &'static str,
}

/// What a starter's folder holds.
struct Folder {
    files: &'static [(&'static str, &'static [u8])],
    picture: &'static str,
    blocks: Option<&'static str>,
}

/// Every starter, in the order in which they are best met.
#[must_use]
pub const fn starters() -> &'static [Starter] {
    STARTERS
}

const fn starter(
    (name, title): (&'static str, &'static str),
    story: &'static str,
    source: Option<ClinicalSource>,
    folder: &Folder,
) -> Starter {
    Starter {
        name,
        title,
        story,
        source,
        picture: folder.picture,
        files: folder.files,
        blocks: folder.blocks,
    }
}

const STARTERS: &[Starter] = &[starter(
    ("meet-your-patient", "Meet your patient"),
    "Every app begins here: who is it? Find somebody by NHS number, or by name and date of birth, and see who they are. \
         Then try a restricted record, one with almost nothing in it, somebody who has died, and a number that was \
         replaced: the page says what it knows, and what it does not.",
    None,
    &MEET_YOUR_PATIENT,
)];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(starter: &Starter, path: &str) -> &'static str {
        let file = starter.files.iter().find(|(each, _)| *each == path);
        let bytes = file.unwrap_or_else(|| panic!("{} has no {path}", starter.name)).1;
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_starter_is_whole() {
        for starter in starters() {
            let name = starter.name;
            let manifest = text(starter, "app.toml");
            assert!(
                manifest.contains(&format!("title = \"{}\"", starter.title)),
                "{name}"
            );
            assert!(!manifest.contains("\nname"), "{name} can have any name");
            assert!(manifest.contains("uses = ["), "{name} says what it calls");
            for path in ["main.js", "main.test.js", "README.md", "public/style.css"] {
                assert!(!text(starter, path).is_empty(), "{name} {path}");
            }
            assert!(starter.story.len() > 100 && starter.story.len() < 600, "{name}");
            assert!(starter.picture.starts_with("<svg "), "{name}");
            for word in ["<script", "<style", "href", " on"] {
                assert!(
                    !starter.picture.contains(word),
                    "the picture of {name} has {word}"
                );
            }
            if let Some(source) = starter.source {
                assert!(source.link.starts_with("https://"), "{name}");
                assert!(text(starter, "README.md").contains(source.link), "{name}");
            }
        }
    }

    #[test]
    fn nothing_is_asked_of_another_machine() {
        for starter in starters() {
            for (path, bytes) in starter.files {
                let text = std::str::from_utf8(bytes).unwrap();
                for word in ["src=\"http", "@import", "url(", "<script src"] {
                    assert!(!text.contains(word), "{} {path} has {word}", starter.name);
                }
            }
        }
    }

    /// Files that several starters have are the same in each, so that what is learnt in one holds in all.
    #[test]
    fn shared_files_are_the_same() {
        for shared in ["find-patient.js", "record.js", "chart.js", "public/style.css"] {
            let mut copies = starters()
                .iter()
                .filter_map(|starter| starter.files.iter().find(|(path, _)| *path == shared));
            let first = copies.next();
            assert!(copies.all(|copy| Some(copy) == first), "{shared} differs");
        }
    }
}
