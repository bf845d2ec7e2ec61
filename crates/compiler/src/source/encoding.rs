//! The encoding of a source file: byte order mark, coding cookie, decoding (PEP 263; CPython's Lib/encodings names the codecs).

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::{charmap, unicode};
use crate::error::{Class, Error, Place};
use crate::literals;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The encoding a cookie in the first two lines names, as written there but for case and underscores of the common names.
pub fn declared(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let mut lines = bytes.split(|&b| b == b'\n' || b == b'\r');
    let first = lines.next()?;
    if let Some(name) = cookie(first) {
        return Some(name);
    }
    if !is_blank(first) {
        return None;
    }
    // `\r\n` leaves an empty piece between.
    let crlf = bytes.get(first.len()) == Some(&b'\r') && bytes.get(first.len() + 1) == Some(&b'\n');
    if crlf {
        lines.next();
    }
    cookie(lines.next()?)
}

/// Whether a line holds nothing but a comment.
fn is_blank(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    text.is_empty() || text[0] == b'#'
}

/// `coding[:=]\s*([-\w.]+)` in a comment.
fn cookie(line: &[u8]) -> Option<String> {
    let blanks = line
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\x0c'))
        .count();
    let comment = line[blanks..].strip_prefix(b"#")?;
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&comment[from..], b"coding") {
        let rest = &comment[from + found + 6..];
        from += found + 6;
        let Some((b':' | b'=', rest)) = rest.split_first() else {
            continue;
        };
        let rest = &rest[rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count()..];
        let allowed = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let name: Vec<u8> = rest.iter().copied().take_while(allowed).collect();
        if !name.is_empty() {
            return Some(normal_name(&String::from_utf8_lossy(&name)));
        }
    }
    None
}

/// CPython's `get_normal_name`: only the spellings of UTF-8 and Latin-1 are unified.
fn normal_name(name: &str) -> String {
    let folded: String = name
        .chars()
        .take(12)
        .map(|c| {
            if c == '_' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let is = |known: &str| folded == known || folded.starts_with(&format!("{known}-"));
    if is("utf-8") {
        return "utf-8".to_owned();
    }
    if ["latin-1", "iso-8859-1", "iso-latin-1"]
        .iter()
        .any(|known| is(known))
    {
        return "iso-8859-1".to_owned();
    }
    name.to_owned()
}

/// Whether `name` (normalised) is UTF-8 by one of its codec names.
pub fn is_utf8(name: &str) -> bool {
    matches!(
        codec_name(name).as_str(),
        "utf_8" | "u8" | "utf" | "utf8" | "utf8_ucs2" | "utf8_ucs4" | "cp65001"
    )
}

/// Lib/encodings' `normalize_encoding`: runs of punctuation become one underscore.
fn codec_name(name: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// The text of a source file, byte order mark gone.
pub fn decode<'s>(bytes: &'s [u8], filename: &str) -> Result<Cow<'s, str>, Error> {
    let name = declared(bytes);
    let (rest, bom) = match bytes.strip_prefix(BOM) {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let Some(name) = name.filter(|name| name != "utf-8") else {
        return utf8(rest).map(Cow::Borrowed);
    };
    if bom {
        return Err(bom_problem(&name, rest));
    }
    // CPython changes the newlines before it decodes, which positions in errors tell.
    let rest = &*with_newlines(rest);
    // It decodes any other spelling of UTF-8 with the codec, whose errors read differently.
    let problem = match codec_name(&name).as_str() {
        _ if is_utf8(&name) => match std::str::from_utf8(rest) {
            Ok(text) => return Ok(Cow::Owned(text.to_owned())),
            Err(error) => utf8_problem(rest, error.valid_up_to()),
        },
        "utf_8_sig" => return Ok(Cow::Owned(utf8(rest)?.to_owned())),
        "charmap" | "iso_8859_1" | "latin_1" | "iso8859_1" | "8859" | "cp819" | "l1" | "latin"
        | "latin1" | "iso8859" | "ibm819" | "iso_ir_100" | "iso_8859_1_1987" | "csisolatin1" => {
            return Ok(rest
                .iter()
                .map(|&b| char::from(b))
                .collect::<String>()
                .into());
        }
        "ascii" | "us_ascii" | "646" | "us" | "ansi_x3.4_1968" | "ansi_x3_4_1968" | "iso646_us"
        | "iso_ir_6" | "cp367" | "csascii" | "ibm367" | "iso_646.irv_1991" | "ansi_x3.4_1986" => {
            match rest.iter().position(|b| !b.is_ascii()) {
                None => return Ok(Cow::Owned(String::from_utf8_lossy(rest).into_owned())),
                Some(at) => format!(
                    "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                    rest[at]
                ),
            }
        }
        "unicode_escape" | "unicodeescape" => match unicode_escape(rest) {
            Ok(text) => return Ok(Cow::Owned(text)),
            Err(problem) => problem,
        },
        codec => return other(rest, &name, codec, filename).map(Cow::Owned),
    };
    Err(codec_problem(problem, filename))
}

/// Latin-1 with the escapes of string literals.
fn unicode_escape(bytes: &[u8]) -> Result<String, String> {
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    let mut decoded = Vec::with_capacity(text.len());
    literals::decode_str(text.as_bytes(), false, false, &mut decoded)?;
    String::from_utf8(decoded).map_err(|_| "surrogates not allowed".to_owned())
}

/// `\r\n` and `\r` become `\n`.
fn with_newlines(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let ends_line = |at: usize| bytes[at] != b'\r' || bytes.get(at + 1) != Some(&b'\n');
    let kept = (0..bytes.len()).filter(|&at| ends_line(at));
    let newline = |byte| if byte == b'\r' { b'\n' } else { byte };
    Cow::Owned(kept.map(|at| newline(bytes[at])).collect())
}

/// Decodes a source whose declaration counts for nothing.
pub fn undeclared(bytes: &[u8]) -> Result<&str, Error> {
    utf8(bytes.strip_prefix(BOM).unwrap_or(bytes))
}

/// UTF-8 without a declaration of another encoding.
fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |newline| newline + 1);
    let end =
        memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |newline| at + newline);
    let line = line_number(&bytes[..start]);
    let message = format!(
        "Non-UTF-8 code starting with '\\x{:02x}' on line {line}, but no encoding declared; see \
         https://peps.python.org/pep-0263/ for details",
        bytes[at]
    );
    let text = String::from_utf8_lossy(&bytes[start..end]).into_owned();
    let offset = String::from_utf8_lossy(&bytes[start..at]).chars().count() as i32 + 1;
    Err(Error {
        class: Class::SyntaxError,
        message,
        filename: None,
        place: Some(Place {
            line,
            offset,
            end_line: line,
            end_offset: offset,
        }),
        text: Some(text),
        rejected: None,
        bare: false,
    })
}

/// The number of the line that follows `before`, counted from 1.
fn line_number(before: &[u8]) -> i32 {
    let mut line = 1;
    for (i, &byte) in before.iter().enumerate() {
        line += i32::from(byte == b'\n' || byte == b'\r' && before.get(i + 1) != Some(&b'\n'));
    }
    line
}

/// The number of the line that a cookie stands in, and the bytes from there on.
fn cookie_line(bytes: &[u8]) -> (i32, &[u8]) {
    let end = memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
    if cookie(&bytes[..end]).is_some() || end == bytes.len() {
        return (1, bytes);
    }
    let crlf = bytes[end..].starts_with(b"\r\n");
    (2, &bytes[end + 1 + usize::from(crlf)..])
}

/// A byte order mark of UTF-8 and a cookie that says otherwise.
fn bom_problem(name: &str, rest: &[u8]) -> Error {
    let (line, rest) = cookie_line(rest);
    let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    let text = String::from_utf8_lossy(&rest[..end]).into_owned();
    // The newline of the line before counts.
    let end_offset = text.chars().count() as i32 + (line - 1);
    Error {
        class: Class::SyntaxError,
        message: format!("encoding problem: {name} with BOM"),
        filename: None,
        place: Some(Place {
            line,
            offset: 0,
            end_line: line,
            end_offset,
        }),
        text: Some(text),
        rejected: None,
        bare: false,
    }
}

/// What a codec's exception becomes on the way through the parser.
fn codec_problem(message: String, filename: &str) -> Error {
    Error {
        class: Class::SyntaxError,
        message,
        filename: Some(filename.to_owned()),
        place: Some(Place::UNKNOWN),
        text: None,
        rejected: None,
        bare: false,
    }
}

/// The text of CPython's UnicodeDecodeError for the first wrong byte.
pub fn utf8_problem(bytes: &[u8], at: usize) -> String {
    let first = bytes[at];
    let needed = match first {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    };
    let valid = |i: usize, b: u8| match (i, first) {
        (1, 0xe0) => (0xa0..=0xbf).contains(&b),
        (1, 0xed) => (0x80..=0x9f).contains(&b),
        (1, 0xf0) => (0x90..=0xbf).contains(&b),
        (1, 0xf4) => (0x80..=0x8f).contains(&b),
        _ => (0x80..=0xbf).contains(&b),
    };
    let good = (1..=needed)
        .take_while(|&i| bytes.get(at + i).is_some_and(|&b| valid(i, b)))
        .count();
    let reason = match needed {
        0 => "invalid start byte",
        _ if at + good + 1 >= bytes.len() => "unexpected end of data",
        _ => "invalid continuation byte",
    };
    if good == 0 {
        return format!("'utf-8' codec can't decode byte 0x{first:02x} in position {at}: {reason}");
    }
    format!(
        "'utf-8' codec can't decode bytes in position {at}-{}: {reason}",
        at + good
    )
}

/// The remaining codecs: one-byte ones by their tables, others as encoding_rs has them.
fn other(bytes: &[u8], name: &str, codec: &str, filename: &str) -> Result<String, Error> {
    let not_text = [
        "rot13",
        "rot_13",
        "hex",
        "hex_codec",
        "base64",
        "base64_codec",
        "zlib",
        "zlib_codec",
        "bz2",
        "bz2_codec",
        "uu",
        "uu_codec",
        "quopri",
        "quopri_codec",
        "zip",
        "base_64",
        "quoted_printable",
        "quotedprintable",
    ];
    if not_text.contains(&codec) {
        let message = format!(
            "'{name}' is not a text encoding; use codecs.decode() to handle arbitrary codecs"
        );
        return Err(codec_problem(message, filename));
    }
    match charmap::decode(bytes, codec) {
        Some(Ok(text)) => return Ok(text),
        Some(Err(at)) => {
            let message = format!(
                "'charmap' codec can't decode byte 0x{:02x} in position {at}: character maps to <undefined>",
                bytes[at]
            );
            return Err(codec_problem(message, filename));
        }
        None => {}
    }
    // A module's last line has got its newline by now.
    let mut line = bytes.to_vec();
    let is_added = !line.ends_with(b"\n");
    line.extend(is_added.then_some(b'\n'));
    if let Some(decoded) = unicode::decode(&line, codec) {
        let mut text = decoded.map_err(|problem| codec_problem(problem, filename))?;
        if is_added && text.ends_with('\n') {
            text.pop();
        }
        return Ok(text);
    }
    let Some(encoding) = encoding(codec) else {
        return Err(codec_problem(format!("unknown encoding: {name}"), filename));
    };
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    let at = first_problem(encoding, bytes);
    let byte = bytes.get(at).copied().unwrap_or(0);
    let message = format!(
        "'{codec}' codec can't decode byte 0x{byte:02x} in position {at}: illegal multibyte sequence"
    );
    Err(codec_problem(message, filename))
}

/// Offset of the first byte that does not decode.
fn first_problem(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        encoding_rs::DecoderResult::Malformed(length, extra) => {
            read.saturating_sub(usize::from(length + extra))
        }
        _ => 0,
    }
}

/// CPython's name of a codec of several bytes a character to encoding_rs's encoding.
fn encoding(codec: &str) -> Option<&'static Encoding> {
    let label = match codec {
        "euc_jp" | "eucjp" | "ujis" | "u_jis" => "euc-jp",
        "shift_jis" | "shiftjis" | "sjis" | "s_jis" | "csshiftjis" | "cp932" | "932" | "ms932"
        | "mskanji" | "ms_kanji" => "shift_jis",
        "euc_kr" | "euckr" | "korean" | "ksc5601" | "ks_c_5601" | "ks_c_5601_1987" | "ksx1001"
        | "ks_x_1001" | "cp949" | "949" | "ms949" | "uhc" => "euc-kr",
        "big5" | "big5_tw" | "csbig5" | "cp950" | "950" | "ms950" | "big5hkscs" | "big5_hkscs"
        | "hkscs" => "big5",
        "gb2312" | "chinese" | "csiso58gb231280" | "euc_cn" | "euccn" | "eucgb2312_cn"
        | "gb2312_1980" | "gb2312_80" | "gbk" | "936" | "cp936" | "ms936" => "gbk",
        "gb18030" | "gb18030_2000" => "gb18030",
        "iso2022_jp" | "iso_2022_jp" | "csiso2022jp" | "iso2022jp" => "iso-2022-jp",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}
