//! f-strings and t-strings.

use terrarium_bytecode::Constant;
use terrarium_bytecode::opcode::*;

use crate::tree::{Expr, ExprKind, Location};

use super::emit::Attribute;
use super::operands::STACK_USE_GUIDELINE;
use super::{Codegen, Result};

/// The number of a conversion character in CONVERT_VALUE and BUILD_INTERPOLATION; `None` without one.
fn conversion_number(conversion: i32) -> Option<u32> {
    match u8::try_from(conversion).ok()? {
        b's' => Some(1),
        b'r' => Some(2),
        b'a' => Some(3),
        _ => None,
    }
}

impl<'t> Codegen<'_, 't> {
    pub fn joined_str(&mut self, loc: Location, values: &'t [&'t Expr<'t>]) -> Result {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_empty_string(loc);
            let join = self.name("join");
            self.op_attribute(loc, Attribute::LoadMethod, &join);
            self.op_arg(loc, BUILD_LIST, 0);
            for value in values {
                self.visit_expr(value)?;
                self.op_arg(loc, LIST_APPEND, 1);
            }
            self.op_arg(loc, CALL, 1);
            return Ok(());
        }
        self.visit_exprs(values)?;
        match values.len() {
            0 => self.load_empty_string(loc),
            1 => {}
            count => self.op_arg(loc, BUILD_STRING, count as u32),
        }
        Ok(())
    }

    pub fn formatted_value(
        &mut self,
        loc: Location,
        value: &'t Expr<'t>,
        conversion: i32,
        format_spec: Option<&'t Expr<'t>>,
    ) -> Result {
        self.visit_expr(value)?;
        if let Some(number) = conversion_number(conversion) {
            self.op_arg(loc, CONVERT_VALUE, number);
        }
        match format_spec {
            Some(format_spec) => {
                self.visit_expr(format_spec)?;
                self.op(loc, FORMAT_WITH_SPEC);
            }
            None => self.op(loc, FORMAT_SIMPLE),
        }
        Ok(())
    }

    /// A tuple of the strings, one more than there are interpolations, then a tuple of the interpolations.
    pub fn template_str(&mut self, loc: Location, values: &'t [&'t Expr<'t>]) -> Result {
        let is_interpolation =
            |value: &Expr<'t>| matches!(value.kind, ExprKind::Interpolation { .. });
        let mut strings = 0;
        let mut after_interpolation = true;
        for value in values {
            if is_interpolation(value) {
                if after_interpolation {
                    self.load_empty_string(loc);
                    strings += 1;
                }
                after_interpolation = true;
            } else {
                self.visit_expr(value)?;
                strings += 1;
                after_interpolation = false;
            }
        }
        if after_interpolation {
            self.load_empty_string(loc);
            strings += 1;
        }
        self.op_arg(loc, BUILD_TUPLE, strings);
        let mut interpolations = 0;
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.visit_expr(value)?;
            interpolations += 1;
        }
        self.op_arg(loc, BUILD_TUPLE, interpolations);
        self.op(loc, BUILD_TEMPLATE);
        Ok(())
    }

    pub fn interpolation(
        &mut self,
        loc: Location,
        value: &'t Expr<'t>,
        text: &Constant,
        conversion: i32,
        format_spec: Option<&'t Expr<'t>>,
    ) -> Result {
        self.visit_expr(value)?;
        self.load_const(loc, text);
        let mut oparg = 2;
        if let Some(format_spec) = format_spec {
            oparg = 3;
            self.visit_expr(format_spec)?;
        }
        oparg |= conversion_number(conversion).unwrap_or(0) << 2;
        self.op_arg(loc, BUILD_INTERPOLATION, oparg);
        Ok(())
    }
}
