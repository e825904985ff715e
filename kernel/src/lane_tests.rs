//! Do the eight lanes compute what dalek computes, in registers and, with every bound checked, emulated?
#![allow(clippy::cast_possible_truncation, reason = "tests draw bytes from words")]
use crate::decode8::Decode;
use crate::decode8::{Encode, Encoding};
use crate::group::{self, vartime_is_member};
use crate::lanes::{Emulated, EmulatedWitness, Lanes};
use crate::multi8::{Branch, Commit, FixedTable, Scratch, Sum, Words};
use crate::point8::{Extended, Projective, Stored};
use crate::subgroup::Halving;
use crate::subsets::vartime_all_members;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;

fn words(scalar: &Scalar) -> Words {
    let (chunks, _) = scalar.as_bytes().as_chunks::<8>();
    std::array::from_fn(|i| u64::from_le_bytes(chunks[i]))
}

pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ self.0 >> 31
    }
    /// Zero, ±1, powers of two, all digits at an end, or anything.
    fn scalar(&mut self) -> Scalar {
        let kind = self.next();
        match kind % 12 {
            0 => Scalar::ZERO,
            1 => Scalar::ONE,
            2 => -Scalar::ONE,
            3 => (0..kind / 12 % 253).fold(Scalar::ONE, |power, _| power + power),
            4 => -Scalar::from(kind / 12 % 1025),
            5 => Scalar::from(kind / 12 % 1025),
            6 => Scalar::from_bytes_mod_order([[0x0f, 0x21, 0x84, 0x10, 0x42][kind as usize / 12 % 5]; 32]),
            _ => Scalar::from_bytes_mod_order(std::array::from_fn(|_| self.next() as u8)),
        }
    }
    /// Identity, ± the base, of low order, of mixed order, or anything.
    fn point(&mut self) -> EdwardsPoint {
        let kind = self.next();
        let any = EdwardsPoint::mul_base(&self.scalar());
        match kind % 8 {
            0 => EdwardsPoint::identity(),
            1 => ED25519_BASEPOINT_POINT,
            2 => -ED25519_BASEPOINT_POINT,
            3 => EIGHT_TORSION[kind as usize / 8 % 8],
            4 => any + EIGHT_TORSION[kind as usize / 8 % 8],
            _ => any,
        }
    }
}

fn stored<V: Lanes>(witness: V::Witness, points: &[EdwardsPoint; 16]) -> [[Stored; 8]; 2] {
    let encodings: [Encoding; 16] = std::array::from_fn(|i| points[i].compress().to_bytes());
    let mut out = [[Stored::default(); 8]; 2];
    let valid = V::outline(witness, Decode { encodings: &encodings, points: &mut out });
    assert_eq!(valid, [0xff; 2]);
    out
}

fn encoded<V: Lanes>(witness: V::Witness, points: &[Projective<V>]) -> Vec<[Encoding; 8]> {
    let mut out = vec![[[0; 32]; 8]; points.len()];
    V::outline(witness, Encode { points, products: &mut Vec::new(), encodings: &mut out });
    out
}

fn commitments_are_those_of_dalek<V: Lanes>(witness: V::Witness, rounds: u64) {
    let mut numbers = Numbers::new(rounds);
    let key = EdwardsPoint::mul_base(&Scalar::from(777_u64));
    let (y, g) =
        (FixedTable::new::<V>(witness, &key), FixedTable::new::<V>(witness, &ED25519_BASEPOINT_POINT));
    let mut scratch = Scratch::default();
    for round in 0..rounds {
        let count = 1 + (round % 4) as usize;
        let with_third = numbers.next();
        let points: [EdwardsPoint; 16] = std::array::from_fn(|_| numbers.point());
        let bases = stored::<V>(witness, &points);
        let mut branches = vec![Branch::default(); count];
        let mut expected = vec![[[0; 32]; 8]; count];
        for i in 0..count {
            for lane in 0..8 {
                let (c, r, s) = (numbers.scalar(), numbers.scalar(), numbers.scalar());
                branches[i].set(lane, &words(&c), &words(&r), &words(&s));
                let third = if with_third >> i & 1 == 1 { s } else { Scalar::ZERO };
                let sum = key * r + points[lane] * c + ED25519_BASEPOINT_POINT * third;
                expected[i][lane] = sum.compress().to_bytes();
            }
        }
        let mut out = Vec::new();
        let base = std::array::from_fn(|lane| &bases[0][lane]);
        let commitments = &mut out;
        let scratch = &mut scratch;
        V::outline(
            witness,
            Commit { base, branches: &branches, fixed: &y, with_third, third: &g, scratch, commitments },
        );
        assert_eq!(encoded(witness, &out), expected, "round {round}");
    }
}

fn membership_is_that_of_dalek<V: Lanes>(witness: V::Witness, rounds: u64) {
    let mut numbers = Numbers::new(rounds);
    for round in 0..rounds {
        let points: [EdwardsPoint; 16] = if round == 0 {
            std::array::from_fn(|i| EIGHT_TORSION[i % 8])
        } else {
            std::array::from_fn(|_| numbers.point())
        };
        let expected: Vec<bool> = points.iter().map(vartime_is_member).collect();
        let masks = V::outline(witness, Halving { points: &stored::<V>(witness, &points) });
        let found: Vec<bool> = (0..16).map(|i| masks[i / 8] >> (i % 8) & 1 == 1).collect();
        assert_eq!(found, expected, "round {round}");
    }
}

fn subsets_find_one_stranger<V: Lanes>(witness: V::Witness, count: usize) {
    let mut numbers = Numbers::new(77);
    let mut members = Vec::new();
    for _ in 0..count {
        let scalar = numbers.scalar();
        members.push(EdwardsPoint::mul_base(&scalar));
    }
    let stored_all = |points: &[EdwardsPoint]| -> Vec<Stored> {
        points.as_chunks::<16>().0.iter().flat_map(|group| stored::<V>(witness, group).concat()).collect()
    };
    let mut points = stored_all(&members);
    assert!(vartime_all_members::<V>(witness, &points, &[1; 32]));
    for (i, torsion) in EIGHT_TORSION.iter().enumerate().skip(1) {
        let place = numbers.next() as usize % count;
        let good = points[place];
        let stranger = stored::<V>(witness, &[members[place] + torsion; 16])[0][0];
        points[place] = stranger;
        assert!(!vartime_all_members::<V>(witness, &points, &[i as u8; 32]));
        points[place] = good;
    }
    // Two strangers whose torsion cancels.
    points[1] = stored::<V>(witness, &[members[1] + EIGHT_TORSION[4]; 16])[0][0];
    points[2] = stored::<V>(witness, &[members[2] + EIGHT_TORSION[4]; 16])[0][0];
    assert!(!vartime_all_members::<V>(witness, &points, &[9; 32]));
}

fn decoding_is_that_of_dalek<V: Lanes>(witness: V::Witness, rounds: u64) {
    let mut numbers = Numbers::new(rounds);
    for round in 0..rounds {
        let encodings: [Encoding; 16] = std::array::from_fn(|i| {
            let mut bytes: [u8; 32] = std::array::from_fn(|_| numbers.next() as u8);
            if round < 3 {
                // 2^255 − 32 + …: the nineteen values of p and above, and their neighbours.
                bytes = [0xff; 32];
                bytes[0] = 0xe0 + (16 * round as u8 + i as u8) % 32;
                bytes[31] = if numbers.next().is_multiple_of(2) { 0xff } else { 0x7f };
            } else if round < 6 {
                // Small y with either sign: 0, 1 and others.
                bytes = [0; 32];
                bytes[0] = (i / 2) as u8 + 8 * (round as u8 - 3);
                bytes[31] = if i % 2 == 0 { 0x80 } else { 0 };
            }
            bytes
        });
        let mut points = [[Stored::default(); 8]; 2];
        let valid = V::outline(witness, Decode { encodings: &encodings, points: &mut points });
        for i in 0..16 {
            let expected = group::decode(&encodings[i]);
            assert_eq!(valid[i / 8] >> (i % 8) & 1 == 1, expected.is_some(), "{:x?}", encodings[i]);
        }
        for group in 0..2 {
            let point = Extended::<V>::load(witness, std::array::from_fn(|lane| &points[group][lane]));
            let again = encoded(witness, &[point.projective()])[0];
            for lane in 0..8 {
                let expected = group::decode(&encodings[8 * group + lane]);
                let expected = expected.unwrap_or_default().compress().to_bytes();
                assert_eq!(again[lane], expected);
            }
        }
    }
}

fn sums_are_those_of_dalek<V: Lanes>(witness: V::Witness, rounds: u64) {
    let mut numbers = Numbers::new(rounds);
    for count in 0..rounds as usize % 17 {
        let points: [EdwardsPoint; 16] = std::array::from_fn(|_| numbers.point());
        let all = stored::<V>(witness, &points).concat();
        let mut sums = [Stored::default(); 8];
        let start = std::array::from_fn(|lane| if count > 8 { 0 } else { lane });
        V::outline(witness, Sum { points: &all, start, step: 1, count: count.min(16), sums: &mut sums });
        let sum = Extended::<V>::load(witness, std::array::from_fn(|lane| &sums[lane]));
        let found = encoded(witness, &[sum.projective()])[0];
        for lane in 0..8 {
            let expected: EdwardsPoint = points.iter().skip(start[lane]).take(count).sum();
            assert_eq!(found[lane], expected.compress().to_bytes());
        }
    }
}

#[test]
fn the_emulation_agrees_with_dalek_and_breaks_no_bound() {
    commitments_are_those_of_dalek::<Emulated>(EmulatedWitness, 12);
    membership_is_that_of_dalek::<Emulated>(EmulatedWitness, 12);
    decoding_is_that_of_dalek::<Emulated>(EmulatedWitness, 30);
    sums_are_those_of_dalek::<Emulated>(EmulatedWitness, 10);
    subsets_find_one_stranger::<Emulated>(EmulatedWitness, 16);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_registers_agree_with_dalek() {
    use crate::lanes::{Avx512, Avx512Witness};
    let Some(witness) = Avx512Witness::detect() else {
        eprintln!("eight-lane engine not tested: no avx512ifma");
        return;
    };
    commitments_are_those_of_dalek::<Avx512>(witness, 400);
    membership_is_that_of_dalek::<Avx512>(witness, 400);
    decoding_is_that_of_dalek::<Avx512>(witness, 1000);
    sums_are_those_of_dalek::<Avx512>(witness, 16);
    subsets_find_one_stranger::<Avx512>(witness, 800);
}
