//! An answer as a table: a row a record where there are several, a row a field where there is one.

use serde_json::Value;

use crate::web::summary::{Part, Told, kinds, plain, records};
use crate::web::words;

/// Rows of a table.
const MOST_ROWS: usize = 200;
/// Columns of a table of several records.
const MOST_COLUMNS: usize = 6;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) left_out: usize,
}

/// A row; its first cell is its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) heading: String,
    pub(super) cells: Vec<String>,
    /// Which record of the answer it belongs to.
    pub(super) place: usize,
}

/// The tables of an answer: one for each kind of record.
pub(super) fn tables(answer: &Value, told: &Told) -> Vec<Table> {
    let records = records(answer);
    match records.as_slice() {
        [] => Vec::new(),
        [(place, one)] => vec![fields(*place, one)],
        _ => kinds_of(told)
            .into_iter()
            .map(|kind| several(kind, told))
            .collect(),
    }
}

fn kinds_of(told: &Told) -> Vec<&str> {
    let mut kinds: Vec<&str> = Vec::new();
    for part in &told.parts {
        if !kinds.contains(&part.kind.as_str()) {
            kinds.push(&part.kind);
        }
    }
    kinds
}

fn several(kind: &str, told: &Told) -> Table {
    let parts: Vec<&Part> = told.parts.iter().filter(|part| part.kind == kind).collect();
    // The facts that most of them have, in the order in which they are told.
    let mut columns: Vec<(&str, usize)> = Vec::new();
    for fact in parts.iter().flat_map(|part| &part.facts) {
        match columns.iter_mut().find(|(label, _)| *label == fact.label) {
            Some((_, count)) => *count += 1,
            None => columns.push((&fact.label, 1)),
        }
    }
    let mut counts: Vec<usize> = columns.iter().map(|(_, count)| *count).collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let least = counts.get(MOST_COLUMNS - 1).copied().unwrap_or_default();
    let columns: Vec<&str> = columns
        .into_iter()
        .filter(|(_, count)| *count >= least)
        .map(|(label, _)| label)
        .take(MOST_COLUMNS)
        .collect();
    let rows = parts.iter().map(|part| Row {
        heading: part.title.clone(),
        cells: columns
            .iter()
            .map(|column| {
                let fact = part.facts.iter().find(|fact| fact.label == *column);
                fact.map(|fact| fact.values.join("; ")).unwrap_or_default()
            })
            .collect(),
        place: part.place,
    });
    let count = u64::try_from(parts.len()).unwrap_or_default();
    Table {
        caption: format!("{kind}: {}", words::count(count, "record")),
        columns: [kind]
            .into_iter()
            .chain(columns.iter().copied())
            .map(str::to_owned)
            .collect(),
        rows: rows.collect(),
        left_out: told.left_out,
    }
}

/// Every field of one record.
fn fields(place: usize, record: &Value) -> Table {
    let mut rows = Vec::new();
    let mut left_out = 0;
    walk(&mut Vec::new(), record, &mut |path, value| {
        if rows.len() < MOST_ROWS {
            rows.push(Row {
                heading: path.join(" › "),
                cells: vec![value],
                place,
            });
        } else {
            left_out += 1;
        }
    });
    let kind = record["resourceType"].as_str().unwrap_or_default();
    Table {
        caption: format!("{}: every field", kinds::name(kind)),
        columns: vec!["Field".to_owned(), "Value".to_owned()],
        rows,
        left_out,
    }
}

/// Every leaf, with the path of its names. As deep as the reader of JSON goes.
pub(in crate::web) fn walk(path: &mut Vec<String>, value: &Value, each: &mut impl FnMut(&[String], String)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                path.push(plain::label(name));
                walk(path, member, each);
                path.pop();
            }
        }
        Value::Array(several) => {
            for (place, one) in several.iter().enumerate() {
                if several.len() > 1
                    && let Some(last) = path.last_mut()
                {
                    let name = last.clone();
                    *last = format!("{name} {}", place + 1);
                    walk(path, one, each);
                    if let Some(last) = path.last_mut() {
                        *last = name;
                    }
                } else {
                    walk(path, one, each);
                }
            }
        }
        Value::String(text) => each(path, words::shorten(&words::visible(text), 600)),
        Value::Null | Value::Bool(_) | Value::Number(_) => each(path, plain::value(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::web::summary::tell;

    #[test]
    fn several_records_are_rows_and_one_is_a_row_a_field() {
        let one =
            json!({"resourceType":"Patient","name":[{"given":["Ann","Bea"],"family":"Roe"}],"active":true});
        let [table] = tables(&one, &tell(200, &one)).try_into().unwrap();
        let rows: Vec<(String, String)> = table
            .rows
            .into_iter()
            .map(|row| (row.heading, row.cells.concat()))
            .collect();
        assert!(
            rows.contains(&("Name › Given 2".to_owned(), "Bea".to_owned())),
            "{rows:?}"
        );
        assert!(rows.contains(&("Active".to_owned(), "Yes".to_owned())));

        let two = json!({"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Condition","code":{"text":"Asthma"},"onsetDateTime":"2020-01-01"}},
            {"resource":{"resourceType":"Condition","code":{"text":"Gout"}}},
            {"resource":{"resourceType":"Patient","birthDate":"1990-01-01"}}]});
        let tables = tables(&two, &tell(200, &two));
        assert_eq!(tables.len(), 2);
        assert_eq!(tables[0].columns, ["Problem", "Began"]);
        assert_eq!(tables[0].rows[1].heading, "Gout");
        assert_eq!(tables[0].rows[1].cells, [""]);
    }
}
