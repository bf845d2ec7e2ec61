//! What is known of a unit while its instructions are generated (CPython's `struct compiler_unit`).

use std::collections::BTreeSet;
use std::hash::Hash;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use terrarium_bytecode::{Constant, Str};

use crate::constants::ConstantId;
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

/// Things numbered in order of first use. A unit mostly has few: those are looked through, and only more than `FEW` get a hash table.
#[derive(Debug)]
struct Numbering<T> {
    items: Vec<T>,
    numbers: FxHashMap<T, u32>,
}

const FEW: usize = 16;

impl<T> Default for Numbering<T> {
    fn default() -> Numbering<T> {
        Numbering {
            items: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbering<T> {
    fn find(&self, item: &T) -> Option<u32> {
        if self.items.len() > FEW {
            return self.numbers.get(item).copied();
        }
        let place = self.items.iter().position(|known| known == item);
        place.map(|place| place as u32)
    }

    /// The number of `item`, and whether it is new.
    fn number(&mut self, item: &T) -> (u32, bool) {
        if let Some(number) = self.find(item) {
            return (number, false);
        }
        let number = self.items.len() as u32;
        self.items.push(item.clone());
        match self.items.len() {
            ..=FEW => {}
            // All so far.
            len if len == FEW + 1 => self.numbers = self.items.iter().cloned().zip(0..).collect(),
            _ => {
                self.numbers.insert(item.clone(), number);
            }
        }
        (number, true)
    }
}

/// Names numbered in order of first use.
#[derive(Debug, Default)]
pub struct NameTable {
    names: Numbering<Name>,
    /// The number of the first name.
    offset: u32,
}

impl NameTable {
    fn new(names: impl IntoIterator<Item = Name>, offset: u32) -> NameTable {
        let mut table = NameTable {
            names: Numbering::default(),
            offset,
        };
        for name in names {
            table.names.number(&name);
        }
        table
    }

    /// The number of `name`, which is added if it is new.
    pub fn index_of(&mut self, name: &Name) -> u32 {
        self.offset + self.names.number(name).0
    }

    /// The number of `name` if the table has it.
    pub fn find(&self, name: &Name) -> Option<u32> {
        self.names.find(name).map(|number| self.offset + number)
    }

    /// The name added first.
    pub fn first(&self) -> Option<&Name> {
        self.names.items.first()
    }

    fn len(&self) -> u32 {
        self.names.items.len() as u32
    }

    fn into_vec(self) -> Vec<Name> {
        self.names.items
    }
}

/// An annotated variable whose annotation goes into the unit's `__annotate__`.
#[derive(Debug, Clone, Copy)]
pub struct DeferredAnnotation<'t> {
    pub loc: Location,
    pub name: &'t Name,
    pub annotation: &'t Expr,
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
    /// The class whose private names are mangled here.
    pub private: Option<Name>,
    /// Of a class: attributes that its methods assign to `self`.
    pub static_attributes: BTreeSet<Name>,
    pub deferred_annotations: Vec<DeferredAnnotation<'t>>,
    pub next_conditional_index: u32,
    pub sequence: Sequence,
    /// The unit's sequence while the one of its annotations is generated.
    pub stashed: Option<Sequence>,
    pub frame_blocks: Vec<FrameBlock<'t>>,
    pub in_inlined_comp: u32,
    pub in_conditional_block: u32,
    pub names: NameTable,
    pub varnames: NameTable,
    pub cellvars: NameTable,
    pub freevars: NameTable,
    /// Names that an inlined comprehension keeps in fast locals, and whether it is being generated.
    pub fasthidden: IndexMap<Name, bool, FxBuildHasher>,
    pub firstlineno: i32,
    pub metadata: Metadata,
    consts: Vec<Constant>,
    const_numbers: Numbering<ConstantId>,
}

impl<'t> UnitState<'t> {
    pub fn new(
        name: Rc<Str>,
        scope_type: ScopeType,
        entry_id: EntryId,
        entry: &Entry,
        firstlineno: i32,
        metadata: Metadata,
    ) -> UnitState<'t> {
        let mut cellvars =
            NameTable::new(sorted_names(entry, Scope::Cell, Symbol::DEF_COMP_CELL), 0);
        for (needed, name) in [
            (entry.needs_class_closure, "__class__"),
            (entry.needs_classdict, "__classdict__"),
            (
                entry.has_conditional_annotations,
                "__conditional_annotations__",
            ),
        ] {
            if needed {
                cellvars.index_of(&Name::from(name));
            }
        }
        let freevars = NameTable::new(
            sorted_names(entry, Scope::Free, Symbol::DEF_FREE_CLASS),
            cellvars.len(),
        );
        UnitState {
            qualname: name.clone(),
            qualname_constant: name.clone(),
            name,
            scope_type,
            entry: entry_id,
            private: None,
            static_attributes: BTreeSet::new(),
            deferred_annotations: Vec::new(),
            next_conditional_index: 0,
            sequence: Sequence::for_unit(),
            stashed: None,
            frame_blocks: Vec::new(),
            in_inlined_comp: 0,
            in_conditional_block: 0,
            names: NameTable::default(),
            varnames: NameTable::new(entry.varnames.iter().cloned(), 0),
            cellvars,
            freevars,
            fasthidden: IndexMap::default(),
            firstlineno,
            metadata,
            consts: Vec::new(),
            const_numbers: Numbering::default(),
        }
    }

    /// The number of a merged constant, which is added if it is new.
    pub fn const_index(&mut self, id: ConstantId, constant: Constant) -> u32 {
        let (number, is_new) = self.const_numbers.number(&id);
        if is_new {
            self.consts.push(constant);
        }
        number
    }

    /// The unit as the flow graph takes it.
    pub fn into_unit(self, flags: u32, depth: usize) -> Unit {
        Unit {
            name: self.name,
            qualname: self.qualname,
            consts: self.consts,
            names: self.names.into_vec(),
            varnames: self.varnames.into_vec(),
            cellvars: self.cellvars.into_vec(),
            freevars: self.freevars.into_vec(),
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
fn sorted_names(entry: &Entry, scope: Scope, flag: Symbol) -> Vec<Name> {
    let mut names: Vec<Name> = entry
        .symbols
        .iter()
        .filter(|(_, symbol)| symbol.scope() == scope || symbol.has(flag))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names
}
