//! The names of one block in the order in which they were first met.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::Symbol;
use crate::arena::{Arena, Growing};
use crate::tree::Name;

/// So many names are looked through; more get a table when one is asked for.
const FEW: usize = 12;

/// Room for so many is made at once.
const FIRST: usize = 8;

/// Names with what is known of them. A name is found by its number.
#[derive(Debug, Clone)]
pub struct Symbols<'a> {
    items: Growing<'a, (Name<'a>, Symbol)>,
    places: OnceCell<FxHashMap<usize, u32>>,
}

impl<'a> Symbols<'a> {
    pub fn new(arena: &'a Arena) -> Symbols<'a> {
        Symbols {
            items: arena.growing(),
            places: OnceCell::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Name<'a>, &Symbol)> {
        self.items.iter().map(|(name, symbol)| (name, symbol))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Name<'a>, &mut Symbol)> {
        self.items.iter_mut().map(|(name, symbol)| (&*name, symbol))
    }

    /// The index of `name`.
    pub fn place(&self, name: &Name<'a>) -> Option<usize> {
        if self.items.len() <= FEW {
            return self.items.iter().position(|(known, _)| known == name);
        }
        let places = self.places.get_or_init(|| {
            let numbered = self.items.iter().zip(0..);
            numbered
                .map(|((name, _), place)| (name.number(), place))
                .collect()
        });
        places.get(&name.number()).map(|&place| place as usize)
    }

    pub fn get(&self, name: &Name<'a>) -> Option<Symbol> {
        self.place(name).map(|place| self.items[place].1)
    }

    /// The name at `place`.
    pub fn name(&self, place: usize) -> &Name<'a> {
        &self.items[place].0
    }

    /// What is known of the name at `place`.
    pub fn at(&self, place: usize) -> Symbol {
        self.items[place].1
    }

    /// The same, to be changed.
    pub fn at_mut(&mut self, place: usize) -> &mut Symbol {
        &mut self.items[place].1
    }

    /// What is known of `name`, which is added if the block does not have it.
    pub fn entry(&mut self, name: &Name<'a>) -> &mut Symbol {
        let place = match self.place(name) {
            Some(place) => place,
            None => self.add(name, Symbol::NONE),
        };
        self.at_mut(place)
    }

    /// Adds a name that the block does not have; gives its index.
    pub fn add(&mut self, name: &Name<'a>, symbol: Symbol) -> usize {
        let place = self.items.len();
        if let Some(places) = self.places.get_mut() {
            places.insert(name.number(), place as u32);
        }
        if place == 0 {
            self.items.reserve(FIRST);
        }
        self.items.push((*name, symbol));
        place
    }

    /// Takes a name out; those behind it move up.
    pub fn remove(&mut self, name: &Name<'a>) {
        if let Some(place) = self.place(name) {
            self.items.remove(place);
            self.places.take();
        }
    }
}
