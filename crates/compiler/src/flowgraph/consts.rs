//! A unit's constants while the passes add to them.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use terrarium_bytecode::opcode::LOAD_SMALL_INT;
use terrarium_bytecode::{Constant, Int};

use super::Error;
use crate::constants::{ConstantId, Constants};
use crate::fold;
use crate::instructions::Instruction;

/// So many constants are looked through for one; more get a table.
const FEW: usize = 32;

/// The list that becomes `co_consts`, and the module's constants, of whose numbers it consists.
pub struct ConstList<'c, 'n> {
    pub list: Vec<ConstantId>,
    cache: &'c mut Constants<'n>,
    /// Index by number; filled when a constant is added to many.
    places: Option<FxHashMap<ConstantId, u32>>,
}

impl<'c, 'n> ConstList<'c, 'n> {
    pub fn new(list: Vec<ConstantId>, cache: &'c mut Constants<'n>) -> ConstList<'c, 'n> {
        ConstList {
            list,
            cache,
            places: None,
        }
    }

    pub fn into_list(self) -> Vec<ConstantId> {
        self.list
    }

    /// The constant that a LOAD_CONST or LOAD_SMALL_INT loads (`get_const_value`).
    pub fn value(&mut self, instr: &Instruction) -> Result<Constant, Error> {
        if instr.opcode == LOAD_SMALL_INT {
            let value = Constant::Int(Rc::new(Int::Small(i64::from(instr.oparg))));
            let id = self.cache.merge_one(value);
            return Ok(self.cache.merged(id).clone());
        }
        self.loaded(instr.opcode, instr.oparg).cloned()
    }

    fn loaded(&self, opcode: u16, oparg: u32) -> Result<&Constant, Error> {
        match self.list.get(oparg as usize) {
            Some(&id) => Ok(self.cache.merged(id)),
            None => Err(Error::BadArgument { opcode, oparg }),
        }
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
        let id = self.cache.merge_one(value);
        match self.place(id) {
            Some(place) => place,
            None => self.push(id),
        }
    }

    /// The index of the constant of this number.
    fn place(&mut self, id: ConstantId) -> Option<u32> {
        if self.list.len() <= FEW {
            let place = self.list.iter().position(|&known| known == id);
            return place.map(|place| place as u32);
        }
        let places = self
            .places
            .get_or_insert_with(|| self.list.iter().copied().zip(0..).collect());
        places.get(&id).copied()
    }

    fn push(&mut self, id: ConstantId) -> u32 {
        let place = self.list.len() as u32;
        self.list.push(id);
        if let Some(places) = &mut self.places {
            places.insert(id, place);
        }
        place
    }
}
