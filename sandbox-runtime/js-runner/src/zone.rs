//! Local time is that of the United Kingdom.
//!
//! WASI has no time zone, and QuickJS asks libc for the difference to UTC. An app for the NHS that says `new Date().getHours()` means the clock on the
//! ward's wall, so libc's `localtime_r` is replaced by the rule that has held since 1996: an hour ahead from the last Sunday of March, 01:00 UTC,
//! to the last Sunday of October, 01:00 UTC. (Dates before 1996 get the same rule.)

use std::ffi::{c_char, c_int, c_long};

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

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
    let (year, _, _) = date(seconds.div_euclid(DAY_S));
    if (turn(year, 3)..turn(year, 10)).contains(&seconds) {
        HOUR_S
    } else {
        0
    }
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
