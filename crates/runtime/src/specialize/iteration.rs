//! FOR_ITER, SEND and UNPACK_SEQUENCE.

use terrarium_bytecode::opcode as op;
use terrarium_objects::types::generator::{COROUTINE, GENERATOR};
use terrarium_objects::types::list::iterator::LIST_ITER;
use terrarium_objects::types::list::{LIST, List};
use terrarium_objects::types::range_iterator::RANGE_ITER;
use terrarium_objects::types::tuple::iterator::TUPLE_ITER;
use terrarium_objects::types::tuple::{TUPLE, Tuple};

use super::settle;
use crate::interp::cx::Cx;

pub fn for_iter(cx: &Cx, oparg: u32) {
    let iterator = cx.peek(1).object();
    let forms = [
        (&LIST_ITER, op::FOR_ITER_LIST),
        (&TUPLE_ITER, op::FOR_ITER_TUPLE),
        (&RANGE_ITER, op::FOR_ITER_RANGE),
    ];
    let form = forms
        .iter()
        .find(|(ty, _)| iterator.is_exact(ty))
        .map(|(_, form)| *form);
    let form = form.or_else(|| {
        (iterator.is_exact(&GENERATOR) && oparg <= i16::MAX as u32).then_some(op::FOR_ITER_GEN)
    });
    settle(cx, form);
}

pub fn send(cx: &Cx) {
    let receiver = cx.peek(2).object();
    settle(
        cx,
        (receiver.is_exact(&GENERATOR) || receiver.is_exact(&COROUTINE)).then_some(op::SEND_GEN),
    );
}

pub fn unpack_sequence(cx: &Cx, oparg: u32) {
    let sequence = cx.peek(1).object();
    let wanted = oparg as usize;
    let form = if sequence.is_exact(&TUPLE) {
        // SAFETY: checked.
        let fits = unsafe { sequence.cast::<Tuple>() }.len() == wanted;
        fits.then_some(if wanted == 2 {
            op::UNPACK_SEQUENCE_TWO_TUPLE
        } else {
            op::UNPACK_SEQUENCE_TUPLE
        })
    } else if sequence.is_exact(&LIST) {
        // SAFETY: checked.
        (unsafe { sequence.cast::<List>() }.len() == wanted).then_some(op::UNPACK_SEQUENCE_LIST)
    } else {
        None
    };
    settle(cx, form);
}
