//! The text of an annotation under `from __future__ import annotations` (CPython's Python/ast_unparse.c).

use crate::tree::Expr;

/// The source text that stands for `expr` (`_PyAST_ExprAsUnicode`).
pub fn unparse(_expr: &Expr) -> String {
    todo!()
}
