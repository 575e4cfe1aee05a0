//! The book's chapters, so that their examples are compiled and run.

macro_rules! chapters {
    ($($name:ident $file:literal;)*) => {$(
        #[doc = include_str!(concat!("../../docs/src/", $file))]
        pub mod $name {}
    )*};
}

chapters! {
    concepts "concepts.md";
    first_action "first-action.md";
    actions "actions.md";
    parameters "parameters.md";
    errors "errors.md";
    pagination "pagination.md";
    authentication "authentication.md";
    testing "testing.md";
}
