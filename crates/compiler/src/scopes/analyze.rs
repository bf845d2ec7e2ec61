//! The second pass: decides the scope of every name from what `build` gathered (CPython's `symtable_analyze`), and inlines comprehensions
//! (PEP 709). CPython copies its sets of visible names for each child; here there is one set, and each block takes back what it did.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::build::Result;
use super::*;
use crate::by_number::NameSet;
use crate::recursion;

/// Names in the order in which they were met.
type OrderedNames<'a> = IndexSet<Name<'a>, FxBuildHasher>;

pub(super) fn analyze(scopes: &mut Scopes, filename: &str) -> Result {
    let mut analysis = Analysis {
        scopes,
        filename,
        bound: Visible::default(),
        type_params: Visible::default(),
        depth: 0,
    };
    analysis.block(EntryId::TOP, None)?;
    Ok(())
}

struct Analysis<'b, 'a> {
    scopes: &'b mut Scopes<'a>,
    filename: &'b str,
    /// Names that the function-like blocks around the place bind.
    bound: Visible,
    /// Those of the visible names that are type parameters.
    type_params: Visible,
    depth: u32,
}

/// A set of visible names, and what the blocks around the place changed in it, in order to take it back.
#[derive(Default)]
struct Visible {
    names: NameSet,
    /// Each name by its number, and whether it came or went.
    changes: Vec<(usize, bool)>,
}

impl Visible {
    fn contains(&self, name: &Name) -> bool {
        self.names.contains(name.number())
    }

    /// Puts `name` in the set or takes it out.
    #[inline]
    fn set(&mut self, name: &Name, has: bool) {
        let number = name.number();
        if self.names.set(number, has) {
            self.changes.push((number, has));
        }
    }

    /// Takes back all changes but the first `kept`.
    fn undo(&mut self, kept: usize) {
        for (number, has) in self.changes.drain(kept..).rev() {
            self.names.set(number, !has);
        }
    }
}

/// What is being found out about one block.
#[derive(Default)]
struct Block<'a> {
    /// The block's own free names.
    own_free: OrderedNames<'a>,
    /// Free names of the blocks inside, which this block does not bind.
    child_free: OrderedNames<'a>,
    /// Names that are cells in inlined comprehensions.
    inlined_cells: FxHashSet<Name<'a>>,
}

impl<'a> Analysis<'_, 'a> {
    /// Analyses a block and all inside it; returns its free names (`analyze_block`). `class` is the class whose names it sees.
    fn block(&mut self, id: EntryId, class: Option<EntryId>) -> Result<OrderedNames<'a>> {
        if self.depth > recursion::LIMIT {
            return Err(Box::new(recursion::too_deep()));
        }
        self.depth += 1;
        let free = recursion::with_stack(self.depth, || self.block_here(id, class))?;
        self.depth -= 1;
        Ok(free)
    }

    fn block_here(&mut self, id: EntryId, class: Option<EntryId>) -> Result<OrderedNames<'a>> {
        let mut block = Block::default();
        let (bound, type_params) = (self.bound.changes.len(), self.type_params.changes.len());
        self.names(id, class, &mut block)?;
        self.children(id, class, &mut block)?;
        self.type_params.undo(type_params);
        self.bound.undo(bound);
        self.splice_children(id);
        let Scopes { entries, known, .. } = &mut *self.scopes;
        let entry = &mut entries[id.0 as usize];
        if entry.is_function_like() {
            analyze_cells(entry, &mut block);
        } else if entry.block_type == BlockType::Class {
            drop_class_free(entry, known, &mut block.child_free);
        }
        self.update_symbols(id, &block);
        let Block {
            mut own_free,
            child_free,
            ..
        } = block;
        if own_free.is_empty() {
            return Ok(child_free);
        }
        own_free.extend(child_free);
        Ok(own_free)
    }

    /// Decides the scopes of the block's own names and makes the visible names those of its children.
    fn names(&mut self, id: EntryId, class: Option<EntryId>, block: &mut Block<'a>) -> Result {
        let block_type = self.scopes[id].block_type;
        let is_module = block_type == BlockType::Module;
        let is_function_like = self.scopes[id].is_function_like();
        for place in 0..self.scopes[id].symbols.len() {
            let symbols = &self.scopes[id].symbols;
            let (name, symbol) = (*symbols.name(place), symbols.at(place));
            let scope = self.scope_of(id, class, &name, symbol, is_module)?;
            *self.scopes[id].symbols.at_mut(place) = symbol.with_scope(scope);
            match scope {
                Scope::Free => {
                    block.own_free.insert(name);
                }
                Scope::Local => {
                    let is_type_param = symbol.has(Symbol::DEF_TYPE_PARAM);
                    self.type_params.set(&name, is_type_param);
                    if is_function_like {
                        self.bound.set(&name, true);
                    }
                }
                Scope::GlobalExplicit if is_function_like && symbol.has(Symbol::DEF_GLOBAL) => {
                    self.bound.set(&name, false);
                }
                _ => {}
            }
        }
        // A class's names are not visible in its methods, but these are.
        if block_type == BlockType::Class {
            let known = &self.scopes.known;
            for name in [
                &known.class,
                &known.classdict,
                &known.conditional_annotations,
            ] {
                self.bound.set(name, true);
            }
        }
        Ok(())
    }

    /// The scope of one name from its flags (`analyze_name`).
    fn scope_of(
        &self,
        id: EntryId,
        class: Option<EntryId>,
        name: &Name<'a>,
        symbol: Symbol,
        is_module: bool,
    ) -> Result<Scope> {
        if symbol.has(Symbol::DEF_GLOBAL) {
            if symbol.has(Symbol::DEF_NONLOCAL) {
                return self.error(id, name, format!("name '{name}' is nonlocal and global"));
            }
            return Ok(Scope::GlobalExplicit);
        }
        if symbol.has(Symbol::DEF_NONLOCAL) {
            if is_module {
                return self.error(
                    id,
                    name,
                    "nonlocal declaration not allowed at module level".into(),
                );
            }
            if !self.bound.contains(name) {
                return self.error(id, name, format!("no binding for nonlocal '{name}' found"));
            }
            if self.type_params.contains(name) {
                return self.error(
                    id,
                    name,
                    format!("nonlocal binding not allowed for type parameter '{name}'"),
                );
            }
            return Ok(Scope::Free);
        }
        if symbol.has(Symbol::DEF_BOUND) {
            return Ok(Scope::Local);
        }
        // A name of the class comes from the class's namespace at run time, never from a function around it.
        if let Some(class) = class {
            let in_class = self.scopes[class].symbol(name);
            if in_class.has(Symbol::DEF_GLOBAL) {
                return Ok(Scope::GlobalExplicit);
            }
            if in_class.has(Symbol::DEF_BOUND) && !in_class.has(Symbol::DEF_NONLOCAL) {
                return Ok(Scope::GlobalImplicit);
            }
        }
        Ok(if self.bound.contains(name) {
            Scope::Free
        } else {
            Scope::GlobalImplicit
        })
    }

    #[cold]
    fn error(&self, id: EntryId, name: &Name<'a>, message: String) -> Result<Scope> {
        let directive = self.scopes[id]
            .directives
            .iter()
            .find(|(declared, _)| declared == name);
        let loc = directive.map_or(Location::NONE, |(_, loc)| *loc);
        Err(Box::new(Error::bare(message, self.filename, loc)))
    }

    fn children(&mut self, id: EntryId, class: Option<EntryId>, block: &mut Block<'a>) -> Result {
        for index in 0..self.scopes[id].children.len() {
            let (entry, child_id) = (&self.scopes[id], self.scopes[id].children[index]);
            let child = &self.scopes[child_id];
            let child_class = match (child.can_see_class_scope, entry.block_type) {
                (false, _) => None,
                (true, BlockType::Class) => Some(id),
                (true, _) => class,
            };
            // Annotation and type scopes in a class run comprehensions as functions, for the class's names' sake.
            let inline = child.is_comprehension() && !child.generator && !entry.can_see_class_scope;
            let mut free = self.block(child_id, child_class)?;
            if inline {
                self.inline_comprehension(id, child_id, block, &mut free);
                self.scopes[child_id].comp_inlined = true;
            }
            if block.child_free.is_empty() {
                block.child_free = free;
            } else {
                block.child_free.extend(free);
            }
        }
        if self.scopes[id].has_bare_annotate {
            let class = match self.scopes[id].block_type {
                BlockType::Class => Some(id),
                _ => class,
            };
            let classdict = self.scopes.known.classdict;
            let scope = self.scope_of(id, class, &classdict, Symbol::USE, false)?;
            if scope == Scope::Free {
                block.child_free.insert(classdict);
            }
        }
        Ok(())
    }

    /// Takes the names of a comprehension over into the block around it. `free` are the comprehension's free names.
    fn inline_comprehension(
        &mut self,
        id: EntryId,
        comprehension: EntryId,
        block: &mut Block<'a>,
        free: &mut OrderedNames<'a>,
    ) {
        let free_below = self.free_in_children(comprehension);
        let mut symbols = self.take_symbols(comprehension);
        let Scopes { entries, known, .. } = &mut *self.scopes;
        let provided = [
            &known.class,
            &known.classdict,
            &known.conditional_annotations,
        ];
        let entry = &mut entries[id.0 as usize];
        let in_class = entry.block_type == BlockType::Class;
        let mut unreachable = Vec::new();
        for (name, &symbol) in symbols.iter() {
            if symbol.has(Symbol::DEF_PARAM) {
                continue;
            }
            let mut scope = symbol.scope();
            if scope == Scope::Cell || symbol.has(Symbol::DEF_COMP_CELL) {
                block.inlined_cells.insert(*name);
            }
            let known = entry.symbols.place(name);
            // These are never free through a class, except for the sake of blocks inside.
            if scope == Scope::Free && in_class && provided.contains(&name) {
                scope = Scope::GlobalImplicit;
                if !free_below.contains(name) {
                    free.swap_remove(name);
                }
                unreachable.push(*name);
            }
            match known {
                None => {
                    entry.symbols.add(name, symbol.with_scope(scope));
                }
                Some(place) if !in_class => {
                    let known = entry.symbols.at_mut(place);
                    // Locals of the block are locals of the comprehension now.
                    if known.has(Symbol::DEF_BOUND) && !free_below.contains(name) {
                        free.swap_remove(name);
                    }
                    if scope == Scope::Free && symbol.has(Symbol::USE) {
                        *known |= Symbol::USE;
                    }
                }
                Some(_) => {}
            }
        }
        for name in &unreachable {
            symbols.remove(name);
        }
        self.scopes[comprehension].symbols = symbols;
    }

    fn take_symbols(&mut self, id: EntryId) -> Symbols<'a> {
        let nothing = Symbols::new(self.scopes.arena);
        std::mem::replace(&mut self.scopes[id].symbols, nothing)
    }

    /// The names that are free in any block directly inside `id`.
    fn free_in_children(&self, id: EntryId) -> FxHashSet<Name<'a>> {
        let children = self.scopes[id]
            .children
            .iter()
            .map(|&child| &self.scopes[child].symbols);
        let free = children
            .flat_map(Symbols::iter)
            .filter(|(_, symbol)| symbol.scope() == Scope::Free);
        free.map(|(name, _)| *name).collect()
    }

    /// Puts the children of inlined comprehensions in the comprehensions' places.
    fn splice_children(&mut self, id: EntryId) {
        if !self.scopes[id]
            .children
            .iter()
            .any(|&child| self.scopes[child].comp_inlined)
        {
            return;
        }
        let mut children = self.scopes.arena.growing();
        for &child in &self.scopes[id].children {
            let entry = &self.scopes[child];
            if entry.comp_inlined {
                children.extend_from_slice(&entry.children);
            } else {
                children.push(child);
            }
        }
        self.scopes[id].children = children;
    }

    /// Marks cells of inlined comprehensions and passes free names of the block's children through it (`update_symbols`).
    fn update_symbols(&mut self, id: EntryId, block: &Block<'a>) {
        let Analysis { scopes, bound, .. } = self;
        let entry = &mut scopes[id];
        if !block.inlined_cells.is_empty() {
            for (name, symbol) in entry.symbols.iter_mut() {
                if block.inlined_cells.contains(name) {
                    *symbol |= Symbol::DEF_COMP_CELL;
                }
            }
        }
        let sees_class = entry.block_type == BlockType::Class || entry.can_see_class_scope;
        let is_module = entry.block_type == BlockType::Module;
        for name in &block.child_free {
            if let Some(place) = entry.symbols.place(name) {
                if sees_class {
                    *entry.symbols.at_mut(place) |= Symbol::DEF_FREE_CLASS;
                }
            } else if is_module || bound.contains(name) {
                let symbol = Symbol::NONE.with_scope(Scope::Free);
                entry.symbols.add(name, symbol);
            }
        }
    }
}

/// Locals that blocks inside need are cells, and free no longer.
fn analyze_cells<'a>(entry: &mut Entry<'a>, block: &mut Block<'a>) {
    if block.child_free.is_empty() && block.inlined_cells.is_empty() {
        return;
    }
    for (name, symbol) in entry.symbols.iter_mut() {
        if symbol.scope() == Scope::Local
            && (block.child_free.contains(name) || block.inlined_cells.contains(name))
        {
            *symbol = symbol.with_scope(Scope::Cell);
            block.child_free.swap_remove(name);
        }
    }
}

/// The cells that a class provides if its methods or annotations ask for them.
fn drop_class_free<'a>(entry: &mut Entry, known: &Known<'a>, free: &mut OrderedNames<'a>) {
    if free.is_empty() {
        return;
    }
    let mut take = |name: &Name<'a>| free.swap_remove(name);
    entry.needs_class_closure |= take(&known.class);
    entry.needs_classdict |= take(&known.classdict);
    entry.has_conditional_annotations |= take(&known.conditional_annotations);
}
