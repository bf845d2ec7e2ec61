//! Parameters, call arguments, type parameters.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::Lowerer;
use crate::tree::{Arg, Arguments, Keyword, ThinVec, TypeParam, TypeParamKind};

impl Lowerer<'_> {
    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) -> Arguments {
        let mut defaults = ThinVec::new();
        let posonlyargs = self.positional(&parameters.posonlyargs, &mut defaults);
        let args = self.positional(&parameters.args, &mut defaults);
        let vararg = self.variadic(parameters.vararg.as_deref());
        let mut kwonlyargs = ThinVec::with_capacity(parameters.kwonlyargs.len());
        let mut kw_defaults = ThinVec::with_capacity(parameters.kwonlyargs.len());
        for parameter in &parameters.kwonlyargs {
            kwonlyargs.push(self.parameter(&parameter.parameter, parameter.parameter.range));
            kw_defaults.push(
                parameter
                    .default
                    .as_deref()
                    .map(|default| self.expression(default)),
            );
        }
        let kwarg = self.variadic(parameters.kwarg.as_deref());
        Arguments {
            posonlyargs,
            args,
            vararg,
            kwonlyargs,
            kw_defaults,
            kwarg,
            defaults,
        }
    }

    /// The arguments of a lambda without parameters.
    pub(super) fn no_parameters() -> Arguments {
        Arguments {
            posonlyargs: ThinVec::new(),
            args: ThinVec::new(),
            vararg: None,
            kwonlyargs: ThinVec::new(),
            kw_defaults: ThinVec::new(),
            kwarg: None,
            defaults: ThinVec::new(),
        }
    }

    fn positional(
        &mut self,
        parameters: &[ast::ParameterWithDefault],
        defaults: &mut ThinVec<crate::tree::Expr>,
    ) -> ThinVec<Arg> {
        let mut args = ThinVec::with_capacity(parameters.len());
        for parameter in parameters {
            args.push(self.parameter(&parameter.parameter, parameter.parameter.range));
            if let Some(default) = &parameter.default {
                defaults.push(self.expression(default));
            }
        }
        args
    }

    /// `*args` and `**kwargs`: the place leaves the stars out.
    fn variadic(&mut self, parameter: Option<&ast::Parameter>) -> Option<Box<Arg>> {
        let parameter = parameter?;
        let range = TextRange::new(parameter.name.start(), parameter.range.end());
        Some(Box::new(self.parameter(parameter, range)))
    }

    fn parameter(&mut self, parameter: &ast::Parameter, range: TextRange) -> Arg {
        Arg {
            arg: self.name(&parameter.name.id),
            annotation: self.optional(parameter.annotation.as_deref()),
            loc: self.location(range),
        }
    }

    pub(super) fn keywords(&mut self, keywords: &[ast::Keyword]) -> ThinVec<Keyword> {
        keywords
            .iter()
            .map(|keyword| Keyword {
                arg: keyword.arg.as_ref().map(|arg| self.name(&arg.id)),
                value: self.expression(&keyword.value),
                loc: self.location(keyword.range),
            })
            .collect()
    }

    pub(super) fn type_params(
        &mut self,
        type_params: Option<&ast::TypeParams>,
    ) -> ThinVec<TypeParam> {
        let Some(type_params) = type_params else {
            return ThinVec::new();
        };
        type_params
            .type_params
            .iter()
            .map(|parameter| self.type_param(parameter))
            .collect()
    }

    fn type_param(&mut self, parameter: &ast::TypeParam) -> TypeParam {
        let loc = self.location_of(parameter);
        let name = self.name(&parameter.name().id);
        let kind = match parameter {
            ast::TypeParam::TypeVar(variable) => TypeParamKind::TypeVar {
                name,
                bound: self.optional(variable.bound.as_deref()),
                default_value: self.optional(variable.default.as_deref()),
            },
            ast::TypeParam::ParamSpec(spec) => TypeParamKind::ParamSpec {
                name,
                default_value: self.optional(spec.default.as_deref()),
            },
            ast::TypeParam::TypeVarTuple(tuple) => TypeParamKind::TypeVarTuple {
                name,
                default_value: self.optional(tuple.default.as_deref()),
            },
        };
        TypeParam { kind, loc }
    }
}
