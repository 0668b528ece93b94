//! The bearer check of the API platform, in its order.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::same_secret;
use crate::Tenant;
use crate::api_platform::shortened;

/// Why a caller is not logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BearerRefusal {
    /// There is no header `Authorization`.
    MissingHeader,
    /// There is one, and nothing in it.
    EmptyHeader,
    /// There is a scheme and no token.
    MissingToken,
    /// The scheme is another one.
    WrongType(String),
    /// Nobody gave out this token.
    UnknownToken,
}

impl BearerRefusal {
    /// What the platform says about it.
    pub(crate) fn diagnostics(&self) -> String {
        match self {
            Self::MissingHeader => "Missing Authorization header".to_owned(),
            Self::EmptyHeader => "Empty Authorization header".to_owned(),
            Self::MissingToken => "Missing access token".to_owned(),
            Self::WrongType(given) => format!("Invalid token type '{given}', must be 'Bearer'"),
            Self::UnknownToken => "Invalid Access Token".to_owned(),
        }
    }

    /// Whether the caller sent no login at all, as a beginner does.
    pub(crate) const fn nothing_was_sent(&self) -> bool {
        matches!(self, Self::MissingHeader | Self::EmptyHeader)
    }
}

/// Checks that the request carries the workspace's own token: the one that is known today.
///
/// # Errors
/// The first thing that is wrong, in the platform's order.
pub(crate) fn check(headers: &HeaderMap, tenant: &Tenant) -> Result<(), BearerRefusal> {
    let given = headers
        .get(AUTHORIZATION)
        .ok_or(BearerRefusal::MissingHeader)?
        .as_bytes()
        .trim_ascii();
    if given.is_empty() {
        return Err(BearerRefusal::EmptyHeader);
    }
    let Some(space) = given.iter().position(|byte| *byte == b' ') else {
        return Err(BearerRefusal::MissingToken);
    };
    let (scheme, token) = given.split_at_checked(space).unwrap_or((given, b""));
    if scheme != b"Bearer" {
        return Err(BearerRefusal::WrongType(shortened(&String::from_utf8_lossy(
            scheme,
        ))));
    }
    if same_secret(token.trim_ascii(), tenant.access_token.as_bytes()) {
        Ok(())
    } else {
        Err(BearerRefusal::UnknownToken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::HeaderMap;
    use http::header::AUTHORIZATION;
    use store::{SystemClock, WorkspaceId};

    use super::{BearerRefusal, check};
    use crate::Tenant;

    #[test]
    fn the_first_thing_wrong_is_named() {
        let tenant = Tenant {
            workspace: WorkspaceId::new(1),
            clock: Arc::new(SystemClock),
            access_token: "secret1".into(),
        };
        let look = |given: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(given) = given {
                headers.insert(AUTHORIZATION, given.parse().unwrap());
            }
            check(&headers, &tenant).err()
        };
        assert_eq!(look(None), Some(BearerRefusal::MissingHeader));
        assert_eq!(look(Some("")), Some(BearerRefusal::EmptyHeader));
        assert_eq!(look(Some("Bearer")), Some(BearerRefusal::MissingToken));
        assert_eq!(look(Some("Bearer ")), Some(BearerRefusal::MissingToken));
        assert_eq!(
            look(Some("Basic secret1")),
            Some(BearerRefusal::WrongType("Basic".to_owned()))
        );
        assert_eq!(look(Some("Bearer secret2")), Some(BearerRefusal::UnknownToken));
        assert_eq!(look(Some("Bearer secret1")), None);
    }

    #[test]
    fn a_tenant_keeps_its_token_out_of_logs() {
        let tenant = Tenant {
            workspace: WorkspaceId::new(1),
            clock: Arc::new(SystemClock),
            access_token: "secret1".into(),
        };
        assert!(!format!("{tenant:?}").contains("secret1"));
    }
}
