//! Every reference in the process at one moment, and what changed between two moments: how a change of a count is followed to its
//! holders.
//!
//! A reference is a holder, a part of the holder, and a target. Entries of dicts and attributes get their names when they are first seen,
//! because the key is gone when the reference is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use terrarium_objects::Object;
use terrarium_objects::frame::{self, Frame, owner};
use terrarium_objects::types::generator;
use terrarium_objects::types::r#type::instance::BEING_FINALIZED;
use terrarium_objects::visit::{Role, Visit};

use crate::heap::{self, Source};
use crate::naming::{self, Names};

/// References beyond which holders are no longer followed: each look at the heap would take too long.
pub const MOST: usize = 2_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Edge {
    /// Address of the holder: an object or a frame, 0 for the interpreter.
    holder: usize,
    role: Role,
    target: usize,
    /// Whether a count is owned; a borrowed one is in a frame's slot.
    owned: bool,
}

#[derive(Debug, Clone, Default)]
struct Held {
    times: u32,
    /// For entries whose key may go: the name, and whom `{}` in it stands for.
    name: Option<Named>,
}

type Named = (Rc<str>, usize);

/// A holder that an object has won or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Address of the object held.
    pub target: usize,
    pub holder: String,
    pub gained: bool,
    pub owned: bool,
}

/// How an object that holds is called, by its address; false: as it was before.
pub type CallBy<'a> = &'a dyn Fn(usize, bool) -> String;

/// The references of one moment.
#[derive(Default)]
pub struct Edges {
    heap: FxHashMap<Edge, Held>,
    frames: FxHashMap<Edge, Held>,
    /// Objects on their way out: their parts are given up, or their finalizer runs.
    pub dying: Vec<*const Object>,
    /// What frames run, by address; those of the moment before too.
    scopes: HashMap<usize, Rc<Scope>>,
}

/// The names in a frame's code.
struct Scope {
    name: String,
    locals: Vec<String>,
    /// Address of the generator the frame belongs to, or 0.
    generator: usize,
}

impl Edges {
    /// The references that there are now; None when there are too many to follow.
    pub fn now() -> Option<Edges> {
        let mut this = Edges::default();
        this.look_at_frames();
        this.look_at_heap(&FxHashMap::default()).then_some(this)
    }

    /// Goes on to the present moment; what changed since the last one. None when there are too many references to follow. `counted`
    /// says whether any count changed.
    pub fn advance(&mut self, counted: bool, call_by: CallBy<'_>) -> Option<Vec<Change>> {
        let old_frames = std::mem::take(&mut self.frames);
        let old_scopes = self.scopes.clone();
        self.look_at_frames();
        let mut raw = differences(&old_frames, &self.frames);
        if counted || raw.iter().any(|(edge, _, _)| edge.owned) {
            let old_heap = std::mem::take(&mut self.heap);
            if !self.look_at_heap(&old_heap) {
                return None;
            }
            raw.extend(differences(&old_heap, &self.heap));
        }
        let word = |edge: &Edge, name: &Option<Named>, gained: bool| {
            let scopes = if gained { &self.scopes } else { &old_scopes };
            let call = |address: usize| call_by(address, gained);
            holder_name(edge, name.as_ref(), scopes, &call)
        };
        let mut changes: Vec<_> = raw
            .iter()
            .map(|(edge, name, gained)| (*edge, word(edge, name, *gained), *gained))
            .collect();
        // Frames first; nothing may depend on addresses.
        changes.sort_by_cached_key(|(edge, word, gained)| {
            let in_frame = self.scopes.contains_key(&edge.holder);
            (*gained, !in_frame, place_of(edge.role), word.clone())
        });
        Some(without_renumbering(changes, &self.scopes, &old_scopes))
    }

    fn look_at_frames(&mut self) {
        self.scopes = HashMap::new();
        let (frames, scopes) = (&mut self.frames, &mut self.scopes);
        frames.clear();
        frame::each_running(&mut |running| {
            let holder = running as *const Frame as usize;
            scopes.insert(holder, Rc::new(Scope::of(running)));
            let mut report = |target: &Object, role: Role| {
                if !target.is_immortal() {
                    add(frames, holder, role, target, true);
                }
            };
            running.visit(&mut Visit::new(true, &mut report));
            running.each_slot(&mut |role, word| {
                if let Some(target) = word.get()
                    && (!word.is_counted() || target.is_immortal())
                {
                    add(frames, holder, role, target, false);
                }
            });
        });
    }

    /// False when there are too many references.
    fn look_at_heap(&mut self, before: &FxHashMap<Edge, Held>) -> bool {
        let running: Vec<usize> = self.scopes.values().map(|s| s.generator).collect();
        let mut nameless: Vec<Edge> = Vec::new();
        let (heap, dying) = (&mut self.heap, &mut self.dying);
        heap.reserve(before.len());
        dying.clear();
        heap::each_reference(&mut |source, role, target| {
            match (&source, role) {
                (Source::Root, Role::Root(BEING_FINALIZED)) => dying.push(target),
                // SAFETY: the walk hands out live objects.
                (Source::Object(object), _) if unsafe { &**object }.refcount() == 0 => {
                    dying.push(*object);
                }
                _ => {}
            }
            if target.is_immortal() || heap.len() > MOST {
                return;
            }
            let holder = match source {
                Source::Frame(_) => return,
                Source::Root => 0,
                Source::Object(object) => object as usize,
            };
            if running.contains(&holder) && is_of_frame(role) {
                return;
            }
            let edge = add(heap, holder, role, target, true);
            if loses_its_key(role) {
                match before.get(&edge).and_then(|held| held.name.clone()) {
                    Some(name) => heap.entry(edge).or_default().name = Some(name),
                    None => nameless.push(edge),
                }
            }
        });
        if !nameless.is_empty() {
            let names = Names::collect();
            for edge in nameless {
                // SAFETY: the holder was just seen alive.
                let holder = unsafe { &*(edge.holder as *const Object) };
                let (name, whose) = names.entry(holder, edge.role);
                heap.entry(edge).or_default().name = Some((name.into(), whose));
            }
        }
        heap.len() <= MOST
    }
}

fn add(
    edges: &mut FxHashMap<Edge, Held>,
    holder: usize,
    role: Role,
    target: &Object,
    owned: bool,
) -> Edge {
    let edge = Edge {
        holder,
        role,
        target: target.as_ptr() as usize,
        owned,
    };
    match edges.entry(edge) {
        Entry::Occupied(mut held) => held.get_mut().times += 1,
        Entry::Vacant(place) => {
            place.insert(Held {
                times: 1,
                name: None,
            });
        }
    }
    edge
}

/// Whether a running generator has the reference by its frame, where it is counted already.
fn is_of_frame(role: Role) -> bool {
    let fields = ["code", "function", "locals", "frame object"];
    match role {
        Role::Local(_) | Role::Stack(_) => true,
        Role::Field(name) => fields.contains(&name),
        _ => false,
    }
}

fn loses_its_key(role: Role) -> bool {
    matches!(
        role,
        Role::Value(_) | Role::Key(_) | Role::Attribute(_) | Role::Member(_)
    )
}

type Difference = (Edge, Option<Named>, bool);

/// Edges that are gone, and edges that are new.
fn differences(old: &FxHashMap<Edge, Held>, new: &FxHashMap<Edge, Held>) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |here: &FxHashMap<Edge, Held>, there: &FxHashMap<Edge, Held>, gained| {
        for (edge, held) in here {
            let others = there.get(edge).map_or(0, |h| h.times);
            for _ in others..held.times {
                found.push((*edge, held.name.clone(), gained));
            }
        }
    };
    compare(old, new, false);
    compare(new, old, true);
    found
}

/// An order for the parts of a holder.
fn place_of(role: Role) -> usize {
    match role {
        Role::Item(i)
        | Role::Key(i)
        | Role::Value(i)
        | Role::Attribute(i)
        | Role::Member(i)
        | Role::Local(i)
        | Role::Stack(i)
        | Role::Const(i)
        | Role::Name(i) => i,
        Role::Type | Role::Field(_) | Role::Root(_) => 0,
    }
}

fn holder_name(
    edge: &Edge,
    name: Option<&Named>,
    scopes: &HashMap<usize, Rc<Scope>>,
    call: &dyn Fn(usize) -> String,
) -> String {
    if let Some(scope) = scopes.get(&edge.holder) {
        return scope.slot(edge.role);
    }
    match (name, edge.role) {
        (Some((name, whose)), _) => name.replace("{}", &call(*whose)),
        (None, Role::Root(root)) => format!("{root} (the interpreter)"),
        // Roots of other kinds are slots of frames that do not run now.
        (None, role) if edge.holder == 0 => {
            format!("{} (a thread that waits)", naming::plain(role))
        }
        (None, Role::Type) => format!("type of {}", call(edge.holder)),
        (None, Role::Local(_)) => format!("a variable in {}", call(edge.holder)),
        (None, Role::Stack(_)) => format!("an operand in {}", call(edge.holder)),
        (None, role) => format!("{} of {}", naming::plain(role), call(edge.holder)),
    }
}

/// Leaves out what a container did with its own order, and what a generator's frame became when it started or stopped running.
fn without_renumbering(
    changes: Vec<(Edge, String, bool)>,
    new: &HashMap<usize, Rc<Scope>>,
    old: &HashMap<usize, Rc<Scope>>,
) -> Vec<Change> {
    let body = |holder: usize| {
        let scope = new.get(&holder).or_else(|| old.get(&holder));
        scope.map_or(holder, |s| {
            if s.generator == 0 {
                holder
            } else {
                s.generator
            }
        })
    };
    let part = |edge: &Edge| {
        let kind = std::mem::discriminant(&edge.role);
        (edge.target, edge.owned, body(edge.holder), kind)
    };
    let mut won: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, (edge, _, gained)) in changes.iter().enumerate().rev() {
        if *gained {
            won.entry(part(edge)).or_default().push(at);
        }
    }
    let mut kept: Vec<Option<(Edge, String, bool)>> = changes.into_iter().map(Some).collect();
    for i in 0..kept.len() {
        let Some((lost, _, false)) = &kept[i] else {
            continue;
        };
        // A variable that passes its object to another of the same frame is news.
        let is_news = |at: &usize| {
            let other = kept[*at].as_ref().map(|(edge, _, _)| edge.holder);
            matches!(lost.role, Role::Local(_)) && other == Some(lost.holder)
        };
        let Some(same) = won.get_mut(&part(lost)) else {
            continue;
        };
        if same.last().is_some_and(|at| !is_news(at))
            && let Some(at) = same.pop()
        {
            kept[i] = None;
            kept[at] = None;
        }
    }
    kept.into_iter()
        .flatten()
        .map(|(edge, holder, gained)| Change {
            target: edge.target,
            holder,
            gained,
            owned: edge.owned,
        })
        .collect()
}

impl Scope {
    fn of(running: &Frame) -> Scope {
        let code = running.code();
        let count = code.nlocalsplus.get() as usize;
        let locals = (0..count).map(|i| naming::local(code, i)).collect();
        let generator = if running.owner == owner::GENERATOR {
            // SAFETY: the frame is that of a generator.
            let generator = unsafe { generator::of_frame(running as *const Frame as *mut Frame) };
            generator.object().as_ptr() as usize
        } else {
            0
        };
        Scope {
            name: naming::text(code.qualname.get()),
            locals,
            generator,
        }
    }

    fn slot(&self, role: Role) -> String {
        let whose = match self.name.as_str() {
            "<module>" => String::new(),
            name => format!(" of {name}()"),
        };
        match role {
            Role::Local(i) => {
                let local = self.locals.get(i).map_or("local", String::as_str);
                format!("{local}{whose}")
            }
            Role::Stack(_) => format!("the stack{whose}"),
            Role::Field(field) => format!("the frame{whose} ({field})"),
            other => naming::plain(other),
        }
    }
}
