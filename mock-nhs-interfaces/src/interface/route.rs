//! Where a request leads: to an operation by its method and path, or nowhere, and why.

use http::Method;

use super::{Interface, Login, MissingOperation, Operation};
use crate::Profile;

/// Why a request did not reach an operation.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The NHS's interface has it, ours does not yet.
    NotBuilt(&'static MissingOperation),
    /// The interface does not answer in the profile of this host.
    ProfileNotOffered,
    /// The path is known, the method is not.
    UnknownMethod,
    /// The path is not known.
    UnknownPath,
    /// `OPTIONS` without the headers of a preflight request.
    OptionsWithoutPreflight,
    /// `_status` without the platform's monitoring key.
    NotMonitoring,
    /// The body is longer than an interface reads, or broke off.
    UnreadableBody,
}

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Route {
    /// To an operation, with the parts of the path that vary.
    Operation(&'static Operation),
    /// Nowhere.
    Refused(Refusal),
}

impl Interface {
    /// Whether an operation knows its caller by an API key.
    pub fn takes_api_key(&self) -> bool {
        self.logins.contains(&Login::ApiKey)
    }

    /// The part of `path` below this interface's prefix, when it is this interface's.
    pub(crate) fn below_prefix<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.path_prefix)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// The methods that a path, below the prefix, is answered with.
    pub(crate) fn methods(&self, path: &str) -> Vec<&'static str> {
        let operations = self.operations.iter();
        operations
            .filter(|operation| matches_pattern(operation.path, path))
            .map(|operation| match operation.method {
                Method::POST => "POST",
                Method::PUT => "PUT",
                Method::PATCH => "PATCH",
                Method::DELETE => "DELETE",
                Method::HEAD => "HEAD",
                _ => "GET",
            })
            .collect()
    }

    /// Finds the operation for a request; `path` is below the prefix.
    pub(crate) fn route(&'static self, profile: Profile, method: &Method, path: &str) -> Route {
        let mut path_is_known = false;
        for operation in self.operations {
            if matches_pattern(operation.path, path) {
                path_is_known = true;
                if operation.method == *method {
                    return if self.profiles.contains(&profile) {
                        Route::Operation(operation)
                    } else {
                        Route::Refused(Refusal::ProfileNotOffered)
                    };
                }
            }
        }
        for missing in self.missing {
            if matches_pattern(missing.path, path) {
                path_is_known = true;
                if missing.method == *method {
                    return Route::Refused(Refusal::NotBuilt(missing));
                }
            }
        }
        Route::Refused(if path_is_known {
            Refusal::UnknownMethod
        } else {
            Refusal::UnknownPath
        })
    }
}

/// Whether `path` has the shape of `pattern`: the same segments, with any text, but some, where the pattern has `{name}`.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let mut expected = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(expected), Some(given)) if is_variable(expected) => {
                if given.is_empty() {
                    return false;
                }
            }
            (Some(expected), Some(given)) if expected == given => {}
            _ => return false,
        }
    }
}

/// The text of `path` where `pattern` has `{name}`.
pub(crate) fn path_value<'p>(pattern: &str, path: &'p str, name: &str) -> Option<&'p str> {
    let place = pattern.split('/').position(|segment| {
        segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .is_some_and(|inside| inside == name)
    })?;
    path.split('/').nth(place)
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

#[cfg(test)]
mod tests {
    use super::{matches_pattern, path_value};

    #[test]
    fn a_pattern_matches_whole_segments_only() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(matches_pattern(pattern, path), expected, "{pattern} {path}");
        };
        check("/Patient", "/Patient", true);
        check("/Patient", "/Patient/", false);
        check("/Patient", "/Patients", false);
        check("/Patient/{id}", "/Patient/1", true);
        check("/Patient/{id}", "/Patient/", false);
        check("/Patient/{id}", "/Patient/1/", false);
        check("/Patient/{id}/RelatedPerson", "/Patient/1/RelatedPerson", true);
        check("/Patient/{id}", "", false);
    }

    #[test]
    fn the_varying_part_of_a_path_is_found_by_its_name() {
        assert_eq!(path_value("/Patient/{id}", "/Patient/42", "id"), Some("42"));
        assert_eq!(path_value("/Patient/{id}", "/Patient/42", "other"), None);
    }
}
