//! What Python sees of the ballot check: arguments checked with a sentence, the interpreter lock released.
#![allow(clippy::needless_pass_by_value, reason = "Python functions own their arguments")]
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::ballot::{Context, Election, Unfit};
use crate::engine::{self, Kind};
use crate::group::POINT;
use crate::group_python::{Octets, one_point, same_length};
use crate::plan::Question;

/// The names of the engines that this machine can use, the preferred one first.
#[pyfunction]
pub fn engines() -> Vec<&'static str> {
    Kind::ALL.into_iter().filter(|kind| kind.is_available()).map(Kind::name).collect()
}

pub fn kind(name: Option<&str>) -> PyResult<Kind> {
    let Some(name) = name else { return Ok(engine::preferred()) };
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    known.filter(|kind| kind.is_available()).ok_or_else(|| {
        PyValueError::new_err(format!("engine {name} is not available here: {}", engines().join(", ")))
    })
}

/// What is public of an election before its first ballot, laid out for the check.
#[pyclass(frozen, module = "limpide._kernel")]
pub struct BallotContext(Context);

#[pymethods]
impl BallotContext {
    #[new]
    #[allow(clippy::too_many_arguments, reason = "each is a fact of the election, named in Python")]
    #[pyo3(signature = (uuid, fingerprint, key, questions, credentials, weights=None, *, engine=None, threads=0))]
    fn new(
        py: Python<'_>,
        uuid: &str,
        fingerprint: &str,
        key: Octets,
        questions: Vec<(usize, bool, usize, usize)>,
        credentials: Octets,
        weights: Option<Vec<u64>>,
        engine: Option<&str>,
        threads: usize,
    ) -> PyResult<Self> {
        let key = one_point(&key, "key")?;
        let kind = kind(engine)?;
        let count = credentials.items(POINT, "credentials")?;
        if let Some(weights) = &weights {
            same_length(&[(count, "credentials"), (weights.len(), "weights")])?;
        }
        let (credentials, _) = credentials.bytes().as_chunks::<POINT>();
        let question = |&(answers, blank, min, max): &_| Question { answers, blank, min, max };
        let questions: Vec<Question> = questions.iter().map(question).collect();
        let (questions, weights) = (&questions[..], weights.as_deref());
        let election = Election { uuid, fingerprint, key, questions, credentials, weights };
        py.detach(|| Context::new(&election, kind, threads))
            .map(Self)
            .map_err(|unfit| PyValueError::new_err(sentence(unfit)))
    }

    /// The name of the engine that checks.
    #[getter]
    fn engine(&self) -> &'static str {
        self.0.engine.kind().name()
    }
}

fn sentence(unfit: Unfit) -> String {
    match unfit {
        Unfit::Uuid => "uuid must be letters and digits".into(),
        Unfit::Fingerprint => "fingerprint must be 43 characters of Base64".into(),
        Unfit::Key => "key is not a member of the group".into(),
        Unfit::Question(index) => {
            format!("question {index} must have 0 <= min <= max <= answers, and 1 to 1023 answers")
        }
        Unfit::Credential(index) => format!("credential {index} is not a member of the group"),
    }
}

/// One verdict a ballot (0 good, 1 not proven good), the SHA-256 of each ballot's bytes, and the product
/// over the good ballots, to the power of their weights, of each α and β in turn.
#[pyfunction]
#[pyo3(signature = (context, ballots, *, threads=0))]
pub fn vartime_check_ballots<'py>(
    py: Python<'py>,
    context: &BallotContext,
    ballots: Vec<PyBackedBytes>,
    threads: usize,
) -> (Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>) {
    let answers = py.detach(|| {
        let texts: Vec<&[u8]> = ballots.iter().map(|ballot| &**ballot).collect();
        context.0.vartime_check(&texts, threads)
    });
    (
        PyBytes::new(py, &answers.verdicts),
        PyBytes::new(py, answers.digests.as_flattened()),
        PyBytes::new(py, answers.columns.as_flattened()),
    )
}
