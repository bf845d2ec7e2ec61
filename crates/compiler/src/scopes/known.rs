//! Names that the compiler itself brings in.

use crate::name::{Name, Names};

/// One of each for a module.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) top: Name,
    pub(crate) lambda: Name,
    pub(crate) listcomp: Name,
    pub(crate) setcomp: Name,
    pub(crate) dictcomp: Name,
    pub(crate) genexpr: Name,
    pub(crate) annotate: Name,
    pub(crate) class: Name,
    pub(crate) classdict: Name,
    pub(crate) conditional_annotations: Name,
    pub(crate) dunder_type_params: Name,
    pub(crate) type_params: Name,
    pub(crate) generic_base: Name,
    pub(crate) defaults: Name,
    pub(crate) kwdefaults: Name,
    pub(crate) format: Name,
    pub(crate) outermost_iter: Name,
    pub(crate) super_: Name,
    pub(crate) debug: Name,
}

impl Known {
    pub(crate) fn new(names: &mut Names) -> Known {
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
