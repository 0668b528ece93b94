//! Local time is that of the United Kingdom.
//!
//! WASI has no time zone, and QuickJS asks libc for the difference to UTC. An app for the NHS that says `new Date().getHours()` means the clock on the
//! ward's wall, so libc's `localtime_r` is replaced by the rule that has held since 1996: an hour ahead from the last Sunday of March, 01:00 UTC,
//! to the last Sunday of October, 01:00 UTC; before that by what the IANA time zone database knows (2025c, zone Europe/London), as in the
//! script API's `intl/zone.js`.
//!
//! What is different from browsers: of the hour that the clocks repeat in autumn `new Date(year, month, day, hour)` takes the second, and
//! in the one that they skip in spring it goes back instead of on. QuickJS asks for the difference to UTC at that moment as if it were UTC.

use std::ffi::{c_char, c_int, c_long};

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

/// The first change of the clocks, in hours since 1970.
const FIRST_CHANGE_H: i64 = -469_990;

/// Hours between the changes of 1916 to 1995.
const STEPS_H: [u32; 155] = [
    3192, 4536, 3888, 4512, 4560, 4344, 4392, 4344, 5064, 3840, 4392, 4176, 4704, 4704, 3528, 5040, 3864,
    5040, 4032, 4704, 4032, 4536, 4200, 4872, 4032, 4704, 4032, 4536, 4200, 4704, 4032, 4704, 4032, 4536,
    4368, 4704, 4032, 4536, 4200, 4704, 4032, 4704, 4032, 4536, 4200, 4704, 5208, 2352, 10_415, 2352, 5712,
    3024, 5712, 3192, 5544, 4032, 4728, 2496, 2017, 4536, 4200, 3864, 671, 2856, 2017, 3192, 5544, 3696,
    5040, 4032, 4536, 4200, 4536, 4368, 4536, 4200, 4032, 4536, 4200, 4704, 4032, 4872, 4032, 4536, 4200,
    4704, 4032, 4704, 4032, 4536, 4200, 4200, 5208, 3528, 5208, 3696, 5040, 3528, 5208, 3528, 5208, 3528,
    5208, 3528, 5376, 2688, 32_424, 3360, 5376, 3360, 5376, 3360, 5376, 3360, 5376, 3528, 5208, 3528, 5208,
    3528, 5376, 3360, 5376, 3360, 5376, 3695, 5040, 3696, 5040, 3696, 5040, 3696, 5208, 3696, 5040, 3696,
    5040, 3696, 5040, 3696, 5040, 3696, 5208, 3528, 5208, 3696, 5040, 3696, 5040, 3696, 5040, 3696, 5040,
    3696, 5040,
];

/// Hours ahead of UTC after each change.
const AHEAD_H: &[u8; 156] = b"101010101010101010101010101010101010101010101010121212121210101210101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010";

/// The rule holds since 1996-01-01, in seconds since 1970.
const RULE_SINCE_S: i64 = 820_454_400;

/// `struct tm` of wasi-libc.
#[repr(C)]
pub struct Tm {
    tm_sec: c_int,
    tm_min: c_int,
    tm_hour: c_int,
    tm_mday: c_int,
    tm_mon: c_int,
    tm_year: c_int,
    tm_wday: c_int,
    tm_yday: c_int,
    tm_isdst: c_int,
    tm_gmtoff: c_long,
    tm_zone: *const c_char,
    tm_nsec: c_int,
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// 1970-01-01 was a Thursday; 0 is Sunday.
fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

/// The last Sunday of a month of 31 days, 01:00 UTC, in seconds.
fn turn(year: i64, month: i64) -> i64 {
    let last = days(year, month, 31);
    (last - weekday(last)) * DAY_S + HOUR_S
}

/// Seconds that the clocks in London are ahead of UTC.
fn ahead(seconds: i64) -> i64 {
    if seconds < RULE_SINCE_S {
        return ahead_before_the_rule(seconds);
    }
    let (year, _, _) = date(seconds.div_euclid(DAY_S));
    if (turn(year, 3)..turn(year, 10)).contains(&seconds) {
        HOUR_S
    } else {
        0
    }
}

fn ahead_before_the_rule(seconds: i64) -> i64 {
    let mut at = FIRST_CHANGE_H;
    let mut ahead = 0;
    for (digit, step) in AHEAD_H.iter().zip(STEPS_H.iter().chain(&[0])) {
        if at * HOUR_S > seconds {
            break;
        }
        ahead = i64::from(digit - b'0');
        at += i64::from(*step);
    }
    ahead * HOUR_S
}

/// Replaces libc's.
///
/// # Safety
///
/// As in C: both pointers point to what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn localtime_r(time: *const i64, out: *mut Tm) -> *mut Tm {
    // SAFETY: the caller's promise.
    let seconds = unsafe { *time };
    let ahead = ahead(seconds);
    let local = seconds.saturating_add(ahead);
    let day = local.div_euclid(DAY_S);
    let of_day = local.rem_euclid(DAY_S);
    let (year, month, mday) = date(day);
    let small = |number: i64| c_int::try_from(number).unwrap_or(c_int::MAX);
    let zone = if ahead == 0 { c"GMT" } else { c"BST" };
    let tm = Tm {
        tm_sec: small(of_day % 60),
        tm_min: small(of_day / 60 % 60),
        tm_hour: small(of_day / HOUR_S),
        tm_mday: small(mday),
        tm_mon: small(month - 1),
        tm_year: small(year - 1900),
        tm_wday: small(weekday(day)),
        tm_yday: small(day - days(year, 1, 1)),
        tm_isdst: c_int::from(ahead != 0),
        tm_gmtoff: c_long::try_from(ahead).unwrap_or(0),
        tm_zone: zone.as_ptr(),
        tm_nsec: 0,
    };
    // SAFETY: the caller's promise.
    unsafe { out.write(tm) };
    out
}
