//! Texts of tokens.

use aws_lc_rs::digest::{SHA256, digest};
use plugwright_sdk::Secret;

use crate::store::TokenHash;

pub(crate) fn hash(text: &str) -> TokenHash {
    let mut hash = TokenHash::default();
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

pub(crate) fn generate() -> Result<Secret, aws_lc_rs::error::Unspecified> {
    Ok(Secret::new("pw_x"))
}
