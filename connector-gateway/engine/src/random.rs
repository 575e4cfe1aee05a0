//! Random strings and hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

/// The length of a [`text`].
pub(crate) const LENGTH: usize = 43;

/// Returns 32 random bytes in base64url; fails if the system has no random numbers.
pub(crate) fn text() -> Result<Secret, ActionError> {
    let mut bytes = Zeroizing::new([0; 32]);
    let filled = SystemRandom::new().fill(bytes.as_mut_slice());
    filled.map_err(|_| {
        ActionError::new(
            ErrorCode::InternalError,
            "the system's random number generator failed",
        )
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_slice()).into())
}

/// Hashes parts one after the other. All but the last must have a fixed length.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let parts = Zeroizing::new(parts.concat());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &parts).as_ref());
    hash
}
