//! Why an upload was refused: one sentence each, with the way out.

use crate::limits::bytes_in_words;

/// Something that is not WebAssembly at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWasm {
    /// A compressed file or an archive.
    Archive {
        /// Its kind, such as "a ZIP archive".
        kind: &'static str,
    },
    /// A program for an operating system.
    Native {
        /// Its kind, such as "a Linux program (ELF)".
        kind: &'static str,
    },
    /// Machine code that wasmtime made from a component.
    Precompiled,
    /// A web page.
    Html,
    /// Some other text.
    Text,
    /// None of these.
    Unknown,
}

/// Why an upload was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// No bytes.
    #[error(
        "The file is empty; send the component itself, for instance target/wasm32-wasip2/release/NAME.wasm."
    )]
    Empty,
    /// Too many bytes.
    #[error("The file is {} and may be {}; build in release mode and strip debug information, for instance with `wasm-tools strip`.", bytes_in_words(*size_bytes), bytes_in_words(*limit_bytes))]
    TooLarge {
        /// Its size.
        size_bytes: u64,
        /// The allowed size.
        limit_bytes: u64,
    },
    /// WebAssembly as text.
    #[error(
        "This is WebAssembly as text (WAT); turn it into a component with `wasm-tools parse FILE.wat -o FILE.wasm` and send that."
    )]
    Wat,
    /// JavaScript source.
    #[error(
        "This is JavaScript source, not a component; deploy it as it is, with `c4h deploy FILE.js` or on the page that makes a new app, and it is made into one."
    )]
    JavaScript,
    /// Python source.
    #[error(
        "This is Python source, not a component; build a component from it with `componentize-py -w wasi:http/proxy@0.2.0 componentize FILE -o app.wasm` and send app.wasm."
    )]
    Python,
    /// Something else.
    #[error("{}", not_wasm_in_words(*.0))]
    NotWasm(NotWasm),
    /// A core module.
    #[error(
        "This is a core WebAssembly module, and an app is a component; build for the target `wasm32-wasip2`, or wrap it with `wasm-tools component new FILE.wasm -o app.wasm`."
    )]
    CoreModule,
    /// The bytes end early or make no sense.
    #[error(
        "The file is damaged at byte {offset} ({message}); it is probably cut short, so build it again and send it as a whole."
    )]
    Malformed {
        /// Where reading stopped.
        offset: usize,
        /// What the parser says.
        message: String,
    },
    /// Sound structure, wrong contents, or a feature that is off.
    #[error(
        "The component is not valid here, at byte {offset}: {message}. Build it for WASI 0.2 (target `wasm32-wasip2`) without experimental WebAssembly features."
    )]
    Invalid {
        /// Where the validator stopped.
        offset: usize,
        /// What it says.
        message: String,
    },
    /// WASI 0.3.
    #[error(
        "This component is made for WASI 0.3 (it uses `{name}`), and this server runs WASI 0.2; build it with the 0.2 version of its toolchain, for Rust the target `wasm32-wasip2`."
    )]
    Wasi03 {
        /// The name that gave it away.
        name: String,
    },
    /// A program for the command line.
    #[error(
        "This component is a command-line program (it exports `{name}`), and an app answers requests; export `wasi:http/incoming-handler@0.2.0`, in Rust with the macro `#[wstd::http_server]`."
    )]
    Command {
        /// The export that gave it away.
        name: String,
    },
    /// No handler.
    #[error(
        "This component does not answer requests: it does not export `wasi:http/incoming-handler@0.2.0`; it exports {}.",
        list_in_words(exports)
    )]
    NoHandler {
        /// What it exports.
        exports: Vec<String>,
    },
    /// Imports that nobody here offers.
    #[error("{}", unknown_imports_in_words(unknown))]
    UnknownImports {
        /// Each with the offered name that is nearest, if one is near.
        unknown: Vec<(String, Option<&'static str>)>,
    },
    /// More of something than any toolchain makes.
    #[error(
        "The component has {what}: {found}, and may have {allowed}; look for generated code and split it, or build in release mode."
    )]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: u64,
        /// How much is allowed.
        allowed: u64,
    },
    /// The validator gave up instead of saying what is wrong.
    #[error(
        "The component cannot be checked: it overwhelms the validator, probably with types that hold each other very deep; look for generated interfaces and split them."
    )]
    Overwhelming,
}

impl UploadError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "upload-empty",
            Self::TooLarge { .. } => "upload-too-large",
            Self::Wat => "upload-wat",
            Self::JavaScript => "upload-javascript",
            Self::Python => "upload-python",
            Self::NotWasm(NotWasm::Archive { .. }) => "upload-archive",
            Self::NotWasm(NotWasm::Native { .. } | NotWasm::Precompiled) => "upload-native",
            Self::NotWasm(NotWasm::Html | NotWasm::Text | NotWasm::Unknown) => "upload-not-wasm",
            Self::CoreModule => "upload-core-module",
            Self::Malformed { .. } => "upload-malformed",
            Self::Invalid { .. } => "upload-invalid",
            Self::Wasi03 { .. } => "upload-wasi-03",
            Self::Command { .. } => "upload-command",
            Self::NoHandler { .. } => "upload-no-handler",
            Self::UnknownImports { .. } => "upload-unknown-imports",
            Self::TooComplex { .. } | Self::Overwhelming => "upload-too-complex",
        }
    }

    pub(super) fn malformed(error: &wasmparser::BinaryReaderError) -> Self {
        Self::Malformed {
            offset: error.offset(),
            message: error.message().to_owned(),
        }
    }

    pub(super) fn invalid(error: &wasmparser::BinaryReaderError) -> Self {
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(300)
            .collect();
        Self::Invalid {
            offset: error.offset(),
            message,
        }
    }
}

fn not_wasm_in_words(kind: NotWasm) -> String {
    match kind {
        NotWasm::Archive { kind } => {
            format!("This is {kind}; unpack it and send the component (the .wasm file) inside.")
        }
        NotWasm::Native { kind } => format!(
            "This is {kind}, and an app is a WebAssembly component; build for the target `wasm32-wasip2` and send the .wasm file."
        ),
        NotWasm::Precompiled => "This is a component that wasmtime has already compiled; send the .wasm file it was made from, because only code compiled here is run.".to_owned(),
        NotWasm::Html => "This is a web page, and an app is a WebAssembly component that answers with pages; send the .wasm file.".to_owned(),
        NotWasm::Text => "This is a text file, and an app is a WebAssembly component; send the .wasm file that your toolchain makes.".to_owned(),
        NotWasm::Unknown => "This is not WebAssembly: the file does not begin with the bytes `\\0asm`; send the .wasm file that your toolchain makes.".to_owned(),
    }
}

/// How many names a sentence lists; a page-long sentence is not read.
const NAMES_LISTED: usize = 8;

fn list_in_words(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let listed: Vec<_> = names
        .iter()
        .take(NAMES_LISTED)
        .map(|name| format!("`{}`", clip(name)))
        .collect();
    let more = names.len().saturating_sub(NAMES_LISTED);
    let end = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{end}", listed.join(", "))
}

fn unknown_imports_in_words(unknown: &[(String, Option<&'static str>)]) -> String {
    let mut names: Vec<_> = unknown
        .iter()
        .take(NAMES_LISTED)
        .map(|(name, nearest)| match nearest {
            Some(nearest) => format!("`{}` (did you mean `{nearest}`?)", clip(name)),
            None => format!("`{}`", clip(name)),
        })
        .collect();
    let more = unknown.len().saturating_sub(NAMES_LISTED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    format!(
        "The component needs what this server does not offer: {}. Offered are the interfaces of WASI 0.2: {}; remove what needs the others, or build for `wasi:http/proxy`.",
        names.join(", "),
        super::names::PACKAGES.join(", ")
    )
}

/// Names come from strangers and can be 100,000 characters long.
fn clip(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_control())
        .take(100)
        .collect()
}
