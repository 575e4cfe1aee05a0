//! Laws that hold on every surface.

mod acting;
mod bounds;
mod selectors;
