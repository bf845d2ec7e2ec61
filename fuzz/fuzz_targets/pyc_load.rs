//! Any bytes as a `.pyc` file; without a header of ours they get one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use terrarium_bytecode::pyc::{self, Source};
use terrarium_bytecode::{exceptiontable, linetable};

fuzz_target!(|data: &[u8]| {
    let file = match pyc::read_header(data) {
        Ok(_) => data.to_vec(),
        Err(error) => {
            let _ = error.to_string();
            let header = pyc::header(Source::Timestamp { mtime: 0, size: 0 });
            [&header, data].concat()
        }
    };
    match pyc::read(&file) {
        Err(error) => {
            let _ = error.to_string();
        }
        Ok(module) => {
            assert!(module.trailing < file.len());
            let code = &module.code;
            let _ = linetable::positions(&code.linetable, code.firstlineno).count();
            let _ = linetable::lines(&code.linetable, code.firstlineno).count();
            let _ = exceptiontable::entries(&code.exceptiontable).count();
            let _ = pyc::write(code, module.source);
        }
    }
});
