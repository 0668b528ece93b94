//! Which server a client command talks to.

use std::fmt;

use http::Uri;

use super::{ConfigError, Environment};
use crate::model::WorkspaceName;

/// Where `c4h deploy` and its sisters find the server.
#[derive(Clone)]
pub struct ClientConfig {
    /// `--url`, `C4H_URL`; default `http://127.0.0.1:8080`. Without a slash at the end.
    pub url: String,
    /// Whether that is the default because nobody said which.
    pub is_default: bool,
    /// `--workspace`, `C4H_WORKSPACE`; default `demo`.
    pub workspace: WorkspaceName,
    /// `--token`, `C4H_TOKEN`; sent as a bearer token where it is set. Servers on loopback need none.
    pub token: Option<String>,
}

impl fmt::Debug for ClientConfig {
    // The token opens a server: it stays out of messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("url", &self.url)
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

/// The three flags of every client command, as they were typed.
#[derive(Clone, Copy, Default)]
pub struct ClientFlags<'f> {
    /// `--url`.
    pub url: Option<&'f str>,
    /// `--workspace`.
    pub workspace: Option<&'f str>,
    /// `--token`.
    pub token: Option<&'f str>,
}

impl ClientConfig {
    /// Reads the flags or the variables.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for an address or a name that does not read.
    pub fn read(flags: ClientFlags<'_>, environment: &Environment) -> Result<Self, ConfigError> {
        let url = environment.pick(("--url", flags.url), "C4H_URL", parse_url)?;
        let workspace = environment.pick(("--workspace", flags.workspace), "C4H_WORKSPACE", |text| {
            WorkspaceName::new(text).map_err(|error| error.to_string())
        })?;
        let workspace = match workspace {
            Some(workspace) => workspace,
            None => WorkspaceName::demo(),
        };
        let token = environment.pick(("--token", flags.token), "C4H_TOKEN", |text| {
            let sane = text.bytes().all(|byte| byte.is_ascii_graphic());
            if sane {
                Ok(text.to_owned())
            } else {
                Err("a token has no spaces and no line ends".to_owned())
            }
        });
        // The value of a token never appears in a message.
        let token = token.map_err(|error| match error {
            ConfigError::Value {
                source_name, reason, ..
            } => ConfigError::Value {
                source_name,
                value: "…".to_owned(),
                reason,
            },
            ConfigError::UnknownVariable { name, nearest } => ConfigError::UnknownVariable { name, nearest },
        })?;
        Ok(Self {
            is_default: url.is_none(),
            url: url.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned()),
            workspace,
            token,
        })
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    let uri: Uri = text
        .parse()
        .map_err(|_| "write for example http://127.0.0.1:8080".to_owned())?;
    match uri.scheme_str() {
        Some("http") => Ok(text.trim_end_matches('/').to_owned()),
        Some("https") => Err(
            "this program carries no TLS client; reach the server over http on its own machine, \
                              or through a tunnel that ends there"
                .to_owned(),
        ),
        Some(_) | None => Err("it must start with http://, for example http://127.0.0.1:8080".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers() {
        assert_eq!(
            parse_url("http://localhost:8080/").unwrap(),
            "http://localhost:8080"
        );
        assert!(
            parse_url("https://c4h.example")
                .unwrap_err()
                .contains("no TLS client")
        );
        assert!(parse_url("localhost:8080").is_err());
        assert!(parse_url("ftp://x").is_err());
    }
}
