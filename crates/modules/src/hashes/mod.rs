//! `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: one kind of object over different hashes.

mod blake;
mod keccak;

use std::cell::Cell;
use std::ops::RangeInclusive;

use sha2::Digest;
use terrarium_objects::args::{self, Signature};
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, NewFn, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, exceptions as exc, int, module, none, r#type};
use terrarium_objects::{PyResult, Word, error, none_owned, ops, typeobject_ready};
use terrarium_runtime::native_module::ModuleDef;

use blake::{Blake2b, Blake2s, Parameters};
use keccak::Keccak;

/// A hash being computed.
pub trait Hasher {
    fn update(&mut self, data: &[u8]);
    /// The digest of what was given so far; `length` matters where the size is 0.
    fn digest(&self, length: usize) -> Vec<u8>;
    fn copy(&self) -> Box<dyn Hasher>;
    fn name(&self) -> &'static std::primitive::str;
    fn size(&self) -> usize;
    fn block_size(&self) -> usize;
    /// Rate and suffix of a Keccak.
    fn keccak(&self) -> Option<(usize, u8)> {
        None
    }
}

/// A hash of a RustCrypto crate.
#[derive(Clone)]
struct Crate<D> {
    inner: D,
    name: &'static std::primitive::str,
    block: usize,
}

impl<D: Digest + Clone + 'static> Hasher for Crate<D> {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.inner, data);
    }

    fn digest(&self, _: usize) -> Vec<u8> {
        self.inner.clone().finalize().to_vec()
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }

    fn name(&self) -> &'static std::primitive::str {
        self.name
    }

    fn size(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn block_size(&self) -> usize {
        self.block
    }
}

fn of_crate<D: Digest + Clone + 'static>(
    name: &'static std::primitive::str,
    block: usize,
) -> Box<dyn Hasher> {
    Box::new(Crate::<D> {
        inner: D::new(),
        name,
        block,
    })
}

#[repr(C)]
pub struct Hash {
    object: Object,
    /// A boxed box; null until it is made.
    state: Cell<*mut Box<dyn Hasher>>,
    padding: [usize; 2],
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Hash {
    fn type_object() -> &'static Type {
        &MD5
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying hash; its state is given up once.
    unsafe {
        let state = (*object.cast::<Hash>()).state.replace(std::ptr::null_mut());
        if !state.is_null() {
            drop(Box::from_raw(state));
        }
        r#type::free(object);
    }
}

const fn hash_type(
    name: &'static std::primitive::str,
    new: Option<NewFn>,
    methods: &'static [MethodDef],
    getset: &'static [GetSetDef],
) -> Type {
    let ty = Type::builtin(
        name,
        size_of::<Hash>(),
        Slots {
            dealloc,
            new,
            ..Slots::NONE
        },
    )
    .with_methods(methods)
    .with_getset(getset);
    if new.is_none() {
        ty.with_flags(flags::DISALLOW_INSTANTIATION)
    } else {
        ty
    }
}

const COPY: MethodDef = MethodDef::new("copy", Native::NoArgs(copy), "");
const UPDATE: MethodDef = MethodDef::new("update", Native::O(update), "");
const METHODS: &[MethodDef] = &[
    COPY,
    MethodDef::new("digest", Native::NoArgs(|o| Ok(Bytes::new(&whole(o)))), ""),
    MethodDef::new("hexdigest", Native::NoArgs(|o| Ok(hex(&whole(o)))), ""),
    UPDATE,
];
const SHAKE_METHODS: &[MethodDef] = &[
    COPY,
    MethodDef::new(
        "digest",
        Native::Fast(|o, a| Ok(Bytes::new(&of(o).digest(length(a)?)))),
        "",
    ),
    MethodDef::new(
        "hexdigest",
        Native::Fast(|o, a| Ok(hex(&of(o).digest(length(a)?)))),
        "",
    ),
    UPDATE,
];
const BLOCK_SIZE: GetSetDef = GetSetDef::read(
    "block_size",
    |o| Ok(int::from_usize(of(o).block_size())),
    "",
);
const NAME: GetSetDef = GetSetDef::read("name", |o| Ok(Str::new(of(o).name())), "");
const DIGEST_SIZE: GetSetDef =
    GetSetDef::read("digest_size", |o| Ok(int::from_usize(of(o).size())), "");
const GETSET: &[GetSetDef] = &[BLOCK_SIZE, NAME, DIGEST_SIZE];
const KECCAK_GETSET: &[GetSetDef] = &[
    BLOCK_SIZE,
    NAME,
    DIGEST_SIZE,
    GetSetDef::read(
        "_capacity_bits",
        |o| {
            let (rate, _) = of(o).keccak().unwrap_or((0, 0));
            Ok(int::from_usize(1600 - 8 * rate))
        },
        "",
    ),
    GetSetDef::read(
        "_rate_bits",
        |o| {
            let (rate, _) = of(o).keccak().unwrap_or((0, 0));
            Ok(int::from_usize(8 * rate))
        },
        "",
    ),
    GetSetDef::read(
        "_suffix",
        |o| {
            let (_, suffix) = of(o).keccak().unwrap_or((0, 0));
            Ok(Bytes::new(&[suffix]))
        },
        "",
    ),
];

pub static MD5: Type = hash_type("_md5.md5", None, METHODS, GETSET);
pub static SHA1: Type = hash_type("_sha1.sha1", None, METHODS, GETSET);
pub static SHA224: Type = hash_type("_sha2.SHA224Type", None, METHODS, GETSET);
pub static SHA256: Type = hash_type("_sha2.SHA256Type", None, METHODS, GETSET);
pub static SHA384: Type = hash_type("_sha2.SHA384Type", None, METHODS, GETSET);
pub static SHA512: Type = hash_type("_sha2.SHA512Type", None, METHODS, GETSET);
pub static BLAKE2B: Type = hash_type("_blake2.blake2b", Some(new_blake), METHODS, BLAKE2B_GETSET);
pub static BLAKE2S: Type = hash_type("_blake2.blake2s", Some(new_blake), METHODS, BLAKE2S_GETSET);
const BLAKE2B_GETSET: &[GetSetDef] = GETSET;
const BLAKE2S_GETSET: &[GetSetDef] = GETSET;

macro_rules! sha3_types {
    ($($ty:ident $name:literal $rate:literal $suffix:literal $size:literal $methods:ident),*) => {
        $(pub static $ty: Type = hash_type(
            concat!("_sha3.", $name),
            Some(|ty, args, kwargs| {
                let data = data_of_tuple($name, args, kwargs)?;
                start(ty, Box::new(Keccak::new($name, $rate, $suffix, $size)), data)
            }),
            $methods,
            KECCAK_GETSET,
        );)*
        static SHA3_TYPES: [&Type; 6] = [$(&$ty),*];
    };
}

sha3_types! {
    SHA3_224 "sha3_224" 144 6 28 METHODS,
    SHA3_256 "sha3_256" 136 6 32 METHODS,
    SHA3_384 "sha3_384" 104 6 48 METHODS,
    SHA3_512 "sha3_512" 72 6 64 METHODS,
    SHAKE_128 "shake_128" 168 31 0 SHAKE_METHODS,
    SHAKE_256 "shake_256" 136 31 0 SHAKE_METHODS
}

fn of(object: &Object) -> &mut dyn Hasher {
    // SAFETY: made with the object, lives as long; nothing here runs Python while it is borrowed.
    unsafe { &mut **(*object.as_ptr().cast::<Hash>()).state.get() }
}

/// The digest of an object whose size is fixed.
fn whole(object: &Object) -> Vec<u8> {
    let hasher = of(object);
    hasher.digest(hasher.size())
}

fn hex(data: &[u8]) -> terrarium_objects::Owned {
    Str::from_ascii(&bytes::hex::to_hex(data, None, 0))
}

fn length(args: &[Word]) -> PyResult<usize> {
    args::check_positional("digest", args.len(), 1, 1)?;
    let length = ops::number::index_isize(args[0].object(), Some(&exc::OVERFLOW_ERROR))?;
    match usize::try_from(length) {
        Ok(length) if length < 1 << 29 => Ok(length),
        Err(_) => Err(error::system_error(
            "Negative size passed to PyBytes_FromStringAndSize",
        )),
        Ok(_) => Err(error::value_error("length is too large")),
    }
}

fn copy(object: &Object) -> PyResult {
    let made = r#type::generic_alloc(object.ty(), 0)?;
    // SAFETY: a hash of the same type.
    let place = unsafe { &(*made.as_ptr().cast::<Hash>()).state };
    place.set(Box::into_raw(Box::new(of(object).copy())));
    Ok(made)
}

fn feed(hasher: &mut dyn Hasher, data: &Object) -> PyResult<()> {
    if str::is_str(data) {
        return Err(error::type_error("Strings must be encoded before hashing"));
    }
    let Some(get) = data.ty().slots.getbuffer else {
        return Err(error::type_error(
            "object supporting the buffer API required",
        ));
    };
    let buffer = get(data)?;
    hasher.update(buffer.slice());
    Ok(())
}

fn update(object: &Object, data: &Object) -> PyResult {
    feed(of(object), data)?;
    Ok(none_owned())
}

/// A new hash object that has taken in `data`.
fn start(ty: &Type, mut hasher: Box<dyn Hasher>, data: Option<&Object>) -> PyResult {
    if let Some(data) = data {
        feed(&mut *hasher, data)?;
    }
    let made = r#type::generic_alloc(ty, 0)?;
    // SAFETY: a fresh hash.
    let place = unsafe { &(*made.as_ptr().cast::<Hash>()).state };
    place.set(Box::into_raw(Box::new(hasher)));
    Ok(made)
}

const CONSTRUCTOR: &[&std::primitive::str] = &["data", "usedforsecurity", "string"];

/// `data`, or its older name `string`.
fn either([data, _, string]: [Option<&Object>; 3]) -> PyResult<Option<&Object>> {
    let string = string.filter(|s| !s.is(none::none()));
    if data.is_some() && string.is_some() {
        return Err(error::type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        ));
    }
    Ok(data.or(string))
}

fn data_of_tuple<'a>(
    name: &'static std::primitive::str,
    args: &'a Object,
    kwargs: Option<&'a Object>,
) -> PyResult<Option<&'a Object>> {
    either(Signature::new(name, CONSTRUCTOR, 0, 0, 1).bind_tuple::<3>(args, kwargs)?)
}

macro_rules! constructors {
    ($($table:ident: $($name:literal $ty:ident $make:expr);* $(;)?)*) => { $(
        const $table: &[MethodDef] = &[$(MethodDef::new(
            $name,
            Native::FastKeywords(|_, args, kwnames| {
                static SIGNATURE: Signature = Signature::new($name, CONSTRUCTOR, 0, 0, 1);
                start(&$ty, $make, either(SIGNATURE.bind::<3>(args, kwnames)?)?)
            }),
            "",
        ),)*];
    )* };
}

constructors! {
    MD5_METHODS: "md5" MD5 of_crate::<md5::Md5>("md5", 64);
    SHA1_METHODS: "sha1" SHA1 of_crate::<sha1::Sha1>("sha1", 64);
    SHA2_METHODS:
        "sha224" SHA224 of_crate::<sha2::Sha224>("sha224", 64);
        "sha256" SHA256 of_crate::<sha2::Sha256>("sha256", 64);
        "sha384" SHA384 of_crate::<sha2::Sha384>("sha384", 128);
        "sha512" SHA512 of_crate::<sha2::Sha512>("sha512", 128);
}

const fn module_def(
    name: &'static std::primitive::str,
    methods: &'static [MethodDef],
    exec: fn(&Object) -> PyResult<()>,
) -> ModuleDef {
    ModuleDef {
        name,
        doc: "",
        methods,
        exec,
    }
}

pub static MD5_MODULE: ModuleDef =
    module_def("_md5", MD5_METHODS, |m| fill(m, &[("MD5Type", &MD5)]));
pub static SHA1_MODULE: ModuleDef =
    module_def("_sha1", SHA1_METHODS, |m| fill(m, &[("SHA1Type", &SHA1)]));
pub static SHA2_MODULE: ModuleDef = module_def("_sha2", SHA2_METHODS, |m| {
    fill(
        m,
        &[
            ("SHA224Type", &SHA224),
            ("SHA256Type", &SHA256),
            ("SHA384Type", &SHA384),
            ("SHA512Type", &SHA512),
        ],
    )
});
pub static SHA3_MODULE: ModuleDef = module_def("_sha3", &[], |m| {
    let named = SHA3_TYPES.map(|ty| (ty.name(), ty));
    fill(m, &named)?;
    dict::set_str(module::namespace(m), "implementation", &Str::new("HACL"));
    Ok(())
});
pub static BLAKE2_MODULE: ModuleDef = module_def("_blake2", &[], |m| {
    fill(m, &[("blake2b", &BLAKE2B), ("blake2s", &BLAKE2S)])?;
    for (ty, prefix, [salt, person, key, digest]) in [
        (&BLAKE2B, "BLAKE2B", [16, 16, 64, 64]),
        (&BLAKE2S, "BLAKE2S", [8, 8, 32, 32]),
    ] {
        // SAFETY: the type is ready, so it has its dict.
        let own = unsafe { &*ty.dict.get() };
        for (name, value) in [
            ("SALT_SIZE", salt),
            ("PERSON_SIZE", person),
            ("MAX_KEY_SIZE", key),
            ("MAX_DIGEST_SIZE", digest),
        ] {
            let value = int::from_i64(value);
            dict::set_str(own, name, &value);
            dict::set_str(module::namespace(m), &format!("{prefix}_{name}"), &value);
        }
    }
    Ok(())
});

fn fill(module: &Object, types: &[(&std::primitive::str, &'static Type)]) -> PyResult<()> {
    let space = module::namespace(module);
    for (name, ty) in types {
        typeobject_ready::ready_static(ty);
        dict::set_str(space, name, ty.as_object());
    }
    dict::set_str(space, "_GIL_MINSIZE", &int::from_i64(2048));
    Ok(())
}

const BLAKE: &[&std::primitive::str] = &[
    "data",
    "digest_size",
    "key",
    "salt",
    "person",
    "fanout",
    "depth",
    "leaf_size",
    "node_offset",
    "node_depth",
    "inner_size",
    "last_node",
    "usedforsecurity",
    "string",
];

/// A parameter within `range`, or ValueError with `text`.
fn blake_number(
    value: Option<&Object>,
    default: i128,
    range: RangeInclusive<i128>,
    text: &std::primitive::str,
) -> PyResult<i128> {
    let value = match value {
        Some(value) => {
            let index = ops::number::index(value)?;
            int::cast(&index).to_i128().unwrap_or(i128::MAX)
        }
        None => default,
    };
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(error::value_error(text))
    }
}

/// A parameter of at most `size` bytes.
fn blake_bytes(
    value: Option<&Object>,
    size: usize,
    what: &std::primitive::str,
) -> PyResult<Vec<u8>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let data = bytes::bytes_like(value)?.slice().to_vec();
    if data.len() > size {
        return Err(error::value_error(format!(
            "maximum {what} length is {size} bytes"
        )));
    }
    Ok(data)
}

fn new_blake(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let wide = std::ptr::eq(ty, &BLAKE2B);
    let name = if wide { "blake2b" } else { "blake2s" };
    let [
        data,
        digest_size,
        key,
        salt,
        person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size,
        last_node,
        used,
        string,
    ] = Signature::new(name, BLAKE, 0, 0, 1).bind_tuple::<14>(args, kwargs)?;
    let (most, salt_size, offset_bits) = if wide { (64, 16, 64) } else { (32, 8, 48) };
    let size_text = format!(
        "digest_size for {} must be between 1 and {most} bytes, here it is {}",
        if wide { "Blake2b" } else { "Blake2s" },
        digest_size.map_or(String::new(), terrarium_objects::ops::text::lossy)
    );
    let parameters = Parameters {
        digest_size: blake_number(digest_size, most, 1..=most, &size_text)? as usize,
        salt: blake_bytes(salt, salt_size, "salt")?,
        person: blake_bytes(person, salt_size, "person")?,
        fanout: blake_number(fanout, 1, 0..=255, "fanout must be between 0 and 255")? as u8,
        depth: blake_number(depth, 1, 1..=255, "depth must be between 1 and 255")? as u8,
        leaf_size: blake_number(leaf_size, 0, 0..=u32::MAX.into(), "leaf_size is too large")?
            as u32,
        node_offset: blake_number(
            node_offset,
            0,
            0..=(1 << offset_bits) - 1,
            "node_offset is too large",
        )? as u64,
        node_depth: blake_number(
            node_depth,
            0,
            0..=255,
            "node_depth must be between 0 and 255",
        )? as u8,
        inner_size: blake_number(
            inner_size,
            0,
            0..=most,
            &format!("inner_size must be between 0 and is {most}"),
        )? as u8,
        key: blake_bytes(key, most as usize, "key")?,
        last_node: last_node.map_or(Ok(false), ops::compare::is_true)?,
    };
    let hasher: Box<dyn Hasher> = if wide {
        Box::new(Blake2b::new(&parameters))
    } else {
        Box::new(Blake2s::new(&parameters))
    };
    start(ty, hasher, either([data, used, string])?)
}
