"""Settings from a YAML file cannot run code, fill the memory or contradict themselves."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.data.safe_yaml import YamlError, load_mapping, load_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]" for i in range(9)
)


def written(tmp_path, text: str | bytes):
    path = tmp_path / "settings.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_plain_settings_are_read(tmp_path):
    assert load_yaml(written(tmp_path, "\ufeffall:\n  first_year: 2016\n  basis: ship_to\n  odds: [0.1, 0.9]\n")) == {
        "all": {"first_year": 2016, "basis": "ship_to", "odds": [0.1, 0.9]}
    }


def test_an_empty_file_holds_nothing(tmp_path):
    assert load_yaml(written(tmp_path, "# nothing\n")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOMB, ":2: alias *a, expected the value written out"),
        ("a: 1\nb: 2\na: 3\n", ":3: 'a' is given twice, expected each name once"),
        ("a: !!python/object/apply:os.system ['true']\n", ":1: could not determine a constructor"),
        ("a: [1, 2\n", ":2: expected ',' or ']'"),
        ("? [a, b]\n: 1\n", ":1: a key that is not plain text"),
        (b"a: \xff\n", ": not UTF-8 (byte 4)"),
        ("a: \x00\n", ": unacceptable character"),
        ("[" * 1000, ": nested too deeply"),
        ("a: 2019-13-45\n", ": month must be in 1..12"),
    ],
    ids=[
        "a bomb of aliases",
        "a name twice",
        "a tag that runs code",
        "cut short",
        "a list as a name",
        "not UTF-8",
        "a zero byte",
        "nested deeply",
        "no such day",
    ],
)
def test_a_file_that_is_not_plain_settings_is_refused_with_its_line(tmp_path, text, expected, survived, request):
    path = written(tmp_path, text)
    with pytest.raises(YamlError) as caught:
        load_yaml(path)
    assert str(caught.value).startswith(str(path))
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    survived("A parameter file", request.node.callspec.id, "refused", str(caught.value).removeprefix(f"{tmp_path}/"))


def test_a_bomb_is_refused_at_once(tmp_path):
    start = time.process_time()
    with pytest.raises(YamlError):
        load_yaml(written(tmp_path, BOMB))
    assert time.process_time() - start < 1


def test_a_file_over_the_limit_is_not_read(tmp_path, survived):
    with (tmp_path / "settings.yml").open("wb") as file:
        file.truncate(5_000_000_000)
    with pytest.raises(YamlError, match="5,000,000,000 bytes, expected at most 1,000,000"):
        load_yaml(tmp_path / "settings.yml")
    survived("A parameter file", "a file of gigabytes", "refused unread")


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(YamlError, match="is a folder"):
        load_yaml(tmp_path)
    with pytest.raises(YamlError, match="no such file"):
        load_yaml(tmp_path / "nowhere.yml")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else_happens(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("yaml") / "settings.yml"
    path.write_bytes(content)
    try:
        load_yaml(path)
    except YamlError as error:
        assert str(error)


@pytest.mark.parametrize(("text", "expected"), [("", ": empty, expected names"), ("- 1\n", ": a list, expected names")])
def test_settings_that_must_have_names_are_refused_without(tmp_path, text, expected):
    with pytest.raises(YamlError, match=expected):
        load_mapping(written(tmp_path, text))


def test_settings_may_be_exactly_as_long_as_is_allowed(tmp_path):
    file = written(tmp_path, "a: 1\n")
    assert load_mapping(file, max_bytes=5) == {"a": 1}
    with pytest.raises(YamlError, match="5 bytes, expected at most 4"):
        load_mapping(file, max_bytes=4)
