//! The loop: fetch, dispatch by the table below, unwind on errors.

use terrarium_bytecode::opcode as op;
use terrarium_objects::frame::{self, Frame};
use terrarium_objects::{Owned, PyResult, Raised};

use super::cx::{Cx, Flow};
use super::{
    attributes as a, binary as b, calls as c, calls_native as cn, compare as cmp, containers as k,
    control as j, exceptions as e, generators as g, iteration as i, locals as l, names as n,
    patterns as p, strings as s, variables as v,
};
use crate::{observe, unwind};

/// Runs a frame that was just pushed (or resumed) until it returns, yields or fails. The frame is gone, or its generator's, afterwards.
///
/// # Safety
/// `entry` is initialised, its `previous` is the running frame, and `throwing` says that an exception is set to be raised in it at once.
pub unsafe fn eval(entry: *mut Frame) -> PyResult {
    unsafe { enter(entry, false) }
}

/// `eval` with an exception raised at the frame's position (generator.throw).
///
/// # Safety
/// As `eval`; an exception is set.
pub unsafe fn eval_throwing(entry: *mut Frame) -> PyResult {
    unsafe { enter(entry, true) }
}

// SAFETY: as `eval`; an exception is set if `throwing`.
unsafe fn enter(entry: *mut Frame, throwing: bool) -> PyResult {
    unsafe {
        (*entry).is_entry = true;
        let state = terrarium_objects::state::get();
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() - 1);
        frame::set_current(entry);
        let mut cx = Cx::of(entry);
        let mut flow = Flow::Next;
        if state.recursion_remaining.get() < 0 && !c::has_room_after_all() {
            let depth = state.recursion_remaining.replace(50);
            terrarium_objects::error::recursion_error("");
            state.recursion_remaining.set(depth);
            flow = Flow::Error;
        }
        if throwing {
            observe::thrown(entry);
            if !unwind::unwind_thrown(&mut cx) {
                return Err(Raised);
            }
            flow = Flow::Next;
        }
        loop {
            if flow == Flow::Error && !unwind::unwind(&mut cx, false) {
                return Err(Raised);
            }
            flow = if observe::is_on() {
                run::<true>(&mut cx)
            } else {
                run::<false>(&mut cx)
            };
            if observe::is_on() && matches!(flow, Flow::Exit | Flow::Unwound) {
                observe::left();
            }
            match flow {
                Flow::Exit => return Ok(Owned::from_raw(cx.result)),
                Flow::Unwound => return Err(Raised),
                _ => {}
            }
        }
    }
}

/// The arms of the loop: each runs its instruction on a copy of the registers, so that only instructions that are not inlined spill them.
macro_rules! instructions {
    ($cx:ident, $op:ident, $oparg:ident, unknown $($unused:literal)*; $($name:ident $body:path $(, $base:ident)?;)*) => {
        match $op {
            $($crate::interp::run::codes::$name => {
                let mut registers = $cx.copy();
                let flow = $body(&mut registers, $oparg);
                match flow {
                    Flow::Next => {
                        $cx.adopt(&registers);
                        fetch!($cx, $op, $oparg);
                    }
                    Flow::Again => $op = *$cx.pc as u8,
                    Flow::Deopt => { deopt!($op $(, $base)?); }
                    other => {
                        $cx.adopt(&registers);
                        $cx.result = registers.result;
                        return other;
                    }
                }
            },)*
            $crate::interp::run::codes::EXTENDED_ARG => {
                $cx.pc = $cx.pc.add(1);
                let unit = *$cx.pc;
                $op = unit as u8;
                $oparg = $oparg << 8 | u32::from(unit >> 8);
            }
            // Spelled out, so that the jump table needs no check of its bounds.
            $($unused)|* => return unwind::bad_instruction(&mut $cx.copy(), $op),
        }
    };
}

/// The next instruction, after the observer was told of it.
macro_rules! fetch {
    ($cx:ident, $op:ident, $oparg:ident) => {
        if TRACED {
            let mut copy = $cx.copy();
            let seen = observe::before_instruction(&mut copy);
            $cx.adopt(&copy);
            if seen != Flow::Next {
                return seen;
            }
        }
        let unit = *$cx.pc;
        $op = unit as u8;
        $oparg = u32::from(unit >> 8);
    };
}

/// A specialised form that does not fit goes on as its family's general form.
macro_rules! deopt {
    ($op:ident, $base:ident) => {
        $op = codes::$base
    };
    ($op:ident) => {
        return Flow::Error
    };
}

/// Opcode numbers as bytes, for patterns.
pub mod codes {
    macro_rules! bytes {
        ($($name:ident)*) => { $(pub const $name: u8 = super::op::$name as u8;)* };
    }
    bytes! {
        BINARY_OP BINARY_OP_ADD_FLOAT BINARY_OP_ADD_INT BINARY_OP_ADD_UNICODE BINARY_OP_EXTEND BINARY_OP_INPLACE_ADD_UNICODE
        BINARY_OP_MULTIPLY_FLOAT BINARY_OP_MULTIPLY_INT BINARY_OP_SUBSCR_DICT BINARY_OP_SUBSCR_GETITEM BINARY_OP_SUBSCR_LIST_INT
        BINARY_OP_SUBSCR_LIST_SLICE BINARY_OP_SUBSCR_STR_INT BINARY_OP_SUBSCR_TUPLE_INT BINARY_OP_SUBTRACT_FLOAT BINARY_OP_SUBTRACT_INT
        BINARY_SLICE BUILD_INTERPOLATION BUILD_LIST BUILD_MAP BUILD_SET BUILD_SLICE BUILD_STRING BUILD_TEMPLATE BUILD_TUPLE CACHE CALL
        CALL_ALLOC_AND_ENTER_INIT CALL_BOUND_METHOD_EXACT_ARGS CALL_BOUND_METHOD_GENERAL CALL_BUILTIN_CLASS CALL_BUILTIN_FAST
        CALL_BUILTIN_FAST_WITH_KEYWORDS CALL_BUILTIN_O CALL_FUNCTION_EX CALL_INTRINSIC_1 CALL_INTRINSIC_2 CALL_ISINSTANCE CALL_KW
        CALL_KW_BOUND_METHOD CALL_KW_NON_PY CALL_KW_PY CALL_LEN CALL_LIST_APPEND CALL_METHOD_DESCRIPTOR_FAST
        CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS CALL_METHOD_DESCRIPTOR_NOARGS CALL_METHOD_DESCRIPTOR_O CALL_NON_PY_GENERAL
        CALL_PY_EXACT_ARGS CALL_PY_GENERAL CALL_STR_1 CALL_TUPLE_1 CALL_TYPE_1 CHECK_EG_MATCH CHECK_EXC_MATCH CLEANUP_THROW COMPARE_OP
        COMPARE_OP_FLOAT COMPARE_OP_INT COMPARE_OP_STR CONTAINS_OP CONTAINS_OP_DICT CONTAINS_OP_SET CONVERT_VALUE COPY COPY_FREE_VARS
        DELETE_ATTR DELETE_DEREF DELETE_FAST DELETE_GLOBAL DELETE_NAME DELETE_SUBSCR DICT_MERGE DICT_UPDATE END_ASYNC_FOR END_FOR END_SEND
        EXIT_INIT_CHECK EXTENDED_ARG FORMAT_SIMPLE FORMAT_WITH_SPEC FOR_ITER FOR_ITER_GEN FOR_ITER_LIST FOR_ITER_RANGE FOR_ITER_TUPLE
        GET_AITER GET_ANEXT GET_AWAITABLE GET_ITER GET_LEN GET_YIELD_FROM_ITER IMPORT_FROM IMPORT_NAME IS_OP JUMP_BACKWARD
        JUMP_BACKWARD_NO_INTERRUPT JUMP_BACKWARD_NO_JIT JUMP_FORWARD LIST_APPEND LIST_EXTEND LOAD_ATTR LOAD_ATTR_CLASS
        LOAD_ATTR_CLASS_WITH_METACLASS_CHECK LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN LOAD_ATTR_INSTANCE_VALUE LOAD_ATTR_METHOD_LAZY_DICT
        LOAD_ATTR_METHOD_NO_DICT LOAD_ATTR_METHOD_WITH_VALUES LOAD_ATTR_MODULE LOAD_ATTR_NONDESCRIPTOR_NO_DICT
        LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES LOAD_ATTR_PROPERTY LOAD_ATTR_SLOT LOAD_ATTR_WITH_HINT LOAD_BUILD_CLASS LOAD_COMMON_CONSTANT
        LOAD_CONST LOAD_CONST_IMMORTAL LOAD_CONST_MORTAL LOAD_DEREF LOAD_FAST LOAD_FAST_AND_CLEAR LOAD_FAST_BORROW
        LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_FAST_CHECK LOAD_FAST_LOAD_FAST LOAD_FROM_DICT_OR_DEREF LOAD_FROM_DICT_OR_GLOBALS LOAD_GLOBAL
        LOAD_GLOBAL_BUILTIN LOAD_GLOBAL_MODULE LOAD_LOCALS LOAD_NAME LOAD_SMALL_INT LOAD_SPECIAL LOAD_SUPER_ATTR LOAD_SUPER_ATTR_ATTR
        LOAD_SUPER_ATTR_METHOD MAKE_CELL MAKE_FUNCTION MAP_ADD MATCH_CLASS MATCH_KEYS MATCH_MAPPING MATCH_SEQUENCE NOP NOT_TAKEN POP_EXCEPT
        POP_ITER POP_JUMP_IF_FALSE POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE POP_JUMP_IF_TRUE POP_TOP PUSH_EXC_INFO PUSH_NULL RAISE_VARARGS
        RERAISE RESUME RESUME_CHECK RETURN_GENERATOR RETURN_VALUE SEND SEND_GEN SETUP_ANNOTATIONS SET_ADD SET_FUNCTION_ATTRIBUTE SET_UPDATE
        STORE_ATTR STORE_ATTR_INSTANCE_VALUE STORE_ATTR_SLOT STORE_ATTR_WITH_HINT STORE_DEREF STORE_FAST STORE_FAST_LOAD_FAST
        STORE_FAST_STORE_FAST STORE_GLOBAL STORE_NAME STORE_SLICE STORE_SUBSCR STORE_SUBSCR_DICT STORE_SUBSCR_LIST_INT SWAP TO_BOOL
        TO_BOOL_ALWAYS_TRUE TO_BOOL_BOOL TO_BOOL_INT TO_BOOL_LIST TO_BOOL_NONE TO_BOOL_STR UNARY_INVERT UNARY_NEGATIVE UNARY_NOT UNPACK_EX
        UNPACK_SEQUENCE UNPACK_SEQUENCE_LIST UNPACK_SEQUENCE_TUPLE UNPACK_SEQUENCE_TWO_TUPLE WITH_EXCEPT_START YIELD_VALUE
    }
}

/// The loop proper. `TRACED`: an observer is told of each instruction (it never changes what the program does). Leaves with `Exit`, with an
/// error that is still to be unwound, or with `Next` when observing began or ended.
///
/// # Safety
/// As `eval`.
#[inline(never)]
pub unsafe fn run<const TRACED: bool>(registers: &mut Cx) -> Flow {
    // Registers of its own, so that they live in the machine's.
    let mut local = registers.copy();
    local.traced = TRACED;
    let flow = unsafe { dispatch::<TRACED>(&mut local) };
    *registers = local;
    flow
}

#[inline(always)]
unsafe fn dispatch<const TRACED: bool>(cx: &mut Cx) -> Flow {
    unsafe {
        loop {
            let flow = instruction_loop::<TRACED>(cx);
            match flow {
                Flow::Error | Flow::Reraise => {
                    let mut copy = cx.copy();
                    if !unwind::unwind(&mut copy, flow == Flow::Reraise) {
                        return Flow::Unwound;
                    }
                    cx.adopt(&copy);
                }
                other => return other,
            }
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_lines)]
unsafe fn instruction_loop<const TRACED: bool>(cx: &mut Cx) -> Flow {
    unsafe {
        let (mut opcode, mut oparg): (u8, u32);
        fetch!(cx, opcode, oparg);
        loop {
            instructions! { cx, opcode, oparg,
                    unknown 17 20 121 122 123 124 125 126 127 175 212 213 214 215 216 217 218 219 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255;
                    NOP l::nop; NOT_TAKEN l::nop; CACHE l::nop;
                    RESUME l::resume; RESUME_CHECK l::resume_check, RESUME;
                    LOAD_FAST l::load_fast; LOAD_FAST_BORROW l::load_fast_borrow; LOAD_FAST_CHECK l::load_fast_check;
                    LOAD_FAST_AND_CLEAR l::load_fast_and_clear; LOAD_FAST_LOAD_FAST l::load_fast_load_fast;
                    LOAD_FAST_BORROW_LOAD_FAST_BORROW l::load_fast_borrow_load_fast_borrow;
                    STORE_FAST l::store_fast; STORE_FAST_LOAD_FAST l::store_fast_load_fast; STORE_FAST_STORE_FAST l::store_fast_store_fast;
                    DELETE_FAST l::delete_fast; POP_TOP l::pop_top; POP_ITER l::pop_top; PUSH_NULL l::push_null; COPY l::copy; SWAP l::swap;
                    LOAD_CONST l::load_const; LOAD_CONST_MORTAL l::load_const_mortal; LOAD_CONST_IMMORTAL l::load_const_immortal;
                    LOAD_SMALL_INT l::load_small_int;
                    MAKE_CELL v::make_cell; COPY_FREE_VARS v::copy_free_vars; LOAD_DEREF v::load_deref; STORE_DEREF v::store_deref;
                    DELETE_DEREF v::delete_deref; LOAD_FROM_DICT_OR_DEREF v::load_from_dict_or_deref; LOAD_LOCALS v::load_locals;
                    LOAD_BUILD_CLASS v::load_build_class; LOAD_COMMON_CONSTANT v::load_common_constant;
                    LOAD_NAME n::load_name; STORE_NAME n::store_name; DELETE_NAME n::delete_name;
                    LOAD_FROM_DICT_OR_GLOBALS n::load_from_dict_or_globals; LOAD_GLOBAL n::load_global;
                    LOAD_GLOBAL_MODULE n::load_global_module, LOAD_GLOBAL; LOAD_GLOBAL_BUILTIN n::load_global_builtin, LOAD_GLOBAL;
                    STORE_GLOBAL n::store_global; DELETE_GLOBAL n::delete_global; SETUP_ANNOTATIONS n::setup_annotations;
                    IMPORT_NAME n::import_name; IMPORT_FROM n::import_from;
                    BINARY_OP b::binary_op; BINARY_OP_ADD_INT b::binary_op_add_int, BINARY_OP;
                    BINARY_OP_SUBTRACT_INT b::binary_op_subtract_int, BINARY_OP; BINARY_OP_MULTIPLY_INT b::binary_op_multiply_int, BINARY_OP;
                    BINARY_OP_ADD_FLOAT b::binary_op_add_float, BINARY_OP; BINARY_OP_SUBTRACT_FLOAT b::binary_op_subtract_float, BINARY_OP;
                    BINARY_OP_MULTIPLY_FLOAT b::binary_op_multiply_float, BINARY_OP; BINARY_OP_ADD_UNICODE b::binary_op_add_unicode, BINARY_OP;
                    BINARY_OP_INPLACE_ADD_UNICODE b::binary_op_inplace_add_unicode, BINARY_OP; BINARY_OP_EXTEND b::binary_op_extend, BINARY_OP;
                    BINARY_OP_SUBSCR_LIST_INT b::binary_op_subscr_list_int, BINARY_OP;
                    BINARY_OP_SUBSCR_TUPLE_INT b::binary_op_subscr_tuple_int, BINARY_OP;
                    BINARY_OP_SUBSCR_STR_INT b::binary_op_subscr_str_int, BINARY_OP; BINARY_OP_SUBSCR_DICT b::binary_op_subscr_dict, BINARY_OP;
                    BINARY_OP_SUBSCR_LIST_SLICE b::binary_op_subscr_list_slice, BINARY_OP;
                    BINARY_OP_SUBSCR_GETITEM b::binary_op_subscr_getitem, BINARY_OP;
                    BINARY_SLICE b::binary_slice; STORE_SLICE b::store_slice; STORE_SUBSCR b::store_subscr;
                    STORE_SUBSCR_LIST_INT b::store_subscr_list_int, STORE_SUBSCR; STORE_SUBSCR_DICT b::store_subscr_dict, STORE_SUBSCR;
                    DELETE_SUBSCR b::delete_subscr; UNARY_NEGATIVE b::unary_negative; UNARY_INVERT b::unary_invert; UNARY_NOT b::unary_not;
                    LIST_APPEND b::list_append;
                    COMPARE_OP cmp::compare_op; COMPARE_OP_INT cmp::compare_op_int, COMPARE_OP; COMPARE_OP_FLOAT cmp::compare_op_float, COMPARE_OP;
                    COMPARE_OP_STR cmp::compare_op_str, COMPARE_OP; IS_OP cmp::is_op; CONTAINS_OP cmp::contains_op;
                    CONTAINS_OP_DICT cmp::contains_op_dict, CONTAINS_OP; CONTAINS_OP_SET cmp::contains_op_set, CONTAINS_OP;
                    TO_BOOL cmp::to_bool; TO_BOOL_BOOL cmp::to_bool_bool, TO_BOOL; TO_BOOL_INT cmp::to_bool_int, TO_BOOL;
                    TO_BOOL_LIST cmp::to_bool_list, TO_BOOL; TO_BOOL_STR cmp::to_bool_str, TO_BOOL; TO_BOOL_NONE cmp::to_bool_none, TO_BOOL;
                    TO_BOOL_ALWAYS_TRUE cmp::to_bool_always_true, TO_BOOL;
                    POP_JUMP_IF_FALSE cmp::pop_jump_if_false; POP_JUMP_IF_TRUE cmp::pop_jump_if_true; POP_JUMP_IF_NONE cmp::pop_jump_if_none;
                    POP_JUMP_IF_NOT_NONE cmp::pop_jump_if_not_none;
                    JUMP_FORWARD j::jump_forward; JUMP_BACKWARD j::jump_backward; JUMP_BACKWARD_NO_JIT j::jump_backward_no_jit;
                    JUMP_BACKWARD_NO_INTERRUPT j::jump_backward_no_interrupt; RETURN_VALUE j::return_value;
                    GET_ITER i::get_iter; GET_YIELD_FROM_ITER i::get_yield_from_iter; FOR_ITER i::for_iter;
                    FOR_ITER_LIST i::for_iter_list, FOR_ITER; FOR_ITER_TUPLE i::for_iter_tuple, FOR_ITER; FOR_ITER_RANGE i::for_iter_range, FOR_ITER;
                    FOR_ITER_GEN i::for_iter_gen, FOR_ITER; END_FOR i::end_for; UNPACK_SEQUENCE i::unpack_sequence; UNPACK_EX i::unpack_ex;
                    UNPACK_SEQUENCE_TWO_TUPLE i::unpack_sequence_two_tuple, UNPACK_SEQUENCE;
                    UNPACK_SEQUENCE_TUPLE i::unpack_sequence_tuple, UNPACK_SEQUENCE; UNPACK_SEQUENCE_LIST i::unpack_sequence_list, UNPACK_SEQUENCE;
                    LOAD_ATTR a::load_attr; LOAD_ATTR_INSTANCE_VALUE a::load_attr_instance_value, LOAD_ATTR; LOAD_ATTR_SLOT a::load_attr_slot, LOAD_ATTR;
                    LOAD_ATTR_MODULE a::load_attr_module, LOAD_ATTR; LOAD_ATTR_WITH_HINT a::load_attr_with_hint, LOAD_ATTR;
                    LOAD_ATTR_CLASS a::load_attr_class, LOAD_ATTR;
                    LOAD_ATTR_CLASS_WITH_METACLASS_CHECK a::load_attr_class_with_metaclass_check, LOAD_ATTR;
                    LOAD_ATTR_PROPERTY a::load_attr_property, LOAD_ATTR;
                    LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN a::load_attr_getattribute_overridden, LOAD_ATTR;
                    LOAD_ATTR_METHOD_WITH_VALUES a::load_attr_method_with_values, LOAD_ATTR;
                    LOAD_ATTR_METHOD_NO_DICT a::load_attr_method_no_dict, LOAD_ATTR; LOAD_ATTR_METHOD_LAZY_DICT a::load_attr_method_lazy_dict, LOAD_ATTR;
                    LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES a::load_attr_nondescriptor_with_values, LOAD_ATTR;
                    LOAD_ATTR_NONDESCRIPTOR_NO_DICT a::load_attr_nondescriptor_no_dict, LOAD_ATTR;
                    STORE_ATTR a::store_attr; STORE_ATTR_INSTANCE_VALUE a::store_attr_instance_value, STORE_ATTR;
                    STORE_ATTR_SLOT a::store_attr_slot, STORE_ATTR; STORE_ATTR_WITH_HINT a::store_attr_with_hint, STORE_ATTR; DELETE_ATTR a::delete_attr;
                    LOAD_SUPER_ATTR a::load_super_attr; LOAD_SUPER_ATTR_ATTR a::load_super_attr_attr, LOAD_SUPER_ATTR;
                    LOAD_SUPER_ATTR_METHOD a::load_super_attr_method, LOAD_SUPER_ATTR;
                    CALL c::call; CALL_PY_EXACT_ARGS c::call_py_exact_args, CALL; CALL_PY_GENERAL c::call_py_general, CALL;
                    CALL_BOUND_METHOD_EXACT_ARGS c::call_bound_method_exact_args, CALL; CALL_BOUND_METHOD_GENERAL c::call_bound_method_general, CALL;
                    CALL_NON_PY_GENERAL c::call_non_py_general, CALL; CALL_ALLOC_AND_ENTER_INIT c::call_alloc_and_enter_init, CALL;
                    EXIT_INIT_CHECK c::exit_init_check; CALL_KW c::call_kw; CALL_KW_PY c::call_kw_py, CALL_KW;
                    CALL_KW_BOUND_METHOD c::call_kw_bound_method, CALL_KW; CALL_KW_NON_PY c::call_kw_non_py, CALL_KW;
                    CALL_FUNCTION_EX c::call_function_ex; MAKE_FUNCTION c::make_function; SET_FUNCTION_ATTRIBUTE c::set_function_attribute;
                    CALL_BUILTIN_O cn::call_builtin_o, CALL; CALL_BUILTIN_FAST cn::call_builtin_fast, CALL;
                    CALL_BUILTIN_FAST_WITH_KEYWORDS cn::call_builtin_fast_with_keywords, CALL; CALL_BUILTIN_CLASS cn::call_builtin_class, CALL;
                    CALL_METHOD_DESCRIPTOR_NOARGS cn::call_method_descriptor_noargs, CALL; CALL_METHOD_DESCRIPTOR_O cn::call_method_descriptor_o, CALL;
                    CALL_METHOD_DESCRIPTOR_FAST cn::call_method_descriptor_fast, CALL;
                    CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS cn::call_method_descriptor_fast_with_keywords, CALL;
                    CALL_TYPE_1 cn::call_type_1, CALL; CALL_STR_1 cn::call_str_1, CALL; CALL_TUPLE_1 cn::call_tuple_1, CALL; CALL_LEN cn::call_len, CALL;
                    CALL_ISINSTANCE cn::call_isinstance, CALL; CALL_LIST_APPEND cn::call_list_append, CALL;
                    BUILD_TUPLE k::build_tuple; BUILD_LIST k::build_list; BUILD_SET k::build_set; BUILD_MAP k::build_map; BUILD_SLICE k::build_slice;
                    LIST_EXTEND k::list_extend; SET_UPDATE k::set_update; SET_ADD k::set_add; MAP_ADD k::map_add; DICT_UPDATE k::dict_update;
                    DICT_MERGE k::dict_merge; GET_LEN k::get_len;
                    BUILD_STRING s::build_string; CONVERT_VALUE s::convert_value; FORMAT_SIMPLE s::format_simple; FORMAT_WITH_SPEC s::format_with_spec;
                    BUILD_TEMPLATE s::build_template; BUILD_INTERPOLATION s::build_interpolation; CALL_INTRINSIC_1 s::call_intrinsic_1;
                    CALL_INTRINSIC_2 s::call_intrinsic_2;
                    MATCH_SEQUENCE p::match_sequence; MATCH_MAPPING p::match_mapping; MATCH_KEYS p::match_keys; MATCH_CLASS p::match_class;
                    PUSH_EXC_INFO e::push_exc_info; POP_EXCEPT e::pop_except; RERAISE e::reraise; RAISE_VARARGS e::raise_varargs;
                    CHECK_EXC_MATCH e::check_exc_match; CHECK_EG_MATCH e::check_eg_match; LOAD_SPECIAL e::load_special;
                    WITH_EXCEPT_START e::with_except_start;
                    RETURN_GENERATOR g::return_generator; YIELD_VALUE g::yield_value; SEND g::send; SEND_GEN g::send_gen, SEND; END_SEND g::end_send;
                    GET_AWAITABLE g::get_awaitable; GET_AITER g::get_aiter; GET_ANEXT g::get_anext; END_ASYNC_FOR g::end_async_for;
                    CLEANUP_THROW g::cleanup_throw;
            }
        }
    }
}
