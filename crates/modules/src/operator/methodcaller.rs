//! `methodcaller`.

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MethodDef, Native};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, error, none, ops, root};

use super::{GETTER_FLAGS, reduced, repr_once};
use crate::body::body;

body! {
    /// `call_args`: the positional arguments and the values of the keywords, which `call_names` names.
    MethodCaller of METHODCALLER { name: Field, args: Field, keywords: Field, call_args: Field, call_names: Field }
}

pub static METHODCALLER: Type = Type::builtin(
    "operator.methodcaller",
    size_of::<MethodCaller>(),
    Slots {
        new: Some(new),
        call: Some(call),
        repr: Some(repr),
        ..MethodCaller::SLOTS
    },
)
.with_flags(GETTER_FLAGS)
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_doc("methodcaller(name, /, *args, **kwargs)\n--\n\n");

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if args::tuple_len(args) == 0 {
        return Err(error::type_error(
            "methodcaller needs at least one argument, the method name",
        ));
    }
    let name = args::tuple_item(args, 0);
    if !str::is_str(name) {
        return Err(error::type_error("method name must be a string"));
    }
    let made = MethodCaller::alloc(ty)?;
    let this = MethodCaller::of(&made);
    this.name.set(Some(str::intern_mortal(Owned::new(name))));
    let count = args::tuple_len(args);
    let given = tuple::methods::get_slice(args, 1, count);
    let keywords = kwargs.filter(|k| dict::len(k) != 0);
    match keywords {
        None => this.call_args.set_ref(Some(&given)),
        Some(keywords) => {
            let mut all: Vec<Owned> = (1..count)
                .map(|i| Owned::new(args::tuple_item(args, i)))
                .collect();
            let mut names = Vec::new();
            let mut at = 0;
            while let Some((key, value)) = dict::next(keywords, &mut at) {
                names.push(Owned::new(key));
                all.push(Owned::new(value));
            }
            this.call_args.set(Some(tuple::from_owned(all)));
            this.call_names.set(Some(tuple::from_owned(names)));
        }
    }
    this.args.set(Some(given));
    this.keywords.set(keywords.map(dict::copy));
    Ok(made)
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("methodcaller", kwnames)?;
    args::check_positional("methodcaller", args.len(), 1, 1)?;
    let this = MethodCaller::of(object);
    let target = args[0].object();
    let given = this.call_args.get().unwrap_or(tuple::empty_ref());
    let mut words = ops::call::Words::new();
    words.push(Word::borrowed(target));
    words.extend((0..args::tuple_len(given)).map(|i| Word::borrowed(args::tuple_item(given, i))));
    let (method, unbound) = ops::attribute::get_method(target, this.name.get().unwrap_or(none()))?;
    let method = root("method being called", method);
    let words = words.as_slice();
    let words = if unbound { words } else { &words[1..] };
    let result = ops::call::call(&method, words, this.call_names.get());
    terrarium_objects::state::holding(&result, || drop(method));
    result
}

fn repr(object: &Object) -> PyResult {
    repr_once(object, |own| {
        let this = MethodCaller::of(object);
        let given = this.args.or_none();
        let name = this.name.or_none();
        let mut shown = vec![ops::text::lossy(&*ops::text::repr(&name)?)];
        for i in 0..args::tuple_len(&given) {
            shown.push(ops::text::lossy(&*ops::text::repr(args::tuple_item(
                &given, i,
            ))?));
        }
        if let Some(keywords) = this.keywords.owned() {
            let mut at = 0;
            while let Some((key, value)) = dict::next(&keywords, &mut at) {
                let value = Owned::new(value);
                let key = ops::text::lossy(key);
                shown.push(format!(
                    "{key}={}",
                    ops::text::lossy(&*ops::text::repr(&value)?)
                ));
            }
        }
        Ok(Str::new(&format!("{own}({})", shown.join(", "))))
    })
}

/// With keywords, `partial` remembers them.
fn reduce(object: &Object) -> PyResult {
    let this = MethodCaller::of(object);
    let given = this.args.or_none();
    let name = this.name.or_none();
    let Some(keywords) = this.keywords.owned() else {
        let given = (0..args::tuple_len(&given)).map(|i| Owned::new(args::tuple_item(&given, i)));
        return reduced(
            object,
            tuple::from_owned([name].into_iter().chain(given).collect()),
        );
    };
    let partial =
        ops::attribute::get_str(&*terrarium_objects::hooks::import("functools")?, "partial")?;
    let first = tuple::from_array([Owned::new(object.ty().as_object()), name]);
    let constructor = ops::call::call_tuple_dict(&partial, &first, Some(&keywords))?;
    Ok(tuple::from_array([constructor, given]))
}
