//! What the runner reads out of a line of source, in tables; it is built for another target and has no tests of its own.

#[path = "../../js-runner/src/source.rs"]
mod source;

use source::{called, characters, stopped_loop};

/// The name that is called at the `^`.
#[track_caller]
fn check_called(line: &str, mark: &str, expected: Option<&str>) {
    let before = mark.find('^').expect("a mark");
    let column = u32::try_from(before + 1).expect("a short line");
    assert_eq!(called(line, column).as_deref(), expected, "{line}\n{mark}");
}

#[test]
fn what_is_called_is_named_or_nothing_is() {
    check_called("  patient.getName()", "          ^", Some("patient.getName"));
    check_called("  show(1, 2)", "       ^", Some("show"));
    check_called("  if (ready(1)) {", "            ^", Some("ready"));
    check_called("  if (ready()) {", "      ^", Some("ready"));
    check_called("  x = (load)(1)", "             ^", None);
    check_called(
        "  console.log(handlers[\"x\"](1))",
        "                            ^",
        None,
    );
    check_called("  show(load(1)(2))", "               ^", None);
    check_called(
        "  console.log(p.get        (1))",
        "                            ^",
        Some("p.get"),
    );
    check_called(
        "  items.map((item) => broken(item))",
        "                             ^",
        Some("broken"),
    );
    check_called("  total = 1", "  ^", None);
    assert_eq!(called("", 1), None);
    assert_eq!(called("a()", 0), None);
    assert_eq!(called("a()", 99), None);
}

#[test]
fn columns_are_counted_in_characters() {
    let line = "£€😀x(";
    for (bytes, expected) in [(1, 1), (2, 1), (3, 2), (6, 3), (10, 4), (11, 5), (14, 8)] {
        assert_eq!(characters(line, bytes), Some(expected), "{bytes}");
    }
    assert_eq!(characters(line, 0), None);
    assert_eq!(characters("", 1), Some(1));
}

/// The loop that begins at `«` when the engine names the place at `»`.
#[track_caller]
fn check_loop(marked: &str, function: &str) {
    let text = marked.replace(['»', '«'], "");
    let place = |mark: char| {
        let before = marked
            .split(mark)
            .next()
            .filter(|before| before.len() < marked.len())?;
        let before = before.replace(['»', '«'], "");
        let line = before.matches('\n').count() + 1;
        let column = before
            .lines()
            .last()
            .filter(|_| !before.ends_with('\n'))
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Some((u32::try_from(line).ok()?, u32::try_from(column).ok()?))
    };
    let (line, column) = place('»').expect("a place that the engine names");
    assert_eq!(
        stopped_loop(&text, function, line, column),
        place('«'),
        "{marked}"
    );
}

#[test]
fn the_loop_that_a_run_was_stopped_in() {
    check_loop(
        "export default {\n  »async fetch(request) {\n    «while (true) {}\n  }\n}",
        "fetch",
    );
    check_loop(
        "export default {\n  »async fetch({ url }) {\n    «while (true) {}\n  }\n}",
        "fetch",
    );
    check_loop("»function f({ a = {}, b }) {\n  «for (;;) {}\n}", "f");
    check_loop("»function f() {\n  return 1\n}\nwhile (false) {}", "f");
    check_loop("list.forEach(»(x) => {\n  «do {} while (x)\n})", "");
    check_loop("»// a comment about a for (loop)\nconst x = 1", "");
}
