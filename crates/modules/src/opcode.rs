//! `_opcode` (Modules/_opcode.c): what `opcode` and `dis` ask about opcodes.

use terrarium_bytecode::opcode::{self, flag};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, code::Code, int, list, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, none, none_owned, ops,
};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_opcode",
    doc: "",
    methods: &METHODS,
    exec: |made| {
        let space = terrarium_objects::types::module::namespace(made);
        for (name, on) in [
            ("ENABLE_SPECIALIZATION", true),
            ("ENABLE_SPECIALIZATION_FT", false),
        ] {
            terrarium_objects::types::dict::set_str(space, name, bool::from_bool(on));
        }
        Ok(())
    },
};

macro_rules! asked {
    ($($function:ident $test:expr;)*) => {
        $(fn $function(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
            static SIGNATURE: args::Signature = args::Signature::new(stringify!($function), &["opcode"], 0, 1, 1);
            let [number] = SIGNATURE.bind::<1>(args, kwnames)?;
            let number = int::as_i32(number.unwrap_or(none()))?;
            let test: fn(u16) -> bool = $test;
            let known = u16::try_from(number).ok().filter(|n| opcode::info(*n).is_some());
            Ok(bool::bool_owned(known.is_some_and(test)))
        })*
    };
}

fn has(number: u16, bit: u8) -> bool {
    opcode::flags(number) & bit != 0
}

asked! {
    is_valid |_| true;
    has_arg |n| has(n, flag::ARG);
    has_const |n| has(n, flag::CONST);
    has_name |n| has(n, flag::NAME);
    has_jump |n| has(n, flag::JUMP);
    has_free |n| has(n, flag::FREE);
    has_local |n| has(n, flag::LOCAL);
    has_exc |n| has(n, flag::EXC);
}

static METHODS: [MethodDef; 15] = [
    MethodDef::new(
        "stack_effect",
        Native::FastKeywords(stack_effect),
        "stack_effect($module, opcode, oparg=None, /, *, jump=None)\n--\n\n",
    ),
    MethodDef::new(
        "is_valid",
        Native::FastKeywords(is_valid),
        "is_valid($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_arg",
        Native::FastKeywords(has_arg),
        "has_arg($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_const",
        Native::FastKeywords(has_const),
        "has_const($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_name",
        Native::FastKeywords(has_name),
        "has_name($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_jump",
        Native::FastKeywords(has_jump),
        "has_jump($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_free",
        Native::FastKeywords(has_free),
        "has_free($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_local",
        Native::FastKeywords(has_local),
        "has_local($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "has_exc",
        Native::FastKeywords(has_exc),
        "has_exc($module, /, opcode)\n--\n\n",
    ),
    MethodDef::new(
        "get_executor",
        Native::FastKeywords(get_executor),
        "get_executor($module, /, code, offset)\n--\n\n",
    ),
    MethodDef::new(
        "get_nb_ops",
        Native::NoArgs(get_nb_ops),
        "get_nb_ops($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_intrinsic1_descs",
        Native::NoArgs(|_| Ok(texts(&opcode::INTRINSIC_1))),
        "get_intrinsic1_descs($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_intrinsic2_descs",
        Native::NoArgs(|_| Ok(texts(&opcode::INTRINSIC_2))),
        "get_intrinsic2_descs($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_special_method_names",
        Native::NoArgs(|_| Ok(texts(&opcode::SPECIAL_METHODS))),
        "get_special_method_names($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_specialization_stats",
        Native::NoArgs(|_| Ok(none_owned())),
        "",
    ),
];

fn texts(names: &[&str]) -> Owned {
    list::from_owned(names.iter().map(|n| Str::new(n)).collect())
}

fn get_nb_ops(_: &Object) -> PyResult {
    let pair = |(name, sign): &(&str, &str)| tuple::from_array([Str::new(name), Str::new(sign)]);
    Ok(list::from_owned(opcode::NB_OPS.iter().map(pair).collect()))
}

fn get_executor(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("get_executor", &["code", "offset"], 0, 2, 2);
    let [code, offset] = SIGNATURE.bind::<2>(args, kwnames)?;
    let code = code.unwrap_or(none());
    int::as_i32(offset.unwrap_or(none()))?;
    if code.downcast::<Code>().is_none() {
        return Err(error::type_error(format!(
            "expected a code object, not '{:.100}'",
            code.ty().full_name()
        )));
    }
    Err(error::runtime_error(
        "Executors are not available in this build",
    ))
}

fn stack_effect(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("stack_effect", &["", "", "jump"], 2, 1, 2);
    let [number, oparg, jump] = SIGNATURE.bind::<3>(args, kwnames)?;
    let number = int::as_i32(number.unwrap_or(none()))?;
    let oparg = match oparg.filter(|o| !o.is(none())) {
        Some(oparg) => int::as_i32(&*ops::number::index(oparg)?)?,
        None => 0,
    };
    let jump = match jump.filter(|o| !o.is(none())) {
        None => None,
        Some(o) if o.is(bool::from_bool(true)) => Some(true),
        Some(o) if o.is(bool::from_bool(false)) => Some(false),
        Some(_) => {
            return Err(error::value_error(
                "stack_effect: jump must be False, True or None",
            ));
        }
    };
    let effect = u16::try_from(number)
        .ok()
        .filter(|n| opcode::info(*n).is_some())
        .and_then(|n| match jump {
            Some(jump) => opcode::stack_effect(n, oparg, jump),
            None => {
                let taken = opcode::stack_effect(n, oparg, true)?;
                Some(taken.max(opcode::stack_effect(n, oparg, false)?))
            }
        });
    match effect {
        Some(effect) => Ok(int::from_i64(effect.into())),
        None => Err(error::value_error("invalid opcode or oparg")),
    }
}
