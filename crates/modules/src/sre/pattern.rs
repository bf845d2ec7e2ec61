//! `re.Pattern` (Modules/_sre/sre.c).

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object, VarObject};
use terrarium_objects::typeobject::{
    CompareOp, GetSetDef, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags,
};
use terrarium_objects::types::descriptors::mappingproxy;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{
    bytes, dict, exceptions as exc, generic_alias, int, list, sequence_iterator, tuple, r#type,
    weakref,
};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, ops, root};

use super::codes::flag;
use super::matching;
use super::scanner;
use super::state::State;
use super::subject::Subject;

/// CPython's `PatternObject`; the code follows at the end.
#[repr(C)]
pub struct Pattern {
    var: VarObject,
    pub groups: Cell<isize>,
    pub groupindex: Field,
    pub indexgroup: Field,
    pub pattern: Field,
    pub flags: Cell<i32>,
    pub weaklist: Field,
    /// 0 for str, 1 for bytes, -1 for no pattern.
    pub is_bytes: Cell<i32>,
    pub code_size: Cell<usize>,
    code: [u32; 2],
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Pattern {
    fn type_object() -> &'static Type {
        &PATTERN
    }
}

pub static PATTERN: Type = Type::builtin(
    "re.Pattern",
    size_of::<Pattern>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        hash: Some(hash),
        richcompare: Some(compare),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_itemsize(4)
.with_weaklistoffset(std::mem::offset_of!(Pattern, weaklist))
.with_methods(METHODS)
.with_members(&[
    MemberDef::new(
        "pattern",
        MemberKind::Object,
        std::mem::offset_of!(Pattern, pattern),
    ),
    MemberDef::new(
        "flags",
        MemberKind::Int,
        std::mem::offset_of!(Pattern, flags),
    ),
    MemberDef::new(
        "groups",
        MemberKind::Ssize,
        std::mem::offset_of!(Pattern, groups),
    ),
])
.with_getset(&[GetSetDef::read(
    "groupindex",
    |o| {
        let this = of(o);
        Ok(match this.groupindex.get() {
            Some(index) => mappingproxy::new(index),
            None => dict::new(),
        })
    },
    "",
)]);

const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "match",
        Native::FastKeywords(|o, a, k| one(o, a, k, &MATCH, Mode::Match)),
        "match($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n",
    ),
    MethodDef::new(
        "fullmatch",
        Native::FastKeywords(|o, a, k| one(o, a, k, &FULLMATCH, Mode::Full)),
        "fullmatch($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n",
    ),
    MethodDef::new(
        "search",
        Native::FastKeywords(|o, a, k| one(o, a, k, &SEARCH, Mode::Search)),
        "search($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n",
    ),
    MethodDef::new("sub", Native::FastKeywords(sub), ""),
    MethodDef::new("subn", Native::FastKeywords(subn), ""),
    MethodDef::new("findall", Native::FastKeywords(findall), ""),
    MethodDef::new("split", Native::FastKeywords(split), ""),
    MethodDef::new("finditer", Native::FastKeywords(finditer), ""),
    MethodDef::new("scanner", Native::FastKeywords(make_scanner), ""),
    MethodDef::new("__copy__", Native::NoArgs(|o| Ok(Owned::new(o))), ""),
    MethodDef::new("__deepcopy__", Native::O(|o, _| Ok(Owned::new(o))), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

pub fn of(object: &Object) -> &Pattern {
    // SAFETY: called for patterns.
    unsafe { object.cast() }
}

impl Pattern {
    /// The code.
    pub fn code(&self) -> &[u32] {
        // SAFETY: allocated with room for `code_size` words behind the fixed part; written once at creation.
        unsafe { std::slice::from_raw_parts(self.code.as_ptr(), self.code_size.get()) }
    }

    /// Whether subjects must be bytes (`None`: either).
    pub fn wants_bytes(&self) -> Option<bool> {
        match self.is_bytes.get() {
            -1 => None,
            n => Some(n == 1),
        }
    }
}

/// What `compile` makes.
pub struct Parts<'a> {
    pub pattern: &'a Object,
    pub flags: i32,
    pub code: &'a [u32],
    pub groups: isize,
    pub groupindex: &'a Object,
    pub indexgroup: &'a Object,
    pub is_bytes: i32,
}

pub fn new(parts: Parts<'_>) -> PyResult {
    let made = r#type::alloc_untracked(&PATTERN, parts.code.len())?;
    let this = of(&made);
    this.pattern.set_ref(Some(parts.pattern));
    this.flags.set(parts.flags);
    this.groups.set(parts.groups);
    if dict::len(parts.groupindex) > 0 {
        this.groupindex.set_ref(Some(parts.groupindex));
        if args::tuple_len(parts.indexgroup) > 0 {
            this.indexgroup.set_ref(Some(parts.indexgroup));
        }
    }
    this.is_bytes.set(parts.is_bytes);
    this.code_size.set(parts.code.len());
    // SAFETY: allocated with room for the code.
    unsafe {
        std::ptr::copy_nonoverlapping(
            parts.code.as_ptr(),
            this.code.as_ptr().cast_mut(),
            parts.code.len(),
        );
    }
    gc::track(&made);
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying pattern.
    unsafe {
        let this = &*object;
        gc::untrack(this);
        if !of(this).weaklist.is_empty() {
            weakref::clear_weakrefs(this);
        }
        clear(this);
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    let this = of(object);
    this.groupindex.clear();
    this.indexgroup.clear();
    this.pattern.clear();
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = of(object);
    this.groupindex.visit("groupindex", visit);
    this.indexgroup.visit("indexgroup", visit);
    this.pattern.visit("pattern", visit);
}

const FLAG_NAMES: [(u32, &std::primitive::str); 8] = [
    (flag::IGNORECASE, "re.IGNORECASE"),
    (flag::LOCALE, "re.LOCALE"),
    (flag::MULTILINE, "re.MULTILINE"),
    (flag::DOTALL, "re.DOTALL"),
    (flag::UNICODE, "re.UNICODE"),
    (flag::VERBOSE, "re.VERBOSE"),
    (flag::DEBUG, "re.DEBUG"),
    (flag::ASCII, "re.ASCII"),
];

fn repr(object: &Object) -> PyResult {
    let this = of(object);
    let pattern = this.pattern.or_none();
    let mut bits = this.flags.get() as u32;
    if str::is_str(&pattern) && bits & (flag::LOCALE | flag::UNICODE | flag::ASCII) == flag::UNICODE
    {
        bits &= !flag::UNICODE;
    }
    let mut names = Vec::new();
    for (bit, name) in FLAG_NAMES {
        if bits & bit != 0 {
            names.push(name.to_owned());
            bits &= !bit;
        }
    }
    if bits != 0 {
        names.push(format!("0x{bits:x}"));
    }
    let shown = ops::text::repr(&pattern)?;
    let points: Vec<u32> = str::cast(&shown).chars().points().take(200).collect();
    let mut text = str::Builder::new();
    text.push_str("re.compile(");
    points.iter().for_each(|p| text.push(*p));
    if !names.is_empty() {
        text.push_str(", ");
        text.push_str(&names.join("|"));
    }
    text.push_str(")");
    text.finish()
}

fn hash(object: &Object) -> PyResult<isize> {
    let this = of(object);
    let pattern = ops::compare::hash(&this.pattern.or_none())?;
    let code: Vec<u8> = this.code().iter().flat_map(|w| w.to_ne_bytes()).collect();
    let hash = str::hash_bytes(&code)
        ^ pattern
        ^ this.flags.get() as isize
        ^ this.is_bytes.get() as isize
        ^ this.code_size.get() as isize;
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let both = a.is_exact(&PATTERN) && b.is_exact(&PATTERN);
    if !both || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(terrarium_objects::types::none::not_implemented());
    }
    let (left, right) = (of(a), of(b));
    let mut equal = a.is(b)
        || left.flags.get() == right.flags.get()
            && left.is_bytes.get() == right.is_bytes.get()
            && left.code() == right.code();
    if equal && !a.is(b) {
        equal = ops::compare::compare_bool(
            &left.pattern.or_none(),
            &right.pattern.or_none(),
            CompareOp::Eq,
        )?;
    }
    Ok(terrarium_objects::types::bool::bool_owned(
        equal == (op == CompareOp::Eq),
    ))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Match,
    Full,
    Search,
}

const RANGE: &[&std::primitive::str] = &["string", "pos", "endpos"];
static MATCH: Signature = Signature::new("match", RANGE, 0, 1, 3);
static FULLMATCH: Signature = Signature::new("fullmatch", RANGE, 0, 1, 3);
static SEARCH: Signature = Signature::new("search", RANGE, 0, 1, 3);
static FINDALL: Signature = Signature::new("findall", RANGE, 0, 1, 3);
static FINDITER: Signature = Signature::new("finditer", RANGE, 0, 1, 3);
static SCANNER: Signature = Signature::new("scanner", RANGE, 0, 1, 3);

/// String, start and end of a search.
pub struct Range<'a> {
    pub string: &'a Object,
    pub pos: isize,
    pub endpos: isize,
}

fn range<'a>(
    signature: &Signature,
    args: &'a [Word],
    kwnames: Option<&'a Object>,
) -> PyResult<Range<'a>> {
    // The usual call: one positional argument.
    if let ([string], None) = (args, kwnames) {
        return Ok(Range {
            string: string.object(),
            pos: 0,
            endpos: isize::MAX,
        });
    }
    let [string, pos, endpos] = signature.bind::<3>(args, kwnames)?;
    let number = |o: Option<&Object>, default| match o {
        Some(o) => ops::number::index_isize(o, Some(&exc::OVERFLOW_ERROR)),
        None => Ok(default),
    };
    Ok(Range {
        string: string.expect("required"),
        pos: number(pos, 0)?,
        endpos: number(endpos, isize::MAX)?,
    })
}

/// The subject of a search, and the state at its start.
pub fn begin(pattern: &Pattern, range: &Range<'_>) -> PyResult<(Subject, State)> {
    let subject = Subject::new(range.string, pattern.wants_bytes())?;
    let len = subject.len() as isize;
    let start = range.pos.clamp(0, len) as usize;
    let end = range.endpos.clamp(0, len) as usize;
    let state = State::new(start, end, pattern.groups.get() as usize);
    Ok((subject, state))
}

fn one(
    object: &Object,
    args: &[Word],
    kwnames: Option<&Object>,
    signature: &Signature,
    mode: Mode,
) -> PyResult {
    let range = range(signature, args, kwnames)?;
    let pattern = of(object);
    let (subject, mut state) = begin(pattern, &range)?;
    let (pos, endpos) = (state.start, state.end);
    state.match_all = mode == Mode::Full;
    if !subject.run(pattern.code(), &mut state, mode == Mode::Search) {
        return Ok(terrarium_objects::none_owned());
    }
    matching::new(object, &subject, &state, pos, endpos)
}

/// Moves on behind a match; an empty one must not be found again.
pub fn advance(state: &mut State) {
    state.must_advance = state.ptr == state.start;
    state.start = state.ptr;
}

/// The next match from where the last one ended.
pub fn next_match(pattern: &Pattern, subject: &Subject, state: &mut State) -> bool {
    state.reset();
    state.ptr = state.start;
    subject.run(pattern.code(), state, true)
}

/// A group of the current match: what it matched, or `None` (the empty string if `empty`).
fn group(subject: &Subject, state: &State, index: usize, empty: bool) -> PyResult {
    match state.group(index).filter(|(start, end)| start <= end) {
        Some((start, end)) => subject.slice(start, end),
        None if empty => subject.slice(0, 0),
        None => Ok(terrarium_objects::none_owned()),
    }
}

fn findall(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let range = range(&FINDALL, args, kwnames)?;
    let pattern = of(object);
    let (subject, mut state) = begin(pattern, &range)?;
    let found = list::new();
    while state.start <= state.end && next_match(pattern, &subject, &mut state) {
        let item = match pattern.groups.get() as usize {
            0 => subject.slice(state.start, state.ptr)?,
            1 => group(&subject, &state, 1, true)?,
            groups => {
                let mut items = Vec::with_capacity(groups);
                for index in 1..=groups {
                    items.push(group(&subject, &state, index, true)?);
                }
                tuple::from_owned(items)
            }
        };
        push(&found, item);
        advance(&mut state);
    }
    Ok(found)
}

fn push(list: &Object, item: Owned) {
    // SAFETY: made here as a list.
    unsafe { list.cast::<list::List>() }.push(item);
}

fn split(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("split", &["string", "maxsplit"], 0, 1, 2);
    let [string, most] = SIGNATURE.bind::<2>(args, kwnames)?;
    let most = count_argument(most)?;
    let pattern = of(object);
    let range = whole(string.expect("required"));
    let (subject, mut state) = begin(pattern, &range)?;
    let parts = list::new();
    let mut last = state.start;
    let mut count = 0;
    while (most == 0 || count < most) && next_match(pattern, &subject, &mut state) {
        push(&parts, subject.slice(last, state.start)?);
        for index in 1..=pattern.groups.get() as usize {
            push(&parts, group(&subject, &state, index, false)?);
        }
        count += 1;
        advance(&mut state);
        last = state.start;
    }
    push(&parts, subject.slice(last, state.end)?);
    Ok(parts)
}

fn count_argument(count: Option<&Object>) -> PyResult<isize> {
    match count {
        Some(count) => ops::number::index_isize(count, Some(&exc::OVERFLOW_ERROR)),
        None => Ok(0),
    }
}

fn whole(string: &Object) -> Range<'_> {
    Range {
        string,
        pos: 0,
        endpos: isize::MAX,
    }
}

fn make_scanner(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    scanner::new(object, &range(&SCANNER, args, kwnames)?)
}

fn finditer(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let made = scanner::new(object, &range(&FINDITER, args, kwnames)?)?;
    let search = ops::attribute::get(&made, str::intern_immortal("search"))?;
    drop(made);
    Ok(sequence_iterator::new_callable(
        &search,
        terrarium_objects::none(),
    ))
}

fn sub(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("sub", &["repl", "string", "count"], 0, 2, 3);
    let [repl, string, count] = SIGNATURE.bind::<3>(args, kwnames)?;
    let (text, _) = substitute(
        object,
        repl.expect("required"),
        string.expect("required"),
        count_argument(count)?,
    )?;
    Ok(text)
}

fn subn(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("subn", &["repl", "string", "count"], 0, 2, 3);
    let [repl, string, count] = SIGNATURE.bind::<3>(args, kwnames)?;
    let (text, count) = substitute(
        object,
        repl.expect("required"),
        string.expect("required"),
        count_argument(count)?,
    )?;
    Ok(tuple::from_array([text, int::from_i64(count as i64)]))
}

/// What a match is replaced by.
enum Filter {
    Literal,
    Template,
    Callable,
}

/// Whether a replacement has no backslash; such a one stands for itself.
fn is_literal(repl: &Object) -> bool {
    if let Some(text) = repl.downcast::<Str>() {
        return !text.chars().points().any(|p| p == u32::from(b'\\'));
    }
    match repl.ty().slots.getbuffer.map(|get| get(repl)) {
        Some(Ok(buffer)) => !buffer.slice().contains(&b'\\'),
        Some(Err(_)) => {
            error::clear();
            false
        }
        None => false,
    }
}

fn filter_of(pattern: &Object, repl: &Object) -> PyResult<(Owned, Filter)> {
    if repl.ty().slots.call.is_some() {
        return Ok((Owned::new(repl), Filter::Callable));
    }
    if is_literal(repl) {
        return Ok((Owned::new(repl), Filter::Literal));
    }
    let template = super::template::compile(pattern, repl)?;
    Ok(match super::template::literal_of(&template) {
        Some(literal) => (literal, Filter::Literal),
        None => (template, Filter::Template),
    })
}

fn substitute(
    object: &Object,
    repl: &Object,
    string: &Object,
    count: isize,
) -> PyResult<(Owned, isize)> {
    let (filter, kind) = filter_of(object, repl)?;
    let filter = root("replacement", filter);
    let pattern = of(object);
    let (mut subject, mut state) = begin(pattern, &whole(string))?;
    let names = subject.named();
    let parts = root("parts of a substitution", list::new());
    let (pos, endpos) = (state.start, state.end);
    let mut done = 0;
    let mut from = 0;
    while (count == 0 || done < count) && next_match(pattern, &subject, &mut state) {
        let (start, end) = (state.start, state.ptr);
        if from < start {
            push(&parts, subject.slice(from, start)?);
        }
        let item = match kind {
            Filter::Literal => Owned::new(&filter),
            Filter::Template => {
                let found = root(
                    "match",
                    matching::new(object, &subject, &state, pos, endpos)?,
                );
                super::template::expand(&filter, &found)?
            }
            Filter::Callable => {
                let found = root(
                    "match",
                    matching::new(object, &subject, &state, pos, endpos)?,
                );
                ops::call::call(&filter, &[Word::borrowed(&found)], None)?
            }
        };
        if !item.is(terrarium_objects::none()) {
            push(&parts, item);
        }
        from = end;
        done += 1;
        advance(&mut state);
    }
    if from < state.end {
        push(&parts, subject.slice(from, state.end)?);
    }
    let joiner = subject.slice(0, 0)?;
    let joined = join(&joiner, &parts)?;
    drop(parts);
    for span in names.into_iter().rev() {
        drop(span);
    }
    drop(subject);
    drop(filter);
    Ok((joined, done))
}

/// The parts as one string.
fn join(joiner: &Object, parts: &Object) -> PyResult {
    // SAFETY: made above as a list.
    let items = unsafe { parts.cast::<list::List>() };
    if items.is_empty() {
        return Ok(Owned::new(joiner));
    }
    if bytes::is_bytes(joiner) {
        return bytes::split::join::<bytes::methods::Fixed>(joiner, parts);
    }
    str::split::join(joiner, parts)
}
