//! What comes with a call and is no data: files, and ends that are in this process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use plugwright_sdk::transport::Transport;
use plugwright_sdk::{FileSource, Progress};
use tokio::io::AsyncWrite;

/// What comes with a call and is no data. Clones share the ends.
#[derive(Clone, Default)]
pub struct Handles {
    /// Files, which the input names as `attachment:NAME`.
    pub attachments: BTreeMap<String, FileSource>,
    /// Where the file goes that the action returns; without it, it is in the output.
    pub save_to: Option<SaveTo>,
    /// What hears of progress.
    pub on_progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
    /// Where the requests of a live call go instead of the provider, such as recorded traffic. They
    /// don't pass egress: nothing guards them, and none is sent twice.
    pub upstream: Option<Arc<dyn Transport>>,
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles")
            .field("attachments", &self.attachments)
            .field("save_to", &self.save_to.is_some())
            .field("on_progress", &self.on_progress.is_some())
            .field("upstream", &self.upstream.is_some())
            .finish()
    }
}

/// A place for one file, which the first call takes that is made with it.
#[derive(Clone)]
pub struct SaveTo(Arc<Mutex<Option<Writer>>>);

type Writer = Box<dyn AsyncWrite + Send + Unpin>;

impl SaveTo {
    /// Takes what writes the file.
    pub fn new(writer: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(writer)))))
    }

    /// Returns the writer, once.
    pub(crate) fn take(&self) -> Option<Writer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for SaveTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaveTo")
    }
}
