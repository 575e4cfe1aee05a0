//! Writes the file of a connector.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use plugwright_import::{ImportedConnector, schema_parts};
use serde::Serialize;

use super::{BLOCK, Head, Piece, Place};

/// Writes a connector to a new file, and to the disk below it; returns the file's length.
pub(crate) fn write(path: &Path, connector: &ImportedConnector) -> io::Result<u64> {
    let mut blocks = Blocks {
        file: BufWriter::new(File::create_new(path)?),
        written: 0,
        open: Vec::new(),
        pieces: Vec::new(),
    };
    // Definitions that refer to one another mostly have names that begin alike.
    let mut names: Vec<_> = connector.definitions.iter().collect();
    names.sort_by_key(|(name, _)| *name);
    let mut definitions = Vec::with_capacity(names.len());
    for (name, schema) in names {
        let parts = u32::try_from(schema_parts(schema)).unwrap_or(u32::MAX);
        definitions.push((name.as_str().into(), parts, blocks.add(schema)?));
    }
    let mut actions = Vec::with_capacity(connector.actions.len());
    for action in &connector.actions {
        let place = blocks.add(action)?;
        actions.push((action.name.as_str().into(), action.effect, place));
    }
    blocks.close()?;
    let mut shell = ImportedConnector::new(connector.source.clone(), connector.parts.clone());
    shell.credential.clone_from(&connector.credential);
    shell.server.clone_from(&connector.server);
    shell.overlaid = connector.overlaid;
    let head = Head {
        blocks: std::mem::take(&mut blocks.pieces),
        actions,
        definitions,
    };
    let head = blocks.piece(&serde_json::to_vec(&(shell, head))?)?;
    blocks.file.write_all(&head.to_trailer())?;
    let file = blocks
        .file
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

struct Blocks {
    file: BufWriter<File>,
    written: u64,
    /// The items of the block that is not written yet.
    open: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Blocks {
    fn add(&mut self, item: &impl Serialize) -> io::Result<Place> {
        if self.open.len() >= BLOCK {
            self.close()?;
        }
        let short = |length: usize| u32::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge);
        let start = self.open.len();
        serde_json::to_writer(&mut self.open, item)?;
        Ok(Place(
            short(self.pieces.len())?,
            short(start)?,
            short(self.open.len() - start)?,
        ))
    }

    fn close(&mut self) -> io::Result<()> {
        if !self.open.is_empty() {
            let items = std::mem::take(&mut self.open);
            let piece = self.piece(&items)?;
            self.pieces.push(piece);
        }
        Ok(())
    }

    fn piece(&mut self, plain: &[u8]) -> io::Result<Piece> {
        let compressed = lz4_flex::block::compress(plain);
        let piece = Piece::of(self.written, plain, &compressed)?;
        self.file.write_all(&compressed)?;
        self.written += compressed.len() as u64;
        Ok(piece)
    }
}
