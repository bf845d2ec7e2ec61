//! `_abc` (Modules/_abc.c): what `abc.ABCMeta` keeps of a class and how it answers `isinstance` and `issubclass`.

use std::cell::Cell;

use terrarium_objects::field::Field;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::list::List;
use terrarium_objects::types::set::{self, Set};
use terrarium_objects::types::str::intern_immortal;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::r#type::{as_type, each_subclass};
use terrarium_objects::types::weakref::{self, WeakRef};
use terrarium_objects::types::{
    bool, builtin_function, dict, exceptions as exc, int, none, staticmethod_classmethod, tuple,
};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Slots, Type, Word, args, error, names, none_owned,
    ops, root, type_cache, typeobject_ready, words,
};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::body;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_abc",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 8] = [
    MethodDef::new(
        "get_cache_token",
        Native::NoArgs(|_| Ok(int::from_u64(counter()))),
        "get_cache_token($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_abc_init",
        Native::O(init),
        "_abc_init($module, self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_reset_registry",
        Native::O(reset_registry),
        "_reset_registry($module, self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_reset_caches",
        Native::O(reset_caches),
        "_reset_caches($module, self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_get_dump",
        Native::O(dump),
        "_get_dump($module, self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_abc_register",
        Native::Fast(register),
        "_abc_register($module, self, subclass, /)\n--\n\n",
    ),
    MethodDef::new(
        "_abc_instancecheck",
        Native::Fast(instance_check),
        "_abc_instancecheck($module, self, instance, /)\n--\n\n",
    ),
    MethodDef::new(
        "_abc_subclasscheck",
        Native::Fast(subclass_check),
        "_abc_subclasscheck($module, self, subclass, /)\n--\n\n",
    ),
];

fn exec(_: &Object) -> PyResult<()> {
    typeobject_ready::ready_static(&DATA);
    Ok(())
}

thread_local! {
    /// Counts calls of `register`: negative answers from before one may be wrong.
    static COUNTER: Cell<u64> = const { Cell::new(0) };
}

fn counter() -> u64 {
    COUNTER.with(Cell::get)
}

body! {
    /// Sets of weak references to classes, made when first used; `version` is the counter's value when `negative` was emptied.
    Data of DATA { registry: Field, cache: Field, negative: Field, version: Cell<u64> }
}

pub static DATA: Type = Type::builtin(
    "_abc._abc_data",
    size_of::<Data>(),
    Slots {
        new: Some(|ty, _, _| {
            let made = Data::alloc(ty)?;
            Data::of(&made).version.set(counter());
            Ok(made)
        }),
        ..Data::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_doc("Internal state held by ABC machinery.");

/// The data of a class.
fn data_of(class: &Object) -> PyResult {
    let found = ops::attribute::get(class, intern_immortal("_abc_impl"))?;
    if !found.is_exact(&DATA) {
        return Err(error::type_error("_abc_impl is set to a wrong type"));
    }
    Ok(found)
}

fn pair<'a>(name: &str, args: &'a [Word]) -> PyResult<(&'a Object, &'a Object)> {
    args::check_positional(name, args.len(), 2, 2)?;
    Ok((args[0].object(), args[1].object()))
}

/// Flags by which pattern matching knows sequences and mappings.
const COLLECTION: u64 = flags::SEQUENCE | flags::MAPPING;

fn init(_: &Object, class: &Object) -> PyResult {
    abstract_methods(class)?;
    let data = Data::alloc(&DATA)?;
    Data::of(&data).version.set(counter());
    ops::attribute::set(class, intern_immortal("_abc_impl"), Some(&data))?;
    drop(data);
    let Some(ty) = as_type(class) else {
        return Ok(none_owned());
    };
    // SAFETY: a ready type has its dict.
    let space = unsafe { &*ty.dict.get() };
    let Some(asked) = dict::get_str(space, "__abc_tpflags__") else {
        return Ok(none_owned());
    };
    dict::remove_str(space, "__abc_tpflags__")?;
    type_cache::modified(ty);
    if let Some(asked) = int::as_i64(&asked).filter(|_| asked.is_exact(&int::INT)) {
        let asked = asked as u64 & COLLECTION;
        if asked == COLLECTION {
            return Err(error::type_error(
                "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
            ));
        }
        ty.flags.set(ty.flags.get() | asked);
    }
    Ok(none_owned())
}

/// Sets `__abstractmethods__`: abstract names of the class's own, and of its bases where it has nothing better.
fn abstract_methods(class: &Object) -> PyResult<()> {
    let found = root("abstract methods", set::new());
    let space = root(
        "class namespace",
        ops::attribute::get(class, &names().__dict__)?,
    );
    let items = ops::mapping::method_as_list(&space, intern_immortal("items"))?;
    let items = root("items of a class", items);
    let mut at = 0;
    // SAFETY: a list, by the function's contract.
    while let Some(item) = unsafe { items.cast::<List>() }.item_owned(at) {
        at += 1;
        let item = root("item of a class", item);
        let Some([name, value]) = item.downcast::<Tuple>().map(Tuple::items) else {
            return Err(error::type_error(
                "mappingproxy.items() returned item which is not a pair",
            ));
        };
        if staticmethod_classmethod::is_abstract(Some(value))? {
            set::add(&found, name)?;
        }
    }
    drop(items);
    drop(space);
    let bases = root("bases", ops::attribute::get(class, &names().__bases__)?);
    let Some(all) = bases.downcast::<Tuple>() else {
        return Err(error::type_error("__bases__ is not tuple"));
    };
    let key = intern_immortal("__abstractmethods__");
    for base in all.items() {
        let Some(inherited) = ops::attribute::get_optional(base, key)? else {
            continue;
        };
        let inherited = root("abstract methods of a base", inherited);
        ops::iter::for_each(&inherited, |name| {
            let name = root("abstract method", name);
            let value = ops::attribute::get_optional(class, &name)?;
            let value = root("value of a method", value.unwrap_or_else(none_owned));
            if staticmethod_classmethod::is_abstract(Some(&value))? {
                set::add(&found, &name)?;
            }
            drop(value);
            Ok(())
        })?;
    }
    drop(bases);
    let frozen = set::frozen_from_iterable(&found)?;
    ops::attribute::set(class, key, Some(&frozen))
}

/// Whether a class is in a set of weak references.
fn is_in(field: &Field, class: &Object) -> PyResult<std::primitive::bool> {
    let Some(all) = field.owned().filter(|s| set::len(s) != 0) else {
        return Ok(false);
    };
    let reference = match weakref::new_ref(class, None) {
        Ok(reference) => reference,
        Err(raised) => {
            if error::matches(&exc::TYPE_ERROR) {
                error::clear();
                return Ok(false);
            }
            return Err(raised);
        }
    };
    let all = root("set of classes", all);
    let reference = root("reference to a class", reference);
    set::contains(&all, &reference)
}

static DESTROY: MethodDef = MethodDef::new("_destroy", Native::O(destroy), "");

/// Takes a dead reference out of the set that `holder`, a weak reference, refers to.
fn destroy(holder: &Object, dead: &Object) -> PyResult {
    let target = target_of(holder);
    if let Some(all) = target {
        let all = root("set of classes", all);
        let hash = ops::compare::hash(dead)?;
        // SAFETY: a set, by `add`.
        set::table::discard_known(unsafe { all.cast::<Set>() }, dead, hash)?;
    }
    Ok(none_owned())
}

fn target_of(reference: &Object) -> Option<Owned> {
    // SAFETY: members of the sets and `_destroy`'s self are weak references.
    unsafe { reference.cast::<WeakRef>() }
        .target()
        .map(Owned::new)
}

/// Adds a class to a set of weak references; it leaves the set when it dies.
fn add(field: &Field, class: &Object) -> PyResult<()> {
    if field.is_empty() {
        field.set(Some(set::new()));
    }
    let all = root("set of classes", field.or_none());
    let holder = weakref::new_ref(&all, None)?;
    let callback = builtin_function::new(&DESTROY, Some(&holder), None);
    drop(holder);
    let callback = root("callback", callback);
    let reference = root(
        "reference to a class",
        weakref::new_ref(class, Some(&callback))?,
    );
    set::add(&all, &reference)
}

fn register(_: &Object, args: &[Word]) -> PyResult {
    let (class, subclass) = pair("_abc_register", args)?;
    if as_type(subclass).is_none() {
        return Err(error::type_error("Can only register classes"));
    }
    if ops::compare::is_subclass(subclass, class)? {
        return Ok(Owned::new(subclass));
    }
    // After the test above, so that a class may be registered with itself.
    if ops::compare::is_subclass(class, subclass)? {
        return Err(error::runtime_error(
            "Refusing to create an inheritance cycle",
        ));
    }
    let data = root("data of a class", data_of(class)?);
    add(&Data::of(&data).registry, subclass)?;
    drop(data);
    COUNTER.with(|c| c.set(c.get() + 1));
    let collection = as_type(class).map_or(0, |c| c.flags.get() & COLLECTION);
    if collection != 0
        && let Some(subclass) = as_type(subclass)
    {
        set_collection(subclass, collection);
    }
    Ok(Owned::new(subclass))
}

/// Gives a class and its subclasses other collection flags.
fn set_collection(class: &Type, bits: u64) {
    let old = class.flags.get();
    if class.has(flags::IMMUTABLETYPE) || old & COLLECTION == bits {
        return;
    }
    class.flags.set(old & !COLLECTION | bits);
    each_subclass(class, &mut |subclass| set_collection(subclass, bits));
}

fn instance_check(_: &Object, args: &[Word]) -> PyResult {
    let (class, instance) = pair("_abc_instancecheck", args)?;
    let data = root("data of a class", data_of(class)?);
    let this = Data::of(&data);
    let subclass = root(
        "class of an instance",
        ops::attribute::get(instance, &names().__class__)?,
    );
    if is_in(&this.cache, &subclass)? {
        return Ok(bool::bool_owned(true));
    }
    let own = instance.ty().as_object();
    let ask = |class_asked: &Object| {
        ops::call::call_method(class, &names().__subclasscheck__, &words([class_asked]))
    };
    if own.is(&subclass) {
        if this.version.get() == counter() && is_in(&this.negative, &subclass)? {
            return Ok(bool::bool_owned(false));
        }
        return ask(&subclass);
    }
    let answer = root("answer", ask(&subclass)?);
    if ops::compare::is_true(&answer)? {
        return Ok(answer.take());
    }
    drop(answer);
    ask(own)
}

fn subclass_check(_: &Object, args: &[Word]) -> PyResult {
    let (class, subclass) = pair("_abc_subclasscheck", args)?;
    let Some(ty) = as_type(subclass) else {
        return Err(error::type_error("issubclass() arg 1 must be a class"));
    };
    let data = root("data of a class", data_of(class)?);
    let this = Data::of(&data);
    let answer = |yes| Ok(bool::bool_owned(yes));
    if is_in(&this.cache, subclass)? {
        return answer(true);
    }
    if this.version.get() < counter() {
        // A class registered meanwhile may turn a no into a yes.
        if let Some(all) = this.negative.owned() {
            // SAFETY: the field has a set.
            set::table::clear(unsafe { all.cast::<Set>() });
        }
        this.version.set(counter());
    } else if is_in(&this.negative, subclass)? {
        return answer(false);
    }
    let hook = ops::call::call_method(class, &names().__subclasshook__, &words([subclass]))?;
    if hook.is(bool::from_bool(true)) {
        add(&this.cache, subclass)?;
        return answer(true);
    }
    if hook.is(bool::from_bool(false)) {
        add(&this.negative, subclass)?;
        return answer(false);
    }
    if !hook.is(&none::NOT_IMPLEMENTED) {
        return Err(error::raise(
            &exc::ASSERTION_ERROR,
            "__subclasshook__ must return either False, True, or NotImplemented",
        ));
    }
    let known = as_type(class).is_some_and(|c| ty.is_subtype(c))
        || registered(this, subclass)?
        || of_subclasses(class, subclass)?;
    if known {
        add(&this.cache, subclass)?;
    } else {
        add(&this.negative, subclass)?;
    }
    answer(known)
}

/// Whether it is a subclass of a registered class.
fn registered(this: &Data, subclass: &Object) -> PyResult<std::primitive::bool> {
    if let Some(all) = this.registry.owned()
        && is_in(&this.registry, subclass)?
    {
        drop(all);
        return Ok(true);
    }
    let Some(all) = this.registry.owned() else {
        return Ok(false);
    };
    // The registry may change meanwhile.
    let copy = root("registered classes", ops::sequence::to_tuple(&all)?);
    drop(all);
    for i in 0..args::tuple_len(&copy) {
        let Some(class) = target_of(args::tuple_item(&copy, i)) else {
            continue;
        };
        let class = root("registered class", class);
        if ops::compare::is_subclass(subclass, &class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it is a subclass of a subclass.
fn of_subclasses(class: &Object, subclass: &Object) -> PyResult<std::primitive::bool> {
    let all = ops::call::call_method(class, intern_immortal("__subclasses__"), &[])?;
    let all = root("subclasses", all);
    let Some(list) = all.downcast::<List>() else {
        return Err(error::type_error("__subclasses__() must return a list"));
    };
    let mut at = 0;
    while let Some(one) = list.item_owned(at) {
        at += 1;
        let one = root("subclass", one);
        if ops::compare::is_subclass(subclass, &one)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn empty(field: &Field) {
    if let Some(all) = field.owned() {
        // SAFETY: the field has a set.
        set::table::clear(unsafe { all.cast::<Set>() });
    }
}

fn reset_registry(_: &Object, class: &Object) -> PyResult {
    let data = data_of(class)?;
    empty(&Data::of(&data).registry);
    Ok(none_owned())
}

fn reset_caches(_: &Object, class: &Object) -> PyResult {
    let data = data_of(class)?;
    empty(&Data::of(&data).cache);
    empty(&Data::of(&data).negative);
    Ok(none_owned())
}

fn dump(_: &Object, class: &Object) -> PyResult {
    let data = data_of(class)?;
    let this = Data::of(&data);
    let copy = |field: &Field| match field.owned() {
        Some(all) => set::from_iterable(&all),
        None => Ok(set::new()),
    };
    Ok(tuple::from_array([
        copy(&this.registry)?,
        copy(&this.cache)?,
        copy(&this.negative)?,
        int::from_u64(this.version.get()),
    ]))
}
