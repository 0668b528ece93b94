//! How texts are made comparable: case, accents, kinds of quotes and dashes, and runs of spaces do not matter.

mod phonetic;

pub use phonetic::phonetic;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::value::TEXT_BYTES;

/// Folds a text, so that what people type for it is equal to it.
///
/// Decomposed (NFKD), marks stripped, lower case, one space for each run of white space, none at the ends; typographic
/// quotes and dashes as ASCII ones; the letters that have no decomposition (ø, ł, đ, æ, œ, ß, þ, ð) as those that people
/// type instead. Cut to [`TEXT_BYTES`].
///
/// Source: <https://hl7.org/fhir/R4/search.html#string>, which leaves the details to the server.
#[must_use]
pub fn fold(text: &str) -> Box<str> {
    let mut folded = fold_whole(cut(text));
    let kept = cut(&folded).trim_end().len();
    folded.truncate(kept);
    folded.into_boxed_str()
}

/// [`fold`] without the cut.
pub(crate) fn fold_whole(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        for character in text.chars() {
            push(&mut folded, character.to_ascii_lowercase());
        }
    } else {
        let characters = text.nfkd().filter(|character| !is_combining_mark(*character));
        for character in characters.flat_map(char::to_lowercase) {
            match plain(character) {
                Some(letters) => folded.push_str(letters),
                // Lower-casing can give a mark of its own: İ becomes i and a dot above.
                None if is_combining_mark(character) => {}
                None => push(&mut folded, character),
            }
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// The text without what is beyond [`TEXT_BYTES`], cut at a character.
#[must_use]
pub fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(TEXT_BYTES)).unwrap_or(text)
}

fn push(folded: &mut String, character: char) {
    if character == '\0' {
        return;
    }
    if !character.is_whitespace() {
        folded.push(character);
    } else if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{b4}' | '`' => "'",
        '\u{201c}' | '\u{201d}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{TEXT_BYTES, fold};

    #[test]
    fn folds_what_people_type_differently() {
        for (written, folded) in [
            ("O’Brien", "o'brien"),
            ("  Zoë   Ann\t", "zoe ann"),
            ("Łukasz Ørsted", "lukasz orsted"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("İstanbul", "istanbul"),
            ("Ａｎｎ", "ann"),
            ("Smith–Jones", "smith-jones"),
            ("<script>", "<script>"),
            ("李小龍", "李小龍"),
            ("", ""),
        ] {
            assert_eq!(&*fold(written), folded, "{written}");
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(fold(&"é".repeat(5_000)).len(), TEXT_BYTES / 2);
        assert!(fold(&"ﷺ".repeat(5_000)).len() <= TEXT_BYTES);
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
