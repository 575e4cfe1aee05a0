//! Finds where forms may begin, by a look at few places of a text.

use std::cmp::Reverse;

use super::form::Form;

/// So many bytes are looked at together.
const WIDTH: usize = 4;
/// The longest stride: a longer one takes more memory than it saves time.
const LONGEST_STRIDE: usize = 12;
const WORDS: usize = 1 << 9;

/// The beginnings of forms, four bytes at a time. Of every form that a text has in it, one of these
/// stands at a multiple of the stride, whatever else it has in it.
pub(super) struct Grams {
    stride: usize,
    /// Tells by their hash that four bytes are none.
    bits: Box<[u64; WORDS]>,
    known: Vec<Gram>,
}

/// Four bytes of a form.
pub(super) struct Gram {
    bytes: u32,
    /// Their place in it.
    offset: u32,
    form: u32,
}

impl Gram {
    pub(super) fn offset(&self) -> usize {
        self.offset as usize
    }

    pub(super) fn form(&self) -> usize {
        self.form as usize
    }
}

impl Grams {
    /// Prepares the search for forms, all of which have more than three bytes.
    pub(super) fn new(forms: &[Form]) -> Self {
        let lengths: Vec<_> = forms.iter().map(|form| form.bytes().len()).collect();
        let shortest = lengths.iter().min().copied();
        let stride = shortest.unwrap_or_default().saturating_sub(WIDTH - 1);
        let stride = stride.clamp(1, LONGEST_STRIDE);
        let mut known = Vec::new();
        let mut bits = Box::new([0; WORDS]);
        for (number, form) in (0..).zip(forms) {
            let fours = (0..).zip(form.bytes().windows(WIDTH)).take(stride);
            for (offset, four) in fours {
                let Some(bytes) = folded(four) else { continue };
                let (word, mask) = hash(bytes);
                bits[word] |= mask;
                known.push(Gram {
                    bytes,
                    offset,
                    form: number,
                });
            }
        }
        // Of those at one place of a text, the form that begins first comes first, then the longest.
        known.sort_by_cached_key(|gram| (gram.bytes, Reverse((gram.offset, lengths[gram.form()]))));
        Self {
            stride,
            bits,
            known,
        }
    }

    /// Finds the first place of a text, at or after one, at which some are.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<(usize, &[Gram])> {
        if self.known.is_empty() {
            return None;
        }
        let mut at = from.next_multiple_of(self.stride);
        loop {
            let bytes = folded(text.get(at..at + WIDTH)?)?;
            let (word, mask) = hash(bytes);
            if self.bits[word] & mask == mask
                && let Some(known) = self.known(bytes)
            {
                return Some((at, known));
            }
            at += self.stride;
        }
    }

    #[cold]
    fn known(&self, bytes: u32) -> Option<&[Gram]> {
        let start = self.known.partition_point(|gram| gram.bytes < bytes);
        let known = &self.known[start..];
        let count = known.partition_point(|gram| gram.bytes == bytes);
        (count > 0).then(|| &known[..count])
    }
}

/// Returns the first four bytes, the same for upper and lower case.
fn folded(text: &[u8]) -> Option<u32> {
    let bytes = text.first_chunk::<WIDTH>()?;
    Some(u32::from_le_bytes(*bytes) | u32::from_le_bytes([b' '; WIDTH]))
}

/// Returns a word and two bits of it (a Bloom filter).
fn hash(bytes: u32) -> (usize, u64) {
    // By the golden ratio (Knuth).
    let hash = bytes.wrapping_mul(0x9e37_79b1);
    let bit = |place: u32| 1_u64 << (place % u64::BITS);
    let mask = bit(hash >> 17) | bit(hash >> 11);
    ((hash >> 23) as usize, mask)
}
