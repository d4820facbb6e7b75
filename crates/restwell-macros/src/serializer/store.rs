//! From validated input to rows: insert, update, and what a violated constraint means.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use super::{
    Container,
    field::{Field, Kind},
};
use crate::{ast::Naming, names};

impl Container<'_> {
    fn columns(&self) -> impl Iterator<Item = &Field<'_>> {
        self.writable()
            .map(|(_, field)| field)
            .filter(|field| !matches!(field.kind, Kind::Many { .. } | Kind::Nested { .. }))
    }

    pub(super) fn many(&self) -> impl Iterator<Item = &Field<'_>> {
        self.writable()
            .map(|(_, field)| field)
            .filter(|field| matches!(field.kind, Kind::Many { .. }))
    }

    /// The names of the columns that an insert may set.
    pub(super) fn column_names(&self) -> Vec<TokenStream> {
        let name = |field: &Field<'_>| {
            let attribute = self.attribute(field);
            match field.is_one() {
                true => quote!(::restwell::private::column_of(#attribute)),
                false => quote!(::restwell::private::name_of(#attribute)),
            }
        };
        self.columns().map(name).collect()
    }

    /// Inserts a row, then its lists.
    pub(super) fn insert(&self) -> TokenStream {
        let (model, data, new_row) = (&self.model, names::data(self.name), self.new_row());
        let (kept, restored) = self.kept();
        let lists = self.lists(true);
        quote! {
            fn insert(data: #data, conn: &mut ::restwell::db::Conn) -> diesel::QueryResult<#model> {
                #kept
                let row: #model = #new_row
                    .returning(<#model as diesel::Selectable<diesel::pg::Pg>>::construct_selection())
                    .get_result(conn)?;
                #restored
                #lists
                ::std::result::Result::Ok(row)
            }
        }
    }

    /// The statement that inserts a row.
    pub(super) fn new_row(&self) -> TokenStream {
        let model = &self.model;
        let assignments: Vec<_> = self.columns().map(|field| self.assigned(field)).collect();
        let values = match assignments.is_empty() {
            true => quote!(default_values()),
            false => quote!(values((#(#assignments,)*))),
        };
        quote!(diesel::insert_into(<#model as ::restwell::models::Model>::TABLE).#values)
    }

    /// Changes a row, then its lists; with nothing to change, no statement is sent.
    pub(super) fn update(&self) -> TokenStream {
        let (model, data) = (&self.model, names::data(self.name));
        let assignments: Vec<_> = self.columns().map(|field| self.assignment(field)).collect();
        let assignments = (!assignments.is_empty()).then(|| quote!((#(#assignments,)*),));
        let sent = self.columns().map(Field::sent);
        let (kept, restored) = self.kept();
        let lists = self.lists(false);
        quote! {
            fn update(instance: #model, data: #data, conn: &mut ::restwell::db::Conn) -> diesel::QueryResult<#model> {
                #kept
                let changed = <#model as ::restwell::models::Model>::TOUCHES #(|| #sent.is_some())*;
                let row: #model = match changed {
                    true => diesel::update(<#model as ::restwell::models::Model>::TABLE.filter(
                        <#model as ::restwell::models::Model>::KEY.eq(::restwell::models::Model::key(&instance)),
                    ))
                    .set((#assignments <#model as ::restwell::models::Model>::auto_now(),))
                    .returning(<#model as diesel::Selectable<diesel::pg::Pg>>::construct_selection())
                    .get_result(conn)?,
                    false => instance,
                };
                #restored
                #lists
                ::std::result::Result::Ok(row)
            }
        }
    }

    /// Code of the user's own in place of `insert` and `update`.
    pub(super) fn save(&self) -> Option<TokenStream> {
        let (model, data, path) = (&self.model, names::data(self.name), self.save.as_ref()?);
        let call = quote_spanned!(path.span()=> (#path)(instance, data, conn));
        Some(quote! {
            fn save(
                instance: ::std::option::Option<#model>,
                data: #data,
                conn: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<#model> {
                #call
            }
        })
    }

    /// `column.eq(value)` of an insert, `DEFAULT` for what was not sent.
    fn assigned(&self, field: &Field<'_>) -> TokenStream {
        let (column, value) = self.stored(field);
        quote_spanned!(field.spot()=> ::restwell::private::assigned(#column, #value))
    }

    /// `Some(column.eq(value))` of an update, `None` for what was not sent.
    fn assignment(&self, field: &Field<'_>) -> TokenStream {
        let (column, value) = self.stored(field);
        quote_spanned!(field.spot()=> #value.map(|value| #column.eq(value)))
    }

    /// A field's column, and what was sent for it as the column holds it.
    fn stored(&self, field: &Field<'_>) -> (TokenStream, TokenStream) {
        let (model, sent, attribute) = (&self.model, field.sent(), self.attribute(field));
        match field.kind {
            Kind::One { .. } => (
                quote_spanned!(field.spot()=> ::restwell::models::ToOne::column(#attribute)),
                sent,
            ),
            _ => {
                let pair = self.pair(field);
                let value = quote_spanned! {field.spot()=>
                    ::restwell::private::store::<#model, _, _>(#attribute, #sent.map(#pair.store))
                };
                (attribute, value)
            }
        }
    }

    /// Values that are answered as they were sent, although the database writes them in another way.
    pub(super) fn kept(&self) -> (TokenStream, TokenStream) {
        let model = &self.model;
        let values = || {
            self.columns()
                .filter(|field| matches!(field.kind, Kind::Value))
        };
        let kept = values().map(|field| {
            let (local, sent, kept) = (&field.local, field.sent(), field.item("kept"));
            quote_spanned!(field.spot()=> let #local = #sent.as_ref().and_then(#kept);)
        });
        let restored = values().map(|field| {
            let (local, attribute, pair) = (&field.local, self.attribute(field), self.pair(field));
            quote_spanned! {field.spot()=>
                if let ::std::option::Option::Some(value) = #local {
                    ::restwell::private::set::<#model, _>(&mut row, #attribute, (#pair.store)(value));
                }
            }
        });
        (
            quote!(#(#kept)*),
            quote!(let mut row = row; let _ = &mut row; #(#restored)*),
        )
    }

    /// The files that a row holds.
    pub(super) fn files(&self) -> TokenStream {
        let model = &self.model;
        let columns = self
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::Value));
        let files = columns.map(|field| {
            let (file_name, pair, attribute) = (field.item("file_name"), self.pair(field), self.attribute(field));
            quote_spanned! {field.spot()=>
                files.extend(#file_name((#pair.show)(::restwell::private::get::<#model, _>(row, #attribute))).map(::std::string::String::from));
            }
        });
        quote! {
            fn files(row: &#model) -> ::std::vec::Vec<::std::string::String> {
                let mut files = ::std::vec::Vec::new();
                let _ = row;
                #(#files)*
                files
            }
        }
    }

    fn lists(&self, new: bool) -> TokenStream {
        let lists = self.many().map(|field| {
            let (sent, relation) = (field.sent(), self.attribute(field));
            quote! {
                if let ::std::option::Option::Some(keys) = #sent {
                    let owner = ::restwell::models::Model::key(&row);
                    ::restwell::models::ToMany::set(#relation, owner, keys, #new, conn)?;
                }
            }
        });
        let by_slug = self.slug_lists().filter(|_| new).map(|(field, name)| {
            let (relation, rows) = (self.attribute(field), Self::rows_by_slug(field, quote!(slugs)));
            quote! {
                if let ::std::option::Option::Some(slugs) = data.#name {
                    let count = slugs.len();
                    let owner = ::restwell::models::Model::key(&row);
                    if ::restwell::models::ToMany::set_rows(#relation, owner, #rows, conn)? != count {
                        return ::std::result::Result::Err(::restwell::private::missing());
                    }
                }
            }
        });
        quote!(#(#lists)* #(#by_slug)*)
    }

    /// The related rows with these slugs, as a query.
    pub(super) fn rows_by_slug(field: &Field<'_>, slugs: TokenStream) -> TokenStream {
        let target = field.naming().map(Naming::target);
        quote! {
            <#target as ::restwell::models::SlugModel>::filter_slugs(
                <#target as ::restwell::models::Model>::query(),
                #slugs,
            )
        }
    }

    /// Names follow `<table>_<column>_key|fkey|check`, unless the serializer says otherwise.
    pub(super) fn constraint(&self) -> TokenStream {
        let model = &self.model;
        let named = self.constraints.iter().map(|(name, code)| {
            quote!(#name => return some(::restwell::exceptions::NON_FIELD_ERRORS, #code),)
        });
        let (named_sets, together) = (self.set_constraints(true), self.set_constraints(false));
        let columns = self.columns().filter(|field| !field.is_one()).map(|field| {
            let (name, column) = (
                field.name.unraw().to_string(),
                field.source.unraw().to_string(),
            );
            let end = |kind: &str| format!("{column}_{kind}");
            let (key, check, foreign) = (end("key"), end("check"), end("fkey"));
            let code = if field.limits.has("min_value") {
                "min_value"
            } else {
                "invalid"
            };
            quote! {
                #key => return some(#name, "unique"),
                #check => return some(#name, #code),
                #foreign => return some(#name, "does_not_exist"),
            }
        });
        let keys = self
            .columns()
            .filter(|field| field.is_one())
            .map(|field| self.foreign_key(field));
        let lists = self.many().map(|field| self.through_key(field));
        let nested = self.nested_constraints();
        quote! {
            fn constraint(name: &str) -> ::std::option::Option<::restwell::exceptions::Constraint> {
                let some = |field, code| ::std::option::Option::Some(::restwell::exceptions::Constraint::new(field, code));
                match name {
                    #(#named)*
                    #named_sets
                    _ => {}
                }
                #(#lists)*
                #nested
                let table = <#model as ::restwell::models::Model>::TABLE_NAME;
                let suffix = name.strip_prefix(table)?.strip_prefix('_')?;
                match suffix {
                    #together
                    #(#columns)*
                    _ => {}
                }
                #(#keys)*
                ::std::option::Option::None
            }
        }
    }

    fn foreign_key(&self, field: &Field<'_>) -> TokenStream {
        let (name, relation) = (field.name.unraw().to_string(), self.attribute(field));
        quote! {
            if let ::std::option::Option::Some(end) = suffix.strip_prefix(::restwell::private::column_of(#relation)) {
                match end {
                    "_fkey" => return some(#name, "does_not_exist"),
                    "_key" => return some(#name, "unique"),
                    _ => {}
                }
            }
        }
    }

    fn through_key(&self, field: &Field<'_>) -> TokenStream {
        let (name, relation) = (field.name.unraw().to_string(), self.attribute(field));
        quote! {
            if name == ::restwell::private::through_constraint_of(#relation) {
                return some(#name, "does_not_exist");
            }
        }
    }
}
