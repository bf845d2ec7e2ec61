//! `_sre`: the regular-expression engine that `re` compiles patterns for (Modules/_sre/sre.c).

mod charset;
mod codes;
mod engine;
mod matching;
mod pattern;
mod scanner;
mod search;
mod state;
mod subject;
mod template;
mod validate;

use terrarium_objects::args::Signature;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, bytes, dict, int, list, module, none, tuple};
use terrarium_objects::{MethodDef, Native, Object, PyResult, Word, error, ops, typeobject_ready};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_sre",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new("compile", Native::FastKeywords(compile), ""),
    MethodDef::new("template", Native::Fast(template::new), ""),
    MethodDef::new("getcodesize", Native::NoArgs(|_| Ok(int::from_i64(4))), ""),
    MethodDef::new(
        "ascii_iscased",
        Native::O(|_, c| {
            let c = character(c)?;
            Ok(bool::bool_owned(
                u8::try_from(c).is_ok_and(|c| c.is_ascii_alphabetic()),
            ))
        }),
        "",
    ),
    MethodDef::new(
        "unicode_iscased",
        Native::O(|_, c| {
            let c = character(c)?;
            // The first character of the full capital form decides.
            let mut upper = Vec::new();
            str::unicode::push_case(&mut upper, c, str::unicode::Case::Upper);
            let cased = charset::lower_unicode(c) != c
                || charset::upper_unicode(c) != c
                || upper.first() != Some(&c);
            Ok(bool::bool_owned(cased))
        }),
        "",
    ),
    MethodDef::new(
        "ascii_tolower",
        Native::O(|_, c| Ok(int::from_i64(charset::lower_ascii(character(c)?).into()))),
        "",
    ),
    MethodDef::new(
        "unicode_tolower",
        Native::O(|_, c| Ok(int::from_i64(charset::lower_unicode(character(c)?).into()))),
        "",
    ),
];

fn character(object: &Object) -> PyResult<u32> {
    int::as_i32(object).map(|c| c as u32)
}

fn exec(this: &Object) -> PyResult<()> {
    for ty in [
        &pattern::PATTERN,
        &matching::MATCH,
        &scanner::SCANNER,
        &template::TEMPLATE,
    ] {
        typeobject_ready::ready_static(ty);
    }
    let space = module::namespace(this);
    for (name, value) in [
        ("MAGIC", codes::MAGIC),
        ("CODESIZE", 4),
        ("MAXREPEAT", i64::from(codes::MAXREPEAT)),
        ("MAXGROUPS", codes::MAXGROUPS),
    ] {
        dict::set_str(space, name, &int::from_i64(value));
    }
    let text = " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ";
    dict::set_str(space, "copyright", &Str::new(text));
    Ok(())
}

fn wrong(place: usize, wanted: &std::primitive::str, given: &Object) -> terrarium_objects::Raised {
    error::type_error(format!(
        "compile() argument {place} must be {wanted}, not {}",
        crate::io::common::ops_type_name(given)
    ))
}

fn compile(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "compile",
        &[
            "pattern",
            "flags",
            "code",
            "groups",
            "groupindex",
            "indexgroup",
        ],
        0,
        6,
        6,
    );
    let given = SIGNATURE.bind::<6>(args, kwnames)?;
    let [pattern, flags, code, groups, groupindex, indexgroup] =
        given.map(|o| o.expect("required"));
    let flags = int::as_i32(flags)?;
    let Some(words) = code.downcast::<list::List>() else {
        return Err(wrong(3, "list", code));
    };
    let groups = ops::number::index_isize(groups, None)?;
    if groupindex.downcast::<dict::Dict>().is_none() {
        return Err(wrong(5, "dict", groupindex));
    }
    if indexgroup.downcast::<tuple::Tuple>().is_none() {
        return Err(wrong(6, "tuple", indexgroup));
    }
    let mut numbers = Vec::with_capacity(words.len());
    for at in 0..words.len() {
        let word = words.item_owned(at);
        let value = word
            .as_ref()
            .filter(|w| int::is_int(w))
            .and_then(|w| int::as_i64(w));
        match value.map(u32::try_from) {
            Some(Ok(value)) => numbers.push(value),
            _ => {
                return Err(error::overflow_error(
                    "regular expression code size limit exceeded",
                ));
            }
        }
    }
    let is_bytes = if pattern.is(none::none()) {
        -1
    } else if str::is_str(pattern) {
        0
    } else {
        drop(bytes::bytes_like(pattern).map_err(|_| {
            error::clear();
            error::type_error(format!(
                "expected string or bytes-like object, got '{}'",
                pattern.ty().full_name()
            ))
        })?);
        1
    };
    if !validate::is_valid(&numbers, groups as i64) {
        return Err(error::runtime_error("invalid SRE code"));
    }
    pattern::new(pattern::Parts {
        pattern,
        flags,
        code: &numbers,
        groups,
        groupindex,
        indexgroup,
        is_bytes,
    })
}
