//! How finely a body may be cut: each piece costs time, however short it is.

use tokio::time::Instant;

/// Pieces that each body may have,
const FEW: u64 = 8 << 10;
/// with another one for so many of its bytes,
const BYTES: u64 = 256;
/// and for each millisecond after as many as this.
const SOME: u64 = 1 << 10;

/// Counts the pieces of a body.
#[derive(Debug, Default)]
pub struct Pieces {
    count: u64,
    bytes: u64,
    /// When there were some.
    since: Option<Instant>,
}

impl Pieces {
    /// Counts a piece of so many bytes. Returns whether the body may have it.
    pub fn allow(&mut self, bytes: usize) -> bool {
        self.count += 1;
        self.bytes += bytes as u64;
        if self.count < SOME {
            return true;
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        let enough = FEW + self.bytes / BYTES;
        self.count <= enough || u128::from(self.count - enough) <= since.elapsed().as_millis()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Counts pieces until there are too many.
    fn most(pieces: &mut Pieces, bytes: usize) -> usize {
        (0..100_000).take_while(|_| pieces.allow(bytes)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_has_more_pieces_the_longer_it_is_and_the_longer_it_takes() {
        assert_eq!(most(&mut Pieces::default(), 0), 8 << 10);
        assert_eq!(most(&mut Pieces::default(), 256), 100_000);
        let mut pieces = Pieces::default();
        assert_eq!(most(&mut pieces, 1), 8224);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(most(&mut pieces, 0), 999);
    }
}
