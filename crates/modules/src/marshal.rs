//! `marshal` (Python/marshal.c): objects to bytes and back, over the format in `terrarium_bytecode::marshal`.

use num_bigint::BigInt;
use terrarium_bytecode as bc;
use terrarium_bytecode::Constant;
use terrarium_bytecode::marshal::{
    self as format, CodeParts, Encoder, Failure, Identity, Kind, Singleton,
};
use terrarium_objects::args::{self, Signature};
use terrarium_objects::types::code::{self, Code, Parts};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{
    bool, bytes, code_attributes, complex, dict, exceptions as exc, float, int, list, module, none,
    set, slice, tuple,
};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Raised, Word, error, gc, names, none_owned, ops,
    root, words,
};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "marshal",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new("dump", Native::FastKeywords(dump), ""),
    MethodDef::new("load", Native::FastKeywords(load), ""),
    MethodDef::new("dumps", Native::FastKeywords(dumps), ""),
    MethodDef::new("loads", Native::FastKeywords(loads), ""),
];

fn exec(this: &Object) -> PyResult<()> {
    let version = int::from_i64(format::VERSION.into());
    dict::set_str(module::namespace(this), "version", &version);
    Ok(())
}

fn allowed(flag: Option<&Object>) -> PyResult<bool> {
    flag.map_or(Ok(true), ops::compare::is_true)
}

fn version(number: Option<&Object>) -> PyResult<u8> {
    match number {
        None => Ok(format::VERSION),
        Some(number) => Ok(int::as_i32(number)?.clamp(0, 255) as u8),
    }
}

fn dumps(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("dumps", &["value", "version", "allow_code"], 2, 1, 2);
    let [value, number, code] = SIGNATURE.bind::<3>(args, kwnames)?;
    let data = to_bytes(value.expect("required"), version(number)?, allowed(code)?)?;
    Ok(bytes::Bytes::new(&data))
}

fn dump(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("dump", &["value", "file", "version", "allow_code"], 3, 2, 3);
    let [value, file, number, code] = SIGNATURE.bind::<4>(args, kwnames)?;
    let data = to_bytes(value.expect("required"), version(number)?, allowed(code)?)?;
    let data = root("marshalled bytes", bytes::Bytes::new(&data));
    ops::call::call_method(file.expect("required"), &names().write, &words([&data]))
}

fn loads(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("loads", &["bytes", "allow_code"], 1, 1, 1);
    let [data, code] = SIGNATURE.bind::<2>(args, kwnames)?;
    let allow = allowed(code)?;
    let buffer = bytes::bytes_like(data.expect("required"))?;
    from_bytes(buffer.slice(), allow).map(|(value, _)| value)
}

fn load(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("load", &["file", "allow_code"], 1, 1, 1);
    let [file, code] = SIGNATURE.bind::<2>(args, kwnames)?;
    let (file, allow) = (file.expect("required"), allowed(code)?);
    let read = str::intern_immortal("read");
    let probe = ops::call::call_method(file, read, &words([&int::from_i64(0)]))?;
    if !bytes::is_bytes(&probe) {
        return Err(error::type_error(format!(
            "file.read() returned not bytes but {}",
            probe.ty().full_name()
        )));
    }
    let data = ops::call::call_method(file, read, &[])?;
    if !bytes::is_bytes(&data) {
        return Err(error::type_error("file.read() returned not bytes"));
    }
    let (value, used) = from_bytes(bytes::cast(&data).bytes(), allow)?;
    let unused = bytes::cast(&data).len() - used;
    if unused > 0 {
        // The file is to stand behind the value.
        let value = root("unmarshalled value", value);
        let back = int::from_i64(-(unused as i64));
        let seek = str::intern_immortal("seek");
        ops::call::call_method(file, seek, &words([&back, &int::from_i64(1)]))?;
        return Ok(value.take());
    }
    Ok(value)
}

/// Writes one object after another.
struct Writer {
    encoder: Encoder,
    allow_code: bool,
    version: u8,
}

/// An object as marshal data.
pub fn to_bytes(value: &Object, version: u8, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut writer = Writer {
        encoder: Encoder::new(version),
        allow_code,
        version,
    };
    writer.write(value, 0, false)?;
    Ok(writer.encoder.finish())
}

fn unmarshallable() -> Raised {
    error::value_error("unmarshallable object")
}

impl Writer {
    /// `held`: someone besides what refcounts say holds it while it is written.
    fn write(&mut self, value: &Object, depth: u32, held: bool) -> PyResult<()> {
        if depth > format::MAX_DEPTH {
            return Err(error::value_error("object too deeply nested to marshal"));
        }
        if value.is(none::none()) {
            self.encoder.none();
            return Ok(());
        }
        if bool::is_bool(value) {
            self.encoder.bool(value.is(bool::from_bool(true)));
            return Ok(());
        }
        if value.is(&none::ELLIPSIS) {
            self.encoder.ellipsis();
            return Ok(());
        }
        if value.is(exc::STOP_ITERATION.as_object()) {
            self.encoder.stop_iteration();
            return Ok(());
        }
        let interned = value.is_exact(&str::STR) && str::cast(value).is_interned();
        let shared = held || value.refcount() != 1 || interned;
        let Some(flag) = self
            .encoder
            .reference(Identity(value.as_ptr() as u64), shared)
        else {
            return Ok(());
        };
        self.write_body(value, flag, depth)
    }

    fn write_body(&mut self, value: &Object, flag: u8, depth: u32) -> PyResult<()> {
        let out = &mut self.encoder;
        if value.is_exact(&int::INT) {
            match int::as_i64(value) {
                Some(small) => out.int(flag, small),
                None => out.big_int(flag, &int::to_bigint(value)),
            }
        } else if value.is_exact(&float::FLOAT) {
            out.float(flag, float::value(value));
        } else if value.is_exact(&complex::COMPLEX) {
            // SAFETY: just checked.
            let value = unsafe { value.cast::<complex::Complex>() };
            out.complex(flag, value.real.get(), value.imag.get());
        } else if value.is_exact(&bytes::BYTES) {
            out.bytes(flag, bytes::cast(value).bytes());
        } else if value.is_exact(&str::STR) {
            let text = str::cast(value);
            out.string(flag, &text.wtf8(), text.is_interned());
        } else if let Some(items) = value.downcast_exact::<tuple::Tuple>() {
            out.tuple(flag, items.len());
            for item in items.items() {
                self.write(item, depth + 1, false)?;
            }
        } else if let Some(items) = value.downcast_exact::<list::List>() {
            out.list(flag, items.len());
            for index in 0..items.len() {
                let Some(item) = items.item(index) else { break };
                self.write(item, depth + 1, false)?;
            }
        } else if value.is_exact(&dict::DICT) {
            out.dict(flag);
            let mut at = 0;
            while let Some((key, item)) = dict::next(value, &mut at) {
                self.write(key, depth + 1, false)?;
                self.write(item, depth + 1, false)?;
            }
            self.encoder.null();
        } else if value.is_exact(&set::SET) || value.is_exact(&set::FROZENSET) {
            self.write_set(value, flag, depth)?;
        } else if value.is_exact(&slice::SLICE) {
            self.write_slice(value, flag, depth)?;
        } else if let Some(code) = value.downcast_exact::<Code>() {
            self.write_code(code, flag, depth)?;
        } else if let Some(get) = value.ty().slots.getbuffer {
            let Ok(buffer) = get(value) else {
                error::clear();
                return Err(unmarshallable());
            };
            self.encoder.bytes(flag, buffer.slice());
        } else {
            return Err(unmarshallable());
        }
        Ok(())
    }

    fn write_slice(&mut self, value: &Object, flag: u8, depth: u32) -> PyResult<()> {
        if self.version < 5 {
            return Err(unmarshallable());
        }
        self.encoder.slice(flag);
        for name in ["start", "stop", "step"] {
            let part = ops::attribute::get_str(value, name)?;
            // Attributes of a slice are its own references: the one taken here does not count.
            let alone = part.refcount() == 2;
            let object = &*part;
            if alone {
                self.write_single(object, depth)?;
            } else {
                self.write(object, depth + 1, false)?;
            }
        }
        Ok(())
    }

    /// An object that only its holder refers to, besides the reference taken to look at it.
    fn write_single(&mut self, value: &Object, depth: u32) -> PyResult<()> {
        if value.is_exact(&str::STR) && str::cast(value).is_interned() || value.is_immortal() {
            return self.write(value, depth + 1, false);
        }
        if depth > format::MAX_DEPTH {
            return Err(error::value_error("object too deeply nested to marshal"));
        }
        self.write_body(value, 0, depth + 1)
    }

    /// Elements in the order of their own marshal data, so that equal sets give equal bytes.
    fn write_set(&mut self, value: &Object, flag: u8, depth: u32) -> PyResult<()> {
        let items = ops::sequence::to_list(value)?;
        // SAFETY: just made.
        let items = unsafe { items.cast::<list::List>() };
        let mut order = Vec::with_capacity(items.len());
        for index in 0..items.len() {
            let Some(item) = items.item_owned(index) else {
                break;
            };
            let mut single = Writer {
                encoder: Encoder::new(self.version),
                allow_code: self.allow_code,
                version: self.version,
            };
            single.write(&item, depth + 1, true)?;
            order.push((single.encoder.finish(), item));
        }
        order.sort_by(|a, b| a.0.cmp(&b.0));
        let frozen = value.is_exact(&set::FROZENSET);
        self.encoder.set(flag, order.len(), frozen);
        for (_, item) in &order {
            self.write(item, depth + 1, true)?;
        }
        Ok(())
    }

    fn write_code(&mut self, code: &Code, flag: u8, depth: u32) -> PyResult<()> {
        if !self.allow_code {
            return Err(error::value_error("marshalling code objects is disallowed"));
        }
        self.encoder.code(flag);
        for number in [
            code.argcount.get(),
            code.posonlyargcount.get(),
            code.kwonlyargcount.get(),
            code.stacksize.get(),
            code.flags.get(),
        ] {
            self.encoder.long(number as i32);
        }
        let units = code_attributes::code_bytes(code);
        self.write(&units, depth + 1, false)?;
        drop(units);
        for part in [
            &code.consts,
            &code.names,
            &code.localsplusnames,
            &code.localspluskinds,
            &code.filename,
            &code.name,
            &code.qualname,
        ] {
            // SAFETY: a code object's parts are always set.
            self.write(unsafe { &*part.get() }, depth + 1, false)?;
        }
        self.encoder.long(code.firstlineno.get());
        for part in [&code.linetable, &code.exceptiontable] {
            // SAFETY: as above.
            self.write(unsafe { &*part.get() }, depth + 1, false)?;
        }
        Ok(())
    }
}

/// Makes live objects of marshal data.
struct Objects {
    allow_code: bool,
    saw_code: bool,
}

/// One value and how many bytes it took.
pub fn from_bytes(data: &[u8], allow_code: bool) -> PyResult<(Owned, usize)> {
    let mut builder = Objects {
        allow_code,
        saw_code: false,
    };
    match format::read(data, &mut builder) {
        Ok((value, used)) => {
            if builder.saw_code {
                check_code(&data[..used])?;
            }
            Ok((value, used))
        }
        Err(Failure::Builder { error, .. }) => Err(error),
        Err(Failure::Data(problem)) => Err(raise(&problem.kind)),
    }
}

fn raise(kind: &format::ErrorKind) -> Raised {
    let (class, text) = kind.python();
    match class {
        "EOFError" => error::eof_error(text),
        "TypeError" => error::type_error(text),
        "SystemError" => error::system_error(text),
        _ => error::value_error(text),
    }
}

/// Code objects in the data must be safe to run.
fn check_code(data: &[u8]) -> PyResult<()> {
    let Ok((constant, _)) = format::load(data) else {
        return Ok(());
    };
    let mut waiting = vec![constant];
    while let Some(constant) = waiting.pop() {
        match constant {
            Constant::Code(code) => {
                if let Err(problem) = bc::verify::check(&code) {
                    return Err(error::value_error(format!(
                        "bad marshal data (damaged bytecode: {problem})"
                    )));
                }
            }
            Constant::Tuple(items)
            | Constant::List(items)
            | Constant::Set(items)
            | Constant::FrozenSet(items) => waiting.extend(items.iter().cloned()),
            Constant::Dict(items) => {
                for (key, value) in items.iter() {
                    waiting.extend([key.clone(), value.clone()]);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

impl format::Builder for Objects {
    type Value = Owned;
    type Error = Raised;

    fn singleton(&mut self, which: Singleton) -> Owned {
        match which {
            Singleton::None => none_owned(),
            Singleton::True => bool::bool_owned(true),
            Singleton::False => bool::bool_owned(false),
            Singleton::Ellipsis => Owned::new(&none::ELLIPSIS),
            Singleton::StopIteration => Owned::new(exc::STOP_ITERATION.as_object()),
        }
    }

    fn int(&mut self, value: i64) -> PyResult {
        Ok(int::from_i64(value))
    }

    fn big_int(&mut self, value: BigInt) -> PyResult {
        Ok(int::from_bigint(&value))
    }

    fn float(&mut self, value: f64) -> PyResult {
        Ok(float::from_f64(value))
    }

    fn complex(&mut self, real: f64, imag: f64) -> PyResult {
        Ok(complex::from_parts(real, imag))
    }

    fn bytes(&mut self, value: &[u8]) -> PyResult {
        Ok(bytes::Bytes::new(value))
    }

    fn string(&mut self, text: &[u8], interned: bool) -> PyResult {
        let made = Str::from_wtf8(text);
        Ok(if interned {
            str::intern_object_immortal(made)
        } else {
            made
        })
    }

    fn begin(&mut self, kind: Kind, _: usize) -> PyResult<Option<Owned>> {
        Ok(match kind {
            Kind::List => Some(list::new()),
            Kind::Dict => Some(dict::new()),
            Kind::Set => Some(ops::call::call(set::SET.as_object(), &[], None)?),
            _ => None,
        })
    }

    fn finish(&mut self, kind: Kind, begun: Option<Owned>, items: Vec<Owned>) -> PyResult {
        match (kind, begun) {
            (Kind::List, Some(made)) => {
                for item in items {
                    // SAFETY: made as a list.
                    unsafe { made.cast::<list::List>() }.push(item);
                }
                Ok(made)
            }
            (Kind::Dict, Some(made)) => {
                let mut items = items.into_iter();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    dict::set_owned(&made, key, value)?;
                }
                Ok(made)
            }
            (Kind::Set, Some(made)) => {
                for item in items {
                    let add = str::intern_immortal("add");
                    ops::call::call_method(&made, add, &words([&item]))?;
                }
                Ok(made)
            }
            (Kind::FrozenSet, _) => {
                let items = list::from_owned(items);
                ops::call::call(set::FROZENSET.as_object(), &words([&items]), None)
            }
            (Kind::Slice, _) => match &items[..] {
                [start, stop, step] => Ok(slice::new(start, stop, step)),
                _ => Err(error::value_error("bad marshal data (slice)")),
            },
            _ => Ok(tuple::from_owned(items)),
        }
    }

    fn code(&mut self, parts: CodeParts<Owned>) -> PyResult {
        if !self.allow_code {
            return Err(error::value_error(
                "unmarshalling code objects is disallowed",
            ));
        }
        self.saw_code = true;
        make_code(parts)
    }
}

fn bad_part() -> Raised {
    error::system_error("../Objects/codeobject.c:465: bad argument to internal function")
}

/// A code object of parts, if they fit together.
fn make_code(parts: CodeParts<Owned>) -> PyResult {
    let count = |number: i32| u32::try_from(number).map_err(|_| bad_part());
    let of_bytes = |part: Owned| {
        if part.is_exact(&bytes::BYTES) {
            Ok(part)
        } else {
            Err(bad_part())
        }
    };
    let of_text = |part: Owned| {
        if part.is_exact(&str::STR) {
            Ok(part)
        } else {
            Err(bad_part())
        }
    };
    let of_names = |part: Owned| {
        let items = part.downcast_exact::<tuple::Tuple>().ok_or_else(bad_part)?;
        if items.items().iter().any(|n| !n.is_exact(&str::STR)) {
            return Err(error::system_error("non-string found in code slot"));
        }
        let interned = items
            .items()
            .iter()
            .map(|n| str::intern_object_immortal(n.clone()))
            .collect();
        Ok(tuple::from_owned(interned))
    };
    let units = of_bytes(parts.code)?;
    let kinds = of_bytes(parts.localspluskinds)?;
    let locals = of_names(parts.localsplusnames)?;
    let sizes_fit = args::tuple_len(&locals) == bytes::cast(&kinds).len();
    let length = bytes::cast(&units).len();
    if length == 0 || !length.is_multiple_of(2) || !sizes_fit {
        return Err(bad_part());
    }
    if parts.consts.downcast_exact::<tuple::Tuple>().is_none() {
        return Err(bad_part());
    }
    gc::untrack(&parts.consts);
    code::from_parts(
        bytes::cast(&units).bytes(),
        Parts {
            argcount: count(parts.argcount)?,
            posonlyargcount: count(parts.posonlyargcount)?,
            kwonlyargcount: count(parts.kwonlyargcount)?,
            stacksize: count(parts.stacksize)?,
            flags: count(parts.flags)?,
            firstlineno: parts.firstlineno,
            consts: parts.consts,
            names: of_names(parts.names)?,
            localsplusnames: locals,
            localspluskinds: kinds,
            filename: of_text(parts.filename)?,
            name: str::intern_object_immortal(of_text(parts.name)?),
            qualname: of_text(parts.qualname)?,
            linetable: of_bytes(parts.linetable)?,
            exceptiontable: of_bytes(parts.exceptiontable)?,
        },
    )
}
