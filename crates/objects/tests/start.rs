//! The object core starts, and classes made at run time behave.

use terrarium_objects::ops::{attribute, call, compare, text};
use terrarium_objects::types::{dict, exceptions, int, str::Str, tuple, r#type};
use terrarium_objects::{Owned, Word, error};

fn shown(object: &terrarium_objects::Object) -> String {
    text::lossy(&text::repr(object).unwrap())
}

#[test]
fn starts() {
    let begin = std::time::Instant::now();
    terrarium_objects::init();
    println!("start-up {:?}", begin.elapsed());
    assert_eq!(shown(int::INT.as_object()), "<class 'int'>");
    let object =
        r#type::call::call_general(&terrarium_objects::types::object::OBJECT, &[], None).unwrap();
    assert!(shown(&object).starts_with("<object object at 0x"));
    let space = dict::new();
    dict::set_str(&space, "x", &int::from_i64(5));
    let class = r#type::methods::make_class("C", &[], &space).unwrap();
    let instance = call::call(&class, &[], None).unwrap();
    assert_eq!(shown(&attribute::get_str(&instance, "x").unwrap()), "5");
    let name = Str::new("y");
    attribute::set(&instance, &name, Some(&int::from_i64(7))).unwrap();
    assert_eq!(shown(&attribute::get_str(&instance, "y").unwrap()), "7");
    assert!(attribute::get_str(&instance, "z").is_err());
    let exception = error::fetch().unwrap();
    assert_eq!(
        shown(&exception),
        "AttributeError(\"'C' object has no attribute 'z'\")"
    );
    assert!(exception.is_exact(&exceptions::ATTRIBUTE_ERROR));
    assert!(compare::is_instance(&instance, &class).unwrap());
    let sum = attribute::get_str(&int::from_i64(3), "__add__").unwrap();
    let four = int::from_i64(4);
    assert_eq!(
        shown(&call::call(&sum, &[Word::borrowed(&four)], None).unwrap()),
        "7"
    );
    drop(instance);
    let _ = (tuple::empty(), Owned::new(&class));
    println!(
        "{}",
        shown(&attribute::get_str(&class, "__dict__").unwrap())
    );
}
