//! Eight points of edwards25519: coordinates, complete formulas, rows of tables.
//!
//! Twisted Edwards with a = −1 (Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited"). d is not
//! a square, so the formulas hold for all points of the curve: identity, equal, opposite, of any order.
#![allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
#![allow(clippy::needless_range_loop, reason = "lanes go by index; iterators may be left out of line")]
use crate::field8::{Carried, Constant, ONE, Wide, ZERO};
use crate::lanes::{Block, Lanes, Mask};

/// d = −121665/121666.
pub const D: Constant = [
    929_955_233_495_203,
    466_365_720_129_213,
    1_662_059_464_998_953,
    2_033_849_074_728_123,
    1_442_794_654_840_575,
];
/// 2 d.
pub const D2: Constant = [
    1_859_910_466_990_425,
    932_731_440_258_426,
    1_072_319_116_312_658,
    1_815_898_335_770_999,
    633_789_495_995_903,
];

/// x = X/Z, y = Y/Z.
#[derive(Clone, Copy, Debug)]
pub struct Projective<V> {
    pub x: Carried<V>,
    pub y: Carried<V>,
    pub z: Carried<V>,
}

/// Projective with T = XY/Z.
#[derive(Clone, Copy, Debug)]
pub struct Extended<V> {
    pub x: Carried<V>,
    pub y: Carried<V>,
    pub z: Carried<V>,
    pub t: Carried<V>,
}

/// x = X/Z, y = Y/T: what an addition or a doubling leaves.
#[derive(Clone, Copy, Debug)]
pub struct Completed<V> {
    x: Carried<V>,
    y: Carried<V>,
    z: Carried<V>,
    t: Carried<V>,
}

/// Extended coordinates as an addition reads them: Y + X, Y − X, Z, T.
#[derive(Clone, Copy, Debug)]
pub struct Summand<V> {
    plus: Carried<V>,
    minus: Carried<V>,
    z: Carried<V>,
    t: Carried<V>,
}

/// A point to be added: Y + X, Y − X, 2 d T, and 2 Z (none where Z = 1).
#[derive(Clone, Copy, Debug)]
pub struct Cached<V> {
    pub plus: Carried<V>,
    pub minus: Carried<V>,
    pub t: Carried<V>,
    pub z: Option<Carried<V>>,
}

/// A cached point of one lane: 20 limbs, padded.
pub type Row = [Block; 3];
/// A cached point with Z = 1 of one lane: 15 limbs, padded.
pub type AffineRow = [Block; 2];

impl<V: Lanes> Completed<V> {
    #[inline(always)]
    pub fn identity(witness: V::Witness) -> Self {
        let one = Carried::constant(witness, &ONE);
        Self { x: Carried::constant(witness, &ZERO), y: one, z: one, t: one }
    }

    #[inline(always)]
    pub fn projective(&self) -> Projective<V> {
        Projective { x: self.x.times(self.t), y: self.y.times(self.z), z: self.z.times(self.t) }
    }

    // In place, field by field: a point that is returned is copied through memory.
    #[inline(always)]
    pub fn double(&mut self) {
        let double = self.projective().double();
        self.x = double.x;
        self.y = double.y;
        self.z = double.z;
        self.t = double.t;
    }

    /// Adds the cached point, negated in the lanes of the mask.
    #[inline(always)]
    pub fn add(&mut self, other: &Cached<V>, negative: Mask) {
        let sum = self.summand().add(other, negative);
        self.x = sum.x;
        self.y = sum.y;
        self.z = sum.z;
        self.t = sum.t;
    }

    #[inline(always)]
    pub fn extended(&self) -> Extended<V> {
        let Projective { x, y, z } = self.projective();
        Extended { x, y, z, t: self.x.times(self.y) }
    }

    #[inline(always)]
    pub fn summand(&self) -> Summand<V> {
        let (x, y) = (self.x.mul(self.t), self.y.mul(self.z));
        Summand {
            plus: y.add(x).carry(),
            minus: y.sub(x).carry(),
            z: self.z.times(self.t),
            t: self.x.times(self.y),
        }
    }
}

impl<V: Lanes> Projective<V> {
    #[inline(always)]
    pub fn double(&self) -> Completed<V> {
        let (xx, yy, zz) = (self.x.square(), self.y.square(), self.z.square());
        let xy = self.x.mul(self.y);
        let difference = yy.sub(xx);
        Completed {
            x: xy.add(xy).carry(),
            y: yy.add(xx).carry(),
            z: difference.carry(),
            t: zz.add(zz).add(xx.sub(yy)).carry(),
        }
    }
}

impl<V: Lanes> Extended<V> {
    #[inline(always)]
    pub fn set(&mut self, point: &Completed<V>) {
        self.x = point.x.times(point.t);
        self.y = point.y.times(point.z);
        self.z = point.z.times(point.t);
        self.t = point.x.times(point.y);
    }

    #[inline(always)]
    pub fn projective(&self) -> Projective<V> {
        Projective { x: self.x, y: self.y, z: self.z }
    }

    #[inline(always)]
    pub fn summand(&self) -> Summand<V> {
        Summand { plus: self.y.plus(self.x), minus: self.y.minus(self.x), z: self.z, t: self.t }
    }

    #[inline(always)]
    pub fn cached(&self) -> Cached<V> {
        let d2 = Carried::constant(self.z.0[0].witness(), &D2);
        Cached {
            plus: self.y.plus(self.x),
            minus: self.y.minus(self.x),
            t: self.t.times(d2),
            z: Some(self.z.plus(self.z)),
        }
    }

    /// Where Z = 1.
    #[inline(always)]
    pub fn cached_affine(&self) -> Cached<V> {
        let d2 = Carried::constant(self.z.0[0].witness(), &D2);
        Cached { plus: self.y.plus(self.x), minus: self.y.minus(self.x), t: self.t.times(d2), z: None }
    }

    /// From affine coordinates.
    #[inline(always)]
    pub fn affine(x: Carried<V>, y: Carried<V>) -> Self {
        Self { x, y, z: Carried::constant(x.0[0].witness(), &ONE), t: x.times(y) }
    }
}

impl<V: Lanes> Summand<V> {
    /// Adds the cached point, negated in the lanes of the mask.
    ///
    /// The negative of a point swaps Y + X with Y − X and changes the sign of 2 d T, hence of C, which
    /// swaps the last two sums.
    #[inline(always)]
    pub fn add(&self, other: &Cached<V>, negative: Mask) -> Completed<V> {
        let a = self.plus.mul(other.plus.blend(other.minus, negative));
        let b = self.minus.mul(other.minus.blend(other.plus, negative));
        let c = self.t.mul(other.t);
        let d = match other.z {
            Some(z) => self.z.mul(z),
            None => self.z.wide().add(self.z.wide()),
        };
        let (sum, difference): (Wide<V>, Wide<V>) = (d.add(c), d.sub(c));
        Completed {
            x: a.sub(b).carry(),
            y: a.add(b).carry(),
            z: sum.blend(difference, negative).carry(),
            t: difference.blend(sum, negative).carry(),
        }
    }
}

impl<V: Lanes> Cached<V> {
    /// Row j of `rows` becomes lane j.
    #[inline(always)]
    pub fn read(witness: V::Witness, rows: [&Row; 8]) -> Self {
        let (a, b, c) = (read(witness, &rows, 0), read(witness, &rows, 1), read(witness, &rows, 2));
        Self {
            plus: Carried([a[0], a[1], a[2], a[3], a[4]]),
            minus: Carried([a[5], a[6], a[7], b[0], b[1]]),
            t: Carried([b[2], b[3], b[4], b[5], b[6]]),
            z: Some(Carried([b[7], c[0], c[1], c[2], c[3]])),
        }
    }

    #[inline(always)]
    pub fn read_affine(witness: V::Witness, rows: [&AffineRow; 8]) -> Self {
        let (a, b) = (read(witness, &rows, 0), read(witness, &rows, 1));
        Self {
            plus: Carried([a[0], a[1], a[2], a[3], a[4]]),
            minus: Carried([a[5], a[6], a[7], b[0], b[1]]),
            t: Carried([b[2], b[3], b[4], b[5], b[6]]),
            z: None,
        }
    }

    /// Lane j becomes the row at `index` of table j.
    #[inline(always)]
    pub fn write<const N: usize>(&self, tables: &mut [[Row; N]; 8], index: usize) {
        let zero = V::splat(self.t.0[0].witness(), 0);
        let (p, m, t, z) = (self.plus.0, self.minus.0, self.t.0, self.z.map_or([zero; 5], |z| z.0));
        let blocks = [
            V::transpose([p[0], p[1], p[2], p[3], p[4], m[0], m[1], m[2]]),
            V::transpose([m[3], m[4], t[0], t[1], t[2], t[3], t[4], z[0]]),
            V::transpose([z[1], z[2], z[3], z[4], zero, zero, zero, zero]),
        ];
        for lane in 0..8 {
            for i in 0..3 {
                blocks[i][lane].store(&mut tables[lane][index][i]);
            }
        }
    }
}

#[inline(always)]
fn read<V: Lanes, const N: usize>(witness: V::Witness, rows: &[&[Block; N]; 8], block: usize) -> [V; 8] {
    let mut lanes = [V::splat(witness, 0); 8];
    for lane in 0..8 {
        lanes[lane] = V::load(witness, &rows[lane][block]);
    }
    V::transpose(lanes)
}

/// One point of one lane between two computations: X, Y, Z, T, padded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stored(pub Row);

impl<V: Lanes> Extended<V> {
    #[inline(always)]
    pub fn load(witness: V::Witness, points: [&Stored; 8]) -> Self {
        let mut rows = [&points[0].0; 8];
        for lane in 1..8 {
            rows[lane] = &points[lane].0;
        }
        let (a, b, c) = (read(witness, &rows, 0), read(witness, &rows, 1), read(witness, &rows, 2));
        Self {
            x: Carried([a[0], a[1], a[2], a[3], a[4]]),
            y: Carried([a[5], a[6], a[7], b[0], b[1]]),
            z: Carried([b[2], b[3], b[4], b[5], b[6]]),
            t: Carried([b[7], c[0], c[1], c[2], c[3]]),
        }
    }

    /// The same point in every lane.
    #[inline(always)]
    pub fn broadcast(witness: V::Witness, point: &Stored) -> Self {
        Self {
            x: broadcast(witness, point, 0),
            y: broadcast(witness, point, 5),
            z: broadcast(witness, point, 10),
            t: broadcast(witness, point, 15),
        }
    }

    #[inline(always)]
    pub fn store(&self, points: &mut [Stored; 8]) {
        let zero = V::splat(self.x.0[0].witness(), 0);
        let (x, y, z, t) = (self.x.0, self.y.0, self.z.0, self.t.0);
        let blocks = [
            V::transpose([x[0], x[1], x[2], x[3], x[4], y[0], y[1], y[2]]),
            V::transpose([y[3], y[4], z[0], z[1], z[2], z[3], z[4], t[0]]),
            V::transpose([t[1], t[2], t[3], t[4], zero, zero, zero, zero]),
        ];
        for lane in 0..8 {
            for i in 0..3 {
                blocks[i][lane].store(&mut points[lane].0[i]);
            }
        }
    }
}

/// The five limbs from `first` of one point, in every lane.
#[inline(always)]
fn broadcast<V: Lanes>(witness: V::Witness, point: &Stored, first: usize) -> Carried<V> {
    let mut limbs = [V::splat(witness, 0); 5];
    for i in 0..5 {
        limbs[i] = V::splat(witness, point.0[(first + i) / 8].0[(first + i) % 8]);
    }
    Carried(limbs)
}
