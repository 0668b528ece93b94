//! Where the server, its interfaces and its apps are reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use mock_nhs_interfaces::Profile;

use super::App;
use crate::middleware::Names;
use crate::model::{Workspace, WorkspaceName};

impl App {
    /// Where people reach the server, without a slash at the end: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn base_url(&self) -> String {
        if let Some(public) = &self.config.listen.public_url {
            return public.as_str().to_owned();
        }
        // At all addresses: this one is there wherever the server runs.
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Scheme, host and port by which a caller knows the server, whose request was for this authority.
    #[must_use]
    pub fn url_at(&self, authority: &str) -> String {
        let public = self.config.listen.public_url.as_ref();
        match public.filter(|public| public.authority().eq_ignore_ascii_case(authority)) {
            Some(public) => public.as_str().to_owned(),
            None => format!("http://{authority}"),
        }
    }

    /// What the server may be called.
    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            listening: self.address.ip(),
            public: self.config.listen.public_url.as_ref(),
        }
    }

    /// Where the FHIR server of a workspace answers, without a slash at the end: `http://127.0.0.1:8080/w/demo/fhir`.
    #[must_use]
    pub fn fhir_base(&self, workspace: &Workspace) -> String {
        format!("{}/w/{}/fhir", self.base_url(), workspace.name)
    }

    /// Where the interfaces of a workspace answer in this profile, without a slash at the end:
    /// `http://127.0.0.1:8080/w/demo/nhs/int`.
    #[must_use]
    pub fn nhs_base(&self, workspace: &Workspace, profile: Profile) -> String {
        format!("{}/w/{}/nhs/{profile}", self.base_url(), workspace.name)
    }

    /// The path of a running app: `/w/demo/apps/patient-lookup/`.
    #[must_use]
    pub fn app_path(workspace: &WorkspaceName, app: &(impl std::fmt::Display + ?Sized)) -> String {
        format!("/w/{workspace}/apps/{app}/")
    }

    /// The address of a running app under a host name of its own: `http://patient-lookup.demo.apps.localhost:8080/`.
    #[must_use]
    pub fn host_address(&self, workspace: &WorkspaceName, app: &(impl std::fmt::Display + ?Sized)) -> String {
        format!("http://{app}.{workspace}.apps.localhost:{}/", self.address.port())
    }
}
