//! A function as `#[task]` and `#[dag]` see it: attributes and signature parsed, body kept as it is.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, FnArg, GenericParam, Ident, Meta, Pat, Signature, Token, Type, Visibility,
};

use crate::diagnostic::{Diagnostics, Rejection};
use crate::rules::signature;

/// A function whose body is not looked at.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// The body with its braces. An unfinished one is rustc's to report.
    pub(crate) body: TokenTree,
    /// The parameters that have a name, in source order.
    pub(crate) parameters: Vec<Parameter>,
    /// Whether the signature is one that no graph can have.
    pub(crate) rejected: bool,
    /// The path of the facade crate, as it stands in the code that a help shows.
    pub(crate) library: String,
}

/// A parameter that a graph can have.
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) default: Option<Expr>,
    /// What reads it where it comes from outside: a type.
    pub(crate) serializer: Option<syn::Path>,
    /// Its doc comment, for the builder.
    pub(crate) docs: Vec<Attribute>,
}

impl Parameter {
    /// What a parameter `&T` borrows: `T`.
    pub(crate) fn borrowed(&self) -> Option<&Type> {
        match &self.ty {
            Type::Reference(reference) if reference.mutability.is_none() => Some(&reference.elem),
            _ => None,
        }
    }

    /// Whether the type is a primitive one by name.
    pub(crate) fn is_number(&self) -> bool {
        let Type::Path(path) = &self.ty else { return false };
        path.path.get_ident().is_some_and(crate::body::syntax::is_primitive)
    }

    /// The type as a dag holds it: a borrow is kept with its owner.
    pub(crate) fn held(&self, private: &impl ToTokens) -> TokenStream {
        match self.borrowed() {
            Some(target) => quote!(#private::Lent<#target>),
            None => self.ty.to_token_stream(),
        }
    }

    /// What a caller of the dag may pass for it.
    pub(crate) fn passed(&self, private: &impl ToTokens) -> TokenStream {
        match self.borrowed() {
            Some(target) => {
                // At the place of the type, which asks for it.
                let place = self.place();
                let share = crate::codegen::framed(place, quote!(#private::Share<#target>));
                quote!(impl #share)
            }
            None => self.ty.to_token_stream(),
        }
    }

    /// A value of its type on its way into a run, at the place of the type, which is to blame if it
    /// cannot be sent.
    pub(crate) fn boxed(&self, value: &TokenStream, private: &impl ToTokens) -> TokenStream {
        let boxed = quote!(::std::boxed::Box::new::<>(#value) as (#private::Boxed));
        crate::codegen::framed(self.place(), boxed)
    }

    /// Where the type stands.
    fn place(&self) -> Span {
        let first = self.ty.to_token_stream().into_iter().next();
        first.map_or_else(Span::call_site, |first| first.span())
    }

    /// `value`, as it was passed, as the dag holds it.
    pub(crate) fn hold(&self, value: &TokenStream, private: &impl ToTokens) -> TokenStream {
        match self.borrowed() {
            Some(target) => quote!(#private::Share::<#target>::share(#value)),
            None => value.clone(),
        }
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        let mut body: TokenTree = input.parse()?;
        // A body that comes through a macro, as `$body:block`.
        while let TokenTree::Group(group) = &body {
            let mut inner = group.stream().into_iter();
            match (group.delimiter(), inner.next(), inner.next()) {
                (proc_macro2::Delimiter::None, Some(only), None) => body = only,
                _ => break,
            }
        }
        if !matches!(&body, TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace)
        {
            return Err(syn::Error::new(body.span(), "expected the body of a function"));
        }
        if !input.is_empty() {
            return Err(input.error("expected nothing after the function"));
        }
        let (parameters, library) = (Vec::new(), "dagger".to_owned());
        Ok(Self { attrs, vis, sig, body, parameters, rejected: false, library })
    }
}

impl Function {
    /// Parses `item`; what is not a function is reported.
    pub(crate) fn read(
        attribute: &str,
        item: TokenStream,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let mut function = match syn::parse2::<Self>(item.clone()) {
            Ok(function) => function,
            Err(error) => {
                if let Ok(declared) = syn::parse2::<Declared>(item.clone()) {
                    diagnostics.push(signature::without_body(&declared.0, attribute));
                } else if let Some(keyword) = other_item(&item) {
                    diagnostics.push(signature::not_a_function(attribute, &keyword));
                } else if syn::parse2::<FunctionHead>(item.clone()).is_err() {
                    // The end of the input is nowhere.
                    let last = item.into_iter().last().filter(|_| is_nowhere(error.span()));
                    let place = last.map_or(error.span(), |last| last.span());
                    diagnostics.push(Rejection::new(
                        TokenTree::Literal(spanned(place)),
                        format!("`#[{attribute}]` cannot read this function: {error}"),
                    ));
                }
                return None;
            }
        };
        // syn puts a name into a parameter that has none, which rustc reports.
        if length(function.head()) != length(without_last(item)) {
            return None;
        }
        function.remove_second_attribute(attribute, diagnostics);
        function.read_parameters(diagnostics);
        let before = diagnostics.len();
        signature::check(attribute, &function, diagnostics);
        function.rejected = diagnostics.len() > before || function.has_doubled_parameter();
        Some(function)
    }

    /// Takes another `#[task]` or `#[dag]` off the function: it would expand to the same items.
    fn remove_second_attribute(&mut self, attribute: &str, diagnostics: &mut Diagnostics) {
        self.attrs.retain(|other| {
            let path = other.path();
            let of_library = path.segments.len() == 1 || path.segments[0].ident == "dagger";
            let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            let is_second =
                of_library && path.segments.len() < 3 && ["task", "dag"].contains(&&*name);
            if is_second {
                diagnostics.push(signature::second_attribute(other, attribute, &name));
            }
            !is_second
        });
    }

    /// Takes `#[default(…)]` and `#[serializer(…)]` off the parameters.
    fn read_parameters(&mut self, diagnostics: &mut Diagnostics) {
        for argument in &mut self.sig.inputs {
            let FnArg::Typed(argument) = argument else { continue };
            let (mut default, mut serializer) = (None, None);
            argument.attrs.retain(|attribute| {
                if attribute.path().is_ident("serializer") {
                    match attribute.parse_args::<syn::Path>() {
                        Ok(_) if serializer.is_some() => {
                            diagnostics.push(signature::second_serializer(attribute));
                        }
                        Ok(path) => serializer = Some(path),
                        Err(_) => diagnostics.push(signature::serializer_without_type(attribute)),
                    }
                    return false;
                }
                if !attribute.path().is_ident("default") {
                    return true;
                }
                match &attribute.meta {
                    Meta::List(list) => match syn::parse2::<Expr>(list.tokens.clone()) {
                        Ok(_) if default.is_some() => {
                            diagnostics.push(signature::second_default(attribute));
                        }
                        Ok(expr) => default = Some(expr),
                        Err(_) => diagnostics.push(signature::default_without_value(attribute)),
                    },
                    _ => diagnostics.push(signature::default_without_value(attribute)),
                }
                false
            });
            let docs = argument.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
            let docs = docs.cloned().collect();
            // rustc refuses docs on parameters; the builder shows them.
            argument.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            if let Pat::Ident(pat) = &*argument.pat
                && pat.subpat.is_none()
                && pat.by_ref.is_none()
            {
                let (name, ty) = (pat.ident.clone(), (*argument.ty).clone());
                // A name that is there twice is rustc's to report, once.
                if self.parameters.iter().all(|parameter| parameter.name != name) {
                    self.parameters.push(Parameter { name, ty, default, serializer, docs });
                }
            }
        }
    }

    /// The function as the user wrote it, less what stands at parameters for us: always the first thing in an
    /// expansion.
    pub(crate) fn tokens(&self) -> TokenStream {
        let Self { attrs, vis, sig, body, .. } = self;
        quote!(#(#attrs)* #vis #sig #body)
    }

    /// The function without its body.
    fn head(&self) -> TokenStream {
        let Self { attrs, vis, sig, .. } = self;
        quote!(#(#attrs)* #vis #sig)
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.sig.ident
    }

    /// The name as generated code mentions the proxy.
    pub(crate) fn proxy(&self) -> Ident {
        crate::codegen::at_attribute(self.name())
    }

    /// A method of the proxy, at the `fn`: an editor goes there from its calls, and shows nothing of
    /// it where it shows the function.
    pub(crate) fn method(&self, name: &str) -> Ident {
        Ident::new(name, self.place())
    }

    /// Its `fn`.
    pub(crate) fn place(&self) -> Span {
        self.sig.fn_token.span
    }

    /// The name in strings and messages: without `r#`.
    pub(crate) fn text(&self) -> String {
        self.sig.ident.unraw().to_string()
    }

    /// Whether two parameters have one name, which rustc reports.
    fn has_doubled_parameter(&self) -> bool {
        let names = self.parameters.iter().map(|parameter| &parameter.name);
        names.clone().enumerate().any(|(index, name)| names.clone().take(index).any(|n| n == name))
    }

    /// Whether the output has a type that other items can name.
    pub(crate) fn has_nameable_output(&self) -> bool {
        let named = match &self.sig.output {
            syn::ReturnType::Default => true,
            syn::ReturnType::Type(_, ty) => !matches!(**ty, Type::ImplTrait(_)),
        };
        named && !signature::borrows(&self.sig.output) && !self.is_generic()
    }

    /// Whether it has generic parameters other than lifetimes, written out or as `impl Trait`.
    pub(crate) fn is_generic(&self) -> bool {
        let is_impl = |argument: &FnArg| matches!(argument, FnArg::Typed(argument) if matches!(*argument.ty, Type::ImplTrait(_)));
        let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
        !self.sig.generics.params.iter().all(is_lifetime) || self.sig.inputs.iter().any(is_impl)
    }

    /// Whether it stands in an `impl` or a `trait`, where no other item can.
    pub(crate) fn is_method(&self) -> bool {
        self.sig.receiver().is_some()
    }

    pub(crate) fn is_async(&self) -> bool {
        self.sig.asyncness.is_some()
    }

    /// The attributes that decide whether the function exists.
    pub(crate) fn existence(&self) -> Vec<&Attribute> {
        self.attributes(&["cfg", "cfg_attr"])
    }

    /// The attributes that decide whether an item exists, and whether using it is a warning.
    pub(crate) fn conditions(&self) -> Vec<&Attribute> {
        self.attributes(&["cfg", "cfg_attr", "deprecated"])
    }

    /// The doc comment.
    pub(crate) fn docs(&self) -> Vec<&Attribute> {
        self.attributes(&["doc"])
    }

    fn attributes(&self, names: &[&str]) -> Vec<&Attribute> {
        let is_named =
            |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
        self.attrs.iter().filter(is_named).collect()
    }

    /// Whether the return type is `()`.
    pub(crate) fn returns_nothing(&self) -> bool {
        match &self.sig.output {
            syn::ReturnType::Default => true,
            syn::ReturnType::Type(_, ty) => {
                matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty())
            }
        }
    }

    /// Whether the return type has this name.
    pub(crate) fn returns(&self, name: &str) -> bool {
        let syn::ReturnType::Type(_, ty) = &self.sig.output else { return false };
        last_segment(ty).is_some_and(|last| last.ident == name)
    }

    /// The first generic argument of the return type: `T` of `Option<T>`.
    pub(crate) fn argument_of_output(&self) -> Option<&Type> {
        self.arguments_of_output().next()
    }

    /// The second generic argument of the return type: `E` of `Result<T, E>`.
    pub(crate) fn error_of_output(&self) -> Option<&Type> {
        self.arguments_of_output().nth(1)
    }

    fn arguments_of_output(&self) -> impl Iterator<Item = &Type> {
        let last = match &self.sig.output {
            syn::ReturnType::Type(_, ty) => last_segment(ty),
            syn::ReturnType::Default => None,
        };
        let arguments = last.and_then(|last| match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
            _ => None,
        });
        arguments.into_iter().flatten().filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
    }

    /// A part of the `Result` that a dag returns: `Value` or `Error`, at the place of the type, which
    /// is where it is said if there is none.
    pub(crate) fn part_of_result(&self, part: &str, private: &impl ToTokens) -> TokenStream {
        let (ret, place) = (self.return_type(), self.place_of_result());
        let end = match ret.clone().into_iter().last() {
            Some(TokenTree::Punct(end)) => end.span(),
            _ => place,
        };
        let part = Ident::new(part, end);
        crate::codegen::framed(place, quote!(<#ret as #private::Fallible>::#part))
    }

    /// Where the return type stands.
    pub(crate) fn place_of_result(&self) -> Span {
        let first = self.return_type().into_iter().next();
        first.map_or_else(Span::call_site, |first| first.span())
    }

    /// The return type, `()` where none is written.
    pub(crate) fn return_type(&self) -> TokenStream {
        match &self.sig.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, ty) => ty.to_token_stream(),
        }
    }
}

/// A function without a body, as a trait asks for it: its semicolon.
struct Declared(Token![;]);

impl Parse for Declared {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Signature>()?;
        input.parse().map(Self)
    }
}

/// A function that is being written: its head is whole, so rustc says what is wrong with the rest.
struct FunctionHead;

impl Parse for FunctionHead {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        while !input.peek(Token![fn]) {
            input.parse::<TokenTree>()?;
        }
        input.parse::<Token![fn]>()?;
        input.parse::<TokenStream>()?;
        Ok(Self)
    }
}

/// The keyword of an item that is not a function.
fn other_item(item: &TokenStream) -> Option<TokenTree> {
    const KEYWORDS: [&str; 10] =
        ["struct", "enum", "union", "trait", "impl", "mod", "type", "static", "use", "macro_rules"];
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    let word =
        words.find(|word| *word == "fn" || KEYWORDS.iter().any(|keyword| word == keyword))?;
    (word != "fn").then_some(TokenTree::Ident(word))
}

/// All but the last token, the body.
fn without_last(item: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = item.into_iter().collect();
    tokens.pop();
    tokens.into_iter().collect()
}

/// How many tokens there are, invisible delimiters not counted.
fn length(tokens: TokenStream) -> usize {
    let length = |token| match token {
        TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::None => {
            length(group.stream())
        }
        TokenTree::Group(group) => 1 + length(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(length).sum()
}

/// Whether a span stands for the attribute as a whole.
fn is_nowhere(span: Span) -> bool {
    let ends = |span: Span| (span.start(), span.end());
    ends(span) == ends(Span::call_site())
}

fn spanned(span: Span) -> proc_macro2::Literal {
    let mut literal = proc_macro2::Literal::string("");
    literal.set_span(span);
    literal
}

/// The last segment of a path that is a type: `Option<T>` of `std::option::Option<T>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}
