//! The files of an app folder in one blob: length of the list (four bytes, highest first), the list as JSON, then the
//! bytes of each file in the list's order. The same files always make the same blob.

use std::collections::BTreeMap;

use bytes::{BufMut as _, Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use crate::model::FilePath;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    path: FilePath,
    size_bytes: usize,
}

/// Packs the files.
pub(crate) fn pack(files: &BTreeMap<FilePath, Bytes>) -> Bytes {
    let list: Vec<Line> = files
        .iter()
        .map(|(path, bytes)| Line {
            path: path.clone(),
            size_bytes: bytes.len(),
        })
        .collect();
    // Paths and numbers always have a JSON form.
    let list = serde_json::to_vec(&list).unwrap_or_default();
    let mut packed = BytesMut::new();
    packed.put_u32(u32::try_from(list.len()).unwrap_or(u32::MAX));
    packed.put_slice(&list);
    files.values().for_each(|bytes| packed.put_slice(bytes));
    packed.freeze()
}

/// The files of a blob, in the order of their paths; `None` when it is none of ours.
pub(crate) fn unpack(packed: &Bytes) -> Option<Vec<(FilePath, Bytes)>> {
    let (length, _) = packed.split_first_chunk::<4>()?;
    let bodies = usize::try_from(u32::from_be_bytes(*length))
        .ok()?
        .checked_add(4)?;
    let list: Vec<Line> = serde_json::from_slice(packed.get(4..bodies)?).ok()?;
    let mut start = bodies;
    let mut files = Vec::with_capacity(list.len());
    for Line { path, size_bytes } in list {
        let end = start.checked_add(size_bytes).filter(|end| *end <= packed.len())?;
        files.push((path, packed.slice(start..end)));
        start = end;
    }
    (start == packed.len()).then_some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let files: BTreeMap<_, _> = [("a.js", "one"), ("b/empty.txt", ""), ("c.json", "{}")]
            .map(|(path, text)| (FilePath::new(path).unwrap(), Bytes::from_static(text.as_bytes())))
            .into();
        let packed = pack(&files);
        assert_eq!(
            unpack(&packed).unwrap(),
            files.clone().into_iter().collect::<Vec<_>>()
        );
        assert_eq!(unpack(&pack(&BTreeMap::new())).unwrap(), []);
        for length in 0..packed.len() {
            assert_eq!(unpack(&packed.slice(..length)), None, "cut at {length}");
        }
    }
}
