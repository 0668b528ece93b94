//! Turns the typed parts of a resource into its text, one after the other, without the types of all other resources.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::WriteError;

/// A resource being written.
pub(crate) struct Pen {
    text: Vec<u8>,
}

impl Pen {
    /// Starts a resource of this type.
    pub(crate) fn new(type_name: &str) -> Self {
        // Most resources of a seed are shorter than this.
        let mut text = Vec::with_capacity(1024);
        text.extend_from_slice(b"{\"resourceType\":\"");
        text.extend_from_slice(type_name.as_bytes());
        text.push(b'"');
        Self { text }
    }

    /// Writes a field; one without a value is left out.
    pub(crate) fn field<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<&mut Self, WriteError> {
        let start = self.text.len();
        self.text.extend_from_slice(b",\"");
        self.text.extend_from_slice(key.as_bytes());
        self.text.extend_from_slice(b"\":");
        let value_start = self.text.len();
        value.serialize(&mut Serializer::with_formatter(&mut self.text, Plain))?;
        if matches!(self.text.get(value_start..), Some(b"null" | b"[]")) {
            self.text.truncate(start);
        }
        Ok(self)
    }

    /// Writes a field that has a type in its name, such as `valueQuantity`.
    pub(crate) fn choice<T: Serialize>(&mut self, value: Option<&T>) -> Result<&mut Self, WriteError> {
        if let Some(value) = value {
            let start = self.text.len();
            value.serialize(&mut Serializer::with_formatter(&mut self.text, Plain))?;
            // `{"valueQuantity":…}` continues the object that is being written.
            if let Some(brace) = self.text.get_mut(start) {
                *brace = b',';
            }
            self.text.pop();
        }
        Ok(self)
    }

    /// The text of the resource.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        self.text.push(b'}');
        std::mem::take(&mut self.text)
    }
}

/// Compact JSON whose whole numbers have no `.0`: FHIR reads how exact a decimal is from its digits.
/// Source: <https://hl7.org/fhir/R4/datatypes.html#decimal>
struct Plain;

impl Formatter for Plain {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value}")
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::Pen;

    #[derive(Serialize)]
    enum Value {
        #[serde(rename = "valueDecimal")]
        Decimal(f64),
    }

    #[test]
    fn a_resource_is_written_field_by_field() {
        let mut pen = Pen::new("Basic");
        pen.field("id", "1")
            .and_then(|pen| pen.field("empty", &Vec::<u8>::new()))
            .and_then(|pen| pen.field("none", &None::<u8>))
            .and_then(|pen| pen.choice(Some(&Value::Decimal(37.0))))
            .and_then(|pen| pen.choice(None::<&Value>))
            .and_then(|pen| pen.field("half", &0.5))
            .unwrap();
        assert_eq!(
            String::from_utf8(pen.finish()).unwrap(),
            r#"{"resourceType":"Basic","id":"1","valueDecimal":37,"half":0.5}"#
        );
    }
}
