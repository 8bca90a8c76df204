"""The index of published cases: what may be left out of a question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongban.published import index
from tongban.text import bigrams, query_tokens

words = st.text("电梯坏了", min_size=2, max_size=5)


@given(st.lists(words, min_size=1, max_size=6), st.text("电梯坏了", max_size=12))
def test_what_is_left_out_finds_nothing_that_the_rest_does_not(alternatives, document):
    phrases = [query_tokens(word)[0] for word in alternatives]
    kept = index._shortest(phrases)

    def found(among):
        tokens = " ".join(bigrams(document))
        return any(f" {' '.join(phrase)} " in f" {tokens} " for phrase in among)

    assert found(kept) == found(phrases)
    assert {" ".join(one) for one in kept} <= {" ".join(one) for one in phrases}


def test_a_longer_word_is_not_asked_beside_the_shorter_that_it_holds():
    asked = [query_tokens(word)[0] for word in ("电梯坏了", "电梯", "电梯", "升降机", "坐电梯")]
    assert index._shortest(asked) == [["电梯"], ["升降", "降机"]]
