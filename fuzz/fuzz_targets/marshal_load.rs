//! Any bytes as marshal data: what can be read can be written, and what was written reads as the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use terrarium_bytecode::hash::SetOrders;
use terrarium_bytecode::marshal;
use terrarium_bytecode::repr::repr;

const LIMIT: usize = 1 << 16;

fuzz_target!(|data: &[u8]| {
    let Ok((value, length)) = marshal::load(data) else { return };
    assert!(length <= data.len());
    let mut text = Vec::new();
    let shown = repr(&value, &SetOrders::default(), LIMIT, &mut text);
    let Ok(written) = marshal::dump(&value) else { return };
    let (again, length) = marshal::load(&written).expect("what was written can be read");
    assert_eq!(length, written.len());
    assert_eq!(marshal::dump(&again).expect("and written again"), written);
    // The order of sets is theirs, and code objects have addresses.
    let plain = |text: &[u8]| !text.windows(4).any(|window| matches!(window, b"set(" | b"code"));
    if shown.is_ok() && plain(&text) && !text.contains(&b'{') {
        let mut second = Vec::new();
        let _ = repr(&again, &SetOrders::default(), LIMIT, &mut second);
        assert_eq!(text, second);
    }
});
