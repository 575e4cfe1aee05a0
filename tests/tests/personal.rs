//! People connect accounts of their own to a real `serve`, at a certified authorization server.

#[path = "personal/api_v1.rs"]
mod api_v1;
#[path = "personal/world.rs"]
mod world;
