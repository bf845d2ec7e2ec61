//! The merge sort of lists: natural runs, binary insertion for short ones, galloping merges in powersort's order. The sequence of
//! comparisons is that of Objects/listobject.c, since a program can watch it. A comparison that fails leaves a permutation.

use crate::object::Object;
use crate::refs::PyResult;

const MAX_MINRUN: usize = 64;
const MIN_GALLOP: isize = 7;

/// The comparison of a sort.
pub trait Less {
    fn less(&self, a: &Object, b: &Object) -> PyResult<bool>;
}

/// A place in the keys, and in the values that move along (null where there are none).
#[derive(Clone, Copy)]
pub struct Slices {
    pub keys: *mut *mut Object,
    pub values: *mut *mut Object,
}

// SAFETY (of all methods): offsets and counts stay inside the slices being sorted or the temporary ones; callers in this file see to it.
impl Slices {
    #[inline(always)]
    unsafe fn at(self, offset: isize) -> Slices {
        // SAFETY: by contract.
        unsafe {
            Slices {
                keys: self.keys.offset(offset),
                values: if self.values.is_null() {
                    self.values
                } else {
                    self.values.offset(offset)
                },
            }
        }
    }

    #[inline(always)]
    unsafe fn key<'a>(self, offset: isize) -> &'a Object {
        // SAFETY: by contract; the sort owns its keys.
        unsafe { &**self.keys.offset(offset) }
    }

    /// Copies `count` elements that may overlap from `from` to here.
    #[inline(always)]
    unsafe fn copy_from(self, from: Slices, count: usize) {
        // SAFETY: by contract.
        unsafe {
            std::ptr::copy(from.keys, self.keys, count);
            if !self.values.is_null() {
                std::ptr::copy(from.values, self.values, count);
            }
        }
    }

    unsafe fn reverse(self, count: usize) {
        // SAFETY: by contract.
        unsafe {
            std::slice::from_raw_parts_mut(self.keys, count).reverse();
            if !self.values.is_null() {
                std::slice::from_raw_parts_mut(self.values, count).reverse();
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Run {
    base: Slices,
    len: usize,
    power: u32,
}

/// A sort under way.
pub struct Merge<L: Less> {
    less: L,
    len: usize,
    base: Slices,
    min_gallop: isize,
    pending: Vec<Run>,
    temp_keys: Vec<*mut Object>,
    temp_values: Vec<*mut Object>,
}

/// How a merge ended: what is left in the temporary slices is put back by its caller.
enum Ended {
    /// Nothing is left but what `rest` says.
    Done,
    /// One element of the temporary run is left; it goes behind (or before) all of the other.
    LastOne,
}

impl<L: Less> Merge<L> {
    pub fn new(less: L, len: usize, base: Slices) -> Merge<L> {
        Merge {
            less,
            len,
            base,
            min_gallop: MIN_GALLOP,
            pending: Vec::new(),
            temp_keys: Vec::new(),
            temp_values: Vec::new(),
        }
    }

    #[inline(always)]
    unsafe fn lt(&self, a: Slices, i: isize, b: Slices, j: isize) -> PyResult<bool> {
        // SAFETY: passed on.
        unsafe { self.less.less(a.key(i), b.key(j)) }
    }

    /// Sorts all of it.
    pub fn sort(mut self) -> PyResult<()> {
        let minrun = compute_minrun(self.len);
        let mut low = self.base;
        let mut remaining = self.len;
        // SAFETY: runs partition the slices.
        unsafe {
            while remaining > 0 {
                let mut run = self.count_run(low, remaining)?;
                if run < minrun {
                    let force = remaining.min(minrun);
                    self.binary_sort(low, force, run)?;
                    run = force;
                }
                self.found_new_run(run)?;
                self.pending.push(Run {
                    base: low,
                    len: run,
                    power: 0,
                });
                low = low.at(run as isize);
                remaining -= run;
            }
            self.merge_all()
        }
    }

    /// Length of the run at `low`, made ascending.
    unsafe fn count_run(&self, low: Slices, remaining: usize) -> PyResult<usize> {
        // SAFETY: indices stay below `remaining`.
        unsafe {
            let smaller = |n: usize| self.lt(low, n as isize, low, n as isize - 1);
            let mut n = 1;
            while n < remaining && !smaller(n)? {
                n += 1;
            }
            if n == remaining {
                return Ok(n);
            }
            if n > 1 {
                if self.lt(low, 0, low, n as isize - 1)? {
                    return Ok(n);
                }
                low.reverse(n);
            }
            n += 1;
            n = self.descending_run(low, n, remaining)?;
            low.reverse(n);
            while n < remaining && !smaller(n)? {
                n += 1;
            }
            Ok(n)
        }
    }

    /// Extends a descending run; stretches of equal elements are turned round on the way so that the final reversal restores them.
    unsafe fn descending_run(
        &self,
        low: Slices,
        mut n: usize,
        remaining: usize,
    ) -> PyResult<usize> {
        let mut equal = 0;
        // SAFETY: indices stay below `remaining`.
        unsafe {
            let turn = |n: usize, equal: &mut usize| {
                if *equal > 0 {
                    *equal += 1;
                    low.at((n - *equal) as isize).reverse(*equal);
                    *equal = 0;
                }
            };
            while n < remaining {
                let at = n as isize;
                if self.lt(low, at, low, at - 1)? {
                    turn(n, &mut equal);
                } else if self.lt(low, at - 1, low, at)? {
                    break;
                } else {
                    equal += 1;
                }
                n += 1;
            }
            turn(n, &mut equal);
        }
        Ok(n)
    }

    /// Binary insertion of elements `sorted..count` into the sorted ones before them.
    unsafe fn binary_sort(&self, slices: Slices, count: usize, sorted: usize) -> PyResult<()> {
        // SAFETY: indices stay below `count`.
        unsafe {
            for next in sorted.max(1)..count {
                let pivot = slices.key(next as isize);
                let (mut left, mut right) = (0, next);
                while left < right {
                    let middle = (left + right) >> 1;
                    if self.less.less(pivot, slices.key(middle as isize))? {
                        right = middle;
                    } else {
                        left = middle + 1;
                    }
                }
                rotate(slices.keys, left, next);
                if !slices.values.is_null() {
                    rotate(slices.values, left, next);
                }
            }
        }
        Ok(())
    }

    /// Where `key` belongs in `count` sorted elements at `a`, left of equal ones; the search starts at `hint`.
    unsafe fn gallop_left(
        &self,
        key: &Object,
        a: Slices,
        count: usize,
        hint: usize,
    ) -> PyResult<usize> {
        let (count, hint) = (count as isize, hint as isize);
        let (mut last, mut offset) = (0isize, 1isize);
        // SAFETY: indices stay in 0..count.
        unsafe {
            if self.less.less(a.key(hint), key)? {
                let most = count - hint;
                while offset < most && self.less.less(a.key(hint + offset), key)? {
                    last = offset;
                    offset = (offset << 1) + 1;
                }
                offset = offset.min(most);
                last += hint;
                offset += hint;
            } else {
                let most = hint + 1;
                while offset < most && !self.less.less(a.key(hint - offset), key)? {
                    last = offset;
                    offset = (offset << 1) + 1;
                }
                offset = offset.min(most);
                (last, offset) = (hint - offset, hint - last);
            }
            last += 1;
            while last < offset {
                let middle = last + ((offset - last) >> 1);
                if self.less.less(a.key(middle), key)? {
                    last = middle + 1;
                } else {
                    offset = middle;
                }
            }
        }
        Ok(offset as usize)
    }

    /// The same, right of equal ones.
    unsafe fn gallop_right(
        &self,
        key: &Object,
        a: Slices,
        count: usize,
        hint: usize,
    ) -> PyResult<usize> {
        let (count, hint) = (count as isize, hint as isize);
        let (mut last, mut offset) = (0isize, 1isize);
        // SAFETY: indices stay in 0..count.
        unsafe {
            if self.less.less(key, a.key(hint))? {
                let most = hint + 1;
                while offset < most && self.less.less(key, a.key(hint - offset))? {
                    last = offset;
                    offset = (offset << 1) + 1;
                }
                offset = offset.min(most);
                (last, offset) = (hint - offset, hint - last);
            } else {
                let most = count - hint;
                while offset < most && !self.less.less(key, a.key(hint + offset))? {
                    last = offset;
                    offset = (offset << 1) + 1;
                }
                offset = offset.min(most);
                last += hint;
                offset += hint;
            }
            last += 1;
            while last < offset {
                let middle = last + ((offset - last) >> 1);
                if self.less.less(key, a.key(middle))? {
                    offset = middle;
                } else {
                    last = middle + 1;
                }
            }
        }
        Ok(offset as usize)
    }

    /// A temporary copy of `count` elements.
    unsafe fn copy_out(&mut self, from: Slices, count: usize) -> Slices {
        // SAFETY: the source has `count` elements.
        unsafe {
            self.temp_keys.clear();
            self.temp_keys
                .extend_from_slice(std::slice::from_raw_parts(from.keys, count));
            self.temp_values.clear();
            let mut values = std::ptr::null_mut();
            if !from.values.is_null() {
                self.temp_values
                    .extend_from_slice(std::slice::from_raw_parts(from.values, count));
                values = self.temp_values.as_mut_ptr();
            }
            Slices {
                keys: self.temp_keys.as_mut_ptr(),
                values,
            }
        }
    }

    /// Merges neighbouring runs, the left one being the shorter: it is copied out, and the result grows from the left.
    unsafe fn merge_low(&mut self, a: Slices, na: usize, b: Slices, nb: usize) -> PyResult<()> {
        // SAFETY: counts shrink as places advance.
        unsafe {
            let temp = self.copy_out(a, na);
            let mut state = Low {
                dest: a,
                a: temp,
                b,
                na,
                nb,
            };
            let ended = self.merge_low_loop(&mut state);
            if let Ok(Ended::LastOne) = ended {
                state.dest.copy_from(state.b, state.nb);
                state.dest.at(state.nb as isize).copy_from(state.a, 1);
            } else if state.na > 0 {
                state.dest.copy_from(state.a, state.na);
            }
            ended.map(|_| ())
        }
    }

    unsafe fn merge_low_loop(&mut self, s: &mut Low) -> PyResult<Ended> {
        // SAFETY: as `merge_low`.
        unsafe {
            s.take_b(1);
            if s.nb == 0 {
                return Ok(Ended::Done);
            }
            if s.na == 1 {
                return Ok(Ended::LastOne);
            }
            let mut min_gallop = self.min_gallop;
            loop {
                let (mut count_a, mut count_b) = (0isize, 0isize);
                loop {
                    if self.lt(s.b, 0, s.a, 0)? {
                        s.take_b(1);
                        count_b += 1;
                        count_a = 0;
                        if s.nb == 0 {
                            return Ok(Ended::Done);
                        }
                        if count_b >= min_gallop {
                            break;
                        }
                    } else {
                        s.take_a(1);
                        count_a += 1;
                        count_b = 0;
                        if s.na == 1 {
                            return Ok(Ended::LastOne);
                        }
                        if count_a >= min_gallop {
                            break;
                        }
                    }
                }
                min_gallop += 1;
                loop {
                    min_gallop -= isize::from(min_gallop > 1);
                    self.min_gallop = min_gallop;
                    let run = self.gallop_right(s.b.key(0), s.a, s.na, 0)?;
                    count_a = run as isize;
                    if run > 0 {
                        s.take_a(run);
                        if s.na == 1 {
                            return Ok(Ended::LastOne);
                        }
                        if s.na == 0 {
                            return Ok(Ended::Done);
                        }
                    }
                    s.take_b(1);
                    if s.nb == 0 {
                        return Ok(Ended::Done);
                    }
                    let run = self.gallop_left(s.a.key(0), s.b, s.nb, 0)?;
                    count_b = run as isize;
                    if run > 0 {
                        s.take_b(run);
                        if s.nb == 0 {
                            return Ok(Ended::Done);
                        }
                    }
                    s.take_a(1);
                    if s.na == 1 {
                        return Ok(Ended::LastOne);
                    }
                    if count_a < MIN_GALLOP && count_b < MIN_GALLOP {
                        break;
                    }
                }
                min_gallop += 1;
                self.min_gallop = min_gallop;
            }
        }
    }

    /// The same with the right run the shorter: it is copied out, and the result grows from the right.
    unsafe fn merge_high(&mut self, a: Slices, na: usize, b: Slices, nb: usize) -> PyResult<()> {
        // SAFETY: counts shrink as places retreat.
        unsafe {
            let temp = self.copy_out(b, nb);
            let mut state = High {
                dest: b.at(nb as isize - 1),
                a: a.at(na as isize - 1),
                b: temp.at(nb as isize - 1),
                base_a: a,
                base_b: temp,
                na,
                nb,
            };
            let ended = self.merge_high_loop(&mut state);
            if let Ok(Ended::LastOne) = ended {
                let na = state.na as isize;
                state
                    .dest
                    .at(1 - na)
                    .copy_from(state.a.at(1 - na), state.na);
                state.dest.at(-na).copy_from(state.b, 1);
            } else if state.nb > 0 {
                state
                    .dest
                    .at(1 - state.nb as isize)
                    .copy_from(state.base_b, state.nb);
            }
            ended.map(|_| ())
        }
    }

    unsafe fn merge_high_loop(&mut self, s: &mut High) -> PyResult<Ended> {
        // SAFETY: as `merge_high`.
        unsafe {
            s.take_a(1);
            if s.na == 0 {
                return Ok(Ended::Done);
            }
            if s.nb == 1 {
                return Ok(Ended::LastOne);
            }
            let mut min_gallop = self.min_gallop;
            loop {
                let (mut count_a, mut count_b) = (0isize, 0isize);
                loop {
                    if self.lt(s.b, 0, s.a, 0)? {
                        s.take_a(1);
                        count_a += 1;
                        count_b = 0;
                        if s.na == 0 {
                            return Ok(Ended::Done);
                        }
                        if count_a >= min_gallop {
                            break;
                        }
                    } else {
                        s.take_b(1);
                        count_b += 1;
                        count_a = 0;
                        if s.nb == 1 {
                            return Ok(Ended::LastOne);
                        }
                        if count_b >= min_gallop {
                            break;
                        }
                    }
                }
                min_gallop += 1;
                loop {
                    min_gallop -= isize::from(min_gallop > 1);
                    self.min_gallop = min_gallop;
                    let run = s.na - self.gallop_right(s.b.key(0), s.base_a, s.na, s.na - 1)?;
                    count_a = run as isize;
                    if run > 0 {
                        s.take_a(run);
                        if s.na == 0 {
                            return Ok(Ended::Done);
                        }
                    }
                    s.take_b(1);
                    if s.nb == 1 {
                        return Ok(Ended::LastOne);
                    }
                    let run = s.nb - self.gallop_left(s.a.key(0), s.base_b, s.nb, s.nb - 1)?;
                    count_b = run as isize;
                    if run > 0 {
                        s.take_b(run);
                        if s.nb == 1 {
                            return Ok(Ended::LastOne);
                        }
                        if s.nb == 0 {
                            return Ok(Ended::Done);
                        }
                    }
                    s.take_a(1);
                    if s.na == 0 {
                        return Ok(Ended::Done);
                    }
                    if count_a < MIN_GALLOP && count_b < MIN_GALLOP {
                        break;
                    }
                }
                min_gallop += 1;
                self.min_gallop = min_gallop;
            }
        }
    }

    /// Merges pending runs `i` and `i + 1`.
    unsafe fn merge_at(&mut self, i: usize) -> PyResult<()> {
        let (left, right) = (self.pending[i], self.pending[i + 1]);
        self.pending[i].len = left.len + right.len;
        self.pending.remove(i + 1);
        // SAFETY: the runs are neighbours.
        unsafe {
            let skip = self.gallop_right(right.base.key(0), left.base, left.len, 0)?;
            let a = left.base.at(skip as isize);
            let na = left.len - skip;
            if na == 0 {
                return Ok(());
            }
            let nb =
                self.gallop_left(a.key(na as isize - 1), right.base, right.len, right.len - 1)?;
            if nb == 0 {
                return Ok(());
            }
            if na <= nb {
                self.merge_low(a, na, right.base, nb)
            } else {
                self.merge_high(a, na, right.base, nb)
            }
        }
    }

    /// A run of `len` follows: merges the pending ones that powersort wants merged first.
    unsafe fn found_new_run(&mut self, len: usize) -> PyResult<()> {
        let Some(last) = self.pending.last() else {
            return Ok(());
        };
        // SAFETY: both point into the keys.
        let start = unsafe { last.base.keys.offset_from(self.base.keys) } as usize;
        let power = power_of(start, last.len, len, self.len);
        while self.pending.len() > 1 && self.pending[self.pending.len() - 2].power > power {
            // SAFETY: passed on.
            unsafe { self.merge_at(self.pending.len() - 2)? };
        }
        if let Some(last) = self.pending.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    unsafe fn merge_all(&mut self) -> PyResult<()> {
        while self.pending.len() > 1 {
            let mut at = self.pending.len() - 2;
            if at > 0 && self.pending[at - 1].len < self.pending[at + 1].len {
                at -= 1;
            }
            // SAFETY: passed on.
            unsafe { self.merge_at(at)? };
        }
        Ok(())
    }
}

/// A merge growing from the left: next places, and what is left of both runs.
struct Low {
    dest: Slices,
    a: Slices,
    b: Slices,
    na: usize,
    nb: usize,
}

impl Low {
    #[inline(always)]
    unsafe fn take_a(&mut self, count: usize) {
        // SAFETY: `count` is at most what is left.
        unsafe {
            self.dest.copy_from(self.a, count);
            self.dest = self.dest.at(count as isize);
            self.a = self.a.at(count as isize);
        }
        self.na -= count;
    }

    #[inline(always)]
    unsafe fn take_b(&mut self, count: usize) {
        // SAFETY: `count` is at most what is left.
        unsafe {
            self.dest.copy_from(self.b, count);
            self.dest = self.dest.at(count as isize);
            self.b = self.b.at(count as isize);
        }
        self.nb -= count;
    }
}

/// A merge growing from the right: last places, the starts, and what is left of both runs.
struct High {
    dest: Slices,
    a: Slices,
    b: Slices,
    base_a: Slices,
    base_b: Slices,
    na: usize,
    nb: usize,
}

impl High {
    #[inline(always)]
    unsafe fn take_a(&mut self, count: usize) {
        let back = -(count as isize);
        // SAFETY: `count` is at most what is left; places may end one before the start, unused.
        unsafe {
            self.dest = shifted(self.dest, back);
            self.a = shifted(self.a, back);
            shifted(self.dest, 1).copy_from(shifted(self.a, 1), count);
        }
        self.na -= count;
    }

    #[inline(always)]
    unsafe fn take_b(&mut self, count: usize) {
        let back = -(count as isize);
        // SAFETY: as `take_a`.
        unsafe {
            self.dest = shifted(self.dest, back);
            self.b = shifted(self.b, back);
            shifted(self.dest, 1).copy_from(shifted(self.b, 1), count);
        }
        self.nb -= count;
    }
}

/// A place that may lie just outside and is then not used.
#[inline(always)]
fn shifted(place: Slices, by: isize) -> Slices {
    Slices {
        keys: place.keys.wrapping_offset(by),
        values: if place.values.is_null() {
            place.values
        } else {
            place.values.wrapping_offset(by)
        },
    }
}

/// Moves element `from` down to `to`, the ones between up.
unsafe fn rotate(base: *mut *mut Object, to: usize, from: usize) {
    // SAFETY: both are in bounds.
    unsafe {
        let element = *base.add(from);
        std::ptr::copy(base.add(to), base.add(to + 1), from - to);
        *base.add(to) = element;
    }
}

/// Shortest run: such that the number of runs is a power of two or a little less.
fn compute_minrun(mut n: usize) -> usize {
    let mut rest = 0;
    while n >= MAX_MINRUN {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// Depth in the merge tree of the boundary between a run of `n1` at `start` and the next of `n2`, of `n` elements in all.
fn power_of(start: usize, n1: usize, n2: usize, n: usize) -> u32 {
    let mut a = 2 * start + n1;
    let mut b = a + n1 + n2;
    let mut power = 0;
    loop {
        power += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}
