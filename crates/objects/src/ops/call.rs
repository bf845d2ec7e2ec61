//! Calls.

use crate::args;
use crate::error::type_error;
use crate::object::Object;
use crate::ops::attribute;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::root;
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

/// `f(*args, **kwargs)` with a tuple and an optional dict (`PyObject_Call`).
pub fn call_tuple_dict(callable: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    call_prepend(callable, None, args, kwargs)
}

/// The same with one more argument in front (`_PyObject_Call_Prepend`).
pub fn call_prepend(
    callable: &Object,
    first: Option<&Object>,
    args: &Object,
    kwargs: Option<&Object>,
) -> PyResult {
    let Some(function) = callable.ty().slots.call else {
        return Err(not_callable(callable));
    };
    let mut words = Words::new();
    words.extend(first.map(Word::borrowed));
    words.extend(tuple_words(args));
    match kwargs.filter(|k| dict::len(k) != 0) {
        None => function(callable, words.as_slice(), None),
        Some(kwargs) => with_dict(callable, words, kwargs),
    }
}

/// Adds the entries of a dict to the arguments; all of them are owned meanwhile, as CPython's `_PyStack_UnpackDict` owns them.
fn with_dict(callable: &Object, mut words: Words, kwargs: &Object) -> PyResult {
    let held: Vec<_> = words
        .as_slice()
        .iter()
        .map(|word| root("argument", Owned::new(word.object())))
        .collect();
    let mut keys = Vec::with_capacity(dict::len(kwargs));
    let mut values = Vec::with_capacity(keys.capacity());
    let mut at = 0;
    while let Some((key, value)) = dict::next(kwargs, &mut at) {
        if !key.ty().has(crate::typeobject::flags::UNICODE_SUBCLASS) {
            return Err(type_error("keywords must be strings"));
        }
        keys.push(Owned::new(key));
        values.push(root("keyword argument", Owned::new(value)));
    }
    let names = root("keyword names", crate::types::tuple::from_owned(keys));
    words.extend(values.iter().map(|value| Word::borrowed(value)));
    let result = call(callable, words.as_slice(), Some(&names));
    drop(names);
    // Guards end in the opposite order of their making.
    for guard in held.into_iter().chain(values).rev() {
        drop(guard);
    }
    result
}

/// `object.name(*args)` (`PyObject_VectorcallMethod`).
pub fn call_method(object: &Object, name: &Object, args: &[Word]) -> PyResult {
    let (method, unbound) = attribute::get_method(object, name)?;
    let method = root("method being called", method);
    if !unbound {
        return call(&method, args, None);
    }
    let mut words = Words::new();
    words.push(Word::borrowed(object));
    words.extend(args.iter().copied());
    call(&method, words.as_slice(), None)
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
