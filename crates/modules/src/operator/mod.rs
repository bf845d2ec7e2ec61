//! `_operator` (Modules/_operator.c): the operators as functions, and the three getters.

mod attrgetter;
mod itemgetter;
mod methodcaller;

use terrarium_objects::args;
use terrarium_objects::typeobject::{CompareOp, MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, int};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, none_owned, ops};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_operator",
    doc: "",
    methods: &METHODS,
    exec,
};

fn exec(made: &Object) -> PyResult<()> {
    add_types(
        made,
        &[
            &attrgetter::ATTRGETTER,
            &itemgetter::ITEMGETTER,
            &methodcaller::METHODCALLER,
        ],
    );
    Ok(())
}

/// Two positional arguments.
fn pair<'a>(name: &str, args: &'a [Word]) -> PyResult<(&'a Object, &'a Object)> {
    args::check_positional(name, args.len(), 2, 2)?;
    Ok((args[0].object(), args[1].object()))
}

/// Functions of two operands, each by its number among the arguments of BINARY_OP.
macro_rules! binary {
    ($($function:ident $name:literal $number:literal)*) => {
        $(fn $function(_: &Object, args: &[Word]) -> PyResult {
            let (a, b) = pair($name, args)?;
            ops::number::binary_op($number, a, b)
        })*
    };
}

binary! {
    add "add" 0 and_ "and_" 1 floordiv "floordiv" 2 lshift "lshift" 3 matmul "matmul" 4 mul "mul" 5 r#mod "mod" 6 or_ "or_" 7
    pow "pow" 8 rshift "rshift" 9 sub "sub" 10 truediv "truediv" 11 xor "xor" 12
    iadd "iadd" 13 iand "iand" 14 ifloordiv "ifloordiv" 15 ilshift "ilshift" 16 imatmul "imatmul" 17 imul "imul" 18 imod "imod" 19
    ior "ior" 20 ipow "ipow" 21 irshift "irshift" 22 isub "isub" 23 itruediv "itruediv" 24 ixor "ixor" 25
}

macro_rules! comparisons {
    ($($function:ident $op:ident)*) => {
        $(fn $function(_: &Object, args: &[Word]) -> PyResult {
            let (a, b) = pair(stringify!($function), args)?;
            ops::compare::compare(a, b, CompareOp::$op)
        })*
    };
}

comparisons! { lt Lt le Le eq Eq ne Ne gt Gt ge Ge }

/// Functions of one operand.
macro_rules! unary {
    ($($function:ident $call:expr;)*) => {
        $(fn $function(_: &Object, operand: &Object) -> PyResult {
            let call: fn(&Object) -> PyResult = $call;
            call(operand)
        })*
    };
}

unary! {
    neg ops::number::negative;
    pos ops::number::positive;
    abs ops::number::absolute;
    invert ops::number::invert;
    index ops::number::index;
    truth |o| ops::compare::is_true(o).map(bool::bool_owned);
    not_ |o| ops::compare::is_true(o).map(|yes| bool::bool_owned(!yes));
    is_none |o| Ok(bool::bool_owned(o.is(none())));
    is_not_none |o| Ok(bool::bool_owned(!o.is(none())));
}

fn is_(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("is_", args)?;
    Ok(bool::bool_owned(a.is(b)))
}

fn is_not(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("is_not", args)?;
    Ok(bool::bool_owned(!a.is(b)))
}

fn concat(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("concat", args)?;
    ops::sequence::concat(a, b)
}

/// `a += b` for sequences: in place where the type can, as numbers only where both are sequences.
fn iconcat(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("iconcat", args)?;
    let slots = &a.ty().slots;
    if let Some(inplace) = slots.sq_inplace_concat {
        return inplace(a, b);
    }
    if let Some(concat) = slots.sq_concat {
        return concat(a, b);
    }
    if ops::number::is_sequence(a) && ops::number::is_sequence(b) {
        let result = ops::number::binary_op(13, a, b);
        if result.is_ok() || !error::matches(&terrarium_objects::types::exceptions::TYPE_ERROR) {
            return result;
        }
        error::clear();
    }
    Err(error::type_error(format!(
        "'{:.200}' object can't be concatenated",
        a.ty().full_name()
    )))
}

fn contains(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("contains", args)?;
    ops::sequence::contains(a, b).map(bool::bool_owned)
}

fn index_of(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("indexOf", args)?;
    ops::sequence::iter_index(a, b).map(int::from_usize)
}

fn count_of(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("countOf", args)?;
    ops::sequence::iter_count(a, b).map(int::from_usize)
}

fn getitem(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("getitem", args)?;
    ops::mapping::get_item(a, b)
}

fn setitem(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setitem", args.len(), 3, 3)?;
    ops::mapping::set_item(args[0].object(), args[1].object(), Some(args[2].object()))?;
    Ok(none_owned())
}

fn delitem(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("delitem", args)?;
    ops::mapping::set_item(a, b, None)?;
    Ok(none_owned())
}

fn length_hint(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("length_hint", args.len(), 1, 2)?;
    let default = match args.get(1) {
        Some(given) => ops::number::index_isize(
            given.object(),
            Some(&terrarium_objects::types::exceptions::OVERFLOW_ERROR),
        )?,
        None => 0,
    };
    let Ok(default) = usize::try_from(default) else {
        // The hint is asked for all the same; only where there is none does the default come back.
        let none_there = ops::iter::length_hint(args[0].object(), usize::MAX >> 1)?;
        return Ok(if none_there == usize::MAX >> 1 {
            int::from_i64(default as i64)
        } else {
            int::from_usize(none_there)
        });
    };
    ops::iter::length_hint(args[0].object(), default).map(int::from_usize)
}

fn call(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let keywords = kwnames.map_or(0, args::tuple_len);
    args::check_positional("call", (args.len() - keywords).min(1), 1, 1)?;
    ops::call::call(args[0].object(), &args[1..], kwnames)
}

/// Compares in a time that does not depend on where the first difference is.
fn compare_digest(_: &Object, args: &[Word]) -> PyResult {
    let (a, b) = pair("_compare_digest", args)?;
    if let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        if !x.is_ascii() || !y.is_ascii() {
            return Err(error::type_error(
                "comparing strings with non-ASCII characters is not supported",
            ));
        }
        return Ok(bool::bool_owned(same_bytes(x.raw_bytes(), y.raw_bytes())));
    }
    let (Some(get_a), Some(get_b)) = (a.ty().slots.getbuffer, b.ty().slots.getbuffer) else {
        return Err(error::type_error(format!(
            "unsupported operand types(s) or combination of types: '{:.100}' and '{:.100}'",
            a.ty().full_name(),
            b.ty().full_name()
        )));
    };
    let x = get_a(a)?;
    let y = get_b(b)?;
    Ok(bool::bool_owned(same_bytes(x.slice(), y.slice())))
}

fn same_bytes(a: &[u8], b: &[u8]) -> std::primitive::bool {
    let (left, mut result) = if a.len() == b.len() { (a, 0) } else { (b, 1u8) };
    for (x, y) in left.iter().zip(b) {
        result |= std::hint::black_box(x ^ y);
    }
    result == 0
}

macro_rules! entries {
    ($($name:literal $kind:ident $function:ident $signature:literal;)*) => {
        [$(MethodDef::new($name, Native::$kind($function), concat!($name, $signature, "\n--\n\n"))),*]
    };
}

static METHODS: [MethodDef; 55] = entries! {
    "truth" O truth "($module, a, /)";
    "contains" Fast contains "($module, a, b, /)";
    "indexOf" Fast index_of "($module, a, b, /)";
    "countOf" Fast count_of "($module, a, b, /)";
    "is_" Fast is_ "($module, a, b, /)";
    "is_not" Fast is_not "($module, a, b, /)";
    "is_none" O is_none "($module, a, /)";
    "is_not_none" O is_not_none "($module, a, /)";
    "add" Fast add "($module, a, b, /)";
    "sub" Fast sub "($module, a, b, /)";
    "mul" Fast mul "($module, a, b, /)";
    "matmul" Fast matmul "($module, a, b, /)";
    "floordiv" Fast floordiv "($module, a, b, /)";
    "truediv" Fast truediv "($module, a, b, /)";
    "mod" Fast r#mod "($module, a, b, /)";
    "neg" O neg "($module, a, /)";
    "pos" O pos "($module, a, /)";
    "abs" O abs "($module, a, /)";
    "inv" O invert "($module, a, /)";
    "invert" O invert "($module, a, /)";
    "lshift" Fast lshift "($module, a, b, /)";
    "rshift" Fast rshift "($module, a, b, /)";
    "not_" O not_ "($module, a, /)";
    "and_" Fast and_ "($module, a, b, /)";
    "xor" Fast xor "($module, a, b, /)";
    "or_" Fast or_ "($module, a, b, /)";
    "iadd" Fast iadd "($module, a, b, /)";
    "isub" Fast isub "($module, a, b, /)";
    "imul" Fast imul "($module, a, b, /)";
    "imatmul" Fast imatmul "($module, a, b, /)";
    "ifloordiv" Fast ifloordiv "($module, a, b, /)";
    "itruediv" Fast itruediv "($module, a, b, /)";
    "imod" Fast imod "($module, a, b, /)";
    "ilshift" Fast ilshift "($module, a, b, /)";
    "irshift" Fast irshift "($module, a, b, /)";
    "iand" Fast iand "($module, a, b, /)";
    "ixor" Fast ixor "($module, a, b, /)";
    "ior" Fast ior "($module, a, b, /)";
    "concat" Fast concat "($module, a, b, /)";
    "iconcat" Fast iconcat "($module, a, b, /)";
    "getitem" Fast getitem "($module, a, b, /)";
    "setitem" Fast setitem "($module, a, b, c, /)";
    "delitem" Fast delitem "($module, a, b, /)";
    "pow" Fast pow "($module, a, b, /)";
    "ipow" Fast ipow "($module, a, b, /)";
    "lt" Fast lt "($module, a, b, /)";
    "le" Fast le "($module, a, b, /)";
    "eq" Fast eq "($module, a, b, /)";
    "ne" Fast ne "($module, a, b, /)";
    "gt" Fast gt "($module, a, b, /)";
    "ge" Fast ge "($module, a, b, /)";
    "index" O index "($module, a, /)";
    "length_hint" Fast length_hint "($module, obj, default=0, /)";
    "call" FastKeywords call "($module, obj, /, *args, **kwargs)";
    "_compare_digest" Fast compare_digest "($module, a, b, /)";
};

/// Items collected while Python may run, in a list that an audit sees.
struct Gathered(terrarium_objects::state::Rooted);

impl Gathered {
    fn new(name: &'static str) -> Gathered {
        Gathered(terrarium_objects::root(
            name,
            terrarium_objects::types::list::new(),
        ))
    }

    fn push(&self, item: &Object) {
        terrarium_objects::types::list::append(&self.0, item);
    }

    /// A tuple of the items.
    fn finish(self) -> PyResult {
        ops::sequence::to_tuple(&self.0)
    }
}

/// Flags of the getters.
const GETTER_FLAGS: u64 = flags::HAVE_GC | flags::BASETYPE | flags::HAVE_VECTORCALL;

/// `name(...)` while an object's repr is being made already.
fn repr_once(object: &Object, show: impl FnOnce(&str) -> PyResult) -> PyResult {
    let name = object.ty().full_name();
    if !ops::text::repr_enter(object) {
        return Ok(Str::new(&format!("{name}(...)")));
    }
    let shown = show(name);
    ops::text::repr_leave(object);
    shown
}

/// `(type, arguments)`.
fn reduced(object: &Object, arguments: Owned) -> PyResult {
    Ok(terrarium_objects::types::tuple::from_array([
        Owned::new(object.ty().as_object()),
        arguments,
    ]))
}
