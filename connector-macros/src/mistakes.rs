//! The macros' messages for each key that is wrong in one of the ways that are the same for all keys.
//!
//! `tests/crates/ui` has a case of each kind, as the compiler shows it.

mod param;
mod reconcile;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::errors::noted;
use crate::golden::sdk;

/// A message, and the tokens that the compiler marks.
type Mistake = (String, String);

/// Expands and returns the mistakes that the expansion tells the compiler.
fn mistakes(expand: impl FnOnce() -> TokenStream) -> Vec<Mistake> {
    noted::take();
    let reported = messages(expand());
    let noted = noted::take();
    let messages: Vec<_> = noted.iter().map(|(message, _)| message.clone()).collect();
    assert_eq!(reported, messages, "a mistake is found and not told");
    noted
}

/// The messages of each `compile_error!` in some code.
fn messages(code: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut follows = false;
    for token in code {
        match token {
            TokenTree::Ident(word) => follows = word == "compile_error",
            TokenTree::Group(group) if follows && group.delimiter() != Delimiter::None => {
                let message: syn::LitStr = syn::parse2(group.stream()).unwrap();
                found.push(message.value());
                follows = false;
            }
            TokenTree::Group(group) => found.extend(messages(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap()
}

/// What `auth` takes.
const AUTH: &str = "`auth` takes `none`, or places in the connector's `.auth(..)`: `[0]`, `[1, 2]`";

/// One mistake, as [`mistakes`] returns it.
fn one(message: &str, at: &str) -> Vec<Mistake> {
    vec![(message.to_owned(), tokens(at).to_string())]
}

/// The mistakes in `#[action(..)]`; the function has a body if it makes no request.
fn of_action(attribute: &str) -> Vec<Mistake> {
    let makes_request = ["get =", "post =", "put =", "patch =", "delete ="]
        .iter()
        .any(|request| attribute.contains(request));
    let end = if makes_request {
        quote!(;)
    } else {
        quote!({ Ok(()) })
    };
    let function = quote! {
        /// Lists things.
        async fn list(cx: &ActionContext) -> Result<()> #end
    };
    mistakes(|| crate::action::expand(tokens(attribute), &function, &sdk()))
}

/// The mistakes in `#[param(..)]` on an argument of this type.
fn of_argument(attribute: &str, kind: &str) -> Vec<Mistake> {
    let (attribute, kind) = (tokens(attribute), tokens(kind));
    let function = quote! {
        /// Lists things.
        async fn list(
            _: &ActionContext,
            /// Which.
            #[param(#attribute)] name: #kind
        ) -> Result<()> { Ok(()) }
    };
    mistakes(|| crate::action::expand(tokens("\"things.list\", read"), &function, &sdk()))
}

#[test]
fn a_key_of_an_action_stands_once() {
    for (attribute, key) in [
        ("read, auth = none, auth = [1]", "auth"),
        (r#"destructive, delete = "/one", delete = "/two""#, "delete"),
        (
            r#"read, deprecated = "One", deprecated = "Two""#,
            "deprecated",
        ),
        ("destructive, destructive", "destructive"),
        (r#"write, post = "/things", form, form"#, "form"),
        (r#"read, get = "/one", get = "/two""#, "get"),
        ("write, idempotent, idempotent", "idempotent"),
        (r#"write, post = "/things", json, json"#, "json"),
        (
            r#"read, get = "/things", page = pagination::LinkHeader, page = LinkHeader"#,
            "page",
        ),
        (r#"write, patch = "/one", patch = "/two""#, "patch"),
        (r#"write, post = "/one", post = "/two""#, "post"),
        (r#"write, put = "/one", put = "/two""#, "put"),
        (
            r#"read, get = "/things", query(a = 1), query(b = 1)"#,
            "query",
        ),
        ("read, read", "read"),
        (r#"read, scopes = ["a"], scopes = ["b"]"#, "scopes"),
        (r#"read, title = "One", title = "Two""#, "title"),
        ("write, write", "write"),
    ] {
        let message = format!("`{key}` is given twice in `#[action]`; remove one");
        let found = of_action(&format!("\"things.list\", {attribute}"));
        assert_eq!(found, one(&message, key), "{attribute}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn a_key_of_an_action_has_a_value_of_its_type() {
    for (attribute, at, message) in [
        ("read, auth", "auth", AUTH),
        ("read, auth = []", "auth = []", AUTH),
        ("read, auth = some", "auth = some", AUTH),
        ("read, auth = [-1]", "- 1", AUTH),
        ("read, auth = [1u8]", "1u8", AUTH),
        (
            "destructive, delete = 5",
            "delete = 5",
            r#"`delete` takes a string: `delete = "/path"`"#,
        ),
        (
            "read, get = 5",
            "get = 5",
            r#"`get` takes a string: `get = "/path"`"#,
        ),
        (
            "write, patch = 5",
            "patch = 5",
            r#"`patch` takes a string: `patch = "/path"`"#,
        ),
        (
            "write, post = 5",
            "post = 5",
            r#"`post` takes a string: `post = "/path"`"#,
        ),
        (
            "write, put = 5",
            "put = 5",
            r#"`put` takes a string: `put = "/path"`"#,
        ),
        (
            "read, title = 5",
            "title = 5",
            r#"`title` takes a string: `title = "List issues"`"#,
        ),
        (
            "read, deprecated = 5",
            "deprecated = 5",
            r#"`deprecated` takes a string: `deprecated = "use issues.search"`"#,
        ),
        (
            r#"read, scopes = "a""#,
            r#"scopes = "a""#,
            r#"`scopes` takes strings, or `any(..)` of several: `["repo"]`, `any("repo", "public_repo")`"#,
        ),
        (
            r#"read, scopes = any("a")"#,
            r#"any("a")"#,
            r#"`scopes` takes strings, or `any(..)` of several: `["repo"]`, `any("repo", "public_repo")`"#,
        ),
        (
            r#"read, scopes = ["a", one_of("a", "b")]"#,
            r#"one_of("a", "b")"#,
            r#"`scopes` takes strings, or `any(..)` of several: `["repo"]`, `any("repo", "public_repo")`"#,
        ),
        (
            r#"read, scopes = ["a", 5]"#,
            "5",
            r#"`scopes` takes strings, or `any(..)` of several: `["repo"]`, `any("repo", "public_repo")`"#,
        ),
        (
            r#"read, get = "/things", page"#,
            "page",
            "`page` takes a pagination: `page = LinkHeader`",
        ),
        (
            "read, exactly_one",
            "exactly_one",
            "`exactly_one` takes the names of two or more parameters: `exactly_one(first, second)`",
        ),
        (
            "read, at_most_one(name)",
            "at_most_one(name)",
            "`at_most_one` takes the names of two or more parameters: `at_most_one(first, second)`",
        ),
        (
            "read, all_or_none = name",
            "all_or_none = name",
            "`all_or_none` takes the names of two or more parameters: `all_or_none(first, second)`",
        ),
        (
            r#"read, requires("a", "b")"#,
            r#"requires("a", "b")"#,
            "`requires` takes the names of two or more parameters: `requires(first, second)`",
        ),
    ] {
        let found = of_action(&format!("\"things.list\", {attribute}"));
        assert_eq!(found, one(message, at), "{attribute}");
    }
    for (before, key) in [
        ("", "destructive"),
        ("", "read"),
        ("", "write"),
        ("write, ", "idempotent"),
    ] {
        let message = format!("`{key}` takes no value: write `{key}` alone");
        let found = of_action(&format!("\"things.list\", {before}{key} = true"));
        assert_eq!(found, one(&message, &format!("{key} = true")), "{key}");
    }
    for body in [
        "form = true",
        "json = true",
        "form(all)",
        "json(\"optional\")",
        "json()",
        "json(5 = 1)",
    ] {
        let key = &body[..4];
        let message = format!(
            "`{key}` takes no value, `optional` or constants: `{key}`, `{key}(optional)` or `{key}(kind = \"file\")`"
        );
        let found = of_action(&format!("write, post = \"/things\", {body}"));
        assert_eq!(found, one(&message, body), "{body}");
    }
    for query in ["query = true", "query", "query()", "query(all)"] {
        let message = "`query` takes constants: `query(recursive = 1)`";
        let found = of_action(&format!("write, post = \"/things\", {query}"));
        assert_eq!(found, one(message, query), "{query}");
    }
}

/// The mistakes in `#[param(..)]` on the argument `name` of a one-call action.
fn of_one_call(attribute: &str, param: &str) -> Vec<Mistake> {
    let param = tokens(param);
    let function = quote! {
        /// Adds a thing.
        async fn add(
            cx: &ActionContext,
            /// Which.
            #param name: String
        ) -> Result<()>;
    };
    let attribute = format!("\"things.add\", write, {attribute}");
    mistakes(|| crate::action::expand(tokens(&attribute), &function, &sdk()))
}

#[test]
fn how_an_argument_is_sent_fits_the_request() {
    for (attribute, form, message) in [
        (r#"get = "/things""#, "body", "a `get` request has no body"),
        (
            r#"post = "/things", json"#,
            "body",
            "a request has one body: `json` in the attribute, or this parameter",
        ),
        (
            r#"post = "/things", form"#,
            "base64",
            "`base64` puts a file into a JSON body: add `json` to the attribute",
        ),
        (
            r#"get = "/things""#,
            "text",
            "`text` puts a file into a JSON body: add `json` to the attribute",
        ),
        (
            r#"post = "/things/{name}""#,
            "digit",
            "`send_as` is for parameters in the query or body; this one is in the path",
        ),
    ] {
        let found = of_one_call(attribute, &format!("#[param(send_as = {form})]"));
        assert_eq!(found, one(message, form), "{attribute}");
    }
    let once = "`send_as` is given twice in `#[param]`; remove one";
    let twice = "#[param(send_as = digit, send_as = digit)]";
    assert_eq!(
        of_one_call(r#"get = "/things""#, twice),
        one(once, "send_as")
    );
    let with_body = "`send_as` is for one-call actions; the body of this one sends its parameters";
    assert_eq!(
        of_argument("send_as = digit", "bool"),
        one(with_body, "digit")
    );
}

#[test]
fn a_constant_is_sent_once() {
    for (attribute, name) in [
        (r#"post = "/things", json(name = "x")"#, "name"),
        (r#"post = "/things", form("name" = "x")"#, "name"),
        (r#"get = "/things", query(name = 1)"#, "name"),
        (r#"get = "/things", query(size = 1, size = 2)"#, "size"),
    ] {
        let message = format!("`{name}` is sent twice; remove one of the two");
        let found = of_one_call(attribute, "");
        assert_eq!(found, one(&message, &format!("{name:?}")), "{attribute}");
    }
    // In another place it is another thing.
    assert_eq!(
        of_one_call(r#"post = "/things", json, query(name = 1)"#, ""),
        []
    );
    assert_eq!(
        of_one_call(r#"post = "/things/{name}", json(name = "x")"#, ""),
        []
    );
}

#[test]
fn a_rule_over_parameters_names_each_of_them_once() {
    let of_rule = |rule: &str, arguments: &str| {
        let arguments = tokens(arguments);
        let function = quote! {
            /// Lists things.
            async fn list(cx: &ActionContext, #arguments) -> Result<()> { Ok(()) }
        };
        let attribute = tokens(&format!("read, {rule}"));
        mistakes(|| crate::action::expand(attribute, &function, &sdk()))
    };
    let (a, b) = ("/** A. */ a: Option<u8>,", "/** B. */ r#b: Option<u8>,");
    let both = format!("{a}{b}");
    assert_eq!(of_rule("exactly_one(a, b)", &both), []);
    assert_eq!(of_rule("requires(a, b), requires(b, a)", &both), []);
    assert_eq!(
        of_rule("exactly_one(a, c)", &both),
        one("`c` is not a parameter; parameters are: a, b", "c")
    );
    assert_eq!(
        of_rule("exactly_one(a, b, a)", &both),
        one("`a` is named twice in this rule; remove one", "a")
    );
    // The fields of a flattened struct are known to the compiler alone.
    let flattened = format!("{a} #[param(flatten)] others: Others");
    assert_eq!(of_rule("exactly_one(a, c)", &flattened), []);
    let derived = "#[param(exactly_one(a, c))] struct Both { /** A. */ a: Option<u8> }";
    assert_eq!(
        mistakes(|| crate::derive_params::expand(tokens(derived), &sdk())),
        one("`c` is not a parameter; parameters are: a", "c")
    );
}
