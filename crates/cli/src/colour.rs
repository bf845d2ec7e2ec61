//! Options that several commands share: colour and format.

use std::io::IsTerminal;

use terrarium_report::Format;

/// `--color`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Auto,
    Always,
    Never,
}

pub fn choice(value: Option<&str>) -> Result<Choice, String> {
    match value {
        Some("auto") => Ok(Choice::Auto),
        Some("always") => Ok(Choice::Always),
        Some("never") => Ok(Choice::Never),
        _ => Err("--color takes auto, always or never".into()),
    }
}

pub fn format(value: Option<&str>) -> Result<Format, String> {
    match value {
        Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        _ => Err("--format takes text or json".into()),
    }
}

impl Choice {
    /// Whether standard output gets colour: the environment decides as Python's own tools do.
    pub fn for_stdout(self) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        match self {
            Choice::Always => true,
            Choice::Never => false,
            Choice::Auto => match std::env::var("PYTHON_COLORS").as_deref() {
                Ok("0") => false,
                Ok("1") => true,
                _ if set("NO_COLOR") => false,
                _ if set("FORCE_COLOR") => true,
                _ => {
                    std::env::var("TERM").is_ok_and(|t| t != "dumb")
                        && std::io::stdout().is_terminal()
                }
            },
        }
    }
}
