//! What the compiler tells an author: one case per mistake, each with its pinned message.

#[test]
fn shows_each_mistake_where_it_was_made() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
