//! The name of a blob: the SHA-256 of its bytes.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a blob's bytes, written as 64 small hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobId([u8; 32]);

impl BlobId {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The name with this digest.
    #[must_use]
    pub const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BlobId({self})")
    }
}

impl From<BlobId> for String {
    fn from(id: BlobId) -> Self {
        let mut text = Self::with_capacity(64);
        // Writing to a `String` cannot fail.
        let _infallible = write!(text, "{id}");
        text
    }
}

/// The text is not 64 small hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a blob's name is its SHA-256 as 64 digits from 0-9 and a-f")]
pub struct BlobIdError;

impl FromStr for BlobId {
    type Err = BlobIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte.wrapping_sub(b'0')),
            b'a'..=b'f' => Ok(byte.wrapping_sub(b'a').wrapping_add(10)),
            _ => Err(BlobIdError),
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(BlobIdError);
        };
        let bytes: Vec<u8> = pairs
            .iter()
            .map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?))
            .collect::<Result<_, _>>()?;
        Ok(Self(bytes.try_into().map_err(|_wrong_length| BlobIdError)?))
    }
}

impl TryFrom<String> for BlobId {
    type Error = BlobIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::BlobId;

    /// FIPS 180-4's example "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn is_the_sha_256_in_small_digits_and_reads_back() {
        let id = BlobId::of(b"abc");
        assert_eq!(id.to_string(), ABC);
        assert_eq!(ABC.parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{ABC}\""));
        assert_eq!(serde_json::from_str::<BlobId>(&format!("\"{ABC}\"")).unwrap(), id);
    }

    #[test]
    fn refuses_every_other_text() {
        let wrong = [
            String::new(),
            ABC.to_uppercase(),
            format!("{ABC}0"),
            format!("{ABC}00"),
            ABC.replace('b', "é"),
        ];
        for text in wrong {
            assert!(text.parse::<BlobId>().is_err(), "{text} was taken");
        }
        assert!(ABC.replace('b', "g").parse::<BlobId>().is_err());
    }
}
