//! Collecting the mistakes in one item, so that they are shown together.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

pub(crate) fn error(tokens: impl ToTokens, message: impl Display) -> Error {
    #[cfg(test)]
    noted::add(&tokens, &message);
    Error::new_spanned(tokens, message)
}

/// The tokens that [`error`] was called with; outside of the compiler an error does not keep them.
#[cfg(test)]
pub(crate) mod noted {
    use std::cell::RefCell;

    use super::{Display, ToTokens};

    thread_local! {
        static NOTED: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn add(tokens: &impl ToTokens, message: &impl Display) {
        let note = (message.to_string(), tokens.to_token_stream().to_string());
        NOTED.with_borrow_mut(|noted| noted.push(note));
    }

    /// Takes the messages and their tokens.
    pub(crate) fn take() -> Vec<(String, String)> {
        NOTED.take()
    }
}

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Adds a mistake at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(error(tokens, message));
    }

    /// Adds a mistake.
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Takes the value out, or adds the mistake.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns what makes the compiler show them.
    pub(crate) fn compile_errors(&self) -> TokenStream {
        self.0
            .as_ref()
            .map(Error::to_compile_error)
            .unwrap_or_default()
    }
}
