//! A snapshot as search sees it.

use std::borrow::Cow;

use roaring::RoaringBitmap;
use search::execute::Corpus;
use search::index::{BaseIndex, Doc, OverlayIndex};

use super::View;
use crate::ResourceType;

impl Corpus for View {
    fn base(&self) -> &BaseIndex {
        self.base.index()
    }

    fn overlay(&self) -> &OverlayIndex {
        self.overlay.index()
    }

    fn hidden(&self) -> &RoaringBitmap {
        self.overlay.hidden()
    }

    fn find(&self, resource_type: ResourceType, id: &str) -> Option<Doc> {
        match self.overlay.instance(resource_type, id) {
            Some(instance) => self.overlay.standing(instance.doc).map(|_| instance.doc),
            None => self.base.find(resource_type, id),
        }
    }

    fn find_in_base(&self, resource_type: ResourceType, id: &str) -> Option<Doc> {
        self.base.find(resource_type, id)
    }

    fn resource_type(&self, doc: Doc) -> Option<ResourceType> {
        match self.overlay.standing(doc) {
            Some(record) => Some(record.kind),
            None => self.base.kind(doc),
        }
    }

    fn id(&self, doc: Doc) -> Option<&str> {
        match self.overlay.standing(doc) {
            Some(record) => Some(record.id.as_str()),
            None => Some(self.base.id(doc)).filter(|id| !id.is_empty()),
        }
    }

    fn text(&self, doc: Doc) -> Option<Cow<'_, [u8]>> {
        match self.overlay.standing(doc) {
            Some(record) => Some(Cow::Borrowed(&record.text)),
            None => self.base.text_slice(doc).map(Cow::Borrowed),
        }
    }
}
