//! The commands that the book and the README show print what they say.

#[test]
fn the_book_s_commands_print_what_it_says() {
    // A `console` block starts with `$ plugwright`; a token in the environment must not matter.
    trycmd::TestCases::new()
        .case("../docs/src/command-line.md")
        .case("README.md")
        .env("PLUGWRIGHT_GITHUB_TOKEN", "not-a-token");
}
