//! Eight 64-bit numbers side by side: AVX-512 registers, or an emulation that checks every bound.
//!
//! The only file of the kernel with `unsafe` code. It rests on one invariant: an [`Avx512`] value or an
//! [`Avx512Witness`] exists only where the processor and the operating system offer every instruction set
//! of [`Avx512Witness::detect`]; both have private fields, and all other values derive from them.
//!
//! The multiplier takes the low 52 bits of each operand and silently drops the others. The emulation
//! panics there, and on any sum or difference that leaves 64 bits: what runs on it without a panic
//! computes the same in registers.
use std::fmt::Debug;

/// One cache line: eight limbs of one point, or the same limb of eight points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub struct Block(pub [u64; 8]);

/// One bit a lane, lane 0 lowest.
pub type Mask = u8;

/// Work that is compiled as one function with the instructions of `V`.
pub trait Job<V: Lanes> {
    type Output;
    /// Must be `#[inline(always)]`, and so must everything it calls: code outside a job's body is
    /// compiled for an ordinary processor.
    fn run(self, witness: V::Witness) -> Self::Output;
}

/// Arithmetic on eight lanes; every operation acts on each lane alone.
pub trait Lanes: Copy + Debug {
    /// That this machine can compute with these lanes.
    type Witness: Copy + Send + Sync + 'static;

    fn outline<J: Job<Self>>(witness: Self::Witness, job: J) -> J::Output;
    fn witness(self) -> Self::Witness;
    fn splat(witness: Self::Witness, value: u64) -> Self;
    fn load(witness: Self::Witness, block: &Block) -> Self;
    fn store(self, block: &mut Block);
    /// Asks for a block that will be loaded soon; changes nothing.
    fn prefetch(_: Self::Witness, _: &Block) {}

    fn add(self, other: Self) -> Self;
    /// `self − other`, never negative.
    fn sub(self, other: Self) -> Self;
    /// `|self − other|`.
    fn distance(self, other: Self) -> Self;
    /// `self + (a · b mod 2^52)` for a, b below 2^52.
    fn add_low(self, a: Self, b: Self) -> Self;
    /// `self + ⌊a · b / 2^52⌋` for a, b below 2^52.
    fn add_high(self, a: Self, b: Self) -> Self;
    /// `self · other`, below 2^64.
    fn mul(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn shift_right<const N: u32>(self) -> Self;
    /// Bits pushed out at the top are dropped.
    fn shift_left<const N: u32>(self) -> Self;
    /// Shift by a number below 64 that is known only when running.
    fn shift_right_by(self, count: u64) -> Self;
    fn shift_left_by(self, count: u64) -> Self;
    fn equal(self, other: Self) -> Mask;
    fn less(self, other: Self) -> Mask;
    /// `other` where the mask has a bit, `self` elsewhere.
    fn blend(self, other: Self, mask: Mask) -> Self;
    /// Lane j of vector i becomes lane i of vector j.
    fn transpose(rows: [Self; 8]) -> [Self; 8];
}

/// Eight lanes in ordinary integers, every bound checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emulated([u64; 8]);

/// The emulation needs nothing.
#[derive(Clone, Copy, Debug)]
pub struct EmulatedWitness;

const MULTIPLIER_BOUND: u64 = 1 << 52;

impl Emulated {
    // Out of line: a product of fields is a hundred calls, not a hundred copies.
    fn zip(self, other: Self, f: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
    }

    fn mask(self, other: Self, f: impl Fn(&u64, &u64) -> bool) -> Mask {
        (0..8).filter(|&lane| f(&self.0[lane], &other.0[lane])).fold(0, |mask, lane| mask | 1 << lane)
    }

    fn product(a: Self, b: Self) -> [u128; 8] {
        std::array::from_fn(|lane| {
            let (a, b) = (a.0[lane], b.0[lane]);
            assert!(a < MULTIPLIER_BOUND && b < MULTIPLIER_BOUND, "a multiplier operand exceeds 52 bits");
            u128::from(a) * u128::from(b)
        })
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the low or high half of a product is what is asked for")]
impl Lanes for Emulated {
    type Witness = EmulatedWitness;

    #[inline(never)]
    fn outline<J: Job<Self>>(witness: EmulatedWitness, job: J) -> J::Output {
        job.run(witness)
    }
    #[inline(never)]
    fn witness(self) -> EmulatedWitness {
        EmulatedWitness
    }
    #[inline(never)]
    fn splat(_: EmulatedWitness, value: u64) -> Self {
        Self([value; 8])
    }
    #[inline(never)]
    fn load(_: EmulatedWitness, block: &Block) -> Self {
        Self(block.0)
    }
    #[inline(never)]
    fn store(self, block: &mut Block) {
        block.0 = self.0;
    }
    #[inline(never)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a.checked_add(b).expect("a sum exceeds 64 bits"))
    }
    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a.checked_sub(b).expect("a difference is negative"))
    }
    #[inline(never)]
    fn distance(self, other: Self) -> Self {
        self.zip(other, u64::abs_diff)
    }
    #[inline(never)]
    fn add_low(self, a: Self, b: Self) -> Self {
        let products = Self::product(a, b);
        self.add(Self(products.map(|product| product as u64 & (MULTIPLIER_BOUND - 1))))
    }
    #[inline(never)]
    fn add_high(self, a: Self, b: Self) -> Self {
        self.add(Self(Self::product(a, b).map(|product| (product >> 52) as u64)))
    }
    #[inline(never)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a.checked_mul(b).expect("a product exceeds 64 bits"))
    }
    #[inline(never)]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
    #[inline(never)]
    fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
    #[inline(never)]
    fn shift_right<const N: u32>(self) -> Self {
        Self(self.0.map(|a| a >> N))
    }
    #[inline(never)]
    fn shift_left<const N: u32>(self) -> Self {
        Self(self.0.map(|a| a << N))
    }
    #[inline(never)]
    fn shift_right_by(self, count: u64) -> Self {
        Self(self.0.map(|a| a >> count))
    }
    #[inline(never)]
    fn shift_left_by(self, count: u64) -> Self {
        Self(self.0.map(|a| a << count))
    }
    #[inline(never)]
    fn equal(self, other: Self) -> Mask {
        self.mask(other, |a, b| a == b)
    }
    #[inline(never)]
    fn less(self, other: Self) -> Mask {
        self.mask(other, |a, b| a < b)
    }
    #[inline(never)]
    fn blend(self, other: Self, mask: Mask) -> Self {
        Self(std::array::from_fn(|lane| if mask >> lane & 1 == 1 { other.0[lane] } else { self.0[lane] }))
    }
    #[inline(never)]
    fn transpose(rows: [Self; 8]) -> [Self; 8] {
        std::array::from_fn(|i| Self(std::array::from_fn(|j| rows[j].0[i])))
    }
}

#[cfg(target_arch = "x86_64")]
pub use registers::{Avx512, Avx512Witness};

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the one door to vector instructions: docs/decisions/eight-lanes.md")]
#[allow(clippy::inline_always, reason = "a method left out of line is compiled without its instructions")]
mod registers {
    use super::{Block, Job, Lanes, Mask};
    use std::arch::x86_64::{
        __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epu64_mask,
        _mm512_cmplt_epu64_mask, _mm512_load_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
        _mm512_mask_blend_epi64, _mm512_max_epu64, _mm512_min_epu64, _mm512_mullo_epi64, _mm512_or_si512,
        _mm512_set1_epi64, _mm512_shuffle_i64x2, _mm512_slli_epi64, _mm512_sllv_epi64, _mm512_srli_epi64,
        _mm512_srlv_epi64, _mm512_store_si512, _mm512_sub_epi64, _mm512_unpackhi_epi64,
        _mm512_unpacklo_epi64,
    };

    /// Eight lanes in one register.
    #[derive(Clone, Copy, Debug)]
    pub struct Avx512(__m512i);

    /// This processor and operating system offer AVX-512 with integer multiplication.
    #[derive(Clone, Copy, Debug)]
    pub struct Avx512Witness(());

    impl Avx512Witness {
        /// Asks the processor and, through it, the operating system.
        #[must_use]
        pub fn detect() -> Option<Self> {
            let all = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512ifma")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw");
            all.then_some(Self(()))
        }
    }

    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512ifma,avx512vl,avx512dq,avx512bw")]
    fn with_instructions<J: Job<Avx512>>(witness: Avx512Witness, job: J) -> J::Output {
        job.run(witness)
    }

    macro_rules! vector {
        ($operation:expr) => {
            // SAFETY: the caller holds a witness, or a value that derives from one, so the processor
            // has the instructions; none of them reads or writes memory.
            Self(unsafe { $operation })
        };
    }

    impl Lanes for Avx512 {
        type Witness = Avx512Witness;

        #[inline(always)]
        fn outline<J: Job<Self>>(witness: Avx512Witness, job: J) -> J::Output {
            // SAFETY: the witness was given by `detect`, which asked for exactly these instruction sets.
            unsafe { with_instructions(witness, job) }
        }
        #[inline(always)]
        fn witness(self) -> Avx512Witness {
            Avx512Witness(())
        }
        #[inline(always)]
        fn splat(_: Avx512Witness, value: u64) -> Self {
            vector!(_mm512_set1_epi64(value.cast_signed()))
        }
        #[inline(always)]
        fn load(_: Avx512Witness, block: &Block) -> Self {
            // SAFETY: a block is 64 readable bytes aligned to 64; the witness is as above.
            Self(unsafe { _mm512_load_si512((&raw const block.0).cast()) })
        }
        #[inline(always)]
        fn store(self, block: &mut Block) {
            // SAFETY: a block is 64 writable bytes aligned to 64; the value shows the instructions exist.
            unsafe { _mm512_store_si512((&raw mut block.0).cast(), self.0) }
        }
        #[inline(always)]
        fn prefetch(_: Avx512Witness, block: &Block) {
            // SAFETY: a hint about an address that is readable, as the reference shows.
            unsafe { _mm_prefetch::<_MM_HINT_T0>((&raw const block.0).cast()) }
        }
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            vector!(_mm512_add_epi64(self.0, other.0))
        }
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            vector!(_mm512_sub_epi64(self.0, other.0))
        }
        #[inline(always)]
        fn distance(self, other: Self) -> Self {
            vector!(_mm512_sub_epi64(_mm512_max_epu64(self.0, other.0), _mm512_min_epu64(self.0, other.0)))
        }
        #[inline(always)]
        fn add_low(self, a: Self, b: Self) -> Self {
            vector!(_mm512_madd52lo_epu64(self.0, a.0, b.0))
        }
        #[inline(always)]
        fn add_high(self, a: Self, b: Self) -> Self {
            vector!(_mm512_madd52hi_epu64(self.0, a.0, b.0))
        }
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            vector!(_mm512_mullo_epi64(self.0, other.0))
        }
        #[inline(always)]
        fn and(self, other: Self) -> Self {
            vector!(_mm512_and_si512(self.0, other.0))
        }
        #[inline(always)]
        fn or(self, other: Self) -> Self {
            vector!(_mm512_or_si512(self.0, other.0))
        }
        #[inline(always)]
        fn shift_right<const N: u32>(self) -> Self {
            vector!(_mm512_srli_epi64::<N>(self.0))
        }
        #[inline(always)]
        fn shift_left<const N: u32>(self) -> Self {
            vector!(_mm512_slli_epi64::<N>(self.0))
        }
        #[inline(always)]
        fn shift_right_by(self, count: u64) -> Self {
            vector!(_mm512_srlv_epi64(self.0, _mm512_set1_epi64(count.cast_signed())))
        }
        #[inline(always)]
        fn shift_left_by(self, count: u64) -> Self {
            vector!(_mm512_sllv_epi64(self.0, _mm512_set1_epi64(count.cast_signed())))
        }
        #[inline(always)]
        fn equal(self, other: Self) -> Mask {
            // SAFETY: as for every operation on values, above.
            unsafe { _mm512_cmpeq_epu64_mask(self.0, other.0) }
        }
        #[inline(always)]
        fn less(self, other: Self) -> Mask {
            // SAFETY: as for every operation on values, above.
            unsafe { _mm512_cmplt_epu64_mask(self.0, other.0) }
        }
        #[inline(always)]
        fn blend(self, other: Self, mask: Mask) -> Self {
            vector!(_mm512_mask_blend_epi64(mask, self.0, other.0))
        }
        #[inline(always)]
        fn transpose(rows: [Self; 8]) -> [Self; 8] {
            let [a, b, c, d, e, f, g, h] = rows;
            // Pairs of limbs of two rows, then of four, then of eight.
            let (ab, ab_odd) = (a.interleave_low(b), a.interleave_high(b));
            let (cd, cd_odd) = (c.interleave_low(d), c.interleave_high(d));
            let (ef, ef_odd) = (e.interleave_low(f), e.interleave_high(f));
            let (gh, gh_odd) = (g.interleave_low(h), g.interleave_high(h));
            let (even, even_next) =
                ([ab.pick::<0x88>(cd), ef.pick::<0x88>(gh)], [ab.pick::<0xdd>(cd), ef.pick::<0xdd>(gh)]);
            let (odd, odd_next) = (
                [ab_odd.pick::<0x88>(cd_odd), ef_odd.pick::<0x88>(gh_odd)],
                [ab_odd.pick::<0xdd>(cd_odd), ef_odd.pick::<0xdd>(gh_odd)],
            );
            [
                even[0].pick::<0x88>(even[1]),
                odd[0].pick::<0x88>(odd[1]),
                even_next[0].pick::<0x88>(even_next[1]),
                odd_next[0].pick::<0x88>(odd_next[1]),
                even[0].pick::<0xdd>(even[1]),
                odd[0].pick::<0xdd>(odd[1]),
                even_next[0].pick::<0xdd>(even_next[1]),
                odd_next[0].pick::<0xdd>(odd_next[1]),
            ]
        }
    }

    impl Avx512 {
        #[inline(always)]
        fn interleave_low(self, other: Self) -> Self {
            vector!(_mm512_unpacklo_epi64(self.0, other.0))
        }
        #[inline(always)]
        fn interleave_high(self, other: Self) -> Self {
            vector!(_mm512_unpackhi_epi64(self.0, other.0))
        }
        /// Two 128-bit quarters of `self`, then two of `other`, chosen by two bits each.
        #[inline(always)]
        fn pick<const QUARTERS: i32>(self, other: Self) -> Self {
            vector!(_mm512_shuffle_i64x2::<QUARTERS>(self.0, other.0))
        }
    }
}

#[cfg(test)]
#[allow(clippy::inline_always, reason = "a job's body must be compiled with its instructions")]
mod tests {
    use super::{Block, Emulated, EmulatedWitness, Job, Lanes};

    /// Every operation on many operands, as plain numbers.
    struct Everything<'a>(&'a [Block]);

    impl<V: Lanes> Job<V> for Everything<'_> {
        type Output = Vec<[u64; 8]>;

        #[inline(always)]
        fn run(self, witness: V::Witness) -> Self::Output {
            let mut results = Vec::new();
            let mut keep = |value: V| {
                let mut block = Block::default();
                value.store(&mut block);
                results.push(block.0);
            };
            let low = V::splat(witness, (1 << 52) - 1);
            for group in self.0.chunks_exact(8) {
                let rows: [V; 8] = std::array::from_fn(|i| V::load(witness, &group[i]));
                for row in V::transpose(rows) {
                    keep(row);
                }
                for pair in rows.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    let (short_a, short_b) = (a.and(low), b.and(low));
                    keep(a.shift_right::<1>().add(b.shift_right::<1>()));
                    keep(a.or(b).sub(a.and(b)));
                    keep(a.distance(b));
                    keep(short_a.add_low(short_a, short_b));
                    keep(short_b.add_high(short_a, short_b));
                    keep(a.shift_right::<40>().mul(b.shift_right::<40>()));
                    keep(a.shift_left::<7>().shift_right_by(13).shift_left_by(3));
                    keep(a.blend(b, a.less(b)));
                    keep(a.blend(b, a.equal(short_a)));
                    keep(V::splat(b.witness(), 77));
                }
            }
            results
        }
    }

    fn blocks() -> Vec<Block> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match state >> 61 {
                0 => u64::MAX,
                1 => 0,
                2 => (1 << 52) - 1,
                3 => 1 << 52,
                _ => state ^ state >> 29,
            }
        };
        (0..512).map(|_| Block(std::array::from_fn(|_| next()))).collect()
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn registers_compute_as_the_emulation() {
        let blocks = blocks();
        let expected = Emulated::outline(EmulatedWitness, Everything(&blocks));
        match super::Avx512Witness::detect() {
            Some(witness) => assert_eq!(super::Avx512::outline(witness, Everything(&blocks)), expected),
            None => eprintln!("eight-lane engine not tested: no avx512ifma"),
        }
    }

    #[test]
    #[should_panic(expected = "a multiplier operand exceeds 52 bits")]
    fn the_emulation_refuses_a_wide_operand() {
        let wide = Emulated::splat(EmulatedWitness, 1 << 52);
        let _ = wide.add_low(wide, wide);
    }

    #[test]
    #[should_panic(expected = "a difference is negative")]
    fn the_emulation_refuses_a_negative_difference() {
        let one = Emulated::splat(EmulatedWitness, 1);
        let _ = one.sub(one.add(one));
    }
}
