//! Parameters, call arguments, type parameters.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::Lowerer;
use crate::arena::List;
use crate::tree::{Arg, Arguments, Expr, Keyword, TypeParam, TypeParamKind};

impl<'a> Lowerer<'_, 'a> {
    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) -> Arguments<'a> {
        let mut defaults = Vec::new();
        let posonlyargs = self.positional(&parameters.posonlyargs, &mut defaults);
        let args = self.positional(&parameters.args, &mut defaults);
        let vararg = self.variadic(parameters.vararg.as_deref());
        let mut kwonlyargs = Vec::new();
        let mut kw_defaults = Vec::new();
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
            kwonlyargs: self.arena.list(&kwonlyargs),
            kw_defaults: self.arena.list(&kw_defaults),
            kwarg,
            defaults: self.arena.list(&defaults),
        }
    }

    fn positional(
        &mut self,
        parameters: &[ast::ParameterWithDefault],
        defaults: &mut Vec<&'a Expr<'a>>,
    ) -> List<'a, Arg<'a>> {
        let mut args = Vec::new();
        for parameter in parameters {
            args.push(self.parameter(&parameter.parameter, parameter.parameter.range));
            if let Some(default) = &parameter.default {
                defaults.push(self.expression(default));
            }
        }
        self.arena.list(&args)
    }

    /// `*args` and `**kwargs`: the place leaves the stars out.
    fn variadic(&mut self, parameter: Option<&ast::Parameter>) -> Option<&'a Arg<'a>> {
        let parameter = parameter?;
        let range = TextRange::new(parameter.name.start(), parameter.range.end());
        Some(self.arena.node(self.parameter(parameter, range)))
    }

    fn parameter(&mut self, parameter: &ast::Parameter, range: TextRange) -> Arg<'a> {
        Arg {
            arg: self.name(&parameter.name.id),
            annotation: self.optional(parameter.annotation.as_deref()),
            loc: self.location(range),
        }
    }

    pub(super) fn keywords(&mut self, keywords: &[ast::Keyword]) -> List<'a, Keyword<'a>> {
        let arena = self.arena;
        arena.collect(keywords.iter().map(|keyword| Keyword {
            arg: keyword.arg.as_ref().map(|arg| self.name(&arg.id)),
            value: self.expression(&keyword.value),
            loc: self.location(keyword.range),
        }))
    }

    pub(super) fn type_params(
        &mut self,
        type_params: Option<&ast::TypeParams>,
    ) -> List<'a, TypeParam<'a>> {
        let Some(type_params) = type_params else {
            return List::EMPTY;
        };
        let (arena, params) = (self.arena, type_params.type_params.iter());
        arena.collect(params.map(|parameter| self.type_param(parameter)))
    }

    fn type_param(&mut self, parameter: &ast::TypeParam) -> TypeParam<'a> {
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
