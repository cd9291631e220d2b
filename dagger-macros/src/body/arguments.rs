//! Arguments: expressions over parameters, node outputs and the loop variable.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Member};

use super::lower::{Binding, Lowering};
use super::suggest::{Place, Used};
use super::syntax::{ValueMacro, captured_names, chain, node_call, single_name, value_macro};
use crate::rules;
use crate::text::code;

impl Lowering<'_> {
    /// Resolves the names in an argument, and turns node calls inside of it into nodes of their
    /// own. `items` are the names of a partition, which stay as they are. Whether all is accepted.
    pub(super) fn argument(&mut self, expr: &mut Expr, items: &[Ident]) -> bool {
        if items.is_empty() {
            let value = if let Some(chain) = chain(expr) {
                Some(self.chain(&chain, None))
            } else {
                node_call(expr).map(|call| self.node(&call, None, None))
            };
            if let Some(value) = value {
                let Some(value) = value else { return false };
                *expr = self.mention_call(value, expr);
                return true;
            }
        }
        if let Some(name) = single_name(expr).cloned() {
            return self.name(expr, &name, items);
        }
        let mut sound = true;
        match expr {
            Expr::Lit(_) | Expr::Path(_) => return true,
            Expr::Reference(reference) if reference.mutability.is_some() => {
                let borrow = &reference.mutability;
                let help = "pass the value, and let the task return the changed one";
                self.reject(rules::unknown_statement::reject(borrow, "a mutable borrow", help));
                return false;
            }
            Expr::Macro(mac) => return self.macro_argument(mac, items),
            _ => {}
        }
        let whole = expr.clone();
        if let Expr::MethodCall(call) = expr {
            // One report a chain of methods.
            if !self.argument(&mut call.receiver, items) {
                return false;
            }
            if let Some(function) =
                call.args.iter().find(|argument| self.is_function(argument, items))
            {
                let what = format!("`{}`, a function as a value,", code(function));
                let help = self.help_of_argument(&whole, items);
                self.reject(rules::unknown_statement::reject(&function, &what, &help));
                return false;
            }
        }
        if let Some(children) = children(expr) {
            for child in children {
                sound &= self.argument(child, items);
            }
            return sound;
        }
        if !self.reject_syntax(expr, Place { items, used: Used::Value }) {
            let (what, help) =
                (format!("`{}`", code(&*expr)), self.help_of_argument(&whole, items));
            self.reject(rules::unknown_statement::reject(expr, &what, &help));
        }
        false
    }

    /// Whether an argument of a method is a function, such as a task, which would run outside of
    /// any node.
    pub(super) fn is_function(&self, argument: &Expr, items: &[Ident]) -> bool {
        let Expr::Path(path) = super::syntax::bare(argument) else { return false };
        let is_known = path.path.get_ident().is_some_and(|name| {
            items.contains(name) || self.lookup(name).is_some() || super::syntax::is_constant(name)
        });
        !is_known && super::syntax::is_node_path(path)
    }

    fn name(&mut self, expr: &mut Expr, name: &Ident, items: &[Ident]) -> bool {
        if items.contains(name) {
            return true;
        }
        match self.lookup(name) {
            Some(Binding::Value(value)) => {
                *expr = Self::mention(*value, name.span());
                true
            }
            Some(Binding::Collector(_)) => {
                let text = name.to_string();
                self.reject(rules::collector_misuse::read_before_filled(name, &text));
                // One report is enough.
                self.bind(name, Binding::Poisoned);
                false
            }
            Some(Binding::Poisoned) => false,
            // A constant, or a misspelt name: rustc knows, and proposes what is in scope.
            None => {
                if name.to_string().starts_with(char::is_lowercase) {
                    self.unknown.push(name.clone());
                }
                true
            }
        }
    }

    fn macro_argument(&mut self, mac: &mut syn::ExprMacro, items: &[Ident]) -> bool {
        let mut sound = true;
        match value_macro(mac) {
            Some(ValueMacro::Vec { mut elements, repeat }) => {
                for element in &mut elements {
                    sound &= self.argument(element, items);
                }
                mac.mac.tokens = match (repeat, &elements[..]) {
                    (true, [element, times]) => quote::quote!(#element; #times),
                    _ => quote::quote!(#(#elements),*),
                };
            }
            Some(ValueMacro::Format { text, mut arguments }) => {
                let mut named = Vec::new();
                for argument in &mut arguments {
                    match argument {
                        Expr::Assign(assign) => {
                            named.push(code(&assign.left).trim_start_matches("r#").to_owned());
                            sound &= self.argument(&mut assign.right, items);
                        }
                        argument => sound &= self.argument(argument, items),
                    }
                }
                // A name in the text becomes an argument of that name.
                for captured in captured_names(&text) {
                    let is_item = items.iter().any(|item| item.unraw() == captured);
                    if is_item || named.contains(&captured) || !self.scope.contains_key(&captured) {
                        continue;
                    }
                    let name = match syn::parse_str::<Ident>(&captured) {
                        Ok(_) => Ident::new(&captured, text.span()),
                        Err(_) => Ident::new_raw(&captured, text.span()),
                    };
                    let mut value: Expr = syn::parse_quote!(#name);
                    sound &= self.name(&mut value, &name, items);
                    arguments.push(syn::parse_quote!(#name = #value));
                }
                mac.mac.tokens = quote::quote!(#text #(, #arguments)*);
            }
            Some(ValueMacro::Constant) => {}
            None => {
                self.reject_macro(&mac.mac, Place { items, used: Used::Value });
                return false;
            }
        }
        sound
    }
}

pub(super) fn is_assignment(op: &syn::BinOp) -> bool {
    use syn::BinOp;
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// The expressions that an expression without effects is made of, in the order of evaluation;
/// `None` for any other expression.
pub(super) fn children(expr: &mut Expr) -> Option<Vec<&mut Expr>> {
    Some(match expr {
        Expr::Array(e) => e.elems.iter_mut().collect(),
        Expr::Binary(e) if !is_assignment(&e.op) => vec![&mut *e.left, &mut *e.right],
        // What is called is a constructor or an associated function: nodes were found before.
        Expr::Call(e) if matches!(super::syntax::bare(&e.func), Expr::Path(_)) => {
            e.args.iter_mut().collect()
        }
        Expr::Cast(e) => vec![&mut *e.expr],
        Expr::Field(e) => vec![&mut *e.base],
        Expr::Group(e) => vec![&mut *e.expr],
        Expr::Index(e) => vec![&mut *e.expr, &mut *e.index],
        // The receiver comes first, and is looked at before.
        Expr::MethodCall(e) => e.args.iter_mut().collect(),
        Expr::Paren(e) => vec![&mut *e.expr],
        Expr::Range(e) => {
            e.start.iter_mut().chain(e.end.iter_mut()).map(|end| &mut **end).collect()
        }
        Expr::Reference(e) => vec![&mut *e.expr],
        Expr::Repeat(e) => vec![&mut *e.expr],
        Expr::Struct(e) => {
            let fields = e.fields.iter_mut().map(|field| {
                // `Params { depth }` says `depth` once, as the field and as the value.
                if let Member::Named(_) = &field.member {
                    field.colon_token.get_or_insert_default();
                }
                &mut field.expr
            });
            fields.chain(e.rest.iter_mut().map(|rest| &mut **rest)).collect()
        }
        Expr::Tuple(e) => e.elems.iter_mut().collect(),
        Expr::Unary(e) => vec![&mut *e.expr],
        _ => return None,
    })
}
