//! The example apps, built for `wasm32-wasip2` by `build.rs`, the templates of `c4h new`, and the starters: all are
//! carried inside the program.
//!
//! Each example has its source, its tests and a README in `guests/<name>`, and can be copied out of the repository and
//! built. So can each template in `templates/<name>`: a template is an app named `my-app`, and becomes another by name.

mod starters;

pub use starters::{ClinicalSource, Starter, starters};

include!(concat!(env!("OUT_DIR"), "/guests.rs"));
include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// An app to start from.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// The language it is written in, and what it is asked for by.
    pub name: &'static str,
    /// Its files, by path.
    pub files: &'static [TemplateFile],
}

/// One file of a template.
#[derive(Clone, Copy, Debug)]
pub struct TemplateFile {
    /// Inside the app's folder, with `/` between the parts.
    pub path: &'static str,
    /// As it lies in the repository.
    pub bytes: &'static [u8],
}

/// What a template is called in its own files, where a name is wanted.
const NAME: &str = "my-app";
/// What a template is called where people read.
const TITLE: &str = "My app";

impl TemplateFile {
    /// The file of an app of this name. Bytes that are no text stay as they are.
    #[must_use]
    pub fn named(&self, name: &str, title: &str) -> Vec<u8> {
        match std::str::from_utf8(self.bytes) {
            Ok(text) => text.replace(NAME, name).replace(TITLE, title).into_bytes(),
            Err(_) => self.bytes.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of a component; that of a core module ends in `01 00 00 00`.
    const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];

    /// In the tutorial an app is sent over a room's shared Wi-Fi, thirty at once: half a megabyte is the most an
    /// example may weigh.
    const LARGEST_BYTES: usize = 512 * 1024;

    #[test]
    fn every_example_is_a_small_component() {
        for guest in ALL {
            let size = guest.component.len();
            assert!(
                guest.component.starts_with(&COMPONENT),
                "{} is no component",
                guest.name
            );
            assert!(size <= LARGEST_BYTES, "{} has {size} bytes", guest.name);
        }
    }

    #[test]
    fn titles_are_words() {
        let titles: Vec<_> = ALL.iter().map(|guest| (guest.name, guest.title)).collect();
        assert_eq!(titles, [("hello", "Hello"), ("patient-lookup", "Patient lookup")]);
    }
}
