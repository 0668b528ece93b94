//! The bearer check of the API platform, in its order.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::shelf::Found;
use super::{Assurance, Grant, Issued, ManagedLogin, Principal, same_secret};
use crate::api_platform::shortened;
use crate::exchange::Exchange;
use crate::{Tenant, World};

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
    /// What the platform says about it, without what the caller sent.
    pub(crate) const fn sentence(&self) -> &'static str {
        match self {
            Self::MissingHeader => "Missing Authorization header",
            Self::EmptyHeader => "Empty Authorization header",
            Self::MissingToken => "Missing access token",
            Self::WrongType(_) => "Invalid token type, must be 'Bearer'",
            Self::UnknownToken => "Invalid Access Token",
            Self::ExpiredToken => "Access Token expired",
        }
    }

    /// What the platform says about it.
    pub(crate) fn diagnostics(&self) -> String {
        match self {
            Self::WrongType(given) => format!("Invalid token type '{given}', must be 'Bearer'"),
            Self::MissingHeader
            | Self::EmptyHeader
            | Self::MissingToken
            | Self::UnknownToken
            | Self::ExpiredToken => self.sentence().to_owned(),
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
    check_issued(exchange).map(|issued| issued.grant)
}

/// The same, with the login that the token came from.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_issued(exchange: &Exchange<'_>) -> Result<Issued, BearerRefusal> {
    look(exchange.world, exchange.tenant, exchange.request)
}

/// The same, for a request to whichever interface.
///
/// # Errors
/// As [`check`].
pub(crate) fn look(world: &World, tenant: &Tenant, request: &Parts) -> Result<Issued, BearerRefusal> {
    if let Some(managed) = request.extensions.get::<ManagedLogin>() {
        return Ok(Issued {
            grant: managed.grant(),
            session: None,
        });
    }
    let token = token(&request.headers)?;
    if same_secret(token.as_bytes(), tenant.access_token.as_bytes()) {
        return Ok(Issued {
            grant: Grant {
                application: None,
                principal: Principal::HealthcareWorker {
                    user_id: WORKSPACE_USER.into(),
                    assurance: Assurance::Aal3,
                },
            },
            session: None,
        });
    }
    match world.tokens.look_up(tenant.workspace, token, tenant.clock.now()) {
        Found::Good(issued) => Ok(issued),
        Found::Ended => Err(BearerRefusal::ExpiredToken),
        Found::Unknown => Err(BearerRefusal::UnknownToken),
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
