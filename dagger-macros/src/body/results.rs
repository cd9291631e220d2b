//! What a dag returns: outputs of nodes, as they are or in a tuple or a struct.

use syn::Expr;

use super::lower::{Binding, Lowering};
use super::suggest::Place;
use super::syntax::{bare, chain, node_call, single_name};
use super::{Node, Origin, Question, Step};
use crate::rules;
use crate::text::code;

impl Lowering<'_> {
    /// What the dag returns.
    pub(super) fn result(&mut self, expr: Expr) -> Option<Expr> {
        if let Some((mut call, value)) = super::syntax::ok_call(&expr) {
            self.fallible = true;
            let value = self.output(value, None)?;
            call.args = [value].into_iter().collect();
            return Some(Expr::Call(call));
        }
        // What a node returns in this place is what the dag returns, a failure included.
        self.output(expr, Some(Question::Tail))
    }

    /// An output of the dag: a node's, or a tuple or a struct of such outputs.
    fn output(&mut self, mut expr: Expr, question: Option<Question>) -> Option<Expr> {
        match bare(&expr) {
            Expr::Tuple(_) | Expr::Struct(_) => {}
            Expr::Call(call) if is_tuple_struct(call) => {}
            Expr::Path(_) if question.is_some() => {
                self.end_with(&expr);
                return self.output_value(&mut expr, None).then_some(expr);
            }
            _ => return self.output_value(&mut expr, question).then_some(expr),
        }
        let mut sound = true;
        match &mut expr {
            Expr::Tuple(tuple) => {
                for element in &mut tuple.elems {
                    sound &= self.output_value(element, None);
                }
            }
            Expr::Struct(literal) => {
                for field in &mut literal.fields {
                    sound &= self.output_value(&mut field.expr, None);
                    field.colon_token.get_or_insert_default();
                }
                if let Some(rest) = &literal.rest {
                    self.reject(rules::result_without_node::rest(rest));
                    sound = false;
                }
            }
            Expr::Call(call) => {
                for element in &mut call.args {
                    sound &= self.output_value(element, None);
                }
            }
            _ => {}
        }
        sound.then_some(expr)
    }

    /// A name as the last expression of a dag that returns `Result` may be the `Result` that a
    /// node returned: its failure is the dag's.
    fn end_with(&mut self, name: &Expr) {
        let Some(Binding::Value(value)) = single_name(name).and_then(|name| self.lookup(name))
        else {
            return;
        };
        let value = *value;
        for step in &mut self.steps {
            if let Step::Node(Node { call, output, .. }) = step
                && *output == value
                && matches!(call.question, Question::None)
            {
                call.question = Question::Tail;
            }
        }
    }

    fn output_value(&mut self, expr: &mut Expr, question: Option<Question>) -> bool {
        if let Some(chain) = chain(expr) {
            let joined = self.identity(expr);
            self.reject(rules::partitioned_output::reject(expr, None, &joined));
            let _ = self.chain(&chain, None);
            return false;
        }
        if let Some(call) = node_call(expr) {
            let Some(value) = self.node(&call, None, question) else { return false };
            *expr = self.mention_call(value, expr);
            return true;
        }
        let mut root = bare(expr);
        while let Expr::Field(field) = root {
            root = bare(&field.base);
        }
        let binding = single_name(root).and_then(|name| self.lookup(name)).cloned();
        match binding {
            Some(Binding::Value(value)) => match &self.values[value] {
                Origin::Output { mapped: false, .. } => self.argument(expr, &[]),
                Origin::Output { mapped: true, .. } => {
                    let name = code(root);
                    let joined = self.identity(root);
                    self.reject(rules::partitioned_output::reject(root, Some(&name), &joined));
                    false
                }
                Origin::Parameter(_) => {
                    self.reject_result(expr);
                    false
                }
            },
            Some(Binding::Poisoned) => false,
            Some(Binding::Collector(_)) => {
                self.reject(rules::collector_misuse::read_before_filled(root, &code(root)));
                false
            }
            None => {
                if !self.reject_syntax(expr, Place::VALUE) {
                    self.reject_result(expr);
                }
                false
            }
        }
    }
}

/// Whether a call makes a tuple struct, by the looks of its name.
pub(crate) fn is_tuple_struct(call: &syn::ExprCall) -> bool {
    let Expr::Path(path) = bare(&call.func) else { return false };
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.starts_with(char::is_uppercase) && !["Some", "Ok", "Err", "Box"].contains(&&*name)
    })
}
