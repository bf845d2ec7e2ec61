//! A unit's constants while the passes add to them.

use rustc_hash::FxHashMap;
use std::rc::Rc;

use terrarium_bytecode::opcode::LOAD_SMALL_INT;
use terrarium_bytecode::{Constant, Int};

use super::Error;
use crate::constants::Constants;
use crate::fold;
use crate::instructions::Instruction;

/// The list that becomes `co_consts`, and the module's cache that new constants go through.
pub struct ConstList<'c, 'n> {
    pub list: Vec<Constant>,
    cache: &'c mut Constants<'n>,
    /// Index by identity; filled when the first constant is added.
    places: Option<FxHashMap<usize, u32>>,
}

impl<'c, 'n> ConstList<'c, 'n> {
    pub fn new(list: Vec<Constant>, cache: &'c mut Constants<'n>) -> ConstList<'c, 'n> {
        ConstList {
            list,
            cache,
            places: None,
        }
    }

    pub fn into_list(self) -> Vec<Constant> {
        self.list
    }

    /// The constant that a LOAD_CONST or LOAD_SMALL_INT loads (`get_const_value`).
    pub fn value(&mut self, instr: &Instruction) -> Result<Constant, Error> {
        if instr.opcode == LOAD_SMALL_INT {
            let value = Constant::Int(Rc::new(Int::Small(i64::from(instr.oparg))));
            return Ok(self.cache.merge_one(value));
        }
        self.loaded(instr.opcode, instr.oparg).cloned()
    }

    fn loaded(&self, opcode: u16, oparg: u32) -> Result<&Constant, Error> {
        self.list
            .get(oparg as usize)
            .ok_or(Error::BadArgument { opcode, oparg })
    }

    /// The argument of LOAD_SMALL_INT that stands for the constant at `oparg`, if there is one.
    pub fn small_int(&self, opcode: u16, oparg: u32) -> Result<Option<u32>, Error> {
        Ok(small_int(self.loaded(opcode, oparg)?))
    }

    pub fn is_true(&self, opcode: u16, oparg: u32) -> Result<bool, Error> {
        if opcode == LOAD_SMALL_INT {
            return Ok(oparg != 0);
        }
        Ok(fold::is_true(self.loaded(opcode, oparg)?))
    }

    pub fn is_none(&self, opcode: u16, oparg: u32) -> Result<bool, Error> {
        Ok(opcode != LOAD_SMALL_INT && matches!(self.loaded(opcode, oparg)?, Constant::None))
    }

    /// The index of the constant, which is merged and added if it is new (`add_const`).
    pub fn add(&mut self, value: Constant) -> u32 {
        let value = self.cache.merge_one(value);
        let places = self.places.get_or_insert_with(|| {
            let mut places = FxHashMap::default();
            for (index, value) in self.list.iter().enumerate() {
                places.entry(identity(value)).or_insert(index as u32);
            }
            places
        });
        *places.entry(identity(&value)).or_insert_with(|| {
            self.list.push(value);
            self.list.len() as u32 - 1
        })
    }
}

/// The value as an argument of LOAD_SMALL_INT.
pub fn small_int(value: &Constant) -> Option<u32> {
    match value {
        Constant::Int(int) => match **int {
            Int::Small(small) if (0..256).contains(&small) => Some(small as u32),
            _ => None,
        },
        _ => None,
    }
}

/// A number that two constants share exactly if they are one object.
fn identity(value: &Constant) -> usize {
    fn address<T: ?Sized>(shared: &Rc<T>) -> usize {
        Rc::as_ptr(shared).cast::<u8>() as usize
    }
    match value {
        Constant::None => 1,
        Constant::True => 2,
        Constant::False => 3,
        Constant::Ellipsis => 4,
        Constant::StopIteration => 5,
        Constant::Int(shared) => address(shared),
        Constant::Float(shared) => address(shared),
        Constant::Complex(shared) => address(shared),
        Constant::Bytes(shared) => address(shared),
        Constant::Str(shared) => address(shared),
        Constant::Tuple(shared)
        | Constant::FrozenSet(shared)
        | Constant::List(shared)
        | Constant::Set(shared) => address(shared),
        Constant::Slice(shared) => address(shared),
        Constant::Code(shared) => address(shared),
        Constant::Dict(shared) => address(shared),
    }
}
