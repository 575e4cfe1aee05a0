//! Descriptions of every kind: what they are imported as, and what is refused.

mod discovery;
mod graphql;
mod hostile;
mod law;
mod overlay;
mod patience;
mod postman;
