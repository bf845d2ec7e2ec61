//! Scopes as `python -m symtable` prints them. Names that only pass through a block come last and sorted: CPython keeps them in the order
//! of a set, which differs from run to run.

use std::fmt::Write;

use terrarium_bytecode::repr;

use crate::scopes::{BlockType, Entry, EntryId, Scope, Scopes, Symbol};

/// All blocks, each level indented by four blanks.
pub fn text(scopes: &Scopes, filename: &str) -> String {
    let mut out = String::new();
    let mut pending = vec![(EntryId::TOP, 0)];
    while let Some((id, level)) = pending.pop() {
        entry(&scopes[id], filename, level * 4, &mut out);
        let children = scopes[id].children.iter().rev();
        pending.extend(children.map(|&child| (child, level + 1)));
    }
    out
}

fn entry(entry: &Entry, filename: &str, indent: usize, out: &mut String) {
    let nested = if entry.nested { "nested " } else { "" };
    let what = match entry.block_type {
        BlockType::Module => format!("from file {}", repr::str(filename.as_bytes())),
        _ => repr::str(entry.name.as_bytes()),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{:indent$}symbol table for {nested}{} {what}:",
        "",
        kind(entry.block_type)
    );
    let (mut passing, own): (Vec<_>, Vec<_>) = entry
        .symbols
        .iter()
        .partition(|(_, symbol)| symbol.passes_through());
    passing.sort();
    for (name, symbol) in own.into_iter().chain(passing) {
        let flags: Vec<&str> = FLAGS
            .iter()
            .filter(|(flag, _)| symbol.bits() & flag.bits() == flag.bits())
            .map(|(_, name)| *name)
            .collect();
        let _ = writeln!(
            out,
            "{:indent$}    {} symbol {}: {}",
            "",
            scope(symbol.scope()),
            repr::str(name.as_bytes()),
            flags.join(", ")
        );
    }
    out.push('\n');
}

fn kind(block: BlockType) -> &'static str {
    match block {
        BlockType::Function => "function",
        BlockType::Class => "class",
        BlockType::Module => "module",
        BlockType::Annotation => "annotation",
        BlockType::TypeAlias => "type alias",
        BlockType::TypeParameters => "type parameters",
        BlockType::TypeVariable => "type variable",
    }
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Unknown => "0",
        Scope::Local => "local",
        Scope::GlobalExplicit => "global_explicit",
        Scope::GlobalImplicit => "global_implicit",
        Scope::Free => "free",
        Scope::Cell => "cell",
    }
}

/// In the order in which the symtable module names them.
const FLAGS: [(Symbol, &str); 12] = [
    (Symbol::USE, "use"),
    (Symbol::DEF_GLOBAL, "def_global"),
    (Symbol::DEF_NONLOCAL, "def_nonlocal"),
    (Symbol::DEF_LOCAL, "def_local"),
    (Symbol::DEF_PARAM, "def_param"),
    (Symbol::DEF_TYPE_PARAM, "def_type_param"),
    (Symbol::DEF_FREE_CLASS, "def_free_class"),
    (Symbol::DEF_IMPORT, "def_import"),
    (Symbol::DEF_BOUND, "def_bound"),
    (Symbol::DEF_ANNOT, "def_annot"),
    (Symbol::DEF_COMP_ITER, "def_comp_iter"),
    (Symbol::DEF_COMP_CELL, "def_comp_cell"),
];
