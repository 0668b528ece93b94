//! Who is calling: what each interface checks before anything else.

pub(crate) mod bearer;
mod given;
pub(crate) mod tokens;

pub use given::Whom;
pub(crate) use tokens::{Assurance, Grant, Principal, Proofing, Tokens};

/// Whether two secrets are the same, in a time that tells nothing about where they differ. Lengths are no secret.
pub(crate) fn same_secret(given: &[u8], expected: &[u8]) -> bool {
    if given.len() != expected.len() {
        return false;
    }
    let difference = given
        .iter()
        .zip(expected)
        .fold(0_u8, |sum, (left, right)| sum | (left ^ right));
    std::hint::black_box(difference) == 0
}

/// The hint for a request that came without a login.
pub(crate) const WHERE_THE_TOKEN_IS: &str = "This request carried no access token: the workspace's own is the field \
     access_token of GET /api/v1/workspaces/{workspace}; send it as 'Authorization: Bearer TOKEN'.";

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_are_the_same_or_not() {
        assert!(super::same_secret(b"abc1", b"abc1"));
        assert!(!super::same_secret(b"abc1", b"abc2"));
        assert!(!super::same_secret(b"abc", b"abc1"));
        assert!(super::same_secret(b"", b""));
    }
}
