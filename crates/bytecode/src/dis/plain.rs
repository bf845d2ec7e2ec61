//! Subjects that are data: a `Code`, and bare bytecode.

use std::rc::Rc;

use super::{Lookup, Subject};
use crate::code::Code;
use crate::constant::Constant;
use crate::hash::{Hasher, SetOrders};
use crate::quicken::{deopt, quicken};
use crate::repr::{ReprError, repr};

/// A code object as data.
#[derive(Debug, Clone)]
pub struct Plain {
    code: Rc<Code>,
    /// The bytecode as `co_code` shows it: a damaged file can hold instructions that exist only in memory.
    units: Vec<u8>,
    /// The bytecode as a new live code object has it, if that is to be shown.
    adaptive: Option<Vec<u8>>,
    orders: Rc<SetOrders>,
}

impl Plain {
    /// `adaptive` asks for the instructions as they stand in memory (`dis -S`): since the code was never run, only the caches differ.
    /// `hasher` decides the order in which sets are shown.
    pub fn new(code: Rc<Code>, adaptive: bool, hasher: Hasher) -> Plain {
        Plain::sharing(code, adaptive, Rc::new(SetOrders::new(hasher)))
    }

    fn sharing(code: Rc<Code>, adaptive: bool, orders: Rc<SetOrders>) -> Plain {
        let mut units = code.code.to_vec();
        deopt(&mut units);
        let adaptive = adaptive.then(|| {
            let mut quickened = units.clone();
            quicken(&mut quickened);
            quickened
        });
        Plain {
            code,
            units,
            adaptive,
            orders,
        }
    }
}

fn write_string(names: &[Constant], index: usize, out: &mut Vec<u8>) -> Lookup {
    match names.get(index) {
        Some(Constant::Str(name)) => {
            out.extend_from_slice(&name.text);
            Lookup::Found
        }
        _ => Lookup::OutOfRange,
    }
}

impl Subject for Plain {
    type Error = ReprError;

    fn code(&self) -> &[u8] {
        &self.units
    }

    fn shown(&self) -> &[u8] {
        self.adaptive.as_deref().unwrap_or(&self.units)
    }

    fn lines(&self) -> Option<(&[u8], i32)> {
        Some((&self.code.linetable, self.code.firstlineno))
    }

    fn exceptiontable(&self) -> &[u8] {
        &self.code.exceptiontable
    }

    fn consts(&self) -> usize {
        self.code.consts.len()
    }

    fn write_const(
        &self,
        index: usize,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Result<Lookup, ReprError> {
        let Some(constant) = self.code.consts.get(index) else {
            return Ok(Lookup::OutOfRange);
        };
        repr(constant, &self.orders, limit, out)?;
        Ok(Lookup::Found)
    }

    fn write_name(&self, index: usize, out: &mut Vec<u8>) -> Lookup {
        write_string(&self.code.names, index, out)
    }

    fn write_local(&self, index: usize, out: &mut Vec<u8>) -> Lookup {
        write_string(&self.code.localsplusnames, index, out)
    }

    fn nested(&self, index: usize) -> Option<Plain> {
        match self.code.consts.get(index) {
            Some(Constant::Code(code)) => {
                let (adaptive, orders) = (self.adaptive.is_some(), self.orders.clone());
                Some(Plain::sharing(code.clone(), adaptive, orders))
            }
            _ => None,
        }
    }
}

/// Bytecode alone (`dis.dis(b'...')`).
#[derive(Debug, Clone, Copy)]
pub struct Raw<'b>(pub &'b [u8]);

impl Subject for Raw<'_> {
    type Error = std::convert::Infallible;

    fn code(&self) -> &[u8] {
        self.0
    }

    fn lines(&self) -> Option<(&[u8], i32)> {
        None
    }

    fn exceptiontable(&self) -> &[u8] {
        &[]
    }

    fn consts(&self) -> usize {
        0
    }

    fn write_const(
        &self,
        _index: usize,
        _limit: usize,
        _out: &mut Vec<u8>,
    ) -> Result<Lookup, Self::Error> {
        Ok(Lookup::Unknown)
    }

    fn write_name(&self, _index: usize, _out: &mut Vec<u8>) -> Lookup {
        Lookup::Unknown
    }

    fn write_local(&self, _index: usize, _out: &mut Vec<u8>) -> Lookup {
        Lookup::Unknown
    }

    fn nested(&self, _index: usize) -> Option<Self> {
        None
    }
}
