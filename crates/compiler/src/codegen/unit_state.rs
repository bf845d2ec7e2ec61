//! What is known of a unit while its instructions are generated (CPython's `struct compiler_unit`).

use std::collections::BTreeSet;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use terrarium_bytecode::{Constant, Str};

use crate::by_number::ByNumber;
use crate::instructions::Sequence;
use crate::scopes::{Entry, EntryId, Scope, Symbol};
use crate::tree::{Expr, Location, Name};
use crate::unit::Unit;

use super::frame_blocks::FrameBlock;

/// What kind of unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeType {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
}

impl ScopeType {
    /// Whether names inside are `<locals>`.
    pub fn is_function(self) -> bool {
        matches!(
            self,
            ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda
        )
    }
}

/// Numbers of parameters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Metadata {
    /// Positional ones that may be given by keyword.
    pub args: usize,
    pub posonly: usize,
    pub kwonly: usize,
}

/// The lists in which a unit numbers its names, in order of first use.
#[derive(Debug, Clone, Copy)]
pub enum Table {
    /// `co_names`
    Names,
    /// Fast locals.
    Locals,
    Cells,
    Frees,
}

/// Room for so many names is made at once.
const FIRST: usize = 8;

/// What is known of a name in a unit.
#[derive(Debug, Clone, Copy, Default)]
pub struct InUnit {
    pub symbol: Symbol,
    /// The name's number in each `Table`, plus one; zero in those that do not have it.
    pub numbers: [u32; 4],
}

impl InUnit {
    /// The name's number in a table that has it.
    #[inline]
    pub fn number(self, table: Table) -> Option<u32> {
        self.numbers[table as usize].checked_sub(1)
    }
}

/// A unit's lists of names.
#[derive(Debug, Default)]
pub struct Tables<'t> {
    /// Each `Table`'s in order.
    pub lists: [Vec<Name<'t>>; 4],
    /// The number of the first free variable: how many cells there are to begin with.
    pub first_free: u32,
}

impl<'t> Tables<'t> {
    /// The number of `name` in a table; it is added if it is new.
    pub fn number(&mut self, in_unit: &mut ByNumber<InUnit>, table: Table, name: &Name<'t>) -> u32 {
        let known = in_unit.get(name.number());
        if let Some(number) = known.and_then(|known| known.number(table)) {
            return number;
        }
        let first = match table {
            Table::Frees => self.first_free,
            _ => 0,
        };
        let list = &mut self.lists[table as usize];
        let number = first + list.len() as u32;
        if list.is_empty() {
            list.reserve(FIRST);
        }
        list.push(*name);
        match in_unit.get_mut(name.number()) {
            Some(known) => known.numbers[table as usize] = number + 1,
            None => {
                let mut known = InUnit::default();
                known.numbers[table as usize] = number + 1;
                in_unit.set(name.number(), known);
            }
        }
        number
    }
}

/// An annotated variable whose annotation goes into the unit's `__annotate__`.
#[derive(Debug, Clone, Copy)]
pub struct DeferredAnnotation<'t> {
    pub loc: Location,
    pub name: &'t Name<'t>,
    pub annotation: &'t Expr<'t>,
    /// Which element of `__conditional_annotations__` says that it was run; `None` if it always is.
    pub index: Option<u32>,
}

#[derive(Debug)]
pub struct UnitState<'t> {
    pub name: Rc<Str>,
    pub qualname: Rc<Str>,
    /// The qualified name as a class loads it.
    pub qualname_constant: Rc<Str>,
    pub scope_type: ScopeType,
    pub entry: EntryId,
    /// Whether it has fast locals.
    pub function_like: bool,
    /// The class whose private names are mangled here.
    pub private: Option<Name<'t>>,
    /// Of a class: attributes that its methods assign to `self`.
    pub static_attributes: BTreeSet<Name<'t>>,
    pub deferred_annotations: Vec<DeferredAnnotation<'t>>,
    pub next_conditional_index: u32,
    pub sequence: Sequence,
    /// The unit's sequence while the one of its annotations is generated.
    pub stashed: Option<Sequence>,
    pub frame_blocks: Vec<FrameBlock<'t>>,
    pub in_inlined_comp: u32,
    pub in_conditional_block: u32,
    pub tables: Tables<'t>,
    /// Names that an inlined comprehension keeps in fast locals, and whether it is being generated.
    pub fasthidden: IndexMap<Name<'t>, bool, FxBuildHasher>,
    pub firstlineno: i32,
    pub metadata: Metadata,
    pub consts: Vec<Constant>,
}

impl<'t> UnitState<'t> {
    pub fn new(
        name: Rc<Str>,
        scope_type: ScopeType,
        entry: EntryId,
        function_like: bool,
        firstlineno: i32,
        metadata: Metadata,
    ) -> UnitState<'t> {
        UnitState {
            qualname: name.clone(),
            qualname_constant: name.clone(),
            name,
            scope_type,
            entry,
            function_like,
            private: None,
            static_attributes: BTreeSet::new(),
            deferred_annotations: Vec::new(),
            next_conditional_index: 0,
            sequence: Sequence::for_unit(),
            stashed: None,
            frame_blocks: Vec::new(),
            in_inlined_comp: 0,
            in_conditional_block: 0,
            tables: Tables::default(),
            fasthidden: IndexMap::default(),
            firstlineno,
            metadata,
            consts: Vec::with_capacity(FIRST),
        }
    }

    /// The unit as the flow graph takes it.
    pub fn into_unit(self, flags: u32, depth: usize) -> Unit<'t> {
        let [names, varnames, cellvars, freevars] = self.tables.lists;
        Unit {
            name: self.name,
            qualname: self.qualname,
            consts: self.consts,
            names,
            varnames,
            cellvars,
            freevars,
            fasthidden: self.fasthidden.into_keys().collect(),
            argcount: self.metadata.args as u32,
            posonlyargcount: self.metadata.posonly as u32,
            kwonlyargcount: self.metadata.kwonly as u32,
            flags,
            firstlineno: self.firstlineno,
            depth: depth as u32,
            sequence: self.sequence,
        }
    }
}

/// Names that have this scope or flag, sorted (`dictbytype`).
pub fn sorted_names<'t>(entry: &Entry<'t>, scope: Scope, flag: Symbol) -> Vec<Name<'t>> {
    let mut names: Vec<Name<'t>> = entry
        .symbols
        .iter()
        .filter(|(_, symbol)| symbol.scope() == scope || symbol.has(flag))
        .map(|(name, _)| *name)
        .collect();
    names.sort();
    names
}
