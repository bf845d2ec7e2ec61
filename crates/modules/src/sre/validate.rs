//! Checks the code given to `compile` before it is ever run (`_validate` in Modules/_sre/sre.c).

use super::codes::{CATEGORIES, MAXGROUPS, info, op};

/// Whether the engine can run the code of a pattern with so many groups.
pub fn is_valid(code: &[u32], groups: i64) -> bool {
    let Ok(groups) = usize::try_from(groups) else {
        return false;
    };
    if groups as i64 > MAXGROUPS {
        return false;
    }
    match code.split_last() {
        Some((&op::SUCCESS, rest)) => Checker { code, groups }.inner(0, rest.len(), 0).is_some(),
        _ => false,
    }
}

struct Checker<'a> {
    code: &'a [u32],
    groups: usize,
}

/// Deepest nesting; the native stack is used for it.
const DEEPEST: usize = 2000;

impl Checker<'_> {
    fn word(&self, at: &mut usize, end: usize) -> Option<u32> {
        if *at >= end {
            return None;
        }
        *at += 1;
        Some(self.code[*at - 1])
    }

    /// A skip, counted from its own place; it must not lead behind the end.
    fn skip(&self, at: &mut usize, end: usize, adjust: usize) -> Option<usize> {
        let skip = *self.code.get(*at).filter(|_| *at < end)? as usize;
        if skip.checked_sub(adjust)? > end - *at {
            return None;
        }
        *at += 1;
        Some(skip)
    }

    fn charset(&self, mut at: usize, end: usize) -> Option<()> {
        while at < end {
            match self.word(&mut at, end)? {
                op::NEGATE => {}
                op::LITERAL => at += 1,
                op::RANGE | op::RANGE_UNI_IGNORE => at += 2,
                op::CHARSET => at += 8,
                op::BIGCHARSET => {
                    let blocks = self.word(&mut at, end)?;
                    let table = self.code.get(at..at.checked_add(64)?)?;
                    if at + 64 > end {
                        return None;
                    }
                    let fits = table
                        .iter()
                        .flat_map(|w| w.to_ne_bytes())
                        .all(|b| u32::from(b) < blocks);
                    if !fits {
                        return None;
                    }
                    at = (at + 64).checked_add(blocks as usize * 8)?;
                }
                op::CATEGORY => {
                    if self.word(&mut at, end)? >= CATEGORIES {
                        return None;
                    }
                }
                _ => return None,
            }
            if at > end {
                return None;
            }
        }
        Some(())
    }

    fn inner(&self, mut at: usize, end: usize, depth: usize) -> Option<()> {
        if at > end || depth > DEEPEST {
            return None;
        }
        while at < end {
            let operation = self.word(&mut at, end)?;
            at = self.operation(operation, at, end, depth + 1)?;
        }
        Some(())
    }

    /// Expects one opcode.
    fn expect(&self, at: &mut usize, end: usize, wanted: &[u32]) -> Option<()> {
        let found = self.word(at, end)?;
        wanted.contains(&found).then_some(())
    }

    fn operation(&self, operation: u32, mut at: usize, end: usize, depth: usize) -> Option<usize> {
        match operation {
            op::MARK => {
                if self.word(&mut at, end)? as usize >= 2 * self.groups {
                    return None;
                }
            }
            op::LITERAL
            | op::NOT_LITERAL
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE => {
                self.word(&mut at, end)?;
            }
            op::SUCCESS | op::FAILURE | op::ANY | op::ANY_ALL => {}
            op::AT => {
                if self.word(&mut at, end)? >= 12 {
                    return None;
                }
            }
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => {
                let skip = self.skip(&mut at, end, 0)?;
                let last = (at + skip).checked_sub(2).filter(|l| *l >= at)?;
                self.charset(at, last)?;
                if self.code[last] != op::FAILURE {
                    return None;
                }
                at = last + 1;
            }
            op::INFO => at = self.info(at, end)?,
            op::BRANCH => at = self.branch(at, end, depth)?,
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                at = self.repeat(at, end, true, &[op::SUCCESS], depth)?;
            }
            op::REPEAT => {
                at = self.repeat(at, end, false, &[op::MAX_UNTIL, op::MIN_UNTIL], depth)?;
            }
            op::POSSESSIVE_REPEAT => at = self.repeat(at, end, false, &[op::SUCCESS], depth)?,
            op::ATOMIC_GROUP => {
                let skip = self.skip(&mut at, end, 0)?;
                let last = (at + skip).checked_sub(2).filter(|l| *l >= at)?;
                self.inner(at, last, depth)?;
                at = last;
                self.expect(&mut at, end, &[op::SUCCESS])?;
            }
            op::GROUPREF
            | op::GROUPREF_IGNORE
            | op::GROUPREF_UNI_IGNORE
            | op::GROUPREF_LOC_IGNORE => {
                if self.word(&mut at, end)? as usize >= self.groups {
                    return None;
                }
            }
            op::GROUPREF_EXISTS => at = self.group_exists(at, end, depth)?,
            op::ASSERT | op::ASSERT_NOT => {
                let skip = self.skip(&mut at, end, 0)?;
                self.word(&mut at, end)?;
                let last = (at + skip).checked_sub(3).filter(|l| *l >= at)?;
                self.inner(at, last, depth)?;
                at = last;
                self.expect(&mut at, end, &[op::SUCCESS])?;
            }
            _ => return None,
        }
        Some(at)
    }

    fn info(&self, mut at: usize, end: usize) -> Option<usize> {
        let skip = self.skip(&mut at, end, 0)?;
        let behind = (at + skip).checked_sub(1).filter(|b| *b <= end)?;
        let flags = self.word(&mut at, behind)?;
        self.word(&mut at, behind)?;
        self.word(&mut at, behind)?;
        let known = info::PREFIX | info::LITERAL | info::CHARSET;
        let prefix = flags & info::PREFIX != 0;
        let charset = flags & info::CHARSET != 0;
        if flags & !known != 0 || prefix && charset || flags & info::LITERAL != 0 && !prefix {
            return None;
        }
        if prefix {
            let length = self.word(&mut at, behind)? as usize;
            let skip = self.word(&mut at, behind)? as usize;
            if length == 0 || skip > length || length * 2 > behind.checked_sub(at)? {
                return None;
            }
            at += length;
            if self.code[at..at + length]
                .iter()
                .any(|o| *o as usize >= length)
            {
                return None;
            }
            at += length;
            // The engine skips that many literals after the block.
            let after = self.code.get(behind..behind.checked_add(2 * skip)?)?;
            if after.chunks(2).any(|pair| pair[0] != op::LITERAL) {
                return None;
            }
        }
        if charset {
            let last = behind.checked_sub(1).filter(|l| *l >= at)?;
            self.charset(at, last)?;
            if self.code[last] != op::FAILURE {
                return None;
            }
            at = behind;
        }
        (at == behind).then_some(behind)
    }

    fn branch(&self, mut at: usize, end: usize, depth: usize) -> Option<usize> {
        let mut target = None;
        loop {
            let skip = self.skip(&mut at, end, 0)?;
            if skip == 0 {
                break;
            }
            let last = (at + skip).checked_sub(3).filter(|l| *l >= at)?;
            self.inner(at, last, depth)?;
            at = last;
            self.expect(&mut at, end, &[op::JUMP])?;
            let skip = self.skip(&mut at, end, 0)?;
            let to = (at + skip).checked_sub(1)?;
            if *target.get_or_insert(to) != to {
                return None;
            }
        }
        (target == Some(at)).then_some(at)
    }

    /// Repeats: skip, least, most, item, and an opcode. The skip leads to that opcode, or (`inside`) behind it.
    fn repeat(
        &self,
        mut at: usize,
        end: usize,
        inside: bool,
        last: &[u32],
        depth: usize,
    ) -> Option<usize> {
        let start = at;
        let skip = self.skip(&mut at, end, 0)?;
        let (least, most) = (self.word(&mut at, end)?, self.word(&mut at, end)?);
        let item_end = (start + skip).checked_sub(usize::from(inside))?;
        if least > most || item_end < at {
            return None;
        }
        self.inner(at, item_end, depth)?;
        at = item_end;
        self.expect(&mut at, end, last)?;
        Some(at)
    }

    fn group_exists(&self, mut at: usize, end: usize, depth: usize) -> Option<usize> {
        let first = at;
        if self.word(&mut at, end)? as usize >= self.groups {
            return None;
        }
        let skip = self.skip(&mut at, end, 1)?;
        // The skip counts from the group's number.
        let target = first + skip;
        let jump = target.checked_sub(2).filter(|j| *j >= at && target <= end);
        if let Some(jump) = jump
            && self.code[jump] == op::JUMP
            // Else the word is an operand that looks like it.
            && self.inner(at, jump, depth).is_some()
        {
            let mut next = jump + 1;
            let skip = self.skip(&mut next, end, 0)?;
            let last = (next + skip).checked_sub(1)?;
            self.inner(next, last, depth)?;
            return Some(last);
        }
        self.inner(at, target, depth)?;
        Some(target)
    }
}
