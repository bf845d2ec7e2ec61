//! Drops ruff's trees without recursion: a rejected source may nest as deeply as it is long.

use std::cell::RefCell;

use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{
    AtomicNodeIndex, Expr, ExprNoneLiteral, Mod, Pattern, PatternMatchStar, Stmt, StmtPass,
};
use ruff_text_size::TextRange;

/// Takes children out of their parents.
#[derive(Default)]
struct Dismantler {
    statements: RefCell<Vec<Stmt>>,
    expressions: RefCell<Vec<Expr>>,
    patterns: RefCell<Vec<Pattern>>,
}

impl Transformer for Dismantler {
    fn visit_stmt(&self, statement: &mut Stmt) {
        let leaf = Stmt::Pass(StmtPass {
            node_index: AtomicNodeIndex::NONE,
            range: TextRange::default(),
        });
        self.statements
            .borrow_mut()
            .push(std::mem::replace(statement, leaf));
    }

    fn visit_expr(&self, expression: &mut Expr) {
        let leaf = Expr::NoneLiteral(ExprNoneLiteral {
            node_index: AtomicNodeIndex::NONE,
            range: TextRange::default(),
        });
        self.expressions
            .borrow_mut()
            .push(std::mem::replace(expression, leaf));
    }

    fn visit_pattern(&self, pattern: &mut Pattern) {
        let leaf = Pattern::MatchStar(PatternMatchStar {
            node_index: AtomicNodeIndex::NONE,
            range: TextRange::default(),
            name: None,
        });
        self.patterns
            .borrow_mut()
            .push(std::mem::replace(pattern, leaf));
    }
}

/// Drops `module` with a constant depth of calls.
pub fn dismantle(mut module: Mod) {
    let dismantler = Dismantler::default();
    match &mut module {
        Mod::Module(module) => module
            .body
            .iter_mut()
            .for_each(|statement| dismantler.visit_stmt(statement)),
        Mod::Expression(module) => dismantler.visit_expr(&mut module.body),
    }
    loop {
        // One borrow at a time: the walks push to the same lists.
        let statement = dismantler.statements.borrow_mut().pop();
        if let Some(mut statement) = statement {
            transformer::walk_stmt(&dismantler, &mut statement);
            continue;
        }
        let expression = dismantler.expressions.borrow_mut().pop();
        if let Some(mut expression) = expression {
            transformer::walk_expr(&dismantler, &mut expression);
            continue;
        }
        let pattern = dismantler.patterns.borrow_mut().pop();
        match pattern {
            Some(mut pattern) => transformer::walk_pattern(&dismantler, &mut pattern),
            None => break,
        }
    }
}
