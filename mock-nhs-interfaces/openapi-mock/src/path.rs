//! Paths of operations, with `{name}` for the parts that vary, also inside a segment: `/Slot/{id}.json`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A path pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone)]
enum Segment {
    Fixed(String),
    /// A text before each varying part, the part's name, and the text behind the last.
    Varying {
        parts: Vec<(String, String)>,
        end: String,
    },
}

impl Pattern {
    /// Reads a pattern such as `/Patient/{id}`.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix('/')?;
        let segments: Option<Vec<Segment>> = rest.split('/').map(Segment::parse).collect();
        Some(Self { segments: segments? })
    }

    pub(crate) fn length(&self) -> usize {
        self.segments.len()
    }

    /// The names of the varying parts.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments
            .iter()
            .flat_map(|segment| match segment {
                Segment::Fixed(_) => [].iter(),
                Segment::Varying { parts, .. } => parts.iter(),
            })
            .map(|(_, name)| &**name)
    }

    /// How particular the pattern is, segment by segment: fixed before partly fixed before varying.
    pub(crate) fn rank(&self) -> Vec<u8> {
        let rank = |segment: &Segment| match segment {
            Segment::Fixed(_) => 0,
            Segment::Varying { parts, end } => {
                let is_partly_fixed = !end.is_empty() || parts.iter().any(|(before, _)| !before.is_empty());
                if is_partly_fixed { 1 } else { 2 }
            }
        };
        self.segments.iter().map(rank).collect()
    }

    /// The decoded texts of the varying parts, in order; `None` when the path is another one.
    pub(crate) fn matches<'p>(&self, segments: &[Cow<'p, str>]) -> Option<Vec<Cow<'p, str>>> {
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (expected, given) in self.segments.iter().zip(segments) {
            match expected {
                Segment::Fixed(text) if text == given => {}
                Segment::Fixed(_) => return None,
                Segment::Varying { parts, end } if parts.len() == 1 && end.is_empty() => {
                    let (before, _) = parts.first()?;
                    let value = if before.is_empty() {
                        given.clone()
                    } else {
                        Cow::Owned(given.strip_prefix(&**before)?.to_owned())
                    };
                    if value.is_empty() {
                        return None;
                    }
                    values.push(value);
                }
                Segment::Varying { parts, end } => varying(parts, end, given, &mut values)?,
            }
        }
        Some(values)
    }
}

/// Every part goes as far as the text before the next one.
fn varying(parts: &[(String, String)], end: &str, given: &str, values: &mut Vec<Cow<'_, str>>) -> Option<()> {
    let mut rest = given.strip_suffix(end)?;
    for (place, (before, _)) in parts.iter().enumerate() {
        rest = rest.strip_prefix(&**before)?;
        let next = parts
            .get(place + 1)
            .map(|(before, _)| &**before)
            .filter(|text| !text.is_empty());
        let length = match next {
            Some(next) => rest.find(next)?,
            None if place + 1 < parts.len() => rest.chars().next().map_or(0, char::len_utf8),
            None => rest.len(),
        };
        let (value, after) = rest.split_at_checked(length)?;
        if value.is_empty() {
            return None;
        }
        values.push(Cow::Owned(value.to_owned()));
        rest = after;
    }
    rest.is_empty().then_some(())
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        if !text.contains('{') {
            return Some(Self::Fixed(
                percent_decode_str(text).decode_utf8_lossy().into_owned(),
            ));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            if name.is_empty() {
                return None;
            }
            parts.push((before.to_owned(), name.to_owned()));
            rest = after;
        }
        Some(Self::Varying {
            parts,
            end: rest.to_owned(),
        })
    }
}

/// The decoded segments of a path.
pub(crate) fn segments(path: &str) -> Vec<Cow<'_, str>> {
    let rest = path.strip_prefix('/').unwrap_or(path);
    rest.split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_its_pattern() {
        let check = |pattern: &str, path: &str, expected: Option<&[&str]>| {
            let pattern = Pattern::parse(pattern).unwrap();
            let segments = segments(path);
            let values = pattern.matches(&segments);
            let values: Option<Vec<&str>> = values
                .as_ref()
                .map(|values| values.iter().map(|value| &**value).collect());
            assert_eq!(values.as_deref(), expected, "{path}");
        };
        check("/Patient/{id}", "/Patient/9000000009", Some(&["9000000009"]));
        check("/Patient/{id}", "/Patient/a%2Fb", Some(&["a/b"]));
        check("/Patient/{id}", "/Patient/", None);
        check("/Patient/{id}", "/Patient/1/2", None);
        check("/Patient/$gpc.x", "/Patient/%24gpc.x", Some(&[]));
        check("/CodeSystem/", "/CodeSystem/", Some(&[]));
        check("/", "/", Some(&[]));
        check("/Slot/{id}.json", "/Slot/7.json", Some(&["7"]));
        check("/Slot/{id}.json", "/Slot/7", None);
        check("/{from}-{to}", "/a-b-c", Some(&["a", "b-c"]));
        check("/v{n}/x", "/v2/x", Some(&["2"]));
        check("/{a}{b}", "/xyz", Some(&["x", "yz"]));
        assert!(Pattern::parse("/{").is_none() && Pattern::parse("no-slash").is_none());
    }
}
