//! Calls.

use crate::args;
use crate::error::type_error;
use crate::field::Field;
use crate::object::Object;
use crate::ops::attribute;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::slot_functions;
use crate::state::{Span, holding, root};
use crate::typeobject::{CallFn, Type, flags};
use crate::types::descriptors::wrapper;
use crate::types::staticmethod_classmethod::STATICMETHOD;
use crate::types::{dict, tuple::Tuple};

/// Calls with vectorcall arguments: positional, then the values of the keywords that `kwnames` (a tuple) names.
#[inline]
pub fn call(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    match callable.ty().slots.call {
        Some(call) => call(callable, args, kwnames),
        None => Err(not_callable(callable)),
    }
}

#[cold]
fn not_callable(callable: &Object) -> Raised {
    let name = callable.ty().full_name();
    type_error(if callable.is_exact(&crate::types::module::MODULE) {
        let shown = module_hint(callable);
        format!("'{name}' object is not callable{shown}")
    } else {
        format!("'{name}' object is not callable")
    })
}

/// Calling a module that has a callable of its own name is a common slip (`object_is_not_callable`).
#[cold]
fn module_hint(module: &Object) -> String {
    let Ok(name) = attribute::get(module, &crate::names().__name__) else {
        crate::error::clear();
        return String::new();
    };
    let inner = if name.is_exact(&crate::types::str::STR) {
        attribute::get_optional(module, &name)
    } else {
        Ok(None)
    };
    match inner {
        Ok(Some(inner)) if inner.ty().slots.call.is_some() => {
            let name = crate::ops::text::lossy(&name);
            format!(". Did you mean: '{name}.{name}(...)'?")
        }
        _ => {
            crate::error::clear();
            String::new()
        }
    }
}

/// Borrowed words for the items of a tuple.
fn tuple_words(items: &Object) -> impl Iterator<Item = Word> + '_ {
    // SAFETY: callers pass tuples.
    unsafe { items.cast::<Tuple>() }
        .items()
        .iter()
        .map(|item| Word::borrowed(item))
}

/// A callee's way to be called with a tuple and a dict.
pub type TupleCallFn = fn(&Object, &Object, Option<&Object>) -> PyResult;

/// For callees that take a tuple and a dict and know no vectorcall, as CPython's `tp_call` without `tp_vectorcall_offset`.
fn tuple_call_of(callable: &Object) -> PyResult<Option<TupleCallFn>> {
    let ty = callable.ty();
    let Some(slot) = ty.slots.call else {
        return Err(not_callable(callable));
    };
    Ok(tuple_call_of_slot(slot, callable))
}

fn tuple_call_of_slot(slot: CallFn, callable: &Object) -> Option<TupleCallFn> {
    let ty = callable.ty();
    if std::ptr::fn_addr_eq(slot, slot_functions::slot_call as CallFn) {
        return Some(slot_functions::call_with_tuple);
    }
    if ty.has(flags::TYPE_SUBCLASS) {
        // SAFETY: the flag says it.
        let class = unsafe { callable.cast::<Type>() };
        return class
            .vectorcall
            .get()
            .is_none()
            .then_some(crate::types::r#type::call::call_with_tuple as TupleCallFn);
    }
    if callable.is_exact(&wrapper::METHOD_WRAPPER) {
        return Some(wrapper::call_method_wrapper);
    }
    if callable.is_exact(&wrapper::WRAPPER_DESCRIPTOR) {
        return Some(wrapper::call_descriptor);
    }
    callable
        .is_exact(&STATICMETHOD)
        .then_some(crate::types::staticmethod_classmethod::call_with_tuple as TupleCallFn)
}

/// `f(*args, **kwargs)` with a tuple and an optional dict (`PyObject_Call`).
pub fn call_tuple_dict(callable: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if let Some(call) = tuple_call_of(callable)? {
        return call(callable, args, kwargs);
    }
    let mut words = Words::new();
    words.extend(tuple_words(args));
    vectorcall_dict(callable, words.as_slice(), kwargs)
}

/// Calls one `call` slot with a tuple and a dict, as the wrapper of `__call__` does (`wrap_call`).
pub fn call_slot(slot: CallFn, this: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if let Some(call) = tuple_call_of_slot(slot, this) {
        return call(this, args, kwargs);
    }
    let mut words = Words::new();
    words.extend(tuple_words(args));
    with_dict(slot, this, words.as_slice(), kwargs)
}

/// The same with one more argument in front (`_PyObject_Call_Prepend`).
pub fn call_prepend(
    callable: &Object,
    first: Option<&Object>,
    args: &Object,
    kwargs: Option<&Object>,
) -> PyResult {
    let Some(first) = first else {
        return call_tuple_dict(callable, args, kwargs);
    };
    let mut words = Words::new();
    words.push(Word::borrowed(first));
    words.extend(tuple_words(args));
    call_dict(callable, words.as_slice(), kwargs)
}

/// Positional words and a dict of keywords (`PyObject_VectorcallDict`).
pub fn call_dict(callable: &Object, args: &[Word], kwargs: Option<&Object>) -> PyResult {
    if let Some(call) = tuple_call_of(callable)? {
        let args = root("arguments", crate::types::tuple::from_words(args));
        let result = call(callable, &args, kwargs);
        holding(&result, || drop(args));
        return result;
    }
    vectorcall_dict(callable, args, kwargs)
}

fn vectorcall_dict(callable: &Object, args: &[Word], kwargs: Option<&Object>) -> PyResult {
    match callable.ty().slots.call {
        Some(function) => with_dict(function, callable, args, kwargs),
        None => Err(not_callable(callable)),
    }
}

/// Adds the entries of a dict to the arguments; all arguments and keys are owned meanwhile, as CPython's `_PyStack_UnpackDict` owns them.
fn with_dict(
    function: CallFn,
    callable: &Object,
    args: &[Word],
    kwargs: Option<&Object>,
) -> PyResult {
    let Some(kwargs) = kwargs.filter(|k| dict::len(k) != 0) else {
        return function(callable, args, None);
    };
    let mut keys = Vec::with_capacity(dict::len(kwargs));
    let mut held: Vec<Field> = Vec::with_capacity(args.len() + keys.capacity());
    held.extend(
        args.iter()
            .map(|a| Field::new(Some(Owned::new(a.object())))),
    );
    let mut at = 0;
    while let Some((key, value)) = dict::next(kwargs, &mut at) {
        if !key.ty().has(flags::UNICODE_SUBCLASS) {
            held.iter().for_each(Field::clear);
            return Err(type_error("keywords must be strings"));
        }
        keys.push(Owned::new(key));
        held.push(Field::new(Some(Owned::new(value))));
    }
    let mut words = Words::new();
    words.extend(held.iter().filter_map(Field::get).map(Word::borrowed));
    let span = Span::new("argument", held.as_ptr().cast(), held.len());
    let names = root("keyword names", crate::types::tuple::from_owned(keys));
    let result = function(callable, words.as_slice(), Some(&names));
    holding(&result, || {
        held.iter().for_each(Field::clear);
        drop(names);
    });
    drop(span);
    result
}

/// `object.name(*args)` (`PyObject_VectorcallMethod`).
pub fn call_method(object: &Object, name: &Object, args: &[Word]) -> PyResult {
    let (method, unbound) = attribute::get_method(object, name)?;
    let method = root("method being called", method);
    let result = if unbound {
        let mut words = Words::new();
        words.push(Word::borrowed(object));
        words.extend(args.iter().copied());
        call(&method, words.as_slice(), None)
    } else {
        call(&method, args, None)
    };
    holding(&result, || drop(method));
    result
}

/// Calls the special method of the class if there is one, without a bound method in between (`_PyObject_MaybeCallSpecialNoArgs` and
/// `_PyObject_MaybeCallSpecialOneArg`).
pub fn maybe_call_special(
    object: &Object,
    name: &Object,
    args: &[&Object],
) -> PyResult<Option<Owned>> {
    let Some((method, unbound)) = attribute::lookup_special_method(object, name)? else {
        return Ok(None);
    };
    let method = root("special method", method);
    let mut words = Words::new();
    words.extend(unbound.then_some(Word::borrowed(object)));
    words.extend(args.iter().map(|arg| Word::borrowed(arg)));
    let result = call(&method, words.as_slice(), None);
    holding(&result, || drop(method));
    result.map(Some)
}

/// Calls with one more argument in front, keywords unchanged.
pub fn call_with_first(
    callable: &Object,
    first: &Object,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult {
    let mut words = Words::new();
    words.push(Word::borrowed(first));
    words.extend(args.iter().copied());
    call(callable, words.as_slice(), kwnames)
}

/// A short list of words that usually needs no heap.
pub struct Words {
    len: usize,
    inline: [Word; Words::INLINE],
    heap: Vec<Word>,
}

impl Words {
    const INLINE: usize = 8;

    #[inline]
    pub fn new() -> Words {
        Words {
            len: 0,
            inline: [Word::NULL; Words::INLINE],
            heap: Vec::new(),
        }
    }

    #[inline]
    pub fn push(&mut self, word: Word) {
        if self.len < Words::INLINE {
            self.inline[self.len] = word;
        } else {
            if self.len == Words::INLINE {
                self.heap.extend_from_slice(&self.inline);
            }
            self.heap.push(word);
        }
        self.len += 1;
    }

    #[inline]
    pub fn as_slice(&self) -> &[Word] {
        if self.len <= Words::INLINE {
            &self.inline[..self.len]
        } else {
            &self.heap
        }
    }
}

impl Default for Words {
    fn default() -> Self {
        Words::new()
    }
}

impl Extend<Word> for Words {
    fn extend<T: IntoIterator<Item = Word>>(&mut self, iter: T) {
        for word in iter {
            self.push(word);
        }
    }
}

/// The arguments as a tuple and a dict, for callees that take them so (`_PyObject_MakeTpCall`); both are rooted by the caller.
pub fn tuple_and_dict(args: &[Word], kwnames: Option<&Object>) -> PyResult<(Owned, Option<Owned>)> {
    let (positional, _) = args::split(args, kwnames);
    let tuple = if positional.is_empty() {
        crate::types::tuple::empty()
    } else {
        crate::types::tuple::from_words(positional)
    };
    Ok((tuple, args::keyword_dict(args, kwnames)?))
}
