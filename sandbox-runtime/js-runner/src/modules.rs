//! Modules: the script API's, the app's files, and what an import means.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Exception, Module, Result};

use crate::File;

/// What the script API's modules are called. Frames in them are not shown to the builder.
pub(crate) const WEB: &str = "c4h:web/";

/// Endings of files that can be imported.
const IMPORTED: [&str; 10] = [
    "js", "mjs", "ts", "json", "txt", "html", "css", "csv", "md", "svg",
];

#[derive(Default)]
struct Files {
    web: BTreeMap<String, String>,
    app: BTreeMap<String, String>,
    tests: bool,
    /// The import that could not be resolved last: who, what.
    missing: Option<(String, String)>,
}

thread_local! {
    static FILES: RefCell<Files> = RefCell::default();
}

pub(crate) fn add_web(files: Vec<File>) {
    FILES.with_borrow_mut(|known| {
        known.web.extend(
            files
                .into_iter()
                .map(|file| (format!("{WEB}{}", file.path), file.text)),
        )
    });
}

pub(crate) fn add_app(files: Vec<File>, tests: bool) {
    FILES.with_borrow_mut(|known| {
        known.app = files.into_iter().map(|file| (file.path, file.text)).collect();
        known.tests = tests;
    });
}

/// The source of a module of the script API.
pub(crate) fn web(name: &str) -> Option<String> {
    FILES.with_borrow(|known| known.web.get(name).cloned())
}

/// The text of a module, whose ever it is.
pub(crate) fn text(name: &str) -> Option<String> {
    FILES.with_borrow(|known| known.web.get(name).or_else(|| known.app.get(name)).cloned())
}

/// One line of a file of the app.
pub(crate) fn line(path: &str, number: u32) -> Option<String> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    FILES.with_borrow(|known| known.app.get(path)?.lines().nth(index).map(str::to_owned))
}

/// The place of the import that failed: file, line, column.
pub(crate) fn take_missing() -> Option<(String, u32, u32)> {
    FILES.with_borrow_mut(|known| {
        let (base, specifier) = known.missing.take()?;
        let text = known.app.get(&base)?;
        let at = ['"', '\'', '`']
            .iter()
            .find_map(|quote| text.find(&format!("{quote}{specifier}{quote}")))?;
        let before = text.get(..at)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next()?.chars().count() + 1;
        Some((base, u32::try_from(line).ok()?, u32::try_from(column).ok()?))
    })
}

/// The app's file as a module's source.
pub(crate) fn source(path: &str) -> std::result::Result<String, String> {
    FILES.with_borrow(|known| {
        let text = known
            .app
            .get(path)
            .ok_or_else(|| format!("There is no file {path} in the app's folder."))?;
        Ok(match path.rsplit('.').next() {
            Some("js" | "mjs" | "ts") => text.clone(),
            Some("json") => format!("export default JSON.parse({});", literal(text)),
            _ => format!("export default {};", literal(text)),
        })
    })
}

/// Text as JavaScript writes it.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8 + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\x00"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Says what an import names.
pub(crate) struct Resolving;

impl Resolver for Resolving {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        FILES
            .with_borrow_mut(|known| {
                let resolved = known.resolve(base, name);
                if resolved.is_err() {
                    known.missing = Some((base.to_owned(), name.to_owned()));
                }
                resolved
            })
            .map_err(|sentence| throw(ctx, "ImportError", &sentence))
    }
}

impl Files {
    fn resolve(&self, base: &str, name: &str) -> std::result::Result<String, String> {
        if let Some(module) = name
            .strip_prefix("nhs")
            .filter(|rest| rest.is_empty())
            .map(|_| "nhs.js")
        {
            return Ok(format!("{WEB}{module}"));
        }
        if name == "c4h:test" {
            if self.tests || base.starts_with(WEB) {
                return Ok(format!("{WEB}test.js"));
            }
            return Err("The module c4h:test is for tests only: put the tests into a file that ends in .test.js and run `c4h test`.".to_owned());
        }
        if name.starts_with(WEB) && base.starts_with(WEB) {
            return Ok(name.to_owned());
        }
        if !name.starts_with("./") && !name.starts_with("../") {
            return Err(self.not_relative(base, name));
        }
        let (known, folder) = match base.strip_prefix(WEB) {
            Some(path) => (&self.web, path),
            None => (&self.app, base),
        };
        let inside = join(folder, name).ok_or_else(|| format!("{base} imports {name}, which leads out of the app's folder; only files in the folder can be imported."))?;
        let full = if base.starts_with(WEB) {
            format!("{WEB}{inside}")
        } else {
            inside
        };
        if known.contains_key(&full) {
            return Ok(full);
        }
        // TypeScript's own rule: an import names the file that the compiler would make.
        if let Some(stem) = full.strip_suffix(".js") {
            let typescript = format!("{stem}.ts");
            if known.contains_key(&typescript) {
                return Ok(typescript);
            }
        }
        Err(self.nowhere(base, name, &full))
    }

    fn not_relative(&self, base: &str, name: &str) -> String {
        if name.contains("://") {
            return format!(
                "{base} imports {name}; nothing is fetched from the internet. Put the file into the app's folder and import it with ./ in front."
            );
        }
        if let Some(path) = name.strip_prefix("node:") {
            return format!(
                "{base} imports {name}; apps run in a web runtime, not in Node.js, so there is no {path}. See the list of what there is in the reference of the script API."
            );
        }
        let path = name.trim_start_matches('/');
        if self.app.contains_key(path) {
            return format!(
                "{base} imports {name}; files of the app are imported with ./ in front: \"./{path}\"."
            );
        }
        format!(
            "{base} imports {name}; there are no packages here, only \"nhs\" and files of the app's folder such as \"./lib.js\". A package can be bundled into one file first, for instance with esbuild."
        )
    }

    fn nowhere(&self, base: &str, name: &str, full: &str) -> String {
        let near = self
            .app
            .keys()
            .filter(|path| path.as_str() != base)
            .map(|path| (distance(path, full), path))
            .filter(|(distance, path)| {
                *distance <= 3 || path.rsplit_once('.').is_some_and(|(stem, _)| stem == full)
            })
            .min();
        let extension = name.rsplit('/').next().and_then(|file| file.rsplit_once('.'));
        if near.is_none()
            && let Some((_, extension)) = extension
            && !IMPORTED.contains(&extension)
        {
            let hint = if extension == "cjs" {
                " It is written for Node.js (CommonJS); bundle it into a .js file first, for instance with esbuild."
            } else {
                ""
            };
            return format!(
                "{base} imports {name}; files whose names end in .{extension} cannot be imported, only those in .{}.{hint}",
                IMPORTED.join(", .")
            );
        }
        match near {
            Some((_, path)) => format!(
                "{base} imports {name}, which is not in the app's folder; did you mean \"{}\"?",
                relative(base, path)
            ),
            None => format!(
                "{base} imports {name}, which is not in the app's folder; it has {}.",
                list(self.app.keys())
            ),
        }
    }
}

fn list<'a>(paths: impl Iterator<Item = &'a String>) -> String {
    let mut paths: Vec<_> = paths.map(String::as_str).collect();
    let more = paths.len().saturating_sub(8);
    paths.truncate(8);
    let named = paths.join(", ");
    if more == 0 {
        named
    } else {
        format!("{named} and {more} more")
    }
}

/// `path` as a file in the same or another folder imports it.
fn relative(base: &str, path: &str) -> String {
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder.is_empty() {
        return format!("./{path}");
    }
    match path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) => format!("./{rest}"),
        None => format!("{}{path}", "../".repeat(folder.split('/').count())),
    }
}

/// The path that `name` means in the folder of `base`; `None` when it leads out.
fn join(base: &str, name: &str) -> Option<String> {
    let mut parts: Vec<_> = base.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// How many letters must change, up to a bound that no suggestion reaches.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<_> = b.chars().take(200).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, left) in a.chars().take(200).enumerate() {
        let mut diagonal = index;
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
        for (column, right) in b.iter().enumerate() {
            let (Some(above), Some(before)) = (row.get(column + 1).copied(), row.get(column).copied()) else {
                break;
            };
            let cost = usize::from(left != *right);
            if let Some(cell) = row.get_mut(column + 1) {
                *cell = (diagonal + cost).min(above + 1).min(before + 1);
            }
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// Brings a module's source.
pub(crate) struct Loading;

impl Loader for Loading {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let source = match web(name) {
            Some(source) => source,
            None => source(name).map_err(|sentence| throw(ctx, "ImportError", &sentence))?,
        };
        Module::declare(ctx.clone(), name, source)
    }
}

/// Throws an error of this name.
pub(crate) fn throw(ctx: &Ctx<'_>, name: &str, message: &str) -> Error {
    match Exception::from_message(ctx.clone(), message) {
        Ok(exception) => {
            let _ = exception.as_object().set("name", name);
            exception.throw()
        }
        Err(error) => error,
    }
}
