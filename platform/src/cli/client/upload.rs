//! What a deploy sends: a component, a script, or the files of a folder.

use bytes::Bytes;
use uuid::Uuid;

use super::super::folder::Part;

/// A version on its way to the server.
#[derive(Debug, Clone)]
pub(in crate::cli) enum Upload {
    /// A `.wasm` file.
    Component(Bytes),
    /// A single file of JavaScript.
    JavaScript(Bytes),
    /// A single file of TypeScript.
    TypeScript(Bytes),
    /// The files of an app's folder.
    Folder(Vec<Part>),
}

impl Upload {
    /// Media type and body.
    pub(super) fn into_body(self) -> (String, Bytes) {
        match self {
            Self::Component(bytes) => ("application/wasm".to_owned(), bytes),
            Self::JavaScript(bytes) => ("text/javascript; charset=utf-8".to_owned(), bytes),
            Self::TypeScript(bytes) => ("application/typescript; charset=utf-8".to_owned(), bytes),
            Self::Folder(parts) => {
                // Random, so that no file can hold it by accident.
                let boundary = format!("c4h-{}", Uuid::new_v4().simple());
                (
                    format!("multipart/form-data; boundary={boundary}"),
                    multipart(&parts, &boundary),
                )
            }
        }
    }
}

/// One part a file, named by its path. Paths were checked: nothing in them needs quoting.
fn multipart(parts: &[Part], boundary: &str) -> Bytes {
    let mut body = Vec::new();
    for Part { path, bytes } in parts {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{path}\"; filename=\"{path}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_part_a_file() {
        let parts = [("app.toml", "main = \"app.js\""), ("lib/a b.js", "")].map(|(path, text)| Part {
            path: path.to_owned(),
            bytes: Bytes::from_static(text.as_bytes()),
        });
        let body = multipart(&parts, "cut");
        let text = std::str::from_utf8(&body).unwrap();
        assert_eq!(text.matches("--cut\r\n").count(), 2);
        assert!(
            text.contains("name=\"lib/a b.js\"") && text.ends_with("\r\n--cut--\r\n"),
            "{text}"
        );
        assert!(text.contains("\r\n\r\nmain = \"app.js\"\r\n--cut"), "{text}");
    }
}
