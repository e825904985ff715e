//! What Python sees of the kernel: argument checks and no mathematics.
use pyo3::prelude::*;

#[pymodule]
mod _kernel {}
