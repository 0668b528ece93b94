//! The path under which an interface is reached: that of the document's servers.

use super::Reader;
use crate::problem::quoted;
use crate::reference::Placed;

impl Reader<'_> {
    /// The path of the first server, without a slash at the end; empty when there is none.
    pub(super) fn prefix(&mut self, at: &Placed<'_>) -> String {
        let Some(servers) = at.get("servers") else {
            return String::new();
        };
        let mut first: Option<String> = None;
        for server in servers.items() {
            let Some(url) = server.text("url") else {
                self.problems
                    .broken(&server.pointer, "a server has a url; this one is left out.");
                continue;
            };
            match path_of(&filled(url, &server)) {
                None => self.problems.broken(
                    &server.pointer,
                    format!(
                        "the address {} has no path that can be used; it is left out.",
                        quoted(url)
                    ),
                ),
                Some(path) => match &first {
                    Some(first) if *first != path => self.problems.odd(
                        &server.pointer,
                        format!(
                            "the servers have different paths; {} is used and {} is not.",
                            quoted(first),
                            quoted(&path)
                        ),
                    ),
                    Some(_) => {}
                    None => first = Some(path),
                },
            }
        }
        first.unwrap_or_default()
    }
}

/// The address with the default of each of its variables.
fn filled(url: &str, server: &Placed<'_>) -> String {
    let mut filled = url.to_owned();
    for (name, variable) in server.get("variables").iter().flat_map(Placed::members) {
        if let Some(default) = variable.text("default") {
            filled = filled.replace(&format!("{{{name}}}"), default);
        }
    }
    filled
}

/// The path of an address, also of one that is only a path; empty for the root.
fn path_of(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest
            .find('/')
            .and_then(|place| rest.get(place..))
            .unwrap_or_default(),
        None => url,
    };
    let path = path
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let path = if path.is_empty() || path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    is_prefix(&path).then_some(path)
}

/// Whether an interface can be reached under this path: nothing, or a slash and some plain segments.
#[must_use]
pub fn is_prefix(path: &str) -> bool {
    const MAX_BYTES: usize = 200;
    let plain = |segment: &str| {
        !segment.is_empty()
            && !matches!(segment, "." | "..")
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~$".contains(&byte))
    };
    path.len() <= MAX_BYTES
        && (path.is_empty()
            || path
                .strip_prefix('/')
                .is_some_and(|rest| rest.split('/').all(plain)))
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_path_of_an_address() {
        let check =
            |url: &str, expected: Option<&str>| assert_eq!(path_of(url).as_deref(), expected, "{url}");
        check("https://sandbox.api.service.nhs.uk/comms", Some("/comms"));
        check(
            "https://sandbox.api.service.nhs.uk/a/FHIR/STU3/",
            Some("/a/FHIR/STU3"),
        );
        check("https://msg.example", Some(""));
        check("/v1", Some("/v1"));
        check("v1/", Some("/v1"));
        check("https://x/{version}", None);
        check("https://x/../y", None);
    }
}
