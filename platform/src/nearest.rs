//! What was probably meant: the known name that differs in the fewest letters from the one that was written.

/// The candidate that differs in the fewest letters, if it is near enough to be what was meant.
pub(crate) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (done, from) in left.bytes().enumerate() {
        let mut diagonal = done;
        let mut last = done + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(right.bytes()) {
            let best = (diagonal + usize::from(from != to)).min(last + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = best;
            last = best;
        }
        if let Some(head) = row.first_mut() {
            *head = done + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, expected) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn what_is_too_far_away_was_not_meant() {
        assert_eq!(nearest("titel", ["title", "name"].into_iter()), Some("title"));
        assert_eq!(nearest("whatever", ["title", "name"].into_iter()), None);
    }
}
