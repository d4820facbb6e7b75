//! `#[derive(FilterSet)]`: a condition for each parameter, the search fields, and the names to order by.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Ident, LitStr, Path};

use self::{
    filter::{Alias, Filter},
    lookup::TextLookup,
};
use crate::{
    ast::{self, Way},
    attr::{self, Ordering, Search},
    ctxt::Ctxt,
};

mod conditions;
mod filter;
mod lookup;

pub(crate) use lookup::split_search;

const OPTIONS: [&str; 6] = [
    "model",
    "search",
    "ordering",
    "default_ordering",
    "search_param",
    "ordering_param",
];

struct Container<'a> {
    name: &'a Ident,
    model: Path,
    search: Vec<Search>,
    ordering: Vec<Alias>,
    default_ordering: Vec<Ordering>,
    search_param: Option<LitStr>,
    ordering_param: Option<LitStr>,
    filters: Vec<Filter<'a>>,
}

/// The whole derive. What is wrong is told and left out, so that it causes no errors elsewhere.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::default();
    let fields = ast::named_fields(input, "FilterSet", &ctxt);
    let expanded = Container::read(input, &fields, &ctxt).map(|container| container.expand());
    let touch = ast::touch(&input.ident, &fields);
    let errors = ctxt.into_compile_errors();
    quote!(#errors #expanded #touch)
}

impl<'a> Container<'a> {
    fn read(
        input: &'a DeriveInput,
        fields: &[(&Ident, &'a syn::Field)],
        ctxt: &Ctxt,
    ) -> Option<Self> {
        let filters = fields
            .iter()
            .map(|(name, field)| Filter::read(name, field, ctxt))
            .collect();
        let (mut model, mut search, mut ordering, mut default_ordering) =
            (None, Vec::new(), Vec::new(), Vec::new());
        let (mut search_param, mut ordering_param) = (None, None);
        for item in attr::items(&input.attrs, "filterset", &OPTIONS, &[], ctxt) {
            match item.name.to_string().as_str() {
                "model" => model = item.value(ctxt),
                "search" => search = item.list(ctxt),
                "ordering" => ordering = item.list(ctxt),
                "search_param" => search_param = item.value(ctxt),
                "ordering_param" => ordering_param = item.value(ctxt),
                _ => default_ordering = item.list(ctxt),
            }
        }
        if model.is_none() {
            ctxt.error(
                &input.ident,
                "a filterset needs its model: `#[filterset(model = …)]`",
            );
        }
        Some(Self {
            name: &input.ident,
            model: model?,
            search,
            ordering,
            default_ordering,
            search_param,
            ordering_param,
            filters,
        })
    }

    fn expand(&self) -> TokenStream {
        let (name, model) = (self.name, &self.model);
        let imports = ast::imports();
        let search_param = self.search_param.iter().map(|name| {
            quote!(
                const SEARCH_PARAM: &'static str = #name;
            )
        });
        let ordering_param = self.ordering_param.iter().map(|name| {
            quote!(
                const ORDERING_PARAM: &'static str = #name;
            )
        });
        let (conditions, search) = (self.conditions(), self.search());
        let (order_by, default_order) = (self.order_by(), self.default_order());
        quote! {
            const _: () = {
                #imports
                #[automatically_derived]
                impl ::restwell::filters::FilterSet for #name {
                    type Model = #model;
                    #(#search_param)*
                    #(#ordering_param)*
                    #conditions
                    #search
                    #order_by
                    #default_order
                }
            };
        }
    }

    fn conditions(&self) -> Option<TokenStream> {
        let model = &self.model;
        let filters = self.filters.iter();
        let conditions: Vec<_> = filters
            .flat_map(|filter| filter.conditions(model))
            .collect();
        (!conditions.is_empty()).then(|| {
            quote! {
                fn conditions(
                    request: &::restwell::request::Request,
                    conn: &mut ::restwell::db::Conn,
                ) -> ::restwell::exceptions::Result<::restwell::filters::Conditions<#model>> {
                    let mut asked = ::restwell_filters::Asked::new(request, conn);
                    #(#conditions)*
                    asked.into_conditions()
                }
            }
        })
    }

    fn search(&self) -> Option<TokenStream> {
        let conditions = self.search.iter().map(|search| {
            let way = Way::new(&self.model, &search.path);
            let (compared, lookup) = (way.compared(), TextLookup::of_search(search));
            way.condition(quote!(#compared.matches(#lookup, term)))
        });
        let model = &self.model;
        (!self.search.is_empty()).then(|| {
            quote! {
                fn search(term: &str) -> ::std::option::Option<::restwell::models::Predicate<#model>> {
                    ::std::option::Option::Some(::restwell::models::Predicate::any_of(::std::vec![#(#conditions),*]))
                }
            }
        })
    }

    fn order_by(&self) -> TokenStream {
        let model = &self.model;
        let names = self.ordering.iter().filter(|alias| !is_all(alias));
        let names = names.map(|alias| (alias.name.clone(), &alias.path));
        let aliases = self.filters.iter().flat_map(Filter::aliases);
        let arms = names.chain(aliases).map(|(name, path)| {
            let term = Way::new(model, path).term(&quote!(descending));
            quote!(#name => ::std::option::Option::Some(#term),)
        });
        let otherwise = match self.ordering.iter().any(is_all) {
            true => quote!(::restwell::keyset::Term::any_column(name, descending)),
            false => quote!(::std::option::Option::None),
        };
        quote! {
            fn order_by(name: &str, descending: bool) -> ::std::option::Option<::restwell::keyset::Term<#model>> {
                let _ = descending;
                match name {
                    #(#arms)*
                    _ => #otherwise,
                }
            }
        }
    }

    fn default_order(&self) -> Option<TokenStream> {
        let model = &self.model;
        let terms = self.default_ordering.iter().map(|ordering| {
            let descending = ordering.descending;
            Way::new(model, &ordering.path).term(&quote!(#descending))
        });
        (!self.default_ordering.is_empty()).then(|| {
            quote! {
                fn default_order() -> ::std::option::Option<::std::vec::Vec<::restwell::keyset::Term<#model>>> {
                    ::std::option::Option::Some(::std::vec![#(#terms),*])
                }
            }
        })
    }
}

/// `ordering(__all__)`
fn is_all(alias: &Alias) -> bool {
    matches!(alias.path.0.as_slice(), [name] if name == "__all__")
}
