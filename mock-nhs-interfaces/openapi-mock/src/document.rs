//! An OpenAPI document, read: what it offers, what is wrong with it, and everything that answers need.

mod body;
mod examples;
mod login;
mod operations;
mod parameters;
mod prefix;
mod responses;
mod samples;
mod words;

use std::collections::HashMap;
use std::panic::resume_unwind;

use fhir::json::Json;
use http::Method;

use crate::budget::Budget;
use crate::held::Held;
use crate::limits::{ENTRY_STEPS, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, MAX_HELD_BYTES, READ_STEPS};
use crate::operation::Operation;
use crate::path;
use crate::place::line_of;
use crate::pointer::Pointer;
use crate::problem::{Problem, Problems, quoted};
use crate::reference::{Placed, Root};
use crate::schema::{Compiler, Schemas};
use crate::source;
use crate::stack::on_own_stack;
pub use prefix::is_prefix;
pub use words::slug;

/// A document that answers.
#[derive(Debug)]
pub struct Document {
    /// The API's name.
    pub title: String,
    /// What it is for, in one sentence; empty when the document does not say.
    pub summary: String,
    /// The API's own version.
    pub version: String,
    /// The path of its first server, without a slash at the end; empty when there is none.
    pub prefix: String,
    /// The page about it, where the document names one.
    pub specification: Option<String>,
    /// Whether it speaks FHIR: its errors without a shape of their own are `OperationOutcome`s then.
    pub is_fhir: bool,
    /// What can be asked of it.
    pub operations: Vec<Operation>,
    /// What is wrong with the document, in its order as far as it is known.
    pub problems: Vec<Problem>,
    /// Problems that are not in the list, because there are too many.
    pub unsaid_problems: usize,
    pub(crate) schemas: Schemas,
    held_bytes: usize,
    /// The operations by the number of segments, the most particular first.
    routes: HashMap<usize, Vec<usize>>,
}

/// Why a text is no document that an interface can be made from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Beyond [`MAX_DOCUMENT_BYTES`].
    #[error("a document has at most {limit} bytes", limit = MAX_DOCUMENT_BYTES)]
    TooLong,
    /// Not UTF-8.
    #[error("the document is not text in UTF-8")]
    NotText,
    /// Not JSON, although it begins like it.
    #[error("the document is not JSON: {0}")]
    Json(String),
    /// Not YAML.
    #[error("the document is not YAML: {0}")]
    Yaml(String),
    /// Something else.
    #[error("this is no OpenAPI document: the key openapi, such as openapi: 3.0.3, is missing")]
    NotOpenApi,
    /// Swagger 2.0 or OpenAPI of the future.
    #[error(
        "this is version {0} of OpenAPI; versions 3.0 and 3.1 are understood, and converters for others are easily found"
    )]
    Version(String),
    /// The system has no thread to read it on.
    #[error("the document could not be read: {0}")]
    NoThread(String),
    /// Nothing in it can be asked.
    #[error("the document has no operation that can be answered{0}")]
    NoOperations(String),
}

/// Where a request leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// To the operation of this number in [`Document::operations`].
    Operation(usize),
    /// The path is known, the method is not: these are, and this is the number of one of their operations.
    OtherMethods(Vec<Method>, usize),
    /// Nowhere.
    Nothing,
}

impl Document {
    /// Reads a document, in YAML or JSON.
    ///
    /// # Errors
    /// When nothing can be made of it; everything less is among [`Document::problems`].
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        match on_own_stack(|| Self::read_here(bytes)) {
            Ok(Ok(read)) => read,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(error) => Err(DocumentError::NoThread(error.to_string())),
        }
    }

    fn read_here(bytes: &[u8]) -> Result<Self, DocumentError> {
        let root = source::read(bytes)?;
        let is_3_0 = version(&root)?;
        let held = Held::default();
        let indexed = Root::new(&root);
        let mut reader = Reader {
            root: &indexed,
            held: &held,
            compiler: Compiler::new(&indexed, is_3_0, &held),
            problems: Problems::default(),
            budget: Budget::of(READ_STEPS),
            known_examples: HashMap::new(),
        };
        let at = Placed::root(&root);
        let prefix = reader.prefix(&at);
        let logins = reader.logins(&at);
        let operations = reader.operations(&at, &logins);
        if operations.is_empty() {
            let first = reader.problems.found.first();
            let why = first.map(|problem| format!(": at {}, {}", problem.pointer, problem.text));
            return Err(DocumentError::NoOperations(why.unwrap_or_default()));
        }
        let Reader {
            compiler, problems, ..
        } = reader;
        let info = at.get("info");
        let said = |key: &str| info.as_ref().and_then(|info| info.text(key)).unwrap_or_default();
        let title = words::line(said("title"));
        let mut document = Self {
            is_fhir: speaks_fhir(&prefix, &operations),
            title: if title.is_empty() {
                "An API without a title".to_owned()
            } else {
                title
            },
            summary: words::first_sentence(said("description")),
            version: words::line(said("version")),
            prefix,
            specification: specification(&at),
            routes: routes(&operations),
            operations,
            problems: problems.found,
            unsaid_problems: problems.unsaid,
            schemas: compiler.finish(),
            held_bytes: 0,
        };
        document.add_samples(&held);
        document.held_bytes = held.bytes();
        let text = String::from_utf8_lossy(bytes);
        for problem in &mut document.problems {
            problem.line = line_of(&text, &problem.pointer);
        }
        Ok(document)
    }

    /// About how many bytes it takes in memory, at most [`MAX_HELD_BYTES`].
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Finds the operation for a request; `path` is below the prefix.
    #[must_use]
    pub fn find(&self, method: &Method, path: &str) -> Found {
        let wanted = path::segments(if path.is_empty() { "/" } else { path });
        let found = self.find_segments(method, &wanted);
        if found != Found::Nothing {
            return found;
        }
        // A slash too many or too few at the end is nobody's intention.
        let mut others = wanted;
        if others.last().is_some_and(|last| last.is_empty()) {
            others.pop();
        } else {
            others.push("".into());
        }
        self.find_segments(method, &others)
    }

    fn find_segments(&self, method: &Method, segments: &[std::borrow::Cow<'_, str>]) -> Found {
        let mut methods = Vec::new();
        let mut nearest = None;
        let mut for_head = None;
        for place in self.routes.get(&segments.len()).into_iter().flatten() {
            let Some(operation) = self.operations.get(*place) else {
                continue;
            };
            if operation.pattern.matches(segments).is_none() {
                continue;
            }
            if operation.method == *method {
                return Found::Operation(*place);
            }
            if *method == Method::HEAD && operation.method == Method::GET {
                for_head.get_or_insert(*place);
            }
            nearest.get_or_insert(*place);
            if !methods.contains(&operation.method) {
                methods.push(operation.method.clone());
            }
        }
        match (for_head, nearest) {
            (Some(place), _) => Found::Operation(place),
            (None, Some(place)) => Found::OtherMethods(methods, place),
            (None, None) => Found::Nothing,
        }
    }
}

/// What is needed while a document is read.
struct Reader<'d> {
    root: &'d Root<'d>,
    compiler: Compiler<'d>,
    problems: Problems,
    /// What checking and making may still cost.
    budget: Budget<'static>,
    held: &'d Held,
    /// Examples that are written already, by their place in memory and their schema's.
    known_examples: HashMap<examples::Key, std::sync::Arc<crate::operation::Example>>,
}

impl<'d> Reader<'d> {
    /// Whether there is room for one more entry, which takes so many bytes; said where there is not.
    fn has_room(&mut self, bytes: usize, pointer: &Pointer<'_>) -> bool {
        let is_soon_enough = self.budget.spend(ENTRY_STEPS);
        let has_room = self.held.take(bytes);
        if !has_room {
            let words = format!(
                "the document comes to more than {MAX_HELD_BYTES} bytes in memory; this is left out."
            );
            self.problems.broken(pointer, words);
        } else if !is_soon_enough {
            self.problems
                .broken(pointer, "the document takes too long to read; this is left out.");
        }
        has_room && is_soon_enough
    }
}

/// Whether the document is of version 3.0; 3.1 otherwise.
fn version(root: &Json) -> Result<bool, DocumentError> {
    let text = |key: &str| {
        root.get(key).and_then(|value| {
            let number = value.as_number();
            value.as_str().or(number).map(str::to_owned)
        })
    };
    if let Some(old) = text("swagger") {
        return Err(DocumentError::Version(quoted(&old)));
    }
    let version = text("openapi").ok_or(DocumentError::NotOpenApi)?;
    match version.split('.').take(2).collect::<Vec<_>>().as_slice() {
        ["3", "0"] | ["3"] => Ok(true),
        ["3", "1" | "2"] => Ok(false),
        _ => Err(DocumentError::Version(quoted(&version))),
    }
}

fn speaks_fhir(prefix: &str, operations: &[Operation]) -> bool {
    let mut contents = operations
        .iter()
        .flat_map(|operation| &operation.responses)
        .flat_map(|response| &response.contents);
    prefix.to_ascii_lowercase().contains("/fhir") || contents.any(|content| content.media.is_fhir())
}

fn specification(at: &Placed<'_>) -> Option<String> {
    let documents = at.get("externalDocs");
    let contact = at.get("info").and_then(|info| info.get("contact"));
    [documents, contact]
        .into_iter()
        .flatten()
        .filter_map(|place| place.text("url"))
        .find(|url| words::is_link(url))
        .map(str::to_owned)
}

fn routes(operations: &[Operation]) -> HashMap<usize, Vec<usize>> {
    let mut routes: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, operation) in operations.iter().enumerate() {
        routes.entry(operation.pattern.length()).or_default().push(place);
    }
    for places in routes.values_mut() {
        places.sort_by_cached_key(|place| operations.get(*place).map(|operation| operation.pattern.rank()));
    }
    routes
}

const _: () = assert!(
    MAX_DOCUMENT_DEPTH < 200,
    "values of a document are dropped and compared by recursion"
);
