//! What is to be read of the resources of one type, as a tree that is walked along with the resource: every element is visited once, whatever number of parameters want it.

use crate::query::{ParameterId, ResourceType};

/// Where values are read, and where the walk goes on.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// By key. The same key may come twice: for the first item only, and for all.
    branches: Vec<Branch>,
    pub(crate) guards: Vec<Guard>,
    /// Each is read once, whatever number of parameters want it.
    pub(crate) readers: Vec<(Reader, Vec<ParameterId>)>,
    pub(crate) composites: Vec<Composite>,
}

/// A member to go into.
#[derive(Debug)]
pub(crate) struct Branch {
    key: Box<str>,
    pub(crate) first_only: bool,
    pub(crate) node: Node,
}

/// A node for only those items that have a certain text in a member.
#[derive(Debug)]
pub(crate) struct Guard {
    pub(crate) member: Box<str>,
    pub(crate) value: Box<str>,
    pub(crate) node: Node,
}

/// A parameter whose values are made of several parts of one item.
#[derive(Debug)]
pub(crate) struct Composite {
    pub(crate) parameter: ParameterId,
    pub(crate) components: Vec<Component>,
}

/// Where one part is read.
#[derive(Debug, Default)]
pub(crate) struct Component {
    /// From the item of the composite.
    pub(crate) from_item: Node,
    /// From the resource.
    pub(crate) from_resource: Node,
}

/// A place on the way from a resource to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Move {
    Into { key: Box<str>, first_only: bool },
    Where { member: Box<str>, value: Box<str> },
}

/// How a value is made of what stands at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reader {
    Coding,
    CodeableConcept,
    Identifier,
    ContactPoint,
    /// A `code`, with the value set that implies its system.
    Code(Option<&'static str>),
    Boolean,
    /// A `string`, `uri` or `id` as a token.
    PlainToken,
    /// Whether any of these members is there and is not `false`.
    ExistsAndIsNotFalse(Box<[Box<str>]>),
    Text,
    HumanName,
    PhoneticName,
    Address,
    /// The words of a narrative.
    Narrative,
    /// Of this type only, where one is given.
    Reference(Option<ResourceType>),
    Canonical,
    /// The resource that stands there, if it is of one of these types.
    Resource(Box<[ResourceType]>),
    Date,
    Period,
    Timing,
    Number,
    Quantity,
    Money,
    Range,
    SampledData,
    Uri,
    Position,
}

impl Node {
    /// Adds what a parameter reads here.
    pub(crate) fn read(&mut self, reader: Reader, parameter: ParameterId) {
        match self.readers.iter_mut().find(|(own, _)| *own == reader) {
            Some((_, parameters)) if !parameters.contains(&parameter) => parameters.push(parameter),
            Some(_) => {}
            None => self.readers.push((reader, vec![parameter])),
        }
    }

    /// The branches with this key.
    pub(crate) fn branches(&self, key: &str) -> impl Iterator<Item = &Branch> {
        let start = self.branches.partition_point(|branch| *branch.key < *key);
        self.branches
            .iter()
            .skip(start)
            .take_while(move |branch| *branch.key == *key)
    }

    /// Calls `each` with every node directly below, without those within composites.
    pub(crate) fn each_below(&self, each: &mut impl FnMut(&Self)) {
        self.branches.iter().for_each(|branch| each(&branch.node));
        self.guards.iter().for_each(|guard| each(&guard.node));
    }

    pub(crate) fn has_branches(&self) -> bool {
        !self.branches.is_empty()
    }

    /// Changes the node at the end of some moves; makes it where it is not there yet.
    pub(crate) fn reach(&mut self, moves: &[Move], change: impl FnOnce(&mut Self)) {
        let Some((first, rest)) = moves.split_first() else {
            return change(self);
        };
        let next = match first {
            Move::Into { key, first_only } => {
                let place = (&**key, *first_only);
                let of = |branch: &Branch| (&*branch.key, branch.first_only) < place;
                let at = self.branches.partition_point(of);
                if self
                    .branches
                    .get(at)
                    .is_none_or(|branch| (&*branch.key, branch.first_only) != place)
                {
                    let branch = Branch {
                        key: key.clone(),
                        first_only: *first_only,
                        node: Self::default(),
                    };
                    self.branches.insert(at, branch);
                }
                self.branches.get_mut(at).map(|branch| &mut branch.node)
            }
            Move::Where { member, value } => {
                let found = self
                    .guards
                    .iter()
                    .position(|guard| guard.member == *member && guard.value == *value);
                if found.is_none() {
                    self.guards.push(Guard {
                        member: member.clone(),
                        value: value.clone(),
                        node: Self::default(),
                    });
                }
                let at = found.unwrap_or(self.guards.len() - 1);
                self.guards.get_mut(at).map(|guard| &mut guard.node)
            }
        };
        if let Some(next) = next {
            next.reach(rest, change);
        }
    }
}
