use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::ErrorCode;

const TOKEN: &str = "ghp_s3cr3t/\"tok+en";

fn redactor() -> Redactor {
    Redactor::new([&Secret::new(TOKEN)])
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn percent(text: &str, is_upper: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = if is_upper {
            write!(out, "%{byte:02X}")
        } else {
            write!(out, "%{byte:02x}")
        };
        out
    })
}

/// Returns every way in which a text may be written down once more.
fn written(text: &str) -> Vec<String> {
    let mut forms = vec![
        percent(text, true),
        percent(text, false),
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string(),
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        json!(text).to_string(),
        json!(text).to_string().replace('/', r"\/"),
        text.encode_utf16().fold(String::new(), |mut out, unit| {
            let _ = write!(out, "\\u{unit:04X}");
            out
        }),
        text.chars().fold(String::new(), |mut out, letter| {
            let _ = write!(out, "&#{};", u32::from(letter));
            out
        }),
        text.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;"),
    ];
    for offset in 0..3 {
        let padded = format!("{}{text}:tail", "x".repeat(offset));
        forms.push(STANDARD.encode(&padded));
        forms.push(URL_SAFE_NO_PAD.encode(&padded));
    }
    forms
}

#[test]
fn debug_shows_nothing() {
    assert!(!format!("{:?}", redactor()).contains("s3cr3t"));
}

#[test]
fn finds_every_form() {
    let hex = TOKEN
        .bytes()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut texts = vec![
        format!("a {TOKEN} b"),
        hex.to_uppercase(),
        hex,
        // Once more, and in part.
        percent(&percent(TOKEN, true), false),
        format!("{}{}", percent(&TOKEN[..4], true), &TOKEN[4..]),
        json!(json!({ "said": TOKEN }).to_string()).to_string(),
        json!({ "url": format!("https://a.example/?q={}", percent(TOKEN, false)) }).to_string(),
        STANDARD.encode(STANDARD.encode(TOKEN)),
        URL_SAFE.encode(json!({ "said": TOKEN }).to_string()),
    ];
    texts.extend(written(TOKEN));
    for text in texts {
        assert!(redactor().finds_in(&text), "{text}");
        let clean = redactor().redact(&text);
        assert!(
            clean.contains(REDACTED) && !redactor().finds_in(&clean),
            "{text} {clean}"
        );
        let data = redactor().redact_data(json!({ "said": [text] }).into());
        assert!(!redactor().finds_in(&data.to_json()), "{text} {data}");
    }
}

#[test]
fn a_secret_is_found_in_upper_and_lower_case() {
    for text in [TOKEN.to_lowercase(), TOKEN.to_uppercase()] {
        let said = format!("no connection to {text}.a.example");
        let clean = "no connection to [redacted].a.example";
        assert_eq!(redactor().redact(&said), clean);
        assert!(redactor().finds_in(&percent(&text, true)), "{text}");
    }
}

#[test]
fn a_secret_is_found_in_codes_however_it_is_escaped_there() {
    let hex = |text: &str| {
        text.bytes()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    };
    let wide = |is_big: bool| {
        let units = TOKEN.encode_utf16();
        let bytes = units.map(|unit| {
            if is_big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        });
        bytes.collect::<Vec<_>>().concat()
    };
    let php = json!({ "said": TOKEN }).to_string().replace('/', r"\/");
    let page = TOKEN
        .replace('/', "&sol;")
        .replace('+', "&#43")
        .replace('"', "&quot;");
    let pair = STANDARD.encode(format!("me:{TOKEN}"));
    let mut texts: Vec<_> = [
        &php,
        &page,
        &TOKEN.replace('/', "%2f"),
        &TOKEN.replace('+', r"\u002b"),
    ]
    .map(|text| STANDARD.encode(text))
    .into();
    texts.extend([
        STANDARD.encode(&pair),
        URL_SAFE.encode(format!("Basic {pair}")),
        STANDARD.encode(hex(TOKEN)),
        STANDARD.encode(hex(TOKEN).to_uppercase()),
        hex(&php),
        hex(&pair),
        STANDARD.encode(wide(false)),
        STANDARD.encode(wide(true)),
        TOKEN.replace('/', "%u002f"),
        TOKEN.replace('/', r"\u{2f}").replace('+', r"\053"),
        page,
    ]);
    for offset in 0..3 {
        let padded = format!("{}{php}", "x".repeat(offset));
        texts.push(STANDARD.encode(&padded));
        texts.push(STANDARD.encode(STANDARD.encode(padded)));
    }
    for text in texts {
        let said = json!({ "said": format!("it is `{text}` here") }).to_string();
        for text in [text, said] {
            assert!(redactor().finds_in(&text), "{text}");
            let clean = redactor().redact(&text);
            assert!(clean.contains(REDACTED), "{text}");
            assert!(!redactor().finds_in(&clean), "{text} {clean}");
        }
    }
}

fn finds_all(redactor: &Redactor, texts: impl IntoIterator<Item = String>) {
    for text in texts {
        let said = json!({ "said": format!("it is `{text}` here") }).to_string();
        for text in [text, said] {
            assert!(redactor.finds_in(&text), "{text}");
            let clean = redactor.redact(&text);
            assert!(clean.contains(REDACTED), "{text}");
            assert!(!redactor.finds_in(&clean), "{text} {clean}");
        }
    }
}

#[test]
fn a_secret_is_found_with_backslashes_before_its_signs() {
    for token in [
        "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy",
        "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP",
        "pass word$with(all)*kinds+of?signs",
    ] {
        let escaped = token.chars().flat_map(|letter| {
            let is_sign = letter.is_ascii_punctuation() || letter == ' ';
            is_sign.then_some('\\').into_iter().chain([letter])
        });
        finds_all(
            &Redactor::new([&Secret::new(token)]),
            [escaped.collect::<String>()],
        );
    }
}

#[test]
fn a_secret_is_found_where_its_last_backslash_escapes_what_follows() {
    let redactor = Redactor::new([&Secret::new("pass\"word\\")]);
    finds_all(&redactor, [r"pass&quot;word\ and more".to_owned()]);
    let text = r"with pass&quot;word\ and more";
    assert_eq!(redactor.redact(text), r"with [redacted]\ and more");
}

#[test]
fn a_secret_that_is_not_ascii_is_found_in_its_other_forms() {
    let secret = "pÄsswörd-é/ü€😀";
    let redactor = Redactor::new([&Secret::new(secret)]);
    let bytes = |write: fn(u8) -> String| {
        let letters = secret.bytes().map(|byte| {
            if byte.is_ascii() {
                char::from(byte).to_string()
            } else {
                write(byte)
            }
        });
        letters.collect::<String>()
    };
    let javascript = "p\\xc4ssw\\xf6rd-\\xe9/\\xfc\\u20ac\\ud83d\\ude00";
    let misread: String = secret.bytes().map(char::from).collect();
    let (windows, ..) = encoding_rs::WINDOWS_1252.decode(secret.as_bytes());
    finds_all(
        &redactor,
        [
            secret.to_uppercase(),
            secret.to_lowercase(),
            bytes(|byte| format!("\\x{byte:02x}")),
            bytes(|byte| format!("\\{byte:03o}")),
            secret.replace('😀', "\\U0001f600"),
            javascript.to_owned(),
            "pA\u{308}sswo\u{308}rd-e\u{301}/u\u{308}€😀".to_owned(),
            json!(misread).to_string(),
            misread,
            windows.into_owned(),
            STANDARD.encode(secret),
        ],
    );
}

#[test]
fn a_secret_is_found_in_codes_in_either_case_and_wholly_escaped() {
    let token = "xoxb-17653672481-pdFZKVeTuE8sk7oOcHrzqqgy";
    let each =
        |write: fn(u8) -> String| STANDARD.encode(token.bytes().map(write).collect::<String>());
    finds_all(
        &Redactor::new([&Secret::new(token)]),
        [
            STANDARD.encode(token.to_lowercase()),
            STANDARD.encode(token.to_uppercase()),
            hex(&token.to_uppercase()),
            each(|byte| format!("%{byte:02X}")),
            each(|byte| format!("%{byte:02x}")),
            each(|byte| format!("\\u{byte:04x}")),
            each(|byte| format!("\\x{byte:02x}")),
            each(|byte| format!("&#{byte};")),
        ],
    );
}

#[test]
fn what_stands_around_a_secret_in_a_code_stays() {
    let text = format!(
        "see {} there",
        STANDARD.encode(format!("before {TOKEN} after "))
    );
    let clean = redactor().redact(&text);
    assert_eq!(clean, "see YmVmb3JlI[redacted]BhZnRlciA= there");
}

#[test]
fn a_secret_is_found_in_lines_of_base64() {
    let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let redactor = Redactor::new([&Secret::new(token)]);
    for before in 0..60 {
        let mut lines = STANDARD.encode(format!("{}{token}", "m".repeat(before)));
        lines.insert_str(lines.len().min(76), "\r\n ");
        for text in [json!(lines).to_string(), lines] {
            assert!(redactor.finds_in(&text), "{text}");
        }
    }
}

#[test]
fn a_text_full_of_pieces_in_codes_is_searched_soon() {
    let redactor = Redactor::new([&Secret::new("abcdefabcdefabcdefabcdefx")]);
    let searched = std::time::Instant::now();
    for text in [
        STANDARD.encode("abcdef".repeat(50_000)),
        STANDARD.encode(STANDARD.encode("abcdef".repeat(40_000))),
        "616263646566".repeat(50_000),
        "YWJjZGVmYWJjZGVm.".repeat(20_000),
    ] {
        assert!(!redactor.finds_in(&text));
    }
    assert!(searched.elapsed().as_secs() < 10);
}

#[test]
fn a_secret_with_escapes_of_its_own_is_found_in_a_form() {
    for secret in [r" \r<😀A", "% 41&amp; %2", r"a b\u0041c%20"] {
        let redactor = Redactor::new([&Secret::new(secret)]);
        for first in written(secret) {
            for second in written(&first).into_iter().take(9) {
                assert!(redactor.finds_in(&second), "{second}");
            }
        }
    }
}

#[test]
fn a_secret_is_found_as_forms_tables_and_ids_have_it() {
    for (secret, text) in [
        ("aB+cD3/eF+gH9i", "aB cD3/eF gH9i"),
        ("aB cD3 eF gH9i", "aB+cD3+eF+gH9i"),
        (
            "1B4E28BA-2FA1-11D2-883F-0016D3CCA427",
            "1b4e28ba2fa111d2883f0016d3cca427",
        ),
        ("it's-s3cr3t", "it''s-s3cr3t"),
        ("a\"s3cr3t\"", "a\"\"s3cr3t\"\""),
    ] {
        let redactor = Redactor::new([&Secret::new(secret)]);
        let said = json!(format!("it is {text}, is it?")).to_string();
        let expected = json!(format!("it is {REDACTED}, is it?")).to_string();
        assert_eq!(redactor.redact(&said), expected);
    }
    let other = Redactor::new([&Secret::new("s3cr3t-0016-d3cca427")]);
    let text = "s3cr3t0016d3cca427";
    assert_eq!(other.redact(text), text);
}

#[test]
fn what_stands_around_a_secret_stays() {
    let text = format!(
        "%41 says \"{}\" and {TOKEN}; 100% ü\\n",
        percent(TOKEN, true)
    );
    let clean = redactor().redact(&text);
    assert_eq!(clean, "%41 says \"[redacted]\" and [redacted]; 100% ü\\n");
    assert_eq!(redactor().redact("nothing here"), "nothing here");
}

#[test]
fn a_secret_is_found_as_value_name_and_number() {
    let redactor = Redactor::new([&Secret::new("31337313373")]);
    let data = redactor.redact_data(
        json!({
            "31337313373": 31_337_313_373_u64,
            "list": [{ "said": "id 31337313373." }, 7, true, null],
        })
        .into(),
    );
    let expected =
        json!({ REDACTED: REDACTED, "list": [{ "said": "id [redacted]." }, 7, true, null] });
    assert_eq!(data, expected);
    for (total, expected) in [(31_337_313_373, None), (31_337, Some(31_337))] {
        let mut result = ActionResult::new(json!([]));
        result.meta.total_count = Some(total);
        redactor.redact_result(&mut result);
        assert_eq!(result.meta.total_count, expected);
    }
}

#[test]
fn data_without_a_secret_keeps_its_text() {
    let text = r#"{"a":1.0,"b":"\u00fc %41"}"#;
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str(text).unwrap();
    let data = Data::of(&raw).unwrap();
    assert_eq!(redactor().redact_data(data.clone()).to_json(), text);
    assert_eq!(Redactor::default().redact_data(data).to_json(), text);
}

#[test]
fn a_short_secret_is_found_where_it_is_the_whole() {
    let redactor = Redactor::new([
        &Secret::new("1234"),
        &Secret::new("a\"b"),
        &Secret::new("x"),
    ]);
    let data = redactor.redact_data(json!({ "pin": 1234, "also": "1234", "1234": 12345, "b": "a\"b", "c": "x", "d": "room 1234" }).into());
    let expected = json!({ "pin": REDACTED, "also": REDACTED, REDACTED: 12345, "b": REDACTED, "c": "x", "d": "room 1234" });
    assert_eq!(data, expected);
    assert_eq!(redactor.redact("1234"), REDACTED);
    assert_eq!(redactor.redact("12345"), "12345");
}

#[test]
fn what_was_cut_off_a_secret_is_found() {
    let long = format!(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{}",
        "s3cr3t".repeat(40)
    );
    let redactor = Redactor::new([&Secret::from(long.as_str())]);
    let message = format!("`{}` is unknown", crate::echo::Echo(&long));
    assert_eq!(redactor.redact(&message), "`[redacted]…` is unknown");
    let other = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.other";
    assert_eq!(redactor.redact(other), other);
}

#[test]
fn a_text_that_nearly_is_a_long_secret_everywhere_is_searched_soon() {
    let secret = format!("{}b", "a".repeat(100_000));
    let redactor = Redactor::new([&Secret::new(secret.as_str())]);
    let text = "a".repeat(1 << 18);
    let searched = std::time::Instant::now();
    assert!(!redactor.finds_in(&format!("{text}c")));
    assert_eq!(
        redactor.redact(&format!("{text}b.")),
        format!("{}{REDACTED}.", &text[100_000..])
    );
    // Minutes, if each place were compared to the end.
    assert!(searched.elapsed().as_secs() < 10);
}

#[test]
fn an_error_is_clean_in_every_text() {
    let error = ActionError::invalid_param(TOKEN, percent(TOKEN, true))
        .with_detail(json!({ "said": TOKEN }).to_string())
        .with_source(TOKEN);
    let clean = redactor().redact_error(error);
    assert_eq!(clean.code(), ErrorCode::ValidationError);
    let shown = format!("{clean:?} {}", serde_json::to_string(&clean).unwrap());
    assert!(!redactor().finds_in(&shown), "{shown}");
}

proptest! {
    /// However a secret is written down twice over, it does not stay.
    #[test]
    fn no_form_of_a_form_stays(
        secret in "[ -~ü😀]{6,40}",
        first in 0..15_usize,
        second in 0..15_usize,
        before in "[ -~]{0,5}",
    ) {
        let redactor = Redactor::new([&Secret::new(secret.as_str())]);
        let once = format!("{before} {} after", written(&secret)[first]);
        let clean = redactor.redact(&once);
        prop_assert!(clean.contains(REDACTED), "{once}");
        // Doubly escaped text is unescaped twice.
        if second < 9 {
            let twice = &written(&written(&secret)[first])[second];
            prop_assert!(redactor.redact(twice).contains(REDACTED), "{twice}");
        }
    }

    /// No text makes the search fail.
    #[test]
    fn any_text_is_searched(text in "\\PC{0,60}|[%\\\\&#;u0-9a-f]{0,60}") {
        let redactor = Redactor::new([&Secret::new("abcdef"), &Secret::new("a%41%4")]);
        let clean = redactor.redact(&text);
        prop_assert_eq!(redactor.finds_in(&text), clean != text);
    }
}
