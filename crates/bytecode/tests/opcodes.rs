//! The opcode table against what CPython 3.14 prints of its own (facts/opcodes.py).

use terrarium_bytecode::opcode::{self, Opcode, flag};

const FACTS: &str = include_str!("facts/opcodes.txt");
const OPARGS: [i32; 10] = [0, 1, 2, 3, 4, 7, 255, 256, 257, 65535];

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "-".to_string()
    } else {
        text
    }
}

/// The line that facts/opcodes.py prints of an opcode.
fn line(entry: &Opcode) -> String {
    let names = [
        (flag::ARG, "arg"),
        (flag::CONST, "const"),
        (flag::NAME, "name"),
        (flag::JUMP, "jump"),
        (flag::LOCAL, "local"),
        (flag::FREE, "free"),
        (flag::EXC, "exc"),
    ];
    let flags: Vec<_> = names
        .iter()
        .filter(|(bit, _)| entry.flags & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    let cache: Vec<_> = entry
        .cache
        .iter()
        .map(|(part, units)| format!("{part}:{units}"))
        .collect();
    let family = opcode::family(entry.number);
    let family = if family == entry.number {
        "-"
    } else {
        opcode::name(family).unwrap()
    };
    let effects = |jump| {
        let oparg = |oparg| {
            if entry.flags & flag::ARG != 0 {
                oparg
            } else {
                0
            }
        };
        let text = |at| {
            opcode::stack_effect(entry.number, oparg(at), jump)
                .map_or("-".to_string(), |effect| effect.to_string())
        };
        OPARGS.map(text).join(",")
    };
    let (flags, cache) = (or_dash(flags.join(",")), or_dash(cache.join(",")));
    format!(
        "{} {} {flags} {cache} {family} {} {}",
        entry.number,
        entry.name,
        effects(true),
        effects(false)
    )
}

#[test]
fn table_is_cpythons() {
    let expected: Vec<_> = FACTS
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    assert_eq!(expected.len(), opcode::OPCODES.len());
    for (expected, entry) in expected.iter().zip(opcode::OPCODES) {
        assert_eq!(*expected, line(entry));
    }
}

#[test]
fn argument_names_are_cpythons() {
    let fact = |name: &str| {
        FACTS
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} ")))
            .unwrap()
    };
    assert_eq!(fact("cmp_op"), opcode::CMP_OP.join(" "));
    assert_eq!(fact("_intrinsic_1_descs"), opcode::INTRINSIC_1.join(" "));
    assert_eq!(fact("_intrinsic_2_descs"), opcode::INTRINSIC_2.join(" "));
    assert_eq!(
        fact("_special_method_names"),
        opcode::SPECIAL_METHODS.join(" ")
    );
    assert_eq!(
        fact("nb_ops"),
        opcode::NB_OPS
            .map(|(name, sign)| format!("{name}:{sign}"))
            .join(" ")
    );
}

#[test]
fn instrumented_opcodes_have_a_base() {
    for entry in opcode::OPCODES
        .iter()
        .filter(|entry| entry.is_instrumented())
    {
        let base = opcode::uninstrumented(entry.number);
        match entry.number {
            opcode::INSTRUMENTED_LINE | opcode::INSTRUMENTED_INSTRUCTION => {
                assert_eq!(base, entry.number)
            }
            _ => {
                assert_eq!(entry.name.strip_prefix("INSTRUMENTED_"), opcode::name(base));
                assert_eq!(opcode::caches(entry.number), opcode::caches(base));
            }
        }
    }
}
