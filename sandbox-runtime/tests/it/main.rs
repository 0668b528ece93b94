//! The promises of this package, each kept against a guest that tries to break it.

#[cfg(test)]
mod artefacts;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod compiling;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod records;
#[cfg(test)]
mod replays;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod script_api;
#[cfg(test)]
mod script_errors;
mod script_source;
#[cfg(test)]
mod scripts;
#[cfg(test)]
mod stage;
#[cfg(test)]
#[cfg(unix)]
mod starved;
#[cfg(test)]
mod uploads;
