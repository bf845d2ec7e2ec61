//! Readers and writers of rows.

use std::cell::{Cell, RefCell};

use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{float, int, list, none, self_iter, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, error, gc, none_owned, ops, root, words};

use super::dialect::{
    self, QUOTE_ALL, QUOTE_NONE, QUOTE_NONNUMERIC, QUOTE_NOTNULL, QUOTE_STRINGS, Settings,
};
use super::raise;

/// A reader or writer: its dialect and the object it reads from or writes to.
#[repr(C)]
pub struct Stream {
    object: Object,
    /// The iterator read from, or the `write` method.
    other: Field,
    dialect: Field,
    fields: Field,
    line_num: Cell<usize>,
    parser: Cell<*mut Parser>,
    padding: [usize; 5],
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Stream {
    fn type_object() -> &'static Type {
        &READER
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatCrnl,
    AfterEscapedCrnl,
}

#[derive(Default)]
struct Parser {
    state: Cell<State>,
    field: RefCell<Vec<u32>>,
    unquoted: Cell<bool>,
}

const fn stream_type(
    name: &'static std::primitive::str,
    slots: Slots,
    methods: &'static [MethodDef],
    getset: &'static [GetSetDef],
) -> Type {
    Type::builtin(name, size_of::<Stream>(), slots)
        .with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
        .with_methods(methods)
        .with_getset(getset)
}

const SLOTS: Slots = Slots {
    dealloc,
    visit,
    clear: Some(clear),
    ..Slots::NONE
};

const DIALECT: GetSetDef = GetSetDef::read("dialect", |o| Ok(of(o).dialect.or_none()), "");

pub static READER: Type = stream_type(
    "_csv.reader",
    Slots {
        iter: Some(self_iter),
        iternext: Some(next),
        ..SLOTS
    },
    &[],
    &[
        DIALECT,
        GetSetDef::read(
            "line_num",
            |o| Ok(int::from_usize(of(o).line_num.get())),
            "",
        ),
    ],
);
pub static WRITER: Type = stream_type(
    "_csv.writer",
    SLOTS,
    &[
        MethodDef::new("writerow", Native::O(writerow), ""),
        MethodDef::new("writerows", Native::O(writerows), ""),
    ],
    &[DIALECT],
);

fn of(object: &Object) -> &Stream {
    // SAFETY: called for readers and writers.
    unsafe { object.cast() }
}

fn clear(object: &Object) {
    of(object).dialect.clear();
    of(object).other.clear();
    of(object).fields.clear();
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying reader or writer; its parser is given up once.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        let parser = of(&*object).parser.replace(std::ptr::null_mut());
        if !parser.is_null() {
            drop(Box::from_raw(parser));
        }
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).dialect.visit("dialect", visit);
    of(object).other.visit("input_iter", visit);
    of(object).fields.visit("fields", visit);
}

/// A reader of the lines that `source` gives.
pub fn reader(source: &Object, dialect: Owned) -> PyResult {
    make(&READER, ops::iter::iter(source)?, dialect)
}

/// A writer to `file.write`.
pub fn writer(file: &Object, dialect: Owned) -> PyResult {
    let write = ops::attribute::get_optional(file, str::intern_immortal("write"))?;
    match write.filter(|w| w.ty().slots.call.is_some()) {
        Some(write) => make(&WRITER, write, dialect),
        None => Err(error::type_error("argument 1 must have a \"write\" method")),
    }
}

fn make(ty: &Type, other: Owned, dialect: Owned) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    let this = of(&made);
    this.other.set(Some(other));
    this.dialect.set(Some(dialect));
    this.parser.set(Box::into_raw(Box::<Parser>::default()));
    Ok(made)
}

fn settings(object: &Object) -> Settings {
    dialect::of(&of(object).dialect.or_none()).clone()
}

fn parser(object: &Object) -> &Parser {
    // SAFETY: made with the object, lives as long.
    unsafe { &*of(object).parser.get() }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let this = of(object);
    let parser = parser(object);
    let settings = settings(object);
    if this.other.is_empty() {
        return Ok(None);
    }
    this.fields.set(Some(list::new()));
    parser.field.borrow_mut().clear();
    parser.state.set(State::StartRecord);
    parser.unquoted.set(true);
    loop {
        // Borrowed: the reader keeps it until the collector clears the reader.
        let source = this.other.get().unwrap_or(none::none());
        let Some(line) = ops::iter::next(source)? else {
            let open =
                !parser.field.borrow().is_empty() || parser.state.get() == State::InQuotedField;
            if !open {
                return Ok(None);
            }
            if settings.strict {
                return Err(raise("unexpected end of data"));
            }
            save(object, &settings)?;
            break;
        };
        let Some(text) = line.downcast::<Str>() else {
            return Err(raise(&format!(
                "iterator should return strings, not {} (the file should be opened in text mode)",
                line.ty().full_name()
            )));
        };
        this.line_num.set(this.line_num.get() + 1);
        for point in text.chars().points() {
            take(object, &settings, Some(point))?;
        }
        take(object, &settings, None)?;
        if parser.state.get() == State::StartRecord {
            break;
        }
    }
    Ok(this.fields.replace(None))
}

/// Ends a field.
fn save(object: &Object, settings: &Settings) -> PyResult<()> {
    let parser = parser(object);
    let field = parser.field.take();
    let unquoted = parser.unquoted.replace(true);
    let quoting = settings.quoting;
    let value = if unquoted && field.is_empty() && matches!(quoting, QUOTE_NOTNULL | QUOTE_STRINGS)
    {
        none_owned()
    } else {
        let text = Str::from_code_points(&field);
        if unquoted && !field.is_empty() && matches!(quoting, QUOTE_NONNUMERIC | QUOTE_STRINGS) {
            ops::number::to_float(&text)?
        } else {
            text
        }
    };
    if let Some(fields) = of(object).fields.get() {
        list::append(fields, &value);
    }
    Ok(())
}

fn add(parser: &Parser, point: u32) -> PyResult<()> {
    let limit = super::field_limit();
    if parser.field.borrow().len() as i64 >= limit {
        return Err(raise(&format!("field larger than field limit ({limit})")));
    }
    parser.field.borrow_mut().push(point);
    Ok(())
}

/// One character of a line; `None` at its end.
fn take(object: &Object, settings: &Settings, point: Option<u32>) -> PyResult<()> {
    let parser = parser(object);
    let quotes = settings.quoting != QUOTE_NONE && point.is_some() && point == settings.quotechar;
    let escapes = point.is_some() && point == settings.escapechar;
    let delimits = point == Some(settings.delimiter);
    let ends = matches!(point, None | Some(10 | 13));
    let after = if point.is_none() {
        State::StartRecord
    } else {
        State::EatCrnl
    };
    let state = match (parser.state.get(), point) {
        (State::StartRecord | State::AfterEscapedCrnl, None) => return Ok(()),
        (State::StartRecord, Some(10 | 13)) => {
            parser.state.set(State::EatCrnl);
            return Ok(());
        }
        (State::StartRecord, _) => State::StartField,
        (State::AfterEscapedCrnl, _) => State::InField,
        (state, _) => state,
    };
    let next = match state {
        State::StartField if quotes && !ends => {
            parser.unquoted.set(false);
            State::InQuotedField
        }
        State::StartField if point == Some(32) && settings.skipinitialspace && !escapes => state,
        State::EscapedChar => {
            add(parser, point.unwrap_or(10))?;
            if matches!(point, Some(10 | 13)) {
                State::AfterEscapedCrnl
            } else {
                State::InField
            }
        }
        State::StartField | State::InField if ends => {
            save(object, settings)?;
            after
        }
        State::StartField | State::InField if escapes => State::EscapedChar,
        State::StartField | State::InField if delimits => {
            save(object, settings)?;
            State::StartField
        }
        State::StartField | State::InField => {
            add(parser, point.unwrap_or(10))?;
            State::InField
        }
        State::InQuotedField => match point {
            None => state,
            _ if escapes => State::EscapeInQuotedField,
            _ if quotes && settings.doublequote => State::QuoteInQuotedField,
            _ if quotes => State::InField,
            Some(point) => {
                add(parser, point)?;
                state
            }
        },
        State::EscapeInQuotedField => {
            add(parser, point.unwrap_or(10))?;
            State::InQuotedField
        }
        State::QuoteInQuotedField => quote_in_quoted(object, settings, point, after)?,
        _ => match point {
            Some(10 | 13) => state,
            None => State::StartRecord,
            _ => {
                return Err(raise(
                    "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                ));
            }
        },
    };
    parser.state.set(next);
    Ok(())
}

fn quote_in_quoted(
    object: &Object,
    settings: &Settings,
    point: Option<u32>,
    after: State,
) -> PyResult<State> {
    let parser = parser(object);
    match point {
        None | Some(10 | 13) => {
            save(object, settings)?;
            Ok(after)
        }
        Some(point) if settings.quoting != QUOTE_NONE && Some(point) == settings.quotechar => {
            add(parser, point)?;
            Ok(State::InQuotedField)
        }
        Some(point) if point == settings.delimiter => {
            save(object, settings)?;
            Ok(State::StartField)
        }
        Some(point) if !settings.strict => {
            add(parser, point)?;
            Ok(State::InField)
        }
        _ => {
            let shown = |p: u32| char::from_u32(p).unwrap_or('?');
            Err(raise(&format!(
                "'{}' expected after '{}'",
                shown(settings.delimiter),
                shown(settings.quotechar.unwrap_or(0))
            )))
        }
    }
}

/// A row as text, built field by field.
struct Record<'a> {
    settings: &'a Settings,
    out: Vec<u32>,
    count: usize,
}

impl Record<'_> {
    fn append(&mut self, field: Option<&Str>, quoted: bool) -> PyResult<()> {
        let settings = self.settings;
        let mut quoted = quoted;
        let mut text = Vec::new();
        for point in field.iter().flat_map(|f| f.chars().points()) {
            let special = point == settings.delimiter
                || Some(point) == settings.escapechar
                || Some(point) == settings.quotechar
                || matches!(point, 10 | 13)
                || settings.lineterminator.contains(&point);
            if special {
                let mut escape = settings.quoting == QUOTE_NONE;
                if !escape {
                    if Some(point) == settings.quotechar {
                        if settings.doublequote {
                            text.push(point);
                        } else {
                            escape = true;
                        }
                    } else if Some(point) == settings.escapechar {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    match settings.escapechar {
                        Some(escape) => text.push(escape),
                        None => {
                            return Err(raise("need to escape, but no escapechar set"));
                        }
                    }
                }
            }
            text.push(point);
        }
        let empty = field.is_none_or(Str::is_empty);
        if empty && settings.delimiter == 32 && settings.skipinitialspace {
            if settings.quoting == QUOTE_NONE
                || field.is_none() && matches!(settings.quoting, QUOTE_STRINGS | QUOTE_NOTNULL)
            {
                return Err(raise(
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.count > 0 {
            self.out.push(settings.delimiter);
        }
        self.count += 1;
        let quote = settings.quotechar.filter(|_| quoted);
        self.out.extend(quote);
        self.out.append(&mut text);
        self.out.extend(quote);
        Ok(())
    }
}

fn writerow(object: &Object, row: &Object) -> PyResult {
    let settings = settings(object);
    let source = match ops::iter::iter(row) {
        Ok(source) => source,
        Err(raised) => {
            if !error::matches(&terrarium_objects::types::exceptions::TYPE_ERROR) {
                return Err(raised);
            }
            error::clear();
            return Err(raise(&format!(
                "iterable expected, not {}",
                row.ty().full_name()
            )));
        }
    };
    let source = root("iterator over fields", source);
    let mut record = Record {
        settings: &settings,
        out: Vec::new(),
        count: 0,
    };
    let mut null = false;
    while let Some(field) = ops::iter::next(&source)? {
        let field = root("field being written", field);
        let quoted = match settings.quoting {
            QUOTE_NONNUMERIC => !ops::number::is_number(&field),
            QUOTE_ALL => true,
            QUOTE_STRINGS => str::is_str(&field),
            QUOTE_NOTNULL => !field.is(none::none()),
            _ => false,
        };
        null = field.is(none::none());
        if let Some(text) = field.downcast::<Str>() {
            record.append(Some(text), quoted)?;
        } else if null {
            record.append(None, quoted)?;
        } else {
            let text = if float::is_float(&field) {
                ops::text::repr(&field)?
            } else {
                ops::text::str(&field)?
            };
            record.append(text.downcast::<Str>(), quoted)?;
        }
    }
    drop(source);
    if record.count > 0 && record.out.is_empty() {
        if settings.quoting == QUOTE_NONE
            || null && matches!(settings.quoting, QUOTE_STRINGS | QUOTE_NOTNULL)
        {
            return Err(raise("single empty field record must be quoted"));
        }
        record.count -= 1;
        record.append(None, true)?;
    }
    record.out.extend(&settings.lineterminator);
    let line = root("line being written", Str::from_code_points(&record.out));
    let write = root("write", of(object).other.or_none());
    ops::call::call(&write, &words([&line]), None)
}

fn writerows(object: &Object, rows: &Object) -> PyResult {
    let source = root("iterator over rows", ops::iter::iter(rows)?);
    while let Some(row) = ops::iter::next(&source)? {
        let row = root("row being written", row);
        writerow(object, &row)?;
    }
    Ok(none_owned())
}
