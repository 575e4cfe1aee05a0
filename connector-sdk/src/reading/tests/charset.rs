use proptest::prelude::*;

use super::*;

fn bytes_of(units: impl IntoIterator<Item = u16>, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
    units.into_iter().flat_map(to).collect()
}

#[test]
fn reads_the_charsets_of_content_types() {
    for (content_type, bytes, expected) in [
        // Encoding Standard, labels.
        ("text/plain; charset=ISO-8859-1", &b"caf\xe9"[..], "café"),
        ("text/plain; charset=latin1", b"caf\xe9", "café"),
        ("text/plain; charset=windows-1252", b"\x80 5", "€ 5"),
        ("text/plain; charset=windows-1251", b"\xcf\xf0\xe8", "При"),
        ("text/plain; charset=Shift_JIS", b"\x93\xfa\x96{", "日本"),
        ("text/plain; charset=EUC-JP", b"\xc6\xfc\xcb\xdc", "日本"),
        (
            "text/plain; charset=iso-2022-jp",
            b"\x1b$BF|K\\\x1b(B",
            "日本",
        ),
        ("text/plain; charset=gb2312", b"\xc4\xbf\xc2\xbc", "目录"),
        ("text/plain; charset=Big5", b"\xa4\xa4", "中"),
        ("text/plain; charset=koi8-r", b"\xf0\xd2\xc9", "При"),
        ("text/plain; charset=Latin-1", b"caf\xe9", "café"),
        ("text/plain; charset=cp932", b"\x93\xfa\x96{", "日本"),
        ("text/plain; charset=cp936", b"\xc4\xbf\xc2\xbc", "目录"),
        ("text/plain; charset=cp949", b"\xc7\xd1", "한"),
        ("text/plain; charset=cp950", b"\xa4\xa4", "中"),
        // RFC 9110, section 8.3.1: quotes, case and blanks.
        ("text/plain;CHARSET=\"iso-8859-1\"", b"\xe9", "é"),
        (
            "text/plain ; boundary=x ; charset = 'ISO-8859-15'",
            b"\xa4",
            "€",
        ),
        // A charset that is not known, that is wrong, or that nobody chose.
        ("text/plain; charset=x-own", "é".as_bytes(), "é"),
        ("text/plain; charset=", "é".as_bytes(), "é"),
        ("text/plain; charset=iso-8859-1", "é".as_bytes(), "é"),
        ("text/plain; charset=us-ascii", "日".as_bytes(), "日"),
        (
            "text/plain; charset=iso-2022-jp",
            "日本é".as_bytes(),
            "日本é",
        ),
        ("text/plain; charset=utf-16", b"plain", "plain"),
        ("text/plain; charset=utf-8", b"a\xffb", "a\u{fffd}b"),
        // RFC 2781 and RFC 4627, section 3.
        ("application/json; charset=utf-16", b"\0[\0]", "[]"),
        ("application/json; charset=utf-16be", b"\0[\0]", "[]"),
        ("application/json; charset=utf-16le", b"[\0]\0", "[]"),
        ("application/json; charset=utf-32", b"\0\0\0[\0\0\0]", "[]"),
        ("application/json", b"\0[\0]", "[]"),
        ("application/json", b"[\0]\0", "[]"),
        ("application/json", b"\0\0\0[\0\0\0]", "[]"),
        ("application/json", b"[\0\0\0]\0\0\0", "[]"),
        // Byte order marks say more than labels do.
        (
            "text/plain; charset=iso-8859-1",
            b"\xef\xbb\xbf\xc3\xa9",
            "é",
        ),
        ("text/plain; charset=utf-8", b"\xff\xfe\xe9\0", "é"),
        ("text/plain", b"\xfe\xff\0\xe9", "é"),
        ("text/plain", b"\xff\xfe\0\0\xe9\0\0\0", "é"),
        ("text/plain", b"\0\0\xfe\xff\0\0\0\xe9", "é"),
        ("text/plain", b"", ""),
    ] {
        assert_eq!(
            text(bytes, Some(content_type.as_bytes())),
            expected,
            "{content_type} {bytes:x?}"
        );
    }
}

#[test]
fn xml_and_html_declare_their_charset() {
    for (content_type, bytes, expected) in [
        (
            "application/xml",
            &b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>caf\xe9</a>"[..],
            "café",
        ),
        (
            "text/xml",
            b"\n<?xml version='1.0' encoding='windows-1251' standalone='yes'?><a>\xcf\xf0\xe8</a>",
            "При",
        ),
        (
            "text/html",
            b"<!doctype html><META name=\"x\"><meta charset=Shift_JIS><p>\x93\xfa\x96{",
            "日本",
        ),
        (
            "text/html",
            b"<html><meta http-equiv=\"Content-Type\" content=\"text/html; charset=euc-jp\" /><p>\xc6\xfc",
            "日",
        ),
        // What the header says comes first (RFC 7303, section 3).
        (
            "application/xml; charset=koi8-r",
            b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>\xf0</a>",
            "П",
        ),
        // It can't be true, or says nothing.
        (
            "application/xml",
            "<?xml version=\"1.0\" encoding=\"utf-16\"?><a>é</a>".as_bytes(),
            "é",
        ),
        (
            "application/xml",
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>é</a>".as_bytes(),
            "é",
        ),
        ("text/html", "<meta charset><p>é".as_bytes(), "é"),
        ("text/html", "<meta charset=><p>é".as_bytes(), "é"),
        ("text/html", "<?xml encoding".as_bytes(), "<?xml"),
    ] {
        let text = text(bytes, Some(content_type.as_bytes()));
        assert!(text.contains(expected), "{content_type} {text}");
    }
}

#[test]
fn text_is_exact_only_without_a_wrong_byte() {
    assert_eq!(exact_text(b"a\xff", None), None);
    assert_eq!(exact_text(b"\xff\xfe\x00\xd8", None), None);
    assert_eq!(exact_text("é".as_bytes(), None).as_deref(), Some("é"));
}

#[test]
fn a_header_is_utf_8_or_latin_1() {
    assert_eq!(header("é".as_bytes()), "é");
    assert_eq!(header(b"\xe9"), "é");
}

proptest! {
    #[test]
    fn any_text_comes_back_from_any_unicode_form(text in "[ -~]\\PC{0,20}") {
        let little = bytes_of(text.encode_utf16(), u16::to_le_bytes);
        let big = bytes_of(text.encode_utf16(), u16::to_be_bytes);
        prop_assert_eq!(&*super::text(&little, None), &text);
        prop_assert_eq!(&*super::text(&big, None), &text);
        let wider: Vec<u8> = text.chars().flat_map(|it| u32::from(it).to_be_bytes()).collect();
        prop_assert_eq!(&*super::text(&wider, None), &text);
        prop_assert_eq!(&*super::text(text.as_bytes(), None), &text);
    }

    #[test]
    fn any_bytes_make_at_most_three_times_as_many(bytes in any::<Vec<u8>>(), content_type in "text/plain; ?charset=\"?[a-z0-9-]{0,12}") {
        let text = super::text(&bytes, Some(content_type.as_bytes()));
        prop_assert!(text.len() <= 3 * bytes.len() + 3);
    }
}
