//! What the derives share: the fields of a struct, and code that follows names over relations.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DeriveInput, Field, Fields, GenericArgument, Ident, Path, PathArguments, Type};

use crate::{attr::NamePath, ctxt::Ctxt};

/// The named fields of a struct; anything else is a mistake.
pub(crate) fn named_fields<'a>(
    input: &'a DeriveInput,
    derive: &str,
    ctxt: &Ctxt,
) -> Vec<(&'a Ident, &'a Field)> {
    match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => data
            .fields
            .iter()
            .filter_map(|field| Some((field.ident.as_ref()?, field)))
            .collect(),
        _ => {
            ctxt.error(
                &input.ident,
                format_args!("`{derive}` is derived on a struct with named fields"),
            );
            Vec::new()
        }
    }
}

/// The type inside `Wrapper<…>`, if `ty` is one.
pub(crate) fn inner<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// diesel's methods for generated code; none of its names, which could hide the user's.
pub(crate) fn imports() -> TokenStream {
    quote! {
        use ::restwell::private::diesel;
        #[allow(unused_imports, reason = "not every derive needs all of them")]
        use ::restwell::private::diesel::{
            BoolExpressionMethods as _, ExpressionMethods as _, IntoSql as _, JoinOnDsl as _, NullableExpressionMethods as _,
            OptionalExtension as _, PgTextExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
            TextExpressionMethods as _,
        };
        #[allow(unused_imports, reason = "not every derive needs all of them")]
        use ::restwell::private::{SortedColumn as _, SortedValue as _};
    }
}

/// The first and the last token of `tokens`: between them rustc underlines.
pub(crate) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut spans = tokens
        .to_token_stream()
        .into_iter()
        .map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// `<ty as path>::item`, all of it at `spot`: a mistake underlines the user's type, and equal mistakes are told once.
pub(crate) fn item_of(
    spot: &Type,
    ty: impl ToTokens,
    path: impl ToTokens,
    item: &str,
) -> TokenStream {
    let (first, last) = ends(spot);
    let (open, item) = (quote_spanned!(first=> <), Ident::new(item, last));
    let close = quote_spanned!(last=> >::#item);
    quote!(#open #ty as #path #close)
}

/// Whether the choices of this type, or of a type inside of it, are texts: `Vec<ChoiceField<String>>`.
pub(crate) fn is_text_choice(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|segment| &segment.arguments)
    else {
        return false;
    };
    arguments.args.iter().any(|argument| match argument {
        GenericArgument::Type(ty) => is_text(ty) || is_text_choice(ty),
        _ => false,
    })
}

/// Whether `ty` is `String`.
pub(crate) fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "String"))
}

/// The choices that a constant lists: of texts or of numbers.
pub(crate) fn choices(path: &Path, text: bool) -> TokenStream {
    let kind = Ident::new(
        if text { "Text" } else { "Integer" },
        path.segments[0].ident.span(),
    );
    quote!(::restwell::fields::Choices::#kind(#path))
}

/// A type that names rows of another model.
#[derive(Clone, Copy)]
pub(crate) enum Naming<'a> {
    Key(&'a Type),
    Slug(&'a Type),
    Hyperlink(&'a Type),
    Text(&'a Type),
}

impl<'a> Naming<'a> {
    /// The kind of `PrimaryKey<M>`, `Slug<M>`, `Hyperlink<M>`, `StringRelated<M>`.
    pub(crate) fn of(ty: &'a Type) -> Option<Self> {
        inner(ty, "PrimaryKey")
            .map(Self::Key)
            .or_else(|| inner(ty, "Slug").map(Self::Slug))
            .or_else(|| inner(ty, "Hyperlink").map(Self::Hyperlink))
            .or_else(|| inner(ty, "StringRelated").map(Self::Text))
    }

    /// The model of the rows; what is none is told once, and leaves no type to go on with.
    pub(crate) fn target(self) -> TokenStream {
        let model = self.model();
        item_of(model, model, quote!(::restwell::private::IsModel), "Model")
    }

    /// The type that is written for it.
    pub(crate) fn model(self) -> &'a Type {
        match self {
            Self::Key(model) | Self::Slug(model) | Self::Hyperlink(model) | Self::Text(model) => {
                model
            }
        }
    }
}

/// Code that reads every field, so that none counts as dead: the struct only stands for its attributes.
pub(crate) fn touch(name: &Ident, fields: &[(&Ident, &Field)]) -> TokenStream {
    let names = fields.iter().map(|(name, _)| name);
    quote!(const _: fn(&#name) = |value| { let _ = (#(&value.#names,)*); };)
}

/// Code for a name, or for a way over relations, that starts at a model.
pub(crate) struct Way<'a> {
    model: &'a Path,
    path: &'a NamePath,
}

impl<'a> Way<'a> {
    pub(crate) fn new(model: &'a Path, path: &'a NamePath) -> Self {
        Self { model, path }
    }

    fn last(&self) -> usize {
        self.path.0.len() - 1
    }

    /// The names of the model that is reached after `steps` relations.
    fn fields(&self, steps: usize) -> TokenStream {
        let model = self.model;
        match steps {
            0 => quote!(<#model as ::restwell::models::Model>::FIELDS),
            steps => {
                let relation = self.name(steps - 1);
                quote!(::restwell::models::Relation::fields(#relation))
            }
        }
    }

    /// What the name at this step stands for.
    fn name(&self, step: usize) -> TokenStream {
        let (fields, name) = (self.fields(step), &self.path.0[step]);
        quote_spanned!(name.span()=> #fields.#name)
    }

    /// The relation at the end of the way.
    pub(crate) fn relation(&self) -> TokenStream {
        self.name(self.last())
    }

    /// The typed SQL of the value at the end of the way.
    pub(crate) fn expression(&self) -> TokenStream {
        let (model, name) = (self.model, self.name(self.last()));
        let span = self.path.0[self.last()].span();
        match self.last() {
            0 => quote_spanned!(span=> ::restwell::private::expression::<#model, _>(#name)),
            last => {
                let relation = self.name(last - 1);
                quote_spanned!(span=> ::restwell::private::expression_of(#relation, #name))
            }
        }
    }

    /// The value at the end of the way, to be compared with a parameter.
    pub(crate) fn compared(&self) -> TokenStream {
        let (model, name) = (self.model, self.name(self.last()));
        let span = self.path.0[self.last()].span();
        match self.last() {
            0 => quote_spanned!(span=> ::restwell::private::compared::<#model, _>(#name)),
            last => {
                let relation = self.name(last - 1);
                quote_spanned!(span=> ::restwell::private::compared_of(#relation, #name))
            }
        }
    }

    /// The key of the relation at the end of the way.
    pub(crate) fn key(&self) -> TokenStream {
        let relation = self.relation();
        quote!(::restwell::private::compared_key(#relation))
    }

    /// The value at the end of the way, to order by; a column of the model's own can be held by a cursor.
    pub(crate) fn term(&self, descending: &TokenStream) -> TokenStream {
        match self.last() {
            0 => {
                let (model, name) = (self.model, self.name(0));
                quote_spanned!(self.path.0[0].span()=> ::restwell::private::sorted::<#model, _>(#name).term(#descending))
            }
            _ => {
                let value = self.scalar();
                quote!(::restwell::keyset::Term::value(|| #value, #descending))
            }
        }
    }

    /// The relation before the end of the way, and what the name there stands for.
    pub(crate) fn end(&self) -> (TokenStream, TokenStream) {
        (self.name(self.last() - 1), self.name(self.last()))
    }

    /// A condition on the end of the way, as a condition on rows of the model where it starts.
    pub(crate) fn condition(&self, condition: impl ToTokens) -> TokenStream {
        (0..self.last()).rev().fold(condition.to_token_stream(), |condition, step| {
            let relation = self.name(step);
            quote! {
                ::restwell::models::Relation::any(
                    #relation,
                    diesel::QueryDsl::filter(::restwell::models::Relation::query(#relation), #condition),
                )
            }
        })
    }

    /// The value at the end of the way, as a value of rows of the model where it starts, to order by.
    pub(crate) fn scalar(&self) -> TokenStream {
        (0..self.last()).rev().fold(self.expression(), |value, step| {
            let relation = self.name(step);
            quote! {
                ::restwell::private::table_of(#relation).filter(::restwell::models::ToOne::on(#relation)).select(#value).single_value()
            }
        })
    }
}
