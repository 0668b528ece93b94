//! Media types: what a document names, what a caller sends and what a caller accepts.
//! Source: <https://www.rfc-editor.org/rfc/rfc9110#section-8.3>

/// A media type or a range of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// As the document has it.
    pub(crate) text: String,
    kind: String,
    subtype: String,
    parameters: Vec<(String, String)>,
}

/// Ranges of one `Accept` that are looked at; browsers send about eight.
const MAX_RANGES: usize = 32;

impl MediaType {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let plain = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte))
        };
        if !plain(kind) || !plain(subtype) {
            return None;
        }
        let parameters = parts.filter_map(|part| {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches('"');
            Some((name.trim().to_ascii_lowercase(), value.to_ascii_lowercase()))
        });
        Some(Self {
            text: text.trim().to_owned(),
            kind: kind.to_ascii_lowercase(),
            subtype: subtype.to_ascii_lowercase(),
            parameters: parameters.collect(),
        })
    }

    pub(crate) fn is_json(&self) -> bool {
        self.subtype == "json" || self.subtype.ends_with("+json")
    }

    pub(crate) fn is_xml(&self) -> bool {
        self.subtype == "xml" || self.subtype.ends_with("+xml")
    }

    pub(crate) fn is_text(&self) -> bool {
        self.kind == "text"
    }

    pub(crate) fn is_form(&self) -> bool {
        self.kind == "application" && self.subtype == "x-www-form-urlencoded"
    }

    pub(crate) fn is_range(&self) -> bool {
        self.kind == "*" || self.subtype == "*"
    }

    pub(crate) fn is_fhir(&self) -> bool {
        self.subtype.starts_with("fhir+")
    }

    /// Whether `other`, of which nothing is a star, is in this range; how closely, the more the better.
    pub(crate) fn covers(&self, other: &Self) -> Option<usize> {
        let kind = self.kind == "*" || self.kind == other.kind;
        let subtype = self.subtype == "*" || self.subtype == other.subtype;
        if !kind || !subtype {
            return None;
        }
        let exact = usize::from(self.kind != "*") + usize::from(self.subtype != "*");
        let shared = self
            .parameters
            .iter()
            .filter(|parameter| other.parameters.contains(parameter))
            .count();
        Some(10 * exact + shared)
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        parameters
            .find(|(known, _)| known == name)
            .map(|(_, value)| &**value)
    }

    /// Thousandths; a quality that cannot be read counts as one.
    fn quality(&self) -> u32 {
        let said = self.parameter("q").and_then(|text| text.parse::<f32>().ok());
        match said {
            Some(quality) if quality <= 0.0 => 0,
            // Three digits are all that the standard has.
            Some(quality) if quality < 1.0 => {
                let digits = format!("{quality:.3}");
                digits.trim_start_matches("0.").parse().unwrap_or(1)
            }
            Some(_) | None => 1_000,
        }
    }
}

/// Which of the offered types a body of this type is; the offered ones may be ranges.
pub(crate) fn offered_for<'o>(
    sent: &MediaType,
    offered: impl Iterator<Item = (usize, &'o MediaType)>,
) -> Option<usize> {
    offered
        .filter_map(|(place, offered)| offered.covers(sent).map(|closeness| (closeness, place)))
        .max_by_key(|(closeness, place)| (*closeness, std::cmp::Reverse(*place)))
        .map(|(_, place)| place)
}

/// Which of the offered types the caller wants; `None` when none of them. Without `accept`, the first JSON, or else the first.
pub(crate) fn accepted(accept: Option<&str>, offered: &[&MediaType]) -> Option<usize> {
    let first = offered
        .iter()
        .position(|media| media.is_json())
        .or((!offered.is_empty()).then_some(0));
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return first;
    };
    let ranges: Vec<MediaType> = accept
        .split(',')
        .take(MAX_RANGES)
        .filter_map(MediaType::parse)
        .collect();
    if ranges.is_empty() {
        return first;
    }
    let scored = offered.iter().enumerate().filter_map(|(place, media)| {
        // The closest range decides, so that `*/*;q=0.1, text/plain` means what it says.
        let (closeness, quality) = ranges
            .iter()
            .filter_map(|range| range.covers(media).map(|closeness| (closeness, range.quality())))
            .max()?;
        (quality > 0).then_some(((quality, closeness, media.is_json()), place))
    });
    let best = scored.max_by_key(|(score, place)| (*score, std::cmp::Reverse(*place)));
    best.map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_gets_what_it_accepts() {
        let offered: Vec<MediaType> = [
            "application/fhir+xml",
            "application/fhir+json;version=1",
            "application/fhir+json;version=2",
            "text/plain",
        ]
        .into_iter()
        .map(|text| MediaType::parse(text).unwrap())
        .collect();
        let offered: Vec<&MediaType> = offered.iter().collect();
        let check = |accept: Option<&str>, expected: Option<usize>| {
            assert_eq!(accepted(accept, &offered), expected, "{accept:?}");
        };
        check(None, Some(1));
        check(Some("*/*"), Some(1));
        check(Some("application/*"), Some(1));
        check(Some("application/fhir+json"), Some(1));
        check(Some("application/fhir+json; version=2"), Some(2));
        check(Some("Application/FHIR+XML"), Some(0));
        check(Some("text/plain;q=0.2, application/fhir+xml;q=0.9"), Some(0));
        check(Some("text/plain;q=0, */*;q=0.001"), Some(1));
        check(Some("image/png"), None);
        check(Some("nonsense"), Some(1));
    }

    #[test]
    fn a_body_is_of_an_offered_type_or_not() {
        let offered: Vec<MediaType> = ["application/json", "image/*", "*/*;x=1"]
            .into_iter()
            .map(|text| MediaType::parse(text).unwrap())
            .collect();
        let check = |sent: &str, most: usize, expected: Option<usize>| {
            let sent = MediaType::parse(sent).unwrap();
            let found = offered_for(&sent, offered.iter().enumerate().take(most));
            assert_eq!(found, expected, "{sent:?}");
        };
        check("application/json; charset=utf-8", 2, Some(0));
        check("image/png", 2, Some(1));
        check("text/plain", 2, None);
        check("text/plain", 3, Some(2));
    }
}
