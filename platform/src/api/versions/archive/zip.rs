//! Files as a ZIP archive without compression: they are small, and a laptop that serves a class has better things to do.
//!
//! Written here because that is sixty lines, and the packages that also unpack, encrypt and compress bring a dozen others.
//! Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::model::{AppName, FilePath};

/// Version 2.0 of the format: folders and files that are stored.
const VERSION: u16 = 20;
/// Bit 11 of the flags: names are UTF-8.
const UTF8: u16 = 1 << 11;
const STORED: u16 = 0;
/// 1 January 1980, the first day that the format knows: the same files make the same archive.
const DATE: u16 = 1 << 5 | 1;
const TIME: u16 = 0;

/// The archive with all files below one folder that has the app's name; `None` when it would be larger than the format
/// takes.
pub(super) fn pack(app: &AppName, files: &[(FilePath, Bytes)]) -> Option<Bytes> {
    let mut archive = BytesMut::new();
    let mut directory = BytesMut::new();
    for (path, bytes) in files {
        let name = format!("{app}/{path}");
        let offset = u32::try_from(archive.len()).ok()?;
        let size = u32::try_from(bytes.len()).ok()?;
        let name_length = u16::try_from(name.len()).ok()?;
        let mut head = BytesMut::new();
        for field in [VERSION, UTF8, STORED, TIME, DATE] {
            head.put_u16_le(field);
        }
        for field in [crc32fast::hash(bytes), size, size] {
            head.put_u32_le(field);
        }
        head.put_u16_le(name_length);
        // No extra field.
        head.put_u16_le(0);

        archive.put_slice(b"PK\x03\x04");
        archive.put_slice(&head);
        archive.put_slice(name.as_bytes());
        archive.put_slice(bytes);

        directory.put_slice(b"PK\x01\x02");
        directory.put_u16_le(VERSION);
        directory.put_slice(&head);
        // No comment, the first disk, no attributes.
        directory.put_bytes(0, 2 + 2 + 2 + 4);
        directory.put_u32_le(offset);
        directory.put_slice(name.as_bytes());
    }
    let count = u16::try_from(files.len()).ok()?;
    let (start, length) = (
        u32::try_from(archive.len()).ok()?,
        u32::try_from(directory.len()).ok()?,
    );
    archive.put_slice(&directory);
    archive.put_slice(b"PK\x05\x06");
    archive.put_bytes(0, 2 + 2);
    archive.put_u16_le(count);
    archive.put_u16_le(count);
    archive.put_u32_le(length);
    archive.put_u32_le(start);
    archive.put_u16_le(0);
    Some(archive.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let app = AppName::new("bmi").unwrap();
        let files = [(FilePath::new("a.js").unwrap(), Bytes::from_static(b"123456789"))];
        let packed = pack(&app, &files).unwrap();
        let head = [
            &[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0][..],
            // The check value of CRC-32, and the size twice.
            &[0x26, 0x39, 0xf4, 0xcb, 9, 0, 0, 0, 9, 0, 0, 0],
            &[8, 0, 0, 0],
        ]
        .concat();
        let expected = [
            b"PK\x03\x04",
            &head[..],
            b"bmi/a.js123456789",
            b"PK\x01\x02\x14\x00",
            &head,
            &[0; 14],
            b"bmi/a.js",
            b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
            &[54, 0, 0, 0, 47, 0, 0, 0, 0, 0],
        ]
        .concat();
        assert_eq!(packed, expected);
        assert_eq!(pack(&app, &[]).unwrap().len(), 22, "an empty archive");
    }
}
