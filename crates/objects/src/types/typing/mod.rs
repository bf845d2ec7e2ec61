//! The types behind type parameters and annotations (PEP 695): `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`; and the
//! substitution of parameters that generic aliases and unions share.

pub mod parameters;
