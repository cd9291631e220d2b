//! What loops do to names from outside of them.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop, Stmt};

use super::lower::Lowering;
use super::syntax::single_name;

/// Notes what the loops of a body do, before it is lowered.
pub(super) fn find(body: &Block, lowering: &mut Lowering<'_>) {
    Changes { loops: Vec::new(), lowering }.visit_block(body);
}

struct Changes<'a, 'b, 'ast> {
    loops: Vec<&'ast ExprForLoop>,
    lowering: &'a mut Lowering<'b>,
}

impl<'ast> Visit<'ast> for Changes<'_, '_, 'ast> {
    fn visit_expr_for_loop(&mut self, for_loop: &'ast ExprForLoop) {
        self.loops.push(for_loop);
        visit::visit_expr_for_loop(self, for_loop);
        self.loops.pop();
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let (Stmt::Expr(expr, _), Some(for_loop)) = (statement, self.loops.last()) {
            match expr {
                Expr::Assign(assign) => {
                    self.lowering.assigned.extend(single_name(&assign.left).cloned());
                }
                Expr::Binary(binary) if super::arguments::is_assignment(&binary.op) => {
                    self.lowering.assigned.extend(single_name(&binary.left).cloned());
                }
                Expr::MethodCall(call) => {
                    if let Some(name) = single_name(&call.receiver) {
                        let collected = super::suggest::collected(for_loop, call);
                        self.lowering.called.push((name.clone(), collected));
                    }
                }
                _ => {}
            }
        }
        visit::visit_stmt(self, statement);
    }
}
