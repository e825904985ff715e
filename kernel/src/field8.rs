//! Eight elements of GF(2^255 − 19), radix 2^51, in two classes that cannot be confused.
//!
//! [`Carried`] (limbs below 2^51 + 2^15) may be multiplied. [`Wide`] (limbs below 2^61) is a product or a
//! sum, and must be carried first: the multiplier drops bits above 52 without a word.
//!
//! Bounds. Let N = 2^51 + 2^15. A product of 52-bit numbers has low and high halves; the high half of
//! `f_i·g_j` weighs 2^(51(i+j)+52) = 2·2^(51(i+j+1)). With `L_k = Σ low`, `H_k = Σ high`, i + j = k:
//! `z_k = L_k + 2·H_(k−1)` for k = 0…9 and limb k of the product is `z_k + 19·z_(k+5)`. A low half is below
//! 2^52, twice a high half below 2·N²/2^52 < 1.0001·2^51, so that limb 0 stays below
//! (1 + 19·4 + (0 + 19·5)/2·1.0001)·2^52 < 124.6·2^52, and the next ones below 97.6, 70.6, 43.6 and 16.6
//! times 2^52. [`Wide::sub`] adds 256 p, whose limbs are at least 2^59 − 4864 > 124.6·2^52, so that no
//! difference of two products is negative; the largest sum in use, 2·W + (W − W + 256 p), is below
//! 502·2^52 < 2^61. A carry is exact below 2^61.7, where `19·c_4` reaches 2^15.
#![allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
#![allow(clippy::needless_range_loop, reason = "limbs go by index; iterators may be left out of line")]
use crate::lanes::{Job, Lanes, Mask};

/// Low 51 bits.
pub const LIMB: u64 = (1 << 51) - 1;

/// Limbs below 2^51 + 2^15.
#[derive(Clone, Copy, Debug)]
pub struct Carried<V>(pub(crate) [V; 5]);

/// Limbs below 2^61.
#[derive(Clone, Copy, Debug)]
pub struct Wide<V>([V; 5]);

/// An element known when compiling, as five limbs below 2^51.
pub type Constant = [u64; 5];

pub const ZERO: Constant = [0; 5];
pub const ONE: Constant = [1, 0, 0, 0, 0];

impl<V: Lanes> Carried<V> {
    #[inline(always)]
    pub fn constant(witness: V::Witness, limbs: &Constant) -> Self {
        let mut out = [V::splat(witness, limbs[0]); 5];
        for i in 1..5 {
            out[i] = V::splat(witness, limbs[i]);
        }
        Self(out)
    }

    /// The low 255 bits of four words, lane by lane; the caller has refused values of p and above.
    #[inline(always)]
    pub fn from_words(words: &[V; 4]) -> Self {
        let mask = V::splat(words[0].witness(), LIMB);
        let [a, b, c, d] = *words;
        Self([
            a.and(mask),
            a.shift_right::<51>().or(b.shift_left::<13>()).and(mask),
            b.shift_right::<38>().or(c.shift_left::<26>()).and(mask),
            c.shift_right::<25>().or(d.shift_left::<39>()).and(mask),
            d.shift_right::<12>().and(mask),
        ])
    }

    /// Four words of the frozen value.
    #[inline(always)]
    pub fn to_words(self) -> [V; 4] {
        let [a, b, c, d, e] = self.freeze();
        [
            a.or(b.shift_left::<51>()),
            b.shift_right::<13>().or(c.shift_left::<38>()),
            c.shift_right::<26>().or(d.shift_left::<25>()),
            d.shift_right::<39>().or(e.shift_left::<12>()),
        ]
    }

    #[inline(always)]
    pub fn mul(self, other: Self) -> Wide<V> {
        let zero = V::splat(self.0[0].witness(), 0);
        let (mut low, mut high) = ([zero; 9], [zero; 9]);
        for i in 0..5 {
            for j in 0..5 {
                low[i + j] = low[i + j].add_low(self.0[i], other.0[j]);
                high[i + j] = high[i + j].add_high(self.0[i], other.0[j]);
            }
        }
        let mut z = [zero; 10];
        z[0] = low[0];
        for k in 1..9 {
            z[k] = low[k].add(high[k - 1].add(high[k - 1]));
        }
        z[9] = high[8].add(high[8]);
        fold(z)
    }

    #[inline(always)]
    pub fn square(self) -> Wide<V> {
        let f = &self.0;
        let zero = V::splat(f[0].witness(), 0);
        let (mut low, mut high) = ([zero; 9], [zero; 9]);
        let (mut diagonal_low, mut diagonal_high) = ([zero; 9], [zero; 9]);
        for i in 0..5 {
            diagonal_low[2 * i] = zero.add_low(f[i], f[i]);
            diagonal_high[2 * i] = zero.add_high(f[i], f[i]);
            for j in i + 1..5 {
                low[i + j] = low[i + j].add_low(f[i], f[j]);
                high[i + j] = high[i + j].add_high(f[i], f[j]);
            }
        }
        // z_k = diagL_k + 2·(L_k + diagH_(k−1) + 2·H_(k−1)): cross terms count twice.
        let mut z = [zero; 10];
        z[0] = diagonal_low[0];
        for k in 1..10 {
            let mut twice = high[k - 1].add(high[k - 1]);
            if k % 2 == 1 {
                twice = twice.add(diagonal_high[k - 1]);
            }
            if k < 9 {
                twice = twice.add(low[k]);
            }
            z[k] = twice.add(twice);
            if k % 2 == 0 {
                z[k] = z[k].add(diagonal_low[k]);
            }
        }
        fold(z)
    }

    #[inline(always)]
    pub fn squared(self) -> Self {
        self.square().carry()
    }

    #[inline(always)]
    pub fn times(self, other: Self) -> Self {
        self.mul(other).carry()
    }

    #[inline(always)]
    pub fn wide(self) -> Wide<V> {
        Wide(self.0)
    }

    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        self.wide().add(other.wide()).carry()
    }

    #[inline(always)]
    pub fn minus(self, other: Self) -> Self {
        // 4 p, whose limbs exceed those of a carried element.
        let witness = self.0[0].witness();
        let mut out = self.0;
        for i in 0..5 {
            let bias = V::splat(witness, if i == 0 { (1 << 53) - 76 } else { (1 << 53) - 4 });
            out[i] = out[i].add(bias).sub(other.0[i]);
        }
        Wide(out).carry()
    }

    #[inline(always)]
    pub fn negated(self) -> Self {
        Self::constant(self.0[0].witness(), &ZERO).minus(self)
    }

    /// `other` where the mask has a bit.
    #[inline(always)]
    pub fn blend(self, other: Self, mask: Mask) -> Self {
        let mut out = self.0;
        for i in 0..5 {
            out[i] = out[i].blend(other.0[i], mask);
        }
        Self(out)
    }

    /// The limbs of the one representative below p.
    #[inline(always)]
    pub fn freeze(self) -> [V; 5] {
        let witness = self.0[0].witness();
        let mask = V::splat(witness, LIMB);
        // One sequential carry leaves limbs below 2^51 and a value below 2^255 + 19·2^15.
        let mut out = self.0;
        let mut carry = V::splat(witness, 0);
        for i in 0..5 {
            let sum = out[i].add(carry);
            out[i] = sum.and(mask);
            carry = sum.shift_right::<51>();
        }
        out[0] = out[0].add_low(carry, V::splat(witness, 19));
        // q = 1 exactly where the value is at least p: then value + 19 reaches 2^255.
        let mut q = out[0].add(V::splat(witness, 19)).shift_right::<51>();
        for i in 1..5 {
            q = out[i].add(q).shift_right::<51>();
        }
        // value − q·p = value + 19·q − q·2^255.
        let mut carry = V::splat(witness, 0).add_low(q, V::splat(witness, 19));
        for i in 0..5 {
            let sum = out[i].add(carry);
            out[i] = sum.and(mask);
            carry = sum.shift_right::<51>();
        }
        out
    }

    /// The lanes that hold zero.
    #[inline(always)]
    pub fn is_zero(self) -> Mask {
        let frozen = self.freeze();
        let zero = V::splat(frozen[0].witness(), 0);
        frozen[0].or(frozen[1]).or(frozen[2]).or(frozen[3].or(frozen[4])).equal(zero)
    }

    #[inline(always)]
    pub fn equals(self, other: Self) -> Mask {
        self.minus(other).is_zero()
    }

    /// The lanes whose frozen value is odd.
    #[inline(always)]
    pub fn is_odd(self) -> Mask {
        let one = V::splat(self.0[0].witness(), 1);
        self.freeze()[0].and(one).equal(one)
    }
}

#[inline(always)]
fn fold<V: Lanes>(z: [V; 10]) -> Wide<V> {
    let nineteen = V::splat(z[0].witness(), 19);
    Wide([
        z[0].add(z[5].mul(nineteen)),
        z[1].add(z[6].mul(nineteen)),
        z[2].add(z[7].mul(nineteen)),
        z[3].add(z[8].mul(nineteen)),
        z[4].add(z[9].mul(nineteen)),
    ])
}

impl<V: Lanes> Wide<V> {
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        let mut out = self.0;
        for i in 0..5 {
            out[i] = out[i].add(other.0[i]);
        }
        Self(out)
    }

    /// `self − other + 256 p`; `other` is a product.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        let witness = self.0[0].witness();
        let mut out = self.0;
        for i in 0..5 {
            let bias = V::splat(witness, if i == 0 { ((1 << 52) - 38) << 7 } else { ((1 << 52) - 2) << 7 });
            out[i] = out[i].add(bias.sub(other.0[i]));
        }
        Self(out)
    }

    /// `other` where the mask has a bit.
    #[inline(always)]
    pub fn blend(self, other: Self, mask: Mask) -> Self {
        let mut out = self.0;
        for i in 0..5 {
            out[i] = out[i].blend(other.0[i], mask);
        }
        Self(out)
    }

    /// All limbs at once: each gives what exceeds 51 bits to the next, the last to the first, times 19.
    #[inline(always)]
    pub fn carry(self) -> Carried<V> {
        let witness = self.0[0].witness();
        let mask = V::splat(witness, LIMB);
        let mut out = self.0;
        for i in 1..5 {
            out[i] = self.0[i].and(mask).add(self.0[i - 1].shift_right::<51>());
        }
        let top = self.0[4].shift_right::<51>();
        out[0] = self.0[0].and(mask).add_low(top, V::splat(witness, 19));
        Carried(out)
    }
}

/// `N` elements taken through the same powers in step: one chain alone waits for its own results.
#[derive(Clone, Copy, Debug)]
pub struct Powers<V, const N: usize>(pub [Carried<V>; N]);

impl<V: Lanes, const N: usize> Powers<V, N> {
    /// `self^(2^n)`.
    #[inline(always)]
    fn squared_times(self, n: u32) -> Self {
        let mut out = self.0;
        for _ in 0..n {
            for i in 0..N {
                out[i] = out[i].squared();
            }
        }
        Self(out)
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        let mut out = self.0;
        for i in 0..N {
            out[i] = out[i].times(other.0[i]);
        }
        Self(out)
    }

    /// `self^(2^250 − 1)` and `self^11`: the start of both exponentiations.
    #[inline(always)]
    fn power_2_250(self) -> (Self, Self) {
        let two = self.squared_times(1);
        let nine = two.squared_times(2).times(self);
        let eleven = nine.times(two);
        let n5 = eleven.squared_times(1).times(nine);
        let n10 = n5.squared_times(5).times(n5);
        let n20 = n10.squared_times(10).times(n10);
        let n40 = n20.squared_times(20).times(n20);
        let n50 = n40.squared_times(10).times(n10);
        let n100 = n50.squared_times(50).times(n50);
        let n200 = n100.squared_times(100).times(n100);
        (n200.squared_times(50).times(n50), eleven)
    }

    /// `self^(p − 2)`: the inverse, and zero for zero.
    #[inline(always)]
    pub fn inverted(self) -> Self {
        let (power, eleven) = self.power_2_250();
        power.squared_times(5).times(eleven)
    }

    /// `self^((p − 5)/8) = self^(2^252 − 3)`.
    #[inline(always)]
    pub fn power_p58(self) -> Self {
        V::outline(self.0[0].0[0].witness(), PowerP58(self))
    }
}

struct PowerP58<V, const N: usize>(Powers<V, N>);

impl<V: Lanes, const N: usize> Job<V> for PowerP58<V, N> {
    type Output = Powers<V, N>;

    #[inline(always)]
    fn run(self, _: V::Witness) -> Self::Output {
        self.0.power_2_250().0.squared_times(2).times(self.0)
    }
}

#[cfg(test)]
#[allow(clippy::inline_always, reason = "a job's body must be compiled with its instructions")]
mod tests {
    use super::{Carried, LIMB, Powers};
    use crate::lanes::{Block, Emulated, EmulatedWitness, Job, Lanes};

    type Limbs = [u64; 5];

    /// Products and others of pairs of elements, frozen, by lane 0.
    struct Everything<'a>(&'a [(Limbs, Limbs)]);

    impl<V: Lanes> Job<V> for Everything<'_> {
        type Output = Vec<[Limbs; 6]>;

        #[inline(always)]
        fn run(self, witness: V::Witness) -> Self::Output {
            let first = |value: Carried<V>| {
                value.freeze().map(|limb| {
                    let mut block = Block::default();
                    limb.store(&mut block);
                    block.0[0]
                })
            };
            let mut out = Vec::new();
            for (a, b) in self.0 {
                let (a, b) = (Carried::<V>::constant(witness, a), Carried::<V>::constant(witness, b));
                let inverse = Powers([a]).inverted().0[0].times(a);
                out.push([a.times(b), a.squared(), a.plus(b), a.minus(b), a, inverse].map(first));
            }
            out
        }
    }

    /// The plain product modulo p: one limb of 51 bits at a time, folded by 19.
    fn product(a: &Limbs, b: &Limbs) -> Limbs {
        let mut wide = [0_u128; 5];
        for i in 0..5 {
            for j in 0..5 {
                let weight = if i + j < 5 { 1 } else { 19 };
                wide[(i + j) % 5] += u128::from(a[i]) * u128::from(b[j]) * weight;
            }
        }
        reduced(wide)
    }

    fn reduced(mut limbs: [u128; 5]) -> Limbs {
        let mask = u128::from(LIMB);
        for _ in 0..4 {
            for i in 0..5 {
                let carry = limbs[i] >> 51;
                limbs[i] &= mask;
                limbs[(i + 1) % 5] += carry * if i == 4 { 19 } else { 1 };
            }
        }
        let p = [mask - 18, mask, mask, mask, mask];
        if limbs[0] >= p[0] && limbs[1..] == p[1..] {
            limbs = [limbs[0] - p[0], 0, 0, 0, 0];
        }
        limbs.map(|limb| u64::try_from(limb).expect("reduced"))
    }

    fn edges() -> Vec<(Limbs, Limbs)> {
        // The largest carried limb, and values around 0, p and 2p.
        let top = LIMB + (1 << 15);
        let values = [
            [0; 5],
            [1, 0, 0, 0, 0],
            [LIMB - 19, LIMB, LIMB, LIMB, LIMB],
            [LIMB - 18, LIMB, LIMB, LIMB, LIMB],
            [LIMB, LIMB, LIMB, LIMB, LIMB],
            [top; 5],
            [top, 0, 0, 0, 0],
            [0, 0, 0, 0, top],
            [19, top, LIMB, 0, 1],
            [1 << 50, 77, LIMB, top, 1 << 49],
        ];
        values.iter().flat_map(|a| values.iter().map(|b| (*a, *b))).collect()
    }

    fn agrees<V: Lanes>(witness: V::Witness) {
        let pairs = edges();
        for ((a, b), found) in pairs.iter().zip(V::outline(witness, Everything(&pairs))) {
            let wide = |f: &dyn Fn(usize) -> u128| reduced(std::array::from_fn(f));
            // 4 p, limb by limb, keeps the difference positive.
            let bias = |i| u128::from(if i == 0 { 4 * (LIMB - 18) } else { 4 * LIMB });
            let sum = wide(&|i| u128::from(a[i]) + u128::from(b[i]));
            let difference = wide(&|i| u128::from(a[i]) + bias(i) - u128::from(b[i]));
            let value = wide(&|i| u128::from(a[i]));
            let one = [u64::from(value != [0; 5]), 0, 0, 0, 0];
            assert_eq!(found, [product(a, b), product(a, a), sum, difference, value, one], "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_largest_limbs_are_multiplied_exactly() {
        agrees::<Emulated>(EmulatedWitness);
        #[cfg(target_arch = "x86_64")]
        match crate::lanes::Avx512Witness::detect() {
            Some(witness) => agrees::<crate::lanes::Avx512>(witness),
            None => eprintln!("eight-lane engine not tested: no avx512ifma"),
        }
    }
}
