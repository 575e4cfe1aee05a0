//! Sizes in bytes, with units.

pub(super) const KIB: usize = 1024;
pub(super) const MIB: usize = 1024 * KIB;
const GIB: usize = 1024 * MIB;

/// Units, in the order in which `format` tries them.
const UNITS: [(&str, usize); 7] = [
    ("GiB", GIB),
    ("MiB", MIB),
    ("KiB", KIB),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1000),
    ("B", 1),
];

/// Parses `10MiB`, `64 KiB`, `1MB`, `500B` or a number of bytes.
pub(super) fn parse(text: &str) -> Option<usize> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: usize = number.parse().ok()?;
    let unit = unit.trim_start();
    let bytes = if unit.is_empty() {
        1
    } else {
        let (_, bytes) = UNITS
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        bytes
    };
    number.checked_mul(bytes)
}

/// Formats a size so that [`parse`] returns the same.
pub(super) fn format(size: usize) -> String {
    UNITS
        .into_iter()
        .find(|(_, bytes)| size > 0 && size.is_multiple_of(*bytes))
        .map_or_else(
            || "0B".to_owned(),
            |(name, bytes)| format!("{}{name}", size / bytes),
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_units_of_1024_and_of_1000() {
        for (text, size) in [
            ("0", Some(0)),
            ("17", Some(17)),
            ("10MiB", Some(10 * MIB)),
            ("64 kib", Some(64 * KIB)),
            ("1MB", Some(1_000_000)),
            ("3 B", Some(3)),
            ("", None),
            ("MiB", None),
            ("-1", None),
            ("1.5MiB", None),
            ("10MiBs", None),
            ("99999999999999999999", None),
            ("99999999999999GiB", None),
        ] {
            assert_eq!(parse(text), size, "{text}");
        }
    }

    #[test]
    fn writes_the_largest_unit_that_fits() {
        assert_eq!(format(16 * MIB), "16MiB");
        assert_eq!(format(3_000_000), "3MB");
        assert_eq!(format(1025), "1025B");
        assert_eq!(format(0), "0B");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(size: usize) {
            prop_assert_eq!(parse(&format(size)), Some(size));
        }
    }
}
