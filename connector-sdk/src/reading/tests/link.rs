use http::HeaderValue;
use proptest::prelude::*;

use super::*;

fn page() -> Url {
    "https://api.example.com/items?page=1".parse().unwrap()
}

fn next_of(values: &[&[u8]]) -> Result<Option<String>, Unreadable> {
    let headers = values
        .iter()
        .map(|value| (LINK, HeaderValue::from_bytes(value).unwrap()))
        .collect();
    next(&headers, &page())
}

#[test]
fn finds_the_next_page() {
    for (header, expected) in [
        // RFC 8288, section 3.5, and GitHub, GitLab, Shopify, Okta, Canvas.
        (&b"<https://a/?p=2>; rel=\"next\", <https://a/?p=9>; rel=\"last\""[..], "https://a/?p=2"),
        (b"<https://a/?p=1>; rel=\"prev\", <https://a/?p=3>; rel=\"next\"", "https://a/?p=3"),
        (b"<https://a/?p=2>;rel=next", "https://a/?p=2"),
        (b"</b>; rel=\"last next\"", "/b"),
        (b"</b>; REL=\"NEXT\"", "/b"),
        (b" , ,</b> ; rel = \"next\" , ", "/b"),
        (b"</b>; rel=\"next\"; title=\"x\"; results=\"true\"; cursor=\"1374004777531:1:0\"", "/b"),
        (b"<?page=2>; rel=next", "?page=2"),
        (b"<//api.example.com/b>; rel=next", "//api.example.com/b"),
        // Signs in angle brackets and in quotes (RFC 9110, section 5.6.4).
        (b"<https://a/?q=1,2;3>; rel=\"prev\", <https://a/?p=2>; title=\"a, b\"; rel=\"last next\"", "https://a/?p=2"),
        (b"</a>; title=\"x; rel=next, </c>\"; rel=prev, </b>; rel=next", "/b"),
        (b"</a>; title=\"a \\\"; rel=next; \\\"\"; rel=prev, </b>; rel=next", "/b"),
        (b"</b>; title=\"\\\\\"; rel=next", "/b"),
        // Bytes that are not ASCII: Latin-1, and UTF-8.
        (b"</a>; rel=prev; title=\"caf\xe9\", </b>; rel=next", "/b"),
        (b"</b>; rel=next; title=\"caf\xc3\xa9\"", "/b"),
        (b"</b?q=caf\xe9>; rel=next", "/b?q=caf%E9"),
        (b"</b?q=caf\xc3\xa9>; rel=next", "/b?q=caf%C3%A9"),
        // RFC 8288, section 3.3: the first rel counts.
        (b"</a>; rel=prev; rel=next, </b>; rel=next; rel=prev", "/b"),
        // RFC 8288, section 3.2: the anchor.
        (b"</a>; rel=next; anchor=\"/other\", </b>; rel=next", "/b"),
        (b"</b>; rel=next; anchor=\"/items?page=1\"", "/b"),
        (b"</b>; rel=next; anchor=\"https://api.example.com/items?page=1\"", "/b"),
        (b"</b>; rel=next; anchor=\"\"", "/b"),
        (b"</a>; rel=next; anchor=\"#part\", </b>; rel=next", "/b"),
        // RFC 8288, appendix B: what is not quite a link.
        (b"</b>; rel=\"next", "/b"),
        (b"</b>; rel='next'", "/b"),
        (b"</b> rel=\"next\"", "/b"),
        (b"</b>; title=\"x\" rel=\"next\"", "/b"),
        (b"</b>;; rel=next;", "/b"),
        (b"< /b >; rel=next", "/b"),
        (b"https://a/?p=2; rel=\"next\"", "https://a/?p=2"),
        (b"garbage, </b>; rel=next", "/b"),
    ] {
        let found = next_of(&[header]);
        assert_eq!(found, Ok(Some(expected.to_owned())), "{}", header.escape_ascii());
    }
    assert_eq!(
        next_of(&[b"</a>; rel=prev", b"</b>; rel=next"]),
        Ok(Some("/b".to_owned()))
    );
}

#[test]
fn the_list_ends_where_no_link_leads_on() {
    for header in [
        &b""[..],
        b",",
        b"</a>",
        b"</a>; rel=prev",
        b"</a>; rev=next",
        b"</a>; rel=nextish",
        b"</a>; rel=\"prev\"; title=\"next\"",
        b"</a>; rel=next; anchor=\"/other\"",
        b"garbage",
        b"<https://w3.org/x>; rel=\"http://www.w3.org/ns/ldp#type\"",
    ] {
        assert_eq!(next_of(&[header]), Ok(None), "{}", header.escape_ascii());
    }
    assert_eq!(next_of(&[]), Ok(None));
}

#[test]
fn a_next_page_that_cannot_be_read_is_no_end() {
    for header in [
        &b"</b; rel=\"next\""[..],
        b"page two; rel=next",
        b"; rel=next",
        b"rel=\"next\"",
        b"</a>; rel=prev, <b; rel=next",
    ] {
        assert_eq!(
            next_of(&[header]),
            Err(Unreadable),
            "{}",
            header.escape_ascii()
        );
    }
}

#[test]
fn the_same_host_is_followed_by_the_scheme_that_was_asked() {
    for (asked, reference, expected) in [
        ("https://h/a", "http://h/b", "https://h/b"),
        ("https://h/a", "http://h:80/b", "https://h/b"),
        ("https://h/a", "http://h:443/b", "https://h/b"),
        ("https://h/a", "https://h:80/b", "https://h/b"),
        ("https://h/a", "https://H:443/b", "https://h/b"),
        ("http://h/a", "https://h/b", "http://h/b"),
        ("https://h:8443/a", "http://h:8443/b", "https://h:8443/b"),
        (
            "http://[::1]:8080/a",
            "https://[::1]:8080/b",
            "http://[::1]:8080/b",
        ),
        ("https://h/a", "//h/b", "https://h/b"),
        ("https://h/a", " ?page=2 ", "https://h/a?page=2"),
        // Others stay as they are, to be refused.
        ("https://h/a", "http://g/b", "http://g/b"),
        ("https://h/a", "https://h:8443/b", "https://h:8443/b"),
        ("https://h:8443/a", "http://h/b", "http://h/b"),
        ("https://h/a", "ftp://h/b", "ftp://h/b"),
    ] {
        let asked = asked.parse().unwrap();
        let target = resolve(&asked, reference);
        assert_eq!(
            target.as_ref().map(Url::as_str),
            Some(expected),
            "{asked} {reference}"
        );
    }
    assert_eq!(resolve(&page(), "http://["), None);
}

/// A link's target, relations and other parameters.
type Written = (String, Vec<String>, Vec<(String, String)>);

/// Writes links by RFC 8288, section 3.
fn written(links: &[Written]) -> String {
    let each = links.iter().map(|(target, relations, others)| {
        let mut text = format!("<{target}>");
        for (name, value) in others {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            text = text + "; " + name + "=\"" + &value + "\"";
        }
        text + &format!("; rel=\"{}\"", relations.join(" "))
    });
    each.collect::<Vec<_>>().join(", ")
}

proptest! {
    #[test]
    fn links_are_read_as_they_were_written(links in prop::collection::vec((
        "/[a-z0-9/?&=;,._~-]{0,12}",
        prop::collection::vec("[a-z]{1,6}", 1..3),
        prop::collection::vec(("[b-q]{1,6}", "[ -~]{0,12}"), 0..3),
    ), 0..5)) {
        let read = read(written(&links).as_bytes());
        let expected: Vec<_> = links
            .into_iter()
            .map(|(target, relations, _)| Link { target, relations, anchor: None })
            .collect();
        prop_assert_eq!(read, Links { links: expected, lost_next: false });
    }

    #[test]
    fn any_header_is_read_without_panic(value in any::<Vec<u8>>(), text in "[<>;,=\" a-z\\\\]{0,60}") {
        let size = |links: &Links| links.links.iter().map(|it| it.target.len()).sum::<usize>();
        prop_assert!(size(&read(&value)) <= 3 * value.len());
        prop_assert!(size(&read(text.as_bytes())) <= 3 * text.len());
        let _ = resolve(&page(), &text);
    }
}
