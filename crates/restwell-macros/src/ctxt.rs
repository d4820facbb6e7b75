//! Mistakes are collected, so that all of them are told at once.

use std::{cell::RefCell, fmt::Display};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes so far.
#[derive(Default)]
pub(crate) struct Ctxt(RefCell<Vec<syn::Error>>);

impl Ctxt {
    /// A mistake at these tokens.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl Display) {
        self.0
            .borrow_mut()
            .push(syn::Error::new_spanned(tokens, message));
    }

    /// Keeps a parser's error.
    pub(crate) fn syn(&self, error: syn::Error) {
        self.0.borrow_mut().push(error);
    }

    /// All of them as code that does not compile.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0
            .into_inner()
            .iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }
}
