//! The examples of a document: its blocks of `js`, and what their comments promise.
//!
//! ```text
//! EXPRESSION; // => VALUE                      the value is the same
//! const NAME = EXPRESSION; // => VALUE
//! STATEMENT; // throws "part of the sentence"
//! // METHOD /path [body] => STATUS part        in a block with `export default`: what the app answers
//! ```
//!
//! A block that imports `c4h:test` is a file of tests, which pass.

/// One block.
#[derive(Debug)]
pub(super) struct Example {
    document: String,
    line: usize,
    pub(super) code: String,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Lines that are checked.
    Checked,
    /// An app that is asked.
    App,
    /// Tests of an app.
    Tests,
}

/// One request that an example app is sent, and what it must answer.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) body: Option<&'a str>,
    pub(super) status: u16,
    pub(super) part: &'a str,
}

/// All blocks of `js` in a document.
pub(super) fn of(document: &str, text: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line == "```js" {
            let code: Vec<_> = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != "```")
                .collect();
            found.push(Example {
                document: document.replace(".md", ""),
                line: index + 1,
                code: code.join("\n"),
            });
        }
    }
    found
}

impl Example {
    /// A file that is all one block.
    pub(super) fn new(name: &str, code: &str) -> Self {
        Self {
            document: name.to_owned(),
            line: 1,
            code: code.to_owned(),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        if self.code.contains("from \"c4h:test\"") {
            Kind::Tests
        } else if self.code.contains("export default") {
            Kind::App
        } else {
            Kind::Checked
        }
    }

    pub(super) fn file(&self) -> String {
        let ending = if self.kind() == Kind::Tests {
            "test.js"
        } else {
            "js"
        };
        format!("{}-line-{}.{ending}", self.document, self.line)
    }

    /// The block as a module whose `run` does what it says and checks what it promises.
    ///
    /// # Panics
    /// When it promises nothing, or in a way that cannot be checked.
    pub(super) fn checked(&self) -> String {
        let mut head = String::from("import { check, throws } from \"./harness.js\";\n");
        let mut body = String::new();
        let mut checks = 0;
        for line in self.code.lines() {
            let shown = serde_json::to_string(line).unwrap();
            if line.starts_with("import ") {
                head.push_str(&format!("{line}\n"));
            } else if let Some((code, value)) = line.split_once(" // => ") {
                let code = code.trim_end_matches(';');
                let named = code
                    .strip_prefix("const ")
                    .and_then(|rest| rest.split_once(" = "));
                match named {
                    Some((name, _)) => {
                        body.push_str(&format!("{code};\ncheck({shown}, {name}, ({value}));\n"))
                    }
                    None => body.push_str(&format!("check({shown}, ({code}), ({value}));\n")),
                }
                checks += 1;
            } else if let Some((code, sentence)) = line.split_once(" // throws ") {
                let code = code.trim_end_matches(';');
                body.push_str(&format!(
                    "await throws({shown}, async () => {{ {code}; }}, {sentence});\n"
                ));
                checks += 1;
            } else {
                assert!(
                    !line.contains("// =>") && !line.contains("// throws"),
                    "{}: this line cannot be checked: {line}",
                    self.file()
                );
                body.push_str(&format!("{line}\n"));
            }
        }
        assert!(
            checks > 0,
            "{} is not run: it has no line with // => or // throws",
            self.file()
        );
        format!("{head}export async function run(env) {{\n{body}}}\n")
    }

    /// What the comments of an app promise.
    ///
    /// # Panics
    /// When they promise nothing, or in a way that cannot be read.
    pub(super) fn exchanges(&self) -> Vec<Exchange<'_>> {
        let comments = self.code.lines().filter_map(|line| line.strip_prefix("// "));
        let promises = comments.filter(|comment| comment.contains("=>") || comment.contains(" /"));
        let found: Vec<_> = promises
            .map(|promise| {
                exchange(promise)
                    .unwrap_or_else(|| panic!("{}: this line cannot be checked: // {promise}", self.file()))
            })
            .collect();
        assert!(
            !found.is_empty(),
            "{} is not run: it has no line such as // GET / => 200 text",
            self.file()
        );
        found
    }
}

fn exchange(line: &str) -> Option<Exchange<'_>> {
    let (sent, expected) = line.split_once(" => ")?;
    let (method, rest) = sent.split_once(' ')?;
    let (path, body) = match rest.split_once(' ') {
        Some((path, body)) => (path, Some(body)),
        None => (rest, None),
    };
    let (status, part) = expected.split_once(' ').unwrap_or((expected, ""));
    let is_method = method.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(Exchange {
        method,
        path,
        body,
        status: status.parse().ok()?,
        part,
    })
    .filter(|exchange| is_method && exchange.path.starts_with('/'))
}
