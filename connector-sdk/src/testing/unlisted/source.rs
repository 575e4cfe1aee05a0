//! The actions and the lists of actions in one file.

use std::iter::Peekable;
use std::str::FromStr;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) functions: Vec<Function>,
    pub(super) lists: Vec<List>,
    pub(super) only_tests: Vec<Vec<String>>,
    /// The identifiers of each `use`, and `*`.
    uses: Vec<Vec<String>>,
}

/// A public function with `#[action(..)]`.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) module: Vec<String>,
    pub(super) name: String,
    /// The name of the action; of one without a name, that of module and function.
    pub(super) action: String,
}

impl Function {
    pub(super) fn path(&self) -> String {
        let mut path = self.module.clone();
        path.push(self.name.clone());
        path.join("::")
    }
}

/// An `actions![..]`.
#[derive(Debug)]
pub(super) struct List {
    pub(super) module: Vec<String>,
    pub(super) paths: Vec<Vec<String>>,
}

impl Source {
    /// Reads a file that is this module; nothing if it is not Rust. Comments and texts are tokens of
    /// their own, so that what only looks like an action does not count.
    pub(super) fn parse(text: &str, mut module: Vec<String>) -> Option<Self> {
        let tokens = TokenStream::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let mut source = Self::default();
        source.read(tokens, &mut module);
        Some(source)
    }

    /// Returns whether a `use` brings in a function of the module whose last name this is.
    pub(super) fn imports(&self, function: &str, module: Option<&String>) -> bool {
        let has = |words: &[String], word: &str| words.iter().any(|other| other == word);
        self.uses.iter().any(|words| {
            (has(words, function) || has(words, "*"))
                && module.is_none_or(|module| has(words, module))
        })
    }

    fn read(&mut self, tokens: TokenStream, module: &mut Vec<String>) {
        let mut tokens = tokens.into_iter().peekable();
        let mut item = Item::default();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    // `#![..]` belongs to the whole file.
                    if let Some(attribute) = group(&mut tokens, Delimiter::Bracket) {
                        item.attribute(attribute.stream());
                    }
                }
                TokenTree::Ident(word) => match word.to_string().as_str() {
                    "pub" => {
                        // `pub(crate)` is for the compiler to notice.
                        item.public = group(&mut tokens, Delimiter::Parenthesis).is_none();
                    }
                    "fn" => {
                        let is_found = item.is_action && item.public && !item.only_tests;
                        item.is_action = false;
                        if let (Some(name), true) = (ident(&mut tokens), is_found) {
                            let action =
                                item.action.take().unwrap_or_else(|| made_of(module, &name));
                            self.functions.push(Function {
                                module: module.clone(),
                                name,
                                action,
                            });
                        }
                    }
                    "mod" => {
                        let Some(name) = ident(&mut tokens) else {
                            continue;
                        };
                        module.push(name);
                        if item.only_tests {
                            self.only_tests.push(module.clone());
                        }
                        if let Some(body) = group(&mut tokens, Delimiter::Brace) {
                            self.read(body.stream(), module);
                            item = Item::default();
                        }
                        module.pop();
                    }
                    "use" => {
                        let mut words = Vec::new();
                        let rest = tokens.by_ref().take_while(|token| !is(token, ';'));
                        collect(rest, &mut words);
                        self.uses.push(words);
                        item = Item::default();
                    }
                    "actions" if tokens.next_if(|token| is(token, '!')).is_some() => {
                        if let Some(TokenTree::Group(list)) = tokens.next() {
                            let paths = paths(list.stream());
                            self.lists.push(List {
                                module: module.clone(),
                                paths,
                            });
                        }
                    }
                    // The rules of a macro are no items.
                    "macro_rules" => {
                        for token in tokens.by_ref() {
                            if matches!(token, TokenTree::Group(_)) {
                                break;
                            }
                        }
                        item = Item::default();
                    }
                    _ => {}
                },
                TokenTree::Group(group) => {
                    self.read(group.stream(), module);
                    if group.delimiter() == Delimiter::Brace {
                        item = Item::default();
                    }
                }
                token if is(&token, ';') => item = Item::default(),
                _ => {}
            }
        }
    }
}

/// What was read of an item so far.
#[derive(Default)]
struct Item {
    is_action: bool,
    action: Option<String>,
    public: bool,
    only_tests: bool,
}

impl Item {
    fn attribute(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        // `#[sdk::action(..)]` is one too.
        let mut name = String::new();
        while let Some(token) = tokens.next_if(|token| !matches!(token, TokenTree::Group(_))) {
            if let TokenTree::Ident(word) = token {
                name = word.to_string();
            }
        }
        let Some(TokenTree::Group(arguments)) = tokens.next() else {
            return;
        };
        match name.as_str() {
            "action" => {
                let first = arguments.stream().into_iter().next();
                self.is_action = true;
                self.action = first.and_then(|token| text(&token));
            }
            "cfg" => self.only_tests |= needs_tests(arguments.stream()),
            _ => {}
        }
    }
}

/// Returns the name that an action has if its attribute has none.
fn made_of(module: &[String], function: &str) -> String {
    let plain = |name: &str| name.trim_start_matches("r#").to_owned();
    let resource = module
        .last()
        .map(|module| plain(module))
        .unwrap_or_default();
    format!("{resource}.{}", plain(function))
}

/// Returns whether the condition of a `cfg` is `test`, or `all(..)` with it.
fn needs_tests(condition: TokenStream) -> bool {
    let mut tokens = condition.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let TokenTree::Ident(word) = token {
            let arguments = group(&mut tokens, Delimiter::Parenthesis);
            match (word.to_string().as_str(), arguments) {
                ("test", None) => return true,
                ("all", Some(all)) if needs_tests(all.stream()) => return true,
                _ => {}
            }
        }
    }
    false
}

type Tokens = Peekable<IntoIter>;

fn group(tokens: &mut Tokens, delimiter: Delimiter) -> Option<Group> {
    let of_kind = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter);
    match tokens.next_if(of_kind) {
        Some(TokenTree::Group(group)) => Some(group),
        _ => None,
    }
}

fn ident(tokens: &mut Tokens) -> Option<String> {
    let name = tokens.next_if(|token| matches!(token, TokenTree::Ident(_)))?;
    Some(name.to_string())
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Returns what a literal of plain text says; names of actions need no escapes.
fn text(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else {
        return None;
    };
    let literal = literal.to_string();
    let text = literal.trim_start_matches('r').trim_matches('#');
    Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

fn collect(tokens: impl Iterator<Item = TokenTree>, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(group) => collect(group.stream().into_iter(), words),
            token if is(&token, '*') => words.push("*".to_owned()),
            _ => {}
        }
    }
}

/// Reads `a::b, c`; what leads from the root of a crate is left out.
fn paths(list: TokenStream) -> Vec<Vec<String>> {
    let mut paths = vec![Vec::new()];
    for token in list {
        if is(&token, ',') {
            paths.push(Vec::new());
        } else if let (TokenTree::Ident(word), Some(path)) = (&token, paths.last_mut()) {
            let word = word.to_string();
            if !["crate", "self", "super"].contains(&word.as_str()) {
                path.push(word);
            }
        }
    }
    paths
}
