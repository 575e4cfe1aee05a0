use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn reads_the_names_that_are_sent() {
    for (header, expected) in [
        // RFC 6266, section 5, and the test cases of greenbytes.de/tech/tc2231.
        (&b"attachment; filename=notes.txt"[..], "notes.txt"),
        (
            b"Attachment; FILENAME=\"my notes.txt\"; size=3",
            "my notes.txt",
        ),
        (b"attachment; filename=\"a;b.txt\"", "a;b.txt"),
        (
            b"attachment; filename=\"a \\\"b\\\" c.txt\"",
            "a \"b\" c.txt",
        ),
        (b"attachment; filename=\"f\\oo.html\"", "foo.html"),
        (b"attachment; filename=\"=.txt\"; x=\"filename=b\"", "=.txt"),
        (b"attachment; xfilename=b.txt; filename=a.txt", "a.txt"),
        (b"filename=\"a.txt\"", "a.txt"),
        (b"attachment ; filename = a.txt ;", "a.txt"),
        // RFC 8187: filename* comes first, wherever it stands.
        (
            b"attachment; filename*=UTF-8''%e2%82%ac%20rates.txt",
            "€ rates.txt",
        ),
        (
            b"attachment; filename*=utf-8'en'%c3%a9.txt; filename=e.txt",
            "é.txt",
        ),
        (
            b"attachment; filename=\"EURO.txt\"; filename*=UTF-8''%e2%82%ac.txt",
            "€.txt",
        ),
        (b"attachment; filename*=ISO-8859-1''caf%e9.txt", "café.txt"),
        (
            b"attachment; filename*=iso-8859-1'en'%A3%20rates.txt",
            "£ rates.txt",
        ),
        (b"attachment; filename*=Shift_JIS''%93%fa.txt", "日.txt"),
        (b"attachment; filename*=\"UTF-8''a%20b.txt\"", "a b.txt"),
        (b"attachment; filename*=UTF-8''a\"b;c.txt", "a\"b"),
        (b"attachment; filename*=''a%C3%A9.txt", "aé.txt"),
        (b"attachment; filename*=a%C3%A9.txt", "aé.txt"),
        (
            b"attachment; filename*=UTF-8''%ff.txt; filename=a.txt",
            "a.txt",
        ),
        (b"attachment; filename*=x-own''%ff; filename=a.txt", "a.txt"),
        // RFC 2231, section 3.
        (
            b"attachment; filename*0=\"very \"; filename*1=\"long.txt\"",
            "very long.txt",
        ),
        (
            b"attachment; filename*0*=UTF-8''%e2%82; filename*1*=%ac; filename*2=\".txt\"",
            "€.txt",
        ),
        (
            b"attachment; filename*0=a; filename*2=c; filename=z.pdf",
            "z.pdf",
        ),
        (b"attachment; filename*0=a.txt; filename*2=c", "a.txt"),
        (
            b"attachment; filename*1=b.txt; filename*0=a; filename=c.txt",
            "ab.txt",
        ),
        (b"attachment; filename*1=b.txt; filename=c.txt", "c.txt"),
        // Bytes that are not ASCII: UTF-8, Latin-1.
        (b"attachment; filename=\"caf\xc3\xa9.txt\"", "café.txt"),
        (b"attachment; filename=\"caf\xe9.txt\"", "café.txt"),
        (b"attachment; filename=caf\xe9 1.txt", "café 1.txt"),
        // RFC 2047, as of mail.
        (
            b"attachment; filename=\"=?UTF-8?B?Y2Fmw6kudHh0?=\"",
            "café.txt",
        ),
        (
            b"attachment; filename=\"=?iso-8859-1?Q?caf=E9_1.txt?=\"",
            "café 1.txt",
        ),
        (
            b"attachment; filename==?utf-8?b?Y2Fmw6k?= =?utf-8?q?_100%.txt?=",
            "café 100%.txt",
        ),
        (b"attachment; filename=\"=?.txt\"", "=?.txt"),
        // Percent-encoded, as of object stores.
        (b"attachment; filename=caf%C3%A9%20(1).txt", "café (1).txt"),
        (b"attachment; filename=\"100% sure.txt\"", "100% sure.txt"),
        (b"attachment; filename=\"%ff.txt\"", "%ff.txt"),
        // Missing quotes.
        (
            b"attachment; filename=my notes, and more.txt",
            "my notes, and more.txt",
        ),
        (b"attachment; filename=\"open.txt", "open.txt"),
        // Folders, devices, and what nobody sees.
        (b"attachment; filename=\"../../etc/passwd\"", "passwd"),
        (b"attachment; filename=\"C:\\Users\\me\\x.txt\"", "x.txt"),
        (b"attachment; filename=\"..\\..\\x.txt\"", "x.txt"),
        (
            b"attachment; filename=\"\\\\server\\share\\x.txt\"",
            "x.txt",
        ),
        (b"attachment; filename=\"a\\\\b.txt\"", "b.txt"),
        (b"attachment; filename*=UTF-8''..%2f..%2fx.txt", "x.txt"),
        (b"attachment; filename=%2e%2e%2fx.txt", "x.txt"),
        (b"attachment; filename*=UTF-8''a%0d%0ab%00.txt", "ab.txt"),
        (
            b"attachment; filename*=UTF-8''x%e2%80%aetxt.exe",
            "xtxt.exe",
        ),
        (b"attachment; filename=\"NUL.txt\"", "_NUL.txt"),
        (b"attachment; filename=com1", "_com1"),
        (b"attachment; filename=common.txt", "common.txt"),
        (b"attachment; filename=\" a.txt. \"", "a.txt"),
        (b"attachment; filename=.profile", ".profile"),
        (b"attachment; filename*=UTF-8''; filename=a.txt", "a.txt"),
    ] {
        assert_eq!(
            file_name(header).as_deref(),
            Some(expected),
            "{}",
            header.escape_ascii()
        );
    }
}

#[test]
fn a_name_of_nothing_is_none() {
    for header in [
        &b""[..],
        b"inline",
        b"attachment; filename",
        b"attachment; filename=",
        b"attachment; filename=\"\"",
        b"attachment; filename=\"..\"",
        b"attachment; filename=\".\"",
        b"attachment; filename=\"a/\"",
        b"attachment; filename=\" \"",
        b"attachment; filename*=UTF-8''",
        b"attachment; filename*x=a",
        b"attachment; filename*99999999999999999999=a",
    ] {
        assert_eq!(file_name(header), None, "{}", header.escape_ascii());
    }
}

#[test]
fn a_long_name_is_cut_before_its_extension() {
    let header = format!("attachment; filename={}.tar.gz", "é".repeat(300));
    let name = file_name(header.as_bytes()).unwrap();
    assert!(name.len() <= 255 && name.len() > 250, "{}", name.len());
    assert!(name.ends_with("é.gz"), "{name}");
    let header = format!("attachment; filename=a.{}", "x".repeat(300));
    assert_eq!(file_name(header.as_bytes()).unwrap().len(), 255);
}

proptest! {
    #[test]
    fn a_name_comes_back_from_every_way_of_writing_it(name in "[a-zA-Z0-9 é€日;,()'=_-]{0,20}x\\.txt") {
        prop_assume!(!name.starts_with(' '));
        let quoted = format!("attachment; filename=\"{name}\"");
        prop_assert_eq!(file_name(quoted.as_bytes()), Some(name.clone()));
        let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        let extended = format!("attachment; filename=x; filename*=UTF-8''{encoded}");
        prop_assert_eq!(file_name(extended.as_bytes()), Some(name.clone()));
        let word = format!("attachment; filename=\"=?utf-8?B?{}?=\"", STANDARD.encode(&name));
        prop_assert_eq!(file_name(word.as_bytes()), Some(name));
    }

    #[test]
    fn every_name_is_safe_to_save_by(value in any::<Vec<u8>>(), text in "attachment; filename\\*?(0\\*?)?=[ -~é\u{202e}]{0,40}") {
        for name in [file_name(&value), file_name(text.as_bytes())].into_iter().flatten() {
            prop_assert!(!name.is_empty() && name.len() <= 255);
            prop_assert!(!name.contains(['/', '\\']) && name != "." && name != "..");
            prop_assert!(!name.chars().any(is_unseen));
        }
    }
}
