//! Whether an action returns a list, by the type of its result.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::marker::PhantomData;

use crate::result::Page;

/// The form of an action's result, found out by its type: functions of the type itself come before
/// those of [`OtherForm`].
pub struct ResultForm<T>(PhantomData<T>);

/// What matters of the form of a result.
#[derive(Clone, Copy)]
pub enum Form {
    Page,
    List,
    Other,
}

macro_rules! lists {
    ($($type:ty)*) => {$(
        impl<T> ResultForm<$type> {
            pub const FORM: Form = Form::List;
        }
    )*};
}

lists!(Vec<T> VecDeque<T> BTreeSet<T> Box<[T]>);

impl<T, S> ResultForm<HashSet<T, S>> {
    pub const FORM: Form = Form::List;
}

impl<T> ResultForm<Page<T>> {
    pub const FORM: Form = Form::Page;
}

/// A result that is no list.
pub trait OtherForm {
    const FORM: Form = Form::Other;
}

impl<T> OtherForm for ResultForm<T> {}

/// Fails to compile if a result is a list and no [`Page`], or if a one-call action that says nothing
/// of pages returns one.
#[track_caller]
pub const fn assert_result(form: Form, reads_one_answer: bool) {
    match form {
        Form::List => panic!(
            "a list is returned as `Result<Page<T>>`; `Page::new(items)` makes one of all items"
        ),
        Form::Page if reads_one_answer => panic!(
            "a list needs a pagination: add `page = LinkHeader` or another, or `page = Whole` for a list without pages"
        ),
        Form::Page | Form::Other => {}
    }
}
