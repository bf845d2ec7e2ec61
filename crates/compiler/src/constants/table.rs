//! Numbers found by the hash of what they stand for: open addressing, and who asks says what is equal.

/// Hash and number plus one; zero where there is none.
type Slot = (u32, u32);

/// A table of numbers, each put in once.
#[derive(Debug, Default)]
pub struct Table {
    /// The length is a power of two, and at least twice the count.
    slots: Vec<Slot>,
    count: usize,
}

/// How many slots a table has for so many numbers.
fn length_for(count: usize) -> usize {
    const SHORTEST: usize = 64;
    (count * 2).next_power_of_two().max(SHORTEST)
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
    pub fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        while let Some(&(known, number)) = self.slots.get(place)
            && number != 0
        {
            if known == hash && is_it(number - 1) {
                return Some(number - 1);
            }
            place = (place + 1) & mask;
        }
        None
    }

    /// Puts in a number that is not there yet.
    pub fn insert(&mut self, hash: u32, number: u32) {
        self.count += 1;
        if self.count * 2 > self.slots.len() {
            self.grow();
        }
        self.place(hash, number + 1);
    }

    #[inline]
    fn place(&mut self, hash: u32, number: u32) {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        while self.slots[place].1 != 0 {
            place = (place + 1) & mask;
        }
        self.slots[place] = (hash, number);
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![(0, 0); length_for(self.count * 2)];
        for (hash, number) in std::mem::replace(&mut self.slots, larger) {
            if number != 0 {
                self.place(hash, number);
            }
        }
    }
}
