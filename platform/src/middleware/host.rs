//! Which hosts this server answers for, and the host names that stand for paths.
//!
//! | Host | Path |
//! |---|---|
//! | `{app}.{workspace}.apps.localhost` | `/w/{workspace}/apps/{app}` |
//! | `{profile}.{workspace}.nhs.localhost` | `/w/{workspace}/nhs/{profile}` |
//!
//! Every other name is refused (421): a page of another site whose name was pointed at this address after it was
//! loaded (DNS rebinding) would otherwise count as our own.

use std::net::IpAddr;

use axum::body::Body;
use http::uri::PathAndQuery;
use http::{Request, Uri, header};

use crate::config::PublicUrl;
use crate::error::AppError;

/// How a request named this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HostForm {
    /// By an address or name of the server itself.
    Server,
    /// By the name of one app, which has the whole path to itself. The text is what goes before the path.
    App(String),
    /// By the name of one workspace's interfaces. The text is what goes before the path.
    Interfaces(String),
}

/// The authority that the request is for, `host:port`: that of the address, which RFC 9112 section 3.2.2 puts before
/// that of the header `Host`.
pub(crate) fn requested_authority(request: &Request<Body>) -> Option<&str> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str());
    }
    request.headers().get(header::HOST)?.to_str().ok()
}

pub(super) fn check(request: &Request<Body>, names: &Names<'_>) -> Result<HostForm, AppError> {
    if request.headers().get_all(header::HOST).iter().count() > 1 {
        return Err(AppError::Malformed("The request has more than one header Host."));
    }
    let authority = requested_authority(request).filter(|authority| !authority.is_empty());
    let authority = authority.ok_or(AppError::Malformed(
        "The request does not say which host it is for.",
    ))?;
    form_of(authority, names).ok_or_else(|| AppError::UnknownHost(authority.to_owned()))
}

/// What this server may be called besides `localhost`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'n> {
    /// Where it listens. At all addresses of a computer, every address is a name: only names can be pointed elsewhere.
    pub(crate) listening: IpAddr,
    /// Where others reach it, as far as that was said.
    pub(crate) public: Option<&'n PublicUrl>,
}

/// How a request for this authority names the server; `None` when it means another.
pub(crate) fn form_of(authority: &str, names: &Names<'_>) -> Option<HostForm> {
    let host = without_port(authority)?;
    if let Some(public) = names.public
        && without_port(public.authority()).is_some_and(|public| public.eq_ignore_ascii_case(host))
    {
        return Some(HostForm::Server);
    }
    if let Some(address) = as_address(host) {
        let ours = address.to_canonical().is_loopback()
            || address == names.listening
            || names.listening.is_unspecified();
        return ours.then_some(HostForm::Server);
    }
    // Host names have no case; ours are short, so the copy only happens for names that are typed in capitals.
    let lower;
    let host = if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        lower = host.to_ascii_lowercase();
        lower.as_str()
    } else {
        host
    };
    if host == "localhost" {
        return Some(HostForm::Server);
    }
    let mut labels = host.split('.');
    let (first, workspace, kind, last) = (labels.next()?, labels.next()?, labels.next()?, labels.next()?);
    if labels.next().is_some() || last != "localhost" || !is_label(first) || !is_label(workspace) {
        return None;
    }
    match kind {
        "apps" => Some(HostForm::App(format!("/w/{workspace}/apps/{first}"))),
        "nhs" => Some(HostForm::Interfaces(format!("/w/{workspace}/nhs/{first}"))),
        _ => None,
    }
}

fn without_port(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (_, after) = rest.split_once(']')?;
            let host = authority.get(..authority.len() - after.len())?;
            (host, after.strip_prefix(':').or(after.is_empty().then_some("1"))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "1")),
    };
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(host)
}

fn as_address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => inside.parse().ok().map(IpAddr::V6),
        None => host.parse().ok().map(IpAddr::V4),
    }
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Turns a host name that stands for a path into that path, and leaves the form with the request as an extension.
pub(super) fn rewrite(request: &mut Request<Body>, form: HostForm) -> Result<(), AppError> {
    match &form {
        // Most requests; whoever looks finds no extension and knows.
        HostForm::Server => return Ok(()),
        HostForm::App(prefix) | HostForm::Interfaces(prefix) => {
            let rest = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
            let path = if rest.starts_with('/') {
                format!("{prefix}{rest}")
            } else {
                format!("{prefix}/{rest}")
            };
            let path = PathAndQuery::try_from(path)
                .map_err(|_| AppError::Malformed("The address of the request cannot be read."))?;
            *request.uri_mut() = Uri::from(path);
        }
    }
    request.extensions_mut().insert(form);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, ListenConfig};

    fn listening(address: &str) -> Names<'static> {
        Names {
            listening: address.parse().unwrap(),
            public: None,
        }
    }

    #[test]
    fn hosts_that_are_ours() {
        let listening = &listening("127.0.0.9");
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.0.0.9:8080",
            "[::1]",
            "[::1]:8080",
        ] {
            assert_eq!(form_of(host, listening), Some(HostForm::Server), "{host}");
        }
        assert_eq!(
            form_of("Patient-Lookup.demo.apps.localhost:8080", listening),
            Some(HostForm::App("/w/demo/apps/patient-lookup".to_owned()))
        );
        assert_eq!(
            form_of("patient-lookup--v3.demo.apps.localhost:8080", listening),
            Some(HostForm::App("/w/demo/apps/patient-lookup--v3".to_owned())),
            "a version has an origin of its own"
        );
        assert_eq!(
            form_of("int.demo.nhs.localhost", listening),
            Some(HostForm::Interfaces("/w/demo/nhs/int".to_owned()))
        );
    }

    #[test]
    fn hosts_that_are_not() {
        let listening = &listening("127.0.0.1");
        for host in [
            "example.com",
            "localhost.example.com",
            "evil.localhost",
            "x.localhost",
            "apps.localhost",
            "a.b.c.apps.localhost",
            ".demo.apps.localhost",
            "a..apps.localhost",
            "a/b.demo.apps.localhost",
            "localhost.",
            "localhost:80:80",
            "localhost:x",
            "192.168.0.1",
            "[::2]",
            "[::1",
            "[::1]x",
            "user@localhost",
            "a.demo.other.localhost",
            "",
        ] {
            assert_eq!(form_of(host, listening), None, "{host}");
        }
    }

    #[test]
    fn at_all_addresses_every_address_is_ours_and_no_name_is() {
        let everywhere = &listening("0.0.0.0");
        for (host, expected) in [
            ("192.168.0.1:8080", true),
            ("[fd00::1]:8080", true),
            ("localhost", true),
            ("evil.example", false),
            ("trainer-laptop:8080", false),
        ] {
            assert_eq!(form_of(host, everywhere).is_some(), expected, "{host}");
        }
        let flag = Some("http://Trainer-Laptop:8080");
        let config = ListenConfig::default()
            .known_as(flag, &Environment::default())
            .unwrap();
        let named = Names {
            public: config.public_url.as_ref(),
            ..*everywhere
        };
        assert_eq!(form_of("trainer-laptop", &named), Some(HostForm::Server));
        assert_eq!(form_of("evil.example", &named), None);
    }
}
