//! Chance from a seed.

/// Draws numbers. Each decision of a run has dice of its own, so that leaving out one fault does not change the others.
pub struct Dice(u64);

impl Dice {
    /// The dice of one decision: the same numbers each time for the same seed and name.
    pub fn of(seed: u64, name: &[u64]) -> Dice {
        name.iter().fold(Dice(seed), |dice, part| Dice(mixed(dice.0 ^ mixed(*part))))
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// From 0 to less than `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    pub fn is_one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// The last step of SplitMix64 (Steele, Lea, Flood 2014).
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
