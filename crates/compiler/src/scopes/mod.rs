//! Which block each name belongs to: one entry a block, found by the address of the tree node that opened it (CPython's
//! Python/symtable.c). `build` gathers what each block does with its names, `analyze` then decides the scopes. Reads the tree only;
//! the tree must not move between `Scopes::build` and the last lookup.
//!
//! ```text
//! in    def f(a):
//!           b = a
//!           return lambda: a + c
//! out   module: f local
//!       function f: a cell (a parameter), b local
//!       function lambda, nested: a free, c a global
//! ```

mod analyze;
mod build;
mod dump;
mod expressions;
mod known;
mod mangle;
mod statements;
mod symbol;
mod symbols;

use std::ops::{Index, IndexMut};

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::arena::{Arena, Growing};
use crate::error::Error;
use crate::future::Features;
use crate::name::Names;
use crate::tree::{Arguments, Expr, Location, Module, Name, Stmt, TypeParam};

pub(crate) use build::has_docstring;
pub use dump::dump;
pub(crate) use known::Known;
pub use mangle::mangle;
pub use symbol::{Scope, Symbol};
pub use symbols::Symbols;

/// What kind of block an entry stands for (CPython's `_Py_block_ty`, numbered as in `_symtable.TYPE_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockType {
    /// Function, lambda or comprehension.
    Function = 0,
    Class = 1,
    Module = 2,
    /// `__annotate__` (PEP 649).
    Annotation = 3,
    /// The value of a `type` statement.
    TypeAlias = 4,
    /// The block around something generic that binds its type parameters.
    TypeParameters = 5,
    /// Bound, constraints or default of a type parameter.
    TypeVariable = 6,
}

/// Which kind of comprehension a function block is, if any (CPython's `_Py_comprehension_ty`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComprehensionKind {
    None,
    List,
    Dict,
    Set,
    Generator,
}

/// Number of an entry in its `Scopes`; the module's is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub(crate) u32);

impl EntryId {
    /// The module's entry.
    pub const TOP: EntryId = EntryId(0);

    /// Its place among all entries.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What opened a block: the node's address, and which of the blocks that it may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(usize, Role);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Stmt,
    Expr,
    Annotations,
    TypeParams,
    Bound,
    Default,
    Deferred,
    Module,
}

impl Key {
    /// A FunctionDef, AsyncFunctionDef or ClassDef's body, or the value of a TypeAlias.
    pub fn stmt(node: &Stmt) -> Key {
        Key(std::ptr::from_ref(node) as usize, Role::Stmt)
    }

    /// A Lambda or a comprehension.
    pub fn expr(node: &Expr) -> Key {
        Key(std::ptr::from_ref(node) as usize, Role::Expr)
    }

    /// The `__annotate__` of the function that has these arguments. Annotated variables of a module or class have theirs in
    /// `Entry::annotation_block`.
    pub fn annotations(args: &Arguments) -> Key {
        Key(std::ptr::from_ref(args) as usize, Role::Annotations)
    }

    /// The block around the generic function, class or alias that has these (non-empty) type parameters.
    pub fn type_params(params: &[TypeParam]) -> Key {
        Key(params.as_ptr() as usize, Role::TypeParams)
    }

    /// The bound or constraints of a TypeVar.
    pub fn bound(param: &TypeParam) -> Key {
        Key(std::ptr::from_ref(param) as usize, Role::Bound)
    }

    /// The default of a type parameter of any kind.
    pub fn default(param: &TypeParam) -> Key {
        Key(std::ptr::from_ref(param) as usize, Role::Default)
    }

    /// The `__annotate__` of the variables of the block `entry`.
    fn deferred(entry: EntryId) -> Key {
        Key(entry.0 as usize, Role::Deferred)
    }

    fn module() -> Key {
        Key(0, Role::Module)
    }
}

/// One block (CPython's `PySTEntryObject`, whose field each field names).
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// `top`, `lambda`, `listcomp`, `setcomp`, `dictcomp`, `genexpr`, `__annotate__`, or the name of the function, class, alias or type
    /// parameter.
    pub name: Name<'a>,
    pub block_type: BlockType,
    pub loc: Location,
    /// Mangled names in the order in which they were first met.
    pub symbols: Symbols<'a>,
    /// Mangled parameters: positional-only, positional, keyword-only, `*args`, `**kwargs`.
    pub varnames: Growing<'a, Name<'a>>,
    /// Enclosed blocks; the children of inlined comprehensions stand in the comprehension's place.
    pub children: Growing<'a, EntryId>,
    /// Names in `global` and `nonlocal` statements with the statement's place.
    pub(crate) directives: Vec<(Name<'a>, Location)>,
    /// For the type parameters of a generic class (and blocks inside it): only these names are mangled.
    pub(crate) mangled_names: Option<MangledNames>,
    /// What a bound or default is called in errors, as "a TypeVar bound".
    pub(crate) scope_info: Option<&'static str>,
    /// The function that an `__annotate__` belongs to; `None` for the annotations of variables.
    pub function_name: Option<Name<'a>>,
    /// The `__annotate__` of this module's, class's or function's annotated variables.
    pub annotation_block: Option<EntryId>,
    pub comprehension: ComprehensionKind,
    /// Inside a function-like block.
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    /// Some annotation was met: for a function's `__annotate__`, whether the function has any.
    pub annotations_used: bool,
    pub varargs: bool,
    pub varkeywords: bool,
    pub returns_value: bool,
    /// A class whose methods need `__class__`.
    pub needs_class_closure: bool,
    /// A class whose annotation or type scopes need `__classdict__`.
    pub needs_classdict: bool,
    /// A comprehension that runs in its parent's frame (PEP 709).
    pub comp_inlined: bool,
    /// Visiting the target of a comprehension.
    pub(crate) comp_iter_target: bool,
    /// How many iterables of comprehensions enclose the place being visited.
    pub(crate) comp_iter_expr: u32,
    /// An annotation or type scope directly in a class, which sees the class's names.
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    /// A function directly in a class (sets CO_METHOD).
    pub is_method: bool,
    /// Annotations that may or may not run, as below an `if`.
    pub has_conditional_annotations: bool,
    /// Visiting below `if`, `for`, `while`, `try`, `with` or `match`.
    pub in_conditional_block: bool,
    /// Visiting an annotation that never runs, of a function's variable.
    pub in_unevaluated_annotation: bool,
    /// Whether the `__annotate__` of a function without annotations stands in it that sees a class's names, and was left out.
    has_bare_annotate: bool,
    /// Whether it has names that it got while it was not the innermost open block, or when it was open before.
    has_unplaced: bool,
}

/// A set of names that nested entries share (an index into `Scopes::mangled_sets`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MangledNames(u32);

impl<'a> Entry<'a> {
    /// The name's flags and scope, or `Symbol::NONE` (`_PyST_GetSymbol`). `name` is mangled already.
    pub fn symbol(&self, name: &Name<'a>) -> Symbol {
        self.symbols.get(name).unwrap_or(Symbol::NONE)
    }

    /// The name's scope, or `Scope::Unknown` (`_PyST_GetScope`). `name` is mangled already.
    pub fn scope(&self, name: &Name<'a>) -> Scope {
        self.symbol(name).scope()
    }

    /// Whether it compiles to a function with fast locals: anything but a module or class (`_PyST_IsFunctionLike`).
    pub fn is_function_like(&self) -> bool {
        !matches!(self.block_type, BlockType::Class | BlockType::Module)
    }

    /// Whether it is a comprehension or generator expression.
    pub fn is_comprehension(&self) -> bool {
        self.comprehension != ComprehensionKind::None
    }
}

/// All blocks of a module.
#[derive(Debug)]
pub struct Scopes<'a> {
    /// Where what the entries list stands.
    arena: &'a Arena,
    entries: Vec<Entry<'a>>,
    by_key: FxHashMap<Key, EntryId>,
    mangled_sets: Vec<FxHashSet<Name<'a>>>,
    pub(crate) known: Known<'a>,
}

impl<'a> Scopes<'a> {
    /// Gathers and analyses the blocks of `module` (`_PySymtable_Build`), whose names are `names`. `features` come from `future::features` and the caller's flags.
    /// Errors are SyntaxErrors with CPython's text and place, or its RecursionError for a tree that nests too deeply.
    pub fn build(
        module: &Module<'a>,
        names: &mut Names<'a>,
        features: &Features,
        filename: &str,
    ) -> Result<Scopes<'a>, Error> {
        Scopes::build_all(module, names, features, filename, true)
    }

    /// The same without the `__annotate__` entries of functions that have no annotations: no code comes of them.
    pub fn build_for_code(
        module: &Module<'a>,
        names: &mut Names<'a>,
        features: &Features,
        filename: &str,
    ) -> Result<Scopes<'a>, Error> {
        Scopes::build_all(module, names, features, filename, false)
    }

    fn build_all(
        module: &Module<'a>,
        names: &mut Names<'a>,
        features: &Features,
        filename: &str,
        all: bool,
    ) -> Result<Scopes<'a>, Error> {
        let known = Known::new(names);
        let mut scopes =
            build::build(module, names, known, features, filename, all).map_err(|error| *error)?;
        analyze::analyze(&mut scopes, filename).map_err(|error| *error)?;
        Ok(scopes)
    }

    /// The block that a node opened (`_PySymtable_Lookup`). `None` if it opened none.
    pub fn lookup(&self, key: Key) -> Option<EntryId> {
        self.by_key.get(&key).copied()
    }

    /// `name` as it is called in `entry`, inside class `class` (`_Py_MaybeMangle`): around a generic class only its type parameters are
    /// mangled.
    #[inline]
    pub fn mangle(
        &self,
        names: &mut Names<'a>,
        class: Option<&Name<'a>>,
        entry: EntryId,
        name: &Name<'a>,
    ) -> Name<'a> {
        if !name.is_private() {
            return *name;
        }
        match self[entry].mangled_names {
            Some(set) if !self.mangled_sets[set.0 as usize].contains(name) => *name,
            _ => mangle(names, class, name),
        }
    }

    /// All entries in the order in which they were opened.
    pub fn entries(&self) -> impl Iterator<Item = (EntryId, &Entry<'a>)> {
        self.entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (EntryId(index as u32), entry))
    }
}

impl<'a> Index<EntryId> for Scopes<'a> {
    type Output = Entry<'a>;

    fn index(&self, id: EntryId) -> &Entry<'a> {
        &self.entries[id.0 as usize]
    }
}

impl<'a> IndexMut<EntryId> for Scopes<'a> {
    fn index_mut(&mut self, id: EntryId) -> &mut Entry<'a> {
        &mut self.entries[id.0 as usize]
    }
}
