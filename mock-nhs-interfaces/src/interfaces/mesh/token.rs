//! The token of a mailbox: `NHSMESH mailbox:nonce:count:time:HMAC`.
//! Source: the section "Authorization" of the specification.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::AUTHORIZATION;
use sha2::Sha256;
use store::WorkspaceId;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

use super::error::{
    Known, NO_MAILBOX, OTHER_MAILBOX, UNREADABLE_TOKEN, USED_TOKEN, WRONG_ACCEPT, WRONG_TOKEN,
};
use super::mailbox::{self, Mailbox, SHARED_KEY};
use super::media_type::{self, Version};
use crate::Profile;
use crate::auth::{bearer, same_secret};
use crate::exchange::Exchange;

const SCHEME: &str = "NHSMESH";
const TIME: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day][hour][minute]");
/// How far a token's time may be off.
const TOLERANCE: Duration = Duration::hours(2);
/// Most tokens of a workspace that are remembered; then those that were used first are forgotten together.
const MOST_REMEMBERED: usize = 10_000;

/// The tokens that were used, so that none is used twice.
#[derive(Debug, Default)]
pub(crate) struct UsedTokens {
    // Held only to look and to add.
    by_workspace: Mutex<HashMap<WorkspaceId, Generations>>,
}

/// Two generations: when the younger is full it becomes the older, and what was older is forgotten.
#[derive(Debug, Default)]
struct Generations {
    younger: HashSet<Box<str>>,
    older: HashSet<Box<str>>,
}

impl UsedTokens {
    /// Remembers a token; `false` when it was used before.
    fn first_use(&self, workspace: WorkspaceId, token: &str) -> bool {
        let mut all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let used = all.entry(workspace).or_default();
        if used.older.contains(token) {
            return false;
        }
        if used.younger.len() >= MOST_REMEMBERED {
            used.older = std::mem::take(&mut used.younger);
        }
        used.younger.insert(token.into())
    }
}

/// Whose mailbox is asked, and in which version it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) mailbox: &'static Mailbox,
    pub(super) version: Version,
}

/// Checks that the caller holds the mailbox of the path, and asks for a version that there is.
///
/// # Errors
/// The first thing that is wrong, in the NHS's order.
pub(super) fn check(exchange: &Exchange<'_>, mailbox: &str) -> Result<Caller, &'static Known> {
    let wanted = mailbox.to_ascii_uppercase();
    let mailbox = holder(exchange, &wanted)?;
    let version = media_type::version(exchange.headers()).ok_or(&WRONG_ACCEPT)?;
    Ok(Caller { mailbox, version })
}

fn holder(exchange: &Exchange<'_>, wanted: &str) -> Result<&'static Mailbox, &'static Known> {
    let given = exchange.headers().get(AUTHORIZATION);
    let given = given
        .and_then(|given| given.to_str().ok())
        .unwrap_or_default()
        .trim();
    if given.is_empty() {
        return Err(&UNREADABLE_TOKEN);
    }
    // The workspace's own token, which is attached for apps that send none.
    if given.starts_with("Bearer ") && bearer::check(exchange).is_ok() {
        return mailbox::find(wanted).ok_or(&NO_MAILBOX);
    }
    let token = given.strip_prefix(SCHEME).map_or(given, str::trim_start);
    let parts: Vec<&str> = token.splitn(6, ':').collect();
    if parts.first().is_some_and(|id| *id != wanted) {
        return Err(if parts.len() == 5 {
            &OTHER_MAILBOX
        } else {
            &UNREADABLE_TOKEN
        });
    }
    let [id, nonce, count, moment, cipher] = parts[..] else {
        return Err(&UNREADABLE_TOKEN);
    };
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) || id.contains(' ') {
        return Err(&UNREADABLE_TOKEN);
    }
    let mailbox = mailbox::find(id).ok_or(&NO_MAILBOX)?;
    let text = format!("{id}:{nonce}:{count}:{}:{moment}", mailbox.password);
    if !same_secret(
        cipher.to_ascii_lowercase().as_bytes(),
        hmac_hex(text.as_bytes()).as_bytes(),
    ) {
        return Err(&WRONG_TOKEN);
    }
    if exchange.profile == Profile::Int {
        if !is_near(moment, exchange.now()) {
            return Err(&WRONG_TOKEN);
        }
        if !exchange
            .world
            .mesh_tokens
            .first_use(exchange.tenant.workspace, token)
        {
            return Err(&USED_TOKEN);
        }
    }
    Ok(mailbox)
}

fn is_near(moment: &str, now: OffsetDateTime) -> bool {
    PrimitiveDateTime::parse(moment, TIME).is_ok_and(|moment| (now - moment.assume_utc()).abs() <= TOLERANCE)
}

fn hmac_hex(text: &[u8]) -> String {
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(SHARED_KEY) else {
        return String::new();
    };
    hmac.update(text);
    let bytes = hmac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use store::WorkspaceId;
    use time::macros::datetime;

    use super::{UsedTokens, hmac_hex, is_near};

    #[test]
    fn the_hmac_is_that_of_rfc_2104() {
        // From `printf 'X26ABC1:n:0:password:202601151200' | openssl dgst -sha256 -hmac TestKey`.
        assert_eq!(
            hmac_hex(b"X26ABC1:n:0:password:202601151200"),
            "6c6be953e0acb33445f9236147308f042ef489fd9a822c72e5d072dbc386df2d"
        );
    }

    #[test]
    fn a_token_is_good_for_two_hours_either_way() {
        let now = datetime!(2026-01-15 12:00 UTC);
        assert!(is_near("202601151000", now) && is_near("202601151400", now));
        assert!(!is_near("202601150959", now) && !is_near("202601151401", now));
        assert!(!is_near("", now) && !is_near("yesterday", now));
    }

    #[test]
    fn a_token_is_used_once_in_each_workspace() {
        let used = UsedTokens::default();
        let (one, other) = (WorkspaceId::new(1), WorkspaceId::new(2));
        assert!(used.first_use(one, "a"));
        assert!(!used.first_use(one, "a"));
        assert!(used.first_use(other, "a"));
        for count in 0..super::MOST_REMEMBERED {
            assert!(used.first_use(one, &count.to_string()));
        }
        assert!(!used.first_use(one, "a"), "it is in the older generation");
    }
}
