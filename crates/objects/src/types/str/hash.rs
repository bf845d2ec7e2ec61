//! The hash of texts and bytes: SipHash-1-3 with the key that PYTHONHASHSEED gives (Python/pyhash.c, Python/bootstrap_hash.c).

use std::cell::Cell;

struct Key {
    words: Cell<[u64; 2]>,
    set: Cell<bool>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Key {}

static KEY: Key = Key {
    words: Cell::new([0; 2]),
    set: Cell::new(false),
};

/// Sets the key: `Some(seed)` as PYTHONHASHSEED=seed, `None` for a random one. Must come before the first hash.
pub fn set_hash_seed(seed: Option<u32>) {
    let words = match seed {
        Some(0) => [0; 2],
        Some(seed) => congruential_words(seed),
        None => random_words(),
    };
    KEY.words.set(words);
    KEY.set.set(true);
}

/// The key bytes that a seed gives (`lcg_urandom`).
fn congruential_words(seed: u32) -> [u64; 2] {
    let mut x = seed;
    let mut next = || {
        let mut bytes = [0u8; 8];
        for byte in &mut bytes {
            x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
            *byte = (x >> 16) as u8;
        }
        u64::from_le_bytes(bytes)
    };
    [next(), next()]
}

fn random_words() -> [u64; 2] {
    use std::hash::{BuildHasher, RandomState};
    let source = RandomState::new();
    [source.hash_one(0u8), source.hash_one(1u8)]
}

/// The environment decides unless `set_hash_seed` was called.
#[cold]
fn from_environment() {
    let seed = std::env::var("PYTHONHASHSEED")
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    set_hash_seed(seed);
}

/// Hash of bytes; 0 for none, never -1.
pub fn hash_bytes(bytes: &[u8]) -> isize {
    if bytes.is_empty() {
        return 0;
    }
    if !KEY.set.get() {
        from_environment();
    }
    match siphash13(KEY.words.get(), bytes) as isize {
        -1 => -2,
        hash => hash,
    }
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

fn siphash13(key: [u64; 2], bytes: &[u8]) -> u64 {
    let mut v = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let mut last = [0u8; 8];
    last[..rest.len()].copy_from_slice(rest);
    let word = u64::from_le_bytes(last) | (bytes.len() as u64) << 56;
    v[3] ^= word;
    round(&mut v);
    v[0] ^= word;
    v[2] ^= 0xff;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    (v[0] ^ v[1]) ^ (v[2] ^ v[3])
}
