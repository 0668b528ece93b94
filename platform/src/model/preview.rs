//! The address of one version: `bmi--v3`. No name of an app holds two hyphens in a row, so neither can be the other.

use super::AppName;

/// What stands between the app's name and the number.
const MARK: &str = "--v";

/// The name in the address of one version.
pub(crate) fn preview_name(app: &AppName, number: u32) -> String {
    format!("{app}{MARK}{number}")
}

/// App and number of such a name; `None` for any other text, also for a number that is not written as we write it.
pub(crate) fn parse_preview_name(text: &str) -> Option<(AppName, u32)> {
    let (name, digits) = text.split_once(MARK)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let number = digits.parse().ok().filter(|_| plain)?;
    Some((AppName::new(name).ok()?, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_previews() {
        let app = AppName::new("bmi").unwrap();
        assert_eq!(parse_preview_name(&preview_name(&app, 12)), Some((app, 12)));
        for bad in [
            "bmi",
            "bmi--v",
            "bmi--v0",
            "bmi--v01",
            "bmi--v+1",
            "bmi--v1x",
            "bmi--v1--v2",
            "--v1",
            "BMI--v1",
            "bmi--v99999999999",
        ] {
            assert_eq!(parse_preview_name(bad), None, "{bad}");
        }
    }
}
