//! A caller's own text, short and harmless enough to be repeated in an answer.

/// Characters that are repeated at most.
const SHOWN_CHARS: usize = 200;

/// The beginning of the text, without control characters.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARS)
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_text_is_cut_and_cleaned() {
        assert_eq!(shown("a\nb\0"), "a\u{fffd}b\u{fffd}");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), 200);
        assert_eq!(shown(&"é".repeat(300)).chars().count(), 201);
    }
}
