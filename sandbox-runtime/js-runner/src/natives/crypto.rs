//! Randomness from the host, never from the snapshot, and digests.

use rquickjs::function::Func;
use rquickjs::{Ctx, Object, Result, TypedArray};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use wasip2::random::random;

use super::bytes::slice;
use crate::event_loop;
use crate::modules::throw;

/// Fetched from the host at once, in bytes.
const PART_BYTES: u64 = 4096;

/// The web's own limit for one `getRandomValues`, in bytes.
const MOST_BYTES: u64 = 65_536;

pub(super) fn install(native: &Object<'_>) -> Result<()> {
    native.set("randomBytes", Func::from(random_bytes))?;
    native.set("digest", Func::from(digest))
}

fn random_bytes(ctx: Ctx<'_>, length: u32) -> Result<TypedArray<'_, u8>> {
    if event_loop::is_starting() {
        return Err(throw(
            &ctx,
            "TypeError",
            "Random values can only be made while the app answers a request: made at the top level they would be the same in every run. Move this into fetch.",
        ));
    }
    let mut rest = u64::from(length).min(MOST_BYTES);
    let mut bytes = Vec::new();
    while rest > 0 {
        let part = rest.min(PART_BYTES);
        bytes.extend(random::get_random_bytes(part));
        rest -= part;
    }
    TypedArray::new(ctx, bytes)
}

fn digest<'js>(ctx: Ctx<'js>, name: String, bytes: TypedArray<'js, u8>) -> Result<TypedArray<'js, u8>> {
    let bytes = slice(&bytes);
    let digest = match name.as_str() {
        "SHA-1" => Sha1::digest(bytes).to_vec(),
        "SHA-256" => Sha256::digest(bytes).to_vec(),
        "SHA-384" => Sha384::digest(bytes).to_vec(),
        "SHA-512" => Sha512::digest(bytes).to_vec(),
        name => {
            let message =
                format!("There is no digest {name}; there are SHA-1, SHA-256, SHA-384 and SHA-512.");
            return Err(throw(&ctx, "NotSupportedError", &message));
        }
    };
    TypedArray::new(ctx, digest)
}
