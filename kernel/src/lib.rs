//! What Python sees of the kernel: argument checks and no mathematics.
use pyo3::prelude::*;

// The group and ballots.
pub mod group;
mod group_python;
pub mod parallel;

#[pymodule]
mod _kernel {
    // The group and ballots.
    #[pymodule_export]
    use crate::group_python::{
        FixedBase, add, mul, mul_base, subtract, vartime_decode, vartime_double_mul, vartime_multi_mul,
        vartime_sum_axis,
    };
}
