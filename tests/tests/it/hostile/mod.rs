//! Every place that runs user code, under hostile user code.

mod clocks;
mod declarations;
mod kept;
mod subscribers;
