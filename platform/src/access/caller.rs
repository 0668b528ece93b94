//! Who asks, by the cookies of a browser or the bearer token of a program.

use http::{HeaderMap, header};
use time::OffsetDateTime;

use super::{Access, TRAINER_COOKIE, WORKSPACE_COOKIE};
use crate::error::AppError;

/// Workspaces that one browser is known to; more cookies than these are not looked at.
const MOST_WORKSPACES: usize = 50;

/// Whoever sent a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Whether this is the trainer, who may do everything.
    pub(crate) is_trainer: bool,
    /// The workspaces whose keys the caller has, by name.
    pub(crate) workspaces: Vec<String>,
    /// The bearer token as it came, where it is no password: it may be the key of a workspace.
    token: Option<String>,
}

impl Caller {
    pub(super) fn of(access: &Access, headers: &HeaderMap, now: OffsetDateTime) -> Result<Self, AppError> {
        let mut caller = Self::default();
        for (name, value) in cookies(headers) {
            if name == TRAINER_COOKIE {
                caller.is_trainer |= access.is_session(value, now);
            } else if let Some(workspace) = name.strip_prefix(WORKSPACE_COOKIE)
                && caller.workspaces.len() < MOST_WORKSPACES
                && access.opens(workspace, value)
            {
                caller.workspaces.push(workspace.to_owned());
            }
        }
        if let Some(token) = bearer(headers) {
            // Keys are told from passwords by their form, so that guessing keys does not lock out the trainer.
            if looks_like_a_key(token) {
                caller.token = Some(token.to_owned());
            } else if !caller.is_trainer {
                caller.is_trainer = access.is_password_sent(token)?;
            }
        }
        Ok(caller)
    }

    /// Whether the caller may use the workspace of this name.
    pub(crate) fn may_use(&self, access: &Access, workspace: &str) -> bool {
        self.is_trainer
            || self.workspaces.iter().any(|known| known == workspace)
            || self
                .token
                .as_ref()
                .is_some_and(|token| access.opens(workspace, token))
    }

    /// Whether the caller showed anything that could open something.
    pub(crate) fn is_known(&self) -> bool {
        self.is_trainer || !self.workspaces.is_empty() || self.token.is_some()
    }
}

/// Thirty hexadecimal digits.
fn looks_like_a_key(token: &str) -> bool {
    token.len() == super::KEY_BYTES * 2 && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The bearer token (RFC 6750 section 2.1); the scheme in any case (RFC 9110 section 11.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Names and values of the cookies (RFC 6265 section 4.2).
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::config::TrainerPassword;

    #[test]
    fn callers_are_known_by_cookies_and_tokens() {
        let access = Access::new(&[1; 32], &TrainerPassword::new("correct-horse").unwrap());
        let now = OffsetDateTime::UNIX_EPOCH;
        let asked = |name: header::HeaderName, value: &str| {
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
            access.caller(&headers, now).unwrap()
        };
        let (demo, ward) = (access.key("demo"), access.key("ward-7"));
        let nobody = asked(
            header::COOKIE,
            &format!("x=1; c4h-workspace-demo={ward}; c4h-trainer=1.00"),
        );
        assert!(!nobody.is_known() && !nobody.may_use(&access, "demo"));
        let both = asked(
            header::COOKIE,
            &format!("c4h-workspace-demo={demo};c4h-workspace-ward-7={ward}"),
        );
        assert_eq!(both.workspaces, ["demo", "ward-7"]);
        assert!(both.may_use(&access, "ward-7") && !both.may_use(&access, "ward-8") && !both.is_trainer);
        let trainer = asked(header::COOKIE, &format!("c4h-trainer={}", access.session(now)));
        assert!(trainer.is_trainer && trainer.may_use(&access, "anything"));

        let key = asked(header::AUTHORIZATION, &format!("bearer {demo}"));
        assert!(key.may_use(&access, "demo") && !key.may_use(&access, "ward-7") && key.is_known());
        assert!(asked(header::AUTHORIZATION, "Bearer correct-horse").is_trainer);
        assert!(!asked(header::AUTHORIZATION, "Bearer wrong-horse").is_known());
        assert!(!asked(header::AUTHORIZATION, "Basic correct-horse").is_known());
    }
}
