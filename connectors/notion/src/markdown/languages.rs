//! Languages of code blocks.

/// The languages that Notion knows, by its names.
const KNOWN: &[&str] = &[
    "abap",
    "abc",
    "agda",
    "arduino",
    "ascii art",
    "assembly",
    "bash",
    "basic",
    "bnf",
    "c",
    "c#",
    "c++",
    "clojure",
    "coffeescript",
    "coq",
    "css",
    "dart",
    "dhall",
    "diff",
    "docker",
    "ebnf",
    "elixir",
    "elm",
    "erlang",
    "f#",
    "flow",
    "fortran",
    "gherkin",
    "glsl",
    "go",
    "graphql",
    "groovy",
    "haskell",
    "hcl",
    "html",
    "idris",
    "java",
    "javascript",
    "json",
    "julia",
    "kotlin",
    "latex",
    "less",
    "lisp",
    "livescript",
    "llvm ir",
    "lua",
    "makefile",
    "markdown",
    "markup",
    "matlab",
    "mathematica",
    "mermaid",
    "nix",
    "notion formula",
    "objective-c",
    "ocaml",
    "pascal",
    "perl",
    "php",
    "plain text",
    "powershell",
    "prolog",
    "protobuf",
    "purescript",
    "python",
    "r",
    "racket",
    "reason",
    "ruby",
    "rust",
    "sass",
    "scala",
    "scheme",
    "scss",
    "shell",
    "smalltalk",
    "solidity",
    "sql",
    "swift",
    "toml",
    "typescript",
    "vb.net",
    "verilog",
    "vhdl",
    "visual basic",
    "webassembly",
    "xml",
    "yaml",
];

/// Names that people write after a fence, and Notion's.
const ALIASES: &[(&str, &str)] = &[
    ("cpp", "c++"),
    ("cs", "c#"),
    ("csharp", "c#"),
    ("dockerfile", "docker"),
    ("fsharp", "f#"),
    ("golang", "go"),
    ("hs", "haskell"),
    ("js", "javascript"),
    ("jsx", "javascript"),
    ("kt", "kotlin"),
    ("make", "makefile"),
    ("md", "markdown"),
    ("objc", "objective-c"),
    ("ps1", "powershell"),
    ("py", "python"),
    ("rb", "ruby"),
    ("rs", "rust"),
    ("sh", "shell"),
    ("tex", "latex"),
    ("tf", "hcl"),
    ("ts", "typescript"),
    ("tsx", "typescript"),
    ("wasm", "webassembly"),
    ("yml", "yaml"),
    ("zsh", "shell"),
];

/// Finds Notion's name of a language; text that it does not know is plain.
pub(super) fn name_of(info: &str) -> &'static str {
    let wanted = info.split([',', '{', ' ']).next().unwrap_or_default();
    let is_it = |name: &&str| name.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(info);
    let alias = ALIASES
        .iter()
        .find(|(alias, _)| is_it(alias))
        .map(|(_, name)| *name);
    let known = || KNOWN.iter().copied().find(is_it);
    alias.or_else(known).unwrap_or("plain text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_notion_s_name() {
        for (info, name) in [
            ("Rust", "rust"),
            ("rs", "rust"),
            ("rust,no_run", "rust"),
            ("plain text", "plain text"),
            ("visual basic", "visual basic"),
            ("brainfuck", "plain text"),
            ("", "plain text"),
        ] {
            assert_eq!(name_of(info), name, "{info}");
        }
        assert!(ALIASES.iter().all(|(_, name)| KNOWN.contains(name)));
    }
}
