//! `_csv.Dialect`: how rows are written and read.

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool as booleans, int, none, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, error, gc, none_owned, ops};

pub const QUOTE_MINIMAL: i32 = 0;
pub const QUOTE_ALL: i32 = 1;
pub const QUOTE_NONNUMERIC: i32 = 2;
pub const QUOTE_NONE: i32 = 3;
pub const QUOTE_STRINGS: i32 = 4;
pub const QUOTE_NOTNULL: i32 = 5;

/// The settings of a dialect.
#[derive(Clone, Default)]
pub struct Settings {
    pub delimiter: u32,
    pub quotechar: Option<u32>,
    pub escapechar: Option<u32>,
    pub lineterminator: Vec<u32>,
    pub quoting: i32,
    pub doublequote: bool,
    pub skipinitialspace: bool,
    pub strict: bool,
}

#[repr(C)]
pub struct Dialect {
    object: Object,
    settings: std::cell::Cell<*mut Settings>,
    lineterminator: Field,
    padding: [usize; 3],
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Dialect {
    fn type_object() -> &'static Type {
        &DIALECT
    }
}

pub static DIALECT: Type = Type::builtin(
    "_csv.Dialect",
    size_of::<Dialect>(),
    Slots {
        dealloc,
        visit,
        clear: Some(|o| body(o).lineterminator.clear()),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(no_pickle), ""),
    MethodDef::new("__reduce_ex__", Native::O(|o, _| no_pickle(o)), ""),
])
.with_getset(&[
    GetSetDef::read("delimiter", |o| Ok(Str::from_point(of(o).delimiter)), ""),
    GetSetDef::read(
        "skipinitialspace",
        |o| Ok(booleans::bool_owned(of(o).skipinitialspace)),
        "",
    ),
    GetSetDef::read(
        "doublequote",
        |o| Ok(booleans::bool_owned(of(o).doublequote)),
        "",
    ),
    GetSetDef::read("strict", |o| Ok(booleans::bool_owned(of(o).strict)), ""),
    GetSetDef::read("escapechar", |o| Ok(character(of(o).escapechar)), ""),
    GetSetDef::read(
        "lineterminator",
        |o| Ok(body(o).lineterminator.or_none()),
        "",
    ),
    GetSetDef::read("quotechar", |o| Ok(character(of(o).quotechar)), ""),
    GetSetDef::read("quoting", |o| Ok(int::from_i64(of(o).quoting.into())), ""),
]);

fn character(point: Option<u32>) -> Owned {
    point.map_or_else(none_owned, Str::from_point)
}

fn body(object: &Object) -> &Dialect {
    // SAFETY: called for dialects.
    unsafe { object.cast() }
}

/// The settings of a dialect object.
pub fn of(object: &Object) -> &Settings {
    // SAFETY: made with the object, lives as long.
    unsafe { &*body(object).settings.get() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying dialect; its settings are given up once.
    unsafe {
        gc::untrack(&*object);
        body(&*object).lineterminator.clear();
        let settings = body(&*object).settings.replace(std::ptr::null_mut());
        if !settings.is_null() {
            drop(Box::from_raw(settings));
        }
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).lineterminator.visit("lineterminator", visit);
}

fn no_pickle(object: &Object) -> PyResult {
    Err(error::type_error(format!(
        "cannot pickle '{}' instances",
        object.ty().full_name()
    )))
}

/// Parameters of `Dialect`: another dialect, then the options.
const PARAMETERS: [&std::primitive::str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

static NEW: Signature = Signature::new("Dialect", &PARAMETERS, 0, 0, 9);

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let given = NEW.bind_tuple::<9>(args, kwargs)?;
    let mut values: Vec<Option<Owned>> = given[1..].iter().map(|v| v.map(Owned::new)).collect();
    if let Some(base) = given[0].filter(|d| !d.is(none::none())) {
        let base = if str::is_str(base) {
            super::from_registry(base)?
        } else {
            Owned::new(base)
        };
        if std::ptr::eq(ty, &DIALECT)
            && base.is_exact(&DIALECT)
            && values.iter().all(Option::is_none)
        {
            return Ok(base);
        }
        for (value, name) in values.iter_mut().zip(&PARAMETERS[1..]) {
            if value.is_none() {
                *value = match ops::attribute::get_optional(&base, str::intern_immortal(name)) {
                    Ok(found) => found,
                    Err(_) => {
                        error::clear();
                        None
                    }
                };
            }
        }
    }
    let settings = read(&values)?;
    let made = r#type::generic_alloc(ty, 0)?;
    let this = body(&made);
    this.lineterminator
        .set(Some(values[3].clone().unwrap_or_else(|| Str::new("\r\n"))));
    this.settings.set(Box::into_raw(Box::new(settings)));
    Ok(made)
}

fn truth(value: &Option<Owned>, default: bool) -> PyResult<bool> {
    value
        .as_ref()
        .map_or(Ok(default), |v| ops::compare::is_true(v))
}

/// One character; `None` where that is allowed.
fn one(
    name: &std::primitive::str,
    value: &Option<Owned>,
    default: Option<u32>,
    optional: bool,
) -> PyResult<Option<u32>> {
    let Some(value) = value else {
        return Ok(default);
    };
    if optional && value.is(none::none()) {
        return Ok(None);
    }
    let or_none = if optional { " or None" } else { "" };
    let Some(text) = value.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "\"{name}\" must be a unicode character{or_none}, not {}",
            value.ty().full_name()
        )));
    };
    if text.len() != 1 {
        return Err(error::type_error(format!(
            "\"{name}\" must be a unicode character{or_none}, not a string of length {}",
            text.len()
        )));
    }
    Ok(Some(text.char_at(0)))
}

fn read(values: &[Option<Owned>]) -> PyResult<Settings> {
    let mut settings = Settings {
        delimiter: one("delimiter", &values[0], Some(44), false)?.unwrap_or(44),
        doublequote: truth(&values[1], true)?,
        escapechar: one("escapechar", &values[2], None, true)?,
        quotechar: one("quotechar", &values[4], Some(34), true)?,
        skipinitialspace: truth(&values[6], false)?,
        strict: truth(&values[7], false)?,
        ..Settings::default()
    };
    settings.lineterminator = match &values[3] {
        None => vec![13, 10],
        Some(value) => match value.downcast::<Str>() {
            Some(text) => text.chars().points().collect(),
            None => {
                return Err(error::type_error(format!(
                    "\"lineterminator\" must be a string, not {}",
                    value.ty().full_name()
                )));
            }
        },
    };
    let default = match &values[4] {
        Some(quote) if quote.is(none::none()) => QUOTE_NONE,
        _ => QUOTE_MINIMAL,
    };
    settings.quoting = match &values[5] {
        None => default,
        Some(value) if value.is_exact(&int::INT) => int::as_i32(value)?,
        Some(value) => {
            return Err(error::type_error(format!(
                "\"quoting\" must be an integer, not {}",
                value.ty().full_name()
            )));
        }
    };
    check(&settings)?;
    Ok(settings)
}

fn check(settings: &Settings) -> PyResult<()> {
    if !(0..=5).contains(&settings.quoting) {
        return Err(error::type_error("bad \"quoting\" value"));
    }
    if settings.quoting != QUOTE_NONE && settings.quotechar.is_none() {
        return Err(error::type_error(
            "quotechar must be set if quoting enabled",
        ));
    }
    let named = [
        ("delimiter", Some(settings.delimiter), true),
        (
            "escapechar",
            settings.escapechar,
            !settings.skipinitialspace,
        ),
        ("quotechar", settings.quotechar, !settings.skipinitialspace),
    ];
    for (name, point, space) in named {
        let Some(point) = point else { continue };
        let bad = matches!(point, 10 | 13)
            || point == 32 && !space
            || settings.lineterminator.contains(&point);
        if bad {
            return Err(error::value_error(format!("bad {name} value")));
        }
    }
    for (i, (first, a, _)) in named.iter().enumerate() {
        for (second, b, _) in &named[i + 1..] {
            if a.is_some() && a == b {
                return Err(error::value_error(format!("bad {first} or {second} value")));
            }
        }
    }
    Ok(())
}
