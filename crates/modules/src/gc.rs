//! `gc` (Modules/gcmodule.c): the collector's face.

use terrarium_objects::args::{self, Signature};
use terrarium_objects::collect::{self, debug, inspect};
use terrarium_objects::object::flags as object_flags;
use terrarium_objects::types::{bool, dict, int, list, module, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Word, error, gc, none, none_owned, state,
};
use terrarium_runtime::native_module::ModuleDef;

const GENERATIONS: usize = 3;

pub static MODULE: ModuleDef = ModuleDef {
    name: "gc",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "enable",
        Native::NoArgs(enable),
        "enable($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "disable",
        Native::NoArgs(disable),
        "disable($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "isenabled",
        Native::NoArgs(is_enabled),
        "isenabled($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_debug",
        Native::O(set_debug),
        "set_debug($module, flags, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_debug",
        Native::NoArgs(get_debug),
        "get_debug($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_count",
        Native::NoArgs(get_count),
        "get_count($module, /)\n--\n\n",
    ),
    MethodDef::new("set_threshold", Native::Fast(set_threshold), ""),
    MethodDef::new(
        "get_threshold",
        Native::NoArgs(get_threshold),
        "get_threshold($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "collect",
        Native::FastKeywords(run_collection),
        "collect($module, /, generation=2)\n--\n\n",
    ),
    MethodDef::new(
        "get_objects",
        Native::FastKeywords(get_objects),
        "get_objects($module, /, generation=None)\n--\n\n",
    ),
    MethodDef::new(
        "get_stats",
        Native::NoArgs(get_stats),
        "get_stats($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_tracked",
        Native::O(is_tracked),
        "is_tracked($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_finalized",
        Native::O(is_finalized),
        "is_finalized($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_referrers",
        Native::Fast(get_referrers),
        "get_referrers($module, /, *objs)\n--\n\n",
    ),
    MethodDef::new(
        "get_referents",
        Native::Fast(get_referents),
        "get_referents($module, /, *objs)\n--\n\n",
    ),
    MethodDef::new(
        "freeze",
        Native::NoArgs(freeze),
        "freeze($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "unfreeze",
        Native::NoArgs(unfreeze),
        "unfreeze($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_freeze_count",
        Native::NoArgs(get_freeze_count),
        "get_freeze_count($module, /)\n--\n\n",
    ),
];

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    dict::set_str(space, "garbage", &inspect::garbage());
    dict::set_str(space, "callbacks", &inspect::callbacks());
    let leak = debug::COLLECTABLE | debug::UNCOLLECTABLE | debug::SAVEALL;
    for (name, value) in [
        ("DEBUG_STATS", debug::STATS),
        ("DEBUG_COLLECTABLE", debug::COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", debug::UNCOLLECTABLE),
        ("DEBUG_SAVEALL", debug::SAVEALL),
        ("DEBUG_LEAK", leak),
    ] {
        dict::set_str(space, name, &int::from_i64(value.into()));
    }
    Ok(())
}

fn collector() -> &'static gc::Collector {
    &state::get().gc
}

fn enable(_: &Object) -> PyResult {
    collector().enabled.set(true);
    Ok(none_owned())
}

fn disable(_: &Object) -> PyResult {
    collector().enabled.set(false);
    Ok(none_owned())
}

fn is_enabled(_: &Object) -> PyResult {
    Ok(bool::bool_owned(collector().enabled.get()))
}

fn set_debug(_: &Object, flags: &Object) -> PyResult {
    collector().debug.set(int::as_i32(flags)? as u32);
    Ok(none_owned())
}

fn get_debug(_: &Object) -> PyResult {
    Ok(int::from_i64((collector().debug.get() as i32).into()))
}

fn three(values: impl Fn(&gc::Generation) -> i32) -> PyResult {
    let [a, b, c] = &collector().generations;
    Ok(tuple::from_array(
        [a, b, c].map(|g| int::from_i64(values(g).into())),
    ))
}

fn get_count(_: &Object) -> PyResult {
    three(|g| g.count.get())
}

fn get_threshold(_: &Object) -> PyResult {
    three(|g| g.threshold.get())
}

fn set_threshold(_: &Object, args: &[Word]) -> PyResult {
    args::check_parsed("gc.set_threshold", args.len(), 1, 3)?;
    for (generation, value) in collector().generations.iter().zip(args) {
        generation.threshold.set(int::as_i32(value.object())?);
    }
    Ok(none_owned())
}

fn run_collection(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    const SIGNATURE: Signature = Signature::new("collect", &["generation"], 0, 0, 1);
    let [generation] = SIGNATURE.bind::<1>(args, kwnames)?;
    let generation = match generation {
        Some(generation) => int::as_i32(generation)?,
        None => GENERATIONS as i32 - 1,
    };
    match usize::try_from(generation) {
        Ok(generation) if generation < GENERATIONS => {
            Ok(int::from_usize(collect::collect(generation)))
        }
        _ => Err(error::value_error("invalid generation")),
    }
}

fn get_objects(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    const SIGNATURE: Signature = Signature::new("get_objects", &["generation"], 0, 0, 1);
    let [generation] = SIGNATURE.bind::<1>(args, kwnames)?;
    let Some(generation) = generation.filter(|g| !g.is(none())) else {
        return Ok(inspect::objects(None));
    };
    let generation = int::as_isize(generation)?;
    let Ok(generation) = usize::try_from(generation) else {
        return Err(error::value_error(
            "generation parameter cannot be negative",
        ));
    };
    if generation >= GENERATIONS {
        return Err(error::value_error(format!(
            "generation parameter must be less than the number of available generations ({GENERATIONS})"
        )));
    }
    Ok(inspect::objects(Some(generation)))
}

fn get_stats(_: &Object) -> PyResult {
    let result = list::new();
    for stats in &collector().stats {
        let entry = dict::new();
        for (name, value) in [
            ("collections", &stats.collections),
            ("collected", &stats.collected),
            ("uncollectable", &stats.uncollectable),
        ] {
            dict::set_str(&entry, name, &int::from_usize(value.get()));
        }
        list::append(&result, &entry);
    }
    Ok(result)
}

fn is_tracked(_: &Object, object: &Object) -> PyResult {
    Ok(bool::bool_owned(gc::is_tracked(object)))
}

fn is_finalized(_: &Object, object: &Object) -> PyResult {
    Ok(bool::bool_owned(object.has_flag(object_flags::FINALIZED)))
}

fn objects(args: &[Word]) -> Vec<&Object> {
    args.iter().map(|a| a.object()).collect()
}

fn get_referrers(_: &Object, args: &[Word]) -> PyResult {
    Ok(inspect::referrers(&objects(args)))
}

fn get_referents(_: &Object, args: &[Word]) -> PyResult {
    Ok(inspect::referents(&objects(args)))
}

fn freeze(_: &Object) -> PyResult {
    inspect::freeze();
    Ok(none_owned())
}

fn unfreeze(_: &Object) -> PyResult {
    inspect::unfreeze();
    Ok(none_owned())
}

fn get_freeze_count(_: &Object) -> PyResult {
    Ok(int::from_usize(inspect::freeze_count()))
}
