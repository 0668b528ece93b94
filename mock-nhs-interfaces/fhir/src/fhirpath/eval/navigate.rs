//! From elements to elements: names, children, variables, extensions, references.

use std::borrow::Cow;

use super::{Evaluated, Evaluator, Items, Scope, single};
use crate::fhirpath::error::PathError;
use crate::fhirpath::node::Node;
use crate::fhirpath::value::Value;
use crate::json::Json;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn named(&self, items: &[Value<'a>], name: &str) -> Evaluated<'a> {
        let mut out = Vec::new();
        for item in items {
            // Looking for a name reads every key.
            let keys = item
                .as_node()
                .and_then(|node| node.json.as_object())
                .map_or(0, <[_]>::len);
            self.charge(1 + keys / 16)?;
            if let Value::Node(node) = item {
                node.named(name, self.context.model, &mut out);
            }
        }
        self.charge(out.len())?;
        Ok(out)
    }

    /// A name at the beginning of an expression: the type of the focus itself, or a child.
    pub(super) fn first_name(&self, name: &str, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let of_this_type = |item: &&Value<'a>| {
            let Value::Node(node) = item else { return false };
            node.type_name == Some(name)
                || node.is_resource() && matches!(name, "Resource" | "DomainResource")
        };
        if name.starts_with(|first: char| first.is_ascii_uppercase()) {
            let same: Items<'a> = scope.focus.iter().filter(of_this_type).cloned().collect();
            if !same.is_empty() {
                return Ok(same);
            }
        }
        self.named(scope.focus, name)
    }

    pub(super) fn children(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        let mut out = Vec::new();
        for item in items {
            if let Value::Node(node) = item {
                node.children(self.context.model, &mut out);
            }
            self.charge(1)?;
        }
        self.charge(out.len())?;
        Ok(out)
    }

    /// Everything below, each parent before its children. Bounded by the steps and by the size of the resource.
    pub(super) fn descendants(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        let mut waiting = self.children(items)?;
        waiting.reverse();
        let mut out = Vec::new();
        while let Some(item) = waiting.pop() {
            let below = self.children(std::slice::from_ref(&item))?;
            waiting.extend(below.into_iter().rev());
            out.push(item);
        }
        Ok(out)
    }

    pub(super) fn variable(&self, name: &str) -> Evaluated<'a> {
        let text = |text: String| Ok(vec![Value::String(Cow::Owned(text))]);
        match name {
            "context" => Ok(self.origin.to_vec()),
            "resource" => Ok(vec![Value::Node(Node::resource(self.context.resource))]),
            "rootResource" => Ok(vec![Value::Node(Node::resource(self.context.root_resource))]),
            "ucum" => text("http://unitsofmeasure.org".into()),
            "sct" => text("http://snomed.info/sct".into()),
            "loinc" => text("http://loinc.org".into()),
            _ => {
                if let Some(value_set) = name.strip_prefix("vs-") {
                    return text(format!("http://hl7.org/fhir/ValueSet/{value_set}"));
                }
                if let Some(extension) = name.strip_prefix("ext-") {
                    return text(format!("http://hl7.org/fhir/StructureDefinition/{extension}"));
                }
                Err(PathError::UnknownVariable(
                    name.chars().take(40).collect::<String>().into(),
                ))
            }
        }
    }

    pub(super) fn extension(&self, items: &[Value<'a>], url: &str) -> Evaluated<'a> {
        let mut extensions = self.named(items, "extension")?;
        extensions.retain(|item| item.as_node().and_then(|node| node.json.text("url")) == Some(url));
        Ok(extensions)
    }

    /// Resources that references name: contained ones, entries of the Bundle around, and what the resolver has.
    /// What is not found is left out (<https://hl7.org/fhir/R4/fhirpath.html#functions>).
    pub(super) fn resolve(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        let mut out = Vec::new();
        for item in items {
            self.charge(1)?;
            let reference = match item {
                Value::Node(node) => match node.json {
                    Json::Object(_) => node.json.text("reference").map(Cow::Borrowed),
                    _ => item.as_text(),
                },
                _ => item.as_text(),
            };
            let Some(reference) = reference else { continue };
            if let Some(found) = self.find(&reference)? {
                out.push(Value::Node(Node::resource(found)));
            }
        }
        Ok(out)
    }

    fn find(&self, reference: &str) -> Result<Option<&'a Json>, PathError> {
        let root = self.context.root_resource;
        if let Some(id) = reference.strip_prefix('#') {
            if id.is_empty() {
                return Ok(Some(root));
            }
            let mut found = None;
            for holder in [self.context.resource, root] {
                let contained = holder
                    .get("contained")
                    .and_then(Json::as_array)
                    .unwrap_or_default();
                self.charge(contained.len())?;
                found = found.or_else(|| contained.iter().find(|inner| inner.text("id") == Some(id)));
            }
            return Ok(found);
        }
        if root.text("resourceType") == Some("Bundle") {
            let entries = root.get("entry").and_then(Json::as_array).unwrap_or_default();
            self.charge(entries.len())?;
            let named = |entry: &&Json| {
                entry.text("fullUrl").is_some_and(|url| {
                    url == reference
                        || url
                            .strip_suffix(reference)
                            .is_some_and(|base| base.ends_with('/'))
                })
            };
            if let Some(resource) = entries.iter().find(named).and_then(|entry| entry.get("resource")) {
                return Ok(Some(resource));
            }
        }
        Ok(self
            .context
            .resolver
            .and_then(|resolver| resolver.resolve(reference)))
    }

    pub(super) fn has_value(&self, items: &[Value<'a>]) -> bool {
        match items {
            [Value::Node(node)] => node.has_value(),
            [_] => true,
            _ => false,
        }
    }

    pub(super) fn get_value(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        let one = single(items, "getValue")?;
        Ok(one
            .filter(|_| self.has_value(items))
            .map(Value::system)
            .into_iter()
            .collect())
    }
}
