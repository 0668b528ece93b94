//! The rules of one workspace, and which of them a request meets.
//!
//! Owns one lock, around the rules; held only to copy a handle in or out.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::{Asked, FaultApplied, FaultKind, FaultRule, MOST_WAIT, UnknownFault, X_C4H_FAULT};

/// Faults that one header may ask for.
const MOST_IN_A_HEADER: usize = 4;

/// The rules of one workspace.
#[derive(Debug, Default)]
pub struct Faults {
    rules: RwLock<Arc<[Counted]>>,
}

/// A rule, and how many requests have suited it since it was made or the program was started.
#[derive(Clone, Debug)]
struct Counted {
    rule: Arc<FaultRule>,
    count: Arc<AtomicU32>,
}

/// What happens to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The answer is held back this long first.
    pub(super) delay: Duration,
    /// Then this happens.
    pub(super) kind: Option<FaultKind>,
}

impl Faults {
    /// These rules, in this order. A rule that is among the present ones goes on counting.
    #[must_use]
    pub fn new(rules: Vec<FaultRule>) -> Self {
        let faults = Self::default();
        faults.set(rules);
        faults
    }

    /// Puts these rules in place of the present ones. A rule that stays as it is goes on counting.
    pub fn set(&self, rules: Vec<FaultRule>) {
        let mut present = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let counted = |rule: FaultRule| {
            let stays = present.iter().find(|known| *known.rule == rule);
            stays.cloned().unwrap_or_else(|| Counted {
                rule: Arc::new(rule),
                count: Arc::default(),
            })
        };
        *present = rules.into_iter().map(counted).collect();
    }

    /// How many requests the rule has been about since it was made, or since the program was started.
    #[must_use]
    pub fn count(&self, id: u32) -> u32 {
        let rules = self.rules();
        let counted = rules.iter().find(|counted| counted.rule.id == id);
        counted.map_or(0, |counted| counted.count.load(Ordering::Relaxed))
    }

    fn rules(&self) -> Arc<[Counted]> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is nothing to choose for this request, without counting it.
    #[must_use]
    pub fn is_quiet(&self, request: &http::request::Parts) -> bool {
        self.rules
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
            && !request.headers.contains_key(X_C4H_FAULT)
    }

    /// What happens to this request: what its own header asks for and what the rules say. Delays add up; of the others the
    /// first one happens, the header's before those of rules.
    ///
    /// # Errors
    /// When the header names no fault.
    pub fn choose(&self, asked: &Asked<'_>) -> Result<Chosen, UnknownFault> {
        let mut chosen = Chosen::default();
        for value in asked.request.headers.get_all(X_C4H_FAULT) {
            let text = String::from_utf8_lossy(value.as_bytes());
            for fault in text.split(',').take(MOST_IN_A_HEADER) {
                let kind = fault.parse()?;
                if asked.can_meet(&kind) {
                    chosen.add(kind);
                }
            }
        }
        for Counted { rule, count } in self.rules().iter() {
            if !rule.suits(asked) {
                continue;
            }
            let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
            if rule.strikes(count) {
                chosen.add(rule.kind.clone());
            }
        }
        Ok(chosen)
    }
}

impl Chosen {
    /// Whether the request is answered as always.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, kind: FaultKind) {
        if let FaultKind::Slow(by) = kind {
            self.delay = self.delay.saturating_add(by).min(MOST_WAIT);
        } else {
            self.kind.get_or_insert(kind);
        }
    }

    /// What was done, for the trace.
    pub(super) fn applied(&self) -> FaultApplied {
        let slow = (!self.delay.is_zero()).then_some(FaultKind::Slow(self.delay));
        let all: Vec<&FaultKind> = slow.iter().chain(&self.kind).collect();
        let join = |parts: Vec<String>, between| parts.join(between);
        FaultApplied {
            name: join(all.iter().map(ToString::to_string).collect(), ", "),
            sentence: join(all.iter().map(|kind| kind.sentence()).collect(), " "),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use bytes::Bytes;
    use http::Request;

    use super::{Asked, Chosen, Faults};
    use crate::fault::{FaultKind, FaultRule};

    fn rule(id: u32, kind: &str) -> FaultRule {
        FaultRule::always(id, kind.parse().unwrap())
    }

    /// What happens to this request to `pds`: written as in a rule; empty when nothing does.
    fn choose(
        faults: &Faults,
        method: &str,
        address: &str,
        body: &'static str,
        header: Option<&str>,
    ) -> String {
        let mut request = Request::builder().method(method).uri(address);
        if let Some(header) = header {
            request = request.header("X-C4H-Fault", header);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let asked = Asked {
            interface: "pds",
            operation: Some("read_patient"),
            request: &parts,
            body: &Bytes::from_static(body.as_bytes()),
        };
        match faults.choose(&asked) {
            Ok(chosen) if chosen == Chosen::default() => String::new(),
            Ok(chosen) => chosen.applied().name,
            Err(unknown) => unknown.to_string(),
        }
    }

    #[test]
    fn a_request_meets_the_rules_that_are_about_it() {
        let get =
            |rules: Vec<FaultRule>, address: &str| choose(&Faults::new(rules), "GET", address, "", None);
        let other = FaultRule {
            interface: Some("ods".into()),
            ..rule(1, "empty")
        };
        assert_eq!(get(vec![other], "/Patient/9000000009"), "");
        let operation = |name: &str| FaultRule {
            interface: Some("pds".into()),
            operation: Some(name.into()),
            ..rule(1, "empty")
        };
        assert_eq!(
            get(vec![operation("read_patient")], "/Patient/9000000009"),
            "empty"
        );
        assert_eq!(get(vec![operation("search_patients")], "/Patient/9000000009"), "");
        let patient = || FaultRule {
            patient: Some("9000000009".parse().unwrap()),
            ..rule(1, "refused")
        };
        assert_eq!(get(vec![patient()], "/Patient/9000000009"), "refused");
        assert_eq!(
            get(vec![patient()], "/Patient?identifier=x%7C9000000009"),
            "refused"
        );
        assert_eq!(get(vec![patient()], "/Patient/9000000017"), "");
        let body = r#"{"valueIdentifier":{"value":"9000000009"}}"#;
        assert_eq!(
            choose(&Faults::new(vec![patient()]), "POST", "/x", body, None),
            "refused"
        );
        // Delays add up, and the first of the others wins.
        let several = vec![
            rule(1, "slow=100"),
            rule(2, "status-503"),
            rule(3, "slow=50"),
            rule(4, "empty"),
        ];
        assert_eq!(get(several, "/Patient"), "slow=150, status-503");
    }

    #[test]
    fn some_faults_need_a_request_that_can_meet_them() {
        let meets = |kind: &str, method: &str, address: &str, body: &'static str| {
            !choose(&Faults::new(vec![rule(1, kind)]), method, address, body, None).is_empty()
        };
        assert!(meets("changed-meanwhile", "PATCH", "/Patient/9000000009", "[]"));
        assert!(meets("changed-meanwhile", "DELETE", "/Immunization/1", ""));
        assert!(meets(
            "changed-meanwhile",
            "POST",
            "/Appointment",
            r#"{"slot":[{"reference":"Slot/1"}]}"#
        ));
        assert!(!meets("changed-meanwhile", "POST", "/Patient", "{}"));
        assert!(!meets("changed-meanwhile", "GET", "/Patient/9000000009", ""));
        assert!(meets("wrong-person", "GET", "/Patient/9000000009", ""));
        assert!(meets(
            "wrong-person",
            "POST",
            "/Patient/$gpc.getstructuredrecord",
            r#""9000000009""#
        ));
        assert!(!meets("wrong-person", "GET", "/Patient?family=Smith", ""));
        assert!(!meets("wrong-person", "PATCH", "/Patient/9000000009", ""));
    }

    #[test]
    fn a_rule_counts_what_it_is_about_and_goes_on_when_others_change() {
        let third = FaultRule {
            nth: NonZero::new(3).unwrap(),
            times: NonZero::new(1),
            interface: Some("pds".into()),
            ..rule(1, "status-503")
        };
        let faults = Faults::new(vec![third.clone()]);
        let ask = || choose(&faults, "GET", "/Patient/9000000009", "", None);
        assert_eq!([ask(), ask()], ["", ""]);
        faults.set(vec![rule(2, "slow=1"), third]);
        assert_eq!([ask(), ask()], ["slow=1, status-503", "slow=1"]);
        assert_eq!((faults.count(1), faults.count(2), faults.count(3)), (4, 2, 0));
        faults.set(Vec::new());
        assert_eq!(ask(), "");
    }

    #[test]
    fn a_header_asks_for_one_request() {
        let faults = Faults::new(vec![rule(1, "empty")]);
        let ask = |header| choose(&faults, "GET", "/Patient/9000000009", "", Some(header));
        assert_eq!(ask("slow=5, status-503"), "slow=5, status-503");
        assert!(ask("slwo").contains("no fault"));
        assert_eq!(ask("changed-meanwhile"), "empty", "a read cannot meet it");
        assert_eq!(FaultKind::NAMES.len(), 12);
    }
}
