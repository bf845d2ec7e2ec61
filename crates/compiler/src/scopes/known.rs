//! Names that the compiler itself brings in.

use crate::name::{Name, Names};

/// One of each for a module.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub(crate) top: Name<'a>,
    pub(crate) lambda: Name<'a>,
    pub(crate) listcomp: Name<'a>,
    pub(crate) setcomp: Name<'a>,
    pub(crate) dictcomp: Name<'a>,
    pub(crate) genexpr: Name<'a>,
    pub(crate) annotate: Name<'a>,
    pub(crate) class: Name<'a>,
    pub(crate) classdict: Name<'a>,
    pub(crate) conditional_annotations: Name<'a>,
    pub(crate) dunder_type_params: Name<'a>,
    pub(crate) type_params: Name<'a>,
    pub(crate) generic_base: Name<'a>,
    pub(crate) defaults: Name<'a>,
    pub(crate) kwdefaults: Name<'a>,
    pub(crate) format: Name<'a>,
    pub(crate) outermost_iter: Name<'a>,
    pub(crate) super_: Name<'a>,
    pub(crate) debug: Name<'a>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(names: &mut Names<'a>) -> Known<'a> {
        Known {
            top: names.added("top"),
            lambda: names.added("lambda"),
            listcomp: names.added("listcomp"),
            setcomp: names.added("setcomp"),
            dictcomp: names.added("dictcomp"),
            genexpr: names.added("genexpr"),
            annotate: names.added("__annotate__"),
            class: names.added("__class__"),
            classdict: names.added("__classdict__"),
            conditional_annotations: names.added("__conditional_annotations__"),
            dunder_type_params: names.added("__type_params__"),
            type_params: names.added(".type_params"),
            generic_base: names.added(".generic_base"),
            defaults: names.added(".defaults"),
            kwdefaults: names.added(".kwdefaults"),
            format: names.added(".format"),
            outermost_iter: names.added(".0"),
            super_: names.added("super"),
            debug: names.added("__debug__"),
        }
    }
}
