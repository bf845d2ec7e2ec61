//! Tuples with named fields (`sys.version_info`, `os.stat_result`, `time.struct_time`; Objects/structseq.c). Fields behind the visible
//! ones are reached by name alone.

use std::cell::RefCell;

use terrarium_objects::args::Signature;
use terrarium_objects::typeobject::{MemberDef, MemberKind, MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::{self, TUPLE, Tuple};
use terrarium_objects::types::r#type;
use terrarium_objects::types::{dict, int};
use terrarium_objects::{
    Object, Owned, PyResult, Role, Slots, Type, Visit, error, gc, none, none_owned, ops, root,
    typeobject_ready,
};

/// What a class knows of its fields.
struct Fields {
    class: &'static Type,
    /// Empty for a field without a name.
    names: Vec<&'static str>,
    visible: usize,
}

impl Fields {
    fn named(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.names.iter().copied().filter(|n| !n.is_empty())
    }
}

thread_local! {
    static CLASSES: RefCell<Vec<&'static Fields>> = const { RefCell::new(Vec::new()) };
}

fn fields_of(ty: &Type) -> &'static Fields {
    CLASSES.with(|all| {
        *all.borrow()
            .iter()
            .find(|f| std::ptr::eq(f.class, ty))
            .expect("made by class_with_hidden")
    })
}

/// Bytes before a tuple's items.
const HEADER: usize = std::mem::size_of::<Tuple>();

/// Items of an instance, the hidden ones too.
fn real_len(object: &Object) -> usize {
    // SAFETY: an instance is a tuple.
    let visible = unsafe { object.cast::<Tuple>() }.len();
    visible + (object.ty().basicsize.get() as usize - HEADER) / 8
}

/// Item `at`, hidden or not.
fn item(object: &Object, at: usize) -> Owned {
    // SAFETY: callers stay below `real_len`; the items are owned.
    unsafe { Owned::new(&**object.cast::<Tuple>().slots().add(at)) }
}

static METHODS: [MethodDef; 2] = [
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new(
        "__replace__",
        Native::VarArgsKeywords(replace),
        "__replace__($self, /, **changes)\n--\n\n",
    ),
];

/// A class whose fields are all visible.
pub fn class(module: &str, name: &str, fields: &[&str]) -> PyResult {
    class_with_hidden(&format!("{module}.{name}"), fields, fields.len(), true)
}

/// A class with `visible` fields in the tuple and the others behind; fields without a name have an empty one. Lives for ever.
pub fn class_with_hidden(
    full_name: &str,
    fields: &[&str],
    visible: usize,
    may_call: bool,
) -> PyResult {
    let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let names: Vec<&'static str> = fields.iter().map(|f| leak(f)).collect();
    let members: Vec<MemberDef> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
        .map(|(i, name)| MemberDef {
            name,
            kind: MemberKind::Object,
            offset: HEADER + i * 8,
            readonly: true,
            doc: "",
        })
        .collect();
    let hidden = fields.len() - visible;
    let mut bits = flags::HAVE_GC | flags::TUPLE_SUBCLASS | flags::MATCH_SELF | flags::SEQUENCE;
    if !may_call {
        bits |= flags::DISALLOW_INSTANTIATION;
    }
    let slots = Slots {
        dealloc,
        visit,
        repr: Some(repr),
        new: may_call.then_some(new as terrarium_objects::typeobject::NewFn),
        ..Slots::NONE
    };
    let class: &'static Type = Box::leak(Box::new(
        Type::builtin(leak(full_name), HEADER + hidden * 8, slots)
            .with_base(&raw const TUPLE)
            .with_itemsize(8)
            .with_flags(bits)
            .with_members(Box::leak(members.into_boxed_slice()))
            .with_methods(&METHODS),
    ));
    typeobject_ready::ready_static(class);
    let unnamed = names.iter().filter(|n| n.is_empty()).count();
    // SAFETY: just made ready.
    let space = unsafe { &*class.dict.get() };
    dict::set_str(space, "n_sequence_fields", &int::from_usize(visible));
    dict::set_str(space, "n_fields", &int::from_usize(fields.len()));
    dict::set_str(space, "n_unnamed_fields", &int::from_usize(unnamed));
    let matched: Vec<Owned> = names[..visible]
        .iter()
        .filter(|n| !n.is_empty())
        .map(|n| Owned::new(terrarium_objects::types::str::intern_immortal(n)))
        .collect();
    dict::set_str(space, "__match_args__", &tuple::from_owned(matched));
    let known: &'static Fields = Box::leak(Box::new(Fields {
        class,
        names,
        visible,
    }));
    CLASSES.with(|all| all.borrow_mut().push(known));
    Ok(Owned::new(class.as_object()))
}

/// An instance of such a class: a value for each field.
pub fn instance(class: &Object, values: Vec<Owned>) -> PyResult {
    // SAFETY: callers pass what `class` gave.
    let ty = unsafe { class.cast::<Type>() };
    let fields = fields_of(ty);
    debug_assert_eq!(fields.names.len(), values.len());
    let made = r#type::alloc_untracked(ty, fields.visible)?;
    // SAFETY: room for all fields: the hidden ones are part of the basic size.
    unsafe {
        let body = made.cast::<Tuple>();
        body.hash.set(-1);
        for (at, value) in values.into_iter().enumerate() {
            body.slots().add(at).write(value.into_raw());
        }
    }
    gc::track(&made);
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead instance; each item is given up once.
    unsafe {
        gc::untrack(&*object);
        let slots = (*object).cast::<Tuple>().slots();
        for at in 0..real_len(&*object) {
            let item = slots.add(at).replace(std::ptr::null_mut());
            if !item.is_null() {
                Object::decref(item);
            }
        }
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: an instance; items may be null while it dies.
    unsafe {
        let slots = object.cast::<Tuple>().slots();
        for at in 0..real_len(object) {
            if let Some(item) = (*slots.add(at)).as_ref() {
                visit.edge(Role::Item(at), item);
            }
        }
    }
}

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("structseq", &["sequence", "dict"], 0, 1, 2);
    let [sequence, more] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let name = ty.full_name();
    let more = more.filter(|m| !m.is(none()));
    if more.is_some_and(|m| m.downcast::<dict::Dict>().is_none()) {
        return Err(error::type_error(format!(
            "{name}() takes a dict as second arg, if any"
        )));
    }
    let sequence = ops::sequence::fast(
        sequence.unwrap_or(none()),
        "constructor requires a sequence",
    )?;
    let fields = fields_of(ty);
    let given = ops::sequence::fast_len(&sequence);
    let (min, max) = (fields.visible, fields.names.len());
    if given < min || given > max {
        let wanted = match (min == max, given < min) {
            (true, _) => format!("a {min}"),
            (false, true) => format!("an at least {min}"),
            (false, false) => format!("an at most {max}"),
        };
        return Err(error::type_error(format!(
            "{name}() takes {wanted}-sequence ({given}-sequence given)"
        )));
    }
    let mut values: Vec<Owned> = (0..given)
        .filter_map(|i| ops::sequence::fast_item(&sequence, i).map(Owned::new))
        .collect();
    let mut used = 0;
    for field in &fields.names[given..] {
        let found = more.and_then(|m| dict::get_str(m, field));
        used += usize::from(found.is_some());
        values.push(found.unwrap_or_else(none_owned));
    }
    if more.is_some_and(|m| dict::len(m) > used) {
        return Err(error::type_error(format!(
            "{name}() got duplicate or unexpected field name(s)"
        )));
    }
    instance(ty.as_object(), values)
}

fn repr(object: &Object) -> PyResult {
    let fields = fields_of(object.ty());
    let mut shown = Vec::with_capacity(fields.visible);
    for (at, name) in fields.named().take(fields.visible).enumerate() {
        let value = root("field", item(object, at));
        let text = ops::text::lossy(&*ops::text::repr(&value)?);
        shown.push(format!("{name}={text}"));
    }
    Ok(Str::new(&format!(
        "{}({})",
        object.ty().full_name(),
        shown.join(", ")
    )))
}

/// `(type, (visible fields, dict of the others))`.
fn reduce(object: &Object) -> PyResult {
    let fields = fields_of(object.ty());
    let visible = (0..fields.visible).map(|i| item(object, i)).collect();
    let others = dict::new();
    for at in fields.visible..fields.names.len() {
        dict::set_str(&others, fields.names[at], &item(object, at));
    }
    let state = tuple::from_array([tuple::from_owned(visible), others]);
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        state,
    ]))
}

fn replace(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    terrarium_objects::args::check_parsed(
        "__replace__",
        terrarium_objects::args::tuple_len(args),
        0,
        0,
    )?;
    let fields = fields_of(object.ty());
    if fields.names.iter().any(|n| n.is_empty()) {
        return Err(error::type_error(format!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            object.ty().full_name()
        )));
    }
    let left = kwargs.map_or_else(dict::new, dict::copy);
    let mut values = Vec::with_capacity(fields.names.len());
    for (at, name) in fields.names.iter().enumerate() {
        let given = dict::get_str(&left, name);
        if given.is_some() {
            dict::remove_str(&left, name)?;
        }
        values.push(given.unwrap_or_else(|| item(object, at)));
    }
    if dict::len(&left) != 0 {
        let names = ops::sequence::to_list(&left)?;
        let shown = ops::text::lossy(&*ops::text::repr(&names)?);
        return Err(error::type_error(format!(
            "Got unexpected field name(s): {shown}"
        )));
    }
    instance(object.ty().as_object(), values)
}
