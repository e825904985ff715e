//! Is this Ed25519 signature good, in the one meaning that Limpide gives to the word?
//!
//! RFC 8032 read strictly (spec 2.11 to 2.15): S is canonical, A and R are canonical encodings of
//! points that are not of small order, and the bytes of R are those of `[S]B − [k]A` (no cofactor).
use std::collections::HashMap;
use std::sync::LazyLock;

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::parallel;

/// Why a signature is refused. The order is that of the checks; the number is what Python sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    Good = 0,
    /// A is no canonical encoding of a curve point.
    KeyNotCanonical = 1,
    /// A is one of the eight points of small order.
    KeySmallOrder = 2,
    /// S is not below the group order.
    ScalarNotCanonical = 3,
    /// R is one of the eight points of small order.
    CommitmentSmallOrder = 4,
    /// R is not the canonical encoding of `[S]B − [k]A`.
    NotEqual = 5,
}

/// One key, one signature, one message, all of a public nature.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    pub key: &'a [u8; 32],
    pub message: &'a [u8],
    pub signature: &'a [u8; 64],
}

/// The canonical encodings of the eight points whose order divides the cofactor.
static SMALL_ORDER: LazyLock<[[u8; 32]; 8]> =
    LazyLock::new(|| EIGHT_TORSION.map(|point| point.compress().to_bytes()));

/// p − 1 = 2^255 − 20, little-endian: the y of the point (0, −1).
const MINUS_ONE: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xec;
    bytes[31] = 0x7f;
    bytes
};

/// One verdict for each claim, in order. Public values only.
#[must_use]
pub fn vartime_verify(claims: &[Claim], threads: usize) -> Vec<u8> {
    let mut verdicts = vec![0; claims.len()];
    parallel::fill(claims, &mut verdicts, 64, threads, HashMap::new, vartime_verify_some);
    verdicts
}

/// The commitments of a batch are encoded together: one field inversion instead of one each.
fn vartime_verify_some(
    keys: &mut HashMap<[u8; 32], Result<EdwardsPoint, Verdict>>,
    claims: &[Claim],
    verdicts: &mut [u8],
) {
    let mut waiting = Vec::with_capacity(claims.len());
    let mut commitments = Vec::with_capacity(claims.len());
    for (index, claim) in claims.iter().enumerate() {
        let minus_key = *keys.entry(*claim.key).or_insert_with(|| decode_key(claim.key).map(|a| -a));
        match minus_key.and_then(|minus_a| vartime_commitment(&minus_a, claim)) {
            Ok(commitment) => {
                waiting.push(index);
                commitments.push(commitment);
            }
            Err(verdict) => verdicts[index] = verdict as u8,
        }
    }
    for (index, expected) in waiting.into_iter().zip(EdwardsPoint::compress_batch_alloc(&commitments)) {
        let equal = expected.as_bytes()[..] == claims[index].signature[..32];
        verdicts[index] = if equal { Verdict::Good } else { Verdict::NotEqual } as u8;
    }
}

/// `[S]B − [k]A`. An R of small order is refused here, while its bytes are still at hand: were it
/// written otherwise than canonically, it would differ from the result and be refused as well.
fn vartime_commitment(minus_a: &EdwardsPoint, claim: &Claim) -> Result<EdwardsPoint, Verdict> {
    let (r, s) = halves(claim.signature);
    let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(*s)).ok_or(Verdict::ScalarNotCanonical)?;
    if SMALL_ORDER.contains(r) {
        return Err(Verdict::CommitmentSmallOrder);
    }
    let k = challenge(r, claim.key, claim.message);
    Ok(EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, minus_a, &s))
}

fn decode_key(key: &[u8; 32]) -> Result<EdwardsPoint, Verdict> {
    if !is_canonical(key) {
        return Err(Verdict::KeyNotCanonical);
    }
    if SMALL_ORDER.contains(key) {
        return Err(Verdict::KeySmallOrder);
    }
    CompressedEdwardsY(*key).decompress().ok_or(Verdict::KeyNotCanonical)
}

/// y < p, and x = 0 (so y = ±1) is not written with a sign.
fn is_canonical(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    let below_p = y.iter().rev().le(MINUS_ONE.iter().rev());
    let one = y[0] == 1 && y[1..] == [0; 31];
    let signed = point[31] & 0x80 != 0;
    below_p && !(signed && (one || y == MINUS_ONE))
}

fn halves(signature: &[u8; 64]) -> (&[u8; 32], &[u8; 32]) {
    let (r, s) = signature.split_first_chunk::<32>().expect("64 bytes");
    (r, s.try_into().expect("64 bytes"))
}

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// RFC 8032, 5.1.5. Constant time in the seed.
#[must_use]
pub fn public_key(seed: &[u8; 32]) -> [u8; 32] {
    Secret::expand(seed).public
}

/// RFC 8032, 5.1.6. Constant time in the seed; whatever depends on it is erased.
#[must_use]
pub fn sign(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let secret = Secret::expand(seed);
    let nonce: Zeroizing<[u8; 64]> = Zeroizing::new(
        Sha512::new().chain_update(&secret.prefix[..]).chain_update(message).finalize().into(),
    );
    let nonce = Zeroizing::new(Scalar::from_bytes_mod_order_wide(&nonce));
    let r = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
    let k = challenge(&r, &secret.public, message);
    let s = *nonce + k * *secret.scalar;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(s.as_bytes());
    signature
}

struct Secret {
    scalar: Zeroizing<Scalar>,
    prefix: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

impl Secret {
    fn expand(seed: &[u8; 32]) -> Self {
        let hash: Zeroizing<[u8; 64]> = Zeroizing::new(Sha512::digest(seed).into());
        let (low, high) = halves(&hash);
        // Reduced modulo the order: B has that order, so [a]B and S are those of the clamped integer.
        let clamped = Zeroizing::new(clamp_integer(*low));
        let scalar = Zeroizing::new(Scalar::from_bytes_mod_order(*clamped));
        let public = EdwardsPoint::mul_base(&scalar).compress().to_bytes();
        Self { scalar, prefix: Zeroizing::new(*high), public }
    }
}
