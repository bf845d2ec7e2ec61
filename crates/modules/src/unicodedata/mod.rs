//! `unicodedata` (Modules/unicodedata.c): properties, names and normal forms of Unicode 16.0, and of 3.2 as `ucd_3_2_0`.

mod normal;
mod tables;

use terrarium_objects::args;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::str::{self, Str, unicode};
use terrarium_objects::types::{bool, dict, float, int, module, r#type};
use terrarium_objects::{Owned, PyResult, Word, error, typeobject_ready};
use terrarium_runtime::native_module::ModuleDef;

use normal::Form;

pub static MODULE: ModuleDef = ModuleDef {
    name: "unicodedata",
    doc: "",
    methods: METHODS,
    exec,
};

pub const METHODS: &[MethodDef] = &[
    MethodDef::new("decimal", Native::Fast(decimal), ""),
    MethodDef::new("digit", Native::Fast(digit), ""),
    MethodDef::new("numeric", Native::Fast(numeric), ""),
    MethodDef::new(
        "category",
        Native::O(|o, c| Ok(Str::new(record(o, point(c, "category")?).category()))),
        "",
    ),
    MethodDef::new(
        "bidirectional",
        Native::O(|o, c| {
            Ok(Str::new(
                record(o, point(c, "bidirectional")?).bidirectional(),
            ))
        }),
        "",
    ),
    MethodDef::new(
        "combining",
        Native::O(|o, c| {
            Ok(int::from_i64(
                record(o, point(c, "combining")?).combining.into(),
            ))
        }),
        "",
    ),
    MethodDef::new(
        "mirrored",
        Native::O(|o, c| {
            Ok(int::from_i64(
                record(o, point(c, "mirrored")?).mirrored.into(),
            ))
        }),
        "",
    ),
    MethodDef::new(
        "east_asian_width",
        Native::O(|o, c| Ok(Str::new(record(o, point(c, "east_asian_width")?).width()))),
        "",
    ),
    MethodDef::new("decomposition", Native::O(decomposition), ""),
    MethodDef::new("name", Native::Fast(name), ""),
    MethodDef::new("lookup", Native::O(lookup), ""),
    MethodDef::new("is_normalized", Native::Fast(is_normalized), ""),
    MethodDef::new("normalize", Native::Fast(normalize), ""),
];

/// An older version of the database.
#[repr(C)]
pub struct Ucd {
    object: Object,
    unused: [usize; 3],
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Ucd {
    fn type_object() -> &'static Type {
        &UCD
    }
}

pub static UCD: Type = Type::builtin("unicodedata.UCD", size_of::<Ucd>(), Slots::NONE)
    .with_flags(flags::DISALLOW_INSTANTIATION)
    .with_methods(METHODS)
    .with_getset(&[GetSetDef::read(
        "unidata_version",
        |_| Ok(Str::new("3.2.0")),
        "",
    )]);

fn exec(this: &Object) -> PyResult<()> {
    typeobject_ready::ready_static(&UCD);
    let space = module::namespace(this);
    dict::set_str(space, "unidata_version", &Str::new("16.0.0"));
    dict::set_str(space, "UCD", UCD.as_object());
    let old = r#type::generic_alloc(&UCD, 0)?;
    dict::set_str(space, "ucd_3_2_0", &old);
    Ok(())
}

/// The properties of a code point.
#[derive(Clone, Copy)]
pub struct Record {
    category: u8,
    bidirectional: u8,
    pub combining: u8,
    mirrored: u8,
    width: u8,
}

impl Record {
    pub fn category(self) -> &'static std::primitive::str {
        tables::CATEGORIES[usize::from(self.category)]
    }

    fn bidirectional(self) -> &'static std::primitive::str {
        tables::BIDI[usize::from(self.bidirectional)]
    }

    fn width(self) -> &'static std::primitive::str {
        tables::WIDTHS[usize::from(self.width)]
    }
}

const SHIFT: u32 = 7;

/// The properties of a code point, in Unicode 3.2 if `old`.
pub fn properties(point: u32, old: std::primitive::bool) -> Record {
    let (first, second, records): (&[u16], &[u16], &[(u8, u8, u8, u8, u8)]) = if old {
        (
            &tables::OLD_FIRST,
            &tables::OLD_SECOND,
            &tables::OLD_RECORDS,
        )
    } else {
        (&tables::FIRST, &tables::SECOND, &tables::RECORDS)
    };
    let block = usize::from(first[(point >> SHIFT) as usize]) << SHIFT;
    let index = second[block + (point & ((1 << SHIFT) - 1)) as usize];
    let (category, bidirectional, combining, mirrored, width) = records[usize::from(index)];
    Record {
        category,
        bidirectional,
        combining,
        mirrored,
        width,
    }
}

fn is_old(this: &Object) -> std::primitive::bool {
    this.is_exact(&UCD)
}

fn record(this: &Object, point: u32) -> Record {
    properties(point, is_old(this))
}

/// Whether the database of `this` has the code point.
fn is_assigned(this: &Object, point: u32) -> std::primitive::bool {
    record(this, point).category() != "Cn"
}

fn point(object: &Object, function: &std::primitive::str) -> PyResult<u32> {
    point_at(
        object,
        &format!("{function}() argument"),
        &format!("{function}(): argument"),
    )
}

fn point_at(
    object: &Object,
    place: &std::primitive::str,
    with_length: &std::primitive::str,
) -> PyResult<u32> {
    let Some(text) = object.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "{place} must be a unicode character, not {}",
            crate::io::common::ops_type_name(object)
        )));
    };
    if text.len() != 1 {
        return Err(error::type_error(format!(
            "{with_length} must be a unicode character, not a string of length {}",
            text.len()
        )));
    }
    Ok(text.char_at(0))
}

fn first(args: &[Word], function: &std::primitive::str) -> PyResult<u32> {
    args::check_positional(function, args.len(), 1, 2)?;
    point_at(
        args[0].object(),
        &format!("{function}() argument 1"),
        &format!("{function}(): argument 1"),
    )
}

fn or_default(found: Option<Owned>, args: &[Word], text: &std::primitive::str) -> PyResult {
    match (found, args.get(1)) {
        (Some(found), _) => Ok(found),
        (None, Some(default)) => Ok(Owned::new(default.object())),
        (None, None) => Err(error::value_error(text)),
    }
}

fn decimal(this: &Object, args: &[Word]) -> PyResult {
    let point = first(args, "decimal")?;
    let found = unicode::decimal(point).filter(|_| is_assigned(this, point));
    or_default(
        found.map(|d| int::from_i64(d.into())),
        args,
        "not a decimal",
    )
}

fn digit(this: &Object, args: &[Word]) -> PyResult {
    let point = first(args, "digit")?;
    let found = unicode::digit(point).filter(|_| is_assigned(this, point));
    or_default(found.map(|d| int::from_i64(d.into())), args, "not a digit")
}

fn numeric(this: &Object, args: &[Word]) -> PyResult {
    let point = first(args, "numeric")?;
    let found = tables::NUMBERS
        .binary_search_by_key(&point, |n| n.0)
        .ok()
        .filter(|_| is_assigned(this, point))
        .map(|at| float::from_f64(tables::NUMBERS[at].1));
    or_default(found, args, "not a numeric character")
}

fn decomposition(this: &Object, c: &Object) -> PyResult {
    let point = point(c, "decomposition")?;
    if !is_assigned(this, point) {
        return Ok(str::empty());
    }
    let Some((tag, points)) = normal::decomposition(point) else {
        return Ok(str::empty());
    };
    let mut parts: Vec<String> = Vec::new();
    if !tag.is_empty() {
        parts.push(tag.to_owned());
    }
    parts.extend(points.iter().map(|p| format!("{p:04X}")));
    Ok(Str::new(&parts.join(" ")))
}

/// The name of a code point.
pub fn name_of(point: u32) -> Option<String> {
    char::from_u32(point)
        .and_then(unicode_names2::name)
        .map(|n| n.to_string())
}

fn name(this: &Object, args: &[Word]) -> PyResult {
    let point = first(args, "name")?;
    let found = name_of(point).filter(|_| is_assigned(this, point));
    or_default(found.map(|n| Str::new(&n)), args, "no such name")
}

fn lookup(this: &Object, name: &Object) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "lookup() argument must be str, not {}",
            crate::io::common::ops_type_name(name)
        )));
    };
    let text = text.lossy();
    match unicode_names2::character(&text).filter(|c| is_assigned(this, u32::from(*c))) {
        Some(found) => Ok(Str::from_point(found.into())),
        None => Err(error::key_error(&Str::new(&format!(
            "undefined character name '{text}'"
        )))),
    }
}

fn form_arguments<'a>(
    args: &'a [Word],
    function: &std::primitive::str,
) -> PyResult<(Form, &'a Object)> {
    args::check_positional(function, args.len(), 2, 2)?;
    for (at, word) in args.iter().enumerate() {
        if !str::is_str(word.object()) {
            return Err(error::type_error(format!(
                "{function}() argument {} must be str, not {}",
                at + 1,
                crate::io::common::ops_type_name(word.object())
            )));
        }
    }
    let form = str::cast(args[0].object()).lossy();
    match Form::parse(&form) {
        Some(form) => Ok((form, args[1].object())),
        None => Err(error::value_error("invalid normalization form")),
    }
}

fn normalize(this: &Object, args: &[Word]) -> PyResult {
    let (form, text) = form_arguments(args, "normalize")?;
    if str::cast(text).is_ascii() {
        return str::exact(text);
    }
    let points: Vec<u32> = str::cast(text).chars().points().collect();
    let made = normal::normalize(&points, form, is_old(this));
    if made == points {
        return str::exact(text);
    }
    Ok(Str::from_code_points(&made))
}

fn is_normalized(this: &Object, args: &[Word]) -> PyResult {
    let (form, text) = form_arguments(args, "is_normalized")?;
    let points: Vec<u32> = str::cast(text).chars().points().collect();
    let same =
        str::cast(text).is_ascii() || normal::normalize(&points, form, is_old(this)) == points;
    Ok(bool::bool_owned(same))
}
