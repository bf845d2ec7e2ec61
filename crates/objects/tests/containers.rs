//! Containers against CPython's results: facts/containers.txt, written by facts/containers.py, holds statements of a small part of Python
//! with what each gave. A blank line starts with no variables.

use std::collections::HashMap;

use terrarium_objects::ops::{attribute, call, compare, iter, mapping, number, sequence, text};
use terrarium_objects::refs::{Owned, PyResult, Word};
use terrarium_objects::types::{
    bool, dict, enumerate, float, int, list, none, range, set, slice, str::Str, tuple,
    zip_map_filter,
};
use terrarium_objects::{CompareOp, Object, error, none_owned};

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    names: &'a mut HashMap<String, Owned>,
}

const LEVELS: [&[(&str, u32)]; 5] = [
    &[("|", 7)],
    &[("^", 12)],
    &[("&", 1)],
    &[("+", 0), ("-", 10)],
    &[("*", 5), ("//", 2), ("%", 6)],
];

impl Reader<'_> {
    fn skip(&mut self) {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        if self.text[self.at..].starts_with(token.as_bytes()) {
            self.at += token.len();
            return true;
        }
        false
    }

    fn peek(&mut self) -> u8 {
        self.skip();
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn need(&mut self, token: &str) {
        assert!(
            self.eat(token),
            "{token} expected at {} of {}",
            self.at,
            String::from_utf8_lossy(self.text)
        );
    }

    fn word(&mut self) -> String {
        self.skip();
        let start = self.at;
        while self
            .text
            .get(self.at)
            .is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_')
        {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    fn expression(&mut self) -> PyResult {
        let left = self.binary(0)?;
        let op = [
            ("==", CompareOp::Eq),
            ("!=", CompareOp::Ne),
            ("<=", CompareOp::Le),
            (">=", CompareOp::Ge),
            ("<", CompareOp::Lt),
            (">", CompareOp::Gt),
        ];
        for (token, op) in op {
            if self.eat(token) {
                let right = self.binary(0)?;
                return compare::compare(&left, &right, op);
            }
        }
        if self.eat("in ") {
            let right = self.binary(0)?;
            return Ok(bool::bool_owned(sequence::contains(&right, &left)?));
        }
        if self.eat("is ") {
            let right = self.binary(0)?;
            return Ok(bool::bool_owned(left.is(&right)));
        }
        Ok(left)
    }

    fn binary(&mut self, level: usize) -> PyResult {
        let Some(ops) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        'more: loop {
            for (token, code) in *ops {
                self.skip();
                let rest = &self.text[self.at..];
                let augmented = rest.get(token.len()) == Some(&b'=');
                if rest.starts_with(token.as_bytes()) && !augmented {
                    self.at += token.len();
                    let right = self.binary(level + 1)?;
                    left = number::binary_op(*code, &left, &right)?;
                    continue 'more;
                }
            }
            return Ok(left);
        }
    }

    fn unary(&mut self) -> PyResult {
        if self.eat("-") {
            let operand = self.unary()?;
            return number::negative(&operand);
        }
        let mut value = self.atom()?;
        loop {
            if self.eat(".") {
                let name = self.word();
                value = attribute::get_str(&value, &name)?;
            } else if self.eat("(") {
                value = self.call(&value)?;
            } else if self.eat("[") {
                let key = self.key()?;
                value = mapping::get_item(&value, &key)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn call(&mut self, callable: &Object) -> PyResult {
        let mut args = Vec::new();
        let mut names = Vec::new();
        while !self.eat(")") {
            let start = self.at;
            let word = self.word();
            if !word.is_empty() && self.peek() == b'=' && self.text[self.at + 1] != b'=' {
                self.need("=");
                names.push(Str::new(&word));
            } else {
                self.at = start;
            }
            args.push(self.expression()?);
            self.eat(",");
        }
        let words: Vec<Word> = args.iter().map(|a| Word::borrowed(a)).collect();
        let names = (!names.is_empty()).then(|| tuple::from_owned(names));
        call::call(callable, &words, names.as_deref())
    }

    /// A subscript: an expression or a slice.
    fn key(&mut self) -> PyResult {
        let mut parts = [none_owned(), none_owned(), none_owned()];
        let mut at = 0;
        loop {
            if self.eat("]") {
                break;
            }
            if self.eat(":") {
                at += 1;
                continue;
            }
            parts[at] = self.expression()?;
        }
        let [start, stop, step] = parts;
        Ok(if at == 0 {
            start
        } else {
            slice::from_owned(start, stop, step)
        })
    }

    fn items(&mut self, end: &str) -> PyResult<(Vec<Owned>, bool)> {
        let (mut items, mut comma) = (Vec::new(), false);
        while !self.eat(end) {
            items.push(self.expression()?);
            comma |= self.eat(",");
        }
        Ok((items, comma))
    }

    fn atom(&mut self) -> PyResult {
        match self.peek() {
            b'\'' => {
                let start = self.at + 1;
                self.at = start;
                while self.text[self.at] != b'\'' {
                    self.at += 1;
                }
                self.at += 1;
                Ok(Str::from_wtf8(&self.text[start..self.at - 1]))
            }
            b'[' => {
                self.at += 1;
                Ok(list::from_owned(self.items("]")?.0))
            }
            b'(' => {
                self.at += 1;
                let (mut items, comma) = self.items(")")?;
                Ok(if items.len() == 1 && !comma {
                    items.remove(0)
                } else {
                    tuple::from_owned(items)
                })
            }
            b'{' => self.braces(),
            c if c.is_ascii_digit() => {
                let start = self.at;
                while self
                    .text
                    .get(self.at)
                    .is_some_and(|c| c.is_ascii_digit() || *c == b'.')
                {
                    self.at += 1;
                }
                let text = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
                Ok(if text.contains('.') {
                    float::from_f64(text.parse().expect("a float"))
                } else {
                    int::from_bigint(
                        &num_bigint::BigInt::parse_bytes(text.as_bytes(), 10).expect("an int"),
                    )
                })
            }
            _ => {
                let name = self.word();
                self.name(&name)
            }
        }
    }

    fn braces(&mut self) -> PyResult {
        self.at += 1;
        if self.eat("}") {
            return Ok(dict::new());
        }
        let first = self.expression()?;
        if self.eat(":") {
            let made = dict::new();
            let value = self.expression()?;
            dict::set(&made, &first, &value)?;
            self.eat(",");
            while !self.eat("}") {
                let key = self.expression()?;
                self.need(":");
                let value = self.expression()?;
                dict::set(&made, &key, &value)?;
                self.eat(",");
            }
            return Ok(made);
        }
        self.eat(",");
        let (rest, _) = self.items("}")?;
        let made = set::new();
        set::add(&made, &first)?;
        for item in rest {
            set::add(&made, &item)?;
        }
        Ok(made)
    }

    fn name(&mut self, name: &str) -> PyResult {
        if let Some(value) = self.names.get(name) {
            return Ok(value.clone());
        }
        let ty = match name {
            "None" => return Ok(none_owned()),
            "True" => return Ok(bool::bool_owned(true)),
            "False" => return Ok(bool::bool_owned(false)),
            "NotImplemented" => return Ok(none::not_implemented()),
            "len" | "iter" | "next" | "repr" | "hash" => return self.function(name),
            "int" => &int::INT,
            "str" => &terrarium_objects::types::str::STR,
            "float" => &float::FLOAT,
            "bool" => &bool::BOOL,
            "list" => &list::LIST,
            "tuple" => &tuple::TUPLE,
            "dict" => &dict::DICT,
            "set" => &set::SET,
            "frozenset" => &set::FROZENSET,
            "range" => &range::RANGE,
            "slice" => &slice::SLICE,
            "enumerate" => &enumerate::ENUMERATE,
            "reversed" => &enumerate::REVERSED,
            "zip" => &zip_map_filter::ZIP,
            "map" => &zip_map_filter::MAP,
            "filter" => &zip_map_filter::FILTER,
            _ => panic!(
                "unknown name {name:?} in {}",
                String::from_utf8_lossy(self.text)
            ),
        };
        Ok(Owned::new(ty.as_object()))
    }

    /// A built-in function, applied at once.
    fn function(&mut self, name: &str) -> PyResult {
        self.need("(");
        let (items, _) = self.items(")")?;
        match (name, &items[..]) {
            ("len", [object]) => mapping::len(object).map(int::from_usize),
            ("iter", [object]) => iter::iter(object),
            ("next", [object]) => iter::next(object).map(|i| i.unwrap_or_else(|| Str::new("end"))),
            ("repr", [object]) => text::repr(object),
            ("hash", [object]) => compare::hash(object).map(|h| int::from_i64(h as i64)),
            _ => panic!("{name} of {} arguments", items.len()),
        }
    }
}

/// Runs one statement; an expression's value is shown.
fn run(statement: &str, names: &mut HashMap<String, Owned>) -> PyResult<String> {
    let mut reader = Reader {
        text: statement.as_bytes(),
        at: 0,
        names,
    };
    if reader.eat("del ") {
        let name = reader.word();
        if !reader.eat("[") {
            reader.names.remove(&name);
            return Ok(String::new());
        }
        let target = reader.name(&name)?;
        let key = reader.key()?;
        mapping::set_item(&target, &key, None)?;
        return Ok(String::new());
    }
    let start = reader.at;
    let name = reader.word();
    if !name.is_empty() {
        if reader.eat("= ") {
            let value = reader.expression()?;
            reader.names.insert(name, value);
            return Ok(String::new());
        }
        for (level, (token, code)) in LEVELS.iter().flat_map(|l| l.iter()).enumerate() {
            let _ = level;
            if reader.eat(&format!("{token}= ")) {
                let value = reader.expression()?;
                let target = reader.name(&name)?;
                let result = number::binary_op(code + 13, &target, &value)?;
                reader.names.insert(name, result);
                return Ok(String::new());
            }
        }
        if statement.contains("] = ") && reader.eat("[") {
            let target = reader.name(&name)?;
            let key = reader.key()?;
            if reader.eat("= ") {
                let value = reader.expression()?;
                mapping::set_item(&target, &key, Some(&value))?;
                return Ok(String::new());
            }
        }
    }
    reader.at = start;
    let value = reader.expression()?;
    let shown = text::repr(&value)?;
    Ok(text::lossy(&shown))
}

/// What a statement gave, an exception as its type and text.
fn outcome(statement: &str, names: &mut HashMap<String, Owned>) -> String {
    match run(statement, names) {
        Ok(shown) => shown,
        Err(_) => {
            let exception = error::fetch().expect("an exception");
            let shown = text::str(&exception)
                .map(|s| text::lossy(&s))
                .unwrap_or_default();
            format!("{}: {shown}", exception.ty().name())
        }
    }
}

#[test]
fn agree_with_cpython() {
    terrarium_objects::init();
    let facts = include_str!("facts/containers.txt");
    let mut names = HashMap::new();
    let mut wrong = Vec::new();
    let mut block = Vec::new();
    let mut count = 0;
    for line in facts.lines() {
        if line.is_empty() {
            names.clear();
            block.clear();
            continue;
        }
        let (statement, expected) = line.split_once('\t').expect("a tab");
        block.push(statement);
        count += 1;
        let found = outcome(statement, &mut names);
        if found != expected {
            wrong.push(format!(
                "{count} {statement} after {:?}\n  expected {expected}\n  found    {found}",
                &block[block.len().saturating_sub(3)..]
            ));
        }
    }
    println!("{count} statements");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}
