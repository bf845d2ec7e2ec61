//! Names and places of holders, as a program's author would say them.

use std::collections::HashMap;

use terrarium_bytecode::code::kinds;
use terrarium_bytecode::opcode::{self as op, self as opcodes};
use terrarium_objects::frame::{self, Frame};
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::builtin_function::BuiltinFunction;
use terrarium_objects::types::code::Code;
use terrarium_objects::types::dict::{self, Dict};
use terrarium_objects::types::function::Function;
use terrarium_objects::types::module::{self, MODULE};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::{TUPLE, Tuple};
use terrarium_objects::visit::Role;
use terrarium_objects::{Object, Type, state};
use terrarium_runtime::frames;

use crate::heap::Source;

/// What a container is to its only interesting owner.
#[derive(Clone)]
enum Belongs {
    ModuleNamespace(String),
    ClassNamespace(String),
    /// The instance in words, and its address.
    InstanceNamespace(String, usize),
    Consts(String),
    CodeNames(String),
    Defaults(String),
    Closure(String),
    Bases(String),
}

/// Names collected in one walk, for many questions.
pub struct Names {
    belongs: HashMap<usize, Belongs>,
    /// Variables by the address of what they hold: a way to call an object.
    known_as: HashMap<usize, String>,
}

pub(crate) fn text(pointer: *mut Object) -> String {
    // SAFETY: null or a live object.
    unsafe { pointer.as_ref() }.map_or_else(String::new, text_of)
}

fn text_of(object: &Object) -> String {
    object
        .downcast::<Str>()
        .map_or_else(|| String::from("?"), |s| s.lossy().into_owned())
}

impl Names {
    /// Walks the heap once.
    pub fn collect() -> Names {
        let mut this = Names {
            belongs: HashMap::new(),
            known_as: HashMap::new(),
        };
        let mut modules: Vec<(String, usize)> = Vec::new();
        state::get().alloc.each_object(&mut |object| {
            this.learn(object);
            if object.is_exact(&MODULE) {
                let namespace = module::namespace(object);
                modules.push((module_name(object), namespace.as_ptr() as usize));
            }
        });
        for (name, namespace) in modules {
            this.belongs
                .insert(namespace, Belongs::ModuleNamespace(name));
        }
        if let Some(builtins) = state::get().kept("builtins") {
            this.belongs.insert(
                builtins.as_ptr() as usize,
                Belongs::ModuleNamespace("builtins".into()),
            );
        }
        this.learn_variables();
        this
    }

    fn put(&mut self, pointer: *mut Object, belongs: Belongs) {
        if !pointer.is_null() {
            self.belongs.entry(pointer as usize).or_insert(belongs);
        }
    }

    fn learn(&mut self, object: &Object) {
        if let Some(code) = object.downcast_exact::<Code>() {
            let name = text(code.qualname.get());
            self.put(code.consts.get(), Belongs::Consts(name.clone()));
            self.put(code.names.get(), Belongs::CodeNames(name.clone()));
            self.put(code.localsplusnames.get(), Belongs::CodeNames(name));
        } else if let Some(function) = object.downcast_exact::<Function>() {
            let name = text(function.qualname.get());
            self.put(function.defaults.get(), Belongs::Defaults(name.clone()));
            self.put(function.kwdefaults.get(), Belongs::Defaults(name.clone()));
            self.put(function.closure.get(), Belongs::Closure(name));
        } else if object.ty().has(flags::TYPE_SUBCLASS) {
            // SAFETY: checked.
            let ty = unsafe { object.cast::<Type>() };
            let name = ty.name().to_owned();
            self.put(ty.dict.get(), Belongs::ClassNamespace(name.clone()));
            self.put(ty.bases.get(), Belongs::Bases(name.clone()));
            self.put(ty.mro.get(), Belongs::Bases(name));
        } else if object.ty().is_heap() {
            let dict = terrarium_objects::types::dict::managed::existing_dict(object);
            if !dict.is_null() {
                let address = object.as_ptr() as usize;
                self.put(dict, Belongs::InstanceNamespace(call(object), address));
            }
        }
    }

    /// Module variables and locals give objects names to call them by.
    fn learn_variables(&mut self) {
        let spaces: Vec<usize> = self
            .belongs
            .iter()
            .filter(|(_, b)| matches!(b, Belongs::ModuleNamespace(n) if n == "__main__"))
            .map(|(a, _)| *a)
            .collect();
        for space in spaces {
            // SAFETY: the address is that of a live dict, just seen.
            let namespace = unsafe { &*(space as *const Object) };
            let mut position = 0;
            while let Some((key, value)) = dict::next(namespace, &mut position) {
                self.known_as
                    .entry(value.as_ptr() as usize)
                    .or_insert_with(|| text_of(key));
            }
        }
        frame::each_running(&mut |running| {
            let code = running.code();
            running.each_slot(&mut |role, word| {
                if let (Role::Local(i), Some(object)) = (role, word.get()) {
                    self.known_as
                        .entry(object.as_ptr() as usize)
                        .or_insert_with(|| text_of(code.local_name(i)));
                }
            });
        });
    }

    /// An object by a variable's name if it has one.
    fn call(&self, object: &Object) -> String {
        let kind = object.ty().name();
        match self.known_as.get(&(object.as_ptr() as usize)) {
            Some(name) => format!("the {kind} {name}"),
            None => call(object),
        }
    }

    /// Name and place of one reference.
    pub fn holder(&self, source: Source, role: Role) -> (String, String) {
        match source {
            Source::Root => match role {
                Role::Root(name) => (name.to_owned(), "the interpreter".into()),
                other => (plain(other), "the interpreter".into()),
            },
            // SAFETY: frames and objects are live during the question.
            Source::Frame(running) => unsafe { frame_slot(&*running, role) },
            Source::Object(holder) => self.in_object(unsafe { &*holder }, role),
        }
    }

    /// An entry of a dict, or an attribute: its name, in which `{}` stands for an object that the second part is the address of.
    pub fn entry(&self, holder: &Object, role: Role) -> (String, usize) {
        let address = holder.as_ptr() as usize;
        let known = self.belongs.get(&address);
        if let Some(Belongs::InstanceNamespace(_, instance)) = known
            && let Role::Value(i) = role
        {
            let name = format!("attribute {}", key_text(holder, i));
            return (of_braces(&name), *instance);
        }
        if let Some(Belongs::ModuleNamespace(module)) = known
            && let (Role::Value(i), "__main__") = (role, module.as_str())
        {
            return (format!("variable {}", key_text(holder, i)), address);
        }
        if let Some((name, place)) = known.and_then(|known| in_known(holder, known, role)) {
            return (format!("{name} of {place}"), address);
        }
        (of_braces(&attribute_entry(holder, role)), address)
    }

    fn in_object(&self, holder: &Object, role: Role) -> (String, String) {
        if let Some(belongs) = self.belongs.get(&(holder.as_ptr() as usize))
            && let Some(found) = in_known(holder, belongs, role)
        {
            return found;
        }
        if is_generator(holder)
            && let Role::Local(_) | Role::Stack(_) = role
        {
            // SAFETY: the three generator types share the body; the role says the frame is live.
            let inner = unsafe {
                &*holder
                    .cast::<terrarium_objects::types::generator::Generator>()
                    .frame()
            };
            return frame_slot(inner, role);
        }
        let place = self.call(holder);
        match role {
            Role::Type => ("type of an instance".into(), place),
            Role::Item(i) => (format!("item {i}"), place),
            Role::Key(i) => (format!("key {}", i + 1), place),
            Role::Value(i) => (format!("value of key {}", key_text(holder, i)), place),
            Role::Attribute(i) => (
                format!("attribute '{}'", attribute_name(holder.ty(), i)),
                place,
            ),
            Role::Member(offset) => (
                format!("slot '{}'", member_name(holder.ty(), offset)),
                place,
            ),
            Role::Field(name) => (name.to_owned(), place),
            other => (plain(other), place),
        }
    }
}

/// An entry by itself: of a dict that has no name, or of an instance.
fn attribute_entry(holder: &Object, role: Role) -> String {
    match role {
        Role::Value(i) => format!("value of key {}", key_text(holder, i)),
        Role::Key(_) => "a key".into(),
        Role::Attribute(i) => format!("attribute '{}'", attribute_name(holder.ty(), i)),
        Role::Member(offset) => format!("slot '{}'", member_name(holder.ty(), offset)),
        other => plain(other),
    }
}

fn of_braces(name: &str) -> String {
    // A brace of a key's own is no place for the holder.
    format!("{} of {{}}", name.replace("{}", "{ }"))
}

/// A reference in a container that belongs to something with a name.
fn in_known(holder: &Object, belongs: &Belongs, role: Role) -> Option<(String, String)> {
    let key = |i| key_text(holder, i);
    Some(match (belongs, role) {
        (Belongs::ModuleNamespace(module), Role::Value(i)) => (
            format!("global variable {}", key(i)),
            format!("module {module}"),
        ),
        (Belongs::ModuleNamespace(module), Role::Key(i)) => {
            (format!("the name {}", key(i)), format!("module {module}"))
        }
        (Belongs::ClassNamespace(class), Role::Value(i)) => {
            (format!("attribute {}", key(i)), format!("class {class}"))
        }
        (Belongs::ClassNamespace(class), Role::Key(i)) => {
            (format!("the name {}", key(i)), format!("class {class}"))
        }
        (Belongs::InstanceNamespace(instance, _), Role::Value(i)) => {
            (format!("attribute {}", key(i)), instance.clone())
        }
        (Belongs::InstanceNamespace(instance, _), Role::Key(i)) => {
            (format!("the name {}", key(i)), instance.clone())
        }
        (Belongs::Consts(code), Role::Item(i)) => {
            (format!("constant {i}"), format!("code of {code}"))
        }
        (Belongs::CodeNames(code), Role::Item(i)) => {
            (format!("name {i}"), format!("code of {code}"))
        }
        (Belongs::Defaults(function), Role::Item(i)) => {
            (format!("default value {i}"), format!("function {function}"))
        }
        (Belongs::Defaults(function), Role::Value(i)) => (
            format!("default value of {}", key(i)),
            format!("function {function}"),
        ),
        (Belongs::Closure(function), Role::Item(i)) => {
            (format!("closure cell {i}"), format!("function {function}"))
        }
        (Belongs::Bases(class), Role::Item(_)) => {
            ("base or ancestor".into(), format!("class {class}"))
        }
        _ => return None,
    })
}

pub(crate) fn plain(role: Role) -> String {
    match role {
        Role::Type => "type".into(),
        Role::Item(i) => format!("item {i}"),
        Role::Key(i) => format!("key {i}"),
        Role::Value(i) => format!("value {i}"),
        Role::Attribute(i) => format!("attribute {i}"),
        Role::Member(i) => format!("slot at {i}"),
        Role::Field(name) | Role::Root(name) => name.to_owned(),
        Role::Local(i) => format!("local {i}"),
        Role::Stack(i) => format!("operand {i}"),
        Role::Const(i) => format!("constant {i}"),
        Role::Name(i) => format!("name {i}"),
    }
}

/// The key of entry `i` of a dict, quoted.
fn key_text(holder: &Object, i: usize) -> String {
    if !holder.ty().has(flags::DICT_SUBCLASS) {
        return i.to_string();
    }
    // SAFETY: checked; entry `i` exists, the role came from the dict's own walk.
    let key = unsafe { holder.cast::<Dict>().keys().key(i).as_ref() };
    key.map_or_else(|| i.to_string(), brief)
}

fn attribute_name(ty: &Type, i: usize) -> String {
    // SAFETY: types with inline values have cached keys.
    let keys = unsafe { terrarium_objects::types::dict::managed::cached_keys(ty) };
    // SAFETY: null or a live str.
    unsafe { keys.key(i).as_ref() }.map_or_else(|| i.to_string(), text_of)
}

fn member_name(ty: &Type, offset: usize) -> String {
    ty.members
        .get()
        .iter()
        .find(|m| m.offset == offset)
        .map_or_else(|| format!("at {offset}"), |m| m.name.to_owned())
}

/// A slot of a frame: variable, operand, argument of a running call.
fn frame_slot(running: &Frame, role: Role) -> (String, String) {
    let code = running.code();
    let line = frames::line_of(running as *const Frame as *mut Frame);
    let place = format!("{} line {line}", scope(code));
    let name = match role {
        Role::Local(i) => local(code, i),
        Role::Stack(i) => operand(running, i),
        Role::Field(name) => format!("the frame's {name}"),
        other => plain(other),
    };
    (name, place)
}

/// A fast local by its kind and name.
pub(crate) fn local(code: &Code, i: usize) -> String {
    let name = text_of(code.local_name(i));
    let kind = code.local_kind(i);
    if kind & kinds::FREE != 0 {
        format!("free variable '{name}'")
    } else if kind & kinds::CELL != 0 {
        format!("cell variable '{name}'")
    } else if i < argument_count(code) {
        format!("parameter '{name}'")
    } else {
        format!("local variable '{name}'")
    }
}

fn argument_count(code: &Code) -> usize {
    use terrarium_bytecode::code::flags as co;
    (code.argcount.get() + code.kwonlyargcount.get()) as usize
        + code.has(co::VARARGS) as usize
        + code.has(co::VARKEYWORDS) as usize
}

/// A function, or a module's or class's body.
fn scope(code: &Code) -> String {
    let name = text(code.qualname.get());
    if name == "<module>" {
        "module".into()
    } else {
        format!("{name}()")
    }
}

/// An operand: part of the call that is running, or a value waiting for one.
fn operand(running: &Frame, i: usize) -> String {
    // SAFETY: `instr` points into the code.
    let unit = unsafe { *running.instr };
    let opcode = opcodes::family(u16::from(unit as u8));
    let arguments = usize::from(unit >> 8);
    let above = match opcode {
        op::CALL => 0,
        op::CALL_KW => 1,
        _ => return format!("operand {i} of the stack"),
    };
    let first = running.depth().checked_sub(arguments + above);
    match first {
        Some(first) if i >= first && i < first + arguments => {
            format!("argument {} of the running call", i - first + 1)
        }
        Some(first) if i + 1 == first => "self of the running call".into(),
        Some(first) if i + 2 == first => "callee of the running call".into(),
        _ => format!("operand {i} of the stack"),
    }
}

/// A few words for an object, without running Python.
pub fn brief(object: &Object) -> String {
    if let Some(text) = object.downcast_exact::<Str>() {
        let shown: String = text.lossy().chars().take(40).collect();
        return format!("'{shown}'");
    }
    call(object)
}

/// A constant as its literal would be written, without running Python.
pub fn constant(object: &Object) -> String {
    use terrarium_objects::types::{bool, bytes, float, int, none};
    if object.is(&none::NONE) {
        return "None".into();
    }
    if object.is(&none::ELLIPSIS) {
        return "Ellipsis".into();
    }
    if object.is_exact(&bool::BOOL) {
        return if bool::is_true(object) {
            "True"
        } else {
            "False"
        }
        .into();
    }
    if object.is_exact(&int::INT) {
        return int::to_bigint(object).to_string();
    }
    if let Some(value) = object.downcast_exact::<float::Float>() {
        return float::repr_f64(value.value.get());
    }
    if object.is_exact(&bytes::BYTES) {
        return bytes::repr_text(bytes::cast(object).bytes());
    }
    if let Some(items) = object.downcast_exact::<Tuple>() {
        let items: Vec<String> = items.items().iter().map(|o| constant(o)).collect();
        return match items.as_slice() {
            [one] => format!("({one},)"),
            _ => format!("({})", items.join(", ")),
        };
    }
    brief(object)
}

/// The name of its own that a class, function, code object or module has.
pub(crate) fn own_name(object: &Object) -> Option<String> {
    let words = call(object);
    let kinds = ["class ", "function ", "code of ", "module ", "builtin "];
    let name = kinds.iter().find_map(|kind| words.strip_prefix(kind))?;
    Some(name.to_owned())
}

/// An object by its type and address, or by its own name.
fn call(object: &Object) -> String {
    if object.ty().has(flags::TYPE_SUBCLASS) {
        // SAFETY: checked.
        return format!("class {}", unsafe { object.cast::<Type>() }.name());
    }
    if let Some(function) = object.downcast_exact::<Function>() {
        return format!("function {}", text(function.qualname.get()));
    }
    if let Some(code) = object.downcast_exact::<Code>() {
        return format!("code of {}", text(code.qualname.get()));
    }
    if object.is_exact(&MODULE) {
        return format!("module {}", module_name(object));
    }
    if let Some(builtin) = object.downcast_exact::<BuiltinFunction>() {
        return format!("builtin {}", builtin.def.name);
    }
    let kind = object.ty().name();
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind} at {:#x}", object.as_ptr() as usize)
}

/// What an object is, with a small value shown.
pub fn describe(object: &Object) -> String {
    if let Some(text) = object.downcast_exact::<Str>() {
        let whole = text.lossy();
        let shown: String = whole.chars().take(60).collect();
        let more = if shown.len() < whole.len() { "..." } else { "" };
        return format!("str '{shown}{more}'");
    }
    if object.is_exact(&terrarium_objects::types::int::INT) {
        return format!("int {}", terrarium_objects::types::int::to_bigint(object));
    }
    if let Some(value) = object.downcast_exact::<terrarium_objects::types::float::Float>() {
        return format!(
            "float {}",
            terrarium_objects::types::float::repr_f64(value.value.get())
        );
    }
    if let Some(items) = object.downcast_exact::<Tuple>() {
        return format!(
            "tuple of {} at {:#x}",
            items.len(),
            object.as_ptr() as usize
        );
    }
    if let Some(items) = object.downcast_exact::<terrarium_objects::types::list::List>() {
        return format!("list of {} at {:#x}", items.len(), object.as_ptr() as usize);
    }
    if is_singleton(object) {
        return constant(object);
    }
    call(object)
}

/// None, True, False or Ellipsis.
fn is_singleton(object: &Object) -> bool {
    use terrarium_objects::types::{bool, none};
    object.is(&none::NONE) || object.is(&none::ELLIPSIS) || object.is_exact(&bool::BOOL)
}

/// Why the object is immortal.
pub fn why_immortal(object: &Object) -> &'static str {
    use terrarium_objects::types::{bytes, int, none, str};
    if is_singleton(object) || object.is(&none::NOT_IMPLEMENTED) {
        "a singleton of the language"
    } else if object.is_exact(&int::INT) {
        "a small int (-5 to 256), shared by the whole process"
    } else if object.is_exact(&str::STR) {
        // SAFETY: an exact str.
        let short = unsafe { object.cast::<Str>() }.length.get() <= 1;
        if short {
            "an empty or one-character str, shared by the whole process"
        } else {
            "an interned name of a code object"
        }
    } else if object.is_exact(&bytes::BYTES) {
        "empty or one-byte bytes, shared by the whole process"
    } else if object.is_exact(&TUPLE) {
        "the empty tuple, shared by the whole process"
    } else if object.ty().has(flags::TYPE_SUBCLASS) {
        "a static type of the interpreter"
    } else {
        "made immortal by the interpreter"
    }
}

fn module_name(object: &Object) -> String {
    dict::get_str(module::namespace(object), "__name__")
        .map_or_else(|| String::from("?"), |name| text_of(&name))
}

fn is_generator(object: &Object) -> bool {
    use terrarium_objects::types::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
    [&GENERATOR, &COROUTINE, &ASYNC_GENERATOR]
        .iter()
        .any(|ty| object.is_exact(ty))
}
