//! The object core: header and counts, the three kinds of reference, the allocator, types and slots, the built-in types, the collector.
//! The home of `unsafe`. Knows nothing of frames being run, of modules, or of how a report looks.

#![allow(unsafe_code)]

pub mod adaptive;
pub mod alloc;
pub mod args;
pub mod batch;
pub mod codecs;
pub mod collect;
pub mod error;
pub mod field;
pub mod format_spec;
pub mod frame;
pub mod free_list;
pub mod gc;
pub mod global_alloc;
pub mod hooks;
pub mod init;
pub mod names;
pub mod object;
pub mod ops;
pub mod pile;
pub mod refs;
pub mod slot_functions;
pub mod slotdefs;
pub mod state;
pub mod suggest;
pub mod suspended;
pub mod type_cache;
pub mod typeobject;
pub mod typeobject_ready;
pub mod types;
pub mod visit;

pub use error::*;
pub use field::Field;
pub use init::init;
pub use names::names;
pub use object::{IMMORTAL, Layout, Object, VarObject};
pub use refs::{Owned, PyResult, Raised, Word};
pub use state::{root, words};
pub use typeobject::{CompareOp, GetSetDef, MemberDef, MemberKind, MethodDef, Native, Slots, Type};
pub use types::none::{none, none_owned};
pub use visit::{Role, Visit};
