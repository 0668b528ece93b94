//! Texts that nobody guesses: tokens, codes, API keys.

use getrandom::SysRng;
use rsa::rand_core::{Rng as _, UnwrapErr};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The operating system's generator. Where it fails, no program could go on: there the process ends, as everywhere.
pub(crate) const fn random() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// A text of this many letters and digits, with both among them: PDS's sandbox takes no other token. Each character
/// holds 5.9 bits.
pub(crate) fn secret(characters: usize) -> String {
    let mut random = random();
    loop {
        let text = draw(characters, &mut random);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if characters < 2 || (digits > 0 && digits < text.len()) {
            return text;
        }
    }
}

fn draw(characters: usize, random: &mut UnwrapErr<SysRng>) -> String {
    let mut text = String::with_capacity(characters);
    let mut bytes = [0; 64];
    while text.len() < characters {
        random.fill_bytes(&mut bytes);
        let wanted = characters.saturating_sub(text.len());
        // Six bits a byte; the two values that no character stands for are drawn again.
        let drawn = bytes
            .iter()
            .filter_map(|byte| ALPHABET.get(usize::from(byte & 0x3f)));
        text.extend(drawn.take(wanted).map(|byte| char::from(*byte)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::secret;

    #[test]
    fn secrets_have_letters_and_digits_and_differ() {
        for characters in [2, 28, 32, 100] {
            let text = secret(characters);
            assert_eq!(text.len(), characters);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text}");
            assert!(text.bytes().any(|byte| byte.is_ascii_digit()), "{text}");
            assert!(text.bytes().any(|byte| byte.is_ascii_alphabetic()), "{text}");
        }
        assert_ne!(secret(28), secret(28));
    }
}
