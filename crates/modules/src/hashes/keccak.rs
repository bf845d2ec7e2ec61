//! SHA-3 and SHAKE (FIPS 202).

use super::Hasher;

const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808A,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808B,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008A,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000A,
    0x0000_0000_8000_808B,
    0x8000_0000_0000_008B,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800A,
    0x8000_0000_8000_000A,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];
const ROTATIONS: [u32; 24] = [
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
];
const LANES: [usize; 24] = [
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
];

/// Keccak-f[1600].
fn permute(state: &mut [u64; 25]) {
    for round in ROUNDS {
        let mut columns = [0; 5];
        for (x, column) in columns.iter_mut().enumerate() {
            *column = (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]);
        }
        for x in 0..5 {
            let mix = columns[(x + 4) % 5] ^ columns[(x + 1) % 5].rotate_left(1);
            for y in 0..5 {
                state[x + 5 * y] ^= mix;
            }
        }
        let mut moved = state[1];
        for (lane, rotation) in LANES.into_iter().zip(ROTATIONS) {
            moved = std::mem::replace(&mut state[lane], moved.rotate_left(rotation));
        }
        for y in 0..5 {
            let row: [u64; 5] = std::array::from_fn(|x| state[5 * y + x]);
            for x in 0..5 {
                state[5 * y + x] = row[x] ^ (!row[(x + 1) % 5] & row[(x + 2) % 5]);
            }
        }
        state[0] ^= round;
    }
}

#[derive(Clone)]
pub struct Keccak {
    state: [u64; 25],
    /// Bytes of a block.
    pub rate: usize,
    at: usize,
    pub suffix: u8,
    size: usize,
    name: &'static str,
}

impl Keccak {
    /// `size` in bytes; 0 for the ones of any length.
    pub fn new(name: &'static str, rate: usize, suffix: u8, size: usize) -> Keccak {
        Keccak {
            state: [0; 25],
            rate,
            at: 0,
            suffix,
            size,
            name,
        }
    }

    fn xor(&mut self, index: usize, byte: u8) {
        self.state[index / 8] ^= u64::from(byte) << (8 * (index % 8));
    }
}

impl Hasher for Keccak {
    fn update(&mut self, data: &[u8]) {
        for byte in data {
            self.xor(self.at, *byte);
            self.at += 1;
            if self.at == self.rate {
                permute(&mut self.state);
                self.at = 0;
            }
        }
    }

    fn digest(&self, length: usize) -> Vec<u8> {
        let mut end = self.clone();
        end.xor(end.at, end.suffix);
        end.xor(end.rate - 1, 0x80);
        permute(&mut end.state);
        let mut out = Vec::with_capacity(length);
        while out.len() < length {
            let block: Vec<u8> = end.state.iter().flat_map(|w| w.to_le_bytes()).collect();
            let count = end.rate.min(length - out.len());
            out.extend_from_slice(&block[..count]);
            permute(&mut end.state);
        }
        out
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn size(&self) -> usize {
        self.size
    }

    fn block_size(&self) -> usize {
        self.rate
    }

    fn keccak(&self) -> Option<(usize, u8)> {
        Some((self.rate, self.suffix))
    }
}
