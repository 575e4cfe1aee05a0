//! Keys: parsing, ids, sealing and opening.

use std::fmt::{self, Write as _};

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom as _, SystemRandom};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::VaultError;
use crate::Sealed;

const KEY_LEN: usize = 32;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key, ready for use.
pub(super) struct Key {
    id: String,
    bytes: Zeroizing<[u8; KEY_LEN]>,
    cipher: LessSafeKey,
}

impl Key {
    pub(super) fn generate() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        fill(bytes.as_mut_slice())?;
        Self::from_bytes(bytes)
    }

    fn from_bytes(bytes: Zeroizing<[u8; KEY_LEN]>) -> Result<Self, VaultError> {
        let cipher = UnboundKey::new(&AES_256_GCM, bytes.as_slice())
            .map(LessSafeKey::new)
            .map_err(|_| VaultError::Cryptography)?;
        Ok(Self {
            id: id(bytes.as_slice()),
            bytes,
            cipher,
        })
    }

    /// Returns the id, which reveals nothing about the key.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn seal(&self, record: Uuid, plaintext: &[u8]) -> Result<Sealed, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        fill(&mut nonce)?;
        let mut bytes = Vec::with_capacity(NONCE_LEN + plaintext.len() + AES_256_GCM.tag_len());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plaintext);
        let tag = self
            .cipher
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(record.into_bytes()),
                &mut bytes[NONCE_LEN..],
            )
            .map_err(|_| VaultError::Cryptography)?;
        bytes.extend_from_slice(tag.as_ref());
        Ok(Sealed {
            key_id: self.id.clone(),
            bytes,
        })
    }

    pub(super) fn open(
        &self,
        record: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, rest) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(VaultError::Tampered)?;
        let mut plaintext = Zeroizing::new(rest.to_vec());
        let length = self
            .cipher
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(record.into_bytes()),
                plaintext.as_mut_slice(),
            )
            .map_err(|_| VaultError::Tampered)?
            .len();
        plaintext.truncate(length);
        Ok(plaintext)
    }
}

/// Fills bytes with random ones.
fn fill(bytes: &mut [u8]) -> Result<(), VaultError> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| VaultError::Cryptography)
}

fn id(key: &[u8]) -> String {
    let mut hash = Context::new(&SHA256);
    hash.update(b"plugwright vault key id\0");
    hash.update(key);
    let mut id = String::with_capacity(16);
    for byte in &hash.finish().as_ref()[..8] {
        // Writing to a `String` can't fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// One or more keys; the first one seals, all open.
pub(super) struct Keys(Vec<Key>);

impl Keys {
    /// Wraps keys, of which there must be at least one.
    pub(super) fn new(keys: Vec<Key>) -> Self {
        assert!(!keys.is_empty(), "a vault has a key");
        Self(keys)
    }

    /// Parses base64 keys, separated by commas or line breaks; a line may be a comment after `#`.
    /// `place` names the text in messages.
    pub(super) fn parse(text: &str, place: &str) -> Result<Self, VaultError> {
        let malformed = |problem: String| VaultError::Malformed {
            place: place.to_owned(),
            problem,
        };
        let texts = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let mut keys: Vec<Key> = Vec::new();
        for (index, text) in texts.enumerate() {
            let number = index + 1;
            let decoded =
                Zeroizing::new(BASE64.decode(text).map_err(|_| {
                    malformed(format!("has invalid base64 in key number {number}"))
                })?);
            let bytes: [u8; KEY_LEN] = decoded.as_slice().try_into().map_err(|_| {
                malformed(format!(
                    "has {} bytes in key number {number}",
                    decoded.len()
                ))
            })?;
            let key = Key::from_bytes(Zeroizing::new(bytes))?;
            if keys.iter().all(|other| other.id != key.id) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Err(malformed("contains no key".to_owned()));
        }
        Ok(Self(keys))
    }

    /// Returns text that [`parse`](Self::parse) accepts.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(256 + 48 * self.0.len()));
        text.push_str("# Keys of the vault, the current one first. Keep a copy in a safe place:\n");
        text.push_str("# without them no connection of this gateway can be read.\n");
        for key in &self.0 {
            BASE64.encode_string(key.bytes.as_slice(), &mut text);
            text.push('\n');
        }
        text
    }

    pub(super) fn current(&self) -> &Key {
        &self.0[0]
    }

    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.0.iter().map(|key| key.id.clone()).collect()
    }

    /// Returns these keys with a new current one.
    pub(super) fn after(&self, key: Key) -> Result<Self, VaultError> {
        let mut keys = vec![key];
        for older in &self.0 {
            keys.push(Key::from_bytes(older.bytes.clone())?);
        }
        Ok(Self(keys))
    }

    pub(super) fn only_current(&self) -> Result<Self, VaultError> {
        Ok(Self(vec![Key::from_bytes(self.current().bytes.clone())?]))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(Key::id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(byte: u8) -> String {
        BASE64.encode([byte; KEY_LEN])
    }

    #[test]
    fn the_first_key_of_a_text_is_current() {
        let text = format!(
            " {},\n# old\n{}\n",
            encoded(1),
            encoded(2).trim_end_matches('=')
        );
        let keys = Keys::parse(&text, "the text").unwrap();
        assert_eq!(keys.ids(), [id(&[1; KEY_LEN]), id(&[2; KEY_LEN])]);
        assert_eq!(keys.current().id(), id(&[1; KEY_LEN]));
        let again = Keys::parse(&keys.to_text(), "the text").unwrap();
        assert_eq!(again.ids(), keys.ids());
    }

    #[test]
    fn what_an_earlier_version_sealed_opens() {
        let key = Key::from_bytes(Zeroizing::new([1; KEY_LEN])).unwrap();
        assert_eq!(key.id(), "6fde06717bd190f3");
        // Twelve bytes of 3 as the nonce, the ciphertext, and its tag.
        let sealed = "AwMDAwMDAwMDAwMDmUFn/5z2Uh1J4pikqIQeI7SL4KwIRSW6";
        let sealed = BASE64.decode(sealed).unwrap();
        let opened = key.open(Uuid::from_bytes([2; 16]), &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"a secret");
    }

    #[test]
    fn a_malformed_key_is_not_shown() {
        for (text, problem) in [
            (String::new(), "contains no key"),
            ("# nothing".to_owned(), "contains no key"),
            (BASE64.encode("hunter2"), "has 7 bytes in key number 1"),
            (
                format!("{},hunter2!", encoded(1)),
                "has invalid base64 in key number 2",
            ),
        ] {
            let error = Keys::parse(&text, KEY).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{KEY} {problem};")), "{error}");
            assert!(
                !error.contains("hunter2") && !error.contains("aHVudGVy"),
                "{error}"
            );
        }
    }

    const KEY: &str = "PLUGWRIGHT_VAULT_KEY";

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*", base64 in "[A-Za-z0-9+/=,\n#]{0,120}") {
            let _ = Keys::parse(&text, KEY);
            let _ = Keys::parse(&base64, KEY);
        }
    }
}
