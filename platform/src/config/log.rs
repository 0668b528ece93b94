//! What the server logs, and how.

use super::{ConfigError, Environment};

/// The log on standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// `--log-format`, `C4H_LOG_FORMAT`; default `text`.
    pub format: LogFormat,
    /// `--log`, `C4H_LOG`; what is logged, in the words of `RUST_LOG`, for example `warn` or `info,access=off`.
    pub filter: String,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

impl LogConfig {
    /// Reads the flags or the variables.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a format or a filter that does not read.
    pub fn read(
        format_flag: Option<&str>,
        filter_flag: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let default = Self::default();
        let format = environment.pick(
            ("--log-format", format_flag),
            "C4H_LOG_FORMAT",
            |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("use text or json".to_owned()),
            },
        )?;
        let filter = environment.pick(("--log", filter_flag), "C4H_LOG", |text| {
            tracing_subscriber::EnvFilter::try_new(text)
                .map(|_| text.to_owned())
                .map_err(|error| format!("{error}; write for example warn, or info,access=off"))
        })?;
        Ok(Self {
            format: format.unwrap_or(default.format),
            filter: filter.unwrap_or(default.filter),
        })
    }
}
