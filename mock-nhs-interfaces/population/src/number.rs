//! Which NHS number the nth made-up person has, and back: a fixed shuffle of the 999 range, which is never given out,
//! so that any person can be made without making those before.

use value::NhsNumber;

/// First stem of the range: 999 and six digits that vary. Stems from 999 900 000 belong to people with a story.
const FIRST_STEM: u32 = 999_000_000;
/// Groups of ten stems that numbers are taken from.
const GROUPS: u32 = 90_000;
/// Stems taken of each group. At least nine of any ten neighbours have a check digit: the last digit weighs 2, which
/// takes the sum to a different remainder of 11 for each of the ten, and only one remainder has no digit.
const TAKEN: u32 = 9;
/// People that there are numbers for.
pub(crate) const MOST: u32 = GROUPS * TAKEN;
/// Steps the shuffle takes; shares no factor with [`MOST`], which is 2⁴·3⁴·5⁴.
const STRIDE: u64 = 487_621;
/// The step back: `STRIDE * BACK` leaves 1 when divided by [`MOST`].
const BACK: u64 = inverse(STRIDE, MOST as u64);

/// The number of the person at `place`; the same for every place below [`MOST`], `None` above.
pub(crate) fn of(seed: u64, place: u32) -> Option<NhsNumber> {
    if place >= MOST {
        return None;
    }
    let most = u64::from(MOST);
    let shuffled = u32::try_from((u64::from(place) * STRIDE + seed % most) % most).ok()?;
    in_group(shuffled / TAKEN)
        .nth(usize::try_from(shuffled % TAKEN).ok()?)
        .map(|(_, number)| number)
}

/// The place of the person with this number, if the shuffle gives it to anybody.
pub(crate) fn place(seed: u64, number: NhsNumber) -> Option<u32> {
    let stem = number.stem();
    let group = stem.checked_sub(FIRST_STEM)? / 10;
    if group >= GROUPS {
        return None;
    }
    let nth = in_group(group).position(|(candidate, _)| candidate == stem)?;
    let shuffled = u64::from(group * TAKEN) + u64::try_from(nth).ok()?;
    let most = u64::from(MOST);
    u32::try_from((shuffled + most - seed % most) * BACK % most).ok()
}

/// The stems of a group that numbers are taken from, with their numbers.
fn in_group(group: u32) -> impl Iterator<Item = (u32, NhsNumber)> {
    let first = FIRST_STEM + group * 10;
    (first..first + 10)
        .filter_map(|stem| NhsNumber::from_stem(stem).map(|number| (stem, number)))
        .take(usize::try_from(TAKEN).unwrap_or_default())
}

/// The number that `of` must be multiplied with to leave 1 when divided by `modulus`.
const fn inverse(of: u64, modulus: u64) -> u64 {
    // Euler: of^(φ(modulus) - 1), and φ(2⁴·3⁴·5⁴) is 216 000.
    let (mut power, mut base, mut rest) = (1, of % modulus, 216_000 - 1);
    while rest > 0 {
        if rest % 2 == 1 {
            power = power * base % modulus;
        }
        base = base * base % modulus;
        rest /= 2;
    }
    power
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{MOST, of, place};

    #[test]
    fn every_place_has_a_number_of_its_own_and_leads_back() {
        for seed in [0, 1, 899_999, u64::MAX] {
            let numbers: HashSet<_> = (0..5_000).filter_map(|place| of(seed, place)).collect();
            assert_eq!(numbers.len(), 5_000, "{seed}");
            for at in (0..MOST).step_by(7_919).chain([MOST - 1]) {
                let number = of(seed, at).unwrap();
                assert_eq!(place(seed, number), Some(at), "{seed} {number}");
            }
        }
        assert_eq!(of(1, MOST), None);
    }

    #[test]
    fn numbers_of_others_have_no_place() {
        for number in ["9000000009", "9999000509", "5900053636"] {
            assert_eq!(place(1, number.parse().unwrap()), None, "{number}");
        }
    }
}
