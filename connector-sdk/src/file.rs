//! Files: bytes that travel piece by piece, so that a long one never has to fit into memory.

mod content;
mod input;
mod output;
mod source;

pub use content::EncodedFile;
pub(crate) use content::{Encoding, json_body};
pub use input::{FileContent, FileInput};
pub use output::FileOutput;
pub(crate) use output::{SaveError, Sink};
pub use source::{FileSource, Pieces};
