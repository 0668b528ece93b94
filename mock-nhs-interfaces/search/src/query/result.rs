//! What a search gives back and in which order.

use super::{ParameterId, ResourceType};

/// One `_include` or `_revinclude`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The type that holds the reference. `None` for `*`: any type.
    pub source: Option<ResourceType>,
    /// Which references.
    pub parameter: IncludeParameter,
    /// Only resources of this type are included by it. (For `_revinclude`: only references that lead to this type count.)
    pub target: Option<ResourceType>,
    /// `:iterate`: also applies to resources that were included.
    pub iterate: bool,
}

/// Which references an include follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncludeParameter {
    /// One parameter, of the source type.
    One(ParameterId),
    /// Every reference parameter of the source type, or of any type where there is none.
    All,
}

/// One key of `_sort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// What is compared.
    pub by: SortBy,
    /// From the greatest to the least; a resource with several values then counts by its greatest, otherwise by its least.
    pub descending: bool,
}

/// What `_sort` compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortBy {
    /// A parameter: for every type that is searched, the parameter of that name. Compare by [`crate::key::is_sort_row`].
    Parameter(Vec<(ResourceType, ParameterId)>),
    /// `_id`, as bytes.
    Id,
    /// `_lastUpdated`.
    LastUpdated,
}

/// `_total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Total {
    /// Not asked: the server chooses.
    #[default]
    Unasked,
    /// None wanted.
    None,
    /// About right is enough.
    Estimate,
    /// Must be right.
    Accurate,
}

/// `_summary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Summary {
    /// Whole resources.
    #[default]
    False,
    /// Elements marked as summary.
    True,
    /// Narrative, id, meta and mandatory elements.
    Text,
    /// All but the narrative.
    Data,
    /// No resources, only how many.
    Count,
}
