//! The file of one connector: blocks of compressed items, then a head that says where each is.
//!
//! ```text
//! block..., head, trailer
//! ```
//! A block has actions and shared definitions, each as JSON, and is compressed as a whole. The
//! trailer says where the head is.

mod read;
mod write;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use plugwright_sdk::host::Effect;
use serde::{Deserialize, Serialize};

pub(crate) use read::Pack;
pub(crate) use write::write;

const MAGIC: [u8; 8] = *b"PWPACK01";

/// Length of the trailer: a piece, and the magic.
const TRAILER: usize = 28;

/// The longest piece that is read, before and after it is compressed.
const LONGEST: u32 = 256 << 20;

/// A block gets no further item when it has so many bytes.
const BLOCK: usize = 16 << 10;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Piece {
    start: u64,
    length: u32,
    /// Length of what was compressed.
    plain: u32,
    checksum: u32,
}

/// Where an item is: the number of its block, and its place in that.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Place(u32, u32, u32);

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    blocks: Vec<Piece>,
    actions: Vec<(Box<str>, Effect, Place)>,
    /// In the order of their names, with the number of their parts.
    definitions: Vec<(Box<str>, u32, Place)>,
}

impl Piece {
    fn of(start: u64, plain: &[u8], compressed: &[u8]) -> io::Result<Self> {
        let short = |length: usize| {
            let length = u32::try_from(length).ok();
            length
                .filter(|length| *length <= LONGEST)
                .ok_or(io::ErrorKind::FileTooLarge)
        };
        Ok(Self {
            start,
            length: short(compressed.len())?,
            plain: short(plain.len())?,
            checksum: crc32fast::hash(compressed),
        })
    }

    fn read(self, file: &mut File) -> io::Result<Vec<u8>> {
        if self.length > LONGEST || self.plain > LONGEST {
            return Err(damaged());
        }
        let mut compressed = vec![0; self.length as usize];
        file.seek(SeekFrom::Start(self.start))?;
        file.read_exact(&mut compressed)?;
        if crc32fast::hash(&compressed) != self.checksum {
            return Err(damaged());
        }
        lz4_flex::block::decompress(&compressed, self.plain as usize).map_err(|_| damaged())
    }

    fn to_trailer(self) -> Vec<u8> {
        let mut trailer = self.start.to_le_bytes().to_vec();
        for number in [self.length, self.plain, self.checksum] {
            trailer.extend(number.to_le_bytes());
        }
        trailer.extend(MAGIC);
        trailer
    }

    fn from_trailer(trailer: &[u8; TRAILER]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_le_bytes(*trailer[at..].first_chunk()?));
        (trailer[20..] == MAGIC).then_some(())?;
        Some(Self {
            start: u64::from_le_bytes(*trailer.first_chunk()?),
            length: number(8)?,
            plain: number(12)?,
            checksum: number(16)?,
        })
    }
}

/// Returns whether the next try to read may succeed: the file is neither damaged nor gone.
pub(crate) fn may_pass(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, NotFound, UnexpectedEof};
    !matches!(error.kind(), InvalidData | NotFound | UnexpectedEof)
}

fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it is damaged; import the document again",
    )
}
