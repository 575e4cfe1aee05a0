//! Laws that hold on every surface.

mod bounds;
mod selectors;
mod strays;
