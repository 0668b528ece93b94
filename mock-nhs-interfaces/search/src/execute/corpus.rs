//! What a search runs on: the records of one workspace at one moment.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use crate::index::{BaseIndex, Doc, OverlayIndex};
use crate::query::ResourceType;

/// The records of one workspace as they were when the search began.
///
/// Invariants: the base's rows of a record count only while the record is not in [`Corpus::hidden`]; every record of the
/// overlay index exists; a number means the same record for as long as the workspace lives.
pub trait Corpus {
    /// The index that all workspaces share.
    fn base(&self) -> &BaseIndex;

    /// The index of what this workspace has created or changed.
    fn overlay(&self) -> &OverlayIndex;

    /// The base's records that this workspace has changed or deleted.
    fn hidden(&self) -> &RoaringBitmap;

    /// The number of a record that exists and is not deleted.
    fn find(&self, resource_type: ResourceType, id: &str) -> Option<Doc>;

    /// The number of a record of the base, whether or not this workspace has changed or deleted it.
    fn find_in_base(&self, resource_type: ResourceType, id: &str) -> Option<Doc>;

    /// A record's type.
    fn resource_type(&self, doc: Doc) -> Option<ResourceType>;

    /// A record's id.
    fn id(&self, doc: Doc) -> Option<&str>;

    /// A record's JSON. Asked for only by `_content` and `_list`.
    fn text(&self, doc: Doc) -> Option<Cow<'_, [u8]>>;
}
