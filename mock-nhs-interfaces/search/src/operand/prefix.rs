//! How a date, number or quantity is compared.

/// The letters before a value. Source: <https://hl7.org/fhir/R4/search.html#prefix>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefix {
    /// Equal: the resource's range lies within the query's.
    #[default]
    Eq,
    /// Not equal.
    Ne,
    /// Some of the resource's range is greater.
    Gt,
    /// Some of the resource's range is less.
    Lt,
    /// Greater or equal.
    Ge,
    /// Less or equal.
    Le,
    /// The resource's range starts after the query's.
    Sa,
    /// The resource's range ends before the query's.
    Eb,
    /// About the same: the resource's range overlaps the query's, widened by a tenth.
    Ap,
}

impl Prefix {
    /// All, in the order of the specification.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Lt,
        Self::Ge,
        Self::Le,
        Self::Sa,
        Self::Eb,
        Self::Ap,
    ];

    /// The two letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::Ge => "ge",
            Self::Le => "le",
            Self::Sa => "sa",
            Self::Eb => "eb",
            Self::Ap => "ap",
        }
    }

    /// Takes the prefix off a value; equal where there is none.
    #[must_use]
    pub fn split(value: &str) -> (Self, &str) {
        Self::ALL
            .into_iter()
            .find_map(|prefix| Some((prefix, value.strip_prefix(prefix.as_str())?)))
            .unwrap_or((Self::Eq, value))
    }
}
