//! JSON Patch (<https://www.rfc-editor.org/rfc/rfc6902>) with JSON Pointer (RFC 6901).

mod pointer;

use super::{PatchError, PatchErrorKind, reflected};
use crate::json::{Json, MAX_DEPTH};
use pointer::{Pointer, index};

/// Operations of one patch. Real ones have a handful.
pub const MAX_OPERATIONS: usize = 1000;
/// Bytes that the result may have, about: `copy` doubles, so that a patch of 1 KB could ask for a terabyte.
pub const MAX_RESULT_BYTES: usize = 4 << 20;

type Applied<T> = Result<T, PatchErrorKind>;

/// The document after all operations; the first that fails undoes everything.
///
/// # Errors
/// The patch is not one, an operation fails, or the result would be too large or too deep.
pub fn apply(document: &Json, patch: &Json) -> Result<Json, PatchError> {
    let failed = |operation, kind| PatchError { operation, kind };
    let operations = patch.as_array().ok_or(failed(
        0,
        PatchErrorKind::NotAPatch("a JSON Patch is an array of operations"),
    ))?;
    if operations.len() > MAX_OPERATIONS {
        return Err(failed(
            MAX_OPERATIONS,
            PatchErrorKind::TooManyOperations(MAX_OPERATIONS),
        ));
    }
    let mut target = Target {
        json: document.clone(),
        bytes: document.weight(),
    };
    for (place, operation) in operations.iter().enumerate() {
        target.operate(operation).map_err(|kind| failed(place, kind))?;
    }
    Ok(target.json)
}

struct Target {
    json: Json,
    /// At least about the bytes of the document: what is taken away is not subtracted.
    bytes: usize,
}

impl Target {
    fn operate(&mut self, operation: &Json) -> Applied<()> {
        let name = operation.text("op").ok_or(PatchErrorKind::Member("op"))?;
        let path = Pointer::read(operation, "path")?;
        let value = || operation.get("value").ok_or(PatchErrorKind::Member("value"));
        match name {
            "add" => self.add(&path, value()?.clone()),
            "remove" => self.remove(&path).map(|_| ()),
            "replace" => {
                let value = value()?.clone();
                self.grow(&path, &value)?;
                *path.find_mut(&mut self.json)? = value;
                Ok(())
            }
            "move" => {
                let from = Pointer::read(operation, "from")?;
                if path.0.len() > from.0.len() && path.0.starts_with(&from.0) {
                    return Err(PatchErrorKind::IntoItself);
                }
                let value = self.remove(&from)?;
                self.add(&path, value)
            }
            "copy" => {
                let value = Pointer::read(operation, "from")?.find(&self.json)?;
                if self.bytes + value.weight() > MAX_RESULT_BYTES {
                    return Err(PatchErrorKind::TooLarge);
                }
                let value = value.clone();
                self.add(&path, value)
            }
            "test" => {
                let value = value()?;
                let found = path.find(&self.json).is_ok_and(|found| found.same_value(value));
                if found {
                    Ok(())
                } else {
                    Err(PatchErrorKind::TestFailed(path.text()))
                }
            }
            _ => Err(PatchErrorKind::UnknownOperation(reflected(name))),
        }
    }

    fn add(&mut self, path: &Pointer, value: Json) -> Applied<()> {
        self.grow(path, &value)?;
        let Some((key, parent)) = path.split() else {
            self.json = value;
            return Ok(());
        };
        match parent.find_mut(&mut self.json)? {
            Json::Object(members) => match members.iter_mut().find(|(name, _)| **name == *key) {
                Some((_, member)) => *member = value,
                None => members.push((key.into(), value)),
            },
            Json::Array(items) => {
                let place = if key == "-" { Some(items.len()) } else { index(key) };
                match place.filter(|place| *place <= items.len()) {
                    Some(place) => items.insert(place, value),
                    None => return Err(PatchErrorKind::NoSuchPlace(path.text())),
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Err(PatchErrorKind::NoSuchPlace(path.text()));
            }
        }
        Ok(())
    }

    fn remove(&mut self, path: &Pointer) -> Applied<Json> {
        let missing = || PatchErrorKind::NoSuchPlace(path.text());
        let (key, parent) = path.split().ok_or(PatchErrorKind::WholeResource)?;
        let holder = parent.find_mut(&mut self.json)?;
        if let Some(items) = holder.as_array_mut() {
            let place = index(key)
                .filter(|place| *place < items.len())
                .ok_or_else(missing)?;
            return Ok(items.remove(place));
        }
        holder.remove(key).ok_or_else(missing)
    }

    fn grow(&mut self, path: &Pointer, value: &Json) -> Applied<()> {
        if path.0.len() + value.depth() > MAX_DEPTH {
            return Err(PatchErrorKind::TooDeep);
        }
        self.bytes += value.weight();
        if self.bytes > MAX_RESULT_BYTES {
            Err(PatchErrorKind::TooLarge)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn operations_change_the_document() {
        let check = |document: &str, patch: &str, expected: &str| {
            assert_eq!(
                apply(&json(document), &json(patch)).unwrap().to_text(),
                expected,
                "{patch}"
            );
        };
        check(r#"{"a":1.10}"#, "[]", r#"{"a":1.10}"#);
        check(
            r#"{"a":1.10}"#,
            r#"[{"op":"add","path":"/b","value":2.50}]"#,
            r#"{"a":1.10,"b":2.50}"#,
        );
        check(
            r#"{"a":1}"#,
            r#"[{"op":"add","path":"/a","value":null}]"#,
            r#"{"a":null}"#,
        );
        check(
            r#"{"a":[1,3]}"#,
            r#"[{"op":"add","path":"/a/1","value":2},{"op":"add","path":"/a/-","value":4}]"#,
            r#"{"a":[1,2,3,4]}"#,
        );
        check(
            r#"{"a":[1,2]}"#,
            r#"[{"op":"remove","path":"/a/0"}]"#,
            r#"{"a":[2]}"#,
        );
        check(
            r#"{"a":{"b":1},"c":2}"#,
            r#"[{"op":"replace","path":"/a/b","value":[0]}]"#,
            r#"{"a":{"b":[0]},"c":2}"#,
        );
        check(
            r#"{"a":{"b":1},"c":[]}"#,
            r#"[{"op":"move","from":"/a/b","path":"/c/0"}]"#,
            r#"{"a":{},"c":[1]}"#,
        );
        check(
            r#"{"a":[1]}"#,
            r#"[{"op":"copy","from":"/a","path":"/b"}]"#,
            r#"{"a":[1],"b":[1]}"#,
        );
        check(
            r#"{"a":1.0,"b":{"x":1,"y":2}}"#,
            r#"[{"op":"test","path":"/a","value":1.00},{"op":"test","path":"/b","value":{"y":2,"x":1}}]"#,
            r#"{"a":1.0,"b":{"x":1,"y":2}}"#,
        );
        check(
            r#"{"a/b":1,"m~n":2,"":3}"#,
            r#"[{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/m~0n"},{"op":"test","path":"/","value":3}]"#,
            r#"{"":3}"#,
        );
        check(
            r#"{"a":1}"#,
            r#"[{"op":"add","path":"","value":{"b":2}}]"#,
            r#"{"b":2}"#,
        );
        check(
            r#"{"a":[1,2,3]}"#,
            r#"[{"op":"move","from":"/a/0","path":"/a/2"},{"op":"move","from":"/a","path":"/a"}]"#,
            r#"{"a":[2,3,1]}"#,
        );
    }

    #[test]
    fn failures_name_the_operation() {
        use PatchErrorKind as Kind;
        let check = |patch: &str, operation, kind| {
            let refused = apply(&json(r#"{"a":[1,{"b":2}]}"#), &json(patch)).unwrap_err();
            assert_eq!(refused, PatchError { operation, kind }, "{patch}");
        };
        check("{}", 0, Kind::NotAPatch("a JSON Patch is an array of operations"));
        check(
            r#"[{"op":"test","path":"/a/0","value":1},{"op":"test","path":"/a/0","value":2}]"#,
            1,
            Kind::TestFailed("/a/0".into()),
        );
        check(
            r#"[{"op":"test","path":"/x","value":null}]"#,
            0,
            Kind::TestFailed("/x".into()),
        );
        check(
            r#"[{"op":"fly","path":"/a"}]"#,
            0,
            Kind::UnknownOperation("fly".into()),
        );
        check(r#"[{"path":"/a"}]"#, 0, Kind::Member("op"));
        check(r#"[{"op":"add","path":"/a"}]"#, 0, Kind::Member("value"));
        check(
            r#"[{"op":"add","path":"a","value":1}]"#,
            0,
            Kind::Pointer("a".into()),
        );
        check(
            r#"[{"op":"add","path":"/a~2","value":1}]"#,
            0,
            Kind::Pointer("/a~2".into()),
        );
        check(
            r#"[{"op":"add","path":"/b/c","value":1}]"#,
            0,
            Kind::NoSuchPlace("/b".into()),
        );
        check(
            r#"[{"op":"add","path":"/a/3","value":1}]"#,
            0,
            Kind::NoSuchPlace("/a/3".into()),
        );
        check(
            r#"[{"op":"add","path":"/a/01","value":1}]"#,
            0,
            Kind::NoSuchPlace("/a/01".into()),
        );
        check(
            r#"[{"op":"add","path":"/a/0/x","value":1}]"#,
            0,
            Kind::NoSuchPlace("/a/0/x".into()),
        );
        check(
            r#"[{"op":"remove","path":"/a/-"}]"#,
            0,
            Kind::NoSuchPlace("/a/-".into()),
        );
        check(r#"[{"op":"remove","path":""}]"#, 0, Kind::WholeResource);
        check(
            r#"[{"op":"replace","path":"/x","value":1}]"#,
            0,
            Kind::NoSuchPlace("/x".into()),
        );
        check(
            r#"[{"op":"move","from":"/a","path":"/a/0"}]"#,
            0,
            Kind::IntoItself,
        );
    }

    #[test]
    fn bombs_end_early() {
        let refused = |document: &str, patch: &str| apply(&json(document), &json(patch)).unwrap_err().kind;
        let double = r#"{"op":"copy","from":"","path":"/a/-"}"#;
        let many = |operation: &str, count: usize| format!("[{}]", vec![operation; count].join(","));
        assert_eq!(
            refused(r#"{"a":["xxxxxxxxxx"]}"#, &many(double, 500)),
            PatchErrorKind::TooLarge
        );
        let nested: Vec<_> = (1..70)
            .map(|level| format!(r#"{{"op":"add","path":"{}","value":{{}}}}"#, "/x".repeat(level)))
            .collect();
        assert_eq!(
            refused("{}", &format!("[{}]", nested.join(","))),
            PatchErrorKind::TooDeep
        );
        let wide = format!(r#"{{"a":["{}"]}}"#, "x".repeat(100_000));
        let copy = r#"{"op":"copy","from":"/a/0","path":"/a/-"}"#;
        assert_eq!(refused(&wide, &many(copy, 500)), PatchErrorKind::TooLarge);
        assert_eq!(
            refused("{}", &many(copy, 1001)),
            PatchErrorKind::TooManyOperations(MAX_OPERATIONS)
        );
    }
}
