"""Does a statement claim to conform to something without saying where that is shown? Spec 10.7."""

import re
from collections.abc import Iterator

from limpide.results.findings import Finding
from limpide.results.statement_text import Statement

_BODY = r"(?:CNIL|RGPD|GDPR|ANSSI|ISO|RGAA|WCAG|NIST|norme|standards?|recomm[ae]ndations?|regulator|régulateur)"
_CLAIM = re.compile(
    r"\b(?:conformes? (?:à|aux?|avec)|conformité (?:avec|à|aux?)\b|(?:en|mise en) conformité|conforms? (?:to|with)"
    r"|in conformity"
    r"|compliant|compl(?:y|ies|iance)\b|certified (?:compliant|secure)|certifiée?s? (?:conforme|sécurisé)"
    r"|homologuée?s?|agréée?s? par|labellisée?s?"
    r"|(?:validée?s?|approuvée?s?|approved|validated|endorsed|certifiée?s?|certified) (?:par |by )?"
    rf"(?:la |le |the )?{_BODY}"
    rf"|(?:conformément|in accordance|accord with)[^.]{{0,20}} {_BODY})",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:pas|not|n['’]est|nor?|ni|sans|without|never|jamais|aucune|non)\b[^.,;]{0,24}$", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"https?://|\b[0-9a-f]{64}\b"
    r"|\b(?:rapports?|reports?|certificats?|certificates?|attestations?|audits?|entr[ée]e|entry|documents?|annexe|appendix)"
    r"[ -](?:[^\W\d]{1,16} ){0,3}(?:n[°ºo]\.? ?)?[\w/.-]{0,20}[0-9]",
    re.IGNORECASE,
)


def check_claims(statement: Statement) -> Iterator[Finding]:
    """Every claim of conformity that does not say where its proof stands. Spec 10.7."""
    for sentence in statement.sentences:
        text = sentence.text.replace("\n", " ")
        for found in _CLAIM.finditer(text):
            if not _DENIAL.search(text[max(0, found.start() - 40) : found.start()]) and not _REFERENCE.search(text):
                line = sentence.line + sentence.text.count("\n", 0, found.start())
                yield Finding("10.7", f"line {line}", {"line": line, "claim": found.group()})
                break
