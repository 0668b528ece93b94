//! The conditions of a search, as a tree.

use super::{ParameterId, ResourceType};
use crate::operand::{DateTest, Operand};

/// A condition on one resource, whose type is known from where the filter stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// A value of a parameter is among some operands, or none is.
    Value(ValueFilter),
    /// `:missing`: the parameter has no value (`true`), or has one (`false`). See [`crate::key::PRESENT`].
    Missing {
        /// The parameter, of the resource's own type.
        parameter: ParameterId,
        /// Whether the value must be absent.
        missing: bool,
    },
    /// `:above`, `:below` on a reference: it leads to a place in a hierarchy.
    Hierarchy(Hierarchy),
    /// A resource that this one points at meets a condition.
    Chain(Chain),
    /// A resource that points at this one meets a condition.
    Has(Has),
    /// `_id`: the resource's id is one of these. To be compared as written.
    Id(Vec<Box<str>>),
    /// `_lastUpdated`: the instant of the version, as a span of one microsecond, meets one of these.
    LastUpdated(Vec<DateTest>),
    /// `_list`: the resource is named by `List.entry.item` (without `deleted`) of one of these lists.
    List(Vec<Box<str>>),
    /// `_content`: every one of these folded words stands somewhere in the resource's strings ([`crate::extract::content_matches`]).
    Content(Vec<Box<str>>),
    /// All must hold. Empty: always true.
    And(Vec<Filter>),
    /// One must hold. Empty: never true.
    Or(Vec<Filter>),
    /// Must not hold.
    Not(Box<Filter>),
}

/// A condition on the values of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFilter {
    /// The parameter, of the resource's own type.
    pub parameter: ParameterId,
    /// Some value of the parameter meets one of these.
    pub any_of: Vec<Operand>,
    /// Whether the opposite is asked (`:not`, `:not-in`): no value meets any; so also a resource without a value.
    pub negated: bool,
}

/// `location:below=Location/1`: a reference leads to a resource, or to one that is above or below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// A reference parameter of the resource's own type.
    pub parameter: ParameterId,
    /// The type of the hierarchy.
    pub resource_type: ResourceType,
    /// The id of the resource that is named.
    pub id: Box<str>,
    /// What an absolute URL of this server has before the id.
    pub url_before_id: Box<str>,
    /// The references of the hierarchy's type that lead up: `partof`.
    pub up: Vec<ParameterId>,
    /// Which way.
    pub direction: Direction,
}

/// Which way through a hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what the resource is part of.
    Above,
    /// To the resource's parts.
    Below,
}

/// `subject:Patient.name=x`: a reference leads to a resource that meets a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// A reference parameter of the resource's own type. Its values are local, or canonical URLs that match the `url` of a resource.
    pub parameter: ParameterId,
    /// The types it may lead to here, each with its condition; one must hold. Never empty.
    pub targets: Vec<(ResourceType, Filter)>,
}

/// `_has:Observation:patient:code=x`: another resource points here and meets a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Has {
    /// The type of the other resource.
    pub source: ResourceType,
    /// A reference parameter of that type.
    pub parameter: ParameterId,
    /// The condition on the other resource.
    pub filter: Box<Filter>,
}
