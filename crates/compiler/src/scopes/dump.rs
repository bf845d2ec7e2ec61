//! The scopes as text: one line a block with its kind, name, line and parameters, below it one line a name, then the blocks inside.
//! Shows exactly what CPython's `_symtable` shows, so that the two can be compared.

use std::fmt::Write;

use super::*;

/// All blocks of a module, each level indented by two blanks.
pub fn dump(scopes: &Scopes) -> String {
    let mut out = String::new();
    let mut pending = vec![(EntryId::TOP, 0)];
    while let Some((id, level)) = pending.pop() {
        let entry = &scopes[id];
        dump_entry(entry, level * 2, &mut out);
        pending.extend(entry.children.iter().rev().map(|&child| (child, level + 1)));
    }
    out
}

fn dump_entry(entry: &Entry, indent: usize, out: &mut String) {
    let kind = match entry.block_type {
        BlockType::Function => "function",
        BlockType::Class => "class",
        BlockType::Module => "module",
        BlockType::Annotation => "annotation",
        BlockType::TypeAlias => "type_alias",
        BlockType::TypeParameters => "type_parameters",
        BlockType::TypeVariable => "type_variable",
    };
    let nested = if entry.nested { " nested" } else { "" };
    let params: Vec<&str> = entry.varnames.iter().map(|name| &**name).collect();
    let params = params.join(", ");
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{:indent$}{kind} {}({params}) line {}{nested}",
        "", entry.name, entry.loc.line
    );
    // CPython keeps names that only pass through a block in the order of a set, which differs from run to run.
    let (mut passing, own): (Vec<_>, Vec<_>) = entry
        .symbols
        .iter()
        .partition(|(_, symbol)| symbol.passes_through());
    passing.sort();
    for (name, symbol) in own.into_iter().chain(passing) {
        let _ = writeln!(out, "{:indent$}  .{name}:{}", "", names_of(*symbol));
    }
}

/// The flags and the scope by name, each with a blank before it.
fn names_of(symbol: Symbol) -> String {
    const FLAGS: [(Symbol, &str); 11] = [
        (Symbol::DEF_GLOBAL, " DEF_GLOBAL"),
        (Symbol::DEF_LOCAL, " DEF_LOCAL"),
        (Symbol::DEF_PARAM, " DEF_PARAM"),
        (Symbol::DEF_NONLOCAL, " DEF_NONLOCAL"),
        (Symbol::USE, " USE"),
        (Symbol::DEF_FREE_CLASS, " DEF_FREE_CLASS"),
        (Symbol::DEF_IMPORT, " DEF_IMPORT"),
        (Symbol::DEF_ANNOT, " DEF_ANNOT"),
        (Symbol::DEF_COMP_ITER, " DEF_COMP_ITER"),
        (Symbol::DEF_TYPE_PARAM, " DEF_TYPE_PARAM"),
        (Symbol::DEF_COMP_CELL, " DEF_COMP_CELL"),
    ];
    let mut text: String = FLAGS
        .iter()
        .filter(|(flag, _)| symbol.has(*flag))
        .map(|(_, name)| *name)
        .collect();
    text.push_str(match symbol.scope() {
        Scope::Unknown => " -",
        Scope::Local => " LOCAL",
        Scope::GlobalExplicit => " GLOBAL_EXPLICIT",
        Scope::GlobalImplicit => " GLOBAL_IMPLICIT",
        Scope::Free => " FREE",
        Scope::Cell => " CELL",
    });
    text
}
