//! Plain words out of a document's titles and descriptions.

/// Longest title or sentence, in characters.
const MAX_CHARACTERS: usize = 240;
/// Bytes of a description that are looked at for them.
const MAX_READ_BYTES: usize = 4_000;

/// A title: one line without marks at its end.
pub(super) fn line(text: &str) -> String {
    let text = beginning(text.trim_start());
    let text = plain(
        text.lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default(),
    );
    cut(text.trim_end_matches('.').trim())
}

/// The first sentence of a description, with its full stop.
pub(super) fn first_sentence(text: &str) -> String {
    let paragraph: Vec<&str> = beginning(text.trim_start())
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || is_furniture(line))
        .take_while(|line| !line.is_empty() && !is_furniture(line))
        .collect();
    let text = plain(&paragraph.join(" "));
    let text = text.trim();
    let end = text
        .match_indices(['.', '!', '?', ':'])
        .map(|(place, mark)| place + mark.len())
        .find(|end| {
            text.get(*end..)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
    let sentence = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
    let sentence = sentence.trim_end_matches(':').trim();
    if sentence.is_empty() {
        return String::new();
    }
    let sentence = cut(sentence);
    if sentence.ends_with(['.', '!', '?', '…']) {
        sentence
    } else {
        format!("{sentence}.")
    }
}

/// The part of a text that is looked at.
fn beginning(text: &str) -> &str {
    let end = (0..=MAX_READ_BYTES).rev().find(|end| text.is_char_boundary(*end));
    match end {
        Some(end) if text.len() > MAX_READ_BYTES => text.get(..end).unwrap_or(text),
        Some(_) | None => text,
    }
}

/// Words made from an id such as `get-patient` or `getPatient`.
pub(super) fn of_id(id: &str) -> String {
    let mut words = String::new();
    let mut was_lower = false;
    for character in id.chars().take(MAX_CHARACTERS) {
        if matches!(character, '-' | '_' | '.' | ' ' | '/') {
            words.push(' ');
            was_lower = false;
        } else if character.is_uppercase() && was_lower {
            words.push(' ');
            words.extend(character.to_lowercase());
            was_lower = false;
        } else {
            words.push(character);
            was_lower = character.is_lowercase() || character.is_numeric();
        }
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// A short name for addresses and lists: lower-case letters, digits and hyphens.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Whether pages may make a link of it.
pub(super) fn is_link(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.len() < 500
        && url.chars().all(|c| c.is_ascii_graphic() && !"\"'<>`".contains(c))
}

/// Headings, tables, lists, pictures and code say nothing in a sentence.
fn is_furniture(line: &str) -> bool {
    ["#", "|", "* ", "- ", "!", "```", "<", "---", "==="]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// Without the marks of Markdown.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(['[', '*', '`']) {
        let (before, after) = rest.split_at(place);
        out.push_str(before);
        let link = after.strip_prefix('[').and_then(|inside| {
            let (label, target) = inside.split_once("](")?;
            let (_, behind) = target.split_once(')')?;
            Some((label, behind))
        });
        match link {
            Some((label, behind)) => {
                out.push_str(label);
                rest = behind;
            }
            None => {
                if after.starts_with('[') {
                    out.push('[');
                }
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((place, _)) => format!("{}…", text.get(..place).unwrap_or(&text).trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_becomes_a_sentence() {
        let check = |text: &str, expected: &str| assert_eq!(first_sentence(text), expected);
        check(
            "## Overview\nUse this endpoint to [read](https://x) a `Patient`.\nMore.",
            "Use this endpoint to read a Patient.",
        );
        check(
            "Works for version 1.4.0 only. Then",
            "Works for version 1.4.0 only.",
        );
        check("No stop", "No stop.");
        check("", "");
        check("# Only\n", "");
        check("To do this:\n\n* a", "To do this.");
    }

    #[test]
    fn ids_become_words() {
        let check = |id: &str, expected: &str| assert_eq!(of_id(id), expected);
        check("get-patient", "Get patient");
        check("getPatientByID2", "Get patient by iD2");
        check("search_POST", "Search POST");
        check("", "");
        assert_eq!(slug("/gp-connect/STU3/"), "gp-connect-stu3");
        assert_eq!(line("\n Get **it**. \nmore"), "Get it");
    }
}
