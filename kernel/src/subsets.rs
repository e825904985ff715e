//! Are all of many points in the prime-order subgroup? Sums of random subsets, each tested exactly.
//!
//! If one point has torsion, the sum of a random subset has some with probability at least 1/2, whatever
//! the others are: 128 subsets miss it with probability 2^−128 at most. The subsets follow from a seed that
//! is a hash over the points, so that the verdict is a function of the record, and an author of points
//! who tries seed after seed must try 2^128. A batch that fails is tested point by point by the caller.
//!
//! Each lane throws the same point into one of 256 buckets by its own random byte, and the buckets are
//! folded eight times: 64 subsets for one addition a point and 510 more.
#![allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
#![allow(clippy::needless_range_loop, reason = "lanes go by index; iterators may be left out of line")]
use curve25519_dalek::edwards::EdwardsPoint;
use sha2::{Digest, Sha256};

use crate::field8::{Carried, ONE, Powers};
use crate::group::vartime_is_member;
use crate::lanes::{Job, Lanes};
use crate::point8::{Completed, Extended, Stored};
use crate::subgroup::Halving;

/// Fewer points than this are tested one by one sooner.
pub const FEWEST: usize = 640;

/// Times 64 subsets.
const SWEEPS: usize = 2;
const BUCKETS: usize = 256;

/// For each point, the bucket of each lane.
type Choice = [u8; 8];

/// Whether all points (with Z = 1) are members, up to the error above.
pub fn vartime_all_members<V: Lanes>(witness: V::Witness, points: &[Stored], seed: &[u8; 32]) -> bool {
    let mut buckets = vec![[Stored::default(); 8]; BUCKETS];
    let mut sums = Vec::with_capacity(8 * SWEEPS);
    for sweep in 0..SWEEPS {
        let choices = choices(seed, sweep, points.len());
        let job = Sweep { points, choices: &choices, buckets: &mut buckets, sums: &mut sums };
        V::outline(witness, job);
    }
    let normal = V::outline(witness, Normalise { points: &sums });
    normal.as_chunks().0.iter().all(|points| V::outline(witness, Halving { points }) == [0xff; 2])
}

/// The same, one point at a time.
pub fn vartime_all_members_portable(points: &[EdwardsPoint], seed: &[u8; 32]) -> bool {
    for sweep in 0..SWEEPS {
        let choices = choices(seed, sweep, points.len());
        for lane in 0..8 {
            let mut buckets = vec![EdwardsPoint::default(); BUCKETS];
            for (point, choice) in points.iter().zip(&choices) {
                buckets[usize::from(choice[lane])] += point;
            }
            let mut half = BUCKETS / 2;
            while half > 0 {
                let mut subset = EdwardsPoint::default();
                for i in 0..half {
                    let upper = buckets[half + i];
                    subset += upper;
                    buckets[i] += upper;
                }
                if !vartime_is_member(&subset) {
                    return false;
                }
                half /= 2;
            }
        }
    }
    true
}

fn choices(seed: &[u8; 32], sweep: usize, count: usize) -> Vec<Choice> {
    let mut out = Vec::with_capacity(count.next_multiple_of(4));
    for block in 0..count.div_ceil(4) as u64 {
        let start = Sha256::new_with_prefix(seed).chain_update((sweep as u64).to_le_bytes());
        let bytes: [u8; 32] = start.chain_update(block.to_le_bytes()).finalize().into();
        out.extend_from_slice(bytes.as_chunks().0);
    }
    out
}

struct Sweep<'a, V> {
    points: &'a [Stored],
    choices: &'a [Choice],
    /// By bucket, then by lane.
    buckets: &'a mut [[Stored; 8]],
    sums: &'a mut Vec<Extended<V>>,
}

impl<V: Lanes> Job<V> for Sweep<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run(self, witness: V::Witness) {
        let Self { points, choices, buckets, sums } = self;
        let identity = Completed::<V>::identity(witness).extended();
        for bucket in 0..BUCKETS {
            identity.store(&mut buckets[bucket]);
        }
        for i in 0..points.len() {
            let term = Extended::<V>::broadcast(witness, &points[i]).cached_affine();
            let mut lanes = [&buckets[0][0]; 8];
            for lane in 0..8 {
                lanes[lane] = &buckets[choices[i][lane] as usize][lane];
            }
            let sum = Extended::<V>::load(witness, lanes).summand().add(&term, 0).extended();
            let mut stored = [Stored::default(); 8];
            sum.store(&mut stored);
            for lane in 0..8 {
                buckets[choices[i][lane] as usize][lane] = stored[lane];
            }
        }
        // The upper half of the buckets is the subset of one bit; folded onto the lower half, the next bit.
        let mut half = BUCKETS / 2;
        while half > 0 {
            let mut subset = identity;
            for i in 0..half {
                let mut lanes = ([&buckets[0][0]; 8], [&buckets[0][0]; 8]);
                for lane in 0..8 {
                    lanes.0[lane] = &buckets[i][lane];
                    lanes.1[lane] = &buckets[half + i][lane];
                }
                let upper = Extended::<V>::load(witness, lanes.1).cached();
                subset = subset.summand().add(&upper, 0).extended();
                let lower = Extended::<V>::load(witness, lanes.0).summand().add(&upper, 0).extended();
                lower.store(&mut buckets[i]);
            }
            sums.push(subset);
            half /= 2;
        }
    }
}

/// The same points with Z = 1.
struct Normalise<'a, V> {
    points: &'a [Extended<V>],
}

impl<V: Lanes> Job<V> for Normalise<'_, V> {
    type Output = Vec<[Stored; 8]>;

    #[inline(always)]
    fn run(self, witness: V::Witness) -> Vec<[Stored; 8]> {
        let mut product = Carried::constant(witness, &ONE);
        let mut products = Vec::with_capacity(self.points.len());
        for i in 0..self.points.len() {
            products.push(product);
            product = product.times(self.points[i].z);
        }
        let mut inverse = Powers([product]).inverted().0[0];
        let mut out = vec![[Stored::default(); 8]; self.points.len()];
        for i in (0..self.points.len()).rev() {
            let point = &self.points[i];
            let z = inverse.times(products[i]);
            inverse = inverse.times(point.z);
            Extended::affine(point.x.times(z), point.y.times(z)).store(&mut out[i]);
        }
        out
    }
}
