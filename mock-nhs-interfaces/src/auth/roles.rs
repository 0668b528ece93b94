//! The roles that a healthcare worker can act in: each has their own, known by numbers.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/user-restricted-restful-apis-nhs-cis2-separate-authentication-and-authorisation>

use super::people::MOCK_WORKERS;

/// A role of one healthcare worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// The number that the header `NHSD-Session-URID` names it by, twelve digits.
    pub(crate) number: String,
    /// Its code in national RBAC.
    pub(crate) code: &'static str,
    /// The last part of its name in national RBAC.
    pub(crate) name: &'static str,
}

/// What everybody may act as here: the code and the name, and the number that it has for the NHS's mock users.
const ROLES: [(&str, &str, &str); 3] = [
    ("S8000:G8000:R8001", "Nurse Access Role", "555254240100"),
    (
        "S8000:G8000:R8000",
        "Clinical Practitioner Access Role",
        "555254242102",
    ),
    (
        "S8000:G8000:R8003",
        "Health Professional Access Role",
        "555254241101",
    ),
];

/// The roles of this healthcare worker, the same in every workspace and after every restart.
pub(crate) fn roles_of(user_id: &str) -> Vec<Role> {
    let is_mock = MOCK_WORKERS.iter().any(|(known, ..)| *known == user_id);
    let role = |(code, name, number): &(&'static str, &'static str, &'static str)| Role {
        number: if is_mock {
            (*number).to_owned()
        } else {
            number_of(user_id, code)
        },
        code,
        name,
    };
    ROLES.iter().map(role).collect()
}

/// Whether this healthcare worker has the role with this number.
pub(crate) fn has_role(user_id: &str, number: &[u8]) -> bool {
    roles_of(user_id)
        .iter()
        .any(|role| role.number.as_bytes() == number)
}

/// Twelve digits that belong to this user and this role.
fn number_of(user_id: &str, code: &str) -> String {
    // The numbers of mock users' roles go on with other digits than 5551.
    format!(
        "5551{:08}",
        super::people::digits_of(&format!("{user_id} {code}"))
    )
}

#[cfg(test)]
mod tests {
    use super::{has_role, roles_of};

    #[test]
    fn everybody_has_roles_of_their_own() {
        let (one, other) = (roles_of("555012345678"), roles_of("555012345679"));
        assert_eq!(one, roles_of("555012345678"));
        for role in &one {
            assert!(role.number.len() == 12 && role.number.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(other.iter().all(|others| others.number != role.number));
            assert!(has_role("555012345678", role.number.as_bytes()));
            assert!(!has_role("555012345679", role.number.as_bytes()));
        }
    }

    #[test]
    fn the_nhss_mock_users_have_the_documented_roles() {
        assert!(has_role("656005750104", b"555254240100"));
        assert!(!has_role("555012345678", b"555254240100"));
    }
}
