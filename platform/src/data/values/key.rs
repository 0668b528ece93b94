//! The name of a value, as an app chooses it.

use std::fmt;

/// Length of a key at most, in bytes: with the app's name in front it stays below what the store takes.
pub const MAX_KEY_BYTES: usize = 256;

/// The name of a value: any text of 1 to 256 bytes, but for the two that address libraries swallow.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKey(Box<str>);

/// Why a text is not a key; `Display` is one sentence with the rule in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no text.
    #[error("A key is empty; a key has 1 to {MAX_KEY_BYTES} bytes.")]
    Empty,
    /// The text is too long.
    #[error("A key has {bytes} bytes; a key has 1 to {MAX_KEY_BYTES}. Put what is long into the value.")]
    Long {
        /// Its length.
        bytes: usize,
    },
    /// `.` and `..` mean a folder in an address, and most programs take them out before they send it.
    #[error("A key is {found:?}, which means a folder in an address; choose another, for example all.")]
    Dots {
        /// The text.
        found: String,
    },
    /// What was sent is not UTF-8, or its percent-encoding is broken.
    #[error("A key cannot be read; write it as UTF-8 and percent-encode it, for example ward%2F7.")]
    Encoding,
}

impl ValueKey {
    /// Checks `text` and takes it as a key.
    ///
    /// # Errors
    /// [`KeyError`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        match text {
            "" => Err(KeyError::Empty),
            "." | ".." => Err(KeyError::Dots {
                found: text.to_owned(),
            }),
            long if long.len() > MAX_KEY_BYTES => Err(KeyError::Long { bytes: long.len() }),
            good => Ok(Self(good.into())),
        }
    }

    /// Takes the percent-encoded end of a path as a key; a slash in it is part of the key.
    ///
    /// # Errors
    /// [`KeyError`] says which rule the text breaks.
    pub fn from_path(encoded: &str) -> Result<Self, KeyError> {
        Self::new(&decode(encoded)?)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Undoes percent-encoding, and refuses what is no encoding: `%`, `%4`, `%zz`.
fn decode(encoded: &str) -> Result<String, KeyError> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (
            digit().ok_or(KeyError::Encoding)?,
            digit().ok_or(KeyError::Encoding)?,
        );
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| KeyError::Encoding)?);
    }
    String::from_utf8(bytes).map_err(|_| KeyError::Encoding)
}

impl fmt::Display for ValueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ValueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_any_text_but_four() {
        for (encoded, expected) in [
            ("a", Ok("a")),
            ("ward%2F7", Ok("ward/7")),
            ("ward/7", Ok("ward/7")),
            ("%00", Ok("\0")),
            ("a+b", Ok("a+b")),
            ("%e2%82%AC", Ok("€")),
            ("...", Ok("...")),
            ("a/../b", Ok("a/../b")),
            ("", Err(KeyError::Empty)),
            (
                "..",
                Err(KeyError::Dots {
                    found: "..".to_owned(),
                }),
            ),
            (
                "%2e",
                Err(KeyError::Dots {
                    found: ".".to_owned(),
                }),
            ),
            ("%", Err(KeyError::Encoding)),
            ("%4", Err(KeyError::Encoding)),
            ("%zz", Err(KeyError::Encoding)),
            ("%+1", Err(KeyError::Encoding)),
            ("%c0%80", Err(KeyError::Encoding)),
            ("%ff", Err(KeyError::Encoding)),
        ] {
            let found = ValueKey::from_path(encoded);
            assert_eq!(
                found.as_ref().map(ValueKey::as_str),
                expected.as_ref().copied(),
                "{encoded}"
            );
        }
        assert!(ValueKey::new(&"k".repeat(256)).is_ok());
        assert_eq!(ValueKey::new(&"€".repeat(86)), Err(KeyError::Long { bytes: 258 }));
    }
}
