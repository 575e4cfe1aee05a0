//! What the compiler tells an author: one case per mistake, each with its pinned message.

/// What macros refuse by themselves, the compiler reports for many cases at once: each is a module
/// of a file. What it finds later is a file, and a build, for each case.
#[test]
fn shows_each_mistake_where_it_was_made() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/grammar/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
