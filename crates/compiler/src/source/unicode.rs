//! Encodings of all of Unicode other than UTF-8, as a cookie may name them. Errors are the texts of CPython's UnicodeDecodeError.

/// The order of the bytes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
    /// As the byte order mark says; little without one.
    Marked,
}

/// Decodes `bytes` if `codec` (as Lib/encodings normalises names) is one of these.
pub fn decode(bytes: &[u8], codec: &str) -> Option<Result<String, String>> {
    Some(match codec {
        "utf_16" | "u16" | "utf16" => utf_16(bytes, Order::Marked),
        "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => utf_16(bytes, Order::Little),
        "utf_16_be" | "utf_16be" | "unicodebigunmarked" => utf_16(bytes, Order::Big),
        "utf_32" | "u32" | "utf32" => utf_32(bytes, Order::Marked),
        "utf_32_le" | "utf_32le" => utf_32(bytes, Order::Little),
        "utf_32_be" | "utf_32be" => utf_32(bytes, Order::Big),
        "utf_7" | "u7" | "utf7" | "unicode_1_1_utf_7" => utf_7(bytes),
        "raw_unicode_escape" => raw_unicode_escape(bytes),
        "hz" | "hzgb" | "hz_gb" | "hz_gb_2312" => hz(bytes),
        "idna" => idna(bytes)?,
        "undefined" => Err("undefined encoding".to_owned()),
        _ => return None,
    })
}

/// What the exception says of the bytes from `start` to `end`.
fn problem(codec: &str, bytes: &[u8], start: usize, end: usize, reason: &str) -> String {
    match end - start {
        1 => format!(
            "'{codec}' codec can't decode byte 0x{:02x} in position {start}: {reason}",
            bytes[start]
        ),
        _ => format!(
            "'{codec}' codec can't decode bytes in position {start}-{}: {reason}",
            end - 1
        ),
    }
}

/// The order that counts, and where the text starts.
fn resolve(bytes: &[u8], order: Order, width: usize) -> (Order, usize) {
    if order != Order::Marked {
        return (order, 0);
    }
    match (width, bytes) {
        (2, [0xff, 0xfe, ..]) => (Order::Little, 2),
        (2, [0xfe, 0xff, ..]) => (Order::Big, 2),
        (4, [0xff, 0xfe, 0, 0, ..]) => (Order::Little, 4),
        (4, [0, 0, 0xfe, 0xff, ..]) => (Order::Big, 4),
        _ => (Order::Little, 0),
    }
}

fn unit(bytes: &[u8], order: Order) -> u32 {
    let join = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
    match order {
        Order::Big => bytes.iter().fold(0, join),
        _ => bytes.iter().rev().fold(0, join),
    }
}

fn utf_16(bytes: &[u8], order: Order) -> Result<String, String> {
    let (order, mut at) = resolve(bytes, order, 2);
    let codec = match order {
        Order::Big => "utf-16-be",
        _ => "utf-16-le",
    };
    let fail = |start, end, reason| Err(problem(codec, bytes, start, end, reason));
    let mut text = String::with_capacity(bytes.len());
    while at < bytes.len() {
        let Some(pair) = bytes.get(at..at + 2) else {
            return fail(at, bytes.len(), "truncated data");
        };
        let first = unit(pair, order);
        let value = match first {
            0xdc00..=0xdfff => return fail(at, at + 2, "illegal encoding"),
            0xd800..=0xdbff => {
                let Some(pair) = bytes.get(at + 2..at + 4) else {
                    return fail(at, bytes.len(), "unexpected end of data");
                };
                let second = unit(pair, order);
                if !matches!(second, 0xdc00..=0xdfff) {
                    return fail(at, at + 2, "illegal UTF-16 surrogate");
                }
                at += 2;
                0x10000 + ((first & 0x3ff) << 10 | second & 0x3ff)
            }
            value => value,
        };
        text.extend(char::from_u32(value));
        at += 2;
    }
    Ok(text)
}

fn utf_32(bytes: &[u8], order: Order) -> Result<String, String> {
    let (order, start) = resolve(bytes, order, 4);
    let codec = match order {
        Order::Big => "utf-32-be",
        _ => "utf-32-le",
    };
    let fail = |start, end, reason| Err(problem(codec, bytes, start, end, reason));
    let mut text = String::with_capacity(bytes.len());
    for at in (start..bytes.len()).step_by(4) {
        let Some(four) = bytes.get(at..at + 4) else {
            return fail(at, bytes.len(), "truncated data");
        };
        match unit(four, order) {
            0xd800..=0xdfff => {
                let reason = "code point in surrogate code point range(0xd800, 0xe000)";
                return fail(at, at + 4, reason);
            }
            value => match char::from_u32(value) {
                Some(character) => text.push(character),
                None => return fail(at, at + 4, "code point not in range(0x110000)"),
            },
        }
    }
    Ok(text)
}

/// Latin-1 with `\uXXXX` and `\UXXXXXXXX` behind an odd number of backslashes.
fn raw_unicode_escape(bytes: &[u8]) -> Result<String, String> {
    let fail = |start, end, reason| Err(problem("rawunicodeescape", bytes, start, end, reason));
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let (digits, reason) = match (byte, bytes.get(at + 1)) {
            (b'\\', Some(b'u')) => (4, "truncated \\uXXXX escape"),
            (b'\\', Some(b'U')) => (8, "truncated \\UXXXXXXXX escape"),
            (b'\\', Some(&next)) => {
                text.push('\\');
                text.push(char::from(next));
                at += 2;
                continue;
            }
            _ => {
                text.push(char::from(byte));
                at += 1;
                continue;
            }
        };
        let number = &bytes[at + 2..bytes.len().min(at + 2 + digits)];
        let good = number.iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let end = at + 2 + good;
        if good < digits {
            return fail(at, end, reason);
        }
        let value = number.iter().fold(0u32, |value, &digit| {
            value << 4 | char::from(digit).to_digit(16).unwrap_or(0)
        });
        if value > 0x10ffff {
            return fail(at, end, "\\Uxxxxxxxx out of range");
        }
        text.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
        at = end;
    }
    Ok(text)
}

/// RFC 1843: pairs of seven bits between `~{` and `~}`.
fn hz(bytes: &[u8]) -> Result<String, String> {
    let wrong = |start, end| {
        Err(problem(
            "hz",
            bytes,
            start,
            end,
            "illegal multibyte sequence",
        ))
    };
    let mut text = String::with_capacity(bytes.len());
    let (mut at, mut is_shifted) = (0, false);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'~', Some(b'~')) if !is_shifted => text.push('~'),
            (b'~', Some(b'{')) if !is_shifted => is_shifted = true,
            (b'~', Some(b'}')) if is_shifted => is_shifted = false,
            (b'~', Some(b'\n')) => {}
            (b'~' | 0x80.., Some(_)) => return wrong(at, at + 1),
            (b'~', None) => {
                let reason = "incomplete multibyte sequence";
                return Err(problem("hz", bytes, at, at + 1, reason));
            }
            (0x80.., None) => return wrong(at, at + 1),
            (b'\n', _) => {
                is_shifted = false;
                text.push('\n');
                at += 1;
                continue;
            }
            (byte, _) if !is_shifted => {
                text.push(char::from(byte));
                at += 1;
                continue;
            }
            (_, None) => {
                let reason = "incomplete multibyte sequence";
                return Err(problem("hz", bytes, at, at + 1, reason));
            }
            (first, Some(&second)) => {
                let pair = [first | 0x80, second | 0x80];
                let decoded =
                    encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(&pair);
                match decoded {
                    Some(decoded) => text += &decoded,
                    None => return wrong(at, at + 1),
                }
            }
        }
        at += 2;
    }
    Ok(text)
}

/// Text without labels in Punycode, which passes as it is; `None` for other text.
fn idna(bytes: &[u8]) -> Option<Result<String, String>> {
    if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii()) {
        let reason = "ordinal not in range(128)";
        return Some(Err(problem("idna", bytes, at, at + 1, reason)));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.to_ascii_lowercase().contains("xn--")).then(|| Ok(text.to_owned()))
}

/// RFC 2152: `+`, base 64 of UTF-16, `-`.
fn utf_7(bytes: &[u8]) -> Result<String, String> {
    let fail = |start, end, reason| Err(problem("utf7", bytes, start, end, reason));
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'+' if bytes.get(at) == Some(&b'-') => {
                text.push('+');
                at += 1;
            }
            b'+' if bytes.get(at).is_some_and(|&byte| sextet(byte).is_none()) => {
                return fail(start, at + 1, "ill-formed sequence");
            }
            b'+' => {
                let length = bytes[at..].iter().map_while(|&byte| sextet(byte)).count();
                let end = at + length;
                let is_open = end == bytes.len();
                let (units, rest, bits) = shifted(&bytes[at..end]);
                let is_partial = rest >= 6 || bits != 0;
                if is_open && length > 0 && (rest >= 6 || is_half(&units)) {
                    return fail(start, end, "unterminated shift sequence");
                }
                at = end + usize::from(bytes.get(end) == Some(&b'-'));
                if !is_open && is_partial {
                    let reason = match rest {
                        6.. => "partial character in shift sequence",
                        _ => "non-zero padding bits in shift sequence",
                    };
                    return fail(start, end + 1, reason);
                }
                text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')));
            }
            byte if byte >= 0x80 => return fail(start, at, "unexpected special character"),
            byte => text.push(char::from(byte)),
        }
    }
    Ok(text)
}

/// The UTF-16 units of base 64 digits, and of what is left over how many bits, and which.
fn shifted(digits: &[u8]) -> (Vec<u16>, u32, u32) {
    let (mut buffer, mut bits) = (0u32, 0);
    let mut units = Vec::new();
    for value in digits.iter().filter_map(|&digit| sextet(digit)) {
        buffer = buffer << 6 | value;
        bits += 6;
        if bits >= 16 {
            bits -= 16;
            units.push((buffer >> bits) as u16);
            buffer &= (1 << bits) - 1;
        }
    }
    (units, bits, buffer)
}

/// Whether the last unit waits for its other half.
fn is_half(units: &[u16]) -> bool {
    matches!(units.last(), Some(0xd800..=0xdbff))
}

/// The value of a base 64 digit.
fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}
