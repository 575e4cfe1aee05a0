//! What no user and no project may see of another.
