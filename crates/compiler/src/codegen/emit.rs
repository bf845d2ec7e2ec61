//! Adding instructions to the unit.

use std::rc::Rc;

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Constant, Int};

use crate::constants::{self, ConstantId, small_int};
use crate::instructions::Label;
use crate::tree::{Arg, Location, Name, Operator};

use super::unit_state::Table;
use super::{Codegen, operands};

/// How a name's number becomes an argument of LOAD_ATTR or LOAD_SUPER_ATTR.
#[derive(Debug, Clone, Copy)]
pub enum Attribute {
    Load,
    LoadMethod,
    Super,
    SuperMethod,
    ZeroSuper,
    ZeroSuperMethod,
}

impl<'t> Codegen<'_, 't> {
    pub fn new_label(&mut self) -> Label {
        self.unit.unit.sequence.new_label()
    }

    pub fn use_label(&mut self, label: Label) {
        self.unit.unit.sequence.use_label(label);
    }

    #[inline(never)]
    pub fn op_arg(&mut self, loc: Location, opcode: u16, oparg: u32) {
        let sequence = &mut self.unit.unit.sequence;
        if sequence.is_full() {
            // Apart from the rest, which needs to save no register if it calls nothing.
            return sequence.grow_and_add(opcode, oparg, loc);
        }
        sequence.add(opcode, oparg, loc);
    }

    pub fn op(&mut self, loc: Location, opcode: u16) {
        self.op_arg(loc, opcode, 0);
    }

    pub fn jump(&mut self, loc: Location, opcode: u16, target: Label) {
        self.unit.unit.sequence.add_jump(opcode, target, loc);
    }

    /// Puts a jump before everything else.
    pub fn insert_jump_at_start(&mut self, opcode: u16, target: Label) {
        let sequence = &mut self.unit.unit.sequence;
        sequence.insert_jump_at_start(opcode, target, Location::NONE);
    }

    /// The number of `constant` in the unit.
    pub fn const_index(&mut self, constant: &Constant) -> u32 {
        let id = self.constants.merge_numbered(constant);
        self.index_of_merged(id)
    }

    /// The number in the unit of a constant of the module.
    pub fn index_of_merged(&mut self, id: ConstantId) -> u32 {
        if let Some(number) = self.const_numbers.get(id as usize) {
            return number;
        }
        let consts = &mut self.unit.unit.consts;
        let number = consts.len() as u32;
        consts.push(id);
        self.const_numbers.set(id as usize, number);
        number
    }

    /// Loads a constant of the module. It gets a number in the unit even if no instruction names that.
    pub fn load_merged(&mut self, loc: Location, id: ConstantId) {
        let index = self.index_of_merged(id);
        match small_int(self.constants.merged(id)) {
            Some(small) => self.op_arg(loc, LOAD_SMALL_INT, small),
            None => self.op_arg(loc, LOAD_CONST, index),
        }
    }

    pub fn load_const(&mut self, loc: Location, constant: &Constant) {
        let id = self.constants.merge_numbered(constant);
        self.load_merged(loc, id);
    }

    pub fn load_none(&mut self, loc: Location) {
        self.load_merged(loc, constants::NONE);
    }

    pub fn load_int(&mut self, loc: Location, value: i64) {
        self.load_const(loc, &Constant::Int(Rc::new(Int::Small(value))));
    }

    pub fn load_empty_string(&mut self, loc: Location) {
        let empty = Constant::Str(self.constants.intern(""));
        self.load_const(loc, &empty);
    }

    /// A name as a string.
    pub fn load_name_constant(&mut self, loc: Location, name: &Name) {
        let id = self.constants.merge_name(name);
        self.load_merged(loc, id);
    }

    /// The mangled form of `name` as a constant: a new string if mangling changed it.
    pub fn load_mangled_constant(&mut self, loc: Location, name: &Name<'t>, mangled: &Name<'t>) {
        if name == mangled {
            return self.load_name_constant(loc, name);
        }
        self.load_const(loc, &constants::string(mangled.as_bytes().to_vec()));
    }

    /// The mangled name of a parameter as a constant.
    pub fn load_arg_name(&mut self, loc: Location, arg: &Arg<'t>) {
        let mangled = self.mangle(&arg.arg);
        self.load_mangled_constant(loc, &arg.arg, &mangled);
    }

    pub fn load_names(&mut self, loc: Location, names: impl Iterator<Item = Name<'t>>) {
        self.some_names.clear();
        self.some_names.extend(names);
        let id = self.constants.merge_tuple_of(&self.some_names);
        self.load_merged(loc, id);
    }

    /// `name` as it is called in the unit (`_PyCompile_MaybeMangle`).
    #[inline]
    pub fn mangle(&mut self, name: &Name<'t>) -> Name<'t> {
        if !name.is_private() {
            return *name;
        }
        let unit = &self.unit;
        let (names, class) = (self.constants.names(), unit.private.as_ref());
        self.scopes.mangle(names, class, unit.entry, name)
    }

    /// A name that the compiler itself brings in.
    pub fn name(&mut self, text: &str) -> Name<'t> {
        self.constants.names().added(text)
    }

    /// An instruction whose argument is the number of a mangled name in `co_names`.
    pub fn op_name(&mut self, loc: Location, opcode: u16, name: &Name<'t>) {
        let index = self.name_index(name);
        self.op_arg(loc, opcode, index);
    }

    /// The number of a name, mangled if it is private, in `co_names`.
    fn name_index(&mut self, name: &Name<'t>) -> u32 {
        match name.is_private() {
            true => {
                let mangled = self.mangle(name);
                self.index_of(Table::Names, &mangled)
            }
            false => self.index_of(Table::Names, name),
        }
    }

    /// LOAD_ATTR or LOAD_SUPER_ATTR of `name`.
    pub fn op_attribute(&mut self, loc: Location, how: Attribute, name: &Name<'t>) {
        let index = self.name_index(name);
        let (opcode, oparg) = match how {
            Attribute::Load => (LOAD_ATTR, index << 1),
            Attribute::LoadMethod => (LOAD_ATTR, index << 1 | 1),
            Attribute::Super => (LOAD_SUPER_ATTR, index << 2 | 2),
            Attribute::SuperMethod => (LOAD_SUPER_ATTR, index << 2 | 3),
            Attribute::ZeroSuper => (LOAD_SUPER_ATTR, index << 2),
            Attribute::ZeroSuperMethod => (LOAD_SUPER_ATTR, index << 2 | 1),
        };
        self.op_arg(loc, opcode, oparg);
    }

    /// An instruction whose argument is the number of a mangled name among the fast locals.
    pub fn op_varname(&mut self, loc: Location, opcode: u16, name: &Name<'t>) {
        let mangled = self.mangle(name);
        let index = self.index_of(Table::Locals, &mangled);
        self.op_arg(loc, opcode, index);
    }

    /// An instruction whose argument is the number of a cell variable.
    pub fn op_cellvar(&mut self, loc: Location, opcode: u16, name: &Name<'t>) {
        let index = self.index_of(Table::Cells, name);
        self.op_arg(loc, opcode, index);
    }

    /// An instruction whose argument is the number of a free variable.
    pub fn op_freevar(&mut self, loc: Location, opcode: u16, name: &Name<'t>) {
        let index = self.index_of(Table::Frees, name);
        self.op_arg(loc, opcode, index);
    }

    pub fn op_binary(&mut self, loc: Location, operator: Operator, in_place: bool) {
        self.op_arg(loc, BINARY_OP, operands::binary(operator, in_place));
    }

    /// Delegates to the iterator on the stack until it is exhausted (`codegen_add_yield_from`).
    pub fn yield_from(&mut self, loc: Location, is_await: bool) {
        let send = self.new_label();
        let fail = self.new_label();
        let exit = self.new_label();
        self.use_label(send);
        self.jump(loc, SEND, exit);
        // Catches the StopIteration that throw() or close() raises; nothing else raises at YIELD_VALUE.
        self.jump(loc, SETUP_FINALLY, fail);
        self.op_arg(loc, YIELD_VALUE, 1);
        self.op(Location::NONE, POP_BLOCK);
        let resume = if is_await {
            operands::RESUME_AFTER_AWAIT
        } else {
            operands::RESUME_AFTER_YIELD_FROM
        };
        self.op_arg(loc, RESUME, resume);
        self.jump(loc, JUMP_NO_INTERRUPT, send);
        self.use_label(fail);
        self.op(loc, CLEANUP_THROW);
        self.use_label(exit);
        self.op(loc, END_SEND);
    }

    /// Awaits what is on the stack. `how` is GET_AWAITABLE's argument: 1 after `__aenter__`, 2 after `__aexit__`.
    pub fn await_value(&mut self, loc: Location, how: u32) {
        self.op_arg(loc, GET_AWAITABLE, how);
        self.load_none(loc);
        self.yield_from(loc, true);
    }

    /// Yields what is on the stack.
    pub fn yield_value(&mut self, loc: Location) {
        let entry = self.entry();
        if entry.generator && entry.coroutine {
            self.op_arg(loc, CALL_INTRINSIC_1, operands::INTRINSIC_ASYNC_GEN_WRAP);
        }
        self.op_arg(loc, YIELD_VALUE, 0);
        self.op_arg(loc, RESUME, operands::RESUME_AFTER_YIELD);
    }

    /// Restores the exception state under the exception and raises it again.
    pub fn pop_except_and_reraise(&mut self, loc: Location) {
        self.op_arg(loc, COPY, 3);
        self.op(loc, POP_EXCEPT);
        self.op_arg(loc, RERAISE, 1);
    }
}
