//! Places in JSON: `entry.0.resource.link[relation=next].url`.

use serde_json::Value;

/// What is at a place; `.` is the whole.
pub(super) fn at<'a>(value: &'a Value, place: &str) -> Option<&'a Value> {
    if place == "." {
        return Some(value);
    }
    place.split('.').try_fold(value, |value, step| {
        let (name, filter) = match step.split_once('[') {
            Some((name, filter)) => (name, filter.strip_suffix(']')),
            None => (step, None),
        };
        let inside = match name.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(name),
        }?;
        let Some((key, wanted)) = filter.and_then(|filter| filter.split_once('=')) else {
            return Some(inside);
        };
        inside
            .as_array()?
            .iter()
            .find(|item| item.get(key).and_then(Value::as_str) == Some(wanted))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::at;

    #[test]
    fn places() {
        let value = json!({"a": [{"r": "x", "u": 1}, {"r": "y", "u": 2}], "b": {"c": true}});
        for (place, expected) in [
            ("a.0.u", Some(json!(1))),
            ("a[r=y].u", Some(json!(2))),
            ("a[r=z].u", None),
            ("b.c", Some(json!(true))),
            ("b.c.d", None),
            ("a.2", None),
            (".", Some(value.clone())),
        ] {
            assert_eq!(at(&value, place).cloned(), expected, "{place}");
        }
    }
}
