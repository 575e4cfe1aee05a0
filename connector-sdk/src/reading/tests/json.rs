use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;

fn value_of(bytes: &[u8]) -> Option<Value> {
    read(bytes, None).ok()
}

#[test]
fn reads_what_is_nearly_json() {
    for (bytes, expected) in [
        // RFC 8259, section 8.1: a mark must not be sent, and may be ignored.
        (&b"\xef\xbb\xbf{\"a\":1}"[..], json!({ "a": 1 })),
        (b"\xff\xfe[\x001\0]\0", json!([1])),
        (b"\0\0\xfe\xff\0\0\0[\0\0\0]", json!([])),
        (b"\0[\0]", json!([])),
        // Bytes that are not UTF-8 (WHATWG: the replacement character).
        (b"[\"a\xff\"]", json!(["a\u{fffd}"])),
        // RFC 8259, section 8.2: lone surrogates.
        (br#""\ud800""#, json!("\u{fffd}")),
        (br#""a\udc00b""#, json!("a\u{fffd}b")),
        (
            br#""\ud83d\ude00 \ud83d\u0041""#,
            json!("\u{1f600} \u{fffd}A"),
        ),
        (br#""\\ud800""#, json!("\\ud800")),
        (br#"{"\ud800":1}"#, json!({ "\u{fffd}": 1 })),
        // Control characters in strings, as of hand-made JSON.
        (b"\"a\nb\tc\0\"", json!("a\nb\tc\0")),
        (br#""it\'s \x41""#, json!("it's A")),
        // Around the JSON: blanks of all kinds, zero bytes, prefixes against inclusion.
        (b"\x0b\xc2\xa0 [1] \0\0", json!([1])),
        (b")]}'\n[1]", json!([1])),
        (b")]}',\n{\"a\":[]}", json!({ "a": [] })),
        (b"while(1);[1]", json!([1])),
        (b"for (;;);{}", json!({})),
        // Python's json module.
        (b"[NaN, Infinity, -Infinity]", json!([null, null, null])),
        (
            br#"{"NaN":"NaN -Infinity"}"#,
            json!({ "NaN": "NaN -Infinity" }),
        ),
        // By the book: duplicates, and integers beyond 64 bits.
        (br#"{"a":1,"a":2}"#, json!({ "a": 2 })),
        (
            b"123456789012345678901234567890",
            json!(1.234_567_890_123_456_8e29),
        ),
    ] {
        assert_eq!(value_of(bytes), Some(expected), "{}", bytes.escape_ascii());
    }
    let content_type = Some(&b"application/json; charset=\"ISO-8859-1\""[..]);
    assert_eq!(read::<Value>(b"\"caf\xe9\"", content_type).unwrap(), "café");
    let content_type = Some(&b"application/json; charset=Shift_JIS"[..]);
    assert_eq!(read::<Value>(b"\"\x93\xfa\"", content_type).unwrap(), "日");
}

#[test]
fn refuses_what_is_no_json() {
    for bytes in [
        &b""[..],
        b" ",
        b"<html>",
        b"{",
        b"[1",
        b"\"open",
        b"[1,]",
        b"[NaNs]",
        b"{a:1}",
        b"[01]",
        b"[1] [2]",
        b"\"\\q\"",
        b"\"\\u12\"",
        b"callback([1])",
        b"\xff",
    ] {
        assert_eq!(value_of(bytes), None, "{}", bytes.escape_ascii());
    }
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    assert_eq!(value_of(&deep), None);
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Counts {
    one: Option<u8>,
    many: Vec<i64>,
    named: BTreeMap<String, u64>,
    float: f64,
    text: String,
    either: Option<Either>,
    #[serde(flatten)]
    more: More,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(u32),
    List(Vec<u32>),
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct More {
    extra: i32,
    wide: Option<i64>,
}

#[test]
fn reads_whole_numbers_wherever_an_integer_is_wanted() {
    let read: Counts = read(
        br#"{"one":1.0,"many":[1e3,-0,-0.0,1E+2,1.50e1,100e-2],"named":{"a":18446744073709551615.0},
            "float":2.5,"text":"1.0","either":[7.0],"extra":-3.0,"wide":-9223372036854775808.0}"#,
        None,
    )
    .unwrap();
    let expected = Counts {
        one: Some(1),
        many: vec![1000, 0, 0, 100, 15, 1],
        named: BTreeMap::from([("a".to_owned(), u64::MAX)]),
        float: 2.5,
        text: "1.0".to_owned(),
        either: Some(Either::List(vec![7])),
        more: More {
            extra: -3,
            wide: Some(i64::MIN),
        },
    };
    assert_eq!(read, expected);
    let huge: i128 = super::read(b"1.7e38", None).unwrap();
    assert_eq!(huge, 17 * 10_i128.pow(37));
}

#[test]
fn a_fraction_and_what_is_too_large_are_no_integers() {
    for text in [
        "1.5",
        "1e-1",
        "1.0000000000000001",
        "1e20",
        "256.0",
        "-1.0",
        "1e400",
        "\"1\"",
        "true",
        "null",
    ] {
        assert!(read::<u8>(text.as_bytes(), None).is_err(), "{text}");
    }
    assert!(read::<u64>(b"18446744073709551616.0", None).is_err());
    assert!(read::<i64>(b"9223372036854775808.0", None).is_err());
    // What asks for floats keeps what was written.
    assert_eq!(value_of(b"[1.0,2]").unwrap().to_string(), "[1.0,2]");
}

#[test]
fn the_last_of_two_members_counts_for_structs_too() {
    let counts: Counts = read(br#"{"one":1,"one":2.0}"#, None).unwrap();
    assert_eq!(counts.one, Some(2));
}

#[test]
fn a_part_is_mended_too() {
    assert_eq!(read_part::<Value>(r#""\ud800""#).unwrap(), "\u{fffd}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn json_by_the_book_is_not_changed(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        prop_assert_eq!(mend::strings(&text), text.clone());
        prop_assert_eq!(mend::numbers(&text), None);
        prop_assert_eq!(value_of(text.as_bytes()), Some(value));
    }

    #[test]
    fn json_survives_a_mark_and_any_unicode_form(value in any_json()) {
        let text = format!("\u{feff}{value}");
        prop_assert_eq!(value_of(text.as_bytes()), Some(value.clone()));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        prop_assert_eq!(value_of(&wide), Some(value));
    }

    #[test]
    fn an_integer_is_read_however_it_is_written(number in any::<i64>(), zeros in 1..5_usize) {
        let point = format!("{number}.{}", "0".repeat(zeros));
        prop_assert_eq!(read::<i64>(point.as_bytes(), None).ok(), Some(number));
        let exponent = format!("{number}{}e-{zeros}", "0".repeat(zeros));
        prop_assert_eq!(read::<i64>(exponent.as_bytes(), None).ok(), Some(number));
        let small = number % 1000;
        let exponent = format!("{small}E+{zeros}");
        prop_assert_eq!(read::<i64>(exponent.as_bytes(), None).ok(), Some(small * 10_i64.pow(u32::try_from(zeros).unwrap())));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in any::<Vec<u8>>(), text in "[\\[\\]{}\",:0-9.eE+\\\\udNI'x-]{0,40}") {
        let _ = value_of(&bytes);
        let _ = read::<Vec<u8>>(text.as_bytes(), None);
        let mended = mend::strings(&text);
        prop_assert!(mended.len() <= 6 * text.len());
        prop_assert!(mend::numbers(&mended).is_none_or(|it| it.len() <= 40 * text.len() + 40));
    }
}
