"""The default from nothing to an answer, as `make run` does it, on a small plant."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.answers.result.files import read_answer
from tests.golden import golden
from tests.journeys.conftest import Run, choose
from tests.support.browser import needs_chromium, printed_pages
from tests.support.run_store import run_store


@pytest.fixture(scope="module")
def project(clone: Callable[[str], Path], run: Run) -> Path:
    folder = clone("default")
    choose(folder, plant="small")
    run(folder, "dvc", "repro")
    return folder


def test_repro__a_second_run_does_nothing(project: Path, run: Run) -> None:
    assert "Data and pipelines are up to date." in run(project, "dvc", "repro").stdout


def test_repro__leaves_everything_that_the_readme_names(project: Path) -> None:
    for file in (
        "reenactments.parquet",
        "transfer.parquet",
        "transfer.png",
        "quality.html",
        "metrics.json",
        "folds.parquet",
        "plots/skill.png",
        "plots/titre.png",
        "run.json",
    ):
        assert (project / "data" / file).stat().st_size > 0
    assert (project / "data/explanations/titre_shap.png").is_file()
    for file in ("result.json", "report.html"):
        assert (project / "data/answers/mab_to_2000L" / file).is_file()


def test_repro__valid_plus_quarantine_is_input(project: Path) -> None:
    ledger = pl.read_parquet(project / "data/history/ledger.parquet")
    quarantine = pl.read_parquet(project / "data/history/quarantine.parquet")
    aside = quarantine.group_by("source", "file").agg(pl.col("row").n_unique().alias("n"))
    joined = ledger.join(aside, on=["source", "file"], how="left").with_columns(pl.col("n").fill_null(0))
    assert (joined["read"] == joined["valid"] + joined["n"]).all()


def test_result__is_the_golden_one(project: Path, renew_golden: bool) -> None:
    golden.check(project / "data/answers/mab_to_15000L/result.json", "small_plant", renew=renew_golden)


def test_result__of_a_refused_proposal_is_the_golden_one(
    project: Path, run: Run, tmp_path: Path, renew_golden: bool
) -> None:
    out = tmp_path / "result.json"
    proposal = golden.FOLDER / "refused.yaml"
    run(project, "scalebridge", "predict", str(proposal), "--simulate", "--out", str(out))
    golden.check(out, "refused", renew=renew_golden)


def test_summary__prints_errors_and_the_answer(project: Path, run: Run) -> None:
    text = run(project, "scalebridge", "summary").stdout
    for words in (
        "Your last",
        "outcome",
        "largest scale out",
        "skill",
        "Model chosen for each attribute",
        "Do the other products help",
        "mAb-12 to 2,000 L",
        "The product is new",
        "90 % interval",
        "scalebridge ui",
    ):
        assert words in text


def test_predict__answers_in_the_terminal_and_in_a_file(project: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    text = run(project, "scalebridge", "predict", "data/proposals/mab_to_2000L.yaml", "--out", str(out)).stdout
    answer = read_answer(out)
    titre = answer.attributes["titre"].predicted
    assert titre is not None
    interval = titre.interval()
    assert interval is not None
    assert interval.lower <= titre.value <= interval.upper
    assert answer.joint is not None
    chances = [one.predicted.chance for one in answer.attributes.values() if one.predicted and one.predicted.chance]
    assert answer.joint.probability <= min(chances) + 0.05
    quantities = {line.quantity for line in answer.scale_comparison.quantities}
    assert quantities >= {"bioreactor.tip_speed", "bioreactor.blend_time"}
    assert answer.domain.nearest
    assert "Chance that one batch meets all specifications" in text
    whole = read_answer(project / "data/answers/mab_to_2000L/result.json")
    assert answer.overview is not None
    assert whole.overview is not None
    assert answer.overview.history == whole.overview.history
    short = replace(whole, scenarios=None, next_runs=None, courses=(), courses_from=None, overview=answer.overview)
    assert answer == short


def test_report__of_the_stage_and_of_the_command_are_the_same_page(project: Path, run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    run(project, "scalebridge", "predict", "data/proposals/mab_to_2000L.yaml", "--report", str(report))
    text = report.read_text(encoding="utf-8")
    asked = re.sub(r"; asked on [0-9-]+|<p>[^<]* on record[^<]*</p>", "", text)
    assert asked == (project / "data/answers/mab_to_2000L/report.html").read_text(encoding="utf-8")
    assert '<section id="bridge">' not in text  # the product is new to the small plant: nothing to build a bridge from


@needs_chromium
def test_report__prints_on_at_most_eight_pages(project: Path, tmp_path: Path) -> None:
    for name in ("mab_to_2000L", "mab_to_15000L"):
        assert 1 < printed_pages(project / f"data/answers/{name}/report.html", tmp_path) <= 8


def test_report__of_a_known_product_has_every_section(project: Path, run: Run, tmp_path: Path) -> None:
    import yaml

    data = yaml.safe_load((project / "data/proposals/mab_to_2000L.yaml").read_text(encoding="utf-8"))
    proposal, out, report = (tmp_path / name for name in ("known.yaml", "result.json", "report.html"))
    proposal.write_text(yaml.safe_dump(data | {"product": "mAb-06"}), encoding="utf-8")
    run(project, "scalebridge", "predict", str(proposal), "--out", str(out), "--report", str(report))
    bridge = read_answer(out).bridge
    assert bridge is not None
    for own in bridge.attributes.values():
        for view in (own.by_cause, own.by_quantity, own.by_operation):
            assert sum(line.change for line in view) == pytest.approx(own.difference, rel=1e-4, abs=1e-6)
    text = report.read_text(encoding="utf-8")
    sections = ("answer", "bridge", "scale", "domain", "scenarios", "next-runs", "transfer-map")
    for section in (*sections, "drivers", "equivalence", "record"):
        assert f'<section id="{section}">' in text


SHORT = {"name": "short", "process": "virtual_plant", "product": "mAb-06", "scale": "2000 L"}
IN_VESSEL = SHORT | {"equipment": "V-2001"}


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        (IN_VESSEL, {"site": "vessel", "agitation": "vessel", "head_pressure": "vessel", "temperature": "reference"}),
        (SHORT, {"vessel": "scale", "site": "vessel", "agitation": "vessel", "temperature": "reference"}),
        (IN_VESSEL | {"hold": "power_per_volume"}, {"agitation": "hold", "gas_flow": "vessel", "ph": "reference"}),
    ],
)
def test_predict__product_and_scale_are_enough_and_the_answer_says_what_it_assumes(
    project: Path, run: Run, tmp_path: Path, given: dict[str, str], sources: dict[str, str]
) -> None:
    import yaml

    proposal, out = tmp_path / "short.yaml", tmp_path / "result.json"
    proposal.write_text(yaml.safe_dump(given), encoding="utf-8")
    said = run(project, "scalebridge", "predict", str(proposal), "--out", str(out)).stdout
    answer = read_answer(out)
    assert not answer.refused
    assert answer.not_stated == ()
    assumed = {one.attribute: one for one in answer.assumptions}
    assert {name: assumed[name].source for name in sources} == sources
    assert "Assumed: " in said
    [held] = [one for one in answer.scale_comparison.quantities if one.quantity == "bioreactor.power_per_volume"]
    assert (held.ratio == pytest.approx(1)) == ("hold" in given)


def test_propose__the_draft_is_answered_and_holds_what_it_promises(project: Path, run: Run, tmp_path: Path) -> None:
    draft, out = tmp_path / "draft.yaml", tmp_path / "result.json"
    asked = ("scalebridge", "propose", "--product", "mAb-06", "--scale", "2000 L", "--out", str(draft))
    refused = run(project, *asked, "--hold", "agitation=power_per_volume", expect=1)
    assert "A set-point holds a quantity in a vessel: give --equipment" in refused.stderr
    run(project, *asked, "--equipment", "V-2001", "--hold", "agitation=power_per_volume")
    run(project, "scalebridge", "predict", str(draft), "--out", str(out))
    [held] = [one for one in read_answer(out).scale_comparison.quantities if one.quantity == "bioreactor.power_per_volume"]
    assert held.ratio == pytest.approx(1, rel=1e-3)


def test_compare__prints_two_proposals_side_by_side(project: Path, run: Run) -> None:
    answer = "data/answers/mab_to_2000L/result.json"
    text = run(project, "scalebridge", "compare", answer, "data/proposals/mab_to_2000L.yaml").stdout
    assert text.count("mAb-12 to 2,000 L") == 2
    assert "joint chance" in text


def test_predict__the_bridge_ends_at_the_prediction(project: Path) -> None:
    answer = read_answer(project / "data/answers/mab_to_15000L/result.json")
    assert answer.bridge is not None
    for name, own in answer.bridge.attributes.items():
        predicted = answer.attributes[name].predicted
        assert predicted is not None
        assert own.proposed == pytest.approx(predicted.value, rel=1e-5), name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scale": "2000 kg"}, "has the unit 'kg', which cannot be converted to 'L'"),
        ({"settings": {"agitaton": "60 rpm"}}, "'agitaton': it cannot be set; attributes that can be set are"),
        ({"settings": {"temperature": "98 degC"}}, "is outside the possible range 25 to 42 degC"),
        ({"scale": "0.01 L"}, "scale 0.01 L lies below the reference scale"),
        (
            {"equipment": None, "settings": {"impeller_diameter": "1300 mm", "tank_diameter": "1180 mm"}},
            "impeller to vessel ratio is 1.1, which no vessel has; it must lie between 0.05 and 0.95 and follows from "
            "impeller_diameter, tank_diameter",
        ),
        ({"equipment": "V-9"}, "no batch was made on equipment 'V-9'"),
        ({"lots": {"media": [{"lot": "M9999"}]}}, "no lot 'M9999' of 'media'"),
        ({"process": "tablets"}, "is about process 'tablets', the model was trained on 'virtual_plant'"),
        ({"prodct": "x"}, "prodct: Unexpected keyword argument"),
    ],
)
def test_predict__a_mistake_is_a_sentence(
    project: Path, run: Run, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    import yaml

    data = yaml.safe_load((project / "data/proposals/mab_to_2000L.yaml").read_text(encoding="utf-8"))
    data["product"] = "mAb-06"
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump(data | change), encoding="utf-8")
    done = run(project, "scalebridge", "predict", str(file), expect=1)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_track__one_run_with_a_nested_run_per_attribute(project: Path) -> None:
    mlflow = run_store(project)
    runs = mlflow.search_runs(search_all_experiments=True)
    top = runs[runs["tags.level"] == "run"]
    assert len(top) == 1
    assert sorted(runs[runs["tags.level"] == "cqa"]["tags.cqa"]) == sorted(
        ["titre", "hmw", "acidic_variants", "galactosylation", "hcp", "viability"]
    )
    row = top.iloc[0]
    assert row["metrics.1 decides/02 mean skill - largest scale out"] < 1
    assert row["metrics.2 skill largest scale out/titre"] < 1
    assert (top.filter(like="metrics.").notna().sum(axis=1) < 60).all()
    assert row["tags.data_sha256"]
    assert row["params.model"] == "scaleup"
    candidates = runs[runs["tags.level"] == "candidate"]
    assert set(candidates["tags.candidate"]) == {"global_mean", "carry_over", "additive_table", "super_learner"}
    artifacts = {a.path for a in mlflow.MlflowClient().list_artifacts(row["run_id"])}
    assert {"config", "split", "plots", "explanations", "answers", "quality", "acceptance"} <= artifacts
    assert row["tags.acceptance_sha256"]


def test_track__an_answer_is_kept_with_all_its_parts(project: Path, tmp_path: Path) -> None:
    mlflow = run_store(project)
    [run] = mlflow.search_runs(search_all_experiments=True, filter_string="tags.level = 'run'")["run_id"]
    kept = Path(
        mlflow.artifacts.download_artifacts(run_id=run, artifact_path="answers/mab_to_2000L", dst_path=str(tmp_path))
    )
    cards = {"model_card.json", "data_card.json", "credibility.json"}
    maps = {"transfer_map.json", "transfer_map.xlsx"}
    assert {path.name for path in kept.iterdir()} == {"report.html", "result.json", "courses.svg", *cards, *maps}
    assert (kept / "result.json").read_bytes() == (project / "data/answers/mab_to_2000L/result.json").read_bytes()


def test_track__the_champion_predicts_with_intervals_and_without_pickle(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    mlflow = run_store(project)
    model = mlflow.pyfunc.load_model("models:/scalebridge-virtual_plant-plan@champion")
    asked = model.input_example
    answer = model.predict(asked)
    assert (answer["titre_lower_90"] <= answer["titre"]).all()
    assert (answer["titre"] <= answer["titre_upper_90"]).all()
    assert not [name for name in model.metadata.signature.inputs.input_names() if "." in name]  # no computed quantity
    refused = model.predict(asked.assign(agitation=float("inf")))
    assert refused["titre"].isna().all()
    assert refused["reason"].str.contains("not a finite number").all()


def test_experiments__another_model_is_another_run(project: Path, run: Run) -> None:
    run(project, "dvc", "exp", "run", "-S", "model=ridge", "-S", "split=largest_scale_out")  # few folds take little time
    mlflow = run_store(project)
    runs = mlflow.search_runs(search_all_experiments=True, filter_string="tags.level = 'run'")
    assert sorted(runs["params.model"]) == ["ridge", "scaleup"]
    assert len(mlflow.MlflowClient().search_model_versions("name = 'scalebridge-virtual_plant-plan'")) == 2


@pytest.fixture(scope="module")
def copy(project: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone of the project with its committed results. It shares the cache of DVC, so that nothing is trained again."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    run(project, "git", *identity, "commit", "-qam", "results")
    folder = tmp_path_factory.mktemp("copy") / "project"
    run(project, "git", "clone", "-q", str(project), str(folder))
    run(folder, "dvc", "config", "--local", "cache.dir", str(project / ".dvc/cache"))
    run(folder, "dvc", "repro")
    return folder


def test_repro__in_a_fresh_clone_leaves_git_status_clean(copy: Path, run: Run) -> None:
    assert run(copy, "git", "status", "--porcelain").stdout == ""


def test_track__logs_again_what_mlflow_has_lost(copy: Path, run: Run) -> None:
    (copy / "mlflow.db").unlink()
    assert "Data and pipelines are up to date." in run(copy, "dvc", "repro").stdout  # DVC can't see it
    for _ in range(2):
        run(copy, "python", "-m", "pipeline.stages.track", "data")
    mlflow = run_store(copy)
    assert len(mlflow.search_runs(search_all_experiments=True, filter_string="tags.level = 'run'")) == 1
    assert run(copy, "git", "status", "--porcelain").stdout == ""


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"model": "xgboost"}, "'model: xgboost' is not an option of conf/model/; available: 'carry_over'"),
        ({"modle": "ridge"}, "params.yaml has no choice called modle"),
        (
            {"horizon": "later"},
            "horizon: 'later' is no horizon; write plan, in_process, release, or `after`",
        ),
    ],
)
def test_configure__a_wrong_choice_stops_before_anything_runs(
    clone: Callable[[str], Path], run: Run, choices: dict[str, str], words: str
) -> None:
    folder = clone("wrong")
    choose(folder, **choices)
    done = run(folder, "dvc", "repro", expect=255)
    assert words in done.stdout + done.stderr
    assert not (folder / "data/raw/virtual_plant").exists()
