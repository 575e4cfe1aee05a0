//! The book's chapters, so that their examples are compiled and run.
//!
//! Two tutorials are missing: that on a first action shows files of crates that are tested as they
//! are, and the code of that on ten minutes goes into a new crate that the tests of `new` build.

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
    graphql "graphql.md";
    files "files.md";
    authentication "authentication.md";
    testing "testing.md";
    reconciling "reconciling.md";
    cassettes "cassettes.md";
    conformance "conformance.md";
    from_your_app "from-your-app.md";
    from_an_agent "from-an-agent.md";
    tools "tools.md";
    publishing "publishing.md";
    command_line "command-line.md";
}
