//! `_tokenize`: the iterator that `tokenize` builds on (Python/Python-tokenize.c).

mod number;
mod scan;

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{Slots, Type, flags};
use terrarium_objects::types::bytes;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{
    dict, exceptions as exc, int, module, none, self_iter, tuple, r#type,
};
use terrarium_objects::visit::Visit;
use terrarium_objects::{
    Owned, PyResult, Raised, error, gc, none_owned, ops, root, typeobject_ready,
};
use terrarium_runtime::native_module::ModuleDef;

use scan::{Problem, Scanner, Token, kind};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_tokenize",
    doc: "",
    methods: &[],
    exec,
};

fn exec(this: &Object) -> PyResult<()> {
    typeobject_ready::ready_static(&TOKENIZER_ITER);
    dict::set_str(
        module::namespace(this),
        "TokenizerIter",
        TOKENIZER_ITER.as_object(),
    );
    Ok(())
}

/// CPython's `tokenizeriterobject`.
#[repr(C)]
pub struct TokenizerIter {
    object: Object,
    readline: Field,
    encoding: Field,
    state: Cell<*mut State>,
    extra_tokens: Cell<bool>,
}

/// The text and the tokens found in it.
struct State {
    text: Vec<u32>,
    /// Where each line starts.
    lines: Vec<usize>,
    tokens: std::vec::IntoIter<Token>,
    problem: Option<Problem>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TokenizerIter {
    fn type_object() -> &'static Type {
        &TOKENIZER_ITER
    }
}

pub static TOKENIZER_ITER: Type = Type::builtin(
    "_tokenize.TokenizerIter",
    size_of::<TokenizerIter>(),
    Slots {
        dealloc,
        visit,
        iter: Some(self_iter),
        iternext: Some(next),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC);

fn of(object: &Object) -> &TokenizerIter {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance; its state is given up once.
    unsafe {
        let this = &*object;
        gc::untrack(this);
        let state = of(this).state.replace(std::ptr::null_mut());
        if !state.is_null() {
            drop(Box::from_raw(state));
        }
        of(this).readline.clear();
        of(this).encoding.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).readline.visit_hidden("readline", visit);
    of(object).encoding.visit_hidden("encoding", visit);
}

static NEW: Signature = Signature {
    name: "tokenizeriter",
    params: &["readline", "encoding", "extra_tokens"],
    posonly: 0,
    minpos: 1,
    maxpos: 1,
    minkw: 0,
};

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let [readline, encoding, extra] = NEW.bind_tuple::<3>(args, kwargs)?;
    let extra = extra.map_or(Ok(false), ops::compare::is_true)?;
    let made = r#type::generic_alloc(ty, 0)?;
    let this = of(&made);
    this.readline.set_ref(readline);
    this.encoding
        .set_ref(encoding.filter(|e| !e.is(none::none())));
    this.extra_tokens.set(extra);
    Ok(made)
}

/// All lines, one after the other.
fn read(this: &TokenizerIter) -> PyResult<Vec<u32>> {
    let mut text = Vec::new();
    let Some(readline) = this.readline.owned() else {
        return Ok(text);
    };
    let readline = root("readline", readline);
    let encoding = this.encoding.get().map(ops::text::lossy);
    loop {
        let line = match ops::call::call(&readline, &[], None) {
            Ok(line) => line,
            Err(_) if error::matches(&exc::STOP_ITERATION) => {
                error::clear();
                break;
            }
            Err(raised) => return Err(raised),
        };
        let line = match &encoding {
            Some(encoding) if bytes::is_bytes(&line) => {
                terrarium_objects::codecs::decode(bytes::cast(&line).bytes(), encoding, "replace")?
            }
            Some(_) => return Err(error::type_error("readline() returned a non-bytes object")),
            None => line,
        };
        let Some(found) = line.downcast::<Str>() else {
            return Err(error::type_error("readline() returned a non-string object"));
        };
        if found.is_empty() {
            break;
        }
        text.extend(found.chars().points());
    }
    Ok(text)
}

fn start(this: &TokenizerIter) -> PyResult<()> {
    let text = read(this)?;
    let mut lines = vec![0];
    lines.extend(
        text.iter()
            .enumerate()
            .filter(|(_, p)| **p == 10)
            .map(|(i, _)| i + 1),
    );
    let mut scanner = Scanner::new(&text);
    let problem = scanner.run().err();
    let tokens = std::mem::take(&mut scanner.tokens).into_iter();
    this.state.set(Box::into_raw(Box::new(State {
        text,
        lines,
        tokens,
        problem,
    })));
    Ok(())
}

impl State {
    /// Line (from 1) and column of a place.
    fn place(&self, at: usize) -> (usize, usize) {
        if at == self.text.len() && at > 0 && self.text[at - 1] != 10 {
            let line = self.lines.len();
            return (line, at - self.lines[line - 1]);
        }
        let line = self.lines.partition_point(|start| *start <= at);
        (line, at - self.lines[line - 1])
    }

    /// The text of some lines.
    fn lines_text(&self, first: usize, last: usize) -> &[u32] {
        let start = self
            .lines
            .get(first - 1)
            .copied()
            .unwrap_or(self.text.len());
        let end = self.lines.get(last).copied().unwrap_or(self.text.len());
        &self.text[start.min(end)..end]
    }

    /// The line behind the last one, where the end is shown.
    fn last_line(&self) -> usize {
        let unfinished = self.text.last().is_some_and(|p| *p != 10);
        self.lines.len() + usize::from(unfinished)
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let this = of(object);
    if this.state.get().is_null() {
        start(this)?;
    }
    // SAFETY: made above, given up at deallocation; nothing here runs Python.
    let state = unsafe { &mut *this.state.get() };
    let extra = this.extra_tokens.get();
    loop {
        let Some(token) = state.tokens.next() else {
            return match state.problem.take() {
                Some(problem) => Err(raise(state, &problem)),
                // Raised, as in CPython: tracing sees it.
                None => Err(error::raise(&exc::STOP_ITERATION, "EOF")),
            };
        };
        if !extra && matches!(token.kind, kind::COMMENT | kind::NL) {
            continue;
        }
        return Ok(Some(show(state, &token, extra)));
    }
}

fn show(state: &State, token: &Token, extra: bool) -> Owned {
    let at_end =
        token.start == state.text.len() && matches!(token.kind, kind::ENDMARKER | kind::DEDENT);
    let (start, end) = if at_end {
        let place = (state.last_line(), 0);
        (place, place)
    } else {
        let start = state.place(token.start);
        let mut end = state.place(token.end);
        // A line break belongs to the line it ends.
        if matches!(token.kind, kind::NEWLINE | kind::NL) {
            end = (start.0, start.1 + token.end - token.start);
        }
        (start, (end.0, end.1 + token.extra))
    };
    let text = Str::from_code_points(&state.text[token.start..token.end]);
    let line = if at_end {
        str::empty()
    } else {
        Str::from_code_points(state.lines_text(start.0, end.0))
    };
    let number = if extra || token.kind != kind::OP {
        token.kind
    } else {
        exact(&ops::text::lossy(&text))
    };
    let pair = |(line, column): (usize, usize)| {
        tuple::from_array([int::from_usize(line), int::from_usize(column)])
    };
    let text = if extra || token.kind != kind::NEWLINE && token.kind != kind::INDENT {
        text
    } else {
        str::empty()
    };
    tuple::from_array([int::from_i64(number), text, pair(start), pair(end), line])
}

/// The number of each operator, in the order of Lib/token.py from 7 on.
const OPERATORS: [&std::primitive::str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{",
    "}", "==", "!=", "<=", ">=", "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "<<=", ">>=", "**=", "//", "//=", "@", "@=", "->", "...", ":=", "!",
];

fn exact(operator: &std::primitive::str) -> i64 {
    OPERATORS
        .iter()
        .position(|o| *o == operator)
        .map_or(kind::OP, |i| i as i64 + 7)
}

fn raise(state: &State, problem: &Problem) -> Raised {
    let class: &Type = match problem.class {
        "IndentationError" => &exc::INDENTATION_ERROR,
        "TabError" => &exc::TAB_ERROR,
        _ => &exc::SYNTAX_ERROR,
    };
    let (mut line, mut column) = state.place(problem.at);
    if problem.at_end {
        line = state.last_line().saturating_sub(1).max(1);
    }
    let mut text = state.lines_text(line, line);
    while let [rest @ .., 10 | 13] = text {
        text = rest;
    }
    let indentation = problem.class != "SyntaxError";
    if indentation {
        column = text.len();
    }
    let place = |n: usize| int::from_usize(n);
    let (end_line, end_column) = if indentation {
        (none_owned(), none_owned())
    } else {
        (place(line), place(column + 1))
    };
    let details = tuple::from_owned(vec![
        Str::new("<string>"),
        place(line),
        place(column + 1),
        Str::from_code_points(text),
        end_line,
        end_column,
    ]);
    let message = Str::new(&problem.text);
    let args = [&*message, &*details].map(terrarium_objects::Word::borrowed);
    match ops::call::call(class.as_object(), &args, None) {
        Ok(made) => error::restore(made),
        Err(raised) => raised,
    }
}
