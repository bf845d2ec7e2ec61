//! `re.Match` (Modules/_sre/sre.c).

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object, VarObject};
use terrarium_objects::typeobject::{
    GetSetDef, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags,
};
use terrarium_objects::types::str::{self, Chars, Str};
use terrarium_objects::types::{dict, generic_alias, int, tuple, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, none_owned, ops};

use super::pattern;
use super::state::State;
use super::subject::{self, Subject};

/// CPython's `MatchObject`; the marks follow at the end.
#[repr(C)]
pub struct Match {
    var: VarObject,
    string: Field,
    regs: Field,
    pattern: Field,
    pos: Cell<isize>,
    endpos: Cell<isize>,
    lastindex: Cell<isize>,
    /// Number of groups, the whole match included.
    groups: Cell<isize>,
    marks: [Cell<isize>; 1],
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Match {
    fn type_object() -> &'static Type {
        &MATCH
    }
}

pub static MATCH: Type = Type::builtin(
    "re.Match",
    size_of::<Match>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        mp_subscript: Some(|o, key| {
            let index = index_of(of(o), key)?;
            group(of(o), index, None)
        }),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_itemsize(8)
.with_methods(METHODS)
.with_members(&[
    MemberDef::new(
        "string",
        MemberKind::Object,
        std::mem::offset_of!(Match, string),
    ),
    MemberDef::new(
        "re",
        MemberKind::Object,
        std::mem::offset_of!(Match, pattern),
    ),
    MemberDef::new("pos", MemberKind::Ssize, std::mem::offset_of!(Match, pos)),
    MemberDef::new(
        "endpos",
        MemberKind::Ssize,
        std::mem::offset_of!(Match, endpos),
    ),
])
.with_getset(&[
    GetSetDef::read(
        "lastindex",
        |o| match of(o).lastindex.get() {
            -1 => Ok(none_owned()),
            index => Ok(int::from_i64(index as i64)),
        },
        "",
    ),
    GetSetDef::read("lastgroup", lastgroup, ""),
    GetSetDef::read("regs", regs, ""),
]);

const METHODS: &[MethodDef] = &[
    MethodDef::new("group", Native::Fast(group_method), ""),
    MethodDef::new(
        "start",
        Native::Fast(|o, a| edge(o, a, "start", |(start, _)| start)),
        "start($self, group=0, /)\n--\n\n",
    ),
    MethodDef::new(
        "end",
        Native::Fast(|o, a| edge(o, a, "end", |(_, end)| end)),
        "end($self, group=0, /)\n--\n\n",
    ),
    MethodDef::new(
        "span",
        Native::Fast(span),
        "span($self, group=0, /)\n--\n\n",
    ),
    MethodDef::new("groups", Native::FastKeywords(groups), ""),
    MethodDef::new("groupdict", Native::FastKeywords(groupdict), ""),
    MethodDef::new("expand", Native::FastKeywords(expand), ""),
    MethodDef::new("__copy__", Native::NoArgs(|o| Ok(Owned::new(o))), ""),
    MethodDef::new("__deepcopy__", Native::O(|o, _| Ok(Owned::new(o))), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

pub fn of(object: &Object) -> &Match {
    // SAFETY: called for matches.
    unsafe { object.cast() }
}

/// The match that the state describes.
pub fn new(
    pattern: &Object,
    subject: &Subject,
    state: &State,
    pos: usize,
    endpos: usize,
) -> PyResult {
    let count = pattern::of(pattern).groups.get() as usize + 1;
    let made = r#type::alloc_untracked(&MATCH, 2 * count)?;
    let this = of(&made);
    this.string.set_ref(Some(subject.string()));
    this.pattern.set_ref(Some(pattern));
    this.groups.set(count as isize);
    this.pos.set(pos as isize);
    this.endpos.set(endpos as isize);
    this.lastindex.set(state.lastindex);
    this.set_span(0, Some((state.start, state.ptr)));
    for index in 1..count {
        let span = state.group(index);
        if span.is_some_and(|(start, end)| start > end) {
            return Err(error::system_error(
                "The span of capturing group is wrong, please report a bug for the re module.",
            ));
        }
        this.set_span(index, span);
    }
    gc::track(&made);
    Ok(made)
}

impl Match {
    fn mark(&self, index: usize) -> &Cell<isize> {
        // SAFETY: allocated with two marks for each group.
        unsafe { &*self.marks.as_ptr().add(index) }
    }

    fn set_span(&self, group: usize, span: Option<(usize, usize)>) {
        let (start, end) = span.map_or((-1, -1), |(s, e)| (s as isize, e as isize));
        self.mark(2 * group).set(start);
        self.mark(2 * group + 1).set(end);
    }

    /// Start and end of a group; -1 where it took no part.
    pub fn span(&self, group: usize) -> (isize, isize) {
        (self.mark(2 * group).get(), self.mark(2 * group + 1).get())
    }

    fn pattern(&self) -> Owned {
        self.pattern.or_none()
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying match.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    let this = of(object);
    this.string.clear();
    this.regs.clear();
    this.pattern.clear();
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = of(object);
    this.string.visit("string", visit);
    this.regs.visit("regs", visit);
    this.pattern.visit("re", visit);
}

/// The number of a group given by number or name.
fn index_of(this: &Match, key: &Object) -> PyResult<usize> {
    let missing = || error::index_error("no such group");
    let found = if ops::number::is_index(key) {
        ops::number::index_isize(key, None)?
    } else {
        let pattern = this.pattern();
        let by_name = match pattern::of(&pattern).groupindex.get() {
            Some(names) => match dict::get(names, key) {
                Ok(found) => found,
                Err(_) => {
                    error::clear();
                    None
                }
            },
            None => None,
        };
        by_name.and_then(|n| int::as_i64(&n)).unwrap_or(-1) as isize
    };
    if found < 0 || found >= this.groups.get() {
        return Err(missing());
    }
    Ok(found as usize)
}

fn with_chars<R>(string: &Object, use_chars: impl FnOnce(Chars<'_>, bool) -> R) -> PyResult<R> {
    if let Some(text) = string.downcast::<Str>() {
        return Ok(use_chars(text.chars(), false));
    }
    let buffer = terrarium_objects::types::bytes::bytes_like(string)?;
    Ok(use_chars(Chars::One(buffer.slice()), true))
}

/// What a group matched, or the default (`None`).
pub fn group(this: &Match, index: usize, default: Option<&Object>) -> PyResult {
    let (start, end) = this.span(index);
    let Some(string) = this.string.owned().filter(|_| start >= 0) else {
        return Ok(default.map_or_else(none_owned, Owned::new));
    };
    with_chars(&string, |chars, is_bytes| {
        subject::slice(&string, chars, is_bytes, start as usize, end as usize)
    })?
}

fn group_method(object: &Object, args: &[Word]) -> PyResult {
    let this = of(object);
    match args {
        [] => group(this, 0, None),
        [one] => group(this, index_of(this, one.object())?, None),
        many => {
            let mut items = Vec::with_capacity(many.len());
            for key in many {
                items.push(group(this, index_of(this, key.object())?, None)?);
            }
            Ok(tuple::from_owned(items))
        }
    }
}

fn span_of(object: &Object, args: &[Word], name: &std::primitive::str) -> PyResult<(isize, isize)> {
    args::check_positional(name, args.len(), 0, 1)?;
    let this = of(object);
    let index = match args.first() {
        Some(key) => index_of(this, key.object())?,
        None => 0,
    };
    Ok(this.span(index))
}

fn edge(
    object: &Object,
    args: &[Word],
    name: &std::primitive::str,
    side: fn((isize, isize)) -> isize,
) -> PyResult {
    Ok(int::from_i64(side(span_of(object, args, name)?) as i64))
}

fn pair((start, end): (isize, isize)) -> Owned {
    tuple::from_array([int::from_i64(start as i64), int::from_i64(end as i64)])
}

fn span(object: &Object, args: &[Word]) -> PyResult {
    Ok(pair(span_of(object, args, "span")?))
}

fn groups(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("groups", &["default"], 0, 0, 1);
    let [default] = SIGNATURE.bind::<1>(args, kwnames)?;
    let this = of(object);
    let mut items = Vec::new();
    for index in 1..this.groups.get() as usize {
        items.push(group(this, index, default)?);
    }
    Ok(tuple::from_owned(items))
}

fn groupdict(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("groupdict", &["default"], 0, 0, 1);
    let [default] = SIGNATURE.bind::<1>(args, kwnames)?;
    let this = of(object);
    let result = dict::new();
    let pattern = this.pattern();
    if let Some(names) = pattern::of(&pattern).groupindex.get() {
        let mut at = 0;
        while let Some((name, number)) = dict::next(names, &mut at) {
            let index = int::as_i64(number).unwrap_or(0) as usize;
            dict::set(&result, name, &*group(this, index, default)?)?;
        }
    }
    Ok(result)
}

fn expand(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("expand", &["template"], 0, 1, 1);
    let [template] = SIGNATURE.bind::<1>(args, kwnames)?;
    let pattern = of(object).pattern();
    let template = super::template::compile(&pattern, template.expect("required"))?;
    super::template::expand(&template, object)
}

fn lastgroup(object: &Object) -> PyResult {
    let this = of(object);
    let pattern = this.pattern();
    let index = this.lastindex.get();
    Ok(match pattern::of(&pattern).indexgroup.get() {
        Some(names) if index >= 0 && (index as usize) < args::tuple_len(names) => {
            Owned::new(args::tuple_item(names, index as usize))
        }
        _ => none_owned(),
    })
}

fn regs(object: &Object) -> PyResult {
    let this = of(object);
    if let Some(known) = this.regs.owned() {
        return Ok(known);
    }
    let spans = (0..this.groups.get() as usize)
        .map(|index| pair(this.span(index)))
        .collect();
    let made = tuple::from_owned(spans);
    this.regs.set_ref(Some(&made));
    Ok(made)
}

fn repr(object: &Object) -> PyResult {
    let this = of(object);
    let found = group(this, 0, None)?;
    let shown = ops::text::repr(&found)?;
    let (start, end) = this.span(0);
    let mut text = str::Builder::new();
    text.push_str(&format!(
        "<{} object; span=({start}, {end}), match=",
        object.ty().full_name()
    ));
    str::cast(&shown)
        .chars()
        .points()
        .take(50)
        .for_each(|p| text.push(p));
    text.push_str(">");
    text.finish()
}

impl Match {
    /// Number of groups, without the whole match.
    pub fn group_count(&self) -> usize {
        self.groups.get() as usize - 1
    }
}
