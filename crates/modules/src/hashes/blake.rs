//! BLAKE2b and BLAKE2s with all their parameters (RFC 7693).

use super::Hasher;

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// What distinguishes one hash from another.
#[derive(Clone, Default)]
pub struct Parameters {
    pub digest_size: usize,
    pub key: Vec<u8>,
    pub salt: Vec<u8>,
    pub person: Vec<u8>,
    pub fanout: u8,
    pub depth: u8,
    pub leaf_size: u32,
    pub node_offset: u64,
    pub node_depth: u8,
    pub inner_size: u8,
    pub last_node: bool,
}

macro_rules! blake {
    ($name:ident, $shown:literal, $word:ty, $block:literal, $rounds:literal, $iv:expr, $rotations:expr, $parameters:ident) => {
        #[derive(Clone)]
        pub struct $name {
            state: [$word; 8],
            count: u128,
            buffer: Vec<u8>,
            size: usize,
            last_node: bool,
        }

        impl $name {
            const IV: [$word; 8] = $iv;

            pub fn new(parameters: &Parameters) -> $name {
                let block = $parameters(parameters);
                let mut state = Self::IV;
                for (word, bytes) in state.iter_mut().zip(block.chunks(size_of::<$word>())) {
                    let mut own = [0; size_of::<$word>()];
                    own.copy_from_slice(bytes);
                    *word ^= <$word>::from_le_bytes(own);
                }
                let mut made = $name {
                    state,
                    count: 0,
                    buffer: Vec::new(),
                    size: parameters.digest_size,
                    last_node: parameters.last_node,
                };
                if !parameters.key.is_empty() {
                    let mut block = parameters.key.clone();
                    block.resize($block, 0);
                    made.update(&block);
                }
                made
            }

            fn compress(&mut self, block: &[u8], last: bool) {
                let words: [$word; 16] = std::array::from_fn(|i| {
                    let mut own = [0; size_of::<$word>()];
                    own.copy_from_slice(&block[i * size_of::<$word>()..][..size_of::<$word>()]);
                    <$word>::from_le_bytes(own)
                });
                let mut v = [0; 16];
                v[..8].copy_from_slice(&self.state);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.count as $word;
                v[13] ^= (self.count >> <$word>::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                const R: [u32; 4] = $rotations;
                let mut mix = |a: usize, b: usize, c: usize, d: usize, x: $word, y: $word| {
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                    v[d] = (v[d] ^ v[a]).rotate_right(R[0]);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right(R[1]);
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                    v[d] = (v[d] ^ v[a]).rotate_right(R[2]);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right(R[3]);
                };
                for round in 0..$rounds {
                    let s = SIGMA[round % 10];
                    for i in 0..4 {
                        mix(
                            i,
                            4 + i,
                            8 + i,
                            12 + i,
                            words[s[2 * i]],
                            words[s[2 * i + 1]],
                        );
                    }
                    for i in 0..4 {
                        mix(
                            i,
                            4 + (i + 1) % 4,
                            8 + (i + 2) % 4,
                            12 + (i + 3) % 4,
                            words[s[8 + 2 * i]],
                            words[s[9 + 2 * i]],
                        );
                    }
                }
                for i in 0..8 {
                    self.state[i] ^= v[i] ^ v[i + 8];
                }
            }
        }

        impl Hasher for $name {
            fn update(&mut self, data: &[u8]) {
                self.buffer.extend_from_slice(data);
                let mut rest = std::mem::take(&mut self.buffer);
                let mut at = 0;
                // The last block waits: it is marked as such.
                while rest.len() - at > $block {
                    self.count += $block;
                    let block = rest[at..at + $block].to_vec();
                    self.compress(&block, false);
                    at += $block;
                }
                rest.drain(..at);
                self.buffer = rest;
            }

            fn digest(&self, _: usize) -> Vec<u8> {
                let mut end = self.clone();
                end.count += end.buffer.len() as u128;
                let mut block = std::mem::take(&mut end.buffer);
                block.resize($block, 0);
                end.compress(&block, true);
                let mut out: Vec<u8> = end.state.iter().flat_map(|w| w.to_le_bytes()).collect();
                out.truncate(self.size);
                out
            }

            fn copy(&self) -> Box<dyn Hasher> {
                Box::new(self.clone())
            }

            fn name(&self) -> &'static str {
                $shown
            }

            fn size(&self) -> usize {
                self.size
            }

            fn block_size(&self) -> usize {
                $block
            }
        }
    };
}

fn padded(data: &[u8], size: usize) -> Vec<u8> {
    let mut out = data.to_vec();
    out.resize(size, 0);
    out
}

fn block_b(p: &Parameters) -> Vec<u8> {
    let mut out = vec![p.digest_size as u8, p.key.len() as u8, p.fanout, p.depth];
    out.extend(p.leaf_size.to_le_bytes());
    out.extend(p.node_offset.to_le_bytes());
    out.extend([p.node_depth, p.inner_size]);
    out.extend([0; 14]);
    out.extend(padded(&p.salt, 16));
    out.extend(padded(&p.person, 16));
    out
}

fn block_s(p: &Parameters) -> Vec<u8> {
    let mut out = vec![p.digest_size as u8, p.key.len() as u8, p.fanout, p.depth];
    out.extend(p.leaf_size.to_le_bytes());
    out.extend(&p.node_offset.to_le_bytes()[..6]);
    out.extend([p.node_depth, p.inner_size]);
    out.extend(padded(&p.salt, 8));
    out.extend(padded(&p.person, 8));
    out
}

blake!(
    Blake2b,
    "blake2b",
    u64,
    128,
    12,
    [
        0x6A09_E667_F3BC_C908,
        0xBB67_AE85_84CA_A73B,
        0x3C6E_F372_FE94_F82B,
        0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1,
        0x9B05_688C_2B3E_6C1F,
        0x1F83_D9AB_FB41_BD6B,
        0x5BE0_CD19_137E_2179,
    ],
    [32, 24, 16, 63],
    block_b
);
blake!(
    Blake2s,
    "blake2s",
    u32,
    64,
    10,
    [
        0x6A09_E667,
        0xBB67_AE85,
        0x3C6E_F372,
        0xA54F_F53A,
        0x510E_527F,
        0x9B05_688C,
        0x1F83_D9AB,
        0x5BE0_CD19,
    ],
    [16, 12, 8, 7],
    block_s
);
