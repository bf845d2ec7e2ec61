//! Running code in a namespace: modules, `exec`, `eval`, the main program.

use terrarium_objects::types::function;
use terrarium_objects::{Object, Owned, PyResult, error, root};

use crate::{call, start};

/// Runs a code object with globals and a namespace (`PyEval_EvalCode`). The globals get `__builtins__` from the caller if they lack it.
pub fn run_code(code: &Object, globals: &Object, namespace: &Object) -> PyResult {
    run_code_with_closure(code, globals, namespace, None)
}

/// The same for code with free variables: `closure` is a tuple of cells.
pub fn run_code_with_closure(
    code: &Object,
    globals: &Object,
    namespace: &Object,
    closure: Option<&Object>,
) -> PyResult {
    if !crate::compiling::is_code(code) {
        return Err(error::type_error("a code object is needed"));
    }
    let builtins = start::builtins_of(globals);
    let function = root(
        "function around the code",
        function::new(code, globals, builtins),
    );
    if let Some(closure) = closure {
        // SAFETY: just made.
        unsafe { function.cast::<function::Function>() }
            .closure
            .set(Owned::new(closure).into_raw());
    }
    call::run_in_namespace(&function, namespace)
}
