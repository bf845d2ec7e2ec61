//! Numbers found by the hash of what they stand for: open addressing, and who asks says what is equal.

/// Hash and number plus one; zero where there is none.
type Slot = (u32, u32);

/// A table of numbers, each put in once.
#[derive(Debug, Default)]
pub struct Table {
    /// The length is a power of two, and more than twice the count.
    slots: Vec<Slot>,
    count: usize,
}

/// Where to put a number that was looked for in vain, as long as no other was put in.
#[derive(Debug, Clone, Copy)]
pub struct Gap(usize);

/// How many slots a table has for so many numbers.
fn length_for(count: usize) -> usize {
    const SHORTEST: usize = 64;
    (count * 2 + 1).next_power_of_two().max(SHORTEST)
}

impl Table {
    /// Empties the table and makes room for `count` numbers.
    pub fn renew(&mut self, count: usize) {
        self.count = 0;
        self.slots.clear();
        self.slots.resize(length_for(count), (0, 0));
    }

    /// The number under this hash that `is_it` says yes to.
    #[inline]
    pub fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Result<u32, Gap> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        while let Some(&(known, number)) = self.slots.get(place)
            && number != 0
        {
            if known == hash && is_it(number - 1) {
                return Ok(number - 1);
            }
            place = (place + 1) & mask;
        }
        Err(Gap(place))
    }

    /// Puts in a number that `find` did not find.
    #[inline]
    pub fn insert(&mut self, gap: Gap, hash: u32, number: u32) {
        self.slots[gap.0] = (hash, number + 1);
        self.count += 1;
        if self.count * 2 >= self.slots.len() {
            self.grow();
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let length = length_for(self.count * 2);
        let shorter = std::mem::replace(&mut self.slots, vec![(0, 0); length]);
        for (hash, number) in shorter {
            if number != 0 {
                let mut place = hash as usize & (length - 1);
                while self.slots[place].1 != 0 {
                    place = (place + 1) & (length - 1);
                }
                self.slots[place] = (hash, number);
            }
        }
    }
}
