//! Sealed values.

/// A sealed value: which key sealed it, and the nonce with the ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Id of the key.
    pub key_id: String,
    /// Nonce (12 bytes), then ciphertext and tag.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed(by {}, {} bytes)", self.key_id, self.bytes.len())
    }
}
