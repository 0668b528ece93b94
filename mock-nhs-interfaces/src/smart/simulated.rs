//! Errors that happen on purpose, so that an app's author sees how it copes: the list of the SMART App Launcher.
//! Source: <https://github.com/smart-on-fhir/smart-launcher-v2>

/// An error that happens on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulatedError {
    /// The application is not known.
    AuthInvalidClientId,
    /// The callback address is not one of the application's.
    AuthInvalidRedirectUri,
    /// The scopes are not granted.
    AuthInvalidScope,
    /// The secret is wrong.
    AuthInvalidClientSecret,
    /// The code or what proves the application is no good.
    TokenInvalidToken,
    /// The refresh token is over.
    TokenExpiredRefreshToken,
    /// What the application signed is over.
    TokenExpiredRegistrationToken,
    /// The scopes are no good any more.
    TokenInvalidScope,
    /// The identifier of what the application signed is no good.
    TokenInvalidJti,
    /// The access token is no good when it is used.
    RequestInvalidToken,
    /// The access token is over when it is used.
    RequestExpiredToken,
}

impl SimulatedError {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::AuthInvalidClientId,
        Self::AuthInvalidRedirectUri,
        Self::AuthInvalidScope,
        Self::AuthInvalidClientSecret,
        Self::TokenInvalidToken,
        Self::TokenExpiredRefreshToken,
        Self::TokenExpiredRegistrationToken,
        Self::TokenInvalidScope,
        Self::TokenInvalidJti,
        Self::RequestInvalidToken,
        Self::RequestExpiredToken,
    ];

    /// Its name, the SMART App Launcher's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthInvalidClientId => "auth_invalid_client_id",
            Self::AuthInvalidRedirectUri => "auth_invalid_redirect_uri",
            Self::AuthInvalidScope => "auth_invalid_scope",
            Self::AuthInvalidClientSecret => "auth_invalid_client_secret",
            Self::TokenInvalidToken => "token_invalid_token",
            Self::TokenExpiredRefreshToken => "token_expired_refresh_token",
            Self::TokenExpiredRegistrationToken => "token_expired_registration_token",
            Self::TokenInvalidScope => "token_invalid_scope",
            Self::TokenInvalidJti => "token_invalid_jti",
            Self::RequestInvalidToken => "request_invalid_token",
            Self::RequestExpiredToken => "request_expired_token",
        }
    }

    /// What happens, in plain words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::AuthInvalidClientId => "Login: the application is not known",
            Self::AuthInvalidRedirectUri => "Login: the callback address is refused",
            Self::AuthInvalidScope => "Login: the scopes are refused",
            Self::AuthInvalidClientSecret => "Token: the secret is wrong",
            Self::TokenInvalidToken => "Token: the code is no good",
            Self::TokenExpiredRefreshToken => "Token: the refresh token is over",
            Self::TokenExpiredRegistrationToken => "Token: what the application signed is over",
            Self::TokenInvalidScope => "Token: the scopes are refused",
            Self::TokenInvalidJti => "Token: the identifier of what was signed is refused",
            Self::RequestInvalidToken => "Records: the access token is no good",
            Self::RequestExpiredToken => "Records: the access token is over",
        }
    }

    /// The error of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::SimulatedError;

    #[test]
    fn every_error_has_its_name() {
        for error in SimulatedError::ALL {
            assert_eq!(SimulatedError::from_name(error.name()), Some(error));
        }
        assert_eq!(SimulatedError::from_name("none"), None);
    }
}
