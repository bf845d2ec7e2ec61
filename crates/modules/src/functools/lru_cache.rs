//! The wrapper of `lru_cache`.

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::state::holding;
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, flags};
use terrarium_objects::types::dict::{self, Dict, managed, table};
use terrarium_objects::types::{int, method, r#type};
use terrarium_objects::{
    Object, Owned, PyResult, Role, Slots, Type, Visit, Word, error, none, none_owned, ops, root,
};

use super::lru_key;
use super::lru_list::{self, Link, Ring};
use crate::body::{Boxed, Part, WeakList, body};

/// The links of a bounded cache, a part of its body.
#[repr(transparent)]
pub struct Links(Boxed<Ring>);

impl Links {
    fn ring(&self) -> &Ring {
        self.0.get()
    }
}

impl Part for Links {
    /// The audit finds the links; the collector, as in CPython, what they hold.
    fn visit_part(&self, _: &'static str, visit: &mut Visit<'_>) {
        let all = visit.wants_all();
        // None once the cache is being freed.
        let Some(ring) = self.0.if_set() else { return };
        ring.each(|link| {
            if all {
                visit.hidden(Role::Field("link"), link.as_object());
            } else {
                link.key.visit("key", visit);
                link.result.visit("result", visit);
            }
        });
    }

    fn clear_part(&self) {
        if let Some(ring) = self.0.if_set() {
            ring.clear();
        }
    }

    fn free_part(&self) {
        self.clear_part();
        self.0.free_part();
    }
}

body! {
    /// `limit`: -1 for none. `links` is used by bounded caches alone.
    LruCache of LRU_CACHE {
        links: Links, limit: Cell<isize>, typed: Cell<bool>, cache: Field, hits: Cell<isize>, function: Field, misses: Cell<isize>,
        mark: Field, info_type: Field, dict: Field, weaklist: WeakList
    }
}

pub static LRU_CACHE: Type = Type::builtin(
    "functools._lru_cache_wrapper",
    152,
    Slots {
        new: Some(new),
        call: Some(call),
        descr_get: Some(get),
        ..LruCache::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE | flags::METHOD_DESCRIPTOR)
.with_dictoffset(std::mem::offset_of!(LruCache, dict))
.with_weaklistoffset(std::mem::offset_of!(LruCache, weaklist))
.with_methods(&[
    MethodDef::new(
        "cache_info",
        Native::NoArgs(cache_info),
        "cache_info($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "cache_clear",
        Native::NoArgs(cache_clear),
        "cache_clear($self, /)\n--\n\n",
    ),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new(
        "__copy__",
        Native::VarArgs(|object, _| Ok(Owned::new(object))),
        "",
    ),
    MethodDef::new(
        "__deepcopy__",
        Native::VarArgs(|object, _| Ok(Owned::new(object))),
        "",
    ),
])
.with_getset(&[GetSetDef {
    name: "__dict__",
    get: Some(managed::generic_get_dict),
    set: Some(r#type::new_slots::generic_set_dict),
    doc: "",
}]);

const _: () = assert!(size_of::<LruCache>() <= 152);

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "lru_cache",
        &["user_function", "maxsize", "typed", "cache_info_type"],
        0,
        4,
        4,
    );
    let [function, limit, typed, info_type] = SIGNATURE.bind_tuple::<4>(args, kwargs)?;
    let typed = ops::compare::is_true(typed.unwrap_or(none()))?;
    let function = function.unwrap_or(none());
    if function.ty().slots.call.is_none() {
        return Err(error::type_error("the first argument must be callable"));
    }
    let limit = limit.unwrap_or(none());
    let limit = if limit.is(none()) {
        -1
    } else if ops::number::is_index(limit) {
        ops::number::index_isize(
            limit,
            Some(&terrarium_objects::types::exceptions::OVERFLOW_ERROR),
        )?
        .max(0)
    } else {
        return Err(error::type_error("maxsize should be integer or None"));
    };
    let made = LruCache::alloc_untracked(ty)?;
    let this = LruCache::of(&made);
    this.links.0.set(Ring::default());
    terrarium_objects::gc::track(&made);
    this.cache.set(Some(dict::new()));
    this.limit.set(limit);
    this.typed.set(typed);
    this.function.set_ref(Some(function));
    this.mark.set(Some(lru_key::mark()));
    this.info_type.set_ref(info_type);
    Ok(made)
}

fn get(object: &Object, instance: Option<&Object>, _: Option<&Object>) -> PyResult {
    Ok(match instance {
        Some(instance) if !instance.is(none()) => method::new(object, instance),
        _ => Owned::new(object),
    })
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (arguments, keywords) = ops::call::tuple_and_dict(args, kwnames)?;
    let arguments = root("arguments", arguments);
    let keywords = keywords.map(|k| root("keyword arguments", k));
    let this = LruCache::of(object);
    let result = match this.limit.get() {
        0 => {
            add(&this.misses);
            run(this, &arguments, keywords.as_deref())
        }
        -1 => unbounded(this, &arguments, keywords.as_deref()),
        _ => bounded(this, &arguments, keywords.as_deref()),
    };
    // Guards end in the opposite order of their making.
    holding(&result, || {
        drop(keywords);
        drop(arguments);
    });
    result
}

fn add(counter: &Cell<isize>) {
    counter.set(counter.get() + 1);
}

/// The call itself.
fn run(this: &LruCache, arguments: &Object, keywords: Option<&Object>) -> PyResult {
    ops::call::call_tuple_dict(this.function.get().unwrap_or(none()), arguments, keywords)
}

fn cache(this: &LruCache) -> Owned {
    this.cache.or_none()
}

fn unbounded(this: &LruCache, arguments: &Object, keywords: Option<&Object>) -> PyResult {
    let key = root(
        "key of a cached call",
        lru_key::make(arguments, keywords, this.typed.get())?,
    );
    let hash = ops::compare::hash(&key)?;
    let found = dict::get_known_hash(this.cache.get().unwrap_or(none()), &key, hash)?;
    if let Some(found) = found {
        add(&this.hits);
        let found = Ok(found);
        holding(&found, || drop(key));
        return found;
    }
    add(&this.misses);
    let result = root("result to be cached", run(this, arguments, keywords)?);
    store(this, &key, hash, &result)?;
    let result = Ok(result.take());
    holding(&result, || drop(key));
    result
}

/// `cache[key] = value`.
fn store(this: &LruCache, key: &Object, hash: isize, value: &Object) -> PyResult<()> {
    let cache = this.cache.get().unwrap_or(none());
    // SAFETY: made as a dict, and never replaced.
    let cache = unsafe { cache.cast::<Dict>() };
    table::set_known(cache, Owned::new(key), hash, Owned::new(value))
}

/// A bounded cache: see `bounded_lru_cache_wrapper`. `__eq__` and `__del__` may come back into this very cache at each step, so that
/// links are out of the ring while Python may run.
fn bounded(this: &LruCache, arguments: &Object, keywords: Option<&Object>) -> PyResult {
    let key = root(
        "key of a cached call",
        lru_key::make(arguments, keywords, this.typed.get())?,
    );
    let hash = ops::compare::hash(&key)?;
    let lookup = || dict::get_known_hash(this.cache.get().unwrap_or(none()), &key, hash);
    if let Some(found) = lookup()? {
        let link = Link::of(&found);
        this.links.ring().extract(link);
        this.links.ring().append(link);
        add(&this.hits);
        let result = Ok(link.result.or_none());
        holding(&result, || drop((found, key)));
        return result;
    }
    add(&this.misses);
    let result = root("result to be cached", run(this, arguments, keywords)?);
    if lookup()?.is_some() {
        // The call itself has cached the same key.
        let result = Ok(result.take());
        holding(&result, || drop(key));
        return result;
    }
    let ring = this.links.ring();
    let full = dict::len(&cache(this)) as isize >= this.limit.get();
    let oldest = ring.oldest().filter(|_| full);
    match oldest {
        None => {
            let link = lru_list::new(Owned::new(&key), hash, Owned::new(&result))?;
            let link = root("link being entered", link);
            store(this, &key, hash, &link)?;
            ring.append(Link::of(&link));
            // The ring owns it from here on.
            let _ = link.take().into_raw();
        }
        Some(oldest) => replace_oldest(this, oldest, &key, hash, &result)?,
    }
    let result = Ok(result.take());
    holding(&result, || drop(key));
    result
}

/// Reuses the link of the oldest call for this one.
fn replace_oldest(
    this: &LruCache,
    oldest: &'static Link,
    key: &Object,
    hash: isize,
    result: &Object,
) -> PyResult<()> {
    let ring = this.links.ring();
    ring.extract(oldest);
    // SAFETY: the ring's reference is ours now.
    let link = root("link being reused", unsafe {
        Owned::from_raw(oldest.as_object().as_ptr())
    });
    let cache = cache(this);
    let popped = {
        // SAFETY: the cache's dict.
        let space = unsafe { cache.cast::<Dict>() };
        let old_key = oldest.key.or_none();
        table::pop_known(space, &old_key, oldest.hash.get())
    };
    drop(cache);
    let popped = match popped {
        Ok(Some(popped)) => root("link taken from the cache", popped),
        // The call has removed it already: an orphan.
        Ok(None) => return Ok(()),
        Err(raised) => {
            ring.prepend(oldest);
            let _ = link.take().into_raw();
            return Err(raised);
        }
    };
    let old_key = oldest.key.replace(Some(Owned::new(key)));
    let old_result = oldest.result.replace(Some(Owned::new(result)));
    oldest.hash.set(hash);
    let old_key = old_key.map(|k| root("old key", k));
    let old_result = old_result.map(|r| root("old result", r));
    let stored = store(this, key, hash, oldest.as_object());
    if stored.is_ok() {
        ring.append(oldest);
        // The ring owns it again.
        oldest.as_object().incref();
    }
    drop(old_result);
    drop(old_key);
    drop(popped);
    drop(link);
    stored
}

fn cache_info(object: &Object) -> PyResult {
    let this = LruCache::of(object);
    let number = |n: isize| int::from_i64(n as i64);
    let (hits, misses) = (number(this.hits.get()), number(this.misses.get()));
    let limit = match this.limit.get() {
        -1 => none_owned(),
        limit => number(limit),
    };
    let size = int::from_usize(dict::len(&cache(this)));
    let info_type = this.info_type.get().unwrap_or(none());
    ops::call::call(
        info_type,
        &terrarium_objects::words([&hits, &misses, &limit, &size]),
        None,
    )
}

fn cache_clear(object: &Object) -> PyResult {
    let this = LruCache::of(object);
    this.hits.set(0);
    this.misses.set(0);
    // The links leave the ring first: what dies may come back into the cache.
    let links = Ring::default();
    while let Some(link) = this.links.ring().oldest() {
        this.links.ring().extract(link);
        links.append(link);
    }
    dict::clear(&cache(this));
    links.clear();
    Ok(none_owned())
}

fn reduce(object: &Object) -> PyResult {
    ops::attribute::get(object, &terrarium_objects::names().__qualname__)
}
