//! What is known of a unit while its instructions are generated (CPython's `struct compiler_unit`).

use terrarium_bytecode::Str;

use crate::by_number::ByNumber;
use crate::instructions::Sequence;
use crate::scopes::{BlockType, Entry, EntryId, Symbol};
use crate::tree::{Context, Expr, Location, Name};
use crate::unit::Unit;

use super::frame_blocks::FrameBlock;
use super::names::{Accesses, OF_FUNCTIONS, OF_OTHERS};

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

/// What is known of a name in a unit.
#[derive(Debug, Clone, Copy, Default)]
pub struct InUnit {
    pub symbol: Symbol,
    /// The name's number in each `Table`, plus one; zero in those that do not have it.
    pub numbers: [u32; 4],
    pub hidden: Hidden,
}

/// Whether a fast local of an inlined comprehension hides a name of a module or class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hidden {
    #[default]
    Never,
    /// The comprehension is being generated.
    Now,
    /// It was.
    Before,
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
        let first = match table {
            Table::Frees => self.first_free,
            _ => 0,
        };
        let list = &mut self.lists[table as usize];
        let next = first + list.len() as u32;
        match in_unit.get_mut(name.number()) {
            Some(known) => match known.number(table) {
                Some(number) => return number,
                None => known.numbers[table as usize] = next + 1,
            },
            None => {
                let mut known = InUnit::default();
                known.numbers[table as usize] = next + 1;
                in_unit.set(name.number(), known);
            }
        }
        list.push(*name);
        next
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

/// What a unit is opened with.
pub struct Opening<'t> {
    pub name: Name<'t>,
    /// The name as it is bound, of a function or class.
    pub definition: Option<Name<'t>>,
    pub scope_type: ScopeType,
    pub entry: EntryId,
    pub firstlineno: i32,
    /// The class whose names are mangled inside, if it is a new one.
    pub private: Option<Name<'t>>,
    pub metadata: Metadata,
}

#[derive(Debug)]
pub struct UnitState<'t> {
    /// What becomes of it; its lists of names are those of `tables` until it is closed.
    pub unit: Unit<'t>,
    /// The qualified name as a class loads it, if that is another string than the interned one.
    pub qualname_constant: Option<Str>,
    pub scope_type: ScopeType,
    pub entry: EntryId,
    pub accesses: &'static Accesses,
    /// Of a class, and of an annotation scope in one: `Load`, for which a namespace may have to be pushed.
    pub prepared: Option<Context>,
    /// The class whose private names are mangled here.
    pub private: Option<Name<'t>>,
    /// Of a class: attributes that its methods assign to `self`, in order of the assignments.
    pub static_attributes: Vec<Name<'t>>,
    pub deferred_annotations: Vec<DeferredAnnotation<'t>>,
    pub next_conditional_index: u32,
    /// The unit's sequence while the one of its annotations is generated.
    pub stashed: Option<Sequence>,
    pub frame_blocks: Vec<FrameBlock<'t>>,
    pub in_inlined_comp: u32,
    pub in_conditional_block: u32,
    pub tables: Tables<'t>,
    /// An `__annotate__`. Its parameter is `.format` to the scopes, so that no annotation can mean it, and `format` to whoever inspects the
    /// function.
    pub is_annotate: bool,
}

impl<'t> UnitState<'t> {
    /// A unit that is to be opened.
    pub fn new(name: Name<'t>) -> Box<Self> {
        Box::new(UnitState {
            unit: Unit::new(name),
            qualname_constant: None,
            scope_type: ScopeType::Module,
            entry: EntryId::TOP,
            accesses: &OF_OTHERS,
            prepared: None,
            private: None,
            static_attributes: Vec::new(),
            deferred_annotations: Vec::new(),
            next_conditional_index: 0,
            stashed: None,
            frame_blocks: Vec::new(),
            in_inlined_comp: 0,
            in_conditional_block: 0,
            tables: Tables::default(),
            is_annotate: false,
        })
    }

    /// Starts the unit; what a closed one left of its lists is empty. The qualified name is the name.
    pub fn open(&mut self, opening: Opening<'t>, entry: &Entry) {
        let unit = &mut self.unit;
        unit.name = opening.name;
        unit.qualname = opening.name;
        unit.firstlineno = opening.firstlineno;
        unit.argcount = opening.metadata.args as u32;
        unit.posonlyargcount = opening.metadata.posonly as u32;
        unit.kwonlyargcount = opening.metadata.kwonly as u32;
        self.scope_type = opening.scope_type;
        self.entry = opening.entry;
        self.accesses = match entry.is_function_like() {
            true => &OF_FUNCTIONS,
            false => &OF_OTHERS,
        };
        let sees_class = entry.block_type == BlockType::Class || entry.can_see_class_scope;
        self.prepared = sees_class.then_some(Context::Load);
        self.private = opening.private;
        self.qualname_constant = None;
        self.static_attributes.clear();
        self.next_conditional_index = 0;
        self.in_inlined_comp = 0;
        self.in_conditional_block = 0;
        self.is_annotate = false;
    }

    /// Puts the lists of names into the unit, or what is left of them back to be filled again.
    pub fn swap_tables(&mut self) {
        let unit = &mut self.unit;
        let lists = [
            &mut unit.names,
            &mut unit.varnames,
            &mut unit.cellvars,
            &mut unit.freevars,
        ];
        for (list, table) in lists.into_iter().zip(&mut self.tables.lists) {
            std::mem::swap(list, table);
        }
    }
}
