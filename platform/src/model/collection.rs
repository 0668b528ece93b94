//! Which versions an app keeps: the rule that bounds how much its deploys can pile up.

use time::{Duration, OffsetDateTime};

use super::Version;

/// The newest versions that are always kept: a day of work to go back in.
const NEWEST: usize = 20;
/// Versions of the last hour are kept as well, so that a preview that was just sent round still answers ...
const RECENT: Duration = Duration::hours(1);
/// ... as long as the app keeps no more than this many.
const MOST: usize = 50;

/// The numbers of the versions that go, of all that an app has. It keeps its current version, the 20 newest, and of the 50
/// newest those that were deployed within the last hour.
pub(crate) fn to_collect(versions: &[Version], current: u32, now: OffsetDateTime) -> Vec<u32> {
    let mut newest: Vec<&Version> = versions.iter().collect();
    newest.sort_by_key(|version| std::cmp::Reverse(version.number));
    let stays = |place: usize, version: &Version| {
        version.number == current || place < NEWEST || (place < MOST && now - version.deployed_at <= RECENT)
    };
    newest
        .into_iter()
        .enumerate()
        .filter(|(place, version)| !stays(*place, version))
        .map(|(_, version)| version.number)
        .collect()
}

#[cfg(test)]
mod tests {
    use store::BlobId;
    use time::macros::datetime;

    use super::*;
    use crate::model::{NewVersion, Origin};

    const NOW: OffsetDateTime = datetime!(2026-11-25 12:00 UTC);

    /// Versions 1 to `count`, each deployed this many minutes before the next.
    fn versions(count: u32, minutes_apart: i64) -> Vec<Version> {
        let made = |number: u32| {
            let age = Duration::minutes(minutes_apart * i64::from(count - number));
            NewVersion::of_component(BlobId::of(b"x"), 1, Origin::Deployed).numbered(number, NOW - age)
        };
        (1..=count).map(made).collect()
    }

    fn kept(count: u32, minutes_apart: i64, current: u32) -> Vec<u32> {
        let all = versions(count, minutes_apart);
        let gone = to_collect(&all, current, NOW);
        all.iter()
            .map(|version| version.number)
            .filter(|number| !gone.contains(number))
            .collect()
    }

    #[test]
    fn what_an_app_keeps() {
        assert_eq!(kept(20, 999, 20).len(), 20);
        assert_eq!(kept(21, 999, 21), (2..=21).collect::<Vec<_>>());
        assert_eq!(
            kept(100, 999, 3),
            [3].into_iter().chain(81..=100).collect::<Vec<_>>()
        );
        assert_eq!(
            kept(100, 2, 100),
            (70..=100).collect::<Vec<_>>(),
            "an hour of them"
        );
        assert_eq!(kept(100, 0, 100), (51..=100).collect::<Vec<_>>(), "fifty at most");
        assert_eq!(kept(100, 0, 1).len(), 51);
        // A clock that was put back makes nothing old.
        assert_eq!(kept(30, -999, 30).len(), 30);
    }
}
