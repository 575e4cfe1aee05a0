//! No two connectors have the same logic: what several need is a part of the SDK.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// So many equal lines are a part that belongs into the SDK.
const TOO_MANY: usize = 6;

/// A line of a function's body as its tokens, whatever the blanks and comments.
struct Line {
    tokens: String,
    number: usize,
}

/// A function's body.
struct Body {
    connector: String,
    file: String,
    lines: Vec<Line>,
}

/// Finds bodies of functions.
#[derive(Default)]
struct Bodies(Vec<Vec<Line>>);

impl<'a> Visit<'a> for Bodies {
    fn visit_block(&mut self, block: &'a syn::Block) {
        // A function within this one is a part of its body.
        let tokens = quote::ToTokens::to_token_stream(block);
        self.0.push(lines(tokens));
    }

    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| attribute.path().is_ident("cfg");
        if !module.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, module);
        }
    }
}

/// Puts tokens into the lines that they begin on. Lines of nothing but the ends of blocks and calls don't
/// count.
fn lines(tokens: TokenStream) -> Vec<Line> {
    let mut lines = BTreeMap::new();
    put(tokens, &mut lines);
    lines
        .into_iter()
        .filter(|(_, tokens)| {
            tokens
                .iter()
                .any(|token| token.contains(char::is_alphanumeric))
        })
        .map(|(number, tokens)| Line {
            tokens: tokens.join(" "),
            number,
        })
        .collect()
}

fn put(tokens: TokenStream, lines: &mut BTreeMap<usize, Vec<String>>) {
    for token in tokens {
        let mut add = |line: usize, text: String| lines.entry(line).or_default().push(text);
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                add(group.span_open().start().line, open.to_owned());
                put(group.stream(), lines);
                let end = group.span_close().start().line;
                lines.entry(end).or_default().push(close.to_owned());
            }
            TokenTree::Punct(punct) => {
                let joint = if punct.spacing() == Spacing::Joint {
                    "+"
                } else {
                    ""
                };
                add(
                    punct.span().start().line,
                    format!("{}{joint}", punct.as_char()),
                );
            }
            other => add(other.span().start().line, other.to_string()),
        }
    }
}

/// Returns the bodies of a connector's functions.
fn bodies(connector: &Path) -> Vec<Body> {
    let name = connector
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let mut files = Vec::new();
    sources(&connector.join("src"), &mut files);
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let mut found = Bodies::default();
        found.visit_file(&syn::parse_file(&text).unwrap());
        let file = file.strip_prefix(connector).unwrap().display().to_string();
        all.extend(found.0.into_iter().map(|lines| Body {
            connector: name.clone(),
            file: file.clone(),
            lines,
        }));
    }
    all
}

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// Returns the longest runs of equal lines in functions of different connectors.
fn repeated(bodies: &[Body]) -> Vec<String> {
    let mut windows: BTreeMap<Vec<&str>, Vec<(&Body, usize)>> = BTreeMap::new();
    for body in bodies {
        for (index, window) in body.lines.windows(TOO_MANY).enumerate() {
            let key = window.iter().map(|line| line.tokens.as_str()).collect();
            windows.entry(key).or_default().push((body, index));
        }
    }
    let mut found = Vec::new();
    for places in windows.values() {
        let (first, index) = places[0];
        for (other, at) in &places[1..] {
            let is_start = index == 0
                || *at == 0
                || first.lines[index - 1].tokens != other.lines[at - 1].tokens;
            if first.connector != other.connector && is_start {
                let equal = first.lines[index..].iter().zip(&other.lines[*at..]);
                let equal = equal.take_while(|(one, two)| one.tokens == two.tokens);
                let place = |body: &Body, index: usize| {
                    format!(
                        "connectors/{}/{}:{}",
                        body.connector, body.file, body.lines[index].number
                    )
                };
                let (one, two) = (place(first, index), place(other, *at));
                found.push(format!("{one} and {two}: {} lines", equal.count()));
            }
        }
    }
    found
}

#[test]
fn no_two_connectors_have_the_same_logic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../connectors");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let connector = entry.unwrap().path();
        if connector.join("Cargo.toml").exists() {
            all.extend(bodies(&connector));
        }
    }
    assert!(all.len() > 100, "{} functions", all.len());
    let found = repeated(&all);
    assert!(
        found.is_empty(),
        "a part for the SDK:\n{}",
        found.join("\n")
    );
}

#[test]
fn equal_lines_are_found_whatever_blanks_comments_and_lines_around_them() {
    let body = |connector: &str, code: &str| {
        let mut found = Bodies::default();
        found.visit_file(&syn::parse_file(code).unwrap());
        Body {
            connector: connector.to_owned(),
            file: "src/lib.rs".to_owned(),
            lines: found.0.remove(0),
        }
    };
    let same = "let a = 1;\nlet b = a + 1;\nf(a,\n b,\n);\nlet c = g(b);\nh(c);\n";
    let one = body("one", &format!("fn one() {{\n{same}}}"));
    let two = format!(
        "fn two() {{\n    start();\n{}    end();\n}}",
        same.replace("let c", "// Why.\n\nlet  c")
    );
    let two = body("two", &two);
    let found = repeated(&[one, two]);
    assert_eq!(
        found,
        ["connectors/one/src/lib.rs:2 and connectors/two/src/lib.rs:3: 6 lines"]
    );

    let fewer = "let a = 1;\nlet b = a + 1;\nf(a,\n b,\n);\nlet c = g(b);\n";
    let three = body("three", &format!("fn three() {{\n{fewer}i(c);\n}}"));
    let four = body("four", &format!("fn four() {{\n{fewer}j(c);\n}}"));
    assert_eq!(repeated(&[three, four]), Vec::<String>::new());
}
