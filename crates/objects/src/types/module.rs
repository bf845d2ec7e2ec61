//! `module` (Objects/moduleobject.c).

use std::mem::offset_of;

use crate::args::Signature;
use crate::error::{self, attribute_error_text, type_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare, text};
use crate::refs::{Owned, PyResult};
use crate::state::{self, root};
use crate::typeobject::*;
use crate::types::dict;
use crate::types::exceptions::ATTRIBUTE_ERROR;
use crate::types::str::{self, Str};
use crate::types::{builtin_function, list, r#type};
use crate::visit::Visit;
use crate::{hooks, names, none};

/// CPython's `PyModuleObject`.
#[repr(C)]
pub struct Module {
    pub object: Object,
    pub dict: Field,
    def: usize,
    state: usize,
    weaklist: Field,
    name: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Module {
    fn type_object() -> &'static Type {
        &MODULE
    }
}

pub static MODULE: Type = Type::builtin(
    "module",
    56,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        getattro: Some(getattro),
        setattro: Some(attribute::generic_set),
        init: Some(init),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC)
.with_dictoffset(offset_of!(Module, dict))
.with_weaklistoffset(offset_of!(Module, weaklist))
.with_methods(&[MethodDef::new("__dir__", Native::NoArgs(dir), "")])
.with_members(&[MemberDef {
    name: "__dict__",
    kind: MemberKind::Object,
    offset: offset_of!(Module, dict),
    readonly: true,
    doc: "",
}])
.with_getset(&[
    GetSetDef {
        name: "__annotations__",
        get: Some(get_annotations),
        set: Some(set_annotations),
        doc: "",
    },
    GetSetDef {
        name: "__annotate__",
        get: Some(get_annotate),
        set: Some(set_annotate),
        doc: "",
    },
])
.with_doc("module(name, doc=None)\n--\n\n");

#[inline(always)]
pub fn body(module: &Object) -> &Module {
    // SAFETY: callers pass modules.
    unsafe { module.cast() }
}

/// The namespace of a module, borrowed.
#[inline(always)]
pub fn namespace(module: &Object) -> &Object {
    body(module).dict.get().unwrap_or(none())
}

/// A new module with the attributes every module has (`PyModule_NewObject`).
pub fn new(name: &str) -> Owned {
    let name = str::intern_mortal(Str::new(name));
    new_object(&name)
}

/// The same with a name object.
pub fn new_object(name: &Object) -> Owned {
    let Ok(module) = r#type::alloc_untracked(&MODULE, 0) else {
        panic!("out of memory for a module");
    };
    body(&module).dict.set(Some(dict::new()));
    let filled = fill(&module, name, none());
    debug_assert!(filled.is_ok());
    gc::track(&module);
    module
}

fn fill(module: &Object, name: &Object, doc: &Object) -> PyResult<()> {
    let this = body(module);
    if this.dict.is_empty() {
        this.dict.set(Some(dict::new()));
    }
    let names = names();
    let namespace = namespace(module);
    dict::set(namespace, &names.__name__, name)?;
    dict::set(namespace, &names.__doc__, doc)?;
    dict::set(namespace, &names.__package__, none())?;
    dict::set(namespace, &names.__loader__, none())?;
    dict::set(namespace, &names.__spec__, none())?;
    if str::is_str(name) {
        this.name.set_ref(Some(name));
    }
    Ok(())
}

/// Adds native functions; their `__self__` is the module.
pub fn add_functions(module: &Object, functions: &'static [MethodDef]) -> PyResult<()> {
    let name = dict::get(namespace(module), &names().__name__)?;
    for def in functions {
        let function = builtin_function::new(def, Some(module), name.as_deref());
        dict::set_str(namespace(module), def.name, &function);
    }
    Ok(())
}

/// A function of the `builtins` module.
pub fn builtin(name: &str) -> PyResult {
    let Some(builtins) = state::get().kept("builtins") else {
        return Err(error::system_error("builtins are not there yet"));
    };
    let builtins = Owned::new(builtins);
    let space = if builtins.is_exact(&MODULE) {
        Owned::new(namespace(&builtins))
    } else {
        builtins
    };
    dict::get_str(&space, name).ok_or_else(|| attribute_error_text(name))
}

fn new_slot(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let module = r#type::generic_alloc(ty, 0)?;
    body(&module).dict.set(Some(dict::new()));
    Ok(module)
}

fn init(module: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature::new("module", &["name", "doc"], 0, 1, 2);
    let [name, doc] = SIGNATURE.bind_tuple(args, kwargs)?;
    let name = name.unwrap_or(none());
    if !str::is_str(name) {
        return Err(type_error(format!(
            "module() argument 'name' must be str, not {}",
            name.ty().full_name()
        )));
    }
    fill(module, name, doc.unwrap_or(none()))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = body(&*object);
        if !this.weaklist.is_empty() {
            crate::types::r#type::instance::clear_weakrefs(&*object);
        }
        this.dict.clear();
        this.name.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).dict.visit("__dict__", visit);
    body(object).name.visit_hidden("name", visit);
}

fn clear(object: &Object) {
    body(object).dict.clear();
}

/// `repr`: by the import system's function, or by what the module says of itself.
fn repr(object: &Object) -> PyResult {
    if let Ok(importlib) = hooks::import("_frozen_importlib")
        && let Some(function) =
            attribute::get_optional(&importlib, str::intern_immortal("_module_repr"))?
    {
        return crate::ops::call::call(&function, &crate::words([object]), None);
    }
    error::clear();
    let name = match dict::get(namespace(object), &names().__name__)? {
        Some(name) => text::lossy(&*text::repr(&name)?),
        None => "'?'".into(),
    };
    Ok(Str::new(
        &match dict::get(namespace(object), &names().__file__)? {
            Some(file) => format!("<module {name} from {}>", text::lossy(&*text::repr(&file)?)),
            None => match origin(object)? {
                Some(origin) => format!("<module {name} ({origin})>"),
                None => format!("<module {name}>"),
            },
        },
    ))
}

/// Where a module without a file says it comes from: its specification's origin.
fn origin(object: &Object) -> PyResult<Option<String>> {
    let Some(spec) = dict::get_str(namespace(object), "__spec__").filter(|s| !s.is(none())) else {
        return Ok(None);
    };
    Ok(
        attribute::get_optional(&spec, str::intern_immortal("origin"))?
            .filter(|origin| !origin.is(none()))
            .map(|origin| text::lossy(&origin)),
    )
}

/// `getattr` of a module: its namespace, then its `__getattr__`.
#[inline(never)]
pub fn getattro(module: &Object, name: &Object) -> PyResult {
    if let Some(found) = lookup_attribute(module, name)? {
        return Ok(found);
    }
    let names = names();
    let space = Owned::new(namespace(module));
    let module_name = dict::get(&space, &names.__name__)?.filter(|n| str::is_str(n));
    let shown = text::lossy(name);
    let Some(module_name) = module_name else {
        return Err(module_error(
            module,
            name,
            format!("module has no attribute '{shown}'"),
        ));
    };
    Err(missing(module, &space, &text::lossy(&module_name), name)?)
}

/// The attribute by the namespace or the module's own `__getattr__`, whose errors stay.
fn lookup_attribute(module: &Object, name: &Object) -> PyResult<Option<Owned>> {
    if let Some(found) = attribute::generic_find(module, name)? {
        return Ok(Some(found));
    }
    let space = Owned::new(namespace(module));
    if !space.ty().has(flags::DICT_SUBCLASS) {
        return Err(attribute_error_text("module has no dict"));
    }
    let Some(hook) = dict::get(&space, &names().__getattr__)? else {
        return Ok(None);
    };
    let hook = root("__getattr__", hook);
    crate::ops::call::call(&hook, &crate::words([name]), None).map(Some)
}

/// `getattro` with `None` in place of AttributeError.
pub fn find_attribute(module: &Object, name: &Object) -> PyResult<Option<Owned>> {
    match lookup_attribute(module, name) {
        Err(_) if error::matches(&ATTRIBUTE_ERROR) => {
            error::clear();
            Ok(None)
        }
        other => other,
    }
}

fn module_error(module: &Object, name: &Object, message: String) -> crate::Raised {
    attribute::attribute_error(module, name, message)
}

/// The text says more when the module is being imported or stands in front of one of the same name in the library.
#[cold]
fn missing(
    module: &Object,
    space: &Object,
    module_name: &str,
    name: &Object,
) -> PyResult<crate::Raised> {
    let shown = text::lossy(name);
    let plain = format!("module '{module_name}' has no attribute '{shown}'");
    let Some(spec) = dict::get(space, &names().__spec__)?.filter(|s| !s.is(none())) else {
        return Ok(module_error(module, name, plain));
    };
    let spec = root("__spec__", spec);
    let initialising = spec_is_initialising(&spec)?;
    let origin = origin_of(&spec)?;
    let hides = match &origin {
        Some(origin) => shadowing(module_name, origin),
        None => Shadowing::No,
    };
    let advice = origin.as_deref();
    let advice =
        advice.and_then(|origin| advice_to_rename(&hides, initialising, module_name, origin));
    let message = match (advice, initialising) {
        (Some(advice), _) => format!("{plain} ({advice})"),
        (_, true) => match origin {
            Some(origin) => format!(
                "partially initialized module '{module_name}' from '{origin}' has no attribute '{shown}' (most likely due to a circular import)"
            ),
            None => format!(
                "partially initialized module '{module_name}' has no attribute '{shown}' (most likely due to a circular import)"
            ),
        },
        _ => {
            if is_uninitialised_submodule(&spec, name)? {
                format!(
                    "cannot access submodule '{shown}' of module '{module_name}' (most likely due to a circular import)"
                )
            } else {
                plain
            }
        }
    };
    Ok(module_error(module, name, message))
}

/// Whether a script hides a module of the library.
#[derive(PartialEq, Eq)]
pub enum Shadowing {
    No,
    Other,
    StandardLibrary,
}

/// Whether the module stands in the script's folder and so hides another (`_PyModule_IsPossiblyShadowing`).
pub fn shadowing(module_name: &str, origin: &str) -> Shadowing {
    let Some(sys_path_0) = state::get().kept("sys.path[0]").map(text::lossy) else {
        return Shadowing::No;
    };
    let folder = match origin.rsplit_once('/') {
        Some((folder, "__init__.py")) => folder.rsplit_once('/').map_or("", |(f, _)| f),
        Some((folder, _)) => folder,
        None => "",
    };
    if folder != sys_path_0 {
        return Shadowing::No;
    }
    let standard = state::get()
        .kept("sys module dict")
        .and_then(|sys| dict::get_str(sys, "stdlib_module_names"))
        .is_some_and(|all| {
            matches!(
                crate::ops::sequence::contains(&all, &Str::new(module_name)),
                Ok(true)
            )
        });
    if standard {
        Shadowing::StandardLibrary
    } else {
        Shadowing::Other
    }
}

/// What to tell whoever misses a name in a module that stands in the place of another.
pub fn advice_to_rename(
    hides: &Shadowing,
    initialising: bool,
    module_name: &str,
    origin: &str,
) -> Option<String> {
    match hides {
        Shadowing::StandardLibrary => Some(format!(
            "consider renaming '{origin}' since it has the same name as the standard library module named '{module_name}' and prevents importing that standard library module"
        )),
        Shadowing::Other if initialising => Some(format!(
            "consider renaming '{origin}' if it has the same name as a library you intended to import"
        )),
        _ => None,
    }
}

/// Whether a module's import has not ended (`_PyModuleSpec_IsInitializing`).
pub fn spec_is_initialising(spec: &Object) -> PyResult<bool> {
    let name = str::intern_immortal("_initializing");
    match attribute::get_optional(spec, name)? {
        Some(value) => compare::is_true(&value),
        None => Ok(false),
    }
}

/// The file that the module of this `__spec__` comes from (`_PyModuleSpec_GetFileOrigin`).
pub fn origin_of(spec: &Object) -> PyResult<Option<String>> {
    let Some(has) = attribute::get_optional(spec, str::intern_immortal("has_location"))? else {
        return Ok(None);
    };
    if !compare::is_true(&has)? {
        return Ok(None);
    }
    let origin = attribute::get_optional(spec, str::intern_immortal("origin"))?;
    Ok(origin.filter(|o| str::is_str(o)).map(|o| text::lossy(&o)))
}

fn is_uninitialised_submodule(spec: &Object, name: &Object) -> PyResult<bool> {
    let list = attribute::get_optional(spec, str::intern_immortal("_uninitialized_submodules"))?;
    match list {
        Some(list) => crate::ops::sequence::contains(&list, name),
        None => Ok(false),
    }
}

fn dir(module: &Object) -> PyResult {
    let names = names();
    let space = attribute::get(module, &names.__dict__)?;
    if !space.ty().has(flags::DICT_SUBCLASS) {
        return Err(type_error("<module>.__dict__ is not a dictionary"));
    }
    let space = root("module namespace", space);
    if let Some(hook) = dict::get(&space, &names.__dir__)? {
        let hook = root("__dir__", hook);
        return crate::ops::call::call(&hook, &[], None);
    }
    let result = list::new();
    let mut at = 0;
    while let Some((key, _)) = dict::next(&space, &mut at) {
        list::append(&result, key);
    }
    Ok(result)
}

/// Clears a module's namespace in two passes, so that `__del__` methods still find `__builtins__`: names with one underscore first,
/// then all others but `__builtins__` (`_PyModule_ClearDict`).
pub fn clear_namespace(space: &Object) {
    let none = none();
    for private in [true, false] {
        let mut at = 0;
        while let Some((key, value)) = dict::next(space, &mut at) {
            if value.is(none) || !str::is_str(key) {
                continue;
            }
            let text = str::cast(key);
            let mut points = (0..text.len()).map(|i| text.char_at(i));
            let chosen = if private {
                points.next() == Some(u32::from('_')) && points.next() != Some(u32::from('_'))
            } else {
                points.next() != Some(u32::from('_')) || !text.is_text("__builtins__")
            };
            if chosen {
                let key = Owned::new(key);
                if dict::set(space, &key, none).is_err() {
                    error::unraisable("Exception ignored while clearing module dict", None);
                }
            }
        }
    }
}

fn annotations_place(module: &Object) -> PyResult<Owned> {
    let space = attribute::get(module, &names().__dict__)?;
    if !space.ty().has(flags::DICT_SUBCLASS) {
        return Err(type_error("<module>.__dict__ is not a dictionary"));
    }
    Ok(space)
}

fn get_annotate(module: &Object) -> PyResult {
    let space = annotations_place(module)?;
    let name = &names().__annotate__;
    if let Some(found) = dict::get(&space, name)? {
        return Ok(found);
    }
    dict::set(&space, name, none())?;
    Ok(crate::none_owned())
}

fn set_annotate(module: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("cannot delete __annotate__ attribute"));
    };
    let space = annotations_place(module)?;
    if !value.is(none()) && value.ty().slots.call.is_none() {
        return Err(type_error("__annotate__ must be callable or None"));
    }
    dict::set(&space, &names().__annotate__, value)?;
    if !value.is(none()) {
        dict::remove(&space, &names().__annotations__)?;
    }
    Ok(())
}

fn get_annotations(module: &Object) -> PyResult {
    let names = names();
    let space = annotations_place(module)?;
    if let Some(found) = dict::get(&space, &names.__annotations__)? {
        return Ok(found);
    }
    let initialising = match dict::get(&space, &names.__spec__)? {
        Some(spec) if !spec.is(none()) => spec_is_initialising(&spec)?,
        _ => false,
    };
    let annotate = dict::get(&space, &names.__annotate__)?;
    let result = match annotate.filter(|a| a.ty().slots.call.is_some()) {
        Some(annotate) => {
            let annotate = root("__annotate__", annotate);
            let format = crate::types::int::from_i64(1);
            let result = crate::ops::call::call(&annotate, &crate::words([&format]), None)?;
            if !result.ty().has(flags::DICT_SUBCLASS) {
                return Err(type_error(format!(
                    "__annotate__() must return a dict, not {}",
                    result.ty().full_name()
                )));
            }
            result
        }
        None => dict::new(),
    };
    if !initialising {
        dict::set(&space, &names.__annotations__, &result)?;
    }
    Ok(result)
}

fn set_annotations(module: &Object, value: Option<&Object>) -> PyResult<()> {
    let names = names();
    let space = annotations_place(module)?;
    match value {
        Some(value) => dict::set(&space, &names.__annotations__, value)?,
        None => {
            if !dict::remove(&space, &names.__annotations__)? {
                return Err(error::raise_with(&ATTRIBUTE_ERROR, &names.__annotations__));
            }
        }
    }
    dict::remove(&space, &names.__annotate__)?;
    Ok(())
}
