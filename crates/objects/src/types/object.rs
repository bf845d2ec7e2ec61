//! `object`.

use crate::typeobject::{Slots, Type, flags};

pub static OBJECT: Type =
    Type::builtin("object", 16, Slots { ..Slots::NONE }).with_flags(flags::BASETYPE);
