//! Rewrites the tree between parser and scopes, as CPython's Python/ast_preprocess.c does.

use crate::error::Warning;
use crate::tree::Module;

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub optimize: u8,
    pub future_annotations: bool,
    pub syntax_check_only: bool,
}

pub fn future_annotations(_module: &Module) -> bool {
    false
}

pub fn run(_module: &mut Module, _options: Options) -> Vec<Warning> {
    Vec::new()
}
