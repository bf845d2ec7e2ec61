//! Any code object as text.
#![no_main]

use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use terrarium_bytecode::dis::{Options, Plain, Raw, code_info, disassemble, disassemble_recursive};
use terrarium_bytecode::hash::Hasher;
use terrarium_bytecode::{Code, Constant, marshal};

const LIMIT: usize = 1 << 18;

fn show(code: Rc<Code>, adaptive: bool, options: &Options) {
    let _ = disassemble_recursive(&Plain::new(code.clone(), adaptive, Hasher::default()), options, &mut Vec::new());
    let _ = code_info(&code, Hasher::with_seed(1), LIMIT, &mut Vec::new());
}

fuzz_target!(|data: &[u8]| {
    let [flags, rest @ ..] = data else { return };
    let on = |bit: u8| flags & 1 << bit != 0;
    let options = Options {
        show_caches: on(0),
        show_offsets: on(1),
        show_positions: on(2),
        lasti: on(3).then_some(4),
        limit: LIMIT,
        ..Options::default()
    };
    let _ = disassemble(&Raw(rest), &options, &mut Vec::new());
    if let Ok((Constant::Code(code), _)) = marshal::load(rest) {
        show(code, on(4), &options);
    }
});
