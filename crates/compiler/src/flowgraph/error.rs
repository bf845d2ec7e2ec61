//! What can be wrong with a unit's instructions. None of it can come from code generation that is right; hostile callers get a value.

/// A graph that cannot be compiled (CPython's SystemError and ValueError of flowgraph.c).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// A jump to a label that was never placed, or past the end.
    UnplacedLabel {
        instruction: u32,
    },
    /// Control can run past the last instruction, or the unit is empty.
    MalformedGraph,
    /// POP_BLOCK without a block.
    UnbalancedBlocks,
    /// Two ways into a block leave stacks of different depth.
    InconsistentStackDepth,
    StackUnderflow,
    /// An index of a constant, local or cell that does not exist.
    BadArgument {
        opcode: u16,
        oparg: u32,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::UnplacedLabel { instruction } => {
                write!(
                    f,
                    "instruction {instruction} jumps to a label without a place"
                )
            }
            Error::MalformedGraph => f.write_str("malformed control flow graph."),
            Error::UnbalancedBlocks => f.write_str("POP_BLOCK without a block"),
            Error::InconsistentStackDepth => f.write_str("Invalid CFG, inconsistent stackdepth"),
            Error::StackUnderflow => f.write_str("Invalid CFG, stack underflow"),
            Error::BadArgument { opcode, oparg } => {
                write!(f, "argument {oparg} of opcode {opcode} names nothing")
            }
        }
    }
}

impl std::error::Error for Error {}
