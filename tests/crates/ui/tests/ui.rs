//! What the compiler tells an author: one case per mistake, each with its pinned message.

/// Each file is a build, so cases share files: a case is a module, among others that the same phase of the
/// compiler refuses. What keeps the compiler from looking at other cases has a file of its own.
#[test]
fn shows_each_mistake_where_it_was_made() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/grammar/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
