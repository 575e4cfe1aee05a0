use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
        .collect()
}

fn wait(status: u16, pairs: &[(&'static str, &str)]) -> Option<u64> {
    let wait = used_up_for(status, &headers(pairs))?;
    Some((wait + Duration::from_millis(500)).as_secs())
}

#[test]
fn reads_the_headers_of_many_providers() {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(40);
    let (seconds, millis) = (
        epoch.as_secs_f64().to_string(),
        epoch.as_millis().to_string(),
    );
    for reset in ["40", "40.0", &seconds, &millis] {
        let read = wait(
            200,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)],
        );
        assert_eq!(read, Some(40), "{reset}");
    }
    for text in [
        "limit=100, remaining=0, reset=40",
        "\"minute\";r=0;t=40",
        "\"day\";r=9;t=400, \"minute\";q=5;r=0;t=40",
    ] {
        assert_eq!(wait(200, &[("ratelimit", text)]), Some(40), "{text}");
    }
    let without_clocks = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1470173023.123"),
        ("x-ratelimit-reset-after", "40.0"),
    ];
    assert_eq!(wait(200, &without_clocks), Some(40));
    let split = [("ratelimit-remaining", "0"), ("ratelimit-reset", "40")];
    assert_eq!(wait(200, &split), Some(40));
    assert_eq!(wait(429, &[("retry-after", "40")]), Some(40));
}

#[test]
fn learns_nothing_while_calls_remain() {
    for (status, pairs) in [
        (
            200,
            &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "9")][..],
        ),
        (200, &[("x-ratelimit-remaining", "0")]),
        (200, &[("ratelimit", "limit=9, remaining=1, reset=9")]),
        (200, &[("ratelimit", "\"x\";r=1;t=9")]),
        (503, &[("retry-after", "9")]),
        (429, &[]),
    ] {
        assert_eq!(wait(status, pairs), None, "{pairs:?}");
    }
}

proptest! {
    #[test]
    fn any_headers_are_read_without_panic(
        left in "[ -~]{0,20}|0",
        reset in "[ -~]{0,30}|[0-9.]{0,40}",
        draft in "[ -~]{0,60}|\"[a-z]\";r=0;t=[0-9]{0,30}",
    ) {
        let all = headers(&[
            ("x-ratelimit-remaining", &left),
            ("x-ratelimit-reset", &reset),
            ("ratelimit", &draft),
            ("retry-after", &reset),
        ]);
        prop_assert!(used_up_for(429, &all).is_none_or(|wait| wait <= retry_after::LONGEST));
    }
}
