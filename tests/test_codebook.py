"""The codebook is the only home of the schema: what the code says of it, it says in the codebook's words."""

import ast
from pathlib import Path

import pytest

import timeline.columns
from timeline import transcription
from timeline.columns import codebook

SOURCES = sorted(Path(timeline.columns.__file__).parent.rglob("*.py"))
VOCABULARIES = {
    column.name: set(column.categories)
    for table in codebook().tables.values()
    for column in table.columns
    if column.vocabulary
}


def compared_words():
    """(file, line, column, word) wherever the code compares `row["column"]` with a word."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Subscript):
                key = node.left.slice
                if isinstance(key, ast.Constant) and key.value in VOCABULARIES:
                    others = [o.elts if isinstance(o, ast.Tuple | ast.Set) else [o] for o in node.comparators]
                    for word in (word for other in others for word in other):
                        if isinstance(word, ast.Constant) and isinstance(word.value, str):
                            yield path.name, node.lineno, key.value, word.value


def test_words_that_the_code_compares_stand_in_the_vocabulary():
    words = list(compared_words())
    assert len(words) > 20
    assert not [word for word in words if word[3] not in VOCABULARIES[word[2]]]


@pytest.mark.parametrize(
    ("words", "vocabulary"),
    [
        (transcription.VOUCHING, "stance"),
        (transcription.STATES, "actor_type"),
        (transcription.VAGUE_PLACES, "place_type"),
        (codebook().qualifier_values, "qualifier"),
        (codebook().itemise, "measure"),
        ([rule["outcome"] for rule in codebook().itemise.values() if "outcome" in rule], "outcome"),
        ([rule["stance"] for rule in codebook().itemise.values() if "stance" in rule], "stance"),
    ],
)
def test_constants_stand_in_the_vocabulary(words, vocabulary):
    assert words
    assert set(words) <= set(codebook().vocabularies[vocabulary])


def test_every_qualifier_says_which_values_it_has():
    assert set(codebook().qualifier_values) == set(codebook().vocabularies["qualifier"])
    named = {name for rule in codebook().qualifier_values.values() for names in rule.values() for name in names}
    assert named == {"value_low", "value_best", "value_high"}


def test_every_aspect_is_a_transcribed_column():
    columns = {*codebook().tables["events"].raw, *codebook().tables["figures"].raw}
    aspects = codebook().vocabularies["aspect"]
    assert set(aspects) - {"occurrence"} <= columns
    assert all(name in text for name, text in aspects.items() if name != "occurrence")


def test_every_vocabulary_is_used_and_every_value_defined():
    used = {column.vocabulary for table in codebook().tables.values() for column in table.columns}
    assert used - {None} == set(codebook().vocabularies)
    assert all(text.endswith(".") for values in codebook().vocabularies.values() for text in values.values())


def test_every_column_and_table_is_defined():
    for table in codebook().tables.values():
        assert table.description.endswith(".")
        assert all(column.description.endswith(".") for column in table.columns)
        assert set(table.raw) <= {column.name for column in table.columns}
        assert not [name for name in table.raw if table[name].derived]


@pytest.mark.parametrize("field", [{"descripton": "x"}, {"constraints": {"maxlength": 3}}])
def test_a_word_that_the_codebook_does_not_have_is_an_error(field):
    with pytest.raises(ValueError, match="no such word"):
        timeline.columns._column({"name": "x", "type": "string", "description": "x", **field}, {})
