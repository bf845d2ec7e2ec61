//! Units as CPython's code generation hands them over, and what CPython's flow graph and assembler make of them.
//!
//! A case file holds units written by a real CPython (`make.py`): metadata, constants, instructions, and after them the expected code object.
//! `FLOWGRAPH_CASES` names another folder of such files than `tests/flowgraph`.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{Num, ToPrimitive};
use terrarium_bytecode::opcode::{self, flag};
use terrarium_bytecode::{Code, Constant, Int, Str};
use terrarium_compiler::arena::Arena;
use terrarium_compiler::assemble::Assembler;
use terrarium_compiler::constants::{Constants, small_int};
use terrarium_compiler::flowgraph::Error;
use terrarium_compiler::instructions::{Label, Sequence};
use terrarium_compiler::name::Names;
use terrarium_compiler::tree::Location;
use terrarium_compiler::unit::Unit;

#[test]
fn units_are_cpythons() {
    let folder = match std::env::var_os("FLOWGRAPH_CASES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flowgraph"),
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let (mut units, mut wrong, mut instructions) = (0, 0, 0);
    let mut spent = std::time::Duration::ZERO;
    for file in files {
        let arena = Arena::new();
        for case in Case::read(&std::fs::read_to_string(&file).unwrap(), &arena) {
            units += 1;
            instructions += case.unit.sequence.instructions.len();
            if let Err(difference) = check(case, &mut spent) {
                wrong += 1;
                println!("{}: {difference}", file.display());
            }
        }
    }
    println!("{units} units, {wrong} wrong, {instructions} instructions in {spent:?}");
    assert_eq!(wrong, 0);
}

fn check(case: Case, spent: &mut std::time::Duration) -> Result<(), String> {
    let mut unit = case.unit;
    let what = format!("{} (line {})", unit.qualname, unit.firstlineno);
    let mut constants = Constants::new(case.names);
    unit.consts = case
        .consts
        .iter()
        .map(|value| constants.merge_numbered(value))
        .collect();
    for instr in &mut unit.sequence.instructions {
        // As our code generation emits it.
        if instr.opcode == opcode::LOAD_CONST
            && let Some(small) = small_int(&case.consts[instr.oparg as usize])
        {
            instr.set(opcode::LOAD_SMALL_INT, small);
        }
    }
    let filename = Str::new(*b"f");
    let mut assembler = Assembler::new(filename);
    let start = std::time::Instant::now();
    let code = assembler.assemble(&mut unit, &mut constants);
    *spent += start.elapsed();
    let code = code.map_err(|error: Error| format!("{what}: {error}"))?;
    let got = results(&code);
    let all = &got;
    for (expected, got) in case.expected.iter().zip(&got) {
        if expected != got {
            let missing: Vec<&String> = case
                .expected
                .iter()
                .filter(|line| !all.contains(line))
                .collect();
            let added: Vec<&String> = all
                .iter()
                .filter(|line| !case.expected.contains(line))
                .collect();
            return Err(format!(
                "{what}\n  expected {expected}\n  got      {got}\n  missing {missing:?}\n  added {added:?}"
            ));
        }
    }
    if case.expected.len() != got.len() {
        return Err(format!(
            "{what}: {} constants expected",
            case.expected.len()
        ));
    }
    Ok(())
}

/// The lines of a case file that say the same.
fn results(code: &Code) -> Vec<String> {
    let mut lines = vec![
        format!("code {}", hex(&code.code)),
        format!("exceptions {}", hex(&code.exceptiontable)),
        format!("locations {}", hex(&code.linetable)),
        format!("stacksize {}", code.stacksize),
    ];
    lines.extend(
        code.consts
            .iter()
            .map(|value| format!("result {}", encode(value))),
    );
    lines
}

struct Case<'a> {
    /// Of the unit, which has their numbers.
    consts: Vec<Constant>,
    unit: Unit<'a>,
    names: Names<'a>,
    expected: Vec<String>,
}

impl<'a> Case<'a> {
    fn read(text: &str, arena: &'a Arena) -> Vec<Case<'a>> {
        let mut cases: Vec<Case> = Vec::new();
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            if words[0] == "unit" {
                let mut names = Names::new(arena);
                cases.push(Case {
                    consts: Vec::new(),
                    unit: unit(&words[1..], &mut names),
                    names,
                    expected: Vec::new(),
                });
                continue;
            }
            let Some(case) = cases.last_mut() else {
                continue;
            };
            let mut names = || {
                words[1..]
                    .iter()
                    .map(|word| case.names.get(&String::from_utf8(bytes(word)).unwrap()))
                    .collect()
            };
            match words[0] {
                "names" => case.unit.names = names(),
                "varnames" => case.unit.varnames = names(),
                "cellvars" => case.unit.cellvars = names(),
                "freevars" => case.unit.freevars = names(),
                "const" => case.consts.push(decode(&mut words[1..].iter())),
                "i" => instruction(&mut case.unit.sequence, &words[1..]),
                "end" => {}
                _ => case.expected.push(line.to_string()),
            }
        }
        cases
    }
}

fn unit<'a>(words: &[&str], names: &mut Names<'a>) -> Unit<'a> {
    let number = |index: usize| words[index].parse::<u32>().unwrap();
    let name = names.get(&String::from_utf8(bytes(words[0])).unwrap());
    Unit {
        name,
        qualname: name,
        consts: Vec::new(),
        names: Vec::new(),
        varnames: Vec::new(),
        cellvars: Vec::new(),
        freevars: Vec::new(),
        fasthidden: Vec::new(),
        argcount: number(1),
        posonlyargcount: number(2),
        kwonlyargcount: number(3),
        flags: number(4),
        firstlineno: number(5) as i32,
        depth: 0,
        sequence: Sequence::default(),
    }
}

/// A jump's argument is the index it goes to; each index gets a label of that number.
fn instruction(sequence: &mut Sequence, words: &[&str]) {
    let number = |index: usize| words[index].parse::<i32>().unwrap();
    let loc = Location {
        line: number(2),
        end_line: number(3),
        column: number(4),
        end_column: number(5),
    };
    let label = sequence.new_label();
    sequence.use_label(label);
    let (opcode, oparg) = (number(0) as u16, number(1) as u32);
    match opcode::flags(opcode) & (flag::JUMP | flag::EXC) {
        0 => sequence.add(opcode, oparg, loc),
        _ => sequence.add_jump(opcode, Label(oparg), loc),
    }
}

fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_string();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    if hex == "-" {
        return Vec::new();
    }
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap())
        .collect()
}

fn float(hex: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(hex, 16).unwrap())
}

fn decode(words: &mut std::slice::Iter<&str>) -> Constant {
    let word = words.next().unwrap();
    let rest = &word[1..];
    match &word[..1] {
        "N" => Constant::None,
        "T" => Constant::True,
        "F" => Constant::False,
        "E" => Constant::Ellipsis,
        "i" => {
            let value = BigInt::from_str_radix(rest, 16).unwrap();
            Constant::Int(Rc::new(value.to_i64().map_or(Int::Big(value), Int::Small)))
        }
        "f" => Constant::Float(Rc::new(float(rest))),
        "c" => Constant::Complex(Rc::new((float(&rest[..16]), float(&rest[16..])))),
        "s" => Constant::Str(Str::new(bytes(rest))),
        "b" => Constant::Bytes(bytes(rest).into()),
        "(" => Constant::Tuple(items(words)),
        "{" => Constant::FrozenSet(items(words)),
        ":" => Constant::Slice(Rc::new([decode(words), decode(words), decode(words)])),
        "C" => Constant::Code(code(rest.parse().unwrap())),
        _ => panic!("{word}"),
    }
}

fn items(words: &mut std::slice::Iter<&str>) -> Rc<[Constant]> {
    let count: usize = words.next().unwrap().parse().unwrap();
    (0..count).map(|_| decode(words)).collect()
}

/// A code object that only stands for the one of this number.
fn code(number: i32) -> Rc<Code> {
    let name = Str {
        interned: true,
        ..Str::new([])
    };
    Rc::new(Code {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 0,
        flags: 0,
        code: [].into(),
        consts: [].into(),
        names: [].into(),
        localsplusnames: [].into(),
        localspluskinds: [].into(),
        filename: name.clone(),
        name: name.clone(),
        qualname: name,
        firstlineno: number,
        linetable: [].into(),
        exceptiontable: [].into(),
    })
}

fn encode(value: &Constant) -> String {
    let all = |items: Vec<String>| {
        format!(
            "{}{}",
            items.len(),
            items
                .iter()
                .map(|item| format!(" {item}"))
                .collect::<String>()
        )
    };
    match value {
        Constant::None => "N".to_string(),
        Constant::True => "T".to_string(),
        Constant::False => "F".to_string(),
        Constant::Ellipsis => "E".to_string(),
        Constant::Int(value) => match &**value {
            Int::Small(small) => format!("i{}", BigInt::from(*small).to_str_radix(16)),
            Int::Big(big) => format!("i{}", big.to_str_radix(16)),
        },
        Constant::Float(value) => format!("f{:016x}", value.to_bits()),
        Constant::Complex(value) => {
            format!("c{:016x}{:016x}", value.0.to_bits(), value.1.to_bits())
        }
        Constant::Str(value) => format!("s{}", hex(&value.text)),
        Constant::Bytes(value) => format!("b{}", hex(value)),
        Constant::Tuple(items) => format!("( {}", all(items.iter().map(encode).collect())),
        Constant::FrozenSet(items) => {
            let mut items: Vec<String> = items.iter().map(encode).collect();
            items.sort();
            format!("{{ {}", all(items))
        }
        Constant::Slice(parts) => format!(
            ": {}",
            parts.iter().map(encode).collect::<Vec<_>>().join(" ")
        ),
        Constant::Code(code) => format!("C{}", code.firstlineno),
        other => panic!("{other:?}"),
    }
}
