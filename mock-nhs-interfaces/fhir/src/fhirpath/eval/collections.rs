//! Functions of whole collections.

use std::collections::HashSet;

use super::{Evaluated, Evaluator, Items, Scope, boolean, truth};
use crate::fhirpath::ast::Expr;
use crate::fhirpath::error::PathError;
use crate::fhirpath::value::Value;

/// Items that `repeat()` may find.
const MAX_REPEATED: usize = 100_000;

impl<'a> Evaluator<'_, 'a> {
    /// Evaluates an argument for each item, with the item as `$this`.
    pub(super) fn each<T>(
        &self,
        items: &[Value<'a>],
        argument: &'a Expr,
        scope: &Scope<'_, 'a>,
        mut then: impl FnMut(&Value<'a>, Items<'a>) -> Result<Option<T>, PathError>,
    ) -> Result<Option<T>, PathError> {
        for (index, item) in items.iter().enumerate() {
            let inner = Scope {
                focus: std::slice::from_ref(item),
                index: Some(index),
                total: scope.total,
            };
            let result = self.eval(argument, &inner)?;
            if let Some(done) = then(item, result)? {
                return Ok(Some(done));
            }
        }
        Ok(None)
    }

    pub(super) fn filter(
        &self,
        items: &[Value<'a>],
        criteria: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut out = Vec::new();
        self.each(items, criteria, scope, |item, result| {
            if truth(&result)? == Some(true) {
                out.push(item.clone());
            }
            Ok(None::<()>)
        })?;
        Ok(out)
    }

    pub(super) fn exists(
        &self,
        items: &[Value<'a>],
        criteria: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let found = self.each(items, criteria, scope, |_, result| {
            Ok((truth(&result)? == Some(true)).then_some(()))
        })?;
        Ok(boolean(Some(found.is_some())))
    }

    pub(super) fn all(
        &self,
        items: &[Value<'a>],
        criteria: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let failed = self.each(items, criteria, scope, |_, result| {
            Ok((truth(&result)? != Some(true)).then_some(()))
        })?;
        Ok(boolean(Some(failed.is_none())))
    }

    pub(super) fn select(
        &self,
        items: &[Value<'a>],
        projection: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut out = Vec::new();
        self.each(items, projection, scope, |_, result| {
            out.extend(result);
            Ok(None::<()>)
        })?;
        Ok(out)
    }

    /// `select` again and again on what is new. An element is known by its place in memory, any other value by comparison.
    pub(super) fn repeat(
        &self,
        items: &[Value<'a>],
        projection: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut out: Items<'a> = Vec::new();
        let mut seen = HashSet::new();
        let mut fresh = items.to_vec();
        while !fresh.is_empty() {
            let found = self.select(&fresh, projection, scope)?;
            fresh = Vec::new();
            for item in found {
                let new = match &item {
                    Value::Node(node) => {
                        // A primitive without a value is known by what stands beside it.
                        let place = node.shadow.filter(|_| node.json.is_null()).unwrap_or(node.json);
                        seen.insert(std::ptr::from_ref(place))
                    }
                    _ => !self.holds(&out, &item)?,
                };
                if new {
                    out.push(item.clone());
                    fresh.push(item);
                }
                if out.len() > MAX_REPEATED {
                    return Err(PathError::TooCostly(self.context.max_steps));
                }
            }
        }
        Ok(out)
    }

    pub(super) fn aggregate(
        &self,
        items: &[Value<'a>],
        arguments: &'a [Expr],
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let [aggregator, start @ ..] = arguments else {
            return Ok(Vec::new());
        };
        let mut total = match start.first() {
            Some(start) => self.eval(start, scope)?,
            None => Vec::new(),
        };
        for (index, item) in items.iter().enumerate() {
            let inner = Scope {
                focus: std::slice::from_ref(item),
                index: Some(index),
                total: Some(&total),
            };
            total = self.eval(aggregator, &inner)?;
        }
        Ok(total)
    }

    /// Whether one of the items equals another.
    pub(super) fn holds(&self, items: &[Value<'a>], wanted: &Value<'a>) -> Result<bool, PathError> {
        for item in items {
            if self.equal_items(item, wanted)? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `in`: empty when there is nothing to look for.
    pub(super) fn is_in(&self, wanted: &[Value<'a>], items: &[Value<'a>]) -> Result<Option<bool>, PathError> {
        match super::single(wanted, "in")? {
            Some(wanted) => self.holds(items, wanted).map(Some),
            None => Ok(None),
        }
    }

    /// Each item once. Texts are put into a set; other items are compared with each other, which the steps bound.
    pub(super) fn distinct(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        self.charge(items.len())?;
        let texts: Option<Vec<_>> = items.iter().map(Value::as_text).collect();
        if let Some(texts) = texts {
            let mut seen = HashSet::new();
            let unseen = items
                .iter()
                .zip(texts)
                .filter(|(_, text)| seen.insert(text.clone()));
            return Ok(unseen.map(|(item, _)| item.clone()).collect());
        }
        let mut out: Items<'a> = Vec::new();
        for item in items {
            if !self.holds(&out, item)? {
                out.push(item.clone());
            }
        }
        Ok(out)
    }

    /// Those of the first that are (or are not) in the second.
    pub(super) fn shared(&self, items: &[Value<'a>], others: &[Value<'a>], wanted: bool) -> Evaluated<'a> {
        let mut out = Vec::new();
        for item in items {
            if self.holds(others, item)? == wanted {
                out.push(item.clone());
            }
        }
        Ok(out)
    }

    pub(super) fn subset(&self, items: &[Value<'a>], of: &[Value<'a>]) -> Evaluated<'a> {
        for item in items {
            if !self.holds(of, item)? {
                return Ok(boolean(Some(false)));
            }
        }
        Ok(boolean(Some(true)))
    }
}
