//! The patterns of `match`.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;
use terrarium_bytecode::Constant;

use super::Lowerer;
use crate::arena::List;
use crate::tree::{Pattern, PatternKind};

impl<'a> Lowerer<'_, 'a> {
    pub(super) fn pattern(&mut self, pattern: &ast::Pattern) -> Pattern<'a> {
        let loc = self.location_of(pattern);
        let kind = self.nested(|this| this.pattern_kind(pattern));
        Pattern {
            kind: kind.unwrap_or(PatternKind::MatchStar { name: None }),
            loc,
        }
    }

    fn patterns(&mut self, patterns: &[ast::Pattern]) -> List<'a, Pattern<'a>> {
        let arena = self.arena;
        arena.collect(patterns.iter().map(|pattern| self.pattern(pattern)))
    }

    /// The patterns of a sequence. ruff wants no comma in `[1 x]`.
    fn sequence(&mut self, patterns: &[ast::Pattern]) -> List<'a, Pattern<'a>> {
        if let [first, second] = patterns {
            let mut between = self.skip_trivia(first.end().to_usize());
            while self.bytes.get(between) == Some(&b')') {
                between = self.skip_trivia(between + 1);
            }
            if self.bytes.get(between) != Some(&b',') {
                self.reject(second.start().to_u32());
            }
        }
        self.patterns(patterns)
    }

    fn pattern_kind(&mut self, pattern: &ast::Pattern) -> PatternKind<'a> {
        match pattern {
            ast::Pattern::MatchValue(p) => PatternKind::MatchValue {
                value: self.boxed(&p.value),
            },
            ast::Pattern::MatchSingleton(p) => PatternKind::MatchSingleton {
                value: match p.value {
                    ast::Singleton::None => &Constant::None,
                    ast::Singleton::True => &Constant::True,
                    ast::Singleton::False => &Constant::False,
                },
            },
            ast::Pattern::MatchSequence(p) => PatternKind::MatchSequence {
                patterns: self.sequence(&p.patterns),
            },
            ast::Pattern::MatchMapping(p) => PatternKind::MatchMapping {
                keys: self.expressions(&p.keys),
                patterns: self.patterns(&p.patterns),
                rest: p.rest.as_ref().map(|rest| self.name(&rest.id)),
            },
            ast::Pattern::MatchClass(p) => self.class_pattern(p),
            ast::Pattern::MatchStar(p) => PatternKind::MatchStar {
                name: p.name.as_ref().map(|name| self.name(&name.id)),
            },
            ast::Pattern::MatchAs(p) => PatternKind::MatchAs {
                pattern: p.pattern.as_deref().map(|inner| -> &Pattern {
                    let inner = self.pattern(inner);
                    self.arena.node(inner)
                }),
                name: p.name.as_ref().map(|name| self.name(&name.id)),
            },
            ast::Pattern::MatchOr(p) => PatternKind::MatchOr {
                patterns: self.patterns(&p.patterns),
            },
        }
    }

    fn class_pattern(&mut self, pattern: &ast::PatternMatchClass) -> PatternKind<'a> {
        let cls = self.boxed(&pattern.cls);
        let patterns = self.patterns(&pattern.arguments.patterns);
        let (arena, keywords) = (self.arena, &pattern.arguments.keywords);
        PatternKind::MatchClass {
            cls,
            patterns,
            kwd_attrs: arena.collect(keywords.iter().map(|k| self.name(&k.attr.id))),
            kwd_patterns: arena.collect(keywords.iter().map(|k| self.pattern(&k.pattern))),
        }
    }
}
