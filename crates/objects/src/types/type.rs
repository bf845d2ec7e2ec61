//! `type`.

use crate::typeobject::{Slots, Type, flags};

pub static TYPE: Type = Type::builtin("type", std::mem::size_of::<Type>(), Slots { ..Slots::NONE })
    .with_flags(
        flags::BASETYPE
            | flags::HAVE_GC
            | flags::TYPE_SUBCLASS
            | flags::HAVE_VECTORCALL
            | flags::ITEMS_AT_END,
    );
