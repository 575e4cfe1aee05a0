//! What words mean: vectors of stems that point alike if the words are used alike.
//!
//! `embeddings/README.md` says what they are made of.

use super::words;

const DIMENSIONS: usize = 64;

/// A vector takes so many numbers of 64 bits.
pub(super) const PACKED: usize = DIMENSIONS / 8;

const LENGTH: f32 = 127.0;

/// The number of stems, where each one starts and the last one ends, the stems in order, and their
/// vectors; numbers have 32 bits, and their lowest byte is the first.
static STEMS: &[u8] = include_bytes!("../../embeddings/stems.bin");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning([i8; DIMENSIONS]);

struct Sum([f32; DIMENSIONS]);

impl Meaning {
    pub(super) fn of_search<'s>(stems: impl Iterator<Item = &'s str>) -> Self {
        let mut sum = Sum::new();
        for stem in stems {
            sum.add(stem, 1.0);
        }
        Self::new(sum.direction())
    }

    /// Returns what an action means, of the texts that say so and how much each counts; the name
    /// comes first and counts as much as all of them.
    pub(super) fn of_action(name: &str, texts: &[(&str, f32)]) -> Self {
        let counted = |text: &str, share: f32| -> Vec<(String, f32)> {
            let stems = words::stems(text).into_iter();
            stems.map(|stem| (stem, share)).collect()
        };
        let own = counted(name, 1.0);
        let others = texts.iter().map(|(text, share)| counted(text, *share));
        let all: Vec<_> = others.flatten().chain(own.iter().cloned()).collect();
        let [mut own, all] = [own, all].map(|mut stems| {
            // Each stem counts once, where it counts most.
            stems.sort_by(|(one, less), (other, more)| one.cmp(other).then(more.total_cmp(less)));
            stems.dedup_by(|(one, _), (other, _)| one == other);
            let mut sum = Sum::new();
            for (stem, share) in &stems {
                sum.add(stem, *share);
            }
            sum.direction()
        });
        for (one, other) in own.iter_mut().zip(all) {
            *one = f32::midpoint(*one, other);
        }
        Self::new(own)
    }

    /// Returns how alike two directions are: 1 if they are the same.
    #[expect(clippy::cast_precision_loss, reason = "the sum has fewer than 24 bits")]
    pub(super) fn likeness(&self, other: &Self) -> f32 {
        let products = self.0.iter().zip(&other.0);
        let sum: i32 = products
            .map(|(one, other)| i32::from(*one) * i32::from(*other))
            .sum();
        sum as f32 / (LENGTH * LENGTH)
    }

    pub(super) fn packed(&self) -> [u64; PACKED] {
        std::array::from_fn(|place| {
            let bytes = std::array::from_fn(|byte| self.0[place * 8 + byte].to_le_bytes()[0]);
            u64::from_le_bytes(bytes)
        })
    }

    pub(super) fn from_packed(packed: [u64; PACKED]) -> Self {
        let bytes = packed.map(u64::to_le_bytes);
        Self(std::array::from_fn(|place| {
            i8::from_le_bytes([bytes[place / 8][place % 8]])
        }))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a vector of length 1 has no larger number"
    )]
    fn new(direction: [f32; DIMENSIONS]) -> Self {
        Self(direction.map(|number| (number * LENGTH).round() as i8))
    }
}

impl Sum {
    fn new() -> Self {
        Self([0.0; DIMENSIONS])
    }

    fn add(&mut self, stem: &str, share: f32) {
        let Some(vector) = vector(stem) else {
            return;
        };
        for (sum, byte) in self.0.iter_mut().zip(vector) {
            *sum += f32::from(i8::from_le_bytes([*byte])) * share;
        }
    }

    /// Brings the sum to a length of 1, unless no word of it is known.
    fn direction(self) -> [f32; DIMENSIONS] {
        let length = self.0.iter().map(|number| number * number).sum::<f32>();
        if length == 0.0 {
            return self.0;
        }
        let length = length.sqrt();
        self.0.map(|number| number / length)
    }
}

fn vector(stem: &str) -> Option<&'static [u8; DIMENSIONS]> {
    let count = number(0)?;
    let names = 4 * (count + 2);
    let vectors = names + number(count + 1)?;
    let name = |place: usize| -> Option<&'static [u8]> {
        STEMS.get(names + number(1 + place)?..names + number(2 + place)?)
    };
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = usize::midpoint(from, to);
        match name(middle)?.cmp(stem.as_bytes()) {
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => to = middle,
            std::cmp::Ordering::Equal => {
                return STEMS.get(vectors + middle * DIMENSIONS..)?.first_chunk();
            }
        }
    }
    None
}

fn number(place: usize) -> Option<usize> {
    let bytes = STEMS.get(4 * place..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> f32 {
        let [one, other] = [one, other].map(words::wanted);
        let [one, other] =
            [one, other].map(|stems| Meaning::of_search(stems.iter().map(String::as_str)));
        one.likeness(&other)
    }

    #[test]
    fn the_table_is_in_order_and_whole() {
        let count = number(0).unwrap();
        assert!(count > 1_000, "{count}");
        let names = 4 * (count + 2);
        let end = names + number(count + 1).unwrap();
        assert_eq!(STEMS.len(), end + count * DIMENSIONS);
        let stems: Vec<_> = (0..count)
            .map(|place| {
                let range = number(1 + place).unwrap()..number(2 + place).unwrap();
                std::str::from_utf8(&STEMS[names..][range]).unwrap()
            })
            .collect();
        assert!(stems.is_sorted());
        assert_eq!(vector("zzzz"), None);
        assert_eq!(vector(""), None);
        for place in [0, count / 3, count - 1] {
            let expected = &STEMS[end + place * DIMENSIONS..][..DIMENSIONS];
            assert_eq!(vector(stems[place]).unwrap(), expected);
        }
    }

    #[test]
    fn words_that_mean_the_same_point_alike() {
        assert!(likeness("picture", "photo") > 0.5);
        assert!(likeness("picture", "photo") > likeness("picture", "invoice") + 0.3);
        assert!(likeness("reboot the machine", "restart server") > 0.4);
        assert!((likeness("list issues", "listing the issue") - 1.0).abs() < 0.05);
        assert!(likeness("zzzz", "photo").abs() < 0.01);
    }

    #[test]
    fn a_packed_vector_is_the_same() {
        let meaning = Meaning::of_action("issues.list", &[("Lists the open issues", 0.4)]);
        assert_eq!(Meaning::from_packed(meaning.packed()), meaning);
        assert!(meaning.0.iter().any(|number| *number < 0));
    }
}
