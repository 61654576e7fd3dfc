"""Composition of the configuration."""

import re
import shutil
from pathlib import Path

import pytest

from pipeline.config import compose, validate
from pipeline.domain.errors import ScalebridgeError


def test_compose__refuses_a_process_that_is_not_named_like_its_file(tmp_path: Path, root: Path) -> None:
    conf, params = tmp_path / "conf", tmp_path / "params.yaml"
    shutil.copytree(root / "conf", conf)
    (conf / "process/lots.yaml").rename(conf / "process/plots.yaml")
    params.write_text("process: plots\n", encoding="utf-8")
    with pytest.raises(ScalebridgeError, match="says 'name: lots'; the name must be that of the file, 'plots'"):
        compose(conf, params)


@pytest.fixture
def conf(tmp_path: Path, root: Path) -> Path:
    shutil.copytree(root / "conf", tmp_path / "conf")
    shutil.copy(root / "params.yaml", tmp_path / "params.yaml")
    return tmp_path / "conf"


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def _refused(conf: Path, message: str) -> None:
    with pytest.raises(ScalebridgeError, match=message):
        compose(conf, conf.parent / "params.yaml")


def test_compose__reads_words_of_options_as_this_program_and_not_as_hydra(conf: Path) -> None:
    (conf / "cost/example.yaml").write_text("unit: no\nnote: 2024-01-31\ntable: {5 L: 1e1}\n", encoding="utf-8")
    found = validate(compose(conf, conf.parent / "params.yaml"), "x").cost
    assert (found.unit, found.note, found.table) == ("no", "2024-01-31", {"5 L": 10.0})


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("unit: b", "line 3, column 1: the key 'unit' occurs twice"),
        ("exponent: ${oc.env:HOME}", "line 3, column 11: .* asks for a value from outside"),
        ("exponent: 1_0", "cost/example.yaml line 3, cost.exponent: '1_0' is no number"),
        ("exponent: yes", "cost/example.yaml line 3, cost.exponent: a number is needed, not 'yes'"),
        ("exponent: .inf", "cost/example.yaml line 3, cost.exponent: a number is needed, not '.inf'"),
        ("expnent: 1", "cost/example.yaml line 3, cost.expnent: Unexpected keyword argument"),
        ("exponent: ${nowhere}", "cannot be composed with .*nowhere"),
    ],
)
def test_compose__names_file_and_line_of_a_value_that_is_wrong(conf: Path, new: str, problem: str) -> None:
    (conf / "cost/example.yaml").write_text(f"# costs\nunit: a\n{new}\nnote: x\n", encoding="utf-8")
    _refused(conf, problem)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "kind: tablet_press",
            "kind: tabletpress",
            r"process/tablets\.yaml line \d+, process\.operations\.compression\.kind: 'tabletpress' is no kind of unit "
            r"operation; kinds are bioreactor, blender, .*, ultrafiltration",
        ),
        (
            "tablet_diameter: tbl_max_diameter",
            "tablet_diameter: tablet_mass",
            r"process/tablets\.yaml.* operations\.compression\.inputs\.tablet_diameter \(diameter of a tablet\) takes a number "
            r"such as mm, but 'tablet_mass' does not fit",
        ),
        (
            "fill_depth: fill_mean",
            "fill_dept: fill_mean",
            r"operations\.compression\.inputs names 'fill_dept', which is not among the inputs of a tablet_press: ",
        ),
    ],
)
def test_compose__names_an_operation_and_an_input_that_do_not_exist_or_fit(
    conf: Path, old: str, new: str, problem: str
) -> None:
    _change(conf / "process/tablets.yaml", old, new)
    _change(conf.parent / "params.yaml", "process: virtual_plant", "process: tablets")
    _refused(conf, problem)


def test_compose__names_the_encoding_of_an_option(conf: Path) -> None:
    (conf / "cost/example.yaml").write_bytes("unit: €\nnote: x\n".encode("cp1252"))
    _refused(conf, r"example\.yaml, line 1, column 7: the byte 0x80 .*'€'.*UTF-8")


def test_compose__a_broken_option_that_is_not_chosen_is_no_matter(conf: Path) -> None:
    (conf / "cost/draft.yaml").write_text("a: [", encoding="utf-8")
    assert compose(conf, conf.parent / "params.yaml")["seed"] == 20241101


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("seed: 20241101", "seed: '${oc.env:HOME}'", "asks for a value from outside"),
        ("seed: 20241101", "seed: true", r"params\.yaml line \d+, seed: true is no number"),
        ("seed: 20241101", "seed: 1_0", r"params\.yaml line \d+, seed: '1_0' is no number"),
        ("seed: 20241101", "seed: [1]", r"params\.yaml line \d+, seed: a whole number is needed, not a list"),
        ("seed: 20241101", "seed: 1\nseed: 2", "the key 'seed' occurs twice"),
        ("horizon: plan", "horizon: plan,release", "horizon: 'plan,release' is no horizon"),
        ("horizon: plan", "horizon: after capture", "has no step 'capture'; it declares no `steps`"),
        ("cost: example", "cost: ../cost/example", "is not an option of conf/cost/"),
        ("cost: example", "cost: [example]", "is not an option of conf/cost/"),
    ],
)
def test_compose__checks_the_choices(conf: Path, old: str, new: str, problem: str) -> None:
    _change(conf.parent / "params.yaml", old, new)
    _refused(conf, problem)


def test_compose__says_that_an_option_ends_in_yaml(conf: Path) -> None:
    (conf / "cost/example.yaml").rename(conf / "cost/example.yml")
    _refused(conf, r"example\.yml is there: rename it to example\.yaml")


SPLIT = """protocols:
  - {kind: cut, attribute: %s, above: %s}
  - {kind: listed_groups, attribute: product, folds: [[1, 02x], [B]]}
"""


def _with_split(conf: Path, attribute: str, limit: str) -> None:
    (conf / "split/mine.yaml").write_text(SPLIT % (attribute, limit), encoding="utf-8")
    params = conf.parent / "params.yaml"
    params.write_text(re.sub(r"(?m)^split: \w+", "split: mine", params.read_text(encoding="utf-8")), encoding="utf-8")


def test_compose__reads_the_limit_and_the_groups_of_a_split(conf: Path) -> None:
    _with_split(conf, "working_volume", "500 L")
    cut, groups = validate(compose(conf, conf.parent / "params.yaml"), "x").split.protocols
    assert (cut.above, cut.below) == ("500 L", None)  # type: ignore[union-attr]
    assert groups.texts == (("1", "02x"), ("B",))  # type: ignore[union-attr]
    _with_split(conf, "working_volume", "500")
    assert validate(compose(conf, conf.parent / "params.yaml"), "x").split.protocols[0].above == 500  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("attribute", "limit", "problem"),
    [
        (
            "working_volum",
            "500 L",
            r"conf/split/mine\.yaml does not fit process 'virtual_plant': the protocol 'cut' names 'working_volum', .* similar: "
            "'working_volume'",
        ),
        (
            "working_volume",
            "10 in",
            r"the protocol 'cut', `above`: '10 in' has the unit 'in', which cannot be converted to 'L'",
        ),
        (
            "working_volume",
            "[10]",
            r"conf/split/mine\.yaml line 2, split\.protocols\.0\.above: a text or a number is needed",
        ),
    ],
)
def test_compose__refuses_a_split_that_does_not_fit_the_process(
    conf: Path, attribute: str, limit: str, problem: str
) -> None:
    _with_split(conf, attribute, limit)
    _refused(conf, problem)
