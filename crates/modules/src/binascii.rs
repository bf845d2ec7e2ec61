//! `binascii` (Modules/binascii.c): base64, hexadecimal, uuencode, quoted-printable, checksums.

use terrarium_objects::args::{self, Signature};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, exceptions as exc, int, module};
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Raised, Type, Word, error, ops, state,
};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "binascii",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new("a2b_uu", Native::O(a2b_uu), ""),
    MethodDef::new("b2a_uu", Native::FastKeywords(b2a_uu), ""),
    MethodDef::new("a2b_base64", Native::FastKeywords(a2b_base64), ""),
    MethodDef::new("b2a_base64", Native::FastKeywords(b2a_base64), ""),
    MethodDef::new("a2b_hex", Native::O(|_, text| a2b_hex(text)), ""),
    MethodDef::new("b2a_hex", Native::FastKeywords(b2a_hex), ""),
    MethodDef::new("hexlify", Native::FastKeywords(b2a_hex), ""),
    MethodDef::new("unhexlify", Native::O(|_, text| a2b_hex(text)), ""),
    MethodDef::new("crc_hqx", Native::Fast(crc_hqx), ""),
    MethodDef::new("crc32", Native::Fast(crc32), ""),
    MethodDef::new("a2b_qp", Native::FastKeywords(a2b_qp), ""),
    MethodDef::new("b2a_qp", Native::FastKeywords(b2a_qp), ""),
];

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    for (name, base) in [
        ("Error", &exc::VALUE_ERROR),
        ("Incomplete", &exc::EXCEPTION),
    ] {
        let body = dict::new();
        dict::set_str(&body, "__module__", &Str::new("binascii"));
        let bases: [&Object; 1] = [base.as_object()];
        let made = terrarium_objects::types::r#type::methods::make_class(name, &bases, &body)?;
        // However often the module is made, its functions raise one class.
        let class = match state::get()
            .kept("binascii.Error")
            .filter(|_| name == "Error")
        {
            Some(class) => terrarium_objects::Owned::new(class),
            None => made,
        };
        dict::set_str(space, name, &class);
        if name == "Error" {
            state::get().keep("binascii.Error", class);
        }
    }
    Ok(())
}

fn raise(text: &std::primitive::str) -> Raised {
    match state::get().kept("binascii.Error") {
        // SAFETY: kept as a class.
        Some(class) => error::raise(unsafe { class.cast::<Type>() }, text),
        None => error::value_error(text),
    }
}

/// Bytes, or the bytes of an ASCII string.
fn ascii_data(object: &Object) -> PyResult<Vec<u8>> {
    if str::is_str(object) {
        return match str::cast(object).as_ascii() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err(error::value_error(
                "string argument should contain only ASCII characters",
            )),
        };
    }
    match object.ty().slots.getbuffer {
        Some(get) => Ok(get(object)?.slice().to_vec()),
        None => Err(error::type_error(format!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            object.ty().full_name()
        ))),
    }
}

fn flag(value: Option<&Object>, default: bool) -> PyResult<bool> {
    value.map_or(Ok(default), ops::compare::is_true)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn a2b_base64(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "a2b_base64",
        params: &["data", "strict_mode"],
        posonly: 1,
        minpos: 1,
        maxpos: 1,
        minkw: 0,
    };
    let [data, strict] = SIGNATURE.bind::<2>(args, kwnames)?;
    let strict = flag(strict, false)?;
    let data = ascii_data(data.expect("required"))?;
    decode_base64(&data, strict).map(|out| Bytes::new(&out))
}

/// Base64 to bytes; characters outside the alphabet are passed over unless `strict`.
fn decode_base64(data: &[u8], strict: bool) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len() / 4 * 3 + 3);
    if strict && data.first() == Some(&b'=') {
        return Err(raise("Leading padding not allowed"));
    }
    let (mut position, mut left, mut pads) = (0, 0u8, 0);
    let mut padding_started = false;
    for (at, byte) in data.iter().enumerate() {
        if *byte == b'=' {
            padding_started = true;
            if strict && position == 0 {
                return Err(raise(if at == 0 {
                    "Leading padding not allowed"
                } else {
                    "Excess padding not allowed"
                }));
            }
            pads += 1;
            if position >= 2 && position + pads >= 4 {
                if strict && at + 1 < data.len() {
                    return Err(raise("Excess data after padding"));
                }
                return Ok(out);
            }
            continue;
        }
        let Some(value) = sextet(*byte) else {
            if strict {
                return Err(raise("Only base64 data is allowed"));
            }
            continue;
        };
        if strict && padding_started {
            return Err(raise("Discontinuous padding not allowed"));
        }
        pads = 0;
        match position {
            0 => {
                position = 1;
                left = value;
            }
            1 => {
                position = 2;
                out.push(left << 2 | value >> 4);
                left = value & 15;
            }
            2 => {
                position = 3;
                out.push(left << 4 | value >> 2);
                left = value & 3;
            }
            _ => {
                position = 0;
                out.push(left << 6 | value);
                left = 0;
            }
        }
    }
    match position {
        0 => Ok(out),
        1 => Err(raise(&format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        ))),
        _ => Err(raise("Incorrect padding")),
    }
}

fn b2a_base64(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "b2a_base64",
        params: &["data", "newline"],
        posonly: 1,
        minpos: 1,
        maxpos: 1,
        minkw: 0,
    };
    let [data, newline] = SIGNATURE.bind::<2>(args, kwnames)?;
    let newline = flag(newline, true)?;
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let mut out = Vec::with_capacity(buffer.len.div_ceil(3) * 4 + 1);
    for chunk in buffer.slice().chunks(3) {
        let word = u32::from(chunk[0]) << 16
            | u32::from(chunk.get(1).copied().unwrap_or(0)) << 8
            | u32::from(chunk.get(2).copied().unwrap_or(0));
        for index in 0..4 {
            out.push(if index <= chunk.len() {
                ALPHABET[(word >> (18 - 6 * index) & 63) as usize]
            } else {
                b'='
            });
        }
    }
    if newline {
        out.push(b'\n');
    }
    Ok(Bytes::new(&out))
}

fn a2b_hex(text: &Object) -> PyResult {
    let data = ascii_data(text)?;
    if data.len() % 2 == 1 {
        return Err(raise("Odd-length string"));
    }
    let digit = |byte: u8| (byte as char).to_digit(16);
    let mut out = Vec::with_capacity(data.len() / 2);
    for pair in data.chunks(2) {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => out.push((high << 4 | low) as u8),
            _ => return Err(raise("Non-hexadecimal digit found")),
        }
    }
    Ok(Bytes::new(&out))
}

fn b2a_hex(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("b2a_hex", &["data", "sep", "bytes_per_sep"], 0, 1, 3);
    let [data, separator, group] = SIGNATURE.bind::<3>(args, kwnames)?;
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let group = group.map_or(Ok(1), int::as_i32)?;
    let separator = match separator {
        None => None,
        Some(separator) => Some(separator_byte(separator)?),
    };
    let out = bytes::hex::to_hex(buffer.slice(), separator, group);
    Ok(Bytes::new(&out))
}

fn separator_byte(separator: &Object) -> PyResult<u8> {
    let data = if str::is_str(separator) {
        let text = str::cast(separator);
        if text.len() != 1 {
            return Err(error::value_error("sep must be length 1."));
        }
        match text.as_ascii() {
            Some(text) => text.as_bytes().to_vec(),
            None => return Err(error::value_error("sep must be ASCII.")),
        }
    } else if bytes::is_bytes(separator) {
        bytes::cast(separator).bytes().to_vec()
    } else {
        return Err(error::type_error("sep must be str or bytes."));
    };
    match data[..] {
        [byte] if byte < 128 => Ok(byte),
        [_] => Err(error::value_error("sep must be ASCII.")),
        _ => Err(error::value_error("sep must be length 1.")),
    }
}

fn a2b_uu(_: &Object, text: &Object) -> PyResult {
    let data = ascii_data(text)?;
    let Some((first, rest)) = data.split_first() else {
        return Ok(Bytes::new(&[0; 32]));
    };
    let wanted = usize::from(first.wrapping_sub(b' ') & 63);
    let mut out = Vec::with_capacity(wanted);
    let (mut bits, mut held) = (0u32, 0);
    let mut letters = rest.iter();
    while out.len() < wanted {
        let value = match letters.next() {
            None | Some(b'\n' | b'\r') => 0,
            Some(byte) if (b' '..=b' ' + 64).contains(byte) => u32::from(byte - b' ') & 63,
            Some(_) => return Err(raise("Illegal char")),
        };
        bits = bits << 6 | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    // What follows may only be padding.
    for byte in letters {
        if !matches!(byte, b' ' | b'`' | b'\n' | b'\r') {
            return Err(raise("Trailing garbage"));
        }
    }
    Ok(Bytes::new(&out))
}

fn b2a_uu(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "b2a_uu",
        params: &["data", "backtick"],
        posonly: 1,
        minpos: 1,
        maxpos: 1,
        minkw: 0,
    };
    let [data, backtick] = SIGNATURE.bind::<2>(args, kwnames)?;
    let backtick = flag(backtick, false)?;
    let buffer = bytes::bytes_like(data.expect("required"))?;
    if buffer.len > 45 {
        return Err(raise("At most 45 bytes at once"));
    }
    let letter = |value: u8| match value {
        0 if backtick => b'`',
        value => value + b' ',
    };
    let mut out = vec![letter(buffer.len as u8)];
    for chunk in buffer.slice().chunks(3) {
        let word = u32::from(chunk[0]) << 16
            | u32::from(chunk.get(1).copied().unwrap_or(0)) << 8
            | u32::from(chunk.get(2).copied().unwrap_or(0));
        for index in 0..4 {
            out.push(letter((word >> (18 - 6 * index) & 63) as u8));
        }
    }
    out.push(b'\n');
    Ok(Bytes::new(&out))
}

fn crc_hqx(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("crc_hqx", args.len(), 2, 2)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let start = int::to_bigint(&*ops::number::index(args[1].object())?);
    let mut crc = (start & num_bigint::BigInt::from(0xFFFF))
        .try_into()
        .unwrap_or(0u32);
    for byte in buffer.slice() {
        crc ^= u32::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 {
                crc << 1 ^ 0x1021
            } else {
                crc << 1
            } & 0xFFFF;
        }
    }
    Ok(int::from_i64(crc.into()))
}

/// The start value of a checksum: 32 bits of an int.
pub fn start_value(args: &[Word], default: u32) -> PyResult<u32> {
    match args.get(1) {
        None => Ok(default),
        Some(start) => {
            let start = int::to_bigint(&*ops::number::index(start.object())?);
            Ok((start & num_bigint::BigInt::from(u32::MAX))
                .try_into()
                .unwrap_or(0))
        }
    }
}

pub fn crc32(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("crc32", args.len(), 1, 2)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let start = start_value(args, 0)?;
    // SAFETY: a live slice.
    let crc = unsafe { libz_rs_sys::crc32_z(start.into(), buffer.slice().as_ptr(), buffer.len) };
    let crc = if buffer.len == 0 { start.into() } else { crc };
    Ok(int::from_u64(crc & 0xFFFF_FFFF))
}

fn hex_value(byte: Option<&u8>) -> Option<u8> {
    byte.and_then(|b| (*b as char).to_digit(16))
        .map(|d| d as u8)
}

fn a2b_qp(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("a2b_qp", &["data", "header"], 0, 1, 2);
    let [data, header] = SIGNATURE.bind::<2>(args, kwnames)?;
    let header = flag(header, false)?;
    let data = ascii_data(data.expect("required"))?;
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        match data[at] {
            b'=' => {
                at += 1;
                match data.get(at) {
                    None => break,
                    Some(b'\n' | b'\r') => {
                        // A soft line break.
                        while at < data.len() && data[at] != b'\n' {
                            at += 1;
                        }
                        at += 1;
                    }
                    Some(b'=') => {
                        out.push(b'=');
                        at += 1;
                    }
                    _ => match (hex_value(data.get(at)), hex_value(data.get(at + 1))) {
                        (Some(high), Some(low)) => {
                            out.push(high << 4 | low);
                            at += 2;
                        }
                        _ => out.push(b'='),
                    },
                }
            }
            b'_' if header => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Ok(Bytes::new(&out))
}

/// Longest line of quoted-printable text.
const LINE: usize = 76;

fn b2a_qp(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "b2a_qp",
        &["data", "quotetabs", "istext", "header"],
        0,
        1,
        4,
    );
    let [data, tabs, text, header] = SIGNATURE.bind::<4>(args, kwnames)?;
    let (tabs, text, header) = (flag(tabs, false)?, flag(text, true)?, flag(header, false)?);
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let data = buffer.slice();
    let crlf = data
        .iter()
        .position(|b| *b == b'\n')
        .is_some_and(|at| at > 0 && data[at - 1] == b'\r');
    let mut out: Vec<u8> = Vec::with_capacity(data.len() + 16);
    let mut length = 0;
    let soft_break = |out: &mut Vec<u8>| {
        out.push(b'=');
        out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
    };
    let mut at = 0;
    while at < data.len() {
        let byte = data[at];
        let next = data.get(at + 1).copied();
        let ends_line = next.is_none() || next == Some(b'\n');
        let quoted = byte > 126
            || byte == b'='
            || header && byte == b'_'
            || byte == b'.'
                && length == 0
                && (next.is_none() || matches!(next, Some(b'\n' | b'\r' | 0)))
            || !text && matches!(byte, b'\r' | b'\n')
            || matches!(byte, b'\t' | b' ') && next.is_none()
            || byte < 33
                && !matches!(byte, b'\r' | b'\n')
                && (tabs || !matches!(byte, b'\t' | b' '));
        if quoted && !(header && byte == b' ') {
            if length + 3 >= LINE {
                soft_break(&mut out);
                length = 0;
            }
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
            length += 3;
            at += 1;
            continue;
        }
        let newline = text && (byte == b'\n' || byte == b'\r' && next == Some(b'\n'));
        if newline {
            length = 0;
            // A blank at the end of a line must not stand alone.
            if let Some(last @ (b' ' | b'\t')) = out.last().copied() {
                out.pop();
                out.extend_from_slice(format!("={last:02X}").as_bytes());
            }
            if byte == b'\r' {
                at += 1;
            }
            out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
            at += 1;
            continue;
        }
        if next.is_some() && !ends_line && length + 1 >= LINE {
            soft_break(&mut out);
            length = 0;
        }
        length += 1;
        out.push(if header && byte == b' ' { b'_' } else { byte });
        at += 1;
    }
    Ok(Bytes::new(&out))
}
