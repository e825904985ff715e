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
        let mut decoded = Vec::with_capacity(batch.points.len());
        for (live, credential) in batch.credentials.iter().enumerate() {
            let points = members(&batch.points[live * plan.points..][..plan.points]);
            let credential = group::decode(credential);
            let first = commitments.len();
            commitments.resize(first + plan.commitments, EdwardsPoint::default());
            let first_sum = sums.len();
            sums.resize(first_sum + plan.sums.len(), EdwardsPoint::default());
            if let (Some(points), Some(credential)) = (&points, credential) {
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
            decoded.extend(points.unwrap_or_else(|| vec![EdwardsPoint::default(); plan.points]));
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

/// The points, if all are members of the group.
fn members(encodings: &[Encoding]) -> Option<Vec<EdwardsPoint>> {
    encodings.iter().map(|encoding| group::decode(encoding).filter(vartime_is_member)).collect()
}

fn encode(points: &[EdwardsPoint]) -> Vec<Encoding> {
    EdwardsPoint::compress_batch_alloc(points).iter().map(CompressedEdwardsY::to_bytes).collect()
}
