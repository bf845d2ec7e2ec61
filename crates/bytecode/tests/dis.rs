//! The text of dis against CPython 3.14's (/tests/dis, made by goldens.py there).

use std::path::{Path, PathBuf};
use std::rc::Rc;

use terrarium_bytecode::dis::{Options, Plain, Raw, code_info, disassemble, disassemble_recursive};
use terrarium_bytecode::hash::Hasher;
use terrarium_bytecode::{Code, Constant, exceptiontable, linetable, pyc, quicken};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/dis")
}

/// The `.pyc` files of the folder.
fn cases() -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let cases: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "pyc"))
        .collect();
    assert!(!cases.is_empty());
    cases
}

/// Leaves addresses out.
fn masked(text: Vec<u8>) -> String {
    let text = String::from_utf8(text).unwrap();
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out += " at 0x";
        out += part.trim_start_matches(|character: char| character.is_ascii_hexdigit());
    }
    out
}

/// Compares line by line, to point at the first that differs.
fn check(actual: Vec<u8>, expected: &Path) {
    let (actual, text) = (masked(actual), std::fs::read_to_string(expected).unwrap());
    for (number, (actual, expected_line)) in actual.lines().zip(text.lines()).enumerate() {
        assert_eq!(
            actual,
            expected_line,
            "{} line {}",
            expected.display(),
            number + 1
        );
    }
    assert_eq!(actual.len(), text.len(), "{}", expected.display());
}

fn read(case: &Path) -> Rc<Code> {
    let module = pyc::read(&std::fs::read(case).unwrap()).unwrap();
    assert_eq!(module.trailing, 0);
    module.code
}

/// Checks the texts in files with that ending.
fn check_all(ending: &str, write: impl Fn(&Rc<Code>, &mut Vec<u8>)) {
    for case in cases() {
        let expected = case.with_extension(ending);
        if expected.exists() {
            let mut text = Vec::new();
            write(&read(&case), &mut text);
            check(text, &expected);
        }
    }
}

fn recursive(code: &Rc<Code>, options: Options, adaptive: bool, out: &mut Vec<u8>) {
    disassemble_recursive(
        &Plain::new(code.clone(), adaptive, Hasher::default()),
        &options,
        out,
    )
    .unwrap();
}

#[test]
fn text_is_cpythons() {
    check_all("txt", |code, out| {
        recursive(code, Options::default(), false, out)
    });
}

#[test]
fn text_with_caches_offsets_and_positions() {
    let options = Options {
        show_caches: true,
        show_offsets: true,
        show_positions: true,
        ..Options::default()
    };
    check_all("full.txt", |code, out| recursive(code, options, false, out));
}

#[test]
fn text_of_instructions_in_memory() {
    let options = Options {
        show_caches: true,
        ..Options::default()
    };
    check_all("specialized.txt", |code, out| {
        recursive(code, options, true, out)
    });
}

#[test]
fn current_instruction_is_marked() {
    let options = Options {
        lasti: Some(10),
        ..Options::default()
    };
    check_all("current.txt", |code, out| {
        disassemble(
            &Plain::new(code.clone(), false, Hasher::default()),
            &options,
            out,
        )
        .unwrap();
    });
}

#[test]
fn fields_are_shown_as_by_cpython() {
    fn each(code: &Code, out: &mut Vec<u8>) {
        code_info(code, Hasher::default(), usize::MAX, out).unwrap();
        for constant in code.consts.iter() {
            if let Constant::Code(nested) = constant {
                out.extend_from_slice(b"\n\n");
                each(nested, out);
            }
        }
    }
    check_all("info.txt", |code, out| {
        each(code, out);
        out.push(b'\n');
    });
}

#[test]
fn bare_bytecode() {
    let mut text = Vec::new();
    let lines = std::fs::read_to_string(folder().join("raw.hex")).unwrap();
    for (index, line) in lines.split_whitespace().enumerate() {
        if index > 0 {
            text.push(b'\n');
        }
        let units: Vec<u8> = (0..line.len() / 2)
            .map(|at| u8::from_str_radix(&line[at * 2..at * 2 + 2], 16).unwrap())
            .collect();
        disassemble(
            &Raw(&units),
            &Options {
                show_offsets: true,
                ..Options::default()
            },
            &mut text,
        )
        .unwrap();
    }
    check(text, &folder().join("raw.txt"));
}

/// Instructions in memory lead back to `co_code`.
#[test]
fn first_counters_can_be_taken_out() {
    for case in cases() {
        let code = read(&case);
        let mut units = code.code.to_vec();
        quicken::quicken(&mut units);
        quicken::deopt(&mut units);
        assert_eq!(units, *code.code, "{}", case.display());
    }
}

/// Tables are written as they were read: entries that the assembler split at eight units are joined first.
#[test]
fn tables_are_written_as_by_cpython() {
    for case in cases() {
        let code = read(&case);
        let mut lines = linetable::Encoder::new(code.firstlineno);
        let mut held: Option<(linetable::Position, usize)> = None;
        for entry in linetable::entries(&code.linetable, code.firstlineno) {
            let units = (entry.end - entry.start) as usize / 2;
            match &mut held {
                Some((position, sum)) if *position == entry.position && *sum % 8 == 0 => {
                    *sum += units
                }
                _ => {
                    if let Some((position, sum)) = held.replace((entry.position, units)) {
                        lines.add(position, sum);
                    }
                }
            }
        }
        if let Some((position, sum)) = held {
            lines.add(position, sum);
        }
        assert_eq!(lines.finish(), *code.linetable, "{}", case.display());
        let mut table = Vec::new();
        exceptiontable::entries(&code.exceptiontable)
            .for_each(|entry| exceptiontable::encode(&entry, &mut table));
        assert_eq!(table, *code.exceptiontable, "{}", case.display());
    }
}

/// What is read is written again byte for byte.
#[test]
fn files_are_written_as_by_cpython() {
    for case in cases() {
        let file = std::fs::read(&case).unwrap();
        let module = pyc::read(&file).unwrap();
        assert_eq!(
            pyc::write(&module.code, module.source).unwrap(),
            file,
            "{}",
            case.display()
        );
    }
}

/// No damage makes anything panic; a file cut short is always noticed.
#[test]
fn damaged_files_are_refused_or_shown() {
    let file = std::fs::read(folder().join("classes.pyc")).unwrap();
    for length in 0..file.len() {
        assert!(pyc::read(&file[..length]).is_err(), "{length}");
    }
    let options = Options {
        show_caches: true,
        show_positions: true,
        limit: 1 << 20,
        ..Options::default()
    };
    for at in 0..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 1 << (at % 8);
        if let Ok(module) = pyc::read(&damaged) {
            let subject = Plain::new(module.code, false, Hasher::default());
            let _ = disassemble_recursive(&subject, &options, &mut Vec::new());
        }
    }
}
