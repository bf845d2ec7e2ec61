//! The code that `re._compiler` writes: opcodes, positions and categories (Lib/re/_constants.py).

/// What the compiler and this engine must agree on.
pub const MAGIC: i64 = 20_230_612;
pub const MAXREPEAT: u32 = u32::MAX;
/// Most groups that a pattern may have.
pub const MAXGROUPS: i64 = 1_073_741_823;

macro_rules! numbered {
    ($($name:ident)*) => { numbered!(@ 0u32; $($name)*); };
    (@ $n:expr; $name:ident $($rest:ident)*) => {
        pub const $name: u32 = $n;
        numbered!(@ $n + 1; $($rest)*);
    };
    (@ $n:expr;) => {};
}

/// Opcodes, all of them in their order: the numbers count up, and `SUBPATTERN` only occurs in parsed patterns.
#[allow(dead_code)]
pub mod op {
    numbered! {
        FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF GROUPREF_EXISTS IN INFO
        JUMP LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT REPEAT_ONE SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP
        POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE
        GROUPREF_LOC_IGNORE IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE GROUPREF_UNI_IGNORE IN_UNI_IGNORE
        LITERAL_UNI_IGNORE NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
    }
}

/// Positions, the operand of `AT`.
pub mod at {
    numbered! {
        BEGINNING BEGINNING_LINE BEGINNING_STRING BOUNDARY NON_BOUNDARY END END_LINE END_STRING LOC_BOUNDARY LOC_NON_BOUNDARY
        UNI_BOUNDARY UNI_NON_BOUNDARY
    }
}

/// Bits of an `INFO` block.
pub mod info {
    pub const PREFIX: u32 = 1;
    pub const LITERAL: u32 = 2;
    pub const CHARSET: u32 = 4;
}

/// Number of category codes.
pub const CATEGORIES: u32 = 18;

/// Flags of patterns.
pub mod flag {
    pub const IGNORECASE: u32 = 2;
    pub const LOCALE: u32 = 4;
    pub const MULTILINE: u32 = 8;
    pub const DOTALL: u32 = 16;
    pub const UNICODE: u32 = 32;
    pub const VERBOSE: u32 = 64;
    pub const DEBUG: u32 = 128;
    pub const ASCII: u32 = 256;
}
