//! `match`. Every pattern consumes its subject from the stack and jumps out on failure. Captures wait on the stack, beneath whatever the
//! patterns around still need, until the whole pattern has matched.

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Constant, Int};

use crate::instructions::Label;
use crate::recursion::with_stack;
use crate::tree::{
    CmpOp, Context, Expr, ExprKind, Location, MatchCase, Name, Operator, Pattern, PatternKind,
};

use super::assignment::{Star, find_star};
use super::operands::NB_SUBSCR;
use super::{Codegen, Result};

/// The state of one case.
#[derive(Default)]
struct PatternContext<'t> {
    /// Names captured so far, in the order of their values on the stack.
    stores: Vec<&'t Name<'t>>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    /// Jumping to `fail_pop[n]` drops n values and then fails.
    fail_pop: Vec<Label>,
    /// How many values on the stack must stay above the captures.
    on_top: usize,
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

fn is_star(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { .. })
}

fn is_star_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { name: None })
}

impl<'t> Codegen<'_, 't> {
    pub fn match_statement(&mut self, subject: &'t Expr<'t>, cases: &'t [MatchCase<'t>]) -> Result {
        self.visit_expr(subject)?;
        let end = self.new_label();
        let Some((last, before)) = cases.split_last() else {
            self.use_label(end);
            return Ok(());
        };
        let default = (is_wildcard(&last.pattern) && !before.is_empty()).then_some(last);
        let tested = if default.is_some() { before } else { cases };
        for (index, case) in tested.iter().enumerate() {
            let keep_subject = index + 1 < tested.len();
            let is_last = index + 1 == cases.len();
            self.case(case, keep_subject, is_last, end)?;
        }
        if let Some(case) = default {
            // Holds the line of the case, which has no code of its own.
            self.op(case.pattern.loc, NOP);
            if let Some(guard) = &case.guard {
                self.jump_if(case.pattern.loc, guard, end, false)?;
            }
            self.visit_stmts(&case.body)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn case(
        &mut self,
        case: &'t MatchCase<'t>,
        keep_subject: bool,
        is_last: bool,
        end: Label,
    ) -> Result {
        let loc = case.pattern.loc;
        if keep_subject {
            self.op_arg(loc, COPY, 1);
        }
        let mut context = PatternContext {
            allow_irrefutable: case.guard.is_some() || is_last,
            ..PatternContext::default()
        };
        self.pattern(&case.pattern, &mut context)?;
        for name in std::mem::take(&mut context.stores) {
            self.name_op(loc, name, Context::Store)?;
        }
        if let Some(guard) = &case.guard {
            self.ensure_fail_pop(&mut context, 0);
            self.jump_if(loc, guard, context.fail_pop[0], false)?;
        }
        if keep_subject {
            self.op(Location::NEXT, POP_TOP);
        }
        self.visit_stmts(&case.body)?;
        self.jump(Location::NONE, JUMP, end);
        self.emit_fail_pop(loc, &mut context);
        Ok(())
    }

    fn pattern(&mut self, pattern: &'t Pattern<'t>, context: &mut PatternContext<'t>) -> Result {
        let depth = self.descend()?;
        let result = with_stack(depth, || self.pattern_kind(pattern, context));
        self.ascend();
        result
    }

    fn pattern_kind(
        &mut self,
        pattern: &'t Pattern<'t>,
        context: &mut PatternContext<'t>,
    ) -> Result {
        let loc = pattern.loc;
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.pattern_value(loc, value, context),
            PatternKind::MatchSingleton { value } => {
                self.load_const(loc, value);
                self.op_compare(loc, CmpOp::Is);
                self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => {
                self.pattern_sequence(loc, patterns, context)
            }
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => self.pattern_mapping(loc, keys, patterns, rest.as_ref(), context),
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => self.pattern_class(
                loc,
                cls,
                (&patterns[..], &kwd_attrs[..], &kwd_patterns[..]),
                context,
            ),
            PatternKind::MatchStar { name } => self.store_capture(loc, name.as_ref(), context),
            PatternKind::MatchAs {
                pattern: inner,
                name,
            } => self.pattern_as(loc, inner.as_deref(), name.as_ref(), context),
            PatternKind::MatchOr { patterns } => self.pattern_or(loc, patterns, context),
        }
    }

    /// A pattern inside another, where one that always matches is harmless.
    fn subpattern(&mut self, pattern: &'t Pattern<'t>, context: &mut PatternContext<'t>) -> Result {
        let outer = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(pattern, context)?;
        context.allow_irrefutable = outer;
        Ok(())
    }

    fn ensure_fail_pop(&mut self, context: &mut PatternContext, pops: usize) {
        while context.fail_pop.len() <= pops {
            let label = self.new_label();
            context.fail_pop.push(label);
        }
    }

    /// Leaves with what is on top of the stack and all captures dropped.
    fn jump_to_fail_pop(&mut self, loc: Location, context: &mut PatternContext, opcode: u16) {
        let pops = context.on_top + context.stores.len();
        self.ensure_fail_pop(context, pops);
        self.jump(loc, opcode, context.fail_pop[pops]);
    }

    /// The blocks that failing jumps go to.
    fn emit_fail_pop(&mut self, loc: Location, context: &mut PatternContext) {
        while let Some(label) = context.fail_pop.pop() {
            self.use_label(label);
            if !context.fail_pop.is_empty() {
                self.op(loc, POP_TOP);
            }
        }
    }

    /// Puts the value on top of the stack beneath `count` - 1 others.
    fn rotate(&mut self, loc: Location, count: usize) {
        for position in (2..=count).rev() {
            self.op_arg(loc, SWAP, position as u32);
        }
    }

    fn store_capture(
        &mut self,
        loc: Location,
        name: Option<&'t Name<'t>>,
        context: &mut PatternContext<'t>,
    ) -> Result {
        let Some(name) = name else {
            self.op(loc, POP_TOP);
            return Ok(());
        };
        self.check_not_stored(loc, name, context)?;
        self.rotate(loc, context.on_top + context.stores.len() + 1);
        context.stores.push(name);
        Ok(())
    }

    fn check_not_stored(
        &self,
        loc: Location,
        name: &'t Name<'t>,
        context: &PatternContext<'t>,
    ) -> Result {
        if context.stores.contains(&name) {
            return self.error(
                loc,
                format!("multiple assignments to name '{name}' in pattern"),
            );
        }
        Ok(())
    }

    fn pattern_as(
        &mut self,
        loc: Location,
        inner: Option<&'t Pattern<'t>>,
        name: Option<&'t Name<'t>>,
        context: &mut PatternContext<'t>,
    ) -> Result {
        let Some(inner) = inner else {
            if context.allow_irrefutable {
                return self.store_capture(loc, name, context);
            }
            return match name {
                Some(name) => self.error(
                    loc,
                    format!("name capture '{name}' makes remaining patterns unreachable"),
                ),
                None => self.error(loc, "wildcard makes remaining patterns unreachable"),
            };
        };
        context.on_top += 1;
        self.op_arg(loc, COPY, 1);
        self.pattern(inner, context)?;
        context.on_top -= 1;
        self.store_capture(loc, name, context)
    }

    fn pattern_value(
        &mut self,
        loc: Location,
        value: &'t Expr<'t>,
        context: &mut PatternContext<'t>,
    ) -> Result {
        if !matches!(
            value.kind,
            ExprKind::Constant { .. } | ExprKind::Attribute { .. }
        ) {
            return self.error(
                loc,
                "patterns may only match literals and attribute lookups",
            );
        }
        self.visit_expr(value)?;
        self.op_compare(loc, CmpOp::Eq);
        self.op(loc, TO_BOOL);
        self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
        Ok(())
    }

    fn pattern_sequence(
        &mut self,
        loc: Location,
        patterns: &'t [Pattern<'t>],
        context: &mut PatternContext<'t>,
    ) -> Result {
        let mut stars = patterns
            .iter()
            .enumerate()
            .filter(|(_, pattern)| is_star(pattern));
        let star = stars.next();
        if stars.next().is_some() {
            return self.error(loc, "multiple starred names in sequence pattern");
        }
        let only_wildcards = patterns
            .iter()
            .all(|pattern| is_wildcard(pattern) || is_star_wildcard(pattern));
        context.on_top += 1;
        self.op(loc, MATCH_SEQUENCE);
        self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
        if star.is_none() {
            self.check_length(loc, patterns.len(), CmpOp::Eq, context);
        } else if patterns.len() > 1 {
            self.check_length(loc, patterns.len() - 1, CmpOp::GtE, context);
        }
        context.on_top -= 1;
        match star {
            _ if only_wildcards => {
                self.op(loc, POP_TOP);
                Ok(())
            }
            Some((index, star)) if is_star_wildcard(star) => {
                self.sequence_by_subscript(loc, patterns, index, context)
            }
            _ => self.sequence_by_unpacking(loc, patterns, context),
        }
    }

    /// Fails unless the subject's length compares so.
    fn check_length(
        &mut self,
        loc: Location,
        length: usize,
        op: CmpOp,
        context: &mut PatternContext,
    ) {
        self.op(loc, GET_LEN);
        self.load_int(loc, length as i64);
        self.op_compare(loc, op);
        self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
    }

    fn sequence_by_unpacking(
        &mut self,
        loc: Location,
        patterns: &'t [Pattern<'t>],
        context: &mut PatternContext<'t>,
    ) -> Result {
        match find_star(patterns.iter().map(is_star), patterns.len()) {
            Star::None => self.op_arg(loc, UNPACK_SEQUENCE, patterns.len() as u32),
            Star::At(oparg) => self.op_arg(loc, UNPACK_EX, oparg),
            Star::Many => {
                return self.error(loc, "multiple starred expressions in sequence pattern");
            }
            Star::TooLong => {
                return self.error(
                    loc,
                    "too many expressions in star-unpacking sequence pattern",
                );
            }
        }
        context.on_top += patterns.len();
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    /// With a starred wildcard only the elements asked for are taken, by index.
    fn sequence_by_subscript(
        &mut self,
        loc: Location,
        patterns: &'t [Pattern<'t>],
        star: usize,
        context: &mut PatternContext<'t>,
    ) -> Result {
        context.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.op_arg(loc, COPY, 1);
            if index < star {
                self.load_int(loc, index as i64);
            } else {
                // The subject need not take negative indices.
                self.op(loc, GET_LEN);
                self.load_int(loc, (patterns.len() - index) as i64);
                self.op_binary(loc, Operator::Sub, false);
            }
            self.op_arg(loc, BINARY_OP, NB_SUBSCR);
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.op(loc, POP_TOP);
        Ok(())
    }

    /// Fails if the value on top of the stack is None.
    fn fail_if_none(&mut self, loc: Location, context: &mut PatternContext) {
        self.op_arg(loc, COPY, 1);
        self.load_none(loc);
        self.op_arg(loc, IS_OP, 1);
        self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
    }

    fn pattern_class(
        &mut self,
        loc: Location,
        class: &'t Expr<'t>,
        (patterns, attrs, attr_patterns): (&'t [Pattern<'t>], &'t [Name<'t>], &'t [Pattern<'t>]),
        context: &mut PatternContext<'t>,
    ) -> Result {
        for (index, attr) in attrs.iter().enumerate() {
            if let Some(other) = attrs[index + 1..].iter().position(|other| other == attr) {
                let place = attr_patterns[index + 1 + other].loc;
                return self.error(
                    place,
                    format!("attribute name repeated in class pattern: {attr}"),
                );
            }
        }
        self.visit_expr(class)?;
        self.load_names(loc, attrs.iter().copied());
        self.op_arg(loc, MATCH_CLASS, patterns.len() as u32);
        self.op_arg(loc, COPY, 1);
        self.load_none(loc);
        self.op_arg(loc, IS_OP, 1);
        // What is on top is a tuple of the attributes, or None.
        context.on_top += 1;
        self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
        let count = patterns.len() + attrs.len();
        self.op_arg(loc, UNPACK_SEQUENCE, count as u32);
        context.on_top += count;
        context.on_top -= 1;
        for pattern in patterns.iter().chain(attr_patterns) {
            context.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(loc, POP_TOP);
                continue;
            }
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    fn pattern_mapping(
        &mut self,
        loc: Location,
        keys: &'t [&'t Expr<'t>],
        patterns: &'t [Pattern<'t>],
        rest: Option<&'t Name<'t>>,
        context: &mut PatternContext<'t>,
    ) -> Result {
        let size = keys.len();
        context.on_top += 1;
        self.op(loc, MATCH_MAPPING);
        self.jump_to_fail_pop(loc, context, POP_JUMP_IF_FALSE);
        if size == 0 && rest.is_none() {
            context.on_top -= 1;
            self.op(loc, POP_TOP);
            return Ok(());
        }
        if size > 0 {
            self.check_length(loc, size, CmpOp::GtE, context);
        }
        self.mapping_keys(loc, keys)?;
        self.op_arg(loc, BUILD_TUPLE, size as u32);
        self.op(loc, MATCH_KEYS);
        // A tuple of keys and one of values stand above the subject.
        context.on_top += 2;
        self.fail_if_none(loc, context);
        self.op_arg(loc, UNPACK_SEQUENCE, size as u32);
        context.on_top += size;
        context.on_top -= 1;
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 2;
        match rest {
            Some(rest) => {
                self.mapping_rest(loc, size);
                self.store_capture(loc, Some(rest), context)
            }
            None => {
                self.op(loc, POP_TOP);
                self.op(loc, POP_TOP);
                Ok(())
            }
        }
    }

    fn mapping_keys(&mut self, loc: Location, keys: &'t [&'t Expr<'t>]) -> Result {
        let mut seen: Vec<&Constant> = Vec::new();
        for key in keys {
            match &key.kind {
                ExprKind::Constant { value, .. } => {
                    if seen.iter().any(|other| is_equal_key(other, value)) {
                        let text = crate::unparse::unparse(key)?;
                        return self.error(
                            loc,
                            format!("mapping pattern checks duplicate key ({text})"),
                        );
                    }
                    seen.push(value);
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    return self.error(
                        loc,
                        "mapping pattern keys may only match literals and attribute lookups",
                    );
                }
            }
            self.visit_expr(key)?;
        }
        Ok(())
    }

    /// Makes a dictionary of the subject without the keys.
    fn mapping_rest(&mut self, loc: Location, size: usize) {
        self.op_arg(loc, BUILD_MAP, 0);
        self.op_arg(loc, SWAP, 3);
        self.op_arg(loc, DICT_UPDATE, 2);
        self.op_arg(loc, UNPACK_SEQUENCE, size as u32);
        for left in (1..=size as u32).rev() {
            self.op_arg(loc, COPY, 1 + left);
            self.op_arg(loc, SWAP, 2);
            self.op(loc, DELETE_SUBSCR);
        }
    }

    fn pattern_or(
        &mut self,
        loc: Location,
        patterns: &'t [Pattern<'t>],
        context: &mut PatternContext<'t>,
    ) -> Result {
        let end = self.new_label();
        // The names of the first alternative, which the others must bind too and bring into the same order.
        let mut control: Vec<&'t Name<'t>> = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let mut inner = PatternContext {
                allow_irrefutable: index + 1 == patterns.len() && context.allow_irrefutable,
                ..PatternContext::default()
            };
            self.op_arg(pattern.loc, COPY, 1);
            self.pattern(pattern, &mut inner)?;
            if index == 0 {
                control = inner.stores.clone();
            } else if !self.reorder_captures(pattern.loc, &control, &mut inner.stores) {
                return self.error(loc, "alternative patterns bind different names");
            }
            self.jump(pattern.loc, JUMP, end);
            self.emit_fail_pop(pattern.loc, &mut inner);
        }
        // None matched: the copy of the subject goes.
        self.op(loc, POP_TOP);
        self.jump_to_fail_pop(loc, context, JUMP);
        self.use_label(end);
        // The captures go beneath the other captures, the copy of the subject, what must stay on top, and earlier captures.
        let rotations = control.len() + 1 + context.on_top + context.stores.len();
        for name in control {
            self.rotate(loc, rotations);
            self.check_not_stored(loc, name, context)?;
            context.stores.push(name);
        }
        self.op(loc, POP_TOP);
        Ok(())
    }

    /// Brings the captures of an alternative, in `stores` and on the stack, into the order of the first one's. False if the names differ.
    fn reorder_captures(
        &mut self,
        loc: Location,
        control: &[&'t Name<'t>],
        stores: &mut Vec<&'t Name<'t>>,
    ) -> bool {
        if stores.len() != control.len() {
            return false;
        }
        for wanted in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[wanted]) else {
                return false;
            };
            if found == wanted {
                continue;
            }
            let rotations = found + 1;
            let rotated: Vec<_> = stores.drain(..rotations).collect();
            let at = wanted - found;
            stores.splice(at..at, rotated);
            for _ in 0..rotations {
                self.rotate(loc, wanted + 1);
            }
        }
        true
    }
}

/// Equality of dictionary keys: numbers of all types compare by value.
fn is_equal_key(left: &Constant, right: &Constant) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => crate::constants::is_equal(left, right),
        _ => false,
    }
}

/// A number, with whole floats as the int they equal.
#[derive(PartialEq)]
enum Number {
    Int(Int),
    Float(f64),
    Complex(f64, f64),
}

fn number(constant: &Constant) -> Option<Number> {
    Some(match constant {
        Constant::False => Number::Int(Int::Small(0)),
        Constant::True => Number::Int(Int::Small(1)),
        Constant::Int(value) => Number::Int(Int::clone(value)),
        Constant::Float(value) => real_number(**value),
        Constant::Complex(value) => match **value {
            (real, 0.0) => real_number(real),
            (real, imaginary) => Number::Complex(real, imaginary),
        },
        _ => return None,
    })
}

fn real_number(value: f64) -> Number {
    use num_bigint::BigInt;
    use num_traits::{FromPrimitive, ToPrimitive};
    if value.is_finite() && value.fract() == 0.0 {
        let whole = BigInt::from_f64(value).unwrap_or_default();
        return Number::Int(match whole.to_i64() {
            Some(small) => Int::Small(small),
            None => Int::Big(whole),
        });
    }
    Number::Float(value)
}
