//! The example apps, built for `wasm32-wasip2` by `build.rs` and carried inside the program.
//!
//! Each has its source, its tests and a README in `guests/<name>`, and can be copied out of the repository and built.

include!(concat!(env!("OUT_DIR"), "/guests.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of a component; that of a core module ends in `01 00 00 00`.
    const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];

    /// In the tutorial an app is sent over a room's shared Wi-Fi, thirty at once: half a megabyte is the most an
    /// example may weigh.
    const LARGEST_BYTES: usize = 512 * 1024;

    #[test]
    fn every_example_is_a_small_component() {
        for guest in ALL {
            let size = guest.component.len();
            assert!(
                guest.component.starts_with(&COMPONENT),
                "{} is no component",
                guest.name
            );
            assert!(size <= LARGEST_BYTES, "{} has {size} bytes", guest.name);
        }
    }

    #[test]
    fn titles_are_words() {
        let titles: Vec<_> = ALL.iter().map(|guest| (guest.name, guest.title)).collect();
        assert_eq!(titles, [("hello", "Hello"), ("patient-lookup", "Patient lookup")]);
    }
}
