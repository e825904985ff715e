//! Encodings to points and back, eight lanes at a time. RFC 8032 sections 5.1.2 and 5.1.3, strictly.
#![allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
#![allow(clippy::needless_range_loop, reason = "lanes go by index; iterators may be left out of line")]
use crate::field8::{Carried, Constant, ONE, Powers, ZERO};
use crate::group::is_reduced;
use crate::lanes::{Block, Job, Lanes, Mask};
use crate::point8::{D, Extended, Projective, Stored};

pub const SQRT_MINUS_ONE: Constant = [
    1_718_705_420_411_056,
    234_908_883_556_509,
    2_233_514_472_574_048,
    2_117_202_627_021_982,
    765_476_049_583_133,
];

pub type Encoding = [u8; 32];

/// Decodes sixteen encodings; the result has a bit for each that is a point.
///
/// A lane that is none becomes the identity: off the curve a formula may divide by zero, and one zero
/// spoils the batched inversion of all its neighbours.
pub struct Decode<'a> {
    pub encodings: &'a [Encoding; 16],
    pub points: &'a mut [[Stored; 8]; 2],
}

impl<V: Lanes> Job<V> for Decode<'_> {
    type Output = [Mask; 2];

    #[inline(always)]
    fn run(self, witness: V::Witness) -> [Mask; 2] {
        let one = Carried::constant(witness, &ONE);
        let mut y = [one; 2];
        let (mut u, mut v, mut uv3, mut uv7) = (y, y, y, y);
        let (mut sign, mut reduced) = ([0; 2], [0; 2]);
        for group in 0..2 {
            let words: [V; 4] = load_words(witness, &self.encodings[8 * group..8 * group + 8]);
            let top = V::splat(witness, 1 << 63);
            sign[group] = words[3].and(top).equal(top);
            for lane in 0..8 {
                reduced[group] |= u8::from(is_reduced(&self.encodings[8 * group + lane])) << lane;
            }
            // A value of p or above is taken as another point here, and refused below.
            y[group] = Carried::from_words(&words);
            let yy = y[group].squared();
            u[group] = yy.minus(one);
            v[group] = yy.times(Carried::constant(witness, &D)).plus(one);
            let v3 = v[group].squared().times(v[group]);
            uv3[group] = u[group].times(v3);
            uv7[group] = uv3[group].times(v3.times(v[group]));
        }
        let power = Powers(uv7).power_p58().0;
        let mut valid = [0; 2];
        for group in 0..2 {
            let x = uv3[group].times(power[group]);
            let (x, square) = corrected(x, v[group].times(x.squared()), u[group]);
            let zero = x.is_zero();
            let x = x.blend(x.negated(), x.is_odd() ^ sign[group]);
            valid[group] = square & reduced[group] & !(zero & sign[group]);
            let point = Extended::affine(
                Carried::constant(witness, &ZERO).blend(x, valid[group]),
                one.blend(y[group], valid[group]),
            );
            point.store(&mut self.points[group]);
        }
        valid
    }
}

/// Given `candidate = ±u` or `±√−1·u` for the square of x (times v): the x that gives u, and where it does.
#[inline(always)]
pub fn corrected<V: Lanes>(x: Carried<V>, candidate: Carried<V>, u: Carried<V>) -> (Carried<V>, Mask) {
    let good = candidate.equals(u);
    let opposite = candidate.plus(u).is_zero();
    let root = Carried::constant(x.0[0].witness(), &SQRT_MINUS_ONE);
    (x.blend(x.times(root), opposite & !good), good | opposite)
}

#[inline(always)]
fn load_words<V: Lanes>(witness: V::Witness, encodings: &[Encoding]) -> [V; 4] {
    let mut words = [V::splat(witness, 0); 4];
    for i in 0..4 {
        let mut block = Block::default();
        for lane in 0..8 {
            let bytes = &encodings[lane][8 * i..8 * i + 8];
            block.0[lane] = u64::from_le_bytes([
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
            ]);
        }
        words[i] = V::load(witness, &block);
    }
    words
}

/// Encodes points, eight a vector, with one inversion for all (Montgomery's trick, lane by lane).
pub struct Encode<'a, V> {
    pub points: &'a [Projective<V>],
    pub products: &'a mut Vec<Carried<V>>,
    pub encodings: &'a mut [[Encoding; 8]],
}

impl<V: Lanes> Job<V> for Encode<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run(self, witness: V::Witness) {
        let count = self.points.len();
        let mut product = Carried::constant(witness, &ONE);
        self.products.clear();
        self.products.reserve(count);
        for i in 0..count {
            self.products.push(product);
            product = product.times(self.points[i].z);
        }
        // On the curve no Z is zero, so the product is not.
        let mut inverse = Powers([product]).inverted().0[0];
        let top = V::splat(witness, 1 << 63);
        for i in (0..count).rev() {
            let point = &self.points[i];
            let z = inverse.times(self.products[i]);
            inverse = inverse.times(point.z);
            let (x, y) = (point.x.times(z), point.y.times(z));
            let mut words = y.to_words();
            words[3] = words[3].blend(words[3].or(top), x.is_odd());
            for word in 0..4 {
                let mut block = Block::default();
                words[word].store(&mut block);
                for lane in 0..8 {
                    self.encodings[i][lane][8 * word..8 * word + 8]
                        .copy_from_slice(&block.0[lane].to_le_bytes());
                }
            }
        }
    }
}
