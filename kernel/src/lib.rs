//! What Python sees of the kernel: argument checks and no mathematics.
#![deny(unsafe_code)]
use pyo3::prelude::*;

// The group and ballots.
pub mod ballot;
mod ballot_python;
pub mod decode8;
pub mod engine;
pub mod engine1;
pub mod engine8;
pub mod field8;
pub mod group;
mod group_python;
#[allow(unsafe_code, reason = "the one file that may hold some: docs/decisions/eight-lanes.md")]
pub mod lanes;
pub mod multi8;
pub mod parallel;
pub mod plan;
pub mod point8;
pub mod subgroup;
pub mod text;

#[pymodule]
mod _kernel {
    // The group and ballots.
    #[pymodule_export]
    use crate::ballot_python::{BallotContext, engines, vartime_check_ballots};
    #[pymodule_export]
    use crate::group_python::{
        FixedBase, add, mul, mul_base, subtract, vartime_decode, vartime_double_mul, vartime_multi_mul,
        vartime_sum_axis,
    };
}
