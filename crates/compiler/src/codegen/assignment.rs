//! Augmented assignment, unpacking, subscripts and slices.

use std::rc::Rc;

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Constant, Int};

use crate::tree::{Context, Expr, ExprKind, Location, Name, Operator};

use super::emit::Attribute;
use super::operands::NB_SUBSCR;
use super::{Codegen, Result};

/// The most elements that UNPACK_EX takes before the starred one, and after it.
const MAX_BEFORE_STAR: usize = 1 << 8;
const MAX_AFTER_STAR: usize = (i32::MAX >> 8) as usize;

/// Where the star of an unpacking stands, checked against UNPACK_EX's limits.
pub enum Star {
    None,
    At(u32),
    Many,
    TooLong,
}

/// Finds the starred one among `count` targets or patterns.
pub fn find_star(starred: impl Iterator<Item = bool>, count: usize) -> Star {
    let mut found = Star::None;
    for (index, _) in starred.enumerate().filter(|(_, is_starred)| *is_starred) {
        if !matches!(found, Star::None) {
            return Star::Many;
        }
        let after = count - index - 1;
        if index >= MAX_BEFORE_STAR || after >= MAX_AFTER_STAR {
            return Star::TooLong;
        }
        found = Star::At((index + (after << 8)) as u32);
    }
    found
}

/// The expression without its star.
pub fn unstarred<'t>(expr: &'t Expr<'t>) -> &'t Expr<'t> {
    match &expr.kind {
        ExprKind::Starred { value, .. } => value,
        _ => expr,
    }
}

pub fn is_starred(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Starred { .. })
}

fn slice_constant(part: Option<&Expr>) -> Option<Constant> {
    match part.map(|part| &part.kind) {
        None => Some(Constant::None),
        Some(ExprKind::Constant { value, .. }) => Some((*value).clone()),
        Some(_) => None,
    }
}

/// Start, stop and step of a slice of constants.
fn constant_slice(expr: &Expr) -> Option<[Constant; 3]> {
    let ExprKind::Slice { lower, upper, step } = &expr.kind else {
        return None;
    };
    Some([
        slice_constant(lower.as_deref())?,
        slice_constant(upper.as_deref())?,
        slice_constant(step.as_deref())?,
    ])
}

/// Start and stop, if the slice has no step and is worth BINARY_SLICE or STORE_SLICE.
fn two_part_slice<'t>(expr: &'t Expr<'t>) -> Option<(Option<&'t Expr<'t>>, Option<&'t Expr<'t>>)> {
    match &expr.kind {
        ExprKind::Slice {
            lower,
            upper,
            step: None,
        } if constant_slice(expr).is_none() => Some((lower.as_deref(), upper.as_deref())),
        _ => None,
    }
}

impl<'t> Codegen<'_, 't> {
    /// Unpacks what is on the stack into targets.
    pub fn unpack(&mut self, loc: Location, targets: &'t [&'t Expr<'t>]) -> Result {
        match find_star(
            targets.iter().map(|target| is_starred(target)),
            targets.len(),
        ) {
            Star::None => self.op_arg(loc, UNPACK_SEQUENCE, targets.len() as u32),
            Star::At(oparg) => self.op_arg(loc, UNPACK_EX, oparg),
            Star::Many => return self.error(loc, "multiple starred expressions in assignment"),
            Star::TooLong => {
                return self.error(loc, "too many expressions in star-unpacking assignment");
            }
        }
        targets
            .iter()
            .try_for_each(|target| self.visit_expr(unstarred(target)))
    }

    pub fn augmented_assign(
        &mut self,
        loc: Location,
        target: &'t Expr<'t>,
        op: Operator,
        value: &'t Expr<'t>,
    ) -> Result {
        match &target.kind {
            ExprKind::Name { id, .. } => {
                self.name_op(target.loc, id, Context::Load)?;
                self.in_place(loc, op, value)?;
                self.name_op(target.loc, id, Context::Store)
            }
            ExprKind::Attribute {
                value: object,
                attr,
                ..
            } => {
                self.visit_expr(object)?;
                self.op_arg(target.loc, COPY, 1);
                let place = attribute_location(target.loc, target, attr);
                self.op_attribute(place, Attribute::Load, attr);
                self.in_place(loc, op, value)?;
                self.op_arg(place, SWAP, 2);
                self.op_name(place, STORE_ATTR, attr);
                Ok(())
            }
            ExprKind::Subscript {
                value: object,
                slice,
                ..
            } => self.augmented_subscript(loc, target.loc, object, slice, op, value),
            _ => self.error(loc, "illegal expression for augmented assignment"),
        }
    }

    fn in_place(&mut self, loc: Location, op: Operator, value: &'t Expr<'t>) -> Result {
        self.visit_expr(value)?;
        self.op_binary(loc, op, true);
        Ok(())
    }

    fn augmented_subscript(
        &mut self,
        loc: Location,
        place: Location,
        object: &'t Expr<'t>,
        slice: &'t Expr<'t>,
        op: Operator,
        value: &'t Expr<'t>,
    ) -> Result {
        self.visit_expr(object)?;
        if let Some((lower, upper)) = two_part_slice(slice) {
            self.slice_parts(slice.loc, lower, upper)?;
            self.ops_arg(place, COPY, &[3, 3, 3]);
            self.op(place, BINARY_SLICE);
            self.in_place(loc, op, value)?;
            self.ops_arg(place, SWAP, &[4, 3, 2]);
            self.op(place, STORE_SLICE);
        } else {
            self.visit_expr(slice)?;
            self.ops_arg(place, COPY, &[2, 2]);
            self.op_arg(place, BINARY_OP, NB_SUBSCR);
            self.in_place(loc, op, value)?;
            self.ops_arg(place, SWAP, &[3, 2]);
            self.op(place, STORE_SUBSCR);
        }
        Ok(())
    }

    fn ops_arg(&mut self, loc: Location, opcode: u16, opargs: &[u32]) {
        for &oparg in opargs {
            self.op_arg(loc, opcode, oparg);
        }
    }

    pub fn subscript(
        &mut self,
        loc: Location,
        object: &'t Expr<'t>,
        slice: &'t Expr<'t>,
        context: Context,
    ) -> Result {
        if context == Context::Load {
            self.check_subscripter(object);
            self.check_index(object, slice);
        }
        self.visit_expr(object)?;
        if context != Context::Del
            && let Some((lower, upper)) = two_part_slice(slice)
        {
            self.slice_parts(slice.loc, lower, upper)?;
            self.op(
                loc,
                if context == Context::Load {
                    BINARY_SLICE
                } else {
                    STORE_SLICE
                },
            );
            return Ok(());
        }
        self.visit_expr(slice)?;
        match context {
            Context::Load => self.op_arg(loc, BINARY_OP, NB_SUBSCR),
            Context::Store => self.op(loc, STORE_SUBSCR),
            Context::Del => self.op(loc, DELETE_SUBSCR),
        }
        Ok(())
    }

    fn slice_parts(
        &mut self,
        loc: Location,
        lower: Option<&'t Expr<'t>>,
        upper: Option<&'t Expr<'t>>,
    ) -> Result {
        for part in [lower, upper] {
            match part {
                Some(part) => self.visit_expr(part)?,
                None => self.load_none(loc),
            }
        }
        Ok(())
    }

    pub fn slice(&mut self, expr: &'t Expr<'t>) -> Result {
        if let Some(parts) = constant_slice(expr) {
            // Parts are not merged with equal constants, but what is one object everywhere stays so.
            let parts = parts.map(|part| {
                if is_singleton(&part) {
                    self.constants.merge(&part)
                } else {
                    part
                }
            });
            self.load_const(expr.loc, &Constant::Slice(Rc::new(parts)));
            return Ok(());
        }
        let ExprKind::Slice { lower, upper, step } = &expr.kind else {
            unreachable!("called for slices only");
        };
        self.slice_parts(expr.loc, lower.as_deref(), upper.as_deref())?;
        let mut count = 2;
        if let Some(step) = step {
            self.visit_expr(step)?;
            count = 3;
        }
        self.op_arg(expr.loc, BUILD_SLICE, count);
        Ok(())
    }
}

/// Small ints, short bytes and single characters exist once.
fn is_singleton(constant: &Constant) -> bool {
    match constant {
        Constant::Int(value) => matches!(**value, Int::Small(-5..=256)),
        Constant::Bytes(bytes) => bytes.len() <= 1,
        Constant::Str(string) => {
            let text = &string.text;
            text.len() <= 1 || matches!(**text, [0xc2 | 0xc3, _])
        }
        _ => false,
    }
}

/// Where an attribute access is shown: at the attribute's name if that is on a later line than the object.
pub fn attribute_location(loc: Location, expr: &Expr, attr: &Name) -> Location {
    let end = expr.loc;
    if loc.line == end.end_line {
        return loc;
    }
    let mut place = loc;
    place.line = end.end_line;
    let length = attr.chars().count() as i32;
    if length <= end.end_column {
        place.column = end.end_column - length;
    } else {
        place.column = -1;
        place.end_column = -1;
    }
    place.end_line = place.end_line.max(place.line);
    if place.line == place.end_line {
        place.end_column = place.end_column.max(place.column);
    }
    place
}
