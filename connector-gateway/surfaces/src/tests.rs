//! Laws that hold on every surface.

mod bounds;
