//! Part of `dict`.
