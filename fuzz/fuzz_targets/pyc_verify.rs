//! Any bytes as a `.pyc` file's code object, checked as before it is run. What passes keeps the promises that are easy to see from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use terrarium_bytecode::{Constant, marshal, opcode, verify};

fuzz_target!(|data: &[u8]| {
    let Ok((Constant::Code(code), _)) = marshal::load(data) else {
        return;
    };
    match verify::check(&code) {
        Err(problem) => assert!(problem.starts_with("in ")),
        Ok(()) => {
            let mut at = 0;
            while at < code.code.len() {
                let number = u16::from(code.code[at]);
                assert!(opcode::family(number) == number && opcode::info(number).is_some());
                at += 2 + 2 * opcode::caches(number);
            }
            assert_eq!(at, code.code.len());
        }
    }
});
