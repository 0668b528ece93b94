//! Texts: plain ones, names, addresses, narratives, URIs.

use std::collections::HashSet;

use fhir::json::Json;

use crate::fold::{cut, fold, phonetic};
use crate::value::{Text, Value};

/// The most different words of one narrative that `_text` can find.
const NARRATIVE_WORDS: usize = 1_000;

/// `string`, `markdown` and their like.
pub(super) fn plain(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(written) = item.as_str() else { return };
    let folded = fold(written);
    if !folded.is_empty() {
        each(Value::Text(Text {
            written: cut(written).into(),
            folded,
        }));
    }
}

/// `HumanName`: every part by itself.
pub(super) fn name(item: &Json, each: &mut dyn FnMut(Value)) {
    parts(
        item,
        &["family", "given", "prefix", "suffix", "text"],
        &mut |part| plain(part, each),
    );
}

/// `HumanName`, family and given, by their sound.
pub(super) fn phonetic_name(item: &Json, each: &mut dyn FnMut(Value)) {
    parts(item, &["family", "given"], &mut |part| {
        if let Some(code) = part.as_str().and_then(|name| phonetic(&fold(name))) {
            each(Value::Text(Text {
                written: code.clone(),
                folded: code,
            }));
        }
    });
}

/// `Address`: every part by itself.
pub(super) fn address(item: &Json, each: &mut dyn FnMut(Value)) {
    let names = [
        "line",
        "city",
        "district",
        "state",
        "postalCode",
        "country",
        "text",
    ];
    parts(item, &names, &mut |part| plain(part, each));
}

fn parts(item: &Json, names: &[&str], each: &mut dyn FnMut(&Json)) {
    names
        .iter()
        .filter_map(|name| item.get(name))
        .flat_map(Json::items)
        .for_each(each);
}

/// A narrative's XHTML: its words without the tags.
pub(super) fn narrative(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(markup) = item.as_str() else { return };
    let mut seen = HashSet::new();
    // The text between tags; a tag without an end swallows the rest.
    for piece in markup
        .split('<')
        .enumerate()
        .filter_map(|(number, piece)| match number {
            0 => Some(piece),
            _ => piece.split_once('>').map(|(_, text)| text),
        })
    {
        for word in piece.split(|character: char| !character.is_alphanumeric()) {
            let folded = fold(word);
            if folded.is_empty() || seen.contains(&folded) {
                continue;
            }
            if seen.len() == NARRATIVE_WORDS {
                return;
            }
            seen.insert(folded.clone());
            each(Value::Text(Text {
                written: folded.clone(),
                folded,
            }));
        }
    }
}

/// `uri` and its like.
pub(super) fn uri(item: &Json, each: &mut dyn FnMut(Value)) {
    if let Some(text) = item.as_str().filter(|text| !text.is_empty()) {
        each(Value::Uri(cut(text).into()));
    }
}
