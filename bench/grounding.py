"""Whether what a question asks is found in the material, and what the material does not say is not."""

import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from bench.report import table
from gpu_tasks import stages
from sessions_app.ingestion import reading
from sessions_app.ingestion.chunking import chunks
from sessions_app.models import Chunk, Document
from sessions_app.retrieval import TOP, Index

LANGUAGES = ("en", "zh")
MATERIAL = Path(__file__).parent / "data"


def run(_: object = None) -> dict[str, Any]:
    results = {language: evaluate(language) for language in LANGUAGES}
    columns = ("language", f"recall@{TOP}", "citation precision", "unanswerable refused")
    shown = ("recall", "citation_precision", "refused")
    table("Grounding", columns, [(name, *(f"{each[key]:.2f}" for key in shown)) for name, each in results.items()])
    return results


def evaluate(language: str) -> dict[str, float]:
    """`recall`: of the answerable questions, whose passage is among those found, the gate included.
    `citation_precision`: of the first citations, how many are the passage that answers. `refused`: of the
    unanswerable questions, for which nothing is found."""
    data = tomllib.loads((MATERIAL / f"material_{language}.toml").read_text(encoding="utf-8"))
    index = _index(data["documents"])
    found = {question: [each.chunk.text for each in index.find(question)] for question in data["questions"]}
    right = [any(words in text for text in found[question]) for question, words in data["questions"].items()]
    cited = [words in found[question][0] for question, words in data["questions"].items() if found[question]]
    unanswerable = data["unanswerable"]["questions"]
    return {
        "recall": sum(right) / len(right),
        "citation_precision": sum(cited) / len(cited),
        "refused": sum(not index.find(question) for question in unanswerable) / len(unanswerable),
    }


def _index(documents: list[dict[str, str]]) -> Index:
    found: list[Chunk] = []
    for each in documents:
        document = Document(title=each["title"])
        with tempfile.NamedTemporaryFile(suffix=".md") as file:
            file.write(each["text"].encode())
            file.flush()
            for part in reading.records("md", Path(file.name)):
                if "text" in part:
                    heading, page = part["heading"], part["page"]
                    found += [Chunk(document=document, page=page, heading=heading, text=text) for text in chunks(part)]
    rows = stages.embedding().embed([f"{chunk.heading}\n{chunk.text}" for chunk in found])
    for chunk, row in zip(found, rows, strict=True):
        chunk.embedding = np.asarray(row, np.float32).tobytes()
    return Index(found)
