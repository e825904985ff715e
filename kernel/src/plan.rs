//! What must be computed to check one ballot of an election? The same for all its ballots, so laid down once.
//!
//! Belenios specification 2.0 to 3.3, "Homomorphic answers" (crypto version 1), for elections that have
//! only homomorphic questions. A commitment is `F^r · P^c · g^(−M·c)`; commitments with the same base P
//! are kept together, and bases with the same shape are queued together.

/// A homomorphic question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    pub answers: usize,
    pub blank: bool,
    pub min: usize,
    pub max: usize,
}

impl Question {
    /// Ciphertexts of an answer: one a candidate, and first the blank one if there is any.
    #[must_use]
    pub fn choices(&self) -> usize {
        self.answers + usize::from(self.blank)
    }

    /// Proofs in `overall_proof`.
    #[must_use]
    pub fn overall(&self) -> usize {
        self.max - self.min + 1 + usize::from(self.blank)
    }
}

/// Where the base of a commitment is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Credential,
    /// The α or β at this place of the ballot: α and β of each ciphertext in turn.
    Point(usize),
    /// A sum of the plan.
    Sum(usize),
}

/// The public point that carries the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    Generator,
    Key,
}

/// One commitment: which proof gives `(c, r)`, the message M, and its place among the ballot's commitments.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub proof: usize,
    pub message: u64,
    pub commitment: usize,
}

/// A base and its commitments.
#[derive(Clone, Debug)]
pub struct Base {
    pub source: Source,
    pub terms: Vec<Term>,
}

/// Bases that can share a vector: same fixed point, as many terms, messages in the same places.
#[derive(Clone, Debug)]
pub struct Queue {
    pub fixed: Fixed,
    pub terms: usize,
    /// One bit a term: whether its message is not zero.
    pub with_message: u64,
    pub bases: Vec<Base>,
}

/// `∏α` or `∏β` of a question, without the blank ciphertext: `count` points from `first`, every second one.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    pub first: usize,
    pub count: usize,
}

/// What stands between the prefix of a hash and its commitments.
#[derive(Clone, Copy, Debug)]
pub enum Statement {
    /// `prove|S0|⟨α⟩,⟨β⟩|`, of the ciphertext at this place.
    Individual { choice: usize },
    /// `prove|S|⟨∏α⟩,⟨∏β⟩|`; the sum of β follows that of α.
    Overall { question: usize, sum: usize },
    /// `bproof0|S|` or `bproof1|S|`.
    Blank { question: usize, tag: &'static [u8] },
    /// `sig|h|`.
    Signature,
}

/// The challenges of `proofs` add up to the hash of the statement and of `commitments`.
#[derive(Clone, Debug)]
pub struct Check {
    pub statement: Statement,
    pub proofs: std::ops::Range<usize>,
    pub commitments: std::ops::Range<usize>,
}

/// Everything above for one ballot. Proofs are numbered as they come in the bytes, the signature last.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub questions: Vec<Question>,
    /// The first ciphertext of each question.
    pub first_choice: Vec<usize>,
    /// Points of the ballot besides the credential.
    pub points: usize,
    pub proofs: usize,
    pub commitments: usize,
    pub sums: Vec<Sum>,
    pub queues: Vec<Queue>,
    pub checks: Vec<Check>,
}

/// Terms on one base that a vector takes at once; more are cut in several bases.
pub const TERMS: usize = 8;

impl Plan {
    #[must_use]
    pub fn new(questions: &[Question]) -> Self {
        let mut plan = Self { questions: questions.to_vec(), ..Self::default() };
        let mut bases = Vec::new();
        for (index, question) in questions.iter().enumerate() {
            plan.first_choice.push(plan.points / 2);
            plan.question(index, question, &mut bases);
        }
        let proof = plan.take_proofs(1);
        let check = plan.check(Statement::Signature, proof, 1);
        bases.push((
            Fixed::Generator,
            Base { source: Source::Credential, terms: vec![Term { proof, message: 0, commitment: check }] },
        ));
        plan.queue(bases);
        plan
    }

    fn take_proofs(&mut self, count: usize) -> usize {
        self.proofs += count;
        self.proofs - count
    }

    /// Adds a check of `count` proofs from `proof`; the first commitment of as many, or of pairs.
    fn check(&mut self, statement: Statement, proof: usize, count: usize) -> usize {
        let pairs = if matches!(statement, Statement::Signature) { 1 } else { 2 };
        let first = self.commitments;
        self.commitments += pairs * count;
        self.checks.push(Check {
            statement,
            proofs: proof..proof + count,
            commitments: first..self.commitments,
        });
        first
    }

    fn question(&mut self, index: usize, question: &Question, bases: &mut Vec<(Fixed, Base)>) {
        let first = self.points / 2;
        let choices = question.choices();
        self.points += 2 * choices;
        let sum = self.sums.len();
        let candidates = 2 * (first + usize::from(question.blank));
        for point in [candidates, candidates + 1] {
            self.sums.push(Sum { first: point, count: question.answers });
        }
        // Terms by ciphertext (those of the question, then the sum), as (proof, message, commitment of α).
        let mut terms: Vec<Vec<(usize, u64, usize)>> = vec![Vec::new(); choices + 1];
        let individual = self.take_proofs(2 * choices);
        for (choice, of_choice) in terms.iter_mut().enumerate().take(choices) {
            let proof = individual + 2 * choice;
            let a = self.check(Statement::Individual { choice: first + choice }, proof, 2);
            of_choice.extend([(proof, 0, a), (proof + 1, 1, a + 2)]);
        }
        let overall = self.take_proofs(question.overall());
        if question.blank {
            let a = self.check(
                Statement::Blank { question: index, tag: b"bproof1|" },
                overall,
                question.overall(),
            );
            terms[0].push((overall, 1, a));
            for m in question.min..=question.max {
                let place = 1 + m - question.min;
                terms[choices].push((overall + place, m as u64, a + 2 * place));
            }
            let blank = self.take_proofs(2);
            let a = self.check(Statement::Blank { question: index, tag: b"bproof0|" }, blank, 2);
            terms[0].push((blank, 0, a));
            terms[choices].push((blank + 1, 0, a + 2));
        } else {
            let a = self.check(Statement::Overall { question: index, sum }, overall, question.overall());
            for m in question.min..=question.max {
                let place = m - question.min;
                terms[choices].push((overall + place, m as u64, a + 2 * place));
            }
        }
        for (choice, terms) in terms.iter().enumerate() {
            let (alpha, beta) = if choice < choices {
                (Source::Point(2 * (first + choice)), Source::Point(2 * (first + choice) + 1))
            } else {
                (Source::Sum(sum), Source::Sum(sum + 1))
            };
            for terms in terms.chunks(TERMS) {
                let alphas = terms.iter().map(|&(proof, _, a)| Term { proof, message: 0, commitment: a });
                let betas =
                    terms.iter().map(|&(proof, message, a)| Term { proof, message, commitment: a + 1 });
                bases.push((Fixed::Generator, Base { source: alpha, terms: alphas.collect() }));
                bases.push((Fixed::Key, Base { source: beta, terms: betas.collect() }));
            }
        }
    }

    fn queue(&mut self, bases: Vec<(Fixed, Base)>) {
        for (fixed, base) in bases {
            let terms = base.terms.len();
            let with_message = base
                .terms
                .iter()
                .enumerate()
                .fold(0, |mask, (i, term)| mask | u64::from(term.message > 0) << i);
            let fits = |queue: &&mut Queue| {
                (queue.fixed, queue.terms, queue.with_message) == (fixed, terms, with_message)
            };
            match self.queues.iter_mut().find(fits) {
                Some(queue) => queue.bases.push(base),
                None => self.queues.push(Queue { fixed, terms, with_message, bases: vec![base] }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Question};

    #[test]
    fn costs_are_those_of_the_specification() {
        for answers in 1..8 {
            for (min, max) in [(1, 1), (0, 1), (0, answers)] {
                let k = max - min + 1;
                for blank in [false, true] {
                    let plan = Plan::new(&[Question { answers, blank, min, max }]);
                    let extra = if blank { 11 } else { 1 };
                    assert_eq!(plan.commitments, 4 * answers + 2 * k + extra);
                    assert_eq!(plan.points, 2 * (answers + usize::from(blank)));
                    let queued: usize = plan.queues.iter().map(|queue| queue.terms * queue.bases.len()).sum();
                    assert_eq!(queued, plan.commitments);
                }
            }
        }
    }

    #[test]
    fn every_commitment_is_computed_once() {
        let question = Question { answers: 20, blank: true, min: 0, max: 20 };
        let plan = Plan::new(&[question, Question { blank: false, ..question }]);
        let mut found: Vec<usize> = Vec::new();
        for queue in &plan.queues {
            found.extend(queue.bases.iter().flat_map(|base| &base.terms).map(|term| term.commitment));
        }
        found.sort_unstable();
        assert_eq!(found, (0..plan.commitments).collect::<Vec<_>>());
    }
}
