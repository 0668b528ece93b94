//! The bearer check of the API platform, in its order.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::tokens::Looked;
use super::{Assurance, Grant, Principal, same_secret};
use crate::api_platform::shortened;
use crate::exchange::Exchange;

/// The healthcare worker whom the workspace's own token speaks for: the NHS's mock user at the highest level.
const WORKSPACE_USER: &str = "656005750104";

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
    /// The token's time is over.
    ExpiredToken,
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
            Self::ExpiredToken => "Access Token expired".to_owned(),
        }
    }

    /// Whether the caller sent no login at all, as a beginner does.
    pub(crate) const fn nothing_was_sent(&self) -> bool {
        matches!(self, Self::MissingHeader | Self::EmptyHeader)
    }
}

/// Finds out who is logged in: with the workspace's own token a healthcare worker at the highest level, with a token
/// that the login gave out whoever logged in for it.
///
/// # Errors
/// The first thing that is wrong, in the platform's order.
pub(crate) fn check(exchange: &Exchange<'_>) -> Result<Grant, BearerRefusal> {
    let token = token(exchange.headers())?;
    let tenant = exchange.tenant;
    if same_secret(token.as_bytes(), tenant.access_token.as_bytes()) {
        return Ok(Grant {
            application: None,
            principal: Principal::HealthcareWorker {
                user_id: WORKSPACE_USER.into(),
                assurance: Assurance::Aal3,
            },
        });
    }
    match exchange
        .world
        .tokens
        .look_up(tenant.workspace, token, exchange.now())
    {
        Looked::Good(grant) => Ok(grant),
        Looked::Expired => Err(BearerRefusal::ExpiredToken),
        Looked::Unknown => Err(BearerRefusal::UnknownToken),
    }
}

/// The token in the header `Authorization`.
///
/// # Errors
/// The first thing that is wrong with the header, in the platform's order.
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, BearerRefusal> {
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
    // No token that was given out has a byte that is not ASCII.
    str::from_utf8(token.trim_ascii()).map_err(|_| BearerRefusal::UnknownToken)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::{BearerRefusal, token};

    #[test]
    fn the_first_thing_wrong_is_named() {
        let look = |given: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(given) = given {
                headers.insert(AUTHORIZATION, given.parse().unwrap());
            }
            token(&headers).map(str::to_owned)
        };
        assert_eq!(look(None), Err(BearerRefusal::MissingHeader));
        assert_eq!(look(Some("")), Err(BearerRefusal::EmptyHeader));
        assert_eq!(look(Some("Bearer")), Err(BearerRefusal::MissingToken));
        assert_eq!(look(Some("Bearer ")), Err(BearerRefusal::MissingToken));
        assert_eq!(
            look(Some("Basic secret1")),
            Err(BearerRefusal::WrongType("Basic".to_owned()))
        );
        assert_eq!(look(Some("Bearer secret1")), Ok("secret1".to_owned()));
    }
}
