//! `bytes.translate` and `bytes.maketrans`.

use crate::args::{Signature, check_positional};
use crate::error::value_error;
use crate::object::Object;
use crate::refs::{PyResult, Word};

use super::methods::{ByteKind, data_of};
use super::{Bytes, bytes_like};

pub fn translate<K: ByteKind>(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("translate", &["", "delete"], 1, 1, 2);
    let [table, delete] = SIGNATURE.bind::<2>(args, kwnames)?;
    let table = match table.filter(|t| !t.is(crate::none())) {
        Some(table) => Some(bytes_like(table)?),
        None => None,
    };
    if table.as_ref().is_some_and(|t| t.len != 256) {
        return Err(value_error("translation table must be 256 characters long"));
    }
    let delete = match delete {
        Some(delete) => Some(bytes_like(delete)?),
        None => None,
    };
    let mut gone = [false; 256];
    for byte in delete.iter().flat_map(|d| d.slice()) {
        gone[usize::from(*byte)] = true;
    }
    let data = data_of(this);
    let out: Vec<u8> = data
        .iter()
        .filter(|b| !gone[usize::from(**b)])
        .map(|b| table.as_ref().map_or(*b, |t| t.slice()[usize::from(*b)]))
        .collect();
    if out == data {
        return K::same(this);
    }
    K::make(&out)
}

pub fn maketrans(_: &Object, args: &[Word]) -> PyResult {
    check_positional("maketrans", args.len(), 2, 2)?;
    let (from, to) = (bytes_like(args[0].object())?, bytes_like(args[1].object())?);
    if from.len != to.len {
        return Err(value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (a, b) in from.slice().iter().zip(to.slice()) {
        table[usize::from(*a)] = *b;
    }
    Ok(Bytes::new(&table))
}
