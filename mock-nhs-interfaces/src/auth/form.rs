//! The fields of a form or of a query.

use std::borrow::Cow;

/// More fields than any form of the login has; the rest is not looked at.
const MOST_FIELDS: usize = 50;

/// Fields by name. Of a name that is there twice the first counts.
#[derive(Debug)]
pub(crate) struct Form<'b> {
    fields: Vec<(Cow<'b, str>, Cow<'b, str>)>,
}

impl<'b> Form<'b> {
    pub(crate) fn parse(text: &'b [u8]) -> Self {
        Self {
            fields: form_urlencoded::parse(text).take(MOST_FIELDS).collect(),
        }
    }

    /// The value of a field that is filled in.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(given, _)| given == name);
        field.map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }

    /// The value of a field as a number of milliseconds; what is none is not there.
    pub(crate) fn milliseconds(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let form = Form::parse(b"a=1+2%26&b=&a=3&c");
        assert_eq!(form.get("a"), Some("1 2&"));
        assert_eq!((form.get("b"), form.get("c"), form.get("d")), (None, None, None));
        assert_eq!(Form::parse(b"n=5").milliseconds("n"), Some(5));
        assert_eq!(Form::parse(b"n=-5").milliseconds("n"), None);
        let many = "x=1&".repeat(100_000);
        assert_eq!(Form::parse(many.as_bytes()).fields.len(), MOST_FIELDS);
    }
}
