//! What a document may cost. Documents come from strangers, and every one of these is somebody's idea of an attack.

/// Longest document, in bytes: twice the largest that NHS England publishes.
pub const MAX_DOCUMENT_BYTES: usize = 2 << 20;
/// Values in a document, with every alias of YAML written out: ten times those of the largest.
pub const MAX_DOCUMENT_VALUES: usize = 400_000;
/// Levels of arrays and objects; e-RS has 27.
pub const MAX_DOCUMENT_DEPTH: usize = 64;
/// Operations of one document; e-RS has 60.
pub const MAX_OPERATIONS: usize = 500;
/// `$ref` after `$ref` before the end of the chain is not looked for any more.
pub(crate) const MAX_REFERENCES: usize = 16;
/// Schemas of one document, each place counted once.
pub(crate) const MAX_SCHEMAS: usize = 100_000;
/// Different regular expressions of one document.
pub(crate) const MAX_EXPRESSIONS: usize = 500;
/// Longest regular expression, in bytes; the longest of NHS England's documents has some 300.
pub(crate) const MAX_EXPRESSION_CHARACTERS: usize = 10_000;
/// Memory of all compiled regular expressions of a document, with what they keep while they look at a text, in bytes.
pub(crate) const MAX_EXPRESSIONS_BYTES: usize = 8 << 20;

/// How large a regular expression may be compiled, and what follows from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpressionSize {
    pub(crate) compiled_bytes: usize,
    /// For what it keeps while it looks at a text.
    pub(crate) cache_bytes: usize,
    /// At its slowest, an expression looks at each byte of a text once for each of its states.
    pub(crate) bytes_in_a_step: usize,
}

impl ExpressionSize {
    /// It is compiled in both directions.
    pub(crate) const fn held_bytes(self) -> usize {
        2 * (self.compiled_bytes + self.cache_bytes)
    }
}

/// The sizes that are tried, one after the other; the dates of FHIR need 200 KiB.
pub(crate) const EXPRESSION_SIZES: [ExpressionSize; 4] = [
    ExpressionSize {
        compiled_bytes: 4 << 10,
        cache_bytes: 16 << 10,
        bytes_in_a_step: 50,
    },
    ExpressionSize {
        compiled_bytes: 32 << 10,
        cache_bytes: 64 << 10,
        bytes_in_a_step: 8,
    },
    ExpressionSize {
        compiled_bytes: 256 << 10,
        cache_bytes: 256 << 10,
        bytes_in_a_step: 1,
    },
    ExpressionSize {
        compiled_bytes: 1 << 20,
        cache_bytes: 1 << 20,
        bytes_in_a_step: 1,
    },
];
/// Steps of one answer, of which everything takes: checking what was sent, finding the example, making a value. A step is a
/// schema that is looked at, or about a hundred bytes.
pub(crate) const ANSWER_STEPS: u64 = 600_000;
/// Steps of an answer that is given on a thread that serves others: a few milliseconds.
pub(crate) const SOON_STEPS: u64 = 20_000;
/// Steps of checking one value: a schema can refer to itself twice in every level, and double with each.
pub(crate) const CHECK_STEPS: u64 = 300_000;
/// Schemas inside schemas while one value is checked, so that one that refers to itself ends.
pub(crate) const CHECK_DEPTH: u32 = 300;
/// Steps of making one value from a schema.
pub(crate) const MAKE_STEPS: u64 = 20_000;
/// Levels of a made value.
pub(crate) const MAKE_DEPTH: u32 = 12;
/// Memory that a document may hold, in bytes: its schemas, expressions, examples and what is made of them. The largest that NHS
/// England publishes holds 1.5 MiB.
pub const MAX_HELD_BYTES: usize = 24 << 20;
/// Parameters of one operation; those of NHS England's documents have up to 30.
pub(crate) const MAX_PARAMETERS: usize = 200;
/// Steps of reading one entry of a list: a parameter, a header, a media type, an example.
pub(crate) const ENTRY_STEPS: usize = 20;
/// Longest text that is made for a schema, in characters.
pub(crate) const MAX_MADE_TEXT: usize = 4_096;
/// Items that are made for an array.
pub(crate) const MAX_MADE_ITEMS: usize = 100;
/// Steps of everything that is checked and made while a document is read: seconds at most, whatever its examples and schemas are.
pub(crate) const READ_STEPS: u64 = 30_000_000;
/// Steps of trying the requests that show what a document does.
pub(crate) const SAMPLE_STEPS: u64 = 30_000_000;
