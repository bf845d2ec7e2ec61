//! `dis.dis` for live objects, where the library with its `dis` is not there.

use terrarium_bytecode::dis::{Lookup, Options, Raw, Subject, disassemble, disassemble_recursive};
use terrarium_compiler::parse::Mode;
use terrarium_objects::types::bytes::Bytes;
use terrarium_objects::types::code::Code;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{dict, int};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Raised, Word, args, error, none, none_owned, ops,
};
use terrarium_runtime::compiling::{self, Request};
use terrarium_runtime::native_module::{self, ModuleDef};

pub static MODULE: ModuleDef = ModuleDef {
    name: "dis",
    doc: "Disassembler of Python byte code into mnemonics.",
    methods: &METHODS,
    exec: native_module::nothing,
};

static METHODS: [MethodDef; 1] = [MethodDef::new(
    "dis",
    Native::FastKeywords(dis),
    "Disassemble classes, methods, functions, and other compiled objects.",
)];

static DIS: args::Signature = args::Signature::new(
    "dis",
    &[
        "x",
        "file",
        "depth",
        "show_caches",
        "adaptive",
        "show_offsets",
        "show_positions",
    ],
    0,
    1,
    1,
);

/// Attributes that lead to the code object of a method, function, generator, asynchronous generator or coroutine.
const LEADS: [&str; 5] = ["__func__", "__code__", "gi_code", "ag_code", "cr_code"];

fn dis(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [x, file, depth, caches, adaptive, offsets, positions] = DIS.bind::<7>(args, kwnames)?;
    let on = |flag: Option<&Object>| flag.map_or(Ok(false), ops::compare::is_true);
    let Some(x) = x.filter(|x| !x.is(none())) else {
        return Err(error::not_implemented_error(
            "dis.dis() without an object, which shows the last traceback, is not there yet",
        ));
    };
    let options = Options {
        show_caches: on(caches)?,
        show_offsets: on(offsets)?,
        show_positions: on(positions)?,
        depth: match depth.filter(|d| !d.is(none())) {
            Some(depth) => Some(int::as_i32(depth)?.max(0) as u32),
            None => None,
        },
        ..Options::default()
    };
    let mut text = Vec::new();
    let outcome = show(x, &options, on(adaptive)?, &mut text);
    let file = match file.filter(|f| !f.is(none())) {
        Some(file) => Some(Owned::new(file)),
        None => crate::sys::get("stdout").filter(|f| !f.is(none())),
    };
    if let Some(file) = file {
        let text = Str::from_wtf8(&text);
        ops::call::call_method(
            &file,
            &terrarium_objects::names().write,
            &[Word::borrowed(&text)],
        )?;
    }
    outcome?;
    Ok(none_owned())
}

fn show(x: &Object, options: &Options, adaptive: bool, out: &mut Vec<u8>) -> PyResult<()> {
    let mut x = Owned::new(x);
    for lead in LEADS {
        if let Some(found) = ops::attribute::get_optional(&x, &Str::new(lead))? {
            x = found;
        }
    }
    if compiling::is_code(&x) {
        return disassemble_recursive(&Live::new(x, adaptive)?, options, out).map_err(raised);
    }
    if let Some(bytes) = x.downcast::<Bytes>() {
        return match disassemble(&Raw(bytes.bytes()), options, out) {
            Ok(()) => Ok(()),
            Err(problem) => Err(error::index_error(problem.to_string())),
        };
    }
    if let Some(source) = x.downcast::<Str>() {
        let code = compiled(&source.lossy())?;
        return disassemble_recursive(&Live::new(code, adaptive)?, options, out).map_err(raised);
    }
    match ops::attribute::get_optional(&x, &Str::new("__dict__"))? {
        Some(space) => members(&space, options, adaptive, out),
        None => Err(error::type_error(format!(
            "don't know how to disassemble {} objects",
            x.ty().name()
        ))),
    }
}

/// A string is an expression if it can be, else statements.
fn compiled(source: &str) -> PyResult {
    let request = |mode| Request {
        filename: "<dis>",
        name: None,
        mode,
        flags: 0,
        optimize: 0,
        is_script: false,
    };
    let data = match compiling::data_of_text(source, request(Mode::Eval)) {
        Ok(data) => data,
        Err(_) => {
            error::clear();
            compiling::data_of_text(source, request(Mode::Exec))?
        }
    };
    Ok(compiling::object_of(&data))
}

/// What has code among the members of a class or module, by name.
fn members(space: &Object, options: &Options, adaptive: bool, out: &mut Vec<u8>) -> PyResult<()> {
    let copy = ops::call::call_method(space, &Str::new("copy"), &[])?;
    let (mut found, mut position) = (Vec::new(), 0);
    while let Some((name, value)) = dict::next(&copy, &mut position) {
        let kind = value.ty();
        let class = kind.is_subtype(&terrarium_objects::types::r#type::TYPE);
        let holds_code = class || HAVE_CODE.contains(&kind.name());
        if let Some(name) = name.downcast::<Str>().filter(|_| holds_code) {
            found.push((name.wtf8().into_owned(), Owned::new(value)));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in found {
        out.extend_from_slice(b"Disassembly of ");
        out.extend_from_slice(&name);
        out.extend_from_slice(b":\n");
        show(&value, options, adaptive, out)?;
        out.push(b'\n');
    }
    Ok(())
}

/// The types, besides classes, whose values `dis` shows among the members of a class or module.
const HAVE_CODE: [&str; 5] = ["function", "method", "code", "classmethod", "staticmethod"];

fn raised(problem: terrarium_bytecode::dis::Error<Raised>) -> Raised {
    match problem.kind {
        terrarium_bytecode::dis::ErrorKind::Subject(raised) => raised,
        _ => error::index_error("the code object's bytecode is damaged"),
    }
}

/// A live code object: its parts as its attributes give them.
struct Live {
    code: Owned,
    units: Owned,
    shown: Option<Owned>,
    consts: Owned,
    names: Owned,
}

impl Live {
    fn new(code: Owned, adaptive: bool) -> PyResult<Live> {
        let part = |name| ops::attribute::get_str(&code, name);
        let shown = match adaptive {
            true => Some(part("_co_code_adaptive")?),
            false => None,
        };
        let (units, consts, names) = (part("co_code")?, part("co_consts")?, part("co_names")?);
        Ok(Live {
            units,
            shown,
            consts,
            names,
            code,
        })
    }

    fn get(&self) -> &Code {
        self.code
            .downcast_exact::<Code>()
            .expect("made of a code object")
    }
}

fn bytes_of(object: &Object) -> &[u8] {
    object.downcast::<Bytes>().map_or(&[], |b| b.bytes())
}

fn item(items: &Object, index: usize) -> Option<&Owned> {
    items.downcast::<Tuple>()?.items().get(index)
}

fn write_text(text: Option<&Object>, out: &mut Vec<u8>) -> Lookup {
    match text.and_then(|t| t.downcast::<Str>()) {
        Some(text) => {
            out.extend_from_slice(&text.wtf8());
            Lookup::Found
        }
        None => Lookup::OutOfRange,
    }
}

impl Subject for Live {
    type Error = Raised;

    fn code(&self) -> &[u8] {
        bytes_of(&self.units)
    }

    fn shown(&self) -> &[u8] {
        bytes_of(self.shown.as_ref().unwrap_or(&self.units))
    }

    fn lines(&self) -> Option<(&[u8], i32)> {
        let code = self.get();
        Some((code.linetable_bytes(), code.firstlineno.get()))
    }

    fn exceptiontable(&self) -> &[u8] {
        self.get().exceptiontable_bytes()
    }

    fn consts(&self) -> usize {
        self.consts
            .downcast::<Tuple>()
            .map_or(0, |t| t.items().len())
    }

    fn write_const(&self, index: usize, _: usize, out: &mut Vec<u8>) -> PyResult<Lookup> {
        let Some(constant) = item(&self.consts, index) else {
            return Ok(Lookup::OutOfRange);
        };
        let text = ops::text::repr(constant)?;
        Ok(write_text(Some(&text), out))
    }

    fn write_name(&self, index: usize, out: &mut Vec<u8>) -> Lookup {
        write_text(item(&self.names, index).map(|o| &**o), out)
    }

    fn write_local(&self, index: usize, out: &mut Vec<u8>) -> Lookup {
        let code = self.get();
        let known = index < code.nlocalsplus.get() as usize;
        write_text(known.then(|| code.local_name(index)), out)
    }

    fn nested(&self, index: usize) -> Option<Live> {
        let code = item(&self.consts, index).filter(|c| compiling::is_code(c))?;
        Live::new(code.clone(), self.shown.is_some()).ok()
    }
}
