//! Magic numbers of `.pyc` files (Include/internal/pycore_magic_number.h, and Python/import.c before it): which version of Python writes which.

/// The magic number of CPython 3.14.
pub const MAGIC: u16 = 3627;

/// The first four bytes of a file.
pub(super) fn magic_bytes() -> [u8; 4] {
    let [low, high] = MAGIC.to_le_bytes();
    [low, high, b'\r', b'\n']
}

/// First and last magic number of each version, its development versions included.
static VERSIONS: [(u16, u16, &str); 43] = [
    (48, 48, "PyPy 3.2"),
    (64, 64, "PyPy 3.3"),
    (112, 112, "PyPy 3.5"),
    (160, 160, "PyPy 3.6"),
    (192, 192, "PyPy 3.6"),
    (224, 224, "PyPy 3.7"),
    (240, 240, "PyPy 3.7"),
    (256, 256, "PyPy 3.8"),
    (336, 336, "PyPy 3.9"),
    (384, 384, "PyPy 3.10"),
    (416, 416, "PyPy 3.11"),
    (3000, 3131, "Python 3.0"),
    (3141, 3151, "Python 3.1"),
    (3160, 3180, "Python 3.2"),
    (3190, 3230, "Python 3.3"),
    (3250, 3310, "Python 3.4"),
    (3320, 3351, "Python 3.5"),
    (3360, 3379, "Python 3.6"),
    (3390, 3394, "Python 3.7"),
    (3400, 3413, "Python 3.8"),
    (3420, 3425, "Python 3.9"),
    (3430, 3439, "Python 3.10"),
    (3450, 3495, "Python 3.11"),
    (3500, 3531, "Python 3.12"),
    (3550, 3571, "Python 3.13"),
    (3600, 3626, "a development version of Python 3.14"),
    (3627, 3627, "Python 3.14"),
    (3650, 3699, "Python 3.15"),
    (3700, 3749, "Python 3.16"),
    (3750, 3799, "Python 3.17"),
    (5892, 5892, "Python 1.4"),
    (11913, 11913, "Python 1.3"),
    (20121, 20121, "Python 1.5"),
    (50428, 50428, "Python 1.6"),
    (50823, 50823, "Python 2.0"),
    (60202, 60202, "Python 2.1"),
    (60717, 60717, "Python 2.2"),
    (62011, 62021, "Python 2.3"),
    (62041, 62061, "Python 2.4"),
    (62071, 62131, "Python 2.5"),
    (62151, 62161, "Python 2.6"),
    (62171, 62211, "Python 2.7"),
    (62218, 62218, "PyPy 2.7"),
];

/// The version that writes this magic number, as "Python 3.12", if it is known.
pub fn made_by(magic: u16) -> Option<&'static str> {
    let (_, _, version) = VERSIONS
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&magic))?;
    Some(version)
}
