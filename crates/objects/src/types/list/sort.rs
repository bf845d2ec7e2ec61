//! Part of `list`.
