//! Rules over several fields, asked when every field holds: sets that are unique together, values that are unique for a
//! date, the serializer's own validators, and `validate` (contract §6.3).

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Ident, LitBool, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{
    attr::{Item, Name},
    ctxt::Ctxt,
    names,
};

/// `unique_together(maker, number, nulls_distinct = false)`
pub(super) struct Together {
    pub(super) members: Vec<Ident>,
    nulls_distinct: bool,
    condition: Option<Path>,
    pub(super) code: String,
    pub(super) constraint: Option<String>,
}

enum Part {
    Member(Ident),
    Option(Item),
}

impl Parse for Part {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match input.peek2(Token![=]) {
            true => input.parse().map(Self::Option),
            false => input.parse().map(|name: Name| Self::Member(name.0)),
        }
    }
}

impl Together {
    pub(super) fn read(item: &Item, ctxt: &Ctxt) -> Self {
        let mut together = Self {
            members: Vec::new(),
            nulls_distinct: true,
            condition: None,
            code: "unique".to_owned(),
            constraint: None,
        };
        for part in item.list::<Part>(ctxt) {
            match part {
                Part::Member(name) => together.members.push(name),
                Part::Option(item) => together.option(&item, ctxt),
            }
        }
        together
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        let text = || item.value::<LitStr>(ctxt).map(|text| text.value());
        match item.name.to_string().as_str() {
            "nulls_distinct" => {
                let distinct = item.value::<LitBool>(ctxt);
                self.nulls_distinct = distinct.is_none_or(|distinct| distinct.value);
            }
            "condition" => self.condition = item.value(ctxt),
            "code" => self.code = text().unwrap_or_else(|| self.code.clone()),
            "constraint" => self.constraint = text(),
            other => {
                let known = ["nulls_distinct", "condition", "code", "constraint"];
                ctxt.error(
                    &item.name,
                    names::unknown("option of `unique_together`", other, &known),
                );
            }
        }
    }
}

/// `unique_for_month = published_on`
pub(super) struct UniqueFor {
    /// `date`, `month` or `year`.
    period: &'static str,
    pub(super) date: Ident,
}

impl UniqueFor {
    pub(super) fn read(item: &Item, ctxt: &Ctxt) -> Option<Self> {
        let option = item.name.to_string();
        let period = ["date", "month", "year"]
            .into_iter()
            .find(|period| option.ends_with(period))?;
        Some(Self {
            period,
            date: item.name(ctxt)?,
        })
    }
}

impl Container<'_> {
    /// Everything that is asked of `data` as a whole.
    pub(super) fn rules(&self) -> TokenStream {
        let together = self.unique_together.iter().map(|set| self.together(set));
        let dated = self.writable().flat_map(|(_, field)| {
            field
                .unique_for
                .iter()
                .map(|rule| self.unique_for(field, rule))
        });
        let call = |path: &Path| match self.plain {
            true => quote_spanned!(path.span()=> (#path)(&mut data, scope, conn)),
            false => quote_spanned!(path.span()=> (#path)(&mut data, instance, scope, conn)),
        };
        let validators = self.validators.iter().map(call);
        let validate = self.validate.iter().map(call);
        quote! {
            let _ = &mut data;
            let mut errors = ::restwell::exceptions::Errors::default();
            #(#together)*
            #(#dated)*
            #(::restwell::validators::collect(#validators, &mut errors)?;)*
            errors.into_result()?;
            #(#validate.map_err(::restwell::validators::as_serializer_error)?;)*
        }
    }

    /// The field that sets a name of the model.
    fn writer_of(&self, name: &Ident) -> Option<&Field<'_>> {
        self.writable()
            .map(|(_, field)| field)
            .find(|field| field.source == *name)
    }

    /// Contract §6.5: what was not sent stands as it is in the row that is being changed; a null is like no other,
    /// unless the set says otherwise.
    fn together(&self, set: &Together) -> TokenStream {
        let names_of = set.members.iter().map(|name| name.unraw().to_string());
        let members: Vec<_> = set
            .members
            .iter()
            .filter_map(|name| self.writer_of(name))
            .collect();
        let values = members.iter().map(|field| self.sent_or_stored(field));
        let is_open = |field: &&&Field<'_>| !set.nulls_distinct && field.is_nullable();
        let known: Vec<_> = members
            .iter()
            .filter(|field| !is_open(field))
            .map(|field| &field.local)
            .collect();
        let conditions = members.iter().map(|field| {
            let (column, local) = (self.column(field), &field.local);
            match is_open(&field) {
                true => quote!(.filter(#column.is_not_distinct_from(#local))),
                false => quote!(.filter(#column.eq(#local))),
            }
        });
        let others = self.others(quote!(query #(#conditions)*));
        let changed = members.iter().map(|field| self.is_changed(field));
        let query = self.queried(set);
        let code = &set.code;
        quote! {
            if scope.checks == ::restwell::serializers::Checks::Immediate
                && instance.is_none_or(|instance| false #(|| #changed)*)
            {
                #(#values)*
                if let (#(::std::option::Option::Some(#known),)* ::std::option::Option::Some(query)) =
                    (#(#known,)* #query)
                {
                    if (#others) > 0 {
                        errors.add(
                            ::restwell::exceptions::NON_FIELD_ERRORS,
                            ::restwell::serializers::taken_together(&[#(#names_of),*], #code),
                        );
                    }
                }
            }
        }
    }

    /// The rows that a set is about; `None` if the row to be is none of them.
    fn queried(&self, set: &Together) -> TokenStream {
        let model = &self.model;
        let query = quote!(<#model as ::restwell::models::Model>::query());
        match &set.condition {
            Some(path) => {
                let condition = quote_spanned!(path.span()=> (#path)(&data, instance));
                quote!(#condition.map(|condition| #query.filter(condition)))
            }
            None => quote!(::std::option::Option::Some(#query)),
        }
    }

    fn column(&self, field: &Field<'_>) -> TokenStream {
        let attribute = self.attribute(field);
        match field.is_one() {
            true => quote!(::restwell::models::ToOne::column(#attribute)),
            false => attribute,
        }
    }

    /// The value of a field in the row to be; `None` if it is null or not known.
    fn sent_or_stored(&self, field: &Field<'_>) -> TokenStream {
        let (local, sent) = (&field.local, field.sent());
        let stored = self.stored_value(field);
        let (otherwise, of_row) = match (field.is_nullable(), field.is_one()) {
            (true, _) => (quote!(unwrap_or_else), quote!(and_then)),
            (false, true) => (quote!(or_else), quote!(and_then)),
            (false, false) => (quote!(or_else), quote!(map)),
        };
        quote!(let #local = #sent.clone().#otherwise(|| instance.#of_row(|instance| #stored));)
    }

    /// The value of a field in the row `instance`.
    fn stored_value(&self, field: &Field<'_>) -> TokenStream {
        let (model, attribute) = (&self.model, self.attribute(field));
        match field.kind {
            Kind::One { .. } => quote!(::restwell::models::ToOne::key(#attribute, instance)),
            _ => quote!(::restwell::private::get::<#model, _>(instance, #attribute).clone()),
        }
    }

    /// Whether something else was sent than the row `instance` holds.
    fn is_changed(&self, field: &Field<'_>) -> TokenStream {
        let (sent, stored) = (field.sent(), self.stored_value(field));
        match field.kind {
            Kind::One {
                nullable: false, ..
            } => quote!((#sent.is_some() && #sent != #stored)),
            _ => quote!(#sent.as_ref().is_some_and(|sent| *sent != #stored)),
        }
    }

    /// What the violated constraint of a set means: by its name, or by the columns that it ends with.
    pub(super) fn set_constraints(&self, named: bool) -> TokenStream {
        let sets = self.unique_together.iter();
        let arms = sets
            .filter(|set| set.constraint.is_some() == named)
            .map(|set| {
                let (code, columns) = (
                    &set.code,
                    set.members.iter().map(|name| self.column_name(name)),
                );
                let suffix = columns.collect::<Vec<_>>().join("_") + "_key";
                let name = set.constraint.as_ref().unwrap_or(&suffix);
                quote!(#name => return some(::restwell::exceptions::NON_FIELD_ERRORS, #code),)
            });
        quote!(#(#arms)*)
    }

    fn column_name(&self, name: &Ident) -> String {
        let is_relation = self.writer_of(name).is_some_and(Field::is_one);
        name.unraw().to_string() + if is_relation { "_id" } else { "" }
    }

    /// Contract §6.7. No constraint says it, so that it is always asked, and whoever asks waits for those who did before.
    fn unique_for(&self, field: &Field<'_>, rule: &UniqueFor) -> TokenStream {
        let Some(date) = self.writer_of(&rule.date) else {
            return TokenStream::new();
        };
        let (model, period) = (&self.model, rule.period);
        let name = |field: &Field<'_>| field.name.unraw().to_string();
        let (key, date_key) = (name(field), name(date));
        let (value, day) = (field.sent(), date.sent());
        let (column, date_column) = (self.column(field), self.column(date));
        let variant = format_ident!("{}", names::camel_case(period));
        let others = self.others(quote! {
            <#model as ::restwell::models::Model>::query()
                .filter(#column.eq(value.clone()))
                .filter(period.holds::<#model, _>(#date_column, date))
        });
        let dated = quote_spanned!(date.spot()=> ::restwell::validators::Dated::date(date));
        quote! {
            ::restwell::validators::require(&[(#key, #value.is_some()), (#date_key, #day.is_some())])?;
            if let (::std::option::Option::Some(value), ::std::option::Option::Some(date)) = (&#value, &#day) {
                if let ::std::option::Option::Some(date) = #dated {
                    let period = ::restwell::validators::Period::#variant;
                    let rule = ::std::concat!(::std::stringify!(#model), ".", #key);
                    period.lock(rule, date, conn)?;
                    if (#others) > 0 {
                        return ::std::result::Result::Err(
                            ::restwell::exceptions::ApiException::field(#key, ::restwell::serializers::taken()),
                        );
                    }
                }
            }
        }
    }
}
