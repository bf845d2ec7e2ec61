//! The method resolution order: C3 linearisation (Objects/typeobject.c, `mro_implementation`, `pmerge`), and its setting.

use crate::error::type_error;
use crate::object::Object;
use crate::ops::{attribute, call, sequence};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{Type, flags};
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::{TYPE, as_type};
use crate::{names, ops::text};

fn items(tuple: &Object) -> &[Owned] {
    // SAFETY: callers pass tuples.
    unsafe { tuple.cast::<Tuple>() }.items()
}

fn mro_of(class: &Object) -> PyResult<&Object> {
    let ty = as_type(class).ok_or_else(|| type_error("bases must be types"))?;
    // SAFETY: null or the type's tuple, which lives as long as the type keeps it.
    unsafe { ty.mro.get().as_ref() }.ok_or_else(|| {
        type_error(format!(
            "Cannot extend an incomplete type '{}'",
            ty.full_name()
        ))
    })
}

/// The linearisation of a type by its bases, as a tuple.
pub fn linearise(ty: &Type) -> PyResult {
    // SAFETY: bases are set before the MRO.
    let bases = Owned::new(unsafe { &*ty.bases.get() });
    let bases = items(&bases);
    if let [base] = bases {
        let mut result = vec![Owned::new(ty.as_object())];
        result.extend(items(mro_of(base)?).iter().cloned());
        return Ok(tuple::from_owned(result));
    }
    for (index, base) in bases.iter().enumerate() {
        if bases[..index].iter().any(|b| b.is(base)) {
            return Err(type_error(format!(
                "duplicate base class {}",
                class_name(base)
            )));
        }
    }
    let mut lists: Vec<Vec<Owned>> = Vec::with_capacity(bases.len() + 1);
    for base in bases {
        lists.push(items(mro_of(base)?).to_vec());
    }
    lists.push(bases.to_vec());
    let mut result = vec![Owned::new(ty.as_object())];
    merge(&mut result, &lists)?;
    Ok(tuple::from_owned(result))
}

/// Takes, again and again, the first head that is in no other list's tail.
fn merge(result: &mut Vec<Owned>, lists: &[Vec<Owned>]) -> PyResult<()> {
    let mut heads = vec![0; lists.len()];
    'again: loop {
        let mut empty = 0;
        for (i, list) in lists.iter().enumerate() {
            let Some(candidate) = list.get(heads[i]) else {
                empty += 1;
                continue;
            };
            let blocked = lists
                .iter()
                .zip(&heads)
                .any(|(l, &at)| l.iter().skip(at + 1).any(|c| c.is(candidate)));
            if blocked {
                continue;
            }
            result.push(candidate.clone());
            for (l, at) in lists.iter().zip(heads.iter_mut()) {
                if l.get(*at).is_some_and(|c| c.is(candidate)) {
                    *at += 1;
                }
            }
            continue 'again;
        }
        if empty == lists.len() {
            return Ok(());
        }
        return Err(conflict(lists, &heads));
    }
}

fn class_name(class: &Object) -> String {
    match attribute::get_optional(class, &names().__name__) {
        Ok(Some(name)) => text::lossy(&name),
        _ => {
            crate::error::clear();
            "?".into()
        }
    }
}

#[cold]
fn conflict(lists: &[Vec<Owned>], heads: &[usize]) -> crate::Raised {
    let mut left: Vec<&Owned> = Vec::new();
    for (list, &at) in lists.iter().zip(heads) {
        if let Some(class) = list.get(at)
            && !left.iter().any(|c| c.is(class))
        {
            left.push(class);
        }
    }
    let shown: Vec<String> = left.iter().map(|c| class_name(c)).collect();
    type_error(format!(
        "Cannot create a consistent method resolution order (MRO) for bases {}",
        shown.join(", ")
    ))
}

/// Asks a metaclass's `mro()` if it has one of its own, and checks what it gives (`mro_invoke`).
fn invoke(ty: &Type) -> PyResult<(Owned, bool)> {
    let meta = ty.as_object().ty();
    if std::ptr::eq(meta, &TYPE) {
        return Ok((linearise(ty)?, false));
    }
    let Some((method, unbound)) = attribute::lookup_special_method(ty.as_object(), &names().mro)?
    else {
        return Ok((linearise(ty)?, false));
    };
    let own = crate::type_cache::lookup(&TYPE, &names().mro);
    let custom = own.is_none_or(|own| !own.is(&method));
    let method = root("mro", method);
    let first = [crate::Word::borrowed(ty.as_object())];
    let result = call::call(&method, if unbound { &first } else { &[] }, None)?;
    let result = root("result of mro()", result);
    let result = sequence::to_tuple(&result)?;
    if items(&result).is_empty() {
        return Err(type_error("type MRO must not be empty"));
    }
    if custom {
        check(ty, &result)?;
    }
    Ok((result, custom))
}

fn check(ty: &Type, mro: &Object) -> PyResult<()> {
    let solid = super::new::solid_base(ty);
    for class in items(mro) {
        let Some(base) = as_type(class) else {
            return Err(type_error(format!(
                "mro() returned a non-class ('{}')",
                class.ty().full_name()
            )));
        };
        if !solid.is_subtype(super::new::solid_base(base)) {
            return Err(type_error(format!(
                "mro() returned base with unsuitable layout ('{}')",
                base.full_name()
            )));
        }
    }
    Ok(())
}

/// Computes and sets the MRO; the versions of the type are void afterwards. Says whether this call set it: a `mro()` that assigns
/// `__bases__` may have done so meanwhile (`mro_internal`).
pub fn set_mro(ty: &Type) -> PyResult<bool> {
    let old = ty.mro.get();
    // SAFETY: null or the type's tuple; held to compare afterwards.
    let old_held = unsafe { old.as_ref() }.map(Owned::new);
    let (fresh, custom) = invoke(ty)?;
    let reentered = !std::ptr::eq(ty.mro.get(), old);
    if reentered {
        return Ok(false);
    }
    let replaced = ty.mro.replace(fresh.into_raw());
    // SAFETY: just set.
    let mro = Owned::new(unsafe { &*ty.mro.get() });
    crate::type_cache::mro_modified(ty, &mro, custom);
    // SAFETY: the type has bases.
    let bases = Owned::new(unsafe { &*ty.bases.get() });
    crate::type_cache::mro_modified(ty, &bases, custom);
    if ty.has(flags::READY) {
        crate::type_cache::modified(ty);
    }
    drop(old_held);
    if !replaced.is_null() {
        // SAFETY: the type owned it.
        unsafe { Object::decref(replaced) };
    }
    Ok(true)
}
