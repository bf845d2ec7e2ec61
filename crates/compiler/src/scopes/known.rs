//! Names that the compiler itself brings in.

use crate::name::{Name, Names, WordKey};

/// A name whose key is known when this is compiled.
macro_rules! added {
    ($names:expr, $text:literal) => {
        $names.added_keyed($text, const { WordKey::of($text.as_bytes()) })
    };
}

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
            top: added!(names, "top"),
            lambda: added!(names, "lambda"),
            listcomp: added!(names, "listcomp"),
            setcomp: added!(names, "setcomp"),
            dictcomp: added!(names, "dictcomp"),
            genexpr: added!(names, "genexpr"),
            annotate: added!(names, "__annotate__"),
            class: added!(names, "__class__"),
            classdict: added!(names, "__classdict__"),
            conditional_annotations: added!(names, "__conditional_annotations__"),
            dunder_type_params: added!(names, "__type_params__"),
            type_params: added!(names, ".type_params"),
            generic_base: added!(names, ".generic_base"),
            defaults: added!(names, ".defaults"),
            kwdefaults: added!(names, ".kwdefaults"),
            format: added!(names, ".format"),
            outermost_iter: added!(names, ".0"),
            super_: added!(names, "super"),
            debug: added!(names, "__debug__"),
        }
    }
}
