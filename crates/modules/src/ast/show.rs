//! `repr` of nodes: three levels deep, of a list the first and the last item.

use terrarium_objects::types::list::List;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::{Object, Owned, PyResult, ops, root};

use super::base;

const LEVELS: usize = 3;

pub fn repr(object: &Object) -> PyResult {
    node(object, LEVELS).map(|text| Str::new(&text))
}

fn node(object: &Object, levels: usize) -> PyResult<String> {
    let name = object.ty().name();
    if levels == 0 || !ops::text::repr_enter(object) {
        return Ok(format!("{name}(...)"));
    }
    let shown = fields(object, levels);
    ops::text::repr_leave(object);
    Ok(format!("{name}({})", shown?))
}

fn fields(object: &Object, levels: usize) -> PyResult<String> {
    let mut out = Vec::new();
    for name in base::names_of(object, "_fields")? {
        let value = root("field of a node", ops::attribute::get(object, &name)?);
        let text = if let Some(list) = value.downcast::<List>() {
            let items: Vec<Owned> = (0..list.len()).filter_map(|i| list.item_owned(i)).collect();
            format!("[{}]", ends(&items, levels - 1)?)
        } else if let Some(tuple) = value.downcast::<Tuple>() {
            format!("({})", ends(tuple.items(), levels - 1)?)
        } else {
            item(&value, levels - 1)?
        };
        out.push(format!("{}={text}", ops::text::lossy(&name)));
    }
    Ok(out.join(", "))
}

fn item(value: &Object, levels: usize) -> PyResult<String> {
    if value.ty().is_subtype(&base::AST) {
        return node(value, levels);
    }
    Ok(ops::text::lossy(&*ops::text::repr(value)?))
}

fn ends(items: &[Owned], levels: usize) -> PyResult<String> {
    Ok(match items {
        [] => String::new(),
        [only] => item(only, levels)?,
        [first, between @ .., last] => {
            let gap = if between.is_empty() { "" } else { "..., " };
            format!("{}, {gap}{}", item(first, levels)?, item(last, levels)?)
        }
    })
}
