//! The part of `FHIRPath` that search parameters are written in, as steps.
//!
//! Unions, dotted names, `where(name='text')`, `where(resolve() is T)`, `x as T`, `as(T)`, `ofType(T)`, `[0]`, `extension('url')`, a
//! leading `%resource`, and `x.exists() and x != false`. Nothing else: anything beyond is refused with its text.

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member.
    Name(String),
    /// Only values of this type.
    As(String),
    /// Only items whose member is this text.
    Where { member: String, value: String },
    /// Only references to this type.
    ResolvesTo(String),
    /// Only the first item.
    First,
}

/// One alternative of a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// Whether it starts at the resource though it stands within an element.
    pub(crate) from_resource: bool,
    /// The steps after the type's name, or after where the path stands.
    pub(crate) steps: Vec<Step>,
    /// Asks whether there is a value other than `false`, not for the value.
    pub(crate) exists_and_is_not_false: bool,
}

/// Splits an expression at its outer `|`.
pub(crate) fn alternatives(expression: &str) -> impl Iterator<Item = &str> {
    split_outside(expression, '|').into_iter().map(str::trim)
}

/// Reads one alternative; an error is the text that could not be read.
pub(crate) fn parse(text: &str) -> Result<Path, String> {
    let text = text.trim();
    if let Some((left, right)) = text.split_once(" and ") {
        let path = left
            .trim()
            .strip_suffix(".exists()")
            .ok_or_else(|| text.to_owned())?;
        if right.trim().strip_suffix("!= false").map(str::trim) != Some(path) {
            return Err(text.to_owned());
        }
        return Ok(Path {
            exists_and_is_not_false: true,
            ..parse(path)?
        });
    }
    let from_resource = text.starts_with("%resource.");
    let steps = steps(text.strip_prefix("%resource.").unwrap_or(text), NESTING)?;
    Ok(Path {
        from_resource,
        steps,
        exists_and_is_not_false: false,
    })
}

/// Parentheses within parentheses; R4 needs one.
const NESTING: u8 = 4;

fn steps(text: &str, nesting: u8) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for segment in split_outside(text, '.') {
        let segment = segment.trim();
        if let Some(inner) = segment.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let nesting = nesting.checked_sub(1).ok_or_else(|| text.to_owned())?;
            steps.extend(cast(inner, nesting)?);
        } else if segment.contains(" as ") {
            return cast(text, nesting);
        } else {
            push_segment(segment, &mut steps)?;
        }
    }
    Ok(steps)
}

fn cast(text: &str, nesting: u8) -> Result<Vec<Step>, String> {
    let Some((path, kind)) = text.rsplit_once(" as ") else {
        return steps(text, nesting);
    };
    let nesting = nesting.checked_sub(1).ok_or_else(|| text.to_owned())?;
    let mut steps = steps(path, nesting)?;
    steps.push(Step::As(kind.trim().to_owned()));
    Ok(steps)
}

fn push_segment(segment: &str, steps: &mut Vec<Step>) -> Result<(), String> {
    let refused = || segment.to_owned();
    if let Some((function, rest)) = segment.split_once('(') {
        let argument = rest.strip_suffix(')').ok_or_else(refused)?.trim();
        steps.extend(match function {
            "as" | "ofType" => vec![Step::As(argument.to_owned())],
            "where" => vec![condition(argument).ok_or_else(refused)?],
            "extension" => vec![
                Step::Name(function.to_owned()),
                Step::Where {
                    member: "url".to_owned(),
                    value: quoted(argument).ok_or_else(refused)?,
                },
            ],
            _ => return Err(refused()),
        });
        return Ok(());
    }
    let (name, first) = match segment.strip_suffix("[0]") {
        Some(name) => (name, true),
        None => (segment, false),
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(refused());
    }
    steps.push(Step::Name(name.to_owned()));
    if first {
        steps.push(Step::First);
    }
    Ok(())
}

fn condition(text: &str) -> Option<Step> {
    if let Some(kind) = text.strip_prefix("resolve() is ") {
        return Some(Step::ResolvesTo(kind.trim().to_owned()));
    }
    let (member, value) = text.split_once('=')?;
    Some(Step::Where {
        member: member.trim().to_owned(),
        value: quoted(value.trim())?,
    })
}

fn quoted(text: &str) -> Option<String> {
    Some(text.strip_prefix('\'')?.strip_suffix('\'')?.to_owned())
}

/// Splits where a character stands outside parentheses and quotes.
fn split_outside(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut in_quotes, mut start) = (0_u32, false, 0);
    for (at, character) in text.char_indices() {
        match character {
            '\'' => in_quotes = !in_quotes,
            '(' if !in_quotes => depth += 1,
            ')' if !in_quotes => depth = depth.saturating_sub(1),
            _ if character == separator && !in_quotes && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::{Step, alternatives, parse};

    fn name(name: &str) -> Step {
        Step::Name(name.to_owned())
    }

    #[test]
    fn reads_each_construct() {
        let as_quantity = Step::As("Quantity".to_owned());
        for (text, steps) in [
            (
                "Patient.name.family",
                vec![name("Patient"), name("name"), name("family")],
            ),
            (
                "(Observation.value as Quantity)",
                vec![name("Observation"), name("value"), as_quantity.clone()],
            ),
            (
                "Observation.value as Quantity",
                vec![name("Observation"), name("value"), as_quantity.clone()],
            ),
            (
                "Observation.value.as(Quantity)",
                vec![name("Observation"), name("value"), as_quantity.clone()],
            ),
            (
                "Observation.value.ofType(Quantity)",
                vec![name("Observation"), name("value"), as_quantity],
            ),
            (
                "(A.value as B).text",
                vec![name("A"), name("value"), Step::As("B".to_owned()), name("text")],
            ),
            (
                "Account.subject.where(resolve() is Patient)",
                vec![
                    name("Account"),
                    name("subject"),
                    Step::ResolvesTo("Patient".to_owned()),
                ],
            ),
            (
                "Patient.extension('http://x.y/z').value",
                vec![
                    name("Patient"),
                    name("extension"),
                    Step::Where {
                        member: "url".to_owned(),
                        value: "http://x.y/z".to_owned(),
                    },
                    name("value"),
                ],
            ),
            (
                "Bundle.entry[0].resource",
                vec![name("Bundle"), name("entry"), Step::First, name("resource")],
            ),
        ] {
            assert_eq!(parse(text).unwrap().steps, steps, "{text}");
        }
        assert!(
            parse("Patient.deceased.exists() and Patient.deceased != false")
                .unwrap()
                .exists_and_is_not_false
        );
        assert!(parse("%resource.referenceSeq.chromosome").unwrap().from_resource);
        assert_eq!(alternatives("A.b | (C.d as E) | F.where(g='|')").count(), 3);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in [
            "Patient.name.first()",
            "Patient.where(active)",
            "Patient.name[1]",
            "A.exists() and B != false",
            "((((((A as B) as B) as B) as B) as B) as B)",
            "Patient..name",
            "",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
