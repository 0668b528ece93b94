//! Text and bytes: UTF-8, other encodings, base64, JSON.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use encoding_rs::Encoding;
use rquickjs::function::Func;
use rquickjs::{CString, Ctx, Object, Result, String as JsString, TypedArray, Value};

use crate::modules::throw;

/// As `atob` decodes: padding may be there or not.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

const BOM: &[u8] = b"\xef\xbb\xbf";

pub(super) fn install(native: &Object<'_>) -> Result<()> {
    native.set("encodeUtf8", Func::from(encode_utf8))?;
    native.set("decodeUtf8", Func::from(decode_utf8))?;
    native.set("decode", Func::from(decode))?;
    native.set("encodingLabel", Func::from(encoding_label))?;
    native.set("base64Encode", Func::from(base64_encode))?;
    native.set("base64Decode", Func::from(base64_decode))?;
    native.set("parseJson", Func::from(parse_json))
}

fn encode_utf8<'js>(ctx: Ctx<'js>, text: JsString<'js>) -> Result<TypedArray<'js, u8>> {
    let text = text.to_cstring()?;
    TypedArray::new_copy(ctx, &*well_formed(&text))
}

/// Lone surrogates as the engine writes them: in UTF-8 they would begin with this byte and go on with one of these.
const SURROGATE: u8 = 0xed;
const SURROGATES: RangeInclusive<u8> = 0xa0..=0xbf;
/// U+FFFD, which stands for them in UTF-8; as long as what it replaces.
const REPLACEMENT: &[u8; 3] = b"\xef\xbf\xbd";

/// A text as UTF-8.
pub(crate) fn well_formed<'a>(text: &'a CString<'_>) -> Cow<'a, [u8]> {
    // SAFETY: the engine's text has this length and lives as long as `text`. Not by way of `str`, which it may not be.
    let bytes: &[u8] = unsafe { std::slice::from_raw_parts(text.as_ptr().cast(), text.len()) };
    if std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let mut mended = bytes.to_vec();
    let mut at = 0;
    while let Some(three) = mended.get_mut(at..at + 3) {
        if matches!(three, [SURROGATE, second, _] if SURROGATES.contains(second)) {
            three.copy_from_slice(REPLACEMENT);
        }
        at += 1;
    }
    Cow::Owned(mended)
}

/// The bytes themselves. Invariant: no JavaScript runs while they are borrowed, so nobody can change or detach them.
pub(crate) fn slice<'a>(bytes: &'a TypedArray<'_, u8>) -> &'a [u8] {
    // SAFETY: there is one thread, and the callers go back to the engine only when they no longer use the slice.
    unsafe { bytes.as_bytes() }.unwrap_or_default()
}

fn decode_utf8<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<JsString<'js>> {
    let bytes = slice(&bytes);
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => JsString::from_str(ctx, text),
        Err(_) => JsString::from_str(ctx, &String::from_utf8_lossy(bytes)),
    }
}

/// `undefined` when `fatal` and malformed.
fn decode<'js>(
    ctx: Ctx<'js>,
    label: String,
    bytes: TypedArray<'js, u8>,
    fatal: bool,
    ignore_bom: bool,
) -> Result<Option<JsString<'js>>> {
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        return Ok(None);
    };
    let bytes = slice(&bytes);
    // `ignore` means: do not look for it, leave it in the text.
    let (text, malformed) = if ignore_bom {
        encoding.decode_without_bom_handling(bytes)
    } else {
        encoding.decode_with_bom_removal(bytes)
    };
    if fatal && malformed {
        return Ok(None);
    }
    JsString::from_str(ctx, &text).map(Some)
}

fn encoding_label(label: String) -> Option<String> {
    Encoding::for_label(label.as_bytes()).map(|encoding| encoding.name().to_ascii_lowercase())
}

fn base64_encode(bytes: TypedArray<'_, u8>) -> String {
    STANDARD.encode(slice(&bytes))
}

/// `undefined` when it is not base64.
fn base64_decode<'js>(ctx: Ctx<'js>, text: String) -> Result<Option<TypedArray<'js, u8>>> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    FORGIVING
        .decode(compact)
        .ok()
        .map(|bytes| TypedArray::new(ctx, bytes))
        .transpose()
}

/// JSON straight from the bytes of a body.
fn parse_json<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<Value<'js>> {
    let bytes = slice(&bytes);
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(throw(&ctx, "SyntaxError", "The JSON contains a NUL character."));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => ctx.json_parse(text),
        Err(_) => ctx.json_parse(String::from_utf8_lossy(bytes).into_owned()),
    }
}
