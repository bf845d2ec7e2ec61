//! Methods that `bytes` and `bytearray` share. Each is generic over the type that its result has.

use crate::args::{Signature, check_positional};
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::ops::number;
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{Buffer, MethodDef, Native};
use crate::types::bytearray;
use crate::types::int;
use crate::types::str::methods::range_arguments;
use crate::types::str::{Chars, encode, search};

use super::{Bytes, affix, byte_value, bytes_like, cast, hex, is_bytes, pad, split, translate};

/// The type of a method's result.
pub trait ByteKind: 'static {
    const NAME: &'static str;
    fn make(data: &[u8]) -> PyResult;
    /// The same in an object of its own.
    fn fresh(data: &[u8]) -> PyResult {
        Self::make(data)
    }
    /// The object itself where it cannot change, else a copy.
    fn same(this: &Object) -> PyResult;
}

/// Results are bytes.
pub struct Fixed;

impl ByteKind for Fixed {
    const NAME: &'static str = "bytes";

    fn make(data: &[u8]) -> PyResult {
        Ok(Bytes::new(data))
    }

    fn fresh(data: &[u8]) -> PyResult {
        Bytes::fresh(data)
    }

    fn same(this: &Object) -> PyResult {
        if this.is_exact(&super::BYTES) {
            return Ok(Owned::new(this));
        }
        Ok(Bytes::new(data_of(this)))
    }
}

/// The data of a bytes object or bytearray; nothing may run Python while they are used.
pub fn data_of(this: &Object) -> &[u8] {
    if is_bytes(this) {
        cast(this).bytes()
    } else {
        bytearray::cast(this).bytes()
    }
}

macro_rules! table {
    ($($name:literal $call:expr, $signature:literal;)*) => {
        [$(MethodDef::new($name, $call, concat!($name, $signature, "\n--\n\n"))),*]
    };
}

/// How many methods `shared` gives.
pub const SHARED: usize = 42;

/// The methods of both types.
pub const fn shared<K: ByteKind>() -> [MethodDef; SHARED] {
    table! {
        "capitalize" Native::NoArgs(pad::capitalize::<K>), "($self, /)";
        "center" Native::Fast(pad::center::<K>), "($self, width, fillchar=b' ', /)";
        "count" Native::Fast(count), "($self, sub[, start[, end]], /)";
        "decode" Native::FastKeywords(decode), "($self, /, encoding='utf-8', errors='strict')";
        "endswith" Native::Fast(affix::endswith), "($self, suffix[, start[, end]], /)";
        "expandtabs" Native::FastKeywords(pad::expandtabs::<K>), "($self, /, tabsize=8)";
        "find" Native::Fast(find), "($self, sub[, start[, end]], /)";
        "hex" Native::FastKeywords(hex::hex), "($self, /, sep=<unrepresentable>, bytes_per_sep=1)";
        "index" Native::Fast(index), "($self, sub[, start[, end]], /)";
        "isalnum" Native::NoArgs(pad::isalnum), "($self, /)";
        "isalpha" Native::NoArgs(pad::isalpha), "($self, /)";
        "isascii" Native::NoArgs(pad::isascii), "($self, /)";
        "isdigit" Native::NoArgs(pad::isdigit), "($self, /)";
        "islower" Native::NoArgs(pad::islower), "($self, /)";
        "isspace" Native::NoArgs(pad::isspace), "($self, /)";
        "istitle" Native::NoArgs(pad::istitle), "($self, /)";
        "isupper" Native::NoArgs(pad::isupper), "($self, /)";
        "join" Native::O(split::join::<K>), "($self, iterable_of_bytes, /)";
        "ljust" Native::Fast(pad::ljust::<K>), "($self, width, fillchar=b' ', /)";
        "lower" Native::NoArgs(pad::lower::<K>), "($self, /)";
        "lstrip" Native::Fast(affix::lstrip::<K>), "($self, bytes=None, /)";
        "partition" Native::O(split::partition::<K>), "($self, sep, /)";
        "replace" Native::Fast(replace::<K>), "($self, old, new, count=-1, /)";
        "removeprefix" Native::O(affix::removeprefix::<K>), "($self, prefix, /)";
        "removesuffix" Native::O(affix::removesuffix::<K>), "($self, suffix, /)";
        "rfind" Native::Fast(rfind), "($self, sub[, start[, end]], /)";
        "rindex" Native::Fast(rindex), "($self, sub[, start[, end]], /)";
        "rjust" Native::Fast(pad::rjust::<K>), "($self, width, fillchar=b' ', /)";
        "rpartition" Native::O(split::rpartition::<K>), "($self, sep, /)";
        "rsplit" Native::FastKeywords(split::rsplit::<K>), "($self, /, sep=None, maxsplit=-1)";
        "rstrip" Native::Fast(affix::rstrip::<K>), "($self, bytes=None, /)";
        "split" Native::FastKeywords(split::split::<K>), "($self, /, sep=None, maxsplit=-1)";
        "splitlines" Native::FastKeywords(split::splitlines::<K>), "($self, /, keepends=False)";
        "startswith" Native::Fast(affix::startswith), "($self, prefix[, start[, end]], /)";
        "strip" Native::Fast(affix::strip::<K>), "($self, bytes=None, /)";
        "swapcase" Native::NoArgs(pad::swapcase::<K>), "($self, /)";
        "title" Native::NoArgs(pad::title::<K>), "($self, /)";
        "translate" Native::FastKeywords(translate::translate::<K>), "($self, table, /, delete=b'')";
        "upper" Native::NoArgs(pad::upper::<K>), "($self, /)";
        "zfill" Native::O(pad::zfill::<K>), "($self, width, /)";
        "__bytes__" Native::NoArgs(to_bytes), "($self, /)";
        "__getnewargs__" Native::NoArgs(getnewargs), "($self, /)";
    }
}

fn to_bytes(this: &Object) -> PyResult {
    Fixed::same(this)
}

fn getnewargs(this: &Object) -> PyResult {
    Ok(crate::types::tuple::from_owned(vec![Bytes::new(data_of(
        this,
    ))]))
}

/// What to search for: a byte, or the memory of an object.
pub enum Needle {
    Byte(u8),
    Buffer(Buffer),
}

impl Needle {
    /// An int in range(256) or an object with a buffer.
    pub fn new(object: &Object) -> PyResult<Needle> {
        if object.ty().slots.getbuffer.is_some() {
            return Ok(Needle::Buffer(bytes_like(object)?));
        }
        if number::is_index(object) {
            return Ok(Needle::Byte(byte_value(
                object,
                "byte must be in range(0, 256)",
            )?));
        }
        Err(type_error(format!(
            "argument should be integer or bytes-like object, not '{}'",
            object.ty().full_name()
        )))
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Needle::Byte(byte) => std::slice::from_ref(byte),
            Needle::Buffer(buffer) => buffer.slice(),
        }
    }
}

fn find_place(name: &str, this: &Object, args: &[Word], last: bool) -> PyResult<Option<usize>> {
    check_positional(name, args.len(), 1, 3)?;
    let range = range_arguments(&args[1..], data_of(this).len())?;
    let needle = Needle::new(args[0].object())?;
    let data = data_of(this);
    Ok(range
        .filter(|r| r.1 <= data.len())
        .and_then(|(start, end)| {
            let (hay, needle) = (Chars::One(&data[start..end]), Chars::One(needle.bytes()));
            let found = if last {
                search::rfind(hay, needle)
            } else {
                search::find(hay, needle)
            };
            found.map(|at| at + start)
        }))
}

fn place_or_minus_one(place: Option<usize>) -> Owned {
    place.map_or_else(|| int::from_i64(-1), int::from_usize)
}

fn place_or_error(place: Option<usize>) -> PyResult {
    place
        .map(int::from_usize)
        .ok_or_else(|| value_error("subsection not found"))
}

fn find(this: &Object, args: &[Word]) -> PyResult {
    find_place("find", this, args, false).map(place_or_minus_one)
}

fn rfind(this: &Object, args: &[Word]) -> PyResult {
    find_place("rfind", this, args, true).map(place_or_minus_one)
}

fn index(this: &Object, args: &[Word]) -> PyResult {
    place_or_error(find_place("index", this, args, false)?)
}

fn rindex(this: &Object, args: &[Word]) -> PyResult {
    place_or_error(find_place("rindex", this, args, true)?)
}

fn count(this: &Object, args: &[Word]) -> PyResult {
    check_positional("count", args.len(), 1, 3)?;
    let range = range_arguments(&args[1..], data_of(this).len())?;
    let needle = Needle::new(args[0].object())?;
    let data = data_of(this);
    let count = range
        .filter(|r| r.1 <= data.len())
        .map_or(0, |(start, end)| {
            search::count(
                Chars::One(&data[start..end]),
                Chars::One(needle.bytes()),
                usize::MAX,
            )
        });
    Ok(int::from_usize(count))
}

fn replace<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    check_positional("replace", args.len(), 2, 3)?;
    let old = bytes_like(args[0].object())?;
    let new = bytes_like(args[1].object())?;
    let most = match args.get(2) {
        Some(most) => int::as_isize(most.object())?,
        None => -1,
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let data = data_of(this);
    match replaced(data, old.slice(), new.slice(), most) {
        Some(out) => K::fresh(&out),
        None => K::same(this),
    }
}

/// The data with up to `most` places of `old` replaced; `None` if nothing changes.
fn replaced(data: &[u8], old: &[u8], new: &[u8], most: usize) -> Option<Vec<u8>> {
    if most == 0 || (data.is_empty() && !old.is_empty()) {
        return None;
    }
    let mut out = Vec::new();
    if old.is_empty() {
        for (at, byte) in data.iter().enumerate() {
            if at < most {
                out.extend_from_slice(new);
            }
            out.push(*byte);
        }
        if data.len() < most {
            out.extend_from_slice(new);
        }
        return Some(out);
    }
    let mut from = 0;
    let search = search::Search::new(Chars::One(data), Chars::One(old))?;
    for at in search.places().take(most) {
        out.extend_from_slice(&data[from..at]);
        out.extend_from_slice(new);
        from = at + old.len();
    }
    if from == 0 {
        return None;
    }
    out.extend_from_slice(&data[from..]);
    Some(out)
}

fn decode(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decode", &["encoding", "errors"], 0, 0, 2);
    let (encoding, errors) = encode::codec_arguments(&SIGNATURE, args, kwnames)?;
    encode::decode_object(this, encoding, errors)
}
