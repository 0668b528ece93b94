//! Who is who where the server asks: the trainer by a password, everybody else by the link of a workspace.
//!
//! On loopback there is no [`Access`] and nothing is asked. Elsewhere a workspace's key follows from its name and the key of
//! this installation, so that links live as long as its folder does and nothing is stored for them; the trainer's session
//! follows from the password as well, so that another password ends it. Apps, the NHS interfaces and the login of the FHIR
//! server are open here: they have logins of their own, or none by design (docs/decisions).

mod caller;
mod needs;
mod tries;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha256;
use time::OffsetDateTime;

pub(crate) use caller::{Caller, bearer};
pub(crate) use needs::{Needs, needs};

use crate::config::TrainerPassword;
use crate::error::AppError;
use tries::Tries;

/// How long a trainer stays logged in: a day's course and its evening.
pub(crate) const SESSION: Duration = Duration::from_secs(12 * 60 * 60);
/// How long a browser keeps the key of a workspace.
pub(crate) const KEY_KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// The cookie of a logged-in trainer.
pub(crate) const TRAINER_COOKIE: &str = "c4h-trainer";
/// What a workspace's cookie begins with; its name follows.
pub(crate) const WORKSPACE_COOKIE: &str = "c4h-workspace-";
/// Bytes of a workspace's key: 120 bits, 30 hexadecimal digits.
const KEY_BYTES: usize = 15;

type Signature = Hmac<Sha256>;

/// Knows the trainer and the keys of the workspaces.
#[derive(Debug)]
pub(crate) struct Access {
    /// Signs the keys of workspaces.
    workspaces: Signature,
    /// Signs the trainer's sessions.
    sessions: Signature,
    /// The signature that the password has.
    password: [u8; 32],
    /// Wrong passwords of the page where the trainer logs in.
    typed: Mutex<Tries>,
    /// Wrong ones that programs sent as bearer tokens. Apart, because a program that sends the token of something else over and
    /// over must not keep the trainer out.
    sent: Mutex<Tries>,
}

impl Access {
    /// Callers are known by what follows from this installation's key and the trainer's password.
    pub(crate) fn new(installation: &[u8; 32], password: &TrainerPassword) -> Self {
        let workspaces = signature(installation);
        let mut sessions = workspaces.clone();
        sessions.update(b"session of the trainer\0");
        sessions.update(password.as_str().as_bytes());
        let sessions = signature(&sessions.finalize().into_bytes());
        let mut of_password = sessions.clone();
        of_password.update(password.as_str().as_bytes());
        Self {
            workspaces,
            sessions,
            password: of_password.finalize().into_bytes().into(),
            typed: Mutex::default(),
            sent: Mutex::default(),
        }
    }

    /// The key of the workspace with this name.
    pub(crate) fn key(&self, workspace: &str) -> String {
        let signed = self.signed_name(workspace).finalize().into_bytes();
        base16ct::lower::encode_string(signed.get(..KEY_BYTES).unwrap_or_default())
    }

    /// The path that opens the workspace in a browser: `/enter/demo/3f9c…`.
    pub(crate) fn link(&self, workspace: &str) -> String {
        format!("/enter/{workspace}/{}", self.key(workspace))
    }

    /// Whether this is the key of the workspace with this name. Takes as long for a wrong one as for a nearly right one.
    pub(crate) fn opens(&self, workspace: &str, key: &str) -> bool {
        let mut bytes = [0; KEY_BYTES];
        base16ct::mixed::decode(key, &mut bytes).is_ok_and(|read| read.len() == KEY_BYTES)
            && self.signed_name(workspace).verify_truncated_left(&bytes).is_ok()
    }

    /// Whether this, as somebody typed it, is the trainer's password.
    ///
    /// # Errors
    /// [`AppError::TooManyTries`] after too many wrong ones, right or not.
    pub(crate) fn is_password(&self, typed: &str) -> Result<bool, AppError> {
        self.try_password(typed, &self.typed)
    }

    /// Whether this bearer token is the trainer's password.
    ///
    /// # Errors
    /// [`AppError::TooManyTries`] after too many wrong ones, right or not.
    fn is_password_sent(&self, token: &str) -> Result<bool, AppError> {
        self.try_password(token, &self.sent)
    }

    fn try_password(&self, text: &str, tries: &Mutex<Tries>) -> Result<bool, AppError> {
        let mut tries = tries.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        if let Some(wait) = tries.wait(now) {
            return Err(AppError::TooManyTries {
                retry_after_s: wait.as_secs() + 1,
            });
        }
        let mut signed = self.sessions.clone();
        signed.update(text.as_bytes());
        let right = signed.verify_slice(&self.password).is_ok();
        // Nobody guesses tokens of the sandbox's own form, and programs send them to the wrong place.
        if !right && !looks_like_a_token(text) {
            tries.failed(now);
        }
        Ok(right)
    }

    /// The cookie of a trainer who logs in now.
    pub(crate) fn session(&self, now: OffsetDateTime) -> String {
        let ends = (now + SESSION).unix_timestamp();
        let mut signed = self.sessions.clone();
        signed.update(&ends.to_be_bytes());
        format!(
            "{ends}.{}",
            base16ct::lower::encode_string(&signed.finalize().into_bytes())
        )
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`AppError::TooManyTries`] for a bearer token that may be a password, after too many wrong ones.
    pub(crate) fn caller(&self, headers: &HeaderMap, now: OffsetDateTime) -> Result<Caller, AppError> {
        Caller::of(self, headers, now)
    }

    /// Whether this cookie is of a trainer who is still logged in.
    fn is_session(&self, cookie: &str, now: OffsetDateTime) -> bool {
        let Some((ends, signature)) = cookie.split_once('.') else {
            return false;
        };
        let (Ok(ends), Ok(signature)) = (ends.parse::<i64>(), base16ct::mixed::decode_vec(signature)) else {
            return false;
        };
        let mut signed = self.sessions.clone();
        signed.update(&ends.to_be_bytes());
        ends > now.unix_timestamp() && signed.verify_slice(&signature).is_ok()
    }

    fn signed_name(&self, workspace: &str) -> Signature {
        let mut signed = self.workspaces.clone();
        signed.update(b"key of a workspace\0");
        signed.update(workspace.as_bytes());
        signed
    }
}

/// The hexadecimal digits of an access token of a workspace, or of a token of one of its logins.
fn looks_like_a_token(text: &str) -> bool {
    matches!(text.len(), 32 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn signature(key: &[u8]) -> Signature {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104)")]
    Signature::new_from_slice(key).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(password: &str) -> Access {
        Access::new(&[7; 32], &TrainerPassword::new(password).unwrap())
    }

    #[test]
    fn a_key_opens_its_workspace_and_outlives_the_password() {
        let access = access("correct-horse");
        let key = access.key("demo");
        assert_eq!(key.len(), 30);
        assert!(access.opens("demo", &key) && access.opens("demo", &key.to_uppercase()));
        for (name, other) in [
            ("demo2", key.as_str()),
            ("demo", ""),
            ("demo", key.get(1..).unwrap()),
            ("demo", &format!("{key}00")),
            ("demo", &"0".repeat(30)),
            ("demo", &"é".repeat(15)),
        ] {
            assert!(!access.opens(name, other), "{name} {other}");
        }
        assert!(self::access("another-password").opens("demo", &key));
        let elsewhere = Access::new(&[8; 32], &TrainerPassword::new("correct-horse").unwrap());
        assert!(!elsewhere.opens("demo", &key));
    }

    #[test]
    fn a_session_ends_with_time_and_with_the_password() {
        let access = access("correct-horse");
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let cookie = access.session(now);
        assert!(access.is_session(&cookie, now));
        assert!(access.is_session(&cookie, now + SESSION - Duration::from_secs(1)));
        assert!(!access.is_session(&cookie, now + SESSION));
        assert!(!self::access("another-password").is_session(&cookie, now));
        let (ends, signature) = cookie.split_once('.').unwrap();
        let later = ends.parse::<i64>().unwrap() + 1;
        for forged in [
            format!("{later}.{signature}"),
            format!("{ends}."),
            ends.to_owned(),
            String::new(),
        ] {
            assert!(!access.is_session(&forged, now), "{forged}");
        }
    }

    #[test]
    fn wrong_passwords_are_few() {
        let access = access("correct-horse");
        assert!(access.is_password("correct-horse").unwrap());
        let mut refused = 0;
        for number in 0..40 {
            match access.is_password(&format!("wrong-{number}")) {
                Ok(right) => assert!(!right),
                Err(error) => {
                    assert!(matches!(error, AppError::TooManyTries { .. }), "{error}");
                    refused += 1;
                }
            }
        }
        assert!(refused >= 20, "{refused}");
        assert!(
            access.is_password("correct-horse").is_err(),
            "nobody can tell by then"
        );
        // A program is another.
        for _ in 0..40 {
            assert!(!access.is_password_sent(&"7".repeat(64)).unwrap());
        }
        assert!(access.is_password_sent("correct-horse").unwrap());
        while access.is_password_sent("wrong").is_ok() {}
        assert!(access.is_password_sent("correct-horse").is_err());
    }
}
