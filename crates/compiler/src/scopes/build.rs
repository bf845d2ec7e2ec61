//! The first pass: visits the tree in CPython's order, opens an entry for each block and records what the block does with each name.
//! This file has the state and the definition of blocks and names.

use std::cell::Cell;

use super::*;
use crate::by_number::ByNumber;
use crate::recursion;
use crate::tree::{Context, ExprKind, Keyword, StmtKind};

/// In a box, so that what most often holds nothing is one word.
pub(super) type Result<T = ()> = std::result::Result<T, Box<Error>>;

thread_local! {
    /// What the last module left of `places`.
    static SPARE: Cell<ByNumber<u32>> = Cell::default();
}

/// Gathers the blocks of `module`; their names have no scopes yet.
pub(super) fn build<'a>(
    module: &Module<'a>,
    names: &mut Names<'a>,
    known: Known<'a>,
    features: &Features,
    filename: &str,
    all: bool,
) -> Result<Scopes<'a>> {
    // Moving entries and hashing keys anew costs more than the room.
    let count = names.len();
    let arena = names.arena();
    let mut scopes = Scopes {
        arena,
        entries: Vec::with_capacity(count),
        by_key: FxHashMap::with_capacity_and_hasher(count, FxBuildHasher),
        mangled_sets: Vec::new(),
        known,
    };
    let place = Location {
        line: 0,
        end_line: 0,
        column: 0,
        end_column: 0,
    };
    let top = Entry::new(arena, scopes.known.top, BlockType::Module, place);
    scopes.entries.push(top);
    scopes.by_key.insert(Key::module(), EntryId::TOP);
    let mut builder = Builder {
        scopes,
        stack: vec![EntryId::TOP],
        current: EntryId::TOP,
        class: None,
        features,
        filename,
        all,
        places: SPARE.take(),
        names,
        depth: 0,
    };
    builder.places.renew(count);
    builder.places.open();
    match module {
        Module::Module { body } => {
            builder.entry().has_docstring = has_docstring(body);
            builder.visit_body(body)?;
        }
        Module::Interactive { body } => builder.visit_body(body)?,
        Module::Expression { body } => builder.visit_expr(body)?,
    }
    SPARE.set(builder.places);
    Ok(builder.scopes)
}

/// Whether `body` starts with a string of its own (`_PyAST_GetDocString`).
pub(crate) fn has_docstring(body: &[Stmt]) -> bool {
    let Some(Stmt {
        kind: StmtKind::Expr { value },
        ..
    }) = body.first()
    else {
        return false;
    };
    matches!(
        value.kind,
        ExprKind::Constant {
            value: terrarium_bytecode::Constant::Str(_),
            ..
        }
    )
}

impl<'a> Entry<'a> {
    fn new(arena: &'a Arena, name: Name<'a>, block_type: BlockType, loc: Location) -> Entry<'a> {
        Entry {
            name,
            block_type,
            loc,
            symbols: Symbols::new(arena),
            varnames: arena.growing(),
            children: arena.growing(),
            directives: Vec::new(),
            mangled_names: None,
            scope_info: None,
            function_name: None,
            annotation_block: None,
            comprehension: ComprehensionKind::None,
            nested: false,
            generator: false,
            coroutine: false,
            annotations_used: false,
            varargs: false,
            varkeywords: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            can_see_class_scope: false,
            has_docstring: false,
            is_method: false,
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            has_bare_annotate: false,
            has_unplaced: false,
        }
    }
}

/// The visitor's state (CPython's `struct symtable`).
pub(super) struct Builder<'b, 'a> {
    pub(super) scopes: Scopes<'a>,
    /// The open blocks, outermost first.
    pub(super) stack: Vec<EntryId>,
    /// The last of `stack`.
    pub(super) current: EntryId,
    /// The innermost class, for private names.
    pub(super) class: Option<Name<'a>>,
    pub(super) features: &'b Features,
    filename: &'b str,
    pub(super) names: &'b mut Names<'a>,
    /// Whether functions without annotations get an `__annotate__` entry, as in CPython.
    pub(super) all: bool,
    /// Where the innermost open block has each name in its symbols.
    places: ByNumber<u32>,
    depth: u32,
}

impl<'a> Builder<'_, 'a> {
    #[cold]
    pub(super) fn error<T>(&self, message: impl Into<String>, loc: Location) -> Result<T> {
        Err(Box::new(Error::bare(message, self.filename, loc)))
    }

    /// The entry of the innermost open block.
    pub(super) fn entry(&mut self) -> &mut Entry<'a> {
        &mut self.scopes.entries[self.current.0 as usize]
    }

    /// Runs `visit` a level deeper.
    pub(super) fn nested(&mut self, visit: impl FnOnce(&mut Self) -> Result) -> Result {
        if self.depth >= recursion::LIMIT {
            return Err(Box::new(recursion::too_deep()));
        }
        self.depth += 1;
        let result = recursion::with_stack(self.depth, || visit(self));
        self.depth -= 1;
        result
    }

    // Blocks.

    /// Makes an entry without opening it (`ste_new`).
    pub(super) fn new_entry(
        &mut self,
        name: &Name<'a>,
        block_type: BlockType,
        key: Key,
        loc: Location,
    ) -> EntryId {
        let parent = &self.scopes[self.current];
        let mut entry = Entry::new(self.scopes.arena, *name, block_type, loc);
        entry.nested = parent.nested || parent.is_function_like();
        entry.is_method =
            parent.block_type == BlockType::Class && block_type == BlockType::Function;
        let id = EntryId(self.scopes.entries.len() as u32);
        self.scopes.entries.push(entry);
        self.scopes.by_key.insert(key, id);
        id
    }

    /// Opens a block that has its entry (`symtable_enter_existing_block`).
    pub(super) fn enter_existing(&mut self, id: EntryId, add_to_children: bool) {
        let previous = self.current;
        // It may have been open before.
        let has_names = !self.scopes[id].symbols.is_empty();
        self.scopes[id].has_unplaced |= has_names;
        let (comp_iter_expr, mangled_names) =
            (self.entry().comp_iter_expr, self.entry().mangled_names);
        let entry = &mut self.scopes[id];
        entry.comp_iter_expr = comp_iter_expr;
        if mangled_names.is_some() && entry.block_type != BlockType::Class {
            entry.mangled_names = mangled_names;
        }
        // Annotations that become text must not influence the blocks around them.
        let forgotten = self.features.annotations() && entry.block_type == BlockType::Annotation;
        self.stack.push(id);
        self.current = id;
        self.places.open();
        if add_to_children && !forgotten {
            self.scopes[previous].children.push(id);
        }
    }

    /// Makes and opens a block (`symtable_enter_block`).
    pub(super) fn enter(
        &mut self,
        name: &Name<'a>,
        block_type: BlockType,
        key: Key,
        loc: Location,
    ) -> Result<EntryId> {
        let id = self.new_entry(name, block_type, key, loc);
        self.enter_existing(id, true);
        if matches!(
            block_type,
            BlockType::Annotation | BlockType::TypeVariable | BlockType::TypeAlias
        ) {
            let format = self.scopes.known.format;
            self.add_def(&format, Symbol::DEF_PARAM, loc)?;
            self.add_def(&format, Symbol::USE, loc)?;
        }
        Ok(id)
    }

    /// Closes the innermost block.
    pub(super) fn exit(&mut self) {
        self.stack.pop();
        self.places.close();
        self.current = *self.stack.last().expect("the module's block stays open");
    }

    /// A scope inside a class that has to read `__classdict__` to see the class's names.
    pub(super) fn see_class_scope(&mut self, loc: Location) -> Result {
        self.entry().can_see_class_scope = true;
        let classdict = self.scopes.known.classdict;
        self.add_def(&classdict, Symbol::USE, loc)
    }

    // Names.

    fn mangled(&mut self, name: &Name<'a>) -> Name<'a> {
        self.scopes
            .mangle(self.names, self.class.as_ref(), self.current, name)
    }

    /// What `entry` knows of `name` so far (`symtable_lookup_entry`).
    pub(super) fn lookup_in(&mut self, entry: EntryId, name: &Name<'a>) -> Symbol {
        let mangled = self
            .scopes
            .mangle(self.names, self.class.as_ref(), entry, name);
        self.scopes[entry].symbol(&mangled)
    }

    pub(super) fn lookup(&mut self, name: &Name<'a>) -> Symbol {
        self.lookup_in(self.current, name)
    }

    /// Where the innermost open block has `name`, which is added if it is new.
    fn place_of(&mut self, name: &Name<'a>) -> usize {
        if let Some(place) = self.places.get(name.number()) {
            return place as usize;
        }
        let entry = &mut self.scopes.entries[self.current.0 as usize];
        let known = match entry.has_unplaced {
            true => entry.symbols.place(name),
            false => None,
        };
        let place = known.unwrap_or_else(|| entry.symbols.add(name, Symbol::NONE));
        self.places.set(name.number(), place as u32);
        place
    }

    /// What `entry`, an open block, knows of `name`, which is added if it is new.
    fn symbol_in(&mut self, entry: EntryId, name: &Name<'a>) -> &mut Symbol {
        if entry == self.current {
            let place = self.place_of(name);
            return self.entry().symbols.at_mut(place);
        }
        let entry = &mut self.scopes[entry];
        entry.has_unplaced = true;
        entry.symbols.entry(name)
    }

    /// Adds `flag`, of a plain use or assignment, to what the innermost block knows of `name`. Whether it could: the block has met the name
    /// before, and there is nothing to check.
    #[inline]
    pub(super) fn note_again(&mut self, name: &Name<'a>, flag: Symbol) -> bool {
        if name.is_private() || *name == self.scopes.known.debug {
            return false;
        }
        let Some(place) = self.places.get(name.number()) else {
            return false;
        };
        let entry = self.entry();
        if entry.comp_iter_target {
            return false;
        }
        *entry.symbols.at_mut(place as usize) |= flag;
        true
    }

    /// Adds `flag` to what `entry` knows of `name` (`symtable_add_def_helper`).
    pub(super) fn add_def_in(
        &mut self,
        entry: EntryId,
        name: &Name<'a>,
        flag: Symbol,
        loc: Location,
    ) -> Result {
        let mangled = self.mangled(name);
        let target = &mut self.scopes.entries[entry.0 as usize];
        let is_iteration_target = target.comp_iter_target;
        if flag.has(Symbol::DEF_PARAM) {
            target.varnames.push(mangled);
        }
        let symbol = self.symbol_in(entry, &mangled);
        let known = *symbol;
        *symbol |= flag;
        if is_iteration_target {
            *symbol |= Symbol::DEF_COMP_ITER;
        }
        let now = *symbol;
        if flag.has(Symbol::DEF_PARAM) && known.has(Symbol::DEF_PARAM) {
            return self.error(
                format!("duplicate argument '{name}' in function definition"),
                loc,
            );
        }
        if flag.has(Symbol::DEF_TYPE_PARAM) && known.has(Symbol::DEF_TYPE_PARAM) {
            return self.error(format!("duplicate type parameter '{name}'"), loc);
        }
        if is_iteration_target && now.has(Symbol::DEF_GLOBAL | Symbol::DEF_NONLOCAL) {
            let message = format!(
                "comprehension inner loop cannot rebind assignment expression target '{name}'"
            );
            return self.error(message, loc);
        }
        if flag.has(Symbol::DEF_GLOBAL) {
            *self.symbol_in(EntryId::TOP, &mangled) |= flag;
        }
        Ok(())
    }

    /// `__debug__` can be neither assigned nor deleted.
    pub(super) fn check_name(&self, name: &str, loc: Location, ctx: Context) -> Result {
        match ctx {
            Context::Store if name == "__debug__" => self.error("cannot assign to __debug__", loc),
            Context::Del if name == "__debug__" => self.error("cannot delete __debug__", loc),
            _ => Ok(()),
        }
    }

    pub(super) fn check_keywords(&self, keywords: &[Keyword<'a>]) -> Result {
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                self.check_name(name, keyword.loc, Context::Store)?;
            }
        }
        Ok(())
    }

    /// Adds `flag` to `name` in the innermost block, where it is used as `ctx` says.
    pub(super) fn add_def_ctx(
        &mut self,
        name: &Name<'a>,
        flag: Symbol,
        loc: Location,
        ctx: Context,
    ) -> Result {
        if flag.has(Symbol::DEF_BOUND) {
            self.check_name(name, loc, ctx)?;
        }
        if flag.has(Symbol::DEF_TYPE_PARAM)
            && let Some(set) = self.entry().mangled_names
        {
            self.scopes.mangled_sets[set.0 as usize].insert(*name);
        }
        self.add_def_in(self.current, name, flag, loc)
    }

    /// Adds `flag` to `name` in the innermost block.
    pub(super) fn add_def(&mut self, name: &Name<'a>, flag: Symbol, loc: Location) -> Result {
        let ctx = if flag == Symbol::USE {
            Context::Load
        } else {
            Context::Store
        };
        self.add_def_ctx(name, flag, loc, ctx)
    }

    /// Remembers where `name` was declared, for errors that the analysis finds.
    pub(super) fn record_directive(&mut self, name: &Name<'a>, loc: Location) {
        let mangled = self.mangled(name);
        self.entry().directives.push((mangled, loc));
    }
}
