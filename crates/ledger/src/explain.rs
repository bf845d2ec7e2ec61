//! The account of a run by source line: the first pass over each line in full, later passes as sums. Facts only; `report` words them.

use std::collections::BTreeMap;

/// What one instruction did to the references of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Number of the object in order of appearance, from 1.
    pub object: u32,
    pub type_name: String,
    pub what: String,
    /// Its own name, if it has one: of a class, a function, a code object, a module.
    pub own_name: Option<String>,
    /// The count before and after.
    pub before: u32,
    pub after: u32,
    pub born: bool,
    pub died: bool,
    /// The count never changes.
    pub immortal: bool,
    /// It was made immortal here; `after` is what was counted until then.
    pub made_immortal: bool,
    /// Holders that own a reference now and did not before.
    pub taken: Vec<String>,
    /// Holders that owned a reference before and do not now.
    pub given: Vec<String>,
    /// Holders that refer to it now without a count.
    pub borrowed: Vec<String>,
    /// References taken and given up again while the instruction ran, by native code or by an operand that came and went.
    pub passing: u32,
}

impl Effect {
    /// Whether nothing is left of it afterwards: it was made and died, or only held for a moment.
    pub fn is_passing(&self) -> bool {
        let same = self.before == self.after && !self.immortal && !self.made_immortal;
        same && self.taken.is_empty() && self.given.is_empty() && self.borrowed.is_empty()
    }
}

/// One instruction of a line's first pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Byte offset, as `dis` counts.
    pub offset: u32,
    pub opname: String,
    /// The argument in words.
    pub argument: String,
    pub effects: Vec<Effect>,
    /// `__del__` methods that ran because of it.
    pub finalizers: Vec<String>,
}

/// Sums over the later passes of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Later {
    pub passes: usize,
    /// For each type: references taken, given up, objects born, objects that died.
    pub by_type: BTreeMap<String, [usize; 4]>,
}

/// What happened on one line of one code object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: i32,
    /// Qualified name of the code object.
    pub scope: String,
    pub rows: Vec<Row>,
    pub later: Later,
}

/// The whole account of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    pub filename: String,
    /// In source order.
    pub lines: Vec<Line>,
    /// The line at which the heap became too large for holders to be followed.
    pub holders_end: Option<i32>,
}
