//! `_random` (Modules/_randommodule.c): the Mersenne Twister, MT19937 (Matsumoto and Nishimura).

use std::cell::{Cell, RefCell};

use num_bigint::{BigInt, BigUint, Sign};
use terrarium_objects::args;
use terrarium_objects::typeobject::{MethodDef, Native, flags};
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{float, int, tuple};
use terrarium_objects::{
    Layout, Object, Owned, PyResult, Slots, Type, Word, error, none, none_owned, ops,
};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_random",
    doc: "",
    methods: &[],
    exec,
};

fn exec(made: &Object) -> PyResult<()> {
    add_types(made, &[&RANDOM]);
    Ok(())
}

/// Words of the generator's state.
const N: usize = 624;
/// Distance of the words that are mixed.
const M: usize = 397;

/// The generator.
struct Twister {
    state: [u32; N],
    index: usize,
}

impl Twister {
    fn seeded(seed: u32) -> Twister {
        let mut state = [0u32; N];
        state[0] = seed;
        for i in 1..N {
            let last = state[i - 1];
            state[i] = (last ^ last >> 30)
                .wrapping_mul(1_812_433_253)
                .wrapping_add(i as u32);
        }
        Twister { state, index: N }
    }

    /// Seeded with the words of a large number, the lowest first.
    fn seeded_by(key: &[u32]) -> Twister {
        let mut made = Twister::seeded(19_650_218);
        let state = &mut made.state;
        let (mut i, mut j) = (1, 0);
        let mut turn = |i: &mut usize, change: &dyn Fn(u32, u32) -> u32| {
            state[*i] = change(state[*i], state[*i - 1] ^ state[*i - 1] >> 30);
            *i += 1;
            if *i >= N {
                state[0] = state[N - 1];
                *i = 1;
            }
        };
        for _ in 0..N.max(key.len()) {
            let add = key[j].wrapping_add(j as u32);
            turn(&mut i, &|own, mixed| {
                (own ^ mixed.wrapping_mul(1_664_525)).wrapping_add(add)
            });
            j = (j + 1) % key.len();
        }
        for _ in 1..N {
            let at = i as u32;
            turn(&mut i, &|own, mixed| {
                (own ^ mixed.wrapping_mul(1_566_083_941)).wrapping_sub(at)
            });
        }
        made.state[0] = 0x8000_0000;
        made
    }

    fn refill(&mut self) {
        for i in 0..N {
            let y = self.state[i] & 0x8000_0000 | self.state[(i + 1) % N] & 0x7FFF_FFFF;
            let odd = if y & 1 == 0 { 0 } else { 0x9908_B0DF };
            self.state[i] = self.state[(i + M) % N] ^ y >> 1 ^ odd;
        }
        self.index = 0;
    }

    fn next(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }
}

/// An instance: the generator itself stands in the object, as in CPython.
#[repr(C)]
struct Random {
    object: Object,
    twister: RefCell<Twister>,
    reserved: Cell<usize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Random {
    fn type_object() -> &'static Type {
        &RANDOM
    }
}

pub static RANDOM: Type = Type::builtin(
    "_random.Random",
    size_of::<Random>(),
    Slots {
        dealloc,
        new: Some(new),
        init: Some(init),
        getattro: Some(ops::attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE)
.with_methods(&[
    MethodDef::new("random", Native::NoArgs(random), "random($self, /)\n--\n\n"),
    MethodDef::new("seed", Native::Fast(seed), "seed($self, n=None, /)\n--\n\n"),
    MethodDef::new(
        "getstate",
        Native::NoArgs(get_state),
        "getstate($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "setstate",
        Native::O(set_state),
        "setstate($self, state, /)\n--\n\n",
    ),
    MethodDef::new(
        "getrandbits",
        Native::O(get_bits),
        "getrandbits($self, k, /)\n--\n\n",
    ),
]);

fn of(object: &Object) -> &RefCell<Twister> {
    // SAFETY: slots and methods of this type.
    &unsafe { object.cast::<Random>() }.twister
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead instance that owns nothing.
    unsafe { terrarium_objects::types::r#type::free(object) }
}

fn new(ty: &Type, args: &Object, _: Option<&Object>) -> PyResult {
    let _ = args;
    let made = terrarium_objects::types::r#type::generic_alloc(ty, 0)?;
    // Zeroed memory is a generator without a seed; `__init__` gives it one.
    of(&made).borrow_mut().index = N;
    Ok(made)
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    args::no_keyword_dict("Random", kwargs)?;
    args::check_positional("Random", args::tuple_len(args), 0, 1)?;
    let given = (args::tuple_len(args) == 1).then(|| args::tuple_item(args, 0));
    seed_with(object, given)
}

fn seed(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seed", args.len(), 0, 1)?;
    seed_with(object, args.first().map(|w| w.object()))?;
    Ok(none_owned())
}

/// An int seeds with its magnitude, anything else with its hash; None with the system's randomness.
fn seed_with(object: &Object, given: Option<&Object>) -> PyResult<()> {
    let Some(given) = given.filter(|g| !g.is(none())) else {
        let mut key = [0u32; N];
        // SAFETY: room for that many bytes; fewer are as good.
        unsafe { libc::getrandom(key.as_mut_ptr().cast(), size_of_val(&key), 0) };
        *of(object).borrow_mut() = Twister::seeded_by(&key);
        return Ok(());
    };
    let magnitude = if int::is_int(given) {
        int::to_bigint(given).magnitude().clone()
    } else {
        BigUint::from(ops::compare::hash(given)? as usize)
    };
    let mut key = magnitude.to_u32_digits();
    if key.is_empty() {
        key.push(0);
    }
    *of(object).borrow_mut() = Twister::seeded_by(&key);
    Ok(())
}

fn random(object: &Object) -> PyResult {
    let mut twister = of(object).borrow_mut();
    let (a, b) = (twister.next() >> 5, twister.next() >> 6);
    let value = (f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0);
    Ok(float::from_f64(value))
}

fn get_bits(object: &Object, count: &Object) -> PyResult {
    let count = int::as_isize(&*ops::number::index(count)?)?;
    let Ok(mut left) = u64::try_from(count) else {
        return Err(error::value_error("number of bits must be non-negative"));
    };
    let mut twister = of(object).borrow_mut();
    if left == 0 {
        return Ok(int::from_i64(0));
    }
    if left <= 32 {
        return Ok(int::from_u64(u64::from(twister.next() >> (32 - left))));
    }
    let mut words = Vec::with_capacity(left.div_ceil(32) as usize);
    while left > 0 {
        let word = twister.next();
        words.push(if left < 32 { word >> (32 - left) } else { word });
        left = left.saturating_sub(32);
    }
    let value = BigInt::from_biguint(Sign::Plus, BigUint::new(words));
    Ok(int::from_bigint(&value))
}

fn get_state(object: &Object) -> PyResult {
    let twister = of(object).borrow();
    let mut all: Vec<Owned> = twister
        .state
        .iter()
        .map(|w| int::from_u64(u64::from(*w)))
        .collect();
    all.push(int::from_usize(twister.index));
    Ok(tuple::from_owned(all))
}

fn set_state(object: &Object, state: &Object) -> PyResult {
    let Some(state) = state.downcast::<Tuple>() else {
        return Err(error::type_error("state vector must be a tuple"));
    };
    if state.len() != N + 1 {
        return Err(error::value_error("state vector is the wrong size"));
    }
    let mut made = Twister::seeded(0);
    for (at, item) in state.items()[..N].iter().enumerate() {
        made.state[at] = match int::as_i64(item).filter(|_| int::is_int(item)) {
            Some(value) if value >= 0 => value as u32,
            Some(_) => {
                return Err(error::overflow_error(
                    "can't convert negative value to unsigned int",
                ));
            }
            None => return Err(error::type_error("an integer is required")),
        };
    }
    let index = int::as_long(&state.items()[N])?;
    made.index = match usize::try_from(index) {
        Ok(index) if index <= N => index,
        _ => return Err(error::value_error("invalid state")),
    };
    *of(object).borrow_mut() = made;
    Ok(none_owned())
}
