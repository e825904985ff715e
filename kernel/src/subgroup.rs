//! Is each of eight points in the prime-order subgroup, exactly?
//!
//! A point is a multiple of eight if and only if it can be halved three times (Pornin, "Point-Halving and
//! Subgroup Membership in Twisted Edwards Curves", ePrint 2022/1164). With `A = 2(a + d)`, `B = (a − d)²`,
//! `A' = −2A`, `B' = A² − 4B` and a common denominator e, the point is carried as `U = u/e²`, `W = w/e`
//! where `U = (a − d)(1 + y)/(1 − y)` and `W = 2/x`; a halving goes to the dual curve and back.
#![allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
#![allow(clippy::needless_range_loop, reason = "lanes go by index; iterators may be left out of line")]
use crate::decode8::corrected;
use crate::field8::{Carried, Constant, ONE, Powers};
use crate::lanes::{Job, Lanes, Mask};
use crate::point8::{Extended, Stored};

/// `A = 2(a + d)`.
const A: Constant = [
    1_859_910_466_990_423,
    932_731_440_258_426,
    1_072_319_116_312_658,
    1_815_898_335_770_999,
    633_789_495_995_903,
];
/// `A' = −2A`.
const A_DUAL: Constant =
    [783_778_693_389_631, 386_336_933_168_394, 107_161_581_059_931, 871_802_955_828_497, 984_220_821_693_440];
/// `a − d`.
const A_MINUS_D: Constant = [
    1_321_844_580_190_025,
    1_785_434_093_556_034,
    589_740_348_686_294,
    217_950_738_957_124,
    809_005_158_844_672,
];
/// `√(2B')`.
const SQRT_2B_DUAL: Constant = [
    212_443_713_552_289,
    598_361_480_551_596,
    1_661_163_570_792_156,
    1_284_270_788_971_983,
    1_824_212_369_440_600,
];
/// `1 + √−1`, whose square is `2·√−1`.
const ONE_PLUS_I: Constant = [
    1_718_705_420_411_057,
    234_908_883_556_509,
    2_233_514_472_574_048,
    2_117_202_627_021_982,
    765_476_049_583_133,
];
/// `1/2`.
const HALF: Constant = [
    2_251_799_813_685_239,
    2_251_799_813_685_247,
    2_251_799_813_685_247,
    2_251_799_813_685_247,
    1_125_899_906_842_623,
];

/// Which of sixteen points with Z = 1 are in the prime-order subgroup.
pub struct Halving<'a> {
    pub points: &'a [[Stored; 8]; 2],
}

impl<V: Lanes> Job<V> for Halving<'_> {
    type Output = [Mask; 2];

    #[inline(always)]
    fn run(self, witness: V::Witness) -> [Mask; 2] {
        let constant = |limbs: &Constant| Carried::<V>::constant(witness, limbs);
        let one = constant(&ONE);
        let (mut u, mut w, mut e) = ([one; 2], [one; 2], [one; 2]);
        let (mut member, mut exceptional, mut identity) = ([0xff; 2], [0; 2], [0; 2]);
        for g in 0..2 {
            let mut lanes = [&self.points[g][0]; 8];
            for lane in 0..8 {
                lanes[lane] = &self.points[g][lane];
            }
            let point = Extended::<V>::load(witness, lanes);
            let (x, y) = (point.x, point.y);
            exceptional[g] = x.is_zero();
            identity[g] = y.equals(one);
            let complement = one.minus(y);
            e[g] = x.times(complement);
            u[g] = constant(&A_MINUS_D).times(one.plus(y)).times(x).times(e[g]);
            w[g] = complement.plus(complement);
        }
        for _ in 0..2 {
            let root = Roots::of(u);
            let (mut u_dual, mut w_dual) = (u, w);
            for g in 0..2 {
                member[g] &= root.square[g];
                w_dual[g] = root.of_u[g].plus(root.of_u[g]);
                // u' = (4u − A'e² − 2ww')/2.
                let ee = e[g].squared();
                let four = u[g].plus(u[g]).plus(u[g].plus(u[g]));
                let ww = w_dual[g].times(w[g]);
                u_dual[g] = four.minus(constant(&A_DUAL).times(ee)).minus(ww.plus(ww)).times(constant(&HALF));
            }
            let root = Roots::of(u_dual);
            for g in 0..2 {
                // Where u' is a square, w is its root; elsewhere the other half, scaled by t = √(2u').
                let square = root.square[g];
                let t = root.of_2u[g];
                let w_other = constant(&SQRT_2B_DUAL).times(e[g].squared());
                let w_next = w_other.blend(root.of_u[g], square);
                let w_dual = w_dual[g].times(t).blend(w_dual[g], square);
                e[g] = e[g].times(t).blend(e[g], square);
                let a_ee = constant(&A).times(e[g].squared());
                u[g] = w_next.squared().minus(a_ee).minus(w_next.times(w_dual)).times(constant(&HALF));
                w[g] = w_next.negated().blend(w_next, square);
            }
        }
        let last = Roots::of(u);
        for g in 0..2 {
            // Where x = 0 the denominator vanishes and the halvings say nothing: (0, −1) would pass.
            member[g] = (member[g] & last.square[g] & !exceptional[g]) | (exceptional[g] & identity[g]);
        }
        member
    }
}

/// Where u is a square its root, elsewhere the root of 2u: one of the two exists, since 2 is no square.
struct Roots<V> {
    square: [Mask; 2],
    of_u: [Carried<V>; 2],
    of_2u: [Carried<V>; 2],
}

impl<V: Lanes> Roots<V> {
    #[inline(always)]
    fn of(u: [Carried<V>; 2]) -> Self {
        let witness = u[0].0[0].witness();
        let power = Powers(u).power_p58().0;
        let mut out = Self { square: [0; 2], of_u: u, of_2u: u };
        for g in 0..2 {
            // r = u^((p + 3)/8), whose fourth power is ±u².
            let r = power[g].times(u[g]);
            (out.of_u[g], out.square[g]) = corrected(r, r.squared(), u[g]);
            let t = r.times(Carried::constant(witness, &ONE_PLUS_I));
            (out.of_2u[g], _) = corrected(t, t.squared(), u[g].plus(u[g]));
        }
        out
    }
}
