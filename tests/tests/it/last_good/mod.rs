//! Last good values: what is kept, for how long, and under which key.

mod key_size;
mod keys;
mod observe;
mod served;
mod whose;
