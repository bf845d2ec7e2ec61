//! Calls: of methods, of `super()`, of `all`, `any` and `tuple` with a generator expression, and of anything else.

use terrarium_bytecode::Constant;
use terrarium_bytecode::opcode::*;

use crate::instructions::Label;
use crate::scopes::{EntryId, Key, Scope, Symbol};
use crate::tree::{CmpOp, Context, Expr, ExprKind, Keyword, Location, Name};

use super::assignment::{attribute_location, is_starred};
use super::emit::Attribute;
use super::operands::*;
use super::unit_state::Table;
use super::{Codegen, Result};

/// Whether there is a `*args` or `**kwargs`.
fn has_unpacking(args: &[&Expr], keywords: &[Keyword]) -> bool {
    args.iter().any(|arg| is_starred(arg)) || keywords.iter().any(|keyword| keyword.arg.is_none())
}

/// The call `super()` or `super(a, b)` that an attribute is taken from.
#[derive(Clone, Copy)]
pub struct SuperCall<'t> {
    loc: Location,
    function: &'t Expr<'t>,
    name: &'t Name<'t>,
    args: &'t [&'t Expr<'t>],
}

impl<'t> Codegen<'_, 't> {
    pub fn call(
        &mut self,
        expr: &'t Expr<'t>,
        function: &'t Expr<'t>,
        args: &'t [&'t Expr<'t>],
        keywords: &'t [Keyword<'t>],
    ) -> Result {
        self.validate_keywords(keywords)?;
        if let ExprKind::Attribute {
            value,
            attr,
            ctx: Context::Load,
        } = &function.kind
            && self.is_method_call(value, args, keywords)
        {
            return self.method_call(expr.loc, function, value, attr, args, keywords);
        }
        let done = self.new_label();
        self.check_caller(function);
        self.visit_expr(function)?;
        self.call_with_generator(function, args, keywords, done)?;
        self.op(function.loc, PUSH_NULL);
        self.call_helper(expr.loc, 0, args, None, keywords)?;
        self.use_label(done);
        Ok(())
    }

    /// Whether LOAD_ATTR may give method and object apart: the object is no import, and the arguments are few and plain.
    fn is_method_call(
        &self,
        object: &Expr<'t>,
        args: &[&Expr<'t>],
        keywords: &[Keyword<'t>],
    ) -> bool {
        let imported = match &object.kind {
            ExprKind::Name { id, .. } => {
                self.scopes[EntryId::TOP].symbol(id).has(Symbol::DEF_IMPORT)
            }
            _ => false,
        };
        let count = args.len() + keywords.len() + usize::from(!keywords.is_empty());
        !imported && count < STACK_USE_GUIDELINE && !has_unpacking(args, keywords)
    }

    fn method_call(
        &mut self,
        call_loc: Location,
        method: &'t Expr<'t>,
        object: &'t Expr<'t>,
        attr: &'t Name<'t>,
        args: &'t [&'t Expr<'t>],
        keywords: &'t [Keyword<'t>],
    ) -> Result {
        let place = attribute_location(method.loc, method, attr);
        if let Some(call) = self.super_call(object, attr) {
            self.load_super_arguments(call)?;
            let how = if call.args.is_empty() {
                Attribute::ZeroSuperMethod
            } else {
                Attribute::SuperMethod
            };
            self.op_attribute(method.loc, how, attr);
            self.op(place, NOP);
        } else {
            self.visit_expr(object)?;
            self.op_attribute(place, Attribute::LoadMethod, attr);
        }
        self.visit_exprs(args)?;
        let call_place = attribute_location(call_loc, method, attr);
        if keywords.is_empty() {
            self.op_arg(call_place, CALL, args.len() as u32);
        } else {
            self.visit_keywords(keywords)?;
            self.load_keyword_names(place, keywords);
            self.op_arg(call_place, CALL_KW, (args.len() + keywords.len()) as u32);
        }
        Ok(())
    }

    fn visit_keywords(&mut self, keywords: &'t [Keyword<'t>]) -> Result {
        keywords
            .iter()
            .try_for_each(|keyword| self.visit_expr(keyword.value))
    }

    fn load_keyword_names(&mut self, loc: Location, keywords: &'t [Keyword<'t>]) {
        let names = keywords.iter().filter_map(|keyword| keyword.arg);
        self.load_names(loc, names);
    }

    fn validate_keywords(&self, keywords: &[Keyword<'t>]) -> Result {
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            let repeated = keywords[index + 1..]
                .iter()
                .find(|other| other.arg.as_ref() == Some(name));
            if let Some(other) = repeated {
                return self.error(other.loc, format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// The call in `super().attr`, if LOAD_SUPER_ATTR can stand for it.
    pub fn super_call(&self, object: &'t Expr<'t>, attr: &str) -> Option<SuperCall<'t>> {
        let ExprKind::Call {
            func,
            args,
            keywords,
        } = &object.kind
        else {
            return None;
        };
        let ExprKind::Name { id, .. } = &func.kind else {
            return None;
        };
        if &**id != "super" || attr == "__class__" || !keywords.is_empty() {
            return None;
        }
        let shadowed = self.scope_of(id) != Scope::GlobalImplicit
            || self.scopes[EntryId::TOP].scope(id) != Scope::Unknown;
        let optimised = match args.len() {
            0 => {
                let unit = &self.unit.unit;
                (unit.argcount > 0 || unit.posonlyargcount > 0)
                    && self.reference_scope(&self.scopes.known.class) == Scope::Free
            }
            2 => !args.iter().any(|arg| is_starred(arg)),
            _ => false,
        };
        (!shadowed && optimised).then_some(SuperCall {
            loc: object.loc,
            function: func,
            name: id,
            args,
        })
    }

    /// Pushes `super`, the class and the object.
    fn load_super_arguments(&mut self, call: SuperCall<'t>) -> Result {
        self.name_op(call.function.loc, call.name, Context::Load)?;
        if !call.args.is_empty() {
            return self.visit_exprs(call.args);
        }
        self.known_name_op(call.loc, "__class__", Context::Load)?;
        match self.unit.tables.lists[Table::Locals as usize]
            .first()
            .cloned()
        {
            Some(first) => self.name_op(call.loc, &first, Context::Load),
            None => Ok(()),
        }
    }

    /// `super().attr` outside of a call.
    pub fn super_attribute(
        &mut self,
        expr: &'t Expr<'t>,
        attr: &'t Name<'t>,
        call: SuperCall<'t>,
    ) -> Result {
        self.load_super_arguments(call)?;
        let how = if call.args.is_empty() {
            Attribute::ZeroSuper
        } else {
            Attribute::Super
        };
        self.op_attribute(expr.loc, how, attr);
        self.op(attribute_location(expr.loc, expr, attr), NOP);
        Ok(())
    }

    /// `all(... for ...)`, `any` and `tuple`: if the function on the stack is the builtin one, loops here and goes to `done`.
    fn call_with_generator(
        &mut self,
        function: &'t Expr<'t>,
        args: &'t [&'t Expr<'t>],
        keywords: &[Keyword<'t>],
        done: Label,
    ) -> Result {
        let ExprKind::Name { id, .. } = &function.kind else {
            return Ok(());
        };
        let [generator] = args else { return Ok(()) };
        if !keywords.is_empty() || !matches!(generator.kind, ExprKind::GeneratorExp { .. }) {
            return Ok(());
        }
        let entry = self.lookup(Key::expr(generator))?;
        if self.scopes[entry].coroutine {
            return Ok(());
        }
        let loc = function.loc;
        let skip = self.new_label();
        let (builtin, go_on, exhausted) = match &**id {
            "all" => (CONSTANT_BUILTIN_ALL, POP_JUMP_IF_TRUE, Constant::True),
            "any" => (CONSTANT_BUILTIN_ANY, POP_JUMP_IF_FALSE, Constant::False),
            "tuple" => (CONSTANT_BUILTIN_TUPLE, JUMP, Constant::None),
            _ => {
                self.use_label(skip);
                return Ok(());
            }
        };
        let is_tuple = builtin == CONSTANT_BUILTIN_TUPLE;
        self.op_arg(loc, COPY, 1);
        self.op_arg(loc, LOAD_COMMON_CONSTANT, builtin);
        self.op_compare(loc, CmpOp::Is);
        self.jump(loc, POP_JUMP_IF_FALSE, skip);
        self.op(loc, POP_TOP);
        if is_tuple {
            self.op_arg(loc, BUILD_LIST, 0);
        }
        self.visit_expr(generator)?;
        let start = self.new_label();
        let cleanup = self.new_label();
        self.use_label(start);
        self.jump(loc, FOR_ITER, cleanup);
        if is_tuple {
            self.op_arg(loc, LIST_APPEND, 2);
        } else {
            self.op(loc, TO_BOOL);
        }
        self.jump(loc, go_on, start);
        self.op(Location::NONE, POP_ITER);
        if !is_tuple {
            let decided = match exhausted {
                Constant::True => Constant::False,
                _ => Constant::True,
            };
            self.load_const(loc, &decided);
        }
        self.jump(loc, JUMP, done);
        self.use_label(cleanup);
        self.op(Location::NONE, END_FOR);
        self.op(Location::NONE, POP_ITER);
        if is_tuple {
            self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_LIST_TO_TUPLE);
        } else {
            self.load_const(loc, &exhausted);
        }
        self.jump(loc, JUMP, done);
        self.use_label(skip);
        Ok(())
    }

    /// Pushes arguments and calls. `pushed` are on the stack already; `injected` is a variable that follows the positional ones.
    pub fn call_helper(
        &mut self,
        loc: Location,
        pushed: u32,
        args: &'t [&'t Expr<'t>],
        injected: Option<&str>,
        keywords: &'t [Keyword<'t>],
    ) -> Result {
        self.validate_keywords(keywords)?;
        if args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE || has_unpacking(args, keywords) {
            return self.call_with_unpacking(loc, pushed, args, injected, keywords);
        }
        self.visit_exprs(args)?;
        let mut count = pushed + args.len() as u32;
        if let Some(injected) = injected {
            self.known_name_op(loc, injected, Context::Load)?;
            count += 1;
        }
        if keywords.is_empty() {
            self.op_arg(loc, CALL, count);
        } else {
            self.visit_keywords(keywords)?;
            self.load_keyword_names(loc, keywords);
            self.op_arg(loc, CALL_KW, count + keywords.len() as u32);
        }
        Ok(())
    }

    fn call_with_unpacking(
        &mut self,
        loc: Location,
        pushed: u32,
        args: &'t [&'t Expr<'t>],
        injected: Option<&str>,
        keywords: &'t [Keyword<'t>],
    ) -> Result {
        match args {
            [
                Expr {
                    kind: ExprKind::Starred { value, .. },
                    ..
                },
            ] if pushed == 0 => self.visit_expr(value)?,
            _ => self.build_tuple(loc, args, injected, pushed)?,
        }
        if keywords.is_empty() {
            self.op(loc, PUSH_NULL);
        } else {
            self.keyword_dict(loc, keywords)?;
        }
        self.op(loc, CALL_FUNCTION_EX);
        Ok(())
    }

    /// Pushes one dictionary of all keyword arguments.
    fn keyword_dict(&mut self, loc: Location, keywords: &'t [Keyword<'t>]) -> Result {
        let mut have_dict = false;
        for group in keywords.chunk_by(|a, b| a.arg.is_some() && b.arg.is_some()) {
            if let [
                Keyword {
                    arg: None, value, ..
                },
            ] = group
            {
                if !have_dict {
                    self.op_arg(loc, BUILD_MAP, 0);
                    have_dict = true;
                }
                self.visit_expr(value)?;
                self.op_arg(loc, DICT_MERGE, 1);
            } else {
                self.named_keywords(loc, group)?;
                if have_dict {
                    self.op_arg(loc, DICT_MERGE, 1);
                }
                have_dict = true;
            }
        }
        Ok(())
    }

    fn named_keywords(&mut self, loc: Location, keywords: &'t [Keyword<'t>]) -> Result {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(Location::NONE, BUILD_MAP, 0);
        }
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                self.load_name_constant(loc, name);
            }
            self.visit_expr(keyword.value)?;
            if big {
                self.op_arg(Location::NONE, MAP_ADD, 1);
            }
        }
        if !big {
            self.op_arg(loc, BUILD_MAP, keywords.len() as u32);
        }
        Ok(())
    }
}
