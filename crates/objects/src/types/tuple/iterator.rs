//! The iterator of tuples.
