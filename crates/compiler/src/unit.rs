//! One unit of compilation (module, class, function, lambda, comprehension, annotation scope) after code generation: what the flow graph
//! and the assembler turn into a code object (CPython's `_PyCompile_CodeUnitMetadata` and its instruction sequence).

use terrarium_bytecode::code::flags;

use crate::constants::ConstantId;
use crate::instructions::Sequence;
use crate::tree::Name;

/// A unit ready for optimisation and assembly, which take its lists and leave it with others to be filled again.
#[derive(Debug, Clone)]
pub struct Unit<'a> {
    pub name: Name<'a>,
    pub qualname: Name<'a>,
    /// Constants in order of first use, by their numbers in the module (see `constants`).
    pub consts: Vec<ConstantId>,
    /// `co_names`, in order of first use.
    pub names: Vec<Name<'a>>,
    /// Fast locals in order, arguments first, cell variables that are arguments included.
    pub varnames: Vec<Name<'a>>,
    /// Cell variables in the order CPython sorts them.
    pub cellvars: Vec<Name<'a>>,
    pub freevars: Vec<Name<'a>>,
    /// Names of `varnames` that an inlined comprehension hides (CPython's `u_fasthidden`).
    pub fasthidden: Vec<Name<'a>>,
    /// Positional parameters that may be keywords too; unlike `co_argcount` without the positional-only ones (CPython's `u_argcount`).
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    /// co_flags
    pub flags: u32,
    pub firstlineno: i32,
    /// How many units enclose it.
    pub depth: u32,
    pub sequence: Sequence,
}

impl<'a> Unit<'a> {
    /// A unit of this name and nothing else.
    pub fn new(name: Name<'a>) -> Unit<'a> {
        Unit {
            name,
            qualname: name,
            consts: Vec::new(),
            names: Vec::new(),
            varnames: Vec::new(),
            cellvars: Vec::new(),
            freevars: Vec::new(),
            fasthidden: Vec::new(),
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            flags: 0,
            firstlineno: 0,
            depth: 0,
            sequence: Sequence::for_unit(),
        }
    }

    /// Empties the lists, whose memory stays.
    pub fn clear(&mut self) {
        self.consts.clear();
        for names in [
            &mut self.names,
            &mut self.varnames,
            &mut self.cellvars,
            &mut self.freevars,
            &mut self.fasthidden,
        ] {
            names.clear();
        }
        self.sequence.clear();
    }

    /// How many of `varnames` are parameters.
    pub fn parameter_count(&self) -> usize {
        let variadic = u32::from(self.flags & flags::VARARGS != 0)
            + u32::from(self.flags & flags::VARKEYWORDS != 0);
        (self.posonlyargcount + self.argcount + self.kwonlyargcount + variadic) as usize
    }
}
