//! The commands that the book and the README show print what they say.

#[test]
fn the_book_s_commands_print_what_it_says() {
    // A `console` block starts with `$ plugwright`; a token in the environment must not matter.
    let cases = trycmd::TestCases::new();
    cases
        .case("../docs/src/command-line.md")
        .case("README.md")
        .env("PLUGWRIGHT_GITHUB_TOKEN", "not-a-token");
    cases
        .insert_var("[VERSION]", env!("CARGO_PKG_VERSION"))
        .expect("it is the name of a variable");
}
