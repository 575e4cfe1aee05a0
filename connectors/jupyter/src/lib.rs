#![doc = include_str!("../README.md")]

pub mod checkpoints;
mod evidence;
pub mod files;
pub mod folders;
pub mod kernel_specs;
pub mod kernels;
mod model;
mod notebook;
pub mod notebooks;
pub mod server;
pub mod sessions;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The Jupyter connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("jupyter", "Jupyter", env!("CARGO_PKG_VERSION"))
        .description("Notebook server: files, notebooks, checkpoints, kernels and sessions")
        .base_url("{base_url}")
        .setting_defaults(&[("base_url", "http://localhost:8888")])
        .auth(&[Auth::prefixed_token("Token of the server", "token")])
        .categories(&["developer-tools", "data"])
        .homepage_url("https://jupyter.org")
        .on_error(model::error)
        .identity("/api/me", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            folders::list,
            folders::create,
            files::get,
            files::read,
            files::write,
            files::upload,
            files::download,
            files::rename,
            files::copy,
            files::delete,
            notebooks::get,
            notebooks::write,
            notebooks::append,
            notebooks::export,
            checkpoints::list,
            checkpoints::create,
            checkpoints::restore,
            kernel_specs::list,
            kernels::list,
            kernels::get,
            kernels::start,
            kernels::interrupt,
            kernels::restart,
            kernels::stop,
            sessions::list,
            sessions::get,
            sessions::start,
            sessions::stop,
            server::status,
        ]);

pub use model::{
    Checkpoint, Entry, FilePath, FolderPath, Kernel, KernelId, KernelSpec, ServerStatus, Session,
    TextFile,
};
pub use notebook::{Cell, CellKind, CellOutput, NewCell, Notebook, NotebookPath};
