//! Numbers that look random and are the same for the same seed (`SplitMix64`, Steele, Lea and Flood 2014).

/// A stream of numbers. Not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

/// The odd constant by which `SplitMix64` advances.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

impl Random {
    /// A stream of its own for each (seed, topic, number), whatever was drawn from other streams.
    pub(super) fn of(seed: u64, topic: u64, number: i64) -> Self {
        let number = number.cast_unsigned();
        Self(mix(mix(mix(seed.wrapping_add(GAMMA)) ^ topic.wrapping_mul(GAMMA)) ^ number.wrapping_mul(GAMMA)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// A number from 0 up to, not including, `bound`; 0 when there is none.
    pub(super) fn below(&mut self, bound: i64) -> i64 {
        let wide = u128::from(self.next()) * u128::from(bound.max(0).cast_unsigned());
        i64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// True in `per_mille` of 1,000 draws.
    pub(super) fn chance(&mut self, per_mille: i64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `choices`, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let at = self.below(i64::try_from(choices.len()).unwrap_or(i64::MAX));
        &choices[usize::try_from(at).unwrap_or_default()]
    }

    /// `length` decimal digits.
    pub(super) fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or_default())).collect()
    }

    /// `length` lower-case hexadecimal digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        let mut left = 0;
        let mut word = 0;
        (0..length)
            .map(|_| {
                if left == 0 {
                    (word, left) = (self.next(), 16);
                }
                let digit = word & 15;
                (word, left) = (word >> 4, left - 1);
                char::from(b"0123456789abcdef"[usize::try_from(digit).unwrap_or_default()])
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_agrees_with_the_published_generator() {
        // SplitMix64 from state 1234567, first outputs of the reference implementation in C
        let mut random = Random(1_234_567);
        assert_eq!(
            [random.next(), random.next(), random.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut random = Random::of(1, 2, 3);
        let mut seen = [0; 5];
        for _ in 0..1_000 {
            seen[usize::try_from(random.between(10, 14) - 10).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| *count > 100), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert_eq!(random.digits(12).len(), 12);
        assert_eq!(random.hex(27).len(), 27);
    }
}
