//! Real descriptions of every kind, against what other projects make of them.

mod google;
mod graphql;
mod named;
mod postman;
mod proof;
