//! Numbers and texts against CPython's results (facts/text.txt, written by facts/text.py).

use terrarium_objects::ops::{attribute, call, compare, number, sequence, text};
use terrarium_objects::refs::{Owned, PyResult, Word};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{complex, float, int, list::List, tuple::Tuple};
use terrarium_objects::{CompareOp, Object, none_owned};

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex digits"))
        .collect()
}

fn double(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).expect("hex digits"))
}

/// The object that an argument of a case spells.
fn read(text: &str) -> Owned {
    let rest = &text[1..];
    match text.as_bytes()[0] {
        b'n' => none_owned(),
        b'b' => terrarium_objects::types::bool::bool_owned(rest == "1"),
        b'i' => {
            int::from_bigint(&num_bigint::BigInt::parse_bytes(rest.as_bytes(), 16).expect("an int"))
        }
        b'f' => float::from_f64(double(rest)),
        b'c' => complex::from_parts(double(&rest[..16]), double(&rest[16..])),
        b's' => Str::from_wtf8(&unhex(rest)),
        b'y' => Bytes::new(&unhex(rest)),
        kind => panic!("unknown kind {kind}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// An object as the cases spell it.
fn show(object: &Object) -> String {
    let several = |items: &mut dyn Iterator<Item = &Object>| {
        let shown: Vec<String> = items.map(show).collect();
        format!("t{}", shown.join(","))
    };
    if object.is(terrarium_objects::none()) {
        "n".into()
    } else if terrarium_objects::types::bool::is_bool(object) {
        format!(
            "b{}",
            u8::from(terrarium_objects::types::bool::is_true(object))
        )
    } else if int::is_int(object) {
        format!("i{:x}", int::to_bigint(object))
    } else if float::is_float(object) {
        format!("f{:016x}", float::value(object).to_bits())
    } else if complex::is_complex(object) {
        let (re, im) = complex::value(object);
        format!("c{:016x}{:016x}", re.to_bits(), im.to_bits())
    } else if str::is_str(object) {
        format!("s{}", hex(&str::cast(object).wtf8()))
    } else if bytes::is_bytes(object) {
        format!("y{}", hex(bytes::cast(object).bytes()))
    } else if let Some(items) = object.downcast::<Tuple>() {
        several(&mut items.items().iter().map(|i| &**i))
    } else if let Some(items) = object.downcast::<List>() {
        several(&mut (0..items.len()).filter_map(|i| items.item(i)))
    } else {
        format!("?{}", object.ty().name())
    }
}

/// A result for people.
fn plain(result: &str) -> String {
    match result.rsplit_once(':') {
        Some((kind, message)) => format!("{kind}: {}", String::from_utf8_lossy(&unhex(message))),
        None if result.starts_with(['s', 'y']) => {
            format!("{:?}", String::from_utf8_lossy(&unhex(&result[1..])))
        }
        None => result.to_string(),
    }
}

fn method(name: &str, args: &[Owned]) -> PyResult {
    let words: Vec<Word> = args[1..].iter().map(|a| Word::borrowed(a)).collect();
    let bound = attribute::get_str(&args[0], name)?;
    call::call(&bound, &words, None)
}

fn truth(value: bool) -> Owned {
    terrarium_objects::types::bool::bool_owned(value)
}

fn run(operation: &str, args: &[Owned]) -> PyResult {
    let a = &args[0];
    let b = || &args[1];
    let binary = |oparg| number::binary_op(oparg, a, &args[1]);
    match operation {
        "add" => binary(0),
        "and" => binary(1),
        "floordiv" => binary(2),
        "lshift" => binary(3),
        "mul" => binary(5),
        "mod" | "percent" => binary(6),
        "or" => binary(7),
        "pow" => binary(8),
        "rshift" => binary(9),
        "sub" => binary(10),
        "truediv" => binary(11),
        "xor" => binary(12),
        "subscript" => binary(26),
        "intbase" => call::call(
            int::INT.as_object(),
            &[Word::borrowed(a), Word::borrowed(b())],
            None,
        ),
        "complex" => call::call(complex::COMPLEX.as_object(), &[Word::borrowed(a)], None),
        "modpow" => number::power(a, b(), &args[2]),
        "lt" => compare::compare(a, b(), CompareOp::Lt),
        "eq" => compare::compare(a, b(), CompareOp::Eq),
        "neg" => number::negative(a),
        "invert" => number::invert(a),
        "abs" => number::absolute(a),
        "float" | "parsefloat" => number::to_float(a),
        "int" => number::to_int(a),
        "hash" => compare::hash(a).map(|h| int::from_i64(h as i64)),
        "repr" => text::repr(a),
        "ascii" => text::ascii(a),
        "parse" => {
            let base = if str::cast(a).lossy().contains('x') {
                16
            } else {
                10
            };
            int::parse::from_str_object(a, base)
        }
        "format" => text::format(a, Some(b())),
        "contains" => sequence::contains(a, b()).map(truth),
        "round" => method("__round__", args),
        "ratio" => method("as_integer_ratio", args),
        "fromhex" => method(
            "fromhex",
            &[Owned::new(float::FLOAT.as_object()), a.clone()],
        ),
        "hex" | "bit_length" | "bit_count" => method(operation, args),
        _ => method(
            operation.strip_prefix("call:").expect("a known operation"),
            args,
        ),
    }
}

#[test]
fn as_cpython_computes() {
    str::set_hash_seed(Some(0));
    terrarium_objects::init();
    int::text::set_max_str_digits(0);
    let cases =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/facts/text.txt"))
            .expect("the cases");
    let (mut wrong, mut all) = (Vec::new(), 0);
    let mut each = std::collections::BTreeMap::new();
    for case in cases.lines() {
        let (call, expected) = case.split_once(" = ").expect("a result");
        let mut parts = call.split(' ');
        let operation = parts.next().expect("an operation");
        let args: Vec<Owned> = parts.map(read).collect();
        all += 1;
        let found = match run(operation, &args) {
            Ok(result) => show(&result),
            Err(_) => {
                let error = terrarium_objects::fetch().expect("an exception");
                let message = text::str(&error).expect("its text");
                format!(
                    "e{}:{}",
                    error.ty().name(),
                    hex(&str::cast(&message).wtf8())
                )
            }
        };
        if found != expected {
            let count = each.entry(operation.to_string()).or_insert(0);
            *count += 1;
            if *count <= 4 {
                wrong.push(format!(
                    "{call} = {}\n    but got {}",
                    plain(expected),
                    plain(&found)
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "of {all} cases differ {each:?}:\n{}",
        wrong.join("\n")
    );
}
