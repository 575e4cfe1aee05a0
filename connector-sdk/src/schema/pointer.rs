//! Names as parts of JSON Pointers (RFC 6901, section 3).

/// Writes a name as a part of a pointer.
///
/// ```
/// use plugwright_sdk::schema::pointer;
///
/// assert_eq!(pointer::escape("a/b~c"), "a~1b~0c");
/// ```
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a part of a pointer as a name.
///
/// ```
/// use plugwright_sdk::schema::pointer;
///
/// assert_eq!(pointer::unescape("a~1b~01"), "a/b~1");
/// ```
pub fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
