use std::hint::black_box;
use std::time::Instant;
use terrarium_objects::ops::{number, text, compare};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{float, int, list};
use terrarium_objects::*;

fn time(name: &str, n: u32, mut f: impl FnMut()) {
    let mut best = f64::MAX;
    for _ in 0..7 {
        let t = Instant::now();
        for _ in 0..n { f(); }
        best = best.min(t.elapsed().as_nanos() as f64 / n as f64);
    }
    println!("{name:30} {best:8.1} ns");
}

fn main() {
    init();
    let (a, b) = (int::from_i64(1000), int::from_i64(2345));
    let big = int::from_i64(1 << 40);
    let (x, y) = (float::from_f64(1.5), float::from_f64(2.25));
    let s = Str::new("hello world");
    let t = Str::new("abc");
    time("int add_ints", 100000, || { black_box(int::arith::add_ints(int::cast(&a), int::cast(&b))); });
    time("int + (dance)", 100000, || { let _ = black_box(number::add(&a, &b)); });
    time("int * (dance)", 100000, || { let _ = black_box(number::multiply(&a, &b)); });
    time("int + 41 bit", 100000, || { let _ = black_box(number::add(&big, &b)); });
    time("int * 41 bit", 100000, || { let _ = black_box(number::multiply(&big, &big)); });
    time("int //", 100000, || { let _ = black_box(number::binary_op(2, &b, &a)); });
    time("int < ", 100000, || { let _ = black_box(compare::compare(&a, &b, CompareOp::Lt)); });
    time("float +", 100000, || { let _ = black_box(number::add(&x, &y)); });
    time("float ** 2", 100000, || { let _ = black_box(number::power(&x, &y, none())); });
    time("str(int)", 100000, || { let _ = black_box(text::str(&b)); });
    time("repr(float)", 100000, || { let _ = black_box(text::repr(&x)); });
    let third = float::from_f64(1.0 / 3.0);
    time("repr(1/3)", 100000, || { let _ = black_box(text::repr(&third)); });
    let spec = Str::new(".2f");
    time("format .2f", 100000, || { let _ = black_box(text::format(&third, Some(&spec))); });
    let spec9 = Str::new(".9f");
    time("format .9f", 100000, || { let _ = black_box(text::format(&third, Some(&spec9))); });
    let spec = Str::new(">10");
    time("format >10 str", 100000, || { let _ = black_box(text::format(&s, Some(&spec))); });
    time("str + str", 100000, || { let _ = black_box(number::add(&s, &t)); });
    time("str == str", 100000, || { let _ = black_box(compare::compare(&s, &t, CompareOp::Eq)); });
    let items = list::from_owned((0..100).map(|i| Str::new(&format!("item{i}"))).collect());
    time("join 100", 10000, || { let _ = black_box(str::split::join(&t, &items)); });
    let long = Str::new(&"some words in a row ".repeat(20));
    time("split 100 words", 10000, || { let _ = black_box(str::split::split_text(&long, None, usize::MAX)); });
    time("append 100 chars", 10000, || {
        let mut s = Str::new("ab");
        for _ in 0..100 { s = str::slots::append(s, str::latin1_ref(b'x')).unwrap(); }
        black_box(s);
    });
    let fmt = Str::new("%s is %d and %.2f");
    let args = terrarium_objects::types::tuple::from_owned(vec![t.clone(), a.clone(), third.clone()]);
    time("percent", 100000, || { let _ = black_box(str::percent::percent(&fmt, &args)); });
    let hash_me = "hello world this is a test";
    time("hash 26 chars", 100000, || { let s = Str::new(hash_me); black_box(str::cast(&s).hash()); });
    let sep = Str::new("zzz");
    time("find", 100000, || { black_box(str::search::find(str::cast(&long).chars(), str::cast(&sep).chars())); });
    time("replace", 10000, || { let _ = black_box(str::methods::replace_text(&long, str::cast(&Str::new("words")), str::cast(&t), -1)); });
}
