//! `split`, `splitlines`, `partition` and `join` of bytes.

use crate::args::Signature;
use crate::error::{memory_error, type_error, value_error};
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::typeobject::Buffer;
use crate::types::str::{Chars, search};
use crate::types::{int, list, tuple};

use super::affix::{is_space, part};
use super::bytes_like;
use super::methods::{ByteKind, data_of};

type Places = Vec<(usize, usize)>;

fn arguments(
    signature: &Signature,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult<(Option<Buffer>, usize)> {
    let [separator, most] = signature.bind::<2>(args, kwnames)?;
    let most = match most {
        Some(most) => int::as_isize(most)?,
        None => -1,
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Some(separator) = separator.filter(|s| !s.is(crate::none())) else {
        return Ok((None, most));
    };
    let separator = bytes_like(separator)?;
    if separator.len == 0 {
        return Err(value_error("empty separator"));
    }
    Ok((Some(separator), most))
}

fn parts<K: ByteKind>(this: &Object, places: &Places) -> PyResult {
    let mut items = Vec::with_capacity(places.len());
    for (start, end) in places {
        items.push(part::<K>(this, *start, *end)?);
    }
    Ok(list::from_owned(items))
}

pub fn split<K: ByteKind>(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("split", &["sep", "maxsplit"], 0, 0, 2);
    let (separator, most) = arguments(&SIGNATURE, args, kwnames)?;
    let data = data_of(this);
    let mut places = Vec::new();
    let mut from = 0;
    if let Some(separator) = separator {
        if let Some(search) = search::Search::new(Chars::One(data), Chars::One(separator.slice())) {
            for at in search.places().take(most) {
                places.push((from, at));
                from = at + separator.len;
            }
        }
        places.push((from, data.len()));
        return parts::<K>(this, &places);
    }
    while let Some(skip) = data[from..].iter().position(|b| !is_space(*b)) {
        let start = from + skip;
        if places.len() == most {
            places.push((start, data.len()));
            break;
        }
        let len = data[start..]
            .iter()
            .position(|b| is_space(*b))
            .unwrap_or(data.len() - start);
        places.push((start, start + len));
        from = start + len;
    }
    parts::<K>(this, &places)
}

pub fn rsplit<K: ByteKind>(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("rsplit", &["sep", "maxsplit"], 0, 0, 2);
    let (separator, most) = arguments(&SIGNATURE, args, kwnames)?;
    let data = data_of(this);
    let mut places = Vec::new();
    let mut end = data.len();
    if let Some(separator) = separator {
        while places.len() < most
            && let Some(at) = search::rfind(Chars::One(&data[..end]), Chars::One(separator.slice()))
        {
            places.push((at + separator.len, end));
            end = at;
        }
        places.push((0, end));
    } else {
        while let Some(last) = data[..end].iter().rposition(|b| !is_space(*b)) {
            if places.len() == most {
                places.push((0, last + 1));
                break;
            }
            let start = data[..=last]
                .iter()
                .rposition(|b| is_space(*b))
                .map_or(0, |i| i + 1);
            places.push((start, last + 1));
            end = start;
        }
    }
    places.reverse();
    parts::<K>(this, &places)
}

pub fn splitlines<K: ByteKind>(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("splitlines", &["keepends"], 0, 0, 1);
    let [keep] = SIGNATURE.bind::<1>(args, kwnames)?;
    let keep = keep.map_or(Ok(false), crate::ops::compare::is_true)?;
    let data = data_of(this);
    let mut places = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(byte) = data.get(at) {
        at += 1;
        if !matches!(byte, b'\n' | b'\r') {
            continue;
        }
        let end = at - 1;
        if *byte == b'\r' && data.get(at) == Some(&b'\n') {
            at += 1;
        }
        places.push((start, if keep { at } else { end }));
        start = at;
    }
    if start < data.len() {
        places.push((start, data.len()));
    }
    parts::<K>(this, &places)
}

fn separator(object: &Object) -> PyResult<Buffer> {
    let separator = bytes_like(object)?;
    if separator.len == 0 {
        return Err(value_error("empty separator"));
    }
    Ok(separator)
}

fn three<K: ByteKind>(this: &Object, at: usize, cut: &Buffer) -> PyResult {
    let data = data_of(this);
    Ok(tuple::from_owned(vec![
        K::make(&data[..at])?,
        K::make(cut.slice())?,
        K::make(&data[at + cut.len..])?,
    ]))
}

pub fn partition<K: ByteKind>(this: &Object, cut: &Object) -> PyResult {
    let cut = separator(cut)?;
    match search::find(Chars::One(data_of(this)), Chars::One(cut.slice())) {
        Some(at) => three::<K>(this, at, &cut),
        None => Ok(tuple::from_owned(vec![
            K::same(this)?,
            K::make(b"")?,
            K::make(b"")?,
        ])),
    }
}

pub fn rpartition<K: ByteKind>(this: &Object, cut: &Object) -> PyResult {
    let cut = separator(cut)?;
    match search::rfind(Chars::One(data_of(this)), Chars::One(cut.slice())) {
        Some(at) => three::<K>(this, at, &cut),
        None => Ok(tuple::from_owned(vec![
            K::make(b"")?,
            K::make(b"")?,
            K::same(this)?,
        ])),
    }
}

pub fn join<K: ByteKind>(this: &Object, iterable: &Object) -> PyResult {
    let sequence = crate::ops::sequence::fast(iterable, "can only join an iterable")?;
    let items: Vec<&Object> = match sequence.downcast_exact::<tuple::Tuple>() {
        Some(items) => items.items().iter().map(|i| &**i).collect(),
        None => {
            // SAFETY: `fast` gives an exact list or tuple.
            let items = unsafe { sequence.cast::<list::List>() };
            (0..items.len()).filter_map(|i| items.item(i)).collect()
        }
    };
    if let [one] = *items
        && one.is_exact(&super::BYTES)
    {
        return K::same(one);
    }
    let mut out: Vec<u8> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Some(get) = item.ty().slots.getbuffer else {
            return Err(type_error(format!(
                "sequence item {at}: expected a bytes-like object, {} found",
                item.ty().full_name()
            )));
        };
        let buffer = get(item)?;
        let separator = if at > 0 { data_of(this) } else { &[] };
        out.try_reserve(buffer.len + separator.len())
            .map_err(|_| memory_error())?;
        out.extend_from_slice(separator);
        out.extend_from_slice(buffer.slice());
    }
    K::make(&out)
}
