//! How an interface behaves, chosen by host name.

use std::fmt;

/// How an interface behaves. The same interface answers differently on NHS England's two hosts for development.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// As NHS England's public sandbox does: fixed scenarios, nothing is kept, no login.
    Sandbox,
    /// As the integration environment does: real matching rules, tokens are checked.
    Int,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::Sandbox, Self::Int];

    /// NHS England's host name for it.
    pub const fn host(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox.api.service.nhs.uk",
            Self::Int => "int.api.service.nhs.uk",
        }
    }

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Int => "int",
        }
    }

    /// The profile that NHS England serves under this host name, whatever the case; a port is not part of a host name.
    pub fn from_host(host: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|profile| host.eq_ignore_ascii_case(profile.host()))
    }

    /// The profile of this [`Profile::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| name == profile.name())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn a_host_names_its_profile() {
        let check =
            |host: &str, expected: Option<Profile>| assert_eq!(Profile::from_host(host), expected, "{host}");
        check("int.api.service.nhs.uk", Some(Profile::Int));
        check("SANDBOX.api.service.nhs.uk", Some(Profile::Sandbox));
        check("api.service.nhs.uk", None);
        check("int.api.service.nhs.uk.example.com", None);
        check("", None);
    }
}
