//! f-strings and t-strings: the body is built as text first and then written as one `repr`, as CPython does.

use terrarium_bytecode::{Constant, repr};

use super::{Precedence, Result, Unparser};
use crate::tree::{Expr, ExprKind};

impl Unparser {
    /// A whole f-string or t-string; `prefix` is its letter.
    pub(super) fn joined(&mut self, prefix: &str, values: &[&Expr]) -> Result {
        let outer = std::mem::take(&mut self.out);
        let result = self.body(values);
        let body = std::mem::replace(&mut self.out, outer);
        result?;
        self.push(prefix);
        self.push(&repr::str(&body));
        Ok(())
    }

    fn body(&mut self, values: &[&Expr]) -> Result {
        values.iter().try_for_each(|value| self.element(value))
    }

    fn element(&mut self, element: &Expr) -> Result {
        match &element.kind {
            ExprKind::Constant {
                value: Constant::Str(text),
                ..
            } => {
                self.literal(&text.text);
                Ok(())
            }
            _ => self.expr(element, Precedence::Test),
        }
    }

    /// Text between the replacement fields, with its braces doubled.
    fn literal(&mut self, text: &[u8]) {
        for &byte in text {
            if matches!(byte, b'{' | b'}') {
                self.out.push(byte);
            }
            self.out.push(byte);
        }
    }

    pub(super) fn formatted_value(
        &mut self,
        value: &Expr,
        conversion: i32,
        format_spec: Option<&Expr>,
    ) -> Result {
        let outer = std::mem::take(&mut self.out);
        let result = self.expr(value, Precedence::Test.tighter());
        let text = std::mem::replace(&mut self.out, outer);
        result?;
        self.field(&text, conversion, format_spec)
    }

    pub(super) fn interpolation(
        &mut self,
        text: &Constant,
        conversion: i32,
        format_spec: Option<&Expr>,
    ) -> Result {
        match text {
            Constant::Str(text) => self.field(&text.text, conversion, format_spec),
            _ => self.field(b"", conversion, format_spec),
        }
    }

    fn field(&mut self, text: &[u8], conversion: i32, format_spec: Option<&Expr>) -> Result {
        // `{{` would be a brace.
        self.push(if text.starts_with(b"{") { "{ " } else { "{" });
        self.out.extend_from_slice(text);
        if let Ok(letter @ (b'a' | b'r' | b's')) = u8::try_from(conversion) {
            self.out.extend_from_slice(&[b'!', letter]);
        }
        if let Some(spec) = format_spec {
            self.push(":");
            match &spec.kind {
                ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                    self.body(values)?
                }
                _ => self.element(spec)?,
            }
        }
        self.push("}");
        Ok(())
    }
}
