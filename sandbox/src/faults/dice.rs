//! Chance that can be repeated: the same seed gives the same throws (SplitMix64, good enough for faults).

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to, but without, 1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        // 32 bits fit into a float exactly.
        f64::from((word >> 32) as u32) / 2f64.powi(32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_repeat_with_the_seed_and_are_spread_over_the_unit_interval() {
        let throws = |seed| {
            let mut dice = Dice::new(seed);
            (0..1000).map(|_| dice.roll()).collect::<Vec<f64>>()
        };
        assert_eq!(throws(1), throws(1));
        assert_ne!(throws(1), throws(2));
        assert!(throws(1).iter().all(|roll| (0.0..1.0).contains(roll)));
        let below_a_third = throws(1).iter().filter(|roll| **roll < 1.0 / 3.0).count();
        assert!((280..390).contains(&below_a_third), "{below_a_third}");
    }
}
