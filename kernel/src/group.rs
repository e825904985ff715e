//! The prime-order group of edwards25519 over arrays, one point at a time (curve25519-dalek).
//!
//! Everything whose name does not begin with `vartime_` takes the same time for all scalars and
//! points, and is the only code of the kernel that may see a secret. Points are 32 bytes of RFC 8032,
//! scalars 32 bytes, little-endian, below the group order.
use std::ops::Range;

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{BasepointTable, Identity, IsIdentity, VartimeMultiscalarMul};
use zeroize::Zeroizing;

use crate::parallel::map_chunks;

pub const POINT: usize = 32;
pub const SCALAR: usize = 32;

/// Points in one step of a thread: enough to share an inversion, few enough to stay in cache.
const CHUNK: usize = 64;

/// What is wrong with one item of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes at this index are not the canonical encoding of a point of the curve.
    Point(usize),
    /// The bytes at this index are not a scalar below the group order.
    Scalar(usize),
}

/// The verdict on one encoding, as `vartime_decode` gives it.
pub const MEMBER: u8 = 0;
pub const NOT_A_POINT: u8 = 1;
pub const OUTSIDE_SUBGROUP: u8 = 2;

/// Whether the 255 low bits are below p = 2^255 − 19.
#[must_use]
pub fn is_reduced(bytes: &[u8; 32]) -> bool {
    (bytes[31] & 0x7f) != 0x7f || bytes[1..31].iter().any(|&byte| byte != 0xff) || bytes[0] < 0xed
}

/// The point of a canonical encoding: y below p, on the curve, and no sign on x = 0. RFC 8032 5.1.3.
///
/// The time depends on whether the encoding is good, never on which point it is.
#[must_use]
pub fn decode(bytes: &[u8; 32]) -> Option<EdwardsPoint> {
    let mut magnitude = *bytes;
    magnitude[31] &= 0x7f;
    let signed = bytes[31] >> 7 == 1;
    // x = 0 only where y = 1 or y = −1.
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    if !is_reduced(bytes) || (signed && (magnitude == one || magnitude == minus_one)) {
        return None;
    }
    CompressedEdwardsY(*bytes).decompress()
}

/// `MEMBER`, `NOT_A_POINT` or `OUTSIDE_SUBGROUP`.
#[must_use]
pub fn vartime_verdict(bytes: &[u8; 32]) -> u8 {
    match decode(bytes) {
        None => NOT_A_POINT,
        Some(point) if vartime_is_member(&point) => MEMBER,
        Some(_) => OUTSIDE_SUBGROUP,
    }
}

/// Whether the point has prime order (or is the identity), by multiplying with the order.
#[must_use]
pub fn vartime_is_member(point: &EdwardsPoint) -> bool {
    // The order is not a reduced scalar: (order − 1)·P + P.
    (EdwardsPoint::vartime_multiscalar_mul([-Scalar::ONE], [point]) + point).is_identity()
}

/// `fixed^r · base^c` for every (base, c, r).
///
/// # Errors
/// The first item that is not a point or not a scalar.
pub fn vartime_double_mul(
    base: &[u8],
    c: &[u8],
    fixed: &[u8; POINT],
    r: &[u8],
    threads: usize,
) -> Result<Vec<u8>, Fault> {
    let fixed = decode(fixed).ok_or(Fault::Point(0))?;
    let is_generator = fixed == ED25519_BASEPOINT_POINT;
    encode_chunks(base.len() / POINT, threads, |range| {
        let (bases, c, r) = (points_at(base, &range)?, scalars_at(c, &range)?, scalars_at(r, &range)?);
        let terms = bases.iter().zip(c.iter().zip(r.iter()));
        Ok(terms
            .map(|(base, (c, r))| {
                if is_generator {
                    EdwardsPoint::vartime_double_scalar_mul_basepoint(c, base, r)
                } else {
                    EdwardsPoint::vartime_multiscalar_mul([c, r], [base, &fixed])
                }
            })
            .collect())
    })
}

/// For each row of `terms` points and as many scalars, the product of the powers.
///
/// # Errors
/// The first item that is not a point or not a scalar.
pub fn vartime_multi_mul(
    points: &[u8],
    scalars: &[u8],
    terms: usize,
    threads: usize,
) -> Result<Vec<u8>, Fault> {
    encode_chunks(points.len() / POINT / terms, threads, |range| {
        let items = range.start * terms..range.end * terms;
        let (points, scalars) = (points_at(points, &items)?, scalars_at(scalars, &items)?);
        let rows = points.chunks_exact(terms).zip(scalars.chunks_exact(terms));
        Ok(rows.map(|(row, powers)| EdwardsPoint::vartime_multiscalar_mul(powers, row)).collect())
    })
}

/// The weighted product of the rows of an array with `columns` columns; without weights, each is one.
///
/// # Errors
/// The first item that is not a point.
pub fn vartime_sum_axis(
    points: &[u8],
    columns: usize,
    weights: Option<&[u64]>,
    threads: usize,
) -> Result<Vec<u8>, Fault> {
    let rows = points.len() / POINT / columns;
    let partial = map_chunks(rows, 256, threads, |range| {
        let items = points_at(points, &(range.start * columns..range.end * columns))?;
        let weights = weights.map(|all| &all[range]);
        Ok((0..columns)
            .map(|column| vartime_column_sum(&items, column, columns, weights))
            .collect::<Vec<_>>())
    })?;
    let mut sums = vec![EdwardsPoint::identity(); columns];
    for part in partial {
        for (sum, term) in sums.iter_mut().zip(part) {
            *sum += term;
        }
    }
    Ok(encode(&sums))
}

/// One bit of the weights at a time, from the top: as many additions as bits that are set.
#[must_use]
pub fn vartime_column_sum(
    items: &[EdwardsPoint],
    column: usize,
    columns: usize,
    weights: Option<&[u64]>,
) -> EdwardsPoint {
    let terms = || items.iter().skip(column).step_by(columns);
    let Some(weights) = weights else { return terms().sum() };
    let bits = weights.iter().map(|weight| 64 - weight.leading_zeros()).max().unwrap_or(0);
    let mut sum = EdwardsPoint::identity();
    for bit in (0..bits).rev() {
        sum += sum;
        for (term, weight) in terms().zip(weights) {
            if weight >> bit & 1 == 1 {
                sum += term;
            }
        }
    }
    sum
}

/// `left · right`, item by item.
///
/// # Errors
/// The first item that is not a point.
pub fn add(left: &[u8], right: &[u8], threads: usize) -> Result<Vec<u8>, Fault> {
    encode_chunks(left.len() / POINT, threads, |range| {
        let (left, right) = (points_at(left, &range)?, points_at(right, &range)?);
        Ok(left.iter().zip(&right).map(|(a, b)| a + b).collect())
    })
}

/// `left / right`, item by item.
///
/// # Errors
/// The first item that is not a point.
pub fn subtract(left: &[u8], right: &[u8], threads: usize) -> Result<Vec<u8>, Fault> {
    encode_chunks(left.len() / POINT, threads, |range| {
        let (left, right) = (points_at(left, &range)?, points_at(right, &range)?);
        Ok(left.iter().zip(&right).map(|(a, b)| a - b).collect())
    })
}

/// `g^s` for each scalar. Constant time.
///
/// # Errors
/// The first item that is not a scalar.
pub fn mul_base(scalars: &[u8], threads: usize) -> Result<Vec<u8>, Fault> {
    encode_chunks(scalars.len() / SCALAR, threads, |range| {
        Ok(scalars_at(scalars, &range)?.iter().map(EdwardsPoint::mul_base).collect())
    })
}

/// `P^s` for each point and scalar. Constant time.
///
/// # Errors
/// The first item that is not a point or not a scalar.
pub fn mul(points: &[u8], scalars: &[u8], threads: usize) -> Result<Vec<u8>, Fault> {
    encode_chunks(points.len() / POINT, threads, |range| {
        let (points, scalars) = (points_at(points, &range)?, scalars_at(scalars, &range)?);
        Ok(points.iter().zip(scalars.iter()).map(|(point, scalar)| point * scalar).collect())
    })
}

/// A point prepared for many constant-time multiplications, such as the election public key.
pub struct FixedBase(Box<EdwardsBasepointTable>);

impl FixedBase {
    /// # Errors
    /// The bytes are not a point.
    pub fn new(point: &[u8; POINT]) -> Result<Self, Fault> {
        let point = decode(point).ok_or(Fault::Point(0))?;
        Ok(Self(Box::new(EdwardsBasepointTable::create(&point))))
    }

    /// `fixed^s` for each scalar. Constant time.
    ///
    /// # Errors
    /// The first item that is not a scalar.
    pub fn mul(&self, scalars: &[u8], threads: usize) -> Result<Vec<u8>, Fault> {
        encode_chunks(scalars.len() / SCALAR, threads, |range| {
            Ok(scalars_at(scalars, &range)?.iter().map(|s| self.0.mul_base(s)).collect())
        })
    }

    /// `fixed^s · g^t` for each pair of scalars. Constant time.
    ///
    /// # Errors
    /// The first item that is not a scalar.
    pub fn double_mul(&self, s: &[u8], t: &[u8], threads: usize) -> Result<Vec<u8>, Fault> {
        encode_chunks(s.len() / SCALAR, threads, |range| {
            let (s, t) = (scalars_at(s, &range)?, scalars_at(t, &range)?);
            let pairs = s.iter().zip(t.iter());
            Ok(pairs.map(|(s, t)| self.0.mul_base(s) + EdwardsPoint::mul_base(t)).collect())
        })
    }
}

fn encode_chunks<F>(length: usize, threads: usize, compute: F) -> Result<Vec<u8>, Fault>
where
    F: Fn(Range<usize>) -> Result<Vec<EdwardsPoint>, Fault> + Sync,
{
    Ok(map_chunks(length, CHUNK, threads, |range| compute(range).map(|points| encode(&points)))?.concat())
}

fn encode(points: &[EdwardsPoint]) -> Vec<u8> {
    EdwardsPoint::compress_batch_alloc(points).iter().flat_map(CompressedEdwardsY::to_bytes).collect()
}

fn points_at(bytes: &[u8], range: &Range<usize>) -> Result<Vec<EdwardsPoint>, Fault> {
    let (encodings, _) = bytes.as_chunks::<POINT>();
    range.clone().map(|index| decode(&encodings[index]).ok_or(Fault::Point(index))).collect()
}

/// Wiped when dropped, since the caller's scalars may be secret.
fn scalars_at(bytes: &[u8], range: &Range<usize>) -> Result<Zeroizing<Vec<Scalar>>, Fault> {
    let (encodings, _) = bytes.as_chunks::<SCALAR>();
    let mut scalars = Zeroizing::new(Vec::with_capacity(range.len()));
    for index in range.clone() {
        let scalar: Option<Scalar> = Scalar::from_canonical_bytes(encodings[index]).into();
        scalars.push(scalar.ok_or(Fault::Scalar(index))?);
    }
    Ok(scalars)
}
