//! The matching engine (Modules/_sre/sre_lib.h): backtracking with a stack of its own, so that no pattern uses up the native one.

use terrarium_objects::types::str::Unit;

use super::charset::{at_position, in_set, lower_ascii, lower_unicode, single, single_length};
use super::codes::{MAXREPEAT, op};
use super::state::{Context, Jump, NONE, Repeat, State};

/// One match attempt's text and code.
pub struct Engine<'a, U: Unit> {
    pub text: &'a [U],
    pub code: &'a [u32],
}

/// What an operation decided.
enum Step {
    /// Go on at this code and position.
    Go(usize, usize),
    Done(bool),
    /// Try the code at the first position from the second on; the context on the stack waits for the result.
    Ask(usize, usize, bool),
}

/// What an operation asked for matched, and so it does.
fn matched(state: &mut State, context: &Context) -> Step {
    state.drop_marks(context);
    Step::Done(true)
}

/// The marks are as they were before an operation asked.
fn take_back(state: &mut State, context: &Context) {
    state.copy_marks(context);
    state.drop_marks(context);
    state.restore_last(context);
}

impl<U: Unit> Engine<'_, U> {
    #[inline(always)]
    pub(super) fn char(&self, at: usize) -> u32 {
        self.text[at].point()
    }

    /// How often the single-character operation at `code` matches from `ptr` on, at most `most` times.
    fn count(&self, end: usize, code: usize, ptr: usize, most: u32) -> usize {
        let left = end.saturating_sub(ptr);
        let left = if most == MAXREPEAT {
            left
        } else {
            left.min(most as usize)
        };
        let text = &self.text[ptr.min(self.text.len())..(ptr + left).min(self.text.len())];
        let item = &self.code[code..];
        let run = |test: &dyn Fn(u32) -> bool| {
            text.iter()
                .position(|c| !test(c.point()))
                .unwrap_or(text.len())
        };
        match item[0] {
            op::ANY_ALL => text.len(),
            op::ANY => text
                .iter()
                .position(|c| c.point() == 10)
                .unwrap_or(text.len()),
            op::LITERAL => {
                let wanted = item[1];
                text.iter()
                    .position(|c| c.point() != wanted)
                    .unwrap_or(text.len())
            }
            op::NOT_LITERAL => {
                let wanted = item[1];
                text.iter()
                    .position(|c| c.point() == wanted)
                    .unwrap_or(text.len())
            }
            op::IN => {
                let set = &item[2..];
                text.iter()
                    .position(|c| !in_set(set, c.point()))
                    .unwrap_or(text.len())
            }
            _ => run(&|c| single(item, c).unwrap_or(false)),
        }
    }

    /// Matches the code from `start` on at the state's position; `state.ptr` is the end afterwards.
    pub fn run(&self, state: &mut State, start: usize, toplevel: bool) -> bool {
        let floor = state.contexts.len();
        let (mut code, mut ptr, mut top) = (start, state.ptr, toplevel);
        if self.code[code] == op::INFO {
            let least = self.code[code + 3] as usize;
            if least > 0 && state.end.saturating_sub(ptr) < least {
                return false;
            }
            code += 1 + self.code[code + 1] as usize;
        }
        loop {
            let mut step = self.forward(state, code, ptr, top);
            loop {
                match step {
                    Step::Go(..) => break,
                    Step::Ask(next, from, is_top) => {
                        top = is_top;
                        step = Step::Go(next, from);
                    }
                    Step::Done(result) => {
                        if state.contexts.len() == floor {
                            return result;
                        }
                        let Some(context) = state.contexts.pop() else {
                            return result;
                        };
                        top = context.toplevel;
                        step = self.resume(state, context, result);
                    }
                }
            }
            if let Step::Go(next, from) = step {
                (code, ptr) = (next, from);
            }
        }
    }

    /// Runs operations in a row until one must wait or all is decided.
    #[inline]
    fn forward(&self, state: &mut State, mut code: usize, mut ptr: usize, top: bool) -> Step {
        let end = state.end;
        loop {
            let operation = self.code[code];
            match operation {
                op::LITERAL => {
                    if ptr >= end || self.char(ptr) != self.code[code + 1] {
                        return Step::Done(false);
                    }
                    code += 2;
                    ptr += 1;
                }
                op::MARK => {
                    state.mark(self.code[code + 1] as usize, ptr);
                    code += 2;
                }
                op::AT => {
                    if !at_position(self.text, end, ptr, self.code[code + 1]) {
                        return Step::Done(false);
                    }
                    code += 2;
                }
                op::SUCCESS => {
                    let refused = top
                        && (state.match_all && ptr != end
                            || state.must_advance && ptr == state.start);
                    if refused {
                        return Step::Done(false);
                    }
                    state.ptr = ptr;
                    return Step::Done(true);
                }
                op::FAILURE => return Step::Done(false),
                op::JUMP | op::INFO => code += 1 + self.code[code + 1] as usize,
                op::GROUPREF
                | op::GROUPREF_IGNORE
                | op::GROUPREF_UNI_IGNORE
                | op::GROUPREF_LOC_IGNORE => {
                    match self.group_again(state, operation, self.code[code + 1], ptr) {
                        Some(next) => ptr = next,
                        None => return Step::Done(false),
                    }
                    code += 2;
                }
                op::GROUPREF_EXISTS => {
                    let there = state.group(self.code[code + 1] as usize + 1);
                    if there.is_some_and(|(start, end)| start <= end) {
                        code += 3;
                    } else {
                        code += 1 + self.code[code + 2] as usize;
                    }
                }
                op::BRANCH
                | op::REPEAT
                | op::MAX_UNTIL
                | op::MIN_UNTIL
                | op::REPEAT_ONE
                | op::MIN_REPEAT_ONE
                | op::POSSESSIVE_REPEAT
                | op::ATOMIC_GROUP
                | op::ASSERT
                | op::ASSERT_NOT => return self.wait(state, operation, code + 1, ptr, top),
                op::POSSESSIVE_REPEAT_ONE => {
                    let least = self.code[code + 2] as usize;
                    if end.saturating_sub(ptr) < least {
                        return Step::Done(false);
                    }
                    let count = self.count(end, code + 4, ptr, self.code[code + 3]);
                    if count < least {
                        return Step::Done(false);
                    }
                    ptr += count;
                    code += 1 + self.code[code + 1] as usize;
                }
                _ => {
                    let item = &self.code[code..];
                    if ptr >= end || !single(item, self.char(ptr)).unwrap_or(false) {
                        return Step::Done(false);
                    }
                    code += single_length(item);
                    ptr += 1;
                }
            }
        }
    }

    /// The position behind another copy of what a group matched.
    fn group_again(&self, state: &State, operation: u32, group: u32, ptr: usize) -> Option<usize> {
        let (from, to) = state.group(group as usize + 1).filter(|(s, e)| s <= e)?;
        let fold: fn(u32) -> u32 = match operation {
            op::GROUPREF => |c| c,
            op::GROUPREF_UNI_IGNORE => lower_unicode,
            _ => lower_ascii,
        };
        let mut at = ptr;
        for i in from..to {
            if at >= state.end || fold(self.char(at)) != fold(self.char(i)) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// Starts an operation that must wait for others.
    fn wait(&self, state: &mut State, operation: u32, code: usize, ptr: usize, top: bool) -> Step {
        let mut context = Context {
            jump: Jump::Top,
            toplevel: top,
            code,
            ptr,
            count: 0,
            lastmark: state.lastmark,
            lastindex: state.lastindex,
            aux: NONE,
            last_ptr: NONE,
            saved: false,
            base: 0,
        };
        match operation {
            op::BRANCH => {
                if state.repeat != NONE {
                    state.push_marks(&mut context);
                }
                context.aux = code;
                self.next_branch(state, context)
            }
            op::REPEAT => {
                state.repeats.push(Repeat {
                    code,
                    count: -1,
                    last_ptr: NONE,
                    previous: state.repeat,
                });
                state.repeat = state.repeats.len() - 1;
                context.jump = Jump::Repeat;
                context.aux = state.repeat;
                state.contexts.push(context);
                Step::Ask(code + self.code[code] as usize, ptr, top)
            }
            op::MAX_UNTIL => self.max_until(state, context),
            op::MIN_UNTIL => self.min_until(state, context),
            op::REPEAT_ONE => self.repeat_one(state, context),
            op::MIN_REPEAT_ONE => self.min_repeat_one(state, context),
            op::POSSESSIVE_REPEAT => self.possessive(state, context),
            op::ATOMIC_GROUP => {
                context.jump = Jump::AtomicGroup;
                state.contexts.push(context);
                Step::Ask(code + 1, ptr, false)
            }
            op::ASSERT => {
                let back = self.code[code + 1] as usize;
                if ptr < back {
                    return Step::Done(false);
                }
                context.jump = Jump::Assert;
                state.contexts.push(context);
                Step::Ask(code + 2, ptr - back, false)
            }
            _ => {
                let back = self.code[code + 1] as usize;
                let after = code + self.code[code] as usize;
                if ptr < back {
                    return Step::Go(after, ptr);
                }
                if state.repeat != NONE {
                    state.push_marks(&mut context);
                }
                context.jump = Jump::AssertNot;
                state.contexts.push(context);
                Step::Ask(code + 2, ptr - back, false)
            }
        }
    }

    fn next_branch(&self, state: &mut State, mut context: Context) -> Step {
        let ptr = context.ptr;
        let mut at = context.aux;
        while self.code[at] != 0 {
            let first = self.code[at + 1];
            let hopeless = match first {
                op::LITERAL => ptr >= state.end || self.char(ptr) != self.code[at + 2],
                op::IN => ptr >= state.end || !in_set(&self.code[at + 3..], self.char(ptr)),
                _ => false,
            };
            let next = at + self.code[at] as usize;
            if hopeless {
                at = next;
                continue;
            }
            context.aux = next;
            context.jump = Jump::Branch;
            state.contexts.push(context);
            return Step::Ask(at + 1, ptr, context.toplevel);
        }
        state.drop_marks(&context);
        Step::Done(false)
    }

    fn max_until(&self, state: &mut State, mut context: Context) -> Step {
        let index = state.repeat;
        let Some(repeat) = state.repeats.get_mut(index) else {
            return Step::Done(false);
        };
        context.aux = index;
        context.count = repeat.count + 1;
        let (least, most) = (self.code[repeat.code + 1], self.code[repeat.code + 2]);
        let item = repeat.code + 3;
        if context.count < least as isize {
            repeat.count = context.count;
            context.jump = Jump::MaxUntilItem;
            state.contexts.push(context);
            return Step::Ask(item, context.ptr, context.toplevel);
        }
        let room = most == MAXREPEAT || context.count < most as isize;
        if room && context.ptr != repeat.last_ptr {
            repeat.count = context.count;
            context.last_ptr = repeat.last_ptr;
            repeat.last_ptr = context.ptr;
            state.push_marks(&mut context);
            context.jump = Jump::MaxUntilMore;
            state.contexts.push(context);
            return Step::Ask(item, context.ptr, context.toplevel);
        }
        self.max_until_tail(state, context)
    }

    fn max_until_tail(&self, state: &mut State, mut context: Context) -> Step {
        state.repeat = state.repeats[context.aux].previous;
        context.jump = Jump::MaxUntilTail;
        context.saved = false;
        state.contexts.push(context);
        Step::Ask(context.code, context.ptr, context.toplevel)
    }

    fn min_until(&self, state: &mut State, mut context: Context) -> Step {
        let index = state.repeat;
        let Some(repeat) = state.repeats.get_mut(index) else {
            return Step::Done(false);
        };
        context.aux = index;
        context.count = repeat.count + 1;
        let least = self.code[repeat.code + 1];
        if context.count < least as isize {
            repeat.count = context.count;
            let item = repeat.code + 3;
            context.jump = Jump::MinUntilItem;
            state.contexts.push(context);
            return Step::Ask(item, context.ptr, context.toplevel);
        }
        state.repeat = repeat.previous;
        if state.repeat != NONE {
            state.push_marks(&mut context);
        }
        context.jump = Jump::MinUntilTail;
        state.contexts.push(context);
        Step::Ask(context.code, context.ptr, context.toplevel)
    }

    fn repeat_one(&self, state: &mut State, mut context: Context) -> Step {
        let code = context.code;
        let least = self.code[code + 1] as usize;
        if state.end.saturating_sub(context.ptr) < least {
            return Step::Done(false);
        }
        let count = self.count(state.end, code + 3, context.ptr, self.code[code + 2]);
        if count < least {
            return Step::Done(false);
        }
        context.ptr += count;
        context.count = count as isize;
        let tail = code + self.code[code] as usize;
        let refused = context.toplevel && state.must_advance && context.ptr == state.start;
        if self.code[tail] == op::SUCCESS && context.ptr == state.end && !refused {
            state.ptr = context.ptr;
            return Step::Done(true);
        }
        if state.repeat != NONE {
            state.push_marks(&mut context);
        }
        self.repeat_one_try(state, context)
    }

    /// Tries the tail with as many repetitions as there are, then fewer.
    fn repeat_one_try(&self, state: &mut State, mut context: Context) -> Step {
        let code = context.code;
        let least = self.code[code + 1] as isize;
        let tail = code + self.code[code] as usize;
        if self.code[tail] == op::LITERAL {
            let wanted = self.code[tail + 1];
            while context.count >= least
                && (context.ptr >= state.end || self.char(context.ptr) != wanted)
            {
                context.ptr = context.ptr.wrapping_sub(1);
                context.count -= 1;
            }
        }
        if context.count < least {
            state.drop_marks(&context);
            return Step::Done(false);
        }
        context.jump = Jump::RepeatOne;
        state.contexts.push(context);
        Step::Ask(tail, context.ptr, context.toplevel)
    }

    fn min_repeat_one(&self, state: &mut State, mut context: Context) -> Step {
        let code = context.code;
        let least = self.code[code + 1];
        if state.end.saturating_sub(context.ptr) < least as usize {
            return Step::Done(false);
        }
        if least > 0 {
            let count = self.count(state.end, code + 3, context.ptr, least);
            if count < least as usize {
                return Step::Done(false);
            }
            context.count = count as isize;
            context.ptr += count;
        }
        let tail = code + self.code[code] as usize;
        let refused = context.toplevel
            && (state.match_all && context.ptr != state.end
                || state.must_advance && context.ptr == state.start);
        if self.code[tail] == op::SUCCESS && !refused {
            state.ptr = context.ptr;
            return Step::Done(true);
        }
        if state.repeat != NONE {
            state.push_marks(&mut context);
        }
        context.jump = Jump::MinRepeatOne;
        state.contexts.push(context);
        Step::Ask(tail, context.ptr, context.toplevel)
    }

    fn possessive(&self, state: &mut State, mut context: Context) -> Step {
        // Inside the item marks are saved as inside any repeat.
        state.repeats.push(Repeat {
            code: NONE,
            count: -1,
            last_ptr: NONE,
            previous: state.repeat,
        });
        state.repeat = state.repeats.len() - 1;
        context.aux = state.repeat;
        state.ptr = context.ptr;
        self.possessive_item(state, context)
    }

    fn possessive_item(&self, state: &mut State, mut context: Context) -> Step {
        let code = context.code;
        let (least, most) = (self.code[code + 1], self.code[code + 2]);
        let here = state.ptr;
        if context.count < least as isize {
            context.jump = Jump::PossessiveItem;
            state.contexts.push(context);
            return Step::Ask(code + 3, here, false);
        }
        let room = most == MAXREPEAT || context.count < most as isize;
        if room && here != context.last_ptr {
            context.last_ptr = here;
            context.lastmark = state.lastmark;
            context.lastindex = state.lastindex;
            state.push_marks(&mut context);
            context.jump = Jump::PossessiveMore;
            state.contexts.push(context);
            return Step::Ask(code + 3, here, false);
        }
        self.possessive_end(state, &context, here)
    }

    fn possessive_end(&self, state: &mut State, context: &Context, ptr: usize) -> Step {
        state.repeat = state.repeats[context.aux].previous;
        state.repeats.truncate(context.aux);
        // Behind the SUCCESS that ends the item.
        Step::Go(context.code + self.code[context.code] as usize + 1, ptr)
    }

    /// Goes on with an operation whose question has been answered.
    fn resume(&self, state: &mut State, mut context: Context, result: bool) -> Step {
        match context.jump {
            Jump::Top => Step::Done(result),
            Jump::Branch if result => matched(state, &context),
            Jump::Branch => {
                state.copy_marks(&context);
                state.restore_last(&context);
                self.next_branch(state, context)
            }
            Jump::Repeat => {
                state.repeat = state.repeats[context.aux].previous;
                state.repeats.truncate(context.aux);
                Step::Done(result)
            }
            Jump::MaxUntilItem | Jump::MinUntilItem => {
                if !result {
                    state.repeats[context.aux].count = context.count - 1;
                    state.ptr = context.ptr;
                }
                Step::Done(result)
            }
            Jump::MaxUntilMore => {
                state.repeats[context.aux].last_ptr = context.last_ptr;
                if result {
                    return matched(state, &context);
                }
                take_back(state, &context);
                state.repeats[context.aux].count = context.count - 1;
                self.max_until_tail(state, context)
            }
            Jump::MaxUntilTail => {
                state.repeat = context.aux;
                if !result {
                    state.ptr = context.ptr;
                }
                Step::Done(result)
            }
            Jump::MinUntilTail => self.min_until_more(state, context, result),
            Jump::MinUntilMore => {
                let repeat = &mut state.repeats[context.aux];
                repeat.last_ptr = context.last_ptr;
                if !result {
                    repeat.count = context.count - 1;
                    state.ptr = context.ptr;
                }
                Step::Done(result)
            }
            Jump::RepeatOne if result => matched(state, &context),
            Jump::RepeatOne => {
                state.copy_marks(&context);
                state.restore_last(&context);
                context.ptr = context.ptr.wrapping_sub(1);
                context.count -= 1;
                self.repeat_one_try(state, context)
            }
            Jump::MinRepeatOne => self.min_repeat_one_more(state, context, result),
            Jump::PossessiveItem | Jump::PossessiveMore => {
                self.possessive_more(state, context, result)
            }
            Jump::AtomicGroup | Jump::Assert if !result => Step::Done(false),
            Jump::AtomicGroup => Step::Go(self.behind(&context), state.ptr),
            Jump::Assert => Step::Go(self.behind(&context), context.ptr),
            Jump::AssertNot if result => {
                state.drop_marks(&context);
                Step::Done(false)
            }
            Jump::AssertNot => {
                take_back(state, &context);
                Step::Go(self.behind(&context), context.ptr)
            }
        }
    }

    /// The code behind an operation that is over.
    fn behind(&self, context: &Context) -> usize {
        context.code + self.code[context.code] as usize
    }

    fn possessive_more(&self, state: &mut State, mut context: Context, result: bool) -> Step {
        let further = matches!(context.jump, Jump::PossessiveMore);
        if result {
            if further {
                state.drop_marks(&context);
                context.saved = false;
            }
            context.count += 1;
            return self.possessive_item(state, context);
        }
        if further {
            take_back(state, &context);
            let here = context.last_ptr;
            return self.possessive_end(state, &context, here);
        }
        state.repeat = state.repeats[context.aux].previous;
        state.repeats.truncate(context.aux);
        Step::Done(false)
    }

    fn min_until_more(&self, state: &mut State, mut context: Context, result: bool) -> Step {
        state.repeat = context.aux;
        if result {
            return matched(state, &context);
        }
        take_back(state, &context);
        context.saved = false;
        state.ptr = context.ptr;
        let repeat = &mut state.repeats[context.aux];
        let most = self.code[repeat.code + 2];
        let full = most != MAXREPEAT && context.count >= most as isize;
        if full || context.ptr == repeat.last_ptr {
            return Step::Done(false);
        }
        repeat.count = context.count;
        context.last_ptr = repeat.last_ptr;
        repeat.last_ptr = context.ptr;
        let item = repeat.code + 3;
        context.jump = Jump::MinUntilMore;
        state.contexts.push(context);
        Step::Ask(item, context.ptr, context.toplevel)
    }

    fn min_repeat_one_more(&self, state: &mut State, mut context: Context, result: bool) -> Step {
        if result {
            return matched(state, &context);
        }
        state.copy_marks(&context);
        state.restore_last(&context);
        let code = context.code;
        let most = self.code[code + 2];
        if self.count(state.end, code + 3, context.ptr, 1) == 0 {
            state.drop_marks(&context);
            return Step::Done(false);
        }
        context.ptr += 1;
        context.count += 1;
        if most != MAXREPEAT && context.count > most as isize {
            state.drop_marks(&context);
            return Step::Done(false);
        }
        state.contexts.push(context);
        Step::Ask(
            code + self.code[code] as usize,
            context.ptr,
            context.toplevel,
        )
    }
}
