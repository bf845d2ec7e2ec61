//! `cmp_to_key`.

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{CompareOp, MemberDef, MemberKind, flags};
use terrarium_objects::types::int;
use terrarium_objects::{Object, PyResult, Slots, Type, Word, error, none, ops, root, words};

use crate::body::body;

body! { Key of KEY_WRAPPER { cmp: Field, object_kept: Field } }

/// The key function `cmp_to_key` makes, and the keys that it makes in turn.
pub static KEY_WRAPPER: Type = Type::builtin(
    "functools.KeyWrapper",
    size_of::<Key>(),
    Slots {
        call: Some(call),
        richcompare: Some(compare),
        hash: Some(ops::compare::hash_not_implemented),
        ..Key::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_members(&[MemberDef {
    name: "obj",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(Key, object_kept),
    readonly: false,
    doc: "Value wrapped by a key function.",
}]);

pub fn cmp_to_key(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("cmp_to_key", &["mycmp"], 0, 1, 1);
    let [cmp] = SIGNATURE.bind::<1>(args, kwnames)?;
    let made = Key::alloc(&KEY_WRAPPER)?;
    Key::of(&made).cmp.set_ref(cmp);
    Ok(made)
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("K", &["obj"], 0, 1, 1);
    let [value] = SIGNATURE.bind::<1>(args, kwnames)?;
    let made = Key::alloc(&KEY_WRAPPER)?;
    Key::of(&made).cmp.set_ref(Key::of(object).cmp.get());
    Key::of(&made).object_kept.set_ref(value);
    Ok(made)
}

/// `cmp(a, b) op 0`.
fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !b.is_exact(&KEY_WRAPPER) {
        return Err(error::type_error("other argument must be K instance"));
    }
    let (this, other) = (Key::of(a), Key::of(b));
    let (Some(x), Some(y)) = (this.object_kept.get(), other.object_kept.get()) else {
        return Err(error::attribute_error_text("object"));
    };
    let answer = ops::call::call(this.cmp.get().unwrap_or(none()), &words([x, y]), None)?;
    let answer = root("result of a comparison function", answer);
    ops::compare::compare(&answer, int::small_ref(0), op)
}
