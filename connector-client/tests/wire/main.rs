//! What the client sends, how it repeats it, and how it reads what comes back.

mod drops;
mod files;
mod instances;
mod lists;
mod requests;
mod retries;
mod server;
mod services;
mod spans;
mod tools;
