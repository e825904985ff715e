//! The eight-lane engine: like work of many ballots side by side in the lanes.
//!
//! Lanes are filled from the queues of the plan, ballot after ballot; only the last vector of a queue is
//! padded, by repeating its last job, and what padding yields is dropped.
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::EdwardsPoint;

use crate::ballot::scalar;
use crate::decode8::{Decode, Encode, Encoding};
use crate::engine::{Computed, Decoded};
use crate::form::Batch;
use crate::group::{MEMBER, NOT_A_POINT, OUTSIDE_SUBGROUP};
use crate::lanes::{Lanes, Mask};
use crate::multi8::{Branch, Column, Commit, FixedTable, Scratch, Sum, Words};
use crate::plan::{Base, Fixed, Plan, Queue, Source, TERMS};
use crate::point8::{Projective, Stored};
use crate::subgroup::Halving;
use crate::subsets;

/// y = 1: the identity, where a vector has no more encodings.
const IDENTITY: Encoding = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

type Sixteen = [[Stored; 8]; 2];

/// Decoded points, sixteen at a time, and which encodings were points.
struct Points {
    groups: Vec<Sixteen>,
    valid: Vec<[Mask; 2]>,
}

impl Points {
    fn decode<V: Lanes>(witness: V::Witness, encodings: impl Iterator<Item = Encoding>) -> Self {
        let mut encodings: Vec<Encoding> = encodings.collect();
        encodings.resize(encodings.len().next_multiple_of(16), IDENTITY);
        let (chunks, _) = encodings.as_chunks::<16>();
        let mut groups = vec![[[Stored::default(); 8]; 2]; chunks.len()];
        let decode = |(encodings, points)| V::outline(witness, Decode { encodings, points });
        let valid = chunks.iter().zip(&mut groups).map(decode).collect();
        Self { groups, valid }
    }

    /// Whether all of each `width` points, of the first `count`, are members.
    fn members<V: Lanes>(
        &self,
        witness: V::Witness,
        count: usize,
        width: usize,
        seed: &[u8; 32],
    ) -> Vec<bool> {
        let flat = &self.groups.as_flattened().as_flattened()[..count];
        if count >= subsets::FEWEST && subsets::vartime_all_members::<V>(witness, flat, seed) {
            // What was no point counts as the identity among the subsets.
            let valid = |index: usize| self.valid[index / 16][index % 16 / 8] >> (index % 8) & 1 == 1;
            return (0..count / width).map(|i| (i * width..(i + 1) * width).all(valid)).collect();
        }
        let verdicts = self.verdicts::<V>(witness, count);
        verdicts.chunks(width).map(|of_one| of_one.iter().all(|&verdict| verdict == MEMBER)).collect()
    }

    /// One verdict for each of the first `count` points.
    fn verdicts<V: Lanes>(&self, witness: V::Witness, count: usize) -> Vec<u8> {
        let mut verdicts = Vec::with_capacity(count.next_multiple_of(16));
        for (points, valid) in self.groups.iter().zip(&self.valid).take(count.div_ceil(16)) {
            let members = V::outline(witness, Halving { points });
            for half in 0..2 {
                verdicts.extend((0..8).map(|lane| {
                    match (valid[half] >> lane & 1, members[half] >> lane & 1) {
                        (0, _) => NOT_A_POINT,
                        (_, 0) => OUTSIDE_SUBGROUP,
                        _ => MEMBER,
                    }
                }));
            }
        }
        verdicts.truncate(count);
        verdicts
    }
}

/// One verdict per encoding, each point tested exactly.
pub fn vartime_verdicts<V: Lanes>(witness: V::Witness, encodings: &[Encoding]) -> Vec<u8> {
    Points::decode::<V>(witness, encodings.iter().copied()).verdicts::<V>(witness, encodings.len())
}

/// Ready for one election key.
pub struct EightLanes<V: Lanes> {
    witness: V::Witness,
    generator: FixedTable,
    key: FixedTable,
}

/// A job's place: the ballot of the batch, and the base of the queue.
#[derive(Clone, Copy)]
struct Place<'a> {
    live: usize,
    base: &'a Base,
}

impl<V: Lanes> EightLanes<V> {
    pub fn new(witness: V::Witness, key: &EdwardsPoint) -> Self {
        Self {
            witness,
            generator: FixedTable::new::<V>(witness, &ED25519_BASEPOINT_POINT),
            key: FixedTable::new::<V>(witness, key),
        }
    }

    pub fn vartime_commit(&self, plan: &Plan, batch: &Batch) -> (Computed, Decoded) {
        let live = batch.credentials.len();
        if live == 0 {
            return (Computed::default(), Decoded::Lanes(Vec::new()));
        }
        // The credentials come last: their membership was checked with the list.
        let all = batch.points.iter().chain(&batch.credentials).copied();
        let points = Points::decode::<V>(self.witness, all);
        let members = points.members::<V>(self.witness, batch.points.len(), plan.points, &batch.seed);
        let points = points.groups.into_flattened().into_flattened();
        let mut work = Work { engine: self, plan, batch, points: &points, live, sums: Vec::new() };
        let mut results = Vec::with_capacity((plan.commitments + plan.sums.len()) * live.div_ceil(8));
        work.sum(&mut results);
        let mut scratch = Scratch::default();
        for queue in &plan.queues {
            work.multiply(queue, &mut scratch, &mut results);
        }
        let computed = Computed { members, ..work.encode(&results) };
        (computed, Decoded::Lanes(points))
    }

    pub fn vartime_columns(&self, plan: &Plan, decoded: &Decoded, weights: &[u64]) -> Vec<Encoding> {
        let mut columns = Vec::new();
        if let Decoded::Lanes(points) = decoded {
            for first in (0..plan.points).step_by(8) {
                let lanes = std::array::from_fn(|lane| (first + lane).min(plan.points - 1));
                columns.push(V::outline(self.witness, Column { points, lanes, step: plan.points, weights }));
            }
        }
        let mut encodings = self.encode(&columns).into_flattened();
        encodings.truncate(plan.points);
        encodings
    }

    fn encode(&self, points: &[Projective<V>]) -> Vec<[Encoding; 8]> {
        let mut encodings = vec![[[0; 32]; 8]; points.len()];
        V::outline(self.witness, Encode { points, products: &mut Vec::new(), encodings: &mut encodings });
        encodings
    }
}

/// A batch on its way from points to encoded commitments.
struct Work<'a, V: Lanes> {
    engine: &'a EightLanes<V>,
    plan: &'a Plan,
    batch: &'a Batch,
    points: &'a [Stored],
    live: usize,
    /// By sum, then by ballot.
    sums: Vec<[Stored; 8]>,
}

/// The sums of a batch come first in `results`, then the commitments of each queue.
impl<V: Lanes> Work<'_, V> {
    fn sum(&mut self, results: &mut Vec<Projective<V>>) {
        for sum in &self.plan.sums {
            for first in (0..self.live).step_by(8) {
                let start = std::array::from_fn(|lane| {
                    (first + lane).min(self.live - 1) * self.plan.points + sum.first
                });
                let mut sums = [Stored::default(); 8];
                let job = Sum { points: self.points, start, step: 2, count: sum.count, sums: &mut sums };
                results.push(V::outline(self.engine.witness, job));
                self.sums.push(sums);
            }
        }
    }

    fn places(queue: &Queue, live: usize, first: usize) -> [Place<'_>; 8] {
        let last = live * queue.bases.len() - 1;
        std::array::from_fn(|lane| {
            let job = (first + lane).min(last);
            Place { live: job / queue.bases.len(), base: &queue.bases[job % queue.bases.len()] }
        })
    }

    fn base(&self, place: Place) -> &Stored {
        match place.base.source {
            Source::Credential => &self.points[self.batch.points.len() + place.live],
            Source::Point(index) => &self.points[place.live * self.plan.points + index],
            Source::Sum(index) => &self.sums[index * self.live.div_ceil(8) + place.live / 8][place.live % 8],
        }
    }

    fn multiply(&self, queue: &Queue, scratch: &mut Scratch, results: &mut Vec<Projective<V>>) {
        let mut branches: [Branch; TERMS] = Default::default();
        for first in (0..self.live * queue.bases.len()).step_by(8) {
            let places = Self::places(queue, self.live, first);
            for (lane, place) in places.iter().enumerate() {
                for (term, branch) in place.base.terms.iter().zip(&mut branches) {
                    let proof = &self.batch.proofs[place.live * self.plan.proofs + term.proof];
                    let third =
                        if term.message == 0 { [0; 4] } else { negated(&proof.challenge, term.message) };
                    branch.set(lane, &proof.challenge, &proof.response, &third);
                }
            }
            let job = Commit {
                base: places.map(|place| self.base(place)),
                branches: &branches[..queue.terms],
                fixed: match queue.fixed {
                    Fixed::Generator => &self.engine.generator,
                    Fixed::Key => &self.engine.key,
                },
                with_third: queue.with_message,
                third: &self.engine.generator,
                scratch: &mut *scratch,
                commitments: &mut *results,
            };
            V::outline(self.engine.witness, job);
        }
    }

    fn encode(&self, results: &[Projective<V>]) -> Computed {
        let encodings = self.engine.encode(results);
        let mut out = Computed {
            points: vec![[0; 32]; self.live * self.plan.commitments],
            sums: vec![[0; 32]; self.live * self.plan.sums.len()],
            members: Vec::new(),
        };
        let groups = self.live.div_ceil(8);
        for sum in 0..self.plan.sums.len() {
            for live in 0..self.live {
                out.sums[live * self.plan.sums.len() + sum] = encodings[sum * groups + live / 8][live % 8];
            }
        }
        let mut at = self.sums.len();
        for queue in &self.plan.queues {
            for first in (0..self.live * queue.bases.len()).step_by(8) {
                for (lane, place) in Self::places(queue, self.live, first).iter().enumerate() {
                    for (i, term) in place.base.terms.iter().enumerate() {
                        out.points[place.live * self.plan.commitments + term.commitment] =
                            encodings[at + i][lane];
                    }
                }
                at += queue.terms;
            }
        }
        out
    }
}

/// `−M·c` modulo the group order.
fn negated(challenge: &Words, message: u64) -> Words {
    let mut product = -scalar(challenge);
    if message > 1 {
        product *= curve25519_dalek::scalar::Scalar::from(message);
    }
    let (chunks, _) = product.as_bytes().as_chunks::<8>();
    std::array::from_fn(|i| u64::from_le_bytes(chunks[i]))
}
