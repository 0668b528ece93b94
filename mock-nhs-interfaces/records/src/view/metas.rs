//! Which profiles, tags and security labels the resources of a type have.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fhir::json::Json;

use super::View;
use crate::ResourceType;

/// How many resources of the base have each combination of profiles, tags and labels, as it is written there.
pub(crate) type Metas = Arc<HashMap<Box<str>, u32>>;

impl View {
    /// The profiles, tags and labels of every resource of a type, each combination once. The resources of the base are looked
    /// through once; some microsecond each.
    pub(crate) fn metas(&self, kind: ResourceType) -> Vec<Json> {
        let base = self.base.metas(kind, || {
            let mut counts: HashMap<Box<str>, u32> = HashMap::new();
            for doc in self.base.of_type(kind) {
                count(&mut counts, self.base.text_slice(*doc).and_then(lists_of));
            }
            Arc::new(counts)
        });
        // What the workspace hides of the base does not count.
        let mut hidden: HashMap<Box<str>, u32> = HashMap::new();
        let docs = self.base.of_type(kind).iter().filter(|doc| self.hides(**doc));
        for doc in docs {
            count(&mut hidden, self.base.text_slice(*doc).and_then(lists_of));
        }
        let mut standing: HashSet<Box<str>> = base
            .iter()
            .filter(|(meta, count)| hidden.get(*meta).is_none_or(|hidden| hidden < *count))
            .map(|(lists, _)| lists.clone())
            .collect();
        let own = self.overlay.standing_of_type(kind);
        standing.extend(own.filter_map(|record| lists_of(&record.text)));
        let lists = standing.into_iter();
        lists
            .filter_map(|lists| Json::parse(lists.as_bytes()).ok())
            .collect()
    }
}

fn count(counts: &mut HashMap<Box<str>, u32>, lists: Option<Box<str>>) {
    if let Some(lists) = lists {
        let count = counts.entry(lists).or_default();
        *count = count.saturating_add(1);
    }
}

/// A `meta` with the three lists only; `None` when there is none of them.
fn lists_of(text: &[u8]) -> Option<Box<str>> {
    let meta = fhir::text::member(std::str::from_utf8(text).ok()?, "meta")?;
    let mut lists = String::from("{");
    for key in ["profile", "security", "tag"] {
        if let Some(list) = fhir::text::member(meta, key) {
            lists.push_str(if lists.len() > 1 { ",\"" } else { "\"" });
            lists.push_str(key);
            lists.push_str("\":");
            lists.push_str(list);
        }
    }
    lists.push('}');
    (lists.len() > 2).then(|| lists.into())
}
