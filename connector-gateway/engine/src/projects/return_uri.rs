//! URLs that browsers may return to after connecting an account.
//!
//! An entry is a URL. It covers a URL if
//!
//! - scheme, host and port are equal (a missing port is the scheme's default), and
//! - its path is a prefix of whole segments: `/app` covers `/app` and `/app/done` but not `/apple`;
//!   `/app/` covers what is below; without a path, everything is covered.
//!
//! An entry that is only a custom scheme (`myapp:`) covers all its URLs. Paths are compared
//! verbatim, so a URL must not contain anything that could be interpreted as another path: no
//! backslash, no `.` or `..` segment, and no percent-encoded `/`, `\` or `.`. It has no user info
//! and no fragment. Its query is free.

use plugwright_sdk::host::word_list;
use url::Url;

use crate::loopback;

/// Longest URL, in characters.
const LONGEST: usize = 2000;

/// Schemes that are not an app's: some execute scripts, others read files.
const FORBIDDEN: [&str; 13] = word_list(include_str!("../../words/forbidden_schemes.txt"));

/// Parses an entry; returns it normalized, or what is wrong with it.
pub(super) fn entry(text: &str) -> Result<String, String> {
    let url = plain(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must have no query and no fragment".to_owned());
    }
    Ok(url.into())
}

/// Returns why a browser may not be redirected to a URL. The redirect must use the URL as [`Url`]
/// serializes it.
pub(crate) fn problem(text: &str, entries: &[String], is_project: bool) -> Option<String> {
    let Ok(uri) = Url::parse(text) else {
        return Some("must be an absolute URL".to_owned());
    };
    if uri.fragment().is_some() || !uri.username().is_empty() || uri.password().is_some() {
        return Some("must have no fragment and no user name or password".to_owned());
    }
    // A URL that parsers disagree about is rejected.
    let uri = match plain(text) {
        Ok(uri) => uri,
        Err(fault) => return Some(fault),
    };
    let mut entries = entries.iter().filter_map(|entry| Url::parse(entry).ok());
    if entries.any(|entry| covers(&entry, &uri)) || (!is_project && is_loopback(&uri)) {
        return None;
    }
    let place = if is_project {
        "the project's return URIs"
    } else {
        "the addresses in `connect.return_uris`"
    };
    Some(format!("is not below one of {place}"))
}

/// Command lines listen there (RFC 8252, section 7.3).
fn is_loopback(uri: &Url) -> bool {
    uri.scheme() == "http" && uri.host().is_some_and(|host| loopback::is_host(&host))
}

fn covers(entry: &Url, uri: &Url) -> bool {
    if entry.scheme() != uri.scheme() {
        return false;
    }
    let own = !is_http(entry);
    if own && !entry.has_host() && entry.path().is_empty() {
        return true;
    }
    let place = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        (host, url.port_or_known_default())
    };
    let Some(rest) = uri.path().strip_prefix(entry.path()) else {
        return false;
    };
    place(entry) == place(uri)
        && (rest.is_empty()
            || rest.starts_with('/')
            || entry.path().is_empty()
            || entry.path().ends_with('/'))
}

/// Parses a URL that is unambiguous.
fn plain(text: &str) -> Result<Url, String> {
    if text.len() > LONGEST {
        return Err(format!("must have at most {LONGEST} characters"));
    }
    // Parsers disagree about these: some drop them, some read `\` as `/`.
    if text
        .chars()
        .any(|it| it.is_control() || it.is_whitespace() || it == '\\')
    {
        return Err("must not have spaces, control characters or backslashes".to_owned());
    }
    let Ok(url) = Url::parse(text) else {
        return Err(
            "must be a URL such as `https://app.example.com/done`, or a scheme such as `myapp:`"
                .to_owned(),
        );
    };
    if FORBIDDEN.contains(&url.scheme()) {
        return Err(format!(
            "must be of `https`, `http` or an app's own scheme, not `{}`",
            url.scheme()
        ));
    }
    let given = text.split_once(':').map_or("", |(_, rest)| rest);
    if is_http(&url) && !given.starts_with("//") {
        return Err(format!("must have `//` after `{}:`", url.scheme()));
    }
    let authority = given.strip_prefix("//").unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("must have no user name and no password".to_owned());
    }
    let path = given.split(['?', '#']).next().unwrap_or_default();
    let lower = path.to_ascii_lowercase();
    let hides = ["%2f", "%5c", "%2e"].iter().any(|it| lower.contains(it));
    if hides || path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(
            "must have no `.` or `..` as a part of its path, and no `/`, `\\` or `.` in percent-encoding"
                .to_owned(),
        );
    }
    Ok(url)
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allowed(entry: &str, uri: &str) -> bool {
        problem(uri, &[super::entry(entry).unwrap()], true).is_none()
    }

    #[test]
    fn an_address_is_of_the_same_place_and_below_the_same_path() {
        for (entry, uri) in [
            ("https://app.example.com", "https://app.example.com"),
            (
                "https://app.example.com",
                "https://app.example.com/any/thing?x=1",
            ),
            ("https://app.example.com", "HTTPS://APP.Example.com:443/a"),
            ("https://App.Example.com:443/", "https://app.example.com/a"),
            ("https://app.example.com/a", "https://app.example.com/a"),
            ("https://app.example.com/a", "https://app.example.com/a/b"),
            (
                "https://app.example.com/a",
                "https://app.example.com/a?next=/../b",
            ),
            ("https://app.example.com/a/", "https://app.example.com/a/b"),
            ("http://127.0.0.1:8080/done", "http://127.0.0.1:8080/done"),
            (
                "https://bücher.example/ä",
                "https://xn--bcher-kva.example/%C3%A4",
            ),
            ("myapp:", "myapp:"),
            ("myapp:", "myapp:done?x=1"),
            ("MyApp:", "myapp://done/now"),
            ("myapp:done", "myapp:done/now"),
            ("myapp://done", "myapp://done"),
            ("myapp://done", "myapp://done/now"),
            ("com.example.app:/done", "com.example.app:/done?code=1"),
        ] {
            assert!(allowed(entry, uri), "{entry} {uri}");
        }
    }

    #[test]
    fn an_address_of_another_place_is_refused_however_it_is_written() {
        for (entry, uri) in [
            ("https://app.example.com", "http://app.example.com/"),
            ("https://app.example.com", "https://app.example.com/#x"),
            (
                "https://app.example.com",
                "https://app.example.com.evil.com/",
            ),
            ("https://app.example.com", "https://app.example.com./"),
            ("https://app.example.com", "https://sub.app.example.com/"),
            ("https://app.example.com", "https://app.example.com:444/"),
            (
                "https://app.example.com",
                "https://app.example.com@evil.com/",
            ),
            (
                "https://app.example.com",
                "https://app.example.com:x@evil.com/",
            ),
            ("https://app.example.com", "https://me@app.example.com/"),
            ("https://app.example.com", "https://@app.example.com/"),
            (
                "https://app.example.com",
                "https://evil.com\\@app.example.com/",
            ),
            (
                "https://app.example.com",
                "https://evil.com\\.app.example.com/",
            ),
            ("https://app.example.com", "https:\\\\app.example.com/"),
            ("https://app.example.com", "https:app.example.com/"),
            ("https://app.example.com", "//app.example.com/"),
            ("https://app.example.com", "/app.example.com"),
            ("https://app.example.com", " https://app.example.com/"),
            ("https://app.example.com", "https://app.exa\tmple.com/"),
            ("https://app.example.com", "https://app.example.com/\r\nx"),
            ("https://app.example.com", "https://app%2eexample.com/"),
            (
                "https://app.example.com",
                "https://evil.com/https://app.example.com/",
            ),
            (
                "https://app.example.com",
                "https://evil.com#@app.example.com/",
            ),
            (
                "https://app.example.com",
                "https://evil.com?@app.example.com/",
            ),
            (
                "https://app.example.com",
                "javascript://app.example.com/%0aalert(1)",
            ),
            ("https://app.example.com/a", "https://app.example.com/"),
            ("https://app.example.com/a", "https://app.example.com/apple"),
            ("https://app.example.com/a", "https://app.example.com/A"),
            ("https://app.example.com/a", "https://app.example.com/%61"),
            (
                "https://app.example.com/a",
                "https://app.example.com/a/../b",
            ),
            ("https://app.example.com/a", "https://app.example.com/a/.."),
            (
                "https://app.example.com/a",
                "https://app.example.com/b/../a",
            ),
            (
                "https://app.example.com/a",
                "https://app.example.com/a/%2e%2e/b",
            ),
            (
                "https://app.example.com/a",
                "https://app.example.com/a/.%2E/b",
            ),
            (
                "https://app.example.com/a",
                "https://app.example.com/a/..%2fb",
            ),
            (
                "https://app.example.com/a",
                "https://app.example.com/a%5C..%5Cb",
            ),
            (
                "https://app.example.com/a",
                "https://app.example.com/a\\..\\b",
            ),
            ("https://app.example.com/a/", "https://app.example.com/a"),
            ("myapp:", "myapps:done"),
            ("myapp:", "https://myapp/"),
            ("myapp:", ""),
            ("myapp:done", "myapp:doner"),
            ("myapp:done", "myapp:done/../other"),
            ("myapp:done", "myapp://done"),
            ("myapp://done", "myapp://done.evil.com"),
            ("myapp://done", "myapp:done"),
            ("myapp://done", "myapp://done:80/"),
            ("myapp:/done", "myapp://evil/done"),
        ] {
            assert!(!allowed(entry, uri), "{entry} {uri}");
        }
        assert!(problem("https://app.example.com/", &[], true).is_some());
    }

    #[test]
    fn the_browsers_own_machine_will_do_for_accounts_of_ones_own() {
        for uri in [
            "http://127.0.0.1:8080/",
            "http://localhost:1/x",
            "http://[::1]:5/",
        ] {
            assert_eq!(problem(uri, &[], false), None, "{uri}");
            assert!(problem(uri, &[], true).is_some(), "{uri}");
        }
        for uri in [
            "https://example.com/",
            "http://localhost.evil.com/",
            "http://10.0.0.1/",
            "http://localhost\\.evil.com/",
            "http://localhost\\@evil.com/",
            "http://@localhost/",
            "http:localhost",
            "http://local\thost/",
        ] {
            assert!(problem(uri, &[], false).is_some(), "{uri}");
        }
    }

    #[test]
    fn an_entry_says_what_is_wrong_with_it() {
        for (text, expected) in [
            ("", "must be a URL such as"),
            ("app.example.com", "must be a URL such as"),
            ("/done", "must be a URL such as"),
            ("https://", "must be a URL such as"),
            ("https://a.example/#x", "no query and no fragment"),
            ("https://a.example/?x", "no query and no fragment"),
            ("https://me:pw@a.example/", "no user name"),
            ("https://a.example/a/../b", "no `.` or `..`"),
            ("https://a.example/%2E%2e/b", "no `.` or `..`"),
            ("https://a.example\\b", "or backslashes"),
            ("https:a.example", "must have `//`"),
            ("javascript:alert(1)", "not `javascript`"),
            ("JavaScript:alert(1)", "not `javascript`"),
            ("data:text/html,x", "not `data`"),
            ("file:///etc", "not `file`"),
        ] {
            let message = entry(text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
        assert!(entry(&format!("https://a.example/{}", "a".repeat(2000))).is_err());
        assert_eq!(
            entry("HTTPS://A.example:443").unwrap(),
            "https://a.example/"
        );
        assert_eq!(entry("MyApp:").unwrap(), "myapp:");
    }

    proptest! {
        #[test]
        fn whatever_is_allowed_is_of_the_same_origin_as_browsers_read_it(
            before in "(https?:)?[/\\\\]{0,3}",
            middle in "[a-z@:.\\\\/%#?0-9]{0,20}",
            after in "(app\\.example\\.com)?[a-z@:.\\\\/%#?0-9]{0,12}",
        ) {
            let uri = format!("{before}{middle}{after}");
            if allowed("https://app.example.com/a", &uri) {
                let url = Url::parse(&uri).unwrap();
                prop_assert_eq!(url.origin().ascii_serialization(), "https://app.example.com");
                prop_assert!(url.path() == "/a" || url.path().starts_with("/a/"), "{}", uri);
            }
        }

        #[test]
        fn no_text_is_too_odd(entry_text: String, uri: String) {
            if let Ok(kept) = entry(&entry_text) {
                prop_assert_eq!(entry(&kept), Ok(kept.clone()));
                let _ = problem(&uri, &[kept], true);
            }
        }
    }
}
