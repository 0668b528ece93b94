//! Where a value of the document is, written out only when somebody is told: the way to it can be as long as the document.

use std::fmt;
use std::rc::Rc;

/// Bytes of a pointer that are written; a longer one ends before the step that is too much.
const WRITTEN_BYTES: usize = 2_000;

/// The place of a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pointer<'d>(Option<Rc<Last<'d>>>);

/// The last step, and the place it is taken from.
#[derive(Debug)]
struct Last<'d> {
    from: Pointer<'d>,
    step: Step<'d>,
}

#[derive(Debug)]
enum Step<'d> {
    Key(&'d str),
    Index(usize),
    /// Several steps, as the document writes them.
    Written(Box<str>),
}

impl<'d> Pointer<'d> {
    /// The place that a `$ref` names.
    pub(crate) fn written(text: &str) -> Self {
        Self::default().below(Step::Written(text.into()))
    }

    pub(crate) fn key(&self, key: &'d str) -> Self {
        self.below(Step::Key(key))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.below(Step::Index(index))
    }

    fn below(&self, step: Step<'d>) -> Self {
        let from = self.clone();
        Self(Some(Rc::new(Last { from, step })))
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = Vec::new();
        let mut at = self;
        while let Some(last) = &at.0 {
            steps.push(&last.step);
            at = &last.from;
        }
        let mut left = WRITTEN_BYTES;
        for step in steps.into_iter().rev() {
            let length = match step {
                Step::Key(key) => key.len(),
                Step::Written(text) => text.len(),
                Step::Index(_) => 1,
            };
            left = match left.checked_sub(length) {
                Some(left) => left,
                None => return f.write_str("/…"),
            };
            match step {
                Step::Key(key) => write!(f, "/{}", escaped(key))?,
                Step::Written(text) => f.write_str(text)?,
                Step::Index(index) => write!(f, "/{index}")?,
            }
        }
        Ok(())
    }
}

/// A key as pointers have it.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn a_pointer_is_written_as_far_as_people_read() {
        let long = "x".repeat(3_000);
        let place = Pointer::written("/a~1b").key("c/d~").index(3);
        assert_eq!(place.to_string(), "/a~1b/c~1d~0/3");
        assert_eq!(place.key(&long).key("e").to_string(), "/a~1b/c~1d~0/3/…");
        assert_eq!(Pointer::default().to_string(), "");
    }
}
