//! The relations of a model: conditions on the other side, keys, joins, and tables of pairs.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path, Token, ext::IdentExt, parse::ParseStream};

use super::Container;
use crate::{ast, names};

pub(super) struct Relation {
    pub(super) name: Ident,
    pub(super) target: Path,
    pub(super) kind: RelationKind,
}

pub(super) enum RelationKind {
    BelongsTo {
        by: Ident,
    },
    HasOne {
        by: Ident,
    },
    HasMany {
        by: Ident,
    },
    ManyToMany {
        through: Path,
        owner: Ident,
        member: Ident,
    },
}

/// The table that a to-one relation leads to, as a join sees it.
struct OtherSide {
    /// How the relation joins: its `Join`.
    sides: TokenStream,
    key_type: TokenStream,
    key_column: TokenStream,
}

impl Container<'_> {
    pub(super) fn relation(&self, relation: &Relation) -> TokenStream {
        let (me, unit, target) = (
            self.name,
            self.member("Relation", &relation.name),
            &relation.target,
        );
        let (any, among) = match &relation.kind {
            RelationKind::BelongsTo { by } => self.belongs_to_conditions(by),
            RelationKind::HasOne { by } | RelationKind::HasMany { by } => {
                self.has_many_conditions(target, by)
            }
            RelationKind::ManyToMany {
                through,
                owner,
                member,
            } => self.through_conditions(through, owner, member),
        };
        let specific = match &relation.kind {
            RelationKind::BelongsTo { by } => self.belongs_to(&unit, target, by),
            RelationKind::HasOne { by } => self.has_one(&unit, target, by),
            RelationKind::HasMany { by } => self.has_many(&unit, target, by),
            RelationKind::ManyToMany {
                through,
                owner,
                member,
            } => self.many_to_many(&unit, target, through, owner, member),
        };
        quote_spanned! {relation.name.span()=>
            #[automatically_derived]
            impl ::restwell::models::Relation for #unit {
                type Source = #me;
                type Target = #target;
                fn any(self, query: <#target as ::restwell::models::Model>::Query) -> ::restwell::models::Predicate<#me> {
                    let query = query.select(<#target as ::restwell::models::Model>::KEY);
                    ::restwell::models::Expr::new(#any)
                }
                fn among(
                    self,
                    keys: ::std::vec::Vec<<#target as ::restwell::models::Model>::Key>,
                ) -> ::restwell::models::Predicate<#me> {
                    ::restwell::models::Expr::new(#among)
                }
            }
            #specific
        }
    }

    fn belongs_to_conditions(&self, by: &Ident) -> (TokenStream, TokenStream) {
        let table = &self.table;
        (
            quote_spanned!(by.span()=> #table::#by.nullable().eq_any(query.nullable()).nullable()),
            quote_spanned!(by.span()=> #table::#by.eq_any(keys).nullable()),
        )
    }

    fn has_many_conditions(&self, target: &Path, by: &Ident) -> (TokenStream, TokenStream) {
        let (table, key) = (&self.table, &self.key);
        let fields = quote!(<#target as ::restwell::models::Model>::FIELDS);
        let by = quote_spanned!(by.span()=> #fields.#by.nullable());
        (
            quote!(#table::#key.nullable().eq_any(query.select(#by)).nullable()),
            quote!({
                let query = <#target as ::restwell::models::Model>::query();
                let query = <#target as ::restwell::models::Model>::filter_keys(query, keys);
                #table::#key.nullable().eq_any(query.select(#by)).nullable()
            }),
        )
    }

    fn through_conditions(
        &self,
        through: &Path,
        owner: &Ident,
        member: &Ident,
    ) -> (TokenStream, TokenStream) {
        let (table, key) = (&self.table, &self.key);
        let condition = |members: TokenStream| {
            quote! {
                #table::#key
                    .eq_any(#through::table.filter(#through::#member.eq_any(#members)).select(#through::#owner))
                    .nullable()
            }
        };
        (condition(quote!(query)), condition(quote!(keys)))
    }

    fn belongs_to(&self, unit: &Ident, target: &Path, by: &Ident) -> TokenStream {
        let (me, table) = (self.name, &self.table);
        let column = self.columns.iter().find(|column| column.column == *by);
        let nullable = column.is_some_and(|column| ast::inner(column.ty, "Option").is_some());
        let field = column.map_or(by, |column| column.field);
        let key = quote!(::std::clone::Clone::clone(&row.#field));
        let OtherSide {
            sides,
            mut key_type,
            mut key_column,
        } = match self.is_me(target) {
            true => self.itself(unit, by),
            false => Self::other(unit, target, by),
        };
        let key = if nullable {
            (key_type, key_column) = (
                quote!(diesel::dsl::Nullable<#key_type>),
                quote!(#key_column.nullable()),
            );
            key
        } else {
            quote!(::std::option::Option::Some(#key))
        };
        let column_name = by.unraw().to_string();
        quote_spanned! {by.span()=>
            #sides
            #[automatically_derived]
            impl ::restwell::models::ToOne for #unit {
                type Source = #me;
                type Target = #target;
                type Column = #table::#by;
                type On = diesel::dsl::Eq<#key_type, #table::#by>;
                const COLUMN: &'static str = #column_name;
                fn column(self) -> Self::Column { #table::#by }
                fn on(self) -> Self::On { #key_column.eq(#table::#by) }
                fn key(self, row: &#me) -> ::std::option::Option<<#target as ::restwell::models::Model>::Key> { #key }
            }
        }
    }

    /// Whether a relation leads back to this model.
    fn is_me(&self, target: &Path) -> bool {
        target.is_ident(self.name)
    }

    /// What a join takes from another table.
    fn other(unit: &Ident, target: &Path, by: &Ident) -> OtherSide {
        let model = quote!(<#target as ::restwell::models::Model>);
        let selectable =
            quote!(<::std::option::Option<#target> as diesel::Selectable<diesel::pg::Pg>>);
        let sides = quote_spanned! {by.span()=>
            #[automatically_derived]
            impl ::restwell::models::Join for #unit {
                type Table = #model::Table;
                type Selection = #selectable::SelectExpression;
                fn table(self) -> Self::Table { #model::TABLE }
                fn selection(self) -> Self::Selection { #selectable::construct_selection() }
            }
        };
        OtherSide {
            sides,
            key_type: quote!(#model::KeyColumn),
            key_column: quote!(#model::KEY),
        }
    }

    /// What a join takes from this table once more, under another name: SQL could not tell its two sides apart.
    fn itself(&self, unit: &Ident, by: &Ident) -> OtherSide {
        let (me, table, key) = (self.name, &self.table, &self.key);
        let (alias, source) = (
            format_ident!("{unit}Alias"),
            format_ident!("{unit}AliasSource"),
        );
        let name = format_ident!("{}_of", by.unraw());
        let selectable = quote!(<#me as diesel::Selectable<diesel::pg::Pg>>);
        let sides = quote_spanned! {by.span()=>
            diesel::alias! {
                pub const #alias: Alias<#source> = #table as #name;
            }
            #[automatically_derived]
            impl ::restwell::models::Join for #unit {
                type Table = #alias;
                type Selection = diesel::dsl::Nullable<diesel::dsl::Fields<#alias, #selectable::SelectExpression>>;
                fn table(self) -> Self::Table { #alias }
                fn selection(self) -> Self::Selection {
                    #alias.fields(#selectable::construct_selection()).nullable()
                }
            }
        };
        OtherSide {
            sides,
            key_type: quote!(diesel::dsl::Field<#alias, #table::#key>),
            key_column: quote!(#alias.field(#table::#key)),
        }
    }

    fn has_one(&self, unit: &Ident, target: &Path, by: &Ident) -> TokenStream {
        let (me, table, key) = (self.name, &self.table, &self.key);
        let model = quote!(<#target as ::restwell::models::Model>);
        let OtherSide { sides, .. } = Self::other(unit, target, by);
        let column = Self::named_column(target, by);
        let name = quote_spanned!(by.span()=> #model::FIELDS.#by);
        quote! {
            #sides
            #[automatically_derived]
            impl ::restwell::models::Single for #unit {
                type Source = #me;
                type Target = #target;
                type Link = <#me as ::restwell::models::Model>::Key;
                type On = diesel::dsl::Eq<diesel::dsl::Nullable<#column>, diesel::dsl::Nullable<#table::#key>>;
                fn on(self) -> Self::On { #name.nullable().eq(#table::#key.nullable()) }
                fn link(self, row: &#me) -> ::std::option::Option<Self::Link> {
                    ::std::option::Option::Some(::restwell::models::Model::key(row))
                }
                fn linked(self, row: &#target) -> ::std::option::Option<Self::Link> {
                    ::restwell::private::key_in::<#target, _>(row, #name)
                }
                fn load(
                    self,
                    links: ::std::vec::Vec<Self::Link>,
                    conn: &mut ::restwell::db::Conn,
                ) -> diesel::QueryResult<::std::vec::Vec<#target>> {
                    #model::load(#model::query().filter(#name.eq_any(links)), conn)
                }
            }
        }
    }

    /// The type of a column of another model.
    fn named_column(target: &Path, by: &Ident) -> TokenStream {
        let hash = names::hash(by);
        quote_spanned!(by.span()=> <#target as ::restwell::models::ColumnNamed<#hash>>::Column)
    }

    fn has_many(&self, unit: &Ident, target: &Path, by: &Ident) -> TokenStream {
        let me = self.name;
        let model = quote!(<#target as ::restwell::models::Model>);
        let column = Self::named_column(target, by);
        let name = quote_spanned!(by.span()=> #model::FIELDS.#by);
        quote! {
            #[automatically_derived]
            impl ::restwell::models::HasMany for #unit {
                fn of(self, key: <#me as ::restwell::models::Model>::Key) -> #model::Query {
                    #model::query().filter(#name.eq(key))
                }
            }
            #[automatically_derived]
            impl ::restwell::models::ToMany for #unit {
                type Source = #me;
                type Target = #target;
                type Joined = #model::Table;
                type Owner = diesel::dsl::AssumeNotNull<diesel::dsl::Nullable<#column>>;
                const CONSTRAINT: &'static str = "";
                fn joined(self) -> Self::Joined { #model::TABLE }
                fn owner(self) -> Self::Owner { #name.nullable().assume_not_null() }
                fn set(
                    self,
                    owner: <#me as ::restwell::models::Model>::Key,
                    keys: ::std::vec::Vec<#model::Key>,
                    new: bool,
                    conn: &mut ::restwell::db::Conn,
                ) -> diesel::QueryResult<()> {
                    let column = #name;
                    let nowhere = ::restwell::private::nowhere::<#target, _>(column);
                    if let ::std::option::Option::Some(nowhere) = nowhere.filter(|_| !new) {
                        let others = column.eq(owner.clone()).and(#model::KEY.ne_all(keys.clone()));
                        diesel::update(#model::TABLE.filter(others)).set(column.eq(nowhere)).execute(conn)?;
                    }
                    if !keys.is_empty() {
                        let rows = #model::TABLE.filter(#model::KEY.eq_any(keys));
                        diesel::update(rows).set(column.eq(owner)).execute(conn)?;
                    }
                    ::std::result::Result::Ok(())
                }
            }
        }
    }

    fn many_to_many(
        &self,
        unit: &Ident,
        target: &Path,
        through: &Path,
        owner: &Ident,
        member: &Ident,
    ) -> TokenStream {
        let me = self.name;
        let table_of = quote!(<#target as ::restwell::models::Model>::Table);
        let key_of = quote!(<#target as ::restwell::models::Model>::KeyColumn);
        let through_name = through
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default();
        let constraint = format!("{through_name}_{member}_fkey");
        let storing = self.store_pairs(target, through, owner, member);
        let pairs = self.pairs_of(unit, target, through, owner, member);
        quote! {
            #pairs
            #[automatically_derived]
            impl ::restwell::models::ToMany for #unit {
                type Source = #me;
                type Target = #target;
                type Joined = diesel::dsl::InnerJoin<
                    #through::table,
                    diesel::dsl::On<#table_of, diesel::dsl::Eq<#key_of, #through::#member>>,
                >;
                type Owner = #through::#owner;
                const CONSTRAINT: &'static str = #constraint;
                fn joined(self) -> Self::Joined {
                    #through::table.inner_join(
                        <#target as ::restwell::models::Model>::TABLE
                            .on(<#target as ::restwell::models::Model>::KEY.eq(#through::#member)),
                    )
                }
                fn owner(self) -> Self::Owner { #through::#owner }
                #storing
            }
        }
    }

    fn store_pairs(
        &self,
        target: &Path,
        through: &Path,
        owner: &Ident,
        member: &Ident,
    ) -> TokenStream {
        let me = self.name;
        quote! {
            fn set(
                self,
                owner: <#me as ::restwell::models::Model>::Key,
                keys: ::std::vec::Vec<<#target as ::restwell::models::Model>::Key>,
                new: bool,
                conn: &mut ::restwell::db::Conn,
            ) -> diesel::QueryResult<()> {
                if !new {
                    let others = #through::#owner.eq(owner.clone()).and(#through::#member.ne_all(keys.clone()));
                    diesel::delete(#through::table.filter(others)).execute(conn)?;
                }
                if !keys.is_empty() {
                    let members = ::restwell::models::Members::Keys(keys);
                    Self::pairs_of(::std::option::Option::Some(owner), members).execute(conn)?;
                }
                ::std::result::Result::Ok(())
            }
            fn set_rows(
                self,
                owner: <#me as ::restwell::models::Model>::Key,
                rows: <#target as ::restwell::models::Model>::Query,
                conn: &mut ::restwell::db::Conn,
            ) -> diesel::QueryResult<usize> {
                let members = ::restwell::models::Members::Rows(rows);
                Self::pairs_of(::std::option::Option::Some(owner), members).execute(conn)
            }
            fn pairs(self, members: ::restwell::models::Members<#target>) -> ::std::option::Option<::restwell::models::Pairs> {
                ::std::option::Option::Some(Self::pairs_of(::std::option::Option::None, members))
            }
        }
    }

    /// The statement that stores pairs of a row with a key, or of the only row of the table that it sees.
    fn pairs_of(
        &self,
        unit: &Ident,
        target: &Path,
        through: &Path,
        owner: &Ident,
        member: &Ident,
    ) -> TokenStream {
        let me = self.name;
        quote! {
            impl #unit {
            fn pairs_of(
                owner: ::std::option::Option<<#me as ::restwell::models::Model>::Key>,
                members: ::restwell::models::Members<#target>,
            ) -> ::restwell::models::Pairs {
                use ::restwell::models::Members;
                let owner: ::restwell::models::Expr<#target, diesel::dsl::SqlTypeOf<#through::#owner>> = match owner {
                    ::std::option::Option::Some(key) => ::restwell::models::Expr::new(
                        key.into_sql::<diesel::dsl::SqlTypeOf<#through::#owner>>(),
                    ),
                    ::std::option::Option::None => ::restwell::private::key_of_new_row(
                        <#me as ::restwell::models::Model>::TABLE
                            .select(<#me as ::restwell::models::Model>::KEY)
                            .single_value()
                            .assume_not_null(),
                    ),
                };
                let pairs = diesel::insert_into(#through::table);
                let columns = (#through::#owner, #through::#member);
                match members {
                    // An array is one parameter, so that the statement is the same for any number of keys.
                    Members::Keys(keys) => ::restwell::models::Pairs::new(
                        pairs
                            .values(diesel::select((owner, ::restwell::private::unnest(keys))))
                            .into_columns(columns)
                            .on_conflict_do_nothing(),
                    ),
                    Members::Rows(rows) => ::restwell::models::Pairs::new(
                        pairs
                            .values(rows.select((owner, <#target as ::restwell::models::Model>::KEY)))
                            .into_columns(columns),
                    ),
                }
            }
            }
        }
    }
}

/// `author: Author, by = author_id`
pub(super) fn parse(
    input: ParseStream<'_>,
    kind: impl FnOnce(Ident) -> RelationKind,
) -> syn::Result<Relation> {
    let (name, target) = name_and_target(input)?;
    expect_word(input, "by")?;
    Ok(Relation {
        name,
        target,
        kind: kind(input.parse()?),
    })
}

/// `subjects: Subject, through = book_subjects(book_id, subject_id)`
pub(super) fn parse_many_to_many(input: ParseStream<'_>) -> syn::Result<Relation> {
    let (name, target) = name_and_target(input)?;
    expect_word(input, "through")?;
    let through = Path::parse_mod_style(input)?;
    let content;
    syn::parenthesized!(content in input);
    let owner = content.parse()?;
    content.parse::<Token![,]>()?;
    let member = content.parse()?;
    Ok(Relation {
        name,
        target,
        kind: RelationKind::ManyToMany {
            through,
            owner,
            member,
        },
    })
}

fn name_and_target(input: ParseStream<'_>) -> syn::Result<(Ident, Path)> {
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    let target = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok((name, target))
}

fn expect_word(input: ParseStream<'_>, word: &str) -> syn::Result<()> {
    let found: Ident = input.parse()?;
    if found != word {
        return Err(syn::Error::new(
            found.span(),
            format!("expected `{word} = …`"),
        ));
    }
    input.parse::<Token![=]>().map(drop)
}
