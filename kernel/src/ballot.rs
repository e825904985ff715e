//! Is each of many ballots good: canonical bytes, listed credential, members of the group, true proofs?
//!
//! Belenios specification 2.0 to 3.3, crypto version 1, Ed25519, homomorphic questions. The answer is
//! *good* or *not proven good*: what is refused here is judged again, with its reason, by the protocol in
//! Python. Whether a ballot came twice, and which one counts, is not asked here.
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha256};

use crate::decode8::Encoding;
use crate::engine::{self, Engine, Kind};
use crate::form::{Batch, Form, Parsed, Proof};
use crate::group::{self, MEMBER};
use crate::multi8::Words;
use crate::parallel::map_chunks;
use crate::plan::{Check, Plan, Question, Statement};
use crate::text::{base64, hex};

/// Points in one step of a thread: enough to share the test of membership and an inversion.
const CHUNK: usize = 4096;

/// Ballots in one step: whole vectors, and bounded memory for any number of candidates.
fn chunk(points: usize) -> usize {
    (CHUNK / points).next_multiple_of(8).clamp(8, 256)
}

pub const GOOD: u8 = 0;
pub const NOT_PROVEN: u8 = 1;

/// What is found of many ballots.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    pub verdicts: Vec<u8>,
    /// The SHA-256 of the bytes of each ballot.
    pub digests: Vec<[u8; 32]>,
    /// The product over the good ballots, to the power of their weights, of each α and β in turn.
    pub columns: Vec<Encoding>,
}

/// An election laid out for the check.
pub struct Context {
    form: Form,
    /// φ.
    fingerprint: Vec<u8>,
    pub plan: Plan,
    pub engine: Engine,
}

/// What is public of an election before its first ballot.
#[derive(Clone, Copy)]
pub struct Election<'a> {
    pub uuid: &'a str,
    /// φ.
    pub fingerprint: &'a str,
    /// y.
    pub key: &'a Encoding,
    pub questions: &'a [Question],
    pub credentials: &'a [Encoding],
    /// As many as credentials; without them, each weighs one.
    pub weights: Option<&'a [u64]>,
}

/// What no election can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Uuid,
    Fingerprint,
    Key,
    Question(usize),
    Credential(usize),
}

/// Largest number of ciphertexts of an answer that is checked here.
const MOST_CHOICES: usize = 1024;

impl Context {
    /// # Errors
    /// The first argument that no election can have.
    pub fn new(election: &Election, kind: Kind, threads: usize) -> Result<Self, Unfit> {
        let Election { uuid, fingerprint, key, questions, credentials, weights } = *election;
        // Neither needs an escape in JSON.
        if uuid.is_empty() || !uuid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Unfit::Uuid);
        }
        let in_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        if fingerprint.len() != 43 || !fingerprint.bytes().all(in_base64) {
            return Err(Unfit::Fingerprint);
        }
        let key = group::decode(key).filter(group::vartime_is_member).ok_or(Unfit::Key)?;
        let unfit = |question: &Question| {
            question.answers == 0
                || question.min > question.max
                || question.max > question.answers
                || question.answers >= MOST_CHOICES
        };
        if questions.is_empty() {
            return Err(Unfit::Question(0));
        }
        if let Some(index) = questions.iter().position(unfit) {
            return Err(Unfit::Question(index));
        }
        let verdicts = engine::vartime_verdicts(kind, credentials, threads);
        if let Some(index) = verdicts.iter().position(|&verdict| verdict != MEMBER) {
            return Err(Unfit::Credential(index));
        }
        let weight = |index: usize| weights.map_or(1, |weights| weights[index]);
        let weight_of =
            credentials.iter().enumerate().map(|(index, credential)| (*credential, weight(index)));
        Ok(Self {
            form: Form::new(uuid, fingerprint, questions, weight_of.collect()),
            fingerprint: fingerprint.as_bytes().to_vec(),
            plan: Plan::new(questions),
            engine: Engine::new(kind, &key),
        })
    }

    /// One verdict per ballot, whatever its bytes.
    #[must_use]
    pub fn vartime_check(&self, ballots: &[&[u8]], threads: usize) -> Answers {
        let chunks = map_chunks(ballots.len(), chunk(self.plan.points), threads, |range| {
            Ok::<_, ()>(self.check_chunk(&ballots[range]))
        });
        let mut all = Answers::default();
        let mut columns = Vec::new();
        for chunk in chunks.unwrap_or_default() {
            all.verdicts.extend(chunk.verdicts);
            all.digests.extend(chunk.digests);
            columns.extend(chunk.columns);
        }
        let sums = group::vartime_sum_axis(columns.as_flattened(), self.plan.points, None, threads);
        all.columns = sums.unwrap_or_default().as_chunks().0.to_vec();
        all
    }

    fn check_chunk(&self, ballots: &[&[u8]]) -> Answers {
        let mut batch = Batch::default();
        let parsed: Vec<Option<Parsed>> =
            ballots.iter().map(|text| self.form.parse(text, &mut batch)).collect();
        let digests: Vec<Digests> =
            ballots.iter().zip(&parsed).map(|(text, parsed)| Digests::of(text, parsed.as_ref())).collect();
        let mut seed = Sha256::new();
        for digests in &digests {
            seed.update(digests.ballot);
        }
        batch.seed = seed.finalize().into();
        let (computed, decoded) = self.engine.vartime_commit(&self.plan, &batch);
        let mut weights = Vec::with_capacity(ballots.len());
        let mut text = Vec::new();
        let mut out = Answers::default();
        for (parsed, digests) in parsed.iter().zip(&digests) {
            let mut verdict = NOT_PROVEN;
            if let Some(parsed) = parsed {
                let (at, plan) = (weights.len(), &self.plan);
                let evidence = Evidence {
                    context: self,
                    parsed,
                    signed: base64(&digests.signed),
                    proofs: &batch.proofs[at * plan.proofs..][..plan.proofs],
                    commitments: &computed.points[at * plan.commitments..][..plan.commitments],
                    sums: &computed.sums[at * plan.sums.len()..][..plan.sums.len()],
                };
                let good = computed.members[at] && evidence.holds(&mut text);
                verdict = if good { GOOD } else { NOT_PROVEN };
                weights.push(if good { parsed.weight } else { 0 });
            }
            out.verdicts.push(verdict);
            out.digests.push(digests.ballot);
        }
        out.columns = self.engine.vartime_columns(&self.plan, &decoded, &weights);
        out
    }
}

/// One ballot in the canonical form, with what was computed of it.
struct Evidence<'a> {
    context: &'a Context,
    parsed: &'a Parsed<'a>,
    /// The hash of what the signature signs.
    signed: [u8; 43],
    proofs: &'a [Proof],
    commitments: &'a [Encoding],
    sums: &'a [Encoding],
}

impl Evidence<'_> {
    /// Whether the signed hash is the announced one, and all challenges add up to the hashes of their
    /// statements and commitments. `text` is overwritten.
    fn holds(&self, text: &mut Vec<u8>) -> bool {
        self.parsed.announced == self.signed
            && self.context.plan.checks.iter().all(|check| self.adds_up(check, text))
    }

    fn adds_up(&self, check: &Check, text: &mut Vec<u8>) -> bool {
        text.clear();
        self.write_statement(check, text);
        for (i, point) in self.commitments[check.commitments.clone()].iter().enumerate() {
            if i > 0 {
                text.push(b',');
            }
            text.extend_from_slice(&hex(point));
        }
        let mut hash: [u8; 32] = Sha256::digest(&text).into();
        hash.reverse();
        let challenges = &self.proofs[check.proofs.clone()];
        let sum: Scalar = challenges.iter().map(|proof| scalar(&proof.challenge)).sum();
        sum == Scalar::from_bytes_mod_order(hash)
    }

    /// The text before the commitments: tag, S0 or S, and what the proof is about.
    fn write_statement(&self, check: &Check, text: &mut Vec<u8>) {
        let tag: &[u8] = match check.statement {
            Statement::Individual { .. } | Statement::Overall { .. } => b"prove|",
            Statement::Blank { tag, .. } => tag,
            Statement::Signature => {
                text.extend_from_slice(b"sig|");
                text.extend_from_slice(&self.signed);
                text.push(b'|');
                return;
            }
        };
        for part in [tag, &self.context.fingerprint, b"|", self.parsed.credential_text, b"|"] {
            text.extend_from_slice(part);
        }
        match check.statement {
            Statement::Individual { choice } => self.write_choices(choice, 1, text),
            Statement::Overall { question, sum } => {
                self.write_question(question, text);
                text.push(b'|');
                text.extend_from_slice(&hex(&self.sums[sum]));
                text.push(b',');
                text.extend_from_slice(&hex(&self.sums[sum + 1]));
            }
            Statement::Blank { question, .. } => self.write_question(question, text),
            Statement::Signature => {}
        }
        text.push(b'|');
    }

    fn write_question(&self, question: usize, text: &mut Vec<u8>) {
        let plan = &self.context.plan;
        self.write_choices(plan.first_choice[question], plan.questions[question].choices(), text);
    }

    /// `⟨α⟩,⟨β⟩` of some ciphertexts, joined by commas, as the ballot spells them.
    fn write_choices(&self, first: usize, count: usize, text: &mut Vec<u8>) {
        for (i, choice) in self.parsed.choices[first..first + count].iter().enumerate() {
            if i > 0 {
                text.push(b',');
            }
            text.extend_from_slice(choice.alpha);
            text.push(b',');
            text.extend_from_slice(choice.beta);
        }
    }
}

struct Digests {
    /// Of the whole text.
    ballot: [u8; 32],
    /// Of the text without its signature; meaningless for a text that is not canonical.
    signed: [u8; 32],
}

impl Digests {
    /// Both texts begin alike, so the common part is hashed once.
    fn of(text: &[u8], parsed: Option<&Parsed>) -> Self {
        let (common, rest) = text.split_at(parsed.map_or(text.len(), |parsed| parsed.signed));
        let state = Sha256::new_with_prefix(common);
        Self {
            signed: state.clone().chain_update(b"}").finalize().into(),
            ballot: state.chain_update(rest).finalize().into(),
        }
    }
}

#[must_use]
pub fn scalar(words: &Words) -> Scalar {
    let mut bytes = [0; 32];
    let (chunks, _) = bytes.as_chunks_mut::<8>();
    for (chunk, word) in chunks.iter_mut().zip(words) {
        *chunk = word.to_le_bytes();
    }
    // Reading refused q and above, so nothing is reduced.
    Scalar::from_bytes_mod_order(bytes)
}
