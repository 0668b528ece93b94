//! Many texts behind each other in few large pieces of memory.

use bytes::Bytes;

/// Size of a piece, in bytes: large enough that millions of texts are some hundred pieces, small enough that the last,
/// half-empty one does not matter.
const PIECE_BYTES: usize = 8 * 1024 * 1024;

/// Where a text lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    piece: u32,
    offset: u32,
    length: u32,
}

/// Texts that can only be added.
#[derive(Debug, Default)]
pub(super) struct Texts {
    full: Vec<Bytes>,
    open: Vec<u8>,
    bytes: usize,
}

impl Texts {
    /// Keeps the text. `None` when there are more than 4 G pieces or the text is larger than 4 GiB.
    pub(super) fn push(&mut self, text: &[u8]) -> Option<Place> {
        if self.open.len().saturating_add(text.len()) > PIECE_BYTES && !self.open.is_empty() {
            self.close();
        }
        if self.open.capacity() == 0 {
            self.open.reserve_exact(PIECE_BYTES.max(text.len()));
        }
        let place = Place {
            piece: u32::try_from(self.full.len()).ok()?,
            offset: u32::try_from(self.open.len()).ok()?,
            length: u32::try_from(text.len()).ok()?,
        };
        self.open.extend_from_slice(text);
        self.bytes = self.bytes.saturating_add(text.len());
        Some(place)
    }

    /// Ends the piece that is being filled: what was pushed can be read from then on.
    pub(super) fn close(&mut self) {
        if !self.open.is_empty() {
            let mut open = std::mem::take(&mut self.open);
            // A piece is kept as long as the program runs: the room that was not used goes back.
            open.shrink_to_fit();
            self.full.push(Bytes::from(open));
        }
    }

    /// Takes over the pieces of another, closed, and says by how much the numbers of its pieces grew.
    pub(super) fn append(&mut self, mut other: Self) -> Option<u32> {
        self.close();
        other.close();
        let moved = u32::try_from(self.full.len()).ok()?;
        self.full.append(&mut other.full);
        self.bytes = self.bytes.saturating_add(other.bytes);
        Some(moved)
    }

    /// The text at this place: a handle, not a copy.
    pub(super) fn get(&self, place: Place) -> Bytes {
        let piece = usize::try_from(place.piece).ok().and_then(|at| self.full.get(at));
        let range = place.offset as usize..(place.offset as usize).saturating_add(place.length as usize);
        piece
            .filter(|piece| range.end <= piece.len())
            .map(|piece| piece.slice(range))
            .unwrap_or_default()
    }

    /// The text at this place, borrowed.
    pub(super) fn slice(&self, place: Place) -> &[u8] {
        let piece = usize::try_from(place.piece).ok().and_then(|at| self.full.get(at));
        let range = place.offset as usize..(place.offset as usize).saturating_add(place.length as usize);
        piece.and_then(|piece| piece.get(range)).unwrap_or_default()
    }

    /// Bytes of all texts.
    pub(super) fn size_bytes(&self) -> usize {
        self.bytes
    }
}

impl Place {
    /// The same place after its piece was moved.
    pub(super) fn moved(self, pieces: u32) -> Self {
        Self {
            piece: self.piece.saturating_add(pieces),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE_BYTES, Texts};

    #[test]
    fn texts_of_every_size_come_back() {
        let sizes = [0, 1, 3, PIECE_BYTES - 4, 5, PIECE_BYTES + 1, 7];
        let mut texts = Texts::default();
        let mut places = Vec::new();
        for (number, size) in sizes.iter().enumerate() {
            let letter = b'a' + u8::try_from(number).unwrap();
            places.push((texts.push(&vec![letter; *size]).unwrap(), letter, *size));
        }
        let mut all = Texts::default();
        all.push(b"first").unwrap();
        let moved = all.append(texts).unwrap();
        for (place, letter, size) in places {
            let text = all.get(place.moved(moved));
            assert_eq!(text.len(), size);
            assert!(text.iter().all(|byte| *byte == letter));
        }
        assert_eq!(all.size_bytes(), 5 + sizes.iter().sum::<usize>());
    }
}
