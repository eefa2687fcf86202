//! fusebox
