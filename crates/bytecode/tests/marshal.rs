//! Marshal data against what CPython 3.14 makes of it (/tests/marshal, made by goldens.py there).

use terrarium_bytecode::hash::{Hasher, SetOrders};
use terrarium_bytecode::marshal::{self, Builder, CodeParts, ErrorKind, Kind, Options, Singleton};
use terrarium_bytecode::repr::repr;
use terrarium_bytecode::{Constant, pyc};

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split('\t').collect())
}

fn from_hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
    text.as_bytes()
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// `ascii(value)`: as `repr`, what is not ASCII escaped.
fn ascii(value: &Constant, hasher: Hasher) -> String {
    let mut out = Vec::new();
    repr(value, &SetOrders::new(hasher), 1 << 20, &mut out).unwrap();
    let mut text = String::new();
    for character in String::from_utf8(out).unwrap().chars() {
        match character as u32 {
            0..0x80 => text.push(character),
            number @ 0x80..0x100 => text += &format!("\\x{number:02x}"),
            number @ 0x100..0x10000 => text += &format!("\\u{number:04x}"),
            number => text += &format!("\\U{number:08x}"),
        }
    }
    text
}

#[test]
fn values_are_read_and_written_as_by_cpython() {
    for line in lines(include_str!("../../../tests/marshal/values.txt")) {
        let [hex, length, again, expected] = line[..] else {
            panic!("{line:?}")
        };
        let data = from_hex(hex);
        let (value, read) = marshal::load(&data).unwrap_or_else(|error| panic!("{hex}: {error}"));
        assert_eq!(ascii(&value, Hasher::default()), expected, "{hex}");
        assert_eq!(read.to_string(), length, "{hex}");
        let written = marshal::dump(&value).unwrap();
        assert_eq!(written == data, again == "same", "{hex}: {written:02x?}");
    }
}

#[test]
fn older_versions_are_written_as_by_cpython() {
    for line in lines(include_str!("../../../tests/marshal/versions.txt")) {
        let [version, hex, expected] = line[..] else {
            panic!("{line:?}")
        };
        let (value, _) = marshal::load(&from_hex(hex)).unwrap();
        let options = Options {
            version: version.parse().unwrap(),
            held: true,
        };
        match marshal::dump_with(&value, options) {
            Ok(written) => assert_eq!(written, from_hex(expected), "version {version}: {hex}"),
            Err(error) => assert_eq!(error.kind.python().1, expected, "version {version}: {hex}"),
        }
    }
}

#[test]
fn errors_are_cpythons() {
    for line in lines(include_str!("../../../tests/marshal/errors.txt")) {
        let [hex, expected] = line[..] else {
            panic!("{line:?}")
        };
        let data = from_hex(hex);
        let error = marshal::load(&data).expect_err(hex);
        let (kind, message) = error.kind.python();
        assert_eq!(format!("{kind}: {message}"), expected, "{hex}");
        assert!(error.offset <= data.len(), "{hex}");
    }
}

#[test]
fn sets_are_ordered_as_by_cpython() {
    for line in lines(include_str!("../../../tests/marshal/sets.txt")) {
        let [seed, hex, expected] = line[..] else {
            panic!("{line:?}")
        };
        let (value, _) = marshal::load(&from_hex(hex)).unwrap();
        assert_eq!(
            ascii(&value, Hasher::with_seed(seed.parse().unwrap())),
            expected,
            "seed {seed}: {hex}"
        );
    }
}

#[test]
fn source_hashes_are_cpythons() {
    for line in lines(include_str!("../../../tests/marshal/hashes.txt")) {
        let [source, expected] = line[..] else {
            panic!("{line:?}")
        };
        let source = if source == "-" {
            Vec::new()
        } else {
            from_hex(source)
        };
        assert_eq!(pyc::source_hash(&source).to_vec(), from_hex(expected));
    }
}

/// Values that hold themselves are valid, but no constants.
#[test]
fn recursive_values_are_refused() {
    for hex in ["a90172", "db0100000072"] {
        let data = [from_hex(hex), vec![0; 4]].concat();
        assert_eq!(marshal::load(&data).unwrap_err().kind, ErrorKind::Recursive);
    }
}

/// References make values deeper than the data nests.
#[test]
fn depth_is_limited_across_references() {
    let chain = |inner: &[u8]| [&[0xa9, 1][..], &[b')', 1].repeat(1800), inner].concat();
    let data = [&b")\x02"[..], &chain(b"N"), &chain(b"r\0\0\0\0")].concat();
    assert_eq!(marshal::load(&data).unwrap_err().kind, ErrorKind::TooDeep);
}

/// A small value that would be exponentially long when written out.
#[test]
fn long_texts_are_refused() {
    let mut data = vec![b')', 60, 0xa9, 1, b'N'];
    for index in 0..59u8 {
        data.extend([0xa9, 2, b'r', index, 0, 0, 0, b'r', index, 0, 0, 0]);
    }
    let (value, read) = marshal::load(&data).unwrap();
    assert_eq!(read, data.len());
    assert!(repr(&value, &SetOrders::default(), 1 << 20, &mut Vec::new()).is_err());
    // As the element of a set it would take as long to hash.
    let set = Constant::FrozenSet([value].into());
    assert_eq!(
        Hasher::default().set_order(match &set {
            Constant::FrozenSet(items) => items,
            _ => unreachable!(),
        }),
        [0]
    );
    assert_eq!(marshal::dump(&set).unwrap().len(), data.len() + 5);
}

/// Values as numbers: an index into the list of what each one holds.
struct Graph(Vec<Vec<usize>>);

impl Graph {
    fn node(&mut self) -> Result<usize, ()> {
        self.0.push(Vec::new());
        Ok(self.0.len() - 1)
    }
}

impl Builder for Graph {
    type Value = usize;
    type Error = ();

    fn singleton(&mut self, _which: Singleton) -> usize {
        self.0.push(Vec::new());
        self.0.len() - 1
    }
    fn int(&mut self, _value: i64) -> Result<usize, ()> {
        self.node()
    }
    fn big_int(&mut self, _value: num_bigint::BigInt) -> Result<usize, ()> {
        self.node()
    }
    fn float(&mut self, _value: f64) -> Result<usize, ()> {
        self.node()
    }
    fn complex(&mut self, _real: f64, _imag: f64) -> Result<usize, ()> {
        self.node()
    }
    fn bytes(&mut self, _value: &[u8]) -> Result<usize, ()> {
        self.node()
    }
    fn string(&mut self, _text: &[u8], _interned: bool) -> Result<usize, ()> {
        self.node()
    }
    fn begin(&mut self, kind: Kind, _length: usize) -> Result<Option<usize>, ()> {
        if kind == Kind::FrozenSet {
            Ok(None)
        } else {
            self.node().map(Some)
        }
    }
    fn finish(
        &mut self,
        _kind: Kind,
        begun: Option<usize>,
        items: Vec<usize>,
    ) -> Result<usize, ()> {
        let node = match begun {
            Some(node) => node,
            None => self.node()?,
        };
        self.0[node] = items;
        Ok(node)
    }
    fn code(&mut self, _parts: CodeParts<usize>) -> Result<usize, ()> {
        Err(())
    }
}

/// A builder that gives containers away before they are filled can make values that hold themselves.
#[test]
fn builders_can_make_recursive_values() {
    let read = |hex| {
        let mut graph = Graph(Vec::new());
        marshal::read(&from_hex(hex), &mut graph).map(|(node, _)| (node, graph.0))
    };
    assert_eq!(
        read("db02000000720000000072000000004e").unwrap(),
        (0, vec![vec![0, 0]])
    );
    assert_eq!(
        read("a90229014e7200000000").unwrap(),
        (0, vec![vec![1, 0], vec![2], vec![]])
    );
    assert!(read("be010000007200000000").is_err());
}
