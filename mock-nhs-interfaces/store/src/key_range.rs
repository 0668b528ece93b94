//! A stretch of keys within one table of one workspace.

use bytes::Bytes;

/// Keys from a first one (included) up to an end (not included). Keys are ordered as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    start: Bytes,
    /// `None`: to the last key there is.
    end: Option<Bytes>,
}

impl KeyRange {
    /// Every key.
    #[must_use]
    pub fn all() -> Self {
        Self {
            start: Bytes::new(),
            end: None,
        }
    }

    /// Every key that begins with these bytes. An empty prefix is every key.
    #[must_use]
    pub fn prefix(prefix: &[u8]) -> Self {
        Self {
            start: Bytes::copy_from_slice(prefix),
            end: end_of_prefix(prefix).map(Bytes::from),
        }
    }

    /// Every key from `from` (included) to `to` (not included). Nothing when `to` is not above `from`.
    #[must_use]
    pub fn between(from: &[u8], to: &[u8]) -> Self {
        Self {
            start: Bytes::copy_from_slice(from),
            end: Some(Bytes::copy_from_slice(to)),
        }
    }

    /// The part of this range with keys at or above `key`.
    #[must_use]
    pub fn starting_at(mut self, key: &[u8]) -> Self {
        if self.start.as_ref() < key {
            self.start = Bytes::copy_from_slice(key);
        }
        self
    }

    /// The part of this range with keys above `key`: where a forward scan goes on after [`Page::next`](crate::Page).
    #[must_use]
    pub fn after(self, key: &[u8]) -> Self {
        // No key lies between `key` and `key` with a zero byte behind it.
        let mut above = Vec::with_capacity(key.len().saturating_add(1));
        above.extend_from_slice(key);
        above.push(0);
        self.starting_at(&above)
    }

    /// The part of this range with keys below `key`: where a reverse scan goes on after [`Page::next`](crate::Page).
    #[must_use]
    pub fn before(mut self, key: &[u8]) -> Self {
        if self.end.as_ref().is_none_or(|end| end.as_ref() > key) {
            self.end = Some(Bytes::copy_from_slice(key));
        }
        self
    }

    /// The first key that can be in the range.
    #[must_use]
    pub fn start(&self) -> &[u8] {
        &self.start
    }

    /// The first key behind the range; `None` when it has no end.
    #[must_use]
    pub fn end(&self) -> Option<&[u8]> {
        self.end.as_deref()
    }

    /// Whether the key lies in the range.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.start.as_ref() <= key && self.end.as_ref().is_none_or(|end| key < end.as_ref())
    }
}

/// The smallest key above every key with this prefix; `None` when there is none (an empty prefix, or only 0xFF).
pub(crate) fn end_of_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::KeyRange;

    #[test]
    fn contains_what_it_says() {
        let cases: &[(KeyRange, &[u8], bool)] = &[
            (KeyRange::all(), b"", true),
            (KeyRange::all(), b"\xff\xff", true),
            (KeyRange::prefix(b"a/"), b"a/", true),
            (KeyRange::prefix(b"a/"), b"a/\xff\xff", true),
            (KeyRange::prefix(b"a/"), b"a0", false),
            (KeyRange::prefix(b"a\xff"), b"b", false),
            (KeyRange::prefix(b"a\xff"), b"a\xff\xff", true),
            (KeyRange::prefix(b"\xff"), b"\xff\xff\xff", true),
            (KeyRange::prefix(b"a").after(b"ab"), b"ab", false),
            (KeyRange::prefix(b"a").after(b"ab"), b"ab\0", true),
            (KeyRange::prefix(b"b").after(b"a"), b"b", true),
            (KeyRange::all().before(b"b"), b"b", false),
            (KeyRange::all().before(b"b"), b"a\xff", true),
            (KeyRange::between(b"b", b"c").before(b"d"), b"c", false),
            (KeyRange::between(b"c", b"b"), b"b", false),
            (KeyRange::prefix(b"a").starting_at(b"ab"), b"aa", false),
        ];
        for (range, key, expected) in cases {
            assert_eq!(range.contains(key), *expected, "{range:?} and {key:?}");
        }
    }
}
