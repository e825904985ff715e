//! Which code computes with public values here: eight lanes where the processor has them, dalek elsewhere?
//!
//! Chosen once, when Python imports the module, or forced by argument; both give the same answers.
use crate::decode8::Encoding;
use crate::engine1::Portable;
use crate::engine8::{self, EightLanes};
use crate::form::Batch;
use crate::group::vartime_verdict;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx512, Avx512Witness};
use crate::lanes::{Emulated, EmulatedWitness};
use crate::parallel::map_chunks;
use crate::plan::Plan;
use crate::point8::Stored;
use curve25519_dalek::edwards::EdwardsPoint;

/// The commitments, sums and membership of a batch, ballot after ballot.
#[derive(Default)]
pub struct Computed {
    /// The commitments.
    pub points: Vec<Encoding>,
    pub sums: Vec<Encoding>,
    /// Whether every point of the ballot is a member of the group. Elsewhere its commitments mean nothing.
    pub members: Vec<bool>,
}

/// The points of a batch as the engine that decoded them keeps them, ballot after ballot.
pub enum Decoded {
    Lanes(Vec<Stored>),
    Dalek(Vec<EdwardsPoint>),
}

/// Engines by name, the preferred one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Eight lanes of AVX-512 with integer multiplication.
    Lanes,
    /// One point at a time, by curve25519-dalek.
    Dalek,
    /// Eight lanes in ordinary integers, every bound checked: slow, for tests.
    Emulated,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Lanes, Self::Dalek, Self::Emulated];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::Dalek => "dalek",
            Self::Emulated => "emulated",
        }
    }

    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Lanes => Avx512Witness::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Lanes => false,
            Self::Dalek | Self::Emulated => true,
        }
    }
}

/// The engine that is used when none is named.
#[must_use]
pub fn preferred() -> Kind {
    Kind::ALL.into_iter().find(|kind| kind.is_available()).unwrap_or(Kind::Dalek)
}

/// One verdict per encoding, as `group::vartime_verdict` gives it.
///
/// # Panics
/// If the kind is not available here; callers ask first.
#[must_use]
pub fn vartime_verdicts(kind: Kind, encodings: &[Encoding], threads: usize) -> Vec<u8> {
    let verdicts = map_chunks(encodings.len(), 256, threads, |range| {
        Ok::<_, ()>(match kind {
            #[cfg(target_arch = "x86_64")]
            Kind::Lanes => engine8::vartime_verdicts::<Avx512>(registers(), &encodings[range]),
            #[cfg(not(target_arch = "x86_64"))]
            Kind::Lanes => unreachable!("no processor of this kind has the lanes"),
            Kind::Dalek => encodings[range].iter().map(vartime_verdict).collect(),
            Kind::Emulated => engine8::vartime_verdicts::<Emulated>(EmulatedWitness, &encodings[range]),
        })
    });
    verdicts.unwrap_or_default().concat()
}

#[cfg(target_arch = "x86_64")]
fn registers() -> Avx512Witness {
    Avx512Witness::detect().expect("the engine was chosen where the processor has it")
}

/// An engine made ready for one election key.
pub enum Engine {
    #[cfg(target_arch = "x86_64")]
    Lanes(Box<EightLanes<Avx512>>),
    Dalek(Box<Portable>),
    Emulated(Box<EightLanes<Emulated>>),
}

impl Engine {
    /// # Panics
    /// If the kind is not available here; callers ask first.
    #[must_use]
    pub fn new(kind: Kind, key: &EdwardsPoint) -> Self {
        match kind {
            #[cfg(target_arch = "x86_64")]
            Kind::Lanes => Self::Lanes(Box::new(EightLanes::new(registers(), key))),
            #[cfg(not(target_arch = "x86_64"))]
            Kind::Lanes => unreachable!("no processor of this kind has the lanes"),
            Kind::Dalek => Self::Dalek(Box::new(Portable::new(key))),
            Kind::Emulated => Self::Emulated(Box::new(EightLanes::new(EmulatedWitness, key))),
        }
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Lanes(_) => Kind::Lanes,
            Self::Dalek(_) => Kind::Dalek,
            Self::Emulated(_) => Kind::Emulated,
        }
    }

    /// Everything that the hashes of a batch need, and the decoded points.
    #[must_use]
    pub fn vartime_commit(&self, plan: &Plan, batch: &Batch) -> (Computed, Decoded) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Lanes(engine) => engine.vartime_commit(plan, batch),
            Self::Dalek(engine) => engine.vartime_commit(plan, batch),
            Self::Emulated(engine) => engine.vartime_commit(plan, batch),
        }
    }

    /// The product over ballots, to the power of their weights, of each α and β in turn.
    ///
    /// The points of a ballot with a weight that is not zero are members of the group.
    #[must_use]
    pub fn vartime_columns(&self, plan: &Plan, decoded: &Decoded, weights: &[u64]) -> Vec<Encoding> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Lanes(engine) => engine.vartime_columns(plan, decoded, weights),
            Self::Dalek(_) => Portable::vartime_columns(plan, decoded, weights),
            Self::Emulated(engine) => engine.vartime_columns(plan, decoded, weights),
        }
    }
}
