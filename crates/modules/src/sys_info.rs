//! The tuples with named fields that `sys` shows: `version_info`, `flags`, `float_info`, `int_info`, `hash_info`.

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, int};
use terrarium_objects::{Object, PyResult};
use terrarium_runtime::config;

use crate::struct_sequence::{class, class_with_hidden, instance};

/// `version_info`, `flags`, `float_info`, `int_info`, `hash_info`.
pub fn add_to_sys(space: &Object) -> PyResult<()> {
    let number = |n: i64| int::from_i64(n);
    let version = class(
        "sys",
        "version_info",
        &["major", "minor", "micro", "releaselevel", "serial"],
    )?;
    let value = instance(
        &version,
        vec![
            number(3),
            number(14),
            number(10),
            Str::new("final"),
            number(0),
        ],
    )?;
    dict::set_str(space, "version_info", &value);
    let config = config::get();
    let flag = |on: bool| number(i64::from(on));
    let names = [
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
        "gil",
        "thread_inherit_context",
        "context_aware_warnings",
    ];
    let flags = class_with_hidden("sys.flags", &names, 18, false)?;
    let values = vec![
        number(0),
        number(0),
        flag(config.interactive),
        number(i64::from(config.optimize)),
        flag(!config.write_bytecode),
        flag(config.no_user_site),
        flag(config.no_site),
        flag(config.ignore_environment),
        number(i64::from(config.verbose)),
        number(0),
        flag(config.quiet),
        number(1),
        flag(config.isolated),
        terrarium_objects::types::bool::bool_owned(false),
        flag(crate::io::utf8_mode()),
        number(0),
        terrarium_objects::types::bool::bool_owned(config.safe_path),
        number(4300),
        number(1),
        number(0),
        number(0),
    ];
    dict::set_str(space, "flags", &*instance(&flags, values)?);
    numbers(space)
}

fn numbers(space: &Object) -> PyResult<()> {
    use terrarium_objects::types::float::from_f64;
    let number = |n: i64| int::from_i64(n);
    let names = [
        "max",
        "max_exp",
        "max_10_exp",
        "min",
        "min_exp",
        "min_10_exp",
        "dig",
        "mant_dig",
        "epsilon",
        "radix",
        "rounds",
    ];
    let float_info = class("sys", "float_info", &names)?;
    let values = vec![
        from_f64(f64::MAX),
        number(1024),
        number(308),
        from_f64(f64::MIN_POSITIVE),
        number(-1021),
        number(-307),
        number(15),
        number(53),
        from_f64(f64::EPSILON),
        number(2),
        number(1),
    ];
    dict::set_str(space, "float_info", &*instance(&float_info, values)?);
    let names = [
        "bits_per_digit",
        "sizeof_digit",
        "default_max_str_digits",
        "str_digits_check_threshold",
    ];
    let int_info = class("sys", "int_info", &names)?;
    dict::set_str(
        space,
        "int_info",
        &*instance(
            &int_info,
            vec![number(30), number(4), number(4300), number(640)],
        )?,
    );
    let names = [
        "width",
        "modulus",
        "inf",
        "nan",
        "imag",
        "algorithm",
        "hash_bits",
        "seed_bits",
        "cutoff",
    ];
    let hash_info = class("sys", "hash_info", &names)?;
    let values = vec![
        number(64),
        number((1 << 61) - 1),
        number(314_159),
        number(0),
        number(1_000_003),
        Str::new("siphash13"),
        number(64),
        number(128),
        number(0),
    ];
    dict::set_str(space, "hash_info", &*instance(&hash_info, values)?);
    Ok(())
}
