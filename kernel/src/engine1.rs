//! The portable engine: one point at a time, by curve25519-dalek, with shared inversions.
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;

use crate::ballot::scalar;
use crate::decode8::Encoding;
use crate::engine::{Computed, Decoded};
use crate::form::Batch;
use crate::group::{self, vartime_is_member};
use crate::plan::{Base, Fixed, Plan, Source};
use crate::subsets;

/// Ready for one election key.
pub struct Portable {
    key: EdwardsPoint,
}

impl Portable {
    #[must_use]
    pub fn new(key: &EdwardsPoint) -> Self {
        Self { key: *key }
    }

    #[must_use]
    pub fn vartime_commit(&self, plan: &Plan, batch: &Batch) -> (Computed, Decoded) {
        let mut out = Computed::default();
        let mut commitments = Vec::with_capacity(batch.credentials.len() * plan.commitments);
        let mut sums = Vec::new();
        let (decoded, members) = members(plan, batch);
        for (live, credential) in batch.credentials.iter().enumerate() {
            let points = members[live].then(|| &decoded[live * plan.points..][..plan.points]);
            let credential = group::decode(credential);
            let first = commitments.len();
            commitments.resize(first + plan.commitments, EdwardsPoint::default());
            let first_sum = sums.len();
            sums.resize(first_sum + plan.sums.len(), EdwardsPoint::default());
            if let (Some(points), Some(credential)) = (points, credential) {
                for (sum, found) in plan.sums.iter().zip(&mut sums[first_sum..]) {
                    *found = points[sum.first..].iter().step_by(2).take(sum.count).sum();
                }
                for queue in &plan.queues {
                    for base in &queue.bases {
                        let point = match base.source {
                            Source::Credential => credential,
                            Source::Point(index) => points[index],
                            Source::Sum(index) => sums[first_sum + index],
                        };
                        self.commit(
                            queue.fixed,
                            base,
                            &point,
                            batch,
                            live * plan.proofs,
                            &mut commitments[first..],
                        );
                    }
                }
            }
            out.members.push(points.is_some() && credential.is_some());
        }
        out.points = encode(&commitments);
        out.sums = encode(&sums);
        (out, Decoded::Dalek(decoded))
    }

    #[must_use]
    pub fn vartime_columns(plan: &Plan, decoded: &Decoded, weights: &[u64]) -> Vec<Encoding> {
        let Decoded::Dalek(points) = decoded else { return Vec::new() };
        let column = |column| group::vartime_column_sum(points, column, plan.points, Some(weights));
        encode(&(0..plan.points).map(column).collect::<Vec<_>>())
    }

    /// `F^r · P^c · g^(−M·c)` for each term of a base.
    fn commit(
        &self,
        fixed: Fixed,
        base: &Base,
        point: &EdwardsPoint,
        batch: &Batch,
        first_proof: usize,
        commitments: &mut [EdwardsPoint],
    ) {
        for term in &base.terms {
            let proof = &batch.proofs[first_proof + term.proof];
            let (c, r) = (scalar(&proof.challenge), scalar(&proof.response));
            commitments[term.commitment] = match fixed {
                Fixed::Generator => EdwardsPoint::vartime_double_scalar_mul_basepoint(&c, point, &r),
                Fixed::Key if term.message == 0 => {
                    EdwardsPoint::vartime_multiscalar_mul([c, r], [point, &self.key])
                }
                Fixed::Key => EdwardsPoint::vartime_multiscalar_mul(
                    [c, r, -c * Scalar::from(term.message)],
                    [point, &self.key, &ED25519_BASEPOINT_POINT],
                ),
            };
        }
    }
}

/// All points, the identity for what is none, and for each ballot whether all of its are members.
fn members(plan: &Plan, batch: &Batch) -> (Vec<EdwardsPoint>, Vec<bool>) {
    let found: Vec<Option<EdwardsPoint>> = batch.points.iter().map(group::decode).collect();
    let points: Vec<EdwardsPoint> = found.iter().map(|point| point.unwrap_or_default()).collect();
    let all = points.len() >= subsets::FEWEST && subsets::vartime_all_members_portable(&points, &batch.seed);
    let member =
        |point: &Option<EdwardsPoint>| point.as_ref().is_some_and(|point| all || vartime_is_member(point));
    let members = found.chunks(plan.points).map(|of_one| of_one.iter().all(member)).collect();
    (points, members)
}

fn encode(points: &[EdwardsPoint]) -> Vec<Encoding> {
    EdwardsPoint::compress_batch_alloc(points).iter().map(CompressedEdwardsY::to_bytes).collect()
}
