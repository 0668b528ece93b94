//! Names that are near a name that nobody knows, for refusals that teach.

/// The longest name that is compared; a longer one is nobody's slip of the finger.
const LONGEST_NAME: usize = 64;
/// How many near names a refusal offers.
const OFFERED: usize = 3;

/// Up to three of `candidates` that `name` may have been meant as, the nearest first.
///
/// Upper and lower case count as half a slip; a candidate more than a third of its length away is not offered.
pub fn near<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Vec::new();
    }
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|one| one.len() <= LONGEST_NAME && one.len().abs_diff(name.len()) <= allowed(one))
        .map(|one| (distance(name, one), one))
        .filter(|(slips, one)| *slips <= 2 * allowed(one))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(OFFERED).map(|(_, one)| one).collect()
}

fn allowed(candidate: &str) -> usize {
    (candidate.len() / 3).max(1)
}

/// Twice the number of insertions, removals and changes; a change of case alone counts once.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).map(|length| 2 * length).collect();
    for letter in one.chars() {
        let mut diagonal = row.first().copied().unwrap_or_default();
        let mut left = diagonal + 2;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, against) in row.iter_mut().skip(1).zip(&other) {
            let change = match (letter == *against, letter.eq_ignore_ascii_case(against)) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            let best = (diagonal + change).min(left + 2).min(*cell + 2);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_slip_finds_what_was_meant() {
        let known = ["birthdate", "name", "family", "given", "gender", "address-city"];
        let cases: [(&str, &[&str]); 6] = [
            ("birthDate", &["birthdate"]),
            ("birth-date", &["birthdate"]),
            ("famly", &["family"]),
            ("gendre", &["gender"]),
            ("shoe-size", &[]),
            ("", &[]),
        ];
        for (name, expected) in cases {
            assert_eq!(near(name, known), expected, "{name}");
        }
        assert!(near(&"x".repeat(100_000), known).is_empty());
    }
}
