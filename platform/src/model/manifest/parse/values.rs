//! Values of a kind: a table, a list of texts, a text, a line.

use std::ops::Range;

use toml::de::DeTable;

use super::{File, Read, Value};

/// Entries of a list or table.
const ENTRIES: usize = 64;

impl File<'_> {
    pub(super) fn table_of<'v, 't>(&self, key: &str, value: &'v Value<'t>) -> Read<&'v DeTable<'t>> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| {
            self.error(
                &value.span(),
                format!("{key} is a table: a line [{key}] with lines NAME = … below it."),
            )
        })?;
        if table.len() > ENTRIES {
            return Err(self.error(&value.span(), format!("[{key}] has more than {ENTRIES} lines.")));
        }
        Ok(table)
    }

    pub(super) fn list_of<T: PartialEq>(
        &self,
        key: &str,
        value: &Value<'_>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Read<Vec<T>> {
        let wrong = |span: &Range<usize>| {
            self.error(
                span,
                format!("{key} is a list of texts, such as {key} = [\"…\", \"…\"]."),
            )
        };
        let list = value.get_ref().as_array().ok_or_else(|| wrong(&value.span()))?;
        if list.len() > ENTRIES {
            return Err(self.error(&value.span(), format!("{key} has more than {ENTRIES} entries.")));
        }
        let mut found: Vec<T> = Vec::new();
        for entry in list.iter() {
            let text = entry.get_ref().as_str().ok_or_else(|| wrong(&entry.span()))?;
            let item = read(text).map_err(|error| self.error(&entry.span(), error))?;
            if found.contains(&item) {
                return Err(self.error(&entry.span(), format!("{key} names {text} twice.")));
            }
            found.push(item);
        }
        Ok(found)
    }

    pub(super) fn text_of<'v>(&self, key: &str, value: &'v Value<'_>) -> Read<&'v str> {
        value.get_ref().as_str().ok_or_else(|| {
            self.error(
                &value.span(),
                format!("{key} is a text: put it between quotation marks."),
            )
        })
    }

    /// One line for people: white space as single spaces, nothing that hides or turns letters around.
    pub(super) fn line_of(&self, key: &str, value: &Value<'_>, most: usize) -> Read<String> {
        let line = self
            .text_of(key, value)?
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let count = line.chars().count();
        if count == 0 || count > most {
            return Err(self.error(
                &value.span(),
                format!("{key} has 1 to {most} characters; this has {count}."),
            ));
        }
        if line.chars().any(is_hidden) {
            let message =
                format!("{key} holds a character that cannot be seen or that turns the writing around.");
            return Err(self.error(&value.span(), message));
        }
        Ok(line)
    }
}

/// Control characters, marks that change the direction of writing, and spaces without width.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}
