//! The commands that the chapter on a first action shows print what it says.

use std::path::Path;

#[test]
fn the_commands_of_the_first_action_print_what_the_chapter_says() {
    let cases = trycmd::TestCases::new();
    cases
        .case("../../../docs/src/first-action.md")
        .register_bin("todo", Path::new(env!("CARGO_BIN_EXE_todo")));
    cases
        .insert_var("[VERSION]", env!("CARGO_PKG_VERSION"))
        .expect("it is the name of a variable");
}
