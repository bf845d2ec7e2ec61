//! Headers of `.pyc` files: round trips, and what is refused how. Magic numbers are those that the Pythons themselves print (facts/magic.py).

use terrarium_bytecode::marshal::{self, ErrorKind};
use terrarium_bytecode::pyc::{self, Error, Source};

const EMPTY: &[u8] = include_bytes!("../../../tests/dis/empty.pyc");

fn check(file: &[u8], expected: Error) {
    assert_eq!(pyc::read(file).expect_err("a damaged file"), expected);
}

#[test]
fn magic_numbers_name_their_versions() {
    for line in include_str!("facts/magic.txt").lines() {
        let (version, magic) = line.rsplit_once(' ').unwrap();
        let magic: u16 = magic.parse().unwrap();
        assert_eq!(pyc::made_by(magic), Some(version));
        let mut file = EMPTY.to_vec();
        file[..2].copy_from_slice(&magic.to_le_bytes());
        assert!(pyc::is_pyc(&file));
        if magic == pyc::MAGIC {
            assert_eq!(file, EMPTY);
        } else {
            let message = pyc::read(&file).unwrap_err().to_string();
            assert!(
                message.starts_with(&format!("made by {version} ")),
                "{message}"
            );
        }
    }
}

#[test]
fn headers_are_read_as_written() {
    let hash = pyc::source_hash(b"x = 1\n");
    for source in [
        Source::Timestamp {
            mtime: 0x12345678,
            size: u32::MAX,
        },
        Source::Hash {
            checked: true,
            hash,
        },
        Source::Hash {
            checked: false,
            hash,
        },
    ] {
        assert_eq!(pyc::read_header(&pyc::header(source)), Ok(source));
        let module = pyc::read(&[&pyc::header(source)[..], &EMPTY[16..]].concat()).unwrap();
        assert_eq!((module.source, module.trailing), (source, 0));
    }
}

#[test]
fn damaged_files_are_refused() {
    check(b"", Error::Empty);
    check(&EMPTY[..3], Error::ShortHeader(3));
    check(&EMPTY[..15], Error::ShortHeader(15));
    check(b"x = 1\n", Error::NotPyc(*b"x = "));
    check(
        b"\0\0\r\n\0\0\0\0",
        Error::OtherVersion {
            version: None,
            magic: 0,
        },
    );
    let marshal_error = |offset, kind| Error::Marshal(marshal::Error { offset, kind });
    check(&EMPTY[..16], marshal_error(16, ErrorKind::MissingValue));
    check(&EMPTY[..18], marshal_error(17, ErrorKind::TooShort));
    let with = |at: usize, byte: u8| {
        let mut file = EMPTY.to_vec();
        file[at] = byte;
        file
    };
    check(&with(4, 2), Error::UnknownFlags(2));
    check(&with(7, 1), Error::UnknownFlags(0x1000001));
    check(
        &with(16, b'?'),
        marshal_error(16, ErrorKind::UnknownType(b'?')),
    );
    check(&with(16, b'N'), Error::NotCode("NoneType"));
}

#[test]
fn what_follows_the_code_object_is_counted() {
    let file = [EMPTY, b"more"].concat();
    assert_eq!(pyc::read(&file).unwrap().trailing, 4);
}
