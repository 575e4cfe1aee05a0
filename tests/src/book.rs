//! The book's chapters, so that their examples are compiled and run.
//!
//! The chapter on a first action is not among them: it shows the files of crates that are compiled
//! and tested as they are. Neither is that on ten minutes, whose code goes into a new crate that the
//! tests of `new` build.

macro_rules! chapters {
    ($($name:ident $file:literal;)*) => {$(
        #[doc = include_str!(concat!("../../docs/src/", $file))]
        pub mod $name {}
    )*};
}

chapters! {
    introduction "introduction.md";
    concepts "concepts.md";
    actions "actions.md";
    parameters "parameters.md";
    errors "errors.md";
    pagination "pagination.md";
    files "files.md";
    authentication "authentication.md";
    testing "testing.md";
    publishing "publishing.md";
    command_line "command-line.md";
}
