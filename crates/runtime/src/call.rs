//! Entering Python functions: binding arguments to a frame's locals, and calls from native code.

use terrarium_bytecode::code::flags as co;
use terrarium_objects::frame::{self, Frame};
use terrarium_objects::types::code::Code;
use terrarium_objects::types::function::Function;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::types::{dict, str::Str};
use terrarium_objects::{CompareOp, Object, Owned, PyResult, Raised, Word, error, ops, state};

use crate::interp;

/// A frame for `function` with its arguments bound, on top of the data stack; not yet running.
///
/// Takes over `function`, `locals` (null in functions) and every argument word, on failure too (then nothing is left on the data stack).
///
/// # Safety
/// `function` refers to a function; `args` are `argcount` positional words followed by one for each of `kwnames`.
pub unsafe fn push_and_init(
    function: Word,
    locals: *mut Object,
    args: *const Word,
    argcount: usize,
    kwnames: Option<&Object>,
    previous: *mut Frame,
) -> PyResult<*mut Frame> {
    unsafe {
        let data = function.object().cast::<Function>();
        let code = data.code();
        let new = frame::push(code.framesize.get() as usize);
        Frame::initialize(new, function, code, locals, 0, previous);
        if bind(data, code, (*new).local_base(), args, argcount, kwnames).is_err() {
            clear_and_pop(new);
            return Err(Raised);
        }
        Ok(new)
    }
}

/// Closes everything a finished frame owns and gives its room back (Python/ceval.c, `clear_thread_frame`).
///
/// # Safety
/// `this` is the last frame on the data stack and no longer running.
#[inline(always)]
pub unsafe fn clear_and_pop(this: *mut Frame) {
    unsafe {
        clear_except_code(this);
        (*this).executable.close();
    }
    frame::pop(this);
}

/// Gives up the frame object, operands, locals from the last to the first, namespace and function (`_PyFrame_ClearExceptCode`).
///
/// # Safety
/// `this` is no longer running.
#[inline(always)]
pub unsafe fn clear_except_code(this: *mut Frame) {
    unsafe {
        if !(*this).frame_obj.is_null() && !terrarium_objects::types::frame_object::detach(this) {
            return;
        }
        Frame::clear_locals(this);
        let function = std::mem::replace(&mut (*this).function, Word::NULL);
        function.close();
    }
}

/// The arguments of one call while they are being bound; whatever is left is closed at the end.
struct Binding<'a> {
    function: &'a Function,
    code: &'a Code,
    locals: *mut Word,
    argcount: usize,
}

// SAFETY: as `push_and_init`; `locals` has room for all of the code's locals.
unsafe fn bind(
    function: &Function,
    code: &Code,
    locals: *mut Word,
    args: *const Word,
    argcount: usize,
    kwnames: Option<&Object>,
) -> PyResult<()> {
    let wanted = code.argcount.get() as usize;
    let plain = co::VARARGS | co::VARKEYWORDS;
    let copied = argcount.min(wanted);
    // SAFETY: both have that many words; locals were null.
    unsafe { std::ptr::copy_nonoverlapping(args, locals, copied) };
    if kwnames.is_none()
        && argcount == wanted
        && code.flags.get() & plain == 0
        && code.kwonlyargcount.get() == 0
    {
        return Ok(());
    }
    let this = Binding {
        function,
        code,
        locals,
        argcount,
    };
    // SAFETY: passed on.
    unsafe { this.rest(args, copied, kwnames) }
}

impl Binding<'_> {
    /// `*args`, keywords, defaults: the order is CPython's (Python/ceval.c, `initialize_locals`).
    // SAFETY: `args` are live words; they are taken over.
    unsafe fn rest(
        &self,
        args: *const Word,
        copied: usize,
        kwnames: Option<&Object>,
    ) -> PyResult<()> {
        let code = self.code;
        let positional = code.argcount.get() as usize;
        let keyword_only = code.kwonlyargcount.get() as usize;
        let total = positional + keyword_only;
        let mut next = total;
        let names = kwnames.map_or(&[][..], |k| unsafe { k.cast::<Tuple>() }.items());
        // SAFETY: the arguments behind the copied ones, then the keyword values.
        let (extra, values) = unsafe {
            (
                std::slice::from_raw_parts(args.add(copied), self.argcount - copied),
                std::slice::from_raw_parts(args.add(self.argcount), names.len()),
            )
        };
        let mut kwargs_slot = None;
        if code.has(co::VARKEYWORDS) {
            let slot = total + code.has(co::VARARGS) as usize;
            unsafe { *self.locals.add(slot) = Word::owned(dict::new()) };
            kwargs_slot = Some(slot);
        }
        if code.has(co::VARARGS) {
            unsafe { *self.locals.add(next) = Word::owned(tuple::from_words_steal(extra)) };
            next += 1;
        } else {
            for word in extra {
                unsafe { word.close() };
            }
        }
        let _ = next;
        for (i, (name, value)) in names.iter().zip(values).enumerate() {
            if let Err(raised) = unsafe { self.keyword(name, *value, kwargs_slot, kwnames) } {
                for word in &values[i + 1..] {
                    unsafe { word.close() };
                }
                return Err(raised);
            }
        }
        if self.argcount > positional && !code.has(co::VARARGS) {
            return Err(self.too_many());
        }
        if self.argcount < positional {
            self.positional_defaults()?;
        }
        if keyword_only > 0 {
            self.keyword_defaults(positional, total)?;
        }
        Ok(())
    }

    /// Places one keyword argument; consumes `value`.
    // SAFETY: `value` is a live word; it is taken over.
    unsafe fn keyword(
        &self,
        name: &Object,
        value: Word,
        kwargs_slot: Option<usize>,
        kwnames: Option<&Object>,
    ) -> PyResult<()> {
        let slot = match self.find(name) {
            Ok(slot) => slot,
            Err(raised) => {
                unsafe { value.close() };
                return Err(raised);
            }
        };
        let Some(slot) = slot else {
            let Some(kwargs) = kwargs_slot else {
                unsafe { value.close() };
                return Err(self.unexpected(name, kwnames));
            };
            let value = value.into_owned();
            return dict::set(unsafe { *self.locals.add(kwargs) }.object(), name, &value);
        };
        unsafe {
            if !(*self.locals.add(slot)).is_null() {
                value.close();
                let text = format!(
                    "{}() got multiple values for argument '{}'",
                    self.name(),
                    ops::text::lossy(name)
                );
                return Err(error::type_error(text));
            }
            *self.locals.add(slot) = value;
        }
        Ok(())
    }

    /// The local that a keyword names: by identity first, then by comparison.
    fn find(&self, name: &Object) -> PyResult<Option<usize>> {
        if name.downcast::<Str>().is_none() {
            return Err(error::type_error("keywords must be strings"));
        }
        let first = self.code.posonlyargcount.get() as usize;
        let end = (self.code.argcount.get() + self.code.kwonlyargcount.get()) as usize;
        if let Some(found) = (first..end).find(|i| self.code.local_name(*i).is(name)) {
            return Ok(Some(found));
        }
        for i in first..end {
            if ops::compare::compare_bool(name, self.code.local_name(i), CompareOp::Eq)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    fn name(&self) -> String {
        // SAFETY: a function always has a qualname.
        ops::text::lossy(unsafe { &*self.function.qualname.get() })
    }

    fn unexpected(&self, name: &Object, kwnames: Option<&Object>) -> Raised {
        let only = self.code.posonlyargcount.get() as usize;
        // SAFETY: the names of keywords are a tuple.
        let passed = kwnames.map_or(&[][..], |k| unsafe { k.cast::<Tuple>() }.items());
        let wrong: Vec<String> = (0..only)
            .map(|i| self.code.local_name(i))
            .filter(|local| {
                passed
                    .iter()
                    .any(|p| ops::compare::compare_bool(p, local, CompareOp::Eq).unwrap_or(false))
            })
            .map(ops::text::lossy)
            .collect();
        if !wrong.is_empty() {
            let text = format!(
                "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                self.name(),
                wrong.join(", ")
            );
            return error::type_error(text);
        }
        let first = only;
        let end = (self.code.argcount.get() + self.code.kwonlyargcount.get()) as usize;
        let candidates: Vec<String> = (first..end)
            .map(|i| ops::text::lossy(self.code.local_name(i)))
            .collect();
        let name = ops::text::lossy(name);
        match terrarium_objects::suggest::closest(&name, candidates.iter().map(String::as_str)) {
            Some(near) => error::type_error(format!(
                "{}() got an unexpected keyword argument '{name}'. Did you mean '{near}'?",
                self.name()
            )),
            None => error::type_error(format!(
                "{}() got an unexpected keyword argument '{name}'",
                self.name()
            )),
        }
    }

    fn defaults(&self) -> &[Owned] {
        // SAFETY: null or a live tuple.
        unsafe { self.function.defaults.get().as_ref() }
            .map_or(&[], |d| unsafe { d.cast::<Tuple>() }.items())
    }

    fn positional_defaults(&self) -> PyResult<()> {
        let wanted = self.code.argcount.get() as usize;
        let defaults = self.defaults();
        let required = wanted.saturating_sub(defaults.len());
        // SAFETY: `i` is below the count of locals.
        let is_missing = |i: &usize| unsafe { (*self.locals.add(*i)).is_null() };
        let missing: Vec<usize> = (self.argcount..required).filter(is_missing).collect();
        if !missing.is_empty() {
            return Err(self.missing("positional", &missing));
        }
        let skip = defaults.len().saturating_sub(wanted);
        for i in self.argcount.max(required)..wanted {
            if is_missing(&i) {
                // SAFETY: `i` is an argument without a value.
                unsafe { *self.locals.add(i) = Word::new(&defaults[skip + i - required]) };
            }
        }
        Ok(())
    }

    fn keyword_defaults(&self, from: usize, to: usize) -> PyResult<()> {
        let mut missing = Vec::new();
        for i in from..to {
            // SAFETY: `i` is below the count of locals.
            if unsafe { !(*self.locals.add(i)).is_null() } {
                continue;
            }
            // SAFETY: null or a live dict.
            let found = match unsafe { self.function.kwdefaults.get().as_ref() } {
                Some(defaults) => dict::get(defaults, self.code.local_name(i))?,
                None => None,
            };
            match found {
                // SAFETY: `i` is an argument without a value.
                Some(value) => unsafe { *self.locals.add(i) = Word::owned(value) },
                None => missing.push(i),
            }
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(self.missing("keyword-only", &missing))
        }
    }

    fn missing(&self, kind: &str, slots: &[usize]) -> Raised {
        let names: Vec<String> = slots
            .iter()
            .map(|i| text_repr(self.code.local_name(*i)))
            .collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [a, b] => format!("{a} and {b}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        error::type_error(format!(
            "{}() missing {} required {kind} argument{plural}: {list}",
            self.name(),
            names.len()
        ))
    }

    fn too_many(&self) -> Raised {
        let wanted = self.code.argcount.get() as usize;
        let keyword_given = (wanted..wanted + self.code.kwonlyargcount.get() as usize)
            // SAFETY: `i` is below the count of locals.
            .filter(|i| unsafe { !(*self.locals.add(*i)).is_null() })
            .count();
        let defaults = self.defaults().len();
        let (takes, plural) = if defaults > 0 {
            (format!("from {} to {wanted}", wanted - defaults), true)
        } else {
            (wanted.to_string(), wanted != 1)
        };
        let given = self.argcount;
        let keyword_text = if keyword_given > 0 {
            let s = |n: usize| if n == 1 { "" } else { "s" };
            format!(
                " positional argument{} (and {keyword_given} keyword-only argument{})",
                s(given),
                s(keyword_given)
            )
        } else {
            String::new()
        };
        let was = if given == 1 && keyword_given == 0 {
            "was"
        } else {
            "were"
        };
        let s = if plural { "s" } else { "" };
        error::type_error(format!(
            "{}() takes {takes} positional argument{s} but {given}{keyword_text} {was} given",
            self.name()
        ))
    }
}

fn text_repr(name: &Object) -> String {
    match ops::text::repr(name) {
        Ok(text) => ops::text::lossy(&text),
        Err(_) => {
            error::clear();
            String::from("?")
        }
    }
}

/// `FUNCTION.slots.call`: a call from native code. Arguments are borrowed from the caller; the frame gets references of its own.
pub fn call_function(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    state::get().check_native_stack("")?;
    // SAFETY: the names of keywords are a tuple.
    let names = kwnames.map_or(0, |k| unsafe { k.cast::<Tuple>() }.len());
    let mut stack = [Word::NULL; 8];
    let mut heap = Vec::new();
    let own: &mut [Word] = if args.len() <= stack.len() {
        &mut stack[..args.len()]
    } else {
        heap.resize(args.len(), Word::NULL);
        &mut heap
    };
    for (slot, arg) in own.iter_mut().zip(args) {
        *slot = Word::new(arg.object());
    }
    // SAFETY: `callable` is a function: this is its type's slot.
    unsafe {
        let function = callable.cast::<Function>();
        let locals = if function.code().has(co::OPTIMIZED) {
            std::ptr::null_mut()
        } else {
            Owned::new(&*function.globals.get()).into_raw()
        };
        let new = push_and_init(
            Word::new(callable),
            locals,
            own.as_ptr(),
            args.len() - names,
            kwnames,
            frame::current(),
        )?;
        interp::eval(new)
    }
}

/// Runs `code` (a module, class body or `exec`'d code) with a namespace; `function` carries globals and closure.
pub fn run_in_namespace(function: &Object, namespace: &Object) -> PyResult {
    state::get().check_native_stack("")?;
    // SAFETY: the caller passes a function.
    unsafe {
        let new = push_and_init(
            Word::new(function),
            Owned::new(namespace).into_raw(),
            std::ptr::null(),
            0,
            None,
            frame::current(),
        )?;
        interp::eval(new)
    }
}
