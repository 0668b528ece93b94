//! Reads a table of cases; the grammar is in `tests/conformance/README.md`.

use anyhow::{Context as _, bail, ensure};

use super::check::{Check, Found, Kept};
use super::{Ask, Case, Step, Task};

/// The cases of one table.
///
/// # Errors
/// The first line that is none.
pub fn parse(file: &str, table: &str) -> anyhow::Result<Vec<Case>> {
    let mut cases: Vec<Case> = Vec::new();
    let mut clause = String::new();
    for (number, line) in table.lines().enumerate() {
        let name = |title: &str| format!("{file}:{}: {title}", number + 1);
        let context = || format!("{file}:{}: {line}", number + 1);
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            "" => {}
            "clause" => rest.clone_into(&mut clause),
            "case" => cases.push(Case {
                name: name(rest),
                clause: clause.clone(),
                task: Task::Steps(Vec::new()),
            }),
            "?" => {
                let (query, found) = rest.rsplit_once(" => ").with_context(context)?;
                cases.push(Case {
                    name: name(query),
                    clause: clause.clone(),
                    task: Task::Search {
                        query: query.to_owned(),
                        found: found_of(found).with_context(context)?,
                    },
                });
            }
            // A comment, or a length.
            "#" if cases.is_empty() => {}
            _ => match cases.last_mut() {
                Some(Case {
                    task: Task::Steps(steps),
                    ..
                }) => step(steps, mark, rest).with_context(context)?,
                _ => bail!("{}", context()),
            },
        }
    }
    ensure!(
        cases.iter().all(|case| case.clause.starts_with("https://")),
        "{file}: a case without its clause"
    );
    Ok(cases)
}

fn step(steps: &mut Vec<Step>, mark: &str, rest: &str) -> anyhow::Result<()> {
    let two = || {
        let (first, second) = rest.split_once(' ').context("a place and a value")?;
        anyhow::Ok((first.to_owned(), second.to_owned()))
    };
    steps.push(match mark {
        ">" => match rest.split_once(": ") {
            Some((name, value)) if !name.contains([' ', '/']) => {
                last(steps)?.headers.push((name.to_owned(), value.to_owned()));
                return Ok(());
            }
            _ => {
                let (method, path) = rest.split_once(' ').unwrap_or((rest, ""));
                Step::Ask(Ask {
                    method: method.to_owned(),
                    path: path.to_owned(),
                    ..Ask::default()
                })
            }
        },
        ">>" => {
            last(steps)?.body.push_str(rest);
            return Ok(());
        }
        "<" => Step::Check(head(rest)?),
        "=" => {
            let (place, value) = two()?;
            Step::Check(Check::Equals { place, value })
        }
        "~" => {
            let (place, words) = two()?;
            Step::Check(Check::Contains { place, words })
        }
        "!" => Step::Check(Check::Absent {
            place: rest.to_owned(),
        }),
        "#" => {
            let (place, length) = two()?;
            Step::Check(Check::Length {
                place,
                length: length.parse()?,
            })
        }
        "@" => {
            let (name, place) = two()?;
            Step::Keep(Kept { name, place })
        }
        _ => bail!("a line that begins with {mark}"),
    });
    Ok(())
}

fn last(steps: &mut [Step]) -> anyhow::Result<&mut Ask> {
    match steps.last_mut() {
        Some(Step::Ask(ask)) => Ok(ask),
        _ => bail!("a part of a request before its first line"),
    }
}

fn head(rest: &str) -> anyhow::Result<Check> {
    if rest == "no body" {
        return Ok(Check::NoBody);
    }
    if let Some((name, value)) = rest.split_once(": ") {
        return Ok(Check::Header {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }
    let statuses = rest.split(',').map(str::parse).collect::<Result<_, _>>()?;
    Ok(Check::Status(statuses))
}

fn found_of(text: &str) -> anyhow::Result<Found> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if let Some((status, names)) = text.split_once(' ')
        && let Ok(status) = status.parse::<u16>()
    {
        let names = names.to_owned();
        return Ok(Found::Refused { status, names });
    }
    let (in_order, text) = match text.strip_prefix("in order: ") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (matches, included) = text.split_once(" + ").unwrap_or((text, ""));
    let matches = if matches == "none" {
        Vec::new()
    } else {
        words(matches)
    };
    Ok(Found::Ids {
        in_order,
        matches,
        included: words(included),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &str, expected: Result<usize, &str>) {
        match (parse("t", table), expected) {
            (Ok(cases), Ok(count)) => assert_eq!(cases.len(), count, "{table}"),
            (Err(error), Err(words)) => assert!(format!("{error:#}").contains(words), "{error:#}"),
            (found, expected) => panic!("{table}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn tables() {
        check(
            "# about\n\nclause https://x\ncase one\n> GET /a\n> accept: x\n< 200\n? a => b\n",
            Ok(2),
        );
        check("case one\n> GET /a\n< 200\n", Err("without its clause"));
        check("clause https://x\n> GET /a\n", Err("t:2"));
        check(
            "clause https://x\ncase one\n> GET /a\n< fine\n",
            Err("t:4: < fine"),
        );
        check(
            "clause https://x\ncase one\n>> {}\n",
            Err("before its first line"),
        );
        check("clause https://x\n? a = b\n", Err("t:2"));
        check("clause https://x\ncase one\n% a\n", Err("begins with %"));
    }
}
