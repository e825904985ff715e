//! Is each of many ballots good: canonical bytes, listed credential, members of the group, true proofs?
//!
//! Belenios specification 2.0 to 3.3, crypto version 1, Ed25519, homomorphic questions. The answer is
//! *good* or *not proven good*: what is refused here is judged again, with its reason, by the protocol in
//! Python. Whether a ballot came twice, and which one counts, is not asked here.
use std::collections::HashSet;

use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha256};

use crate::decode8::Encoding;
use crate::engine::{self, Commitments, Engine, Kind};
use crate::group::{self, MEMBER};
use crate::multi8::Words;
use crate::parallel::map_chunks;
use crate::plan::{Check, Plan, Question, Statement};
use crate::text::{Reader, base64, hex};

/// Ballots in one step of a thread: whole vectors for any number of candidates, and a shared inversion.
const CHUNK: usize = 64;

pub const GOOD: u8 = 0;
pub const NOT_PROVEN: u8 = 1;

/// The verdict on a ballot, and the SHA-256 of its bytes.
pub type Answer = (u8, [u8; 32]);

/// What is public before the first ballot.
pub struct Context {
    /// The bytes from the start of a ballot to its credential.
    opening: Vec<u8>,
    /// φ.
    fingerprint: Vec<u8>,
    pub plan: Plan,
    credentials: HashSet<Encoding>,
    pub engine: Engine,
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

/// Largest number of ciphertexts of a ballot that is checked here.
const MOST_CHOICES: usize = 1024;

impl Context {
    /// # Errors
    /// The first argument that no election can have.
    pub fn new(
        uuid: &str,
        fingerprint: &str,
        key: &Encoding,
        questions: &[Question],
        credentials: &[Encoding],
        kind: Kind,
        threads: usize,
    ) -> Result<Self, Unfit> {
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
                || question.choices() > MOST_CHOICES
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
        Ok(Self {
            opening: format!(r#"{{"election_uuid":"{uuid}","election_hash":"{fingerprint}","credential":""#)
                .into_bytes(),
            fingerprint: fingerprint.as_bytes().to_vec(),
            plan: Plan::new(questions),
            credentials: credentials.iter().copied().collect(),
            engine: Engine::new(kind, &key),
        })
    }

    /// One answer per ballot, whatever its bytes.
    #[must_use]
    pub fn vartime_check(&self, ballots: &[&[u8]], threads: usize) -> Vec<Answer> {
        let answers =
            map_chunks(ballots.len(), CHUNK, threads, |range| Ok::<_, ()>(self.check_chunk(&ballots[range])));
        answers.unwrap_or_default().concat()
    }

    fn check_chunk(&self, ballots: &[&[u8]]) -> Vec<Answer> {
        let mut batch = Batch::default();
        let parsed: Vec<Option<Parsed>> = ballots.iter().map(|text| self.parse(text, &mut batch)).collect();
        let digests: Vec<Digests> =
            ballots.iter().zip(&parsed).map(|(text, parsed)| Digests::of(text, parsed.as_ref())).collect();
        let commitments = self.engine.vartime_commit(&self.plan, &batch);
        let mut live = 0;
        let mut text = Vec::new();
        let mut answers = Vec::with_capacity(ballots.len());
        for ((ballot, parsed), digests) in ballots.iter().zip(&parsed).zip(&digests) {
            let good = parsed.as_ref().is_some_and(|parsed| {
                live += 1;
                commitments.members[live - 1]
                    && parsed.announced == base64(&digests.signed)
                    && self.proofs_hold(ballot, parsed, digests, &batch, &commitments, live - 1, &mut text)
            });
            answers.push((if good { GOOD } else { NOT_PROVEN }, digests.ballot));
        }
        answers
    }

    /// Reads a ballot into the batch; what was read of a text that is not canonical is taken back.
    fn parse<'a>(&self, text: &'a [u8], batch: &mut Batch) -> Option<Parsed<'a>> {
        let (points, proofs) = (batch.points.len(), batch.proofs.len());
        let parsed = self.read(text, batch);
        if let Some(parsed) = &parsed {
            batch.credentials.push(parsed.credential);
        } else {
            batch.points.truncate(points);
            batch.proofs.truncate(proofs);
        }
        parsed
    }

    fn read<'a>(&self, text: &'a [u8], batch: &mut Batch) -> Option<Parsed<'a>> {
        let mut reader = Reader::new(text);
        reader.literal(&self.opening)?;
        let credential_at = reader.position();
        let credential = reader.point().filter(|credential| self.credentials.contains(credential))?;
        let mut choices = Vec::with_capacity(self.plan.points);
        reader.literal(br#"","answers":["#)?;
        for (index, question) in self.plan.questions.iter().enumerate() {
            reader.literal(if index == 0 { b"" } else { b"," })?;
            read_answer(&mut reader, question, batch, &mut choices)?;
        }
        reader.literal(b"]")?;
        let signed = reader.position();
        reader.literal(br#","signature":{"hash":""#)?;
        let announced = reader.take(43)?;
        reader.literal(br#"","proof":"#)?;
        batch.proofs.push(read_proof(&mut reader)?);
        reader.literal(b"}}")?;
        let credential_text = &text[credential_at..credential_at + 64];
        reader.at_end().then_some(Parsed { credential, credential_text, choices, signed, announced })
    }

    /// Whether the challenges of every proof add up to the hash of its statement and commitments.
    fn proofs_hold(
        &self,
        ballot: &[u8],
        parsed: &Parsed,
        digests: &Digests,
        batch: &Batch,
        commitments: &Commitments,
        live: usize,
        text: &mut Vec<u8>,
    ) -> bool {
        let proofs = &batch.proofs[live * self.plan.proofs..][..self.plan.proofs];
        let points = &commitments.commitments[live * self.plan.commitments..][..self.plan.commitments];
        let sums = &commitments.sums[live * self.plan.sums.len()..][..self.plan.sums.len()];
        self.plan.checks.iter().all(|check| {
            text.clear();
            self.write_statement(check, ballot, parsed, digests, sums, text);
            for (i, point) in points[check.commitments.clone()].iter().enumerate() {
                if i > 0 {
                    text.push(b',');
                }
                text.extend_from_slice(&hex(point));
            }
            let sum: Scalar = proofs[check.proofs.clone()].iter().map(|proof| scalar(&proof.challenge)).sum();
            let mut hash: [u8; 32] = Sha256::digest(&text).into();
            hash.reverse();
            sum == Scalar::from_bytes_mod_order(hash)
        })
    }

    /// The text before the commitments: tag, S0 or S, and what the proof is about.
    fn write_statement(
        &self,
        check: &Check,
        ballot: &[u8],
        parsed: &Parsed,
        digests: &Digests,
        sums: &[Encoding],
        text: &mut Vec<u8>,
    ) {
        let tag: &[u8] = match check.statement {
            Statement::Individual { .. } | Statement::Overall { .. } => b"prove|",
            Statement::Blank { tag, .. } => tag,
            Statement::Signature => {
                text.extend_from_slice(b"sig|");
                text.extend_from_slice(&base64(&digests.signed));
                text.push(b'|');
                return;
            }
        };
        text.extend_from_slice(tag);
        text.extend_from_slice(&self.fingerprint);
        text.push(b'|');
        text.extend_from_slice(parsed.credential_text);
        text.push(b'|');
        match check.statement {
            Statement::Individual { choice } => write_ciphertext(ballot, parsed.choices[choice], text),
            Statement::Overall { question, sum } => {
                self.write_choices(question, ballot, parsed, text);
                text.push(b'|');
                text.extend_from_slice(&hex(&sums[sum]));
                text.push(b',');
                text.extend_from_slice(&hex(&sums[sum + 1]));
            }
            Statement::Blank { question, .. } => self.write_choices(question, ballot, parsed, text),
            Statement::Signature => {}
        }
        text.push(b'|');
    }

    fn write_choices(&self, question: usize, ballot: &[u8], parsed: &Parsed, text: &mut Vec<u8>) {
        let first = self.plan.first_choice[question];
        let count = self.plan.questions[question].choices();
        for (i, &at) in parsed.choices[first..first + count].iter().enumerate() {
            if i > 0 {
                text.push(b',');
            }
            write_ciphertext(ballot, at, text);
        }
    }
}

/// `⟨α⟩,⟨β⟩` of the ciphertext whose α is at this place of the ballot.
fn write_ciphertext(ballot: &[u8], at: usize, text: &mut Vec<u8>) {
    text.extend_from_slice(&ballot[at..at + 64]);
    text.push(b',');
    let beta = at + 64 + BETWEEN.len();
    text.extend_from_slice(&ballot[beta..beta + 64]);
}

const BETWEEN: &[u8] = br#"","beta":""#;

/// `{"choices":[…],"individual_proofs":[…],"overall_proof":[…][,"blank_proof":[…]]}`.
fn read_answer(
    reader: &mut Reader,
    question: &Question,
    batch: &mut Batch,
    choices: &mut Vec<usize>,
) -> Option<()> {
    for i in 0..question.choices() {
        reader.literal(if i == 0 { br#"{"choices":[{"alpha":""# } else { br#",{"alpha":""# })?;
        choices.push(reader.position());
        batch.points.push(reader.point()?);
        reader.literal(BETWEEN)?;
        batch.points.push(reader.point()?);
        reader.literal(br#""}"#)?;
    }
    for i in 0..question.choices() {
        reader.literal(if i == 0 { br#"],"individual_proofs":["# } else { b"," })?;
        read_proofs(reader, 2, batch)?;
    }
    reader.literal(br#"],"overall_proof":"#)?;
    read_proofs(reader, question.overall(), batch)?;
    if question.blank {
        reader.literal(br#","blank_proof":"#)?;
        read_proofs(reader, 2, batch)?;
    }
    reader.literal(b"}")
}

fn read_proofs(reader: &mut Reader, count: usize, batch: &mut Batch) -> Option<()> {
    for i in 0..count {
        reader.literal(if i == 0 { b"[" } else { b"," })?;
        batch.proofs.push(read_proof(reader)?);
    }
    reader.literal(b"]")
}

fn read_proof(reader: &mut Reader) -> Option<Proof> {
    reader.literal(br#"{"challenge":""#)?;
    let challenge = reader.scalar()?;
    reader.literal(br#"","response":""#)?;
    let response = reader.scalar()?;
    reader.literal(br#""}"#)?;
    Some(Proof { challenge, response })
}

/// Where things are in the text of a ballot that is canonical.
struct Parsed<'a> {
    credential: Encoding,
    credential_text: &'a [u8],
    /// The place of each α.
    choices: Vec<usize>,
    /// The place of `,"signature"`.
    signed: usize,
    /// The hash that the signature announces.
    announced: &'a [u8],
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

/// `(c, r)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proof {
    pub challenge: Words,
    pub response: Words,
}

/// What was read of the ballots of a chunk that have the canonical form, ballot after ballot.
#[derive(Default)]
pub struct Batch {
    pub credentials: Vec<Encoding>,
    pub points: Vec<Encoding>,
    pub proofs: Vec<Proof>,
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
