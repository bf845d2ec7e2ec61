//! What is known of one name in one block: CPython's flag word, flags below and the resolved scope above (pycore_symtable.h).

use std::ops::{BitOr, BitOrAssign};

use crate::tree::Context;

/// Flags of a name and, above them, its scope. The numbers are CPython's, as `_symtable` shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Symbol(u32);

impl Symbol {
    /// No flags, scope unknown: what CPython returns for a name that the block does not have.
    pub const NONE: Symbol = Symbol(0);
    /// Named in a `global` statement.
    pub const DEF_GLOBAL: Symbol = Symbol(1);
    /// Assigned in the block.
    pub const DEF_LOCAL: Symbol = Symbol(2);
    /// A parameter.
    pub const DEF_PARAM: Symbol = Symbol(4);
    /// Named in a `nonlocal` statement.
    pub const DEF_NONLOCAL: Symbol = Symbol(8);
    /// Read in the block.
    pub const USE: Symbol = Symbol(16);
    /// Free in a method of this class, and the class has the name too.
    pub const DEF_FREE_CLASS: Symbol = Symbol(64);
    /// Bound by an import.
    pub const DEF_IMPORT: Symbol = Symbol(128);
    /// Annotated.
    pub const DEF_ANNOT: Symbol = Symbol(256);
    /// An iteration variable of a comprehension.
    pub const DEF_COMP_ITER: Symbol = Symbol(512);
    /// A type parameter.
    pub const DEF_TYPE_PARAM: Symbol = Symbol(1024);
    /// A cell in an inlined comprehension.
    pub const DEF_COMP_CELL: Symbol = Symbol(2048);
    /// Any flag that makes the name bound in its block.
    pub const DEF_BOUND: Symbol = Symbol(2 | 4 | 128);

    /// Where the scope starts in the word.
    pub const SCOPE_OFFSET: u32 = 12;
    /// Of the scope, once it is moved down.
    pub const SCOPE_MASK: u32 = 15;

    /// What the use of a name in an expression makes of it. From a table: a branch would be foretold badly.
    pub const fn of_use(ctx: Context) -> Symbol {
        const FLAGS: [Symbol; 3] = [Symbol::USE, Symbol::DEF_LOCAL, Symbol::DEF_LOCAL];
        FLAGS[ctx as usize]
    }

    /// The whole word as CPython prints it.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether any of `flags` is set.
    pub const fn has(self, flags: Symbol) -> bool {
        self.0 & flags.0 != 0
    }

    /// The flags without the scope.
    pub const fn flags(self) -> Symbol {
        Symbol(self.0 & ((1 << Self::SCOPE_OFFSET) - 1))
    }

    /// Whether the block itself does nothing with the name.
    pub const fn passes_through(self) -> bool {
        self.flags().0 & !(Self::DEF_FREE_CLASS.0 | Self::DEF_COMP_CELL.0) == 0
    }

    /// The resolved scope.
    pub const fn scope(self) -> Scope {
        match self.0 >> Self::SCOPE_OFFSET & Self::SCOPE_MASK {
            1 => Scope::Local,
            2 => Scope::GlobalExplicit,
            3 => Scope::GlobalImplicit,
            4 => Scope::Free,
            5 => Scope::Cell,
            _ => Scope::Unknown,
        }
    }

    /// The number of the resolved scope: less than 8.
    #[inline]
    pub const fn scope_number(self) -> usize {
        (self.0 >> Self::SCOPE_OFFSET) as usize & 7
    }

    /// The flags with `scope` put above them.
    pub const fn with_scope(self, scope: Scope) -> Symbol {
        Symbol(self.flags().0 | (scope as u32) << Self::SCOPE_OFFSET)
    }
}

impl BitOr for Symbol {
    type Output = Symbol;

    fn bitor(self, other: Symbol) -> Symbol {
        Symbol(self.0 | other.0)
    }
}

impl BitOrAssign for Symbol {
    fn bitor_assign(&mut self, other: Symbol) {
        self.0 |= other.0;
    }
}

/// How a block reaches a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Scope {
    /// The block does not have the name (CPython's 0).
    Unknown = 0,
    Local = 1,
    /// Declared `global`.
    GlobalExplicit = 2,
    /// No enclosing block binds it: a global or a builtin.
    GlobalImplicit = 3,
    /// Bound by an enclosing block.
    Free = 4,
    /// Bound here, and free in an enclosed block.
    Cell = 5,
}
