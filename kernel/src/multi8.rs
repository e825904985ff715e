//! `F^r · P^c · G^s` in eight lanes: digits, tables of multiples, the chain of doublings.
//!
//! Signed windows: base P by 5 bits (rows 0…16), fixed points by 10 bits (rows 0…512), so that a fixed
//! digit falls on every second window. Where several commitments share P, the scalar is cut at bit 130
//! and one chain of 26 windows consumes both halves with tables of P and of P^(2^130).
#![allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
#![allow(clippy::needless_range_loop, reason = "lanes go by index; iterators may be left out of line")]
#![allow(clippy::cast_possible_truncation, reason = "a digit's magnitude is at most 512")]
use crate::decode8::{Decode, Encoding};

use crate::lanes::{Block, Job, Lanes, Mask};
use crate::point8::{AffineRow, Cached, Completed, Extended, Projective, Row, Stored};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::traits::Identity;

/// Four words, little-endian, below the group order.
pub type Words = [u64; 4];

const WIDTH: u32 = 5;
const FIXED_WIDTH: u32 = 10;
/// Windows of a whole scalar, and of half of one.
const WHOLE: usize = 51;
const SPLIT: usize = 26;
/// The bit at which a scalar is cut: 26 windows.
const CUT: u32 = 130;
const FIXED_DIGITS: usize = 26;
const VARIABLE_DIGITS: usize = 52;

/// Half a window in every position below bit 250: a digit with it taken off again is signed.
const fn offsets(width: u32) -> Words {
    let mut words = [0; 4];
    let mut bit = width - 1;
    while bit < 250 {
        words[(bit / 64) as usize] |= 1 << (bit % 64);
        bit += width;
    }
    words
}

const OFFSETS: Words = offsets(WIDTH);
const FIXED_OFFSETS: Words = offsets(FIXED_WIDTH);

/// The sum of two numbers below 2^255.
fn plus(a: &Words, b: &Words) -> Words {
    let mut out = [0; 4];
    let mut carry = false;
    for i in 0..4 {
        let (sum, over) = a[i].overflowing_add(b[i]);
        let (sum, more) = sum.overflowing_add(u64::from(carry));
        out[i] = sum;
        carry = over || more;
    }
    out
}

/// Digits of eight scalars: magnitudes by window and lane, and where they are negative.
#[derive(Clone)]
pub struct Digits<const N: usize> {
    magnitude: [Block; N],
    negative: [Mask; N],
}

impl<const N: usize> Default for Digits<N> {
    fn default() -> Self {
        Self { magnitude: [Block::default(); N], negative: [0; N] }
    }
}

impl<const N: usize> Digits<N> {
    /// `words`: scalars with the offsets added, word by word.
    #[inline(always)]
    fn recode<V: Lanes>(&mut self, witness: V::Witness, words: &[Block; 4], width: u32) {
        let mut vectors = [V::splat(witness, 0); 4];
        for i in 0..4 {
            vectors[i] = V::load(witness, &words[i]);
        }
        let mask = V::splat(witness, (1 << width) - 1);
        let half = V::splat(witness, 1 << (width - 1));
        for i in 0..N {
            let bit = width * i as u32;
            let (word, shift) = ((bit / 64) as usize, u64::from(bit % 64));
            if word > 3 {
                V::splat(witness, 0).store(&mut self.magnitude[i]);
                self.negative[i] = 0;
                continue;
            }
            let mut digit = vectors[word].shift_right_by(shift);
            if shift + u64::from(width) > 64 && word < 3 {
                digit = digit.or(vectors[word + 1].shift_left_by(64 - shift));
            }
            let digit = digit.and(mask);
            if bit < 250 {
                digit.distance(half).store(&mut self.magnitude[i]);
                self.negative[i] = digit.less(half);
            } else {
                digit.store(&mut self.magnitude[i]);
                self.negative[i] = 0;
            }
        }
    }
}

/// Multiples 0…512 of a fixed point and of its power 2^130, for all threads.
pub struct FixedTable {
    low: Vec<AffineRow>,
    high: Vec<AffineRow>,
}

const FIXED_ROWS: usize = 513;

impl FixedTable {
    pub fn new<V: Lanes>(witness: V::Witness, point: &EdwardsPoint) -> Self {
        let shifted = (0..CUT).fold(*point, |power, _| power + power);
        Self { low: affine_multiples::<V>(witness, point), high: affine_multiples::<V>(witness, &shifted) }
    }
}

impl FixedTable {
    /// The rows, and the signs, of digit `window` of the low or the high half.
    #[inline(always)]
    fn rows(&self, digits: &Digits<FIXED_DIGITS>, window: usize, half: usize) -> ([&AffineRow; 8], Mask) {
        let digit = window + half * (SPLIT / 2);
        let table = if half == 0 { &self.low } else { &self.high };
        let mut rows = [&table[0]; 8];
        for lane in 0..8 {
            rows[lane] = &table[digits.magnitude[digit].0[lane] as usize];
        }
        (rows, digits.negative[digit])
    }
}

fn affine_multiples<V: Lanes>(witness: V::Witness, point: &EdwardsPoint) -> Vec<AffineRow> {
    let mut multiples = vec![EdwardsPoint::identity()];
    for i in 1..FIXED_ROWS.next_multiple_of(16) {
        multiples.push(multiples[i - 1] + point);
    }
    let encodings: Vec<Encoding> =
        EdwardsPoint::compress_batch_alloc(&multiples).iter().map(CompressedEdwardsY::to_bytes).collect();
    let (groups, _) = encodings.as_chunks::<16>();
    let mut rows = Vec::with_capacity(multiples.len());
    for encodings in groups {
        let mut points = [[Stored::default(); 8]; 2];
        V::outline(witness, Decode { encodings, points: &mut points });
        for points in &points {
            let mut cached = [[[Block::default(); 3]; 1]; 8];
            V::outline(witness, Prepare { points, rows: &mut cached });
            rows.extend(cached.iter().map(|[[first, second, _]]| [*first, *second]));
        }
    }
    rows
}

struct Prepare<'a> {
    points: &'a [Stored; 8],
    rows: &'a mut [[Row; 1]; 8],
}

impl<V: Lanes> Job<V> for Prepare<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, witness: V::Witness) {
        let mut lanes = [&self.points[0]; 8];
        for lane in 0..8 {
            lanes[lane] = &self.points[lane];
        }
        Extended::<V>::load(witness, lanes).cached_affine().write(self.rows, 0);
    }
}

/// The scalars of one commitment in eight lanes: `c` on the base, `r` and perhaps `s` on fixed points.
#[derive(Clone, Default)]
pub struct Branch {
    c: [Block; 4],
    r: [Block; 4],
    s: [Block; 4],
}

impl Branch {
    pub fn set(&mut self, lane: usize, c: &Words, r: &Words, s: &Words) {
        let (c, r, s) = (plus(c, &OFFSETS), plus(r, &FIXED_OFFSETS), plus(s, &FIXED_OFFSETS));
        for i in 0..4 {
            self.c[i].0[lane] = c[i];
            self.r[i].0[lane] = r[i];
            self.s[i].0[lane] = s[i];
        }
    }
}

/// Multiples 0…16 of a base, one table a lane.
type Tables = [[Row; 17]; 8];

/// The tables of one base in eight lanes, and the digits of one branch. One a thread.
pub struct Scratch {
    /// Of the base, and of its power 2^130.
    tables: [Box<Tables>; 2],
    c: Digits<VARIABLE_DIGITS>,
    r: Digits<FIXED_DIGITS>,
    s: Digits<FIXED_DIGITS>,
}

impl Default for Scratch {
    fn default() -> Self {
        let table = || vec![[[Block::default(); 3]; 17]; 8].try_into().expect("eight lanes");
        Self { tables: [table(), table()], c: Digits::default(), r: Digits::default(), s: Digits::default() }
    }
}

/// For one base in each lane, `r.fixed^r · base^c · s.fixed^s` for every branch.
pub struct Commit<'a, V> {
    pub base: [&'a Stored; 8],
    pub branches: &'a [Branch],
    pub fixed: &'a FixedTable,
    /// One bit a branch: whether it has a third factor, on `third`.
    pub with_third: u64,
    pub third: &'a FixedTable,
    pub scratch: &'a mut Scratch,
    /// Receives one commitment a branch. Made here: outside a job even a constant would be slow to make.
    pub commitments: &'a mut Vec<Projective<V>>,
}

impl<V: Lanes> Job<V> for Commit<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run(self, witness: V::Witness) {
        let base = Extended::<V>::load(witness, self.base);
        let Scratch { tables, c, r, s } = self.scratch;
        V::outline(witness, Fill { point: &base, tables: &mut tables[0] });
        let split = self.branches.len() > 1;
        if split {
            let mut power = base.projective().double();
            for _ in 1..CUT {
                power.double();
            }
            V::outline(witness, Fill { point: &power.extended(), tables: &mut tables[1] });
        }
        for i in 0..self.branches.len() {
            c.recode::<V>(witness, &self.branches[i].c, WIDTH);
            r.recode::<V>(witness, &self.branches[i].r, FIXED_WIDTH);
            let third = self.with_third >> i & 1 == 1;
            if third {
                s.recode::<V>(witness, &self.branches[i].s, FIXED_WIDTH);
            }
            let third = third.then_some((self.third, &*s));
            let fixed = [Some((self.fixed, &*r)), third];
            self.commitments.push(V::outline(witness, Chain { split, tables, c, fixed }));
        }
    }
}

/// One commitment from prepared tables and digits.
struct Chain<'a> {
    split: bool,
    tables: &'a [Box<Tables>; 2],
    c: &'a Digits<VARIABLE_DIGITS>,
    fixed: [Option<(&'a FixedTable, &'a Digits<FIXED_DIGITS>)>; 2],
}

impl<V: Lanes> Job<V> for Chain<'_> {
    type Output = Projective<V>;

    #[inline(always)]
    fn run(self, witness: V::Witness) -> Projective<V> {
        let Self { split, tables, c, fixed } = self;
        let (windows, halves) = if split { (SPLIT, 2) } else { (WHOLE, 1) };
        let mut sum = Completed::identity(witness);
        for window in (0..windows).rev() {
            if window + 1 < windows {
                for _ in 0..WIDTH {
                    sum.double();
                }
            }
            for half in 0..halves {
                let (digit, table) = (window + half * SPLIT, &tables[half]);
                if digit == WHOLE {
                    continue;
                }
                let mut rows = [&table[0][0]; 8];
                for lane in 0..8 {
                    rows[lane] = &table[lane][c.magnitude[digit].0[lane] as usize];
                }
                sum.add(&Cached::read(witness, rows), c.negative[digit]);
            }
            if window % 2 == 1 {
                continue;
            }
            for part in 0..2 * halves {
                let (half, Some((table, digits))) = (part % halves, fixed[part / halves]) else { continue };
                if window > 0 {
                    // The tables are in the second cache; these rows have ten doublings to come nearer.
                    let (rows, _) = table.rows(digits, window / 2 - 1, half);
                    for lane in 0..8 {
                        V::prefetch(witness, &rows[lane][0]);
                        V::prefetch(witness, &rows[lane][1]);
                    }
                }
                let (rows, negative) = table.rows(digits, window / 2, half);
                sum.add(&Cached::read_affine(witness, rows), negative);
            }
        }
        sum.projective()
    }
}

/// Rows 0…16 of the multiples of a point, one table a lane.
struct Fill<'a, V> {
    point: &'a Extended<V>,
    tables: &'a mut Tables,
}

impl<V: Lanes> Job<V> for Fill<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run(self, witness: V::Witness) {
        let Self { point, tables } = self;
        let summand = point.summand();
        // Multiples 0…8 are doubled later.
        let mut multiples = [*point; 9];
        Completed::<V>::identity(witness).extended().cached().write(tables, 0);
        point.cached().write(tables, 1);
        for half in 1..9 {
            let even = multiples[half].projective().double();
            let place = if half < 5 { 2 * half } else { 0 };
            multiples[place].set(&even);
            let cached = multiples[place].cached();
            cached.write(tables, 2 * half);
            if half < 8 {
                let odd = summand.add(&cached, 0);
                let place = if half < 4 { 2 * half + 1 } else { 0 };
                multiples[place].set(&odd);
                multiples[place].cached().write(tables, 2 * half + 1);
            }
        }
    }
}

/// The sum of as many points in each lane.
pub struct Sum<'a> {
    pub points: &'a [Stored],
    /// The points of lane j are `start[j] + step·i` for i below `count`.
    pub start: [usize; 8],
    pub step: usize,
    pub count: usize,
    pub sums: &'a mut [Stored; 8],
}

impl<V: Lanes> Job<V> for Sum<'_> {
    type Output = Projective<V>;

    #[inline(always)]
    fn run(self, witness: V::Witness) -> Projective<V> {
        let mut sum = Completed::<V>::identity(witness).extended();
        for i in 0..self.count {
            let mut lanes = [&self.points[0]; 8];
            for lane in 0..8 {
                lanes[lane] = &self.points[self.start[lane] + self.step * i];
            }
            let term = Extended::<V>::load(witness, lanes);
            sum = if i == 0 { term } else { sum.summand().add(&term.cached(), 0).extended() };
        }
        sum.store(self.sums);
        sum.projective()
    }
}

/// The sum over the rows of an array, each times its weight, of eight of its columns.
pub struct Column<'a> {
    pub points: &'a [Stored],
    pub lanes: [usize; 8],
    pub step: usize,
    pub weights: &'a [u64],
}

impl<V: Lanes> Job<V> for Column<'_> {
    type Output = Projective<V>;

    /// One bit of the weights at a time, from the top.
    #[inline(always)]
    fn run(self, witness: V::Witness) -> Projective<V> {
        let mut all = 0;
        for weight in self.weights {
            all |= weight;
        }
        let mut sum = Completed::<V>::identity(witness);
        for bit in (0..64 - all.leading_zeros()).rev() {
            sum.double();
            for row in 0..self.weights.len() {
                if self.weights[row] >> bit & 1 == 0 {
                    continue;
                }
                let mut lanes = [&self.points[0]; 8];
                for lane in 0..8 {
                    lanes[lane] = &self.points[self.lanes[lane] + self.step * row];
                }
                sum.add(&Extended::<V>::load(witness, lanes).cached(), 0);
            }
        }
        sum.projective()
    }
}
