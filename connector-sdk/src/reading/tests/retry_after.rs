use proptest::prelude::*;

use super::*;

/// 2026-11-29T02:00:00Z.
const NOW: u64 = 1_795_917_600;

fn from_now(text: &str) -> Option<u64> {
    wait(text, UNIX_EPOCH + Duration::from_secs(NOW)).map(|wait| wait.as_secs())
}

#[test]
fn reads_seconds_times_and_dates() {
    for (text, seconds) in [
        // RFC 9110, section 10.2.3.
        ("120", 120),
        (" 0 ", 0),
        ("\"30\"", 30),
        // Section 5.6.7: the three forms of dates.
        ("Sun, 29 Nov 2026 02:02:00 GMT", 120),
        ("Sunday, 29-Nov-26 02:02:00 GMT", 120),
        ("Sun Nov 29 02:02:00 2026", 120),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        // RFC 5322 and RFC 3339.
        ("Sun, 29 Nov 2026 02:02:00 +0000", 120),
        ("Sun, 29 Nov 2026 02:02:00 UTC", 120),
        ("Sun, 29 Nov 2026 03:02:00 +0100", 120),
        ("Sat, 28 Nov 2026 21:02:00 EST", 120),
        ("Sun, 1 Nov 2026 02:02:00 GMT", 0),
        ("Tue, 1 Dec 2026 02:00:00 GMT", 172_800),
        ("sun, 29 nov 2026 02:02:00 gmt", 120),
        ("sunday, 29-nov-26 02:02:00 gmt", 120),
        ("2026-11-29T02:02:00Z", 120),
        ("2026-11-29 02:02:00.500", 120),
        ("2026-11-29T03:02:00.5+01:00", 120),
        ("2026-11-28T21:02:00-0500", 120),
        ("2026-11-29 03:02:00 +01:00", 120),
        ("2026-11-29 02:02:00 UTC", 120),
        ("2026-11-29t02:02:00z", 120),
        ("2028-02-29T00:00:00Z", 39_477_600),
        // Units, as of Groq, Anthropic and others.
        ("120 seconds", 120),
        ("2 minutes", 120),
        ("1h", 3600),
        ("1500ms", 1),
        // Seconds and milliseconds since 1970.
        ("1795917720", 120),
        ("1795917720.9", 120),
        ("1795917720000", 120),
        ("1000000000", 0),
        // No wait is without an end.
        ("999999999", 365 * 24 * 3600),
        ("99999999999999999999999999", 365 * 24 * 3600),
    ] {
        let seconds = seconds.min(LONGEST.as_secs());
        assert_eq!(from_now(text), Some(seconds), "{text}");
    }
    let half = wait("1.5", UNIX_EPOCH);
    assert_eq!(half, Some(Duration::from_millis(1500)));
}

#[test]
fn what_says_no_time_is_nothing() {
    for text in [
        "",
        "-1",
        "soon",
        "1e9",
        "NaN",
        "inf",
        ".",
        "1.2.3",
        "5 apples",
        "2026-13-01T00:00:00Z",
        "2026-11-29",
        "2027-02-31T00:00:00Z",
        "2026-11-29T02:02:00x",
        "1969-01-01T00:00:00Z",
        "0x10",
        "+5",
    ] {
        assert_eq!(from_now(text), None, "{text}");
    }
}

#[test]
fn reads_the_header_of_an_answer() {
    let mut headers = HeaderMap::new();
    assert_eq!(read(&headers), None);
    headers.insert(RETRY_AFTER, "7".parse().unwrap());
    assert_eq!(read(&headers), Some(Duration::from_secs(7)));
    let date = SystemTime::now() + Duration::from_secs(90);
    headers.insert(RETRY_AFTER, httpdate::fmt_http_date(date).parse().unwrap());
    let wait = read(&headers).unwrap();
    assert!((88..=90).contains(&wait.as_secs()), "{wait:?}");
}

proptest! {
    #[test]
    fn dates_are_read_as_they_were_written(seconds in 0..100_000_000_u64) {
        let then = UNIX_EPOCH + Duration::from_secs(NOW + seconds);
        let expected = seconds.min(LONGEST.as_secs());
        prop_assert_eq!(from_now(&httpdate::fmt_http_date(then)), Some(expected));
        prop_assert_eq!(from_now(&(NOW + seconds).to_string()), Some(expected));
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,40}|[0-9.]{0,400}|[0-9TZ:+.-]{0,30}") {
        prop_assert!(wait(&text, SystemTime::now()).is_none_or(|wait| wait <= LONGEST));
    }
}
