//! Entries for what leaves the process: how values are written and read, and what becomes of the
//! partitions of a map. They stand behind all others, since they ask for traits of types that rustc
//! has to know by then.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Meta};

use super::graph::{Emitter, Kept};
use super::own;
use crate::body::{Map, Origin, ValueId};
use crate::function::Parameter;
use crate::ownership::Input;

/// Whether there are such entries: where no process is ever left, they would only cost a build.
pub(super) const ARE_EMITTED: bool = cfg!(feature = "edges");

impl Emitter<'_> {
    /// The name of an output that is a part of another.
    pub(super) fn name_of_part(&self, part: ValueId) -> &str {
        match &self.values[part] {
            Origin::Output { output, .. } => output,
            Origin::Parameter(_) => "",
        }
    }

    /// How a value is written and read; of one that `is_read` by nobody only its type, since traits
    /// that are asked for cost a build.
    fn coding(&self, slot: &Ident, node: usize, is_read: bool) -> Option<TokenStream> {
        let (private, marker) = (&self.private, self.markers.get(node)?);
        let probe = quote!(#slot.probe::<#marker>());
        let probe = if is_read { quote!((&&&#probe)) } else { probe };
        Some(self.done(&quote!(#private::Work::Coding(#probe.coding()))))
    }

    /// How the values are written and read that nodes make.
    pub(super) fn values(&mut self, read: &HashSet<ValueId>) {
        if !ARE_EMITTED {
            return;
        }
        let mut made: Vec<_> = read.union(&self.unread).copied().collect();
        made.sort_unstable();
        let private = self.private.clone();
        for value in made {
            let Origin::Output { node, mapped: false, .. } = self.values[value] else { continue };
            let slot = self.slot(value, proc_macro2::Span::call_site());
            if let Some(coding) = self.coding(&slot, node, read.contains(&value)) {
                let value = Literal::usize_unsuffixed(value);
                self.late(&quote!(#private::VALUE + #value), &coding);
            }
        }
    }

    /// An entry behind all others.
    fn late(&mut self, number: &TokenStream, code: &TokenStream) {
        let entry = own("e");
        self.checks.extend(quote!(if #entry == #number { #code }));
    }

    /// The slot of the results of a map, for its code.
    pub(super) fn results(&mut self, map: &Map) -> TokenStream {
        let private = &self.private;
        if !ARE_EMITTED {
            return quote!(#private::slot());
        }
        let results = own(&format!("u{}", map.output));
        self.open_as(&results);
        results.into_token_stream()
    }

    /// What is to be known of a map, whose step has this number.
    pub(super) fn partitions(
        &mut self,
        map: &Map,
        step: usize,
        source: &[Input],
        collect: &TokenStream,
    ) {
        if !ARE_EMITTED {
            return;
        }
        let (private, from) = (self.private.clone(), own("i"));
        let step = Literal::usize_unsuffixed(step);
        let results = own(&format!("u{}", map.output));
        if let Some(coding) = self.coding(&results, map.call.node, true) {
            self.late(&quote!(#private::RESULT + #step), &coding);
        }
        let output = self.slot(map.output, super::call::place(&map.call));
        let gathered = self.done(&quote!(#private::gather(#from, #results, #output, #collect)));
        self.late(&quote!(#private::GATHER + #step), &gathered);
        let receive = self.receive(source, 0, Kept::InPlace, None);
        let borrows = self.borrows(source, Kept::InPlace);
        let expr = self.rewrite(&map.source.expr, source);
        let handed_out = match map.source.borrowed {
            true => self.done(&quote!(#private::places(#expr))),
            false => {
                let partition = own(&format!("q{}", map.output));
                self.checks.extend(quote!(let #partition = #private::slot();));
                let done = self.done(&quote!(#private::partitions(#expr, #partition)));
                if let Some(coding) = self.coding(&partition, map.source.from.0, true) {
                    self.late(&quote!(#private::FAN_OUT + #step), &quote!(#receive #borrows #done));
                    self.late(&quote!(#private::PARTITION + #step), &coding);
                }
                return;
            }
        };
        self.late(&quote!(#private::FAN_OUT + #step), &quote!(#receive #borrows #handed_out));
    }

    /// A parameter as the world outside has it.
    pub(super) fn outside_of_parameter(&self, parameter: &Parameter) -> TokenStream {
        if !ARE_EMITTED {
            return TokenStream::new();
        }
        let private = &self.private;
        let serializer = match &parameter.serializer {
            Some(serializer) => serializer.to_token_stream(),
            None => quote!(#private::Json),
        };
        let docs: Vec<_> = parameter.docs.iter().collect();
        let outside = self.outside(&parameter.held(private), &serializer, &docs);
        quote!(.outside(#outside))
    }

    /// What the dag returns, as the world outside has it.
    pub(super) fn outside_of_result(&self, ty: &TokenStream) -> TokenStream {
        let private = &self.private;
        match ARE_EMITTED {
            true => self.outside(ty, &quote!(#private::Json), &self.function.docs()),
            false => quote!(#private::Outside::NONE),
        }
    }

    fn outside(
        &self,
        ty: &TokenStream,
        serializer: &TokenStream,
        docs: &[&Attribute],
    ) -> TokenStream {
        let private = &self.private;
        let docs = docs.iter().filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) => Some(&pair.value),
            _ => None,
        });
        quote! {
            #private::Outside {
                coding: ::core::option::Option::Some(
                    || (&&&#private::Probe::<#serializer, #ty>::new()).coding()
                ),
                json: ::core::option::Option::Some(
                    || (&&&#private::Probe::<#private::Json, #ty>::new()).coding()
                ),
                schema: ::core::option::Option::Some(
                    || (&&&#private::Schema::<#ty>::new()).schema()
                ),
                docs: ::core::concat!(#(#docs, "\n"),*),
            }
        }
    }
}
