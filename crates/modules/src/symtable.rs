//! `_symtable`: what the `symtable` module is built on (Modules/symtablemodule.c and the entry type of Python/symtable.c).

use std::cell::Cell;

use terrarium_compiler::parse::Mode;
use terrarium_compiler::scopes::{BlockType, Entry, EntryId, Scope, Scopes, Symbol};
use terrarium_compiler::tree::Name;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MemberDef, MemberKind, MethodDef, Native, flags};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, int, list, module};
use terrarium_objects::{
    Object, Owned, PyResult, Slots, Type, Word, args, error, ops, root, typeobject_ready,
};
use terrarium_runtime::compiling::{self, Request};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::body;
use crate::builtins::execution::{filename_object, with_source};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_symtable",
    doc: "",
    methods: &[MethodDef::new(
        "symtable",
        Native::Fast(symtable),
        "symtable($module, source, filename, startstr, /)\n--\n\nReturn the scopes of a source as entries, one within the other.",
    )],
    exec,
};

/// Flags of names and numbers of scopes and blocks, by their names in the module.
const NUMBERS: [(&str, u32); 26] = [
    ("USE", Symbol::USE.bits()),
    ("DEF_GLOBAL", Symbol::DEF_GLOBAL.bits()),
    ("DEF_NONLOCAL", Symbol::DEF_NONLOCAL.bits()),
    ("DEF_LOCAL", Symbol::DEF_LOCAL.bits()),
    ("DEF_PARAM", Symbol::DEF_PARAM.bits()),
    ("DEF_TYPE_PARAM", Symbol::DEF_TYPE_PARAM.bits()),
    ("DEF_FREE_CLASS", Symbol::DEF_FREE_CLASS.bits()),
    ("DEF_IMPORT", Symbol::DEF_IMPORT.bits()),
    ("DEF_BOUND", Symbol::DEF_BOUND.bits()),
    ("DEF_ANNOT", Symbol::DEF_ANNOT.bits()),
    ("DEF_COMP_ITER", Symbol::DEF_COMP_ITER.bits()),
    ("DEF_COMP_CELL", Symbol::DEF_COMP_CELL.bits()),
    ("TYPE_FUNCTION", BlockType::Function as u32),
    ("TYPE_CLASS", BlockType::Class as u32),
    ("TYPE_MODULE", BlockType::Module as u32),
    ("TYPE_ANNOTATION", BlockType::Annotation as u32),
    ("TYPE_TYPE_ALIAS", BlockType::TypeAlias as u32),
    ("TYPE_TYPE_PARAMETERS", BlockType::TypeParameters as u32),
    ("TYPE_TYPE_VARIABLE", BlockType::TypeVariable as u32),
    ("LOCAL", Scope::Local as u32),
    ("GLOBAL_EXPLICIT", Scope::GlobalExplicit as u32),
    ("GLOBAL_IMPLICIT", Scope::GlobalImplicit as u32),
    ("FREE", Scope::Free as u32),
    ("CELL", Scope::Cell as u32),
    ("SCOPE_OFF", Symbol::SCOPE_OFFSET),
    ("SCOPE_MASK", Symbol::SCOPE_MASK),
];

fn exec(made: &Object) -> PyResult<()> {
    typeobject_ready::ready_static(&ENTRY);
    let space = module::namespace(made);
    for (name, number) in NUMBERS {
        dict::set_str(space, name, &int::from_i64(i64::from(number)));
    }
    Ok(())
}

body! {
    /// A block and its names (CPython's `PySTEntryObject`).
    BlockEntry of ENTRY {
        id: Field,
        name: Field,
        symbols: Field,
        varnames: Field,
        children: Field,
        nested: Cell<i32>,
        kind: Cell<i32>,
        lineno: Cell<i32>,
    }
}

const fn object(name: &'static str, offset: usize) -> MemberDef {
    MemberDef::new(name, MemberKind::Object, offset)
}

const fn number(name: &'static str, offset: usize) -> MemberDef {
    MemberDef::new(name, MemberKind::Int, offset)
}

pub static ENTRY: Type = Type::builtin(
    "symtable entry",
    size_of::<BlockEntry>(),
    Slots {
        repr: Some(repr),
        clear: None,
        ..BlockEntry::SLOTS
    },
)
.with_flags(flags::DISALLOW_INSTANTIATION)
.with_members(&[
    object("id", std::mem::offset_of!(BlockEntry, id)),
    object("name", std::mem::offset_of!(BlockEntry, name)),
    object("symbols", std::mem::offset_of!(BlockEntry, symbols)),
    object("varnames", std::mem::offset_of!(BlockEntry, varnames)),
    object("children", std::mem::offset_of!(BlockEntry, children)),
    number("nested", std::mem::offset_of!(BlockEntry, nested)),
    number("type", std::mem::offset_of!(BlockEntry, kind)),
    number("lineno", std::mem::offset_of!(BlockEntry, lineno)),
]);

fn repr(object: &Object) -> PyResult {
    let this = BlockEntry::of(object);
    let text = |field: &Field| ops::text::str(&field.or_none()).map(|text| ops::text::lossy(&text));
    Ok(Str::new(&format!(
        "<symtable entry {}({}), line {}>",
        text(&this.name)?,
        text(&this.id)?,
        this.lineno.get()
    )))
}

/// `symtable(source, filename, startstr, /)`
fn symtable(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("symtable", args.len(), 3, 3)?;
    let [source, filename, mode] = [&args[0], &args[1], &args[2]].map(|word| word.object());
    let name = root("filename", filename_object(filename)?);
    let Some(mode) = mode.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "symtable() argument 3 must be str, not {}",
            mode.ty().name()
        )));
    };
    let filename = ops::text::lossy(&name);
    with_source(source, "symtable", "string or bytes object", |text| {
        let mode = match &*mode.lossy() {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => {
                return Err(error::value_error(
                    "symtable() arg 3 must be 'exec' or 'eval' or 'single'",
                ));
            }
        };
        let request = Request {
            filename: &filename,
            name: Some(&name),
            mode,
            flags: 0,
            optimize: 0,
            is_script: false,
        };
        compiling::with_scopes(text, request, entry_objects)?
    })
}

/// The object of the module's entry, which holds those of all blocks inside.
fn entry_objects(scopes: &Scopes) -> PyResult {
    let ids: Vec<EntryId> = scopes.entries().map(|(id, _)| id).collect();
    // Blocks are opened before those inside them.
    let mut made: Vec<Option<Owned>> = ids.iter().map(|_| None).collect();
    for &id in ids.iter().rev() {
        let entry = &scopes[id];
        let children = entry.children.iter();
        let children = children.filter_map(|child| made[child.index()].take());
        let children = list::from_owned(children.collect());
        made[id.index()] = Some(entry_object(entry, children)?);
    }
    match made.swap_remove(EntryId::TOP.index()) {
        Some(top) => Ok(top),
        None => Err(error::system_error("a module without a scope")),
    }
}

fn entry_object(entry: &Entry, children: Owned) -> PyResult {
    let text = |name: &Name| str::intern_text(name.as_bytes()).0;
    let symbols = dict::new();
    for (name, symbol) in entry.symbols.iter() {
        dict::set(
            &symbols,
            &text(name),
            &int::from_i64(i64::from(symbol.bits())),
        )?;
    }
    let varnames = list::from_owned(entry.varnames.iter().map(text).collect());
    let made = BlockEntry::alloc(&ENTRY)?;
    let this = BlockEntry::of(&made);
    this.id
        .set(Some(int::from_usize(std::ptr::from_ref(entry) as usize)));
    this.name.set(Some(text(&entry.name)));
    this.symbols.set(Some(symbols));
    this.varnames.set(Some(varnames));
    this.children.set(Some(children));
    this.nested.set(i32::from(entry.nested));
    this.kind.set(entry.block_type as i32);
    this.lineno.set(entry.loc.line);
    Ok(made)
}
