//! `exit`, `quit`, `help`, `copyright`, `credits` and `license`, which CPython's `site` adds to the built-ins (Lib/_sitebuiltins.py).

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc};
use terrarium_objects::{
    Object, PyResult, Slots, Type, Word, error, none, none_owned, ops, root, state,
    typeobject_ready,
};
use terrarium_runtime::importing;

use crate::body::body;

body! { Quitter of QUITTER { name: Cell<&'static str> } }

pub static QUITTER: Type = Type::builtin(
    "_sitebuiltins.Quitter",
    size_of::<Quitter>(),
    Slots {
        repr: Some(|o| {
            let name = Quitter::of(o).name.get();
            Ok(Str::new(&format!(
                "Use {name}() or Ctrl-D (i.e. EOF) to exit"
            )))
        }),
        call: Some(quit),
        ..Quitter::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

body! { Printer of PRINTER { name: Cell<&'static str>, text: Cell<&'static str> } }

pub static PRINTER: Type = Type::builtin(
    "_sitebuiltins._Printer",
    size_of::<Printer>(),
    Slots {
        repr: Some(|o| Ok(Str::new(Printer::of(o).text.get()))),
        call: Some(|o, args, kwnames| {
            args::no_keywords(Printer::of(o).name.get(), kwnames)?;
            args::check_positional(Printer::of(o).name.get(), args.len(), 0, 0)?;
            let print = ops::attribute::get_str(&*importing::import("builtins")?, "print")?;
            let text = Str::new(Printer::of(o).text.get());
            ops::call::call(&print, &[Word::borrowed(&text)], None)
        }),
        ..Printer::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

body! { Helper of HELPER { reserved: Cell<usize> } }

pub static HELPER: Type = Type::builtin(
    "_sitebuiltins._Helper",
    size_of::<Helper>(),
    Slots {
        repr: Some(|_| {
            Ok(Str::new(
                "Type help() for interactive help, or help(object) for help about object.",
            ))
        }),
        call: Some(help),
        ..Helper::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

const TEXTS: [(&str, &str); 3] = [
    ("copyright", "Terrarium: MIT OR Apache-2.0"),
    (
        "credits",
        "Terrarium follows CPython, the work of Guido van Rossum and the Python community.",
    ),
    (
        "license",
        "Terrarium: MIT OR Apache-2.0. The pure-Python standard library: PSF licence.",
    ),
];

/// Adds the names to the built-ins.
pub fn add(builtins: &Object) -> PyResult<()> {
    for ty in [&QUITTER, &PRINTER, &HELPER] {
        typeobject_ready::ready_static(ty);
    }
    for name in ["quit", "exit"] {
        let made = Quitter::alloc(&QUITTER)?;
        Quitter::of(&made).name.set(name);
        dict::set_str(builtins, name, &made);
    }
    for (name, text) in TEXTS {
        let made = Printer::alloc(&PRINTER)?;
        Printer::of(&made).name.set(name);
        Printer::of(&made).text.set(text);
        dict::set_str(builtins, name, &made);
    }
    let made = Helper::alloc(&HELPER)?;
    dict::set_str(builtins, "help", &made);
    Ok(())
}

/// `exit(code=None)`: closes standard input, as a shell waits for its end, and raises SystemExit.
fn quit(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature = args::Signature::new("__call__", &["code"], 0, 0, 1);
    let _ = object;
    let [code] = SIGNATURE.bind::<1>(args, kwnames)?;
    let stdin = state::get()
        .kept("sys module dict")
        .and_then(|sys| dict::get_str(sys, "stdin"));
    if let Some(stdin) = stdin {
        let stdin = root("sys.stdin", stdin);
        if ops::call::call_method(&stdin, &Str::new("close"), &[]).is_err() {
            error::clear();
        }
    }
    Err(error::raise_with(&exc::SYSTEM_EXIT, code.unwrap_or(none())))
}

fn help(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let pydoc = root("pydoc", importing::import("pydoc")?);
    let help = root("pydoc.help", ops::attribute::get_str(&pydoc, "help")?);
    ops::call::call(&help, args, kwnames)?;
    Ok(none_owned())
}
