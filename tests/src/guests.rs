//! The hostile guests in `tests/guests`, built by the build script. What each path of theirs does is in their README.

include!(concat!(env!("OUT_DIR"), "/guests.rs"));
