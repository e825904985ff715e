//! What Python sees of the kernel: argument checks and no mathematics.
#![deny(unsafe_code)]
use pyo3::prelude::*;

// The group and ballots.
mod ballot;
mod ballot_python;
mod decode8;
mod engine;
mod engine1;
mod engine8;
mod field8;
mod form;
mod group;
mod group_python;
#[cfg(test)]
mod lane_tests;
#[allow(unsafe_code, reason = "the one file that may hold some: docs/decisions/eight-lanes.md")]
mod lanes;
mod multi8;
mod parallel;
mod plan;
mod point8;
mod subgroup;
mod subsets;
mod text;

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
