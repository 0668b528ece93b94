//! Names by their sound in English: Soundex, as the United States' census used it.

/// The code of a folded name, such as `r163` for Robert and Rupert; `None` for a name without a Latin letter.
#[must_use]
pub fn phonetic(folded: &str) -> Option<Box<str>> {
    let mut letters = folded.chars().filter(char::is_ascii_alphabetic);
    let first = letters.next()?;
    let mut code = String::from(first);
    let mut before = digit(first);
    for letter in letters {
        let own = digit(letter);
        if own.is_some() && own != before {
            code.extend(own);
            if code.len() == 4 {
                break;
            }
        }
        // h and w do not part two letters that sound alike; vowels do.
        if !matches!(letter, 'h' | 'w') {
            before = own;
        }
    }
    while code.len() < 4 {
        code.push('0');
    }
    Some(code.into())
}

fn digit(letter: char) -> Option<char> {
    Some(match letter {
        'b' | 'f' | 'p' | 'v' => '1',
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
        'd' | 't' => '3',
        'l' => '4',
        'm' | 'n' => '5',
        'r' => '6',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::phonetic;

    #[test]
    fn names_that_sound_alike_have_one_code() {
        for (name, code) in [
            ("robert", Some("r163")),
            ("rupert", Some("r163")),
            ("ashcraft", Some("a261")),
            ("tymczak", Some("t522")),
            ("pfister", Some("p236")),
            ("lee", Some("l000")),
            ("o'brien", Some("o165")),
            ("obrian", Some("o165")),
            ("李", None),
            ("", None),
        ] {
            assert_eq!(phonetic(name).as_deref(), code, "{name}");
        }
    }
}
