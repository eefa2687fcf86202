//! Every form of function that the attribute accepts.

mod bodies;
mod functions;
mod names;
mod other_attributes;
mod places;
mod size;
mod traits;
mod unwind_safe;
