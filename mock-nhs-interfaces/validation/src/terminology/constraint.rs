//! The simplest of SNOMED CT's expression constraints: concepts, what is below them, and `OR` between these.
//!
//! Source: <http://snomed.org/ecl>, in its brief and its long form. This is what nearly all value sets of UK Core use; reference
//! sets, refinements, `AND` and `MINUS` are refused, because they need the whole of SNOMED CT.

use std::collections::HashSet;

use super::CodeSystem;

/// The most roots of one constraint; those of UK Core have up to 12.
const MAX_ROOTS: usize = 500;

/// A parsed constraint.
#[derive(Debug, Default)]
pub(super) struct Constraint {
    codes: HashSet<Box<str>>,
    /// Roots, and whether the root itself counts.
    below: Vec<(Box<str>, bool)>,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// What is not understood, in words.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const REFUSED: &str = "only concepts, `descendantOf`, `descendantOrSelfOf` and `OR` are understood of SNOMED CT's constraints";
        let mut constraint = Self::default();
        let text = without_terms(text).ok_or("a term in | | does not end")?;
        let inside = text
            .trim()
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'))
            .unwrap_or(&text);
        let spaced = inside
            .replace("<<", " descendantOrSelfOf ")
            .replace('<', " descendantOf ");
        let mut words = spaced.split_whitespace();
        loop {
            let first = words.next().ok_or(REFUSED)?;
            let (reach, code) = match first {
                "descendantOf" => (Some(false), words.next().ok_or(REFUSED)?),
                "descendantOrSelfOf" => (Some(true), words.next().ok_or(REFUSED)?),
                code => (None, code),
            };
            if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(REFUSED);
            }
            match reach {
                Some(itself) => constraint.below.push((code.into(), itself)),
                None => drop(constraint.codes.insert(code.into())),
            }
            match words.next() {
                None => break,
                Some(or) if or.eq_ignore_ascii_case("or") => {}
                Some(_) => return Err(REFUSED),
            }
        }
        if constraint.below.len() > MAX_ROOTS {
            return Err("it names more than 500 roots");
        }
        Ok(constraint)
    }

    /// Whether the concept with this number passes.
    pub(super) fn passes(&self, system: &CodeSystem, number: usize) -> bool {
        let above = system.above(number);
        let codes = above
            .iter()
            .filter_map(|one| Some((*one, &*system.concept(*one)?.code)));
        codes.into_iter().any(|(one, code)| {
            (one == number && self.codes.contains(code))
                || self
                    .below
                    .iter()
                    .any(|(root, itself)| &**root == code && (*itself || one != number))
        })
    }
}

/// A constraint without the terms in `| |` that people read.
fn without_terms(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('|').collect();
    let outside: Vec<&str> = parts.iter().step_by(2).copied().collect();
    (parts.len() % 2 == 1).then(|| outside.join(" "))
}

#[cfg(test)]
mod tests {
    use super::Constraint;

    #[test]
    fn what_is_understood_and_what_not() {
        let right = [
            "73211009",
            "<< 73211009 |Diabetes mellitus|",
            "<73211009 OR <<44054006",
            "descendantOf 1 or descendantOrSelfOf 2 OR 3",
            "(descendantOf 442083009 OR descendantOf 49755003)",
        ];
        for text in right {
            assert!(Constraint::parse(text).is_ok(), "{text}");
        }
        let wrong = [
            "",
            "memberOf 1",
            "^ 1",
            "<< 1 MINUS << 2",
            "<< 1 AND << 2",
            "1 : 2 = 3",
            "*",
            "1 2",
            "1 OR",
            "< |a",
            "(1",
        ];
        for text in wrong {
            assert!(Constraint::parse(text).is_err(), "{text}");
        }
    }
}
