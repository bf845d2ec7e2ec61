//! Replacement templates: literals between groups.

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object, VarObject};
use terrarium_objects::typeobject::{Slots, Type, flags};
use terrarium_objects::types::bytes;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{exceptions as exc, list, none, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, hooks, ops, root};

use super::matching;
use super::pattern::PATTERN;

/// CPython's `TemplateObject`; its items follow at the end.
#[repr(C)]
pub struct Template {
    var: VarObject,
    chunks: usize,
    literal: Field,
}

/// A group and the literal behind it.
#[repr(C)]
struct Item {
    group: std::cell::Cell<usize>,
    literal: Field,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Template {
    fn type_object() -> &'static Type {
        &TEMPLATE
    }
}

pub static TEMPLATE: Type = Type::builtin(
    "_sre.SRE_Template",
    size_of::<Template>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_itemsize(16);

fn of(object: &Object) -> &Template {
    // SAFETY: called for templates.
    unsafe { object.cast() }
}

impl Template {
    fn items(&self) -> &[Item] {
        // SAFETY: allocated with that many items behind the fixed part.
        unsafe {
            std::slice::from_raw_parts(
                (&raw const *self).add(1).cast::<Item>(),
                self.var.size.get() as usize,
            )
        }
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying template.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    let this = of(object);
    this.literal.clear();
    this.items().iter().for_each(|i| i.literal.clear());
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = of(object);
    this.literal.visit("literal", visit);
    for item in this.items() {
        item.literal.visit("literal", visit);
    }
}

fn invalid() -> terrarium_objects::Raised {
    error::type_error("invalid template")
}

/// `template(pattern, [literal, group, literal, ...])`.
pub fn new(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("template", args.len(), 2, 2)?;
    if !args[0].object().is_exact(&PATTERN) {
        return Err(error::type_error(format!(
            "template() argument 1 must be re.Pattern, not {}",
            args[0].object().ty().full_name()
        )));
    }
    let parts = args[1].object();
    let Some(parts) = parts.downcast::<list::List>() else {
        return Err(error::type_error(format!(
            "template() argument 2 must be list, not {}",
            parts.ty().full_name()
        )));
    };
    let count = parts.len();
    if count % 2 == 0 {
        return Err(invalid());
    }
    let made = r#type::generic_alloc(&TEMPLATE, count / 2)?;
    let this = of(&made);
    this.literal.set(parts.item_owned(0));
    for (at, item) in this.items().iter().enumerate() {
        let (Some(group), Some(literal)) =
            (parts.item_owned(2 * at + 1), parts.item_owned(2 * at + 2))
        else {
            return Err(invalid());
        };
        let group = ops::number::index_isize(&group, Some(&exc::OVERFLOW_ERROR))?;
        let Ok(group) = usize::try_from(group) else {
            return Err(invalid());
        };
        item.group.set(group);
        if ops::mapping::len(&literal)? > 0 {
            item.literal.set(Some(literal));
        }
    }
    Ok(made)
}

/// The literal, if that is all of the template.
pub fn literal_of(template: &Object) -> Option<Owned> {
    (template.is_exact(&TEMPLATE) && of(template).items().is_empty())
        .then(|| of(template).literal.or_none())
}

/// Has `re` parse a replacement (`re._compile_template`, which keeps what it made).
pub fn compile(pattern: &Object, template: &Object) -> PyResult {
    let module = root("re", hooks::import("re")?);
    let function = root(
        "re._compile_template",
        ops::attribute::get(&module, str::intern_immortal("_compile_template"))?,
    );
    let call = |template: &Object| {
        let args = [pattern, template].map(Word::borrowed);
        ops::call::call(&function, &args, None)
    };
    let made = match call(template) {
        Err(raised) if error::matches(&exc::TYPE_ERROR) => {
            // What cannot be hashed is tried again as a plain string.
            let plain = match template.downcast::<Str>() {
                Some(text) => str::copy_exact(text)?,
                None if template.ty().slots.getbuffer.is_some() => {
                    let pending = error::fetch();
                    let made = bytes::from_object(template);
                    drop(pending);
                    made?
                }
                None => return Err(raised),
            };
            error::clear();
            let plain = root("replacement", plain);
            call(&plain)?
        }
        other => other?,
    };
    if made.is_exact(&TEMPLATE) {
        return Ok(made);
    }
    Err(error::runtime_error(
        "the result of compiling a replacement string is wrong type",
    ))
}

/// The template with a match's groups.
pub fn expand(template: &Object, found: &Object) -> PyResult {
    let this = of(template);
    if this.items().is_empty() {
        return Ok(this.literal.or_none());
    }
    let mut parts: Vec<Owned> = Vec::new();
    let literal = this.literal.or_none();
    let is_bytes = bytes::is_bytes(&literal);
    if ops::mapping::len(&literal)? > 0 {
        parts.push(literal);
    }
    let groups = pattern_groups(found);
    for item in this.items() {
        if item.group.get() > groups {
            return Err(error::index_error("no such group"));
        }
        let part = matching::group(matching::of(found), item.group.get(), None)?;
        if !part.is(none::none()) {
            parts.push(part);
        }
        parts.extend(item.literal.owned());
    }
    if is_bytes {
        let mut data = Vec::new();
        for part in &parts {
            let buffer = bytes::bytes_like(part)?;
            data.extend_from_slice(buffer.slice());
        }
        return Ok(bytes::Bytes::new(&data));
    }
    if let Some(wrong) = parts.iter().position(|p| !str::is_str(p)) {
        return Err(error::type_error(format!(
            "sequence item {wrong}: expected str instance, {} found",
            parts[wrong].ty().full_name()
        )));
    }
    let parts: Vec<&Object> = parts.iter().map(|p| &**p).collect();
    str::split::join_objects(str::cast(str::empty_ref()), &parts)
}

fn pattern_groups(found: &Object) -> usize {
    // The whole match counts as well.
    matching::of(found).group_count()
}
