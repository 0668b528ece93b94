//! Where the server answers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{ConfigError, Environment};

/// The address of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenConfig {
    /// `--listen`, `C4H_LISTEN`; default `127.0.0.1:8080`. Port 0 takes any free one.
    pub address: SocketAddr,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
        }
    }
}

impl ListenConfig {
    /// Reads the flag or the variable.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when it is no address, or one that others could reach.
    pub fn read(flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let address = environment.pick(("--listen", flag), "C4H_LISTEN", parse)?;
        Ok(address.map(|address| Self { address }).unwrap_or_default())
    }
}

fn parse(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let address: SocketAddr = numeric
        .parse()
        .map_err(|_| "write an IP address and a port, for example 127.0.0.1:8080 or [::1]:8080".to_owned())?;
    if is_loopback(address.ip()) {
        return Ok(address);
    }
    // Other people's machines may come in only with a trainer password and join codes (docs/decisions), and this
    // version has neither, so it refuses instead of standing open.
    Err("other computers could reach that address, and this version has no trainer password and no join codes \
         to keep them apart, so it answers on loopback only; use 127.0.0.1 or [::1]"
        .to_owned())
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_only() {
        for good in [
            "127.0.0.1:8080",
            "127.0.0.9:1",
            "[::1]:0",
            "localhost:80",
            "[::ffff:127.0.0.1]:80",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "0.0.0.0:8080",
            "192.168.1.4:80",
            "[::]:80",
            "8080",
            ":8080",
            "localhost",
            "127.0.0.1:99999",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
