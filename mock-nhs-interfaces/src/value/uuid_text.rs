//! The text of a UUID, as the NHS's header checks read it: hexadecimal with hyphens, of any version and case.

/// Whether the bytes are 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_uuid;

    #[test]
    fn a_uuid_has_its_hyphens_in_place() {
        let check = |text: &str, expected: bool| assert_eq!(is_uuid(text.as_bytes()), expected, "{text}");
        check("60E0B220-8136-4CA5-AE46-1D97EF59D068", true);
        check("60e0b220-8136-4ca5-ae46-1d97ef59d068", true);
        check("60E0B22081364CA5AE461D97EF59D068", false);
        check("{60E0B220-8136-4CA5-AE46-1D97EF59D068}", false);
        check("60E0B220-8136-4CA5-AE46-1D97EF59D06G", false);
        check("12345", false);
        check("", false);
    }
}
