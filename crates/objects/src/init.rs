//! Start-up: what everything else stands on, in the order in which it is needed.

use std::cell::Cell;

use crate::state::{self, State};
use crate::typeobject::Type;
use crate::typeobject_ready::{ready_static, visit_static_types};
use crate::types::*;
use crate::{names, slotdefs};

struct Started(Cell<bool>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Started {}

static STARTED: Started = Started(Cell::new(false));

/// The types of this crate; a new one is added here (a test looks for forgotten ones). A module's own types are made ready by the module
/// (`typeobject_ready::ready_static`).
static TYPES: &[&Type] = &[
    &object::OBJECT,
    &r#type::TYPE,
    &str::STR,
    &int::INT,
    &bool::BOOL,
    &tuple::TUPLE,
    &dict::DICT,
    &list::LIST,
    &float::FLOAT,
    &none::NONE_TYPE,
    &none::NOT_IMPLEMENTED_TYPE,
    &none::ELLIPSIS_TYPE,
    &descriptors::getset::GETSET_DESCRIPTOR,
    &descriptors::member::MEMBER_DESCRIPTOR,
    &descriptors::method::METHOD_DESCRIPTOR,
    &descriptors::method::CLASSMETHOD_DESCRIPTOR,
    &descriptors::wrapper::WRAPPER_DESCRIPTOR,
    &descriptors::wrapper::METHOD_WRAPPER,
    &descriptors::mappingproxy::MAPPING_PROXY,
    &descriptors::property::PROPERTY,
    &builtin_function::BUILTIN_FUNCTION,
    &method::METHOD,
    &staticmethod_classmethod::STATICMETHOD,
    &staticmethod_classmethod::CLASSMETHOD,
    &super_object::SUPER,
    &cell::CELL,
    &module::MODULE,
    &template::TEMPLATE,
    &template::INTERPOLATION,
    &template::TEMPLATE_ITER,
    &traceback::TRACEBACK,
    &union::UNION,
    &bytearray::BYTEARRAY,
    &bytes::BYTES,
    &bytes::iter::BYTEARRAY_ITERATOR,
    &bytes::iter::BYTES_ITERATOR,
    &complex::COMPLEX,
    &dict::iterators::ITEM_ITER,
    &dict::iterators::KEY_ITER,
    &dict::iterators::REVERSE_ITEM_ITER,
    &dict::iterators::REVERSE_KEY_ITER,
    &dict::iterators::REVERSE_VALUE_ITER,
    &dict::iterators::VALUE_ITER,
    &dict::views::ITEMS,
    &dict::views::KEYS,
    &dict::views::VALUES,
    &enumerate::ENUMERATE,
    &enumerate::REVERSED,
    &generic_alias::ALIAS_ITER,
    &generic_alias::GENERIC_ALIAS,
    &memoryview::MEMORYVIEW,
    &memoryview::iter::MEMORY_ITERATOR,
    &list::iterator::LIST_ITER,
    &list::iterator::REVERSE_LIST_ITER,
    &range::RANGE,
    &range_iterator::LONG_RANGE_ITER,
    &range_iterator::RANGE_ITER,
    &sequence_iterator::CALL_ITER,
    &sequence_iterator::SEQ_ITER,
    &set::iterator::SET_ITER,
    &set::FROZENSET,
    &set::SET,
    &slice::SLICE,
    &str::iter::STR_ASCII_ITERATOR,
    &str::iter::STR_ITERATOR,
    &tuple::iterator::TUPLE_ITER,
    &weakref::REF,
    &weakref::proxy::CALLABLE_PROXY,
    &weakref::proxy::PROXY,
    &zip_map_filter::FILTER,
    &zip_map_filter::MAP,
    &zip_map_filter::ZIP,
    &namespace::NAMESPACE,
    &code::CODE,
    &function::FUNCTION,
    &frame_object::FRAME,
    &generator::GENERATOR,
    &generator::COROUTINE,
    &generator::ASYNC_GENERATOR,
    &generator::ASYNC_SEND,
    &generator::ASYNC_THROW,
    &generator::WRAPPED_VALUE,
    &generator::COROUTINE_WRAPPER,
    &generator::ANEXT_AWAITABLE,
    &code_iterators::LINE_ITERATOR,
    &code_iterators::POSITIONS_ITERATOR,
    &code_iterators::BRANCHES_ITERATOR,
    &frame_locals::FRAME_LOCALS_PROXY,
];

/// Makes the object core ready for use; later calls do nothing.
pub fn init() {
    if STARTED.0.replace(true) {
        return;
    }
    let state = state::get();
    state.gc.init();
    state.exc_info.set(&raw const state.base_exc);
    if state.stack_limit.get() == 0 {
        set_stack_limit(state, 6 << 20);
    }
    names::init_names();
    slotdefs::init();
    for ty in TYPES {
        ready_static(ty);
    }
    for ty in typing::TYPES {
        ready_static(ty);
    }
    exceptions::each_type(&mut |ty| ready_static(ty));
    exceptions::group::init();
    template::init();
    state.root_walkers.borrow_mut().extend([
        visit_static_types as fn(&mut crate::Visit<'_>),
        crate::type_cache::visit_cache,
        crate::ops::text::visit_showing,
    ]);
}

/// Native recursion may use `bytes` below the caller.
pub fn set_stack_limit(state: &State, bytes: usize) {
    let here = 0u8;
    state
        .stack_limit
        .set((&raw const here as usize).saturating_sub(bytes));
}

/// Whether the object core is ready.
pub fn is_started() -> std::primitive::bool {
    STARTED.0.get()
}
