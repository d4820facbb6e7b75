//! The code that reads a filter's parameters and makes conditions of them.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Path, Type, ext::IdentExt, spanned::Spanned};

use super::{
    filter::Filter,
    lookup::{self, Comparison, Lookup, TextLookup},
};
use crate::ast::{self, Naming, Way};

impl Filter<'_> {
    /// A statement for each parameter, of those that exist for the request.
    pub(super) fn conditions(&self, model: &Path) -> Vec<TokenStream> {
        let statements = self.statements(model);
        match &self.when {
            Some(when) => vec![quote_spanned! {when.span()=>
                let when: fn(&::restwell::request::Request) -> bool = #when;
                if when(asked.request) {
                    #(#statements)*
                }
            }],
            None => statements,
        }
    }

    fn statements(&self, model: &Path) -> Vec<TokenStream> {
        let way = Way::new(model, &self.path);
        if let Some(method) = &self.method {
            return vec![self.by_method(method)];
        }
        if !self.fields.is_empty() {
            let (parameter, names) = (self.declared("exact"), self.alias_names());
            return vec![quote!(asked.ordering(#parameter, &[#(#names),*]);)];
        }
        for (wrapper, ends) in [
            ("RangeFilter", ["min", "max"]),
            ("FromToRangeFilter", ["after", "before"]),
        ] {
            if let Some(ty) = ast::inner(self.ty, wrapper) {
                return vec![self.by_range(&way, ty, ends)];
            }
        }
        if let Some(ty) = ast::inner(self.ty, "DateRangeFilter") {
            return vec![self.by_period(&way, ty)];
        }
        if self.lookup_choice {
            return vec![self.by_lookup_choice(&way)];
        }
        self.lookups
            .iter()
            .map(|lookup| self.by_lookup(&way, &lookup.unraw().to_string()))
            .collect()
    }

    fn by_lookup(&self, way: &Way<'_>, lookup: &str) -> TokenStream {
        let (parameter, item) = (self.declared(lookup), ast::inner(self.ty, "Vec"));
        match (
            Naming::of(self.ty),
            item.map(|item| (item, Naming::of(item))),
        ) {
            (Some(_), _) => self.by_choice(way, lookup, &parameter),
            (_, Some((item, Some(_)))) => self.by_choices(way, item, lookup, &parameter),
            (_, Some((item, None))) => self.by_values(way, item, &parameter),
            _ => self.by_value(way, Lookup::of(lookup), &parameter),
        }
    }

    /// The parameter of a lookup, with what holds for all of them.
    fn declared(&self, lookup: &str) -> TokenStream {
        let name = self.parameter(lookup);
        let exclude = self.exclude.then(|| quote!(.exclude()));
        let required = self.required.then(|| quote!(.required()));
        // A text loses its white space, and a flag that is none is ignored; all else is refused.
        let reads_value = !matches!(
            Lookup::of(lookup),
            Lookup::Text(_) | Lookup::Range | Lookup::IsNull
        ) && !is_bool(self.ty);
        let spaces = reads_value && (self.choices.is_some() || !ast::is_text(self.ty));
        let spaces = spaces.then(|| quote!(.counts_spaces()));
        quote!(::restwell_filters::Parameter::new(#name)#exclude #required #spaces)
    }

    fn by_method(&self, method: &Path) -> TokenStream {
        let parameter = self.declared("exact");
        let value = if is_bool(self.ty) {
            quote!(asked.truth(#parameter))
        } else {
            let read = parse(self.ty, Comparison("exact"));
            quote!(asked.parsed(#parameter, #read))
        };
        quote_spanned! {method.span()=>
            if let ::std::option::Option::Some(value) = #value {
                asked.query(move |query| (#method)(query, ::std::clone::Clone::clone(&value)));
            }
        }
    }

    fn by_range(&self, way: &Way<'_>, ty: &Type, ends: [&str; 2]) -> TokenStream {
        let (parameter, name) = (self.declared("exact"), self.parameter("exact"));
        let [first, last] = ends.map(|end| format!("{name}_{end}"));
        let condition = within(way, ty);
        quote_spanned! {spot(ty)=>
            asked.range::<#ty>(#parameter, [#first, #last], |lookup, bound| #condition);
        }
    }

    fn by_period(&self, way: &Way<'_>, ty: &Type) -> TokenStream {
        let parameter = self.declared("exact");
        let condition = between(way, ty);
        quote_spanned!(spot(ty)=> asked.period::<#ty>(#parameter, |(first, last)| #condition);)
    }

    /// `?lk=text&lk_lookup=icontains`
    fn by_lookup_choice(&self, way: &Way<'_>) -> TokenStream {
        let name = self.parameter("exact");
        let lookup_name = format!("{name}_lookup");
        let names: Vec<_> = self
            .lookups
            .iter()
            .map(|lookup| lookup.unraw().to_string())
            .collect();
        let exclude = self.exclude.then(|| quote!(.exclude()));
        let parameter = quote!(::restwell_filters::Parameter::new(#name)#exclude);
        let arms = names.iter().map(|lookup| {
            let condition = self.by_value(way, Lookup::of(lookup), &parameter);
            quote!(::std::option::Option::Some(#lookup) => { #condition })
        });
        let declared = self.declared("exact");
        quote! {
            match asked.lookup(#declared, #lookup_name, &[#(#names),*]) {
                #(#arms)*
                _ => {}
            }
        }
    }

    /// One row of another model, or a comma list of them.
    fn by_choice(&self, way: &Way<'_>, lookup: &str, parameter: &TokenStream) -> TokenStream {
        let (ty, relation) = (self.ty, way.relation());
        let key = way.key();
        let is_null = |null: TokenStream| way.condition(quote!(#key.is_null(#null)));
        let among = way.condition(quote!(::restwell::models::Relation::among(#relation, keys)));
        match Lookup::of(lookup) {
            Lookup::IsNull => {
                let condition = is_null(quote!(null));
                quote!(asked.flag(#parameter, |null| #condition);)
            }
            Lookup::In => {
                quote_spanned!(spot(ty)=> asked.choices_in::<#ty>(#parameter, |keys| #among)?;)
            }
            _ => {
                let null = match self.null {
                    true => {
                        let condition = is_null(quote!(true));
                        quote!(::std::option::Option::Some(|| #condition))
                    }
                    false => quote!(::std::option::Option::None),
                };
                quote_spanned!(spot(ty)=> asked.choice::<#ty>(#parameter, #null, |keys| #among)?;)
            }
        }
    }

    /// Rows of another model: a parameter that may be repeated, or a comma list.
    fn by_choices(
        &self,
        way: &Way<'_>,
        item: &Type,
        lookup: &str,
        parameter: &TokenStream,
    ) -> TokenStream {
        let relation = way.relation();
        let any = way.condition(quote!(::restwell::models::Relation::among(#relation, keys)));
        match Lookup::of(lookup) {
            Lookup::IsNull => {
                let query = quote!(::restwell::models::Relation::query(#relation));
                let related =
                    way.condition(quote!(::restwell::models::Relation::any(#relation, #query)));
                quote! {
                    asked.flag(#parameter, |null| match null {
                        true => #related.negated(),
                        false => #related,
                    });
                }
            }
            Lookup::In => {
                quote_spanned!(spot(item)=> asked.choices_in::<#item>(#parameter, |keys| #any)?;)
            }
            _ if self.conjoined => {
                quote_spanned!(spot(item)=> asked.choices_all::<#item>(#parameter, |keys| #any)?;)
            }
            _ => quote_spanned!(spot(item)=> asked.choices::<#item>(#parameter, |keys| #any)?;),
        }
    }

    /// A column, by a parameter that may be repeated.
    fn by_values(&self, way: &Way<'_>, item: &Type, parameter: &TokenStream) -> TokenStream {
        let (read, compared) = (self.reader(item, Comparison("exact")), way.compared());
        let condition = way.condition(quote_spanned!(spot(item)=> #compared.among(values)));
        quote_spanned!(spot(item)=> asked.values(#parameter, #read, |values| #condition);)
    }

    /// A column or computed value, compared with what was sent.
    fn by_value(&self, way: &Way<'_>, lookup: Lookup<'_>, parameter: &TokenStream) -> TokenStream {
        let (ty, compared) = (self.ty, way.compared());
        let span = spot(ty);
        match lookup {
            Lookup::IsNull => {
                let condition = way.condition(quote!(#compared.is_null(null)));
                quote!(asked.flag(#parameter, |null| #condition);)
            }
            Lookup::Compare(exact @ Comparison("exact")) if is_bool(ty) => {
                let condition = way.condition(compare(way, ty, &exact.tokens(), "wanted"));
                quote!(asked.flag(#parameter, |wanted| #condition);)
            }
            Lookup::Compare(comparison @ Comparison("gt" | "gte" | "lt" | "lte")) => {
                let (lookup, condition) = (comparison.tokens(), within(way, ty));
                quote_spanned! {span=>
                    asked.bound::<#ty>(#parameter, #lookup, |lookup, bound| #condition);
                }
            }
            Lookup::Compare(comparison) => {
                let read = self.reader(ty, comparison);
                let condition = way.condition(compare(way, ty, &comparison.tokens(), "value"));
                quote_spanned!(span=> asked.value(#parameter, #read, |value| #condition);)
            }
            Lookup::In => {
                let condition = way.condition(quote_spanned!(span=> #compared.among(values)));
                let read = quote_spanned! {span=>
                    |text| ::restwell_filters::list::<#ty>(text).map(::std::option::Option::Some)
                };
                quote_spanned!(span=> asked.value(#parameter, #read, |values| #condition);)
            }
            Lookup::Range => {
                let (read, condition) = (
                    quote_spanned!(span=> ::restwell_filters::pair::<#ty>),
                    between(way, ty),
                );
                quote_spanned!(span=> asked.value(#parameter, #read, |(first, last)| #condition);)
            }
            Lookup::Year(comparison) => self.by_year(way, comparison, parameter),
            Lookup::Text(lookup) => self.by_text(way, lookup, parameter),
            Lookup::Date(comparison) => self.by_date(way, comparison, parameter),
            Lookup::Part(part, comparison) => {
                let (part, comparison) = (lookup::part(part), comparison.tokens());
                let condition = quote_spanned!(span=> #compared.part(#part, lookup, number));
                let condition = way.condition(condition);
                quote!(asked.bound::<i32>(#parameter, #comparison, |lookup, number| #condition);)
            }
        }
    }

    /// The value is searched for a text, whatever its own type.
    fn by_text(
        &self,
        way: &Way<'_>,
        lookup: TextLookup<'_>,
        parameter: &TokenStream,
    ) -> TokenStream {
        let is_pattern = lookup.is_pattern();
        let (compared, lookup) = (way.compared(), lookup.tokens());
        let condition = quote_spanned!(spot(self.ty)=> #compared.matches(#lookup, &value));
        let condition = way.condition(condition);
        if is_pattern {
            return quote!(asked.pattern(#parameter, |value| #condition)?;);
        }
        let text = syn::parse_quote!(::std::string::String);
        let read = parse(&text, Comparison("exact"));
        quote!(asked.value(#parameter, #read, |value| #condition);)
    }

    /// The day of a moment is compared with another.
    fn by_date(
        &self,
        way: &Way<'_>,
        comparison: Comparison<'_>,
        parameter: &TokenStream,
    ) -> TokenStream {
        let date = syn::parse_quote!(::restwell::private::chrono::NaiveDate);
        let (compared, read) = (way.compared(), parse(&date, comparison));
        let comparison = comparison.tokens();
        let condition = quote_spanned!(spot(self.ty)=> #compared.date().compare(#comparison, day));
        let condition = way.condition(condition);
        quote!(asked.value(#parameter, #read, |day| #condition);)
    }

    /// A year is compared as the days that it has, so that an index on the column is of use.
    fn by_year(
        &self,
        way: &Way<'_>,
        comparison: Comparison<'_>,
        parameter: &TokenStream,
    ) -> TokenStream {
        let ty = self.ty;
        let compared = |bound| way.condition(compare(way, ty, &comparison.tokens(), bound));
        let (bounds, condition) = match comparison.0 {
            "exact" => (quote!((first, last)), between(way, ty)),
            // After a year means after its last day, since a year means from its first.
            "gt" | "lte" => (quote!((_, last)), compared("last")),
            _ => (quote!((first, _)), compared("first")),
        };
        quote_spanned!(spot(ty)=> asked.year::<#ty>(#parameter, |#bounds| #condition);)
    }

    /// How the text of a parameter is read as a value.
    fn reader(&self, ty: &Type, comparison: Comparison<'_>) -> TokenStream {
        match &self.choices {
            Some(path) if comparison.0 == "exact" => {
                let choices = ast::choices(path, ast::is_text(ty));
                quote_spanned!(path.span()=> |text| ::restwell_filters::choice::<#ty>(text, &#choices))
            }
            _ => parse(ty, comparison),
        }
    }
}

/// Where the code of a filter stands: at the type that the user wrote, with the names of the code around.
fn spot(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

fn is_bool(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("bool"))
}

fn parse(ty: &Type, comparison: Comparison<'_>) -> TokenStream {
    let comparison = comparison.tokens();
    quote_spanned!(spot(ty)=> |text| <#ty as ::restwell_filters::FilterField>::parse(text, #comparison))
}

/// A condition at the end of the way; a type that the column has not underlines the one that the user wrote.
fn compare(way: &Way<'_>, ty: &Type, lookup: &TokenStream, value: &str) -> TokenStream {
    let (compared, value) = (way.compared(), Ident::new(value, spot(ty)));
    quote_spanned!(spot(ty)=> #compared.compare(#lookup, #value))
}

/// Within `bound`, at the end of the way.
fn within(way: &Way<'_>, ty: &Type) -> TokenStream {
    let (compared, bound) = (way.compared(), Ident::new("bound", spot(ty)));
    way.condition(quote_spanned!(spot(ty)=> #compared.within(lookup, #bound)))
}

/// From `first` to `last`, in one related row.
fn between(way: &Way<'_>, ty: &Type) -> TokenStream {
    let least = compare(way, ty, &Comparison("gte").tokens(), "first");
    let most = compare(way, ty, &Comparison("lte").tokens(), "last");
    way.condition(quote!(::restwell::models::Predicate::all_of(
        ::std::vec![#least, #most]
    )))
}
