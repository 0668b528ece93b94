//! The examples of a document: its blocks of `js`, and what their comments promise.
//!
//! ```text
//! EXPRESSION; // => VALUE                      the value is the same
//! const NAME = EXPRESSION; // => VALUE
//! STATEMENT; // throws "part of the sentence"
//! // METHOD /path [body] => STATUS part        in a block with `export default`: what the app answers
//! ```

/// One block.
#[derive(Debug)]
pub(super) struct Example {
    document: String,
    pub(super) line: usize,
    pub(super) code: String,
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
    pub(super) fn is_app(&self) -> bool {
        self.code.contains("export default")
    }

    pub(super) fn file(&self) -> String {
        format!("{}-line-{}.js", self.document, self.line)
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
    /// When they promise nothing.
    pub(super) fn exchanges(&self) -> Vec<Exchange<'_>> {
        let found: Vec<_> = self
            .code
            .lines()
            .filter_map(|line| exchange(line.strip_prefix("// ")?))
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
    Some(Exchange {
        method,
        path,
        body,
        status: status.parse().ok()?,
        part,
    })
}
