//! Facts as text and as JSON, in one place each, so that they cannot disagree. Computes no facts.

pub mod explain;
pub mod holders;
pub mod paint;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}
