//! Where the server answers.

use std::net::{Ipv4Addr, SocketAddr};

use http::Uri;
use http::uri::PathAndQuery;

use super::{ConfigError, Environment};

/// The address of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenConfig {
    /// `--listen`, `C4H_LISTEN`; default `127.0.0.1:8080`. Port 0 takes any free one.
    pub address: SocketAddr,
    /// `--public-url`, `C4H_PUBLIC_URL`: where others reach the server, when that is a name of this computer or a proxy in
    /// front of it. Requests for other names are refused.
    pub public_url: Option<PublicUrl>,
}

/// Where others reach the server: scheme, host and perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Without a slash at the end: `https://c4h.example.org`.
    url: String,
}

impl PublicUrl {
    fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str =
            "write scheme and host, such as https://c4h.example.org or http://trainer-laptop:8080";
        let url = text.trim_end_matches('/').to_ascii_lowercase();
        let uri: Uri = url.parse().map_err(|_| EXAMPLE.to_owned())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let is_bare = matches!(uri.path_and_query().map(PathAndQuery::as_str), None | Some("/"));
        let has_host = uri.host().is_some_and(is_host_name) && !url.contains('@');
        (is_web && is_bare && has_host)
            .then_some(Self { url })
            .ok_or_else(|| EXAMPLE.to_owned())
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Host, and the port where one is written.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Whether only this computer calls itself that.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.url.parse::<Uri>();
        let host = host.as_ref().ok().and_then(Uri::host).unwrap_or_default();
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether a proxy in front encrypts.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.url.starts_with("https://")
    }
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
        }
    }
}

impl ListenConfig {
    /// Reads the flag or the variable.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when it is no address. Whether others may reach it is for [`super::AccessConfig::allow`].
    pub fn read(flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let address = environment.pick(("--listen", flag), "C4H_LISTEN", parse)?;
        Ok(address
            .map(|address| Self {
                address,
                public_url: None,
            })
            .unwrap_or_default())
    }

    /// The same with the address by which others reach the server.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when that is none.
    pub fn known_as(self, flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let public_url = environment.pick(("--public-url", flag), "C4H_PUBLIC_URL", PublicUrl::parse)?;
        Ok(Self { public_url, ..self })
    }

    /// Whether only this computer can reach it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }
}

fn parse(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numeric
        .parse()
        .map_err(|_| "write an IP address and a port, for example 127.0.0.1:8080 or [::1]:8080".to_owned())
}

/// Labels of letters, digits and hyphens (RFC 1123 section 2.1), or an IPv4 address, which has the same form.
fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, is_loopback) in [
            ("127.0.0.1:8080", true),
            ("127.0.0.9:1", true),
            ("[::1]:0", true),
            ("localhost:80", true),
            ("[::ffff:127.0.0.1]:80", true),
            ("0.0.0.0:8080", false),
            ("192.168.1.4:80", false),
            ("[::]:80", false),
        ] {
            let config = ListenConfig::read(Some(text), &Environment::default()).unwrap();
            assert_eq!(config.is_loopback(), is_loopback, "{text}");
        }
        for bad in [
            "8080",
            ":8080",
            "localhost",
            "127.0.0.1:99999",
            "c4h.example.org:80",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn where_others_reach_it() {
        for (text, expected) in [
            (
                "http://Trainer-Laptop.local:8080/",
                Some(("trainer-laptop.local:8080", false)),
            ),
            ("https://c4h.example.org", Some(("c4h.example.org", true))),
            ("http://192.168.1.4:80", Some(("192.168.1.4:80", false))),
            ("c4h:80", None),
            ("ftp://c4h", None),
            ("http://c4h/below", None),
            ("http://c4h?x", None),
            ("http://me@c4h", None),
            ("http://-c4h", None),
            ("http://c4h..org", None),
            ("", None),
        ] {
            let read = PublicUrl::parse(text).ok();
            let found = read.as_ref().map(|url| (url.authority(), url.is_encrypted()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
