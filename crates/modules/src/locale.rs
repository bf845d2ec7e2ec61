//! `_locale` (Modules/_localemodule.c): the C library's locale.

use std::ffi::{CStr, CString};

use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::r#type::methods::make_class;
use terrarium_objects::types::{dict, exceptions as exc, int, list, module};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, none, none_owned, ops, state,
};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_locale",
    doc: "",
    methods: &METHODS,
    exec,
};

#[rustfmt::skip]
static NUMBERS: &[(&str, i64)] = &[
    ("LC_CTYPE", 0), ("LC_TIME", 2), ("LC_COLLATE", 3), ("LC_MONETARY", 4), ("LC_MESSAGES", 5), ("LC_NUMERIC", 1), ("LC_ALL", 6),
    ("CHAR_MAX", 127), ("DAY_1", 131079), ("DAY_2", 131080), ("DAY_3", 131081), ("DAY_4", 131082), ("DAY_5", 131083),
    ("DAY_6", 131084), ("DAY_7", 131085), ("ABDAY_1", 131072), ("ABDAY_2", 131073), ("ABDAY_3", 131074), ("ABDAY_4", 131075),
    ("ABDAY_5", 131076), ("ABDAY_6", 131077), ("ABDAY_7", 131078), ("MON_1", 131098), ("MON_2", 131099), ("MON_3", 131100),
    ("MON_4", 131101), ("MON_5", 131102), ("MON_6", 131103), ("MON_7", 131104), ("MON_8", 131105), ("MON_9", 131106),
    ("MON_10", 131107), ("MON_11", 131108), ("MON_12", 131109), ("ABMON_1", 131086), ("ABMON_2", 131087), ("ABMON_3", 131088),
    ("ABMON_4", 131089), ("ABMON_5", 131090), ("ABMON_6", 131091), ("ABMON_7", 131092), ("ABMON_8", 131093), ("ABMON_9", 131094),
    ("ABMON_10", 131095), ("ABMON_11", 131096), ("ABMON_12", 131097), ("RADIXCHAR", 65536), ("THOUSEP", 65537),
    ("CRNCYSTR", 262159), ("D_T_FMT", 131112), ("D_FMT", 131113), ("T_FMT", 131114), ("AM_STR", 131110), ("PM_STR", 131111),
    ("CODESET", 14), ("T_FMT_AMPM", 131115), ("ERA", 131116), ("ERA_D_FMT", 131118), ("ERA_D_T_FMT", 131120),
    ("ERA_T_FMT", 131121), ("ALT_DIGITS", 131119), ("YESEXPR", 327680), ("NOEXPR", 327681), ("_DATE_FMT", 131180),
];

static METHODS: [MethodDef; 6] = [
    MethodDef::new(
        "setlocale",
        Native::Fast(setlocale),
        "setlocale($module, category, locale=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "localeconv",
        Native::NoArgs(localeconv),
        "localeconv($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "strcoll",
        Native::Fast(strcoll),
        "strcoll($module, os1, os2, /)\n--\n\n",
    ),
    MethodDef::new(
        "strxfrm",
        Native::O(strxfrm),
        "strxfrm($module, string, /)\n--\n\n",
    ),
    MethodDef::new(
        "nl_langinfo",
        Native::O(langinfo),
        "nl_langinfo($module, key, /)\n--\n\n",
    ),
    MethodDef::new(
        "getencoding",
        Native::NoArgs(|_| Ok(Str::new("UTF-8"))),
        "getencoding($module, /)\n--\n\n",
    ),
];

const ERROR: &str = "locale.Error";

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    for (name, number) in NUMBERS {
        dict::set_str(space, name, &int::from_i64(*number));
    }
    let namespace = dict::new();
    dict::set_str(&namespace, "__module__", &Str::new("locale"));
    let class = make_class("Error", &[exc::EXCEPTION.as_object()], &namespace)?;
    dict::set_str(space, "Error", &class);
    state::get().keep(ERROR, class);
    Ok(())
}

fn text(what: *const libc::c_char) -> Owned {
    if what.is_null() {
        return none_owned();
    }
    // SAFETY: the C library gave a terminated text.
    Str::new(&unsafe { CStr::from_ptr(what) }.to_string_lossy())
}

fn failed(message: &str) -> terrarium_objects::Raised {
    match state::get().kept(ERROR).map(Owned::new) {
        Some(class) => {
            let raised = ops::call::call(&class, &[Word::borrowed(&Str::new(message))], None);
            match raised {
                Ok(exception) => error::restore(exception),
                Err(raised) => raised,
            }
        }
        None => error::value_error(message),
    }
}

fn setlocale(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setlocale", args.len(), 1, 2)?;
    let category = int::as_i32(&*ops::number::index(args[0].object())?)?;
    let wanted = match args.get(1).map(|w| w.object()).filter(|o| !o.is(none())) {
        Some(wanted) if str::is_str(wanted) => CString::new(ops::text::lossy(wanted))
            .map(Some)
            .map_err(|_| error::value_error("embedded null character"))?,
        Some(wanted) => {
            return Err(error::type_error(format!(
                "setlocale() argument 2 must be str or None, not {}",
                wanted.ty().full_name()
            )));
        }
        None => None,
    };
    let asked = wanted.as_ref();
    let pointer = asked.map_or(std::ptr::null(), |w| w.as_ptr());
    // SAFETY: null or a terminated text; one thread.
    let found = unsafe { libc::setlocale(category, pointer) };
    if found.is_null() {
        return Err(failed(if asked.is_some() {
            "unsupported locale setting"
        } else {
            "locale query failed"
        }));
    }
    Ok(text(found))
}

/// A grouping as a list of numbers, with its end mark.
fn grouping(what: *const libc::c_char) -> Owned {
    // SAFETY: the C library gave a terminated text.
    let bytes = unsafe { CStr::from_ptr(what) }.to_bytes();
    let mut all: Vec<Owned> = bytes.iter().map(|b| int::from_i64((*b).into())).collect();
    if !bytes.is_empty() && bytes.last() != Some(&127) {
        all.push(int::from_i64(0));
    }
    list::from_owned(all)
}

fn localeconv(_: &Object) -> PyResult {
    // SAFETY: the C library's record stays valid until the next call.
    let found = unsafe { &*libc::localeconv() };
    let made = dict::new();
    for (name, value) in [
        ("decimal_point", found.decimal_point),
        ("thousands_sep", found.thousands_sep),
        ("int_curr_symbol", found.int_curr_symbol),
        ("currency_symbol", found.currency_symbol),
        ("mon_decimal_point", found.mon_decimal_point),
        ("mon_thousands_sep", found.mon_thousands_sep),
        ("positive_sign", found.positive_sign),
        ("negative_sign", found.negative_sign),
    ] {
        dict::set_str(&made, name, &text(value));
    }
    dict::set_str(&made, "grouping", &grouping(found.grouping));
    dict::set_str(&made, "mon_grouping", &grouping(found.mon_grouping));
    for (name, value) in [
        ("int_frac_digits", found.int_frac_digits),
        ("frac_digits", found.frac_digits),
        ("p_cs_precedes", found.p_cs_precedes),
        ("p_sep_by_space", found.p_sep_by_space),
        ("n_cs_precedes", found.n_cs_precedes),
        ("n_sep_by_space", found.n_sep_by_space),
        ("p_sign_posn", found.p_sign_posn),
        ("n_sign_posn", found.n_sign_posn),
    ] {
        dict::set_str(&made, name, &int::from_i64(value.into()));
    }
    Ok(made)
}

fn c_text(object: &Object) -> PyResult<CString> {
    if !str::is_str(object) {
        return Err(error::type_error(format!(
            "argument must be str, not {}",
            object.ty().full_name()
        )));
    }
    CString::new(ops::text::lossy(object))
        .map_err(|_| error::value_error("embedded null character"))
}

fn strcoll(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("strcoll", args.len(), 2, 2)?;
    let (a, b) = (c_text(args[0].object())?, c_text(args[1].object())?);
    // SAFETY: terminated texts.
    Ok(int::from_i64(
        unsafe { libc::strcoll(a.as_ptr(), b.as_ptr()) }.into(),
    ))
}

fn strxfrm(_: &Object, given: &Object) -> PyResult {
    let given = c_text(given)?;
    let mut out = vec![0u8; given.as_bytes().len() * 8 + 64];
    // SAFETY: a terminated text and room for the answer.
    let len = unsafe { libc::strxfrm(out.as_mut_ptr().cast(), given.as_ptr(), out.len()) };
    out.truncate(len.min(out.len()));
    Ok(Str::new(&String::from_utf8_lossy(&out)))
}

fn langinfo(_: &Object, key: &Object) -> PyResult {
    let key = int::as_i32(&*ops::number::index(key)?)?;
    if !NUMBERS
        .iter()
        .any(|(name, number)| *number == i64::from(key) && !name.starts_with("LC_"))
    {
        return Err(error::value_error("unsupported langinfo constant"));
    }
    // SAFETY: the call takes any number and gives a terminated text.
    Ok(text(unsafe { libc::nl_langinfo(key) }))
}
