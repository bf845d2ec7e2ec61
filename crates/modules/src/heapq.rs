//! `_heapq` (Modules/_heapqmodule.c): heaps in lists, the smallest or the largest item first.

use terrarium_objects::args;
use terrarium_objects::types::list::{self, List};
use terrarium_objects::{
    CompareOp, MethodDef, Native, Object, Owned, PyResult, Word, error, none_owned, ops, root,
};
use terrarium_runtime::native_module::{self, ModuleDef};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_heapq",
    doc: "",
    methods: &METHODS,
    exec: native_module::nothing,
};

static METHODS: [MethodDef; 10] = [
    MethodDef::new(
        "heappush",
        Native::Fast(|_, a| push("heappush", MIN, a)),
        "heappush($module, heap, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "heappushpop",
        Native::Fast(|_, a| push_pop("heappushpop", MIN, a)),
        "heappushpop($module, heap, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "heappop",
        Native::O(|_, h| pop("heappop", MIN, h)),
        "heappop($module, heap, /)\n--\n\n",
    ),
    MethodDef::new(
        "heapreplace",
        Native::Fast(|_, a| replace("heapreplace", MIN, a)),
        "heapreplace($module, heap, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "heapify",
        Native::O(|_, h| heapify("heapify", MIN, h)),
        "heapify($module, heap, /)\n--\n\n",
    ),
    MethodDef::new(
        "heappush_max",
        Native::Fast(|_, a| push("heappush_max", MAX, a)),
        "heappush_max($module, heap, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "heappushpop_max",
        Native::Fast(|_, a| push_pop("heappushpop_max", MAX, a)),
        "heappushpop_max($module, heap, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "heappop_max",
        Native::O(|_, h| pop("heappop_max", MAX, h)),
        "heappop_max($module, heap, /)\n--\n\n",
    ),
    MethodDef::new(
        "heapreplace_max",
        Native::Fast(|_, a| replace("heapreplace_max", MAX, a)),
        "heapreplace_max($module, heap, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "heapify_max",
        Native::O(|_, h| heapify("heapify_max", MAX, h)),
        "heapify_max($module, heap, /)\n--\n\n",
    ),
];

/// Which items come first: by `a < b`, or by `b < a`.
#[derive(Clone, Copy, PartialEq)]
struct Order {
    largest_first: bool,
}

const MIN: Order = Order {
    largest_first: false,
};
const MAX: Order = Order {
    largest_first: true,
};

fn heap_of<'a>(name: &str, object: &'a Object) -> PyResult<&'a List> {
    object.downcast::<List>().ok_or_else(|| {
        error::type_error(format!(
            "{name}() argument{} must be list, not {}",
            if name.contains("push") || name.contains("replace") {
                " 1"
            } else {
                ""
            },
            object.ty().full_name()
        ))
    })
}

/// Whether item `a` comes before item `b`. Both are owned meanwhile; a comparison that changes the list's length is an error.
fn before(heap: &List, order: Order, a: usize, b: usize) -> PyResult<bool> {
    let len = heap.len();
    let (Some(x), Some(y)) = (heap.item_owned(a), heap.item_owned(b)) else {
        return Err(error::index_error("index out of range"));
    };
    let (x, y) = (root("item of a heap", x), root("item of a heap", y));
    let (small, large) = if order.largest_first {
        (&y, &x)
    } else {
        (&x, &y)
    };
    let less = ops::compare::compare_bool(small, large, CompareOp::Lt);
    drop(y);
    drop(x);
    let less = less?;
    if heap.len() != len {
        return Err(error::runtime_error("list changed size during iteration"));
    }
    Ok(less)
}

/// Exchanges two items.
fn swap(heap: &List, a: usize, b: usize) {
    let items = heap.items.get();
    // SAFETY: both places are below the length, by `before`.
    unsafe { std::ptr::swap(items.add(a), items.add(b)) };
}

/// Moves the item at `at` towards the front until its parent comes before it.
fn sift_down(heap: &List, order: Order, start: usize, mut at: usize) -> PyResult<()> {
    if at >= heap.len() {
        return Err(error::index_error("index out of range"));
    }
    while at > start {
        let parent = (at - 1) / 2;
        if !before(heap, order, at, parent)? {
            break;
        }
        swap(heap, at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `start` down to a leaf, its better child up each time, then back to its place.
fn sift_up(heap: &List, order: Order, start: usize) -> PyResult<()> {
    let end = heap.len();
    if start >= end {
        return Err(error::index_error("index out of range"));
    }
    let mut at = start;
    while at < end / 2 {
        let mut child = 2 * at + 1;
        if child + 1 < end && !before(heap, order, child, child + 1)? {
            child += 1;
        }
        swap(heap, child, at);
        at = child;
    }
    sift_down(heap, order, start, at)
}

fn two<'a>(name: &str, args: &'a [Word]) -> PyResult<(&'a List, &'a Object)> {
    args::check_positional(name, args.len(), 2, 2)?;
    Ok((heap_of(name, args[0].object())?, args[1].object()))
}

fn push(name: &str, order: Order, args: &[Word]) -> PyResult {
    let (heap, item) = two(name, args)?;
    heap.push(Owned::new(item));
    sift_down(heap, order, 0, heap.len() - 1)?;
    Ok(none_owned())
}

fn pop(name: &str, order: Order, object: &Object) -> PyResult {
    let heap = heap_of(name, object)?;
    if heap.is_empty() {
        return Err(error::index_error("list index out of range"));
    }
    let last = list::methods::pop_at(heap, -1)?;
    if heap.is_empty() {
        return Ok(last);
    }
    put_first(heap, order, last)
}

/// Puts an item in the first one's place and gives that one.
fn put_first(heap: &List, order: Order, item: Owned) -> PyResult {
    // SAFETY: the heap is not empty; the old reference is handed on.
    let first = unsafe { Owned::from_raw(heap.items.get().replace(item.into_raw())) };
    let first = root("first item of a heap", first);
    sift_up(heap, order, 0)?;
    Ok(first.take())
}

fn replace(name: &str, order: Order, args: &[Word]) -> PyResult {
    let (heap, item) = two(name, args)?;
    if heap.is_empty() {
        return Err(error::index_error("index out of range"));
    }
    put_first(heap, order, Owned::new(item))
}

fn push_pop(name: &str, order: Order, args: &[Word]) -> PyResult {
    let (heap, item) = two(name, args)?;
    let Some(top) = heap.item_owned(0) else {
        return Ok(Owned::new(item));
    };
    let top = root("first item of a heap", top);
    let (small, large): (&Object, &Object) = if order.largest_first {
        (item, &top)
    } else {
        (&top, item)
    };
    let less = ops::compare::compare_bool(small, large, CompareOp::Lt)?;
    drop(top);
    if !less {
        return Ok(Owned::new(item));
    }
    if heap.is_empty() {
        return Err(error::index_error("index out of range"));
    }
    put_first(heap, order, Owned::new(item))
}

/// The order in which large heaps are put right, so that neighbours are compared while they are at hand
/// (`cache_friendly_heapify`).
fn visiting_order(len: usize) -> Vec<usize> {
    let keep_top_bit = |n: usize| {
        if n == 0 {
            0
        } else {
            1 << (usize::BITS - 1 - n.leading_zeros())
        }
    };
    let middle = len >> 1;
    let leftmost = keep_top_bit(middle + 1) - 1;
    let mut order = Vec::with_capacity(middle);
    let mut descend = |start: usize| {
        let mut at = start;
        loop {
            order.push(at);
            if at & 1 == 0 {
                break;
            }
            at >>= 1;
        }
    };
    let last_half = middle >> 1;
    (last_half..leftmost).rev().for_each(&mut descend);
    (leftmost..middle).rev().for_each(&mut descend);
    order
}

fn heapify(name: &str, order: Order, object: &Object) -> PyResult {
    let heap = heap_of(name, object)?;
    let len = heap.len();
    if len > 2500 {
        for at in visiting_order(len) {
            sift_up(heap, order, at)?;
        }
        return Ok(none_owned());
    }
    for at in (0..len / 2).rev() {
        sift_up(heap, order, at)?;
    }
    Ok(none_owned())
}
