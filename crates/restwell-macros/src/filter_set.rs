//! `#[derive(FilterSet)]`: a condition for each parameter, the search fields, and the names to order by.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Ident, Path, Type, ext::IdentExt, spanned::Spanned};

use crate::{
    ast::{self, Naming, Way},
    attr::{self, Item, NamePath, Ordering, Search},
    ctxt::Ctxt,
};

const OPTIONS: [&str; 4] = ["model", "search", "ordering", "default_ordering"];
const LOOKUPS: [&str; 15] = [
    "exact",
    "iexact",
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "isnull",
    "year",
];
const FIELD_OPTIONS: [&str; 4] = ["any", "path", "choices", "method"];

struct Container<'a> {
    name: &'a Ident,
    model: Path,
    search: Vec<Search>,
    ordering: Vec<NamePath>,
    default_ordering: Vec<Ordering>,
    filters: Vec<Filter<'a>>,
}

struct Filter<'a> {
    ty: &'a Type,
    path: NamePath,
    parameter: String,
    lookups: Vec<Ident>,
    choices: Option<Path>,
    method: Option<Path>,
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
        for item in attr::items(&input.attrs, "filterset", &OPTIONS, &[], ctxt) {
            match item.name.to_string().as_str() {
                "model" => model = item.value(ctxt),
                "search" => search = item.list(ctxt),
                "ordering" => ordering = item.list(ctxt),
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
            filters,
        })
    }

    fn expand(&self) -> TokenStream {
        let (name, model) = (self.name, &self.model);
        let conditions = self
            .filters
            .iter()
            .flat_map(|filter| filter.conditions(model));
        let imports = ast::imports();
        let (search, order_by, default_order) =
            (self.search(), self.order_by(), self.default_order());
        quote! {
            const _: () = {
                #imports
                #[automatically_derived]
                impl ::restwell::filters::FilterSet for #name {
                    type Model = #model;
                    fn conditions(
                        params: &::restwell::query_params::QueryParams,
                        errors: &mut ::restwell::exceptions::Errors,
                        conn: &mut ::restwell::db::Conn,
                    ) -> ::restwell::exceptions::Result<::std::vec::Vec<::restwell::filters::Condition<#model>>> {
                        let mut conditions = ::std::vec::Vec::<::restwell::filters::Condition<#model>>::new();
                        let _ = (&params, &errors, &conn, &mut conditions);
                        #(#conditions)*
                        ::std::result::Result::Ok(conditions)
                    }
                    #search
                    #order_by
                    #default_order
                }
            };
        }
    }

    fn search(&self) -> TokenStream {
        let conditions = self.search.iter().map(|search| {
            let way = Way::new(&self.model, &search.path);
            way.condition(matches_term(&way.expression(), search.prefix))
        });
        let any = conditions.reduce(|left, right| quote!(#left.or(#right)));
        let body = any.map_or_else(
            || quote!(query),
            |any| quote!(diesel::QueryDsl::filter(query, #any)),
        );
        let rows = rows();
        quote! {
            fn search(term: &str, query: #rows) -> #rows {
                let _ = term;
                #body
            }
        }
    }

    fn order_by(&self) -> TokenStream {
        let names = self.ordering.iter().map(|path| {
            let (value, name) = (Way::new(&self.model, path).scalar(), path.parameter());
            quote! {
                (#name, false) => ::std::result::Result::Ok(query.then_order_by(#value.asc())),
                (#name, true) => ::std::result::Result::Ok(query.then_order_by(#value.desc())),
            }
        });
        let rows = rows();
        quote! {
            fn order_by(name: &str, descending: bool, query: #rows) -> ::std::result::Result<#rows, #rows> {
                match (name, descending) {
                    #(#names)*
                    _ => ::std::result::Result::Err(query),
                }
            }
        }
    }

    fn default_order(&self) -> Option<TokenStream> {
        let model = &self.model;
        let terms = self.default_ordering.iter().map(|ordering| {
            let value = Way::new(model, &ordering.path).scalar();
            let direction = if ordering.descending {
                quote!(desc)
            } else {
                quote!(asc)
            };
            quote!(let query = query.then_order_by(#value.#direction());)
        });
        (!self.default_ordering.is_empty()).then(|| {
            let rows = rows();
            quote! {
                fn default_order(query: #rows) -> #rows {
                    #(#terms)*
                    <#model as ::restwell::models::Model>::order_by_key(query)
                }
            }
        })
    }
}

/// The type of the rows that are filtered. An alias could hide a type of the user's.
fn rows() -> TokenStream {
    quote!(<Self::Model as ::restwell::models::Model>::Query)
}

/// Contract §10.9: how a search term is compared.
fn matches_term(value: &TokenStream, prefix: Option<char>) -> TokenStream {
    let escaped = quote!(::restwell::private::like_escape(term));
    match prefix {
        Some('^') => quote!(#value.ilike(::std::format!("{}%", #escaped))),
        Some('=') => quote!(#value.ilike(#escaped)),
        Some('$') => {
            quote!(::restwell::private::matches_regex(#value, ::std::borrow::ToOwned::to_owned(term)))
        }
        Some('@') => {
            quote!(::restwell::private::matches_text(#value, ::std::borrow::ToOwned::to_owned(term)))
        }
        _ => quote!(#value.ilike(::std::format!("%{}%", #escaped))),
    }
}

impl<'a> Filter<'a> {
    fn read(name: &Ident, field: &'a syn::Field, ctxt: &Ctxt) -> Self {
        let mut filter = Self {
            ty: &field.ty,
            path: NamePath(vec![name.clone()]),
            parameter: name.unraw().to_string(),
            lookups: Vec::new(),
            choices: None,
            method: None,
        };
        let known: Vec<&str> = LOOKUPS.into_iter().chain(FIELD_OPTIONS).collect();
        for item in attr::items(&field.attrs, "filter", &known, &[], ctxt) {
            filter.option(&item, ctxt);
        }
        if filter.lookups.is_empty() {
            filter.lookups.push(Ident::new("exact", name.span()));
        }
        filter
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "path" => {
                if let Some(path) = item.value::<NamePath>(ctxt) {
                    self.parameter = path.parameter();
                    self.path = path;
                }
            }
            "choices" => self.choices = item.value(ctxt),
            "method" => self.method = item.value(ctxt),
            "any" => drop(item.flag(ctxt)),
            _ => {
                item.flag(ctxt);
                self.lookups.push(item.name.clone());
            }
        }
    }

    fn conditions(&self, model: &Path) -> Vec<TokenStream> {
        if let Some(method) = &self.method {
            return vec![self.by_method(method)];
        }
        if Naming::of(self.ty).is_some() {
            return self
                .lookups
                .iter()
                .map(|lookup| self.by_choice(model, lookup))
                .collect();
        }
        if ast::inner(self.ty, "Vec").and_then(Naming::of).is_some() {
            return vec![self.by_choices(model)];
        }
        self.lookups
            .iter()
            .map(|lookup| self.by_value(model, lookup))
            .collect()
    }

    fn parameter(&self, lookup: &Ident) -> String {
        match lookup.unraw().to_string().as_str() {
            "exact" => self.parameter.clone(),
            lookup => format!("{}__{lookup}", self.parameter),
        }
    }

    /// Hands a condition on: `query` is filtered, whenever it is.
    fn push(condition: &TokenStream) -> TokenStream {
        let rows = rows();
        quote!(conditions.push(::std::boxed::Box::new(move |query: #rows| diesel::QueryDsl::filter(query, #condition)));)
    }

    fn by_method(&self, method: &Path) -> TokenStream {
        let (parameter, ty) = (&self.parameter, self.ty);
        let read = if quote!(#ty).to_string() == "bool" {
            quote!(::restwell::filters::parameter(params, #parameter).and_then(::restwell::filters::boolean))
        } else {
            let exact = quote!(::restwell::filters::Lookup::Exact);
            quote_spanned! {ty.span()=>
                ::restwell::filters::parameter(params, #parameter).and_then(|text| {
                    <#ty as ::restwell::filters::FilterField>::parse(text, #exact)
                        .map_err(|detail| errors.add(#parameter, detail))
                        .ok()
                        .flatten()
                })
            }
        };
        let rows = rows();
        quote_spanned! {method.span()=>
            if let ::std::option::Option::Some(value) = #read {
                conditions.push(::std::boxed::Box::new(move |query: #rows| (#method)(query, ::std::clone::Clone::clone(&value))));
            }
        }
    }

    /// One row of another model, or a comma list of them.
    fn by_choice(&self, model: &Path, lookup: &Ident) -> TokenStream {
        let (parameter, ty) = (self.parameter(lookup), self.ty);
        let way = Way::new(model, &self.path);
        let relation = way.relation();
        if lookup == "isnull" {
            return self.is_null(
                &parameter,
                &quote!(::restwell::models::ToOne::column(#relation)),
                &way,
            );
        }
        let texts = match lookup.to_string().as_str() {
            "in" => quote!(
                text.split(',')
                    .filter(|item| !item.is_empty())
                    .collect::<::std::vec::Vec<_>>()
            ),
            _ => quote!([text]),
        };
        let condition =
            way.condition(quote!(::restwell::models::Relation::among(#relation, keys.clone())));
        let push = Self::push(&condition);
        quote_spanned! {ty.span()=>
            if let ::std::option::Option::Some(text) = ::restwell::filters::parameter(params, #parameter) {
                match <#ty as ::restwell::filters::ModelChoice>::keys(&#texts, conn)? {
                    ::std::result::Result::Ok(keys) => { #push }
                    ::std::result::Result::Err(detail) => errors.add(#parameter, detail),
                }
            }
        }
    }

    /// Rows of another model, by a parameter that may be repeated.
    fn by_choices(&self, model: &Path) -> TokenStream {
        let (parameter, naming) = (&self.parameter, ast::inner(self.ty, "Vec"));
        let way = Way::new(model, &self.path);
        let relation = way.relation();
        let condition =
            way.condition(quote!(::restwell::models::Relation::among(#relation, keys.clone())));
        let push = Self::push(&condition);
        quote_spanned! {self.ty.span()=>
            let texts: ::std::vec::Vec<&str> = params.get_all(#parameter).filter(|text| !text.is_empty()).collect();
            if !texts.is_empty() {
                match <#naming as ::restwell::filters::ModelChoice>::keys(&texts, conn)? {
                    ::std::result::Result::Ok(keys) => { #push }
                    ::std::result::Result::Err(detail) => errors.add(#parameter, detail),
                }
            }
        }
    }

    fn is_null(&self, parameter: &str, value: &TokenStream, way: &Way<'_>) -> TokenStream {
        let null = Self::push(&way.condition(quote!(#value.is_null())));
        let not_null = Self::push(&way.condition(quote!(#value.is_not_null())));
        quote! {
            match ::restwell::filters::parameter(params, #parameter).and_then(::restwell::filters::boolean) {
                ::std::option::Option::Some(true) => { #null }
                ::std::option::Option::Some(false) => { #not_null }
                ::std::option::Option::None => {}
            }
        }
    }

    /// A boolean column; a text that is no boolean asks for nothing (contract §10.3).
    fn is_true(parameter: &str, value: &TokenStream, way: &Way<'_>) -> TokenStream {
        let push = Self::push(&way.condition(quote!(#value.eq(wanted))));
        quote! {
            if let ::std::option::Option::Some(wanted) =
                ::restwell::filters::parameter(params, #parameter).and_then(::restwell::filters::boolean)
            {
                #push
            }
        }
    }

    /// A column or computed value, compared with what was sent.
    fn by_value(&self, model: &Path, lookup: &Ident) -> TokenStream {
        let (parameter, ty) = (self.parameter(lookup), self.ty);
        let way = Way::new(model, &self.path);
        let column = way.expression();
        let (read, condition) = match lookup.to_string().as_str() {
            "isnull" => return self.is_null(&parameter, &column, &way),
            "exact" if quote!(#ty).to_string() == "bool" => {
                return Self::is_true(&parameter, &column, &way);
            }
            "in" => (
                quote_spanned!(ty.span()=> ::restwell::filters::list::<#ty>(text).map(::std::option::Option::Some)),
                quote!(#column.eq_any(value.clone())),
            ),
            "year" => (
                quote_spanned! {ty.span()=>
                    ::restwell::filters::year(text)
                        .map(|year| year.and_then(<#ty as ::restwell::filters::FilterField>::year))
                },
                quote!(#column.between(value.0.clone(), value.1.clone())),
            ),
            name => self.comparison(name, &column),
        };
        let (found, none) = (Self::push(&way.condition(condition)), none(model));
        quote! {
            if let ::std::option::Option::Some(text) = ::restwell::filters::parameter(params, #parameter) {
                match #read {
                    ::std::result::Result::Ok(::std::option::Option::Some(value)) => { #found }
                    ::std::result::Result::Ok(::std::option::Option::None) => { #none }
                    ::std::result::Result::Err(detail) => errors.add(#parameter, detail),
                }
            }
        }
    }

    /// How to read the text of a lookup, and the condition that it makes.
    fn comparison(&self, lookup: &str, column: &TokenStream) -> (TokenStream, TokenStream) {
        let ty = self.ty;
        let parse = |kind: TokenStream| quote_spanned!(ty.span()=> <#ty as ::restwell::filters::FilterField>::parse(text, ::restwell::filters::Lookup::#kind));
        let like = |method: TokenStream, pattern: &str| {
            let read = parse(quote!(Exact));
            (
                read,
                quote!(#column.#method(::std::format!(#pattern, ::restwell::private::like_escape(&value)))),
            )
        };
        let exact = || match &self.choices {
            Some(path) => {
                let choices = ast::choices(path, ast::is_text(ty));
                quote_spanned!(path.span()=> ::restwell::filters::choice::<#ty>(text, &#choices))
            }
            None => parse(quote!(Exact)),
        };
        match lookup {
            "gt" => (parse(quote!(Gt)), quote!(#column.gt(value.clone()))),
            "gte" => (parse(quote!(Gte)), quote!(#column.ge(value.clone()))),
            "lt" => (parse(quote!(Lt)), quote!(#column.lt(value.clone()))),
            "lte" => (parse(quote!(Lte)), quote!(#column.le(value.clone()))),
            "iexact" => like(quote!(ilike), "{}"),
            "contains" => like(quote!(like), "%{}%"),
            "icontains" => like(quote!(ilike), "%{}%"),
            "startswith" => like(quote!(like), "{}%"),
            "istartswith" => like(quote!(ilike), "{}%"),
            "endswith" => like(quote!(like), "%{}"),
            "iendswith" => like(quote!(ilike), "%{}"),
            _ => (exact(), quote!(#column.eq(value.clone()))),
        }
    }
}

/// No row at all: the parameter is a number that the column cannot hold.
fn none(model: &Path) -> TokenStream {
    let key = quote!(<#model as ::restwell::models::Model>::KEY);
    Filter::push(&quote!(#key.ne(#key)))
}
