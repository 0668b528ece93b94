//! The line of a file that a JSON Pointer leads to, found in the text as people indent it.

/// The line, counted from 1, where the value at `pointer` begins, or the nearest around it that begins a line of its own;
/// `None` when the text is not written in lines.
pub(crate) fn line_of(text: &str, pointer: &str) -> Option<usize> {
    let lines: Vec<Line<'_>> = text.lines().map(Line::of).collect();
    let mut place = Place { line: 0, skipped: 0 };
    let mut found = None;
    for step in pointer.split('/').skip(1) {
        let Some((line, inside)) = step_into(&lines, place, step) else {
            break;
        };
        found = Some(line + 1);
        place = inside;
    }
    found
}

/// Where to look for what is inside: from this line on, and in it from this column on.
#[derive(Clone, Copy)]
struct Place {
    line: usize,
    skipped: usize,
}

/// The line of the member or item, and where its inside begins.
fn step_into(lines: &[Line<'_>], from: Place, step: &str) -> Option<(usize, Place)> {
    let step = step.replace("~1", "/").replace("~0", "~");
    let (first, column) = (from.line..lines.len()).find_map(|at| {
        let skipped = if at == from.line { from.skipped } else { 0 };
        Some((at, lines.get(at)?.column_from(skipped)?))
    })?;
    let is_at = |at: usize, fits: &dyn Fn(&Line<'_>) -> bool| lines.get(at).is_some_and(fits);
    if lines.get(first)?.is_item_at(column) {
        let wanted: usize = step.parse().ok()?;
        let mut items =
            siblings(lines, first, column).filter(|at| is_at(*at, &|line| line.is_item_at(column)));
        let line = items.nth(wanted)?;
        let skipped = column + 2;
        return Some((line, Place { line, skipped }));
    }
    let mut keys =
        siblings(lines, first, column).filter(|at| is_at(*at, &|line| line.has_key_at(column, &step)));
    let line = keys.next()?;
    Some((
        line,
        Place {
            line: line + 1,
            skipped: 0,
        },
    ))
}

/// The lines from `first` on that begin at `column` or are inside of one that does, as far as their parent goes.
fn siblings<'l>(lines: &'l [Line<'_>], first: usize, column: usize) -> impl Iterator<Item = usize> + 'l {
    (first..lines.len()).take_while(move |at| {
        *at == first
            || lines
                .get(*at)
                .and_then(|line| line.column_from(0))
                .is_none_or(|own| own >= column)
    })
}

struct Line<'t> {
    text: &'t str,
}

impl<'t> Line<'t> {
    fn of(text: &'t str) -> Self {
        Self { text }
    }

    /// The column of the first character at or after `from`; `None` for a blank line and for a comment. A line of JSON that
    /// only opens or closes something counts as blank.
    fn column_from(&self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        let trimmed = rest.trim_start();
        let column = from + rest.len() - trimmed.len();
        let says_something = !trimmed.is_empty()
            && !trimmed.starts_with('#')
            && trimmed
                .chars()
                .any(|character| !"{}[],".contains(character) && !character.is_whitespace());
        says_something.then_some(column)
    }

    fn is_item_at(&self, column: usize) -> bool {
        let rest = self.text.get(column..).unwrap_or_default();
        self.column_from(0) == Some(column) && (rest.starts_with("- ") || rest == "-")
    }

    fn has_key_at(&self, column: usize, key: &str) -> bool {
        let rest = self.text.get(column..).unwrap_or_default();
        let begins = self
            .text
            .get(..column)
            .is_some_and(|before| before.trim_matches([' ', '-']).is_empty());
        let quoted = ['"', '\'']
            .into_iter()
            .find_map(|quote| rest.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote));
        begins
            && quoted
                .or_else(|| rest.strip_prefix(key))
                .is_some_and(|after| after.trim_start().starts_with(':'))
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn the_line_of_a_pointer_is_found() {
        let yaml = "openapi: 3.0.0\npaths:\n  # a comment\n  /a:\n    get:\n      tags:\n      - x\n      - name: y\n        two: z\n  '/b/{id}':\n    get:\n      responses:\n        200:\n          description: |\n            words: here\n        '404': {}\n";
        let json = "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": {\n      \"d\": 2\n    }\n  }\n}\n";
        let check = |text: &str, pointer: &str, line: Option<usize>| {
            assert_eq!(line_of(text, pointer), line, "{pointer}")
        };
        check(yaml, "/openapi", Some(1));
        check(yaml, "/paths/~1a", Some(4));
        check(yaml, "/paths/~1a/get/tags/0", Some(7));
        check(yaml, "/paths/~1a/get/tags/1", Some(8));
        check(yaml, "/paths/~1a/get/tags/1/name", Some(8));
        check(yaml, "/paths/~1a/get/tags/1/two", Some(9));
        check(yaml, "/paths/~1b~1{id}/get/responses/200", Some(13));
        check(yaml, "/paths/~1b~1{id}/get/responses/404", Some(16));
        check(yaml, "/paths/~1b~1{id}/get/none", Some(11));
        check(yaml, "", None);
        check(json, "/a/c/d", Some(5));
    }
}
