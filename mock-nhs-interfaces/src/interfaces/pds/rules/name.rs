//! Names.

use fhir::json::Json;

use super::super::error::UNSUPPORTED_CHARACTERS;
use super::{Refused, Today, code, count, each_touched, period, text, too_many};

const USES: [&str; 5] = ["usual", "temp", "nickname", "old", "maiden"];
/// Longest part of a name, in characters.
const MOST_CHARACTERS: usize = 35;
/// Given names of one name.
const MOST_GIVEN: usize = 5;

pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    let is_usual = |name: &Json| name.text("use") == Some("usual");
    let (had, has) = (count(before, "name", is_usual), count(after, "name", is_usual));
    if has > had.max(1) {
        return Err(Refused::forbidden_update("multiple usual names cannot be added"));
    }
    if has < had {
        return Err(Refused::forbidden_update("not permitted to remove usual name"));
    }
    let is_nickname = |name: &Json| name.text("use") == Some("nickname");
    let had = count(before, "name", is_nickname);
    if count(after, "name", is_nickname) > had.max(1) {
        return Err(Refused::forbidden_update("multiple nicknames cannot be added"));
    }
    each_touched(after, before, "name", |touched| {
        check(touched.item, &touched.path)?;
        let (was, is) = (
            touched.was.and_then(|was| was.text("use")),
            touched.item.text("use"),
        );
        if was.is_some() && was != is {
            return Err(Refused::forbidden_update(
                "not permitted to change the use of a name",
            ));
        }
        without_full_stops(touched.item);
        period::settle(touched, today)
    })
}

/// Checks a name that is changed or new.
///
/// # Errors
/// The first rule that is broken.
pub(in super::super) fn check(name: &Json, path: &str) -> Result<(), Refused> {
    code(name, path, "use", &USES)?;
    characters(text(name, path, "family")?, &format!("{path}/family"))?;
    for list in ["given", "prefix", "suffix"] {
        let Some(words) = name.get(list) else { continue };
        let field = format!("{path}/{list}");
        let Some(items) = words.as_array() else {
            return Err(Refused::invalid(
                &field,
                words.as_str().unwrap_or(&words.to_text()),
            ));
        };
        if list == "given" && items.len() > MOST_GIVEN {
            let said: Vec<String> = items
                .iter()
                .map(|item| format!("'{}'", item.as_str().unwrap_or_default()))
                .collect();
            return Err(too_many(&format!("[{}]", said.join(", ")), &field));
        }
        for (place, word) in items.iter().enumerate() {
            let field = format!("{field}/{place}");
            let Some(word) = word.as_str() else {
                return Err(Refused::invalid(&field, &word.to_text()));
            };
            characters(word, &field)?;
            if list == "suffix" && !word.starts_with(|first: char| first.is_ascii_uppercase()) {
                return Err(Refused::invalid(&field, word));
            }
        }
    }
    Ok(())
}

/// PDS's letters: those of Western Europe, digits, hyphen, apostrophe, space and full stop.
fn characters(word: &str, field: &str) -> Result<(), Refused> {
    if word.chars().count() > MOST_CHARACTERS {
        return Err(Refused::invalid(field, word));
    }
    let is_known = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, '-' | '\'' | ' ' | '.')
            || matches!(u32::from(character), 192..=214 | 216..=246 | 248..=383)
    };
    if word.chars().all(is_known) {
        return Ok(());
    }
    let word = crate::api_platform::shortened(word);
    Err(Refused::saying(
        &UNSUPPORTED_CHARACTERS,
        format!("Unsupported characters - '{word}' in field '{field}'"),
    ))
}

/// `Mrs.` is kept as `Mrs`.
fn without_full_stops(name: &mut Json) {
    for prefix in name
        .get_mut("prefix")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(text) = prefix.as_str() {
            *prefix = text.trim_end_matches('.').into();
        }
    }
}
