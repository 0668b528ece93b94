//! Page tokens: where a page begins, signed and bound to one workspace and one query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::ExecuteError;
use crate::index::Doc;

/// Bytes of the signature that are kept: 128 bits cannot be guessed, and links stay short.
const SIGNATURE_BYTES: usize = 16;
/// First byte of a token, to be changed with its layout.
const VERSION: u8 = 2;
/// No token that was given out is longer: three keys of a kilobyte and what base64 adds.
const MAX_TOKEN_BYTES: usize = 16_384;

/// What page tokens are signed with, and for which workspace.
#[derive(Clone, Copy)]
pub struct CursorKey<'a> {
    /// The server's secret.
    pub secret: &'a [u8],
    /// The workspace; a token of one is not valid in another.
    pub workspace: &'a str,
}

impl std::fmt::Debug for CursorKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret stays out of logs.
        f.debug_struct("CursorKey")
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

/// Where a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Right behind the last record of the page before.
    After(Position),
    /// Right before the first record of the page after.
    Before(Position),
}

/// Where a record is in the order of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// Its sort keys; `None` where it has no value.
    pub(super) keys: Vec<Option<Box<[u8]>>>,
    /// The record.
    pub(super) doc: Doc,
}

impl CursorKey<'_> {
    /// Writes a place as a token for a query's text.
    pub(super) fn seal(&self, query: &str, place: &Place) -> String {
        let (side, position) = match place {
            Place::After(position) => (AFTER, position),
            Place::Before(position) => (BEFORE, position),
        };
        let mut bytes = vec![VERSION, side];
        bytes.extend_from_slice(&position.doc.to_be_bytes());
        for key in &position.keys {
            match key {
                Some(key) => {
                    // Keys are cut far below 64 KiB by the language half; a longer one would only make the token useless.
                    let length = u16::try_from(key.len()).unwrap_or(u16::MAX);
                    bytes.push(1);
                    bytes.extend_from_slice(&length.to_be_bytes());
                    bytes.extend(key.iter().take(usize::from(length)));
                }
                None => bytes.push(0),
            }
        }
        let signature = self.mac(query, &bytes).finalize().into_bytes();
        bytes.extend(signature.iter().take(SIGNATURE_BYTES));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token back, if this key made it for this query.
    pub(super) fn open(&self, query: &str, token: &str) -> Result<Place, ExecuteError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(ExecuteError::Cursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| ExecuteError::Cursor)?;
        let (payload, signature) = bytes
            .len()
            .checked_sub(SIGNATURE_BYTES)
            .and_then(|length| bytes.split_at_checked(length))
            .ok_or(ExecuteError::Cursor)?;
        self.mac(query, payload)
            .verify_truncated_left(signature)
            .map_err(|_| ExecuteError::Cursor)?;
        parse(payload).ok_or(ExecuteError::Cursor)
    }

    fn mac(&self, query: &str, payload: &[u8]) -> Hmac<Sha256> {
        // HMAC takes keys of any length; the fallback is unreachable and would only make tokens unreadable elsewhere.
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.secret).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
        // Lengths go in front so that no two pairs of workspace and query look alike.
        for part in [self.workspace.as_bytes(), query.as_bytes()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.update(payload);
        mac
    }
}

/// The second byte of a token.
const AFTER: u8 = b'>';
const BEFORE: u8 = b'<';

fn parse(payload: &[u8]) -> Option<Place> {
    let ([version, side], rest) = payload.split_first_chunk()?;
    let (doc, mut rest) = rest.split_first_chunk::<4>()?;
    if *version != VERSION {
        return None;
    }
    let mut keys = Vec::new();
    while let Some((tag, after)) = rest.split_first() {
        rest = after;
        if *tag == 0 {
            keys.push(None);
            continue;
        }
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (key, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        keys.push(Some(key.into()));
        rest = after;
    }
    let position = Position {
        keys,
        doc: Doc::from_be_bytes(*doc),
    };
    match *side {
        AFTER => Some(Place::After(position)),
        BEFORE => Some(Place::Before(position)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CursorKey, ExecuteError, Place, Position};

    const KEY: CursorKey<'_> = CursorKey {
        secret: b"0123456789abcdef",
        workspace: "demo",
    };

    proptest! {
        #[test]
        fn a_token_comes_back_and_no_changed_one_does(
            keys in prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..40)), 0..4),
            doc in any::<u32>(),
            is_after in any::<bool>(),
            changed_at in any::<prop::sample::Index>(),
            other in "[A-Za-z0-9_-]",
        ) {
            let keys = keys.into_iter().map(|key| key.map(Vec::into_boxed_slice)).collect();
            let position = Position { keys, doc };
            let place = if is_after { Place::After(position) } else { Place::Before(position) };
            let token = KEY.seal("Patient?name=a", &place);
            prop_assert_eq!(KEY.open("Patient?name=a", &token), Ok(place));

            let mut changed = token.clone();
            let at = changed_at.index(token.len());
            changed.replace_range(at..=at, &other);
            if changed != token {
                prop_assert_eq!(KEY.open("Patient?name=a", &changed), Err(ExecuteError::Cursor));
            }
            prop_assert_eq!(KEY.open("Patient?name=b", &token), Err(ExecuteError::Cursor));
            let elsewhere = CursorKey { workspace: "other", ..KEY };
            prop_assert_eq!(elsewhere.open("Patient?name=a", &token), Err(ExecuteError::Cursor));
            let stranger = CursorKey { secret: b"another", ..KEY };
            prop_assert_eq!(stranger.open("Patient?name=a", &token), Err(ExecuteError::Cursor));
        }

        #[test]
        fn nothing_forged_is_read(token in "\\PC{0,80}") {
            prop_assert_eq!(KEY.open("", &token), Err(ExecuteError::Cursor));
        }
    }
}
