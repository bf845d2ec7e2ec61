//! The check of code objects before they are run: what CPython compiled passes, and each way in which code can be damaged is refused with its
//! reason. A case is a file of /tests/verify (its README says how one is written).

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use terrarium_bytecode::code::{Code, kinds};
use terrarium_bytecode::constant::{Constant, Int, Str};
use terrarium_bytecode::exceptiontable::{self, Entry};
use terrarium_bytecode::{opcode, pyc, verify};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests")
        .join(folder);
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn what_cpython_compiles_passes() {
    for path in files("dis", "pyc") {
        let module = pyc::read(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(verify::check(&module.code), Ok(()), "{}", path.display());
    }
}

#[test]
fn damaged_code_is_refused_with_its_reason() {
    let mut wrong = Vec::new();
    for path in files("verify", "case") {
        let text = fs::read_to_string(&path).unwrap();
        let case = Case::read(&text);
        let expected = match case.expected.as_str() {
            "passes" => Ok(()),
            problem => Err(format!("in case: {problem}")),
        };
        let found = verify::check(&case.code);
        if found != expected {
            wrong.push(format!("{}: {found:?}, not {expected:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

struct Case {
    code: Code,
    expected: String,
}

fn text(text: &str) -> Str {
    Str::new(text.as_bytes())
}

fn texts<'a>(words: impl Iterator<Item = &'a str>) -> Rc<[Constant]> {
    words.map(|word| Constant::Str(text(word))).collect()
}

impl Case {
    fn read(source: &str) -> Case {
        let mut code = Code {
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize: 4,
            flags: 3,
            code: Rc::from([]),
            consts: Rc::from([]),
            names: Rc::from([]),
            localsplusnames: Rc::from([]),
            localspluskinds: Rc::from([]),
            filename: text("case"),
            name: text("case"),
            qualname: text("case"),
            firstlineno: 1,
            linetable: Rc::from([]),
            exceptiontable: Rc::from([]),
        };
        let (mut units, mut table, mut expected) = (Vec::new(), Vec::new(), String::new());
        for line in source
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
        {
            let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
            let number = || rest.parse::<u32>().expect(line);
            match key {
                "argcount" => code.argcount = number(),
                "posonlyargcount" => code.posonlyargcount = number(),
                "kwonlyargcount" => code.kwonlyargcount = number(),
                "stacksize" => code.stacksize = number(),
                "flags" => code.flags = number(),
                "names" => code.names = texts(rest.split(' ')),
                "consts" => code.consts = rest.split(' ').map(constant).collect(),
                "locals" => {
                    let pairs: Vec<(&str, &str)> = rest
                        .split(' ')
                        .map(|word| word.split_once(':').unwrap_or((word, "local")))
                        .collect();
                    code.localsplusnames = texts(pairs.iter().map(|p| p.0));
                    code.localspluskinds = pairs.iter().map(|p| kind(p.1)).collect();
                }
                "handler" => handler(rest, &mut table),
                "raw-table" => table = bytes(rest),
                "raw" => units.extend(bytes(rest)),
                "->" => expected = rest.to_owned(),
                name => instruction(name, rest, &mut units),
            }
        }
        code.code = units.into();
        code.exceptiontable = table.into();
        Case { code, expected }
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    digits
        .split(' ')
        .map(|pair| u8::from_str_radix(pair, 16).expect(pair))
        .collect()
}

fn kind(name: &str) -> u8 {
    match name {
        "local" => kinds::LOCAL,
        "cell" => kinds::CELL,
        "local-cell" => kinds::LOCAL | kinds::CELL,
        "free" => kinds::FREE,
        other => panic!("{other}"),
    }
}

fn constant(word: &str) -> Constant {
    match word {
        "None" => Constant::None,
        "list" => Constant::List(Rc::from([])),
        "(1,)" => Constant::Tuple(Rc::from([constant("1")])),
        "('a',)" => Constant::Tuple(texts(["a"].into_iter())),
        "('a','b')" => Constant::Tuple(texts(["a", "b"].into_iter())),
        "nested" => (0..60).fold(Constant::None, |inner, _| {
            Constant::Tuple(Rc::from([inner.clone(), inner]))
        }),
        "code" => Constant::Code(Rc::new(
            Case::read("consts None\nRESUME 0\nLOAD_CONST 0\nRETURN_VALUE\n-> passes").code,
        )),
        number => Constant::Int(Rc::new(Int::Small(number.parse().expect(number)))),
    }
}

/// `start end target depth [lasti]`, in code units.
fn handler(rest: &str, table: &mut Vec<u8>) {
    let words: Vec<&str> = rest.split(' ').collect();
    let number = |i: usize| words[i].parse::<u32>().expect(rest);
    let entry = Entry {
        start: number(0) * 2,
        end: number(1) * 2,
        target: number(2) * 2,
        depth: number(3),
        lasti: words.get(4) == Some(&"lasti"),
    };
    exceptiontable::encode(&entry, table);
}

fn instruction(name: &str, argument: &str, units: &mut Vec<u8>) {
    let number = opcode::by_name(name).unwrap_or_else(|| panic!("{name}"));
    let argument: u32 = if argument.is_empty() {
        0
    } else {
        argument.parse().expect(argument)
    };
    for shift in [24, 16, 8] {
        if argument >> shift != 0 {
            units.extend([opcode::EXTENDED_ARG as u8, (argument >> shift) as u8]);
        }
    }
    units.extend([number as u8, argument as u8]);
    units.resize(units.len() + 2 * opcode::caches(number), 0);
}
