//! The columns of a model's table, and what diesel's own attributes say of them.

use proc_macro2::TokenStream;
use syn::{DeriveInput, Field, Ident, Path, Token, Type, ext::IdentExt, meta::ParseNestedMeta};

use crate::ctxt::Ctxt;

/// A field of the model's struct.
pub(super) struct Column<'a> {
    pub(super) field: &'a Ident,
    pub(super) column: Ident,
    pub(super) ty: &'a Type,
}

impl<'a> Column<'a> {
    pub(super) fn read(name: &'a Ident, field: &'a Field) -> Self {
        let mut options = DieselOptions::default();
        for attribute in field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("diesel"))
        {
            // diesel's own derives judge its attributes; only the name of the column matters here.
            let _ = attribute.parse_nested_meta(|meta| options.option(&meta));
        }
        Self {
            field: name,
            column: options.column.unwrap_or_else(|| name.unraw()),
            ty: &field.ty,
        }
    }
}

/// What `#[diesel(…)]` says of the table, or of a column.
#[derive(Default)]
pub(super) struct DieselOptions {
    pub(super) table: Option<Path>,
    pub(super) key: Option<Ident>,
    column: Option<Ident>,
}

impl DieselOptions {
    pub(super) fn read(input: &DeriveInput, ctxt: &Ctxt) -> Self {
        let mut options = Self::default();
        for attribute in input
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("diesel"))
        {
            let result = attribute.parse_nested_meta(|meta| options.option(&meta));
            if let Err(error) = result {
                ctxt.syn(error);
            }
        }
        options
    }

    fn option(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if meta.path.is_ident("table_name") {
            self.table = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("column_name") {
            self.column = Some(meta.value()?.parse()?);
        } else if meta.input.peek(syn::token::Paren) {
            let content;
            syn::parenthesized!(content in meta.input);
            if meta.path.is_ident("primary_key") {
                self.key = Some(content.parse()?);
            }
            content.parse::<TokenStream>()?;
        } else if meta.input.peek(Token![=]) {
            meta.value()?.parse::<syn::Expr>()?;
        }
        Ok(())
    }
}
