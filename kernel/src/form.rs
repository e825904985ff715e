//! What does a ballot of one election look like, byte by byte?
//!
//! Belenios specification 2.0 to 3.3, "Ballots": members in order, nothing between them, as canonicity
//! demands. A text that departs from the form in one byte is not read at all.
use std::collections::HashMap;

use crate::decode8::Encoding;
use crate::multi8::Words;
use crate::plan::Question;
use crate::text::Reader;

/// The form of the ballots of one election.
pub struct Form {
    /// The bytes from the start of a ballot to its credential.
    opening: Vec<u8>,
    questions: Vec<Question>,
    choices: usize,
    /// The weight of each listed credential.
    weights: HashMap<Encoding, u64>,
}

/// What was read of the ballots that have the form, ballot after ballot.
#[derive(Default)]
pub struct Batch {
    pub credentials: Vec<Encoding>,
    pub points: Vec<Encoding>,
    pub proofs: Vec<Proof>,
    /// A hash over all of them.
    pub seed: [u8; 32],
}

/// `(c, r)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proof {
    pub challenge: Words,
    pub response: Words,
}

/// Parts of the text of one ballot that has the form.
pub struct Parsed<'a> {
    pub credential: Encoding,
    pub weight: u64,
    pub credential_text: &'a [u8],
    pub choices: Vec<Choice<'a>>,
    /// The place of `,"signature"`.
    pub signed: usize,
    /// The hash that the signature announces.
    pub announced: &'a [u8],
}

/// ⟨α⟩ and ⟨β⟩.
pub struct Choice<'a> {
    pub alpha: &'a [u8],
    pub beta: &'a [u8],
}

impl Form {
    /// `uuid` and `fingerprint` need no escapes in JSON.
    pub fn new(
        uuid: &str,
        fingerprint: &str,
        questions: &[Question],
        weights: HashMap<Encoding, u64>,
    ) -> Self {
        let opening = format!(r#"{{"election_uuid":"{uuid}","election_hash":"{fingerprint}","credential":""#);
        Self {
            opening: opening.into_bytes(),
            questions: questions.to_vec(),
            choices: questions.iter().map(Question::choices).sum(),
            weights,
        }
    }

    /// Reads a ballot into the batch; what was read of a text that is not canonical is taken back.
    pub fn parse<'a>(&self, text: &'a [u8], batch: &mut Batch) -> Option<Parsed<'a>> {
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
        let (credential_text, credential) = reader.point()?;
        let weight = *self.weights.get(&credential)?;
        let mut choices = Vec::with_capacity(self.choices);
        reader.literal(br#"","answers":["#)?;
        for (index, question) in self.questions.iter().enumerate() {
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
        reader.at_end().then_some(Parsed { credential, weight, credential_text, choices, signed, announced })
    }
}

/// `{"choices":[…],"individual_proofs":[…],"overall_proof":[…][,"blank_proof":[…]]}`.
fn read_answer<'a>(
    reader: &mut Reader<'a>,
    question: &Question,
    batch: &mut Batch,
    choices: &mut Vec<Choice<'a>>,
) -> Option<()> {
    for i in 0..question.choices() {
        reader.literal(if i == 0 { br#"{"choices":[{"alpha":""# } else { br#",{"alpha":""# })?;
        let (alpha, point) = reader.point()?;
        batch.points.push(point);
        reader.literal(br#"","beta":""#)?;
        let (beta, point) = reader.point()?;
        batch.points.push(point);
        reader.literal(br#""}"#)?;
        choices.push(Choice { alpha, beta });
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
