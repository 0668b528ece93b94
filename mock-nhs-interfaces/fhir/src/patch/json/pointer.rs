//! JSON Pointer (<https://www.rfc-editor.org/rfc/rfc6901>).

use super::{Applied, PatchErrorKind};
use crate::json::Json;
use crate::patch::reflected;

const MAX_POINTER_BYTES: usize = 2048;

/// A JSON Pointer, taken apart.
pub(super) struct Pointer(pub(super) Vec<Box<str>>);

impl Pointer {
    pub(super) fn read(operation: &Json, member: &'static str) -> Applied<Pointer> {
        let text = operation.text(member).ok_or(PatchErrorKind::Member(member))?;
        if text.is_empty() {
            return Ok(Pointer(Vec::new()));
        }
        let bad = || PatchErrorKind::Pointer(reflected(text));
        let steps = text
            .strip_prefix('/')
            .filter(|_| text.len() <= MAX_POINTER_BYTES)
            .ok_or_else(bad)?;
        let steps: Option<Vec<_>> = steps.split('/').map(unescaped).collect();
        steps.map(Pointer).ok_or_else(bad)
    }

    pub(super) fn text(&self) -> Box<str> {
        let text: String = self.0.iter().flat_map(|step| ["/", step]).collect();
        if text.is_empty() {
            "the whole document".into()
        } else {
            reflected(&text)
        }
    }

    pub(super) fn split(&self) -> Option<(&str, Pointer)> {
        let (last, before) = self.0.split_last()?;
        Some((last, Pointer(before.to_vec())))
    }

    pub(super) fn find<'a>(&self, json: &'a Json) -> Applied<&'a Json> {
        let found = self.0.iter().try_fold(json, |json, step| match json {
            Json::Array(items) => items.get(index(step)?),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                json.get(step)
            }
        });
        found.ok_or_else(|| PatchErrorKind::NoSuchPlace(self.text()))
    }

    pub(super) fn find_mut<'a>(&self, json: &'a mut Json) -> Applied<&'a mut Json> {
        let found = self.0.iter().try_fold(json, |json, step| match json {
            Json::Array(items) => items.get_mut(index(step)?),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                json.get_mut(step)
            }
        });
        found.ok_or_else(|| PatchErrorKind::NoSuchPlace(self.text()))
    }
}

/// `~1` is a slash and `~0` a tilde; any other tilde is an error.
fn unescaped(step: &str) -> Option<Box<str>> {
    let mut parts = step.split('~');
    let mut out = String::from(parts.next()?);
    for part in parts {
        let rest = match part.strip_prefix('1') {
            Some(rest) => {
                out.push('/');
                rest
            }
            None => {
                out.push('~');
                part.strip_prefix('0')?
            }
        };
        out.push_str(rest);
    }
    Some(out.into())
}

/// Digits without a leading zero.
pub(super) fn index(step: &str) -> Option<usize> {
    let digits = step.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = step.len() > 1 && step.starts_with('0');
    if digits && !leading_zero {
        step.parse().ok()
    } else {
        None
    }
}
