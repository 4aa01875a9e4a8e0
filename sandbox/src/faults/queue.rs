//! The faults that wait for their requests, in the order in which they were set.

use std::num::NonZeroU32;

use serde::Serialize;

use super::dice::Dice;
use super::rule::{Action, Rule};
use crate::subject::Subject;

/// How many can wait at a time: far more than a test needs, and few enough to tell all of them at each change.
const CAPACITY: usize = 100;

#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    pub id: u64,
    #[serde(flatten)]
    rule: Rule,
}

pub struct Faults {
    queue: Vec<Fault>,
    last_id: u64,
    seed: u64,
    dice: Dice,
}

impl Faults {
    pub fn new(seed: u64) -> Self {
        Self { queue: Vec::new(), last_id: 0, seed, dice: Dice::new(seed) }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// `None` if there is no room.
    pub fn add(&mut self, rule: Rule) -> Option<Fault> {
        if self.queue.len() == CAPACITY {
            return None;
        }
        self.last_id += 1;
        let fault = Fault { id: self.last_id, rule };
        self.queue.push(fault.clone());
        Some(fault)
    }

    pub fn all(&self) -> &[Fault] {
        &self.queue
    }

    /// One of them, or all; says how many went.
    pub fn remove(&mut self, id: Option<u64>) -> usize {
        let before = self.queue.len();
        self.queue.retain(|fault| id.is_some_and(|id| id != fault.id));
        before - self.queue.len()
    }

    /// Back to the beginning, chance included, so that each test meets the same throws.
    pub fn reset(&mut self) {
        self.queue.clear();
        self.dice = Dice::new(self.seed);
    }

    /// What the request meets: the first fault that matches and is not spared by chance. It counts down.
    pub fn take(&mut self, subject: &Subject) -> Option<Action> {
        let dice = &mut self.dice;
        let index = self
            .queue
            .iter()
            .position(|Fault { rule, .. }| rule.matches(subject) && rule.probability.includes(dice.roll()))?;
        let rule = &mut self.queue[index].rule;
        let action = rule.action.clone();
        match NonZeroU32::new(rule.times.get() - 1) {
            Some(left) => rule.times = left,
            None => drop(self.queue.remove(index)),
        }
        Some(action)
    }
}
