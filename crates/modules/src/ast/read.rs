//! Nodes that a program made, as the compiler's tree (`PyAST_obj2mod` in Python/Python-ast.c, and the checks of Python/ast.c).

mod expressions;
mod statements;
mod values;

use terrarium_compiler::arena::{Arena, List};
use terrarium_compiler::name::{Name, Names};
use terrarium_compiler::parse::Parsed;
use terrarium_compiler::tree::{self, Location};
use terrarium_objects::types::int;
use terrarium_objects::types::list;
use terrarium_objects::types::str::Str;
use terrarium_objects::{Object, Owned, PyResult, Raised, error, ops, root, state};
use terrarium_runtime::compiling::Request;

use super::classes;

/// Reads fields of nodes; knows the names met and how deep nodes nest.
struct Reader<'a> {
    arena: &'a Arena,
    names: Names<'a>,
    depth: u32,
    deepest: u32,
}

/// The tree of a node, for the mode that `request` asks for.
pub fn tree_of<'a>(node: &Object, request: Request<'_>, arena: &'a Arena) -> PyResult<Parsed<'a>> {
    use terrarium_compiler::parse::Mode;
    let wanted = match request.mode {
        Mode::Exec => "Module",
        Mode::Eval => "Expression",
        Mode::Single => "Interactive",
    };
    if !is_a(node, wanted)? {
        return Err(error::type_error(format!(
            "expected {wanted} node, got {}",
            node.ty().name()
        )));
    }
    let mut reader = Reader {
        arena,
        names: Names::new(arena),
        depth: 0,
        deepest: 0,
    };
    let module = match request.mode {
        Mode::Exec => tree::Module::Module {
            body: reader.each(node, wanted, "body", Reader::stmt)?,
        },
        Mode::Single => tree::Module::Interactive {
            body: reader.each(node, wanted, "body", Reader::stmt)?,
        },
        Mode::Eval => tree::Module::Expression {
            body: reader.expr_field(node, wanted, "body")?,
        },
    };
    Ok(Parsed {
        module,
        warnings: Vec::new(),
        names: reader.names,
        arena,
        depth: reader.deepest,
        special_lines: None,
    })
}

/// Whether a node is an instance of the class of this name.
fn is_a(node: &Object, class: &str) -> PyResult<bool> {
    let class = classes::named(class)?;
    Ok(terrarium_objects::types::r#type::as_type(&class)
        .is_some_and(|class| node.ty().is_subtype(class)))
}

/// The name of the node class that an object is an instance of, among `names`.
fn class_of(node: &Object, names: &[&'static str]) -> PyResult<Option<&'static str>> {
    // Most nodes are of the very class, whose name tells.
    let own = node.ty().name();
    if let Some(name) = names.iter().find(|n| **n == own)
        && is_a(node, name)?
    {
        return Ok(Some(name));
    }
    for name in names {
        if is_a(node, name)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn missing(field: &str, class: &str) -> Raised {
    error::type_error(format!("required field \"{field}\" missing from {class}"))
}

impl<'a> Reader<'a> {
    /// Runs `read` one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Reader<'a>) -> PyResult<T>) -> PyResult<T> {
        state::get().check_native_stack(" during compilation")?;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let made = read(self);
        self.depth -= 1;
        made
    }

    /// A field, or `None` where the node has none or Python's None.
    fn optional(&self, node: &Object, field: &str) -> PyResult<Option<Owned>> {
        let name = terrarium_objects::types::str::intern_immortal(field);
        let found = ops::attribute::get_optional(node, name)?;
        Ok(found.filter(|f| !f.is(terrarium_objects::none())))
    }

    fn required(&self, node: &Object, class: &str, field: &str) -> PyResult<Owned> {
        let name = terrarium_objects::types::str::intern_immortal(field);
        ops::attribute::get_optional(node, name)?.ok_or_else(|| missing(field, class))
    }

    /// Reads each item of a list; an absent list is empty.
    fn each<T: Copy>(
        &mut self,
        node: &Object,
        class: &str,
        field: &str,
        mut read: impl FnMut(&mut Reader<'a>, &Object) -> PyResult<T>,
    ) -> PyResult<List<'a, T>> {
        let name = terrarium_objects::types::str::intern_immortal(field);
        let Some(items) = ops::attribute::get_optional(node, name)? else {
            return Ok(List::EMPTY);
        };
        if items.downcast::<list::List>().is_none() {
            return Err(error::type_error(format!(
                "{class} field \"{field}\" must be a list, not a {}",
                items.ty().full_name()
            )));
        }
        let items = root("nodes being compiled", items);
        let mut made = Vec::new();
        // SAFETY: just checked.
        let count = unsafe { items.cast::<list::List>() }.len();
        for at in 0..count {
            // SAFETY: likewise.
            let Some(item) = unsafe { items.cast::<list::List>() }.item_owned(at) else {
                return Err(error::runtime_error(format!(
                    "{class} field \"{field}\" changed size during iteration"
                )));
            };
            let item = root("node being compiled", item);
            made.push(self.nested(|reader| read(reader, &item))?);
        }
        Ok(self.arena.list(&made))
    }

    /// `each`, of which there must be at least one.
    fn some<T: Copy>(
        &mut self,
        node: &Object,
        class: &str,
        field: &str,
        read: impl FnMut(&mut Reader<'a>, &Object) -> PyResult<T>,
    ) -> PyResult<List<'a, T>> {
        let made = self.each(node, class, field, read)?;
        if made.is_empty() {
            return Err(error::value_error(format!("empty {field} on {class}")));
        }
        Ok(made)
    }

    fn name_of(&mut self, text: &Object) -> PyResult<Name<'a>> {
        if !text.is_exact(&terrarium_objects::types::str::STR) {
            return Err(error::type_error("AST identifier must be of type str"));
        }
        // SAFETY: just checked.
        let text = unsafe { text.cast::<Str>() };
        match text.to_utf8() {
            Some(text) => Ok(self.names.get(&text)),
            None => Err(error::value_error(
                "surrogates not allowed in an identifier",
            )),
        }
    }

    fn name(&mut self, node: &Object, class: &str, field: &str) -> PyResult<Name<'a>> {
        let found = self.required(node, class, field)?;
        if found.is(terrarium_objects::none()) {
            return Err(error::value_error(format!(
                "field '{field}' is required for {class}"
            )));
        }
        self.name_of(&found)
    }

    fn optional_name(&mut self, node: &Object, field: &str) -> PyResult<Option<Name<'a>>> {
        match self.optional(node, field)? {
            Some(found) => self.name_of(&found).map(Some),
            None => Ok(None),
        }
    }

    fn names(&mut self, node: &Object, class: &str, field: &str) -> PyResult<List<'a, Name<'a>>> {
        self.each(node, class, field, Reader::name_of)
    }

    fn number(&self, node: &Object, class: &str, field: &str) -> PyResult<i32> {
        let found = self.required(node, class, field)?;
        self.number_of(&found)
    }

    fn number_of(&self, value: &Object) -> PyResult<i32> {
        if !int::is_int(value) {
            let shown = ops::text::repr(value)?;
            return Err(error::value_error(format!(
                "invalid integer value: {}",
                ops::text::lossy(&shown)
            )));
        }
        int::as_i32(value)
    }

    /// Lines and columns; the end is the start where a node does not tell it.
    fn location(&self, node: &Object, kind: &str) -> PyResult<Location> {
        let place = |field: &str| -> PyResult<i32> {
            match self.optional(node, field)? {
                Some(found) => self.number_of(&found),
                None => Err(error::type_error(format!(
                    "required field \"{field}\" missing from {kind}"
                ))),
            }
        };
        let (line, column) = (place("lineno")?, place("col_offset")?);
        let end = |field: &str, default: i32| -> PyResult<i32> {
            self.optional(node, field)?
                .map_or(Ok(default), |found| self.number_of(&found))
        };
        let made = Location {
            line,
            column,
            end_line: end("end_lineno", line)?,
            end_column: end("end_col_offset", column)?,
        };
        check_range(made)?;
        Ok(made)
    }
}

/// `validate_positions` of Python/ast.c.
fn check_range(at: Location) -> PyResult<()> {
    let wrong = |text: String| Err(error::value_error(text));
    if at.line > at.end_line {
        return wrong(format!(
            "AST node line range ({}, {}) is not valid",
            at.line, at.end_line
        ));
    }
    if at.line < 0 && at.end_line != at.line || at.column < 0 && at.column != at.end_column {
        return wrong(format!(
            "AST node column range ({}, {}) for line range ({}, {}) is not valid",
            at.column, at.end_column, at.line, at.end_line
        ));
    }
    if at.line == at.end_line && at.column > at.end_column {
        return wrong(format!(
            "line {}, column {}-{} is not a valid range",
            at.line, at.column, at.end_column
        ));
    }
    Ok(())
}
