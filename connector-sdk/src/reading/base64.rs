//! Content that comes in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Reads content for people and models: as text with the encoding `utf-8` if it is text, else the
/// base64 itself with the encoding `base64`. Line breaks within the base64 are allowed. `None` if it is
/// not base64.
///
/// ```
/// use plugwright_sdk::reading::base64::readable;
///
/// assert_eq!(readable("aMOp\nIQ==\n"), Some(("utf-8", "h\u{e9}!".to_owned())));
/// assert_eq!(readable("aOk="), Some(("base64", "aOk=".to_owned())));
/// assert_eq!(readable("a\\nb"), None);
/// ```
pub fn readable(base64: &str) -> Option<(&'static str, String)> {
    let base64: String = base64.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(&base64).ok()?;
    Some(match String::from_utf8(bytes) {
        Ok(text) => ("utf-8", text),
        Err(_) => ("base64", base64),
    })
}
