//! A command that goes on until it is told to end, such as `c4h dev`.

use std::ffi::OsStr;
use std::time::Duration;

use anyhow::Context as _;

use crate::command::Command;
use crate::platform::{Lines, Running};
use crate::wait::until;

/// A line that comes later than this never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that runs beside the journey; killed when the journey lets go of it.
#[derive(Debug)]
pub struct Background {
    child: Running,
    printed: Lines,
    complaints: Lines,
    /// Lines that a wait has gone past.
    seen: usize,
}

impl Background {
    /// Starts it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start<A: AsRef<OsStr>>(
        command: &Command,
        arguments: impl IntoIterator<Item = A>,
    ) -> anyhow::Result<Self> {
        let mut child = command.prepared(arguments).spawn()?;
        let printed = Lines::of(child.stdout.take().context("standard output is piped")?);
        let complaints = Lines::of(child.stderr.take().context("standard error is piped")?);
        Ok(Self {
            child: Running(child),
            printed,
            complaints,
            seen: 0,
        })
    }

    /// Waits for the next line that holds `text`, and passes it on.
    ///
    /// # Errors
    /// When it does not come, or the command ends first; with everything that was printed.
    pub async fn line(&mut self, text: &str) -> anyhow::Result<String> {
        let seen = self.seen;
        let child = &mut self.child.0;
        let printed = &self.printed;
        let what = format!("a line with {text:?}");
        let found = until(&what, PATIENCE, async || {
            let lines = printed.all();
            let found = lines
                .iter()
                .enumerate()
                .skip(seen)
                .find(|(_, line)| line.contains(text));
            if let Some((at, line)) = found {
                return Ok(Some((at, line.clone())));
            }
            match child.try_wait()? {
                Some(status) => anyhow::bail!("the command ended with {status}"),
                None => Ok(None),
            }
        });
        let (at, line) = found.await.with_context(|| self.told())?;
        self.seen = at + 1;
        Ok(line)
    }

    /// Everything it printed and complained about.
    #[must_use]
    pub fn told(&self) -> String {
        [self.printed.all(), self.complaints.all()].concat().join("\n")
    }

    /// Presses Ctrl-C; the exit code it ends with.
    ///
    /// # Errors
    /// When it does not end.
    #[cfg(unix)]
    pub async fn interrupt(mut self) -> anyhow::Result<i32> {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.child.0.id())?);
        rustix::process::kill_process(id.context("a process has an id")?, rustix::process::Signal::INT)?;
        let child = &mut self.child.0;
        let status = until("the command ends", PATIENCE, async || Ok(child.try_wait()?)).await?;
        Ok(status.code().unwrap_or(-1))
    }
}
