//! What a look at a line of the source tells about a place that the engine named: what is called there, and which loop it was in.

/// A column in bytes as one in characters, both counted from one.
pub(crate) fn characters(line: &str, bytes: u32) -> Option<u32> {
    let before = usize::try_from(bytes.checked_sub(1)?).ok()?;
    let ends = line.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let characters = ends.take_while(|end| *end <= before).count();
    // Past the end, as for a missing bracket.
    let beyond = before.saturating_sub(line.len());
    u32::try_from(characters + beyond + 1).ok()
}

/// What is called at the column: names with points between them, such as `patient.getName`. The engine points at the name, or, where
/// something is handed over, anywhere in that; `None` where it could be either.
pub(crate) fn called(line: &str, column: u32) -> Option<String> {
    let letters: Vec<char> = line.chars().collect();
    let at = usize::try_from(column.checked_sub(1)?).ok()?;
    let rest = letters.get(at..)?;
    let end = at + rest.iter().take_while(|letter| is_name(**letter)).count();
    let blanks = letters
        .get(end..)?
        .iter()
        .take_while(|letter| letter.is_whitespace())
        .count();
    let next = letters.get(end + blanks..);
    let is_called = end > at && matches!(next, Some(['(' | '`', ..] | ['?', '.', '(', ..]));
    match (is_called, outer_call(letters.get(..at)?)) {
        (true, Outer::Nothing) => name_before(letters.get(..end)?),
        (false, Outer::Call(bracket)) => name_before(letters.get(..bracket)?),
        _ => None,
    }
}

/// What something stands in, within the same function.
enum Outer {
    Nothing,
    /// In the brackets of a call of something with a name; the place of the opening one.
    Call(usize),
    /// In the brackets of a call of something else, such as `handlers["x"](…)` or `load(1)(…)`.
    Unnamed,
}

fn outer_call(before: &[char]) -> Outer {
    const STATEMENTS: [&str; 5] = ["if", "while", "for", "switch", "catch"];
    const OPERATORS: [&str; 6] = ["return", "typeof", "await", "void", "yield", "new"];
    let mut closed = 0_usize;
    for (index, letter) in before.iter().enumerate().rev() {
        match letter {
            ')' | ']' | '}' => closed += 1,
            '(' | '[' | '{' if closed > 0 => closed -= 1,
            '{' => return Outer::Nothing,
            '>' if closed == 0 && before.get(index.wrapping_sub(1)) == Some(&'=') => return Outer::Nothing,
            '(' => {
                let before = trimmed(before.get(..index).unwrap_or_default());
                match (name_before(before), before.last()) {
                    (Some(name), _) if STATEMENTS.contains(&name.as_str()) => return Outer::Nothing,
                    (Some(name), _) if OPERATORS.contains(&name.as_str()) => {}
                    (Some(_), _) => return Outer::Call(index),
                    (None, Some(')' | ']' | '}' | '"' | '\'' | '`' | '.')) => return Outer::Unnamed,
                    (None, _) => {}
                }
            }
            _ => {}
        }
    }
    Outer::Nothing
}

/// Without the blanks at the end, which may stand where a type was.
fn trimmed(letters: &[char]) -> &[char] {
    let blanks = letters
        .iter()
        .rev()
        .take_while(|letter| letter.is_whitespace())
        .count();
    letters.get(..letters.len() - blanks).unwrap_or_default()
}

fn name_before(before: &[char]) -> Option<String> {
    let before = trimmed(before);
    let length = before
        .iter()
        .rev()
        .take_while(|letter| is_name(**letter) || **letter == '.')
        .count();
    let name: String = before.get(before.len() - length..)?.iter().collect();
    let name = name.trim_start_matches('.');
    name.chars()
        .next()
        .is_some_and(|first| !first.is_numeric())
        .then(|| name.to_owned())
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#')
}

/// Lines that are looked through for a loop.
const LINES: usize = 100;

/// Where the loop begins that a run was stopped in. The engine counts a loop's turns where it begins, and names the place before that: the
/// beginning of the function, a call before the loop, or the first call in it.
pub(crate) fn stopped_loop(text: &str, function: &str, line: u32, column: u32) -> Option<(u32, u32)> {
    let first = usize::try_from(line.checked_sub(1)?).ok()?;
    let before = usize::try_from(column.checked_sub(1)?).ok()?;
    let start = text.lines().nth(first)?;
    let at = start.char_indices().nth(before)?.0;
    // The engine points at what stands before a function's name.
    let rest = start.get(at..)?.trim_start();
    let at = start.len() - rest.len();
    let is_function = begins_function(start.get(..at)?, rest, function);
    if !is_function {
        let line_before = text
            .lines()
            .take(first)
            .filter(|line| !line.trim().is_empty())
            .last();
        if loop_in(start.get(..at)?).is_some() || line_before.is_some_and(|line| loop_in(line).is_some()) {
            return None;
        }
    }
    let mut depth = 0_i32;
    // Braces in brackets are a pattern of a parameter, or another function's.
    let mut brackets = 0_i32;
    let following = text.lines().enumerate().skip(first + 1).take(LINES);
    for (index, line, from) in
        std::iter::once((first, start, at)).chain(following.map(|(index, line)| (index, line, 0)))
    {
        let rest = line.get(from..)?;
        let found = loop_in(rest);
        for letter in rest.get(..found.unwrap_or(rest.len()))?.chars() {
            match letter {
                '(' => brackets += 1,
                ')' => brackets -= 1,
                '{' if brackets <= 0 => depth += 1,
                '}' if brackets <= 0 => depth -= 1,
                _ => {}
            }
            if is_function && letter == '}' && brackets <= 0 && depth == 0 {
                return None;
            }
        }
        if let Some(found) = found {
            let column = line.get(..from + found)?.chars().count() + 1;
            return Some((u32::try_from(index + 1).ok()?, u32::try_from(column).ok()?));
        }
    }
    None
}

/// Whether a function of this name begins there.
fn begins_function(before: &str, rest: &str, name: &str) -> bool {
    let begins = ["async", "function", "get ", "set ", "*", "("];
    begins.iter().any(|word| rest.starts_with(word))
        || (!name.is_empty() && rest.starts_with(name) && !before.ends_with('.'))
        || rest
            .split_once("=>")
            .is_some_and(|(names, _)| names.trim().chars().all(is_name))
}

/// Where a loop begins in the line.
fn loop_in(line: &str) -> Option<usize> {
    let code = line.split("//").next()?;
    ["for", "while", "do"]
        .iter()
        .filter_map(|word| {
            let is_loop = |at: &usize| {
                let opens = code.get(at + word.len()..).map(str::trim_start);
                let stands_alone = !code
                    .get(..*at)
                    .is_some_and(|before| before.ends_with(is_name_or_point));
                stands_alone
                    && opens.is_some_and(|rest| {
                        rest.starts_with(if *word == "do" { '{' } else { '(' }) || rest.starts_with("await")
                    })
            };
            code.match_indices(word).map(|(at, _)| at).find(is_loop)
        })
        .min()
}

fn is_name_or_point(letter: char) -> bool {
    is_name(letter) || letter == '.'
}
