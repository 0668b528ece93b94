//! The shape of the tables: lines, columns parted by tabs, lists and fields inside a column.

/// Parts the items of a list inside one column.
const ITEM: char = '\u{1f}';
/// Parts the fields of one item.
const FIELD: char = '\u{1e}';

/// The columns of one line, taken from left to right; a column that is not there is empty.
pub(crate) struct Columns {
    rest: std::str::Split<'static, char>,
}

impl Columns {
    pub(crate) fn of(line: &'static str) -> Self {
        Self {
            rest: line.split('\t'),
        }
    }

    pub(crate) fn text(&mut self) -> &'static str {
        self.rest.next().unwrap_or_default()
    }

    pub(crate) fn optional(&mut self) -> Option<&'static str> {
        Some(self.text()).filter(|text| !text.is_empty())
    }

    pub(crate) fn items(&mut self) -> Vec<&'static str> {
        items(self.text())
    }

    pub(crate) fn number(&mut self) -> usize {
        self.text().parse().unwrap_or_default()
    }
}

/// The items of a list; an empty column is an empty list.
pub(crate) fn items(column: &'static str) -> Vec<&'static str> {
    column.split(ITEM).filter(|item| !item.is_empty()).collect()
}

/// The fields of an item, from left to right; a field that is not there is empty.
pub(crate) fn fields<const N: usize>(item: &'static str) -> [&'static str; N] {
    let mut parts = item.split(FIELD);
    [(); N].map(|()| parts.next().unwrap_or_default())
}
